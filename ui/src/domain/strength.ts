/** How hard a password is to guess: a small estimate of its bits, and the one thing that would help most. */

/** From 0, guessed at once, to 4, strong. */
export type Score = 0 | 1 | 2 | 3 | 4;
export type Advice = "short" | "common" | "name" | "pattern" | "longer" | "none";
export interface Strength { score: Score; advice: Advice }

/** The server refuses what is shorter. */
export const SHORTEST = 10;

const COMMON = [
  "password", "passwort", "welcome", "letmein", "iloveyou", "monkey", "dragon", "sunshine", "princess", "football", "baseball", "superman", "master", "shadow",
  "admin", "login", "secret", "changeme", "trustno1", "starwars", "hello", "summer", "winter", "spring", "autumn", "monitor", "asura", "uptime", "default", "test",
];
/** A well-known word is one of about a thousand. */
const WORD_BITS = 10;
const ROWS = ["qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "1234567890"];
const LEET: Readonly<Record<string, string>> = { "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i" };

/** The estimate for a password; `name` is whose it is, and worth nothing inside of it. */
export function strength(password: string, name = ""): Strength {
  const length = [...password].length;
  if (length < SHORTEST) return { score: 0, advice: "short" };
  const { rest, words, found } = withoutWords(password, name);
  const runs = effective(rest);
  const bits = words * WORD_BITS + runs * Math.log2(pool(rest));
  const score: Score = bits < 30 ? 0 : bits < 42 ? 1 : bits < 56 ? 2 : bits < 75 ? 3 : 4;
  if (score >= 3) return { score, advice: "none" };
  const patterned = runs < [...rest].length * 0.75;
  return { score, advice: found ?? (patterned ? "pattern" : "longer") };
}

/** What is left without well-known words and years, and how many there were; a word that comes again adds nothing. */
function withoutWords(password: string, name: string): { rest: string; words: number; found: Advice | null } {
  let rest = password;
  let count = 0;
  let found: Advice | null = null;
  const own = name.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((part) => part.length >= 3);
  for (const [words, advice] of [[own, "name"], [COMMON, "common"]] as const) {
    for (const word of words) {
      const before = rest;
      for (let at = plain(rest).indexOf(plain(word)); at >= 0; at = plain(rest).indexOf(plain(word))) rest = rest.slice(0, at) + rest.slice(at + word.length);
      if (rest === before) continue;
      count += 1;
      found ??= advice;
    }
  }
  const years = rest.replace(/(19|20)\d\d/g, "");
  return { rest: years, words: count + (years === rest ? 0 : 1), found };
}

/** Leet spelling undone, letter by letter, so that positions stay. */
function plain(text: string): string {
  const lower = text.toLowerCase();
  return (lower.length === text.length ? lower : text).replace(/[013457@$!]/g, (letter) => LEET[letter] ?? letter);
}

/** The number of characters, where one that goes on with a repetition, a sequence or a row of keys counts a quarter. */
function effective(text: string): number {
  const letters = [...text];
  return letters.reduce((sum, letter, index) => sum + (index > 0 && follows(letters[index - 1] ?? "", letter) ? 0.25 : 1), 0);
}

function follows(before: string, letter: string): boolean {
  const step = (letter.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0);
  if (Math.abs(step) <= 1) return true;
  return ROWS.some((row) => row.includes(letter) && row.includes(before) && Math.abs(row.indexOf(letter) - row.indexOf(before)) === 1);
}

/** Out of how many characters each one seems to be chosen. */
function pool(password: string): number {
  const kinds: readonly [RegExp, number][] = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[^\p{L}\p{N}]/u, 33], [/[^\u0000-\u007f]/, 100]];
  return Math.max(1, kinds.reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0));
}
