package io.taskerbridge.host.admin;

import com.sun.net.httpserver.Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request whose route is known.
 *
 * @param parameters the named parts of the path
 * @param body empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never kept
record Request(
    String method, String path, Map<String, String> parameters, Headers headers, byte[] body) {

  @Nullable String header(String name) {
    return headers.getFirst(name);
  }

  String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no part " + name);
    }
    return value;
  }
}
