package io.havip.keepalived.check;

/**
 * How soon a node takes over from one that crashed.
 *
 * @param instance the name of the vrrp_instance
 * @param seconds RFC 9568's Active_Down_Interval: three intervals and the skew of the priority
 */
public record Failover(String file, String instance, double seconds) {}
