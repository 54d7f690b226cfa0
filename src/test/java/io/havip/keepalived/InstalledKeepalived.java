package io.havip.keepalived;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The keepalived that the tests run. What differs between versions, tests ask here. */
public final class InstalledKeepalived {
  private static final Pattern VERSION = Pattern.compile("Keepalived v(\\d+)\\.(\\d+)\\.(\\d+)");

  private InstalledKeepalived() {}

  /** Whether it accepts an instance that has unicast peers and no interface: from 2.2.8 on. */
  public static boolean acceptsUnicastWithoutInterface() throws Exception {
    return isAtLeast(2, 2, 8);
  }

  /**
   * Whether it accepts advertisements that name other addresses than its own file: from 2.3.3 on
   * (keepalived's commit af103930). Earlier versions drop them.
   */
  public static boolean acceptsOtherAddresses() throws Exception {
    return isAtLeast(2, 3, 3);
  }

  private static boolean isAtLeast(int... version) throws Exception {
    Process process =
        new ProcessBuilder("keepalived", "--version").redirectErrorStream(true).start();
    String output = process.inputReader().readAllAsString();
    Matcher found = VERSION.matcher(output);
    assertThat(found.find()).as(output).isTrue();
    int[] installed =
        IntStream.rangeClosed(1, 3).map(i -> Integer.parseInt(found.group(i))).toArray();
    return Arrays.compare(installed, version) >= 0;
  }
}
