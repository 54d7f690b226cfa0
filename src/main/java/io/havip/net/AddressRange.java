package io.havip.net;

/** The addresses from {@code first} to {@code last}, both included. */
public record AddressRange(Ipv4Address first, Ipv4Address last) {
  public AddressRange {
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException(
          "the range " + first + "-" + last + " ends before it begins");
    }
  }

  /**
   * Reads one address, or two joined by a hyphen, like 10.0.0.2-10.0.0.9.
   *
   * @throws IllegalArgumentException when the text is anything else; the message says what is
   *     expected
   */
  public static AddressRange parse(String text) {
    int hyphen = text.indexOf('-');
    Ipv4Address first = Ipv4Address.parse(hyphen < 0 ? text : text.substring(0, hyphen));
    return new AddressRange(
        first, hyphen < 0 ? first : Ipv4Address.parse(text.substring(hyphen + 1)));
  }

  /** How many addresses these are. */
  public long size() {
    return last.toLong() - first.toLong() + 1;
  }

  public boolean contains(Ipv4Address address) {
    return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
  }

  @Override
  public String toString() {
    return first.equals(last) ? first.toString() : first + "-" + last;
  }
}
