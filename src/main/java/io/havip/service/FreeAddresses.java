package io.havip.service;

import io.havip.net.Ipv4Address;
import java.util.Optional;

/**
 * What is left of a network's addresses.
 *
 * @param next the one that who leaves the choice to HAVIP would get; nothing when none is left
 */
public record FreeAddresses(long count, Optional<Ipv4Address> next) {}
