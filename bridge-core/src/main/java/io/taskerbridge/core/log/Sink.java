package io.taskerbridge.core.log;

/** One place where records go. Called by many threads. */
interface Sink extends AutoCloseable {

  /**
   * Writes the record whole, or throws.
   *
   * @throws Exception if it could not be written
   */
  void write(RecordEvent event) throws Exception;

  /** Writes out what is held back. */
  @Override
  void close();
}
