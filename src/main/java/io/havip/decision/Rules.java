package io.havip.decision;

import static io.havip.error.ErrorCode.INVALID_FIELD;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.VpcId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Reservation;
import io.havip.inventory.Vpc;
import io.havip.net.Ipv4Address;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules that several decisions share. */
final class Rules {
  private static final int NAME_MAX = 128;

  private Rules() {}

  /** A name: 1 to 128 characters, none of them a control character, not blank. */
  static void checkName(String name) {
    checkName("name", name);
  }

  /** The same for another field. */
  static void checkName(String field, String name) {
    int length = name.codePointCount(0, name.length());
    if (name.isBlank() || length > NAME_MAX) {
      throw Refused.field(field, INVALID_FIELD, "give a name of 1 to 128 characters");
    }
    checkPrintable(field, name);
  }

  static void checkPrintable(String field, String text) {
    if (text.codePoints().anyMatch(Rules::isUnprintable)) {
      throw Refused.field(
          field,
          INVALID_FIELD,
          "leave out control characters such as line breaks and changes of direction");
    }
  }

  /**
   * Line breaks and other controls, halves of surrogate pairs, which UTF-8 cannot express, and what
   * shows text in another order than it has (Unicode Standard Annex 9, section 2), so that a name
   * could pass for another.
   */
  private static boolean isUnprintable(int codePoint) {
    if ((codePoint >= 0x202A && codePoint <= 0x202E)
        || (codePoint >= 0x2066 && codePoint <= 0x2069)) {
      return true;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  static Refused notFound(Id id) {
    return Refused.of(ErrorCode.NOT_FOUND, id + " does not exist");
  }

  static Refused unknownReference(String field, Id id) {
    return Refused.field(field, ErrorCode.REFERENCE_NOT_FOUND, id + " does not exist");
  }

  /** The VPC that a command names, if it is the caller's. */
  static Vpc referencedVpc(Snapshot snapshot, Caller caller, VpcId id) {
    return snapshot
        .vpc(id)
        .filter(vpc -> owns(caller, vpc.accountId()))
        .orElseThrow(() -> unknownReference("vpcId", id));
  }

  static boolean owns(Caller caller, AccountId owner) {
    return caller.accountId().equals(owner);
  }

  /** Refuses, saying what only an administrator may. */
  static void checkAdmin(Caller caller, String what) {
    if (caller.role() != Role.ADMIN) {
      throw Refused.of(ErrorCode.FORBIDDEN, "only an administrator may " + what);
    }
  }

  /** The network, if {@link Visibility} shows it to the caller. */
  static Optional<Network> visibleNetwork(Snapshot snapshot, Caller caller, NetworkId id) {
    return snapshot.network(id).filter(network -> Visibility.isVisible(network, caller));
  }

  /**
   * The network that a command names for something of the caller's account.
   *
   * @throws Refused with {@code REFERENCE_NOT_FOUND} when it does not exist, is another account's
   *     or is not granted to the account. Members get the same message in all three cases.
   */
  static Network usableNetwork(Snapshot snapshot, Caller caller, String field, NetworkId id) {
    Network network =
        visibleNetwork(snapshot, caller, id).orElseThrow(() -> unknownReference(field, id));
    if (network instanceof ExternalNetwork external
        && !external.sharing().includes(caller.accountId())) {
      throw Refused.field(
          field,
          ErrorCode.REFERENCE_NOT_FOUND,
          "the account may not use "
              + external.name()
              + "; grant it to the account first (accounts of PATCH /v1/external-networks/{id},"
              + " havip network update --account)");
    }
    return network;
  }

  /**
   * The wanted address if it can be had, or a free one when none is wanted. On a joined network
   * where the fabric cannot ask other hosts, members get one of the network's {@code memberRanges}
   * and choose none.
   *
   * @throws Refused when it is outside, reserved or taken, when the network is full or has no
   *     {@code memberRanges}, or when the caller may not choose
   */
  static Ipv4Address chooseAddress(
      Snapshot snapshot,
      Network network,
      String field,
      @Nullable Ipv4Address wanted,
      Context context) {
    boolean unasked = network.isJoined() && !context.limits().asksForAddresses();
    if (unasked && context.caller().role() != Role.ADMIN) {
      checkMemberAddress(network, field, wanted);
    }
    if (wanted == null) {
      return snapshot
          .freeAddress(network.id(), unasked ? network.memberAddresses() : network.assignable())
          .orElseThrow(() ->
              Refused.of(
                  ErrorCode.NETWORK_FULL,
                  network.name() + " has no free address; delete what is not needed in it"));
    }
    network
        .refusal(field, wanted)
        .ifPresent(error -> {
          throw Refused.field(error.field(), error.code(), error.message());
        });
    Optional<Reservation> taken = snapshot.reservation(network.id(), wanted);
    if (taken.isPresent()) {
      throw addressTaken(field, wanted);
    }
    return wanted;
  }

  private static void checkMemberAddress(
      Network network, String field, @Nullable Ipv4Address wanted) {
    if (network.policy().memberRanges().isEmpty()) {
      throw Refused.field(
          field,
          ErrorCode.FORBIDDEN,
          network.name()
              + " reaches hosts outside HAVIP, and HAVIP cannot ask them on this fabric whether they"
              + " have an address; ask an administrator to set the network's memberRanges");
    }
    if (wanted != null) {
      throw Refused.field(
          field,
          ErrorCode.FORBIDDEN,
          network.name()
              + " reaches hosts outside HAVIP, and HAVIP cannot ask them on this fabric whether they"
              + " have "
              + wanted
              + "; leave the address out, and HAVIP takes one of the network's memberRanges, or ask"
              + " an administrator to choose it");
    }
  }

  /** Says that an address is taken, but not by whom: that may be another account's. */
  static Refused addressTaken(String field, Ipv4Address address) {
    return Refused.field(
        field, ErrorCode.ADDRESS_TAKEN, address + " is in use; choose another or leave it out");
  }
}
