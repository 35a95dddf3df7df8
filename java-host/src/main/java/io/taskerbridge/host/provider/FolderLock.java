package io.taskerbridge.host.provider;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Makes sure that one process at a time uses a data folder; the system frees it after a crash. */
final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  static FolderLock take(Path folder) {
    Path file = folder.resolve("lock");
    try {
      Files.createDirectories(folder);
      // opened for as long as the folder is in use, so no try-with-resources
      @SuppressWarnings("resource")
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = Files.readString(file).strip();
        channel.close();
        throw new DatabaseException(
            "The database folder "
                + folder
                + " is in use by process "
                + (holder.isEmpty() ? "unknown" : holder)
                + ". Stop that process, name another [database] directory, or let both use one"
                + " server through [database] url.");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
      return new FolderLock(channel);
    } catch (IOException e) {
      throw new DatabaseException(
          "The database folder "
              + folder
              + " cannot be written: "
              + e
              + ". Give this user the right to write there, or name another [database]"
              + " directory.",
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LoggerFactory.getLogger(FolderLock.class).warn("The folder's lock was not released", e);
    }
  }
}
