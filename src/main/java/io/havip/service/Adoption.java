package io.havip.service;

import io.havip.inventory.Nic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows what others have in the fabric. */
public interface Adoption {
  /**
   * Says why a network may not be somebody else's logical switch, or why a NIC may not have its
   * port of such a switch: for people, with the way out. Answers at once.
   *
   * @param nic none: the network is what is asked about
   * @return empty if it may, or if that is not known now
   */
  Optional<String> whyNot(String logicalSwitch, @Nullable Nic nic);
}
