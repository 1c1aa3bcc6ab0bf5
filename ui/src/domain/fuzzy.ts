/** How well a text fits what was typed: the letters in their order, better at the beginning of words and in a row. */

const START = 8;
const RUN = 5;
const GAP = 1;
const BOUNDARY = /[\s\-_./:,()[\]·]/;

/** How well `query` fits, higher is better; null when it does not. Both must be in lower case; spaces separate words that may stand anywhere. */
export function score(text: string, query: string): number | null {
  let sum = 0;
  for (const word of query.split(" ")) {
    if (word === "") continue;
    const one = scoreOf(text, word);
    if (one === null) return null;
    sum += one;
  }
  // Of two that fit alike the shorter one is meant more often.
  return sum - text.length / 100;
}

function scoreOf(text: string, word: string): number | null {
  const whole = text.indexOf(word);
  if (whole !== -1) return word.length * (RUN + 2) + (isStart(text, whole) ? START : 0) + (whole === 0 ? START : 0);
  return scattered(text, word, true) ?? scattered(text, word, false);
}

/** Letters with gaps between them; when `leaping`, each step takes one that begins a word, when there is one soon. */
function scattered(text: string, word: string, leaping: boolean): number | null {
  let at = -1;
  let sum = 0;
  for (let index = 0; index < word.length; index += 1) {
    const letter = word.charAt(index);
    let next = text.indexOf(letter, at + 1);
    if (next === -1) return null;
    if (leaping && next !== at + 1) next = startOf(text, letter, next) ?? next;
    sum += next === at + 1 ? RUN : isStart(text, next) ? START : -Math.min(4, next - at) * GAP;
    at = next;
  }
  return sum;
}

function startOf(text: string, letter: string, from: number): number | null {
  for (let at = from, tries = 0; at !== -1 && tries < 3; at = text.indexOf(letter, at + 1), tries += 1) {
    if (isStart(text, at)) return at;
  }
  return null;
}

function isStart(text: string, at: number): boolean {
  return at === 0 || BOUNDARY.test(text.charAt(at - 1));
}
