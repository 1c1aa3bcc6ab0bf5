/** Badges of a monitor: how they look, and what to paste to show them. Only what is public has any. */
import { useId, useState } from "preact/hooks";
import { under } from "../../api/base";
import { changeMonitor, getBadges } from "../../api/calls";
import type { Badge, Monitor } from "../../api/types";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { codeOf, FORMATS, FORMAT_NAMES, pathOf, queryOf, type Format, type Look } from "../../domain/badges";
import { useResource } from "../../state/resource";
import { can } from "../../state/session";
import { toast } from "../../state/toasts";
import { w } from "../../words/monitor";

const STYLES = ["flat", "flat-square", "for-the-badge"] as const;
const DAYS = ["1", "7", "30", "90"];
const WINDOWS = ["1h", "24h", "7d"] as const;

export function Badges({ monitor, refresh }: { monitor: Monitor; refresh: () => void }) {
  const badges = useResource(`badges ${monitor.id}`, () => getBadges(monitor.id), monitor.public);
  const change = async (open: boolean) => {
    await changeMonitor(monitor.id, { public: open });
    toast(open ? w.badges.made : w.badges.madeLess);
    refresh();
  };
  const mayChange = can("editor") && !monitor.managed_by;
  if (!monitor.public) {
    return (
      <Card>
        <Empty title={w.badges.private} action={mayChange && <Button primary onPress={() => change(true)}>{w.badges.make}</Button>}>
          {mayChange ? w.badges.privateText : w.badges.privateViewer}
        </Empty>
      </Card>
    );
  }
  return (
    <>
      <Trouble problem={badges.problem} retry={badges.reload} />
      {badges.value === null && badges.problem === null && <Loading />}
      {badges.value && badges.value.data.length > 0 && <Chooser badges={badges.value.data} monitor={monitor} />}
      <p class="soft second">{w.badges.isPublic} {mayChange && <button type="button" class="link bare" onClick={() => void change(false)}>{w.badges.makeLess}</button>}</p>
    </>
  );
}

function Chooser({ badges, monitor }: { badges: readonly Badge[]; monitor: Monitor }) {
  const [kind, setKind] = useState(badges[0]?.kind ?? "status");
  const [look, setLook] = useState<Look>({ style: "flat", label: "", days: "30", window: "24h" });
  const set = (part: Partial<Look>) => setLook((old) => ({ ...old, ...part }));
  const badge = badges.find((one) => one.kind === kind) ?? badges[0];
  if (!badge) return null;
  const names = w.badges.kinds as Record<string, string>;
  const query = queryOf(kind, look);
  const asked = (one: Badge) => under(pathOf(one, queryOf(one.kind, look)));
  return (
    <div class="columns">
      <div class="column">
        <Card title={w.badges.preview}>
          <ul class="badge-list">
            {badges.map((one) => (
              <li key={one.kind}>
                <button type="button" class={`badge-choice${one.kind === kind ? " on" : ""}`} aria-pressed={one.kind === kind} onClick={() => setKind(one.kind)}>
                  <span class="soft small">{names[one.kind] ?? one.kind}</span>
                  <img src={asked(one)} alt={w.badges.alt(names[one.kind] ?? one.kind)} />
                </button>
              </li>
            ))}
          </ul>
        </Card>
        <Code badge={badge} query={query} />
      </div>
      <div class="column"><Looks kind={kind} look={look} set={set} name={monitor.name} /></div>
    </div>
  );
}

function Looks({ kind, look, set, name }: { kind: string; look: Look; set: (part: Partial<Look>) => void; name: string }) {
  const id = useId();
  const choice = (title: string, values: readonly string[], chosen: string, texts: Record<string, string>, choose: (value: string) => void) => (
    <fieldset class="look">
      <legend>{title}</legend>
      {values.map((value) => <label key={value} class="tick"><input type="radio" name={`${id}${title}`} checked={value === chosen} onChange={() => choose(value)} />{texts[value] ?? value}</label>)}
    </fieldset>
  );
  return (
    <Card title={(w.badges.kinds as Record<string, string>)[kind] ?? kind}>
      {choice(w.badges.style, STYLES, look.style, w.badges.styles, (style) => set({ style }))}
      {kind === "uptime" && choice(w.badges.days, DAYS, look.days, {}, (days) => set({ days }))}
      {kind === "response" && choice(w.badges.window, WINDOWS, look.window, w.badges.windows, (window) => set({ window }))}
      <label class="field"><span>{w.badges.label}</span><input value={look.label} maxLength={60} placeholder={kind === "status" ? name : ""} onInput={(event) => set({ label: event.currentTarget.value })} /><small>{w.badges.labelHint}</small></label>
    </Card>
  );
}

function Code({ badge, query }: { badge: Badge; query: string }) {
  const [format, setFormat] = useState<Format>("markdown");
  const text = codeOf(badge, format, query);
  return (
    <Card title={w.badges.format} aside={<Copy text={text} label={w.badges.copyOf(FORMAT_NAMES[format])} />}>
      <div class="pills" role="group" aria-label={w.badges.format}>
        {FORMATS.map((name) => <button key={name} type="button" class={`pill${name === format ? " on" : ""}`} aria-pressed={name === format} onClick={() => setFormat(name)}>{FORMAT_NAMES[name]}</button>)}
      </div>
      <pre class="snippet" tabIndex={0}>{text}</pre>
    </Card>
  );
}
