/** HAVIP's main story, told with a client whose types are generated from openapi.yaml. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { components, paths } from "./build/api.js";

type Vip = components["schemas"]["Vip"];
type Problem = components["schemas"]["Problem"];

/** Far longer than anything takes, on a machine that does much else. */
const LIMIT_MS = 60_000;

const baseUrl = process.env["HAVIP_URL"] ?? "http://127.0.0.1:8470";
const api = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${process.env["HAVIP_TOKEN"] ?? ""}` },
});

/** What was answered to a request that must succeed. */
function done<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  assert.ok(answer.data !== undefined, `${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

/** Why a request was refused that must be. */
function refused(answer: { data?: unknown; error?: Problem; response: Response }): Problem {
  assert.ok(answer.error !== undefined, JSON.stringify(answer.data));
  assert.equal(answer.error.status, answer.response.status);
  return answer.error;
}

/** A VIP is what an update of the bindings answers, unless it was a dry run. */
function vipOf(answer: Vip | components["schemas"]["Preview"]): Vip {
  assert.ok("id" in answer, "a VIP and no preview");
  return answer;
}

const byId = (id: string) => ({ params: { path: { id } } });
const key = () => ({ "Idempotency-Key": randomUUID() });

async function newVm(name: string, vpcId: string, networkId: string) {
  return done(await api.POST("/v1/vms", { params: { header: key() }, body: { name, vpcId, nics: [{ networkId }] } }));
}

/** Follows the VIP's events until the fabric has realised a generation. */
async function realised(id: string, generation: number): Promise<Vip> {
  const stream = await api.GET("/v1/vips/{id}/events", {
    params: { path: { id }, query: { after: "0-0" } },
    headers: { Accept: "text/event-stream" },
    parseAs: "stream",
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  assert.ok(stream.data);
  let text = "";
  for await (const chunk of stream.data.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      const event = data === undefined ? undefined : (JSON.parse(data) as components["schemas"]["Event"]);
      if (event?.kind === "vip_realised" && "generation" in event.data && event.data.generation >= generation) {
        return done(await api.GET("/v1/vips/{id}", byId(id)));
      }
    }
  }
  assert.fail("the stream ended");
}

let vpcId = "";
let networkId = "";
const vms: string[] = [];
let vip: Vip | undefined;

test("without a token nothing is shown", async () => {
  const stranger = createClient<paths>({ baseUrl });
  assert.equal(refused(await stranger.GET("/v1/vips")).code, "unauthorized");
});

test("a VPC, a subnet and four VMs are made", async () => {
  const vpc = done(
    await api.POST("/v1/vpcs", { params: { header: key() }, body: { name: "production", cidr: "10.77.0.0/16" } }),
  );
  vpcId = vpc.id;
  const subnet = done(
    await api.POST("/v1/subnets", {
      body: { vpcId, name: "web", cidr: "10.77.1.0/24", gateway: "10.77.1.1", reserved: ["10.77.1.2-10.77.1.9"] },
    }),
  );
  networkId = subnet.id;
  for (const name of ["db-1", "db-2", "db-3", "db-4"]) {
    vms.push((await newVm(name, vpcId, networkId)).id);
  }
  const list = done(await api.GET("/v1/vms", { params: { query: { limit: 3 } } }));
  assert.equal(list.items.length, 3);
  assert.equal(list.total, 4);
  const rest = done(await api.GET("/v1/vms", { params: { query: { limit: 3, cursor: list.nextCursor ?? "" } } }));
  assert.deepEqual([...list.items, ...rest.items].map((it) => it.id), vms);
});

test("a VIP with three VMs is tried out, created, and followed until it is available", async () => {
  const body = {
    name: "db",
    type: "internal",
    vpcId,
    networkId,
    address: "10.77.1.100",
    vmIds: vms.slice(0, 3),
  } as const;
  const preview = done(await api.POST("/v1/vips", { params: { query: { dryRun: true } }, body: { ...body, vmIds: [...body.vmIds] } }));
  assert.ok("add" in preview);
  assert.deepEqual(preview.add, vms.slice(0, 3));
  const made = done(await api.POST("/v1/vips", { params: { header: key() }, body: { ...body, vmIds: [...body.vmIds] } }));
  assert.ok("id" in made);
  assert.equal(made.state, "creating");
  vip = await realised(made.id, made.generation);
  assert.equal(vip.state, "available");
  assert.equal(vip.observedGeneration, vip.generation);
  assert.deepEqual(vip.bindings.map((it) => it.vmName), ["db-1", "db-2", "db-3"]);
});

test("of two changes with one ETag the second is refused", async () => {
  assert.ok(vip);
  const shown = await api.GET("/v1/vips/{id}", byId(vip.id));
  const etag = shown.response.headers.get("ETag") ?? "";
  const change = (remark: string) =>
    api.PATCH("/v1/vips/{id}", {
      params: { path: { id: vip?.id ?? "" }, header: { "If-Match": etag } },
      body: { remark },
    });
  const first = done(await change("the orders' database"));
  assert.equal(first.remark, "the orders' database");
  assert.equal(first.version, done(shown).version + 1);
  assert.equal(refused(await change("too late")).code, "version_mismatch");
});

test("the bound VMs are replaced", async () => {
  assert.ok(vip);
  const params = { path: { id: vip.id } };
  const tooMany = refused(await api.PUT("/v1/vips/{id}/bindings", { params, body: { vmIds: vms } }));
  assert.equal(tooMany.code, "vip_binding_limit");
  assert.equal(tooMany.errors?.[0]?.field, "vmIds");
  const wanted = [vms[3] ?? "", vms[0] ?? ""];
  const changed = vipOf(done(await api.PUT("/v1/vips/{id}/bindings", { params, body: { vmIds: wanted } })));
  assert.equal(changed.generation, vip.generation + 1);
  vip = await realised(vip.id, changed.generation);
  assert.deepEqual(vip.bindings.map((it) => it.vmId).sort(), [...wanted].sort());
  const again = await api.PUT("/v1/vips/{id}/bindings", { params, body: { vmIds: wanted } });
  assert.equal(again.response.status, 200);
});

test("what is wrong with a request is said by code and field", async () => {
  const taken = refused(
    await api.POST("/v1/vips", { body: { name: "x", type: "internal", vpcId, networkId, address: "10.77.1.100" } }),
  );
  assert.equal(taken.code, "address_taken");
  assert.equal(taken.errors?.[0]?.field, "address");
  // @ts-expect-error: the generated types know that a VIP has a name.
  const nameless = refused(await api.POST("/v1/vips", { body: { type: "internal", vpcId, networkId } }));
  assert.equal(nameless.code, "invalid_field");
  assert.equal(nameless.errors?.[0]?.field, "name");
  const gone = refused(await api.GET("/v1/vips/{id}", byId("vip-00000000000000000000000000")));
  assert.equal(gone.code, "not_found");
});

test("several VIPs are deleted at once, and their addresses are free", async () => {
  assert.ok(vip);
  const other = done(await api.POST("/v1/vips", { body: { name: "other", type: "internal", vpcId, networkId } }));
  assert.ok("id" in other);
  const missing = "vip-00000000000000000000000000";
  const { results } = done(
    await api.POST("/v1/vips/batch-delete", { body: { ids: [vip.id, missing, other.id] } }),
  );
  assert.deepEqual(results.map((it) => [it.id, it.status, it.problem?.code]), [
    [vip.id, 202, undefined],
    [missing, 404, "not_found"],
    [other.id, 202, undefined],
  ]);
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const left = done(await api.GET("/v1/vips"));
    assert.ok(typeof left !== "string", "JSON and no CSV");
    if (left.total === 0) {
      break;
    }
    assert.ok(Date.now() < end, "the VIPs are still there");
    await sleep(50);
  }
  const next = done(
    await api.POST("/v1/vips", { body: { name: "next", type: "internal", vpcId, networkId, address: "10.77.1.100" } }),
  );
  assert.ok("id" in next);
  assert.equal(next.address, "10.77.1.100");
});
