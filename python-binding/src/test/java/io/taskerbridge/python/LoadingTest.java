package io.taskerbridge.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.taskerbridge.core.handler.Cancellation;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.handler.HandlerRuntime;
import io.taskerbridge.core.handler.StepOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handler files, good and bad, and the end of a runtime. */
final class LoadingTest {
  private final PythonWorld world = PythonWorld.get();

  @Test
  void the_provider_is_found() {
    assertThat(ServiceLoader.load(HandlerRuntime.Provider.class))
        .extracting(HandlerRuntime.Provider::language)
        .contains("python");
  }

  @Test
  void good_files_have_no_problems_and_name_their_handlers() {
    assertThat(world.runtime.problems()).isEmpty();
    assertThat(world.runtime.handlers())
        .contains(
            new HandlerInfo(
                "echo",
                "python",
                PythonWorld.TESTS
                    .resolve("handlers/outcome_handlers.py")
                    .toAbsolutePath()
                    .toString()));
    assertThat(world.runtime.health().detail()).contains("GraalPy").contains("interpreted");
    assertThat(world.runtime.isCompiled()).isFalse();
  }

  @Test
  void a_bad_file_is_one_problem_and_the_rest_is_loaded() throws Exception {
    PythonRuntime runtime =
        new PythonRuntimeProvider()
            .open(
                world.bridge,
                PythonWorld.config(1),
                List.of(PythonWorld.TESTS.resolve("bad"), Path.of("no/such/folder")));
    try {
      assertThat(runtime.problems())
          .extracting(LoadingTest::file, HandlerProblem::line, HandlerProblem::message)
          .containsExactlyInAnyOrder(
              tuple("folder", 0, "there is no such folder"),
              tuple("exits.py", 3, "SystemExit: not now"),
              tuple("raises.py", 9, "ValueError: invalid literal for int() with base 10: 'many'"),
              tuple("syntax_error.py", 5, "SyntaxError: expected ':'"),
              tuple("twin_b.py", 4, message(runtime, "twin_b.py")));
      assertThat(message(runtime, "twin_b.py"))
          .contains("two handlers are named 'Twin'")
          .contains("twin_a.py")
          .contains("twin_b.py");
      assertThat(runtime.handlers())
          .extracting(HandlerInfo::name)
          .containsExactlyInAnyOrder("Neighbours", "Shadow", "Twin");
      assertThat(call(runtime, "Shadow")).isEqualTo("{\"standard\":true}");
      assertThat(call(runtime, "Twin")).isEqualTo("{\"file\":\"a\"}");
      assertThat(call(runtime, "Neighbours")).isEqualTo("{\"imported\":\"Twin\"}");
    } finally {
      runtime.close();
    }
    assertThatThrownBy(() -> call(runtime, "Twin"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(runtime.health().usable()).isFalse();
  }

  @Test
  void a_further_context_that_lacks_a_handler_is_left_out_and_the_file_named(@TempDir Path folder)
      throws Exception {
    Files.writeString(
        folder.resolve("once.py"),
        """
        import os, pathlib
        from tasker_core.handlers import StepHandler

        here = pathlib.Path(__file__).parent
        os.close(os.open(here / "taken", os.O_CREAT | os.O_EXCL | os.O_WRONLY))

        class Once(StepHandler):
            def call(self, context):
                return {"once": True}
        """);
    PythonRuntime runtime =
        PythonRuntime.open(world.bridge, PythonWorld.config(2).python(), List.of(folder));
    try {
      HandlerProblem problem = runtime.problems().getFirst();
      assertThat(runtime.problems()).hasSize(1);
      assertThat(file(problem)).isEqualTo("once.py");
      assertThat(problem.line()).isEqualTo(5);
      assertThat(problem.message()).startsWith("in a further context: FileExistsError");
      assertThat(runtime.health().idle()).isEqualTo(1);
      assertThat(runtime.health().broken()).isEqualTo(1);
      assertThat(call(runtime, "Once")).isEqualTo("{\"once\":true}");
      assertThat(call(runtime, "Once")).isEqualTo("{\"once\":true}");
    } finally {
      runtime.close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"while True: pass", "import time; time.sleep(1000)"})
  void a_file_that_does_not_end_loading_is_stopped_and_the_rest_is_loaded(
      String code, @TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a_blocks.py"), code);
    Files.writeString(
        folder.resolve("b_good.py"),
        """
        from tasker_core.handlers import StepHandler

        class Good(StepHandler):
            def call(self, context):
                return 1
        """);
    PythonRuntime runtime = openWithin(Duration.ofSeconds(2), folder);
    try {
      assertThat(runtime.problems())
          .extracting(LoadingTest::file, HandlerProblem::message)
          .containsExactly(tuple("a_blocks.py", "is still loading after 2 s, and was stopped"));
      assertThat(call(runtime, "Good")).isEqualTo("1");
    } finally {
      runtime.close();
    }
  }

  @Test
  void a_file_that_cannot_be_stopped_is_refused_by_name_and_nothing_is_left(@TempDir Path folder)
      throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Files.writeString(
        folder.resolve("stubborn.py"), "open(__file__.replace('stubborn.py', 'pipe')).read()");
    Set<Thread> before = guestThreads();
    assertThatThrownBy(() -> openWithin(Duration.ofSeconds(2), folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stubborn.py is still loading")
        .hasMessageContaining("cannot be stopped");
    // the other end lets the system's call return, which nothing else can stop
    Files.newOutputStream(pipe).close();
    world.await(() -> before.containsAll(guestThreads()));
  }

  private PythonRuntime openWithin(Duration limit, Path folder) {
    return PythonRuntime.open(world.bridge, PythonWorld.config(1).python(), List.of(folder), limit);
  }

  private static Set<Thread> guestThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("python-[0-9]+"))
        .collect(Collectors.toSet());
  }

  @Test
  void closing_stops_what_still_runs() throws Exception {
    PythonRuntime runtime =
        new PythonRuntimeProvider()
            .open(
                world.bridge,
                PythonWorld.config(1),
                List.of(PythonWorld.TESTS.resolve("handlers")));
    CompletableFuture<StepOutcome> running =
        CompletableFuture.supplyAsync(
            () -> runtime.call(PythonWorld.step("Spin", "{}"), new Cancellation()),
            task -> Thread.ofPlatform().start(task));
    world.await(() -> runtime.health().busy() == 1);
    CompletableFuture<StepOutcome> waiting =
        CompletableFuture.supplyAsync(
            () -> runtime.call(PythonWorld.step("echo", "{}"), new Cancellation()),
            task -> Thread.ofPlatform().start(task));
    long start = System.nanoTime();
    runtime.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    assertThat(running.get()).isInstanceOf(StepOutcome.Cancelled.class);
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(IllegalStateException.class);
  }

  private static String file(HandlerProblem problem) {
    return Objects.toString(Path.of(problem.source()).getFileName());
  }

  private static String message(PythonRuntime runtime, String file) {
    return runtime.problems().stream()
        .filter(problem -> file(problem).equals(file))
        .findFirst()
        .orElseThrow()
        .message();
  }

  private static String call(PythonRuntime runtime, String handler) {
    return ((StepOutcome.Success) runtime.call(PythonWorld.step(handler, "{}"), new Cancellation()))
        .resultJson();
  }
}
