package io.havip.server;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.fabric.linux.LinuxFabric;
import io.havip.plan.Desired;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Brings the fabric to what the server enforced last, and ends. It needs neither the database nor
 * the network, so that it can run before both, and before any VM starts.
 */
@Command(
    name = "boot",
    description = "Load the rules that the server enforced last, before any VM starts.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The unit havip-boot.service does it at boot. The server brings the rules up to date when it starts.",
      "",
      "Example:",
      "  ${COMMAND-FULL-NAME} --data-dir /var/lib/havip"
    })
final class BootCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Option(
      names = Configuration.FILE_FLAG,
      paramLabel = "FILE",
      description = "The server's file of settings (default: /etc/havip/havip.yaml).")
  private @Nullable Path file;

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      description = "The server's data directory, when it is not as configured.")
  private @Nullable String dataDir;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  BootCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CannotStartException {
    Configuration configuration =
        Configuration.read(
            dataDir == null ? Map.of() : Map.of(Setting.DATA_DIR, dataDir),
            file,
            environment,
            Configuration.DEFAULT_FILE);
    PrintWriter out = spec.commandLine().getOut();
    if (configuration.isOvn()) {
      out.println("Nothing to load: OVN keeps what it was told.");
      return 0;
    }
    DesiredFile saved = DesiredFile.in(configuration.dataDir());
    Optional<Desired> desired = saved.read();
    if (desired.isEmpty()) {
      out.println("Nothing to load: there is no " + saved + " yet, which the server writes.");
      return 0;
    }
    try (Fabric fabric = LinuxFabric.open()) {
      fabric.sync(desired.get());
    } catch (FabricException e) {
      throw new CannotStartException(
          "cannot load the rules (it needs CAP_NET_ADMIN, CAP_NET_RAW; run as root): "
              + e.getMessage(),
          e);
    }
    out.printf(
        "In force: %d networks, %d NICs, %d VIPs%n",
        desired.get().segments().size(),
        desired.get().ports().size(),
        desired.get().grants().size());
    return 0;
  }
}
