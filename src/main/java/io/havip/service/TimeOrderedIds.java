package io.havip.service;

import io.havip.decision.Ids;
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
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;

/**
 * Makes identifiers of 48 bits of Unix time in milliseconds and 80 random bits, as ULIDs have them.
 * Within one millisecond, and when the clock steps back, the next is the last one plus one; so the
 * identifiers of one server are in the order in which they were made.
 */
public final class TimeOrderedIds implements Ids {
  private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int LENGTH = 26;
  private static final int RANDOM_BITS = 80;

  private static final String SECRET_CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private BigInteger last = BigInteger.ZERO;

  public TimeOrderedIds(Clock clock) {
    this.clock = clock;
  }

  @Override
  public VpcId vpc() {
    return new VpcId("vpc-" + next());
  }

  @Override
  public NetworkId subnet() {
    return new NetworkId("subnet-" + next());
  }

  @Override
  public NetworkId externalNetwork() {
    return new NetworkId("extnet-" + next());
  }

  @Override
  public VmId vm() {
    return new VmId("vm-" + next());
  }

  @Override
  public NicId nic() {
    return new NicId("nic-" + next());
  }

  @Override
  public VipId vip() {
    return new VipId("vip-" + next());
  }

  @Override
  public WebhookId webhook() {
    return new WebhookId("webhook-" + next());
  }

  @Override
  public WebhookSecret webhookSecret() {
    byte[] key = new byte[WebhookSecret.KEY_OCTETS];
    random.nextBytes(key);
    return WebhookSecret.ofKey(key);
  }

  @Override
  public TokenId token() {
    return new TokenId("token-" + next());
  }

  @Override
  public AccountId account() {
    return new AccountId("account-" + next());
  }

  @Override
  public AuthPass authPass() {
    StringBuilder secret = new StringBuilder(AuthPass.LENGTH);
    for (int i = 0; i < AuthPass.LENGTH; i++) {
      secret.append(SECRET_CHARACTERS.charAt(random.nextInt(SECRET_CHARACTERS.length())));
    }
    return new AuthPass(secret.toString());
  }

  private synchronized String next() {
    BigInteger fresh =
        BigInteger.valueOf(clock.millis())
            .shiftLeft(RANDOM_BITS)
            .or(new BigInteger(RANDOM_BITS, random));
    boolean sameMillisecond =
        fresh.shiftRight(RANDOM_BITS).compareTo(last.shiftRight(RANDOM_BITS)) <= 0;
    last = sameMillisecond ? last.add(BigInteger.ONE) : fresh;
    StringBuilder text = new StringBuilder(LENGTH);
    for (int i = LENGTH - 1; i >= 0; i--) {
      text.append(DIGITS.charAt(last.shiftRight(5 * i).intValue() & 31));
    }
    return text.toString();
  }
}
