/** The title and the icon of the tab: the number of problems, for those who look elsewhere. */
import { effect } from "@preact/signals";
import { headline } from "../domain/sentences";
import { incidents } from "./incidents";
import { counts, rows, sorted } from "./monitors";
import { link } from "./live";

const icons = import.meta.glob<string>("../icons/*.svg", { eager: true, query: "?url", import: "default" });

/** Keeps title and icon true. */
export function startTitle(): void {
  effect(() => {
    if (rows.value === null) return show("asura", "calm");
    const { title, problems } = headline(sorted.value, counts.value, incidents.value ?? []);
    const stale = link.value.kind === "lost" ? "… " : "";
    show(`${stale}${problems > 0 ? `(${problems}) ` : ""}${title} · asura`, problems === 0 ? "calm" : problems > 9 ? "many" : String(problems));
  });
}

function show(title: string, icon: string): void {
  if (document.title !== title) document.title = title;
  const element = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const href = icons[`../icons/${icon}.svg`];
  if (element && href && element.getAttribute("href") !== href) element.href = href;
}
