/** The worker as a library: build a host, register handlers, execute steps, close. */
@NullMarked
package io.taskerbridge.host;

import org.jspecify.annotations.NullMarked;
