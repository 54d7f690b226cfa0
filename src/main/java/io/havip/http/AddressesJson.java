package io.havip.http;

import io.havip.net.Ipv4Address;
import io.havip.service.FreeAddresses;
import org.jspecify.annotations.Nullable;

/** What is left of a network's addresses. */
record AddressesJson(long free, @Nullable Ipv4Address next) {
  static AddressesJson of(FreeAddresses free) {
    return new AddressesJson(free.count(), free.next().orElse(null));
  }
}
