package io.havip.kernel;

import java.io.IOException;

/** nftables refused; the message is the library's own, which points at the place. */
public final class NftablesException extends IOException {
  private static final long serialVersionUID = 1L;

  public NftablesException(String message) {
    super(message);
  }
}
