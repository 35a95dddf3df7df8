package io.taskerbridge.core.guest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Which errors are worth another attempt, for every language alike: by the nearest ancestor, of the
 * guest API's own error classes, that the table knows; any other error is.
 */
final class ErrorTaxonomy {
  private static final Map<String, Boolean> RETRYABLE =
      Map.ofEntries(
          Map.entry("PermanentError", false),
          Map.entry("ValidationError", false),
          Map.entry("NotFoundError", false),
          Map.entry("AuthenticationError", false),
          Map.entry("AuthorizationError", false),
          Map.entry("ConfigurationError", false),
          Map.entry("BusinessLogicError", false),
          Map.entry("SerializationError", false),
          Map.entry("RetryableError", true),
          Map.entry("TimeoutError", true),
          Map.entry("NetworkError", true),
          Map.entry("RateLimitError", true),
          Map.entry("ServiceUnavailableError", true),
          Map.entry("ResourceContentionError", true));

  private ErrorTaxonomy() {}

  /** Whether an error with these ancestors, its own class first, is worth another attempt. */
  static boolean isRetryable(JsonNode ancestors) {
    for (JsonNode ancestor : ancestors) {
      String name = ancestor.asText();
      if (name.startsWith("TaskerCore::") || name.startsWith("tasker_core.")) {
        Boolean known = RETRYABLE.get(simpleName(name));
        if (known != null) {
          return known;
        }
      }
    }
    return true;
  }

  private static String simpleName(String name) {
    return name.substring(Math.max(name.lastIndexOf(':'), name.lastIndexOf('.')) + 1);
  }
}
