/** Parts of the page that come when they are wanted, or when the browser has nothing else to do. */
import { createElement, type ComponentChild } from "preact";
import { signal, type Signal } from "@preact/signals";
import { t } from "../words";
import { Button } from "./Button";
import { Empty, Loading } from "./Panel";

type Render<P> = (props: P) => ComponentChild;
type Load<P> = () => Promise<Render<P>>;

const ahead: (() => void)[] = [];

/** A component whose code is loaded on first use; a quiet one is not missed until it is there. */
export function lazy<P extends object>(load: Load<P>, quiet = false): Render<P> {
  const state: Signal<Render<P> | "waiting" | "failed" | null> = signal(null);
  const start = () => {
    if (state.peek() !== null) return;
    state.value = "waiting";
    load().then((render) => (state.value = render), () => (state.value = "failed"));
  };
  ahead.push(start);
  return function Lazy(props: P) {
    start();
    const found = state.value;
    if (quiet && typeof found !== "function") return null;
    if (found === null || found === "waiting") return <Loading />;
    if (found === "failed") return <Missing />;
    return createElement(found as (props: P) => never, props as P & Record<string, unknown>);
  };
}

/** Loads everything ahead, once the first page stands. */
export function loadAhead(): void {
  const idle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1500));
  idle(() => ahead.forEach((start) => start()));
}

/** A part that did not come, most often because the server was upgraded since this page was loaded. */
function Missing() {
  return <div class="card"><Empty page title={t.common.partMissing} action={<Button primary onPress={() => location.reload()}>{t.common.reload}</Button>}>{t.common.partMissingText}</Empty></div>;
}
