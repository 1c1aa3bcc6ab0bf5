/** Backups: files of the whole of this asura. */
import { under } from "./base";
import { call } from "./http";
import type { Instant } from "./types";

export interface Backup {
  name: string;
  at: Instant;
  bytes: number;
  encrypted: boolean;
  uploaded: boolean | null;
}

/** How backups are doing; a part of GET /system. */
export interface BackupState {
  /** 0: none are made by themselves. */
  every_s: number;
  last: { at: Instant; name: string; bytes: number; encrypted: boolean; took_s: number } | null;
  failed: { at: Instant; message: string } | null;
  running: boolean;
  progress_ratio: number | null;
  next_at: Instant | null;
}

export const getBackups = () => call<{ data: readonly Backup[] }>("GET", "/backups");
export const backUp = () => call<unknown>("POST", "/backups");
export const deleteBackup = (name: string) => call<void>("DELETE", `/backups/${encodeURIComponent(name)}`);
/** Where a backup is downloaded, by whoever is signed in. */
export const backupUrl = (name: string) => under(`/api/v1/backups/${encodeURIComponent(name)}`);
