package io.taskerbridge.core.metrics;

/**
 * Reads the values of a gauge when someone asks for them. Called on the thread that collects, by
 * one thread for each reader; should be quick. What it throws is reported once and counted.
 */
@FunctionalInterface
public interface Poll {

  /** Gives every value there is now. */
  void read(Values values) throws Exception;

  /** Takes the values of one reading. */
  @FunctionalInterface
  interface Values {

    /** One value, with its labels as name, value, name, value... */
    void add(double value, String... labels);
  }

  /** A poll that goes on until it is closed. */
  interface Subscription extends AutoCloseable {

    /** Ends the polling; a second time does nothing. */
    @Override
    void close();
  }
}
