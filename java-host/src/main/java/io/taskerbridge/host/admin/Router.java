package io.taskerbridge.host.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request. Filled before it is used, then immutable. */
final class Router {
  private final List<Route> routes = new ArrayList<>();

  /**
   * One thing that can be asked.
   *
   * @param template the path, with {@code {name}} for a part that varies; also the route's name in
   *     spans and metrics
   * @param access who may ask, and whether it is traced
   */
  record Route(String method, String template, Access access, Function<Request, Response> handler) {

    private @Nullable Map<String, String> match(String path) {
      String[] pattern = template.split("/", -1);
      String[] parts = path.split("/", -1);
      if (pattern.length != parts.length) {
        return null;
      }
      Map<String, String> found = new HashMap<>();
      for (int i = 0; i < parts.length; i++) {
        if (pattern[i].startsWith("{")) {
          found.put(pattern[i].substring(1, pattern[i].length() - 1), parts[i]);
        } else if (!pattern[i].equals(parts[i])) {
          return null;
        }
      }
      return found;
    }
  }

  /** How a route is guarded and told. */
  enum Access {
    /** Open to all, never traced. */
    PROBE,
    /** Behind the token where there is one, never traced. */
    SCRAPE,
    /** Behind the token where there is one, traced. */
    CONTROL
  }

  /** A route with the named parts of the path. */
  record Match(Route route, Map<String, String> parameters) {}

  Router add(String method, String template, Access access, Function<Request, Response> handler) {
    routes.add(new Route(method, template, access, handler));
    return this;
  }

  /**
   * The route of the request; HEAD is answered as GET.
   *
   * @throws Problem for an unknown path, and for a known one without that method
   */
  Match find(String method, String path) {
    String asked = method.equals("HEAD") ? "GET" : method;
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Map<String, String> parameters = route.match(path);
      if (parameters != null) {
        if (route.method().equals(asked)) {
          return new Match(route, parameters);
        }
        allowed.add(route.method());
      }
    }
    if (allowed.isEmpty()) {
      throw Problem.of(404, "there is no " + path + " here");
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    throw Problem.wrongMethod(method, path, allowed);
  }
}
