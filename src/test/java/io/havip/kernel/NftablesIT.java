package io.havip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library in one process with several contexts; each test class has a kernel's table alone. */
class NftablesIT {
  private static final int LINKS = 100;
  private static final int LISTINGS = 150;

  @Test
  void twoContextsListInterfacesAtTheSameTime(@TempDir Path directory) throws Exception {
    Path batch = directory.resolve("batch");
    Files.write(
        batch, IntStream.range(0, LINKS).mapToObj(i -> "link add d" + i + " type bridge").toList());
    assertThat(new ProcessBuilder("ip", "-batch", batch.toString()).inheritIO().start().waitFor())
        .isZero();
    String elements =
        IntStream.range(0, LINKS)
            .mapToObj(i -> i + " : \"d" + i + "\"")
            .collect(Collectors.joining(", "));
    try (Nftables one = Nftables.open();
        Nftables other = Nftables.open();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      one.run(
          "table bridge t {\nmap m {\ntype mark : iface_index\nelements = { "
              + elements
              + " }\n}\n}\n");
      List<Future<?>> listings = new ArrayList<>();
      for (Nftables nftables : List.of(one, other)) {
        listings.add(
            threads.submit(() -> {
              for (int i = 0; i < LISTINGS; i++) {
                assertThat(nftables.json("list map bridge t m")).contains("\"d42\"");
              }
              return null;
            }));
      }
      for (Future<?> listing : listings) {
        listing.get();
      }
    }
  }
}
