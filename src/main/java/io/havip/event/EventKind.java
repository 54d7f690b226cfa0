package io.havip.event;

/** The kinds of {@link Happening}; lower-cased they are the API's, and stored. */
public enum EventKind {
  VIP_CREATED,
  VIP_DESCRIBED,
  BINDINGS_CHANGED,
  FLOATING_ADDRESS_CHANGED,
  FENCE_BEGAN,
  FENCE_ENDED,
  VIP_DELETING,
  VIP_RETRIED,
  VIP_REALISED,
  VIP_FAILED,
  VIP_DELETED,
  HOLDER_CHANGED,
  SPLIT_BEGAN,
  SPLIT_ENDED,
  VIP_ANNOUNCED,
  DRILL_BEGAN,
  DRILL_ENDED,
  VM_STARTED,
  VM_STOPPED,
  CLAIMS_REFUSED,
  CLAIMS_OBSERVED,
  CLAIMS_MISDIRECTED,
  VRID_CHANGED,
  ADVERTISEMENTS_WITHHELD,
  NETWORK_TROUBLE_BEGAN,
  NETWORK_TROUBLE_ENDED,
  PORTS_UNJUDGED,
  ADDRESS_CONFLICT_BEGAN,
  ADDRESS_CONFLICT_ENDED,
  FABRIC_REPAIRED,
  LEADER_CHANGED;

  public static EventKind of(Happening happening) {
    return switch (happening) {
      case Happening.VipCreated _ -> VIP_CREATED;
      case Happening.VipDescribed _ -> VIP_DESCRIBED;
      case Happening.BindingsChanged _ -> BINDINGS_CHANGED;
      case Happening.FloatingAddressChanged _ -> FLOATING_ADDRESS_CHANGED;
      case Happening.FenceBegan _ -> FENCE_BEGAN;
      case Happening.FenceEnded _ -> FENCE_ENDED;
      case Happening.VipDeleting _ -> VIP_DELETING;
      case Happening.VipRetried _ -> VIP_RETRIED;
      case Happening.VipRealised _ -> VIP_REALISED;
      case Happening.VipFailed _ -> VIP_FAILED;
      case Happening.VipDeleted _ -> VIP_DELETED;
      case Happening.HolderChanged _ -> HOLDER_CHANGED;
      case Happening.SplitBegan _ -> SPLIT_BEGAN;
      case Happening.SplitEnded _ -> SPLIT_ENDED;
      case Happening.VipAnnounced _ -> VIP_ANNOUNCED;
      case Happening.DrillBegan _ -> DRILL_BEGAN;
      case Happening.DrillEnded _ -> DRILL_ENDED;
      case Happening.VmStarted _ -> VM_STARTED;
      case Happening.VmStopped _ -> VM_STOPPED;
      case Happening.ClaimsRefused _ -> CLAIMS_REFUSED;
      case Happening.ClaimsObserved _ -> CLAIMS_OBSERVED;
      case Happening.ClaimsMisdirected _ -> CLAIMS_MISDIRECTED;
      case Happening.VridChanged _ -> VRID_CHANGED;
      case Happening.AdvertisementsWithheld _ -> ADVERTISEMENTS_WITHHELD;
      case Happening.NetworkTroubleBegan _ -> NETWORK_TROUBLE_BEGAN;
      case Happening.NetworkTroubleEnded _ -> NETWORK_TROUBLE_ENDED;
      case Happening.PortsUnjudged _ -> PORTS_UNJUDGED;
      case Happening.AddressConflictBegan _ -> ADDRESS_CONFLICT_BEGAN;
      case Happening.AddressConflictEnded _ -> ADDRESS_CONFLICT_ENDED;
      case Happening.FabricRepaired _ -> FABRIC_REPAIRED;
      case Happening.LeaderChanged _ -> LEADER_CHANGED;
    };
  }
}
