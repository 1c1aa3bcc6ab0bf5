/** The password, the second step, and where you are signed in. */
import { useState } from "preact/hooks";
import { changePassword } from "../../api/accounts";
import { Password, Wrong } from "../../components/Input";
import { Loading } from "../../components/Panel";
import { useForm } from "../../state/form";
import { useLeaveGuard } from "../../state/leaving";
import { me } from "../../state/session";
import { toast } from "../../state/toasts";
import { w } from "../../words/settings";
import { NewPassword } from "../signing/NewPassword";
import { Head, Section } from "./parts";
import { Sessions } from "./Sessions";
import { TwoSteps } from "./TwoSteps";

export function Security() {
  const who = me.value;
  const [turn, setTurn] = useState(0);
  const changed = () => setTurn(turn + 1);
  return (
    <>
      <Head title={w.security.title} lead={w.security.lead} />
      {!who ? <Loading /> : (
        <>
          <Section title={w.security.password} lead={who.password ? w.security.passwordLead : w.security.noPassword}>
            {who.password && <ChangePassword key={turn} name={who.name} onDone={changed} />}
          </Section>
          {who.password && <TwoSteps who={who} onChange={changed} />}
          <Sessions version={turn} />
        </>
      )}
    </>
  );
}

function ChangePassword({ name, onDone }: { name: string; onDone: () => void }) {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const form = useForm(async () => {
    await changePassword(current, fresh);
    toast(w.security.changed);
    onDone();
  });
  useLeaveGuard(fresh !== "");
  return (
    <form class="form-lines" onSubmit={form.submit} novalidate>
      <input type="text" class="hidden" value={name} autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" />
      <Password label={w.security.current} value={current} onInput={setCurrent} fault={form.fault("current")} autocomplete="current-password" />
      <NewPassword label={w.security.fresh} name={name} value={fresh} onInput={setFresh} fault={form.fault("password")} />
      <Wrong>{form.rest()}</Wrong>
      <button type="submit" class="button primary" disabled={current === "" || fresh === ""} aria-disabled={form.busy}>{form.busy ? w.saving : w.security.change}</button>
    </form>
  );
}
