package io.havip.demo;

import io.havip.net.Ipv4Address;
import java.util.List;

/**
 * A keepalived.conf as people write it, with multicast.
 *
 * @param version of VRRP, 2 or 3
 * @param advertInt seconds between advertisements
 * @param authPass of version 2; empty for none
 */
record Handmade(
    int version,
    int vrid,
    int priority,
    String advertInt,
    String authPass,
    List<Ipv4Address> addresses) {

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        global_defs {
          vrrp_version %d
        }
        vrrp_instance VI_1 {
          state BACKUP
          interface %s
          virtual_router_id %d
          priority %d
          advert_int %s
        """
            .formatted(version, Guest.NIC, vrid, priority, advertInt));
    if (!authPass.isEmpty()) {
      text.append(
          """
            authentication {
              auth_type PASS
              auth_pass %s
            }
          """
              .formatted(authPass));
    }
    text.append("  virtual_ipaddress {\n");
    addresses.forEach(address -> text.append("    %s/24\n".formatted(address)));
    return text.append("  }\n}\n").toString();
  }
}
