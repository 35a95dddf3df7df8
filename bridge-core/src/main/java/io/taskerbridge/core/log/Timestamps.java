package io.taskerbridge.core.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes instants as ISO 8601, UTC, to the microsecond. Safe for use by many threads. */
final class Timestamps {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);

  private record Second(long epochSecond, String text) {}

  /** The last second formatted; records come many a second. */
  private volatile Second last = new Second(0, SECONDS.format(Instant.EPOCH));

  String format(Instant instant) {
    Second second = last;
    if (second.epochSecond != instant.getEpochSecond()) {
      second = new Second(instant.getEpochSecond(), SECONDS.format(instant));
      last = second;
    }
    StringBuilder text = new StringBuilder(27).append(second.text);
    int micros = instant.getNano() / 1000;
    for (int unit = 100_000; unit > 0; unit /= 10) {
      text.append((char) ('0' + micros / unit % 10));
    }
    return text.append('Z').toString();
  }
}
