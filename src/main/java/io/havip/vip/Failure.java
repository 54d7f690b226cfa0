package io.havip.vip;

/**
 * Why a VIP is {@code failed}.
 *
 * @param message what a person can do about it
 */
public record Failure(Code code, String message) {
  /** What kind of failure it is. */
  public enum Code {
    /** Something that HAVIP does not know answers for the address on the wire. */
    DUPLICATE_ADDRESS,
    /** The fabric did not realise the VIP in time; reconciling goes on. */
    FABRIC_UNREACHABLE
  }
}
