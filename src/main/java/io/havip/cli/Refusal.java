package io.havip.cli;

import io.havip.json.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What the server's problem+json (RFC 9457) means on a command line. */
final class Refusal {
  private Refusal() {}

  static CommandFailedException of(int status, String body) {
    return of(status, read(body));
  }

  static CommandFailedException of(int status, JsonNode problem) {
    StringBuilder message = new StringBuilder(Text.printable(reason(status, problem)));
    for (JsonNode error : problem.path("errors")) {
      message
          .append("\n  ")
          .append(Text.printable(error.path("field").asString("")))
          .append(": ")
          .append(Text.printable(error.path("message").asString("")));
    }
    String code = problem.path("code").asString("");
    String wayOut = wayOut(code);
    if (!wayOut.isEmpty()) {
      message.append("\n  ").append(wayOut);
    }
    return new CommandFailedException(exitCode(status), message.toString(), code);
  }

  private static JsonNode read(String body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      return Json.MAPPER.createObjectNode(); // a proxy's page, for example
    }
  }

  private static String reason(int status, JsonNode problem) {
    String code = problem.path("code").asString("");
    String detail = problem.path("detail").asString("");
    boolean isSaidByField =
        problem.path("errors").size() == 1
            && problem.path("errors").path(0).path("message").asString("").equals(detail);
    if (detail.isEmpty() || isSaidByField) {
      return "refused: " + (code.isEmpty() ? "status " + status : code);
    }
    return detail + (code.isEmpty() ? "" : " (" + code + ")");
  }

  private static ExitCode exitCode(int status) {
    return switch (status) {
      case 404 -> ExitCode.NOT_FOUND;
      case 401, 403, 502, 503, 504 -> ExitCode.NO_ACCESS;
      default -> ExitCode.FAILED;
    };
  }

  /** What one can do with this program; nothing where the server's words say all. */
  private static String wayOut(String code) {
    return switch (code) {
      case "unauthorized" -> "log in with a valid token: havip login";
      case "forbidden" -> "ask an administrator, or log in as one: havip login";
      case "address_taken", "address_reserved" ->
          "choose another address, or leave --address out and HAVIP chooses a free one";
      case "network_full" -> "delete a VIP or a NIC of this network, or use another network";
      case "vrids_exhausted" -> "`havip vip list` shows the VIPs";
      case "vip_binding_limit" -> "unbind a VM first: havip vip unbind VIP VM";
      case "vm_vip_limit" -> "unbind the VM from another VIP first: havip vip unbind VIP VM";
      case "vm_without_nic" -> "add one: havip vm nic add VM NETWORK";
      case "wrong_state" -> "havip vip show says the state; havip vip watch follows it";
      case "version_mismatch" -> "somebody else changed it meanwhile; look, and try again";
      default -> "";
    };
  }
}
