// Frame.tsx - what is around every page: a link past the head, the head with its navigation, the foot.
import type { ComponentChildren } from "preact";
import type { Theme } from "../state";
import { theme } from "../state";
import { say } from "../say";

export interface Part {
  id: string;
  title: string;
  intro?: string;
  body: ComponentChildren;
}

const THEMES: Record<Theme, string> = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" };
const NEXT: Record<Theme, Theme> = { auto: "dark", dark: "light", light: "auto" };

export function Frame({ title, subtitle, above, parts, foot }: { title: string; subtitle: string; above?: ComponentChildren; parts: Part[]; foot: string }) {
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top">
        <div class="inner">
          <div>
            <h1>{title}</h1>
            <p>{subtitle}</p>
          </div>
          <button type="button" class="theme screen-only" onClick={() => (theme.value = NEXT[theme.value])}>{THEMES[theme.value]}</button>
        </div>
        <nav class="screen-only" aria-label="On this page">
          <ul class="inner">{parts.map((p) => <li key={p.id}><a href={`#${p.id}`}>{say(p.title)}</a></li>)}</ul>
        </nav>
      </header>
      <main id="main" tabIndex={-1} class="inner">
        {above}
        {parts.map((p) => (
          <section id={p.id} aria-labelledby={`${p.id}-title`} key={p.id}>
            <h2 id={`${p.id}-title`}>{say(p.title)}</h2>
            {p.intro && <p class="intro">{say(p.intro)}</p>}
            {p.body}
          </section>
        ))}
      </main>
      <footer class="inner"><p>{foot}</p></footer>
    </>
  );
}
