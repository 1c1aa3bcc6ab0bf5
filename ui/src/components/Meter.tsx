/** How hard a new password is to guess, in words and in bars. */
import { SHORTEST, strength } from "../domain/strength";
import { w } from "../words/signing";

export function Meter({ password, name }: { password: string; name: string }) {
  const { score, advice } = strength(password, name);
  const length = [...password].length;
  const missing = SHORTEST - length;
  const text = length === 0 ? w.strength.rule(SHORTEST) : advice === "short" ? w.strength.missing(missing) : w.strength.scores[`s${score}` as keyof typeof w.strength.scores];
  const hint = (w.strength.advice as Record<string, string>)[advice] ?? "";
  return (
    <div class={`meter m${length === 0 ? 0 : Math.max(1, score)}`}>
      <span class="meter-bars" aria-hidden="true"><i /><i /><i /><i /></span>
      <span aria-live="polite">{text}{hint && length > 0 && <> {hint}</>}</span>
    </div>
  );
}
