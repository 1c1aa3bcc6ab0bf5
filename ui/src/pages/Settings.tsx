/** The settings: parts with addresses of their own; only those that the role may see are offered. */
import type { ComponentChild } from "preact";
import type { Role } from "../api/accounts";
import { Empty } from "../components/Panel";
import { pathTo } from "../domain/routes";
import { route } from "../state/place";
import { can, limited, role, signOut } from "../state/session";
import { toastProblem } from "../state/toasts";
import { w as signing } from "../words/signing";
import { w } from "../words/settings";
import { About } from "./settings/About";
import { Audit } from "./settings/Audit";
import { Backups } from "./settings/Backups";
import { Keyboard } from "./settings/Keyboard";
import { Keys } from "./settings/Keys";
import { Profile } from "./settings/Profile";
import { Security } from "./settings/Security";
import { Users } from "./settings/Users";
import "../style/accounts.css";

type Part = keyof typeof w.parts;
interface Entry { part: Part; needs: Role; render: () => ComponentChild }

/** What belongs to the whole of this asura is not for those who see a part of it. */
const GROUPS: readonly { title: string; whole?: true; entries: readonly Entry[] }[] = [
  { title: w.you, entries: [
    { part: "profile", needs: "viewer", render: Profile },
    { part: "security", needs: "viewer", render: Security },
    { part: "keyboard", needs: "viewer", render: Keyboard },
  ] },
  { title: w.all, whole: true, entries: [
    { part: "users", needs: "admin", render: Users },
    { part: "keys", needs: "admin", render: Keys },
    { part: "audit", needs: "admin", render: Audit },
    { part: "backups", needs: "admin", render: Backups },
    { part: "about", needs: "viewer", render: About },
  ] },
];

export function Settings() {
  const wanted = route.value.params.part ?? "profile";
  const group = GROUPS.find(({ entries }) => entries.some((one) => one.part === wanted));
  const entry = group?.entries.find((one) => one.part === wanted);
  return (
    <div class="settings">
      <SettingsNav current={entry?.part} />
      <div class="settings-part"><Body entry={entry} whole={group?.whole ?? false} /></div>
    </div>
  );
}

function Body({ entry, whole }: { entry: Entry | undefined; whole: boolean }) {
  if (!entry) return <div class="card"><Empty page title={signing.noPage} action={<a class="button primary" href={pathTo("settings")}>{w.title}</a>} /></div>;
  if (whole && limited.value) return <div class="card"><Empty page title={w.limitedTitle}>{w.limitedText}</Empty></div>;
  if (!can(entry.needs)) return <div class="card"><Empty page title={w.forbiddenTitle}>{w.forbiddenText(signing.roles[role.value ?? "viewer"])}</Empty></div>;
  const Render = entry.render;
  return <Render />;
}

function SettingsNav({ current }: { current: Part | undefined }) {
  return (
    <nav class="settings-nav" aria-label={w.nav}>
      {GROUPS.filter(({ whole }) => !whole || !limited.value).map(({ title, entries }) => (
        <div key={title} role="group" aria-label={title}>
          <p aria-hidden="true">{title}</p>
          {entries.filter((entry) => can(entry.needs)).map(({ part }) => (
            <a key={part} href={pathTo("settingsPart", { part })} class={part === current ? "on" : ""} aria-current={part === current ? "page" : undefined}>{w.parts[part]}</a>
          ))}
        </div>
      ))}
      <div><button type="button" onClick={() => void signOut().catch(toastProblem)}>{w.signOut}</button></div>
    </nav>
  );
}
