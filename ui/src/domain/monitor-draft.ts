/** The form of a monitor: which fields it has for a type, where it starts, what is sent, and what a change of type keeps. Pure. */
import type { CheckTypeInfo } from "../api/editing";
import type { Assertion } from "../api/types";
import { asDraft, carried, changesOf, chosen, spotsOf, type Draft, type Spot } from "./form";
import { fieldsOf, type Field, type Schema } from "./schema";
import { propose, retype, type Proposal } from "./target";

/** What the form of one type is made of. */
export interface Plan {
  readonly type: CheckTypeInfo;
  /** The fields that monitors share and that mean something for this type. */
  readonly common: readonly Field[];
  /** The settings of the type. */
  readonly own: readonly Field[];
}

/** The sections that have a title here; fields of others stand in the last one. */
const SECTIONS = ["judging", "telling", "sorting"] as const;
export type Section = (typeof SECTIONS)[number] | "rest";

/** The plan for a type. */
export function planFor(type: CheckTypeInfo, monitor: Schema): Plan {
  const only = type.passive ? "heartbeat" : "checked";
  return { type, common: fieldsOf(monitor).filter((field) => field.only === "" || field.only === only), own: fieldsOf(type.settings) };
}

/** The fields of a section, those that matter first. */
export function sectionOf(plan: Plan, section: Section): Field[] {
  const drawn = plan.common.filter((field) => field.kind !== "other" && field.control !== "settings");
  return drawn.filter((field) => (section === "rest" ? field.group !== "" && !SECTIONS.includes(field.group as never) : field.group === section));
}

/** What is sent for a draft: only what somebody chose. */
export function bodyOf(plan: Plan, draft: Draft): Draft {
  return chosen(plan.common, { ...draft, settings: chosen(plan.own, asDraft(draft.settings)) });
}

/** What a PATCH says. */
export function patchFor(plan: Plan, before: Draft, after: Draft): Draft {
  const quiet = { cron: "", on_calendar: "", timezone: "UTC", ...plan.type.defaults };
  return changesOf(plan.common, before, after, quiet);
}

/** The draft of a monitor that is there; a copy takes another name and nothing that can be only once. */
export function draftOf(plan: Plan, monitor: Draft, copyName?: string): Draft {
  const body = bodyOf(plan, monitor);
  if (copyName === undefined) return body;
  const settings = Object.fromEntries(Object.entries(asDraft(body.settings)).filter(([name]) => !plan.own.find((field) => field.name === name)?.unique));
  return { ...body, name: copyName, settings };
}

/** The draft for another type: shared fields stay, settings and expectations as far as the new type knows them. */
export function retyped(draft: Draft, from: Plan, to: Plan): Draft {
  const shared = Object.fromEntries(Object.entries(draft).filter(([name]) => to.common.some((field) => field.name === name)));
  const assertions = asList(draft.assertions).filter((one) => to.type.operators[one.on]?.includes(one.op ?? "eq"));
  const target = String(draft.target ?? "");
  const moved = target === "" || to.type.passive ? undefined : retype({ type: from.type.name, target, name: "" }, to.type.name).target;
  const { target: _, ...others } = shared;
  return { ...others, ...(moved === undefined ? {} : { target: moved }), type: to.type.name, settings: carried(asDraft(draft.settings), from.own, to.own), assertions };
}

/** What a pasted text makes of a draft: type, address, name, and the settings that the text speaks of, as far as nobody chose them. */
export function pasted(draft: Draft, text: string, own: { type: boolean; name: boolean }): { draft: Draft; proposal: Proposal | null } {
  const found = propose(text);
  const { name: _, settings: __, ...rest } = draft;
  const kept = { ...rest, ...(own.name && "name" in draft ? { name: draft.name } : {}), ...(own.type && "settings" in draft ? { settings: draft.settings } : {}) };
  if (found === null) return { draft: { ...kept, target: text.trim() }, proposal: null };
  const proposal = own.type ? retype(found, String(draft.type)) : found;
  const settings = !own.type && found.settings ? { settings: found.settings } : {};
  return { draft: { ...kept, ...settings, type: proposal.type, target: proposal.target, ...(own.name ? {} : { name: proposal.name }) }, proposal };
}

/** The places of the form that show errors. */
export function spotsFor(plan: Plan, draft: Draft): Spot[] {
  const shared = plan.common.filter((field) => field.control !== "settings" && field.control !== "none");
  return [...spotsOf(shared, draft), ...spotsOf(plan.own, asDraft(draft.settings), "settings.")];
}

/** The names of the fields that differ between two stored states. */
export function differences(plan: Plan, before: Draft, now: Draft): string[] {
  const changed = patchFor(plan, bodyOf(plan, before), bodyOf(plan, now));
  const settings = Object.keys(asDraft(changed.settings)).map((name) => plan.own.find((field) => field.name === name)?.label ?? name);
  const shared = Object.keys(changed).filter((name) => name !== "settings").map((name) => plan.common.find((field) => field.name === name)?.label ?? name);
  return [...shared, ...settings];
}

function asList(value: unknown): Assertion[] {
  return Array.isArray(value) ? (value as Assertion[]) : [];
}
