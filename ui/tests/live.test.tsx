// @vitest-environment happy-dom
/** The stream of a page: let go while nobody looks, taken up where it was, left to others where connections are few. */
import { cleanup, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { call } from "../src/api/http";
import { link, part, reconnect, startLive, stepAside } from "../src/state/live";
import { useResource } from "../src/state/resource";
import { me } from "../src/state/session";
import { Turns, type Player } from "../src/state/turns";

interface Connection { signal: AbortSignal; lastId: string | null; say: (text: string) => void; end: () => void }

const ANN = { name: "Ann", role: "admin" as const, scopes: [], key_id: null, user_id: 1, tags: [], profile: null, totp: false, recovery_codes_left: 0, must: [], password: true, held_since: null, demo: false };
let streams: Connection[] = [];
let asked: string[] = [];
let works = true;
let sees: DocumentVisibilityState = "visible";

function connect(init: RequestInit): Response {
  const signal = init.signal as AbortSignal;
  let say: Connection["say"] = () => undefined;
  let end: Connection["end"] = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      say = (text) => controller.enqueue(new TextEncoder().encode(text));
      end = () => controller.close();
      signal.addEventListener("abort", () => controller.error(new DOMException("gone", "AbortError")));
    },
  });
  streams.push({ signal, lastId: (init.headers as Record<string, string>)["Last-Event-ID"] ?? null, say, end });
  return { status: 200, ok: true, body } as Response;
}

const answer = (path: string) => JSON.stringify(path.includes("/overview") ? { counts: {}, monitors: [], incidents_open: 0 } : path.includes("/thing") ? { name: "It" } : { data: [], next_cursor: null });
const open = () => streams.filter((one) => !one.signal.aborted);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const show = (state: DocumentVisibilityState) => {
  sees = state;
  document.dispatchEvent(new Event("visibilitychange"));
};
const leave = () => dispatchEvent(new Event("pagehide"));
const comeBack = () => dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));

beforeAll(() => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => sees });
  globalThis.fetch = async (input: unknown, init: RequestInit = {}) => {
    const path = String(input);
    if (path.endsWith("/events") && works) return connect(init);
    asked.push(path);
    if (!works) throw new TypeError("no way");
    return new Response(answer(path), { status: 200 });
  };
  startLive();
});
beforeEach(async () => {
  vi.useFakeTimers();
  [streams, asked, works, sees] = [[], [], true, "visible"];
  me.value = ANN;
  await pass(0);
});
afterEach(() => {
  me.value = null;
  vi.useRealTimers();
  cleanup();
});

describe("a page that nobody sees", () => {
  test("lets its stream go after five seconds, and goes on from there when it is seen again", async () => {
    streams[0]?.say("id: b1-7\nevent: incident\ndata: {}\n\n");
    show("hidden");
    await pass(4_900);
    expect(open()).toHaveLength(1);
    await pass(200);
    expect(open()).toEqual([]);
    await pass(120_000);
    expect(streams).toHaveLength(1);
    show("visible");
    await pass(0);
    expect(open().map((one) => one.lastId)).toEqual(["b1-7"]);
    expect(link.value.kind).toBe("live");
  });
  test("keeps it when it is seen again at once", async () => {
    show("hidden");
    await pass(3_000);
    show("visible");
    await pass(10_000);
    expect(streams).toHaveLength(1);
    expect(open()).toHaveLength(1);
  });
  test("asks for no rows; only how many incidents there are, for the title of its tab", async () => {
    show("hidden");
    await pass(6_000);
    asked = [];
    await pass(60_000);
    expect([...new Set(asked.map((path) => path.replace(/\?.*/, "")))]).toEqual(["/api/v1/incidents"]);
    show("visible");
    await pass(0);
    expect(asked.some((path) => path.endsWith("/overview"))).toBe(true);
  });
  test("opens none before it is seen for the first time", async () => {
    me.value = null;
    [streams, sees] = [[], "hidden"];
    me.value = ANN;
    await pass(10_000);
    expect(streams).toEqual([]);
    show("visible");
    await pass(0);
    expect(open()).toHaveLength(1);
  });
  test("is not brought back by a network that is there again", async () => {
    show("hidden");
    await pass(6_000);
    reconnect();
    dispatchEvent(new Event("online"));
    await pass(0);
    expect(open()).toEqual([]);
  });
});

test("a page that is left lets its stream go at once, and one that is gone back to takes it up again", async () => {
  leave();
  expect([open().length, part.value]).toEqual([0, "away"]);
  comeBack();
  await pass(0);
  expect([open().length, part.value]).toEqual([1, "follows"]);
});

test("a page that has left the stream to others asks now and then, and takes it again when it is told to", async () => {
  stepAside();
  expect([open().length, link.value.kind]).toEqual([0, "polling"]);
  asked = [];
  await pass(31_000);
  expect(asked.some((path) => path.endsWith("/overview"))).toBe(true);
  expect([open().length, link.value.kind]).toEqual([0, "polling"]);
  reconnect();
  await pass(0);
  expect([open().length, link.value.kind]).toEqual([1, "live"]);
});

test("a stream that ends before the server does: that it is gone too is said as soon as the stream cannot be taken up again", async () => {
  streams[0]?.end();
  await pass(0);
  expect(link.value.kind).toBe("polling");
  works = false;
  await pass(10_000);
  expect(link.value.kind).toBe("lost");
});

test("a first load that failed is repeated when the stream comes back", async () => {
  vi.useRealTimers();
  function Thing() {
    const found = useResource("thing", () => call<{ name: string }>("GET", "/thing"));
    return <p>{found.value?.name ?? found.problem?.detail ?? "loading"}</p>;
  }
  works = false;
  render(<Thing />);
  await screen.findByText(/cannot be reached|not reach|answer/i);
  works = true;
  reconnect();
  await waitFor(() => expect(screen.getByText("It")).toBeTruthy());
  expect(asked.filter((path) => path.endsWith("/thing"))).toHaveLength(2);
});

describe("turns", () => {
  type Page = { turns: Turns; part: ReturnType<Player["part"]>; channel: BroadcastChannel };
  let pages: Page[] = [];
  const settled = () => new Promise((done) => setTimeout(done, 60));
  const opened = (): Page => {
    const channel = new BroadcastChannel("turns");
    const page = { part: "follows", channel } as Page;
    page.turns = new Turns(channel, { part: () => page.part, stepAside: () => (page.part = "aside"), follow: () => follow(page) });
    pages.push(page);
    page.turns.say(true);
    return page;
  };
  const follow = (page: Page) => {
    page.part = "follows";
    page.turns.say(true);
  };
  const gone = (page: Page) => {
    page.part = "away";
    page.turns.say(false);
  };
  const parts = () => pages.map((page) => page.part);
  beforeEach(() => {
    vi.useRealTimers();
    pages = [];
  });
  afterEach(() => pages.forEach((page) => page.channel.close()));

  test("four of eight pages follow: those that were opened last", async () => {
    for (let n = 0; n < 8; n += 1) {
      opened();
      await settled();
    }
    expect(parts()).toEqual([...Array<string>(4).fill("aside"), ...Array<string>(4).fill("follows")]);
  });
  test("when one goes, the one that waits for the shortest time takes its place, and no other", async () => {
    for (let n = 0; n < 6; n += 1) {
      opened();
      await settled();
    }
    gone(pages[4]!);
    await settled();
    expect(parts()).toEqual(["aside", "follows", "follows", "follows", "away", "follows"]);
  });
  test("who is looked at again follows, and the one that was looked at longest ago steps aside", async () => {
    for (let n = 0; n < 5; n += 1) {
      opened();
      await settled();
    }
    expect(parts()[0]).toBe("aside");
    follow(pages[0]!);
    await settled();
    expect(parts()).toEqual(["follows", "aside", "follows", "follows", "follows"]);
  });
});
