package io.havip.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * All commands of HAVIP. To make a command takes milliseconds, and there are some forty: only those
 * are made whose names are among the arguments; of the others beside them help says what they do,
 * which takes their description and no more.
 */
public final class Cli {
  private final Surroundings surroundings;
  private final Level roles = new Level();

  public Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** With a command that is no client of the server. */
  public Cli with(String name, Class<?> type, Supplier<Object> command) {
    roles.with(name, type, command);
    return this;
  }

  /** The commands that these arguments can mean. */
  public CommandLine commandLine(String... arguments) {
    return root(new Wanted(Arrays.asList(arguments), false));
  }

  /** Which commands are made. */
  private record Wanted(List<String> arguments, boolean isAll) {
    boolean isNamed(String command) {
      return isAll || arguments.contains(command);
    }
  }

  /** A command that may have to be made; the summary is what stands for it where it is not. */
  private record Entry(Supplier<CommandSpec> summary, Supplier<Object> command) {}

  /** Commands by name, in the order of the help. */
  private static final class Level {
    private final Map<String, Entry> commands = new LinkedHashMap<>();

    Level with(String name, Class<?> type, Supplier<Object> command) {
      commands.put(
          name,
          new Entry(
              () -> {
                Command about = type.getAnnotation(Command.class);
                CommandSpec summary = described(about.description()[0]);
                summary.usageMessage().hidden(about.hidden());
                return summary;
              },
              command));
      return this;
    }

    Level with(String name, String description, Function<CommandSpec, CommandSpec> group) {
      commands.put(
          name, new Entry(() -> described(description), () -> group.apply(described(description))));
      return this;
    }

    Level with(Level other) {
      commands.putAll(other.commands);
      return this;
    }

    void addTo(CommandSpec parent, Wanted wanted) {
      boolean isAnyNamed = commands.keySet().stream().anyMatch(wanted::isNamed);
      commands.forEach((name, entry) -> {
        if (wanted.isNamed(name)) {
          parent.addSubcommand(name, new CommandLine(entry.command().get()));
        } else if (!isAnyNamed) {
          parent.addSubcommand(name, new CommandLine(entry.summary().get()));
        }
      });
    }
  }

  private CommandLine root(Wanted wanted) {
    CommandSpec root = described("Highly available virtual IPs for private clouds.").name("havip");
    root.usageMessage()
        .footer(
            "",
            "Begin with:",
            "  havip login                     # remembers the server and a token",
            "  havip vip --help                # each command's help has examples",
            "  havip completion bash           # a script with which Tab completes",
            "",
            "Names and ids are both understood.",
            "Exit codes: 0 done; 1 refused or failed; 2 wrong usage or an ambiguous name;",
            "3 not found; 4 no server or not let in; 5 --wait gave up.");
    new Level()
        .with(roles)
        .with("login", LoginCommand.class, () -> new LoginCommand(surroundings))
        .with(
            "vip",
            "VIPs and their bindings.",
            group(
                vip(),
                wanted,
                "  havip vip create db --subnet web --vm db-1,db-2 --wait",
                "  havip vip list --state failed",
                "  havip vip watch db"))
        .with(
            "vpc",
            "VPCs.",
            group(
                common(Kind.VPC, CreateVpcCommand.class, () -> new CreateVpcCommand(surroundings))
                    .with(
                        "update",
                        UpdateCommand.class,
                        () -> new UpdateCommand(Kind.VPC, surroundings))
                    .with(
                        "delete",
                        DeleteCommand.class,
                        () -> new DeleteCommand(Kind.VPC, surroundings)),
                wanted))
        .with(
            "subnet",
            "Subnets of VPCs.",
            group(
                network(
                    Kind.SUBNET,
                    CreateSubnetCommand.class,
                    () -> new CreateSubnetCommand(surroundings),
                    UpdateNetworkCommand.class,
                    () -> new UpdateNetworkCommand(Kind.SUBNET, surroundings)),
                wanted))
        .with(
            "network",
            "External networks.",
            group(
                network(
                    Kind.NETWORK,
                    CreateNetworkCommand.class,
                    () -> new CreateNetworkCommand(surroundings),
                    UpdateExternalNetworkCommand.class,
                    () -> new UpdateExternalNetworkCommand(surroundings)),
                wanted))
        .with(
            "vm",
            "VMs and their NICs.",
            group(
                vm(wanted),
                wanted,
                "  havip vm create db-1 --vpc production --nic web",
                "  havip vm nic add db-1 back",
                "  havip vm update db-1 --state stopped"))
        .with(
            "token",
            "Tokens of people, programs and agents (administrators).",
            group(
                common(
                        Kind.TOKEN,
                        CreateTokenCommand.class,
                        () -> new CreateTokenCommand(surroundings))
                    .with(
                        "delete",
                        DeleteCommand.class,
                        () -> new DeleteCommand(Kind.TOKEN, surroundings)),
                wanted,
                "  havip token create ci --account team-a",
                "  havip token create chassis-1 --role agent",
                "  havip token delete ci"))
        .with(
            "import",
            "What other programs have.",
            group(
                imports(),
                wanted,
                "  havip import libvirt --vpc production",
                "  havip import ovn --vpc production"))
        .with(
            "keepalived",
            "keepalived in the VMs.",
            group(
                keepalived(),
                wanted,
                "  havip keepalived config db --vm db-1 > keepalived.conf",
                "  havip keepalived check keepalived.conf"))
        .with("heartbeat", "heartbeat in the VMs.", group(cluster("heartbeat"), wanted))
        .with("pacemaker", "pacemaker in the VMs.", group(cluster("pacemaker"), wanted))
        .with(
            "completion",
            CompletionCommand.class,
            () -> new CompletionCommand(() -> root(new Wanted(List.of(), true))))
        .addTo(root, wanted);
    return new CommandLine(root)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // a name may begin with @
        .setColorScheme(Help.defaultColorScheme(surroundings.hasColour() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler((wrong, _) -> explain(wrong));
  }

  /** Says what is wrong in a command line, and where help is; a page of help would hide it. */
  private static int explain(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("havip: " + Text.printable(String.valueOf(wrong.getMessage())));
    if (!UnmatchedArgumentException.printSuggestions(wrong, err)) {
      err.println("Examples: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    err.flush();
    return ExitCode.WRONG_USAGE.number();
  }

  private Level vip() {
    return common(Kind.VIP, CreateVipCommand.class, () -> new CreateVipCommand(surroundings))
        .with("update", UpdateVipCommand.class, () -> new UpdateVipCommand(surroundings))
        .with("bind", BindCommand.class, () -> new BindCommand(surroundings))
        .with("unbind", UnbindCommand.class, () -> new UnbindCommand(surroundings))
        .with("replace", ReplaceCommand.class, () -> new ReplaceCommand(surroundings))
        .with("delete", DeleteVipCommand.class, () -> new DeleteVipCommand(surroundings))
        .with("fence", FenceCommand.class, () -> new FenceCommand(surroundings))
        .with("drill", DrillCommand.class, () -> new DrillCommand(surroundings))
        .with("announce", AnnounceCommand.class, () -> new AnnounceCommand(surroundings))
        .with("retry", RetryCommand.class, () -> new RetryCommand(surroundings))
        .with("explain", ExplainCommand.class, () -> new ExplainCommand(surroundings))
        .with("events", EventsCommand.class, () -> new EventsCommand(surroundings))
        .with("watch", WatchCommand.class, () -> new WatchCommand(surroundings));
  }

  private Level vm(Wanted wanted) {
    Level nic =
        new Level()
            .with("add", AddNicCommand.class, () -> new AddNicCommand(surroundings))
            .with("update", UpdateNicCommand.class, () -> new UpdateNicCommand(surroundings))
            .with("delete", DeleteNicCommand.class, () -> new DeleteNicCommand(surroundings));
    return common(Kind.VM, CreateVmCommand.class, () -> new CreateVmCommand(surroundings))
        .with("update", UpdateVmCommand.class, () -> new UpdateVmCommand(surroundings))
        .with("delete", DeleteVmCommand.class, () -> new DeleteVmCommand(surroundings))
        .with("nic", "NICs of a VM.", group(nic, wanted));
  }

  private Level imports() {
    return new Level()
        .with("libvirt", ImportLibvirtCommand.class, () -> new ImportLibvirtCommand(surroundings))
        .with("ovn", ImportOvnCommand.class, () -> new ImportOvnCommand(surroundings));
  }

  private Level keepalived() {
    return new Level()
        .with(
            "config",
            KeepalivedConfigCommand.class,
            () -> new KeepalivedConfigCommand(surroundings))
        .with(
            "check", CheckKeepalivedCommand.class, () -> new CheckKeepalivedCommand(surroundings));
  }

  private Level cluster(String software) {
    return new Level()
        .with(
            "config",
            ClusterConfigCommand.class,
            () -> new ClusterConfigCommand(software, surroundings));
  }

  private Level network(
      Kind kind,
      Class<?> createType,
      Supplier<Object> create,
      Class<?> updateType,
      Supplier<Object> update) {
    return common(kind, createType, create)
        .with("update", updateType, update)
        .with("delete", DeleteCommand.class, () -> new DeleteCommand(kind, surroundings));
  }

  private Level common(Kind kind, Class<?> createType, Supplier<Object> create) {
    Level level = new Level().with("create", createType, create);
    switch (kind) {
      case VIP ->
          level.with("list", ListVipsCommand.class, () -> new ListVipsCommand(surroundings));
      case SUBNET, VM ->
          level.with(
              "list", ListInVpcCommand.class, () -> new ListInVpcCommand(kind, surroundings));
      case VPC, NETWORK, TOKEN ->
          level.with("list", ListCommand.class, () -> new ListCommand(kind, surroundings));
    }
    return level.with("show", ShowCommand.class, () -> new ShowCommand(kind, surroundings));
  }

  /** Makes a command that only has commands. */
  private static Function<CommandSpec, CommandSpec> group(
      Level level, Wanted wanted, String... examples) {
    return group -> {
      level.addTo(group, wanted);
      if (examples.length > 0) {
        String[] footer =
            Stream.concat(Stream.of("", "Examples:"), Arrays.stream(examples))
                .toArray(String[]::new);
        group.usageMessage().footer(footer);
      }
      return group;
    };
  }

  private static CommandSpec described(String description) {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description(description).synopsisSubcommandLabel("COMMAND");
    return spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help and exit.")
            .build());
  }
}
