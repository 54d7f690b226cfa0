package io.havip.fabric.ovn;

import io.havip.net.MacAddress;
import io.havip.ovsdb.Row;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/**
 * Finds what others have and HAVIP may use, or says why it may not.
 *
 * @param rows what there is
 * @param bindings on which switches the ports are
 */
record Adoptable(OwnRows rows, Bindings bindings) {
  /** As Neutron marks what is its own; its repair deletes what others have put there. */
  private static final String NEUTRON = "neutron:";

  /** Something may not be used; the message says why, for people, with the way out. */
  static final class NotAdoptableException extends Exception {
    private static final long serialVersionUID = 1L;

    private NotAdoptableException(String why) {
      super(why);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  Row logicalSwitch(String name) throws NotAdoptableException {
    List<Row> found = rows.othersSwitches(name);
    if (found.isEmpty()) {
      throw new NotAdoptableException(
          "OVN has no logical switch of this name that is not HAVIP's: "
              + name
              + "; `ovn-nbctl ls-list` names them");
    }
    if (found.size() > 1) {
      throw new NotAdoptableException(
          "OVN has %d logical switches called %s; rename all but one"
              .formatted(found.size(), name));
    }
    refuseNeutrons(found.getFirst(), "logical switch " + name);
    return found.getFirst();
  }

  /**
   * Finds a port. One that northd has not seen yet may be used: what is added to it has no effect
   * before it is known where it is.
   */
  Row port(Row logicalSwitch, String name) throws NotAdoptableException {
    UUID there = logicalSwitch.id();
    Row found =
        rows.othersPort(name)
            .filter(_ -> bindings.logicalSwitch(name).orElse(there).equals(there))
            .orElseThrow(() ->
                new NotAdoptableException(
                    "the logical switch %s has no port %s; make it (`ovn-nbctl lsp-add`), or name one that is there"
                        .formatted(logicalSwitch.text(Northbound.NAME), name)));
    refuseNeutrons(found, "logical port " + name);
    String type = found.text("type");
    if (!type.isEmpty()) {
      throw new NotAdoptableException(
          "the logical port %s is no VM's, its type is %s; name a VM's".formatted(name, type));
    }
    return found;
  }

  /** Whether there is such a port, and HAVIP may use it. */
  boolean has(String logicalSwitch, String port) {
    try {
      port(logicalSwitch(logicalSwitch), port);
      return true;
    } catch (NotAdoptableException _) {
      return false;
    }
  }

  /** Refuses a NIC to whose MAC address the port does not let frames go. */
  static void checkMac(Row port, MacAddress mac) throws NotAdoptableException {
    Set<String> addresses = port.texts(Additions.ADDRESSES);
    boolean fits =
        addresses.isEmpty()
            || addresses.stream()
                .map(it -> it.toLowerCase(Locale.ROOT))
                .anyMatch(it ->
                    it.equals("unknown")
                        || it.startsWith("dynamic")
                        || it.startsWith(mac.toString()));
    if (!fits) {
      throw new NotAdoptableException(
          "the logical port %s has the addresses %s; give the NIC its MAC address, not %s"
              .formatted(port.text(Northbound.NAME), String.join(", ", addresses), mac));
    }
  }

  private static void refuseNeutrons(Row row, String what) throws NotAdoptableException {
    if (row.map(Northbound.EXTERNAL_IDS).keySet().stream().anyMatch(it -> it.startsWith(NEUTRON))) {
      throw new NotAdoptableException(
          "the %s is Neutron's, whose repair would undo what HAVIP adds; use another, or OpenStack's allowed address pairs"
              .formatted(what));
    }
  }
}
