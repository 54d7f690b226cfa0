package io.havip.fabric.linux;

import java.util.Locale;
import java.util.Optional;

/** The sets of havip.nft that hold what is wanted. */
enum ElementSet {
  SEGMENTS,
  TRUSTED,
  OBSERVING,
  ADOPTED,
  STATIONS,
  MACS,
  SOURCES,
  NETWORKS,
  ADDRESSES,
  VIPS,
  EXITS,
  ADVERTS,
  ADVERTISERS,
  GATEWAYS,
  GATEWAY_ADVERTS,
  ROUTERS,
  REAL_SERVERS,
  PASSING,
  AUTHENTIC,
  OUTSIDE_MACS,
  VRIDS;

  /** The name in havip.nft. */
  String nftName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ElementSet> named(String nftName) {
    for (ElementSet set : values()) {
      if (set.nftName().equals(nftName)) {
        return Optional.of(set);
      }
    }
    return Optional.empty();
  }
}
