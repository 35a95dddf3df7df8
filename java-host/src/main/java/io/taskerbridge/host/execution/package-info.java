/** One step from claim to outcome: context, deadline, span, metrics. */
@NullMarked
package io.taskerbridge.host.execution;

import org.jspecify.annotations.NullMarked;
