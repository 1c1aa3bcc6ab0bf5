/** Which pages of a browser follow the stream: it allows six connections to one server for all of them together. */
import { effect } from "@preact/signals";
import { part, reconnect, stepAside } from "./live";

/** So many pages follow it; the connections that are left are for requests. */
const MOST = 4;

/** What pages tell each other: who follows from now on, and who no longer does. */
interface Word {
  id: string;
  follows: boolean;
}

/** What the turns ask of a page. */
export interface Player {
  part(): "none" | "follows" | "aside" | "away";
  stepAside(): void;
  follow(): void;
}

/** The turn of one page: those that were looked at last follow, and when one of them goes, the next one takes its place. */
export class Turns {
  private readonly me = Math.random().toString(36).slice(2);
  private readonly later = new Set<string>();

  constructor(private readonly channel: BroadcastChannel, private readonly player: Player) {
    channel.onmessage = ({ data }: MessageEvent<Word>) => this.hear(data);
  }

  /** Tells the others that this page follows now, or no longer needs to. */
  say(follows: boolean): void {
    this.later.clear();
    this.channel.postMessage({ id: this.me, follows } satisfies Word);
  }

  private hear({ id, follows }: Word): void {
    if (follows) this.later.add(id);
    else this.later.delete(id);
    const part = this.player.part();
    if (part === "follows" && this.later.size >= MOST) this.player.stepAside();
    else if (part === "aside" && this.later.size < MOST) this.player.follow();
  }
}

/** Takes part in the turns, where connections are few: HTTP/2 and 3 carry all streams in one. */
export function startTurns(): void {
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (typeof BroadcastChannel === "undefined" || /^h[23]/.test(page?.nextHopProtocol ?? "")) return;
  const turns = new Turns(new BroadcastChannel("asura-stream"), { part: () => part.peek(), stepAside, follow: reconnect });
  effect(() => {
    if (part.value !== "aside") turns.say(part.value === "follows");
  });
  // Who turns to a page wants to see it live.
  addEventListener("focus", () => part.peek() === "aside" && reconnect());
}
