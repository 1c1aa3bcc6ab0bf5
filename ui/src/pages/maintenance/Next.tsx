/** Beside the form: the next times that the window would be open, in its own zone and in the reader's. */
import { useEffect, useState } from "preact/hooks";
import { previewWindow, type Occurrence, type Window } from "../../api/status";
import { asProblem } from "../../api/problem";
import { Card } from "../../components/Panel";
import { interval } from "../../domain/duration";
import { clock, exact } from "../../domain/format";
import type { Draft } from "../../domain/form";
import { kindOf } from "../../domain/maintenance";
import { now } from "../../state/now";
import { w } from "../../words/maintenance";
import { readersZone } from "./times";

const PATIENCE_MS = 350;
const SHOWN = 5;
const MINUTE_MS = 60_000;
const WANTED = ["starts_at", "ends_at", "cron", "rrule", "duration_s", "timezone"];

/** `stored` is of those who may only look: they may not ask for what is not stored. */
export function Next({ draft, quick, stored }: { draft: Draft; quick: number | null; stored: Window | undefined }) {
  const asked = useOccurrences(draft, quick, stored === undefined);
  const found = stored ? { all: [stored.current, stored.next].filter((one) => one !== null), text: "" } : asked;
  const zone = typeof draft.timezone === "string" ? draft.timezone : "UTC";
  const mine = readersZone();
  const length = found.all?.[0] && (Date.parse(found.all[0].ends_at) - Date.parse(found.all[0].starts_at)) / 1000;
  return (
    <Card title={w.preview.title}>
      <div class="next-times" aria-live="polite">
        {found.all === null && <p class="soft">{found.text}</p>}
        {found.all?.length === 0 && <p>{w.preview.never}</p>}
        {found.all && found.all.length > 0 && (
          <>
            <Times all={found.all} zone={zone} title={zone === mine ? "" : w.preview.theirs(zone)} />
            {zone !== mine && <Times all={found.all} zone={mine} title={w.preview.yours(mine)} />}
            {kindOf(draft) !== null && length !== undefined && <p class="soft small">{w.preview.lasts(interval(length))}{found.all.length > SHOWN && `, ${w.preview.more}`}</p>}
          </>
        )}
      </div>
    </Card>
  );
}

function Times({ all, zone, title }: { all: readonly Occurrence[]; zone: string; title: string }) {
  return (
    <>
      {title && <h3>{title}</h3>}
      <ol>{all.slice(0, SHOWN).map(({ starts_at: from, ends_at: to }) => <li key={from}><time dateTime={from} title={exact(from, zone)}>{exact(from, zone)}</time> <span class="soft">– {clock(to, Date.parse(from), zone)}</span></li>)}</ol>
    </>
  );
}

/** From this minute on. */
function soon(seconds: number): Occurrence {
  const from = Math.floor(now.value / MINUTE_MS) * MINUTE_MS;
  return { starts_at: new Date(from).toISOString(), ends_at: new Date(from + seconds * 1000).toISOString() };
}

interface Found { all: readonly Occurrence[] | null; text: string }

/** Asked a moment after the last key; what the server refuses is said here, since nothing is saved yet. */
function useOccurrences(draft: Draft, quick: number | null, may: boolean): Found {
  const [found, setFound] = useState<Found>({ all: null, text: w.preview.write });
  const times = Object.fromEntries(WANTED.flatMap((name) => (draft[name] === undefined || draft[name] === null ? [] : [[name, draft[name]]])));
  const ready = kindOf(draft) === null ? Boolean(draft.starts_at && draft.ends_at) : draft.duration_s !== undefined;
  const key = JSON.stringify(times);
  useEffect(() => {
    if (quick !== null || !may) return;
    if (!ready) return setFound({ all: null, text: w.preview.write });
    let current = true;
    const timer = setTimeout(() => {
      previewWindow(times).then(
        (answer) => current && setFound({ all: answer.data, text: "" }),
        (thrown: unknown) => {
          const problem = asProblem(thrown);
          if (current) setFound({ all: null, text: problem.fields.length > 0 ? problem.fields.map((field) => field.message.charAt(0).toUpperCase() + field.message.slice(1)).join(" ") : problem.detail });
        },
      );
    }, PATIENCE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, ready, quick]);
  // Minutes are enough for what begins with saving.
  return quick === null ? found : { all: [soon(quick)], text: "" };
}
