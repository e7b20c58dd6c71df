// figure.tsx - a photograph with its caption; pressed, it is shown as large as the screen.
import { useEffect, useRef, useState } from "preact/hooks";
import { date, language, t } from "../words";
import { imageUrl, languageName, textOf, type Photo } from "./store";

function Image({ photo, sizes }: { photo: Photo; sizes: string }) {
  const text = textOf(photo), small = photo.images[0], large = photo.images[photo.images.length - 1];
  return (
    <img src={imageUrl(small)} srcset={photo.images.map((i) => `${imageUrl(i)} ${i.width}w`).join(", ")} sizes={sizes} width={large.width} height={large.height}
      loading="lazy" decoding="async" alt={text?.alternative ?? t("photos.photo", { n: photo.photo })} lang={text?.language} />
  );
}

// A caption in another language than the page's says so.
function Caption({ photo, name }: { photo: Photo; name?: string }) {
  const text = textOf(photo);
  const more = [name ?? "", photo.taken && date(photo.taken), text && text.language !== language.value ? t("photos.in", { language: languageName(text.language) }) : ""].filter(Boolean);
  return <>{text && <span lang={text.language}>{text.caption}</span>} {more.length > 0 && <span class="note">{more.join(" · ")}</span>}</>;
}

// The one of a list that is looked at; keys and buttons go on to the others.
function Large({ list, at, turn, nameOf }: { list: Photo[]; at: number; turn: (to: number | null) => void; nameOf?: (key: string) => string }) {
  const dialog = useRef<HTMLDialogElement>(null), photo = list[at];
  useEffect(() => void (dialog.current && !dialog.current.open && dialog.current.showModal()), []);
  const step = (by: number): void => void (list[at + by] && turn(at + by));
  return (
    <dialog ref={dialog} class="large-photo" aria-label={t("photos.title")} onClose={() => turn(null)}
      onClick={(e) => void (e.target === dialog.current && dialog.current?.close())}
      onKeyDown={(e) => (e.key === "ArrowRight" ? step(1) : e.key === "ArrowLeft" ? step(-1) : undefined)}>
      <figure>
        <Image key={photo.photo} photo={photo} sizes="95vw" />
        <figcaption aria-live="polite"><Caption photo={photo} name={nameOf?.(photo.place)} /></figcaption>
      </figure>
      <p class="turn">
        {list.length > 1 && <button type="button" disabled={at === 0} onClick={() => step(-1)}>{t("photos.previous")}</button>}
        {list.length > 1 && <span class="note">{t("photos.of", { n: at + 1, all: list.length })}</span>}
        {list.length > 1 && <button type="button" disabled={at === list.length - 1} onClick={() => step(1)}>{t("photos.next")}</button>}
        <button type="button" class="main" onClick={() => dialog.current?.close()}>{t("photos.close")}</button>
      </p>
    </dialog>
  );
}

export function Figures({ list, sizes, nameOf }: { list: Photo[]; sizes: string; nameOf?: (key: string) => string }) {
  const [at, setAt] = useState<number | null>(null);
  const shown = at !== null && list[at] ? at : null;
  return (
    <>
      {list.map((photo, i) => (
        <figure key={photo.photo} data-photo={photo.photo}>
          <button type="button" class="look" aria-haspopup="dialog" onClick={() => setAt(i)}><Image photo={photo} sizes={sizes} /></button>
          <figcaption><Caption photo={photo} name={nameOf?.(photo.place)} /></figcaption>
        </figure>
      ))}
      {shown !== null && <Large list={list} at={shown} turn={setAt} nameOf={nameOf} />}
    </>
  );
}
