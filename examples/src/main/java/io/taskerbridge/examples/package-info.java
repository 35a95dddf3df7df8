/** A worker process that embeds the bridge. */
@NullMarked
package io.taskerbridge.examples;

import org.jspecify.annotations.NullMarked;
