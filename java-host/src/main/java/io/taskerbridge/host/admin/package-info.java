/** The HTTP server: metrics, health, tasks. */
@NullMarked
package io.taskerbridge.host.admin;

import org.jspecify.annotations.NullMarked;
