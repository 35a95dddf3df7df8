/**
 * Python handlers on GraalPy: one engine, a pool of contexts, and the host object behind the
 * package {@code tasker_core}.
 */
@NullMarked
package io.taskerbridge.python;

import org.jspecify.annotations.NullMarked;
