/** The whole contract between a guest language and the host. */
@NullMarked
package io.taskerbridge.core.guest;

import org.jspecify.annotations.NullMarked;
