/** What the types of channels are called, wherever a channel stands: asked for once. */
import { signal } from "@preact/signals";
import { getChannelTypes, type TypeInfo } from "../api/editing";
import { phrase } from "../words/catalogue";

const titles = signal<Readonly<Record<string, string>>>({});
let asking: Promise<void> | null = null;

/** What a type is called, in the chosen language. */
export function typeTitle(type: TypeInfo): string {
  return phrase("schema", type.title);
}

/** The same without what stands in brackets, where there is little room. */
export function shortTitle(type: TypeInfo): string {
  return typeTitle(type).replace(/\s*[(（].*$/, "");
}

/** What the type of a channel is called in a list; nothing for the moment until that is known. */
export function channelType(name: string): string {
  asking ??= getChannelTypes().then((types) => {
    titles.value = Object.fromEntries(types.data.map((one) => [one.name, shortTitle(one)]));
  }, () => {
    asking = null;
  });
  return titles.value[name] ?? "";
}
