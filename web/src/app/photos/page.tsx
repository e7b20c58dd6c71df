// page.tsx - photographs of the resort, in the order that the office gives them.
import { useEffect, useState } from "preact/hooks";
import { begin, mountain } from "../mountain/state";
import { nameOf as nameOfPlace } from "../mountain/words";
import { has } from "../session";
import { t } from "../words";
import { Figures } from "./figure";
import { Office } from "./office";
import { photos, readPhotos, textOf } from "./store";

export type Choice = { key: string; name: string };
export type Choices = { lifts: Choice[]; runs: Choice[]; venues: Choice[] };

function usePlaces(): Choices {
  useEffect(begin, []);
  const of = (what: keyof Choices): Choice[] => (mountain.value?.[what] ?? []).map((p) => ({ key: p.key, name: nameOfPlace(p, what) }));
  return { lifts: of("lifts"), runs: of("runs"), venues: of("venues") };
}

export default function PhotosPage() {
  const [failed, setFailed] = useState(false), isOffice = has("manager"), places = usePlaces();
  useEffect(() => {
    setFailed(false);
    readPhotos().catch(() => setFailed(true));
  }, [isOffice]);
  const names = new Map(Object.values(places).flat().map((p) => [p.key, p.name]));
  const nameOf = (key: string): string => names.get(key) ?? key;
  const shown = photos.value?.filter(textOf);
  return (
    <>
      <h1>{t("photos.title")}</h1>
      {isOffice && photos.value && <Office list={photos.value} places={places} />}
      {failed ? <p role="alert">{t("frame.failed")}</p>
        : !shown ? <p class="note">{t("frame.loading")}</p>
        : shown.length === 0 ? <p class="note">{t("photos.none")}</p>
        : <div class="photos"><Figures list={shown} sizes="(max-width: 600px) 95vw, 380px" nameOf={nameOf} /></div>}
    </>
  );
}
