/** The secret behind the # of a link: read once, taken out of the address bar, kept for as long as the page is open. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const kept = signal({ path: "", token: "" });

/** The token of the link that opened this page; "" when it had none. A failed attempt does not lose it. */
export function useToken(): string {
  take();
  useEffect(() => {
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return kept.value.path === location.pathname ? kept.value.token : "";
}

/** Forgets the token, once it is used. */
export function forgetToken(): void {
  kept.value = { path: "", token: "" };
}

function take(): void {
  const token = location.hash.slice(1);
  // The link that jumps to the content has a # as well.
  if (token === "" || document.getElementById(token)) return;
  kept.value = { path: location.pathname, token };
  history.replaceState(history.state, "", location.pathname + location.search);
}
