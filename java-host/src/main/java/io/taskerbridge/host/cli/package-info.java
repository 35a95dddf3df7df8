/** The commands of {@code tasker-bridge}. */
@NullMarked
package io.taskerbridge.host.cli;

import org.jspecify.annotations.NullMarked;
