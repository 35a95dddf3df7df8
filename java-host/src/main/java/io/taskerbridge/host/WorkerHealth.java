package io.taskerbridge.host;

import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.RuntimeHealth;
import io.taskerbridge.host.admin.Health;
import io.taskerbridge.host.admin.Readiness;
import io.taskerbridge.host.provider.PostgresEngine;
import io.taskerbridge.host.provider.ProviderException;
import io.taskerbridge.host.provider.QueueDepths;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a worker's parts are, and whether it takes work. */
final class WorkerHealth {
  private final BridgeHost host;
  private final PostgresEngine engine;
  private final @Nullable String otlpEndpoint;

  WorkerHealth(BridgeHost host, PostgresEngine engine, @Nullable String otlpEndpoint) {
    this.host = host;
    this.engine = engine;
    this.otlpEndpoint = otlpEndpoint;
  }

  Health health() {
    Map<String, Health.Component> parts = new TreeMap<>();
    boolean database = engine.healthy();
    parts.put(
        "database",
        new Health.Component(
            database ? Health.Status.UP : Health.Status.DOWN,
            database ? "answers" : "does not answer"));
    parts.put(
        "workers",
        new Health.Component(
            engine.paused() ? Health.Status.DEGRADED : Health.Status.UP,
            host.executor().active()
                + " steps run"
                + (engine.paused() ? ", claiming is paused" : "")));
    parts.put("queues", queues());
    parts.put(
        "exporter",
        otlpEndpoint == null
            ? new Health.Component(Health.Status.DISABLED, "no OTLP endpoint is configured")
            : new Health.Component(
                Health.Status.UP, "OTLP is on; the metrics otel_sdk_* tell what arrives"));
    for (Map.Entry<String, RuntimeHealth> entry : host.health().entrySet()) {
      RuntimeHealth runtime = entry.getValue();
      parts.put(
          entry.getKey(),
          new Health.Component(
              !runtime.usable()
                  ? Health.Status.DOWN
                  : runtime.broken() > 0 ? Health.Status.DEGRADED : Health.Status.UP,
              runtime.detail()));
    }
    for (String language : new String[] {"ruby", "python"}) {
      parts.putIfAbsent(
          language, new Health.Component(Health.Status.DISABLED, "no handlers in this language"));
    }
    return new Health(parts);
  }

  private Health.Component queues() {
    try {
      QueueDepths depths = engine.depths();
      return new Health.Component(
          Health.Status.UP,
          "%d tasks to finalize, %d steps due, %d steps for later"
              .formatted(depths.orchestrator(), depths.worker(), depths.timer()));
    } catch (ProviderException e) {
      return new Health.Component(Health.Status.DOWN, "the queues cannot be read");
    }
  }

  Readiness readiness() {
    Map<String, Long> counts = new TreeMap<>();
    for (HandlerInfo handler : host.handlers()) {
      counts.merge("handlers." + handler.language(), 1L, Long::sum);
    }
    counts.put("steps.running", (long) host.executor().active());
    if (!engine.healthy()) {
      return new Readiness(false, "the database does not answer", counts);
    }
    if (engine.paused()) {
      return new Readiness(false, "claiming is paused", counts);
    }
    for (Map.Entry<String, RuntimeHealth> entry : host.health().entrySet()) {
      if (!entry.getValue().usable()) {
        return new Readiness(false, entry.getKey() + ": " + entry.getValue().detail(), counts);
      }
    }
    return new Readiness(true, "steps are claimed", counts);
  }
}
