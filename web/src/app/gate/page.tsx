// page.tsx - the gate: what came of the last scan, as large as the screen, and what there is to be done.
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal } from "../call";
import { keyOf } from "../parts/typed";
import { has, isSignedIn } from "../session";
import { named } from "../names";
import { number, t, type Key } from "../words";
import type { Answer } from "./judge";
import { CALENDAR_ENDS, CLOCK_BACK, LISTS_STALE } from "./judge";
import { readCamera, type Reader } from "./camera";
import { Manage } from "./manage";
import { Setup } from "./setup";
import { allowSound, shortSpan, stayAwake, tell } from "./signals";
import { beginWork, canUndo, documents, isElsewhere, isOnline, isReady, isSignedOut, last, recent, scan, self, sync, today, trouble, undo, unsent } from "./work";

if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/gate-worker.js", { scope: "/gate" }).catch(() => undefined);

const SHOWN_MS = 8000;

// What else matters: whose pass it is, how much is left, where it was before.
function details(a: Answer): string[] {
  const table = documents()?.table;
  if (!table || !a.pass || a.reason === "unreadable" || a.reason === "forged" || a.reason === "unknown_key") return [];
  const sold = table.products.find((p) => p.number === a.pass!.product), who = table.holders.find((h) => h.number === a.pass!.holder), last = table.entrances.find((e) => e.number === a.lastEntrance);
  const product = sold && named("products", sold.key, sold.name), holder = who && named("classes", who.key, who.name), lastAt = last && named("entrances", last.key, last.name);
  return [
    [product, holder].filter(Boolean).join(" · "),
    a.pointsLeft >= 0 ? t(a.pass.byDay ? "gate.daysLeft" : "gate.pointsLeft", { n: a.pointsLeft }) : "",
    a.reason === "passback" && lastAt ? t("gate.lastAt", { place: lastAt, ago: shortSpan(a.judgedS - a.lastS) }) : "",
  ].filter(Boolean);
}

const warnings = (a: Answer): Key[] => [
  ...(a.warnings & LISTS_STALE ? ["gate.stale" as const] : []),
  ...(a.warnings & CLOCK_BACK ? ["gate.clockBack" as const] : []),
  ...(a.warnings & CALENDAR_ENDS ? ["gate.calendarEnds" as const] : []),
];

type Kind = "open" | "stop" | "back";
const kindOf = (answer: Answer | string): Kind => (typeof answer === "string" ? "stop" : answer.reason === "open" ? "open" : answer.reason === "not_through" ? "back" : "stop");
const LOOKS: Record<Kind, [look: string, sign: string, word: Key]> = { open: ["go", "✓", "gate.open"], stop: ["stop", "✕", "gate.stop"], back: ["back", "↩", "gate.undone"] };

// Colour, symbol, word and reason say the same.
function Verdict() {
  const [isOver, setOver] = useState(true);
  const found = last.value;
  useEffect(() => {
    if (!found) return undefined;
    setOver(false);
    tell(kindOf(found.answer));
    const timer = setTimeout(() => setOver(true), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [found]);
  if (trouble.value === "disk")
    return <div class="verdict stop" role="alert"><span class="sign" aria-hidden="true">✕</span><strong>{t("gate.stop")}</strong><p>{t("gate.disk")}</p></div>;
  if (!found || isOver) return <div class="verdict wait" aria-live="assertive"><span class="sign" aria-hidden="true">▣</span><strong>{t("gate.waiting")}</strong></div>;
  if (typeof found.answer === "string")
    return (
      <div class="verdict wait" aria-live="assertive" data-refused={found.answer}>
        <span class="sign" aria-hidden="true">!</span><strong>{t("gate.undo.not")}</strong><p class="why">{t(`gate.undo.${found.answer}` as Key)}</p>
      </div>
    );
  const a = found.answer, [look, sign, word] = LOOKS[kindOf(a)];
  return (
    <div class={`verdict ${look}`} aria-live="assertive" data-reason={a.reason} data-sequence={a.sequence}>
      <span class="sign" aria-hidden="true">{sign}</span>
      <strong>{t(word)}</strong>
      {look !== "go" && <p class="why">{t(`gate.reason.${a.reason}` as Key)}</p>}
      {details(a).map((line) => <p key={line}>{line}</p>)}
      {look !== "go" && <p class="advice">{t(`gate.advice.${a.reason}` as Key)}</p>}
      {warnings(a).map((key) => <p key={key} class="advice">{t(key)}</p>)}
    </div>
  );
}

// Whoever was let in last did not go through: one touch or one key. No code that is scanned does this, which a guest could show.
function Undo() {
  return (
    <button type="button" class="huge" aria-keyshortcuts="Delete" disabled={!canUndo.value} onClick={() => (allowSound(), void undo())}>
      {t("gate.undo")} <kbd aria-hidden="true">{"Del"}</kbd>
    </button>
  );
}

// A scanner is a keyboard: whatever is typed anywhere on the page, until Enter. Delete, which no scanner sends, takes the last admission back.
function useWedge(): void {
  useEffect(() => {
    let typed = "";
    const hear = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement;
      if (e.key === "Delete" && !e.repeat && !typed && !at.closest("select") && !(at as HTMLInputElement).value) return void undo();
      if (at.closest("input, select, textarea") || e.ctrlKey || e.altKey || e.metaKey) return;
      const key = keyOf(e);
      if (key.length === 1) typed += key;
      if (key.length === 1 && (key !== " " || !at.closest("button, a"))) return;
      if (key === "Enter" && typed) {
        e.preventDefault();
        void scan(typed.trim());
      }
      if (key === "Enter" || key === "Escape") typed = "";
    };
    addEventListener("keydown", hear, true);
    return () => removeEventListener("keydown", hear, true);
  }, []);
}

function Camera() {
  const video = useRef<HTMLVideoElement>(null), reader = useRef<Reader | null>(null);
  const [isOn, setOn] = useState(false), [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!isOn || !video.current) return undefined;
    let isGone = false;
    setFailed(false);
    readCamera(video.current, (text) => void scan(text)).then(
      (r) => (isGone ? r.stop() : (reader.current = r)),
      () => (setFailed(true), setOn(false)),
    );
    return () => {
      isGone = true;
      reader.current?.stop();
      reader.current = null;
    };
  }, [isOn]);
  return (
    <>
      <button type="button" class="huge" aria-pressed={isOn} onClick={() => (allowSound(), void stayAwake(), setOn(!isOn))}>
        {t(isOn ? "gate.cameraOff" : "gate.cameraOn")}
      </button>
      {failed && <p role="alert">{t("gate.noCamera")}</p>}
      <video ref={video} hidden={!isOn} muted playsInline aria-label={t("gate.camera")} />
    </>
  );
}

function Type() {
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    allowSound();
    const form = e.currentTarget as HTMLFormElement, text = String(new FormData(form).get("code")).trim();
    if (text) void scan(text);
    form.reset();
  };
  return (
    <form class="type" onSubmit={submit}>
      <label>{t("gate.type")}<input name="code" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={400} /></label>
      <button type="submit" class="huge">{t("gate.check")}</button>
    </form>
  );
}

function State() {
  return (
    <section class="state" aria-label={t("gate.state")}>
      <dl>
        <div><dt>{t("gate.today")}</dt><dd data-count="today">{number(today.value)}</dd></div>
        <div><dt>{t("gate.recent")}</dt><dd>{number(recent.value)}</dd></div>
        <div><dt>{t("gate.unsent")}</dt><dd data-count="unsent">{number(unsent.value)}</dd></div>
      </dl>
      <p class={isOnline.value ? "open" : "hold"} data-online={isOnline.value} role="status">
        {isOnline.value ? `● ${t("gate.online")}` : `○ ${t("gate.offline")}`}
      </p>
      {trouble.value === "fork" && <p role="alert">{t("gate.fork")}</p>}
      {trouble.value === "document" && <p role="alert">{t("gate.document")}</p>}
      {isSignedOut.value && <p role="alert">{t("gate.signedOut")} <a href="/sign-in">{t("frame.signIn")}</a></p>}
    </section>
  );
}

function Work() {
  const [isMoving, setMoving] = useState(false);
  const own = self.value!;
  useWedge();
  return (
    <div class="gate">
      <h1>{own.name} <span class="note">{t("gate.number", { n: String(own.number) })}</span></h1>
      <Verdict />
      <Undo />
      <Camera />
      <Type />
      <State />
      <div class="row">
        <button type="button" onClick={() => void sync()}>{t("gate.send")}</button>
        <button type="button" aria-expanded={isMoving} onClick={() => setMoving(!isMoving)}>{t("gate.move")}</button>
      </div>
      {isMoving && <Setup done={() => setMoving(false)} />}
    </div>
  );
}

export default function GatePage({ rest }: { rest: string }) {
  useEffect(beginWork, []);
  if (rest === "/all" && has("manager")) return <Manage />;
  if (!isReady.value) return <p class="note">{t("frame.loading")}</p>;
  return (
    <>
      {has("manager") && isSignedIn.value && <p><a class="button" href="/gate/all">{t("gate.all")}</a></p>}
      {isElsewhere.value ? <section><h1>{t("gate.title")}</h1><p role="alert">{t("gate.elsewhere")}</p></section>
        : self.value ? <Work /> : <Setup />}
    </>
  );
}

export const messageOf = (error: unknown): string => (error instanceof Refusal && error.reason !== "offline" ? error.message : t("frame.failed"));
