// report.tsx - the page of one rehearsed day, of a resort's map where no day is given, or of an experiment.
import { render } from "preact";
import type { Day, Plan, Resort } from "./types";
import type { View } from "./data";
import { busiestBin, embedded, viewOf } from "./data";
import { dayParts } from "./components/DayParts";
import { Frame } from "./components/Frame";
import type { Part } from "./components/Frame";
import { Headline } from "./components/Headline";
import { LiftList, SlopeList, VenueList } from "./components/Inventory";
import { PlanPage } from "./components/Plan";
import { TrailMap } from "./components/TrailMap";
import { count, date } from "./format";
import { bin } from "./state";

const listParts = (view: View): Part[] => [
  { id: "slopes", title: "Slopes", body: <SlopeList view={view} /> },
  { id: "lift-list", title: "Lifts", body: <LiftList view={view} /> },
  ...(view.resort.venues.length ? [{ id: "venue-list", title: "Venues", body: <VenueList view={view} /> }] : []),
];

function Page({ view }: { view: View }) {
  const { day, resort } = view;
  if (!day) {
    const asOf = resort.as_of ? `, as of ${date(resort.as_of)}` : "";
    return <Frame title={resort.name} subtitle={`Trail map${asOf}`} parts={[{ id: "map", title: "Trail map", body: <TrailMap view={view} /> }, ...listParts(view)]} foot="Made by piste." />;
  }
  const when = day.date ? date(day.date) : "a day without a date";
  return (
    <Frame title={resort.name} subtitle={`${when}, rehearsed with seed ${day.seed}`} above={<Headline day={day} />} parts={dayParts(view, day)}
      foot={`Rehearsed by piste: ${count(day.events)} events; the same resort, options and seed give the same day.`} />
  );
}

const resort = embedded<Resort>("piste-resort");
if (resort) {
  const day = embedded<Day>("piste-day");
  if (day) bin.value = busiestBin(day);
  render(<Page view={viewOf(resort, day)} />, document.getElementById("page")!);
}

const plan = embedded<Plan>("piste-plan");
if (plan) render(<PlanPage plan={plan} />, document.getElementById("page")!);
