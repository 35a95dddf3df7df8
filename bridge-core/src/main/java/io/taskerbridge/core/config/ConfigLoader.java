package io.taskerbridge.core.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration. Later ones win: the defaults, {@code config/base/telemetry.toml}, {@code
 * config/environments/<environment>/telemetry.toml}, more files, {@code TASKER_*} variables, {@code
 * OTEL_*} variables, options. Tables such as the headers are merged entry by entry, everything else
 * is replaced. docs/configuration.md has all keys.
 *
 * <p>Reads nothing but what it is given: without {@link #variables} no variable counts. Not
 * thread-safe; what it loads is immutable.
 */
public final class ConfigLoader {
  private static final String FILE = "telemetry.toml";
  private static final String DEFAULT_ENVIRONMENT = "development";
  private static final Pattern ENVIRONMENT_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

  private final Path project;
  private final List<Path> files = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private Map<String, String> variables = Map.of();
  private @Nullable String environment;

  private ConfigLoader(Path project) {
    this.project = project.toAbsolutePath().normalize();
  }

  /**
   * A loader for the project in that folder. Its {@code config} folder is read if it is there, and
   * all relative paths in the configuration are paths in the project.
   */
  public static ConfigLoader in(Path project) {
    return new ConfigLoader(project);
  }

  /** Chooses the environment; without it {@code TASKER_ENV} does, else it is development. */
  public ConfigLoader environment(String name) {
    this.environment = name;
    return this;
  }

  /** The variables that count, usually {@link System#getenv()}. */
  public ConfigLoader variables(Map<String, String> environmentVariables) {
    this.variables = Map.copyOf(environmentVariables);
    return this;
  }

  /** One more file, over those before; relative to the project. It must be there. */
  public ConfigLoader file(Path file) {
    files.add(project.resolve(file).normalize());
    return this;
  }

  /**
   * Sets one key over all else.
   *
   * @param path the full path of the key, such as {@code worker.threads}, or of an entry of a table
   * @param value as a variable would have it; empty for nothing where the key allows it
   */
  public ConfigLoader set(String path, String value) {
    options.put(path, value);
    return this;
  }

  /**
   * Reads everything.
   *
   * @throws ConfigException if anything is wrong, with all that is wrong
   */
  public LoadedConfig load() {
    ConfigProblems problems = new ConfigProblems();
    ConfigValues values = new ConfigValues(project);
    Chosen chosen = chosenEnvironment();
    values.put(ConfigKeys.ENVIRONMENT, chosen.name(), chosen.origin());

    List<Path> read = filesToRead(chosen, problems);
    for (Path file : read) {
      TomlSource.apply(file, shown(file), values, problems);
    }
    VariableSource.apply(variables, values, problems);
    OptionSource.apply(options, values, problems);
    checkTogether(values, problems);
    problems.throwIfAny();
    return new LoadedConfig(
        ConfigBinding.bind(values), chosen.name(), List.copyOf(read), values.settings());
  }

  private record Chosen(String name, Origin origin) {}

  private Chosen chosenEnvironment() {
    if (environment != null) {
      return new Chosen(environment, Origin.option("environment"));
    }
    String variable = variables.getOrDefault(VariableSource.ENVIRONMENT, "").strip();
    return variable.isEmpty()
        ? new Chosen(DEFAULT_ENVIRONMENT, Origin.DEFAULT)
        : new Chosen(variable, Origin.variable(VariableSource.ENVIRONMENT));
  }

  private List<Path> filesToRead(Chosen chosen, ConfigProblems problems) {
    List<Path> found = new ArrayList<>();
    Path base = project.resolve("config").resolve("base").resolve(FILE);
    if (Files.exists(base)) {
      found.add(base);
    }
    Path environments = project.resolve("config").resolve("environments");
    if (!ENVIRONMENT_NAME.matcher(chosen.name()).matches()) {
      problems.add(
          chosen.origin(),
          null,
          ValueTypes.quote(chosen.name()) + " is no name of an environment",
          "write letters, digits, - and _");
    } else if (Files.exists(environments.resolve(chosen.name()).resolve(FILE))) {
      found.add(environments.resolve(chosen.name()).resolve(FILE));
    } else if (chosen.origin().kind() != Origin.Kind.DEFAULT && Files.isDirectory(environments)) {
      // a mistyped environment must not run with another one's settings
      List<String> names = namesIn(environments);
      String path = shown(environments.resolve(chosen.name()).resolve(FILE));
      problems.add(
          chosen.origin(),
          null,
          "there is no environment " + ValueTypes.quote(chosen.name()),
          Nearest.to(chosen.name(), names)
              .map(near -> "did you mean " + ValueTypes.quote(near) + "?")
              .orElse("make " + path + " or choose one of " + String.join(", ", names)));
    }
    found.addAll(files);
    return found;
  }

  private static List<String> namesIn(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> Files.exists(entry.resolve(FILE)))
          .map(entry -> String.valueOf(entry.getFileName()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As people know the file: within the project without the path of the project. */
  private String shown(Path file) {
    String name = file.startsWith(project) ? project.relativize(file).toString() : file.toString();
    return name.replace('\\', '/');
  }

  private static void checkTogether(ConfigValues values, ConfigProblems problems) {
    int batch = values.get(ConfigKeys.OTLP_BATCH_SIZE);
    int queue = values.get(ConfigKeys.OTLP_QUEUE_SIZE);
    if (batch > queue) {
      Origin queueOrigin = values.origin(ConfigKeys.OTLP_QUEUE_SIZE);
      Origin batchOrigin = values.origin(ConfigKeys.OTLP_BATCH_SIZE);
      boolean queueIsNew = queueOrigin.kind().compareTo(batchOrigin.kind()) > 0;
      problems.add(
          queueIsNew ? queueOrigin : batchOrigin,
          (queueIsNew ? ConfigKeys.OTLP_QUEUE_SIZE : ConfigKeys.OTLP_BATCH_SIZE).path(),
          "a batch of %d (%s) does not fit into a queue of %d (%s)"
              .formatted(batch, batchOrigin, queue, queueOrigin),
          "make queue_size at least as large as batch_size_limit");
    }
  }
}
