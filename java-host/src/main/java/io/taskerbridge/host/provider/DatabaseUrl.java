package io.taskerbridge.host.provider;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and who asks, from a JDBC URL or from one such as {@code
 * postgres://user:password@host:5432/name}.
 *
 * @param jdbc the JDBC URL, without user and password
 */
record DatabaseUrl(String jdbc, @Nullable String user, @Nullable String password) {
  private static final String REMEDY =
      " A URL looks like postgres://user:password@host:5432/name or"
          + " jdbc:postgresql://host:5432/name.";

  /** Reads a URL; a user or password given beside it wins over those in it. */
  static DatabaseUrl parse(String url, @Nullable String user, @Nullable String password) {
    String text = url.strip();
    if (text.startsWith("jdbc:")) {
      text = text.substring("jdbc:".length());
      if (!text.startsWith("postgresql:")) {
        throw new DatabaseException(
            "[database] url is for " + text.split(":", 2)[0] + ", not PostgreSQL." + REMEDY);
      }
    }
    URI uri = uri(text);
    String scheme = uri.getScheme();
    if (!"postgres".equals(scheme) && !"postgresql".equals(scheme)) {
      throw new DatabaseException("[database] url is no PostgreSQL URL." + REMEDY);
    }
    if (uri.getHost() == null) {
      throw new DatabaseException("[database] url names no host." + REMEDY);
    }
    Map<String, String> parameters = parameters(uri.getRawQuery());
    String urlUser = parameters.remove("user");
    String urlPassword = parameters.remove("password");
    String login = uri.getRawUserInfo();
    if (login != null) {
      String[] parts = login.split(":", 2);
      urlUser = decode(parts[0]);
      urlPassword = parts.length > 1 ? decode(parts[1]) : urlPassword;
    }
    StringBuilder jdbc = new StringBuilder("jdbc:postgresql://").append(uri.getHost());
    if (uri.getPort() > 0) {
      jdbc.append(':').append(uri.getPort());
    }
    String path = uri.getRawPath();
    jdbc.append(path == null || path.isEmpty() ? "/" : path);
    String separator = "?";
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      jdbc.append(separator).append(encode(parameter.getKey())).append('=');
      jdbc.append(encode(parameter.getValue()));
      separator = "&";
    }
    return new DatabaseUrl(
        jdbc.toString(), user == null ? urlUser : user, password == null ? urlPassword : password);
  }

  /** The place, for people: no password. */
  String shown() {
    String place = jdbc.substring("jdbc:".length()).split("\\?", 2)[0];
    return user == null ? place : place + " (user " + user + ")";
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // the exception's own text holds the URL with its password
      throw new DatabaseException(
          "[database] url cannot be read at character "
              + e.getIndex()
              + ": "
              + e.getReason()
              + ". Special characters in a password are written as %40 for @, %3A for :, %2F for"
              + " /."
              + REMEDY);
    }
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        parameters.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
