/** A timeline: what happened, in order, with our reasons. */
import type { Entry } from "../domain/timeline";
import { w } from "../words/incident";
import { Clock } from "./When";

/** Entries under each other, joined by a line. */
export function Timeline({ entries }: { entries: readonly Entry[] }) {
  return (
    <ol class="timeline">
      {entries.map((entry) => (
        <li key={entry.key}>
          <span class="when">{entry.at ? <Clock at={entry.at} /> : entry.tone === "next" && w.next.title}</span>
          <span class={`dot ${entry.tone}`} aria-hidden="true" />
          <div>
            <b>{entry.title}</b>
            {entry.lines.map((line, index) => <p key={index}>{line}</p>)}
          </div>
        </li>
      ))}
    </ol>
  );
}
