// notice.tsx - that the connection is lost, and how old what is shown is.
import { span, t } from "../words";
import { isLost, mountain, seconds } from "./state";

export function Notice() {
  const lost = isLost.value && mountain.value !== null;
  const age = seconds.value < 60 ? t("mountain.underMinute") : span(seconds.value);
  return <p class="lost" role="status">{lost ? t("mountain.lost", { time: age }) : ""}</p>;
}
