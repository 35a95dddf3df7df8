package io.taskerbridge.host.cli;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.RuntimeHealth;
import io.taskerbridge.host.BridgeHost;
import io.taskerbridge.host.orchestration.TemplateCatalog;
import io.taskerbridge.host.orchestration.TemplateProblem;
import io.taskerbridge.host.provider.Database;
import io.taskerbridge.host.provider.DatabaseException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at all that a worker needs. */
@Command(
    name = "doctor",
    description = {
      "Check what a worker needs: JDK, guests, database, handlers, templates.",
      "Exit code 0 if a worker would run, 1 if something stands in its way."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int NEEDED_JAVA = 25;
  private static final List<String> LANGUAGES = List.of("ruby", "python");

  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private @Nullable CommandSpec spec;
  private boolean failed;

  @Override
  public Integer call() {
    BridgeConfig config =
        common
            .loader()
            .set("logging.console", "false")
            .set("logging.file", "")
            .set("telemetry.otlp.endpoint", "")
            .set("python.contexts", "1")
            .load()
            .config();
    java();
    database(config.database());
    Set<String> handlers = guests(config);
    templates(config, handlers);
    return failed ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
  }

  private void java() {
    int feature = Runtime.version().feature();
    String what = Runtime.version() + ", " + System.getProperty("java.vendor");
    if (feature == NEEDED_JAVA) {
      ok("java", what);
    } else {
      fail("java", what + ": start with bin/tasker-bridge, which finds a JDK " + NEEDED_JAVA);
    }
  }

  private void database(BridgeConfig.Database database) {
    String url = database.url();
    if (url == null) {
      Path folder = database.directory().toAbsolutePath();
      Path existing = folder;
      while (existing != null && !Files.exists(existing)) {
        existing = existing.getParent();
      }
      if (existing != null && Files.isWritable(existing)) {
        ok("database", "embedded, in " + folder);
      } else {
        fail("database", folder + " cannot be written: set [database] directory to another folder");
      }
      return;
    }
    reach(url, database);
  }

  private void reach(String url, BridgeConfig.Database database) {
    try {
      ok("database", "PostgreSQL " + Database.probe(url, database.user(), database.password()));
    } catch (DatabaseException e) {
      fail("database", String.valueOf(e.getMessage()));
    }
  }

  /** The names of the handlers that can be called. */
  private Set<String> guests(BridgeConfig config) {
    try (BridgeHost host = BridgeHost.builder().config(config).open()) {
      Map<String, RuntimeHealth> guests = host.health();
      guests.forEach(this::guest);
      for (String language : LANGUAGES) {
        if (!guests.containsKey(language)) {
          line(
              "--", language, "not started: [" + language + "] names no folder with handler files");
        }
      }
      List<HandlerInfo> handlers = host.handlers();
      Map<String, Long> byLanguage =
          handlers.stream()
              .collect(
                  Collectors.groupingBy(
                      HandlerInfo::language, TreeMap::new, Collectors.counting()));
      ok("handlers", handlers.size() + " " + byLanguage);
      for (HandlerProblem problem : host.problems()) {
        fail("handlers", problem.source() + ":" + problem.line() + ": " + problem.message());
      }
      return handlers.stream().map(HandlerInfo::name).collect(Collectors.toSet());
    } catch (IllegalStateException | IllegalArgumentException e) {
      fail("guests", String.valueOf(e.getMessage()));
      return Set.of();
    }
  }

  private void guest(String language, RuntimeHealth health) {
    if (!health.usable()) {
      fail(language, health.detail());
      return;
    }
    ok(language, health.detail());
  }

  private void templates(BridgeConfig config, Set<String> handlers) {
    TemplateCatalog catalog = TemplateCatalog.load(config.worker().templates(), handlers::contains);
    ok("templates", catalog.templates().size() + " found");
    for (TemplateProblem problem : catalog.problems()) {
      fail("templates", problem.toString());
    }
  }

  private void ok(String part, String detail) {
    line("ok", part, detail);
  }

  private void fail(String part, String detail) {
    failed = true;
    line("FAIL", part, detail);
  }

  private void line(String verdict, String part, String detail) {
    PrintWriter out = CommandOutput.of(spec);
    out.printf(Locale.ROOT, "%-4s  %-9s  %s%n", verdict, part, detail);
    out.flush();
  }
}
