package io.havip.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Account;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.decision.Change;
import io.havip.decision.Command;
import io.havip.decision.Decision;
import io.havip.decision.Expected;
import io.havip.decision.PolicyChange;
import io.havip.decision.Reply;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.event.RecordedEvent;
import io.havip.fabric.Fabric;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Advertising;
import io.havip.service.Contexts;
import io.havip.service.ExternalNetworkDetails;
import io.havip.service.InventoryService;
import io.havip.service.NicDetails;
import io.havip.service.Request;
import io.havip.service.TimeOrderedIds;
import io.havip.service.VipDetails;
import io.havip.service.VipService;
import io.havip.service.VmDetails;
import io.havip.store.SqliteStore;
import io.havip.store.Store;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipType;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An external network of a member, with services, store, reconciler and observer over a fabric. The
 * test moves the clock.
 */
final class ConflictStage implements AutoCloseable {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

  private final JumpingClock clock = new JumpingClock();
  private final TimeOrderedIds ids = new TimeOrderedIds(clock);
  private final Store store;
  private final Observer observer;
  private final Reconciler reconciler;
  private final InventoryService inventory;
  private final VipService vips;
  private final Account tenant;
  private final Account operators;
  private final Request member;
  private final Request administrator;
  private final Vpc vpc;
  private final ExternalNetwork network;

  private static final class JumpingClock extends Clock {
    private volatile Duration jumped = Duration.ZERO;

    void advance(Duration duration) {
      jumped = jumped.plus(duration);
    }

    long nanoTime() {
      return System.nanoTime() + jumped.toNanos();
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(jumped);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  /** With a network 10.0.0.0/24 whose uplink is an interface of this name. */
  ConflictStage(Fabric fabric, Path directory, String uplink) {
    store = SqliteStore.open(directory.resolve("havip.db"));
    observer = new Observer(store, fabric, clock, Duration.ofSeconds(3));
    reconciler = new Reconciler(store, fabric, clock, clock::nanoTime, observer);
    Contexts contexts = new Contexts(clock, ids, Limits.DEFAULT.asking(fabric.asks()));
    inventory =
        new InventoryService(
            store, contexts, reconciler::wake, (_, _) -> Advertising.UNKNOWN, fabric::whyNotAdopt);
    vips =
        new VipService(
            store, contexts, reconciler::wake, _ -> true, (_, _) -> Advertising.UNKNOWN, _ -> true);
    tenant = account("tenant");
    operators = account("operators");
    member = request(tenant, Role.MEMBER);
    administrator = request(operators, Role.ADMIN);
    vpc =
        ConflictStage.<Vpc>made(reply ->
            inventory.createVpc(
                member, new Command.CreateVpc("v", Cidr.parse("10.0.0.0/16")), reply));
    network =
        ConflictStage.<ExternalNetworkDetails>made(reply ->
                inventory.createExternalNetwork(
                    administrator,
                    new Command.CreateExternalNetwork(
                        "outside",
                        Cidr.parse("10.0.0.0/24"),
                        Ipv4Address.parse("10.0.0.1"),
                        List.of(),
                        new Command.Joining(uplink, null, Enforcement.ENFORCE),
                        PolicyChange.NOTHING,
                        new Command.Grants(true, null)),
                    reply))
            .network();
    reconciler.start();
  }

  private Account account(String name) {
    Account account = new Account(ids.account(), name, clock.instant());
    store.write(_ -> new Decision<>(List.of(new Change.PutAccount(account)), Set.of(), account));
    return account;
  }

  private static Request request(Account account, Role role) {
    return new Request(
        new Caller(account.id(), role, account.name()), Expected.any(), Optional.empty());
  }

  private static <T> T made(Consumer<Function<T, Reply>> asking) {
    AtomicReference<T> made = new AtomicReference<>();
    asking.accept(it -> {
      made.set(it);
      return new Reply(201, null, null, "{}");
    });
    return made.get();
  }

  int segment() {
    return network.segment();
  }

  NetworkId networkId() {
    return network.id();
  }

  /** The tenant's VM with a NIC on the network; the administrator names what a member may not. */
  VmId vm(
      String address, @Nullable MacAddress mac, @Nullable String port, String... allowedSources) {
    Command.NewNic nic =
        new Command.NewNic(
            network.id(),
            Ipv4Address.parse(address),
            mac,
            port,
            Stream.of(allowedSources).map(Cidr::parse).toList());
    Request request = mac == null && port == null ? member : administrator;
    return ConflictStage.<VmDetails>made(reply ->
            inventory.createVm(
                request,
                new Command.CreateVm(
                    "vm", vpc.id(), VmState.RUNNING, List.of(nic), nameOf(request)),
                reply))
        .vm()
        .id();
  }

  private @Nullable String nameOf(Request request) {
    return request.caller().role() == Role.MEMBER ? null : tenant.name();
  }

  /** A VIP of the tenant on the network. */
  VipId vip(String address) {
    Command.CreateVip command =
        new Command.CreateVip(
            "vip",
            "",
            VipType.EXTERNAL,
            vpc.id(),
            network.id(),
            Ipv4Address.parse(address),
            new Command.Bindings(List.of()));
    return ConflictStage.<VipDetails>made(reply -> vips.create(member, command, reply)).vip().id();
  }

  /** Moves the clock; what is due by then is done. */
  void advance(Duration duration) {
    clock.advance(duration);
    reconciler.wakeAll();
  }

  NicDetails nic(VmId id) {
    return inventory.vm(member.caller(), id).nics().getFirst();
  }

  Vip vip(VipId id) {
    return store.read(reader -> reader.vip(id)).orElseThrow();
  }

  AddressConflict awaitConflict(VmId id) throws InterruptedException {
    await(() -> nic(id), it -> it.conflict() != null);
    return Objects.requireNonNull(nic(id).conflict());
  }

  void awaitNoConflict(VmId id) throws InterruptedException {
    await(() -> nic(id), it -> it.conflict() == null);
  }

  /** Whether HAVIP has asked for the NIC's address and no other host had it. */
  boolean isUsable(VmId id) {
    return !store.read(reader -> reader.unaskedNics()).contains(nic(id).nic().id());
  }

  static <T> void await(Supplier<T> state, Predicate<T> condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.test(state.get())) {
      assertThat(System.nanoTime()).as("still %s", state.get()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  /** What the tenant reads of conflicts, oldest first. */
  List<Happening> toldToTheTenant() {
    return conflicts(store.read(reader -> reader.events(tenant.id(), null, 0, 0, 1_000)));
  }

  /** What an administrator of another account reads of conflicts, oldest first. */
  List<Happening> toldToAdministrators() {
    return conflicts(
        store.read(reader -> reader.eventsWithInstallation(operators.id(), 0, 0, 1_000)));
  }

  private static List<Happening> conflicts(List<RecordedEvent> events) {
    return events.stream()
        .map(RecordedEvent::event)
        .map(Event::what)
        .filter(it ->
            it instanceof Happening.AddressConflictBegan
                || it instanceof Happening.AddressConflictEnded)
        .toList();
  }

  @Override
  public void close() {
    reconciler.close();
    observer.close();
    store.close();
  }
}
