package io.havip.server;

import java.nio.file.Path;
import java.util.List;

/** docs/howto/heartbeat-and-pacemaker.md, followed in a sandbox that has all users. */
final class ClusterHowto {
  private ClusterHowto() {}

  public static void main(String[] arguments) throws Exception {
    HowtoHost host = new HowtoHost(Path.of(arguments[0]));
    try {
      host.program(
          "systemctl",
          """
          set -e
          action=$1
          shift
          for service in "$@"; do
            case $action-$service in
              restart-heartbeat) /usr/libexec/heartbeat/heartbeat ;;
              stop-heartbeat) /usr/libexec/heartbeat/heartbeat -k ;;
              restart-corosync)
                corosync -f >/var/log/corosync.out 2>&1 &
                until corosync-cfgtool -s; do sleep 0.2; done
                ;;
              restart-pacemaker) pacemakerd >/var/log/pacemakerd.out 2>&1 & ;;
            esac
          done >/dev/null 2>&1
          """);
      for (String number : List.of("1", "2")) {
        String vm = "db-" + number;
        HowtoHost.namespace(vm);
        HowtoHost.nic(
            vm,
            "db" + number + "-eth0",
            "eth0",
            "52:54:00:4d:01:1" + number,
            "10.77.1.1" + number + "/24");
        host.startNode(vm);
      }
      host.follow(Path.of("docs/howto/heartbeat-and-pacemaker.md"));
    } finally {
      host.stop();
    }
  }
}
