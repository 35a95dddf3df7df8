/** Builds, owns and closes the one OpenTelemetry SDK of the process. */
@NullMarked
package io.taskerbridge.core.telemetry;

import org.jspecify.annotations.NullMarked;
