// state.ts - the mountain as the server last told it, read anew when it says that something changed.
//
// Many events make one read; one that comes while a read is under way makes one more after it. While nobody sees the
// page nothing is read: it is when the page is seen again.
import { loadAll } from "../words";
import { computed, signal } from "@preact/signals";
import type { Api } from "../api-types";
import { call } from "../call";
import { isLive, on } from "../live";
import { demo } from "../session";
import type { Resort } from "../../types";

export type Mountain = Api["GET /api/mountain"]["answer"];
export type Place = Mountain["lifts"][number];
export type Demo = Api["GET /api/demo"]["answer"];

export const mountain = signal<Mountain | null>(null);
export const resort = signal<Resort | null>(null);
export const played = signal<Demo | null>(null);
export const failed = signal(false); // the last read
export const seconds = signal(0);    // since it was read, as this browser's clock passes
export const isLost = computed(() => failed.value || (wasLive.value && !isLive.value));

const LEAST_MS = 1000; // between two reads
const wasLive = signal(false);
let readAt = 0, isReading = false, isWanted = false, hasBegun = false;

async function readOnce(): Promise<void> {
  try {
    mountain.value = await call("GET /api/mountain", {});
    readAt = performance.now();
    seconds.value = 0;
    failed.value = false;
    requestAnimationFrame(() => setTimeout(loadAll)); // once it is shown, what other pages say
    if (demo.value.length) played.value = await call("GET /api/demo", {});
  } catch {
    failed.value = true;
  }
}

export async function read(): Promise<void> {
  isWanted = true;
  if (isReading || document.hidden) return;
  isReading = true;
  while (isWanted && !document.hidden) {
    isWanted = false;
    await readOnce();
    await new Promise((done) => setTimeout(done, LEAST_MS));
  }
  isReading = false;
}

async function readResort(): Promise<void> {
  if (resort.value) return;
  try {
    resort.value = (await call("GET /api/resort", {})) as Resort;
  } catch {
    setTimeout(() => void readResort(), 5000);
  }
}

// Asks for the first data; once.
export function begin(): void {
  if (hasBegun) return;
  hasBegun = true;
  void read();
}

// While the page is there; returns what ends it.
export function follow(): () => void {
  begin();
  void readResort();
  const ends = [demo.subscribe((accounts) => void (accounts.length && !played.value && read())), on("mountain", () => void read()), isLive.subscribe((live) => void (live && (wasLive.value = true, void read())))];
  const seen = (): void => void (!document.hidden && void read());
  document.addEventListener("visibilitychange", seen);
  const timer = setInterval(() => {
    seconds.value = readAt ? Math.round((performance.now() - readAt) / 1000) : 0;
    if (failed.value) void read();
  }, 5000);
  return () => {
    ends.forEach((end) => end());
    document.removeEventListener("visibilitychange", seen);
    clearInterval(timer);
  };
}
