// signals.ts - what is heard and felt of an answer: two rising tones and a short buzz, a low one and a long buzz, or two
// falling ones where an admission was taken back; times that are short.
import { language, span } from "../words";

// "40 s", "5 min".
export const shortSpan = (seconds: number): string =>
  seconds >= 120 ? span(seconds) : new Intl.NumberFormat(language.value, { style: "unit", unit: "second", unitDisplay: "short" }).format(seconds);

let audio: AudioContext | undefined;

// Browsers let a page sound after somebody has touched it.
export function allowSound(): void {
  audio ??= new AudioContext();
  void audio.resume();
}

function tone(hertz: number, fromS: number, forS: number): void {
  if (!audio) return;
  const oscillator = audio.createOscillator(), gain = audio.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.value = 0.25;
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(audio.currentTime + fromS);
  oscillator.stop(audio.currentTime + fromS + forS);
}

export function tell(what: "open" | "stop" | "back"): void {
  navigator.vibrate?.(what === "stop" ? [300, 100, 300] : 80);
  if (what === "stop") return tone(180, 0, 0.45);
  const isOpen = what === "open";
  tone(isOpen ? 880 : 660, 0, 0.09);
  tone(isOpen ? 1320 : 440, 0.1, 0.12);
}

// The screen stays on while somebody works here.
export async function stayAwake(): Promise<void> {
  const wake = (navigator as { wakeLock?: { request(kind: "screen"): Promise<unknown> } }).wakeLock;
  await wake?.request("screen").catch(() => undefined);
}
