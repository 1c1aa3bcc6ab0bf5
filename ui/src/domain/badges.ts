/** Badges: their address with a style and a label, and the code that shows them. */
import type { Badge } from "../api/types";

export interface Look {
  style: string;
  label: string;
  days: string;
  window: string;
}

export const FORMATS = ["markdown", "html", "restructuredtext", "asciidoc"] as const;
export type Format = (typeof FORMATS)[number];
export const FORMAT_NAMES: Record<Format, string> = { markdown: "Markdown", html: "HTML", restructuredtext: "reStructuredText", asciidoc: "AsciiDoc" };

/** The query of a badge's address; what is usual is left out. */
export function queryOf(kind: string, { style, label, days, window }: Look): string {
  const params = new URLSearchParams();
  if (kind === "uptime" && days !== "30") params.set("days", days);
  if (kind === "response" && window !== "24h") params.set("window", window);
  if (style !== "flat") params.set("style", style);
  if (label.trim() !== "") params.set("label", label.trim());
  // Brackets would end the address in more than one of the languages.
  const text = params.toString().replace(/\+/g, "%20").replace(/[()'!*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return text === "" ? "" : `?${text}`;
}

/** The code of a badge in one of the languages, with its look. */
export function codeOf(badge: Badge, format: Format, query: string): string {
  const address = badge.image + (format === "html" ? query.replace(/&/g, "&amp;") : query);
  return badge[format].split(badge.image).join(address).trimEnd();
}

/** The path of a badge on this server, wherever its address says that it is. */
export function pathOf(badge: Badge, query: string): string {
  return badge.image.replace(/^.*?(?=\/api\/v1\/badge\/)/, "") + query;
}
