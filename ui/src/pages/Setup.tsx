/** The first account, made with the link that the first start prints. */
import { useState } from "preact/hooks";
import { getWaysIn, setUp } from "../api/accounts";
import { asProblem, Problem } from "../api/problem";
import { LinkButton } from "../components/Button";
import { Input, Wrong } from "../components/Input";
import { useForm } from "../state/form";
import { go } from "../state/place";
import { useResource } from "../state/resource";
import { enter } from "../state/session";
import { forgetToken, useToken } from "../state/token";
import { w } from "../words/signing";
import { Frame } from "./signing/Frame";
import { LINK_FILE } from "./signing/Fresh";
import { NewPassword } from "./signing/NewPassword";

export function Setup() {
  const token = useToken();
  const ways = useResource("ways-in", getWaysIn);
  const [done, setDone] = useState(false);
  if (done || ways.value?.setup_needed === false) {
    return <Frame title={w.setup.done} lead={w.setup.doneText}><LinkButton to="/" primary>{w.setup.toSignIn}</LinkButton></Frame>;
  }
  if (token === "") return <Frame title={w.setup.noToken} lead={w.setup.noTokenText(LINK_FILE)}>{null}</Frame>;
  return <FirstAccount token={token} alreadyDone={() => setDone(true)} />;
}

function FirstAccount({ token, alreadyDone }: { token: string; alreadyDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm(async () => {
    try {
      enter(await setUp(token, name.trim(), password));
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.status === 409) return alreadyDone();
      if (problem.status === 403 || problem.field("token")) throw new Problem(403, { detail: w.setup.wrongToken(LINK_FILE) });
      throw problem;
    }
    forgetToken();
    go("/", { replace: true });
  });
  return (
    <Frame title={w.setup.title} lead={w.setup.lead}>
      <form onSubmit={form.submit} novalidate>
        <Input label={w.name} value={name} onInput={setName} fault={form.fault("username")} autocomplete="username" autofocus />
        <NewPassword name={name} value={password} onInput={setPassword} fault={form.fault("password")} />
        <Wrong>{form.rest()}</Wrong>
        <button type="submit" class="button primary wide" aria-disabled={form.busy}>{form.busy ? w.setup.going : w.setup.go}</button>
      </form>
    </Frame>
  );
}
