/** The words of the chosen language. */
import { en } from "./en";

export const t = en;

/** The stable class of a result in plain words. */
export function reasonText(reason: string | null | undefined): string {
  if (!reason) return "";
  const known = t.reasons[reason];
  if (known) return known;
  const plain = reason.replace(/_/g, " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
