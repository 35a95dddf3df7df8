package io.taskerbridge.core.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes lines to a file that logback rolls, daily and by size; rolled files bear the day and a
 * number after the name and are kept. Unlike logback's own appender it tells when a line could not
 * be written, and tries again with the next.
 */
final class FileSink implements Sink {
  private final Rolling file;

  private FileSink(Rolling file) {
    this.file = file;
  }

  /**
   * Opens the file, with its folders.
   *
   * @throws IllegalArgumentException if it cannot be opened
   */
  static FileSink open(Path path, FileSize limit, Encoder<ILoggingEvent> encoder, Context context) {
    if (path.toString().contains("%")) {
      // logback reads it as a pattern and knows no escape
      throw new IllegalArgumentException(
          "logging.file: " + path + " has a % in it; name a file without one");
    }
    Rolling file = new Rolling();
    file.setContext(context);
    file.setName("tasker-log-file");
    file.setFile(path.toString());
    file.setEncoder(encoder);
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
    policy.setContext(context);
    policy.setParent(file);
    policy.setFileNamePattern(path + ".%d{yyyy-MM-dd}.%i");
    policy.setMaxFileSize(limit);
    policy.start();
    file.setRollingPolicy(policy);
    file.start();
    if (!file.isStarted()) {
      policy.stop();
      throw new IllegalArgumentException(
          "logging.file: cannot write to "
              + path
              + "; name a file that may be created or appended to");
    }
    return new FileSink(file);
  }

  @Override
  public void write(RecordEvent event) throws IOException {
    file.write(event);
  }

  @Override
  public void close() {
    file.stop();
  }

  private static final class Rolling extends RollingFileAppender<ILoggingEvent> {
    private boolean torn;

    void write(RecordEvent event) throws IOException {
      if (!isStarted()) {
        throw new IOException("the log file is closed");
      }
      try {
        subAppend(event);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    /** A plain stream: logback's resilient one swallows what fails. */
    @Override
    public void openFile(String name) throws IOException {
      Path parent = Path.of(name).toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      streamWriteLock.lock();
      try {
        setOutputStream(new FileOutputStream(name, append));
      } finally {
        streamWriteLock.unlock();
      }
    }

    @Override
    protected void writeOut(ILoggingEvent event) {
      byte[] line = ((RecordEvent) event).line(getEncoder());
      streamWriteLock.lock();
      try {
        OutputStream out = getOutputStream();
        if (torn) {
          out.write('\n');
        }
        torn = true;
        out.write(line);
        torn = false;
        updateByteCount(line);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        streamWriteLock.unlock();
      }
    }
  }
}
