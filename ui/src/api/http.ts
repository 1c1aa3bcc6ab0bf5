/** One place where requests leave the page: time limit, JSON and problems. The browser adds the cookie. */
import { under } from "./base";
import { asProblem, Problem } from "./problem";

const TIME_LIMIT_MS = 20_000;

let refused: () => void = () => undefined;

/** Sets whom to tell when the server says that nobody is signed in; called once, by the session. */
export function whenRefused(tell: () => void): void {
  refused = tell;
}

/** Tells the session that it is over. */
export function sessionRefused(): void {
  refused();
}

/** Sends one request and answers its JSON; throws a Problem for everything else. With an Idempotency-Key a POST is done once. */
export async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await send(method, path, body === undefined ? { headers } : { body, headers });
  return (await readJson(response)) as T;
}

/** A GET of plain text. */
export async function callText(path: string): Promise<string> {
  return (await send("GET", path, { headers: { Accept: "text/plain" } })).text();
}

/** What a conditional GET found. */
export type Conditional<T> = { changed: true; value: T; etag: string | null } | { changed: false };

/** A GET that answers `changed: false` while the ETag still holds. */
export async function callIfChanged<T>(path: string, etag: string | null): Promise<Conditional<T>> {
  const response = await send("GET", path, etag === null ? {} : { headers: { "If-None-Match": etag } });
  if (response.status === 304) return { changed: false };
  return { changed: true, value: (await readJson(response)) as T, etag: response.headers.get("ETag") };
}

async function send(
  method: string, path: string, more: { body?: unknown; headers?: Record<string, string> },
): Promise<Response> {
  const init: RequestInit = {
    method,
    headers: { Accept: "application/json", ...more.headers },
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
    cache: "no-store",
  };
  if (more.body !== undefined) {
    init.body = JSON.stringify(more.body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  const response = await fetch(under(`/api/v1${path}`), init).catch((thrown: unknown) => {
    throw asProblem(thrown);
  });
  if (response.ok || response.status === 304) return response;
  const problem = new Problem(response.status, await readJson(response).catch(() => null), response.headers.get("Retry-After"));
  // A refusal that names a field is about what was entered there, not about the session.
  if (problem.status === 401 && problem.fields.length === 0) refused();
  throw problem;
}

async function readJson(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  return response.json().catch(() => {
    throw new Problem(response.ok ? 502 : response.status);
  });
}
