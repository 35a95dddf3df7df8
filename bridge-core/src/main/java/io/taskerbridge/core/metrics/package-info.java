/** The metric catalog, the instruments made from it and the label guard. */
@NullMarked
package io.taskerbridge.core.metrics;

import org.jspecify.annotations.NullMarked;
