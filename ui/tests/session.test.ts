// @vitest-environment happy-dom
/** Who is asking: what is known before the server has answered, what the answer changes, and how a session ends. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Me } from "../src/api/accounts";

const ANN: Me = {
  name: "Ann", role: "editor", scopes: [], key_id: null, user_id: 1, tags: [], profile: { email: "", zone: "Asia/Tokyo", theme: "dark", language: "" },
  totp: false, recovery_codes_left: 0, must: [], password: true, held_since: null, demo: false,
};
let answers: Record<string, () => Response> = {};

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  sessionStorage.clear();
  globalThis.fetch = (input: unknown) => Promise.resolve((answers[new URL(String(input), location.href).pathname] ?? (() => new Response("{}", { status: 404 })))());
});
afterEach(() => void (answers = {}));

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const load = () => import("../src/state/session");

test("a stranger waits for the answer, and is not signed in", async () => {
  answers["/api/v1/me"] = () => json(401, { title: "Unauthorized" });
  const session = await load();
  expect([session.me.value, session.signedIn.value]).toEqual([undefined, false]);
  await session.loadMe();
  expect([session.me.value, session.signedIn.value, session.wasEnded.value]).toEqual([null, false, false]);
});

test("whoever was here before is taken at the role of the last time until the server has said", async () => {
  localStorage.setItem("asura-last", JSON.stringify({ role: "editor", zone: "" }));
  const session = await load();
  expect([session.signedIn.value, session.can("viewer"), session.can("editor"), session.can("admin")]).toEqual([true, true, true, false]);
  session.enter({ ...ANN, role: "viewer" });
  expect([session.can("viewer"), session.can("editor")]).toEqual([true, false]);
});

test("nobody may anything while nobody is signed in", async () => {
  const session = await load();
  session.me.value = null;
  expect(session.can("viewer")).toBe(false);
});

test("the profile holds at once: zone of all times, and theme", async () => {
  const session = await load();
  const { clock } = await import("../src/domain/format");
  const { theme } = await import("../src/state/theme");
  session.enter(ANN);
  expect(clock("2026-11-20T18:41:02Z", Date.parse("2026-11-21T00:00:00Z"))).toBe("03:41");
  expect(theme.value).toBe("dark");
});

test("a zone that the browser does not know leaves that of the browser", async () => {
  const session = await load();
  session.enter({ ...ANN, profile: { ...ANN.profile!, zone: "Mars/Olympus" } });
  expect(session.zone.value).toBeUndefined();
});

test("a session that the server ends is over everywhere, and the page says so", async () => {
  const session = await load();
  const { call } = await import("../src/api/http");
  session.enter(ANN);
  answers["/api/v1/overview"] = () => json(401, { title: "Unauthorized" });
  await expect(call("GET", "/overview")).rejects.toMatchObject({ status: 401 });
  expect([session.me.value, session.wasEnded.value, localStorage.getItem("asura-last")]).toEqual([null, true, null]);
});

test("a 401 that names a field is about what was entered, not about the session", async () => {
  const session = await load();
  const { call } = await import("../src/api/http");
  session.enter(ANN);
  answers["/api/v1/me/totp"] = () => json(401, { errors: [{ path: "password", message: "is wrong" }] });
  await expect(call("POST", "/me/totp", {})).rejects.toMatchObject({ status: 401 });
  expect(session.me.value?.name).toBe("Ann");
});

test("somebody with tags is limited, others are not", async () => {
  const session = await load();
  session.enter(ANN);
  expect(session.limited.value).toBe(false);
  session.enter({ ...ANN, tags: ["shop"] });
  expect(session.limited.value).toBe(true);
});

test("signing out in another tab ends this one", async () => {
  answers["/api/v1/me"] = () => json(200, ANN);
  const session = await load();
  session.startSession();
  await vi.waitFor(() => expect(session.me.value?.name).toBe("Ann"));
  dispatchEvent(Object.assign(new Event("storage"), { key: "asura-last", newValue: null }));
  expect(session.me.value).toBeNull();
});
