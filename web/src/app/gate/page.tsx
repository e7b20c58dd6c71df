// page.tsx - the gate: what came of the last scan, as large as the screen, and what there is to be done.
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal } from "../call";
import { has, isSignedIn } from "../session";
import { named } from "../names";
import { number, t, type Key } from "../words";
import type { Answer } from "./judge";
import { CALENDAR_ENDS, CLOCK_BACK, LISTS_STALE } from "./judge";
import { readCamera, type Reader } from "./camera";
import { Manage } from "./manage";
import { Setup } from "./setup";
import { allowSound, shortSpan, stayAwake, tell } from "./signals";
import { beginWork, documents, isElsewhere, isOnline, isReady, isSignedOut, last, recent, scan, self, sync, today, trouble, unsent } from "./work";

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

// Colour, symbol, word and reason say the same.
function Verdict() {
  const [isOver, setOver] = useState(true);
  const found = last.value;
  useEffect(() => {
    if (!found) return undefined;
    setOver(false);
    tell(found.answer.reason === "open");
    const timer = setTimeout(() => setOver(true), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [found]);
  if (trouble.value === "disk")
    return <div class="verdict stop" role="alert"><span class="sign" aria-hidden="true">✕</span><strong>{t("gate.stop")}</strong><p>{t("gate.disk")}</p></div>;
  if (!found || isOver) return <div class="verdict wait" aria-live="assertive"><span class="sign" aria-hidden="true">▣</span><strong>{t("gate.waiting")}</strong></div>;
  const a = found.answer, isOpen = a.reason === "open";
  return (
    <div class={`verdict ${isOpen ? "go" : "stop"}`} aria-live="assertive" data-reason={a.reason} data-sequence={a.sequence}>
      <span class="sign" aria-hidden="true">{isOpen ? "✓" : "✕"}</span>
      <strong>{t(isOpen ? "gate.open" : "gate.stop")}</strong>
      {!isOpen && <p class="why">{t(`gate.reason.${a.reason}` as Key)}</p>}
      {details(a).map((line) => <p key={line}>{line}</p>)}
      {!isOpen && <p class="advice">{t(`gate.advice.${a.reason}` as Key)}</p>}
      {warnings(a).map((key) => <p key={key} class="advice">{t(key)}</p>)}
    </div>
  );
}

// A scanner is a keyboard: whatever is typed anywhere on the page, until Enter.
function useWedge(): void {
  useEffect(() => {
    let typed = "";
    const hear = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement;
      if (at.closest("input, select, textarea") || e.ctrlKey || e.altKey || e.metaKey) return;
      if (e.key.length === 1) typed += e.key;
      if (e.key.length === 1 && (e.key !== " " || !at.closest("button, a"))) return;
      if (e.key === "Enter" && typed) {
        e.preventDefault();
        void scan(typed.trim());
      }
      if (e.key === "Enter" || e.key === "Escape") typed = "";
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
