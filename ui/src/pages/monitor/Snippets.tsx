/** How a job calls in: a snippet for each way in which jobs are run, and another address when the old one leaked. */
import { useState } from "preact/hooks";
import { rotateToken } from "../../api/calls";
import type { Heartbeat, Monitor } from "../../api/types";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { Dialog } from "../../components/Dialog";
import { Card } from "../../components/Panel";
import { snippets } from "../../domain/snippets";
import { can } from "../../state/session";
import { toast } from "../../state/toasts";
import { t } from "../../words";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";

const HIDDEN = "*".repeat(8);

export function Snippets({ monitor, beat, refresh }: { monitor: Monitor; beat: Heartbeat; refresh: () => void }) {
  const [chosen, choose] = useState("curl");
  const [asking, setAsking] = useState(false);
  if (beat.ping_url === HIDDEN) return <Card title={w.snippets.title}><p class="soft">{w.snippets.hidden}</p></Card>;
  const all = snippets({ name: monitor.name, url: beat.ping_url, cron: monitor.cron ?? "", timezone: monitor.timezone ?? "UTC", interval: monitor.interval });
  const shown = all.find((one) => one.name === chosen) ?? all[0];
  const rotate = async () => {
    await rotateToken(monitor.id);
    setAsking(false);
    toast(w.token.done);
    refresh();
  };
  return (
    <Card title={w.snippets.title} aside={shown && <Copy text={shown.text} label={w.snippets.copyOf(shown.title)} />}>
      {beat.pings === 0 && <p class="first-hint">{p.job.hint}</p>}
      <div class="pills" role="group" aria-label={w.snippets.label}>
        {all.map(({ name, title }) => <button key={name} type="button" class={`pill${name === chosen ? " on" : ""}`} aria-pressed={name === chosen} onClick={() => choose(name)}>{title}</button>)}
      </div>
      <pre class="snippet" tabIndex={0}>{shown?.text}</pre>
      {can("editor") && !monitor.managed_by && <p class="second"><Button onPress={() => setAsking(true)}>{w.token.rotate}</Button></p>}
      {asking && (
        <Dialog title={w.token.askTitle} onClose={() => setAsking(false)}>
          <p>{w.token.askText}</p>
          <div class="actions end"><Button onPress={() => setAsking(false)}>{t.common.cancel}</Button><Button danger onPress={rotate}>{w.token.yes}</Button></div>
        </Dialog>
      )}
    </Card>
  );
}
