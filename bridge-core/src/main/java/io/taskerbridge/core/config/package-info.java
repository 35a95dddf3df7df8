/**
 * The configuration as records: TOML with overlays, {@code TASKER_*} and {@code OTEL_*} variables,
 * errors with file, line and key.
 */
@NullMarked
package io.taskerbridge.core.config;

import org.jspecify.annotations.NullMarked;
