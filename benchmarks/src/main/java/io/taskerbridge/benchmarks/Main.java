package io.taskerbridge.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the operations in both profiles, one form a process, and prints each as a ratio to Java in
 * the same profile. Arguments: the JVM options of the JIT profile, then seconds to warm up and to
 * measure, then a file for the table.
 */
public final class Main {
  /** Compiled Python is steady only after millions of calls. */
  private static final int JIT_PATIENCE = 4;

  private static final String OPERATION = "operation";
  private static final String LANGUAGE = "language";

  private Main() {}

  /** Runs and prints. */
  public static void main(String[] args) throws RunnerException, IOException {
    if (args.length != 4) {
      throw new IllegalArgumentException(
          "arguments: JIT_OPTIONS WARMUP_SECONDS MEASURE_SECONDS FILE");
    }
    int warmup = Integer.parseInt(args[1]);
    int measure = Integer.parseInt(args[2]);
    List<String> lines = new ArrayList<>();
    lines.add("| profile | operation | language | ns | times Java |");
    lines.add("|---|---|---|---:|---:|");
    table(
        lines,
        "stock JVM, Python interpreted",
        run(List.of(), warmup, measure, "java", "ruby", "python"));
    List<String> jit = List.of(args[0].trim().split("\\s+"));
    List<RunResult> compiled = new ArrayList<>(run(jit, warmup, measure, "java"));
    compiled.addAll(run(jit, warmup * JIT_PATIENCE, measure, "python"));
    table(lines, "Graal compiler in the JVM, Python compiled", compiled);
    Files.write(Path.of(args[3]), lines);
    lines.forEach(System.out::println);
  }

  private static Collection<RunResult> run(
      List<String> jvmOptions, int warmup, int measure, String... languages)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(TelemetryOperations.class.getSimpleName())
            .param(LANGUAGE, languages)
            .forks(1)
            .warmupIterations(warmup)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(measure)
            .measurementTime(TimeValue.seconds(1))
            .shouldFailOnError(true)
            .jvmArgsAppend(jvmOptions.toArray(String[]::new));
    return new Runner(options.build()).run();
  }

  private static void table(List<String> lines, String profile, Collection<RunResult> results) {
    Map<String, Double> java = new LinkedHashMap<>();
    for (RunResult result : results) {
      if (result.getParams().getParam(LANGUAGE).equals("java")) {
        java.put(result.getParams().getParam(OPERATION), result.getPrimaryResult().getScore());
      }
    }
    for (RunResult result : results) {
      String operation = result.getParams().getParam(OPERATION);
      double nanos = result.getPrimaryResult().getScore();
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %.0f | %.1f |",
              profile,
              operation,
              result.getParams().getParam(LANGUAGE),
              nanos,
              nanos / java.getOrDefault(operation, Double.NaN)));
    }
  }
}
