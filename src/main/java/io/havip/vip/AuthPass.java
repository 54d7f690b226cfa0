package io.havip.vip;

import java.util.regex.Pattern;

/**
 * The simple password of VRRP version 2 (RFC 3768, section 5.3.6.1 of its predecessor RFC 2338):
 * keepalived reads no more than 8 characters of it. It is a secret: its text is in no log and no
 * event.
 *
 * @param secret 8 letters and digits
 */
public record AuthPass(String secret) {
  public static final int LENGTH = 8;

  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9]{" + LENGTH + "}");

  public AuthPass {
    if (!SECRET.matcher(secret).matches()) {
      throw new IllegalArgumentException("an auth_pass is 8 letters and digits");
    }
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
