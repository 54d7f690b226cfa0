package io.havip.plan;

import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import java.util.Map;

/** What the fabric should hold: all of it, or the part about some ids. */
public record Desired(
    Map<NetworkId, Segment> segments, Map<NicId, Port> ports, Map<VipId, Grant> grants) {
  public static final Desired NOTHING = new Desired(Map.of(), Map.of(), Map.of());

  public Desired {
    segments = Map.copyOf(segments);
    ports = Map.copyOf(ports);
    grants = Map.copyOf(grants);
  }
}
