/**
 * Who is asking, and what they may do. The session is a cookie that scripts cannot see; what is kept here is only what it said last.
 *
 * Every page hides, or explains, what the role may not do: `can("editor")` before a button that changes something, `can("admin")`
 * before users, keys and the audit log, `limited` where somebody with tags may look only (channels). They are signals: a component
 * that asks is drawn again when the answer changes. The server decides; this only keeps dead buttons off the page.
 */
import { computed, signal } from "@preact/signals";
import type { Me, Role, WaysIn } from "../api/accounts";
import { call, whenRefused } from "../api/http";
import { asProblem } from "../api/problem";
import { useZone } from "../domain/format";
import { keepLanguage } from "../words/language";
import { chooseTheme } from "./theme";

const ROLES: readonly Role[] = ["viewer", "editor", "admin"];
const NAME = "asura-last";
const AGAIN_MS = 5_000;

/** What is remembered of the last time, so that the first paint need not wait for /me. */
interface Last { role: Role; zone: string }

const last = signal<Last | null>(recall());

/** Who is signed in; null when nobody is, undefined until the server has said. */
export const me = signal<Me | null | undefined>(undefined);
/** Whether the last session was ended by the server. */
export const wasEnded = signal(false);
/** Whether somebody is signed in, or most likely is. */
export const signedIn = computed(() => (me.value === undefined ? last.value !== null : me.value !== null));
/** The role of whoever is signed in. */
export const role = computed(() => (me.value === undefined ? last.value?.role : me.value?.role) ?? null);
/** Whether only monitors with certain tags are within reach; channels can then be looked at, not changed. */
export const limited = computed(() => (me.value?.tags?.length ?? 0) > 0);
/** The zone in which times are shown; undefined for that of the browser. */
export const zone = computed(() => asZone(me.value === undefined ? last.value?.zone : me.value?.profile?.zone));

useZone(() => zone.value);
whenRefused(() => {
  if (me.peek() === null) return;
  wasEnded.value = signedIn.peek();
  leave();
});

/** Whether the role allows what this one is needed for. */
export function can(needed: Role): boolean {
  return role.value !== null && ROLES.indexOf(role.value) >= ROLES.indexOf(needed);
}

/** Asks who is signed in, and follows what other tabs do. */
export function startSession(): void {
  addEventListener("storage", (event) => {
    if (event.key !== NAME) return;
    if (event.newValue === null) leave();
    else if (me.peek() === null) void loadMe();
  });
  void loadMe();
}

/** Asks the server who is asking. Without an answer the page goes on with what it knew, and asks again. */
export async function loadMe(): Promise<void> {
  try {
    enter(await call<Me>("GET", "/me"));
  } catch (thrown) {
    if (asProblem(thrown).status === 401) return;
    if (signedIn.peek()) setTimeout(() => void loadMe(), AGAIN_MS);
    else me.value = null;
  }
}

/** Takes an answer about who is signed in, and applies what they chose. */
export function enter(answer: Me): void {
  wasEnded.value = false;
  me.value = answer;
  last.value = { role: answer.role, zone: answer.profile?.zone ?? "" };
  guarded(() => localStorage.setItem(NAME, JSON.stringify(last.peek())));
  if (!answer.profile) return;
  chooseTheme(answer.profile.theme);
  // Words are made when their modules load, so another language begins with another page.
  if (keepLanguage(answer.profile.language)) location.reload();
}

/** Ends the session on the server, then here and in other tabs. */
export async function signOut(): Promise<void> {
  const { logout_url: elsewhere } = await call<WaysIn>("GET", "/login");
  // Whom a proxy vouches for may have no session here; the one to end is the proxy's.
  await call<null>("POST", "/logout").catch((thrown: unknown) => {
    if (!elsewhere) throw thrown;
  });
  leave();
  if (elsewhere) location.assign(elsewhere);
}

function leave(): void {
  last.value = null;
  me.value = null;
  guarded(() => localStorage.removeItem(NAME));
}

function recall(): Last | null {
  const kept = guarded(() => JSON.parse(localStorage.getItem(NAME) ?? "null") as Partial<Last> | null);
  return kept && ROLES.includes(kept.role as Role) ? { role: kept.role as Role, zone: String(kept.zone ?? "") } : null;
}

/** A zone that this browser knows; undefined for "" and for any other. */
function asZone(name: string | undefined): string | undefined {
  if (!name) return undefined;
  return guarded(() => new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone) ?? undefined;
}

function guarded<T>(access: () => T): T | null {
  try {
    return access();
  } catch {
    // A browser that keeps nothing still works for as long as the page is open.
    return null;
  }
}
