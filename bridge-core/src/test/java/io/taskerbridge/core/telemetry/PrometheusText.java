package io.taskerbridge.core.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of the Prometheus text format 0.0.4 and of OpenMetrics 1.0: what is not legal is
 * an {@link IllegalStateException} with the line.
 */
public final class PrometheusText {
  private static final Pattern META =
      Pattern.compile("# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*)(?: (.*))?");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*?\\})? ([^ ]+)( [0-9.]+)?( # (\\{.*?\\}) ([^ ]+)(?: [0-9.]+)?)?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
  private static final Set<String> TYPES =
      Set.of("counter", "gauge", "histogram", "summary", "untyped", "unknown", "info");

  private final Map<String, Family> families = new LinkedHashMap<>();

  private PrometheusText() {}

  /** One metric with its samples. */
  public record Family(String name, String type, List<Sample> samples) {}

  /** One line; the exemplar's labels are empty where it has none. */
  public record Sample(
      String name, Map<String, String> labels, double value, Map<String, String> exemplar) {}

  /** Reads a scrape. */
  public static PrometheusText parse(Scrape scrape) {
    return parse(
        new String(scrape.body(), StandardCharsets.UTF_8),
        scrape.contentType().startsWith("application/openmetrics-text"));
  }

  /** Reads a text. */
  public static PrometheusText parse(String text, boolean openMetrics) {
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw new IllegalStateException("the last line has no end");
    }
    PrometheusText parsed = new PrometheusText();
    boolean ended = false;
    Set<String> seen = new HashSet<>();
    for (String line : text.isEmpty() ? List.<String>of() : text.lines().toList()) {
      if (ended) {
        throw new IllegalStateException("after # EOF: " + line);
      }
      if (line.equals("# EOF")) {
        ended = true;
      } else if (line.startsWith("#")) {
        parsed.meta(line);
      } else {
        parsed.sample(line, openMetrics, seen);
      }
    }
    if (openMetrics && !ended) {
      throw new IllegalStateException("no # EOF");
    }
    parsed.families.values().forEach(PrometheusText::checkHistogram);
    return parsed;
  }

  /** The metrics by name; in OpenMetrics a counter's name has no {@code _total}. */
  public Map<String, Family> families() {
    return families;
  }

  /** Names of all samples. */
  public Set<String> sampleNames() {
    Set<String> names = new HashSet<>();
    families.values().forEach(family -> family.samples().forEach(s -> names.add(s.name())));
    return names;
  }

  /** The samples of that name. */
  public List<Sample> samples(String name) {
    return families.values().stream()
        .flatMap(family -> family.samples().stream())
        .filter(sample -> sample.name().equals(name))
        .toList();
  }

  /** The value of the one sample with exactly these labels, given as name, value... */
  public double value(String name, String... labels) {
    Map<String, String> wanted = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    return samples(name).stream()
        .filter(sample -> sample.labels().equals(wanted))
        .mapToDouble(Sample::value)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no " + name + wanted + " in " + samples(name)));
  }

  private void meta(String line) {
    Matcher matcher = META.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException("not a comment of the format: " + line);
    }
    if (matcher.group(1).equals("TYPE")) {
      String type = matcher.group(3);
      if (!TYPES.contains(type)) {
        throw new IllegalStateException("unknown type: " + line);
      }
      String name = matcher.group(2);
      if (families.put(name, new Family(name, type, new ArrayList<>())) != null) {
        throw new IllegalStateException("a second time: " + line);
      }
    }
  }

  private void sample(String line, boolean openMetrics, Set<String> seen) {
    Matcher matcher = SAMPLE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException("not a sample: " + line);
    }
    if (!openMetrics && matcher.group(5) != null) {
      throw new IllegalStateException("an exemplar outside of OpenMetrics: " + line);
    }
    String name = matcher.group(1);
    Map<String, String> labels = labels(matcher.group(2), line);
    if (!seen.add(name + labels)) {
      throw new IllegalStateException("a second time: " + line);
    }
    Map<String, String> exemplar = labels(matcher.group(6), line);
    int exemplarLength =
        exemplar.entrySet().stream()
            .mapToInt(e -> e.getKey().length() + e.getValue().length())
            .sum();
    if (exemplarLength > 128) {
      throw new IllegalStateException("an exemplar of over 128 characters: " + line);
    }
    family(name, line).samples().add(new Sample(name, labels, number(matcher.group(3)), exemplar));
  }

  /** The last family declared is the one that a sample must belong to. */
  private Family family(String sample, String line) {
    Family last = null;
    for (Family family : families.values()) {
      last = family;
    }
    if (last == null) {
      throw new IllegalStateException("no # TYPE before: " + line);
    }
    String rest = sample.startsWith(last.name()) ? sample.substring(last.name().length()) : "?";
    boolean belongs =
        switch (last.type()) {
          case "counter" -> rest.equals("_total") || (rest.isEmpty() && sample.endsWith("_total"));
          case "histogram" -> Set.of("_bucket", "_sum", "_count").contains(rest);
          case "summary" -> Set.of("", "_sum", "_count").contains(rest);
          case "info" -> rest.equals("_info");
          default -> rest.isEmpty();
        };
    if (!belongs) {
      throw new IllegalStateException("does not belong to " + last.name() + ": " + line);
    }
    return last;
  }

  private static Map<String, String> labels(@Nullable String braced, String line) {
    Map<String, String> labels = new TreeMap<>();
    if (braced == null) {
      return labels;
    }
    String inner = braced.substring(1, braced.length() - 1);
    Matcher matcher = LABEL.matcher(inner);
    int at = 0;
    while (at < inner.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new IllegalStateException("bad labels: " + line);
      }
      String value =
          matcher.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
      if (labels.put(matcher.group(1), value) != null) {
        throw new IllegalStateException("a label twice: " + line);
      }
      at = matcher.end();
    }
    return labels;
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** Buckets ascend, do not fall, and the last one counts everything. */
  private static void checkHistogram(Family family) {
    if (!family.type().equals("histogram")) {
      return;
    }
    Map<Map<String, String>, double[]> last = new LinkedHashMap<>();
    for (Sample sample : family.samples()) {
      Map<String, String> series = new TreeMap<>(sample.labels());
      String bound = series.remove("le");
      double[] seen = last.computeIfAbsent(series, s -> new double[] {Double.NEGATIVE_INFINITY, 0});
      if (bound != null) {
        double le = number(bound);
        if (le <= seen[0] || sample.value() < seen[1]) {
          throw new IllegalStateException("buckets do not ascend: " + sample);
        }
        seen[0] = le;
        seen[1] = sample.value();
      } else if (sample.name().endsWith("_count")
          && (seen[0] != Double.POSITIVE_INFINITY || seen[1] != sample.value())) {
        throw new IllegalStateException("the count is not that of the last bucket: " + sample);
      }
    }
  }
}
