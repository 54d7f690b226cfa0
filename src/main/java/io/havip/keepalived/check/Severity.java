package io.havip.keepalived.check;

/** How bad it is. */
public enum Severity {
  /** The VIP fails, or keepalived does not do what the line says. */
  ERROR,
  /** It works, but worse or less safely than it could. */
  WARNING,
  /** Something was not looked at. */
  INFO
}
