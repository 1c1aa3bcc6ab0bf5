/** Who is asking: the API key, kept for this tab, or on this device when the person wants that. */
import { computed, signal } from "@preact/signals";
import { useCredentials } from "../api/http";

/** A key and whether it outlives the tab. */
export interface Session {
  key: string;
  remembered: boolean;
}

const NAME = "asura-key";

/** The session, or null while no key is known. */
export const session = signal<Session | null>(read());
/** Whether the last session ended because the server refused its key. */
export const wasRefused = signal(false);
export const signedIn = computed(() => session.value !== null);

useCredentials({
  key: () => session.peek()?.key ?? null,
  refused: () => {
    if (session.peek() === null) return;
    signOut();
    wasRefused.value = true;
  },
});

/** Starts a session with a key that the server has accepted. */
export function signIn(key: string, remember: boolean): void {
  forget();
  store(remember ? "localStorage" : "sessionStorage", key);
  wasRefused.value = false;
  session.value = { key, remembered: remember };
}

/** Forgets the key everywhere. */
export function signOut(): void {
  forget();
  session.value = null;
}

function read(): Session | null {
  for (const [place, remembered] of [["sessionStorage", false], ["localStorage", true]] as const) {
    const key = guarded(() => globalThis[place].getItem(NAME));
    if (key) return { key, remembered };
  }
  return null;
}

function forget(): void {
  guarded(() => sessionStorage.removeItem(NAME));
  guarded(() => localStorage.removeItem(NAME));
}

function store(place: "sessionStorage" | "localStorage", key: string): void {
  guarded(() => globalThis[place].setItem(NAME, key));
}

function guarded<T>(access: () => T): T | null {
  try {
    return access();
  } catch {
    // A browser that keeps nothing still works for as long as the page is open.
    return null;
  }
}
