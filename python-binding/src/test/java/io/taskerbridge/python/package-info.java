@NullMarked
package io.taskerbridge.python;

import org.jspecify.annotations.NullMarked;
