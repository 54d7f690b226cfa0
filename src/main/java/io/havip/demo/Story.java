package io.havip.demo;

import static io.havip.demo.Checks.awaitTrue;
import static io.havip.demo.Checks.check;
import static io.havip.demo.Stage.CLIENT;
import static io.havip.demo.Stage.SUBNET;
import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM4;
import static io.havip.demo.Stage.VPC;

import io.havip.net.MacAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A VIP's life, played with namespaces as VMs: created, elected for, failed over, attacked by an
 * unbound VM, bound anew, deleted.
 *
 * <p>Each chapter does something and then checks what HAVIP promises about it, from sides that must
 * agree: what the API says, who answers the client, what keepalived believes. A promise that does
 * not hold ends the story. Whatever is waited for has a limit.
 */
final class Story {
  /** So long nothing may have changed after an attack: several times what a failover takes. */
  private static final Duration AFTERMATH = Duration.ofSeconds(1);

  private final Api api;
  private final Plugs plugs;
  private final PrintWriter out;
  private final long startNanos = System.nanoTime();
  private final Map<String, Integer> framesOfThief = new LinkedHashMap<>();

  private @Nullable String holderBefore;
  private @Nullable String holderAfter;
  private @Nullable Double outageMs;
  private Outcome.Refused refused;
  private boolean stolen;
  private @Nullable String boundLater;
  private @Nullable Integer answersAfterDelete;

  Story(Api api, Plugs plugs, PrintWriter out) {
    this.api = api;
    this.plugs = plugs;
    this.out = out;
    this.refused =
        plugs.tellsRefusals() ? new Outcome.Refused(0L, 0L, 0L) : Outcome.Refused.UNKNOWN;
  }

  /** Plays it to its end, or to the first promise that does not hold. */
  Outcome play() throws InterruptedException {
    try {
      try (Stage stage = new Stage(api, plugs)) {
        Guest first = elect(stage);
        Guest second = failOver(stage, first);
        List<Guest> alive = others(first);
        attack(stage, second, alive);
        bindFourth(stage, second, alive);
        delete(stage);
      }
      return outcome(null);
    } catch (CheckFailedException | IOException e) {
      return outcome(String.valueOf(e.getMessage()));
    }
  }

  private Guest elect(Stage stage) throws CheckFailedException, IOException, InterruptedException {
    say("VPC %s, subnet %s: vm1, vm2, vm3, vm4 and a client.".formatted(VPC, SUBNET));
    Guest holder = stage.elect();
    holderBefore = holder.name();
    say(
        "VIP %s is bound to vm1, vm2, vm3; keepalived elected %s. The client asks every %d ms."
            .formatted(VIP, holder.name(), Probe.PERIOD.toMillis()));
    return holder;
  }

  private Guest failOver(Stage stage, Guest first)
      throws CheckFailedException, IOException, InterruptedException {
    long death = System.nanoTime();
    stage.kill(first);
    Guest second = stage.awaitHolder("another bound VM holds the VIP", others(first));
    double silenceMs = stage.probe().silence(death, first.name()).toNanos() / 1e6;
    holderAfter = second.name();
    outageMs = Math.round(silenceMs * 10) / 10.0;
    say(
        "%s dies (keepalived killed, NIC down): %s holds the VIP now; traffic stopped for %.0f ms."
            .formatted(first.name(), second.name(), silenceMs));
    return second;
  }

  private void attack(Stage stage, Guest holder, List<Guest> members)
      throws CheckFailedException, IOException, InterruptedException {
    say("%s is not bound and tries to take the VIP:".formatted(VM4.name()));
    Thief thief = new Thief(VM4, VIP);
    thief.dress();
    for (Thief.Attempt attempt :
        thief.attempts(CLIENT, CLIENT.mac(), stage.probe().port(), stage.vrid(), members)) {
      withstand(stage, holder, members, attempt);
    }
    thief.undress();
  }

  /**
   * Runs the attack and checks that it changed nothing and that all its packets were counted, if
   * any.
   */
  private void withstand(Stage stage, Guest holder, List<Guest> members, Thief.Attempt attempt)
      throws CheckFailedException, IOException, InterruptedException {
    String kind = attempt.kind();
    String name = attempt.name();
    long transitions = stage.keepaliveds().transitions(members);
    Optional<MacAddress> neighbour = CLIENT.neighbour(VIP);
    long start = System.nanoTime();
    int sent = attempt.attack().run();
    Thread.sleep(AFTERMATH);

    stolen = true; // until all that shows the contrary has been seen
    Map<String, Long> answers = stage.probe().answersSince(start);
    check(
        answers.keySet().equals(Set.of(holder.name())),
        "only " + holder.name() + " answers the client after " + name,
        () -> answers);
    check(
        stage.keepaliveds().transitions(members) == transitions,
        "no keepalived changes its state after " + name,
        () -> stage.keepaliveds().tails(members));
    check(
        neighbour.equals(Optional.of(holder.mac())) && CLIENT.neighbour(VIP).equals(neighbour),
        "the client's ARP cache names " + holder.name() + " before and after " + name,
        () -> neighbour + " before, " + CLIENT.neighbour(VIP) + " after");
    check(
        stage.holders().equals(List.of(holder)),
        "the API names " + holder.name() + " as the only holder after " + name,
        stage::holders);
    stolen = false;
    if (plugs.tellsRefusals()) {
      awaitRefusals(stage, kind, sent);
    }
    say(
        "  - %s: %d packets %s; %s holds and answers."
            .formatted(name, sent, plugs.tellsRefusals() ? "refused" : "in vain", holder.name()));
  }

  private void awaitRefusals(Stage stage, String kind, int sent)
      throws CheckFailedException, IOException, InterruptedException {
    int expected = framesOfThief.merge(kind, sent, Integer::sum);
    awaitTrue(
        "the API's events count %d packets refused as %s".formatted(expected, kind),
        () -> stage.refused(VM4, kind) >= expected,
        () -> stage.refused(VM4, kind));
    refused =
        new Outcome.Refused(
            stage.refused(VM4, "arp"), stage.refused(VM4, "ip"), stage.refused(VM4, "vrrp"));
  }

  private void bindFourth(Stage stage, Guest holder, List<Guest> survivors)
      throws CheckFailedException, IOException, InterruptedException {
    List<Guest> members = Stream.concat(survivors.stream(), Stream.of(VM4)).toList();
    stage.bind(members);
    Keepaliveds keepaliveds = stage.keepaliveds();
    for (Guest survivor : survivors) {
      keepaliveds.reconfigure(survivor);
    }
    for (Guest survivor : survivors) {
      awaitTrue(
          "keepalived in " + survivor.name() + " follows its new configuration",
          () -> keepaliveds.of(survivor).hasReloaded(),
          () -> keepaliveds.tails(List.of(survivor)));
    }
    keepaliveds.start(VM4);
    awaitTrue(
        "keepalived in vm4 begins",
        () -> !keepaliveds.of(VM4).state().isEmpty(),
        () -> keepaliveds.tails(members));
    Thread.sleep(AFTERMATH);
    check(
        keepaliveds.of(VM4).state().equals("BACKUP") && stage.holders().equals(List.of(holder)),
        "vm4, now bound, waits as a backup of " + holder.name(),
        () -> stage.holders() + keepaliveds.tails(members));

    for (Guest survivor : others(holder)) {
      if (survivors.contains(survivor)) {
        keepaliveds.of(survivor).stop();
      }
    }
    keepaliveds.of(holder).stop();
    stage.awaitHolder("vm4 holds the VIP when the others have stopped", List.of(VM4));
    boundLater = VM4.name();
    say("vm4 is bound in place of the dead VM; the other two stop: vm4 holds the VIP.");
  }

  private void delete(Stage stage) throws CheckFailedException, IOException, InterruptedException {
    stage.deleteVip();
    long gone = System.nanoTime();
    long questionsBefore = stage.probe().questions();
    Thread.sleep(AFTERMATH);
    CLIENT.ip("neigh", "flush", "to", VIP.toString());
    new Thief(VM4, VIP).announce(Thief.Announcement.REQUEST);
    Thread.sleep(AFTERMATH);
    long questions = stage.probe().questions() - questionsBefore;
    Map<String, Long> answers = stage.probe().answersSince(gone);
    answersAfterDelete = Math.toIntExact(answers.values().stream().mapToLong(n -> n).sum());
    check(
        stage.keepaliveds().believesToHold(VM4),
        "vm4 still believes that it holds the deleted VIP",
        () -> stage.keepaliveds().tails(List.of(VM4)));
    check(
        questions > 0 && answers.isEmpty(),
        "nobody answers from the deleted VIP",
        () -> answers + " to " + questions + " questions");
    check(
        CLIENT.neighbour(VIP).isEmpty(),
        "the client finds nobody at the deleted VIP",
        () -> CLIENT.neighbour(VIP));
    say(
        "The VIP is deleted: vm4 still claims it, in vain; %d questions, no answer."
            .formatted(questions));
  }

  private Outcome outcome(@Nullable String failed) {
    double seconds = Math.round((System.nanoTime() - startNanos) / 1e8) / 10.0;
    return new Outcome(
        holderBefore,
        holderAfter,
        outageMs,
        refused,
        stolen,
        boundLater,
        answersAfterDelete,
        seconds,
        failed);
  }

  private static List<Guest> others(Guest guest) {
    return Stage.MEMBERS.stream().filter(member -> !member.equals(guest)).toList();
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
