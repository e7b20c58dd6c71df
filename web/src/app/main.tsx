// main.tsx - the frame of all pages: their navigation, the language, who is signed in; and the page itself.
import type { ComponentType } from "preact";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ROOMS, type Room } from "./rooms";
import { go, listen, path } from "./router";
import { account, has, isKnown, isSignedIn, must, readSession, signOut } from "./session";
import { SignIn } from "./signin";
import { LANGUAGES, choose, chooseFirst, knows, language, loadAll, t, type Language } from "./words";
import "./style.css";
import "./gate/style.css"; // of the rooms: styles are no part of what is loaded later
import "./till/style.css";

const roomOf = (at: string): Room | undefined => ROOMS.find((r) => at === r.path || at.startsWith(`${r.path}/`));

function Page({ room, rest }: { room: Room; rest: string }) {
  const [Loaded, setLoaded] = useState<{ of: Room; page: ComponentType<{ rest: string }> } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    setFailed(false);
    Promise.all([room.load(), room === ROOMS[0] ? null : loadAll()]).then(([m]) => setLoaded({ of: room, page: m.default }), () => setFailed(true));
  }, [room]);
  useEffect(() => void (document.title = `${t(room.title)} · piste`), [room, language.value]);
  if (failed) return <p role="alert">{t("frame.failed")}</p>;
  if (Loaded?.of !== room) return <p class="note">{t("frame.loading")}</p>;
  return <div class={`room-${room.path.slice(1)}`}><Loaded.page rest={rest} /></div>;
}

function Top() {
  const mine = ROOMS.filter((r) => !r.isOwn && has(...r.roles) && knows(r.title));
  return (
    <header class="top">
      <a class="skip" href="#main">{t("frame.skip")}</a>
      <nav aria-label={t("frame.pages")}>
        <ul>
          {mine.map((r) => (
            <li key={r.path}><a href={r.path} aria-current={roomOf(path.value) === r ? "page" : undefined}>{t(r.title)}</a></li>
          ))}
        </ul>
      </nav>
      <div class="tools">
        <label>
          <span class="unseen">{t("frame.language")}</span>
          <select value={language.value} onChange={(e) => void choose(e.currentTarget.value as Language)}>
            {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
          </select>
        </label>
        {!isKnown.value ? null : isSignedIn.value
          ? (
            <>
              <a href="/account" aria-current={path.value === "/account" ? "page" : undefined}>{account.value}</a>
              <button type="button" onClick={() => void signOut().then(() => go("/"))}>{t("frame.signOut")}</button>
            </>
          )
          : <a href="/sign-in">{t("frame.signIn")}</a>}
      </div>
    </header>
  );
}

function App() {
  const at = path.value;
  const asked = roomOf(at);
  const room = asked?.roles.length && must.value ? ROOMS.find((r) => r.isOwn) : asked; // first what must be done first
  useEffect(() => {
    if (at === "/") go(ROOMS[0].path, true);
    else if (room !== ROOMS[0]) void loadAll();
  }, [at]);
  return (
    <>
      {new URLSearchParams(location.search).has("kiosk") ? null : <Top />}
      <main id="main" tabIndex={-1}>
        {at === "/sign-in" ? <SignIn />
          : !room ? (at === "/" ? null : <h1>{t("frame.notFound")}</h1>)
          : !has(...room.roles) || (room.isOwn && !isSignedIn.value) ? <SignIn for={room} />
          : <Page room={room} rest={at.slice(room.path.length)} />}
      </main>
    </>
  );
}

// What the first page needs is on its way before anything is drawn.
const first = roomOf(path.value === "/" ? ROOMS[0].path : path.value);
if (first?.roles.length === 0 && !first.isOwn) {
  first.early?.();
  void first.load().catch(() => undefined);
}
listen();
// A page that is for everyone is drawn before the server has said who is signed in.
const session = readSession();
const words = first === ROOMS[0] ? undefined : loadAll();
void Promise.allSettled([chooseFirst(), words, first?.roles.length === 0 && !first.isOwn ? undefined : session]).then(() => render(<App />, document.getElementById("app")!));
