// flow.h - one day of guests on lifts, runs and in venues: what the files of this room do for one another. Their records
// are in records.h.
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

#include "flow/records.h"

// network.c
PISTE_CHECKED piste_status flow_network_build(piste_day *day, piste_errors *errors);
int32_t flow_station_place(const piste_day *day, int32_t lift, int32_t station); // 0: the bottom
bool flow_route_room(piste_day *day, flow_route *route); // false: no memory
const flow_route *flow_route_to(piste_day *day, int32_t place, int32_t access);
bool flow_choice_alike(const piste_choice *a, const piste_choice *b);
PISTE_CHECKED piste_status flow_classes_build(piste_day *day, piste_errors *errors);

// agenda.c
PISTE_CHECKED piste_status flow_agenda_build(piste_day *day, piste_errors *errors);
void flow_agenda_plan(piste_day *day); // by hours, outages and wind; and what patrol does by it
void flow_agenda_reset(piste_day *day);
void flow_agenda_act(piste_day *day, int32_t t); // everything due at t

int32_t flow_agenda_runs_from(const piste_day *day, int32_t lift, int32_t t); // INT32_MAX: not any more

// patrol.c
PISTE_CHECKED piste_status flow_patrol_build(piste_day *day, piste_errors *errors);
void flow_patrol_plan(piste_day *day); // by the agenda of lifts; of a day that has patrol
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
void flow_lift_watch(piste_day *day, int32_t lift); // what about it is to be watched at all
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
void flow_line_restart(piste_day *day, int32_t line, int32_t t); // after a stop
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
    if (!FLOW_RARELY(l->rate != FLOW_RATE))
        return l->clock_s + (t - l->rate_since_s);
    return l->clock_s + (int32_t)(((int64_t)(t - l->rate_since_s) * l->rate + l->clock_part) / FLOW_RATE);
}
// What people in line wait for, where not all carriers are on the rope.
static inline double flow_lift_thinned(const flow_lift *l, double wait_s) {
    return l->on_rope == FLOW_RATE ? wait_s : wait_s * FLOW_RATE / l->on_rope;
}
// What a guest who sees the line would guess: people in it by what the lift can take.
static inline double flow_line_each(const flow_line *line) { // where all carriers are on the rope
    return (double)line->interval_s.num / ((double)line->interval_s.den * line->seats);
}
static inline double flow_line_seen(const piste_day *day, int32_t index) {
    return day->lines[index].people * day->lines[index].seen_each_s;
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
    if (!FLOW_RARELY(l->rate != FLOW_RATE))
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
// The way that the party takes from a place on the next section of its leg; NULL where none can be had or it stays.
// `avoid`: where it has just walked from, -1: it has not; `draw`: the place of the draw for it.
static inline const flow_option *flow_choose(piste_day *day, const flow_class *c, uint32_t party, int32_t place,
                                             int32_t avoid, uint64_t draw) {
    const flow_spot *spot = &c->outlook->spots[place];
    const flow_option *options = &c->outlook->options[spot->first];
    if (!spot->chooses)
        return spot->count ? options : NULL;
    if (c->is_bound)
        return flow_choose_among(day, c, party, place, avoid, base_mix(draw));
    const flow_option *last = options + (spot->count - 1), *chosen = options;
    draw = base_mix(draw);
    for (const flow_option *o = options; o < last; o++) // no jump that depends on the draw
        chosen += draw >= o->upto;
    return chosen;
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
void flow_leg_note_pace(const piste_day *day, flow_party *p); // whenever its people are others
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
// Begins the day anew with another seed and so many guests (-1: as the resort says) after some values of its resort were
// changed in place: segments' guests and shares of those who show up, mean times between stops and between slow-downs,
// chances of misloading, wind speeds. Nothing else may differ, nor which of them there are. As a day that is made of it.
PISTE_CHECKED piste_status flow_day_vary(piste_day *day, uint64_t seed, int64_t guests);
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
    if (FLOW_RARELY((uint32_t)(second - day->now_s - 1) >= FLOW_WHEEL - 1)) { // not within the wheel's reach, or past
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
    if (FLOW_RARELY(day->def.event))
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
    if (FLOW_RARELY(day->def.event))
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
    if (!FLOW_RARELY(day->def.ask))
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
size_t flow_tally_bytes(int32_t segments);
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
