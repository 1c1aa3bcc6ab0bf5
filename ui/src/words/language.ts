/** Which language is spoken, and where its texts come from: English is built in, every other one is a file of its own. */
import { language as spoken, learn, speak, type Catalogue } from "./catalogue";

/** The texts of one language: every catalogue by its name. */
export type Translation = Readonly<Record<string, Catalogue>>;

const NAME = "asura-language";
const FILES: Readonly<Record<string, () => Promise<Translation>>> = {
  de: () => import("./de").then((file) => file.de),
  zh: () => import("./zh").then((file) => file.zh),
};
/** What only the pages about the public say: the first visit need not wait for it. */
const PUBLIC: Readonly<Record<string, () => Promise<Translation>>> = {
  de: () => import("./de-public").then((file) => file.dePublic),
  zh: () => import("./zh-public").then((file) => file.zhPublic),
};
/** Every language there is. */
export const LANGUAGES: readonly string[] = ["en", ...Object.keys(FILES)];
/** What assistive technology and typography are told; Chinese is written in simplified characters. */
const TAGS: Readonly<Record<string, string>> = { zh: "zh-Hans" };

/** The language to speak: the chosen one, else the first of the reader's that is known. */
export function languageFor(chosen: string | null, wanted: readonly string[]): string {
  const known = [chosen ?? "", ...wanted].map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return known.find((tag) => tag === "en" || tag in FILES) ?? "en";
}

/** Loads the language of the reader and tells the document; before this, no words may be made. */
export async function chooseLanguage(): Promise<void> {
  const language = languageFor(kept(), navigator.languages);
  const load = FILES[language];
  if (!load) return;
  try {
    speak(TAGS[language] ?? language, await load());
    document.documentElement.lang = TAGS[language] ?? language;
  } catch {
    // A file that does not come, most often after an upgrade, leaves the page in English.
  }
}

let taught: Promise<void> | null = null;

/** Loads something whose words are in the second file of the language, after that file; without it they stay English. */
export async function afterPublicWords<T>(load: () => Promise<T>): Promise<T> {
  const file = PUBLIC[spoken().split("-")[0] ?? ""];
  taught ??= file ? file().then(learn, () => undefined) : Promise.resolve();
  await taught;
  return load();
}

/** Keeps what the reader chose ("": as the browser), and answers whether the page has to be loaded again to speak it. */
export function keepLanguage(chosen: string): boolean {
  const before = languageFor(kept(), navigator.languages);
  try {
    if (chosen === "") localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, chosen);
  } catch {
    return false;
  }
  return languageFor(kept(), navigator.languages) !== before;
}

function kept(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}
