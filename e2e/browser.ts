/** Chromium, and what every page must keep to. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** On a busy machine everything takes long; what takes longer is broken. */
export const PATIENCE_MS = 30_000;

/** A file for screenshots, if any are wanted. */
const SCREENSHOTS = process.env["HAVIP_SCREENSHOTS"];

export async function launch(): Promise<Browser> {
  const executablePath = CHROMIUM.find((path) => existsSync(path));
  assert.ok(executablePath, "install chromium");
  // Chromium's own sandbox cannot be made inside the sandbox of the tests.
  return chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: 4 * PATIENCE_MS });
}

/** A page of a browser of its own, and the errors that it wrote to its console. */
export async function openPage(browser: Browser, size = { width: 1280, height: 860 }): Promise<[Page, string[]]> {
  const page = await browser.newPage({ viewport: size, colorScheme: "light", reducedMotion: "no-preference" });
  page.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    // That a request was refused or not answered is Chromium's remark; the page has to show it.
    if (message.type() === "error" && !/Failed to load resource|net::ERR_/.test(message.text())) {
      errors.push(message.text());
    }
  });
  return [page, errors];
}

/** Fails on what keeps people from using the page who cannot see it or hold a mouse. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    // A colour that is fading has too little contrast on its way.
    const fading = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(fading.map(({ finished }) => finished));
    const { axe: loaded } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await loaded.run(document, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      // Cloudscape's own navigation, on narrow screens, says which way it lies; no reader is led astray by it.
      .filter(({ id, nodes }) => id !== "aria-allowed-attr" || nodes.some(({ html }) => !/^<nav [^>]*aria-orientation/.test(html)))
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join(" ")}`);
  });
  assert.deepEqual(found, [], what);
}

/** Leaves a picture, if pictures are wanted. */
export async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS !== undefined) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    // Messages about what was just done go, and whatever moves comes to rest.
    await page.getByRole("button", { name: "Dismiss" }).first().waitFor({ state: "hidden" });
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }
}
