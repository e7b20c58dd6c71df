// sign.tsx - what is to be signed for the persons of an order: read, then signed by whom, for whom, as what.
import { useEffect, useState } from "preact/hooks";
import { call } from "../call";
import { named } from "../names";
import { LANGUAGES, language, t, type Language } from "../words";
import { once } from "./once";
import type { Receipt } from "./receipt";

type Text = { agreement: string; version: number; language: string; title: string; adult_age: number; leader: boolean; words?: string };

type Signed = { agreement: string; version: number; language: string; person: number; signer: number; authority: string; of_age?: boolean };
type Props = { receipt: Receipt; send: (signed: Signed, key: string) => Promise<unknown>; look: () => Promise<void>; whyNot: (error: unknown) => string; isFramed?: boolean };

// The holder of a position is told by what was bought: names are not kept in pages.
const whoOf = (receipt: Receipt, person: number): string => {
  const index = receipt.persons.findIndex((p) => p.person === person), of = receipt.positions.find((p) => p.person === person);
  return t("book.person", { n: index + 1, what: of ? `${named("products", of.product, of.name)}, ${named("classes", of.class, of.class_name)}` : "" });
};

export function Sign(props: Props) {
  const [texts, setTexts] = useState<Text[]>([]);
  useEffect(() => void call("GET /api/shop/agreements", {}).then((a) => setTexts((a as { texts: Text[] }).texts), () => undefined), []);
  const names = [...new Set(texts.map((x) => x.agreement))];
  if (!names.length) return null;
  const agreements = names.map((name) => {
    const all = texts.filter((x) => x.agreement === name);
    return <Agreement key={name} {...props} text={all.find((x) => x.language === language.value) ?? all.find((x) => x.language === "en") ?? all[0]} others={all} />;
  });
  return props.isFramed ? <section class="no-print"><h2>{t("book.sign")}</h2>{agreements}</section> : <>{agreements}</>;
}

function Agreement({ receipt, send, look, whyNot, text, others }: Props & { text: Text; others: Text[] }) {
  const [lang, setLang] = useState(text.language), [words, setWords] = useState<Text | null>(null), [failed, setFailed] = useState<unknown>(null);
  const [signer, setSigner] = useState(receipt.persons[0]?.person ?? 0), [authority, setAuthority] = useState("self"), [isRead, setRead] = useState(false), [ofAge, setOfAge] = useState(false);
  const isSigned = (person: number) => receipt.agreements.some((g) => g.agreement === text.agreement && g.person === person && g.counts);
  const open = receipt.persons.filter((p) => !isSigned(p.person));
  const [person, setPerson] = useState(open[0]?.person ?? 0);
  const forWhom = open.some((p) => p.person === person) ? person : open[0]?.person ?? 0;
  useEffect(() => void call("GET /api/shop/agreements", { agreement: text.agreement, language: lang }).then((a) => setWords((a as { texts: Text[] }).texts[0]), (error: unknown) => setFailed(error)), [lang]);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setFailed(null);
    const by = authority === "self" ? forWhom : signer;
    try {
      const signed = { agreement: text.agreement, version: text.version, language: lang, person: forWhom, signer: by, authority, ...(ofAge ? { of_age: true } : {}) };
      await once(`sign-${receipt.order}`, (key) => send(signed, key), { fields: signed });
      setRead(false);
      await look();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <div class="agreement">
      <h3>{words?.title ?? text.title}</h3>
      <ul>{receipt.persons.map((p) => <li key={p.person}>{whoOf(receipt, p.person)}: <b>{isSigned(p.person) ? t("book.signed") : t("book.unsigned")}</b></li>)}</ul>
      {open.length > 0 && (
        <form onSubmit={(e) => void submit(e)}>
          {others.length > 1 && (
            <label>{t("book.sign.language")}<select value={lang} onChange={(e) => setLang(e.currentTarget.value)}>
              {others.map((o) => <option key={o.language} value={o.language} lang={o.language}>{LANGUAGES[o.language as Language] ?? o.language}</option>)}</select></label>
          )}
          <div class="words" tabIndex={0} lang={lang} role="region" aria-label={words?.title ?? text.title}>{words?.words}</div>
          <label>{t("book.sign.for")}<select value={String(forWhom)} onChange={(e) => setPerson(Number(e.currentTarget.value))}>{open.map((p) => <option key={p.person} value={String(p.person)}>{whoOf(receipt, p.person)}</option>)}</select></label>
          <label>{t("book.sign.as")}<select value={authority} onChange={(e) => setAuthority(e.currentTarget.value)}>
            <option value="self">{t("book.sign.self")}</option><option value="guardian">{t("book.sign.guardian")}</option>{text.leader && <option value="leader">{t("book.sign.leader")}</option>}</select></label>
          {authority !== "self" && <label>{t("book.sign.by")}<select value={String(signer)} onChange={(e) => setSigner(Number(e.currentTarget.value))}>
            {receipt.persons.map((p) => <option key={p.person} value={String(p.person)}>{whoOf(receipt, p.person)}</option>)}</select></label>}
          <label class="choice"><input type="checkbox" checked={isRead} onChange={(e) => setRead(e.currentTarget.checked)} required /><span>{t("book.sign.read")}</span></label>
          <label class="choice"><input type="checkbox" checked={ofAge} onChange={(e) => setOfAge(e.currentTarget.checked)} /><span>{t("book.sign.ofAge", { n: text.adult_age })}</span></label>
          {failed ? <p role="alert">{whyNot(failed)}</p> : null}
          <button type="submit" class="main" disabled={!isRead || !words}>{t("book.sign.do")}</button>
        </form>
      )}
    </div>
  );
}
