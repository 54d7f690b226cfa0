package io.havip.demo;

import static io.havip.demo.Stage.CLIENT;
import static io.havip.demo.Stage.SUBNET;
import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM4;
import static io.havip.demo.Stage.VPC;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * Lets people play with the VIP: they type what happens to the VMs and see what comes of it, while
 * the client goes on asking.
 */
final class Playground {
  private static final Duration NOBODY_ANSWERS = Duration.ofMillis(100);
  private static final String HELP =
      """
      Type a command and press Enter:
        kill VM      it dies: keepalived killed, NIC down (vm1, vm2 or vm3)
        revive VM    it boots again
        steal        vm4, which is not bound, tries to take the VIP in every way there is
        state        who holds the VIP, as each side sees it
        help         these lines
        quit         or Ctrl-C: ends all of it, and leaves nothing behind\
      """;

  private final Stage stage;
  private final PrintWriter out;

  Playground(Stage stage, PrintWriter out) {
    this.stage = stage;
    this.out = out;
  }

  /**
   * Does what the lines say, until one says quit. When there are no more lines, it goes on until it
   * is interrupted.
   *
   * @param reachableAt where people reach the API, as they are told
   * @param token with which they do
   */
  void play(Reader lines, URI reachableAt, String token)
      throws CheckFailedException, IOException, InterruptedException {
    say("VPC %s, subnet %s: vm1, vm2, vm3, vm4 and a client.".formatted(VPC, SUBNET));
    Guest holder = stage.elect();
    stage.probe().tell(this::report);
    say(
        """
        VIP %s is bound to vm1, vm2, vm3; keepalived elected %s. The client asks every %d ms.

        The console is at %s as long as this runs; sign in with the token %s.
        Or in another terminal:
          export HAVIP_URL=%s HAVIP_TOKEN=%s
          ./havip vip watch demo

        %s
        """
            .formatted(
                VIP,
                holder.name(),
                Probe.PERIOD.toMillis(),
                reachableAt,
                token,
                reachableAt,
                token,
                HELP));
    BufferedReader reader = new BufferedReader(lines);
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals("quit")) {
        return;
      }
      try {
        follow(words);
      } catch (CheckFailedException | IOException e) {
        say("That went wrong: " + e.getMessage());
      }
    }
    new CountDownLatch(1).await();
  }

  private void follow(String[] words)
      throws CheckFailedException, IOException, InterruptedException {
    switch (words[0]) {
      case "" -> {}
      case "kill" -> kill(words);
      case "revive" -> revive(words);
      case "steal" -> steal();
      case "state" -> showState();
      case "help" -> say(HELP);
      default -> say("'%s' is no command here.%n%s".formatted(words[0], HELP));
    }
  }

  private void kill(String[] words) throws IOException, InterruptedException {
    Optional<Guest> member = member(words);
    if (member.isEmpty()) {
      say("Which of " + names(Stage.MEMBERS) + "?");
    } else if (!isAlive(member.get())) {
      say(member.get().name() + " is dead already.");
    } else {
      stage.kill(member.get());
      say(member.get().name() + " dies (keepalived killed, NIC down).");
    }
  }

  private void revive(String[] words) throws IOException, InterruptedException {
    Optional<Guest> member = member(words);
    if (member.isEmpty()) {
      say("Which of " + names(Stage.MEMBERS) + "?");
    } else if (isAlive(member.get())) {
      say(member.get().name() + " is alive.");
    } else {
      stage.revive(member.get());
      say(member.get().name() + " boots again.");
    }
  }

  private void steal() throws CheckFailedException, IOException, InterruptedException {
    say("%s is not bound and tries to take the VIP:".formatted(VM4.name()));
    Thief thief = new Thief(VM4, VIP);
    thief.dress();
    try {
      for (Thief.Attempt attempt :
          thief.attempts(CLIENT, CLIENT.mac(), stage.probe().port(), stage.vrid(), Stage.MEMBERS)) {
        long before = stage.refused(VM4, attempt.kind());
        int sent = attempt.attack().run();
        Checks.awaitTrue(
            "all packets are refused",
            () -> stage.refused(VM4, attempt.kind()) - before >= sent,
            () -> stage.refused(VM4, attempt.kind()) - before + " of " + sent);
        say("  - %s: %d packets refused; %s.".formatted(attempt.name(), sent, answering()));
      }
    } finally {
      thief.undress();
    }
  }

  private void showState() throws IOException, InterruptedException {
    say("HAVIP says that %s holds the VIP; %s.".formatted(names(stage.holders()), answering()));
    for (Guest member : Stage.MEMBERS) {
      say(
          "  %s  %s"
              .formatted(
                  member.name(),
                  isAlive(member)
                      ? "keepalived says " + stage.keepaliveds().of(member).state()
                      : "dead"));
    }
    say(
        "  %s  not bound; refused so far: %d packets of ARP, %d of IP, %d of VRRP"
            .formatted(
                VM4.name(),
                stage.refused(VM4, "arp"),
                stage.refused(VM4, "ip"),
                stage.refused(VM4, "vrrp")));
  }

  /** Who answers the client, in words. */
  private String answering() {
    return stage
        .probe()
        .last()
        .map(last ->
            last.getValue().compareTo(NOBODY_ANSWERS) < 0
                ? last.getKey() + " answers"
                : "nobody has answered for %.1f s, %s was the last"
                    .formatted(last.getValue().toMillis() / 1e3, last.getKey()))
        .orElse("nobody has ever answered");
  }

  private void report(String before, String after, Duration silence) {
    say(
        before.equals(after)
            ? "%s answers again; traffic stopped for %d ms.".formatted(after, silence.toMillis())
            : "%s answers instead of %s; traffic stopped for %d ms."
                .formatted(after, before, silence.toMillis()));
  }

  private boolean isAlive(Guest member) {
    return stage.keepaliveds().of(member).isAlive();
  }

  private static Optional<Guest> member(String[] words) {
    return Stage.MEMBERS.stream()
        .filter(member -> words.length == 2 && member.name().equals(words[1]))
        .findFirst();
  }

  private static String names(List<Guest> guests) {
    return guests.isEmpty()
        ? "nobody"
        : guests.stream().map(Guest::name).collect(Collectors.joining(", "));
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }
}
