/** Keys for programs. */
import { useState } from "preact/hooks";
import { getKeys, revokeKey, type ApiKey } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Empty, Loading, Trouble } from "../../components/Panel";
import { Ago } from "../../components/When";
import { day, exact } from "../../domain/format";
import { useResource } from "../../state/resource";
import { now } from "../../state/now";
import { toast } from "../../state/toasts";
import { w as signing } from "../../words/signing";
import { w } from "../../words/settings";
import { ask, asked } from "./asking";
import { CreateKey } from "./CreateKey";
import { Head } from "./parts";
import { PingKey } from "./PingKey";

export function Keys() {
  const keys = useResource("keys", getKeys);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const create = <Button primary onPress={() => ask("create", "1")}>{w.keys.create}</Button>;
  return (
    <>
      <Head title={w.keys.title} lead={w.keys.lead}>{create}</Head>
      <Trouble problem={keys.problem} retry={keys.reload} />
      {keys.value === null ? !keys.problem && <Loading /> : <Table keys={keys.value.data} onRevoke={setRevoking} />}
      <PingKey />
      {asked("create") && <CreateKey onClose={() => { ask("create", null); keys.reload(); }} />}
      {revoking && <Revoke which={revoking} onClose={() => setRevoking(null)} onDone={keys.reload} />}
    </>
  );
}

function Table({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  const { columns } = w.keys;
  if (keys.length === 0) return <div class="card"><Empty title={w.keys.none}>{w.keys.noneText}</Empty></div>;
  return (
    <div class="card">
      <table class="table">
        <thead><tr><th>{columns.name}</th><th>{columns.may}</th><th>{columns.used}</th><th>{columns.expires}</th><th>{columns.rate}</th><td /></tr></thead>
        <tbody>{keys.map((key) => <KeyRow key={key.id} which={key} onRevoke={onRevoke} />)}</tbody>
      </table>
    </div>
  );
}

function KeyRow({ which, onRevoke }: { which: ApiKey; onRevoke: (key: ApiKey) => void }) {
  const { columns, scope } = w.keys;
  const over = which.expires_at !== null && Date.parse(which.expires_at) <= now.value;
  return (
    <tr class={over ? "off" : ""}>
      <td><b>{which.name}</b></td>
      <td>{which.scopes.length === 0 ? w.keys.everything(signing.roles[which.role]) : which.scopes.map((one) => <span key={one} class="tag">{(scope as Record<string, string>)[one] ?? one}</span>)}</td>
      <td data-label={columns.used}>{which.last_used_at ? <Ago at={which.last_used_at} /> : <span class="faint">{w.never}</span>}</td>
      <td data-label={columns.expires}>{which.expires_at === null ? <span class="faint">{w.never}</span> : over ? <b class="down">{w.keys.expired}</b> : <time dateTime={which.expires_at} title={exact(which.expires_at)}>{day(which.expires_at)}</time>}</td>
      <td data-label={columns.rate} class={which.rate_per_sec == null ? "calm" : ""}>{which.rate_per_sec == null ? <span class="faint">–</span> : w.keys.rateOf(which.rate_per_sec)}</td>
      <td class="row-action"><button type="button" class="button" aria-label={w.keys.revokeOf(which.name)} onClick={() => onRevoke(which)}>{w.keys.revoke}</button></td>
    </tr>
  );
}

function Revoke({ which, onClose, onDone }: { which: ApiKey; onClose: () => void; onDone: () => void }) {
  const go = async () => {
    await revokeKey(which.id);
    toast(w.keys.revoked(which.name));
    onClose();
    onDone();
  };
  return (
    <Dialog title={w.keys.revokeTitle(which.name)} onClose={onClose}>
      <p class="soft">{w.keys.revokeText}</p>
      <div class="actions end"><Button onPress={onClose}>{w.cancel}</Button><Button danger onPress={go}>{w.keys.revokeYes(which.name)}</Button></div>
    </Dialog>
  );
}
