package io.taskerbridge.host.orchestration;

import java.io.Serial;

/** A task request that cannot be served: the message names the field and the remedy. */
public final class TaskRequestException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String field;

  /** A refusal because of that field. */
  public TaskRequestException(String field, String message) {
    super(message);
    this.field = field;
  }

  /** The name of the field that is wrong. */
  public String field() {
    return field;
  }
}
