// ofplace.tsx - the photographs of a lift, slope or venue, small, in a row after its own in the mountain's tables. Loaded after all else.
import { useEffect } from "preact/hooks";
import { Figures } from "./figure";
import { photos, readPhotos, textOf } from "./store";

let isAsked = false;

export default function OfPlace({ places, columns }: { places: string[]; columns: number }) {
  useEffect(() => {
    if (!isAsked && !photos.value) readPhotos().catch(() => (isAsked = false));
    isAsked = true;
  }, []);
  const list = photos.value?.filter((p) => places.includes(p.place) && textOf(p)) ?? [];
  if (list.length === 0) return null;
  return <tr role="row" class="pictures"><td role="cell" colSpan={columns}><div class="photos small"><Figures list={list} sizes="160px" /></div></td></tr>;
}
