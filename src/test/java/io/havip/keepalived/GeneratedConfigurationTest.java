package io.havip.keepalived;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.ha.Member;
import io.havip.ha.Membership;
import io.havip.ha.Node;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.vip.AuthPass;
import io.havip.vrrp.VrrpVersion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneratedConfigurationTest {
  private static final Member VM1 = member(1);
  private static final Member VM2 = member(2);
  private static final Member VM3 = member(3);

  @Test
  void goldenInternal() {
    assertThat(withoutComments(GenerationOptions.DEFAULT, internal(VM2, VM1, VM2, VM3)))
        .isEqualTo(
            """
            global_defs {
              router_id vm-00000000000000000000000002
              vrrp_version 3
              script_user root
              enable_script_security
            }

            vrrp_instance VIP_10.77.0.100_eth0 {
              state BACKUP
              nopreempt
              interface eth0
              virtual_router_id 7
              priority 190
              advert_int 1.00
              garp_master_delay 1
              garp_master_refresh 5
              unicast_src_ip 10.77.0.12
              unicast_peer {
                10.77.0.11
                10.77.0.13
              }
              virtual_ipaddress {
                10.77.0.100/24 dev eth0
              }
            }
            """);
  }

  @Test
  void goldenOfAllOptionsAndAnExternalVipBesideAnInternalOne() {
    GenerationOptions options =
        new GenerationOptions(
            VrrpVersion.V2, Duration.ofSeconds(5), "/etc/keepalived/check.sh", true, true);
    assertThat(withoutComments(options, internal(VM1, VM1, VM2), external(VM1, VM1, VM2)))
        .isEqualTo(
            """
            global_defs {
              router_id vm-00000000000000000000000001
              vrrp_version 2
              script_user root
              enable_script_security
            }

            vrrp_script havip_check {
              script "/etc/keepalived/check.sh"
              interval 1
              timeout 3
              fall 2
              rise 2
            }

            vrrp_instance VIP_10.77.0.100_eth0 {
              state BACKUP
              interface eth0
              virtual_router_id 7
              priority 200
              advert_int 5
              garp_master_delay 1
              garp_master_refresh 5
              use_vmac
              vmac_xmit_base
              authentication {
                auth_type PASS
                auth_pass abcd1234
              }
              unicast_src_ip 10.77.0.11
              unicast_peer {
                10.77.0.12
              }
              virtual_ipaddress {
                10.77.0.100/24 dev eth0
              }
              track_script {
                havip_check
              }
            }

            vrrp_instance VIP_192.0.2.100_eth1 {
              state BACKUP
              interface eth0
              virtual_router_id 8
              priority 200
              advert_int 5
              garp_master_delay 1
              garp_master_refresh 5
              use_vmac
              vmac_xmit_base
              authentication {
                auth_type PASS
                auth_pass abcd1234
              }
              unicast_src_ip 10.77.0.11
              unicast_peer {
                10.77.0.12
              }
              virtual_ipaddress {
                192.0.2.100/24 dev eth1 use_vmac
              }
              virtual_routes {
                default via 192.0.2.1 src 192.0.2.100 table 10008 no_track
              }
              virtual_rules {
                from 192.0.2.100 to 192.0.2.0/24 lookup main priority 10008
                from 192.0.2.100 lookup 10008 priority 10008
              }
              track_interface {
                eth1
              }
              track_script {
                havip_check
              }
            }

            vrrp_sync_group HAVIP_1 {
              group {
                VIP_10.77.0.100_eth0
                VIP_192.0.2.100_eth1
              }
            }
            """);
  }

  @Test
  void vipsOfOtherVmsDoNotMoveTogether() {
    assertThat(
            withoutComments(
                GenerationOptions.DEFAULT, internal(VM1, VM1, VM2), external(VM1, VM1, VM3)))
        .doesNotContain("vrrp_sync_group");
  }

  @Test
  void aVmAloneNamesNoPeers() {
    assertThat(withoutComments(GenerationOptions.DEFAULT, internal(VM1, VM1)))
        .doesNotContain("unicast")
        .contains("mcast_src_ip 10.77.0.11\n");
  }

  @Test
  void itSaysHowLongAFailoverTakes() {
    // The user guide's example: 3 x 5 s and 66/256 s.
    GenerationOptions slow =
        new GenerationOptions(VrrpVersion.V2, Duration.ofSeconds(5), null, false, false);
    assertThat(of(slow, internal(VM1, VM1, VM2))).contains("after at most 15.26 s.");
    GenerationOptions fast =
        new GenerationOptions(VrrpVersion.V3, Duration.ofMillis(100), null, false, false);
    assertThat(of(fast, internal(VM1, VM1, VM2))).contains("after at most 0.33 s.");
  }

  @Test
  void namesCannotLeaveTheirComments() {
    String nasty = "a\" $X \\ ! { } @ ~SEQ 名";
    Member self = new Member(VM1.id(), nasty, VM1.address());
    String file = of(GenerationOptions.DEFAULT, internal(self, self, VM2));
    assertThat(file).contains("a_ _X _ _ _ _ _ _SEQ 名").doesNotContain(nasty);
    assertThat(file.lines()).noneMatch(line -> line.endsWith("\\"));
  }

  @Test
  void aPathCannotSmuggleAnythingIn() {
    for (String path : List.of("check.sh", "/a b", "/a\"", "/a\nb", "/../a", "/a/", "", "/a$b")) {
      assertThatThrownBy(() -> GenerationOptions.checkPath(path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("absolute path");
    }
  }

  static Membership internal(Member self, Member... members) {
    return new Membership(
        new VipId("vip-" + "0".repeat(25) + "1"),
        "db",
        Ipv4Address.parse("10.77.0.100"),
        Cidr.parse("10.77.0.0/24"),
        "eth0",
        null,
        "eth0",
        7,
        new AuthPass("abcd1234"),
        self,
        List.of(members));
  }

  static Membership external(Member self, Member... members) {
    return new Membership(
        new VipId("vip-" + "0".repeat(25) + "2"),
        "shop",
        Ipv4Address.parse("192.0.2.100"),
        Cidr.parse("192.0.2.0/24"),
        "eth1",
        Ipv4Address.parse("192.0.2.1"),
        "eth0",
        8,
        new AuthPass("abcd1234"),
        self,
        List.of(members));
  }

  static Member member(int number) {
    return new Member(
        new VmId("vm-" + "0".repeat(25) + number),
        "vm" + number,
        Ipv4Address.parse("10.77.0.1" + number));
  }

  private static String of(GenerationOptions options, Membership... memberships) {
    Member self = memberships[0].self();
    return GeneratedConfiguration.of(
        new Node(self.id(), self.name(), List.of(memberships)), options);
  }

  /** The lines that mean something to keepalived. */
  private static String withoutComments(GenerationOptions options, Membership... memberships) {
    return of(options, memberships)
        .replaceAll("(?m)^ *#.*\n", "")
        .replaceAll("(?m) +#.*$", "")
        .strip()
        .concat("\n");
  }
}
