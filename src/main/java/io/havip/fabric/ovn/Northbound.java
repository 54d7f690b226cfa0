package io.havip.fabric.ovn;

import java.util.Map;
import java.util.Set;

/** The tables and columns of OVN's northbound database that HAVIP looks at: ovn-nb(5). */
final class Northbound {
  static final String DATABASE = "OVN_Northbound";
  static final String GLOBAL = "NB_Global";
  static final String SWITCH = "Logical_Switch";
  static final String PORT = "Logical_Switch_Port";
  static final String ACL = "ACL";
  static final String ROUTER = "Logical_Router";
  static final String ROUTER_PORT = "Logical_Router_Port";
  static final String NAT = "NAT";
  static final String PORT_GROUP = "Port_Group";
  static final String ADDRESS_SET = "Address_Set";

  static final String NAME = "name";
  static final String PORTS = "ports";
  static final String ACLS = "acls";
  static final String ADDRESSES = "addresses";
  static final String NATS = "nat";
  static final String EXTERNAL_IDS = "external_ids";

  static final String GATEWAY_CHASSIS = "gateway_chassis";
  static final String HA_CHASSIS_GROUP = "ha_chassis_group";

  static final String ASKED = "nb_cfg";
  static final String IN_SOUTHBOUND = "sb_cfg";
  static final String IN_ALL_CHASSIS = "hv_cfg";

  /** When the last chassis had that number: milliseconds since 1970, by the chassis' clock. */
  static final String IN_ALL_CHASSIS_AT = "hv_cfg_timestamp";

  /** In the external ids of {@link #GLOBAL}: the generation of the leader that changed last. */
  static final String GENERATION = "havip-generation";

  static final Map<String, Set<String>> TABLES =
      Map.of(
          GLOBAL, Set.of(ASKED, IN_SOUTHBOUND, IN_ALL_CHASSIS, IN_ALL_CHASSIS_AT, EXTERNAL_IDS),
          SWITCH, Set.of(NAME, EXTERNAL_IDS),
          PORT, Set.of(NAME, "type", ADDRESSES, "port_security", Rows.OPTIONS, EXTERNAL_IDS),
          ACL, Set.of("direction", "priority", "match", "action", EXTERNAL_IDS),
          PORT_GROUP, Set.of(NAME, PORTS, EXTERNAL_IDS),
          ADDRESS_SET, Set.of(NAME, ADDRESSES, EXTERNAL_IDS),
          ROUTER, Set.of(PORTS, NATS, Rows.OPTIONS),
          ROUTER_PORT, Set.of(NAME, GATEWAY_CHASSIS, HA_CHASSIS_GROUP),
          NAT,
              Set.of(
                  "type",
                  "external_ip",
                  "logical_ip",
                  "external_mac",
                  "logical_port",
                  EXTERNAL_IDS));

  private Northbound() {}
}
