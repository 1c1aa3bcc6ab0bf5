/** Which dialog of a part is open: it is in the address, so that it can be linked and the back button closes it. */
import { place, setQuery } from "../../state/place";

/** What the address says about `name`; null when it is silent. */
export function asked(name: string): string | null {
  return place.value.query.get(name);
}

/** Says something in the address, or takes it away. */
export function ask(name: string, value: string | null): void {
  const query = new URLSearchParams(place.peek().query);
  if (value === null) query.delete(name);
  else query.set(name, value);
  setQuery(query, { replace: value === null });
}

/** The tags in a text with commas. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(",").map((tag) => tag.trim()).filter(Boolean))];
}
