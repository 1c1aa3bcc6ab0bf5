/** A new probe: where it stands, and then what starts it. */
import { useState } from "preact/hooks";
import { createProbe, type Region, type WithKey } from "../../api/probes";
import { Problem } from "../../api/problem";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Input, Wrong } from "../../components/Input";
import { isLoopback } from "../../domain/probe-setup";
import { regionFault } from "../../domain/probes";
import { LOCAL } from "../../domain/sentences";
import { useForm } from "../../state/form";
import { t } from "../../words";
import { w } from "../../words/probes";
import { pageAddress, Ready } from "./Ready";

interface Props {
  regions: readonly Region[];
  reload: () => void;
  onClose: () => void;
}

export function AddProbe({ regions, reload, onClose }: Props) {
  const [made, setMade] = useState<WithKey | null>(null);
  if (made) return <Ready made={made} onClose={onClose} />;
  const done = (probe: WithKey) => {
    setMade(probe);
    reload();
  };
  return <Dialog title={w.add} onClose={onClose}><Ask known={regions.map((one) => one.region).filter((one) => one !== LOCAL)} onMade={done} onClose={onClose} /></Dialog>;
}

function Ask({ known, onMade, onClose }: { known: readonly string[]; onMade: (made: WithKey) => void; onClose: () => void }) {
  const [region, setRegion] = useState("");
  const [name, setName] = useState("");
  const form = useForm(async () => {
    const fault = regionFault(region.trim());
    if (fault) throw new Problem(422, { errors: [{ path: "region", message: fault }] });
    onMade(await createProbe(region.trim(), name.trim()));
  });
  return (
    <form onSubmit={form.submit} novalidate>
      <Input label={w.form.region} help={w.form.regionHelp} placeholder={known.length === 0 ? w.form.regionHint : ""} value={region} onInput={setRegion} fault={form.fault("region")} list={known} autofocus />
      <Input label={w.form.name} help={w.form.nameHelp} value={name} onInput={setName} fault={form.fault("name")} />
      {isLoopback(pageAddress()) && <p class="wrong-box">{w.form.loopback(pageAddress())}</p>}
      <Wrong>{form.rest()}</Wrong>
      <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><button type="submit" class="button primary" disabled={region.trim() === ""} aria-disabled={form.busy}>{w.form.create}</button></div>
    </form>
  );
}
