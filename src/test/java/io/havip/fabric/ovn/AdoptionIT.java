package io.havip.fabric.ovn;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.Fabric;
import io.havip.fabric.VirtualNic;
import io.havip.inventory.Enforcement;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Segment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A cloud that somebody else has made in real OVN: it gets VIPs, and when they go it is what it was
 * before, to the last element.
 */
class AdoptionIT extends OvnFixture {
  private static final String CLOUD = "cloud";
  private static final String ELSEWHERE = "elsewhere";

  /** As whoever made the cloud did. */
  @BeforeEach
  void makeCloud() throws Exception {
    ovn().nbctl("ls-add", CLOUD);
    ovn().nbctl("acl-add", CLOUD, "to-lport", "900", "udp.dst == 22", "drop");
    ovn().nbctl("acl-add", CLOUD, "to-lport", "800", "ip4", "allow-related");
    for (VirtualNic vm : plugged) {
      addPort(CLOUD, vm);
    }
    ovn().nbctl("--wait=hv", "sync");
  }

  private static void addPort(String on, VirtualNic vm) throws Exception {
    String own = vm.mac() + " " + vm.address();
    ovn()
        .nbctl(
            "lsp-add",
            on,
            vm.port(),
            "--",
            "lsp-set-addresses",
            vm.port(),
            own,
            "--",
            "lsp-set-port-security",
            vm.port(),
            own,
            "--",
            "set",
            "logical_switch_port",
            vm.port(),
            "external_ids:owner=them");
  }

  @AfterEach
  void clear() throws Exception {
    try (Fabric last = open()) {
      last.sync(Desired.NOTHING);
    }
    ovn().nbctl("--if-exists", "ls-del", CLOUD, "--", "--if-exists", "ls-del", ELSEWHERE);
    unplugAll();
  }

  private Desired cloud(Enforcement enforcement, Grant... grants) {
    Desired vms = everybody(grants);
    Segment network = new Segment(segment(SEGMENT).id(), SEGMENT, null, CLOUD, enforcement);
    return new Desired(desired(network).segments(), vms.ports(), vms.grants());
  }

  private void sync(Desired desired) throws Exception {
    fabric.sync(desired);
    ovn().nbctl("--wait=hv", "sync");
  }

  /** Everything that is in the northbound database and that people write there. */
  private static String everything() throws Exception {
    return ovn().nbctl("list", "acl")
        + ovn()
            .nbctl("--columns=name,ports,acls,external_ids,other_config", "list", "Logical_Switch")
        + ovn()
            .nbctl(
                "--columns=_uuid,name,type,addresses,port_security,options,tag,external_ids",
                "list",
                "Logical_Switch_Port");
  }

  private static List<String> security(VirtualNic vm) throws Exception {
    return ovn().nbctl("lsp-get-port-security", vm.port()).lines().sorted().toList();
  }

  private static String own(VirtualNic vm) {
    return vm.mac() + " " + vm.address();
  }

  @Test
  void aCloudGetsVipsAndIsLeftAsItWas() throws Exception {
    String before = everything();
    sync(cloud(Enforcement.ENFORCE, grant(1, VIP, vm1, vm2)));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(client.reaches(vm1, client.udp(client.address(), VIP, "to the VIP"))).isTrue();
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    assertThat(vm2.reaches(vm1, vm2.advert(VIP))).isTrue();
    assertThat(vm3.reaches(vm1, vm3.advert(VIP))).as("an unbound VM's VRRP").isFalse();
    byte[] refused = client.udp(client.address(), 5000, VIP, 22, "what they refuse");
    assertThat(client.reaches(vm1, refused)).isFalse();

    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1), vm1.mac() + " " + VIP);
    assertThat(security(vm3)).containsExactlyInAnyOrder(own(vm3));
    assertThat(ovn().nbctl("get", "logical_switch_port", vm1.port(), "external_ids"))
        .contains("owner=them", "havip-adopted=" + vm1.on(SEGMENT).id());
    assertThat(ovn().nbctl("get", "logical_switch_port", vm3.port(), "external_ids"))
        .isEqualToIgnoringNewLines("{owner=them}");

    apply(grant(1, VIP, vm2));
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1));
    ovn().nbctl("--wait=hv", "sync");
    assertThat(vm1.reaches(client, vm1.claim(VIP))).as("bound no more").isFalse();
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm2.port()));

    sync(Desired.NOTHING);
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void whatIsNotCheckedStaysSoUntilTheNetworkEnforces() throws Exception {
    ovn().nbctl("lsp-set-port-security", vm1.port());
    ovn().nbctl("lsp-set-port-security", vm3.port());
    sync(cloud(Enforcement.OBSERVE, grant(1, VIP, vm1, vm2)));
    assertThat(security(vm1)).isEmpty();
    assertThat(security(vm2)).containsExactlyInAnyOrder(own(vm2), vm2.mac() + " " + VIP);
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).as("only observed").isTrue();

    sync(cloud(Enforcement.ENFORCE, grant(1, VIP, vm1, vm2)));
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1) + " 0.0.0.0 " + VIP);
    assertThat(security(vm3)).containsExactlyInAnyOrder(own(vm3) + " 0.0.0.0");
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();

    // They begin to check themselves: what is HAVIP's shrinks to what is missing.
    Desired desired = cloud(Enforcement.ENFORCE, grant(1, VIP, vm1, vm2));
    repairAfter(
        () -> ovn().nbctl("add", "logical_switch_port", vm1.port(), "port_security", quoted(vm1)),
        desired);
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1), vm1.mac() + " " + VIP);
    sync(Desired.NOTHING);
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1));
    assertThat(security(vm3)).isEmpty();
  }

  private static String quoted(VirtualNic vm) {
    return '"' + own(vm) + '"';
  }

  @Test
  void whatTheyHadAlreadyIsTheirs() throws Exception {
    String all = "\"" + own(vm1) + "\",\"" + vm1.mac() + " " + VIP + "\"";
    ovn().nbctl("set", "logical_switch_port", vm1.port(), "port_security=" + all);
    ovn().nbctl("lsp-set-addresses", vm2.port(), own(vm2), "unknown");
    ovn().nbctl("lsp-set-port-security", vm3.port(), vm3.mac().toString());
    MacAddress shared = MacAddress.parse("00:00:5e:00:01:33");
    String before = everything();
    Grant.Member first =
        new Grant.Member(vm1.port(), vm1.mac(), vm1.port(), new Grant.Vmac(shared, vm1.address()));
    Grant.Member second =
        new Grant.Member(vm2.port(), vm2.mac(), vm2.port(), new Grant.Vmac(shared, vm2.address()));
    sync(
        cloud(
            Enforcement.ENFORCE,
            new Grant(grant(1, VIP).id(), SEGMENT, VIP, List.of(first, second)),
            grant(2, OTHER_VIP, vm3)));
    assertThat(security(vm1))
        .containsExactlyInAnyOrder(
            shared + " " + VIP + " " + vm1.address(), own(vm1), vm1.mac() + " " + VIP);
    assertThat(ovn().nbctl("lsp-get-addresses", vm1.port())).contains("unknown");
    assertThat(security(vm3)).as("any address").containsExactly(vm3.mac().toString());
    assertThat(vm3.reaches(client, vm3.claim(OTHER_VIP))).isTrue();
    byte[] own = client.udp(client.address(), vm3.address(), "its own address");
    System.arraycopy(vm3.mac().toBytes(), 0, own, 0, 6);
    assertThat(client.reaches(vm3, own)).isTrue();
    sync(Desired.NOTHING);
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void whatTheyUndoIsDoneAgain() throws Exception {
    Desired desired = cloud(Enforcement.ENFORCE, grant(1, VIP, vm1, vm2));
    sync(desired);
    String id = vm1.on(SEGMENT).id().value();
    assertThat(
            repairAfter(() -> ovn().nbctl("lsp-set-port-security", vm1.port(), own(vm1)), desired))
        .containsExactly(id + " was different in OVN: what is added to the port " + vm1.port());
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1), vm1.mac() + " " + VIP);

    ovn().nbctl("lsp-del", vm1.port());
    repairAfter(() -> addPort(CLOUD, vm1), desired);
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1), vm1.mac() + " " + VIP);

    repairAfter(() -> ovn().nbctl("set", "logical_switch", CLOUD, "name=" + ELSEWHERE), desired);
    assertThat(security(vm1)).as("not the network's switch").containsExactly(own(vm1));
    assertThat(ovn().nbctl("find", "logical_switch_port", "type=virtual")).isEmpty();
    repairAfter(() -> ovn().nbctl("set", "logical_switch", ELSEWHERE, "name=" + CLOUD), desired);
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1), vm1.mac() + " " + VIP);

    repairAfter(() -> ovn().nbctl("ls-del", CLOUD), desired);
    assertThat(fabric.sync(desired)).as("nothing to do until it is back").isEmpty();
    repairAfter(this::makeCloud, desired);
    fabric.sync(desired);
    ovn().nbctl("--wait=hv", "sync");
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
  }

  /** As when a cloud makes a VM's port again at each start of the VM. */
  @Test
  void aMembersPortThatTheyMakeAgainMayClaim() throws Exception {
    Desired desired = cloud(Enforcement.ENFORCE, grant(1, VIP, vm1, vm2));
    sync(desired);
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));

    ovn().nbctl("--wait=hv", "lsp-del", vm1.port());
    // Between the two, northd computes everything for another reason.
    ovn().nbctl("--wait=hv", "acl-add", CLOUD, "to-lport", "700", "udp.dst == 23", "drop");
    repairAfter(() -> addPort(CLOUD, vm1), desired);
    sync(desired);
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(fabric.sync(desired)).isEmpty();
  }

  @Test
  void whatMayNotBeUsedIsNotTouched() throws Exception {
    ovn().nbctl("lsp-del", vm3.port(), "--", "ls-add", ELSEWHERE);
    addPort(ELSEWHERE, vm3);
    ovn()
        .nbctl(
            "set", "logical_switch_port", vm1.port(), "external_ids:neutron\\:revision_number=3");
    String before = everything();
    ovn().nbctl("--wait=sb", "sync");
    sync(cloud(Enforcement.OBSERVE, grant(1, VIP, vm1, vm2, vm3)));
    assertThat(security(vm1)).containsExactlyInAnyOrder(own(vm1));
    assertThat(security(vm2)).hasSize(2);
    assertThat(security(vm3)).as("on another switch").containsExactlyInAnyOrder(own(vm3));
    Map<String, Observed.PortState> ports = fabric.observe().ports();
    assertThat(ports.get(vm1.port())).extracting(Observed.PortState::attached).isEqualTo(false);
    assertThat(ports.get(vm2.port())).extracting(Observed.PortState::attached).isEqualTo(true);
    assertThat(ports.get(vm3.port())).extracting(Observed.PortState::attached).isEqualTo(false);
    sync(Desired.NOTHING);
    assertThat(everything()).isEqualTo(before);

    ovn().nbctl("set", "logical_switch", CLOUD, "external_ids:neutron\\:network_name=n");
    before = everything();
    sync(cloud(Enforcement.ENFORCE, grant(1, VIP, vm1, vm2)));
    assertThat(everything()).isEqualTo(before);
  }
}
