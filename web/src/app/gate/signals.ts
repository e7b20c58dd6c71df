// signals.ts - what is heard and felt of an answer: two rising tones and a short buzz, or a low one and a long buzz; times
// that are short.
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

export function tell(isOpen: boolean): void {
  navigator.vibrate?.(isOpen ? 80 : [300, 100, 300]);
  if (isOpen) {
    tone(880, 0, 0.09);
    tone(1320, 0.1, 0.12);
  } else tone(180, 0, 0.45);
}

// The screen stays on while somebody works here.
export async function stayAwake(): Promise<void> {
  const wake = (navigator as { wakeLock?: { request(kind: "screen"): Promise<unknown> } }).wakeLock;
  await wake?.request("screen").catch(() => undefined);
}
