/** Probes and regions: how they do in words, and what starts one. */
import { describe, expect, test } from "vitest";
import type { Probe, Region } from "../src/api/probes";
import { addressFor, isLoopback, setUps } from "../src/domain/probe-setup";
import { byRegion, isBehind, isSkewed, oddities, ordered, regionFault, skewText, standing, voting } from "../src/domain/probes";
import { ago, NOW } from "./make";

const probe = (change: Partial<Probe> = {}): Probe => ({
  id: 1, region: "eu-west", name: "one", shared: false, version: "1.0", last_seen_at: ago(2), online: true, blind: null, clock_skew_s: 0.1, lag_s: 0.2, late_s: 0, checks_per_s: 20, in_flight: 1,
  spooled: 0, lost: 0, refused: 0, monitors: 12, created_by: "Ann", created_at: ago(86_400), ...change,
});
const region = (change: Partial<Region> = {}): Region => ({ region: "eu-west", probes: 1, online: 1, votes: true, why: null, monitors: 3, failing: 0, failing_ids: [], ...change });
const plain = (text: string) => text.replace(/\u202f/g, " ");

describe("how a probe does", () => {
  test.each([
    [{}, "up", "Online", ""], [{ blind: "Its resolver is dead." }, "unknown", "Cannot see", "Its resolver is dead."],
    [{ online: false, last_seen_at: ago(240) }, "down", "Offline", "silent for 4 min"], [{ online: false, last_seen_at: null }, "pending", "Not there yet", "has never called"],
    [{ online: false, blind: "Its resolver is dead.", last_seen_at: ago(60) }, "down", "Offline", "silent for 1 min"],
  ] as const)("%j is %s", (change, look, word, more) => {
    const found = standing(probe(change), NOW);
    expect([found.look, found.word, plain(found.more)]).toEqual([look, word, more]);
  });
  test("nothing is odd about a good one", () => expect(oddities(probe(), "1.0")).toEqual([]));
  test("what is lost, refused, late or of another version is told", () => {
    const odd = oddities(probe({ version: "0.9", late_s: 3, lag_s: 60, spooled: 5, lost: 1, refused: 2 }), "1.0");
    expect(odd.map(plain)).toEqual(["version 0.9, this asura has 1.0", "its checks start 3 s late", "5 results wait to be delivered", "1 result lost", "2 results refused"]);
  });
  test("a version is compared when both are known, and while it is there", () => {
    expect(oddities(probe({ version: "0.9" }), "")).toEqual([]);
    expect(oddities(probe({ version: "" }), "1.0")).toEqual([]);
    expect(oddities(probe({ version: "0.9", online: false }), "1.0")).toEqual([]);
  });
  test.each([[0.1, "0.1 s"], [-0.25, "0.25 s"], [5.4, "5 s ahead"], [3660, "1 h 1 min ahead"], [-3600, "1 h slow"]] as const)("a clock that is off by %s s: %s", (seconds, text) => expect(plain(skewText(seconds))).toBe(text));
  test("a clock is marked beyond five seconds, results beyond half a minute, and neither of one that is gone", () => {
    expect([5, 5.1, -5.1].map((clock_skew_s) => isSkewed(probe({ clock_skew_s })))).toEqual([false, true, true]);
    expect([30, 31].map((lag_s) => isBehind(probe({ lag_s })))).toEqual([false, true]);
    expect([isSkewed(probe({ online: false, clock_skew_s: 60 })), isBehind(probe({ online: false, lag_s: 60 }))]).toEqual([false, false]);
  });
});

describe("regions", () => {
  test.each([[{}, "up", ""], [{ votes: false, why: "offline" }, "down", "no probe is there"], [{ votes: false, why: "offline", monitors: 0 }, "pending", "no probe is there"], [{ votes: false, why: "blind" }, "unknown", "cannot see"], [{ votes: false, why: "new" }, "unknown", ""]] as const)("%j", (change, look, more) => {
    const found = voting(region(change));
    expect([found.look, found.more]).toEqual([look, more]);
  });
  test("asura itself comes first, then the others by name", () => expect(ordered([region({ region: "us-2" }), region({ region: "us-10" }), region({ region: "local" })]).map((one) => one.region)).toEqual(["local", "us-2", "us-10"]));
  test("their probes stand below them by name", () => {
    const found = byRegion([probe({ id: 1, region: "us", name: "b" }), probe({ id: 2, region: "eu", name: "c" }), probe({ id: 3, region: "us", name: "a" })]);
    expect(found.map(([name, some]) => [name, some.map((one) => one.name)])).toEqual([["eu", ["c"]], ["us", ["a", "b"]]]);
  });
  test.each([["eu-west", true], ["A", true], ["a_b.c-9", true], ["-eu", false], ["eu west", false], ["", false], ["x".repeat(64), true], ["x".repeat(65), false], ["local", false], ["é", false]] as const)("%j may be one: %s", (name, may) => expect(regionFault(name) === "").toBe(may));
});

describe("what starts a probe", () => {
  const made = { primary: "https://asura.example", key: "apb_Ab-9_x" };
  const text = (name: string, enrolled = made) => setUps(enrolled).find((one) => one.name === name)?.text ?? "";
  test("the command", () => expect(text("command")).toBe("ASURA_KEY=apb_Ab-9_x asura --mode probe --primary https://asura.example"));
  test("the key is on no command line", () => {
    for (const line of text("systemd").split("\n").filter((one) => /^(Exec|sudo)/.test(one))) expect(line).not.toContain(made.key);
    expect(text("systemd")).toContain("install -m 0600 /dev/stdin /etc/asura/probe.env <<'END'\nASURA_MODE=probe\nASURA_PRIMARY=https://asura.example\nASURA_KEY=apb_Ab-9_x\nEND");
    expect(text("compose")).not.toMatch(/command:.*apb/);
  });
  test("compose names what has to be there first, and the system it runs on", () => expect(text("compose")).toMatch(/^# .*\.\/asura has to be beside it first.*\n(.*\n)+ {4}image: debian:bookworm-slim\n/));
  test("the unit is hardened as the primary's is", () => {
    for (const line of ["Type=notify", "DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=CAP_NET_RAW", "MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "EnvironmentFile=/etc/asura/probe.env"]) expect(text("systemd")).toContain(`\n${line}\n`);
  });
  test("compose is told by its environment", () => expect(text("compose")).toMatch(/ASURA_MODE: probe\n {6}ASURA_PRIMARY: "https:\/\/asura.example"\n {6}ASURA_KEY: "apb_Ab-9_x"\n/));
  test("an address cannot leave its place", () => {
    const hostile = { primary: `http://x/';$(reboot)\n"`, key: "k" };
    expect(text("command", hostile)).toBe(`ASURA_KEY=k asura --mode probe --primary 'http://x/'\\'';$(reboot)\n"'`);
    expect(text("systemd", hostile)).toContain(`\n#   sudo ./install.sh --probe 'http://x/'\\'';$(reboot)"' -\n`);
    expect(text("systemd", hostile)).toContain(`ASURA_PRIMARY=http://x/';$(reboot)"\nASURA_KEY=k\nEND`);
    expect(text("compose", hostile)).toContain(`ASURA_PRIMARY: "http://x/';$$(reboot)\\n\\""`);
  });
  test.each([
    ["http://127.0.0.1:8090", "http://10.0.0.5:8090", "http://10.0.0.5:8090"], ["http://127.0.0.1:8090", "http://localhost:8090", "http://127.0.0.1:8090"], ["https://asura.example", "http://10.0.0.5:8090", "https://asura.example"],
  ])("configured %s, seen at %s: it calls %s", (configured, here, address) => expect(addressFor(configured, here)).toBe(address));
  test.each([["http://127.0.0.1:8090", true], ["http://localhost/x", true], ["http://[::1]:8090", true], ["http://0.0.0.0:1", true], ["http://asura.localhost", true], ["https://asura.example", false], ["http://10.0.0.1", false], ["http://127.example.com", false], ["", false]] as const)("%s is this machine alone: %s", (address, alone) => expect(isLoopback(address)).toBe(alone));
});
