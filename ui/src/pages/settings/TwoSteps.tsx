/** Two-step sign-in: on, off, and the codes for the day when the phone is lost. */
import { useState } from "preact/hooks";
import { newRecoveryCodes, removeTotp, type Me } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Password, Wrong } from "../../components/Input";
import { useForm } from "../../state/form";
import { loadMe } from "../../state/session";
import { toast } from "../../state/toasts";
import { w } from "../../words/settings";
import { Line, Section } from "./parts";
import { RecoveryCodes } from "./RecoveryCodes";
import { SetUpTotp } from "./SetUpTotp";

type Open = "on" | "off" | "codes" | null;

export function TwoSteps({ who, onChange }: { who: Me; onChange: () => void }) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => {
    setOpen(null);
    void loadMe();
    onChange();
  };
  return (
    <Section title={w.security.totp} lead={w.security.totpLead}>
      <Line label={who.totp ? w.security.on : w.security.off} help={who.totp ? w.security.codesLeft(who.recovery_codes_left) : undefined}>
        {who.totp ? (
          <div class="actions">
            <Button onPress={() => setOpen("codes")}>{w.security.newCodes}</Button>
            <Button onPress={() => setOpen("off")}>{w.security.turnOff}</Button>
          </div>
        ) : <Button primary onPress={() => setOpen("on")}>{w.security.turnOn}</Button>}
      </Line>
      {open === "on" && <Dialog title={w.security.totp} onClose={close}><SetUpTotp who={who} onDone={close} /></Dialog>}
      {open === "off" && <TurnOff onClose={close} />}
      {open === "codes" && <NewCodes name={who.name} onClose={close} />}
    </Section>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={w.security.offTitle} onClose={onClose}>
      <AskPassword lead={w.security.offText} go={w.security.turnOff} danger onGo={async (password) => {
        await removeTotp(password);
        toast(w.security.turnedOff);
        onClose();
      }} />
    </Dialog>
  );
}

function NewCodes({ name, onClose }: { name: string; onClose: () => void }) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Dialog title={codes ? w.security.codesTitle : w.security.newCodes} onClose={onClose}>
      {codes
        ? <RecoveryCodes codes={codes} name={name} onDone={onClose} />
        : <AskPassword lead={w.security.confirmTitle} go={w.security.goOn} onGo={async (password) => setCodes((await newRecoveryCodes(password)).recovery_codes)} />}
    </Dialog>
  );
}

/** Asks for the password before something that matters. */
export function AskPassword({ lead, go, danger = false, onGo }: { lead: string; go: string; danger?: boolean; onGo: (password: string) => Promise<void> }) {
  const [password, setPassword] = useState("");
  const form = useForm(() => onGo(password));
  return (
    <form onSubmit={form.submit} novalidate>
      <p class="soft before-field">{lead}</p>
      <Password label={w.security.yourPassword} value={password} onInput={setPassword} fault={form.fault("password")} autocomplete="current-password" autofocus />
      <Wrong>{form.rest()}</Wrong>
      <div class="actions end"><button type="submit" class={`button ${danger ? "danger" : "primary"}`} disabled={password === ""} aria-disabled={form.busy}>{go}</button></div>
    </form>
  );
}
