// Inventory.tsx - the resort's own lists: slopes, lifts, venues.
import type { Lift, Run, Slope, Venue } from "../types";
import type { View } from "../data";
import { count, decimal, span, words } from "../format";
import { difficultyText } from "../scales";
import { Table } from "./Table";

export function SlopeList({ view }: { view: View }) {
  const { resort } = view;
  if (resort.slopes.length > 0)
    return (
      <Table<Slope>
        caption="Slopes as the trail sign names them"
        rows={resort.slopes}
        rowKey={(s) => s.key}
        columns={[
          { head: "Slope", cell: (s) => (s.number === null ? s.name || s.key : `${s.number} ${s.name || s.key}`) },
          { head: "Difficulty", cell: (s) => difficultyText(resort.convention, s.difficulty) },
          { head: "Length", unit: "m", number: true, cell: (s) => count(s.length_m) },
          { head: "Drop", unit: "m", number: true, cell: (s) => count(s.vertical_m) },
        ]}
      />
    );
  return (
    <Table<Run>
      caption="Runs"
      rows={resort.runs}
      rowKey={(r) => r.key}
      first={20}
      columns={[
        { head: "Run", cell: (r) => view.runNames.get(r.key) },
        { head: "Difficulty", cell: (r) => difficultyText(resort.convention, r.difficulty) },
        { head: "Length", unit: "m", number: true, cell: (r) => count(r.length_m) },
        { head: "Drop", unit: "m", number: true, cell: (r) => count(r.vertical_m) },
        { head: "Area", unit: "ha", number: true, cell: (r) => decimal(r.area_ha) },
      ]}
    />
  );
}

export function LiftList({ view }: { view: View }) {
  return (
    <Table<Lift>
      caption="Lifts"
      rows={view.resort.lifts}
      rowKey={(l) => l.key}
      columns={[
        { head: "Lift", cell: (l) => view.liftNames.get(l.key) },
        { head: "Type", cell: (l) => words(l.type) },
        { head: "Seats", number: true, cell: (l) => count(l.seats) },
        { head: "Capacity", unit: "persons/h", number: true, cell: (l) => count(l.capacity_pph) },
        { head: "Length", unit: "m", number: true, cell: (l) => count(l.length_m) },
        { head: "Rise", unit: "m", number: true, cell: (l) => count(l.vertical_m) },
        { head: "Speed", unit: "m/s", number: true, cell: (l) => decimal(l.speed_mps) },
        { head: "Ride", number: true, cell: (l) => span(l.ride_s) },
      ]}
    />
  );
}

export function VenueList({ view }: { view: View }) {
  const places = new Map(view.resort.places.map((p) => [p.key, p.name]));
  return (
    <Table<Venue>
      caption="Venues"
      rows={view.resort.venues}
      rowKey={(v) => v.key}
      columns={[
        { head: "Venue", cell: (v) => v.name },
        { head: "Kind", cell: (v) => words(v.kind) },
        { head: "Where", cell: (v) => (v.place ? (places.get(v.place) ?? v.place) : "–") },
      ]}
    />
  );
}
