package io.havip.keepalived;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.ha.Member;
import io.havip.ha.Membership;
import io.havip.ha.Node;
import io.havip.id.VipId;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.vip.AuthPass;
import io.havip.vrrp.VrrpVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real keepalived accepts every file that can be generated, without a word. */
class ConfigTestIT {
  private static final int VIPS_MAX = 5;
  private static final List<Member> VMS =
      List.of(
          GeneratedConfigurationTest.member(1),
          GeneratedConfigurationTest.member(2),
          GeneratedConfigurationTest.member(3));

  @TempDir private Path directory;

  private enum Kind {
    INTERNAL,
    EXTERNAL,
    BOTH
  }

  @BeforeAll
  static void plug() throws Exception {
    for (int i = 0; i < 2; i++) {
      run("ip", "link", "add", "eth" + i, "type", "veth", "peer", "name", "port" + i);
    }
  }

  @Test
  void everyCombinationIsAccepted() throws Exception {
    List<String> refused = new ArrayList<>();
    int files = 0;
    for (Kind kind : Kind.values()) {
      for (int vms = 1; vms <= VMS.size(); vms++) {
        for (int vips = 1; vips <= VIPS_MAX; vips++) {
          Node node = node(kind, vms, vips);
          for (GenerationOptions options : everyOptions()) {
            files++;
            String verdict = test(GeneratedConfiguration.of(node, options));
            if (!verdict.isEmpty()) {
              refused.add(
                  "%s, %d VMs, %d VIPs, %s: %s".formatted(kind, vms, vips, options, verdict));
            }
          }
        }
      }
    }
    System.out.println(files + " files tested");
    assertThat(refused).isEmpty();
  }

  @Test
  void whatIsWrongIsSeen() throws Exception {
    String file = GeneratedConfiguration.of(node(Kind.INTERNAL, 2, 1), everyOptions().getFirst());
    assertThat(test(file.replace("virtual_router_id 1", "virtual_router_id 300"))).isNotEmpty();
    assertThat(test(file.replace("interface eth0", "interface eth7"))).isNotEmpty();
  }

  @Test
  void noNameOfPeopleChangesTheMeaning() throws Exception {
    for (String name :
        List.of(
            "\"",
            "'",
            "a\\",
            "$X ${Y}",
            "} {",
            "! #",
            "@vm-1",
            "~SEQ(a,1,9)",
            "名 前",
            "include x")) {
      Member self = new Member(VMS.get(0).id(), name, VMS.get(0).address());
      Membership vip =
          new Membership(
              new VipId("vip-" + "0".repeat(26)),
              name,
              Ipv4Address.parse("10.77.0.100"),
              Cidr.parse("10.77.0.0/24"),
              "eth0",
              null,
              "eth0",
              1,
              new AuthPass("abcd1234"),
              self,
              List.of(self, new Member(VMS.get(1).id(), name, VMS.get(1).address())));
      Node node = new Node(self.id(), name, List.of(vip));
      assertThat(test(GeneratedConfiguration.of(node, GenerationOptions.DEFAULT)))
          .as(name)
          .isEmpty();
    }
  }

  /** With VIPs of the same VMs, and behind the first three, of fewer. */
  private static Node node(Kind kind, int vms, int vips) {
    Member self = VMS.get(vms - 1);
    List<Membership> memberships =
        IntStream.rangeClosed(1, vips)
            .mapToObj(number -> {
              boolean isExternal = kind == Kind.EXTERNAL || (kind == Kind.BOTH && number % 2 == 0);
              String prefix = isExternal ? "192.0.2." : "10.77.0.";
              return new Membership(
                  new VipId("vip-" + "0".repeat(25) + number),
                  "vip " + number,
                  Ipv4Address.parse(prefix + (100 + number)),
                  Cidr.parse(prefix + "0/24"),
                  isExternal ? "eth1" : "eth0",
                  isExternal ? Ipv4Address.parse("192.0.2.1") : null,
                  "eth0",
                  number,
                  new AuthPass("abcd1234"),
                  self,
                  VMS.subList(number > 3 ? vms - 1 : 0, vms));
            })
            .toList();
    return new Node(self.id(), self.name(), memberships);
  }

  private static List<GenerationOptions> everyOptions() {
    List<GenerationOptions> all = new ArrayList<>();
    for (VrrpVersion version : VrrpVersion.values()) {
      for (String script : new String[] {null, "/usr/bin/true"}) {
        for (boolean preempt : List.of(false, true)) {
          for (boolean vmac : List.of(false, true)) {
            Duration interval =
                version == VrrpVersion.V2 ? Duration.ofSeconds(2) : Duration.ofMillis(100);
            all.add(new GenerationOptions(version, interval, script, preempt, vmac));
          }
        }
      }
    }
    return all;
  }

  /** What keepalived says against it; nothing when it accepts it. */
  private String test(String configuration) throws Exception {
    Path file = directory.resolve("keepalived.conf");
    Files.writeString(file, configuration);
    return run("keepalived", "--config-test", "--use-file", file.toString());
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? output : output + "exit code " + process.exitValue();
  }
}
