package io.havip.store;

import io.havip.vip.Vip;
import java.nio.file.Path;

/** Creates VIPs until it is killed, and prints the id of each that the store has acknowledged. */
final class WritingProcess {
  private static final int CLIENTS = 8;

  private WritingProcess() {}

  public static void main(String[] args) throws InterruptedException {
    Installation made = new Installation(SqliteStore.open(Path.of(args[0])));
    Thread[] clients = new Thread[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      clients[i] =
          Thread.ofPlatform()
              .start(() -> {
                while (true) {
                  Vip vip = made.createVip("v");
                  System.out.println(vip.id());
                }
              });
    }
    for (Thread client : clients) {
      client.join();
    }
  }
}
