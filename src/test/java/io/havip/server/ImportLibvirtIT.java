package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.havip.fabric.InMemoryFabric;
import io.havip.json.Json;
import io.havip.server.Terminal.Seen;
import io.havip.store.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** `havip import libvirt`, of files and of a libvirt that runs: the test driver of virsh. */
class ImportLibvirtIT {
  private static final String NETWORK =
      """
      <network>
        <name>default</name>
        <bridge name='virbr7'/>
        <ip address='10.0.122.1' netmask='255.255.255.0'>
          <dhcp>
            <range start='10.0.122.2' end='10.0.122.9'/>
            <host mac='52:54:00:00:00:11' ip='10.0.122.11'/>
          </dhcp>
        </ip>
      </network>
      """;

  /** Started: dumpxml shows the id and the tap. */
  private static final String DB_1 =
      """
      <domain type='kvm' id='7'>
        <name>db-1</name>
        <memory>8192</memory>
        <os><type>hvm</type></os>
        <devices>
          <disk type='file' device='disk'><source file='/x.qcow2'/><target dev='vda' bus='virtio'/></disk>
          <interface type='network'>
            <mac address='52:54:00:00:00:11'/>
            <source network='default' bridge='virbr7'/>
            <target dev='db1-eth0'/>
          </interface>
        </devices>
      </domain>
      """;

  /** Stopped, on a bridge that libvirt knows nothing of, its address pinned by a filter. */
  private static final String DB_2 =
      """
      <domain type='kvm'>
        <name>db-2</name>
        <memory>8192</memory>
        <os><type>hvm</type></os>
        <devices>
          <interface type='bridge'>
            <mac address='52:54:00:00:00:12'/>
            <source bridge='br0'/>
            <target dev='db2-eth0'/>
            <filterref filter='clean-traffic'><parameter name='IP' value='10.0.0.12'/></filterref>
          </interface>
          <interface type='user'><mac address='52:54:00:00:00:22'/></interface>
        </devices>
      </domain>
      """;

  /** Its tap has a passing name, its address is known to nobody. */
  private static final String DB_3 =
      """
      <domain type='kvm' id='9'>
        <name>db-3</name>
        <memory>8192</memory>
        <os><type>hvm</type></os>
        <devices>
          <interface type='bridge'>
            <mac address='52:54:00:00:00:13'/><source bridge='br0'/><target dev='vnet3'/>
          </interface>
        </devices>
      </domain>
      """;

  @TempDir private Path dir;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    server =
        Server.start(
            new Settings("127.0.0.1", 0),
            SqliteStore.open(dir.resolve("havip.db")),
            new InMemoryFabric());
    assertThat(havip("", "vpc", "create", "v", "--cidr", "10.0.0.0/8").status()).isZero();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void filesAreShownThenImportedAndNothingIsLeftToDo() throws Exception {
    String[] files = {file("default.xml", NETWORK), file("db-1.xml", DB_1), file("db-2.xml", DB_2)};

    Seen shown = importLibvirt("", files, "--subnet", "br0=10.0.0.0/24");
    assertThat(shown.status()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains(
            "+ subnet default: 10.0.122.0/24, uplink virbr7",
            "+ subnet br0: 10.0.0.0/24, uplink br0",
            "+ VM db-1: running",
            "+   NIC on default: 10.0.122.11, 52:54:00:00:00:11, port db1-eth0",
            "+ VM db-2: stopped",
            "+   NIC on br0: 10.0.0.12, 52:54:00:00:00:12, port db2-eth0",
            "db-2: its interface 52:54:00:00:00:22 is left out");
    assertThat(shown.err()).contains("Nothing is changed");
    assertThat(list("vm")).isEmpty();

    Seen done = importLibvirt("", files, "--subnet", "br0=10.0.0.0/24", "--yes");
    assertThat(done.status()).as(done.err()).isZero();
    assertThat(list("vm").findValuesAsString("port")).containsExactly("db1-eth0", "db2-eth0");
    assertThat(list("vm").findValuesAsString("state")).containsExactly("running", "stopped");
    assertThat(list("subnet").findValuesAsString("uplink")).containsExactly("virbr7", "br0");
    assertThat(list("subnet").findValuesAsString("enforcement"))
        .containsExactly("observe", "observe");

    Seen again = importLibvirt("", files, "--yes");
    assertThat(again.status()).as(again.err()).isZero();
    assertThat(again.out()).contains("as libvirt has them: 2").doesNotContain("+", "~", "!");
  }

  @Test
  void whatHasChangedIsTakenOverAndWhatNobodyKnowsIsAskedFor() throws Exception {
    havip("", "subnet", "create", "web", "--vpc", "v", "--cidr", "10.0.0.0/24");
    String[] files = {file("db-2.xml", DB_2), file("db-3.xml", DB_3)};

    Seen unknown = importLibvirt("", files, "--subnet", "br0=web", "--yes");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.out())
        .contains("! db-3: its interface 52:54:00:00:00:13", "--address 52:54:00:00:00:13=ADDRESS");
    assertThat(list("vm").findValuesAsString("name")).containsExactly("db-2");

    files[0] =
        file(
            "db-2.xml",
            DB_2.replace("type='kvm'>", "type='kvm' id='4'>").replace("db2-eth0", "db2-new"));
    Seen said =
        importLibvirt(
            "y\n", files, "--subnet", "br0=web", "--address", "52:54:00:00:00:13=10.0.0.13");
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.out())
        .contains(
            "Do it?",
            "~ VM db-2: running",
            "! db-2: its NIC 52:54:00:00:00:12 is at the port db2-new, and HAVIP has db2-eth0",
            "+ VM db-3: running",
            "libvirt calls its port vnet3 until it stops");
    assertThat(list("vm").findValuesAsString("state")).containsExactly("running", "running");
    assertThat(list("vm").findValuesAsString("port")).containsExactly("db2-eth0", "vnet3");

    Seen no =
        importLibvirt(
            "no\n",
            new String[] {file("db-1.xml", DB_1.replace("virbr7", "br0"))},
            "--subnet",
            "br0=web",
            "--address",
            "52:54:00:00:00:11=10.0.0.11");
    assertThat(no.status()).as(no.err()).isZero();
    assertThat(list("vm").findValuesAsString("name")).containsExactly("db-2", "db-3");
  }

  @Test
  void whatIsNoDomainIsRefused() throws Exception {
    for (String text :
        new String[] {
          "",
          "<domain><name>x</name>",
          "<volume><name>x</name></volume>",
          "<!DOCTYPE domain [<!ENTITY x SYSTEM"
              + " 'file:///etc/hostname'>]><domain><name>&x;</name></domain>",
          "<domain><devices/></domain>",
          DB_2.replace("52:54:00:00:00:12", "nonsense")
        }) {
      Seen seen = importLibvirt("", new String[] {file("x.xml", text)});
      assertThat(seen.status()).as(text).isEqualTo(2);
      assertThat(seen.err()).contains("x.xml", "virsh dumpxml").doesNotContain("\tat ");
    }
    assertThat(importLibvirt("", new String[0], "--subnet", "br0=10.0.0.1/24").status())
        .isEqualTo(2);
  }

  @Test
  void theLiveHostIsRead() throws Exception {
    assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v virsh").start().waitFor() == 0,
        "virsh is not installed");
    String driver =
        "test://" + file("node.xml", "<node>" + NETWORK + test(DB_1) + test(DB_2) + "</node>");
    Seen seen =
        importLibvirt(
            "", new String[0], "--connect", driver, "--subnet", "br0=10.0.0.0/24", "--yes");
    assertThat(seen.status()).as(seen.err() + seen.out()).isZero();
    // What virsh domifaddr says of a guest that runs counts more than what DHCP keeps for it.
    assertThat(list("vm").findValuesAsString("address"))
        .hasSize(2)
        .contains("10.0.0.12")
        .doesNotContain("10.0.122.11");

    Seen nobody = importLibvirt("", new String[0], "--connect", "test:///no/such/file");
    assertThat(nobody.status()).isEqualTo(1);
    assertThat(nobody.err()).contains("virsh");
  }

  /** As the test driver has domains: all of them run. */
  private static String test(String domain) {
    return domain
        .replaceAll("<domain [^>]*>", "<domain type='test'>")
        .replaceAll("<disk.*</disk>", "");
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(dir.resolve(name), text).toString();
  }

  private JsonNode list(String kind) {
    return Json.MAPPER.readTree(havip("", kind, "list", "-o", "json").out());
  }

  private Seen importLibvirt(String answer, String[] files, String... options) {
    String[] arguments = new String[4 + files.length + options.length];
    System.arraycopy(new String[] {"import", "libvirt", "--vpc", "v"}, 0, arguments, 0, 4);
    System.arraycopy(files, 0, arguments, 4, files.length);
    System.arraycopy(options, 0, arguments, 4 + files.length, options.length);
    return havip(answer, arguments);
  }

  private Seen havip(String answer, String... arguments) {
    return new Terminal(server).havip(answer, arguments);
  }
}
