/** Signing in, in place: the address behind it is kept, so that deep links survive. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { getWaysIn, logIn } from "../api/accounts";
import { under } from "../api/base";
import { asProblem, Problem } from "../api/problem";
import { Input, Password, Wrong } from "../components/Input";
import { Loading, Trouble } from "../components/Panel";
import { roughly } from "../domain/format";
import { useForm } from "../state/form";
import { now } from "../state/now";
import { addressOf, go, place } from "../state/place";
import { useResource } from "../state/resource";
import { enter, loadMe, wasEnded } from "../state/session";
import { w } from "../words/signing";
import { Frame } from "./signing/Frame";
import { Fresh } from "./signing/Fresh";

export function SignIn() {
  const ways = useResource("ways-in", getWaysIn);
  const oidc = ways.value?.oidc ?? null;
  if (ways.value === null && ways.problem === null) return <Frame title={w.signIn.title}><Loading /></Frame>;
  if (ways.value?.setup_needed) return <Fresh again={ways.reload} />;
  return (
    <Credentials>
      <Trouble problem={ways.problem} retry={() => { ways.reload(); void loadMe(); }} />
      {oidc && <Provider {...oidc} />}
    </Credentials>
  );
}

/** Name and password, then the code when the server asks for one. */
function Credentials({ children }: { children: ComponentChildren }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const [until, setUntil] = useState(0);
  const wait = Math.ceil((until - now.value) / 1000);

  const form = useForm(async () => {
    if (wait > 0) return;
    if (name.trim() === "" || password === "") throw new Problem(401, { detail: w.signIn.missing });
    if (code !== null && code.trim() === "") throw asked(w.signIn.codeMissing);
    try {
      enter(await logIn(name.trim(), password, code?.replace(/\s/g, "")));
      forgetProblem();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.retryAfter !== null) setUntil(Date.now() + problem.retryAfter * 1000);
      // The first time it is a question, not a mistake.
      if (code === null && problem.field("totp") !== null) return setCode("");
      throw problem.status === 401 && problem.fields.length === 0 ? new Problem(401, { detail: w.signIn.refused }) : problem;
    }
  });
  const back = () => {
    setCode(null);
    setPassword("");
    form.clear();
  };

  const waiting = wait > 0 ? w.signIn.wait(roughly(wait)) : null;
  if (code !== null) {
    return (
      <Frame title={w.signIn.codeTitle} lead={w.signIn.codeLead(name.trim())}>
        <form onSubmit={form.submit} novalidate>
          <Input label={w.signIn.code} value={code} onInput={setCode} fault={form.fault("totp")} help={w.signIn.codeHelp} autocomplete="one-time-code" autofocus />
          <Wrong>{waiting ?? form.rest()}</Wrong>
          <Send busy={form.busy} wait={wait} text={w.signIn.codeGo} />
        </form>
        <button type="button" class="bare link" onClick={back}>{w.signIn.back}</button>
      </Frame>
    );
  }
  return (
    <Frame title={w.signIn.title} lead={wasEnded.value ? w.signIn.ended : null}>
      <Came />
      <form onSubmit={form.submit} novalidate>
        <Input label={w.name} value={name} onInput={setName} fault={form.fault("username")} autocomplete="username" autofocus />
        <Password label={w.password} value={password} onInput={setPassword} fault={form.fault("password")} autocomplete="current-password" />
        <Wrong>{waiting ?? form.rest()}</Wrong>
        <Send busy={form.busy} wait={wait} text={w.signIn.go} />
      </form>
      {children}
      <p class="faint small">{w.signIn.forgot}</p>
    </Frame>
  );
}

function Send({ busy, wait, text }: { busy: boolean; wait: number; text: string }) {
  return <button type="submit" class="button primary wide" aria-disabled={busy} disabled={wait > 0}>{busy ? w.signIn.going : text}</button>;
}

/** The way through an OpenID provider, back to this very address. */
function Provider({ name, url }: { name: string; url: string }) {
  const back = encodeURIComponent(addressOf(place.value.path, withoutProblem()));
  const to = url.startsWith("/api/") ? under(url) : url;
  return (
    <>
      <p class="or"><span>{w.signIn.or}</span></p>
      <a class="button wide" href={`${to}?next=${back}`} data-away>{w.signIn.with(name)}</a>
    </>
  );
}

/** Why the way through a provider ended here. */
function Came() {
  const code = place.value.query.get("problem");
  if (!code) return null;
  return <Wrong>{(w.problems as Record<string, string>)[code] ?? w.failed(code)}</Wrong>;
}

function asked(message: string): Problem {
  return new Problem(401, { errors: [{ path: "totp", message }] });
}

function withoutProblem(): URLSearchParams {
  const query = new URLSearchParams(place.peek().query);
  query.delete("problem");
  return query;
}

function forgetProblem(): void {
  if (place.peek().query.has("problem")) go(addressOf(place.peek().path, withoutProblem()), { replace: true });
}
