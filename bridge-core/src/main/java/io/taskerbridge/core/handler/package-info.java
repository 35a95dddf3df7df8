/**
 * What a host knows of a guest language: a runtime that calls handlers, the call and its outcome.
 */
@NullMarked
package io.taskerbridge.core.handler;

import org.jspecify.annotations.NullMarked;
