/** Backups: whether they are made, how the last ones went, and one now. */
import { useEffect, useState } from "preact/hooks";
import { getSystem } from "../../api/accounts";
import { backUp, backupUrl, deleteBackup, getBackups, type Backup, type BackupState } from "../../api/backups";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { Dialog } from "../../components/Dialog";
import { Empty, Loading, Trouble } from "../../components/Panel";
import { Ago } from "../../components/When";
import { bytes } from "../../domain/bytes";
import { interval } from "../../domain/duration";
import { clock, percent } from "../../domain/format";
import { useResource } from "../../state/resource";
import { now } from "../../state/now";
import { toast } from "../../state/toasts";
import { w } from "../../words/system";
import { w as settings } from "../../words/settings";
import { Head, Line, Section } from "./parts";

const EVERY_MS = 10_000;
const WHILE_RUNNING_MS = 1_500;
const SCHEDULE = "backup:\n  every: 1d\n  keep: 7\n";

export function Backups() {
  const [watching, watch] = useState(false);
  const turn = Math.floor(now.value / (watching ? WHILE_RUNNING_MS : EVERY_MS));
  const system = useResource("backup-state", getSystem, turn);
  const backups = useResource("backups", getBackups, turn);
  const [removing, remove] = useState<Backup | null>(null);
  const state = system.value?.backup;
  useEffect(() => watch(state?.running ?? false), [state?.running]);
  const start = async () => {
    await backUp();
    watch(true);
    system.reload();
  };
  return (
    <>
      <Head title={w.backups.title} lead={w.backups.lead}>
        <Button primary onPress={start} disabled={state?.running ?? true}>{w.backups.make}</Button>
      </Head>
      <Trouble problem={system.problem ?? backups.problem} retry={() => { system.reload(); backups.reload(); }} />
      {state && <State state={state} />}
      {backups.value === null ? !backups.problem && <Loading /> : <Table rows={backups.value.data} onRemove={remove} />}
      {backups.value?.data.some((one) => !one.encrypted) && <p class="soft">{w.backups.whyNot} <code>backup.recipients</code> / <code>backup.key_file</code></p>}
      <p class="soft after">{w.backups.restore} <code>asura restore FILE</code></p>
      {removing && <Removing which={removing} onClose={() => remove(null)} onDone={backups.reload} />}
    </>
  );
}

function State({ state }: { state: BackupState }) {
  const { last, failed, every_s: every } = state;
  return (
    <Section title={w.backups.state}>
      {state.running && <Line label={w.backups.running}><progress value={state.progress_ratio ?? undefined} aria-label={w.backups.running} /> {state.progress_ratio !== null && percent(state.progress_ratio)}</Line>}
      {failed && <Line label={w.backups.failed} help={failed.message}><span class="down">▲ <Ago at={failed.at} /></span></Line>}
      <Line label={w.backups.last}>{last ? <><span class="up">✓</span> <Ago at={last.at} /> · {bytes(last.bytes)}</> : <span class="faint">{settings.never}</span>}</Line>
      {every > 0
        ? <Line label={w.backups.schedule} help={state.next_at && (Date.parse(state.next_at) > now.value ? w.backups.next(clock(state.next_at, now.value)) : w.backups.soon)}>{w.backups.every(interval(every))}</Line>
        : <Line label={w.backups.schedule} help={w.backups.howTo}><div class="given"><pre class="snippet" tabIndex={0}>{SCHEDULE.trim()}</pre><Copy text={SCHEDULE} label={w.backups.schedule} /></div></Line>}
    </Section>
  );
}

function Table({ rows, onRemove }: { rows: readonly Backup[]; onRemove: (which: Backup) => void }) {
  const { columns } = w.backups;
  if (rows.length === 0) return <div class="card"><Empty title={w.backups.none}>{w.backups.noneText}</Empty></div>;
  return (
    <div class="card">
      <table class="table">
        <thead><tr><th>{columns.name}</th><th>{columns.at}</th><th>{columns.size}</th><th>{columns.how}</th><td /></tr></thead>
        <tbody>{rows.map((one) => (
          <tr key={one.name}>
            <td><b>{one.name}</b></td>
            <td data-label={columns.at}><Ago at={one.at} /></td>
            <td data-label={columns.size}>{bytes(one.bytes)}</td>
            <td data-label={columns.how}>{one.encrypted ? w.backups.encrypted : w.backups.plain}{one.uploaded && ` · ${w.backups.uploaded}`}</td>
            <td class="row-action">
              {one.encrypted && <><a class="button" href={backupUrl(one.name)} download={one.name} aria-label={w.backups.downloadOf(one.name)}>{w.backups.download}</a>{" "}</>}
              <button type="button" class="button" aria-label={w.backups.removeOf(one.name)} onClick={() => onRemove(one)}>{w.backups.remove}</button>
            </td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}

function Removing({ which, onClose, onDone }: { which: Backup; onClose: () => void; onDone: () => void }) {
  const go = async () => {
    await deleteBackup(which.name);
    toast(w.backups.removed(which.name));
    onClose();
    onDone();
  };
  return (
    <Dialog title={w.backups.removeTitle(which.name)} onClose={onClose}>
      <p class="soft">{w.backups.removeText}</p>
      <div class="actions end"><Button onPress={onClose}>{settings.cancel}</Button><Button danger onPress={go}>{w.backups.remove}</Button></div>
    </Dialog>
  );
}
