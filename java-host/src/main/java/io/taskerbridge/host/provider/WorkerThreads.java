package io.taskerbridge.host.provider;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The platform threads that run steps. They are never interrupted: a guest language that is
 * interrupted from outside is left in pieces.
 */
final class WorkerThreads extends ThreadPoolExecutor {

  WorkerThreads(int size) {
    super(
        size,
        size,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform().name("tasker-worker-", 0).daemon().factory());
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }
}
