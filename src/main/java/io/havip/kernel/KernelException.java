package io.havip.kernel;

import java.io.IOException;

/** A system call failed. */
public final class KernelException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * Says which call failed and why.
   *
   * @param what what was tried, for people
   * @param errno the error number, see errno(3)
   */
  public KernelException(String what, int errno) {
    super(what + ": " + Libc.strerror(errno));
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }
}
