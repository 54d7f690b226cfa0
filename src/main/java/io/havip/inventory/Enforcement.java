package io.havip.inventory;

/** What becomes of a packet whose sender may not use the address. */
public enum Enforcement {
  /** It is dropped and told. */
  ENFORCE,
  /** It passes; that it would have been dropped is told. */
  OBSERVE
}
