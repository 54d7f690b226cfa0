package io.havip.keepalived.check;

/** Every mistake that is looked for; lower-cased it is the API's {@code code}. */
public enum FindingCode {
  UNBALANCED_BRACES(
      Severity.ERROR,
      "keepalived closes the wrong block, so that lines count elsewhere than they "
          + "stand, or not at all."),
  UNMATCHED_QUOTE(
      Severity.ERROR,
      "keepalived drops the value and reads what follows as if it were part of it."),
  LINE_TOO_LONG(
      Severity.ERROR,
      "keepalived reads at most 1022 characters as one line and takes the rest for "
          + "further lines."),
  UNKNOWN_KEYWORD(
      Severity.ERROR, "keepalived ignores the line and goes on without what it was meant to set."),
  MISSING_VALUE(
      Severity.ERROR, "keepalived refuses to start when a keyword that needs a value has none."),
  INVALID_VALUE(Severity.ERROR, "keepalived ignores the value and goes on with its default."),
  VALUE_OUT_OF_RANGE(
      Severity.ERROR,
      "keepalived ignores the value and goes on with its default, or with the "
          + "nearest that it takes."),
  TRAILING_TEXT(
      Severity.ERROR,
      "Without # or ! before it, text behind a value is read as more values. In a "
          + "route this drops the whole line, silently: a default route is lost."),
  ENDLESS_DEFINITION(
      Severity.ERROR, "A definition that names itself grows until keepalived gives up or hangs."),
  UNDEFINED_PARAMETER(
      Severity.ERROR, "keepalived leaves the name as it stands and takes it for the value."),
  INCLUDE_NOT_READ(
      Severity.INFO,
      "What the included files say was not looked at; when keepalived finds none "
          + "either, it goes on without them."),
  NOT_CHECKED(
      Severity.INFO, "A file this large, or lines that ~SEQ and ~LST make, are not looked at."),
  NO_INSTANCE(
      Severity.WARNING,
      "Without a vrrp_instance keepalived elects nobody, and no VM takes the VIP."),
  INSTANCE_REPEATED(
      Severity.ERROR,
      "keepalived ignores the second instance of a name, with all of its addresses."),
  INTERFACE_MISSING(
      Severity.ERROR,
      "Without its interface keepalived does not start the instance. From 2.2.8 on it starts one "
          + "that has unicast peers."),
  VRID_MISSING(
      Severity.ERROR, "Without a virtual router id keepalived does not start the instance."),
  VRID_DEFAULT(
      Severity.WARNING,
      "51 is what every example says: the next cluster on the subnet has it too, and "
          + "the two silence each other."),
  VRID_COLLISION(
      Severity.ERROR,
      "Two clusters with one virtual router id on a subnet take each other for "
          + "members: each silences the master of the other."),
  VIP_MISSING(Severity.ERROR, "An instance without an address elects a master of nothing."),
  VIP_WITHOUT_DEV(
      Severity.WARNING,
      "Without dev the address goes to the instance's interface, which for an "
          + "external VIP is the wrong one."),
  VIP_WITHOUT_PREFIX(
      Severity.WARNING,
      "Without a prefix length the address is added as /32: the VM does not reach "
          + "its neighbours from it."),
  VIP_IS_NODE_ADDRESS(
      Severity.ERROR,
      "A node that owns the VIP as its own address answers for it whoever is master."),
  TOO_MANY_VIPS(
      Severity.ERROR,
      "The network reads advertisements of up to 5 addresses and drops longer ones, "
          + "so that every node becomes master."),
  TOO_MANY_VMS(
      Severity.ERROR,
      "At most 3 VMs can be bound to a VIP; what the others send is dropped, so that "
          + "each makes itself master."),
  MULTICAST(
      Severity.WARNING,
      "Many clouds do not carry multicast: no node hears the others, and all become " + "master."),
  EMPTY_PEER_LIST(
      Severity.ERROR,
      "With an empty list keepalived goes back to multicast, which many clouds do "
          + "not carry: all nodes become master."),
  PEER_IS_SELF(
      Severity.WARNING,
      "A node that sends to itself wastes packets, and the real peer is often the "
          + "one missing."),
  PEER_REPEATED(
      Severity.ERROR,
      "The one that was meant is often missing. keepalived before 2.3.3 sends the peer everything "
          + "twice; from 2.3.3 on its --config-test refuses the file."),
  SOURCE_MISSING(
      Severity.WARNING,
      "keepalived then takes any address of the interface, even the VIP after a "
          + "restart; the peers know only one."),
  STATE_MASTER_NOPREEMPT(
      Severity.ERROR,
      "keepalived ignores nopreempt when the state is MASTER: the VM takes the VIP "
          + "back when it returns, a second interruption."),
  OPTIONS_CONFLICT(
      Severity.ERROR, "Of two options that exclude each other keepalived silently drops one."),
  SYNC_GROUP(
      Severity.ERROR,
      "keepalived leaves out a name that is no instance, and a group that is left with fewer "
          + "than two moves nothing together."),
  STRICT(
      Severity.WARNING,
      "In strict mode keepalived drops packets to the VIP, so that nobody can ping "
          + "it, and refuses unicast peers and passwords."),
  ADVERT_INT_FRACTIONAL(
      Severity.ERROR,
      "Version 2 counts whole seconds; keepalived rounds, and two nodes that round "
          + "differently do not understand each other."),
  SLOW_FAILOVER(
      Severity.WARNING,
      "A node waits three intervals and a skew before it takes over from one that "
          + "crashed; the service is gone that long."),
  AUTH_PASS_TOO_LONG(
      Severity.ERROR,
      "keepalived uses the first 8 characters; a node that was given another rest "
          + "has the same password, and nobody notices."),
  AUTH_PASS_COMMENT(
      Severity.ERROR,
      "# and ! begin a comment, in the middle of a word too: the password is shorter "
          + "than it looks."),
  AUTH_PASS_GUESSABLE(
      Severity.WARNING,
      "The password goes over the network in clear text; one that every example has "
          + "keeps nobody out."),
  AUTH_WITH_V3(Severity.ERROR, "VRRP version 3 has no passwords; keepalived ignores the block."),
  DEFAULT_ROUTE_IN_MAIN_TABLE(
      Severity.WARNING,
      "In the main table it takes all traffic of the VM, not only that of the VIP, "
          + "and every connection breaks when the VIP moves."),
  ROUTE_WITHOUT_DEV(
      Severity.ERROR,
      "keepalived cannot watch a route whose interface it is not told, and does not put it back"
          + " when somebody removes it."),
  SCRIPT_UNTRACKED(
      Severity.WARNING,
      "No instance tracks the script: it never runs, and the VIP stays on a VM whose "
          + "service is dead."),
  SCRIPT_UNDEFINED(
      Severity.ERROR, "keepalived ignores the line: the VIP stays on a VM whose service is dead."),
  SCRIPT_DEFINED_LATER(
      Severity.ERROR,
      "keepalived reads from top to bottom and ignores a script that is tracked "
          + "before it is defined."),
  SCRIPT_MISSING(
      Severity.ERROR,
      "keepalived drops a script without an absolute path that it can run, and "
          + "tracks nothing."),
  SCRIPT_RELATIVE(
      Severity.WARNING,
      "keepalived looks for it in the PATH that it was started with; where it is not, the "
          + "script is dropped and nothing is tracked."),
  SCRIPT_INSECURE(
      Severity.ERROR,
      "Without enable_script_security and a script_user keepalived runs the script "
          + "as root even when others can change it."),
  NOPREEMPT_WITH_WEIGHT(
      Severity.ERROR,
      "A script with a weight only lowers the priority, and with nopreempt no other "
          + "node takes over from a lower one: the VIP never moves."),
  WEIGHT_TOO_SMALL(
      Severity.ERROR,
      "When the script fails, the node's priority stays the highest all the same: "
          + "the VIP never moves."),
  PRIORITY_EQUAL(
      Severity.ERROR,
      "When the master crashes, both nodes take over at the same moment; equal ones "
          + "gave two masters in 18 of 28 crashes."),
  VIPS_DIFFER(
      Severity.ERROR,
      "keepalived before 2.3.3 drops advertisements whose addresses differ from its own and makes "
          + "itself a second master. From 2.3.3 on it accepts them, but the addresses that only one "
          + "node has come and go with that node."),
  VRID_DIFFERS(
      Severity.ERROR, "The nodes do not take each other for one cluster: each becomes master."),
  VERSION_MIXED(
      Severity.ERROR,
      "A node of version 2 drops advertisements of version 3, and the other way "
          + "round: each becomes master."),
  ADVERT_INT_DIFFERS(
      Severity.ERROR,
      "With version 2 a node drops advertisements with another interval and becomes "
          + "a second master; with version 3 they expect each other at different times."),
  AUTH_DIFFERS(
      Severity.ERROR,
      "A node drops advertisements with another password and becomes a second " + "master."),
  SOURCE_REPEATED(
      Severity.ERROR,
      "Two nodes with one source address were copied from each other: each takes the "
          + "other's packets for its own."),
  PEER_MISSING(
      Severity.ERROR,
      "A node that is not told of another sends it nothing: the other makes itself a "
          + "second master."),
  VIP_UNKNOWN(Severity.ERROR, "The network drops every claim of an address that is no VIP."),
  VM_NOT_BOUND(
      Severity.ERROR, "The network drops what the VM sends for a VIP to which it is not bound."),
  SOURCE_NOT_OF_VM(
      Severity.ERROR, "The network drops what a VM sends from an address that is not its own."),
  PEER_NOT_BOUND(
      Severity.ERROR, "The peer is not bound to the VIP: whatever it sends for it is dropped."),
  BOUND_VM_NOT_PEER(
      Severity.ERROR, "A bound VM that is no peer hears nothing and makes itself a second master."),
  VIP_WRONG_PREFIX(
      Severity.ERROR,
      "With another prefix than the network has, the VM looks for neighbours where "
          + "they are not."),
  VIP_WRONG_DEV(
      Severity.ERROR,
      "An internal VIP belongs on the interface of the instance, an external one on "
          + "another; elsewhere nobody can reach it."),
  VRID_NOT_ALLOCATED(
      Severity.WARNING,
      "HAVIP gave the VIP another virtual router id; only that one is known to be "
          + "unique on the subnet.");

  private final Severity severity;
  private final String why;

  FindingCode(Severity severity, String why) {
    this.severity = severity;
    this.why = why;
  }

  public Severity severity() {
    return severity;
  }

  /** Why it hurts, in a sentence or two. */
  public String why() {
    return why;
  }
}
