// DayParts.tsx - all that is shown of one rehearsed day, part by part.
import { useMemo } from "preact/hooks";
import type { Day } from "../types";
import type { View } from "../data";
import { binCount } from "../data";
import type { Shows } from "../state";
import { shows } from "../state";
import { Bindings } from "./Binding";
import { Chart } from "./Chart";
import { Equity } from "./Equity";
import type { Part } from "./Frame";
import { Leans } from "./Leans";
import { Missed } from "./Missed";
import { LiftsNow, RunsNow, describeMoment } from "./Moment";
import { Assumptions, LiftTable, RunTable, VenueTable } from "./Tables";
import { TimeBudget } from "./TimeBudget";
import { TimeSlider } from "./TimeSlider";
import { TrailMap } from "./TrailMap";
import { say } from "../say";

const SHOWN: [Shows, string][] = [["both", "waits and density"], ["waits", "waits"], ["density", "density"], ["difficulty", "difficulty"]];

function MapColours() {
  return (
    <fieldset class="choice screen-only">
      <legend>{say("The map shows")}</legend>
      {SHOWN.map(([value, label]) => (
        <label key={value}>
          <input type="radio" name="map-shows" value={value} checked={shows.value === value} onChange={() => (shows.value = value)} />
          {say(label)}
        </label>
      ))}
    </fieldset>
  );
}

function Mountain({ view, day }: { view: View; day: Day }) {
  if (binCount(day) === 0) // nobody came: there is no time to choose
    return (
      <>
        <p>{say("Nobody came, so there is nothing to show over the day.")}</p>
        <TrailMap view={{ ...view, day: null }} />
      </>
    );
  return (
    <>
      <TimeSlider day={day} describe={(at) => describeMoment(view, at)} />
      <div class="mountain">
        <div class="left">
          <MapColours />
          <TrailMap view={view} />
        </div>
        <div class="right">
          <LiftsNow view={view} day={day} />
          <RunsNow view={view} day={day} />
        </div>
      </div>
    </>
  );
}

function Queues({ view, day }: { view: View; day: Day }) {
  const series = useMemo(
    () => day.lifts.map((l) => ({ key: l.key, name: view.liftNames.get(l.key) ?? l.name, values: l.queue, peak: l.queue_max })),
    [view, day],
  );
  return <Chart day={day} series={series} label="People in line at each lift, the most in each step of time" unit="people in line" shown={12} />;
}

function Inside({ day }: { day: Day }) {
  const series = useMemo(
    () => day.venues.filter((v) => v.inside_max > 0).map((v) => ({ key: v.key, name: v.name, values: v.inside, peak: v.inside_max })),
    [day],
  );
  return series.length ? <Chart day={day} series={series} label="People inside each venue, the most in each step of time" unit="people inside" shown={6} /> : null;
}

const LIFT_GROUNDS = ["lift", "lift station", "lift stop", "lift outage", "lift reservation", "choice", "segment choice"];

export function dayParts(view: View, day: Day): Part[] {
  return [
    { id: "map", title: "The mountain over the day", intro: "Move the time, or let the day run. Lifts show the mean wait of those who boarded, runs how near they are to the standard density for their difficulty; the tables say the same.", body: <Mountain view={view} day={day} /> },
    ...(binCount(day) ? [{ id: "binding", title: "What was binding", intro: "Limits that the day ran into, in the order in which they did: what to widen first.", body: <Bindings view={view} day={day} /> }] : []),
    ...(binCount(day) ? [{ id: "queues", title: "Queues over the day", body: <Queues view={view} day={day} /> }] : []),
    { id: "lifts", title: "Lifts", intro: "A wait lasts from joining the line to boarding.", body: <><LiftTable view={view} day={day} /><Leans day={day} entries={LIFT_GROUNDS} /></> },
    { id: "runs", title: "Runs", body: <><RunTable view={view} day={day} /><Leans day={day} entries={["run", "ability", "choice", "segment choice"]} /></> },
    ...(day.venues.length ? [{ id: "venues", title: "Venues", body: <><Inside day={day} /><VenueTable day={day} /><Leans day={day} entries={["venue", "segment visit"]} /></> }] : []),
    { id: "guests", title: "How guests spend their day", body: <><TimeBudget day={day} /><Leans day={day} entries={["segment", "segment visit", "ability", "choice", "segment choice"]} /></> },
    { id: "equity", title: "Who waits how long", intro: "Waits are not shared alike. All the waiting for lifts of a guest's day, by who they are and when they came.", body: <><Equity day={day} /><Leans day={day} entries={["segment", "ability", "choice", "segment choice"]} /></> },
    { id: "missed", title: "Who did not get what they came for", body: <><Missed view={view} day={day} /><Leans day={day} entries={["venue", "segment visit", "segment"]} /></> },
    { id: "assumptions", title: "What this rests on", intro: "Values of the resort's folder that say what they rest on, and those built into piste where it gives none; those least known first, and of these those that most of the day passes through. Correct what you know better, and rehearse again.", body: <Assumptions day={day} /> },
  ];
}
