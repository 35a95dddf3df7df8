package io.taskerbridge.python;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The Python package {@code tasker_core} as a folder, since Python imports from folders: the class
 * path's own where it is one, else a copy in the cache, keyed by its content.
 */
final class PackageFiles {
  private static final String ROOT = "META-INF/tasker-bridge/python/";
  private static final String PROBE = ROOT + "tasker_core/__init__.py";

  private PackageFiles() {}

  /** The folder that holds {@code tasker_core}. */
  static Path folder(Path cache) {
    URL url = PackageFiles.class.getClassLoader().getResource(PROBE);
    if (url == null) {
      throw new IllegalStateException(
          "the Python package is not on the class path: "
              + PROBE
              + " of python-binding is missing");
    }
    try {
      URLConnection connection = url.openConnection();
      if (connection instanceof JarURLConnection jar) {
        return extract(jar, cache);
      }
      return Path.of(url.toURI()).resolve("../..").normalize();
    } catch (IOException e) {
      throw new UncheckedIOException("the Python package cannot be unpacked into " + cache, e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the Python package is at no path: " + url, e);
    }
  }

  private static Path extract(JarURLConnection connection, Path cache) throws IOException {
    connection.setUseCaches(false);
    Map<String, byte[]> files;
    try (JarFile jar = connection.getJarFile()) {
      files = read(jar);
    }
    Path target = cache.resolve("tasker_core-" + key(files));
    if (Files.isDirectory(target)) {
      return target;
    }
    Files.createDirectories(cache);
    Path fresh = Files.createTempDirectory(cache, "unpack-");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = fresh.resolve(file.getKey());
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.write(path, file.getValue());
    }
    try {
      return Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // another process was first
      return Files.isDirectory(target) ? target : fresh;
    }
  }

  private static Map<String, byte[]> read(JarFile jar) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
      JarEntry entry = all.nextElement();
      if (!entry.isDirectory() && entry.getName().startsWith(ROOT)) {
        try (InputStream in = jar.getInputStream(entry)) {
          files.put(entry.getName().substring(ROOT.length()), in.readAllBytes());
        }
      }
    }
    return files;
  }

  private static String key(Map<String, byte[]> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(
          (name, content) -> {
            digest.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            digest.update(content);
          });
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
