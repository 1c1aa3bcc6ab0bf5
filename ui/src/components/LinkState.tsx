/** How fresh the page is: a quiet word when all is well, a bar when what is shown may be old. */
import { roughly } from "../domain/format";
import { heardAt, link, part, reconnect } from "../state/live";
import { now } from "../state/now";
import { t } from "../words";

/** The bar across the page while the connection is lost. */
export function LinkBar() {
  const { kind } = link.value;
  // A page that has left the stream to others is as it should be.
  if (kind !== "lost" && (kind !== "polling" || part.value === "aside")) return null;
  const heard = heardAt.value;
  // A blink of the line needs no bar; it appears when the data is old enough to mislead.
  const age = heard === null ? 0 : (now.value - heard) / 1000;
  if (kind === "lost" && heard !== null && age < 3) return null;
  const text = kind === "polling" ? t.link.slow : heard === null ? t.link.failed : t.link.lost;
  return (
    <div class={`link-bar ${kind}`} role="status">
      <span>{text}{age >= 2 && ` ${t.link.age(roughly(age))}`}</span>
      <button type="button" class="link-again" onClick={reconnect}>{t.link.again}</button>
    </div>
  );
}

/** One word about the connection, with a dot. */
export function LinkWord() {
  const { kind } = link.value;
  const word = kind === "live" ? t.link.live : kind === "connecting" ? t.link.connecting : kind === "polling" ? t.link.polling : t.link.off;
  return <span class={`link-word ${kind}`}><i aria-hidden="true" />{word}</span>;
}
