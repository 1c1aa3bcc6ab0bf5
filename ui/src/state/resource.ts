/** Loading what one page shows: old data stays while new is on its way, and an error never takes it away. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { comebacks } from "./live";

/** What is known about something loaded. */
export interface Resource<T> {
  value: T | null;
  problem: Problem | null;
  loading: boolean;
  reload(): void;
}

interface Held<T> {
  key: string;
  value: T | null;
  problem: Problem | null;
  loading: boolean;
}

const SPACING_MS = 1_500;

/** Loads once per key, and again (at most every 1.5 s) when `version` changes; what failed also when the stream comes back. */
export function useResource<T>(key: string, load: () => Promise<T>, version: unknown = null): Resource<T> {
  const [held, hold] = useState<Held<T>>(() => blank(key));
  const loader = useRef(load);
  loader.current = load;
  const turn = useRef(0);
  const startedAt = useRef(0);
  const startedWith = useRef(0);
  const current = held.key === key ? held : blank<T>(key);

  const run = useCallback(async () => {
    turn.current += 1;
    const mine = turn.current;
    startedAt.current = Date.now();
    startedWith.current = comebacks.peek();
    hold((old) => ({ ...(old.key === key ? old : blank<T>(key)), loading: true }));
    const outcome = await loader.current().then((value) => ({ value, problem: null }), (thrown: unknown) => ({ problem: asProblem(thrown) }));
    if (mine === turn.current) hold((old) => ({ ...old, ...outcome, loading: false }));
  }, [key]);

  const first = useRef("");
  useEffect(() => {
    if (first.current !== key) {
      first.current = key;
      void run();
      return undefined;
    }
    const timer = setTimeout(() => void run(), Math.max(0, startedAt.current + SPACING_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [key, version]);
  const failed = current.problem !== null;
  useEffect(() => (failed ? comebacks.subscribe((count) => void (count > startedWith.current && run())) : undefined), [key, failed]);
  useEffect(() => () => void (turn.current += 1), []);

  return { value: current.value, problem: current.problem, loading: current.loading, reload: () => void run() };
}

function blank<T>(key: string): Held<T> {
  return { key, value: null, problem: null, loading: true };
}
