package io.taskerbridge.host.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serial;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is refused: thrown anywhere in its handling, answered as RFC 9457 tells. */
final class Problem extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;
  private static final Map<Integer, String> TITLES =
      Map.of(
          400, "Bad request",
          401, "Unauthorized",
          404, "Not found",
          405, "Method not allowed",
          413, "Request too large",
          422, "Request cannot be served",
          500, "Internal error");

  private final int status;
  private final @Nullable String field;
  private final transient Map<String, String> headers;

  private Problem(int status, @Nullable String field, String detail, Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.field = field;
    this.headers = headers;
  }

  static Problem of(int status, String detail) {
    return new Problem(status, null, detail, Map.of());
  }

  /** A problem with one field of the body, one header or one part of the path. */
  static Problem of(int status, String field, String detail) {
    return new Problem(status, field, detail, Map.of());
  }

  /** The path is known, but not with this method. */
  static Problem wrongMethod(String method, String path, Collection<String> allowed) {
    String detail = method + " is not for " + path + ", use " + String.join(" or ", allowed);
    return new Problem(405, null, detail, Map.of("Allow", String.join(", ", allowed)));
  }

  /** The caller did not show the token. */
  static Problem unauthorized() {
    return new Problem(
        401,
        "Authorization",
        "this needs the header Authorization: Bearer with the token that TASKER_ADMIN_TOKEN holds",
        Map.of("WWW-Authenticate", "Bearer"));
  }

  int status() {
    return status;
  }

  Response response() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("type", "about:blank");
    body.put("title", TITLES.getOrDefault(status, "Error"));
    body.put("status", status);
    body.put("detail", getMessage());
    if (field != null) {
      body.put("field", field);
    }
    return Response.json(status, body).withType("application/problem+json").withHeaders(headers);
  }
}
