/**
 * Correlation IDs and the identity of the task and step that run, carried in the OpenTelemetry
 * context.
 */
@NullMarked
package io.taskerbridge.core.correlation;

import org.jspecify.annotations.NullMarked;
