package io.taskerbridge.core.handler;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.guest.GuestBridge;
import java.nio.file.Path;
import java.util.List;

/** One guest language in this process, with its handlers loaded. Safe for use by many threads. */
public interface HandlerRuntime extends AutoCloseable {

  /** {@code ruby}, {@code python} or {@code java}. */
  String language();

  /** The handlers that can be called. */
  List<HandlerInfo> handlers();

  /** The files that could not be loaded. */
  List<HandlerProblem> problems();

  /**
   * Runs one attempt on the calling thread, a platform thread, and returns how it ended; a handler
   * that raises is a {@link StepOutcome.Failure}. The thread's current OpenTelemetry context is the
   * parent of all that the handler makes. Returns soon after the call was cancelled, whatever the
   * handler does. Never throws for what a handler does.
   *
   * @throws IllegalArgumentException if there is no handler of that name
   * @throws IllegalStateException if the runtime is closed
   */
  StepOutcome call(StepCall call, Cancellation cancellation);

  /** What the runtime can do now. Cheap. */
  RuntimeHealth health();

  /** Stops what still runs and frees the guest, in bounded time. */
  @Override
  void close();

  /** Opens the runtime of one language; found by {@link java.util.ServiceLoader}. */
  interface Provider {

    /** {@code ruby} or {@code python}. */
    String language();

    /**
     * Boots the guest and loads every handler file found in the folders. Takes seconds.
     *
     * @param handlerFolders folders searched, with their subfolders, for files of this language
     * @throws IllegalStateException if the guest cannot boot; the message names the remedy
     */
    HandlerRuntime open(GuestBridge bridge, BridgeConfig config, List<Path> handlerFolders);
  }
}
