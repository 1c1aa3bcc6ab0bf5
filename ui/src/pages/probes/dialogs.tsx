/** What is asked before a probe gets another name or another key, or is revoked. */
import { useState } from "preact/hooks";
import { renameProbe, revokeProbe, rotateProbe, type Probe, type WithKey } from "../../api/probes";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Input, Wrong } from "../../components/Input";
import { useForm } from "../../state/form";
import { toast } from "../../state/toasts";
import { t } from "../../words";
import { w } from "../../words/probes";
import { Ready } from "./Ready";

interface Props {
  probe: Probe;
  onClose: () => void;
  onDone: () => void;
}

export function Rename({ probe, onClose, onDone }: Props) {
  const [name, setName] = useState(probe.name);
  const form = useForm(async () => {
    const renamed = await renameProbe(probe.id, name.trim());
    toast(w.rename.done(renamed.name));
    onDone();
  });
  return (
    <Dialog title={w.rename.title(probe.name)} onClose={onClose}>
      <form onSubmit={form.submit} novalidate>
        <Input label={w.rename.name} value={name} onInput={setName} fault={form.fault("name")} autofocus />
        <Wrong>{form.rest()}</Wrong>
        <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><button type="submit" class="button primary" disabled={name.trim() === ""} aria-disabled={form.busy}>{w.rename.save}</button></div>
      </form>
    </Dialog>
  );
}

export function Rotate({ probe, onClose }: Pick<Props, "probe" | "onClose">) {
  const [made, setMade] = useState<WithKey | null>(null);
  if (made) return <Ready made={made} onClose={onClose} />;
  return (
    <Dialog title={w.rotate.title(probe.name)} onClose={onClose}>
      <p class="soft">{w.rotate.text}</p>
      <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><Button danger onPress={async () => setMade(await rotateProbe(probe.id))}>{w.rotate.yes}</Button></div>
    </Dialog>
  );
}

export function Revoke({ probe, alone, onClose, onDone }: Props & { alone: boolean }) {
  const revoke = async () => {
    await revokeProbe(probe.id);
    toast(w.revoke.done(probe.name));
    onDone();
  };
  return (
    <Dialog title={w.revoke.title(probe.name)} onClose={onClose}>
      <p class="soft">{probe.shared ? w.revoke.shared : w.revoke.text}</p>
      {alone && !probe.shared && <p class="second">{w.revoke.last(probe.region)}</p>}
      <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><Button danger onPress={revoke}>{w.revoke.yes(probe.name)}</Button></div>
    </Dialog>
  );
}
