/** Where you are signed in. */
import { endOtherSessions, endSession, getSessions, type SessionRow } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Loading, Trouble } from "../../components/Panel";
import { Ago } from "../../components/When";
import { device } from "../../domain/device";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { w } from "../../words/settings";
import { Section } from "./parts";

export function Sessions({ version }: { version: number }) {
  const sessions = useResource(`sessions ${version}`, getSessions);
  const all = sessions.value?.data ?? [];
  const end = async (row: SessionRow) => {
    await endSession(row.id);
    toast(w.security.ended);
    sessions.reload();
  };
  const endOthers = async () => {
    await endOtherSessions();
    toast(w.security.othersEnded);
    sessions.reload();
  };
  return (
    <Section title={w.security.sessions} lead={w.security.sessionsLead} flush aside={all.length > 1 && <Button onPress={endOthers}>{w.security.endOthers}</Button>}>
      <Trouble problem={sessions.problem} retry={sessions.reload} />
      {sessions.value === null && !sessions.problem && <Loading />}
      <ul class="entries">
        {all.map((row) => (
          <li key={row.id}>
            <div class="entry-main">
              <b>{deviceName(row.user_agent)}</b>{row.current && <span class="tag on">{w.security.thisOne}</span>}
              <small title={row.user_agent}>{row.address && w.security.from(row.address)} · <Ago at={row.last_used_at} /></small>
            </div>
            {!row.current && <Button onPress={() => end(row)} title={w.security.endSession(deviceName(row.user_agent))}>{w.security.end}</Button>}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** "Firefox on Windows"; what is not recognised is shown as far as it is. */
export function deviceName(agent: string): string {
  const { browser, system } = device(agent);
  const name = browser ?? (agent.split(/[ /]/)[0] || w.security.unknownBrowser);
  return system === null ? name : w.security.device(name, system);
}
