package io.havip.demo;

import static org.assertj.core.api.Assertions.assertThat;

/** What HAVIP promises about thefts. */
final class Thefts {
  private Thefts() {}

  /** It deceived nobody, who held the VIP holds it, and every packet was counted. */
  static void assertFutile(Arena.Theft theft, Arena arena, HavipGround ground, Guest thief)
      throws Exception {
    Thief.Attempt attempt = theft.attempt();
    assertThat(theft.effects()).as(attempt.name()).isEmpty();
    assertThat(theft.held())
        .as("%s: %s%s%s", attempt.name(), ground.shown(), ground.events(), arena.logs())
        .isTrue();
    String port = attempt.kind().equals("vrrp") ? thief.port() : arena.port(thief);
    Checks.awaitTrue(
        attempt.name() + " is counted",
        () -> ground.refused(port, attempt.kind()) >= theft.sent(),
        () -> ground.refused(port, attempt.kind()));
  }
}
