/** The words of the chosen language. */
import { signal } from "@preact/signals";
import { en } from "./en";

export const t = en;

/** What is drawn before they are there is drawn again with them. */
const reasons = signal<Readonly<Record<string, string>>>({});

/** Teaches the words for the classes of results; they come with the pages, a moment after the shell. */
export function learnReasons(known: Readonly<Record<string, string>>): void {
  reasons.value = known;
}

/** The stable class of a result in plain words; an unknown one is shown with its underscores taken out. */
export function reasonText(reason: string | null | undefined): string {
  if (!reason) return "";
  const known = reasons.value[reason];
  if (known) return known;
  const plain = reason.replace(/_/g, " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
