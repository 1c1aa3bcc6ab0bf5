/** What happened lately: incidents, and the changes of state that this page has seen. */
import { useMemo } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import { StatusIcon } from "../../components/StatusIcon";
import { clock, duration, exact } from "../../domain/format";
import { recent, type Happening } from "../../domain/recent";
import { pathTo } from "../../domain/routes";
import { causeText, inOneLine } from "../../domain/sentences";
import { changes, rows } from "../../state/monitors";
import { now } from "../../state/now";
import { usePast } from "../../state/past";
import { w } from "../../words/shell";

const MOST = 10;

export function Recent() {
  const past = usePast();
  const seen = changes.value;
  const found = useMemo(() => recent(past ?? [], seen, MOST), [past, seen]);
  return (
    <section class="section" aria-label={w.recent}>
      <div class="section-head"><h2>{w.recent}</h2><a class="link small" href="/incidents?status=all">{w.recentMore}</a></div>
      <div class="card">
        {found.length === 0 && past !== null && <p class="no-news soft">{w.quiet}</p>}
        <ol class="happenings">{found.map((one) => <li key={one.key}><Line one={one} /></li>)}</ol>
      </div>
    </section>
  );
}

function Line({ one }: { one: Happening }) {
  const row = rows.value?.get(one.monitors[0] ?? 0);
  const more = one.ended !== null ? w.happened.after(duration(one.ended)) : inOneLine(one.incident ? causeText(one.incident) : row?.status === one.status ? row.message ?? "" : "");
  const to = one.incident ? pathTo("incident", { ref: one.incident.id }) : pathTo("monitor", { ref: one.monitors[0] ?? "" });
  return (
    <a class="happening" href={to}>
      <time dateTime={one.at} title={exact(one.at)}>{clock(one.at, now.value)}</time>
      <StatusIcon status={one.status} />
      <span><b>{sentence(one, row)}</b>{more && <small>{more}</small>}</span>
    </a>
  );
}

function sentence(one: Happening, row: OverviewRow | undefined): string {
  const name = one.monitors.length > 1 ? `${row?.name ?? one.title} + ${one.monitors.length - 1}` : row?.name ?? one.title;
  if (one.from === "paused") return w.happened.resumed(name);
  if (one.status === "up" && (one.from === "pending" || one.from === "unknown")) return w.happened.firstUp(name);
  const say = (w.happened as Record<string, unknown>)[one.status];
  return typeof say === "function" ? (say as (name: string) => string)(name) : name;
}
