package io.havip.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What the demo found out: its last line.
 *
 * @param holderBefore which VM held the VIP first
 * @param holderAfter which VM held it after that one died
 * @param outageMs how long the client got no answer meanwhile, in milliseconds
 * @param refused how many packets of the unbound VM the fabric refused, by kind of claim
 * @param stolen whether the unbound VM took anything
 * @param boundLater which VM was bound later and then held the VIP
 * @param answersAfterDelete how many answers the client got once the VIP was deleted
 * @param seconds how long it all took
 * @param failed what did not hold; absent when all did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Outcome(
    @Nullable String holderBefore,
    @Nullable String holderAfter,
    @Nullable Double outageMs,
    Refused refused,
    boolean stolen,
    @Nullable String boundLater,
    @Nullable Integer answersAfterDelete,
    double seconds,
    @Nullable String failed) {
  /** Refused packets: ARP, IPv4, VRRP; null where the fabric does not tell. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Refused(@Nullable Long arp, @Nullable Long ip, @Nullable Long vrrp) {
    static final Refused UNKNOWN = new Refused(null, null, null);
  }
}
