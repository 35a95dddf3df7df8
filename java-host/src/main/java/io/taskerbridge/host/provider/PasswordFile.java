package io.taskerbridge.host.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The embedded database's password, in a file that only its owner can read. */
final class PasswordFile {
  private static final int BYTES = 24;

  private PasswordFile() {}

  static String readOrCreate(Path file) {
    try {
      if (!Files.exists(file)) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          Files.createFile(
              file,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, HexFormat.of().formatHex(random));
      }
      String password = Files.readString(file).strip();
      if (password.isEmpty()) {
        throw new DatabaseException(
            "The password file "
                + file
                + " is empty. Put back the password of the database beside it, or remove the"
                + " folder to start anew.");
      }
      return password;
    } catch (IOException e) {
      throw new DatabaseException(
          "Cannot read or write the password file " + file + ": " + e.getMessage(), e);
    }
  }
}
