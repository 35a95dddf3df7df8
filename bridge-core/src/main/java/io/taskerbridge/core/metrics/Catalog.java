package io.taskerbridge.core.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that the bridge itself records, read from one resource file a domain. Immutable.
 *
 * @param domains in the order of the files
 */
record Catalog(List<Domain> domains) {
  private static final List<String> DOMAINS =
      List.of("tasker", "provider", "http", "jobs", "worker", "process", "bridge");
  private static final TomlMapper TOML =
      TomlMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * Checks that every metric has a name of its own.
   *
   * @throws IllegalArgumentException if two would be shown under one name
   */
  Catalog {
    Map<String, String> exposed = new HashMap<>();
    for (Domain domain : domains) {
      for (InstrumentSpec spec : domain.metrics()) {
        String earlier = exposed.put(spec.exposedName(), spec.name());
        if (earlier != null) {
          throw new IllegalArgumentException(
              "metric catalog: "
                  + earlier
                  + " and "
                  + spec.name()
                  + " would both be shown as "
                  + spec.exposedName());
        }
      }
    }
  }

  /** One file of the catalog. */
  record Domain(String name, String title, List<InstrumentSpec> metrics) {}

  /**
   * Reads the catalog.
   *
   * @throws IllegalArgumentException if a file has an unknown key or kind, or two metrics one name;
   *     the message names file and metric
   */
  static Catalog load() {
    return new Catalog(DOMAINS.stream().map(Catalog::load).toList());
  }

  private static Domain load(String domain) {
    try (InputStream in = Catalog.class.getResourceAsStream(domain + ".toml")) {
      if (in == null) {
        throw new IllegalArgumentException("metric catalog: " + domain + ".toml is missing");
      }
      return read(domain, in);
    } catch (IOException e) {
      throw new IllegalArgumentException("metric catalog: " + domain + ".toml is unreadable", e);
    }
  }

  /** Reads one file. */
  static Domain read(String domain, InputStream in) throws IOException {
    String file = domain + ".toml";
    try {
      DomainFile content = TOML.readValue(in, DomainFile.class);
      List<Entry> entries = content.metric() == null ? List.of() : content.metric();
      String title = content.title() == null ? domain : content.title();
      return new Domain(domain, title, entries.stream().map(entry -> entry.toSpec(file)).toList());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "metric catalog: " + file + ": " + e.getOriginalMessage(), e);
    }
  }

  /** All metrics. */
  List<InstrumentSpec> all() {
    return domains.stream().flatMap(domain -> domain.metrics().stream()).toList();
  }

  private record DomainFile(@Nullable String title, @Nullable List<Entry> metric) {}

  private record Entry(
      @Nullable String name,
      @Nullable String kind,
      @Nullable String unit,
      @Nullable String description,
      @Nullable List<String> labels,
      @Nullable List<Double> buckets) {

    InstrumentSpec toSpec(String file) {
      if (name == null || kind == null || description == null) {
        throw new IllegalArgumentException(
            "metric catalog: " + file + ": a metric wants name, kind and description: " + this);
      }
      Instrument.Kind instrumentKind = kindOf(file, name, kind);
      boolean histogram = instrumentKind == Instrument.Kind.HISTOGRAM;
      if (histogram != (buckets != null)) {
        throw new IllegalArgumentException(
            "metric catalog: "
                + file
                + ": "
                + name
                + (histogram ? " wants buckets" : " is no histogram and has no buckets"));
      }
      return new InstrumentSpec(
          name,
          instrumentKind,
          unit == null ? "" : unit,
          description,
          labels == null ? List.of() : labels,
          buckets == null ? List.of() : buckets);
    }

    private static Instrument.Kind kindOf(String file, String name, String kind) {
      for (Instrument.Kind known : Instrument.Kind.values()) {
        if (known.word().equals(kind)) {
          return known;
        }
      }
      throw new IllegalArgumentException(
          "metric catalog: "
              + file
              + ": "
              + name
              + " is of the kind "
              + kind
              + "; use counter, up_down_counter, histogram or gauge");
    }
  }
}
