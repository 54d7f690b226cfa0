package io.havip.server;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.Id;
import io.havip.inventory.Nic;
import io.havip.plan.Announcement;
import io.havip.plan.AskedAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A fabric of which every operation is timed: {@code havip.fabric.operations}. */
final class MeasuredFabric implements Fabric {
  private final Fabric fabric;
  private final MeterRegistry meters;

  MeasuredFabric(Fabric fabric, MeterRegistry meters) {
    this.fabric = fabric;
    this.meters = meters;
    for (String operation : List.of("sync", "apply", "ask", "ask_members", "announce", "observe")) {
      timer(operation, "success");
      timer(operation, "failure");
    }
  }

  private interface Operation<T> {
    T run() throws FabricException;
  }

  private <T> T timed(String operation, Operation<T> what) throws FabricException {
    Timer.Sample sample = Timer.start(meters);
    String outcome = "failure";
    try {
      T result = what.run();
      outcome = "success";
      return result;
    } finally {
      sample.stop(timer(operation, outcome));
    }
  }

  private Timer timer(String operation, String outcome) {
    return Timer.builder("havip.fabric.operations")
        .description("What the fabric was asked")
        .tags("operation", operation, "outcome", outcome)
        .register(meters);
  }

  @Override
  public void lead(long generation) {
    fabric.lead(generation);
  }

  @Override
  public List<String> sync(Desired desired) throws FabricException {
    return timed("sync", () -> fabric.sync(desired));
  }

  @Override
  public void apply(Set<Id> ids, Desired desired) throws FabricException {
    timed(
        "apply",
        () -> {
          fabric.apply(ids, desired);
          return ids;
        });
  }

  @Override
  public Optional<Instant> realisedAt() {
    return fabric.realisedAt();
  }

  @Override
  public boolean asks() {
    return fabric.asks();
  }

  @Override
  public Optional<Question> ask(Collection<AskedAddress> addresses) throws FabricException {
    return timed("ask", () -> fabric.ask(addresses));
  }

  @Override
  public Optional<Question> askMembers(Collection<Grant> grants) throws FabricException {
    return timed("ask_members", () -> fabric.askMembers(grants));
  }

  @Override
  public boolean announce(Collection<Announcement> announcements) throws FabricException {
    return timed("announce", () -> fabric.announce(announcements));
  }

  @Override
  public Optional<String> whyNotAdopt(String logicalSwitch, @Nullable Nic nic) {
    return fabric.whyNotAdopt(logicalSwitch, nic);
  }

  @Override
  public Observed observe() throws FabricException {
    return timed("observe", fabric::observe);
  }

  @Override
  public boolean hear(ChassisReport report) {
    return fabric.hear(report);
  }

  @Override
  public boolean hears(String port) {
    return fabric.hears(port);
  }

  @Override
  public void onForeignChange(Runnable listener) {
    fabric.onForeignChange(listener);
  }

  @Override
  public void onSighting(Runnable listener) {
    fabric.onSighting(listener);
  }

  @Override
  public void close() {
    fabric.close();
  }
}
