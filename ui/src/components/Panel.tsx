/** Surfaces: cards, empty places with what to do next, and what failed with a way to try again. */
import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem";
import { t } from "../words";
import { Button } from "./Button";

/** A group of things that belong together; `later` ones stand last on a phone. */
export function Card({ title, children, aside, flush, later }: { title?: string; children: ComponentChildren; aside?: ComponentChildren; flush?: boolean; later?: boolean }) {
  return (
    <section class={`card${flush ? "" : " padded"}${later ? " later" : ""}`}>
      {title && <div class="card-head"><h2>{title}</h2>{aside}</div>}
      {children}
    </section>
  );
}

/** One figure with its name. */
export function Tile({ figure, name, tone, to, current }: { figure: ComponentChildren; name: string; tone?: string; to?: string; current?: boolean }) {
  const inside = <><b>{figure}</b><span class={tone ?? ""}>{name}</span></>;
  if (!to) return <div class="card tile">{inside}</div>;
  return <a class={`card tile${current ? " on" : ""}`} href={to} aria-current={current ? "true" : undefined}>{inside}</a>;
}

/** A page (or a list in one) without anything in it: what belongs here, and the button for it. */
export function Empty({ title, children, action, page }: { title: string; children?: ComponentChildren; action?: ComponentChildren; page?: boolean }) {
  return (
    <div class="empty">
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** What could not be loaded; stands above the old data, never instead of it. */
export function Trouble({ problem, retry }: { problem: Problem | null; retry: () => void }) {
  if (problem === null) return null;
  return (
    <div class="trouble" role="alert">
      <p>{problem.detail} {problem.requestId && <small>{t.common.request(problem.requestId)}</small>}</p>
      <Button onPress={retry}>{t.common.retry}</Button>
    </div>
  );
}

/** What stands where content is about to be, after a moment. */
export function Loading() {
  return <p class="loading" role="status">{t.common.loading}</p>;
}
