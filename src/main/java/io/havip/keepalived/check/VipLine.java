package io.havip.keepalived.check;

import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import io.havip.net.Ipv4Address;
import java.util.Optional;

/**
 * A line of virtual_ipaddress.
 *
 * @param isAdvertised whether it is in the advertisements, and not only moved with them
 */
record VipLine(Statement line, boolean isAdvertised) {
  static VipLine of(Statement line, boolean isAdvertised) {
    return new VipLine(line, isAdvertised);
  }

  Word word() {
    return line.words().getFirst();
  }

  /** The address without its prefix length. */
  String addressText() {
    int slash = word().text().indexOf('/');
    return slash < 0 ? word().text() : word().text().substring(0, slash);
  }

  boolean isIpv6() {
    return word().text().indexOf(':') >= 0;
  }

  Optional<Ipv4Address> address() {
    return Numbers.address(addressText());
  }

  boolean hasPrefix() {
    return word().text().indexOf('/') >= 0;
  }

  Optional<Integer> prefixLength() {
    int slash = word().text().indexOf('/');
    return slash < 0 ? Optional.empty() : Numbers.whole(word().text().substring(slash + 1));
  }

  Optional<Word> dev() {
    for (int i = 1; i + 1 < line.words().size(); i++) {
      if (line.words().get(i).text().equals("dev")) {
        return Optional.of(line.words().get(i + 1));
      }
    }
    return Optional.empty();
  }
}
