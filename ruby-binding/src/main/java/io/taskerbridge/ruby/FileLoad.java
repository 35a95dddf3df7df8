package io.taskerbridge.ruby;

import io.taskerbridge.core.handler.HandlerProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jruby.RubyArray;
import org.jruby.RubyModule;
import org.jruby.RubyThread;
import org.jruby.runtime.Block;
import org.jruby.runtime.ThreadContext;
import org.jruby.runtime.builtin.IRubyObject;
import org.jspecify.annotations.Nullable;

/**
 * One handler file loaded on a thread of its own, so that a file that waits for ever does not keep
 * the worker from starting. Past the limit the thread gets an exception, then is killed; if neither
 * helps it is left behind.
 */
final class FileLoad {
  private static final Duration PATIENCE = Duration.ofMillis(250);
  private static final int TRIES = 4;

  private final RubyEngine engine;
  private final String path;
  private final CompletableFuture<RubyThread> started = new CompletableFuture<>();
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private volatile int line;

  FileLoad(RubyEngine engine, Path file) {
    this.engine = engine;
    this.path = file.toString();
  }

  /**
   * Loads the file.
   *
   * @return what is wrong with it, or null
   */
  @Nullable HandlerProblem within(Duration limit) {
    Thread thread = new Thread(this::load, "ruby-load " + path);
    thread.setDaemon(true);
    thread.start();
    if (!isDoneWithin(limit)) {
      return stop(limit);
    }
    String told = failure.join();
    return told.isEmpty() ? null : new HandlerProblem(path, line, told);
  }

  // ---- on the thread of the file

  private void load() {
    ThreadContext context = engine.runtime().getCurrentContext();
    String told;
    try {
      started.complete(context.getThread());
      told = told(context);
    } catch (Throwable thrown) {
      told = JavaErrors.type(thrown) + ": " + JavaErrors.message(thrown);
    } finally {
      // an interrupt that came too late dies with Ruby's idea of this thread
      engine.runtime().getThreadService().unregisterCurrentThread(context);
    }
    failure.complete(told);
  }

  private String told(ThreadContext context) {
    IRubyObject problem =
        loader().callMethod(context, "load_file", engine.runtime().newString(path));
    if (!(problem instanceof RubyArray<?> told)) {
      return "";
    }
    line = told.eltOk(0).convertToInteger().asInt(context);
    return engine.extension().text.of(context, told.eltOk(1));
  }

  // ---- on the thread that waits

  private HandlerProblem stop(Duration limit) {
    ThreadContext context = engine.runtime().getCurrentContext();
    int waitsAt = 0;
    if (started.isDone()) {
      waitsAt = interrupt(context, started.join());
    }
    engine
        .extension()
        .module("HandlerRegistry")
        .callMethod(context, "withdraw", engine.runtime().newString(path));
    return new HandlerProblem(
        path,
        waitsAt,
        "it was still loading after "
            + limit.toMillis() / 1000.0
            + " s and was stopped; move what waits, listens or loops into the handler's call");
  }

  /** Returns the line of the file where the thread was. */
  private int interrupt(ThreadContext context, RubyThread thread) {
    IRubyObject place =
        loader()
            .callMethod(
                context,
                "line_in",
                new IRubyObject[] {thread.backtrace(context), engine.runtime().newString(path)});
    IRubyObject why = engine.runtime().newString("loading took too long");
    thread.raise(
        context, new IRubyObject[] {engine.extension().interruptedClass(), why}, Block.NULL_BLOCK);
    for (int i = 0; i < TRIES && !isDoneWithin(PATIENCE); i++) {
      thread.kill();
    }
    return place.convertToInteger().asInt(context);
  }

  private RubyModule loader() {
    return engine.extension().module("Loader");
  }

  private boolean isDoneWithin(Duration limit) {
    try {
      failure.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + path + " was loading", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
