// types.ts - the data that pages show: what `piste day --json` writes (docs/day.schema.json), and the resort with its map.
// The program embeds both in a page; a server sends the same.

export interface Waits {
  count: number;
  mean: number | null; // s, as all below
  p50: number | null;
  p90: number | null;
  p99: number | null;
  max: number | null;
}

export interface Quantiles {
  p10: number | null; // the least value that so many of the guests had or stayed below
  p50: number | null;
  p90: number | null;
}

export interface DayLift {
  key: string;
  name: string;
  rides: number;
  rides_down: number;
  wait_s: Waits;
  queue_max: number;
  still_in_line: number;
  turned_away: number;
  turned_away_by: Record<string, number>; // closing, hold, outage
  seats_filled: number;
  used: number;
  stops: number;
  stopped_s: number;
  open_s: number;
  queue: number[]; // for each bin, as all lists below
  boarded: number[];
  wait_mean_s: (number | null)[];
}

export interface DayRun {
  key: string;
  name: string;
  descents: number;
  density_peak_per_ha: number | null;
  density_standard_per_ha: number | null;
  people: number[];
}

export interface DayVenue {
  key: string;
  name: string;
  kind: string;
  visits: number;
  wait_s: Waits;
  queue_max: number;
  inside_max: number;
  missed: number;
  missed_by: Record<string, number>; // by reason
  inside: number[];
}

export interface DaySegment {
  key: string;
  name: string;
  sold: number;
  arrived: number;
  gone: number;
  still_here: number;
  assisted: number;
  parties: number;
  rides: number;
  descent_m: number;
  wait_s: Waits;
  wished: number;
  missed: number;
  missed_by: Record<string, number>;
  left_behind: number;
  refused: number;
  turned_away: number;
  unridden: number;
  unridden_by: Record<string, number>;
  here_s: number; // person-seconds, as all below
  spent_s: Record<string, number>;
  at_s: Record<string, number>; // by kind of venue
  queued_at_s: Record<string, number>;
  rides_each: Quantiles;
  descent_each_m: Quantiles;
  waiting_each_s: Quantiles;
  here_each_s: Quantiles;
}

export interface DayVisit {
  segment: string;
  visit: number;
  what: string;
  wished: number;
  made: number;
  under_way: number;
  missed: number;
  missed_by: Record<string, number>;
}

export interface Group {
  key: string;
  people: number;
  parties: number;
  rides: number;
  waited_s: number;
  here_s: number;
  descent_m: number;
  waiting_each_s: Quantiles;
  longest_wait_s: number;
}

export interface Binding {
  limit: "cap" | "lift" | "run" | "queue" | "seats" | "session";
  key: string;
  name: string;
  first: string;
  bound_s: number;
  people: number;
  lost_s: number;
  bound: number[]; // for each bin: 1 where it bound in it
}

export interface Assumption {
  entry: string;
  key: string;
  field: string;
  basis: string;
  source: string;
  share: number | null; // of the day that passes through the entry
}

export interface Day {
  format: "piste-day";
  version: number;
  resort: string;
  seed: number;
  date: string | null;
  guests: number;
  sold: number;
  cap: number | null;
  gone: number;
  still_here: number;
  assisted: number;
  present_max: number;
  present_max_at: string | null;
  last_gone: string | null;
  events: number;
  rides: number;
  wait_s: Waits;
  from: string;
  to: string;
  bin_s: number;
  present: number[];
  lifts: DayLift[];
  runs: DayRun[];
  venues: DayVenue[];
  segments: DaySegment[];
  visits: DayVisit[];
  missed_by: Record<string, number>;
  turned_away_by: Record<string, number>;
  unridden_by: Record<string, number>;
  groups: Record<"ability" | "party_size" | "arrival_hour", Group[]>;
  bindings: Binding[];
  assumptions: Assumption[];
}

export type Point = [number, number]; // m to the east and to the north of the origin
export type Line = Point[];

export type Difficulty = "novice" | "easy" | "intermediate" | "advanced" | "expert" | "freeride" | "extreme";

export interface Place {
  key: string;
  name: string;
  kind: string;
  height_m: number | null;
  is_exit: boolean;
  at: Point | null;
}

export interface Lift {
  key: string;
  name: string;
  type: string;
  from: string | null;
  to: string | null;
  seats: number;
  capacity_pph: number | null;
  speed_mps: number | null;
  length_m: number | null;
  vertical_m: number | null;
  ride_s: number;
  line: Line | null;
}

export interface Run {
  key: string;
  name: string;
  difficulty: Difficulty;
  from: string | null;
  to: string | null;
  length_m: number | null;
  vertical_m: number | null;
  area_ha: number | null;
  line: Line | null;
}

export interface Venue {
  key: string;
  name: string;
  kind: string;
  place: string | null;
}

export interface Slope {
  key: string;
  name: string;
  number: number | null;
  difficulty: Difficulty;
  length_m: number | null;
  vertical_m: number | null;
  sections: (string | null)[];
}

export interface Resort {
  format: "piste-resort";
  version: number;
  name: string;
  as_of: string | null;
  attribution: string;
  convention: "europe" | "north-america" | "japan";
  schematic: boolean;
  origin: { lon_deg: number; lat_deg: number; m_per_lon_deg: number; m_per_lat_deg: number } | null;
  places: Place[];
  lifts: Lift[];
  runs: Run[];
  walks: (Line | null)[];
  venues: Venue[];
  slopes: Slope[];
}

// What `piste plan --json` writes (docs/plan.schema.json).
export interface PlanInterval {
  mean: number | null;
  half_width: number | null;
  interval: [number, number] | null;
}

export interface PlanMeasure {
  measure: string;
  meaning: string;
  unit: string; // "s", "people", "share", "/ha", "m", ""
}

export interface PlanEstimate extends PlanInterval {
  scenario: string;
  measure: string;
  days: number;
  sd: number | null;
  reached: boolean;
}

export interface PlanDifference extends PlanInterval {
  scenario: string;
  measure: string;
  half_width_all: number | null;
}

export interface PlanEffect extends PlanInterval {
  measure: string;
  factor: string;
  level: string;
  with: string | null;
  with_level: string | null;
}

export interface PlanIndex {
  measure: string;
  factor: string;
  first?: number | null;
  first_interval?: [number, number] | null;
  total?: number | null;
  total_interval?: [number, number] | null;
  absolute_effect?: number | null;
  absolute_effect_interval?: [number, number] | null;
  effect?: number | null;
}

export interface Plan {
  name: string;
  resort: string;
  date: string | null;
  design: string;
  confidence: number;
  common_random_numbers: boolean;
  maximum: number;
  days: number;
  baseline: string | null;
  measures: PlanMeasure[];
  factors: { factor: string }[];
  scenarios: { scenario: string; levels: (string | number | null)[] }[];
  estimates: PlanEstimate[];
  differences: PlanDifference[];
  effects: PlanEffect[];
  sensitivity: PlanIndex[];
  selection: {
    measure: string;
    best_is: string;
    procedure: string;
    best: string;
    guaranteed?: boolean;
    confidence?: number;
    indifference?: number;
    not_ruled_out?: string[];
  } | null;
}
