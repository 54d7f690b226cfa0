package io.havip.json;

import io.havip.event.EventKind;
import io.havip.event.Happening;
import io.havip.event.Happening.AddressConflictBegan;
import io.havip.event.Happening.AddressConflictEnded;
import io.havip.event.Happening.AdvertisementsWithheld;
import io.havip.event.Happening.BindingsChanged;
import io.havip.event.Happening.ClaimsMisdirected;
import io.havip.event.Happening.ClaimsObserved;
import io.havip.event.Happening.ClaimsRefused;
import io.havip.event.Happening.DrillBegan;
import io.havip.event.Happening.DrillEnded;
import io.havip.event.Happening.FabricRepaired;
import io.havip.event.Happening.FenceBegan;
import io.havip.event.Happening.FenceEnded;
import io.havip.event.Happening.FloatingAddressChanged;
import io.havip.event.Happening.HolderChanged;
import io.havip.event.Happening.LeaderChanged;
import io.havip.event.Happening.NetworkTroubleBegan;
import io.havip.event.Happening.NetworkTroubleEnded;
import io.havip.event.Happening.PortsUnjudged;
import io.havip.event.Happening.SplitBegan;
import io.havip.event.Happening.SplitEnded;
import io.havip.event.Happening.VipAnnounced;
import io.havip.event.Happening.VipCreated;
import io.havip.event.Happening.VipDeleted;
import io.havip.event.Happening.VipDeleting;
import io.havip.event.Happening.VipDescribed;
import io.havip.event.Happening.VipFailed;
import io.havip.event.Happening.VipRealised;
import io.havip.event.Happening.VipRetried;
import io.havip.event.Happening.VmStarted;
import io.havip.event.Happening.VmStopped;
import io.havip.event.Happening.VridChanged;
import java.util.Locale;

/** A happening as a kind and a JSON object; stored histories depend on both. */
public final class HappeningJson {
  private HappeningJson() {}

  public static String kind(Happening happening) {
    return EventKind.of(happening).name().toLowerCase(Locale.ROOT);
  }

  /** The happening's own fields. */
  public static String data(Happening happening) {
    return Json.MAPPER.writeValueAsString(happening);
  }

  /**
   * Reads back what {@link #kind} and {@link #data} wrote.
   *
   * @throws IllegalArgumentException when there is no such kind
   * @throws tools.jackson.core.JacksonException when the data is not of that kind
   */
  public static Happening read(String kind, String data) {
    return Json.MAPPER.readValue(data, type(EventKind.valueOf(kind.toUpperCase(Locale.ROOT))));
  }

  private static Class<? extends Happening> type(EventKind kind) {
    return switch (kind) {
      case VIP_CREATED -> VipCreated.class;
      case VIP_DESCRIBED -> VipDescribed.class;
      case BINDINGS_CHANGED -> BindingsChanged.class;
      case FLOATING_ADDRESS_CHANGED -> FloatingAddressChanged.class;
      case FENCE_BEGAN -> FenceBegan.class;
      case FENCE_ENDED -> FenceEnded.class;
      case VIP_DELETING -> VipDeleting.class;
      case VIP_RETRIED -> VipRetried.class;
      case VIP_REALISED -> VipRealised.class;
      case VIP_FAILED -> VipFailed.class;
      case VIP_DELETED -> VipDeleted.class;
      case HOLDER_CHANGED -> HolderChanged.class;
      case SPLIT_BEGAN -> SplitBegan.class;
      case SPLIT_ENDED -> SplitEnded.class;
      case VIP_ANNOUNCED -> VipAnnounced.class;
      case DRILL_BEGAN -> DrillBegan.class;
      case DRILL_ENDED -> DrillEnded.class;
      case VM_STARTED -> VmStarted.class;
      case VM_STOPPED -> VmStopped.class;
      case CLAIMS_REFUSED -> ClaimsRefused.class;
      case CLAIMS_OBSERVED -> ClaimsObserved.class;
      case CLAIMS_MISDIRECTED -> ClaimsMisdirected.class;
      case VRID_CHANGED -> VridChanged.class;
      case ADVERTISEMENTS_WITHHELD -> AdvertisementsWithheld.class;
      case NETWORK_TROUBLE_BEGAN -> NetworkTroubleBegan.class;
      case NETWORK_TROUBLE_ENDED -> NetworkTroubleEnded.class;
      case PORTS_UNJUDGED -> PortsUnjudged.class;
      case ADDRESS_CONFLICT_BEGAN -> AddressConflictBegan.class;
      case ADDRESS_CONFLICT_ENDED -> AddressConflictEnded.class;
      case FABRIC_REPAIRED -> FabricRepaired.class;
      case LEADER_CHANGED -> LeaderChanged.class;
    };
  }
}
