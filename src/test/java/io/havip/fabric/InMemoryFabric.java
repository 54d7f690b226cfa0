package io.havip.fabric;

import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Nic;
import io.havip.plan.Announcement;
import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A fabric without a network: it holds what it is told, and sees what a test says. */
public final class InMemoryFabric implements Fabric {
  private final Map<NetworkId, Segment> segments = new HashMap<>();
  private final Map<NicId, Port> ports = new HashMap<>();
  private final Map<VipId, Grant> grants = new HashMap<>();
  private List<Observed.Claim> claims = List.of();
  private List<Observed.Refusal> refusals = List.of();
  private List<Answer> answers = List.of();
  private Observed.Signs signs = Observed.Signs.UNKNOWN;
  private final List<Announcement> announced = new ArrayList<>();
  private Runnable sighting = () -> {};
  private boolean broken;
  private int changes;
  private final List<ChassisReport> reports = new ArrayList<>();
  private boolean needsAgents;
  private boolean asks = true;
  private final List<AskedAddress> asked = new ArrayList<>();

  /** What it holds now. */
  public synchronized Desired held() {
    return new Desired(segments, ports, grants);
  }

  /** From now on, refuses everything or nothing. */
  public synchronized void setBroken(boolean isBroken) {
    broken = isBroken;
  }

  /** How often it was told about some ids. */
  public synchronized int changes() {
    return changes;
  }

  public synchronized void see(List<Observed.Claim> newClaims, List<Observed.Refusal> newRefusals) {
    claims = newClaims;
    refusals = newRefusals;
    sighting.run();
  }

  @Override
  public synchronized List<String> sync(Desired desired) throws FabricException {
    check();
    boolean differs = !held().equals(desired);
    segments.clear();
    ports.clear();
    grants.clear();
    put(desired);
    return differs ? List.of("everything") : List.of();
  }

  @Override
  public synchronized void apply(Set<Id> ids, Desired desired) throws FabricException {
    check();
    changes++;
    segments.keySet().removeAll(ids);
    ports.keySet().removeAll(ids);
    grants.keySet().removeAll(ids);
    put(desired);
  }

  /** From now on these answer when they are asked. */
  public synchronized void setAnswers(List<Answer> newAnswers) {
    answers = newAnswers;
  }

  /** From now on, can ask for addresses or not. */
  public synchronized void setAsks(boolean newAsks) {
    asks = newAsks;
  }

  @Override
  public synchronized boolean asks() {
    return asks;
  }

  /** For which addresses it was asked to ask, so far. */
  public synchronized List<AskedAddress> asked() {
    return List.copyOf(asked);
  }

  @Override
  public synchronized Optional<Question> ask(Collection<AskedAddress> addresses)
      throws FabricException {
    check();
    if (!asks) {
      return Optional.empty();
    }
    asked.addAll(addresses);
    List<Answer> heard =
        answers.stream()
            .filter(it -> addresses.contains(new AskedAddress(it.segment(), it.address())))
            .toList();
    return Optional.of(() -> heard);
  }

  /** It has every switch and port, but none that is called nowhere. */
  @Override
  public Optional<String> whyNotAdopt(String logicalSwitch, @Nullable Nic nic) {
    String name = nic == null ? logicalSwitch : nic.port();
    return name.equals("nowhere") ? Optional.of("nowhere is not there") : Optional.empty();
  }

  @Override
  public synchronized Observed observe() throws FabricException {
    check();
    return new Observed(
        ports.values().stream()
            .collect(Collectors.toMap(Port::name, _ -> new Observed.PortState(true, true))),
        claims,
        Optional.of(List.of()),
        Optional.of(refusals),
        signs);
  }

  /** From now on, wants reports of agents or not. */
  public synchronized void setNeedsAgents(boolean needed) {
    needsAgents = needed;
  }

  @Override
  public synchronized boolean hear(ChassisReport report) {
    if (needsAgents) {
      reports.add(report);
    }
    return needsAgents;
  }

  @Override
  public synchronized boolean hears(String port) {
    return !needsAgents
        || reports.stream()
            .flatMap(report -> report.ports().stream())
            .anyMatch(it -> it.name().equals(port));
  }

  /** What agents have told, so far. */
  public synchronized List<ChassisReport> reports() {
    return List.copyOf(reports);
  }

  /** What it was told to announce, so far. */
  public synchronized List<Announcement> announced() {
    return List.copyOf(announced);
  }

  public synchronized void setSigns(Observed.Signs newSigns) {
    signs = newSigns;
  }

  @Override
  public synchronized Optional<Question> askMembers(Collection<Grant> asked)
      throws FabricException {
    check();
    return Optional.empty();
  }

  @Override
  public synchronized boolean announce(Collection<Announcement> announcements)
      throws FabricException {
    check();
    announced.addAll(announcements);
    return true;
  }

  @Override
  public void onForeignChange(Runnable listener) {}

  @Override
  public synchronized void onSighting(Runnable listener) {
    sighting = listener;
  }

  @Override
  public void close() {}

  private void put(Desired desired) {
    segments.putAll(desired.segments());
    ports.putAll(desired.ports());
    grants.putAll(desired.grants());
  }

  private void check() throws FabricException {
    if (broken) {
      throw new FabricException("broken by the test");
    }
  }
}
