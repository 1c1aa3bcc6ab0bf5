/** Small choices in a row: filters, each a link, so that every combination has an address. */
import type { ComponentChildren } from "preact";

/** A filter with the number of what it would show. */
export function Pill({ to, on, children, count }: { to: string; on: boolean; children: ComponentChildren; count?: number | undefined }) {
  return (
    <a class={`pill${on ? " on" : ""}`} href={to} aria-current={on ? "true" : undefined}>
      {children}{count !== undefined && <span class="pill-count"> {count}</span>}
    </a>
  );
}

/** Views of one thing, as links; the current one is marked. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly { to: string; text: string; on: boolean }[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => <a key={tab.to} href={tab.to} class={tab.on ? "on" : ""} aria-current={tab.on ? "page" : undefined}>{tab.text}</a>)}
    </nav>
  );
}
