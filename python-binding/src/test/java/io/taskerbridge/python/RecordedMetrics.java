package io.taskerbridge.python;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;

/** What the instruments hold now, 0 where nothing was recorded. */
final class RecordedMetrics {
  final InMemoryMetricReader reader = InMemoryMetricReader.create();

  /** The sum of a counter, the value of a gauge, the count of a histogram. */
  double value(String name, String... labels) {
    AttributesBuilder wanted = Attributes.builder();
    for (int i = 0; i + 1 < labels.length; i += 2) {
      wanted.put(AttributeKey.stringKey(labels[i]), labels[i + 1]);
    }
    Attributes attributes = wanted.build();
    for (MetricData metric : reader.collectAllMetrics()) {
      if (same(metric.getName(), name)) {
        for (PointData point : metric.getData().getPoints()) {
          if (point.getAttributes().equals(attributes)) {
            return value(point);
          }
        }
      }
    }
    return 0;
  }

  /** A counter's suffix may be left to the exposition. */
  private static boolean same(String recorded, String name) {
    return recorded.equals(name) || (recorded + "_total").equals(name);
  }

  private static double value(PointData point) {
    return switch (point) {
      case LongPointData number -> number.getValue();
      case DoublePointData number -> number.getValue();
      case HistogramPointData histogram -> histogram.getCount();
      default -> Double.NaN;
    };
  }
}
