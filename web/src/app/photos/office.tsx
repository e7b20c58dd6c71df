// office.tsx - the office's side: photographs are uploaded, told about, put in order, taken away.
import { useState } from "preact/hooks";
import { Refusal, call } from "../call";
import { ActionForm } from "../parts/action";
import { LANGUAGES, t, type Key } from "../words";
import type { Choices } from "./page";
import { imageUrl, languageName, readPhotos, textOf, type Photo } from "./store";

const REASONS = ["photo_type", "photo_damaged", "photo_large", "photo_colours", "photo_moves", "photo_twice", "photo_failed", "photos_full", "too_long"];
const reasonText = (refusal: Refusal): string => (REASONS.includes(refusal.reason) ? t(`photos.reason.${refusal.reason}` as Key) : refusal.message);

// The server decodes one at a time: whoever meets another waits for it.
async function upload(file: File, key: string): Promise<void> {
  for (;;) {
    try {
      await call("POST /api/photos/upload/{key}", file, { key });
      return;
    } catch (error) {
      if (!(error instanceof Refusal && error.reason === "busy")) throw error;
      await new Promise((again) => setTimeout(again, 500));
    }
  }
}

// One that is refused keeps no other back. What was not answered is sent again with its key.
async function uploadAll(key: string, form: FormData): Promise<string> {
  const files = form.getAll("files").filter((f): f is File => f instanceof File && f.size > 0), refused: string[] = [];
  for (const [i, file] of files.entries()) {
    try {
      await upload(file, `${key}-${i}`);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code < 400 || error.code >= 500) throw error;
      refused.push(t("photos.refused", { file: file.name, why: reasonText(error) }));
    }
  }
  await readPhotos();
  if (refused.length) throw new Refusal(422, "refused", refused.join(" "));
  return t("photos.added", { n: files.length });
}

async function save(photo: Photo, key: string, form: FormData): Promise<void> {
  const texts = Object.keys(LANGUAGES).map((language) => ({
    language, caption: String(form.get(`caption-${language}`)).trim(), alternative: String(form.get(`alternative-${language}`)).trim(),
  })).filter((text) => text.caption || text.alternative);
  const half = texts.find((text) => !text.caption || !text.alternative);
  if (half) throw new Refusal(422, "half", t("photos.both", { language: languageName(half.language) }));
  await call("POST /api/photos/change", { key, photo: photo.photo, texts, place: String(form.get("place")), taken: String(form.get("taken")) });
  await readPhotos();
}

function Places({ places, photo }: { places: Choices; photo: Photo }) {
  const isKnown = Object.values(places).flat().some((p) => p.key === photo.place);
  return (
    <select name="place">
      <option value="" selected={!photo.place}>{t("photos.noPlace")}</option>
      {photo.place && !isKnown && <option value={photo.place} selected>{photo.place}</option>}
      {(["lifts", "runs", "venues"] as const).map((what) => (
        <optgroup key={what} label={t(`mountain.${what}` as Key)}>
          {places[what].map((p) => <option key={p.key} value={p.key} selected={p.key === photo.place}>{p.name}</option>)}
        </optgroup>
      ))}
    </select>
  );
}

function Form({ photo, places }: { photo: Photo; places: Choices }) {
  const of = (language: string) => photo.texts.find((text) => text.language === language);
  return (
    <ActionForm label={t("photos.save")} class="photo-form" work={(key, form) => save(photo, key, form)}>
      <p class="note">{t("photos.textsNote")}</p>
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <fieldset key={code}>
          <legend lang={code}>{name}</legend>
          <label>{t("photos.caption")}<input name={`caption-${code}`} lang={code} maxLength={200} defaultValue={of(code)?.caption ?? ""} /></label>
          <label>{t("photos.alternative")}<textarea name={`alternative-${code}`} lang={code} rows={2} maxLength={330} defaultValue={of(code)?.alternative ?? ""} /></label>
        </fieldset>
      ))}
      <label>{t("photos.place")}<Places places={places} photo={photo} /></label>
      <label>{t("photos.taken")}<input type="date" name="taken" defaultValue={photo.taken} /></label>
    </ActionForm>
  );
}

function Line({ photo, list, places }: { photo: Photo; list: Photo[]; places: Choices }) {
  const [isOpen, setOpen] = useState(false);
  const at = list.indexOf(photo), text = textOf(photo), name = text?.caption ?? t("photos.photo", { n: photo.photo });
  const move = (before: number) => async (key: string): Promise<void> => {
    await call("POST /api/photos/change", { key, photo: photo.photo, before });
    await readPhotos();
  };
  return (
    <li data-photo={photo.photo}>
      <img src={imageUrl(photo.images[0])} width={photo.images[0].width} height={photo.images[0].height} alt="" loading="lazy" />
      <div class="about">
        <h3 lang={text?.language}>{name}</h3>
        {!text && <p class="hold">{t("photos.hidden")}</p>}
        <div class="inline">
          <button type="button" aria-expanded={isOpen} aria-label={t("photos.editOf", { name })} onClick={() => setOpen(!isOpen)}>{t("photos.edit")}</button>
          {at > 0 && <ActionForm label={t("photos.earlier")} work={move(list[at - 1].photo)} />}
          {at < list.length - 1 && <ActionForm label={t("photos.later")} work={move(list[at + 2]?.photo ?? 0)} />}
        </div>
        {isOpen && <Form photo={photo} places={places} />}
        {isOpen && (
          <details>
            <summary>{t("photos.remove")}</summary>
            <p class="note">{t("photos.removeNote")}</p>
            <ActionForm label={t("photos.removeSure")} work={async (key) => {
              await call("POST /api/desk/photo-remove", { key, photo: photo.photo });
              await readPhotos();
            }} />
          </details>
        )}
      </div>
    </li>
  );
}

export function Office({ list, places }: { list: Photo[]; places: Choices }) {
  return (
    <section class="office" aria-labelledby="photos-office">
      <h2 id="photos-office">{t("photos.office")}</h2>
      <ActionForm label={t("photos.send")} work={uploadAll}>
        <label>{t("photos.files")}<input type="file" name="files" accept="image/jpeg,image/png" multiple required /></label>
        <p class="note">{t("photos.uploadNote")}</p>
      </ActionForm>
      {list.length > 0 && <ol>{list.map((photo) => <Line key={photo.photo} photo={photo} list={list} places={places} />)}</ol>}
    </section>
  );
}
