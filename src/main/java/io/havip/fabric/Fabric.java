package io.havip.fabric;

import io.havip.id.Id;
import io.havip.inventory.Nic;
import io.havip.plan.Announcement;
import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What enforces and observes. Everything that a fabric was told stays in force while nobody talks
 * to it. One thread calls {@link #sync} and {@link #apply}; {@link #observe} may run beside it.
 */
public interface Fabric extends AutoCloseable {

  /**
   * Says that changes from now on are a leader's of this generation. A fabric with transactions
   * refuses them once a leader of a later one has changed something; others need not care.
   *
   * @param generation at least 1
   */
  default void lead(long generation) {}

  /**
   * Makes the fabric hold exactly what is desired, whatever it holds now, without disturbing what
   * is right already.
   *
   * @return what somebody else had changed and was repaired, one line for people each; at the first
   *     call, what differed; empty when nothing did
   * @throws FabricException when it could not; nothing is half done for any one id
   */
  List<String> sync(Desired desired) throws FabricException;

  /**
   * Makes these ids, and no others, what is desired of them, in one transaction. An id of which
   * nothing is desired is withdrawn.
   *
   * @throws FabricException when nothing was changed
   */
  void apply(Set<Id> ids, Desired desired) throws FabricException;

  /** Whether {@link #ask} can ask; the answer is always the same. */
  boolean asks();

  /**
   * When the network began to do what the last {@link #sync} or {@link #apply} gave it, by the
   * hosts' clocks; to the millisecond. For the thread that called.
   *
   * @return empty where that is the moment at which the call returned
   */
  default Optional<Instant> realisedAt() {
    return Optional.empty();
  }

  /**
   * Asks all hosts of the segments once whether the address is theirs, and does not wait. A host
   * that is about to use the address does not take the question for a conflict (RFC 5227). The
   * addresses need not be in force. Any thread may ask.
   *
   * @return empty where the fabric cannot ask: then nothing is known
   */
  Optional<Question> ask(Collection<AskedAddress> addresses) throws FabricException;

  /**
   * Asks each member of the grants by itself, and nobody else, whether it has the address now, and
   * does not wait: ARP to its MAC address whose sender is nobody's. An answer is no claim, and goes
   * no further than to the fabric; {@link Observed.Signs#answers} has it too.
   *
   * @return empty where the fabric cannot ask: then nothing is known, and nobody is silent
   */
  Optional<Question> askMembers(Collection<Grant> grants) throws FabricException;

  /**
   * Tells everybody on the segments where the addresses are, in the words that their holders would
   * use (gratuitous ARP, request and reply), so that neighbours with another belief are healed.
   *
   * @return whether the fabric can; if not, nothing was told
   */
  boolean announce(Collection<Announcement> announcements) throws FabricException;

  /**
   * Says why a network may not be a logical switch that somebody else has made, or why a NIC may
   * not have somebody else's port of such a switch: for people, with the way out. Any thread may
   * ask, and is answered at once.
   *
   * @param nic none: the network is what is asked about
   * @return empty if it may, or if that is not known now
   */
  Optional<String> whyNotAdopt(String logicalSwitch, @Nullable Nic nic);

  /** Something that was asked; for the thread that asked. */
  interface Question {
    /** Who has said yes, until now. What the fabric refuses to carry is not heard. */
    List<Answer> answers() throws FabricException;
  }

  /** What the fabric holds and has seen. */
  Observed observe() throws FabricException;

  /**
   * Takes what an agent has heard on a host; until that is too old, {@link #observe} takes it into
   * account. Any thread may call.
   *
   * @return whether the fabric wants such reports: not where it hears everything by itself
   */
  boolean hear(ChassisReport report);

  /** Whether what VMs say at a port is heard now; any thread may ask. */
  boolean hears(String port);

  /**
   * Calls when something changed that neither {@link #sync} nor {@link #apply} did: ports came or
   * went, or somebody else touched what is HAVIP's. The call comes from a thread of the fabric's
   * and must return at once.
   */
  void onForeignChange(Runnable listener);

  /**
   * Calls at once when {@link #observe} may have another answer than before about claims or ports.
   * About refusals it need not call: a flood of them shall cost nobody anything. Where calls are
   * lost, observing every now and then must do. The call comes from a thread of the fabric's and
   * must return at once.
   */
  void onSighting(Runnable listener);

  /** Stops watching; what is in force stays. */
  @Override
  void close();
}
