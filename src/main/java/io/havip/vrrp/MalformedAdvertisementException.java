package io.havip.vrrp;

/** Octets that are no VRRP advertisement; the message says what is wrong with them. */
public final class MalformedAdvertisementException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedAdvertisementException(String message) {
    super(message);
  }
}
