package io.taskerbridge.python;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskerbridge.core.handler.StepOutcome;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The Python tests: those that run in the host, one call each, and those that need none. */
final class PythonSuiteTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> in_the_host() throws Exception {
    PythonWorld world = PythonWorld.get();
    JsonNode ids = result(world, "ListUnitTests", "{}");
    assertThat(ids.size()).isGreaterThan(20);
    return StreamSupport.stream(ids.spliterator(), false)
        .map(
            id ->
                DynamicTest.dynamicTest(
                    id.asText(),
                    () -> {
                      JsonNode ran = result(world, "RunUnitTest", "{\"id\": " + id + "}");
                      assertThat(ran.path("ok").asBoolean())
                          .as(ran.path("output").asText())
                          .isTrue();
                    }));
  }

  private static JsonNode result(PythonWorld world, String handler, String input) throws Exception {
    StepOutcome outcome = world.call(handler, input);
    assertThat(outcome).isInstanceOf(StepOutcome.Success.class);
    return JSON.readTree(((StepOutcome.Success) outcome).resultJson());
  }

  @Test
  void without_a_host_the_package_records_in_memory() {
    ContextOptions options = new ContextOptions(CacheFolder.find(), PythonWorld.config(1).python());
    try (Context context = options.newContext()) {
      context.eval(
          "python",
          """
          def run(folder):
              import io, unittest
              output = io.StringIO()
              suite = unittest.TestLoader().discover(folder)
              result = unittest.TextTestRunner(output, verbosity=2).run(suite)
              return [result.testsRun, result.wasSuccessful(), output.getvalue()]
          """);
      Value ran =
          context
              .getBindings("python")
              .getMember("run")
              .execute(PythonWorld.TESTS.resolve("nohost").toString());
      assertThat(ran.getArrayElement(1).asBoolean()).as(ran.toString()).isTrue();
      assertThat(ran.getArrayElement(0).asInt()).isEqualTo(3);
    }
  }
}
