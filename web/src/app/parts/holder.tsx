// holder.tsx - what is to be known of whoever holds what is bought, for a purpose that is told.
import { useRef } from "preact/hooks";
import { named } from "../names";
import { t, type Key } from "../words";

const FIELDS: Record<string, { key: Key; type?: string; auto?: string }> = {
  name: { key: "book.field.name", auto: "name" }, birth: { key: "book.field.birth", type: "date", auto: "bday" }, nationality: { key: "book.nationality" }, language: { key: "frame.language" },
  email: { key: "book.field.email", type: "email", auto: "email" }, phone: { key: "book.field.phone", type: "tel", auto: "tel" }, address: { key: "book.field.address", auto: "street-address" },
  emergency: { key: "book.field.emergency" }, document: { key: "book.field.document" }, weight_kg: { key: "book.field.weight", type: "number" }, height_cm: { key: "book.field.height", type: "number" },
  sole_mm: { key: "book.field.sole", type: "number" }, skill: { key: "book.field.skill" }, diet: { key: "book.field.diet" },
};

type Need = { purpose: string; name: string; fields: string; keep_days: number };
type Props = { what: string; isFirst?: boolean; need: Need; set: (data: object) => void };

export function Holder({ what, isFirst, need, set }: Props) {
  const data = useRef<Record<string, string | number>>({});
  const put = (field: string, value: string, isNumber: boolean) => {
    if (value) data.current[field] = isNumber ? Number(value) : field === "nationality" ? value.toUpperCase() : value;
    else delete data.current[field];
    set({ ...data.current });
  };
  return (
    <fieldset class="holder">
      <legend>{what}</legend>
      <p class="note">{t("book.holders.for", { name: named("purposes", need.purpose, need.name), n: need.keep_days })}</p>
      <div class="fields">
        {need.fields.split(" ").filter((f) => FIELDS[f]).map((f) => (
          <label key={f}>{t(FIELDS[f].key)}
            <input type={(FIELDS[f].type ?? "text") as "text"} autocomplete={isFirst ? (FIELDS[f].auto as never) : "off"} maxLength={f === "nationality" ? 2 : undefined} required={f === "name"}
              onChange={(e) => put(f, e.currentTarget.value, FIELDS[f].type === "number")} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
