// flow.h - one day of guests on lifts, runs and in venues: the state that the files of this room share.
//
// The day is an ordered set of events in whole seconds. In one second
//   1. lifts, runs and venues open, close, stop and restart (agenda.c),
//   2. carriers leave with whom they can take (lift.c),
//   3. parties whose moment has come act: arrive, get off, come out, decide (party.c, choice.c, venue.c),
//   4. those who joined a line or a venue in this second are put in order of their number and take their turn.
// Whoever acts in 3 schedules nothing before the next second and meets no one else of that second before 4, so the order
// within 3 does not matter: results do not depend on how the wheel stores its events.
//
// A party is the unit that moves: it stays together, chooses once and is as fast as its slowest member.
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

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
    int32_t way, to, index, kind;
} flow_option;
typedef struct flow_spot { // a place with its options
    int32_t first, count;
    bool chooses;       // there is something to choose
    double idle;        // odds of staying
} flow_spot;

// What people think of the ways.
typedef struct flow_outlook {
    flow_spot *spots;   // for each place: what may be chosen as things stand,
    flow_option *options;
    double *upto;       // odds of the options, summed up from the first of each place
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

typedef struct flow_line { // those who wait at one station for one direction
    _Alignas(64) int32_t lift;
    int32_t station, place;
    int32_t offset_s;   // carrier 0 passes here at this second of the lift's clock
    int32_t seats;      // of its carriers
    int32_t people;
    uint32_t joining;   // parties that came in this second
    int32_t due_s;      // when the next carrier takes someone; -1: nobody waits or the lift stands
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
    double interval_num, seats_den; // of the interval; denominator times seats
    double seen_s;      // what a guest guesses who sees it with so many people:
    int32_t seen_people; // -1: unknown
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
    uint32_t visits_when[3]; // bit i: whether visit i is of that piste_visit_when
    int64_t sold, arrived, gone, parties, assisted, left_behind, refused;
    int64_t at_s[PISTE_AT_COUNT], queued_at_s[PISTE_AT_COUNT];
    flow_visit visits[FLOW_VISITS];
    flow_hist wait;
} flow_segment;

typedef struct flow_stream { // people on a run in one step of the day
    int32_t part_s; // of those who come or go in it, in the rest of it: person-seconds, coming less going
    int32_t more;   // people, more than in the step before, who are on it from the beginning of this one
} flow_stream;

typedef struct flow_patrol { // what patrol.c knows of each run
    int32_t *opens_s;  // INT32_MAX: not on this day, or any more
    int32_t *closes_s; // not before; INT32_MAX: never
    int32_t *closed_s; // when it did; -1: not yet
    int32_t *look_s;   // when it is to be opened or to be closed, if it can be then; INT32_MAX: never
    int32_t *travel_s; // of the slowest
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
    flow_stream *run_streams; // [run * (step_count + 1) + step], in steps of bin_s, or of a quarter of an hour if less
    int32_t *run_people;   // of each run: in all the steps before this one, what they had more
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

// network.c
PISTE_CHECKED piste_status flow_network_build(piste_day *day, piste_errors *errors);
int32_t flow_station_place(const piste_day *day, int32_t lift, int32_t station); // 0: the bottom
bool flow_route_room(piste_day *day, flow_route *route); // false: no memory
const flow_route *flow_route_to(piste_day *day, int32_t place, int32_t access);
bool flow_choice_alike(const piste_choice *a, const piste_choice *b);
PISTE_CHECKED piste_status flow_classes_build(piste_day *day, piste_errors *errors);

// agenda.c
PISTE_CHECKED piste_status flow_agenda_build(piste_day *day, piste_errors *errors);
void flow_agenda_reset(piste_day *day);
void flow_agenda_act(piste_day *day, int32_t t); // everything due at t

int32_t flow_agenda_runs_from(const piste_day *day, int32_t lift, int32_t t); // INT32_MAX: not any more

// patrol.c
PISTE_CHECKED piste_status flow_patrol_build(piste_day *day, piste_errors *errors);
void flow_patrol_reset(piste_day *day);
bool flow_patrol_minds(const piste_day *day, int32_t run); // opens and closes it
void flow_patrol_note(piste_day *day, int32_t run, int32_t t, bool open);
int32_t flow_patrol_opens(const piste_day *day, int32_t run, int32_t t); // from t on; INT32_MAX: not any more
int32_t flow_patrol_closes(const piste_day *day, int32_t run); // to be entered by then; INT32_MAX: never
bool flow_patrol_act(piste_day *day, int32_t t); // whether a run has opened or closed
int32_t flow_patrol_next(const piste_day *day);

// people.c
PISTE_CHECKED piste_status flow_people_build(piste_day *day, piste_errors *errors);

// lift.c
void flow_lift_reset(piste_day *day);
void flow_lift_note_bin(const piste_day *day, flow_lift *l); // what is in its hot counts is that of the bin
static inline void flow_line_join(piste_day *day, uint32_t party, int32_t line, int32_t t) { // for the end of this second
    flow_party *p = &day->parties[party];
    p->state = FLOW_IN_LINE;
    p->since_s = t;
    p->left = p->size;
    day->next[party] = day->lines[line].joining;
    day->lines[line].joining = party;
    day->joined[line >> 6] |= 1ull << (line & 63);
}
void flow_lines_settle(piste_day *day, int32_t t);   // whoever joined takes a lane
void flow_lines_dispatch(piste_day *day, int32_t t); // the carriers of this second leave
void flow_line_schedule(piste_day *day, int32_t line, int32_t t, int32_t after); // first carrier with clock > after
// Seconds further ahead than the timers reach come up once a turn until they are there.
static inline void flow_line_set_timer(piste_day *day, int32_t line, int32_t second) {
    day->lines[line].due_s = second;
    day->timers[(size_t)(second & (FLOW_TIMER - 1)) * (size_t)day->line_words + (size_t)(line >> 6)] |= 1ull
                                                                                                        << (line & 63);
}
void flow_line_retime(piste_day *day, int32_t line, int32_t t);
void flow_line_rethread(piste_day *day, int32_t line, int32_t t); // other carriers are on the rope from now on
void flow_line_turn_away(piste_day *day, int32_t line, int32_t t);

int32_t flow_line_pick(const piste_day *day, const flow_line *line, int32_t free_seats, int32_t seats);
bool flow_line_board(piste_day *day, flow_line *line, int32_t lane, int32_t people, int64_t carrier, int32_t t);
void flow_line_take_seat(piste_day *day, const flow_line *line, int32_t station, int64_t carrier); // by the attendant

// escort.c
void flow_escort_build(piste_day *day);
void flow_escort_join(piste_day *day, uint32_t party);
// Those of a party who board now, in their order in the party, the adults first.
void flow_escort_order(const piste_day *day, const flow_line *line, const flow_party *p, int32_t people,
                       const flow_guest **list);
bool flow_escort_load(piste_day *day, flow_line *line, int64_t carrier, int32_t free_seats, int32_t t, bool *any);

// motion.c
void flow_motion_reset(piste_day *day);
bool flow_motion_board(piste_day *day, const flow_line *line, const flow_party *p, int32_t people, int32_t t);
void flow_motion_misload(piste_day *day, int32_t lift, int32_t t); // who boarded did not board well
void flow_lift_stop(piste_day *day, int32_t lift, int32_t t, double duration_s, piste_halt cause);
void flow_lift_slow(piste_day *day, int32_t lift, int32_t t, double duration_s, double speed);
void flow_lift_act(piste_day *day, int32_t lift, int32_t t); // what is due: restarts, stops, ends of slow-downs
int32_t flow_lift_next(const flow_lift *l); // when something of it is due next
void flow_lift_plan_stop(piste_day *day, int32_t lift, int32_t t);
piste_halts flow_lift_halts(const piste_day *day, int32_t lift, piste_halt cause); // until now
int32_t flow_lift_soonest(const flow_lift *l, int32_t clock, int32_t t); // the clock cannot reach `clock` before
static inline int32_t flow_lift_clock(const flow_lift *l, int32_t t) {
    if (l->rate == FLOW_RATE)
        return l->clock_s + (t - l->rate_since_s);
    return l->clock_s + (int32_t)(((int64_t)(t - l->rate_since_s) * l->rate + l->clock_part) / FLOW_RATE);
}
// What people in line wait for, where not all carriers are on the rope.
static inline double flow_lift_thinned(const flow_lift *l, double wait_s) {
    return l->on_rope == FLOW_RATE ? wait_s : wait_s * FLOW_RATE / l->on_rope;
}
// What a guest who sees the line would guess: people in it by what the lift can take.
static inline double flow_line_seen(const piste_day *day, int32_t index) {
    flow_line *line = &day->lines[index];
    if (line->seen_people != line->people) {
        double wait = (double)line->people * line->interval_num / line->seats_den;
        line->seen_s = flow_lift_thinned(&day->lifts[line->lift], wait);
        line->seen_people = line->people;
    }
    return line->seen_s;
}
// Until the carrier behind those who are in it now, in whole seconds.
static inline int32_t flow_line_expected(const piste_day *day, int32_t index) {
    const flow_line *line = &day->lines[index];
    if (line->people < line->seats)
        return 0;
    return (int32_t)flow_lift_thinned(&day->lifts[line->lift],
                                      (double)base_ratio_floor_times(line->interval_s, line->people / line->seats));
}
void flow_motion_hold(piste_day *day, int32_t lift, int32_t t, int32_t until);
void flow_motion_release(piste_day *day, int32_t lift, int32_t t);
int64_t flow_lift_held(const piste_day *day, int32_t lift); // seconds of its hours, until now
void flow_motion_rope(piste_day *day, int32_t lift, int32_t t); // carriers are put on or taken off
double flow_motion_off(const piste_day *day, int32_t lift); // mean share of carriers off while it is open
bool flow_entry_counts(const piste_day *day, const piste_entry *entry);
// The first second at which the clock shows `clock` or more, as the lift runs now (not in a stop); where it runs
// slowly and does so before `at_least`, that.
static inline int32_t flow_lift_when(const flow_lift *l, int64_t clock, int32_t at_least) {
    if (l->rate == FLOW_RATE)
        return l->rate_since_s + (int32_t)(clock - l->clock_s);
    int64_t parts = (clock - l->clock_s) * FLOW_RATE - l->clock_part, wall = (parts + l->rate - 1) / l->rate;
    int32_t second = parts <= 0              ? l->rate_since_s
                     : wall < 2 * FLOW_DAY_MAX ? l->rate_since_s + (int32_t)wall
                                               : 2 * FLOW_DAY_MAX;
    return second > at_least ? second : at_least;
}
// Down, people on the way home may join always, but in an outage or a long stop.
static inline bool flow_line_joinable(const piste_day *day, const flow_way *ride, bool going_home) {
    const flow_lift *l = &day->lifts[ride->lift];
    return !l->held && (l->joinable || (going_home && day->lines[ride->index].down && !l->broken));
}

void flow_lift_empty(flow_lift *l); // nobody is on board any more

// evacuate.c
void flow_evacuate_reset(flow_lift *l);
void flow_evacuate_note(piste_day *day, const flow_line *line, const flow_party *p, int32_t people, int32_t t);
void flow_evacuate_forget(flow_lift *l, uint32_t party); // it is not on board, whatever was noted
void flow_evacuate_strand(piste_day *day, const flow_line *line, uint32_t party, int32_t t);
void flow_evacuate(piste_day *day, int32_t lift, int32_t t);
void flow_evacuate_set_down(piste_day *day, uint32_t party, int32_t t);

// ahead.c
bool flow_ahead_build(piste_day *day, flow_class *c); // its prospects; false: no memory
void flow_ahead_reset(flow_class *c);
// What ways and places are worth to it: to all who think alike while carefree, or to its own people.
void flow_ahead_look(piste_day *day, const flow_class *c, flow_outlook *o, int32_t t);

// choice.c
void flow_choose_think(piste_day *day, flow_class *c, int32_t t);
static inline const flow_class *flow_choose_class(piste_day *day, const flow_party *p, int32_t t) { // as things stand
    flow_class *c = &day->classes[p->class_index];
    if (c->odds_version != day->version || t >= c->odds_until_s)
        flow_choose_think(day, c, t);
    return c;
}
const flow_option *flow_choose_among(piste_day *day, const flow_class *c, uint32_t party, int32_t place, int32_t avoid,
                                     uint64_t draw);
// The way that the party takes from a place on the `step`-th section of its present leg; NULL where none can be had or it
// stays. `avoid`: where it has just walked from, -1: it has not.
static inline const flow_option *flow_choose(piste_day *day, const flow_class *c, uint32_t party, int32_t place,
                                             int32_t avoid, uint32_t step) {
    const flow_spot *spot = &c->outlook->spots[place];
    const flow_option *options = &c->outlook->options[spot->first];
    if (!spot->chooses)
        return spot->count ? options : NULL;
    const flow_party *p = &day->parties[party];
    uint64_t draw = base_draw(base_stream(p->key, DRAW_CHOICE), (uint64_t)p->legs * FLOW_STEPS + step);
    if (c->is_bound)
        return flow_choose_among(day, c, party, place, avoid, draw);
    const double *upto = &c->outlook->upto[spot->first];
    double at = base_uniform(draw) * upto[spot->count - 1];
    int32_t chosen = at >= upto[0];
    for (int32_t i = 1; i < spot->count; i++) // they never fall: no jump that depends on the draw
        chosen += at >= upto[i];
    return chosen < spot->count ? &options[chosen] : NULL;
}
void flow_look(piste_day *day, int32_t t); // guests learn of the waits
int32_t flow_look_of(const piste_day *day, const piste_choice *choice); // index in day->looks

// leg.c
typedef struct flow_leg {
    int32_t steps, ride; // sections; the ride at its end, -1: none
    int32_t place;       // where it ends so far
    int32_t ways[FLOW_STEPS];
} flow_leg;
static inline void flow_leg_begin(flow_leg *leg, int32_t place) { // the list is not cleared: that would cost more than it
    leg->steps = 0;
    leg->ride = -1;
    leg->place = place;
}
// steps < FLOW_STEPS, no ride yet; returns the kind of the way.
static inline int32_t flow_leg_add(const piste_day *day, flow_leg *leg, int32_t way) {
    const flow_way *w = &day->ways[way];
    if (w->kind == FLOW_RIDE)
        leg->ride = way;
    else {
        leg->ways[leg->steps++] = way;
        leg->place = w->to;
    }
    return w->kind;
}
void flow_leg_travel(piste_day *day, uint32_t party, const flow_leg *leg, int32_t t);
// For pleasure: sections as the party chooses them, up to a ride. False: nothing can be done here now.
bool flow_leg_ski(piste_day *day, uint32_t party, const flow_class *c, int32_t t);
// Where patrol closes runs: whether home can be reached from the end of a way that is begun at second t.
bool flow_leg_in_time(const piste_day *day, const flow_party *p, int32_t way, double t);
void flow_crowd_reset(piste_day *day);
void flow_crowd_step(piste_day *day); // when a step ends
void flow_crowd_see(piste_day *day);  // when a quarter of an hour ends: how crowded each run was in it
void flow_crowd_fill(piste_day *day); // run_person_s of all steps, as far as is known
double flow_crowd_standard(const piste_run *run); // people per hectare

// party.c
void flow_parties_act(piste_day *day, int32_t t); // those whose second has come
void flow_party_decide(piste_day *day, uint32_t party, int32_t t);
void flow_party_after_venue(piste_day *day, uint32_t party, int32_t t);
// Straight to a place, by the quickest way as things stand. False: there is none.
bool flow_party_head_for(piste_day *day, uint32_t party, int32_t place, int32_t t);

// visit.c
int32_t flow_visit_due(const piste_day *day, const flow_party *p); // when its next visit falls due
bool flow_visit_go(piste_day *day, uint32_t party, int32_t t); // to what is due; false: nothing is, or it is missed
void flow_visit_end(piste_day *day, flow_party *p);            // the visit is over, done or not
void flow_visit_miss(piste_day *day, uint32_t party, piste_missed why, int32_t t);
void flow_visit_give_up(piste_day *day, uint32_t party, int32_t t); // on setting out for home: those of the day
// The venue of a kind that takes so many people the least time from here, with its queue; -1: none is open and within reach.
int32_t flow_visit_quickest_venue(piste_day *day, const flow_party *p, int32_t kind, int32_t people, int32_t t);

// meet.c
void flow_meet_reserve(piste_day *day, uint32_t party); // the place of those who may part from the party before
int32_t flow_meet_people(const piste_day *day, const flow_party *p, int32_t visit); // who go on the visit
bool flow_meet_parts(const piste_day *day, const flow_party *p); // the visit it has in mind is one for which it parts
uint32_t flow_meet_part(piste_day *day, uint32_t party, int32_t t); // returns those who go
int32_t flow_meet_venue(const flow_plan *plan, int32_t visit); // where those who have parted meet for it; -1: open
bool flow_meet_waits(const piste_day *day, const flow_party *p, int32_t visit); // at its visit's place, or home: for others
void flow_meet_wait(piste_day *day, uint32_t party, int32_t t);
void flow_meet_all(piste_day *day, int32_t t); // each minute: those whose others have come are one again

// venue.c
void flow_venue_reset(piste_day *day);
bool flow_venue_enter(piste_day *day, uint32_t party, int32_t t, piste_missed *why); // false: and why not
piste_missed flow_venue_refusal(const piste_day *day, int32_t venue, int32_t people, int32_t t);
void flow_venue_served(piste_day *day, uint32_t party, int32_t t);
void flow_venue_leave(piste_day *day, uint32_t party, int32_t t);
void flow_venue_settle(piste_day *day, int32_t venue, int32_t t);
double flow_venue_wait(const piste_day *day, int32_t venue, int32_t people, int32_t t); // HUGE_VAL: closed or full
int32_t flow_venue_session(const piste_day *day, int32_t venue, int32_t people, int32_t t); // next one with room; -1: none

// day.c
// On its way into the cache; returns the next one.
static inline uint32_t flow_fetch(const piste_day *day, uint32_t party) {
    __builtin_prefetch(&day->parties[party], 1);
    __builtin_prefetch(&day->parties[party].budget, 1);
    return day->next[party];
}
void flow_push_far(piste_day *day, uint32_t party, int32_t second); // past, or beyond the wheel's reach
void flow_unpush(piste_day *day, uint32_t party); // it acts no more when it was to
// The party acts at that second, or in the next one if that is past.
static inline void flow_push(piste_day *day, uint32_t party, int32_t second) {
    flow_party *p = &day->parties[party];
    if ((uint32_t)(second - day->now_s - 1) >= FLOW_WHEEL - 1) { // not within the wheel's reach, or past
        flow_push_far(day, party, second);
        return;
    }
    p->due_s = second;
    day->next[party] = day->wheel[second & (FLOW_WHEEL - 1)];
    day->wheel[second & (FLOW_WHEEL - 1)] = party;
}
void flow_tell_listener(const piste_day *day, int32_t t, piste_act act, uint32_t party, int32_t size, int32_t place,
                        int32_t way, int32_t venue, int32_t until, int32_t why);
static inline void flow_tell(const piste_day *day, int32_t t, piste_act act, uint32_t party, int32_t size, int32_t place,
                             int32_t way, int32_t venue, int32_t until) {
    if (day->def.event)
        flow_tell_listener(day, t, act, party, size, place, way, venue, until, -1);
}
void flow_tell_lift(piste_day *day, int32_t t, piste_act act, int32_t lift, int32_t until);
void flow_tell_run(const piste_day *day, int32_t t, piste_act act, int32_t run);
// The latest second from which home can be reached from where the party is.
static inline int32_t flow_home_by(const piste_day *day, const flow_party *p) {
    return (int32_t)day->classes[p->class_index].deadline_s[p->place];
}
// Whoever stays somewhere comes out in time for the way home.
static inline int32_t flow_stay_until(const piste_day *day, const flow_party *p, int32_t t, int32_t until) {
    int32_t by = flow_home_by(day, p);
    return by < 0 || until <= by ? until : by > t ? by : t + 1;
}
static inline const piste_segment *flow_segment_of(const piste_day *day, const flow_party *p) {
    return &day->resort->segments.list[p->segment];
}
static inline flow_plan *flow_plan_of(const piste_day *day, const flow_party *p) {
    return &day->plans[p - day->parties];
}
static inline void flow_tell_why(const piste_day *day, int32_t t, piste_act act, uint32_t party, int32_t size,
                                 int32_t place, int32_t way, int32_t venue, int32_t why) {
    if (day->def.event)
        flow_tell_listener(day, t, act, party, size, place, way, venue, -1, why);
}
static inline void flow_budget_add(flow_budget *to, flow_budget *from) { // and empties the latter
    for (int32_t i = 0; i < PISTE_SPENT_COUNT; i++)
        to->spent_s[i] += from->spent_s[i];
    to->descent_m += from->descent_m;
    to->rides += from->rides;
    to->missed += from->missed;
    to->turned_away += from->turned_away;
    if (to->longest_wait_s < from->longest_wait_s)
        to->longest_wait_s = from->longest_wait_s;
    *from = (flow_budget){.arrived_s = -1};
}
static inline void flow_spend(flow_party *p, piste_spent what, int32_t seconds) {
    p->budget.spent_s[what] += (uint32_t)seconds * p->size;
}
// One draw of a variation or a rest, whose distribution is told apart once for all days.
static inline double flow_draw_gait(const piste_dist *dist, double a, double span, uint64_t key, uint32_t purpose,
                                    uint64_t count) {
    if (!dist && span == 0)
        return a;
    double u = base_uniform(base_draw(base_stream(key, purpose), count));
    return dist ? piste_dist_draw(dist, u) : a + u * span;
}
// One draw of a distribution for an entity; a constant needs none.
static inline double flow_draw(const piste_dist *dist, uint64_t key, uint32_t purpose, uint64_t count) {
    if (dist->kind == PISTE_DIST_CONSTANT && !dist->reciprocal)
        return dist->a;
    double u = base_uniform(base_draw(base_stream(key, purpose), count));
    if (dist->kind == PISTE_DIST_UNIFORM && dist->p_range == 1 && !dist->reciprocal)
        return dist->a + u * (dist->b - dist->a);
    return piste_dist_draw(dist, u);
}
// Whether whoever was asked lets so many of the party do this; nobody is asked where nobody listens.
static inline bool flow_may(const piste_day *day, int32_t t, piste_wish wish, const flow_party *p, int32_t people,
                            int32_t venue, int32_t at_s) {
    if (!day->def.ask)
        return true;
    piste_request request = {t, wish, (int32_t)(p - day->parties), people, p->segment, venue, at_s};
    return day->def.ask(day->def.ask_context, &request);
}
// Puts a list of parties in order of their numbers into day->sorting; returns how many.
int32_t flow_sort_several(piste_day *day, uint32_t list);
static inline int32_t flow_sort_joined(piste_day *day, uint32_t list) { // mostly it is one
    if (list == FLOW_NIL || day->next[list] != FLOW_NIL)
        return flow_sort_several(day, list);
    day->sorting[0] = list;
    return 1;
}
static inline int32_t flow_hist_slot(int32_t wait_s) {
    return wait_s < FLOW_HIST_FINE ? wait_s : FLOW_HIST_FINE + (wait_s - FLOW_HIST_FINE) / FLOW_HIST_STEP;
}
static inline void flow_hist_clear(flow_hist *hist) {
    memset(hist->counts, 0, ((size_t)flow_hist_slot(hist->max_s) + 1) * sizeof *hist->counts);
    *hist = (flow_hist){.counts = hist->counts};
}
static inline void flow_hist_note(flow_hist *hist, int32_t wait_s, int32_t people) { // all but their number and sum
    hist->counts[flow_hist_slot(wait_s)] += (uint32_t)people;
    if (wait_s > hist->max_s)
        hist->max_s = wait_s;
}
static inline void flow_hist_add(flow_hist *hist, int32_t wait_s, int32_t people) {
    flow_hist_note(hist, wait_s, people);
    hist->count += people;
    hist->sum_s += (int64_t)wait_s * people;
}
// A delay in seconds as a whole number of them, so that the mean is kept: up with the probability of the part lost.
static inline int32_t flow_whole(const flow_party *p, double seconds) {
    if (!(seconds < FLOW_DAY_MAX))
        return FLOW_DAY_MAX;
    int32_t whole = (int32_t)seconds;
    if (seconds == whole)
        return whole;
    return (int32_t)(seconds + base_uniform(base_draw(base_stream(p->key, DRAW_ROUND), p->legs)));
}

// result.c
PISTE_CHECKED piste_status flow_result_build(piste_day *day, piste_errors *errors);

// guests.c
size_t flow_tally_bytes(int32_t count);
void flow_guests_fill(piste_day *day, piste_segment_result *segments); // budgets of parties make up their segment's

// binding.c
enum { FLOW_LONG_WAIT_S = 600, FLOW_LONG_QUEUE_S = 900, FLOW_IN_VAIN_S = 1800 }; // docs/models.md
void flow_bindings_fill(piste_day *day);
void flow_bound_span(const piste_day *day, flow_bound *bound, int32_t from_s, int32_t to_s); // bound all the while
void flow_bound_begin(const piste_day *day, flow_bound *bound);
// People beyond a limit at second t.
static inline void flow_bound_note(flow_bound *bound, int32_t t, int64_t people, int64_t lost_s) {
    bound->first_s = t < bound->first_s ? t : bound->first_s;
    bound->people += people;
    bound->lost_s += lost_s;
}
// Likewise where nothing tells how long it binds: the bin that t is in counts.
static inline void flow_bound_touch(const piste_day *day, flow_bound *bound, int32_t t, int64_t people,
                                    int64_t lost_s) {
    flow_bound_note(bound, t, people, lost_s);
    bound->bound_s += bound->bin == day->bin ? 0 : day->def.bin_s;
    bound->bin = day->bin;
    bound->bins[day->bin] = 1;
}

#endif
