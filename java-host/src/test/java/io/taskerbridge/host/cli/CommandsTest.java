package io.taskerbridge.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {
  private static final UUID TASK = UUID.fromString("0199c3e0-ccdb-7581-87ab-3f67daeaa4a5");
  private static final String BODY =
      """
      {"task_uuid": "%s", "correlation_id": "%s", "trace_id": null, "state": "complete",
       "steps": [
         {"name": "fibonacci", "state": "complete", "attempts": 1, "max_attempts": 3,
          "result": {"numbers": [1, 2]}},
         {"name": "sum", "state": "error", "attempts": 3, "max_attempts": 3, "result": null,
          "error": {"type": "TypeError", "message": "no number",
                    "backtrace": "sum.rb:4:in 'call'\\nsum.rb:9"}}]}
      """
          .formatted(TASK, TASK);

  private record Ran(int code, String out, String err) {}

  private static Ran run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), args);
    return new Ran(code, out.toString(), err.toString());
  }

  /** A server that answers every request with that, and keeps what it was sent. */
  private record Answering(HttpServer server, Map<String, String> sent) implements AutoCloseable {

    static Answering with(int status, String body) throws IOException {
      Map<String, String> sent = new ConcurrentHashMap<>();
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            byte[] request = exchange.getRequestBody().readAllBytes();
            sent.put(
                exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                new String(request, StandardCharsets.UTF_8));
            byte[] answer = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
          });
      server.start();
      return new Answering(server, sent);
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "frobnicate                              | Unmatched argument",
        "task submit                             | NAMESPACE/NAME",
        "task submit math                        | a workflow is NAMESPACE/NAME",
        "task submit math/x --input []           | --input must be a JSON object",
        "task submit math/x --input {            | --input is not JSON",
        "task submit math/x --input @/no/file    | /no/file cannot be read",
        "task submit math/x --correlation-id 7   | 7",
        "task show no-uuid                       | no-uuid",
        "demo --port x                           | --port",
      })
  void a_wrong_use_is_exit_code_2_with_what_is_wrong(String line, String message) {
    Ran ran = run(line.split(" "));

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message).doesNotContain("\tat ");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void a_task_command_without_a_worker_says_how_to_start_one() throws Exception {
    String url;
    try (Answering gone = Answering.with(200, "{}")) {
      url = gone.url();
    }

    Ran ran = run("task", "show", TASK.toString(), "--url", url);

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err().lines())
        .containsExactly(
            "tasker-bridge: no worker answers at "
                + url
                + ": start one with `bin/tasker-bridge worker`, or give its address with --url");
  }

  @Test
  void a_refusal_is_told_with_its_field() throws Exception {
    String problem = "{\"status\": 422, \"field\": \"name\", \"detail\": \"there is no template\"}";
    try (Answering worker = Answering.with(422, problem)) {
      Ran ran = run("task", "submit", "math/x", "--url", worker.url());

      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err().strip())
          .isEqualTo("tasker-bridge: the worker refused (422): name: there is no template");
    }
  }

  @Test
  void submit_sends_the_file_and_prints_the_ids(@TempDir Path folder) throws Exception {
    Path input = Files.writeString(folder.resolve("input.json"), "{\"terms\": 7}");
    try (Answering worker = Answering.with(202, BODY)) {
      Ran ran =
          run(
              "task",
              "submit",
              "math/sequence",
              "--input",
              "@" + input,
              "--correlation-id",
              TASK.toString(),
              "--url",
              worker.url());

      assertThat(ran.err()).isEmpty();
      assertThat(ran.code()).isZero();
      assertThat(ran.out()).contains("task_uuid       " + TASK);
      assertThat(worker.sent().get("POST /v1/tasks"))
          .isEqualTo(
              "{\"namespace\":\"math\",\"name\":\"sequence\",\"context\":{\"terms\":7},"
                  + "\"correlation_id\":\""
                  + TASK
                  + "\"}");
    }
  }

  @Test
  void show_prints_the_steps_in_columns_and_the_guests_backtrace() throws Exception {
    try (Answering worker = Answering.with(200, BODY)) {
      Ran ran = run("task", "show", TASK.toString(), "--url", worker.url());

      assertThat(ran.code()).isZero();
      assertThat(ran.out())
          .contains("  fibonacci  complete              1 of 3    {\"numbers\":[1,2]}")
          .contains("  sum        error                 3 of 3    no number")
          .contains("  sum failed: TypeError: no number\n    sum.rb:4:in 'call'\n    sum.rb:9\n");
    }
  }

  @Test
  void config_show_prints_every_value_with_its_origin(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("more.toml"), "[admin]\nport = 9999\n");

    Ran ran = run("config", "show", "--config", file.toString());

    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).containsPattern("port = 9999 +# .*more.toml:2");
  }

  @Test
  void a_bad_configuration_is_one_message(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("more.toml"), "[admin]\nprot = 9999\n");

    Ran ran = run("config", "show", "--config", file.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("more.toml:2").contains("port").doesNotContain("\tat ");
  }

  @Test
  void a_data_folder_that_cannot_be_is_one_message(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("taken"), "");

    Ran ran = run("demo", "--port", "0", "--data-dir", file.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains(file.toString()).doesNotContain("\tat ");
  }

  @Test
  void an_input_that_fits_the_demo_is_there() {
    Path examples = ProjectFolder.find().resolve("examples");

    assertThat(DemoWorkflow.all(examples))
        .extracting(DemoWorkflow::name)
        .containsExactly("mathematical_sequence", "order_fulfillment", "order_settlement");
  }
}
