/** The form of a status page: where it starts, what is sent, and the order of its components under their headings. Pure. */
import type { PageComponent, PageGroup, StatusPage } from "../api/status";
import type { OverviewRow } from "../api/types";
import { w } from "../words/statusPages";
import { asDraft, same, STARS, type Draft } from "./form";

export const SHOW: Draft = { uptime: true, response_times: false, days: 90, past_incidents_days: 14 };
export const AUTO: Draft = {
  when: "after", minutes: 5, degraded: false, title: "${component} is not available",
  text: "We have noticed that ${component} does not work as it should, and are looking into it.", resolved_text: "${component} works again.",
};
/** What a page is while nobody has said anything. */
const BLANK: Draft = {
  title: "", description: "", visibility: "public", networks: [], hosts: [], frame_ancestors: [], language: "auto", timezone: "UTC", theme: "auto", accent: "", css: "", links: [], powered_by: true,
  everything_public: false, groups: [], components: [], show: SHOW, auto_incidents: AUTO, templates: [], subscribe: ["email", "webhook", "slack", "discord"], logo: null, favicon: null,
};
const NESTED: Readonly<Record<string, Draft>> = { show: SHOW, auto_incidents: AUTO };
export const FIELDS = [...Object.keys(BLANK), "slug", "password"];

/** The draft of a page that is there; its password is stars. */
export function draftOf(page: StatusPage): Draft {
  const own = Object.fromEntries(Object.keys(BLANK).flatMap((name) => (name in page && !same(page[name], BLANK[name]) ? [[name, page[name]]] : [])));
  return page.has_password ? { ...own, password: STARS } : own;
}

/** What makes a new page: all that differs from nothing. */
export function pageBody(draft: Draft): Draft {
  return Object.fromEntries(FIELDS.flatMap((name) => {
    const value = whole(name, draft[name]);
    return value === undefined || (name !== "title" && same(value, BLANK[name])) ? [] : [[name, value]];
  }));
}

/** What a PATCH says of two drafts; what was cleared goes back to what it is by itself. */
export function pagePatch(before: Draft, after: Draft): Draft {
  return Object.fromEntries(FIELDS.flatMap((name) => {
    const [old, now] = [whole(name, before[name]), whole(name, after[name])];
    return same(old, now) ? [] : [[name, now ?? BLANK[name] ?? null]];
  }));
}

/** A nested part is sent as a whole, and rows that nobody filled in are not sent. */
function whole(name: string, value: unknown): unknown {
  const nested = NESTED[name];
  if (nested) return value === undefined ? undefined : { ...nested, ...asDraft(value) };
  if (name === "links" && Array.isArray(value)) return value.filter((one: Draft) => one.text || one.url);
  return value;
}

/** A line of the list: a heading, or a component under the heading above it. */
export type Line = { readonly kind: "group"; readonly group: PageGroup } | { readonly kind: "component"; readonly component: PageComponent };

/** The lines of a page: components without a heading first, then each heading with its own. */
export function linesOf(groups: readonly PageGroup[], components: readonly PageComponent[]): Line[] {
  const named = [...groups, ...[...new Set(components.map((one) => one.group))].filter((name) => name !== "" && !groups.some((group) => group.name === name)).map((name) => ({ name, description: "", collapsed: false }))];
  const under = (name: string): Line[] => components.filter((one) => one.group === name).map((component) => ({ kind: "component", component }));
  return [...under(""), ...named.flatMap((group): Line[] => [{ kind: "group", group }, ...under(group.name)])];
}

/** Headings and components as they are sent; each component has the heading above it. */
export function partsOf(lines: readonly Line[]): { groups: PageGroup[]; components: PageComponent[] } {
  let heading = "";
  const [groups, components]: [PageGroup[], PageComponent[]] = [[], []];
  for (const line of lines) {
    if (line.kind === "group") {
      heading = line.group.name;
      groups.push(line.group);
    } else components.push(line.component.group === heading ? line.component : { ...line.component, group: heading });
  }
  return { groups, components };
}

/** The lines with one moved by a place. A component passes a heading into the section beyond; a heading takes its components along. */
export function moved(lines: readonly Line[], index: number, by: -1 | 1): { lines: Line[]; index: number } {
  const line = lines[index];
  const still = { lines: [...lines], index };
  if (!line) return still;
  if (line.kind === "component") {
    const to = index + by;
    return to < 0 || to >= lines.length ? still : { lines: placed(lines, index, to), index: to };
  }
  const sections = sectionsOf(lines);
  const at = sections.findIndex((section) => section[0] === line);
  const other = at + by;
  // What stands before the first heading has none to change places with.
  if (other < 0 || other >= sections.length || sections[other]?.[0]?.kind !== "group") return still;
  const next = [...sections];
  [next[at], next[other]] = [sections[other] ?? [], sections[at] ?? []];
  const flat = next.flat();
  return { lines: flat, index: flat.indexOf(line) };
}

/** The lines with the one at `from` where the one at `to` is; a heading goes with its section. */
export function placed(lines: readonly Line[], from: number, to: number): Line[] {
  const line = lines[from];
  if (!line || from === to) return [...lines];
  const size = line.kind === "group" ? (sectionsOf(lines).find((section) => section[0] === line)?.length ?? 1) : 1;
  if (to > from && to < from + size) return [...lines];
  const taken = lines.slice(from, from + size);
  const rest = [...lines.slice(0, from), ...lines.slice(from + size)];
  let at = to > from ? to - size + 1 : to;
  if (line.kind === "group") while (at < rest.length && rest[at]?.kind !== "group") at += 1;
  rest.splice(at, 0, ...taken);
  return rest;
}

function sectionsOf(lines: readonly Line[]): Line[][] {
  const sections: Line[][] = [];
  for (const line of lines) {
    const last = sections.at(-1);
    if (line.kind === "group" || last === undefined) sections.push([line]);
    else last.push(line);
  }
  return sections;
}

const MOST_OTHERS = 3;

/** Something that a component can stand for. */
export interface Candidate { readonly key: string; readonly name: string; readonly note: string; readonly component: PageComponent }

/** What fits a search and is not on the page yet: monitors, groups and tags. */
export function candidates(query: string, rows: readonly OverviewRow[], on: readonly PageComponent[], most = 6): Candidate[] {
  const wanted = query.trim().toLowerCase();
  const blank: PageComponent = { name: "", description: "", group: "", monitor_id: null, monitor_group: null, tag: null, combine: "worst", weights: {} };
  const has = (name: "monitor_id" | "monitor_group" | "tag", value: unknown) => on.some((one) => one[name] === value);
  const fits = (...texts: (string | null)[]) => texts.some((text) => text?.toLowerCase().includes(wanted));
  const unique = (all: readonly string[]) => [...new Set(all)].filter((one) => fits(one)).sort();
  const monitors = rows.filter((row) => !has("monitor_id", row.id) && fits(row.name, row.slug)).map((row) => ({ key: `m${row.id}`, name: row.name, note: w.lines.monitor, component: { ...blank, monitor_id: row.id } }));
  const groups = unique(rows.flatMap((row) => row.group ?? [])).filter((one) => !has("monitor_group", one)).map((one) => ({ key: `g${one}`, name: one, note: w.lines.group(one), component: { ...blank, name: one, monitor_group: one } }));
  const tags = unique(rows.flatMap((row) => row.tags)).filter((one) => !has("tag", one)).map((one) => ({ key: `t${one}`, name: one, note: w.lines.tag(one), component: { ...blank, name: one, tag: one } }));
  return [...monitors.slice(0, most), ...groups.slice(0, MOST_OTHERS), ...tags.slice(0, MOST_OTHERS)];
}

/** The monitors that a component stands for as things are. */
export function membersOf(component: PageComponent, rows: readonly OverviewRow[]): OverviewRow[] {
  return rows.filter((row) => (component.monitor_id !== null ? row.id === component.monitor_id : component.monitor_group !== null ? row.group === component.monitor_group : component.tag !== null && row.tags.includes(component.tag)));
}

/** What a component is called on the page. */
export function nameOf(component: PageComponent, rows: readonly OverviewRow[]): string {
  const monitor = component.monitor_id === null ? undefined : rows.find((row) => row.id === component.monitor_id);
  return component.name || (component.monitor_id !== null ? (monitor?.name ?? `#${component.monitor_id}`) : (component.monitor_group ?? component.tag ?? ""));
}

/** What it stands for, in a few words. */
export function standsFor(component: PageComponent, rows: readonly OverviewRow[]): string {
  if (component.monitor_group !== null) return w.lines.group(component.monitor_group);
  if (component.tag !== null) return w.lines.tag(component.tag);
  return rows.some((row) => row.id === component.monitor_id) ? w.lines.monitor : w.lines.gone;
}
