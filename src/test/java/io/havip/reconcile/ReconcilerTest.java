package io.havip.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.decision.Command;
import io.havip.decision.Decision;
import io.havip.decision.Expected;
import io.havip.decision.Reply;
import io.havip.error.StoreUnavailable;
import io.havip.fabric.InMemoryFabric;
import io.havip.id.Id;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Advertising;
import io.havip.plan.Answer;
import io.havip.plan.Grant;
import io.havip.service.Access;
import io.havip.service.Contexts;
import io.havip.service.InventoryService;
import io.havip.service.Request;
import io.havip.service.TimeOrderedIds;
import io.havip.service.VipDetails;
import io.havip.service.VipService;
import io.havip.service.VmDetails;
import io.havip.store.CommitListener;
import io.havip.store.Reader;
import io.havip.store.SqliteStore;
import io.havip.store.Store;
import io.havip.vip.Binding;
import io.havip.vip.Failure;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services, a store, the reconciler and a fabric that a test can break; the test has the clock. */
class ReconcilerTest {
  private final SettableClock clock = new SettableClock();
  private final InMemoryFabric fabric = new InMemoryFabric();

  private final Reconciler.Listener told =
      new Reconciler.Listener() {
        @Override
        public void toldAll() {}

        @Override
        public void told(Set<Id> ids) {}
      };

  private Store store;
  private Reconciler reconciler;
  private VipService vips;
  private InventoryService inventory;
  private volatile boolean readsFail;
  private Request request;
  private Vpc vpc;
  private Subnet subnet;

  private static final class SettableClock extends Clock {
    private volatile Instant now = Instant.parse("2030-01-31T12:00:00Z");

    void advance(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @BeforeEach
  void start(@TempDir Path directory) {
    store = SqliteStore.open(directory.resolve("havip.db"));
    reconciler = new Reconciler(readFailing(store), fabric, clock, told);
    TimeOrderedIds ids = new TimeOrderedIds(clock);
    Contexts contexts = new Contexts(clock, ids, Limits.DEFAULT);
    Access access = new Access(store, ids, clock, Duration.ofHours(1));
    Caller caller = access.callerOf(access.firstKey().orElseThrow()).orElseThrow();
    request = new Request(caller, Expected.any(), Optional.empty());
    vips =
        new VipService(
            store, contexts, reconciler::wake, _ -> true, (_, _) -> Advertising.UNKNOWN, _ -> true);
    inventory =
        new InventoryService(
            store, contexts, reconciler::wake, (_, _) -> Advertising.UNKNOWN, fabric::whyNotAdopt);
    vpc =
        ReconcilerTest.<Vpc>made(reply ->
            inventory.createVpc(
                request, new Command.CreateVpc("v", Cidr.parse("10.0.0.0/16")), reply));
    Cidr cidr = Cidr.parse("10.0.0.0/24");
    subnet =
        ReconcilerTest.<Subnet>made(reply ->
            inventory.createSubnet(
                request,
                new Command.CreateSubnet(
                    vpc.id(), "s", cidr, null, List.of(), Command.Joining.NOTHING),
                reply));
    reconciler.start();
  }

  /** The same store, which cannot be read while {@link #readsFail}. */
  private Store readFailing(Store real) {
    return new Store() {
      @Override
      public <T> T read(Function<? super Reader, ? extends T> query) {
        if (readsFail) {
          throw StoreUnavailable.nothingChanged(new IOException("by the test"));
        }
        return real.read(query);
      }

      @Override
      public <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
        return real.write(decide);
      }

      @Override
      public void onCommit(CommitListener listener) {
        real.onCommit(listener);
      }

      @Override
      public void close() {
        real.close();
      }
    };
  }

  @AfterEach
  void stop() {
    reconciler.close();
    store.close();
  }

  private VipId create(VmId... vmIds) {
    Command.CreateVip command =
        new Command.CreateVip(
            "vip",
            "",
            VipType.INTERNAL,
            vpc.id(),
            subnet.id(),
            null,
            new Command.Bindings(List.of(vmIds)));
    return ReconcilerTest.<VipDetails>made(reply -> vips.create(request, command, reply))
        .vip()
        .id();
  }

  /** What a request makes. */
  private static <T> T made(Consumer<Function<T, Reply>> asking) {
    AtomicReference<T> made = new AtomicReference<>();
    asking.accept(it -> {
      made.set(it);
      return new Reply(201, null, null, "{}");
    });
    return made.get();
  }

  private void await(VipId id, Predicate<Vip> condition) throws InterruptedException {
    awaitOptional(id, vip -> vip.filter(condition).isPresent());
  }

  private void awaitOptional(VipId id, Predicate<Optional<Vip>> condition)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.test(read(id))) {
      assertThat(System.nanoTime()).as("still %s", read(id)).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private Optional<Vip> read(VipId id) {
    return store.read(reader -> reader.vip(id));
  }

  private boolean isReserved(Vip vip) {
    return store.read(reader -> reader.reservation(subnet.id(), vip.address()).isPresent());
  }

  @Test
  void theFirstKeyIsTheAdministratorsAndMadeOnce() {
    assertThat(request.caller().role()).isEqualTo(Role.ADMIN);
    assertThat(new Access(store, new TimeOrderedIds(clock), clock, Duration.ofHours(1)).firstKey())
        .isEmpty();
  }

  @Test
  void aVipThatTheFabricDoesNotRealiseInAMinuteHasFailedAndCanStillSucceed() throws Exception {
    await(create(), vip -> vip.state() == VipState.AVAILABLE);
    fabric.setBroken(true);
    VipId id = create();
    clock.advance(Duration.ofSeconds(59));
    Thread.sleep(300); // several tries
    assertThat(read(id).orElseThrow().state()).isEqualTo(VipState.CREATING);

    clock.advance(Duration.ofSeconds(2));
    await(id, vip -> vip.state() == VipState.FAILED);
    assertThat(read(id).map(Vip::failure).map(Failure::code))
        .contains(Failure.Code.FABRIC_UNREACHABLE);
    assertThat(reconciler.isInSync()).isFalse();

    fabric.setBroken(false);
    await(id, vip -> vip.state() == VipState.AVAILABLE && vip.failure() == null);
  }

  @Test
  void whatComesInABurstIsToldTogether() throws Exception {
    List<VipId> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(create());
    }
    for (VipId id : ids) {
      await(id, vip -> vip.state() == VipState.AVAILABLE);
    }
    int before = fabric.changes();
    synchronized (fabric) { // it is slow
      reconciler.wake(Set.of(ids.getFirst()));
      Thread.sleep(1_000);
      ids.subList(1, 9).forEach(id -> reconciler.wake(Set.of(id)));
    }
    Thread.sleep(200); // it rests
    reconciler.wake(Set.of(ids.getLast()));
    Thread.sleep(1_500);
    assertThat(fabric.changes() - before).isEqualTo(2);
  }

  @Test
  void aStoreThatCannotBeReadForAWhileStopsNothingForGood() throws Exception {
    readsFail = true;
    Thread.sleep(300); // several tries
    VipId id = create();
    readsFail = false;
    await(id, vip -> vip.state() == VipState.AVAILABLE);

    readsFail = true;
    reconciler.wake(Set.of(id));
    Thread.sleep(50);
    reconciler.close(); // returns, although it cannot read
    readsFail = false;
  }

  @Test
  void anAddressThatSomebodyHasIsGrantedToNobodyUntilItIsFree() throws Exception {
    Ipv4Address taken = Ipv4Address.parse("10.0.0.77");
    MacAddress mac = MacAddress.parse("02:00:00:00:00:99");
    fabric.setAnswers(List.of(new Answer(subnet.segment(), taken, "uplink0", mac)));
    Command.CreateVip command =
        new Command.CreateVip(
            "vip",
            "",
            VipType.INTERNAL,
            vpc.id(),
            subnet.id(),
            taken,
            new Command.Bindings(List.of()));
    VipId id =
        ReconcilerTest.<VipDetails>made(reply -> vips.create(request, command, reply)).vip().id();
    VipId other = create();

    await(id, vip -> vip.state() == VipState.FAILED);
    await(other, vip -> vip.state() == VipState.AVAILABLE);
    Failure failure = read(id).map(Vip::failure).orElseThrow();
    assertThat(failure.code()).isEqualTo(Failure.Code.DUPLICATE_ADDRESS);
    assertThat(failure.message()).contains(mac.toString(), "uplink0", taken.toString());
    assertThat(fabric.held().grants()).doesNotContainKey(id);

    vips.retry(request, id, _ -> new Reply(202, null, null, "{}"));
    await(id, vip -> vip.state() == VipState.FAILED && vip.generation() == 2);
    fabric.setAnswers(List.of());
    vips.retry(request, id, _ -> new Reply(202, null, null, "{}"));
    await(id, vip -> vip.state() == VipState.AVAILABLE);
    assertThat(fabric.held().grants()).containsKey(id);
  }

  @Test
  void aFenceEndsByItself() throws Exception {
    Vm vm = newVm();
    VipId id = create(vm.id());
    await(id, vip -> vip.state() == VipState.AVAILABLE);
    assertThat(members(id)).hasSize(1);

    fence(id, vm, 60);
    await(id, vip -> vip.state() == VipState.AVAILABLE);
    assertThat(members(id)).isEmpty();
    // The reconciler waits by a real clock: to move the end is what wakes it after the jump.
    clock.advance(Duration.ofSeconds(59));
    fence(id, vm, 1);
    clock.advance(Duration.ofSeconds(1));
    await(id, vip -> vip.state() == VipState.AVAILABLE && !isFenced(vip));
    assertThat(members(id)).hasSize(1);
  }

  @Test
  void aFenceThatWasOverBeforeTheServerStartedEndsThen() throws Exception {
    Vm vm = newVm();
    VipId id = create(vm.id());
    fence(id, vm, 60);
    await(id, vip -> vip.state() == VipState.AVAILABLE);
    reconciler.close();
    clock.advance(Duration.ofMinutes(10));
    assertThat(read(id).filter(ReconcilerTest::isFenced)).isPresent();

    reconciler = new Reconciler(store, fabric, clock, told);
    reconciler.start();

    await(id, vip -> vip.state() == VipState.AVAILABLE && !isFenced(vip));
    assertThat(members(id)).hasSize(1);
  }

  private Vm newVm() {
    Command.NewNic nic = new Command.NewNic(subnet.id(), null, null, null, List.of());
    Command.CreateVm command = new Command.CreateVm("vm", vpc.id(), VmState.RUNNING, List.of(nic));
    return ReconcilerTest.<VmDetails>made(reply -> inventory.createVm(request, command, reply))
        .vm();
  }

  private void fence(VipId id, Vm vm, int seconds) {
    Command.Fence command = new Command.Fence(vm.id(), seconds);
    ReconcilerTest.<VipDetails>made(reply -> vips.fence(request, id, command, reply));
  }

  private static boolean isFenced(Vip vip) {
    return vip.bindings().stream().anyMatch(Binding::isFenced);
  }

  private List<Grant.Member> members(VipId id) {
    return Objects.requireNonNull(fabric.held().grants().get(id)).members();
  }

  @Test
  void anAddressIsFreeOnlyWhenEveryPermissionIsWithdrawn() throws Exception {
    VipId id = create();
    await(id, vip -> vip.state() == VipState.AVAILABLE);
    fabric.setBroken(true);
    vips.delete(request, id);
    Thread.sleep(300); // several tries
    Vip deleting = read(id).orElseThrow();
    assertThat(deleting.state()).isEqualTo(VipState.DELETING);
    assertThat(isReserved(deleting)).isTrue();

    fabric.setBroken(false);
    awaitOptional(id, Optional::isEmpty);
    assertThat(fabric.held().grants()).doesNotContainKey(id);
    assertThat(isReserved(deleting)).isFalse();
  }
}
