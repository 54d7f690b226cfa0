package io.havip.decision;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.vip.AuthPass;
import io.havip.webhook.WebhookSecret;

/** Identifiers in ascending order, the same in every run of one thread. */
public final class CountingIds implements Ids {
  private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

  private long last;

  /** Makes the same identifiers from here on. */
  public CountingIds copy() {
    CountingIds copy = new CountingIds();
    copy.last = last;
    return copy;
  }

  private synchronized String next(String prefix) {
    char[] tail = new char[26];
    long rest = ++last;
    for (int i = tail.length - 1; i >= 0; i--) {
      tail[i] = DIGITS.charAt((int) (rest & 31));
      rest >>>= 5;
    }
    return prefix + "-" + new String(tail);
  }

  @Override
  public AccountId account() {
    return new AccountId(next("account"));
  }

  @Override
  public VpcId vpc() {
    return new VpcId(next("vpc"));
  }

  @Override
  public NetworkId subnet() {
    return new NetworkId(next("subnet"));
  }

  @Override
  public NetworkId externalNetwork() {
    return new NetworkId(next("extnet"));
  }

  @Override
  public VmId vm() {
    return new VmId(next("vm"));
  }

  @Override
  public NicId nic() {
    return new NicId(next("nic"));
  }

  @Override
  public VipId vip() {
    return new VipId(next("vip"));
  }

  @Override
  public TokenId token() {
    return new TokenId(next("token"));
  }

  @Override
  public WebhookId webhook() {
    return new WebhookId(next("webhook"));
  }

  @Override
  public WebhookSecret webhookSecret() {
    byte[] key = new byte[WebhookSecret.KEY_OCTETS];
    key[0] = (byte) ++last;
    return WebhookSecret.ofKey(key);
  }

  @Override
  public AuthPass authPass() {
    String id = next("secret");
    return new AuthPass(id.substring(id.length() - AuthPass.LENGTH));
  }
}
