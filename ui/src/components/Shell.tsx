/** The frame around every page: where one can go, who is here, and how fresh the page is. */
import type { ComponentChildren } from "preact";
import type { PageName } from "../domain/routes";
import { pathTo } from "../domain/routes";
import { undelivered } from "../state/badges";
import { incidents } from "../state/incidents";
import { counts, sorted } from "../state/monitors";
import { route } from "../state/place";
import { missing } from "../state/probes";
import { limited, me, signOut } from "../state/session";
import { toastProblem } from "../state/toasts";
import { t } from "../words";
import { afterPublicWords } from "../words/language";
import { w } from "../words/shell";
import { lazy } from "./lazy";
import { LinkBar } from "./LinkState";
import { Logo } from "./Logo";

interface Count {
  n: number;
  /** Whether it waits for somebody. */
  bad?: boolean;
  /** What it counts, where the entry does not say it. */
  text?: string;
}

interface Entry {
  page: PageName;
  text: string;
  icon: string;
  /** Other pages that belong below this entry. */
  also?: readonly PageName[];
  count?(): Count;
  /** About all of asura: nothing for those who are limited to some tags. */
  whole?: true;
}

/** What the bar offers; the pages of later features are one line each. A phone shows the first four, and the others behind "More". */
const ENTRIES: readonly Entry[] = [
  { page: "overview", text: t.nav.overview, icon: "M2 9.5h3l2-5 3.5 10 2.2-6 1.3 1h4" },
  { page: "monitors", text: w.nav.monitors, also: ["monitor", "newMonitor", "editMonitor"], icon: "M3 5h14M3 10h14M3 15h9", count: () => ({ n: sorted.value.length }) },
  { page: "incidents", text: t.nav.incidents, also: ["incident"], icon: "M10 3l8 14H2zM10 8.5v4M10 14.8v.1", count: openIncidents },
  { page: "notifications", text: w.nav.notifications, also: ["channel", "newChannel"], icon: "M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3", count: () => ({ n: undelivered.value, bad: true, text: w.nav.undelivered(undelivered.value) }) },
  { page: "statusPages", text: w.nav.statusPages, also: ["statusPage", "newStatusPage", "editStatusPage", "newPost"], whole: true, icon: "M3 4h14v12H3zM3 8h14M6 12.5l2 1.5 3-3" },
  { page: "maintenance", text: w.nav.maintenance, also: ["newMaintenance", "editMaintenance"], whole: true, icon: "M3 5h14v12H3zM3 9h14M7 3v4M13 3v4M8 12v2.5M12 12v2.5", count: openWindows },
  { page: "probes", text: w.nav.probes, whole: true, count: () => ({ n: missing.value.length, bad: false, text: w.nav.gone(missing.value.length) }), icon: "M10 9.2v8.3M6.8 12.4a4.3 4.3 0 1 1 6.4 0M4.3 14.6a7.7 7.7 0 1 1 11.4 0M10 9.2v.1" },
  { page: "settings", text: t.nav.settings, also: ["settingsPart"], icon: "M3 6h7m4 0h3M3 14h3m4 0h7M12 4v4M8 12v4" },
];

const SystemBar = lazy(() => afterPublicWords(() => import("./SystemBar")).then((file) => file.SystemBar), true);

/** So many stand in the bar of a phone. */
const FIRST = 4;

/** Pages that use the whole width of a large screen. */
const WIDE: ReadonlySet<string> = new Set(["overview", "monitors"]);

export function Shell({ children }: { children: ComponentChildren }) {
  const entries = ENTRIES.filter((entry) => !entry.whole || !limited.value);
  return (
    <div class="shell">
      <a class="skip" href="#content">{t.nav.skip}</a>
      <nav class="bar" aria-label={t.nav.label}>
        <a class="brand" href="/"><Logo />asura</a>
        {entries.map((entry) => <NavLink key={entry.page} entry={entry} />)}
        <Person />
        <More entries={entries.slice(FIRST)} />
      </nav>
      <div class="stage">
        <LinkBar />
        <SystemBar />
        <main id="content" tabIndex={-1} class={WIDE.has(route.value.page) ? "wide" : ""}>{children}</main>
      </div>
    </div>
  );
}

const isOn = ({ page, also }: Entry) => page === route.value.page || (also as readonly string[] | undefined)?.includes(route.value.page);

/** On a phone: the other pages, and the way out. The browser opens and closes it, also by Escape, and gives the focus back. */
function More({ entries }: { entries: readonly Entry[] }) {
  return (
    <>
      <button type="button" class={`bar-link bar-more${entries.some(isOn) ? " on" : ""}`} popovertarget="bar-more">
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10h.1M10 10h.1M16 10h.1" /></svg>
        <span>{w.nav.more}</span>
      </button>
      <div id="bar-more" class="bar-sheet" popover onClick={(event) => event.currentTarget.hidePopover()}>
        {entries.map((entry) => <NavLink key={entry.page} entry={entry} />)}
        <Person />
      </div>
    </>
  );
}

function NavLink({ entry }: { entry: Entry }) {
  const { page } = route.value;
  const on = isOn(entry);
  const count = entry.count?.();
  return (
    <a class={`bar-link${on ? " on" : ""}`} href={pathTo(entry.page)} aria-current={page === entry.page ? "page" : undefined} title={entry.text}>
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d={entry.icon} /></svg>
      <span>{entry.text}</span>
      {count && count.n > 0 && <span class={`badge${count.bad === undefined ? " plain" : count.bad ? " bad" : ""}`} title={count.text}>{count.n > 99_999 ? "99999+" : count.n}</span>}
    </a>
  );
}

function openIncidents(): Count {
  const active = incidents.value ?? [];
  const open = active.filter((incident) => incident.status === "open").length;
  // While nothing waits for somebody, what is being looked at is counted quietly.
  return { n: open || active.length, bad: open > 0 };
}

/** How many monitors are in maintenance right now. */
function openWindows(): Count {
  const n = counts.value.maintenance ?? 0;
  return { n, text: w.nav.inMaintenance(n) };
}

/** Who is signed in, and the way out. */
function Person() {
  const who = me.value;
  if (!who) return null;
  return (
    <div class="person">
      <a href={who.user_id === null ? "/settings" : pathTo("settingsPart", { part: "profile" })} title={w.nav.account}>
        <b>{who.name}</b><small>{w.roles[who.role] ?? who.role}</small>
      </a>
      <button type="button" class="close" aria-label={w.nav.signOut} title={w.nav.signOut} onClick={() => void signOut().catch(toastProblem)}>
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3" /></svg>
      </button>
    </div>
  );
}
