/** What telemetry costs from each language, as ratios to plain Java in one run. */
@NullMarked
package io.taskerbridge.benchmarks;

import org.jspecify.annotations.NullMarked;
