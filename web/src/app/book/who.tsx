// who.tsx - who may come, and when.
import { useState } from "preact/hooks";
import { t } from "../words";
import { Answer, useCountries, useMay } from "./nationality";
import { nationality, shop } from "./store";

export function Who() {
  const [day, setDay] = useState(shop.value!.day);
  const countries = useCountries(), may = useMay(nationality.value, day);
  return (
    <section class="narrow-page">
      <h1>{t("book.nav.who")}</h1>
      <p>{t("book.may.ask")}</p>
      <form onSubmit={(e) => e.preventDefault()}>
        <label>{t("book.nationality")}
          <select value={nationality.value} onChange={(e) => (nationality.value = e.currentTarget.value)}>
            <option value="">{t("book.nationality.none")}</option>
            {countries.map(([code, name]) => <option key={code} value={code}>{name}</option>)}
          </select>
        </label>
        <label>{t("book.date")}<input type="date" value={day} min={shop.value!.day} onChange={(e) => setDay(e.currentTarget.value)} /></label>
      </form>
      {may && <Answer may={may} day={day} />}
    </section>
  );
}
