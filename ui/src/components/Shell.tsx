/** The frame around every page: where one can go, and how fresh the page is. */
import type { ComponentChildren } from "preact";
import type { PageName } from "../domain/routes";
import { pathTo } from "../domain/routes";
import { incidents } from "../state/incidents";
import { route } from "../state/place";
import { t } from "../words";
import { LinkBar } from "./LinkState";
import { Logo } from "./Logo";

interface Entry {
  page: PageName;
  text: string;
  /** Other pages that belong below this entry. */
  also?: readonly PageName[];
  icon: string;
}

/** What the bar offers; the pages of later features are one line each. */
const ENTRIES: readonly Entry[] = [
  { page: "overview", text: t.nav.overview, also: ["monitor"], icon: "M2 9.5h3l2-5 3.5 10 2.2-6 1.3 1h4" },
  { page: "incidents", text: t.nav.incidents, also: ["incident"], icon: "M10 3l8 14H2zM10 8.5v4M10 14.8v.1" },
  { page: "settings", text: t.nav.settings, icon: "M3 6h7m4 0h3M3 14h3m4 0h7M12 4v4M8 12v4" },
];

export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <div class="shell">
      <a class="skip" href="#content">{t.nav.skip}</a>
      <nav class="bar" aria-label={t.nav.label}>
        <a class="brand" href="/"><Logo />asura</a>
        {ENTRIES.map((entry) => <NavLink key={entry.page} entry={entry} />)}
      </nav>
      <div class="stage">
        <LinkBar />
        <main id="content" tabIndex={-1}>{children}</main>
      </div>
    </div>
  );
}

function NavLink({ entry }: { entry: Entry }) {
  const { page } = route.value;
  const on = page === entry.page || (entry.also as readonly string[] | undefined)?.includes(page);
  const active = entry.page === "incidents" ? (incidents.value ?? []) : [];
  const open = active.some((incident) => incident.status === "open");
  return (
    <a class={`bar-link${on ? " on" : ""}`} href={pathTo(entry.page)} aria-current={page === entry.page ? "page" : undefined}>
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d={entry.icon} /></svg>
      <span>{entry.text}</span>
      {active.length > 0 && <span class={`badge${open ? " bad" : ""}`}>{active.length}</span>}
    </a>
  );
}
