/** What the lines of a chart are called, and what each of them says where somebody points. */
import { columnOf, type Drawing } from "../domain/chart";
import { latency } from "../domain/format";
import type { Marks } from "../domain/marks";
import { t } from "../words";

/** The names with their colours, in the order in which they lie above each other, and their values. */
export function Key({ drawing, column, marks }: { drawing: Drawing; column: number | null; marks: Marks }) {
  const values = columnOf(drawing, column ?? -1);
  const tones = new Set(marks.shades.map((one) => one.tone));
  return (
    <ul class="plot-key">
      {values.map(({ name, token, look, ms }) => (
        <li key={name}><Swatch token={token} look={look} />{name} <b class={column === null ? "off" : ""}>{latency(ms)}</b></li>
      ))}
      {tones.has("down") && <li><i class="swatch key-shade down-shade" />{t.statusShort.down}</li>}
      {tones.has("deg") && <li><i class="swatch key-shade deg-shade" />{t.statusShort.degraded}</li>}
    </ul>
  );
}

/** Colours come from classes: the content policy allows no style in the markup, and a theme may change. */
function Swatch({ token, look }: { token: string; look: string }) {
  return <i class={`swatch key-${look} of-${token}`} />;
}
