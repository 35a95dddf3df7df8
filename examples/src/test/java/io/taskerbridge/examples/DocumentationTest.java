package io.taskerbridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documents show code that runs, and link to pages that exist. */
class DocumentationTest {
  private static final Path PROJECT = Path.of(System.getProperty("tasker.project.dir"));

  @ParameterizedTest
  @CsvSource({
    "README.md, ruby, examples/readme/greet.rb, readme-ruby",
    "README.md, python, examples/readme/shout.py, readme-python",
    "README.md, java, examples/src/main/java/io/taskerbridge/examples/EmbeddedWorker.java, readme-java",
    "docs/embedding.md, java, examples/src/main/java/io/taskerbridge/examples/EmbeddedWorker.java, readme-java",
  })
  void code_block_is_a_region_of_a_tested_file(
      String page, String language, String file, String region) throws IOException {
    assertThat(codeBlocks(page, language)).contains(region(file, region));
  }

  @Test
  void links_between_pages_lead_somewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    Pattern link = Pattern.compile("\\]\\((?!https?:)([^)#]+)(#[^)]*)?\\)");
    try (Stream<Path> docs = Files.walk(PROJECT.resolve("docs"))) {
      for (Path page :
          Stream.concat(
                  docs.filter(path -> path.toString().endsWith(".md")),
                  Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(PROJECT::resolve))
              .toList()) {
        Matcher matcher = link.matcher(Files.readString(page));
        while (matcher.find()) {
          if (!Files.exists(page.resolveSibling(matcher.group(1)))) {
            broken.add(PROJECT.relativize(page) + " -> " + matcher.group(1));
          }
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  private static List<String> codeBlocks(String page, String language) throws IOException {
    Matcher matcher =
        Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PROJECT.resolve(page)));
    return matcher.results().map(result -> result.group(1)).toList();
  }

  private static String region(String file, String name) throws IOException {
    List<String> lines = Files.readAllLines(PROJECT.resolve(file));
    int start = indexOf(lines, "region " + name);
    int end = start;
    while (!lines.get(end).contains("endregion")) {
      end++;
    }
    return String.join("\n", lines.subList(start + 1, end)).stripIndent() + "\n";
  }

  private static int indexOf(List<String> lines, String marker) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().replaceFirst("^(#|//) ", "").equals(marker)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no " + marker);
  }
}
