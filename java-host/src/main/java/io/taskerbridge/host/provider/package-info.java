/**
 * The seam to storage and queue, the decorator that instruments it, and PostgreSQL with
 * db-scheduler behind it.
 */
@NullMarked
package io.taskerbridge.host.provider;

import org.jspecify.annotations.NullMarked;
