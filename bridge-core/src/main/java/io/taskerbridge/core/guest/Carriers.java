package io.taskerbridge.core.guest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Propagation headers as JSON text. */
final class Carriers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TextMapGetter<Map<String, String>> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
          return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
          return carrier == null ? null : carrier.get(key.toLowerCase(Locale.ROOT));
        }
      };

  private Carriers() {}

  static String toJson(TextMapPropagator propagator, Context context) {
    Map<String, String> headers = new TreeMap<>();
    propagator.inject(
        context,
        headers,
        (carrier, key, value) -> {
          if (carrier != null) {
            carrier.put(key, value);
          }
        });
    try {
      return JSON.writeValueAsString(headers);
    } catch (JsonProcessingException e) {
      return "{}";
    }
  }

  /** Text that is no JSON object carries nothing, nor does a value that is no text. */
  static Context fromJson(TextMapPropagator propagator, Context context, String json) {
    try {
      Map<String, String> headers = new TreeMap<>();
      for (Map.Entry<String, JsonNode> header : JSON.readTree(json).properties()) {
        if (header.getValue().isTextual()) {
          headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue().textValue());
        }
      }
      return propagator.extract(context, headers, GETTER);
    } catch (JsonProcessingException e) {
      return context;
    }
  }
}
