/** The places and actions that the command palette knows by itself. */
import { checkNow } from "../api/calls";
import type { OverviewRow } from "../api/types";
import type { Choice } from "../domain/palette";
import { pathTo, type PageName } from "../domain/routes";
import { resultText } from "../domain/sentences";
import { helpOpen } from "../state/keyboard";
import { runBulk } from "../state/bulk";
import { findRow } from "../state/monitors";
import { route } from "../state/place";
import { can, limited, signOut } from "../state/session";
import { chooseTheme, theme, type Theme } from "../state/theme";
import { toast } from "../state/toasts";
import { w } from "../words/palette";

/** What can be chosen here and now, by this person. */
export function choicesHere(): Choice[] {
  return [...current(), ...pages(), ...actions()];
}

/** What can be done with the monitor whose page is on screen. */
function current(): Choice[] {
  const { page, params } = route.peek();
  const row = page === "monitor" ? findRow(params.ref ?? "") : undefined;
  if (!row || !can("editor")) return [];
  const paused = row.status === "paused";
  const say = w.actions;
  return [
    { key: "pause", section: "current", text: paused ? say.resume(row.name) : say.pause(row.name), run: () => pause(row, paused) },
    ...(row.type === "heartbeat" || paused ? [] : [{ key: "check", section: "current" as const, text: say.check(row.name), run: () => check(row) }]),
    { key: "edit", section: "current", text: say.edit(row.name), to: pathTo("editMonitor", { ref: row.id }) },
    ...(limited.peek() ? [] : [{ key: "plan for", section: "current" as const, text: say.planFor(row.name), to: `${pathTo("newMaintenance")}?monitors=${row.id}` }]),
    { key: "duplicate", section: "current", text: say.duplicate(row.name), also: "copy clone", to: `${pathTo("newMonitor")}?from=${row.id}` },
  ];
}

function pages(): Choice[] {
  const page = (name: PageName, text: string): Choice => ({ key: `page ${name}`, section: "pages", text, to: pathTo(name) });
  const part = (name: string, text: string): Choice => ({ key: `settings ${name}`, section: "pages", text, to: pathTo("settingsPart", { part: name }) });
  const say = w.pages;
  return [
    page("overview", say.overview), page("monitors", say.monitors), page("incidents", say.incidents), page("notifications", say.notifications), ...(limited.peek() ? [] : [page("statusPages", say.statusPages), page("maintenance", say.maintenance), page("probes", say.probes)]), page("settings", say.settings),
    { key: "problems", section: "pages", text: say.problems, to: "/monitors?status=problems", also: "down failing" },
    { key: "paused", section: "pages", text: say.paused, to: "/monitors?status=paused" },
    { key: "resolved", section: "pages", text: say.resolved, to: "/incidents?status=resolved" },
    part("profile", say.profile), part("security", say.sessions), part("about", say.about),
    ...(can("admin") ? [part("users", say.users), part("keys", say.keys), part("audit", say.audit)] : []),
  ];
}

function actions(): Choice[] {
  const say = w.actions;
  const themes: readonly Theme[] = ["light", "dark", "auto"];
  return [
    ...(can("editor") ? [
      { key: "add", section: "actions" as const, text: say.add, also: "new create", to: pathTo("newMonitor") },
      { key: "add channel", section: "actions" as const, text: say.addChannel, also: "new create notification", to: pathTo("newChannel") },
    ] : []),
    ...(can("editor") && !limited.peek() ? [
      { key: "plan", section: "actions" as const, text: say.plan, also: "new create maintenance window", to: pathTo("newMaintenance") },
      { key: "add page", section: "actions" as const, text: say.addPage, also: "add create public", to: pathTo("newStatusPage") },
    ] : []),
    ...(can("admin") && !limited.peek() ? [{ key: "add probe", section: "actions" as const, text: say.addProbe, also: "new create region", to: `${pathTo("probes")}?new=1` }] : []),
    ...themes.filter((one) => one !== theme.peek()).map((one): Choice => ({ key: `theme ${one}`, section: "actions", text: say[one], also: "theme colour mode", run: () => chooseTheme(one) })),
    { key: "shortcuts", section: "actions", text: say.shortcuts, also: "help keys", run: () => (helpOpen.value = true) },
    { key: "sign out", section: "actions", text: say.signOut, also: "log out leave", run: signOut },
  ];
}

async function pause(row: OverviewRow, paused: boolean): Promise<void> {
  const { done } = await runBulk({ action: paused ? "resume" : "pause", ids: [row.id] });
  if (done.length > 0) toast(paused ? w.done.resumed(row.name) : w.done.paused(row.name));
}

async function check(row: OverviewRow): Promise<void> {
  toast(w.done.checked(row.name, resultText(await checkNow(row.id))));
}
