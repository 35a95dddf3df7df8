/** Spans as handlers see them: levels, the ledger of open spans, the records that a guest fills. */
@NullMarked
package io.taskerbridge.core.trace;

import org.jspecify.annotations.NullMarked;
