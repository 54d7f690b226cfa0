package io.havip.fabric.ovn;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.ChassisReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
  private static final Ipv4Address VIP = Ipv4Address.parse("10.0.0.100");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final Judge.Verdict REFUSED = new Judge.Verdict(Map.of(), Set.of(VIP));

  private Judge.Verdict verdict = REFUSED;
  private long nanos;
  private Instant now = Instant.parse("2030-01-31T12:00:00Z");
  private final Reports reports = new Reports(() -> nanos);

  private void pass(Duration time) {
    nanos += time.toNanos();
    now = now.plus(time);
  }

  private List<Reports.Heard> report(String chassis, String port, ChassisReport.Arp... arps) {
    return reports.take(
        new ChassisReport(
            chassis, List.of(new ChassisReport.Port(port, Arrays.asList(arps), List.of()))),
        now,
        (_, _) -> verdict);
  }

  private static ChassisReport.Arp claimed(long count, Duration ago) {
    return new ChassisReport.Arp(MAC, VIP, count, ago);
  }

  private long counted() {
    return reports.heard().stream().mapToLong(Reports.Heard::count).sum();
  }

  @Test
  void nobodyListensWithoutAReport() {
    assertThat(reports.isAny()).isFalse();
    assertThat(reports.hears("p1")).isFalse();
    report("h1", "p1");
    assertThat(reports.hears("p1")).isTrue();
    assertThat(reports.hears("p2")).isFalse();
  }

  @Test
  void aReportIsTooOldAfterFiveSeconds() {
    report("h1", "p1");
    report("h1", "p1", claimed(1, Duration.ZERO));
    pass(Reports.FRESH.minusMillis(1));
    report("h2", "p2");
    assertThat(reports.hears("p1")).isTrue();
    pass(Duration.ofMillis(1));
    assertThat(reports.hears("p1")).isFalse();
    assertThat(reports.hears("p2")).isTrue();
    assertThat(reports.heard()).isEmpty();
    pass(Reports.FRESH);
    assertThat(reports.isAny()).isFalse();
  }

  @Test
  void whatWasSaidBeforeAnybodyListenedIsNoNews() {
    assertThat(report("h1", "p1", claimed(500, SECOND))).isEmpty();
    assertThat(reports.heard()).isEmpty();
    pass(SECOND);
    assertThat(report("h1", "p1", claimed(502, Duration.ofMillis(200)))).hasSize(1);
    assertThat(counted()).isEqualTo(2);
    assertThat(reports.heard().getFirst().at()).isEqualTo(now.minusMillis(200));
  }

  @Test
  void theTimeOfWhatWasSaidStaysWhereItWas() {
    report("h1", "p1");
    report("h1", "p1", claimed(1, Duration.ZERO));
    Instant at = now;
    pass(SECOND);
    assertThat(report("h1", "p1", claimed(1, SECOND.plusMillis(7)))).isEmpty();
    assertThat(reports.heard().getFirst().at()).isEqualTo(at);
  }

  @Test
  void anAgentThatBeginsAnewCountsFromNothing() {
    report("h1", "p1");
    report("h1", "p1", claimed(5, Duration.ZERO));
    pass(SECOND);
    report("h1", "p1", claimed(2, Duration.ZERO));
    assertThat(counted()).isEqualTo(7);
  }

  @Test
  void aPauseIsNotTakenForSilenceNorWhatWasOldForNews() {
    report("h1", "p1");
    report("h1", "p1", claimed(300, Duration.ZERO));
    pass(Reports.FRESH);
    assertThat(report("h1", "p1", claimed(300, Reports.FRESH))).isEmpty();
    assertThat(reports.heard()).isEmpty();
    pass(Reports.FRESH);
    assertThat(report("h1", "p1", claimed(306, SECOND))).hasSize(1);
    assertThat(counted()).isEqualTo(6);
  }

  @Test
  void whatIsJudgedDifferentlyIsCountedAnew() {
    report("h1", "p1");
    report("h1", "p1", claimed(5, Duration.ZERO));
    verdict = Judge.Verdict.NOTHING;
    report("h1", "p1", claimed(5, SECOND));
    assertThat(reports.heard().getFirst().verdict()).as("as it was").isEqualTo(REFUSED);
    report("h1", "p1", claimed(7, Duration.ZERO));
    assertThat(reports.heard().getFirst().verdict()).isEqualTo(verdict);
    assertThat(counted()).isEqualTo(2);
  }

  @Test
  void whatAReportDoesNotHaveAnyMoreIsForgotten() {
    report("h1", "p1");
    report("h1", "p1", claimed(5, Duration.ZERO));
    report("h1", "p2");
    assertThat(reports.heard()).isEmpty();
    assertThat(reports.hears("p1")).isFalse();
    assertThat(reports.hears("p2")).isTrue();
  }

  @Test
  void aVmOnItsWayIsHeardAtBothHosts() {
    report("h1", "p1");
    pass(SECOND);
    report("h2", "p1");
    report("h1", "other");
    assertThat(reports.hears("p1")).isTrue();
    report("h2", "another");
    assertThat(reports.hears("p1")).isFalse();
  }

  @Test
  void aHostThatIsSilentForLongIsForgotten() {
    report("h1", "p1", claimed(5, Duration.ZERO));
    pass(Duration.ofMinutes(1));
    report("h2", "p2");
    assertThat(report("h1", "p1", claimed(9, Duration.ZERO))).isEmpty();
  }
}
