package io.taskerbridge.core.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.locks.ReentrantLock;

/** Writes lines to a stream that others own. */
final class StreamSink implements Sink {
  private final OutputStream out;
  private final Encoder<ILoggingEvent> encoder;
  private final ReentrantLock lock = new ReentrantLock();

  StreamSink(OutputStream out, Encoder<ILoggingEvent> encoder) {
    this.out = out;
    this.encoder = encoder;
  }

  @Override
  public void write(RecordEvent event) throws IOException {
    byte[] line = event.line(encoder);
    lock.lock();
    try {
      out.write(line, 0, line.length);
      out.flush();
      // a print stream keeps its failures to itself
      if (out instanceof PrintStream printer && printer.checkError()) {
        throw new IOException("the console cannot be written");
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {}
}
