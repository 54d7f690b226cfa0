package io.havip.plan;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;

/**
 * To be told to everybody on a segment: the address is at this MAC.
 *
 * @param segment the segment's number
 */
public record Announcement(int segment, Ipv4Address address, MacAddress mac) {}
