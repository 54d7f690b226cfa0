package io.havip.demo;

import java.io.IOException;

/**
 * Makes guests deaf to the VRRP advertisements of the others, as a broken network between them
 * does.
 */
final class Deafness {
  private static final String BEGIN =
      "add table ip deaf; add chain ip deaf in { type filter hook input priority 0; };"
          + " add rule ip deaf in ip protocol 112 drop";
  private static final String END = "delete table ip deaf";

  private Deafness() {}

  static void begin(Guest guest) throws IOException, InterruptedException {
    nft(guest, BEGIN);
  }

  static void end(Guest guest) throws IOException, InterruptedException {
    nft(guest, END);
  }

  private static void nft(Guest guest, String commands) throws IOException, InterruptedException {
    Program.output(guest.inside("nft", commands).toArray(String[]::new));
  }
}
