/** The structured log: one record, one line, written once, whichever language wrote it. */
@NullMarked
package io.taskerbridge.core.log;

import org.jspecify.annotations.NullMarked;
