/** The form of a channel: where it starts, what is sent, where errors stand. Pure. */
import type { TypeInfo } from "../api/editing";
import { asDraft, changesOf, chosen, spotsOf, type Draft, type Spot } from "./form";
import { fieldsOf, type Field, type Schema } from "./schema";

/** What the form of one type is made of. */
export interface ChannelPlan {
  readonly type: TypeInfo;
  readonly common: readonly Field[];
  readonly own: readonly Field[];
}

export function channelPlan(type: TypeInfo, channel: Schema): ChannelPlan {
  return { type, common: fieldsOf(channel), own: fieldsOf(type.settings) };
}

/** What is sent for a draft: only what somebody chose. */
export function channelBody(plan: ChannelPlan, draft: Draft): Draft {
  return chosen(plan.common, { ...draft, settings: chosen(plan.own, asDraft(draft.settings)) });
}

/** What a PATCH says. */
export function channelPatch(plan: ChannelPlan, before: Draft, after: Draft): Draft {
  return changesOf(plan.common, before, after, {});
}

/** The places of the form that show errors. */
export function channelSpots(plan: ChannelPlan, draft: Draft): Spot[] {
  const shared = plan.common.filter((field) => field.control !== "settings");
  return [...spotsOf(shared, draft), ...spotsOf(plan.own, asDraft(draft.settings), "settings.")];
}

/** The fields that differ between two stored states. */
export function channelDifferences(plan: ChannelPlan, before: Draft, now: Draft): string[] {
  const changed = channelPatch(plan, channelBody(plan, before), channelBody(plan, now));
  return Object.keys(changed).flatMap((name) => {
    if (name !== "settings") return plan.common.find((field) => field.name === name)?.label ?? name;
    return Object.keys(asDraft(changed.settings)).map((one) => plan.own.find((field) => field.name === one)?.label ?? one);
  });
}
