/** Ruby handlers: one JRuby runtime for the process and the native extension under TaskerCore. */
@NullMarked
package io.taskerbridge.ruby;

import org.jspecify.annotations.NullMarked;
