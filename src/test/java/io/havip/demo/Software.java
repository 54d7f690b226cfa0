package io.havip.demo;

/** HA software that runs with what HAVIP generates for it. */
enum Software {
  KEEPALIVED("keepalived, unicast", "keepalived?advertInt=0.1&"),
  KEEPALIVED_MULTICAST("keepalived, multicast", "keepalived?advertInt=0.1&"),
  KEEPALIVED_VMAC("keepalived, use_vmac", "keepalived?advertInt=0.1&vmac=true&"),
  HEARTBEAT("heartbeat", "heartbeat?"),
  PACEMAKER("pacemaker", "pacemaker?");

  private final String words;
  private final String resource;

  Software(String words, String resource) {
    this.words = words;
    this.resource = resource;
  }

  String inWords() {
    return words;
  }

  /** Whether it changes to users of its own, and needs more of a VM than a network namespace. */
  boolean isCluster() {
    return this == HEARTBEAT || this == PACEMAKER;
  }

  /** Where the API has its configuration, below the VIP; a VM's id completes it. */
  String resource() {
    return resource + "vmId=";
  }

  /**
   * What is made of it for this software. HAVIP's keepalived.conf names peers; by multicast they
   * find each other.
   */
  String adapt(String configuration) {
    return this == KEEPALIVED_MULTICAST
        ? configuration
            .replace("unicast_src_ip", "mcast_src_ip")
            .replaceAll("(?ms)^  unicast_peer \\{.*?^  \\}\\n", "")
        : configuration;
  }
}
