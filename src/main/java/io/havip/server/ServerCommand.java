package io.havip.server;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.fabric.linux.LinuxFabric;
import io.havip.fabric.ovn.OvnFabric;
import io.havip.store.PostgresStore;
import io.havip.store.SqliteStore;
import io.havip.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextException;
import org.springframework.core.NestedExceptionUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Runs the server until it is told to stop (SIGTERM, SIGINT). */
@Command(
    name = "server",
    description = "Run the server.",
    footer = {
      "",
      "Each setting is also a line in the file (data-dir: /srv/havip) and a variable in",
      "the environment (HAVIP_DATA_DIR); flags count more than variables, and these",
      "more than the file. docs/reference/configuration.md explains all of them.",
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} --data-dir /var/lib/havip",
      "  ${COMMAND-FULL-NAME} --config havip.yaml --check-config"
    })
final class ServerCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  private final CommandSpec spec;

  @Option(
      names = Configuration.FILE_FLAG,
      paramLabel = "FILE",
      description = "A YAML file of settings (default: /etc/havip/havip.yaml, if there is one).")
  private @Nullable Path file;

  @Option(
      names = "--check-config",
      description = "Print the settings and where each comes from, and start nothing.")
  private boolean checkConfig;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean isHelp;

  private ServerCommand(Map<String, String> environment) {
    this.environment = environment;
    this.spec = CommandSpec.forAnnotatedObject(this);
    for (Setting setting : Setting.all()) {
      String defaultValue = setting.defaultValue().map(it -> " (default: " + it + ")").orElse("");
      spec.addOption(
          OptionSpec.builder(setting.flag())
              .type(String.class)
              .paramLabel(setting.unit().toUpperCase(Locale.ROOT).replace(' ', '-'))
              .description(setting.meaning().replace("%", "%%") + defaultValue)
              .build());
    }
  }

  /** The command, with a flag for each setting. */
  static CommandSpec of(Map<String, String> environment) {
    return new ServerCommand(environment).spec;
  }

  @Override
  public Integer call() throws CannotStartException, InterruptedException {
    Configuration configuration =
        Configuration.read(flags(), file, environment, Configuration.DEFAULT_FILE);
    if (checkConfig) {
      spec.commandLine().getOut().print(configuration.describe());
      return 0;
    }
    Settings settings = configuration.settings();
    Server server = start(configuration, settings);
    server
        .firstToken()
        .ifPresent(
            token -> System.out.println("The administrator's token, shown only now: " + token));
    System.out.println("HAVIP listens on http://" + settings.listen() + ":" + server.port());
    // Spring's shutdown hook ends the process.
    new CountDownLatch(1).await();
    return 0;
  }

  private Map<Setting, String> flags() {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.all()) {
      Optional.ofNullable(spec.findOption(setting.flag()).<String>getValue())
          .ifPresent(text -> flags.put(setting, text));
    }
    return flags;
  }

  private static Server start(Configuration configuration, Settings settings)
      throws CannotStartException {
    try {
      Path dataDir = Files.createDirectories(configuration.dataDir());
      Store store = openStore(configuration);
      Fabric fabric = openFabric(configuration, dataDir);
      return Server.start(settings, store, fabric);
    } catch (IOException | UncheckedIOException e) {
      throw new CannotStartException(
          "cannot use the data directory %s (choose one with --data-dir): %s"
              .formatted(configuration.dataDir(), e),
          e);
    } catch (IllegalStateException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()), e);
    } catch (FabricException e) {
      throw new CannotStartException(
          "cannot use this host's network (it needs CAP_NET_ADMIN, CAP_NET_RAW; run as root): "
              + e.getMessage(),
          e);
    } catch (ApplicationContextException e) {
      throw new CannotStartException(
          "cannot listen on %s (choose another address or port with --listen and --port): %s"
              .formatted(
                  settings.listen(), NestedExceptionUtils.getMostSpecificCause(e).getMessage()),
          e);
    }
  }

  /** OVN keeps by itself what it was told. */
  private static Fabric openFabric(Configuration configuration, Path dataDir)
      throws CannotStartException, FabricException {
    return configuration.isOvn()
        ? OvnFabric.open(
            configuration.remotes(Setting.OVN_NORTHBOUND),
            configuration.remotes(Setting.OVN_SOUTHBOUND),
            configuration.ovnTls().orElse(null))
        : SavedFabric.start(LinuxFabric.open(), DesiredFile.in(dataDir));
  }

  private static Store openStore(Configuration configuration) {
    Optional<String> database = configuration.text(Setting.DATABASE);
    return database.isEmpty()
        ? SqliteStore.open(configuration.dataDir().resolve("havip.db"))
        : PostgresStore.open(
            database.get(),
            configuration.text(Setting.DATABASE_USER).orElse(null),
            configuration.text(Setting.DATABASE_PASSWORD).orElse(null));
  }
}
