// Written by `piste serve --types`: what the server answers, as its routes have it.
// Of a route whose answer is told by its meaning alone.
export type Answer = Record<string, any>;

export type Lifts = {
  key: string; // of the lift, run or venue
  name: string;
  kind: string; // lift type, difficulty or kind of venue
  state: string; // open, hold, closed, or scheduled: it opens later today
  note: string; // why
  source: string; // who says so; schedule: its hours
  said_ms: number; // when, milliseconds since 1970 UTC; 0: by its hours
  hours: string; // 09:00-12:00 13:00-16:00; empty: all day
  wait_s?: number; // of somebody who joins the line now
  expected_s?: number; // of what was rehearsed for this time
  people?: number; // in the line, on the run, inside
  crowd_percent?: number; // of the standard density or of the seats
  measured_ms: number; // when these were measured; 0: never
};

export type Points = {
  lon_e7: number; // degrees east, times 10,000,000
  lat_e7: number; // degrees north, times 10,000,000
  height_dm?: number; // above the sea, tenths of a metre
};

export type Draft = {
  name: string;
  title?: string; // for people
  note?: string; // for people
  revision?: number; // to be told on writing
  who?: string; // changed it last
  changed_ms?: number; // when
  changes: Changes[];
  lines: Lines[];
  is_valid: boolean; // whether it can be rehearsed
  errors: {
    path: string; // of the field that caused it; empty: none did alone
    message: string; // value, and what was expected
    file: string; // where it shows, where no field caused it alone
    line: number; // in that file
  }[]; // by the resort's own rules
  findings: {
    severity: string; // note, warning or error
    rule: string;
    subject: string; // lift sky-lift
    message: string; // what is the matter
    suggestion: string; // what could be done
  }[]; // of `piste check`, beyond those of the resort as it is
  document: Record<string, any>; // resort.yaml with the changes, scalars as texts
};

export type Changes = {
  path: string; // such as lifts.sky-lift.speed (docs/guide/plan.md)
  value?: string; // as in resort.yaml, in one line: 5 m/s
  is_removed?: boolean; // instead of a value
};

export type Lines = {
  kind: string; // lift or run
  key: string; // of the lift or run
  points: Points[]; // in the direction of travel
};

export type Jobs = {
  id: string;
  kind: string; // day, cap, plan or ccc
  title: string; // for people
  draft: string; // what is rehearsed
  who: string; // asked for it
  state: string; // waiting, running, done, failed, cancelled or interrupted
  message: string; // why it failed
  asked_ms: number; // when
  began_ms: number; // 0: not yet
  ended_ms: number; // 0: not yet
  permille?: number; // of the work, as far as known, while it runs
  left_s?: number; // time left, as far as known
  note?: string; // a day: the time it has come to; cap: days (visits); plan, ccc: days of days
  asked: Record<string, any>; // as it was asked for
};

export type Session = {
  account: string; // who is signed in; empty: nobody
  roles: string; // words of cashier, gate, planner, manager, auditor; none while something must be done first
  must: string; // what that is: password, two-step; empty: nothing
  proof: string; // goes into the header X-Piste of requests that change something
  language: string; // in which the resort's own names are, as BCP 47 writes it
  demo?: {
    account: string;
    roles: string;
    password: string; // random, of this demonstration
  }[]; // accounts to sign in with, in a demonstration alone
};

export type End = {
  password: string; // the account's, once more
  code?: string; // of the second step, where there is one
};

export type First = {
  gate: number; // its number
  entrance: string; // its key; empty: of none that there is now
  name: string; // of the entrance, in the resort's language; empty likewise
  at_ms: number; // when
};

export type Persons = {
  class?: string; // price class that the person will show to be of
  age?: number; // years; kept nowhere
  nationality?: string; // two letters of ISO 3166; kept nowhere
  holder?: {
    purpose: string; // for which the product needs it
    data: Data; // no more than the purpose names
  }[]; // where the product needs to know who holds it
};

export type Data = {
  name?: string; // as the person writes it
  birth?: string; // date of birth
  nationality?: string; // two letters of ISO 3166
  language?: string; // in which they are spoken to
  email?: string; // by which they are found
  phone?: string; // by which they are found
  address?: string; // postal
  emergency?: string; // whom to call
  document?: string; // number of a document that was shown
  weight_kg?: number; // for rental
  height_cm?: number; // for rental
  sole_mm?: number; // for rental
  skill?: string; // for rental and lessons, as they say it
  diet?: string; // for meals
};

export type Payments = {
  tender: string; // cash, card, bank, voucher or invoice
  amount?: string; // what is given, such as 100.00 EUR; all that is due where not given
  currency?: string; // in which all that is due is paid; what it is for where not given
  drawer?: string; // of cash: into which it goes
  change?: string; // of cash: in which change is given; what was paid in where not given
  code?: string; // of the voucher
  provider?: string; // of the card; card
  reference?: string; // of the card's or bank's slip
};

export type SessionsIcs = {
  language?: string; // of names and words, such as ko; otherwise the browser's first
};

export type Demo = {
  date: string; // the day that is played
  local: string; // up to when
  is_over: boolean; // everybody has gone
  sold: number; // visits of today that the desk has sold to those who are rehearsed
  sessions: number; // places in sessions likewise
  refused: number; // people to whom it sold none
  reasons: {
    reason: string; // such as sold_out, not_eligible
    people: number;
  }[]; // why
  present: number; // people who are here
  admitted: number; // people whom a gate has let in
  scans: number; // at gates
  scans_refused: number; // of these
  without_pass: number; // people who came to a gate with none: nobody, unless something is wrong
  gates: {
    key: string; // of the lift
    name: string;
    admitted: number; // people let in at its gates today
  }[];
  is_slowed: boolean; // the desk cannot keep up: the clock goes slower than was wished
  speed: number; // as was wished; 0: it stands
  pace: number; // how many times as fast it has gone in the last seconds
  note: string; // why it does not go on; empty: it does
};

export type Positions = {
  product: string; // its key
  date: string; // for when
  time?: string; // of a session, such as 10:00
  class?: string; // price class of all of them
  count?: number; // how many alike; 1
  persons?: Persons[]; // each of them, instead of count
};

export type Waiting = {
  status: string; // ok
  waiting: number; // its number
  state: string; // waiting, offered or ended
  count: number; // places
  resource: string; // what is waited for
  slot: string; // when
  before: number; // parties that have waited longer
  at_ms: number; // the server's time
  order?: number; // what was offered
  until_ms?: number; // until when it is
};

export type Positions2 = {
  position: number; // its number in the order
};

export type Passes = {
  code: string; // the 32 hexadecimal digits that the page made
  positions?: {
    position: number; // its number in the order
  }[]; // which of it; all where not given
  language?: string; // of names and words, such as ko; otherwise the browser's first
};

export type Texts = {
  language: string; // en, ko, zh, ru or ja
  caption: string; // what stands under it
  alternative: string; // what is on it, for those who do not see it
};

export type Key = {
  status: string; // ok
  photo: number; // its number
};

export type Quotas = {
  name: string; // for whom, such as class:national
  kept?: number; // places that nobody else may take
  most?: number; // places that they may take at most
};

export type Takes = {
  resource: string; // what
  slot: string; // when
  quota?: string; // as whom
  count?: number; // how many; 1
};

export type Names = {
  language: string; // as BCP 47 writes it, such as ko or zh-Hant
  name: string; // in it
};

export type Counted = {
  amount: string; // what was counted of one currency, such as 200.00 USD
};

export type Positions3 = {
  product: string; // its key
  date?: string; // for when; the business date
  time?: string; // of a session, such as 10:00
  class?: string; // price class of all of them
  count?: number; // how many alike; 1
  persons?: {
    class?: string; // price class that the person shows to be of
    age?: number; // years
    nationality?: string; // two letters of ISO 3166: may they come then?
    person?: number; // reference to whose data are held apart
  }[]; // each of them, instead of count
};

export type Positions4 = {
  position: number; // its number in the order
};

export type Show = {
  order: number; // the order
};

export interface Api {
  // what is open, how long the wait is, since when and who says so
  "GET /api/mountain": {
    fields: {};
    answer: {
      name: string; // of the resort
      zone: string; // its time zone
      at_ms: number; // the server's time
      local: string; // the same there
      is_season: boolean; // whether the season is on
      version: number; // of the board
      lifts: Lifts[];
      runs: Lifts[];
      venues: Lifts[];
    };
  };
  // what happens, as Server-Sent Events; Last-Event-ID takes it up again
  "GET /api/live": {
    fields: {};
    answer: string;
  };
  // the resort: lifts, runs, venues, slopes, and their lines in metres (docs/day.schema.json has its parts)
  "GET /api/resort": {
    fields: {};
    answer: Answer;
  };
  // what has a name in that language: for each kind (lifts, products, entrances ...) its keys with their names
  "GET /api/names": {
    fields: {
      language: string; // as BCP 47 writes it, such as ko or zh-Hant
    };
    answer: Answer;
  };
  // resort.yaml as a JSON Schema
  "GET /api/plan/schema": {
    fields: {};
    answer: Answer;
  };
  // length and heights of a line that is drawn
  "POST /api/plan/measure": {
    fields: {
      points: Points[]; // of a line
    };
    answer: {
      length_dm: number; // along the slope, tenths of a metre
      rise_dm: number; // from first to last, tenths of a metre
      is_known: boolean; // whether the resort knows any heights at all
      far_m: number; // how far the nearest known height is from the point that is worst off
      points: {
        height_dm: number; // tenths of a metre
      }[]; // heights, by what the resort knows nearby: assumed
    };
  };
  // drafts of the resort
  "GET /api/plan/drafts": {
    fields: {};
    answer: {
      drafts: {
        name: string;
        title: string; // for people
        note: string; // for people
        revision: number;
        who: string; // changed it last
        changed_ms: number; // when
        changes: number; // how many
      }[]; // the one changed last first
    };
  };
  // a draft, and what is wrong with it; today: the resort as it is
  "GET /api/plan/drafts/{draft}": {
    fields: {};
    answer: Draft;
  };
  // writes a draft; 409: it was changed meanwhile
  "PUT /api/plan/drafts/{draft}": {
    fields: {
      key: string; // of this writing: sent again, it is done once
      revision: number; // that was read; 0: a new draft
      title: string; // for people
      note?: string; // for people
      changes: Changes[]; // in their order, no path twice
      lines?: Lines[]; // of lifts and runs that were drawn
    };
    answer: Draft;
  };
  // deletes a draft
  "DELETE /api/plan/drafts/{draft}": {
    fields: {};
    answer: Answer;
  };
  // the draft's resort, as /api/resort
  "GET /api/plan/drafts/{draft}/map": {
    fields: {};
    answer: Answer;
  };
  // resort.yaml, lifts.geojson, runs.geojson of the draft's folder, or its changes.yaml for a plan
  "GET /api/plan/drafts/{draft}/{file}": {
    fields: {};
    answer: Answer;
  };
  // figures of a day by name
  "GET /api/plan/measures": {
    fields: {};
    answer: {
      measures: {
        measure: string; // its name; of one lift, run or venue with @KEY behind it
        scope: string; // lift, run, venue, segment or day
        unit: string; // s, people, share, /ha, m
        meaning: string;
      }[]; // what a day is measured by
    };
  };
  // two experiments side by side, as `piste plan --compare --json`
  "GET /api/plan/compare": {
    fields: {
      a: string; // an experiment
      b: string; // another one
    };
    answer: Answer;
  };
  // jobs: event `job` of /api/live tells how they go
  "GET /api/plan/jobs": {
    fields: {};
    answer: {
      jobs: Jobs[]; // the one asked for last first
    };
  };
  // asks for a job
  "POST /api/plan/jobs": {
    fields: {
      key: string; // of this asking, and the job's id: sent again, it is begun once
      kind: string; // day, cap, plan (drafts compared over many days) or ccc
      title: string; // for people
      draft?: string; // what is rehearsed; the resort as it is
      seed?: number; // 1
      guests?: number; // day, plan: visits sold; as the resort says
      bin_minutes?: number; // day: steps of everything over time; 5
      where?: {
        condition: string; // such as wait_p90<=10min
      }[]; // cap: what is to hold
      share_permille?: number; // cap: of the days; 950
      precision_permille?: number; // cap: ends of the interval; 30
      most?: number; // cap: visits; 50,000
      days_most?: number; // cap: open days; 20,000
      inputs?: boolean; // cap: with what is not known of the inputs
      drafts?: {
        draft: string; // compared with the resort as it is
      }[]; // plan
      measures?: {
        measure: string; // such as wait_p90@sky-lift
      }[]; // plan
      days?: number; // plan: of each scenario; ccc: simulated; 20
    };
    answer: Jobs;
  };
  // a job
  "GET /api/plan/jobs/{job}": {
    fields: {};
    answer: Jobs;
  };
  // deletes a job and its result
  "DELETE /api/plan/jobs/{job}": {
    fields: {};
    answer: Answer;
  };
  // ends a job
  "POST /api/plan/jobs/{job}/cancel": {
    fields: {};
    answer: Jobs;
  };
  // begins a job again that was ended; an experiment goes on from what it has
  "POST /api/plan/jobs/{job}/again": {
    fields: {};
    answer: Jobs;
  };
  // result.json, as the command line writes it; resort.json, names.json; resort.yaml, lifts.geojson, runs.geojson and plan.yaml of its folder
  "GET /api/plan/jobs/{job}/{file}": {
    fields: {};
    answer: Answer;
  };
  // who is signed in
  "GET /api/session": {
    fields: {};
    answer: Session;
  };
  // signs in
  "POST /api/session": {
    fields: {
      name: string; // the account
      password: string; // its password
      code?: string; // of the second step, where the account has one: six digits, or a recovery code
    };
    answer: Session;
  };
  // signs out
  "DELETE /api/session": {
    fields: {};
    answer: Session;
  };
  // one's own account, and where it is signed in
  "GET /api/account": {
    fields: {};
    answer: {
      account: string;
      roles: string; // the account's
      must: string; // what is to be done before anything else: password, two-step; empty: nothing
      two_step_ms: number; // since when there is a second step; 0: there is none
      codes: number; // recovery codes that are left
      sessions: {
        session: string; // its name here
        browser: string; // such as Firefox, Linux; empty: unknown
        begun_ms: number;
        seen_ms: number; // when it was last used, to the minute
        is_own: boolean; // the one that asks
      }[]; // where the account is signed in, the newest first
    };
  };
  // how likely a password is to be guessed: log2 of the guesses, and what is wrong with it
  "POST /api/account/strength": {
    fields: {
      password: string; // one that might be chosen
    };
    answer: Answer;
  };
  // changes it; all other sessions end
  "POST /api/account/password": {
    fields: {
      password: string; // the account's, once more
      chosen: string; // the new one
    };
    answer: Session;
  };
  // a new secret for an app; nothing is kept
  "GET /api/account/two-step": {
    fields: {};
    answer: {
      secret: string; // in base32, to be typed into an app
      address: string; // otpauth://..., to be shown as a QR code, or to open an app on the same device
    };
  };
  // begins the second step; the recovery codes are told this once
  "POST /api/account/two-step": {
    fields: {
      password: string; // the account's, once more
      secret: string; // that an app was told
      code: string; // the six digits that the app shows
    };
    answer: Answer;
  };
  // ends the second step
  "POST /api/account/two-step/end": {
    fields: End;
    answer: Answer;
  };
  // new recovery codes instead of those before
  "POST /api/account/codes": {
    fields: End;
    answer: Answer;
  };
  // signs out elsewhere
  "POST /api/account/sessions/end": {
    fields: {
      session?: string; // the one to end; none: all but the one that asks
    };
    answer: Answer;
  };
  // gates and entrances, and how many came in
  "GET /api/gates": {
    fields: {};
    answer: {
      at_ms: number; // the server's time
      zone: string; // the resort's time zone
      gates: {
        gate: number; // its number
        name: string; // what people call it
        entrance: string; // where it stands
        today: number; // people it has let in today
        recent: number; // of them in the last 15 minutes
        refused: number; // scans that it has refused today
        last_ms: number; // its last scan that came here; 0: none today
      }[];
      entrances: {
        entrance: string; // its key
        name: string;
        today: number; // people let in today
        recent: number; // of them in the last 15 minutes
        refused: number; // scans refused today
      }[]; // where a gate can stand
    };
  };
  // makes a gate of a browser
  "POST /api/gates": {
    fields: {
      key: string; // sent again it makes no other gate
      gate?: number; // one that there is, which now stands elsewhere
      name: string; // what people call it
      entrance: string; // where it stands
    };
    answer: {
      status: string; // ok
      gate: number; // its number, which stands in its log
    };
  };
  // what the logs of all gates show together: who was let in twice
  "GET /api/gates/findings": {
    fields: {};
    answer: {
      count: number; // how many there are
      findings: {
        kind: string; // twice, overspent, revoked, fork or gap
        pass: string; // its number; empty: of a log
        order: number; // whose pass it is; 0: of no order
        position: number; // of the order
        first?: First; // the admission before
        second?: First; // the one that should not have been
        value: number; // twice: seconds between them; overspent: taken
        expected: number; // twice: the least; overspent: what it has
      }[]; // the latest of them, those first
    };
  };
  // keys, table and lists as a gate needs them, each signed
  "GET /api/gates/documents": {
    fields: {
      version?: number; // of the lists that the gate has; 0
    };
    answer: {
      at_ms: number; // the server's time
      keys?: string; // signed; not given: the gate's own is the newest
      table?: string; // likewise
      lists?: string; // likewise
    };
  };
  // takes records of a gate's log: its header, and what follows those that are here
  "POST /api/gates/{gate}/log": {
    fields: Blob | Uint8Array;
    answer: {
      have: number; // records of this log that are here
      added: number; // of them those that came with this request
      is_long?: boolean; // true: the gate shall go on in another log, with a number of its own
    };
  };
  // whose pass it is
  "GET /api/passes": {
    fields: {
      token: string; // what a pass's code holds
    };
    answer: {
      order: number; // whose pass it is
      position: number; // of the order
    };
  };
  // takes a pass back for good; two people agree to it
  "POST /api/passes/{pass}/revoke": {
    fields: {
      key: string; // sent again it happens once
      why: string; // such as: found in other hands
      replace?: boolean; // it was lost: its holder gets another one
    };
    answer: Answer;
  };
  // the passes of a sold order; issues those that it has not got yet
  "GET /api/orders/{order}/passes": {
    fields: {
      language?: string; // of names, such as ko; the resort's own where not given
    };
    answer: {
      passes: {
        position: number; // of the order
        pass: string; // its number
        token: string; // what its code holds; empty: revoked
        product: string; // name of what it is
        class: string; // of its holder
        valid: string; // when, in words of the calendar
        opens: string; // what, by name
        points: number; // 0: not counted
        waiver_due: boolean; // opens nothing until its waiver is signed
        is_waived: boolean; // it is
        is_revoked: boolean; // it was taken back
      }[]; // by position
    };
  };
  // what a number, a code, a pass or a voucher belongs to
  "POST /api/till/find": {
    fields: {
      text: string; // an order's number, its guest's code or link, a pass or its number, a voucher's code
    };
    answer: {
      order?: number; // the order
      voucher?: {
        code: string; // what is written on it
        kind: string; // gift or discount
        percent_bp: number; // of a discount: hundredths of a percent
        amount?: string; // of a gift: for which it was sold
        left?: string; // of a gift: what it is still good for
        from?: string; // first day
        until?: string; // last day, included
      }; // or the voucher
    };
  };
  // sells or holds, as the act order does; who holds what is kept with it
  "POST /api/till/orders": {
    fields: {
      key: string; // made by the page: sent again, it happens once
      positions: {
        product: string; // its key
        date?: string; // for when; the business date
        time?: string; // of a session, such as 10:00
        class?: string; // price class of all of them
        count?: number; // how many alike; 1
        persons?: Persons[]; // each of them, instead of count
      }[]; // what is sold, and to whom where that is to be known
      agency?: string; // for which
      currency?: string; // of the order
      voucher?: string; // code of a discount
      payments?: Payments[]; // what is paid; held where nothing is
      offer?: number; // the order that a waiting party was offered
    };
    answer: Answer;
  };
  // what a cashier chooses from
  "GET /api/till": {
    fields: {};
    answer: {
      at_ms: number; // the server's time
      zone: string; // the resort's time zone
      resort: string; // its name
      day: string; // the business day; empty: none is open
      products: {
        product: string; // its key
        name: string;
        kind: string; // day, half-day ...
        is_session: number; // 1: it is for a time of the day
      }[]; // that have a price
      classes: {
        class: string; // its key
        name: string;
        age_from: number; // years; it goes by age where both are told
        age_until: number; // included
        group_from: number; // persons of the order
      }[];
      prices: {
        product: string; // has a price
        class: string; // for whom
      }[]; // who can be sold what
      agencies: {
        agency: string; // its key
        name: string;
      }[];
      currencies: {
        currency: string;
      }[]; // that can be paid in
      needs: {
        product: string; // whose holder is known
        purpose: string; // for which
        name: string; // of the purpose
        fields: string; // what is held, such as: name birth
        keep_days: number; // how long
        required: number; // 1: it is not sold without
      }[]; // what is to be known of holders
      providers: {
        provider: string; // its key
      }[]; // by whom can be paid
      roundings: {
        currency: string;
        tender: string; // in which it is paid
        step_minor: number; // the least of it that there is
        mode: string; // nearest, up or down
      }[]; // what can be paid of a currency
      two_above: {
        amount: string; // 50.00 EUR
      }[]; // refunds above it take two people; with any told, all in other currencies do
      drawers: {
        drawer: string; // its key
        cashier: string; // whose shift it is
      }[]; // that are open
      waiting: {
        waiting: number; // its number
        resource: string; // for what
        slot: string; // when
        count: number; // persons
        contact: string; // by which they are told
      }[]; // who waits
      offers: {
        order: number; // that holds it
        contact: string; // who is told
        count: number; // persons
        until_ms: number; // how long it is held
      }[]; // what was offered to them
    };
  };
  // the lifts in the form of Liftie's API
  "GET /api/mountain/liftie.json": {
    fields: {};
    answer: Answer;
  };
  // sessions of the next fourteen days (rink, ski school ...) as iCalendar
  "GET /api/mountain/sessions.ics": {
    fields: SessionsIcs;
    answer: string;
  };
  // the trail sign, to print
  "GET /api/mountain/map.svg": {
    fields: SessionsIcs;
    answer: string;
  };
  // the demonstration: the minute that is played, what came of the day so far
  "GET /api/demo": {
    fields: {};
    answer: Demo;
  };
  // sets the demonstration's speed
  "POST /api/demo": {
    fields: {
      speed: number; // how many times as fast as it would pass; 0: pause
    };
    answer: Demo;
  };
  // what is on sale: products with prices and needs, classes, currencies, rates, providers
  "GET /api/shop": {
    fields: {};
    answer: Answer;
  };
  // how many of a product may still be sold, day by day
  "GET /api/shop/calendar": {
    fields: {
      product: string; // its key
      from: string; // first day, included
      until: string; // last day, included; at most 100 days
      class?: string; // places that are kept for a price class count for it
    };
    answer: {
      status: string; // ok
      product: string; // its key
      day: string; // the business date
      days: {
        date: string;
        free?: number; // how many may still be sold; not given: any number
        times?: {
          time: string; // at which a session begins
          free: number; // how many may still be sold
        }[]; // of a product by session
      }[]; // on which it is on sale
    };
  };
  // whether somebody of a nationality may come on a date, why, and when that changes
  "GET /api/shop/may": {
    fields: {
      nationality: string; // two capital letters of ISO 3166
      date: string; // when
    };
    answer: {
      status: string; // ok
      may: boolean; // whether they may come
      reason: string; // as the rule says
      changes?: string; // from which on the answer is another
    };
  };
  // what is to be signed today, and in which languages; one of them whole
  "GET /api/shop/agreements": {
    fields: {
      agreement?: string; // one of them, whole
      language?: string; // in which; needed with agreement
    };
    answer: Answer;
  };
  // what it would cost, and why
  "POST /api/shop/quote": {
    fields: {
      positions: Positions[]; // what is wanted
      currency?: string; // in which it is told
      voucher?: string; // code of a discount
    };
    answer: Answer;
  };
  // orders and holds it; the same code again is the same order
  "POST /api/shop/orders": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      positions: Positions[]; // what is wanted
      currency?: string; // of the order
      voucher?: string; // code of a discount
      pay?: string; // till: it is held until tomorrow, to be paid at a till; otherwise for 15 minutes
      waiting?: number; // whose offer is taken up
      waiting_code?: string; // the code of that
    };
    answer: {
      status: string; // ok
      entry: number; // of the journal
      order: number; // its number
      state: string; // held
      total: string; // 35.00 USD
      due: string; // what is to be paid
      until_ms?: number; // when the hold ends
      at_ms: number; // the server's time
    };
  };
  // charges what is due by a provider
  "POST /api/shop/orders/{order}/pay": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      key: string; // made by the page for this act: sent again, it happens once
      provider: string; // by whom
      currency?: string; // in which it is charged; that of the order
    };
    answer: Answer;
  };
  // waits for what is sold out
  "POST /api/shop/waiting": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      product: string; // its key
      date: string; // for when
      time?: string; // of a session
      count?: number; // persons of the party, who come all or not at all; 1
      class?: string; // price class
    };
    answer: Waiting;
  };
  // who is before it, and what is offered
  "POST /api/shop/waiting/{waiting}": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
    };
    answer: Waiting;
  };
  // leaves the list, or gives up what is offered
  "POST /api/shop/waiting/{waiting}/leave": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      key: string; // made by the page for this act: sent again, it happens once
    };
    answer: Waiting;
  };
  // an order: positions, payments, charges, persons, what was signed
  "POST /api/shop/orders/{order}": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
    };
    answer: Answer;
  };
  // cancels positions; what was paid goes back as it came
  "POST /api/shop/orders/{order}/cancel": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      key: string; // made by the page for this act: sent again, it happens once
      positions?: Positions2[]; // which of it; all where not given
    };
    answer: Answer;
  };
  // moves positions to another date, time, product or class
  "POST /api/shop/orders/{order}/move": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      key: string; // made by the page for this act: sent again, it happens once
      positions: Positions2[]; // which of it, of one product
      to: {
        date: string; // the new one
        time?: string; // of a session
        product?: string; // another one
        class?: string; // another one
      }; // what they become
    };
    answer: Answer;
  };
  // signs an agreement for a person of the order
  "POST /api/shop/orders/{order}/sign": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      key: string; // made by the page for this act: sent again, it happens once
      agreement: string; // its key
      version: number; // that was read
      language: string; // in which it was read
      person: number; // for whom
      signer?: number; // who signs; the person
      authority?: string; // self, guardian or leader; self
      of_age?: boolean; // the signer says to be of age
    };
    answer: Answer;
  };
  // all that is held of the order's persons
  "POST /api/shop/orders/{order}/export": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      key: string; // made by the page for this act: sent again, it happens once
    };
    answer: Answer;
  };
  // erases the order's persons, but for what a law or a claim keeps
  "POST /api/shop/orders/{order}/erase": {
    fields: {
      code: string; // the 32 hexadecimal digits that the page made
      key: string; // made by the page for this act: sent again, it happens once
      person?: number; // one of them; all where not given
    };
    answer: Answer;
  };
  // the passes of an order that is sold, each as a token and its code
  "POST /api/shop/orders/{order}/passes": {
    fields: Passes;
    answer: Answer;
  };
  // the same as cards to print, a page each
  "POST /api/shop/orders/{order}/cards.pdf": {
    fields: Passes;
    answer: string;
  };
  // the first of them as a picture
  "POST /api/shop/orders/{order}/card.svg": {
    fields: Passes;
    answer: string;
  };
  // photographs of the resort, in their order
  "GET /api/photos": {
    fields: {};
    answer: {
      photos: {
        photo: number; // its number
        place: string; // the key of what it shows; empty: none
        taken: string; // when; empty: not known
        texts: Texts[]; // in the order of the languages; none: it is not shown
        images: {
          digest: string; // of its bytes, by which it is asked for
          width: number; // in pixels
          height: number;
        }[]; // from the smallest
      }[]; // in their order
    };
  };
  // an image by the digest of its bytes and .jpg; it never changes
  "GET /api/photos/image/{image}": {
    fields: {};
    answer: string;
  };
  // a JPEG or PNG of at most 12 MB, of which the pixels alone are kept; with the act's key
  "POST /api/photos/upload/{key}": {
    fields: Blob | Uint8Array;
    answer: Key;
  };
  // what a photograph shows, its texts, and the one that it stands before
  "POST /api/photos/change": {
    fields: {
      key: string; // of the act: sent again, it is done once
      photo: number; // its number
      texts?: Texts[]; // captions, in place of those before; without any it is not shown
      place?: string; // the key of the place, lift, run or venue that it shows; empty: none
      taken?: string; // the day when it was taken, as 2019-02-02; empty: not known
      before?: number; // the photograph that follows it; 0: it is the last
    };
    answer: Key;
  };
  // what waits for a second person to agree
  "GET /api/proposals": {
    fields: {
      all?: boolean; // those that are decided, too: the last hundred
    };
    answer: {
      proposals: {
        proposal: number; // its number
        what: string; // the request
        fields: Record<string, any>; // its fields
        proposed_by: string; // who must not agree
        proposed_ms: number; // when
        state: string; // open, agreed, declined
        decided_by: string; // who agreed or declined
        decided_ms: number; // when
      }[]; // the newest first
    };
  };
  // agrees to what somebody else proposed, and carries it out
  "POST /api/proposals/{proposal}/agree": {
    fields: {};
    answer: Answer;
  };
  // declines it; whoever proposed it may withdraw it so
  "POST /api/proposals/{proposal}/decline": {
    fields: {};
    answer: Answer;
  };
  // the journal for hledger or beancount
  "GET /api/books/export/{format}": {
    fields: {};
    answer: string;
  };
  // recomputes every balance, allotment and hash from the journal
  "POST /api/books/audit": {
    fields: {};
    answer: {
      entries: number; // of the journal, all recomputed
      postings: number;
      takes: number;
      allotments: number;
      hash: string; // of the last entry: kept elsewhere, it proves later that nothing before it was changed
      problems: {
        text: string; // what does not agree
      }[]; // empty where everything agrees
    };
  };
  // whether the server is well
  "GET /api/health": {
    fields: {};
    answer: {
      status: string; // ok, or stopped
      message: string; // what is to be done
    };
  };
  // this document
  "GET /api/openapi.json": {
    fields: {};
    answer: Answer;
  };
  // figures for Prometheus
  "GET /metrics": {
    fields: {};
    answer: string;
  };
  // gives a resource's slot its capacity and quotas, or other ones
  "POST /api/desk/allot": {
    fields: {
      key: string;
      resource: string; // what is sold, such as visit or boot-27
      slot: string; // when, such as 2019-02-02 or 2019-02-02T10:00
      capacity: number; // how many there are
      patience?: number; // how often a waiting party is passed over at most; 3
      offer_s?: number; // how long an offer to a waiting party holds, seconds; 3600
      quotas?: Quotas[]; // parts of it; one that is there already is changed
    };
    answer: Answer;
  };
  // publishes how many visits are on sale, for each day from one date to another
  "POST /api/desk/cap": {
    fields: {
      key: string;
      resource?: string; // of what; visit
      from: string; // first day
      until?: string; // last day; the first where not given
      times?: {
        time: string; // such as 10:00
      }[]; // sessions of each day; the slot of one is 2019-02-02T10:00
      capacity: number; // how many there are
      patience?: number; // how often a waiting party is passed over at most; 3
      offer_s?: number; // how long an offer to a waiting party holds, seconds; 3600
      quotas?: Quotas[]; // parts of it; one that is there already is changed
    };
    answer: Answer;
  };
  // holds places for a time, all or nothing
  "POST /api/desk/hold": {
    fields: {
      key: string;
      takes: Takes[]; // all of these or nothing
      for_s?: number; // how long a hold lasts, seconds; 900
      channel?: string; // where it is sold
    };
    answer: Answer;
  };
  // takes places for good, all or nothing, without a price
  "POST /api/desk/take": {
    fields: {
      key: string;
      takes: Takes[]; // all of these or nothing
      for_s?: number; // how long a hold lasts, seconds; 900
      channel?: string; // where it is sold
    };
    answer: Answer;
  };
  // makes a hold without a price a taking for good
  "POST /api/desk/confirm": {
    fields: {
      key: string;
      order: number; // the order
    };
    answer: Answer;
  };
  // gives back what an order holds, or some of it
  "POST /api/desk/return": {
    fields: {
      key: string;
      order: number; // the order
      resource?: string; // what; all of the order where not given
      slot?: string; // when
      count?: number; // how many; 1
    };
    answer: Answer;
  };
  // puts a party on a waiting list
  "POST /api/desk/wait": {
    fields: {
      key: string;
      resource: string; // what
      slot: string; // when
      quota?: string; // as whom
      count?: number; // persons of the party, who come all or not at all; 1
      contact?: string; // by which they are told, such as room-12; no telephone number
      person?: number; // who is told of an offer; see the act person
    };
    answer: Answer;
  };
  // takes a party off a waiting list
  "POST /api/desk/leave": {
    fields: {
      key: string;
      waiting: number; // what `wait` answered
    };
    answer: Answer;
  };
  // tells a product and what it takes
  "POST /api/desk/product": {
    fields: {
      key: string;
      product: string; // its key
      name: string; // its name
      kind: string; // day, half-day, multi-day, season, points, lesson, rental, session, room, meal, programme or other
      days?: number; // how many days it is for, from its date; 1
      points?: number; // of a points pass; 0
      takes?: {
        resource: string; // the allotment's resource
        slot?: string; // day (its date), or session (its date and time); each of its days
        count?: number; // how many for one position; 1
      }[]; // what one of it takes, all or nothing
      names?: Names[]; // the same in other languages
    };
    answer: Answer;
  };
  // tells a price class
  "POST /api/desk/class": {
    fields: {
      key: string;
      class: string; // its key
      name: string; // its name
      age_from?: number; // years; with any of these three it is given to whoever fits, otherwise to whom the cashier names it
      age_until?: number; // years, included
      group_from?: number; // persons of the order
      names?: Names[]; // the same in other languages
    };
    answer: Answer;
  };
  // tells a price of a product for a class
  "POST /api/desk/price": {
    fields: {
      key: string;
      product: string; // of what
      class: string; // for whom
      amount: string; // such as 35.00 USD
      from?: string; // first day, included
      until?: string; // last day, included
      early_days?: number; // only when bought so many days before, or earlier
      limited?: string; // only as long as this resource has a place on that day: each such price takes one
      agency?: string; // agreed with this agency, for nobody else
      name?: string; // what the quote calls it, such as early bird
      names?: Names[]; // the same in other languages
    };
    answer: Answer;
  };
  // tells a rate between two currencies, by date and source
  "POST /api/desk/rate": {
    fields: {
      key: string;
      from: string; // one unit of this
      to: string; // is so many of this
      rate: string; // as text, such as 0.148
      date: string; // from this day on
      source: string; // who says so
    };
    answer: Answer;
  };
  // tells what can be paid of a currency in a tender
  "POST /api/desk/rounding": {
    fields: {
      key: string;
      currency: string; // of what
      tender: string; // cash, card, bank, voucher or invoice
      step: string; // the least that can be paid, such as 0.05 EUR
      mode?: string; // nearest, up or down; nearest
    };
    answer: Answer;
  };
  // tells an agency and what is agreed with it
  "POST /api/desk/agency": {
    fields: {
      key: string;
      agency: string; // its key
      name: string; // its name
      discount_percent?: string; // off every price that was not agreed by itself, such as "12.5"
      limit?: string; // what it may owe at most, such as 20000.00 USD; without it nothing is invoiced
      terms_days?: number; // when an invoice is due; 30
    };
    answer: Answer;
  };
  // makes a voucher that takes something off
  "POST /api/desk/discount": {
    fields: {
      key: string;
      code: string; // what the guest shows
      percent?: string; // off, such as "10"
      amount?: string; // off each position, such as 5.00 USD
      product?: string; // only off this
      uses: number; // positions that it may be used for
      from?: string; // first day, included
      until?: string; // last day, included
    };
    answer: Answer;
  };
  // sells a voucher that pays
  "POST /api/desk/gift": {
    fields: {
      key: string;
      code: string; // what is written on it
      amount: string; // what it is good for, such as 50.00 USD
      from?: string; // first day, included
      until?: string; // last day, included
      payments: Payments[]; // what is paid for it, in full
    };
    answer: Answer;
  };
  // tells who may come when
  "POST /api/desk/rule": {
    fields: {
      key: string;
      nationality: string; // two letters of ISO 3166, or * for all that have no rule of their own
      may: boolean; // whether they may come
      reason: string; // why, as it is told to them
      names?: Names[]; // the same in other languages
      from?: string; // first day, included
      until?: string; // last day, included
    };
    answer: Answer;
  };
  // opens the first business day
  "POST /api/desk/open": {
    fields: {
      key: string;
      date: string; // the first business date
    };
    answer: Answer;
  };
  // begins a cashier's shift with a float
  "POST /api/desk/drawer-open": {
    fields: {
      key: string;
      drawer: string; // its key
      cashier: string; // whose shift it is
      counted?: Counted[]; // the float, per currency
    };
    answer: Answer;
  };
  // orders positions: holds them, or sells them when they are paid in full
  "POST /api/desk/order": {
    fields: {
      key: string;
      positions: Positions3[]; // what is wanted
      agency?: string; // for which, at its agreed rate
      channel?: string; // where it is sold
      currency?: string; // of the order; that of its first price
      voucher?: string; // code of a discount
      payments?: Payments[]; // what is paid
      deposit_until?: string; // what is paid is a deposit; the rest is due by the end of this day
      for_s?: number; // how long it is held unpaid, seconds; 900
      customer?: number; // the person who orders, or leads the group, as by the act customer
      offer?: number; // the order that a waiting party was offered, whose places these are
    };
    answer: Answer;
  };
  // takes payments for an order
  "POST /api/desk/pay": {
    fields: {
      key: string;
      order: number; // the order
      payments?: Payments[]; // what is paid
      deposit_until?: string; // what is paid is a deposit; the rest is due by the end of this day
    };
    answer: Answer;
  };
  // ends positions, gives their places and money back
  "POST /api/desk/cancel": {
    fields: {
      key: string;
      order: number; // the order
      positions?: Positions4[]; // which of it; all where not given
      keep?: string; // what is not given back, in the order's currency
      drawer?: string; // out of which cash is given back
      no_show?: boolean; // they did not come: places are given back, money is not
    };
    answer: Answer;
  };
  // changes positions to another date, time, product or class
  "POST /api/desk/move": {
    fields: {
      key: string;
      order: number; // the order
      positions: Positions4[]; // which of it
      to: Positions3; // what they become: product, date, time, class
      payments?: Payments[]; // what is paid when it costs more
      drawer?: string; // out of which cash is given back when it costs less
    };
    answer: Answer;
  };
  // takes what an agency pays on its invoices
  "POST /api/desk/settle": {
    fields: {
      key: string;
      agency: string; // which pays
      currency: string; // of the invoices
      payments: Payments[]; // what it pays
    };
    answer: Answer;
  };
  // ends a shift with what was counted
  "POST /api/desk/drawer-close": {
    fields: {
      key: string;
      drawer: string; // its key
      counted?: Counted[]; // what is in it, per currency; what is not told is not there
    };
    answer: Answer;
  };
  // closes the business day
  "POST /api/desk/close": {
    fields: {
      key: string;
      date?: string; // the day that is closed, to be sure; refused where it is another
      next?: string; // the next business date; the day after
    };
    answer: Answer;
  };
  // tells a card terminal or payment provider, which is spoken to
  "POST /api/desk/provider": {
    fields: {
      key: string;
      provider: string; // its key
      url: string; // of its adapter; https, or http on this machine
      token_file?: string; // a file whose first line the adapter asks for
      wait_ms?: number; // how long one call may take; 10000
    };
    answer: Answer;
  };
  // charges what is due for an order by a provider
  "POST /api/desk/charge": {
    fields: {
      key: string;
      order: number; // the order, whose whole due is charged
      provider: string; // by whom
      amount?: string; // of a deposit, such as 100.00 EUR
      currency?: string; // in which it is charged; that of the order
      deposit_until?: string; // it is a deposit; the rest is due by the end of this day
      wait_s?: number; // how long the answer may wait for the provider, seconds; 20
    };
    answer: Answer;
  };
  // asks once more for refunds that a provider refused
  "POST /api/desk/charge-again": {
    fields: {
      key: string;
      charge: number; // whose refused refunds are asked for once more
    };
    answer: Answer;
  };
  // tells for what personal data is held, which, and for how long
  "POST /api/desk/purpose": {
    fields: {
      key: string;
      purpose: string; // its key
      name: string; // what the data is held for, as guests are told
      fields: string; // what may be held for it, such as: name email phone
      basis: string; // contract, consent, claim or law; what claim and law hold is erased at its end alone
      keep_days: number; // how long it is held
      from?: string; // what the days count from: given (or given anew), or visit, the last one booked; given
      names?: Names[]; // the same in other languages
    };
    answer: Answer;
  };
  // tells that the holder of a product is known for a purpose
  "POST /api/desk/need": {
    fields: {
      key: string;
      product: string; // whose holder is known
      purpose: string; // for what
      required?: boolean; // it is not sold without; otherwise a holder may be given
    };
    answer: Answer;
  };
  // keeps data of a person, sealed, for a purpose
  "POST /api/desk/person": {
    fields: {
      key: string;
      purpose: string; // for which it is held
      person?: number; // whose; a new person where not given
      data: Data; // all that is held for the purpose from now on
    };
    answer: Answer;
  };
  // shows what is held of a person for a purpose
  "POST /api/desk/person-show": {
    fields: {
      key: string;
      person: number; // the person
      purpose: string; // which of their data
      why?: string; // what it is looked at for; no name
    };
    answer: Answer;
  };
  // all that is held of a person, as one document
  "POST /api/desk/person-export": {
    fields: {
      key: string;
      person: number; // the person
    };
    answer: Answer;
  };
  // erases a person, or what is held for one purpose
  "POST /api/desk/person-erase": {
    fields: {
      key: string;
      person: number; // the person
      purpose?: string; // which of their data; all where not given
      all?: boolean; // also what a claim or a law holds for longer
      why?: string; // such as asked, consent-withdrawn; no name
    };
    answer: Answer;
  };
  // tells who has ordered, or leads the group
  "POST /api/desk/customer": {
    fields: {
      key: string;
      order: number; // the order
      person: number; // who has ordered, or leads the group
    };
    answer: Answer;
  };
  // erases what was held for its time
  "POST /api/desk/retain": {
    fields: {
      key: string;
    };
    answer: Answer;
  };
  // tells a version of an agreement, such as a waiver
  "POST /api/desk/agreement-text": {
    fields: {
      key: string;
      agreement: string; // its key, such as waiver
      version: number; // of the text
      language: string; // such as en, ko or zh
      title: string; // what it is called
      words: string; // the whole of it
      from?: string; // first day on which it is signed; today
      adult_age?: number; // at which people sign for themselves; 18
      leader?: boolean; // whoever has ordered for a group may sign for those in it
      again?: boolean; // who has signed an earlier version signs again
      keep_days: number; // how long a signed one is kept
    };
    answer: Answer;
  };
  // signs an agreement for a person
  "POST /api/desk/agreement-sign": {
    fields: {
      key: string;
      agreement: string; // its key
      version: number; // that was read
      language: string; // in which it was read
      person: number; // for whom
      signer?: number; // who signs; the person
      authority?: string; // self, guardian or leader; self
      order?: number; // of a leader: that of the group
      method?: string; // such as screen, phone or paper; screen
      of_age?: boolean; // the signer says to be of age; where no birth date is held
    };
    answer: Answer;
  };
  // withdraws what was signed
  "POST /api/desk/agreement-withdraw": {
    fields: {
      key: string;
      signed: number; // the number that signing answered
    };
    answer: Answer;
  };
  // makes an account, or changes its password or roles
  "POST /api/desk/account": {
    fields: {
      key: string;
      name: string; // the account
      password?: string; // its password, at least 12 characters; needed for a new account. It takes the second step of signing in off
      roles?: string; // cashier, gate, planner, manager, auditor; needed for a new account
      once?: boolean; // the password, which the desk makes and tells where none is given, opens for three days and is to be changed at the first signing in
      secret?: string; // argon2id of the password; the desk makes it
    };
    answer: Answer;
  };
  // ends an account and whoever is signed in with it
  "POST /api/desk/account-end": {
    fields: {
      key: string;
      name: string; // the account
    };
    answer: Answer;
  };
  // tells in which roles nobody signs in without a second step
  "POST /api/desk/two-step": {
    fields: {
      key: string;
      roles: string; // words of cashier, gate, planner, manager, auditor; or none
    };
    answer: Answer;
  };
  // says that a lift, run or venue is open, held or closed
  "POST /api/desk/board": {
    fields: {
      key: string;
      place: string; // the key of a lift, run or venue in the resort
      state: string; // open, hold, closed, or scheduled: as its hours say
      note?: string; // why, as guests are told
    };
    answer: Answer;
  };
  // says that the waiver of an order's passes is signed
  "POST /api/desk/pass-waive": {
    fields: {
      key: string;
      order: number; // the order
      position?: number; // of it; all where not given
    };
    answer: Answer;
  };
  // takes a photograph away and erases its bytes
  "POST /api/desk/photo-remove": {
    fields: {
      key: string;
      photo: number; // its number
    };
    answer: Answer;
  };
  // tells above which refund two people are needed
  "POST /api/desk/two-above": {
    fields: {
      key: string;
      amount: string; // "50.00 EUR": refunds above it take two people
    };
    answer: Answer;
  };
  // entries of the journal with what they posted, the newest first
  "POST /api/desk/entries": {
    fields: {
      account?: string; // only those that post to it, or below it
      subject?: number; // only those about it, such as an order
      before?: number; // only those before this entry; for the next page
      count?: number; // at most; 50
    };
    answer: Answer;
  };
  // what stands on each account
  "POST /api/desk/balances": {
    fields: {};
    answer: Answer;
  };
  // drawers that are open, and the last that were closed
  "POST /api/desk/drawers": {
    fields: {};
    answer: Answer;
  };
  // accounts and their roles
  "POST /api/desk/accounts": {
    fields: {};
    answer: Answer;
  };
  // charges that are not done, or those of an order
  "POST /api/desk/charges": {
    fields: {
      order?: number; // of one order; those that are not done where not given
    };
    answer: Answer;
  };
  // the numbers of persons, by an order or the contact that they gave
  "POST /api/desk/person-find": {
    fields: {
      order?: number; // the number of their order
      contact?: string; // the e-mail address or telephone number that they gave, the whole of it
    };
    answer: Answer;
  };
  // whether a person has signed an agreement that counts
  "POST /api/desk/agreement": {
    fields: {
      agreement: string; // its key
      person: number; // for whom
    };
    answer: Answer;
  };
  // what is held for which purpose, and what is due
  "POST /api/desk/retention": {
    fields: {};
    answer: Answer;
  };
  // what positions would cost, and why
  "POST /api/desk/quote": {
    fields: {
      positions: Positions3[]; // what is wanted
      agency?: string; // for which, at its agreed rate
      channel?: string; // where it is sold
      currency?: string; // of the order; that of its first price
      voucher?: string; // code of a discount
    };
    answer: Answer;
  };
  // whether somebody of a nationality may come on a date, and when that changes
  "POST /api/desk/may": {
    fields: {
      nationality: string; // two letters of ISO 3166
      date: string; // when they want to come
    };
    answer: Answer;
  };
  // an order
  "POST /api/desk/show": {
    fields: Show;
    answer: Answer;
  };
  // an order with its payments, charges, persons and agreements
  "POST /api/desk/receipt": {
    fields: Show;
    answer: Answer;
  };
  // a party of the waiting list: who is before it, and its offer
  "POST /api/desk/waiting": {
    fields: {
      waiting: number; // what `wait` answered
    };
    answer: Answer;
  };
  // what is on sale: products, what they cost and need, classes, rates
  "POST /api/desk/on-sale": {
    fields: {};
    answer: Answer;
  };
  // how many of a product may still be sold, day by day
  "POST /api/desk/calendar": {
    fields: {
      product: string; // its key
      from: string; // first day, included
      until: string; // last day, included; at most 100 days
      class?: string; // as whom: places that are kept for a price class count for it
      channel?: string; // where it is sold: likewise
    };
    answer: Answer;
  };
  // what is signed today; with agreement and language one text, whole
  "POST /api/desk/agreement-texts": {
    fields: {
      agreement?: string; // one of them, whole
      language?: string; // in which; needed with agreement
    };
    answer: Answer;
  };
  // what should be in a drawer
  "POST /api/desk/drawer": {
    fields: {
      drawer: string; // its key
    };
    answer: Answer;
  };
  // what was posted and booked
  "POST /api/desk/report": {
    fields: {
      from?: string; // first business date; the open one
      until?: string; // last business date; the first
    };
    answer: Answer;
  };
  // what is free of a resource
  "POST /api/desk/free": {
    fields: {
      resource: string; // what is sold
      slot?: string; // when; all slots where not given
      quota?: string; // for whom
    };
    answer: Answer;
  };
}
