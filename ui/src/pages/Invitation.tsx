/** A link that works once: joining, or a new password. */
import { useState } from "preact/hooks";
import { acceptInvitation, lookAtInvitation, type Offer } from "../api/accounts";
import { LinkButton } from "../components/Button";
import { Input, Wrong } from "../components/Input";
import { Loading, Trouble } from "../components/Panel";
import { exact } from "../domain/format";
import { useForm } from "../state/form";
import { go } from "../state/place";
import { useResource } from "../state/resource";
import { enter, me } from "../state/session";
import { forgetToken, useToken } from "../state/token";
import { w } from "../words/signing";
import { Frame } from "./signing/Frame";
import { NewPassword } from "./signing/NewPassword";

export function Invitation() {
  const token = useToken();
  if (token === "") return <Frame title={w.setup.noToken} lead={w.invitation.noTokenText}>{null}</Frame>;
  return <Opened key={token} token={token} />;
}

function Opened({ token }: { token: string }) {
  const offer = useResource(`offer ${token}`, () => lookAtInvitation(token));
  if (offer.problem?.status === 404) {
    return <Frame title={w.invitation.over} lead={w.invitation.overText}><LinkButton to="/">{w.setup.toSignIn}</LinkButton></Frame>;
  }
  if (offer.value === null) {
    return <Frame title={w.invitation.title}>{offer.problem ? <Trouble problem={offer.problem} retry={offer.reload} /> : <Loading />}</Frame>;
  }
  return <Accept token={token} offer={offer.value} />;
}

function Accept({ token, offer }: { token: string; offer: Offer }) {
  const [name, setName] = useState(offer.name ?? "");
  const [password, setPassword] = useState("");
  const reset = offer.name !== null;
  const form = useForm(async () => {
    enter(await acceptInvitation(token, password, reset ? undefined : name.trim()));
    forgetToken();
    go("/", { replace: true });
  });
  const lead = reset ? w.invitation.resetLead(offer.name ?? "") : w.invitation.lead(w.roles[offer.role], w.may[offer.role]);
  return (
    <Frame title={reset ? w.invitation.resetTitle : w.invitation.title} lead={lead}>
      {me.value && <p class="note-box">{w.invitation.signedIn(me.value.name)}</p>}
      <form onSubmit={form.submit} novalidate>
        {reset
          ? <input type="text" class="hidden" value={name} autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" />
          : <Input label={w.name} value={name} onInput={setName} fault={form.fault("username")} autocomplete="username" autofocus />}
        <NewPassword label={reset ? w.newPassword : w.password} name={name} value={password} onInput={setPassword} fault={form.fault("password")} autofocus={reset} />
        <Wrong>{form.rest()}</Wrong>
        <button type="submit" class="button primary wide" aria-disabled={form.busy}>{form.busy ? w.invitation.going : reset ? w.invitation.resetGo : w.invitation.go}</button>
      </form>
      <p class="faint small">{w.invitation.valid(exact(offer.expires_at))}</p>
    </Frame>
  );
}
