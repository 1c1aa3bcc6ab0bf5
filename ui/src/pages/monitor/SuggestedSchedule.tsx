/** What schedule would fit the pings that came, where it is another than the one that is set. */
import { changeMonitor, getSuggestion } from "../../api/calls";
import type { Monitor, Suggestion } from "../../api/types";
import { Button } from "../../components/Button";
import { Card } from "../../components/Panel";
import { duration, percent } from "../../domain/format";
import { can } from "../../state/session";
import { toast } from "../../state/toasts";
import { useResource } from "../../state/resource";
import { w } from "../../words/monitor";

export function SuggestedSchedule({ monitor, version, refresh }: { monitor: Monitor; version: number; refresh: () => void }) {
  const found = useResource(`suggestion ${monitor.id}`, () => getSuggestion(monitor.id), `${version} ${monitor.cron} ${monitor.interval} ${monitor.grace}`);
  const suggestion = found.value;
  if (!suggestion || !differs(suggestion, monitor)) return null;
  const apply = async () => {
    await changeMonitor(monitor.id, fieldsOf(suggestion));
    toast(w.suggestion.applied);
    found.reload();
    refresh();
  };
  return (
    <Card title={w.suggestion.title}>
      <p>{w.suggestion.text(suggestion.pings, whatText(suggestion))}</p>
      <p class="soft">
        {suggestion.explains_ratio !== null && w.suggestion.explains(percent(suggestion.explains_ratio))}{" "}
        {suggestion.max_runtime !== null && w.suggestion.runtime(duration(suggestion.max_runtime))}
      </p>
      {can("editor") && !monitor.managed_by && <p class="second"><Button onPress={apply}>{w.suggestion.apply}</Button></p>}
    </Card>
  );
}

function whatText({ cron, interval, grace, timezone }: Suggestion): string {
  const forgiven = duration(grace ?? 0);
  return cron ? w.suggestion.cron(cron, timezone, forgiven) : w.suggestion.interval(duration(interval ?? 0), forgiven);
}

/** Whether there is a suggestion, and it says something new. */
function differs({ cron, interval, grace }: Suggestion, monitor: Monitor): boolean {
  if (cron === null && interval === null) return false;
  const same = cron ? cron === monitor.cron : !monitor.cron && !monitor.on_calendar && interval === monitor.interval;
  // A little more or less of grace is no news.
  const near = grace === null || Math.abs(grace - (monitor.grace ?? 0)) <= 0.5 * (monitor.grace ?? 0);
  return !(same && near);
}

function fieldsOf({ cron, interval, grace, max_runtime }: Suggestion): object {
  const schedule = cron ? { cron, on_calendar: "" } : { interval, cron: "", on_calendar: "" };
  return { ...schedule, ...(grace !== null && { grace }), ...(max_runtime !== null && { max_runtime }) };
}
