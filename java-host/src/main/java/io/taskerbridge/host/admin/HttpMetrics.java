package io.taskerbridge.host.admin;

import io.taskerbridge.core.metrics.Instrument;
import io.taskerbridge.core.metrics.Metrics;
import java.util.Map;
import java.util.Set;

/** Counts and times requests by the catalog's {@code http} instruments. */
final class HttpMetrics {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");

  private final Instrument requests;
  private final Instrument errors;
  private final Instrument duration;
  private final Instrument requestSize;
  private final Instrument responseSize;
  private final Instrument active;

  HttpMetrics(Metrics metrics) {
    requests = metrics.get("http.requests_total");
    errors = metrics.get("http.errors_total");
    duration = metrics.get("http.request_duration_seconds");
    requestSize = metrics.get("http.request_size_bytes");
    responseSize = metrics.get("http.response_size_bytes");
    active = metrics.get("http.active_requests");
  }

  /** The method as a label: one word for all that nobody defined. */
  static String label(String method) {
    return METHODS.contains(method) ? method : "_OTHER";
  }

  void begun(String method) {
    active.bind(Map.of("method", method)).adjust(1);
  }

  void ended(String method, String route, Response response, int requestBytes, long nanos) {
    active.bind(Map.of("method", method)).adjust(-1);
    String status = Integer.toString(response.status());
    String codeClass = status.charAt(0) + "xx";
    requests.record(1, "method", method, "route", route, "status", status, "code_class", codeClass);
    if (response.status() >= 400) {
      errors.record(1, "route", route, "code", status);
    }
    duration.record(nanos / 1e9, "method", method, "route", route);
    requestSize.record(requestBytes, "route", route);
    responseSize.record(response.body().length, "route", route);
  }
}
