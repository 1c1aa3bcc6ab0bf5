/** How well a text fits what was typed: words that stand in it, and letters of its name in their order. */

const START = 8;
const RUN = 5;
const GAP = 1;
const BOUNDARIES = new Set(" -_./:,()[]·");

/** What was typed, as the words that all have to fit somewhere. */
export function typedWords(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** How well a text in lower case fits, higher is better; null when it does not. Letters with gaps fit only its first `name` ones. */
export function score(text: string, words: readonly string[], name = text.length): number | null {
  let sum = 0;
  for (const word of words) {
    const one = scoreOf(text, word, name);
    if (one === null) return null;
    sum += one;
  }
  // Of two that fit alike the shorter name is meant more often.
  return sum - name / 100;
}

function scoreOf(text: string, word: string, name: number): number | null {
  const whole = text.indexOf(word);
  if (whole !== -1) return word.length * (RUN + 2) + (isStart(text, whole) ? START : 0) + (whole === 0 ? START : 0) - (whole >= name ? START : 0);
  return scattered(text, word, { name, leaping: true }) ?? scattered(text, word, { name, leaping: false });
}

/** Letters with gaps between them; when `leaping`, each step takes one that begins a word, when there is one soon. */
function scattered(text: string, word: string, { name, leaping }: { name: number; leaping: boolean }): number | null {
  let at = -1;
  let sum = 0;
  for (let index = 0; index < word.length; index += 1) {
    const letter = word.charAt(index);
    let next = text.indexOf(letter, at + 1);
    if (next === -1 || next >= name) return null;
    if (leaping && next !== at + 1) next = startOf(text, letter, next, name) ?? next;
    sum += next === at + 1 ? RUN : isStart(text, next) ? START : -Math.min(4, next - at) * GAP;
    at = next;
  }
  // Letters that merely happen to stand somewhere in this order are no find.
  return sum >= word.length * 2 ? sum : null;
}

function startOf(text: string, letter: string, from: number, name: number): number | null {
  for (let at = from, tries = 0; at !== -1 && at < name && tries < 3; at = text.indexOf(letter, at + 1), tries += 1) {
    if (isStart(text, at)) return at;
  }
  return null;
}

function isStart(text: string, at: number): boolean {
  return at === 0 || BOUNDARIES.has(text.charAt(at - 1));
}
