package io.havip.event;

/** Why a VIP was announced. */
public enum AnnouncementReason {
  /** Somebody asked for it. */
  REQUESTED,
  /** Several VMs had used it together. */
  SPLIT_ENDED,
  /** The last that claimed it does not answer, and another does. */
  CLAIM_OUTLIVED
}
