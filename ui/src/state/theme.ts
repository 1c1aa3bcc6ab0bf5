/** Light, dark, or what the system has; kept on this device. */
import { computed, effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

const NAME = "asura-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);

/** What the person chose. */
export const theme = signal<Theme>(read());
/** Whether the page is dark right now; canvases repaint when it changes. */
export const dark = computed(() => (theme.value === "auto" ? systemDark.value : theme.value === "dark"));

/** Applies the theme to the document, now and on every change. */
export function startTheme(): void {
  system.addEventListener("change", () => (systemDark.value = system.matches));
  effect(() => {
    document.documentElement.classList.toggle("dark", dark.value);
  });
}

/** Chooses a theme and remembers it. */
export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  try {
    localStorage.setItem(NAME, chosen);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function read(): Theme {
  try {
    const kept = localStorage.getItem(NAME);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto";
  }
}
