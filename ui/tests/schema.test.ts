/** Every real type's schema becomes a form: the fixture is written by the server's own code (./dev docs). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ChannelTypes, CheckTypes } from "../src/api/editing";
import { bodyOf, draftOf, patchFor, pasted, planFor, retyped, sectionOf, spotsFor } from "../src/domain/monitor-draft";
import { channelBody, channelPlan } from "../src/domain/channel-draft";
import { STARS, type Draft } from "../src/domain/form";
import { fieldsOf, type Field } from "../src/domain/schema";

const { checks, channels } = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/types.json`, "utf8")) as { checks: CheckTypes; channels: ChannelTypes };
const all = [...checks.data.map((type) => ({ name: `check ${type.name}`, schema: type.settings })), ...channels.data.map((type) => ({ name: `channel ${type.name}`, schema: type.settings }))];
const plan = (name: string) => planFor(checks.data.find((type) => type.name === name)!, checks.monitor);
const kinds = (fields: readonly Field[]) => Object.fromEntries(fields.map((field) => [field.name, field.kind]));

describe.each(all)("$name", ({ schema }) => {
  const fields = fieldsOf(schema);
  test("each setting has a control, a label, and its place in the order of the server", () => {
    expect(fields.map((field) => field.name)).toEqual(Object.keys(schema.properties ?? {}));
    for (const field of fields) {
      expect(field.kind, field.name).not.toBe("other");
      expect(field.label, field.name).not.toBe("");
    }
  });
  test("a choice has its values, and starts with one of them", () => {
    for (const field of fields.filter((one) => one.kind === "choice")) {
      expect(field.choices.length, field.name).toBeGreaterThan(1);
      if (field.initial !== null) expect(field.choices.map((one) => one.value), field.name).toContain(field.initial);
    }
  });
  test("nothing chosen is nothing sent", () => {
    const plain = Object.fromEntries(fields.map((field) => [field.name, field.initial]));
    const sent = bodyOf({ type: checks.data[0]!, common: [], own: fields }, { settings: plain });
    expect(sent).toEqual({});
  });
});

test("the kinds of the settings of HTTP", () => {
  expect(kinds(plan("http").own)).toMatchObject({
    method: "choice", body: "body", headers: "map", secret_headers: "secretMap", auth: "variants", verify: "boolean", max_redirects: "number",
    ca_pem: "multiline", client_key_pem: "secret", proxy: "text", certificate_warning_days: "number",
  });
  const auth = plan("http").own.find((field) => field.name === "auth");
  expect(auth?.variants.map((one) => [one.value, one.label, kinds(one.fields)])).toEqual([
    ["basic", "User name and password", { username: "text", password: "secret" }], ["bearer", "Token", { token: "secret" }],
  ]);
  expect(auth?.nullable).toBe(true);
});

test("seconds are durations, lists are lines, and values of a list that are known are ticked", () => {
  expect(kinds(plan("icmp").own)).toMatchObject({ interval: "duration", wait: "duration", max_jitter_ms: "number", count: "number" });
  expect(kinds(plan("heartbeat").own)).toMatchObject({ fail_if: "list", look_in: "choices", otherwise: "choice", token: "secret" });
  expect(kinds(fieldsOf(channels.data.find((type) => type.name === "apprise")!.settings))).toEqual({ urls: "secrets" });
  expect(kinds(fieldsOf(channels.channel))).toMatchObject({ events: "choices", default: "boolean", name: "text" });
});

test("words of a choice come in the order in which the server tells them", () => {
  const mode = plan("dns").own.find((field) => field.name === "mode");
  expect(mode?.choices.map((one) => one.label)).toEqual(["These and no others", "All of these", "At least one of these"]);
});

test("a monitor has the shared fields of its kind, each in a section or drawn by hand", () => {
  expect(plan("http").common.map((field) => field.name)).not.toContain("cron");
  expect(plan("heartbeat").common.map((field) => field.name)).not.toContain("target");
  for (const name of ["http", "heartbeat"]) {
    const drawn = (["judging", "telling", "sorting", "rest"] as const).flatMap((section) => sectionOf(plan(name), section).map((field) => field.name));
    const byHand = ["name", "type", "target", "interval", "grace", "cron", "on_calendar", "timezone", "settings", "assertions", "assertions_match", "escalation_policy_id"];
    expect(plan(name).common.filter((field) => !drawn.includes(field.name) && !byHand.includes(field.name)).map((field) => field.name)).toEqual([]);
  }
});

const shop: Draft = {
  id: 1, slug: "shop", status: "up", name: "Shop", type: "http", target: "https://shop.example/", interval: 60, timeout: 10, enabled: true, tags: ["eu"], description: "", depends_on: [], regions: [],
  settings: { auth: { type: "basic", username: "ada", password: STARS }, headers: { Accept: "text/html", "X-A": "1" } }, assertions: [{ on: "status", op: "in", value: ["200-299"] }], channel_ids: [],
};

describe("an edit sends what changed and nothing else", () => {
  const http = plan("http");
  const before = draftOf(http, shop);
  const after = (change: Draft) => patchFor(http, before, bodyOf(http, { ...before, ...change }));
  test("nothing", () => expect(after({})).toEqual({}));
  test("read-only fields are never sent", () => expect(Object.keys(before)).not.toEqual(expect.arrayContaining(["id"])));
  test("one field", () => expect(after({ interval: 30 })).toEqual({ interval: 30 }));
  test("what is emptied goes back to its default", () => expect(after({ tags: undefined, timeout: undefined })).toEqual({ tags: [], timeout: 10 }));
  test("a removed header is null, a kept one is not mentioned", () => {
    expect(after({ settings: { ...(before.settings as Draft), headers: { Accept: "text/html" } } })).toEqual({ settings: { headers: { "X-A": null } } });
  });
  test("another shape of a nested object takes the fields of the old one away", () => {
    const settings = { ...(before.settings as Draft), auth: { type: "bearer", token: "t" } };
    expect(after({ settings })).toEqual({ settings: { auth: { type: "bearer", token: "t", username: null, password: null } } });
  });
  test("a replaced secret is sent, a kept one is not", () => {
    const settings = { ...(before.settings as Draft), auth: { type: "basic", username: "ada", password: "new" } };
    expect(after({ settings })).toEqual({ settings: { auth: { password: "new" } } });
  });
});

test("another type keeps what both have, and sends its settings whole", () => {
  const [http, tls] = [plan("http"), plan("tls")];
  const old = { ...draftOf(http, shop), settings: { verify: false, family: "ipv6", method: "POST" }, assertions: [{ on: "status", op: "eq", value: "200" }, { on: "response_time", op: "lt", value: "500" }] };
  const draft = retyped(old, http, tls);
  expect(draft).toMatchObject({ type: "tls", name: "Shop", target: "shop.example:443", interval: 60, settings: { verify: false, family: "ipv6" }, assertions: [{ on: "response_time", op: "lt", value: "500" }] });
  expect(patchFor(tls, draftOf(http, shop), bodyOf(tls, draft))).toMatchObject({ type: "tls", settings: { verify: false, family: "ipv6" }, target: "shop.example:443" });
});

test("a copy has another name and nothing that can be only once", () => {
  const job = { ...shop, type: "heartbeat", target: "", settings: { token: STARS, alert_if_never: false } };
  expect(draftOf(plan("heartbeat"), job, "Shop (copy)")).toMatchObject({ name: "Shop (copy)", settings: { alert_if_never: false } });
});

describe("a pasted text fills what nobody chose", () => {
  const free = { type: false, name: false };
  test("all of it", () => expect(pasted({ type: "http" }, "ping 1.1.1.1", free).draft).toEqual({ type: "icmp", target: "1.1.1.1", name: "Ping 1.1.1.1" }));
  test("settings that the text speaks of go with the next text", () => {
    const mx = pasted({ type: "http" }, "MX example.com", free).draft;
    expect(mx.settings).toEqual({ record_type: "MX" });
    expect(pasted(mx, "https://example.com", free).draft).toEqual({ type: "http", target: "https://example.com", name: "example.com" });
  });
  test("a chosen type and name stay", () => {
    expect(pasted({ type: "tls", name: "Mine" }, "https://example.com/x", { type: true, name: true }).draft).toEqual({ type: "tls", name: "Mine", target: "example.com:443" });
  });
  test("no address yet is kept as it is", () => expect(pasted({ type: "http" }, " shop ", free)).toEqual({ draft: { type: "http", target: "shop" }, proposal: null }));
});

test("errors know the fields of a nested object that is there", () => {
  const spots = spotsFor(plan("http"), shop).map((spot) => spot.path);
  expect(spots).toEqual(expect.arrayContaining(["target", "settings.auth", "settings.auth.username", "assertions", "interval"]));
  expect(spots).not.toContain("settings");
  expect(spots).not.toContain("settings.auth.token");
});

test("a channel sends its events only when they are others than usual", () => {
  const slack = channelPlan(channels.data.find((type) => type.name === "slack")!, channels.channel);
  const usual = fieldsOf(channels.channel).find((field) => field.name === "events")?.initial as string[];
  expect(usual.length).toBeGreaterThan(3);
  expect(channelBody(slack, { type: "slack", name: "Ops", events: usual })).toEqual({ type: "slack", name: "Ops" });
  expect(channelBody(slack, { type: "slack", name: "Ops", events: [] })).toEqual({ type: "slack", name: "Ops", events: [] });
});
