/** Asks for an API key, once; the address behind it is kept, so that deep links survive. */
import { useState } from "preact/hooks";
import { under } from "../api/base";
import { asProblem, Problem } from "../api/problem";
import { Logo } from "../components/Logo";
import { useKey, wasEnded } from "../state/session";
import { p } from "../words/pages";
import "../style/accounts.css";

export function SignIn() {
  const [key, setKey] = useState("");
  const [remember, setRemember] = useState(false);
  const [problem, setProblem] = useState(wasEnded.value ? p.signIn.expired : "");
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const trimmed = key.trim();
    if (trimmed === "") return setProblem(p.signIn.empty);
    setBusy(true);
    const refusal = await tryKey(trimmed);
    setBusy(false);
    if (refusal) setProblem(refusal);
    else useKey(trimmed, remember);
  };

  return (
    <main class="sign-in" id="content">
      <form class="card" onSubmit={submit} novalidate>
        <h1><Logo />{p.signIn.title}</h1>
        <p class="soft">{p.signIn.lead}</p>
        <label class="field">
          <span>{p.signIn.label}</span>
          <input type="password" autocomplete="off" autocapitalize="none" spellcheck={false} autofocus value={key} aria-invalid={problem !== ""} aria-describedby="sign-in-problem"
            onInput={(event) => setKey(event.currentTarget.value)} />
        </label>
        <p id="sign-in-problem" class="field-problem" role="alert">{problem}</p>
        <label class="tick">
          <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} />
          {p.signIn.remember}
        </label>
        <button type="submit" class="button primary wide" aria-disabled={busy}>{busy ? p.signIn.going : p.signIn.go}</button>
        <p class="soft small">{p.signIn.hint} <code>asura key create</code></p>
      </form>
    </main>
  );
}

/** Why a key does not open the dashboard; null when it does. */
async function tryKey(key: string): Promise<string | null> {
  // A key is sent in a header, and headers hold only plain characters.
  if (!/^[\x21-\x7e]+$/.test(key)) return p.signIn.refused;
  try {
    const response = await fetch(under("/api/v1/incidents?limit=1"), { headers: { Authorization: `Bearer ${key}` }, cache: "no-store", signal: AbortSignal.timeout(15_000) });
    if (response.ok) return null;
    if (response.status === 401) return p.signIn.refused;
    if (response.status === 429) return p.signIn.limit;
    return new Problem(response.status, await response.json().catch(() => null)).detail;
  } catch (thrown) {
    return asProblem(thrown).detail;
  }
}
