package io.havip.server;

import io.havip.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * A client of several servers that makes random changes of VMs and VIPs which are its own, and
 * keeps account of what was acknowledged. A request without a definite answer is repeated, at
 * another server, until it has one; so the account says what there must be, to the version.
 */
final class RandomClient {
  private static final int VMS_MAX = 6;

  /** One VM may be bound to so many. */
  private static final int VIPS_MAX = 5;

  private static final int MEMBERS_MAX = 3;
  private static final int PAUSE_MAX_MILLIS = 150;
  private static final int PAUSE_BEFORE_REPETITION_MILLIS = 20;
  private static final int UNAVAILABLE = 503;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** What was acknowledged of a VIP; a version more for each change, however often it was sent. */
  record Vip(String name, String address, SortedSet<String> vmIds, long version) {
    static Vip of(JsonNode vip) {
      SortedSet<String> vmIds = new TreeSet<>();
      vip.get("bindings").forEach(binding -> vmIds.add(binding.get("vmId").asString()));
      return new Vip(
          vip.get("name").asString(),
          vip.get("address").asString(),
          vmIds,
          vip.get("version").asLong());
    }

    Vip bound(SortedSet<String> newVmIds) {
      return newVmIds.equals(vmIds) ? this : new Vip(name, address, newVmIds, version + 1);
    }

    Vip renamed(String newName) {
      return new Vip(newName, address, vmIds, version + 1);
    }
  }

  /**
   * The first that is definite.
   *
   * @param mayBeDone whether it answers a repetition of what may have been done
   */
  private record Answer(HttpResponse<String> response, boolean mayBeDone) {
    boolean isSuccess() {
      return response.statusCode() / 100 == 2;
    }

    JsonNode body() {
      return Json.MAPPER.readTree(response.body());
    }
  }

  private final String name;
  private final List<ServerProcess> servers;
  private final String vpcId;
  private final String subnetId;
  private final Random random;
  private int made;

  private final TreeMap<String, Vip> vips = new TreeMap<>();
  private final TreeMap<String, String> vms = new TreeMap<>();
  private final List<String> errors = new ArrayList<>();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger repeated = new AtomicInteger();

  RandomClient(
      String name, List<ServerProcess> servers, String vpcId, String subnetId, Random random) {
    this.name = name;
    this.servers = List.copyOf(servers);
    this.vpcId = vpcId;
    this.subnetId = subnetId;
    this.random = random;
  }

  /** VIPs by their ids. */
  Map<String, Vip> vips() {
    return vips;
  }

  /** Names of VMs by their ids. */
  Map<String, String> vms() {
    return vms;
  }

  /** Answers that cannot be right. */
  List<String> errors() {
    return errors;
  }

  /** How many requests were acknowledged. */
  int acknowledged() {
    return acknowledged.get();
  }

  /** How often a request was sent again that may have been done before. */
  int repeated() {
    return repeated.get();
  }

  /** Makes one change, after a pause. */
  void change() throws InterruptedException {
    Thread.sleep(random.nextInt(PAUSE_MAX_MILLIS));
    int choice = random.nextInt(12);
    if (vms.isEmpty() || (choice == 0 && vms.size() < VMS_MAX)) {
      createVm();
    } else if (vips.isEmpty() || (choice < 4 && vips.size() < VIPS_MAX)) {
      createVip();
    } else {
      String vip = oneOf(vips.navigableKeySet());
      switch (choice) {
        case 0, 1 -> deleteVm(oneOf(vms.navigableKeySet()));
        case 2, 3, 4 -> deleteVip(vip);
        case 5 -> rename(vip);
        case 6, 7 -> bindOneMore(vip);
        case 8 -> unbindOne(vip);
        default -> replaceBindings(vip, someVms());
      }
    }
  }

  private String oneOf(SortedSet<String> ids) {
    return new ArrayList<>(ids).get(random.nextInt(ids.size()));
  }

  private SortedSet<String> someVms() {
    List<String> all = new ArrayList<>(vms.keySet());
    Collections.shuffle(all, random);
    return new TreeSet<>(all.subList(0, random.nextInt(Math.min(MEMBERS_MAX, all.size()) + 1)));
  }

  private void createVm() throws InterruptedException {
    String vm = name + "-vm" + made++;
    Answer answer =
        send(
            "POST",
            "/v1/vms",
            Map.of("name", vm, "vpcId", vpcId, "nics", List.of(Map.of("networkId", subnetId))));
    if (isDone(answer)) {
      vms.put(answer.body().get("id").asString(), vm);
    }
  }

  private void deleteVm(String vm) throws InterruptedException {
    if (isDone(send("DELETE", "/v1/vms/" + vm, List.of()), NOT_FOUND)) {
      vms.remove(vm);
      vips.replaceAll((_, vip) -> vip.bound(without(vip, vm)));
    }
  }

  private void createVip() throws InterruptedException {
    String vip = name + "-vip" + made++;
    SortedSet<String> vmIds = someVms();
    Answer answer =
        send(
            "POST",
            "/v1/vips",
            Map.of(
                "name", vip,
                "type", "internal",
                "vpcId", vpcId,
                "networkId", subnetId,
                "vmIds", vmIds));
    if (isDone(answer)) {
      JsonNode body = answer.body();
      Vip expected = new Vip(vip, body.get("address").asString(), vmIds, 1);
      note(body.get("id").asString(), expected, body);
    }
  }

  private void deleteVip(String vip) throws InterruptedException {
    // It is on its way out, or out.
    if (isDone(send("DELETE", "/v1/vips/" + vip, List.of()), CONFLICT, NOT_FOUND)) {
      vips.remove(vip);
    }
  }

  private void rename(String vip) throws InterruptedException {
    Vip expected = vip(vip).renamed(name + "-vip" + made++);
    take(vip, expected, send("PATCH", "/v1/vips/" + vip, Map.of("name", expected.name())));
  }

  private void replaceBindings(String vip, SortedSet<String> vmIds) throws InterruptedException {
    take(
        vip,
        vip(vip).bound(vmIds),
        send("PUT", "/v1/vips/" + vip + "/bindings", Map.of("vmIds", vmIds)));
  }

  private void bindOneMore(String vip) throws InterruptedException {
    String vm = oneOf(vms.navigableKeySet());
    SortedSet<String> with = new TreeSet<>(vip(vip).vmIds());
    if (with.add(vm) && with.size() <= MEMBERS_MAX) {
      take(vip, vip(vip).bound(with), send("PUT", "/v1/vips/" + vip + "/bindings/" + vm, Map.of()));
    }
  }

  private void unbindOne(String vip) throws InterruptedException {
    if (!vip(vip).vmIds().isEmpty()) {
      String vm = oneOf(vip(vip).vmIds());
      // Refused when it is done, so the next change tells whether it was.
      if (isDone(send("DELETE", "/v1/vips/" + vip + "/bindings/" + vm, List.of()), NOT_FOUND)) {
        vips.put(vip, vip(vip).bound(without(vip(vip), vm)));
      }
    }
  }

  private Vip vip(String id) {
    return Objects.requireNonNull(vips.get(id));
  }

  private static SortedSet<String> without(Vip vip, String vm) {
    SortedSet<String> left = new TreeSet<>(vip.vmIds());
    left.remove(vm);
    return left;
  }

  private void take(String id, Vip expected, Answer answer) {
    if (isDone(answer)) {
      note(id, expected, answer.body());
    }
  }

  private void note(String id, Vip expected, JsonNode answered) {
    Vip is = Vip.of(answered);
    if (!is.equals(expected)) {
      errors.add(id + " was answered as " + is + " instead of " + expected);
    }
    vips.put(id, expected);
  }

  /**
   * Whether it was acknowledged.
   *
   * @param doneBefore how a repetition is refused when the request was done the first time
   */
  private boolean isDone(Answer answer, Integer... doneBefore) {
    int status = answer.response().statusCode();
    if (answer.isSuccess() || (answer.mayBeDone() && List.of(doneBefore).contains(status))) {
      acknowledged.incrementAndGet();
      return true;
    }
    errors.add(
        "%s %s: %s"
            .formatted(
                answer.response().request().method(),
                answer.response().uri(),
                answer.response().body()));
    return false;
  }

  private Answer send(String method, String path, Object body) throws InterruptedException {
    String key = new UUID(random.nextLong(), random.nextLong()).toString();
    int first = random.nextInt(servers.size());
    boolean mayBeDone = false;
    for (int attempt = 0; ; attempt++) {
      if (mayBeDone) {
        repeated.incrementAndGet();
      }
      try {
        HttpResponse<String> response =
            servers
                .get((first + attempt) % servers.size())
                .send(method, path, body, "Idempotency-Key", key);
        if (response.statusCode() != UNAVAILABLE) {
          return new Answer(response, mayBeDone);
        }
        mayBeDone |= response.body().contains("outcome_unknown");
      } catch (ConnectException e) {
        // It is dead.
      } catch (IOException e) {
        mayBeDone = true;
      }
      Thread.sleep(PAUSE_BEFORE_REPETITION_MILLIS);
    }
  }
}
