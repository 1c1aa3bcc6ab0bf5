/** Calls about people: who is asking, signing in, sessions, users, invitations, keys, the audit log; and about asura itself. */
import type { BackupState } from "./backups";
import { search } from "./calls";
import { call } from "./http";
import type { Instant, Page } from "./types";

export type Role = "viewer" | "editor" | "admin";
export type Theme = "auto" | "light" | "dark";

export interface Profile {
  email: string;
  /** An IANA name; "" for that of the browser. */
  zone: string;
  theme: Theme;
  /** A language tag; "" for that of the browser. */
  language: string;
}

/** Who is asking; of an API key, what belongs to users is null, false or empty. */
export interface Me {
  name: string;
  role: Role;
  scopes: readonly string[];
  key_id: number | null;
  user_id: number | null;
  tags: readonly string[];
  profile: Profile | null;
  totp: boolean;
  recovery_codes_left: number;
  /** What has to be done before anything else is allowed. */
  must: readonly string[];
  password: boolean;
  /** Since when nothing is sent, after a restore. */
  held_since: Instant | null;
  /** Whether everything here is made up. */
  demo: boolean;
}

/** What the sign-in page offers. */
export interface WaysIn {
  setup_needed: boolean;
  oidc: { name: string; url: string } | null;
  /** Where the proxy that vouches for people ends its own session; "" without one. */
  logout_url: string;
}

export interface TotpOffer {
  secret: string;
  uri: string;
  /** A path of dark modules, one unit a module. */
  qr: { size: number; path: string };
}

export interface SessionRow {
  id: number;
  user_id: number;
  user: string;
  created_at: Instant;
  last_used_at: Instant;
  expires_at: Instant;
  address: string;
  user_agent: string;
  current: boolean;
}

export interface User {
  id: number;
  name: string;
  email: string;
  role: Role;
  tags: readonly string[];
  enabled: boolean;
  totp: boolean;
  origin: "local" | "oidc" | "proxy";
  created_at: Instant;
  last_login_at: Instant | null;
}

export interface Invitation {
  id: number;
  role: Role;
  tags: readonly string[];
  email: string;
  created_by: string;
  created_at: Instant;
  expires_at: Instant;
}
export type NewInvitation = Invitation & { link: string; mailed: boolean };

/** What an invitation, or a link for a new password, is good for. */
export interface Offer {
  role: Role;
  email: string;
  name: string | null;
  expires_at: Instant;
}

export interface ApiKey {
  id: number;
  name: string;
  role: Role;
  scopes: readonly string[];
  created_at: Instant;
  expires_at: Instant | null;
  last_used_at: Instant | null;
  rate_per_sec: number | null;
}

export interface AuditRow {
  id: number;
  at: Instant;
  actor: string;
  address: string;
  action: string;
  entity: string;
  entity_id: number | null;
  name: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  hash: string;
}

export interface System {
  version: string;
  uptime_s: number;
  python: string;
  sqlite: string;
  parts: Record<string, { ok: boolean; detail: string }>;
  storage: { database_bytes: number; wal_bytes: number; free_bytes: number; oldest_result_at: Instant | null };
  monitors: number;
  checks_per_s: number;
  streams: number;
  /** Days by kind. */
  retention: Record<string, number>;
  held: { since: Instant; waiting: number } | null;
  backup: BackupState;
}

/** Which of the messages that wait since a restore go out. */
export type Release = "new" | "all" | "none";

type Query = Parameters<typeof search>[0];

export const getWaysIn = () => call<WaysIn>("GET", "/login");
export const logIn = (username: string, password: string, totp?: string) => call<Me>("POST", "/login", totp === undefined ? { username, password } : { username, password, totp });
export const setUp = (token: string, username: string, password: string) => call<Me>("POST", "/setup", { token, username, password });
export const lookAtInvitation = (token: string) => call<Offer>("POST", "/invitations/look", { token });
export const acceptInvitation = (token: string, password: string, username?: string) => call<Me>("POST", "/invitations/accept", username === undefined ? { token, password } : { token, username, password });

export const saveProfile = (change: Partial<Profile>) => call<Me>("PATCH", "/me", change);
export const changePassword = (current: string, password: string) => call<null>("POST", "/me/password", { current, password });
export const beginTotp = (password: string) => call<TotpOffer>("POST", "/me/totp", { password });
export const confirmTotp = (code: string) => call<{ recovery_codes: string[] }>("POST", "/me/totp/confirm", { code });
export const removeTotp = (password: string) => call<null>("POST", "/me/totp/remove", { password });
export const newRecoveryCodes = (password: string) => call<{ recovery_codes: string[] }>("POST", "/me/recovery-codes", { password });
export const getSessions = () => call<Page<SessionRow>>("GET", "/sessions?limit=200");
export const endSession = (id: number) => call<null>("DELETE", `/sessions/${id}`);
export const endOtherSessions = () => call<null>("DELETE", "/sessions");

export const getUsers = () => call<Page<User>>("GET", "/users?limit=500");
export const changeUser = (id: number, change: Partial<Pick<User, "name" | "email" | "role" | "tags" | "enabled">>) => call<User>("PATCH", `/users/${id}`, change);
export const deleteUser = (id: number) => call<null>("DELETE", `/users/${id}`);
export const resetUser = (id: number, totp: boolean) => call<{ link: string; expires_at: Instant }>("POST", `/users/${id}/reset`, totp ? { totp } : {});
export const getInvitations = () => call<Page<Invitation>>("GET", "/invitations?limit=500");
export const invite = (role: Role, tags: readonly string[], email: string) => call<NewInvitation>("POST", "/invitations", { role, tags, email });
export const revokeInvitation = (id: number) => call<null>("DELETE", `/invitations/${id}`);

export const getKeys = () => call<Page<ApiKey>>("GET", "/keys?limit=500");
export const createKey = (key: { name: string; role: Role; scopes: readonly string[]; expires_at?: Instant; rate_per_sec?: number }) => call<ApiKey & { key: string }>("POST", "/keys", key);
/** What the addresses with a slug begin with; the first who asks makes their key. */
export const getPingKey = () => call<{ ping_key: string; url: string }>("GET", "/heartbeat-key");
export const revokeKey = (id: number) => call<null>("DELETE", `/keys/${id}`);

export const getAudit = (query: Query) => call<Page<AuditRow>>("GET", `/audit${search(query)}`);
export const verifyAudit = () => call<{ ok: boolean; rows: number; broken_at: number | null }>("GET", "/audit/verify");
export const getSystem = () => call<System>("GET", "/system");
export const releaseMessages = (send: Release) => call<{ dropped: number }>("POST", "/system/release", { send });
