/** The form of a status page, the order of its components, and what is said on it. */
import { describe, expect, test } from "vitest";
import type { PageComponent, PageGroup, Post, StatusPage, Subscriber } from "../src/api/status";
import type { OverviewRow } from "../src/api/types";
import { STARS } from "../src/domain/form";
import { candidates, draftOf, linesOf, membersOf, moved, nameOf, pageBody, pagePatch, partsOf, placed, standsFor, type Line } from "../src/domain/page-draft";
import { affectedBy, failing, placeOf, spanText, toldOf, withState } from "../src/domain/post";
import { ago, NOW, row } from "./make";

const component = (name: string, change: Partial<PageComponent> = {}): PageComponent => ({ name, description: "", group: "", monitor_id: 1, monitor_group: null, tag: null, combine: "worst", weights: {}, ...change });
const group = (name: string): PageGroup => ({ name, description: "", collapsed: false });
const page = (change: Partial<StatusPage> = {}): StatusPage => ({
  id: 1, slug: "shop", url: "https://asura.example/status/shop", title: "Shop", description: "", visibility: "public", hosts: [], groups: [], components: [], everything_public: false, templates: [],
  subscribe: ["email", "webhook", "slack", "discord"], has_password: false, logo: null, favicon: null, managed_by: null, ...change,
});
const text = (lines: readonly Line[]) => lines.map((line) => (line.kind === "group" ? `[${line.group.name}]` : line.component.name)).join(" ");
const shop = linesOf([group("Web"), group("Mail")], [component("a"), component("b", { group: "Web" }), component("c", { group: "Mail" }), component("d", { group: "Web" })]);

describe("components in their order", () => {
  test("stand under their headings, those without one first", () => expect(text(shop)).toBe("a [Web] b d [Mail] c"));
  test("a heading that only components name is there too", () => expect(text(linesOf([], [component("x", { group: "New" }), component("y")]))).toBe("y [New] x"));
  test("come back as they were put", () => {
    const parts = partsOf(shop);
    expect(parts.groups.map((one) => one.name)).toEqual(["Web", "Mail"]);
    expect(parts.components.map((one) => [one.name, one.group])).toEqual([["a", ""], ["b", "Web"], ["d", "Web"], ["c", "Mail"]]);
    expect(linesOf(parts.groups, parts.components)).toEqual(shop);
  });
  test.each([[0, 1, "[Web] a b d [Mail] c"], [2, -1, "a b [Web] d [Mail] c"], [3, 1, "a [Web] b [Mail] d c"], [5, 1, "a [Web] b d [Mail] c"], [0, -1, "a [Web] b d [Mail] c"], [4, -1, "a [Mail] c [Web] b d"], [1, 1, "a [Mail] c [Web] b d"], [1, -1, "a [Web] b d [Mail] c"]] as const)("line %i moved by %i", (index, by, after) => expect(text(moved(shop, index, by).lines)).toBe(after));
  test("what was moved is found where it is", () => {
    for (const [index, line] of shop.entries()) for (const by of [-1, 1] as const) {
      const next = moved(shop, index, by);
      expect(next.lines[next.index]).toBe(line);
      expect(new Set(next.lines)).toEqual(new Set(shop));
      expect(next.lines).toHaveLength(shop.length);
    }
  });
  test.each([[0, 5, "[Web] b d [Mail] c a"], [5, 0, "c a [Web] b d [Mail]"], [1, 5, "a [Mail] c [Web] b d"], [4, 0, "a [Mail] c [Web] b d"], [1, 3, "a [Web] b d [Mail] c"]] as const)("line %i dropped on %i", (from, to, after) => expect(text(placed(shop, from, to))).toBe(after));
  test("passing a heading makes a component its", () => expect(partsOf(moved(shop, 0, 1).lines).components[0]).toMatchObject({ name: "a", group: "Web" }));
});

describe("what a component can stand for", () => {
  const rows = [row({ id: 1, name: "Shop", tags: ["eu"], group: "Web" }), row({ id: 2, name: "Mail", slug: "mail", tags: ["eu", "smtp"] })];
  test("is found by name, tag and group", () => {
    expect(candidates("eu", rows, []).map((one) => one.key)).toEqual(["teu"]);
    expect(candidates("m", rows, []).map((one) => one.key)).toEqual(["m2", "tsmtp"]);
    expect(candidates("web", rows, []).map((one) => one.key)).toEqual(["gWeb"]);
  });
  test("is offered once", () => expect(candidates("shop", rows, [component("", { monitor_id: 1 })])).toEqual([]));
  test("names it unless it has a name of its own", () => {
    expect(nameOf(component("", { monitor_id: 2 }), rows)).toBe("Mail");
    expect(nameOf(component("Post"), rows)).toBe("Post");
    expect(nameOf(component("", { monitor_id: null, tag: "eu" }), rows)).toBe("eu");
    expect(standsFor(component("", { monitor_id: 9 }), rows)).toBe("a monitor that is not there any more");
  });
  test("counts its members", () => {
    expect(membersOf(component("", { monitor_id: null, tag: "eu" }), rows).map((one) => one.id)).toEqual([1, 2]);
    expect(membersOf(component("", { monitor_id: null, monitor_group: "Web" }), rows).map((one) => one.id)).toEqual([1]);
  });
});

describe("a page is sent", () => {
  test("new: as what differs from nothing", () => expect(pageBody({ title: "Shop", description: "", theme: "dark", powered_by: true, links: [{ text: "", url: "" }], slug: "shop" })).toEqual({ title: "Shop", theme: "dark", slug: "shop" }));
  test("changed: as what changed, nested parts as a whole, and what was cleared goes back", () => {
    const before = draftOf(page({ css: "a{}", logo: "/status/shop/logo", has_password: true }));
    expect(before).toEqual({ title: "Shop", css: "a{}", logo: "/status/shop/logo", password: STARS });
    const { css: _, logo: __, ...rest } = before;
    expect(pagePatch(before, { ...rest, show: { days: 30 } })).toEqual({ css: "", logo: null, show: { uptime: true, response_times: false, days: 30, past_incidents_days: 14 } });
    expect(pagePatch(before, { ...before, password: undefined })).toEqual({ password: null });
    expect(pagePatch(before, before)).toEqual({});
  });
});

const post = (change: Partial<Post> = {}): Post => ({
  id: 3, page_id: 1, kind: "incident", title: "Payments fail", status: "investigating", impact: "major", publish_at: ago(600), published: true, started_at: null, ends_at: null, resolved_at: null, postmortem: "", postmortem_html: "", automatic: false,
  components: [], created_by: "Ann", created_at: ago(600), updated_at: ago(600), updates: [], ...change,
});

describe("a post", () => {
  test.each([[{}, "open"], [{ kind: "notice" as const, status: "monitoring" as const }, "notices"], [{ published: false }, "scheduled"], [{ status: "resolved" as const, resolved_at: ago(5) }, "past"], [{ kind: "notice" as const, resolved_at: ago(5) }, "past"]])("%j stands where it belongs", (change, where) => expect(placeOf(post(change))).toBe(where));
  test.each([[{}, "since 18:35"], [{ published: false, publish_at: ago(-600) }, "shows from 18:55"], [{ ends_at: ago(-3600) }, "since 18:35, until 19:45"], [{ resolved_at: ago(300) }, "ended 18:40, lasted 5\u202fmin"], [{ started_at: ago(900) }, "since 18:30"], [{ started_at: ago(900), resolved_at: ago(300) }, "ended 18:40, lasted 10\u202fmin"]])("says when it is", (change, said) => expect(spanText(post(change), NOW)).toBe(said));
  test("that is over says that all is well", () => {
    const before = [{ component_id: 1, status: "major_outage" as const }];
    expect(affectedBy("monitoring", before)).toEqual(before);
    expect(affectedBy("resolved", before)).toEqual([{ component_id: 1, status: "operational" }]);
  });
  test("affects what is ticked, each in its state", () => {
    const one = withState([], 1, "degraded");
    expect(withState(one, 2, "major_outage")).toEqual([{ component_id: 1, status: "degraded" }, { component_id: 2, status: "major_outage" }]);
    expect(withState(one, 1, "operational")).toEqual([{ component_id: 1, status: "operational" }]);
    expect(withState(one, 1, null)).toEqual([]);
  });
});

describe("what monitors know of an incident that is reported", () => {
  const shop = page({ components: [component("a", { id: 11 }), component("b", { id: 12, monitor_id: null, tag: "eu" }), component("c", { id: 13, monitor_id: null, tag: "eu", combine: "weighted", weights: { "3": 3 } })] });
  const rows = (one: OverviewRow["status"], two: OverviewRow["status"], three: OverviewRow["status"]) => [row({ id: 1, status: one }), row({ id: 2, status: two, tags: ["eu"] }), row({ id: 3, status: three, tags: ["eu"] })];
  const found = (...states: Parameters<typeof rows>) => {
    const { components, impact } = failing([11, 12, 13, 1_000_003], shop, rows(...states));
    return [impact, ...components.map((one) => `${one.component_id} ${one.status}`)].join(", ");
  };
  test.each([
    ["up", "up", "up", ""], ["maintenance", "unknown", "paused", ""],
    ["degraded", "up", "up", "minor, 11 degraded"],
    ["up", "down", "up", "critical, 12 major_outage, 13 partial_outage"],
    ["late", "up", "unreachable", "critical, 11 degraded, 12 major_outage, 13 major_outage, 1000003 major_outage"],
  ] as const)("%s, %s, %s", (one, two, three, said) => expect(found(one, two, three)).toBe(said));
  test("an outage of a part is as bad as that", () => expect(failing([13], shop, rows("up", "down", "up"))).toEqual({ components: [{ component_id: 13, status: "partial_outage" }], impact: "major" }));
  test("and who hears of it are those who confirmed, and want to hear of that", () => {
    const one = (components: number[], confirmed = true): Subscriber => ({ id: 1, kind: "email", address: "a@example.com", components, confirmed, created_at: ago(9) });
    const all = [one([]), one([11]), one([12]), one([], false)];
    expect(toldOf(all, [{ component_id: 11, status: "degraded" }])).toBe(2);
    expect(toldOf(all, [])).toBe(3);
  });
});
