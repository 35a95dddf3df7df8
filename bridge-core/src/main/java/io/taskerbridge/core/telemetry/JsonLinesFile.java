package io.taskerbridge.core.telemetry;

import io.opentelemetry.exporter.internal.marshal.Marshaler;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of OTLP requests, one JSON object a line, appended. A line is written whole and at once,
 * so that a crash tears the last one at most; a torn line is closed when the file is opened again.
 * Safe for use by many threads.
 */
final class JsonLinesFile {
  private final FileChannel channel;

  private JsonLinesFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens the file in the directory, which is made if it is missing.
   *
   * @throws IllegalArgumentException if it cannot be written
   */
  static JsonLinesFile open(Path directory, String name) {
    Path file = directory.resolve(name);
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        closeTornLine(channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      return new JsonLinesFile(channel);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "telemetry.file.directory: "
              + file
              + " cannot be written ("
              + e
              + "); name a folder that this process may write to",
          e);
    }
  }

  private static void closeTornLine(FileChannel channel) throws IOException {
    long size = channel.size();
    channel.position(size);
    ByteBuffer last = ByteBuffer.allocate(1);
    if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
      writeFully(channel, new byte[] {'\n'});
    }
  }

  /** Appends one request. */
  CompletableResultCode append(Marshaler request) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      request.writeJsonTo(line);
      line.write('\n');
      synchronized (this) {
        writeFully(channel, line.toByteArray());
      }
      return CompletableResultCode.ofSuccess();
    } catch (IOException e) {
      return CompletableResultCode.ofExceptionalFailure(e);
    }
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Has the operating system put what was written on the disk. */
  CompletableResultCode force() {
    try {
      if (channel.isOpen()) {
        channel.force(false);
      }
      return CompletableResultCode.ofSuccess();
    } catch (IOException e) {
      return CompletableResultCode.ofExceptionalFailure(e);
    }
  }

  /** Closes the file; a second time does nothing. */
  CompletableResultCode close() {
    try {
      channel.close();
      return CompletableResultCode.ofSuccess();
    } catch (IOException e) {
      return CompletableResultCode.ofExceptionalFailure(e);
    }
  }
}
