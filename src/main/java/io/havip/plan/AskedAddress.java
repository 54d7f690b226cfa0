package io.havip.plan;

import io.havip.net.Ipv4Address;

/**
 * An address for which all hosts of a segment are asked.
 *
 * @param segment the segment's number
 */
public record AskedAddress(int segment, Ipv4Address address) {}
