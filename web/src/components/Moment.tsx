// Moment.tsx - the tables that say what the map shows at the chosen time.
import type { Day, DayLift, DayRun } from "../types";
import type { View } from "../data";
import { binStart, crowding, density, runName, waitAt } from "../data";
import { count, decimal, percent, span, time } from "../format";
import type { Step } from "../scales";
import { CROWDS, NOTHING, WAITS, stepOf } from "../scales";
import { bin, dark } from "../state";
import { Table } from "./Table";
import { say } from "../say";

const swatch = (step: Step) => <span class="swatch" style={{ background: dark.value ? step.dark : step.colour }} aria-hidden="true" />;

// One sentence about a time, for those who listen.
export function describeMoment(view: View, at: number): string {
  const day = view.day!;
  const longest = [...day.lifts].sort((a, b) => (waitAt(b, at) ?? -1) - (waitAt(a, at) ?? -1))[0];
  const wait = longest ? waitAt(longest, at) : null;
  const above = day.runs.filter((run) => (crowding(run, view.runs.get(run.key), at) ?? 0) >= 1).length;
  const words = [say("{time}: {n} people here", { time: time(binStart(day, at)), n: count(day.present[at]) })];
  if (longest && wait !== null) words.push(say("longest wait {time} at {place}", { time: span(wait), place: longest.name }));
  words.push(above ? say("{n} of {all} runs above their standard", { n: above, all: day.runs.length }) : say("no run above its standard"));
  return `${words.join(", ")}.`;
}

export function LiftsNow({ view, day }: { view: View; day: Day }) {
  const at = bin.value;
  return (
    <Table<DayLift>
      id="lifts-now"
      caption={say("Lifts at {time}", { time: time(binStart(day, at)) })}
      rows={day.lifts}
      rowKey={(l) => l.key}
      columns={[
        { head: "Lift", cell: (l) => <>{swatch(stepOf(WAITS, waitAt(l, at)))}{view.liftNames.get(l.key) ?? l.name}</> },
        { head: "Wait", number: true, title: "mean of those who boarded in this step of time", cell: (l) => span(waitAt(l, at)), alert: (l) => (waitAt(l, at) ?? 0) >= 600 },
        { head: "In line", number: true, title: "most people at one time", cell: (l) => count(l.queue[at]) },
        { head: "Boarded", number: true, cell: (l) => count(l.boarded[at]) },
      ]}
    />
  );
}

export function RunsNow({ view, day }: { view: View; day: Day }) {
  const at = bin.value;
  const share = (run: DayRun): number => crowding(run, view.runs.get(run.key), at) ?? -1;
  const rows = [...day.runs].sort((a, b) => share(b) - share(a) || b.people[at] - a.people[at]);
  return (
    <Table<DayRun>
      id="runs-now"
      caption={say("Runs at {time}, the most crowded first", { time: time(binStart(day, at)) })}
      rows={rows}
      rowKey={(r) => r.key}
      first={8}
      columns={[
        { head: "Run", cell: (r) => <>{swatch(r.people[at] > 0 ? stepOf(CROWDS, share(r) < 0 ? null : share(r)) : NOTHING)}{view.runNames.get(r.key) ?? runName(r)}</> },
        { head: "People", number: true, cell: (r) => decimal(r.people[at]) },
        { head: "Per ha", number: true, cell: (r) => decimal(density(r, view.runs.get(r.key), at)) },
        { head: "Of standard", number: true, cell: (r) => percent(crowding(r, view.runs.get(r.key), at)), alert: (r) => share(r) >= 1 },
      ]}
    />
  );
}
