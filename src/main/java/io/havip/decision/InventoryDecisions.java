package io.havip.decision;

import static io.havip.error.ErrorCode.INVALID_FIELD;

import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.error.FieldError;
import io.havip.error.Refused;
import io.havip.event.Happening;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Binding;
import io.havip.vip.Vip;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides about VPCs, networks, VMs and NICs. */
public final class InventoryDecisions {
  private static final int NICS_PER_VM_MAX = 16;
  private static final int RESERVED_RANGES_MAX = 64;

  /** A VPC is a /8 at the largest; a network has room for at least two hosts. */
  private static final int PREFIX_MIN = 8;

  /**
   * "This network", loopback, multicast and what is reserved (RFC 6890, sections 2.2.2 and 2.2.3).
   */
  private static final List<Cidr> NO_HOSTS =
      Stream.of("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3").map(Cidr::parse).toList();

  private static final int PREFIX_MAX = 30;

  /** What Linux accepts as an interface's name (dev_valid_name), within IFNAMSIZ. */
  private static final Pattern PORT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,14}");

  /** OVN takes any text; no comma, which separates ports in the options of a virtual one. */
  private static final Pattern OVN_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}");

  /** How HAVIP names its bridges. */
  private static final Pattern BRIDGE = Pattern.compile("havip[0-9]+");

  private InventoryDecisions() {}

  public static Decision<Vpc> createVpc(Command.CreateVpc command, Context context) {
    Rules.checkName(command.name());
    checkPrefix(command.cidr());
    Vpc vpc =
        new Vpc(
            context.ids().vpc(),
            context.caller().accountId(),
            command.name(),
            command.cidr(),
            1,
            context.now(),
            context.now());
    return quiet(List.of(new Change.PutVpc(vpc)), vpc);
  }

  public static Decision<Vpc> renameVpc(
      Snapshot snapshot, VpcId id, Command.Rename command, Context context) {
    Vpc vpc = ownVpc(snapshot, context, id);
    String name = command.or(vpc.name());
    if (name.equals(vpc.name())) {
      return quiet(List.of(), vpc);
    }
    Rules.checkName(name);
    Vpc renamed = vpc.renamed(name, context.now());
    return quiet(List.of(new Change.PutVpc(renamed)), renamed);
  }

  public static Decision<Vpc> deleteVpc(Snapshot snapshot, VpcId id, Context context) {
    Vpc vpc = ownVpc(snapshot, context, id);
    if (snapshot.isInUse(id)) {
      throw Refused.of(
          ErrorCode.IN_USE, vpc.name() + " has subnets, VMs or VIPs; delete those first");
    }
    return quiet(List.of(new Change.DropVpc(id)), vpc);
  }

  public static Decision<Subnet> createSubnet(
      Snapshot snapshot, Command.CreateSubnet command, Context context) {
    Rules.checkName(command.name());
    Vpc vpc = Rules.referencedVpc(snapshot, context.caller(), command.vpcId());
    if (!vpc.cidr().contains(command.cidr())) {
      throw Refused.field(
          "cidr",
          INVALID_FIELD,
          command.cidr() + " is not inside the VPC; choose a part of " + vpc.cidr());
    }
    for (Cidr other : snapshot.subnetCidrs(vpc.id())) {
      if (other.overlaps(command.cidr())) {
        throw Refused.field(
            "cidr", INVALID_FIELD, command.cidr() + " overlaps the VPC's subnet " + other);
      }
    }
    checkLayout(command.cidr(), command.gateway(), command.reserved());
    checkJoining(snapshot, command.joining(), context);
    Subnet blank =
        new Subnet(
            context.ids().subnet(),
            context.caller().accountId(),
            vpc.id(),
            newSegment(snapshot),
            command.name(),
            command.cidr(),
            command.gateway(),
            command.reserved(),
            command.joining().uplink(),
            command.joining().logicalSwitch(),
            enforcementOf(command.joining()),
            NetworkPolicy.DEFAULT,
            1,
            context.now(),
            context.now());
    Subnet subnet = blank.withPolicy(PolicyRules.apply(snapshot, blank, command.policy(), context));
    return waking(List.of(new Change.PutNetwork(subnet)), subnet.id(), subnet);
  }

  public static Decision<ExternalNetwork> createExternalNetwork(
      Snapshot snapshot, Command.CreateExternalNetwork command, Context context) {
    Rules.checkAdmin(context.caller(), "manage external networks");
    Rules.checkName(command.name());
    checkLayout(command.cidr(), command.gateway(), command.reserved());
    checkJoining(snapshot, command.joining(), context);
    ExternalNetwork blank =
        new ExternalNetwork(
            context.ids().externalNetwork(),
            newSegment(snapshot),
            command.name(),
            command.cidr(),
            command.gateway(),
            command.reserved(),
            command.joining().uplink(),
            command.joining().logicalSwitch(),
            enforcementOf(command.joining()),
            NetworkPolicy.DEFAULT,
            NetworkGrants.ofNew(snapshot, command.grants(), context),
            1,
            context.now(),
            context.now());
    ExternalNetwork network =
        blank.withPolicy(PolicyRules.apply(snapshot, blank, command.policy(), context));
    return waking(List.of(new Change.PutNetwork(network)), network.id(), network);
  }

  /**
   * Changes a network's name, whether it enforces, its policy, and which accounts may use it. The
   * fabric learns of the policy and whether it enforces. VIPs whose VRID the new policy reserves
   * get others.
   *
   * @throws Refused with {@code VRIDS_EXHAUSTED} when the policy leaves a VIP no VRID
   */
  public static Decision<Network> updateNetwork(
      Snapshot snapshot, NetworkId id, Command.UpdateNetwork command, Context context) {
    Network network = manageableNetwork(snapshot, context, id);
    String name = command.name() == null ? network.name() : command.name();
    Enforcement enforcement =
        command.enforcement() == null ? network.enforcement() : command.enforcement();
    NetworkPolicy policy = PolicyRules.apply(snapshot, network, command.policy(), context);
    boolean isSame = enforcement == network.enforcement() && policy.equals(network.policy());
    Rules.checkName(name);
    if (enforcement != network.enforcement()) {
      checkMayChoose(enforcement, context);
    }
    Network updated =
        switch (network) {
          case Subnet subnet -> subnet.with(name, enforcement, policy, context.now());
          case ExternalNetwork external ->
              external.with(
                  name,
                  enforcement,
                  policy,
                  NetworkGrants.changed(snapshot, external, command.grants()),
                  context.now());
        };
    if (isSame && name.equals(network.name()) && NetworkGrants.areSame(network, updated)) {
      return quiet(List.of(), network);
    }
    List<Change> changes = new ArrayList<>(List.of(new Change.PutNetwork(updated)));
    Set<Id> wakes = new HashSet<>();
    if (!isSame) {
      wakes.add(id);
      HaDecisions.leaveVridsOutside(snapshot, updated, context, changes, wakes);
    }
    return new Decision<>(changes, wakes, updated);
  }

  public static Decision<Network> deleteNetwork(Snapshot snapshot, NetworkId id, Context context) {
    Network network = manageableNetwork(snapshot, context, id);
    if (snapshot.isInUse(id)) {
      throw Refused.of(ErrorCode.IN_USE, network.name() + " has NICs or VIPs; delete those first");
    }
    return waking(List.of(new Change.DropNetwork(id)), id, network);
  }

  public static Decision<Vm> createVm(
      Snapshot snapshot, Command.CreateVm command, Context context) {
    Rules.checkName(command.name());
    AccountId account =
        Accounts.chosen(
            snapshot,
            context.caller(),
            command.account(),
            "create a VM for",
            ErrorCode.REFERENCE_NOT_FOUND);
    Vpc vpc =
        Rules.referencedVpc(
            snapshot, NicRules.actingFor(context.caller(), account), command.vpcId());
    if (command.nics().size() > NICS_PER_VM_MAX) {
      throw tooManyNics();
    }
    Vm vm =
        new Vm(
            context.ids().vm(),
            account,
            vpc.id(),
            command.name(),
            command.state(),
            List.of(),
            1,
            context.now(),
            context.now());
    List<Change> changes = new ArrayList<>();
    Set<Id> wakes = new HashSet<>();
    changes.add(new Change.PutVm(vm));
    Set<String> ports = new HashSet<>();
    for (int i = 0; i < command.nics().size(); i++) {
      Command.NewNic wanted = command.nics().get(i);
      String field = "nics[" + i + "].";
      Nic nic = newNic(snapshot, vm, wanted, field, context);
      if (!ports.add(nic.port())) {
        throw portTaken(field, nic.port());
      }
      vm = vm.plus(nic);
      changes.addAll(adding(snapshot, nic));
      wakes.add(nic.id());
      wakes.addAll(nic.sendsFromVip());
    }
    return new Decision<>(changes, wakes, vm);
  }

  public static Decision<Vm> updateVm(
      Snapshot snapshot, VmId id, Command.UpdateVm command, Context context) {
    Vm vm = ownVm(snapshot, context, id);
    String name = command.name() == null ? vm.name() : command.name();
    VmState state = command.state() == null ? vm.state() : command.state();
    Rules.checkName(name);
    if (name.equals(vm.name()) && state == vm.state()) {
      return quiet(List.of(), vm);
    }
    Vm updated = vm.with(name, state, context.now());
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutVm(updated));
    if (state != vm.state()) {
      Happening what =
          switch (state) {
            case RUNNING -> new Happening.VmStarted(id);
            case STOPPED -> new Happening.VmStopped(id);
          };
      snapshot.vipsOf(id).forEach(vip -> changes.add(VipDecisions.record(vip, context, what)));
    }
    return quiet(changes, updated);
  }

  /** Deletes a VM: it is unbound from its VIPs, in any state, and its NICs go. */
  public static Decision<Vm> deleteVm(Snapshot snapshot, VmId id, Context context) {
    Vm vm = ownVm(snapshot, context, id);
    List<Change> changes = new ArrayList<>();
    Set<Id> wakes = new HashSet<>();
    Set<NicId> alreadyGone =
        VipDecisions.unbindEverywhere(snapshot, vm, _ -> true, context, changes, wakes);
    for (Nic nic : vm.nics()) {
      if (!alreadyGone.contains(nic.id())) {
        changes.addAll(dropping(nic));
        wakes.add(nic.id());
      }
      wakes.addAll(nic.sendsFromVip());
    }
    changes.add(new Change.DropVm(id));
    return new Decision<>(changes, wakes, vm);
  }

  public static Decision<Vm> addNic(
      Snapshot snapshot, VmId id, Command.NewNic command, Context context) {
    Vm vm = ownVm(snapshot, context, id);
    if (vm.nics().size() >= NICS_PER_VM_MAX) {
      throw tooManyNics();
    }
    Nic nic = newNic(snapshot, vm, command, "", context);
    Vm changed = vm.plus(nic).changed(context.now());
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutVm(changed));
    changes.addAll(adding(snapshot, nic));
    Set<Id> wakes = new HashSet<>(nic.sendsFromVip());
    wakes.add(nic.id());
    return new Decision<>(changes, wakes, changed);
  }

  /** Changes a NIC's settings; its network and its address stay. */
  public static Decision<Vm> updateNic(
      Snapshot snapshot, VmId id, NicId nicId, Command.UpdateNic command, Context context) {
    Vm vm = ownVm(snapshot, context, id);
    Nic nic = vm.nic(nicId).orElseThrow(() -> Rules.notFound(nicId));
    Network network = snapshot.network(nic.networkId()).orElseThrow();
    MacAddress mac = command.mac() == null ? nic.mac() : command.mac();
    String port = command.port() == null ? nic.port() : command.port();
    List<Cidr> sources =
        command.allowedSources() == null ? nic.allowedSources() : command.allowedSources();
    boolean gateway = command.gateway() == null ? nic.gateway() : command.gateway();
    Set<VipId> sendsFrom =
        command.sendsFromVip() == null ? nic.sendsFromVip() : command.sendsFromVip();
    Nic changed = nic.with(mac, port, sources, gateway, sendsFrom);
    if (changed.equals(nic)) {
      return quiet(List.of(), vm);
    }
    if (gateway != nic.gateway()) {
      NicRules.checkMayBeGateway(network, "gateway", context);
    }
    Ipv4Address address = nic.address();
    if (!gateway && nic.gateway() && address != null && address.equals(network.gateway())) {
      throw Refused.field(
          "gateway",
          ErrorCode.IN_USE,
          address + " is the gateway's address and the NIC's own; delete the NIC instead");
    }
    if (!mac.equals(nic.mac())) {
      NicRules.checkMayChoose(network, "mac", "choose a NIC's MAC address", context);
    }
    if (!mac.equals(nic.mac()) || gateway != nic.gateway()) {
      NicRules.checkMac(
          snapshot, network, mac, gateway, nic, mac.equals(nic.mac()) ? "gateway" : "mac");
    }
    if (!sources.equals(nic.allowedSources())) {
      NicRules.checkMayChoose(network, "allowedSources", "choose a NIC's sources", context);
      NicRules.checkSources(sources, "allowedSources");
    }
    if (!port.equals(nic.port())) {
      checkMayName("port", context);
      checkPort(snapshot, network, port, "");
    }
    NicRules.checkSenders(
        snapshot, vm, network, sendsFrom, nic.sendsFromVip(), "sendsFromVip", context);
    Vm updated = vm.replacing(changed).changed(context.now());
    Set<Id> wakes = new HashSet<>(Set.of(nicId, network.id()));
    for (Vip vip : snapshot.vipsOf(id)) {
      Binding binding = vip.binding(id).orElseThrow();
      if (binding.nicId().equals(nicId) || binding.vrrpNicId().equals(nicId)) {
        wakes.add(vip.id()); // its grant says the NIC's port and MAC address
      }
    }
    wakes.addAll(nic.sendsFromVip());
    wakes.addAll(sendsFrom);
    return new Decision<>(
        List.of(new Change.PutVm(updated), new Change.UpdateNic(changed)), wakes, updated);
  }

  /** Deletes a NIC: its VM is unbound from the VIPs that need it, in any state. */
  public static Decision<Vm> deleteNic(Snapshot snapshot, VmId id, NicId nicId, Context context) {
    Vm vm = ownVm(snapshot, context, id);
    Nic nic = vm.nic(nicId).orElseThrow(() -> Rules.notFound(nicId));
    List<Change> changes = new ArrayList<>();
    Set<Id> wakes = new HashSet<>();
    Set<NicId> alsoGone =
        VipDecisions.unbindEverywhere(
            snapshot,
            vm,
            binding -> binding.nicId().equals(nicId) || binding.vrrpNicId().equals(nicId),
            context,
            changes,
            wakes);
    Vm changed = vm.changed(context.now());
    for (NicId gone : alsoGone) {
      changed = changed.minus(gone);
    }
    if (!alsoGone.contains(nicId)) {
      changed = changed.minus(nicId);
      changes.addAll(dropping(nic));
    }
    changes.add(new Change.PutVm(changed));
    wakes.add(nicId);
    wakes.addAll(nic.sendsFromVip());
    return new Decision<>(changes, wakes, changed);
  }

  /**
   * The changes that add a NIC and take its address. On a joined network HAVIP asks for the address
   * before the NIC may use it.
   */
  static List<Change> adding(Snapshot snapshot, Nic nic) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.AddNic(nic));
    Ipv4Address address = nic.address();
    if (address != null) {
      boolean joined = snapshot.network(nic.networkId()).orElseThrow().isJoined();
      changes.add(new Change.Reserve(new Reservation(nic.networkId(), address, nic.id()), !joined));
    }
    return changes;
  }

  /** The changes that remove a NIC and free its address. */
  static List<Change> dropping(Nic nic) {
    List<Change> changes = new ArrayList<>();
    Ipv4Address address = nic.address();
    if (address != null) {
      changes.add(new Change.Release(new Reservation(nic.networkId(), address, nic.id())));
    }
    changes.add(new Change.DropNic(nic.id()));
    return changes;
  }

  /** A NIC without an address on an external network, for a VM that is bound to a VIP there. */
  static Nic bindingNic(Snapshot snapshot, Vm vm, Network network, Context context) {
    return makeNic(
        snapshot,
        vm,
        new Command.NewNic(network.id(), null, null, null, List.of()),
        network,
        null,
        true,
        "",
        context);
  }

  private static Nic newNic(
      Snapshot snapshot, Vm vm, Command.NewNic wanted, String field, Context context) {
    Network network =
        Rules.usableNetwork(
            snapshot,
            NicRules.actingFor(context.caller(), vm.accountId()),
            field + "networkId",
            wanted.networkId());
    if (network instanceof Subnet subnet && !subnet.vpcId().equals(vm.vpcId())) {
      throw Refused.field(
          field + "networkId",
          ErrorCode.VM_WRONG_VPC,
          subnet.name() + " is in another VPC than the VM; choose a subnet of " + vm.vpcId());
    }
    if (vm.nicOn(network.id()).isPresent()) {
      throw Refused.field(
          field + "networkId", INVALID_FIELD, "the VM has a NIC on " + network.name() + " already");
    }
    NicRules.checkSources(wanted.allowedSources(), field + "allowedSources");
    if (wanted.mac() != null) {
      NicRules.checkMayChoose(network, field + "mac", "choose a NIC's MAC address", context);
    }
    if (!wanted.allowedSources().isEmpty()) {
      NicRules.checkMayChoose(network, field + "allowedSources", "choose a NIC's sources", context);
    }
    if (wanted.gateway()) {
      NicRules.checkMayBeGateway(network, field + "gateway", context);
    }
    NicRules.checkSenders(
        snapshot, vm, network, wanted.sendsFromVip(), Set.of(), field + "sendsFromVip", context);
    Ipv4Address address = NicRules.address(snapshot, network, wanted, field + "address", context);
    return makeNic(snapshot, vm, wanted, network, address, false, field, context);
  }

  private static Nic makeNic(
      Snapshot snapshot,
      Vm vm,
      Command.NewNic wanted,
      Network network,
      @Nullable Ipv4Address address,
      boolean madeByBinding,
      String field,
      Context context) {
    NicId id = context.ids().nic();
    MacAddress mac = wanted.mac() == null ? macOf(id) : wanted.mac();
    NicRules.checkMac(snapshot, network, mac, wanted.gateway(), null, field + "mac");
    if (wanted.port() != null) {
      checkMayName(field + "port", context);
    }
    String port = wanted.port() == null ? portOf(id) : wanted.port();
    checkPort(snapshot, network, port, field);
    return new Nic(
        id,
        vm.id(),
        network.id(),
        address,
        mac,
        port,
        wanted.allowedSources(),
        wanted.gateway(),
        wanted.sendsFromVip(),
        madeByBinding);
  }

  private static void checkPort(Snapshot snapshot, Network network, String port, String field) {
    if (network.logicalSwitch() == null) {
      checkInterface(field + "port", port);
    } else {
      checkName(field + "port", port, "port");
    }
    if (snapshot.isPortTaken(port)) {
      throw portTaken(field, port);
    }
    if (network.policy().trustedPorts().contains(port)) {
      throw Refused.field(
          field + "port",
          ErrorCode.IN_USE,
          port + " is a trusted port of " + network.name() + "; name another");
    }
  }

  /** 02 and the last 40 bits of the id: locally administered, unicast. */
  private static MacAddress macOf(NicId id) {
    String tail = id.value().substring(id.value().length() - 8);
    long bits = 0;
    for (int i = 0; i < tail.length(); i++) {
      bits = bits << 5 | "0123456789abcdefghjkmnpqrstvwxyz".indexOf(tail.charAt(i));
    }
    return new MacAddress(0x0200_0000_0000L | bits);
  }

  private static String portOf(NicId id) {
    return "hv-" + id.value().substring(id.value().length() - 12);
  }

  private static void checkJoining(Snapshot snapshot, Command.Joining joining, Context context) {
    String uplink = joining.uplink();
    if (uplink != null) {
      checkMayName("uplink", context);
      checkInterface("uplink", uplink);
      if (snapshot.isPortTaken(uplink)) {
        throw Refused.field(
            "uplink",
            ErrorCode.IN_USE,
            uplink + " is a NIC's port or another network's uplink; name another");
      }
    }
    String logicalSwitch = joining.logicalSwitch();
    if (logicalSwitch != null) {
      checkMayName("logicalSwitch", context);
      checkName("logicalSwitch", logicalSwitch, "switch");
      if (uplink != null) {
        throw Refused.field(
            "uplink",
            INVALID_FIELD,
            "a logical switch that is there already has what joins it; leave one of both out");
      }
      if (snapshot.isLogicalSwitchTaken(logicalSwitch)) {
        throw Refused.field(
            "logicalSwitch",
            ErrorCode.IN_USE,
            logicalSwitch + " is another network's logical switch; name another");
      }
    }
    if (joining.enforcement() != null) {
      checkMayChoose(joining.enforcement(), context);
    }
  }

  private static Enforcement enforcementOf(Command.Joining joining) {
    if (joining.enforcement() != null) {
      return joining.enforcement();
    }
    return joining.uplink() == null && joining.logicalSwitch() == null
        ? Enforcement.ENFORCE
        : Enforcement.OBSERVE;
  }

  private static void checkMayChoose(Enforcement enforcement, Context context) {
    if (enforcement == Enforcement.OBSERVE && context.caller().role() != Role.ADMIN) {
      throw Refused.field(
          "enforcement",
          ErrorCode.FORBIDDEN,
          "only an administrator may let a network observe; leave it out");
    }
  }

  private static void checkMayName(String field, Context context) {
    if (context.caller().role() != Role.ADMIN) {
      throw Refused.field(
          field,
          ErrorCode.FORBIDDEN,
          "only an administrator may name an interface of the host; leave it out");
    }
  }

  static void checkInterface(String field, String name) {
    if (!PORT.matcher(name).matches()) {
      throw Refused.field(
          field,
          INVALID_FIELD,
          "name the interface in 1 to 15 letters, digits, dots, hyphens or underscores");
    }
    if (BRIDGE.matcher(name).matches()) {
      throw Refused.field(
          field, INVALID_FIELD, name + " is what HAVIP calls a bridge; name another interface");
    }
  }

  private static void checkName(String field, String name, String what) {
    if (!OVN_NAME.matcher(name).matches()) {
      throw Refused.field(
          field,
          INVALID_FIELD,
          "name the logical "
              + what
              + " in 1 to 255 letters, digits, or characters of - _ . : / @, a letter or digit first");
    }
  }

  private static Refused portTaken(String field, String port) {
    return Refused.field(
        field + "port", ErrorCode.IN_USE, "port " + port + " is a NIC's already; name another");
  }

  private static Refused tooManyNics() {
    return Refused.field("nics", INVALID_FIELD, "a VM has at most " + NICS_PER_VM_MAX + " NICs");
  }

  private static int newSegment(Snapshot snapshot) {
    return snapshot
        .freeSegment()
        .orElseThrow(() ->
            Refused.of(ErrorCode.NETWORK_FULL, "the installation has 65535 networks and no room"));
  }

  private static void checkPrefix(Cidr cidr) {
    if (cidr.prefixLength() < PREFIX_MIN || cidr.prefixLength() > PREFIX_MAX) {
      throw Refused.field(
          "cidr", INVALID_FIELD, "choose a prefix length from " + PREFIX_MIN + " to " + PREFIX_MAX);
    }
    if (NO_HOSTS.stream().anyMatch(cidr::overlaps)) {
      throw Refused.field(
          "cidr",
          INVALID_FIELD,
          "no host can have addresses of " + cidr + "; choose private ones, like 10.0.0.0/16");
    }
  }

  private static void checkLayout(
      Cidr cidr, @Nullable Ipv4Address gateway, List<AddressRange> reserved) {
    checkPrefix(cidr);
    if (gateway != null
        && (!cidr.contains(gateway)
            || gateway.equals(cidr.network())
            || gateway.equals(cidr.broadcast()))) {
      throw Refused.field(
          "gateway", INVALID_FIELD, gateway + " is no host address of " + cidr + "; choose one");
    }
    if (reserved.size() > RESERVED_RANGES_MAX) {
      throw Refused.field("reserved", INVALID_FIELD, "give at most 64 ranges");
    }
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < reserved.size(); i++) {
      AddressRange range = reserved.get(i);
      if (!cidr.contains(range.first()) || !cidr.contains(range.last())) {
        errors.add(
            new FieldError("reserved[" + i + "]", INVALID_FIELD, range + " is not inside " + cidr));
      }
    }
    if (!errors.isEmpty()) {
      throw Refused.fields(errors);
    }
  }

  private static Vpc ownVpc(Snapshot snapshot, Context context, VpcId id) {
    Vpc vpc =
        snapshot
            .vpc(id)
            .filter(found -> Rules.owns(context.caller(), found.accountId()))
            .orElseThrow(() -> Rules.notFound(id));
    context.expected().check(vpc.version());
    return vpc;
  }

  private static Vm ownVm(Snapshot snapshot, Context context, VmId id) {
    Vm vm =
        snapshot
            .vm(id)
            .filter(found -> context.caller().manages(found.accountId()))
            .orElseThrow(() -> Rules.notFound(id));
    context.expected().check(vm.version());
    return vm;
  }

  private static Network manageableNetwork(Snapshot snapshot, Context context, NetworkId id) {
    Network network =
        Rules.visibleNetwork(snapshot, context.caller(), id).orElseThrow(() -> Rules.notFound(id));
    switch (network) {
      case Subnet subnet -> context.expected().check(subnet.version());
      case ExternalNetwork external -> {
        Rules.checkAdmin(context.caller(), "manage external networks");
        context.expected().check(external.version());
      }
    }
    return network;
  }

  private static <T> Decision<T> quiet(List<Change> changes, T answer) {
    return new Decision<>(changes, Set.of(), answer);
  }

  private static <T> Decision<T> waking(List<Change> changes, Id id, T answer) {
    return new Decision<>(changes, Set.of(id), answer);
  }
}
