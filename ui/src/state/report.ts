/** What could not be done of something done to many: the list that is on screen, or null. */
import { signal } from "@preact/signals";

/** One monitor and why it was refused. */
export interface ReportLine {
  id: number;
  name: string;
  error: string;
}

export const report = signal<readonly ReportLine[] | null>(null);
