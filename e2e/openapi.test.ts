/** What Spectral's recommended rules for OpenAPI say about openapi.yaml. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import spectralCore, { type RulesetDefinition } from "@stoplight/spectral-core";
import parsers from "@stoplight/spectral-parsers";
import rulesets from "@stoplight/spectral-rulesets";

const { Document, Spectral } = spectralCore;
const contract = await readFile(new URL("../../src/main/resources/openapi.yaml", import.meta.url), "utf8");

async function findings(text: string): Promise<string[]> {
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [[rulesets.oas as RulesetDefinition, "recommended"]] });
  const found = await spectral.run(new Document(text, parsers.Yaml, "openapi.yaml"));
  return found.map((it) => `${it.range.start.line + 1}: ${it.code}: ${it.message}`);
}

test("the contract is clean", async () => {
  assert.deepEqual(await findings(contract), []);
});

test("a missing description and an example that its schema refuses are found", async () => {
  const spoilt = contract
    .replace("description: Oldest first, in pages.", "")
    .replace("example: { name: staging }", "example: { name: 7 }");
  const found = (await findings(spoilt)).join("\n");
  assert.match(found, /operation-description/);
  assert.match(found, /oas3-valid-media-example/);
});
