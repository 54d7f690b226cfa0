package io.havip.fabric.ovn;

import io.havip.ovsdb.Row;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A row that is there and is HAVIP's, as its external_ids say. */
record OwnRow(String table, Row row) {
  static final String ID = "havip-id";
  static final String PART = "havip-part";
  static final String NETWORK = "havip-network";

  /** The switch that it is on, if that is somebody else's. */
  static final String SWITCH = "havip-switch";

  /**
   * Of a port, what no port of the same name had before it. It is known before the row is written,
   * which the row's UUID is not.
   */
  static final String INCARNATION = "havip-incarnation";

  /** Of a virtual port, the incarnations of its members' ports that ovn-northd has read with it. */
  static final String MEMBERS = "havip-members";

  static Optional<OwnRow> of(String table, Row row) {
    OwnRow own = new OwnRow(table, row);
    return own.mark().containsKey(ID) ? Optional.of(own) : Optional.empty();
  }

  private Map<String, String> mark() {
    return row.map(Northbound.EXTERNAL_IDS);
  }

  String id() {
    return mark().getOrDefault(ID, "");
  }

  String part() {
    return mark().getOrDefault(PART, "");
  }

  String network() {
    return mark().getOrDefault(NETWORK, "");
  }

  /** A port from before the mark was written has its UUID instead. */
  String incarnation() {
    return mark().getOrDefault(INCARNATION, row.id().toString());
  }

  Optional<UUID> othersSwitch() {
    return Optional.ofNullable(mark().get(SWITCH)).map(UUID::fromString);
  }
}
