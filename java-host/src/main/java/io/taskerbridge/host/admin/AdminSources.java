package io.taskerbridge.host.admin;

import io.opentelemetry.api.OpenTelemetry;
import io.taskerbridge.core.handler.HandlerInfo;
import io.taskerbridge.core.handler.HandlerProblem;
import io.taskerbridge.core.log.LogWriter;
import io.taskerbridge.core.metrics.Metrics;
import io.taskerbridge.core.telemetry.Scrape;
import io.taskerbridge.host.RecentTraces;
import io.taskerbridge.host.orchestration.TaskService;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the admin server shows and asks. All are safe for use by many threads.
 *
 * @param scrape the metrics of the process, in the format of an Accept header
 */
public record AdminSources(
    OpenTelemetry openTelemetry,
    Metrics metrics,
    LogWriter log,
    TaskService tasks,
    RecentTraces traces,
    Function<@Nullable String, Scrape> scrape,
    Supplier<List<HandlerInfo>> handlers,
    Supplier<List<HandlerProblem>> problems,
    Supplier<Health> health,
    Supplier<Readiness> readiness) {}
