package io.taskerbridge.python;

import io.taskerbridge.core.guest.GuestBridge;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

/**
 * One Python context and the platform thread that runs in it. Whoever has it calls it; the thread
 * of its own lets the caller leave a guest that does not come back.
 */
final class GuestContext {
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final Source BOOT =
      Source.newBuilder(
              "python",
              """
              def _boot(host):
                  import sys, types
                  module = types.ModuleType("_tasker_host")
                  module.host = host
                  sys.modules["_tasker_host"] = module
                  try:
                      # the host's calls never block: giving Python's lock away for each costs more
                      from polyglot import __set_gil_locked_during_foreign_calls__ as keep_lock
                      keep_lock(True)
                  except ImportError:
                      pass
                  from tasker_core import _dispatch
                  _dispatch.open_context()
                  return _dispatch
              """,
              "<tasker>")
          .buildLiteral();

  private final int number;
  private final ExecutorService thread;
  private final Context context;
  private final Value dispatchCall;
  private final Value load;
  private final Value addFolder;
  private final Value handlers;
  private final Value health;
  private final Value flush;
  private final Value settle;

  private GuestContext(int number, ExecutorService thread, Context context, PythonHost host) {
    this.number = number;
    this.thread = thread;
    this.context = context;
    context.eval(BOOT);
    Value main = context.getBindings("python");
    Value dispatch = main.getMember("_boot").execute(host);
    dispatchCall = dispatch.getMember("call");
    load = dispatch.getMember("load");
    addFolder = dispatch.getMember("add_folder");
    handlers = dispatch.getMember("handlers");
    health = dispatch.getMember("health");
    flush = dispatch.getMember("flush_streams");
    settle = dispatch.getMember("settle");
  }

  /**
   * Boots Python on a new thread and waits for it.
   *
   * @throws IllegalStateException if it does not boot in that time; nothing of it is left then
   */
  static GuestContext open(ContextOptions options, PythonHost host, Duration limit) {
    int number = NUMBERS.incrementAndGet();
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().daemon(true).name("python-" + number).unstarted(task));
    CompletableFuture<Context> made = CompletableFuture.supplyAsync(options::newContext, thread);
    try {
      return await(
          made.thenApplyAsync(context -> new GuestContext(number, thread, context, host), thread),
          limit);
    } catch (RuntimeException | Error e) {
      // at once, or as soon as there is one
      var unused = made.thenAccept(context -> close(context, number));
      thread.shutdown();
      throw new IllegalStateException("Python cannot start: " + rootMessage(e), e);
    }
  }

  private static <T> T await(CompletableFuture<T> answer, Duration limit) {
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(rootMessage(e), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer after " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Python started", e);
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }

  /** Lets handler files of the folders import their neighbours. */
  void addFolders(List<Path> folders, Duration limit) {
    await(run(() -> folders.forEach(folder -> addFolder.execute(folder.toString()))), limit);
  }

  /** Loads a file; completes with the empty text, or JSON that says what is wrong with it. */
  CompletableFuture<String> load(Path file, Path folder) {
    return supply(() -> load.execute(file.toString(), folder.toString()).asString());
  }

  /** The handlers loaded, as a JSON object of name to file. */
  String handlers(Duration limit) {
    return await(supply(() -> handlers.execute().asString()), limit);
  }

  /** Starts a call with its span current; completes with the outcome as JSON. */
  CompletableFuture<String> call(GuestBridge bridge, String envelope, long span) {
    Supplier<String> call =
        bridge.context(span).wrapSupplier(() -> dispatchCall.execute(envelope, span).asString());
    return supply(
        () -> {
          // what others left unwritten is not this call's
          flush.executeVoid();
          return call.get();
        });
  }

  /** Stops what runs in the context; false if it could not be stopped in that time. */
  boolean interrupt(Duration timeout) {
    try {
      context.interrupt(timeout);
      return true;
    } catch (TimeoutException | IllegalStateException | PolyglotException e) {
      return false;
    }
  }

  /** Whether Python answers. */
  boolean isHealthy() {
    return holds(() -> health.execute().asInt() == 1);
  }

  /**
   * Ends a call that did not end itself, while its span is open; false if the context is of no more
   * use.
   *
   * @param interrupted whether the call was interrupted, and with it all threads of the context
   */
  boolean settle(GuestBridge bridge, long span, boolean interrupted) {
    return holds(bridge.context(span).wrapSupplier(() -> settle.execute(interrupted).asBoolean()));
  }

  private boolean holds(Supplier<Boolean> question) {
    try {
      return supply(question).get(HEALTH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Closes the context, by force if it does not let itself be closed; returns in bounded time. */
  void close() {
    thread.shutdown();
    close(context, number);
  }

  private static void close(Context context, int number) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon(true)
        .name("python-" + number + "-close")
        .start(
            () -> {
              try {
                context.close(true);
              } catch (RuntimeException | Error wedged) {
                // nothing more can be done: the thread is a daemon
              } finally {
                closed.complete(null);
              }
            });
    try {
      closed.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException abandoned) {
      // it goes on closing in the background
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Void> run(Runnable task) {
    return CompletableFuture.runAsync(task, thread);
  }

  private <T> CompletableFuture<T> supply(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, thread);
  }
}
