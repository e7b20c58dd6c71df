// records.h - what the state of a day is made of: ways, parties, lines and lifts, venues, what people think, and the day
// itself (piste_day), which the files of this room share.
//
// Whatever an event touches stands together at the head of its record, on as few cache lines as it takes.
#ifndef FLOW_RECORDS_H
#define FLOW_RECORDS_H

#include "base/base.h"
#include "piste/day.h"

enum {
    FLOW_WHEEL = 4096,    // seconds that the wheel looks ahead; later ones wait in the overflow lists
    FLOW_DAY_MAX = 172800, // a day lasts up to 48 h
    FLOW_OVERFLOWS = FLOW_DAY_MAX / FLOW_WHEEL + 2,
    FLOW_TIMER = 8192,    // seconds that carriers are scheduled ahead: more than the longest interval
    FLOW_LANES = 10,      // eight, the singles line, and children who wait for an adult
    FLOW_STEPS = 64,      // sections of one leg
    FLOW_VISITS = 32,     // of one segment
    FLOW_ACCESS = PISTE_ABILITY_COUNT * 2 + 1, // who may go where: skiers and snowboarders by ability; people on foot
    FLOW_ACCESS_FOOT = FLOW_ACCESS - 1,
    FLOW_QUEUE_EARLY_S = 600, // a line forms this long before its lift opens
    FLOW_HIST_FINE = 1024,
    FLOW_HIST_STEP = 16,
    FLOW_HIST = FLOW_HIST_FINE + (FLOW_DAY_MAX - FLOW_HIST_FINE) / FLOW_HIST_STEP + 2,
    FLOW_QUARTER_S = 900,
    FLOW_HOLD_S = 900,        // a stop that will last at least this long clears the line
    FLOW_SERVE_AFTER_S = 3600, // those in line at the last boarding are served for this long at the most
    FLOW_PATIENCE_S = 3600,   // nobody joins a venue's queue for longer than this, or comes earlier before it opens
    FLOW_GROUPS = 50,         // of people, the most of one kind: the hours of two days
    FLOW_MEET_S = 1800,       // how long those who come first wait for the others of their party
    FLOW_LEAD_S = 900,        // how long before a session its people set out for it
    FLOW_RATE = 10000         // at which a lift's clock keeps up with the wall; less where it runs slower, 0 in a stop
};
#define FLOW_NIL UINT32_MAX
#define FLOW_INLINE static inline __attribute__((always_inline)) // what is called in two places, one of which is hot
#define FLOW_RARELY(condition) __builtin_expect(!!(condition), 0) // kept out of the way of what happens mostly

// Purposes of random draws. Their numbers are part of the results: append, never renumber.
enum {
    DRAW_PARTY_SIZE, DRAW_SHOW, DRAW_MODE, DRAW_ARRIVAL, DRAW_LEAVING, DRAW_ABILITY, DRAW_SPEED, DRAW_STAMINA, DRAW_VISIT_SHARE,
    DRAW_VISIT_AT, DRAW_VISIT_STAY, DRAW_CHOICE, DRAW_VARIATION, DRAW_REST, DRAW_ROUND, DRAW_SERVICE, DRAW_STOP_TIME,
    DRAW_STOP_DURATION, DRAW_MISLOAD, DRAW_MISLOAD_DURATION, DRAW_SERVICE_ROUND,
    DRAW_SLOW_TIME, DRAW_SLOW_DURATION, DRAW_SLOW_LOADING,
    DRAW_SLOW_LOADING_FOR, DRAW_EVACUATE, DRAW_CHILD
};

typedef enum flow_way_kind { FLOW_RUN, FLOW_WALK, FLOW_RIDE } flow_way_kind;

typedef struct flow_way { // a directed connection of two places
    uint8_t kind;       // flow_way_kind
    bool open;          // runs and walks; lines have their lift's state
    int16_t difficulty; // FLOW_RUN
    int32_t index;      // of the run, the walk or the line
    int32_t from, to;   // places
    int32_t station;    // FLOW_RIDE: where one gets off
    int32_t lift;       // FLOW_RIDE
    uint32_t access;    // bit a: people of access class a may go
    int32_t ride_s;     // FLOW_RIDE: duration_s, whole
    double length_m;
    double vertical_m;  // descent (FLOW_RUN)
    double duration_s;  // FLOW_WALK, FLOW_RIDE
    double weight;
} flow_way;
_Static_assert(sizeof(flow_way) == 64, "a way is one cache line");

typedef struct flow_hist { // waits of persons
    uint32_t *counts;
    int64_t count, sum_s;
    int32_t max_s;
} flow_hist;

typedef enum flow_state {
    FLOW_TO_COME, FLOW_TRAVELLING, FLOW_IN_LINE, FLOW_RIDING, FLOW_SERVED, FLOW_SEATING, FLOW_STAYING, FLOW_IDLE,
    FLOW_ASSISTED, FLOW_GONE,
    FLOW_MEETING,  // waits for the others of its party
    FLOW_TOGETHER, // a party that is part of the one before it, and empty
    FLOW_EVACUATED // is brought down from a lift that stands
} flow_state;

// What the day of a party came to, in person-seconds and persons. Legs and rides are counted when they begin.
typedef struct flow_budget {
    uint32_t spent_s[PISTE_SPENT_COUNT];
    uint32_t rides;
    double descent_m;
    int32_t arrived_s;  // -1: not yet
    uint32_t longest_wait_s;      // in one line
    uint32_t missed, turned_away; // persons times visits, persons times lines
} flow_budget;

// What events of a party need: one cache line, and another of what they come to.
typedef struct flow_party {
    int32_t due_s;      // when it acts
    int32_t since_s;    // when its present state began
    int32_t clock_due;  // riding: when it gets off, on the lift's clock
    int32_t way;        // the ride that it travels to, waits for or is on; -1: none
    int32_t place;      // where it is, or will be when it acts
    int32_t leave_s;    // when it sets out for home; INT32_MAX: never
    int32_t next_visit_s; // when its next visit falls due; INT32_MAX: none
    uint32_t legs;      // decisions so far: the count of its draws
    uint32_t first_guest;
    float pace_s_per_m; // of its slowest
    uint64_t key;
    float stamina_m;    // descent left; 0: skis no more, or is on foot
    uint16_t size, left; // people, and those of them not yet on a carrier
    uint16_t class_index, segment;
    uint8_t state, lane;
    int8_t visit;       // which of its segment's visits it is going to or at; -1: none
    bool leaving;
    flow_budget budget;
} flow_party;
_Static_assert(offsetof(flow_party, budget) == 64 && sizeof(flow_party) == 128, "a party is two cache lines");

// What it has in mind besides skiing.
typedef struct flow_plan {
    uint32_t todo;      // visits not yet done
    int32_t venue;      // it is going to or is in; -1: none
    int32_t booked_s;   // when the session begins that it has a place in
    int16_t booked;     // for which visit; -1: none
    int16_t booked_venue;
    // How it may part for a class (meet.c); the party that those who go become is the one with the next number.
    uint16_t apart;     // people who go, the last of its guests; 0: it never parts
    uint16_t whole_class, rest_class, apart_class;
    float whole_stamina_m, rest_stamina_m, apart_stamina_m; // left when it was last one
    int32_t meet_venue; // where it meets again; -1: not at a venue
    int8_t meet_visit;  // for which visit; -1: none
    uint8_t bond;       // flow_bond
    bool refused;       // sent home on coming
} flow_plan;

// Whether those who may part are one party, and which of the two this one is.
typedef enum flow_bond {
    FLOW_ONE,    // never parted, or met again
    FLOW_REST,   // the others are at their class, or on their way
    FLOW_APART,  // those
    FLOW_ASUNDER // each for itself for the rest of the day
} flow_bond;

typedef struct flow_guest {
    uint64_t key;
    float pace_s_per_m;
    uint8_t ability;
    bool is_child;      // rides lifts with an adult
} flow_guest;

typedef struct flow_prospect { // a way that people of a class may take, and what of it never changes for those who look ahead
    int32_t way, to;
    double span_s;      // how long it takes, without waiting
    double deadline_s;  // of the place that it leads to
    double discount;    // of what lies behind
    double pleasure_s;  // FLOW_RUN: of all of it; FLOW_WALK: less the bother
    double share;       // FLOW_RUN: of the pleasure that its difficulty leaves
    double toll_s;      // tiredness; riding
} flow_prospect;
typedef struct flow_term { // of the worth of a place: what the end of one way counts for it
    double pull;
    int32_t to;
} flow_term;
typedef struct flow_sum { // the worth of a place: terms[end of the one before] up to terms[end], and the rest
    double rest;
    int32_t place, end;
} flow_sum;

typedef struct flow_option { // a way that may be chosen now
    double own;         // its odds
    uint64_t upto;      // where odds are the same for all: draws below it fall to this one or those before it at its place
    int32_t way, to, index, kind;
} flow_option;
typedef struct flow_spot { // a place with its options
    int32_t first, count;
    int16_t rides, walks; // of these: rides come first, then runs, then walks
    bool chooses;       // there is something to choose
    double idle;        // odds of staying
} flow_spot;

// What people think of the ways.
typedef struct flow_outlook {
    flow_spot *spots;   // for each place: what may be chosen as things stand,
    flow_option *options;
    int32_t options_version; // in this version of the mountain's state
    int32_t seen_s, seen_version; // the look at the mountain that `worth` is from; -1: none yet
    double *worth;      // of each prospect: exp(utility / scale), relative to the best at its place; or its share
    double *value;      // for each place, s
    double *idle_odds;  // for each place: worth of staying, on the scale of `worth`
    double longest_s;   // wait of all those that it rests on
} flow_outlook;

// People who may go the same ways, choose alike and have the same way home; what they think is worked out once for all of them.
// As long as nothing leads any of them home too late, they think like those who have another home (`common`).
typedef struct flow_class {
    const flow_outlook *outlook; // `common` or `own`
    int32_t odds_version; // it holds in this version of the mountain's state,
    int32_t odds_until_s; // and until then
    bool is_bound;        // looks ahead at all (logit)
    flow_outlook *common; // the `shared` one of the first of those who think alike
    flow_outlook own, shared;
    double carefree_s;    // until then, less the longest wait, every prospect leads home in time
    int32_t home_by_s;    // when the last coach leaves; FLOW_DAY_MAX: they are not bound to one
    int32_t home, access; // the place they leave at; an access class that stands for theirs
    const piste_choice *choice;
    flow_prospect *prospects; // by places in day->order: from prospect_first[i] up to prospect_first[i + 1]
    int32_t *prospect_first;
    float *deadline_s;  // for each place: the latest second from which home can be reached
    int32_t look;       // which of day->looks is theirs
    double novelty[5];
    double dread;       // log odds that a second more in line costs
} flow_class;

// How people of one ability vary from descent to descent, ready to be drawn.
typedef struct flow_gait {
    const piste_dist *variation, *rest; // NULL: below, between a and a + span
    double variation_a, variation_span, rest_a, rest_span;
} flow_gait;

typedef struct flow_lane {
    uint32_t head, tail;
    int32_t people;
} flow_lane;

enum { FLOW_DUE_STANDS = -2 };

typedef struct flow_line { // those who wait at one station for one direction
    _Alignas(64) int32_t lift;
    int32_t station, place;
    int32_t offset_s;   // carrier 0 passes here at this second of the lift's clock
    int32_t seats;      // of its carriers
    int32_t people;
    uint32_t joining;   // parties that came in this second
    int32_t due_s;      // when the next carrier takes someone; -1: nobody waits or the lift stands; FLOW_DUE_STANDS: it
                        // stands, and due_carrier has not left yet
    int64_t due_carrier;
    int8_t lane_count, singles; // lanes in all; which one is the singles line, -1: none
    bool down;
    bool special;       // either of the two:
    bool reserves, escorts; // some lane is kept for some at some time; children ride with adults
    bool kept_first;    // on this carrier the kept lanes have the first pick
    flow_lane lanes[FLOW_LANES]; // behind the others: children whose adults have left
    uint32_t first_lanes; // which lanes have the first pick
    int32_t boarding_children; // among those who board now; -1: not told apart
    piste_ratio interval_s;
    double seen_each_s; // what a guest who sees it guesses that each of those in it takes
} flow_line;

typedef struct flow_aboard { // people of one party on one carrier
    uint32_t party;
    int32_t off_clock;  // when they get off, on the lift's clock
    int32_t ride_s;
    int32_t line, people;
    int32_t done_s;     // when they are brought down, while an evacuation is planned
    int64_t carrier;
} flow_aboard;

typedef struct flow_lift { // what each boarding needs comes first
    _Alignas(64) bool joinable; // people may join its lines (going up; on the way home down always, but in an outage)
    bool open;          // carriers take people
    bool broken;        // in an outage
    bool held;          // in a long stop: the line is cleared until it runs again
    bool stopped;
    bool watched;       // something of who boards matters to how it runs, namely:
    bool misloads, slow_loads, tracked; // tracked: when the last of them gets off
    int32_t rate, rate_since_s; // of its clock, in FLOW_RATEs, and since when
    int32_t clock_s, clock_part; // the clock then: seconds, and parts of a FLOW_RATE-th
    int32_t on_rope;    // carriers, in FLOW_RATE-ths of all: k is one where floor((k + 1) * share) > floor(k * share)
    int32_t through_mask; // lifts with stations in between: who is on board of carrier k when it passes station s
    int32_t people, queue_max;
    int32_t bin_queue, bin_boarded; // in the bin that now_s is in, until it ends
    int64_t bin_wait_s;
    flow_hist wait;
    int64_t rides_down, seats_offered; // seats of the carriers that left with someone
    int32_t first_line, line_count;
    int32_t opens_s;    // next opening, INT32_MAX: not again today
    int32_t last_close_s; // INT32_MAX: never closes
    int32_t stop_since_s, restart_s; // restart_s: of the present stop, or of the last one
    int32_t stop_cause; // piste_halt
    int32_t slow_rate, slow_until_s, slow_since_s; // slow_rate: FLOW_RATE where it is not slowed down
    int32_t next_stop_s; // wall second of the next stop or slow-down by itself, INT32_MAX: none
    int32_t next_stop;  // which of its stops that is; its slow-downs are counted on from them
    double *stop_clock; // for each of its stops and slow-downs: when it comes, on the lift's clock
    uint32_t *stop_count;
    bool windy;         // held for the wind: nobody joins
    bool clearing;      // of these, while riders are brought off
    bool standing;      // in the stop that follows
    int32_t wind_since_s, wind_until_s, clear_at_s; // clear_at_s: the second when the last rider may be off
    int32_t last_off_clock; // when the last of those who have boarded gets off, on its clock (where it is tracked)
    flow_aboard *aboard; // ring of those who have boarded; NULL: nobody would be brought down
    int64_t aboard_first, aboard_next, aboard_mask;
    int32_t still_since_s, evacuate_at_s; // evacuate_at_s: INT32_MAX: no evacuation is due
    bool evacuating;
    uint32_t stranded;  // parties partly on board that were in line
    uint32_t evacuated_carriers;
    uint32_t boardings, misload_count, slow_boardings, slow_loading_count;
    int32_t *station_s; // clock from the bottom to each station
    int32_t station_count;
    int64_t *through_carrier; // [station * (mask + 1) + (k & mask)]: which carrier the count is of,
    uint16_t *through_people; // and how many of its seats are taken
    uint64_t key;
    // results
    int64_t children_escorted, children_attended, attendant_rides;
    int32_t holds, evacuations;
    int64_t evacuated;
    int64_t held_s, held_turned_away;
    piste_halts halts[PISTE_HALT_COUNT];
    int64_t turned_away[PISTE_AWAY_COUNT];
    int32_t *queue, *boarded; // of each bin
    int64_t *wait_sum;
} flow_lift;

typedef struct flow_bound { // a limit of a venue that was run into
    int32_t first_s, bin; // when first, INT32_MAX: never; the bin last counted
    int64_t bound_s, people, lost_s;
    uint8_t *bins;      // whether it bound in each
} flow_bound;

typedef struct flow_queue {
    uint32_t head, tail;
    int32_t people;
} flow_queue;

typedef struct flow_venue {
    int32_t *free_at;   // heap: when each server is free; those who come are served in order, so each knows its turn at once
    int32_t *starts;    // ring of the turns to come, never falling: whoever has one later than now is waiting
    int64_t first_start, next_start;
    int32_t starts_mask;
    flow_queue seating;
    uint32_t joining_service, joining_seating; // parties that came in this second
    int32_t inside, seated; // inside: waiting, served or seated
    int32_t *session_taken;
    bool marked;        // has to be looked at when this second ends
    flow_hist wait;
    int64_t visits, missed[PISTE_MISSED_COUNT];
    int32_t queue_max, inside_max;
    int32_t *inside_over_time;
    flow_bound slow, full, sold_out; // waits beyond the threshold; people wait for seats; sessions without room
    int32_t full_since_s;            // INT32_MAX: nobody waits for seats now
} flow_venue;

typedef struct flow_visit { // what became of one visit of a segment, in persons
    int64_t wished, made, missed[PISTE_MISSED_COUNT];
} flow_visit;

typedef struct flow_agenda { // something that happens at a fixed time
    int32_t second;
    int32_t order;      // closing before opening in the same second
    int32_t what;       // see agenda.c
    int32_t index;
} flow_agenda;

typedef struct flow_route { // the way to one place for one access class
    int32_t version;    // of the mountain's state; -1: not computed
    int32_t *next;      // for each place: the way to take, -1: out of reach
    float *seconds;
} flow_route;

typedef struct flow_look_kind {
    int32_t every_s;
    double memory_s, follow; // share of what is new that is believed at each look
} flow_look_kind;

typedef struct flow_segment {
    double child;            // the chance that one who is not the first of a party is one
    uint32_t visits_when[3]; // bit i: whether visit i is of that piste_visit_when
    int64_t sold, arrived, gone, parties, assisted, left_behind, refused;
    int64_t at_s[PISTE_AT_COUNT], queued_at_s[PISTE_AT_COUNT];
    flow_visit visits[FLOW_VISITS];
    flow_hist wait;
} flow_segment;

typedef struct flow_stream { // people on a run in one step of the day
    uint32_t at_s; // the seconds of the day, summed up over those who come in it less those who go: modulo 2^32
    int32_t more;  // how many more come than go
} flow_stream;

typedef struct flow_patrol { // what patrol.c knows of each run
    int32_t *opens_s;  // INT32_MAX: not on this day, or any more
    int32_t *closes_s; // not before; INT32_MAX: never
    int32_t *closed_s; // when it did; -1: not yet
    int32_t *look_s;   // when it is to be opened or to be closed, if it can be then; INT32_MAX: never
    int32_t *travel_s; // of the slowest
    int32_t *at;       // by place: when patrol, or the last guest, comes there
    bool *own;         // its hours are its own
    bool *open;
    int32_t next_s;
} flow_patrol;

typedef struct flow_standing { // of a party that has come: what it is ranked by, and among whom
    float values[4];  // of the figures in guests.c
    int32_t size;
    uint16_t segment;
    uint8_t groups[PISTE_GROUP_BY_COUNT];
} flow_standing;

typedef struct flow_ranked { // one of them with a figure that it is to be ranked by
    float value;
    uint32_t standing;
} flow_ranked;

typedef struct flow_ranks {
    flow_standing *standings;  // for each party
    flow_ranked *list, *other; // likewise
    size_t standing_room, list_room, other_room;
    struct flow_tally *tallies; // for each segment or group; see guests.c
} flow_ranks;

struct piste_day {
    const piste_resort *resort;
    piste_day_def def;
    base_arena *arena;
    int32_t now_s, from_s, to_s; // now_s: the next second to be handled
    uint64_t seed_key;  // of this day's draws for lifts
    int32_t chores_s;   // the next one with something that goes by the clock alone
    bool ended;
    // network
    flow_way *ways;
    int32_t way_count;
    int32_t *out_first; // ways that leave place p: ways[out_first[p]] up to out_first[p + 1]
    int32_t *in_first, *in_ways;
    int32_t *order;     // places from the lowest up
    flow_lift *lifts;
    flow_line *lines;
    int32_t line_count, line_words;
    flow_venue *venues;
    double *venue_service_s, *venue_stay_s; // means
    flow_agenda *agenda;
    int32_t agenda_count, agenda_next, next_agenda_s;
    flow_patrol *patrol; // NULL: there is none
    int32_t first_deadline_s; // before this home can be reached from everywhere
    int32_t last_join_s; // after this no lift can be joined any more today
    flow_route *routes; // [place * FLOW_ACCESS + access]
    int32_t version;    // of what is open
    int32_t version_s;  // since when
    flow_gait gaits[PISTE_ABILITY_COUNT];
    double pace[PISTE_ABILITY_COUNT]; // mean, s/m
    double stamina_m[PISTE_ABILITY_COUNT]; // mean
    double walking_pace;
    double *wait_s;     // perceived: [look * line_count + line]
    flow_look_kind *looks; // the ways in which guests keep an eye on the waits
    int32_t look_count;
    double *boards;     // what they have shown each minute: [minute % board_count * line_count + line]
    int32_t board_count; // 0: there are none
    double *crowd;      // of each run: people per hectare by its standard, in the quarter before; 0 where it has no area
    double *slowing;    // of each run: by which its time is multiplied for it
    double *scratch;    // for each way
    flow_term *terms;   // likewise, while the worth of places is worked out
    flow_sum *sums;     // for each place
    // people
    flow_party *parties;    // on cache lines
    flow_plan *plans;       // of each party
    uint32_t *next;         // of each: the next in its bucket of the wheel, its lane or its venue's queue; it is in one of them
    uint8_t *children_left; // of each party that is in line, how many children are; NULL where no children come
    size_t children_room;
    flow_guest *guests;
    uint32_t party_count, guest_count;
    size_t party_room, guest_room;
    uint8_t *skied;     // [party * runs + run] times, up to 4; NULL where nobody minds
    size_t skied_room;
    flow_class *classes;
    int32_t class_count;
    int32_t *class_of;  // [segment * FLOW_ACCESS + access]
    flow_segment *segments;
    uint32_t left_to_go; // parties that have not gone yet
    uint32_t *meeting, meeting_count; // those who wait for the others of their party
    size_t meeting_room;
    // events
    uint32_t *wheel;    // heads of the buckets
    uint32_t overflow[FLOW_OVERFLOWS];
    uint64_t *timers;   // [second & (FLOW_TIMER - 1)][line_words]: lines whose carrier leaves
    uint64_t *joined;   // lines that someone joined in this second
    int32_t *marked_venues, marked_count;
    int32_t next_lift_s; // the first stop or restart of any lift
    uint32_t *sorting;  // scratch: parties that joined in one second
    flow_ranks ranks;   // scratch of the results
    // results
    int64_t events, present, present_max, gone, assisted;
    int32_t present_max_at_s, last_gone_s;
    int32_t bin_count, bin_capacity;
    int32_t *present_over_time;
    int64_t *run_descents;
    flow_stream *run_streams; // [run * step_count + step], in steps of bin_s, or of a quarter of an hour if less
    int32_t *run_people;   // of each run: who are on it when this step begins
    int32_t *run_person_s; // [step * runs + run], of the steps that are over; of the others once results are asked for
    int32_t step_s, step_count;
    uint64_t per_step;     // 2^32 / step_s, rounded up
    int32_t bin;           // that now_s is in
    int32_t step, step_end_s; // likewise
    piste_day_result result;
    piste_group_result *groups; // [PISTE_GROUP_BY_COUNT * FLOW_GROUPS], those with people first in each kind
    piste_binding *bindings;
    uint8_t *bound; // [binding * bin_capacity + bin]
    const char *hours[FLOW_GROUPS]; // "00", "01", ...
};

#endif
