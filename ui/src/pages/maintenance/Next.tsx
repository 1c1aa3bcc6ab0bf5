/** Beside the form: the next times that the window would be open, in its own zone and in the reader's. */
import { useEffect, useState } from "preact/hooks";
import { previewWindow, type Occurrence } from "../../api/status";
import { asProblem } from "../../api/problem";
import { Card } from "../../components/Panel";
import { clock, exact, interval } from "../../domain/format";
import type { Draft } from "../../domain/form";
import { fromNow, kindOf } from "../../domain/maintenance";
import { now } from "../../state/now";
import { w } from "../../words/maintenance";
import { readersZone } from "./times";

const PATIENCE_MS = 350;
const SHOWN = 5;
const WANTED = ["starts_at", "ends_at", "cron", "rrule", "duration_s", "timezone"];

export function Next({ draft, quick }: { draft: Draft; quick: number | null }) {
  const found = useOccurrences(draft, quick);
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

interface Found { all: readonly Occurrence[] | null; text: string }

/** Asked a moment after the last key; what the server refuses is said here, since nothing is saved yet. */
function useOccurrences(draft: Draft, quick: number | null): Found {
  const [found, setFound] = useState<Found>({ all: null, text: w.preview.write });
  const times = Object.fromEntries(WANTED.flatMap((name) => (draft[name] === undefined || draft[name] === null ? [] : [[name, draft[name]]])));
  const ready = kindOf(draft) === null ? Boolean(draft.starts_at && draft.ends_at) : draft.duration_s !== undefined;
  const key = JSON.stringify(times);
  useEffect(() => {
    if (quick !== null) return;
    if (!ready) return setFound({ all: null, text: w.preview.write });
    let current = true;
    const timer = setTimeout(() => {
      previewWindow({ name: "-", ...times }).then(
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
  return quick === null ? found : { all: [fromNow(quick, Math.floor(now.value / 60_000) * 60_000)], text: "" };
}
