package io.taskerbridge.host.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.taskerbridge.core.config.Nearest;
import io.taskerbridge.core.correlation.CorrelationId;
import io.taskerbridge.host.orchestration.TaskRequest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /v1/tasks}; what is wrong is a {@link Problem} with its field. */
final class TaskBody {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String NAMESPACE = "namespace";
  private static final String NAME = "name";
  private static final String VERSION = "version";
  private static final String CONTEXT = "context";
  private static final String CORRELATION_ID = "correlation_id";
  private static final String PARENT_CORRELATION_ID = "parent_correlation_id";
  private static final List<String> FIELDS =
      List.of(NAMESPACE, NAME, VERSION, CONTEXT, CORRELATION_ID, PARENT_CORRELATION_ID);

  private TaskBody() {}

  /**
   * Reads the request.
   *
   * @param correlationHeader the ID that the headers gave, or null; the body's own comes first
   */
  static TaskRequest read(byte[] body, @Nullable UUID correlationHeader) {
    JsonNode root = parse(body);
    for (var names = root.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!FIELDS.contains(name)) {
        throw Problem.of(
            400,
            name,
            "there is no field "
                + name
                + " but "
                + String.join(", ", FIELDS)
                + Nearest.hint(name, FIELDS));
      }
    }
    JsonNode context = root.path(CONTEXT);
    if (!context.isMissingNode() && !context.isObject()) {
      throw Problem.of(400, CONTEXT, "context must be a JSON object");
    }
    UUID correlation = uuid(root, CORRELATION_ID);
    return new TaskRequest(
        required(root, NAMESPACE),
        required(root, NAME),
        text(root, VERSION),
        context.isObject() ? context.toString() : "{}",
        correlation != null ? correlation : correlationHeader,
        uuid(root, PARENT_CORRELATION_ID));
  }

  private static JsonNode parse(byte[] body) {
    try {
      JsonNode root = JSON.readTree(body);
      if (root.isObject()) {
        return root;
      }
      throw Problem.of(400, "body", "the body must be a JSON object");
    } catch (JsonProcessingException e) {
      var where = e.getLocation();
      String place =
          where == null ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr();
      throw Problem.of(400, "body", "the body is not JSON" + place + ": " + e.getOriginalMessage());
    } catch (IOException e) {
      throw Problem.of(400, "body", "the body could not be read: " + e.getMessage());
    }
  }

  private static String required(JsonNode root, String name) {
    String value = text(root, name);
    if (value == null || value.isBlank()) {
      throw Problem.of(400, name, name + " is missing");
    }
    return value;
  }

  private static @Nullable String text(JsonNode root, String name) {
    JsonNode node = root.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isTextual()) {
      throw Problem.of(400, name, name + " must be a string");
    }
    return node.textValue();
  }

  private static @Nullable UUID uuid(JsonNode root, String name) {
    String value = text(root, name);
    return value == null ? null : uuid(name, value);
  }

  /** Reads a UUID that a field, a header or a part of the path gives. */
  static UUID uuid(String field, String value) {
    return CorrelationId.parse(value)
        .orElseThrow(() -> Problem.of(400, field, field + " must be a UUID, not " + shown(value)));
  }

  private static String shown(String value) {
    return value.length() <= 60 ? value : value.substring(0, 60) + "...";
  }
}
