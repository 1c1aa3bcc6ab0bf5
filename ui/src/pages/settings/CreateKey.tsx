/** A new key: what it is for and what it may do, and then the key itself, once. */
import { useId, useState } from "preact/hooks";
import { createKey, type Role } from "../../api/accounts";
import { Problem } from "../../api/problem";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Input, Wrong } from "../../components/Input";
import { useForm } from "../../state/form";
import { w } from "../../words/settings";
import { RoleChoice } from "./access";
import { Shown } from "./Invite";

const SCOPES = ["read", "write", "ping", "maintenance", "metrics", "probe"] as const;
const DAYS = [0, 30, 90, 365] as const;

export function CreateKey({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<string | null>(null);
  return (
    <Dialog title={made === null ? w.keys.createTitle : w.keys.shownTitle} onClose={onClose}>
      {made === null ? <Ask onMade={setMade} /> : (
        <>
          <p class="soft before-field">{w.keys.shownText}</p>
          <Shown text={made} label={w.keys.key} />
          <div class="actions end"><Button primary onPress={onClose}>{w.keys.kept}</Button></div>
        </>
      )}
    </Dialog>
  );
}

function Ask({ onMade }: { onMade: (key: string) => void }) {
  const id = useId();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [days, setDays] = useState(0);
  const [rate, setRate] = useState("");
  const form = useForm(async () => {
    const perSecond = rate.trim() === "" ? null : Number(rate.replace(",", "."));
    if (perSecond !== null && !(perSecond > 0)) throw new Problem(422, { errors: [{ path: "rate_per_sec", message: w.keys.badRate }] });
    const limits = { ...(days > 0 && { expires_at: new Date(Date.now() + days * 86_400_000).toISOString() }), ...(perSecond !== null && { rate_per_sec: perSecond }) };
    onMade((await createKey({ name: name.trim(), role, scopes, ...limits })).key);
  });
  const toggle = (scope: string, on: boolean) => setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <form onSubmit={form.submit} novalidate>
      <Input label={w.keys.name} placeholder={w.keys.namePlaceholder} value={name} onInput={setName} fault={form.fault("name")} autofocus />
      <RoleChoice value={role} onChoose={setRole} fault={form.fault("role")} />
      <fieldset class="scopes">
        <legend>{w.keys.scopes}</legend>
        <div>{SCOPES.map((scope) => (
          <label key={scope} class="tick"><input type="checkbox" checked={scopes.includes(scope)} onChange={(event) => toggle(scope, event.currentTarget.checked)} />{w.keys.scope[scope]}</label>
        ))}</div>
        <small>{form.fault("scopes") ?? w.keys.scopesHelp}</small>
      </fieldset>
      <div class="field-row">
        <div class="field">
          <label for={id}>{w.keys.expiry}</label>
          <select id={id} value={String(days)} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {DAYS.map((one) => <option key={one} value={String(one)}>{w.keys.expiries[`e${one}`]}</option>)}
          </select>
        </div>
        <Input label={w.keys.rate} help={w.keys.rateHelp} value={rate} onInput={setRate} fault={form.fault("rate_per_sec")} numeric />
      </div>
      <Wrong>{form.rest()}</Wrong>
      <div class="actions end"><button type="submit" class="button primary" disabled={name.trim() === ""} aria-disabled={form.busy}>{w.keys.create}</button></div>
    </form>
  );
}
