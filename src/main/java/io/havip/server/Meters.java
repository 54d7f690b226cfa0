package io.havip.server;

import io.havip.deliver.Deliverer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** Makes the registry of everything that /metrics shows. */
final class Meters {
  /** The upper ends of the buckets of durations that have none of their own: 1 ms to 10 s. */
  private static final double[] DURATIONS_NANOS =
      DoubleStream.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
          .map(seconds -> seconds * Duration.ofSeconds(1).toNanos())
          .toArray();

  private Meters() {}

  /** Counts calls of webhooks: {@code havip.webhook.calls}. */
  static Deliverer.Listener webhookCalls(MeterRegistry meters) {
    Counter accepted = webhookCalls(meters, "accepted");
    Counter failed = webhookCalls(meters, "failed");
    return isAccepted -> (isAccepted ? accepted : failed).increment();
  }

  private static Counter webhookCalls(MeterRegistry meters, String outcome) {
    return Counter.builder("havip.webhook.calls")
        .description("Calls of webhooks")
        .tag("outcome", outcome)
        .register(meters);
  }

  static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public DistributionStatisticConfig configure(
                  Meter.Id id, DistributionStatisticConfig config) {
                return id.getType() == Meter.Type.TIMER
                    ? config.merge(
                        DistributionStatisticConfig.builder()
                            .serviceLevelObjectives(DURATIONS_NANOS)
                            .build())
                    : config;
              }
            });
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new FileDescriptorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
    return meters;
  }
}
