// @vitest-environment happy-dom
/** What the overview, the bar and dialogs say of probes and regions. */
import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, test } from "vitest";
import type { Agreement, Probe, Region } from "../src/api/probes";
import { Revoke } from "../src/pages/probes/dialogs";
import { Alone } from "../src/pages/regions/Alone";
import { PlacesLine } from "../src/pages/regions/PlacesLine";
import { rows } from "../src/state/monitors";
import { missing, probes, regions } from "../src/state/probes";
import { ago, row } from "./make";

const probe = (change: Partial<Probe> = {}): Probe => ({
  id: 1, region: "eu-west", name: "one", shared: false, version: "1.0", last_seen_at: ago(2), online: true, blind: null, clock_skew_s: 0, lag_s: 0, late_s: 0, checks_per_s: 1, in_flight: 0,
  spooled: 0, lost: 0, refused: 0, monitors: 1, created_by: "Ann", created_at: ago(99), ...change,
});
const region = (name: string, failing_ids: number[] = []): Region => ({ region: name, probes: 1, online: 1, votes: true, why: null, monitors: 3, failing: failing_ids.length, failing_ids });
const line = () => {
  const { container } = render(<PlacesLine />);
  return { text: container.textContent, links: screen.queryAllByRole("link").map((one) => one.getAttribute("href")) };
};

afterEach(() => {
  cleanup();
  probes.value = regions.value = [];
  rows.value = null;
});

describe("below the heading of the overview", () => {
  test("nothing is said while all probes are there and nothing fails", () => {
    probes.value = [probe(), probe({ id: 2, online: false, last_seen_at: null })];
    regions.value = [region("local"), region("eu-west")];
    expect(line().text).toBe("");
  });
  test("probes that are gone or blind are named, with the way to them; who never came is not missed", () => {
    probes.value = [probe({ online: false }), probe({ id: 2, name: "two", region: "us", online: false }), probe({ id: 3, name: "three", blind: "Its resolver is dead." }), probe({ id: 4, last_seen_at: null, online: false })];
    expect(missing.value).toHaveLength(3);
    expect(line()).toEqual({ text: "2 probes are gone: one (eu-west) and two (us). 1 probe cannot see: three (eu-west). ", links: ["/probes", "/probes"] });
  });
  test("what fails from one region alone is named, the first three, and not what is down for all", () => {
    rows.value = new Map([1, 2, 3, 4, 9].map((id) => [id, row({ id, name: `Shop ${id}`, status: id === 9 ? "down" : "up" })]));
    regions.value = [region("local", [9]), region("eu-west", [1, 2, 3, 4, 9])];
    expect(line()).toEqual({ text: "Fails from eu-west alone: Shop 1, Shop 2, Shop 3 and 1 more. ", links: ["/monitors/1", "/monitors/2", "/monitors/3"] });
  });
});

test("the head of a monitor says from where alone it fails", () => {
  const said = (name: string, status: "up" | "down") => ({ region: name, status, since: null, votes: true, why: null, message: "", last_result: null, uptime_24h_ratio: 1, p50_ms: 1, p95_ms: 1, checks_24h: 1 });
  const agreement: Agreement = { quorum: 2, asked: 2, needed: 2, reason: "minority_failing", sentence: "", regions: [said("local", "up"), said("us-east", "down"), said("eu", "up")] };
  render(<Alone agreement={agreement} />);
  expect(screen.getByText("Fails from us-east alone.")).toBeTruthy();
});

test.each([[true, /enrols itself again while its process runs/, 0], [false, /It is refused at once and leaves the list/, 1]] as const)("revoking a probe that came by the shared key (%s) says what then happens", (shared, text, last) => {
  render(<Revoke probe={probe({ shared })} alone onClose={() => undefined} onDone={() => undefined} />);
  expect(screen.getByText(text)).toBeTruthy();
  expect(screen.queryAllByText(/It is the only probe of eu-west/)).toHaveLength(last);
});
