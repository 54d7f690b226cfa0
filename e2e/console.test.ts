/** The user guide's story in a browser: create, view, edit, replace VMs, delete; and what happens meanwhile. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { assertAccessible, launch, openPage, PATIENCE_MS, picture } from "./browser.js";
import { Api, lab } from "./lab.js";

const VIP = "10.77.0.100";
/** What vm3 may use too, as a router would. */
const SQUATTED = "10.77.0.50";
const FIRST_LOAD_MAX_BYTES = 1_000_000;
const FAILOVER_SHOWN_MAX_MS = 5_000;
const PAGE_SHOWN_MAX_MS = 5_000;
const MANY = 10_000;

let browser: Browser;
let page: Page;
let errors: string[];
let api: Api;

before(async () => {
  const { url, token } = await lab.server();
  api = new Api(url, token);
  browser = await launch();
  [page, errors] = await openPage(browser);
});

after(() => browser?.close());

let isBroken = false;

/** A part of one story: those behind one that fails are skipped. The page may write no error to its console. */
function story(name: string, run: () => Promise<void>): void {
  test(name, async (t) => {
    if (isBroken) {
      t.skip("the part before has failed");
      return;
    }
    isBroken = true;
    try {
      await run();
    } catch (failure) {
      await page.screenshot({ path: "build/failure.png" });
      throw failure;
    }
    assert.deepEqual(errors.splice(0), []);
    isBroken = false;
  });
}

const button = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole("button", { name, exact: typeof name === "string" });
const field = (name: string) => page.getByRole("textbox", { name, exact: true });
const heading = (name: string) => page.getByRole("heading", { name, exact: true });
const dialog = (name: string | RegExp) => page.getByRole("dialog", { name });
const row = (text: string) => page.getByRole("row").filter({ hasText: text });
const drawing = (text: string) => page.getByRole("img", { name: text });
/** Errors and the like are there once more after a second, for who cannot see; and history may repeat itself. */
const told = (text: string | RegExp) => page.getByText(text).first();

/** How long after the next click until a table with the text is painted, in milliseconds of the page's own clock. */
function paintedAfterClick(text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const clicked = ({ timeStamp }: Event): void => {
          const look = (): void => {
            if (document.querySelector("tbody")?.textContent?.includes(wanted)) {
              setTimeout(() => resolve(performance.now() - timeStamp)); // when this frame is painted
            } else {
              requestAnimationFrame(look);
            }
          };
          look();
        };
        document.addEventListener("click", clicked, { capture: true, once: true });
      }),
    text,
  );
}

async function follow(link: string): Promise<void> {
  await page.getByRole("navigation", { name: "Side navigation" }).getByRole("link", { name: link, exact: true }).click();
}

async function choose(label: string | RegExp, option: string, within: Page | Locator = page): Promise<void> {
  await within.getByRole("button", { name: label }).click();
  await page.getByRole("option").filter({ hasText: option }).first().click();
}

async function signIn(token = api.token): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await button("Sign in").click();
}

story("the first load is below 1 MB", async () => {
  await page.goto(api.url);
  await heading("HAVIP").waitFor();
  const bytes = await page.evaluate(() =>
    performance.getEntries().reduce((sum, entry) => sum + ((entry as PerformanceResourceTiming).transferSize ?? 0), 0),
  );
  console.log(`first load: ${Math.round(bytes / 1000)} kB`);
  assert.ok(bytes > 10_000 && bytes < FIRST_LOAD_MAX_BYTES, `${bytes} bytes`);
  await assertAccessible(page, "sign-in");
});

story("who has no token is told so; who has one signs in, and no script can read the session", async () => {
  await signIn("havip_nonsense");
  await told("This token is nobody's").waitFor();
  await signIn();
  await page.getByText("No VIPs yet").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.cookie), "");
  const [cookie] = await page.context().cookies(`${api.url}/v1/vips`);
  assert.equal(cookie?.httpOnly, true);
  assert.equal(cookie?.sameSite, "Strict");
});

story("a user without a VPC and a subnet is led to make them, with the keyboard alone", async () => {
  await page.getByRole("link", { name: "VIPs", exact: true }).focus();
  await button("Create VIP").first().focus();
  await page.keyboard.press("Enter");
  await page.getByText("Create a VPC first").waitFor();
  await button("Create VPC").focus();
  await page.keyboard.press("Enter");
  await dialog("Create VPC").waitFor();
  await assertAccessible(page, "form");
  await field("Name").focus();
  await page.keyboard.type("production");
  await page.keyboard.press("Tab");
  await page.keyboard.type("10.77.0.0/33");
  await page.keyboard.press("Enter");
  await dialog("Create VPC").getByText("prefix length is 0 to 32").waitFor();
  await field("CIDR").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("10.77.0.0/16");
  await page.keyboard.press("Enter");
  await page.getByText("you have none yet. Create one").waitFor();
  await button("Create subnet").click();
  await field("Name").fill("web");
  await field("CIDR").fill("10.77.0.0/24");
  await field("Gateway (optional)").fill("10.77.0.1");
  await button("Create", dialog("Create subnet")).click();
  await heading("Name and type").waitFor();
});

story("VMs with their NICs", async () => {
  await follow("VMs");
  await page.getByText("No VMs yet").waitFor();
  for (const guest of await lab.guests()) {
    await button("Create VM").click();
    const form = dialog("Create VM");
    await form.getByLabel("Name").fill(guest.name);
    await choose(/^Network/, "web", form);
    await form.getByLabel("Address", { exact: false }).first().fill(guest.address);
    await form.getByLabel("MAC address").fill(guest.mac);
    await form.getByLabel("Port").fill(guest.port);
    if (guest.name === "vm3") {
      await form.getByLabel("Allowed sources").fill(`${SQUATTED}/32`);
    }
    await button("Create", form).click();
    await row(guest.name).getByText("0 of 5").waitFor();
  }
  await lab.plug();
  await page.getByRole("link", { name: "vm1" }).click();
  await row("demo-vm1").getByText("Up", { exact: true }).waitFor();
  await assertAccessible(page, "VM");
  await follow("VMs");
  await assertAccessible(page, "VMs");
});

story("a VIP is created, step by step, and becomes available", async () => {
  await fullVm();
  await follow("VIPs");
  await button("Create VIP").first().click();
  await button("Next").click();
  await told("Give the VIP a name.").waitFor();
  await field("Name").fill("db");
  await page.getByLabel("Remark (optional)").fill("The primary of the database");
  await button("Next").click();
  await choose(/^VPC/, "production");
  await choose(/^Subnet/, "web");
  await page.getByText("free addresses").waitFor();
  await page.getByLabel("Specify an address").click();
  for (const [address, refusal] of [
    ["10.78.0.1", "outside"],
    ["10.77.0.1", "gateway's address"],
    ["10.77.0.11", "in use"],
  ] as const) {
    await page.getByLabel("Address", { exact: true }).fill(address);
    await told(refusal).waitFor();
  }
  await page.getByLabel("Address", { exact: true }).fill(VIP);
  await page.getByText(`${VIP} is free`).waitFor();
  await assertAccessible(page, "wizard");
  await picture(page, "wizard");
  await button("Next").click();
  await row("busy").getByText("At its limit of 5 VIPs").waitFor();
  assert.ok(await page.getByRole("checkbox", { name: "Bind busy" }).isDisabled());
  for (const name of ["vm1", "vm2"]) {
    await page.getByRole("checkbox", { name: `Bind ${name}` }).check();
  }
  await picture(page, "wizard-vms");
  await button("Next").click();
  await page.getByText("vm1, vm2").waitFor();
  await button("Confirm").click();
  await row(VIP).getByText("Available").waitFor();
});

/** A VM that is bound to as many VIPs as it can be. */
async function fullVm(): Promise<void> {
  const [vpc] = (await api.get<{ items: { id: string }[] }>("/v1/vpcs")).items;
  const [subnet] = (await api.get<{ items: { id: string }[] }>("/v1/subnets")).items;
  const vm = await api.made("/v1/vms", { name: "busy", vpcId: vpc!.id, nics: [{ networkId: subnet!.id }] });
  for (const number of [1, 2, 3, 4, 5]) {
    const body = { name: `busy-${number}`, type: "internal", vpcId: vpc!.id, networkId: subnet!.id, vmIds: [vm] };
    await api.made("/v1/vips", body);
  }
}

story("the list shows the holder that keepalived elects, and the VIP's page each VM's file for it", async () => {
  await lab.join("vm1");
  await row(VIP).getByText("vm1", { exact: true }).waitFor();
  await lab.join("vm2");
  await page.getByRole("link", { name: "db", exact: true }).click();
  await drawing(`${VIP} is held by vm1.`).waitFor();
  assert.equal(await page.title(), "db – HAVIP");
  await told("vm1 took it").waitFor();
  await assertAccessible(page, "VIP");
  await picture(page, "vip");

  await page.getByRole("tab", { name: "Diagnose" }).click();
  for (const check of ["Ports", "VRRP", "Holder"]) {
    await told(`${check}:`).waitFor();
    await until(() => button("Look again").click(), page.getByText(`${check}: fine`), "visible");
  }
  await assertAccessible(page, "diagnose");
  await picture(page, "diagnose");

  await page.getByRole("tab", { name: "Set up HA" }).click();
  const { items } = await api.get<{ items: { id: string; name: string }[] }>("/v1/vms");
  const vm2 = items.find(({ name }) => name === "vm2")!;
  await page.getByRole("tab", { name: "vm2" }).click();
  const file = page.getByRole("region", { name: "keepalived.conf of vm2" });
  assert.match((await file.textContent())!, new RegExp(`router_id ${vm2.id}[^]*unicast_src_ip 10.77.0.12[^]*${VIP}/24`));
  const commands = page.getByRole("region", { name: "As root in vm2" });
  assert.equal((await commands.textContent())!.trim().split("\n").length, 3);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await button("Copy keepalived.conf of vm2").click();
  await told("Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await file.textContent());

  await page.getByRole("textbox", { name: "keepalived.conf" }).fill(copied);
  await button("Check").click();
  await page.getByText("No findings").waitFor();
  await page.getByRole("textbox", { name: "keepalived.conf" }).fill(copied.replace(`${VIP}/24`, "10.77.0.101/24"));
  await button("Check").click();
  const wrong = copied.split("\n").findIndex((line) => line.includes(`${VIP}/24`)) + 1;
  await page.getByRole("listitem").filter({ hasText: `Error in line ${wrong}:` }).waitFor();
  await assertAccessible(page, "set up HA");
  await picture(page, "set-up-ha");

  const nic = field("vm2 calls its NIC on web");
  await nic.fill("ens3");
  await nic.press("Enter");
  await file.filter({ hasText: "interface ens3" }).waitFor();
  const script = page.getByRole("region", { name: "setup.sh of vm2" });
  for (const [software, resource] of [
    ["heartbeat", `IPaddr2::${VIP}/24/ens3`],
    ["pacemaker", `value="${VIP}"`],
  ] as const) {
    await button(software).click();
    await script.filter({ hasText: resource }).waitFor();
  }
  await assertAccessible(page, "set up pacemaker");
  await picture(page, "set-up-pacemaker");
  await page.getByRole("tab", { name: "Overview" }).click();
});

story("a failover is rehearsed, after what it would do is shown, and its result stays", async () => {
  await button("Announce").click();
  await page.getByText("The network is told again who holds db").waitFor();
  await button("Drill").click();
  const form = dialog("Rehearse a failover of db");
  await form.getByText("vm1 holds the VIP now, and is cut off for 30.0 s").waitFor();
  await form.getByText(/vm2 can take over, at the latest after .* within the target/).waitFor();
  await form.getByLabel("Cut the holder off for").fill("0");
  await form.getByText("Give 1 to 600 seconds").waitFor();
  assert.ok(await button("Begin the drill", form).isDisabled());
  await form.getByLabel("Cut the holder off for").fill("10");
  await form.getByText("cut off for 10.0 s").waitFor();
  await assertAccessible(page, "drill");
  await picture(page, "drill");
  await button("Begin the drill", form).click();
  await row("Running").getByText("vm1").waitFor();
  await page.getByRole("tab", { name: "Overview" }).click();
  await drawing(`${VIP} is held by vm2.`).waitFor();
  await page.getByRole("tab", { name: "Drills" }).click();
  await row("Passed").getByText("vm2").waitFor();
  await assertAccessible(page, "drills");
  await picture(page, "drills");
  await page.getByRole("tab", { name: "Timeline" }).click();
  for (const event of [
    `Created with the address ${VIP}`,
    "Drill 1 began: vm1 is cut off",
    "Drill 1 passed",
    "vm1 was announced to the network again",
  ]) {
    await told(event).waitFor();
  }
  await page.getByText(/vm2 took over after .* m?s\./).waitFor();
  await page.getByRole("tab", { name: "Overview" }).click();
});

story("a fenced VM may not use the VIP, until its fence ends", async () => {
  await button("Fence vm1").click();
  await button("Fence", dialog("Fence vm1")).click();
  await row("demo-vm1").getByText("Fenced until").waitFor();
  await drawing(`${VIP} is held by vm2.`).waitFor();
  await button("Fence vm1").click();
  await button("End", dialog("Fence vm1")).click();
  await row("demo-vm1").getByText("Fenced until").waitFor({ state: "detached" });
  await drawing(`${VIP} is held by vm1.`).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
});

story("VMs that do not hear each other are a split, as long as they do not", async () => {
  const split = page.getByText("Split: several VMs use this VIP at once");
  await lab.deaf("vm1");
  await lab.deaf("vm2");
  await until(() => lab.ask("vm3"), split, "visible");
  await drawing(`${VIP} is held by vm1 and vm2.`).waitFor();
  await assertAccessible(page, "split");
  await picture(page, "split");
  await lab.hear("vm1");
  await lab.hear("vm2");
  await until(() => lab.ask("vm3"), split, "hidden");
  await drawing(`${VIP} is held by vm1.`).waitFor();
  await told(/The split of vm[12] and vm[12] ended/).waitFor();
});

/** Does something again and again until it shows. */
async function until(act: () => Promise<unknown>, what: Locator, state: "visible" | "hidden"): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while ((await what.isVisible()) !== (state === "visible")) {
    assert.ok(Date.now() < end, `${what} is not ${state}`);
    await act();
  }
}

story("an open page shows a failover within a second", async () => {
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector('[aria-label*="is held by vm2"]')) {
        (globalThis as { shownAt?: number }).shownAt ??= Date.now();
      }
    }).observe(document.body, { subtree: true, attributes: true, childList: true });
  });
  await lab.die("vm1");
  await drawing(`${VIP} is held by vm2.`).waitFor();
  const shownAt = await page.evaluate(() => (globalThis as { shownAt?: number }).shownAt);
  const happenedAt = await lastDrift();
  console.log(`failover shown after ${shownAt! - happenedAt} ms`);
  assert.ok(shownAt! - happenedAt < FAILOVER_SHOWN_MAX_MS);
  await told(/Drifted from vm1 to vm2|vm2 took it/).waitFor();
  await picture(page, "vip-failover");
  await page.getByRole("tab", { name: "Timeline" }).click();
  await told("Drill 1 passed").waitFor();
  await assertAccessible(page, "timeline");
  await picture(page, "timeline");
});

/** When the VIP drifted last, in ms since 1970. */
async function lastDrift(): Promise<number> {
  const vip = await db();
  const { items } = await api.get<{ items: { kind: string; at: string }[] }>(`/v1/vips/${vip.id}/events?limit=1000`);
  return Date.parse(items.filter(({ kind }) => kind === "holder_changed").at(-1)!.at);
}

interface Vip {
  id: string;
  vpcId: string;
  networkId: string;
  remark: string;
  bindings: { vmName: string }[];
}

async function db(): Promise<Vip> {
  const { items } = await api.get<{ items: Vip[] }>(`/v1/vips?address=${VIP}`);
  return items[0]!;
}

story("the console is readable in the dark and on a phone", async () => {
  await follow("VIPs");
  await row(VIP).getByText("vm2", { exact: true }).waitFor();
  await picture(page, "list");
  await button("Dark mode").click();
  await assertAccessible(page, "dark list");
  await picture(page, "dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await row(VIP).waitFor();
  await assertAccessible(page, "narrow list");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await picture(page, "phone");
  await page.getByRole("link", { name: "db", exact: true }).click();
  await drawing(`${VIP} is held by vm2.`).waitFor();
  await assertAccessible(page, "narrow VIP");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await picture(page, "phone-vip");
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(`${api.url}/vips`);
  await button("Light mode").click();
});

story("its name and remark are edited beside its name in the list", async () => {
  await follow("VIPs");
  await button("Edit db").click();
  const form = dialog("Edit db");
  await form.getByLabel("Name").fill("");
  await button("Save", form).click();
  await form.getByText("1 to 128 characters").waitFor();
  await form.getByLabel("Name").fill("database");
  await form.getByLabel("Remark").fill("Postgres");
  await button("Save", form).click();
  await page.getByRole("link", { name: "database", exact: true }).waitFor();
  assert.equal((await db()).remark, "Postgres");
});

story("its VMs are replaced, after a preview of what that does", async () => {
  await page.getByRole("link", { name: "database", exact: true }).click();
  await button("Change VMs").first().click();
  const form = dialog(/Change the VMs/);
  await form.getByRole("checkbox", { name: "Bind vm2" }).uncheck();
  await form.getByRole("checkbox", { name: "Bind vm3" }).check();
  await form.getByText("vm3 will be bound").waitFor();
  await form.getByText("vm2 holds the VIP now and loses it at once").waitFor();
  await assertAccessible(page, "preview");
  await picture(page, "change-vms");
  await button("Confirm", form).click();
  await drawing("Bound: vm1, vm3.").waitFor();
  assert.deepEqual(
    (await db()).bindings.map(({ vmName }) => vmName),
    ["vm1", "vm3"],
  );
});

story("a server that restarts under the page: it says so, comes back, and is live again", async () => {
  await follow("VIPs");
  await page.getByText("Live", { exact: true }).waitFor();
  await lab.kill();
  await page.getByText("Live updates are interrupted").waitFor();
  await picture(page, "interrupted");
  await lab.start("--session-lifetime=3");
  await page.getByText("Live updates are interrupted").waitFor({ state: "hidden" });
  await page.getByText("Live", { exact: true }).waitFor();
  const { id } = await db();
  await api.call("PATCH", `/v1/vips/${id}`, { name: "renamed elsewhere" });
  await page.getByRole("link", { name: "renamed elsewhere" }).waitFor();
});

story("when the session ends the page stays, and one signs in to go on", async () => {
  const ended = dialog("Your session has ended");
  await page.context().clearCookies();
  await page.goto(`${api.url}/vpcs`);
  await page.getByText("Your session has ended").waitFor();
  // This session ends by itself.
  await signIn();
  await ended.waitFor();
  await lab.kill();
  await lab.start();
  await signIn();
  await ended.waitFor({ state: "hidden" });
  // Until then the page goes on asking, and would hear too early that the session has ended once more.
  await page.getByText("Live", { exact: true }).waitFor();
  await button("Create VPC").click();
  await field("Name").fill("half-typed");
  await page.context().clearCookies();
  await button("Create", dialog("Create VPC")).click();
  await ended.waitFor();
  await signIn();
  await ended.waitFor({ state: "hidden" });
  assert.equal(await field("Name").inputValue(), "half-typed");
  await button("Cancel", dialog("Create VPC")).click();
});

story("inventory is edited and deleted, and what is refused says why", async () => {
  await row("production").getByRole("checkbox").check();
  await button("Edit").click();
  await field("Name").fill("prod");
  await button("Save").click();
  await row("production").waitFor({ state: "detached" });
  await row("prod").getByRole("checkbox").check();
  await button("Delete").click();
  await button("Delete", page.getByRole("dialog")).click();
  await page.getByText("Not everything was deleted").waitFor();
  await button("Close", page.getByRole("dialog")).last().click();
  await follow("External networks");
  await button("Create external network").click();
  await field("Name").fill("internet");
  await field("CIDR").fill("192.0.2.0/24");
  await field("Gateway").fill("192.0.2.1");
  await button("Create", dialog("Create external network")).click();
  await row("internet").waitFor();
  await row("internet").getByRole("checkbox").check();
  await button("Edit").click();
  await page.getByRole("checkbox", { name: "Every account" }).check();
  await button("Save").click();
  await row("internet").getByText("Every account").waitFor();
  await assertAccessible(page, "external networks");
  await follow("VMs");
  await page.getByRole("link", { name: "vm3" }).click();
  await button("Add NIC").click();
  await choose(/^Network/, "internet", dialog(/Add a NIC/));
  await button("Add", dialog(/Add a NIC/)).click();
  await row("internet").getByText("Not attached").waitFor();
  await row("internet").getByRole("button", { name: "Delete NIC" }).click();
  await button("Delete", page.getByRole("dialog")).click();
  await row("internet").waitFor({ state: "detached" });
  await follow("External networks");
  await row("internet").getByRole("checkbox").check();
  await button("Delete").click();
  await button("Delete", page.getByRole("dialog")).click();
  await page.getByText("No external networks yet").waitFor();
});

story("why a VIP has failed is one hover away, or one key, and it is tried again", async () => {
  await lab.squat("vm3");
  const { networkId, vpcId } = await db();
  const id = await api.made("/v1/vips", { name: "squatted", type: "internal", vpcId, networkId, address: SQUATTED });
  await follow("VIPs");
  await row("squatted").getByText("Failed").hover();
  const reason = page.getByRole("tooltip").getByText(`has the address ${SQUATTED} already`);
  await reason.waitFor();
  await picture(page, "failed");
  await page.mouse.move(0, 0);
  await reason.waitFor({ state: "hidden" });
  await row("squatted").getByRole("note").focus();
  await reason.waitFor();
  await lab.leave("vm3");
  await page.getByRole("link", { name: "squatted" }).click();
  await button("Try again").click();
  await page.getByText("HAVIP cannot make this VIP work").waitFor({ state: "hidden" });
  await page.getByText("Available", { exact: true }).first().waitFor();
  await api.call("DELETE", `/v1/vips/${id}`);
  await page.getByText("This VIP is deleted").waitFor();
});

story("a webhook is made, its secret is shown once, and then why it cannot be told", async () => {
  await follow("Webhooks");
  await page.getByText("No webhooks yet").waitFor();
  await button("Create webhook").click();
  const form = dialog("Create webhook");
  await form.getByLabel("Name").fill("alerts");
  await form.getByLabel("URL").fill("alerts.example.org");
  await button("Create", form).click();
  await form.getByText("http").waitFor();
  // Nobody is there.
  await form.getByLabel("URL").fill("http://10.77.0.99:9/havip");
  await button("Create", form).click();
  await page.getByText(/^whsec_/).waitFor();
  await assertAccessible(page, "secret");
  await button("I have it").click();
  const { id } = await db();
  await api.call("PATCH", `/v1/vips/${id}`, { remark: "told" });
  await row("alerts").getByText("Failing").waitFor();
  await assertAccessible(page, "webhooks");
  await row("alerts").getByRole("checkbox").check();
  await button("Delete").click();
  await button("Delete", page.getByRole("dialog")).click();
  await page.getByText("No webhooks yet").waitFor();
});

story("several VIPs are deleted at once, after their names and holders are shown", async () => {
  await follow("VIPs");
  const { id } = await db();
  // Other things may happen as often as they like.
  let changes = 0;
  const changing = setInterval(() => void api.call("PATCH", `/v1/vips/${id}`, { remark: `${changes++}` }), 50);
  await page.getByRole("searchbox", { name: "Find VIPs" }).fill("busy");
  await row(VIP).waitFor({ state: "detached" });
  clearInterval(changing);
  for (const number of [1, 2, 3, 4, 5]) {
    await page.getByRole("checkbox", { name: `Select busy-${number}` }).check();
  }
  await button("Delete").click();
  const form = dialog("Delete 5 VIPs?");
  await form.getByText("busy-1").waitFor();
  await form.getByText("Nobody holds it; busy will be unbound").first().waitFor();
  await assertAccessible(page, "batch delete");
  await button("Delete", form).click();
  await page.getByText("No VIP matches").waitFor();
  await button("Clear filters").first().click();
  await row(VIP).waitFor();
});

story("ten thousand VIPs: searched, sorted, paged and exported", async () => {
  const [vpc] = (await api.get<{ items: { id: string }[] }>("/v1/vpcs")).items;
  const big = await api.made("/v1/subnets", { vpcId: vpc!.id, name: "big", cidr: "10.77.64.0/18" });
  let next = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < MANY) {
        const name = `vip-${String(next++).padStart(5, "0")}`;
        await api.made("/v1/vips", { name, type: "internal", vpcId: vpc!.id, networkId: big });
      }
    }),
  );
  while ((await api.get<{ items: unknown[] }>("/v1/vips?state=creating&limit=1")).items.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await page.goto(`${api.url}/vips?sort=name`);
  await row("vip-00000").waitFor();
  const durations: number[] = [];
  for (const first of ["vip-00019", "vip-00039", "vip-00059", "vip-00079", "vip-00099"]) {
    const shown = paintedAfterClick(first);
    await button("Next page").first().click();
    durations.push(Math.round(await shown));
    await row(first).waitFor();
  }
  console.log(`a page of ${MANY} VIPs is shown after ${durations.join(", ")} ms`);
  assert.ok(Math.min(...durations) < PAGE_SHOWN_MAX_MS);
  await page.getByRole("searchbox", { name: "Find VIPs" }).fill("vip-09999");
  await row("vip-09999").waitFor();
  await row("vip-00080").waitFor({ state: "detached" });
  await page.getByRole("searchbox", { name: "Find VIPs" }).fill("vip-0");
  await row("vip-00001").waitFor();
  const download = page.waitForEvent("download", { timeout: PATIENCE_MS });
  await button("Actions").click();
  await page.getByRole("menuitem", { name: "Export as CSV" }).click();
  assert.equal((await download).suggestedFilename(), "vips.csv");
  const [head, ...lines] = (await readFile(await (await download).path(), "utf8")).trim().split(/\r?\n/);
  assert.match(head!, /^id,name,/);
  assert.equal(lines.filter((line) => line.includes(",vip-0")).length, MANY);
  await assertAccessible(page, "list");
});

story("who signs out is out, in another window too", async () => {
  const [cookie] = await page.context().cookies(`${api.url}/v1/vips`);
  await page.getByRole("button", { name: "Signed in as admin" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  const answer = await fetch(`${api.url}/v1/vips`, { headers: { cookie: `havip_session=${cookie!.value}` } });
  assert.equal(answer.status, 401);
});
