package io.havip.store;

import io.havip.account.Account;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.decision.Change;
import io.havip.decision.Command;
import io.havip.decision.Context;
import io.havip.decision.CountingIds;
import io.havip.decision.Decision;
import io.havip.decision.InventoryDecisions;
import io.havip.decision.VipDecisions;
import io.havip.id.AccountId;
import io.havip.id.VmId;
import io.havip.inventory.Network;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipType;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One account in a store with a VPC and a subnet of 65533 addresses, made by the real decisions.
 */
final class Installation {
  static final Instant NOW = Instant.parse("2030-01-31T12:00:00.123456Z");

  final Store store;

  final CountingIds ids = new CountingIds();

  final AccountId account;
  final Context context;
  final Vpc vpc;
  final Network subnet;

  Installation(Store store) {
    this.store = store;
    this.account = ids.account();
    this.context = new Context(new Caller(account, Role.ADMIN, "tester"), NOW, ids, Limits.DEFAULT);
    write(store, new Change.PutAccount(new Account(account, "default", NOW)));
    Cidr cidr = Cidr.parse("10.0.0.0/16");
    this.vpc =
        store
            .write(_ -> InventoryDecisions.createVpc(new Command.CreateVpc("cloud", cidr), context))
            .answer();
    this.subnet =
        store
            .write(now ->
                InventoryDecisions.createSubnet(
                    now,
                    new Command.CreateSubnet(
                        vpc.id(),
                        "web",
                        cidr,
                        Ipv4Address.parse("10.0.0.1"),
                        List.of(),
                        Command.Joining.NOTHING),
                    context))
            .answer();
  }

  /** Writes changes that no decision has judged. */
  static void write(Store store, Change... changes) {
    Decision<String> _ = store.write(_ -> new Decision<>(List.of(changes), Set.of(), "written"));
  }

  Vm createVm(String name) {
    return store
        .write(now ->
            InventoryDecisions.createVm(
                now,
                new Command.CreateVm(
                    name,
                    vpc.id(),
                    VmState.RUNNING,
                    List.of(new Command.NewNic(subnet.id(), null, null, null, List.of()))),
                context))
        .answer();
  }

  Decision<Vip> create(Reader now, String name, @Nullable String address, List<VmId> vmIds) {
    return VipDecisions.create(
        now,
        new Command.CreateVip(
            name,
            "",
            VipType.INTERNAL,
            vpc.id(),
            subnet.id(),
            address == null ? null : Ipv4Address.parse(address),
            new Command.Bindings(vmIds)),
        context);
  }

  Vip createVip(String name, VmId... vmIds) {
    return store.write(now -> create(now, name, null, List.of(vmIds))).answer();
  }
}
