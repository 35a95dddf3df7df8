package io.taskerbridge.ruby;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskerbridge.core.handler.StepCall;
import io.taskerbridge.core.handler.StepOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/ruby.md shows is what runs. */
final class DocumentationTest {
  private static final Pattern BLOCK = Pattern.compile("```ruby\n(.*?)```", Pattern.DOTALL);

  @Test
  void code_blocks_are_parts_of_files_that_run() throws IOException {
    String page = Files.readString(SharedRuby.PROJECT.resolve("docs/ruby.md"));
    List<String> blocks = BLOCK.matcher(page).results().map(DocumentationTest::code).toList();
    assertThat(blocks).hasSize(2);
    assertThat(Files.readString(SharedRuby.handler("documented.rb"))).contains(blocks.get(0));
    Path test = SharedRuby.PROJECT.resolve("gems/tasker_core/test/documented_test.rb");
    assertThat(Files.readString(test)).contains(blocks.get(1));
  }

  private static String code(MatchResult block) {
    return block.group(1);
  }

  @Test
  void the_example_handlers_work() {
    assertThat(
            SharedRuby.result(
                SharedRuby.call("ValidateOrder", "{\"order_id\":7,\"lines\":[{\"sku\":\"a\"}]}")))
        .isEqualTo("{\"valid\":true,\"lines\":1}");
    assertThat(SharedRuby.failure(SharedRuby.call("ValidateOrder")).error().message())
        .isEqualTo("no lines");
    StepCall ship =
        new StepCall(
            "ship_order",
            "ship",
            SharedRuby.correlation(),
            1,
            1,
            "{\"order_id\":7}",
            "{}",
            "{\"validate_order\":{\"lines\":1}}",
            null,
            null);
    assertThat(SharedRuby.call(ship))
        .isEqualTo(new StepOutcome.Success("{\"shipped\":7,\"parcels\":1}", "{}"));
  }
}
