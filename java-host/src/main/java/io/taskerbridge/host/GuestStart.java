package io.taskerbridge.host;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.HandlerRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** Opens the runtimes of the languages that have handlers, side by side. */
final class GuestStart {
  private static final Map<String, String> SUFFIXES = Map.of("ruby", ".rb", "python", ".py");

  private final BridgeConfig config;
  private final List<Path> folders;
  private final GuestBridge bridge;
  private final StartProgress progress;

  GuestStart(BridgeConfig config, List<Path> folders, GuestBridge bridge, StartProgress progress) {
    this.config = config;
    this.folders = folders;
    this.bridge = bridge;
    this.progress = progress;
  }

  List<HandlerRuntime> openAll() {
    folders.forEach(GuestStart::requireFolder);
    List<CompletableFuture<HandlerRuntime>> starting = new ArrayList<>();
    List<HandlerRuntime> opened = new ArrayList<>();
    try {
      for (HandlerRuntime.Provider provider : ServiceLoader.load(HandlerRuntime.Provider.class)) {
        List<Path> own = foldersOf(provider.language());
        if (hasHandlers(own, provider.language())) {
          starting.add(start(provider, own));
        }
      }
      for (CompletableFuture<HandlerRuntime> one : starting) {
        opened.add(one.join());
      }
      return opened;
    } catch (CompletionException e) {
      closeAll(starting);
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a guest language could not start", e.getCause());
    } catch (RuntimeException e) {
      closeAll(starting);
      throw e;
    }
  }

  /** Also those that are still starting, so that nothing of a start that failed is left. */
  private static void closeAll(List<CompletableFuture<HandlerRuntime>> starting) {
    for (CompletableFuture<HandlerRuntime> one : starting) {
      try {
        one.join().close();
      } catch (CompletionException e) {
        // this one never started
      }
    }
  }

  private CompletableFuture<HandlerRuntime> start(
      HandlerRuntime.Provider provider, List<Path> own) {
    var result = new CompletableFuture<HandlerRuntime>();
    String language = provider.language();
    Thread.ofPlatform()
        .daemon()
        .name("start-" + language)
        .start(
            () -> {
              long start = System.nanoTime();
              try {
                HandlerRuntime runtime = provider.open(bridge.forLanguage(language), config, own);
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                progress.ready(language, took, runtime.health().detail());
                result.complete(runtime);
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  private List<Path> foldersOf(String language) {
    List<Path> all = new ArrayList<>(folders);
    switch (language) {
      case "ruby" -> {
        if (!config.ruby().enabled()) {
          return List.of();
        }
        all.addAll(config.ruby().handlers());
      }
      case "python" -> {
        if (!config.python().enabled()) {
          return List.of();
        }
        all.addAll(config.python().handlers());
      }
      default -> {}
    }
    return all.stream().map(Path::toAbsolutePath).map(Path::normalize).distinct().toList();
  }

  private static boolean hasHandlers(List<Path> folders, String language) {
    String suffix = SUFFIXES.getOrDefault(language, "." + language);
    for (Path folder : folders) {
      requireFolder(folder);
      try (Stream<Path> files = Files.walk(folder)) {
        if (files.anyMatch(file -> file.toString().endsWith(suffix))) {
          return true;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("handlers: the folder " + folder + " cannot be read", e);
      }
    }
    return false;
  }

  private static void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("handlers: there is no folder " + folder);
    }
  }
}
