// state.ts - what the reader has chosen: a time, whether it runs, what the map shows, light or dark.
import { computed, effect, signal } from "@preact/signals";

export const bin = signal(0);
export const playing = signal(false);
export type Shows = "both" | "waits" | "density" | "difficulty";
export const shows = signal<Shows>("both");
export const printing = signal(false);

export type Theme = "auto" | "light" | "dark";
const remembered = (): Theme => {
  try {
    const theme = localStorage.getItem("piste-theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto"; // storage is refused to some local files
  }
};
export const theme = signal<Theme>(remembered());

const darkMedia = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(darkMedia.matches);
darkMedia.addEventListener("change", (event) => (systemDark.value = event.matches));
export const dark = computed(() => !printing.value && (theme.value === "dark" || (theme.value === "auto" && systemDark.value)));

effect(() => {
  document.documentElement.dataset.theme = dark.value ? "dark" : "light";
});
effect(() => {
  try {
    if (theme.value === "auto") localStorage.removeItem("piste-theme");
    else localStorage.setItem("piste-theme", theme.value);
  } catch {
    // as above
  }
});

// Paper is light, and nothing on it can be opened.
const printMedia = matchMedia("print");
const setPrinting = (on: boolean): void => {
  printing.value = on;
  if (on) for (const details of document.querySelectorAll("details")) details.open = true;
};
printMedia.addEventListener("change", (event) => setPrinting(event.matches));
addEventListener("beforeprint", () => setPrinting(true));
addEventListener("afterprint", () => setPrinting(false));
