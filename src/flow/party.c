// party.c - what a party does next: visits that are due, skiing for pleasure, the way home.
//
// A party decides where it stands, takes a leg (the sections up to the next boarding, venue or exit, with one event at its end)
// and decides again. Visits on arrival come first, in order; a visit of the day when its time has come; those on leaving once
// the party has set out for home.
#include <math.h>

#include "flow/flow.h"

enum { IDLE_S = 300, ASSIST_S = 1800 };

static const piste_segment *segment_of(const piste_day *day, const flow_party *p) {
    return &day->resort->segments.list[p->segment];
}

// The second when a visit during the day falls due: at once where no time is given.
static int32_t visit_at(const piste_segment *s, const flow_party *p, int32_t visit) {
    if (s->visits.list[visit].at.kind == PISTE_DIST_NONE)
        return 0;
    return (int32_t)piste_dist_draw(&s->visits.list[visit].at,
                                    base_uniform(base_draw(base_stream(p->key, DRAW_VISIT_AT), (uint64_t)visit)));
}

int32_t flow_party_due(const piste_day *day, const flow_party *p) {
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_segment *s = segment_of(day, p);
    int32_t due = INT32_MAX;
    for (int32_t i = 0; i < s->visits.count; i++) {
        if (!(plan->todo >> i & 1) || s->visits.list[i].when == PISTE_VISIT_LEAVING || plan->booked == i)
            continue;
        int32_t at = s->visits.list[i].when == PISTE_VISIT_ARRIVING ? 0 : visit_at(s, p, i);
        due = at < due ? at : due;
    }
    if (plan->booked >= 0 && plan->booked_s - FLOW_LEAD_S < due)
        due = plan->booked_s - FLOW_LEAD_S;
    return due;
}

// ---- ending -------------------------------------------------------------------------------------------------------------

static void go_home(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    if (flow_plan_of(day, p)->booked >= 0) { // what it has booked begins too late for it
        p->visit = (int8_t)flow_plan_of(day, p)->booked;
        flow_plan_of(day, p)->venue = flow_plan_of(day, p)->booked_venue;
        flow_party_miss(day, party, PISTE_MISSED_TOO_LATE, t);
    }
    p->state = FLOW_GONE;
    p->since_s = t;
    day->segments[p->segment].gone += p->size;
    day->gone += p->size;
    day->present -= p->size;
    day->last_gone_s = t;
    day->left_to_go--;
    flow_tell(day, t, PISTE_ACT_GONE, party, p->size, p->place, -1, -1, -1);
}

// No way leads home: patrol brings the party down, which is counted and told.
static void assist(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    p->state = FLOW_ASSISTED;
    p->since_s = t;
    day->assisted += p->size;
    day->segments[p->segment].assisted += p->size;
    flow_tell(day, t, PISTE_ACT_ASSIST, party, p->size, p->place, -1, -1, t + ASSIST_S);
    p->place = segment_of(day, p)->leave_at.index;
    flow_push(day, party, t + ASSIST_S);
}

static void idle(piste_day *day, uint32_t party, int32_t t, int32_t until) {
    flow_party *p = &day->parties[party];
    if (flow_home_by(day, p) > t && flow_home_by(day, p) < until)
        until = flow_home_by(day, p);
    p->state = FLOW_IDLE;
    p->since_s = t;
    flow_push(day, party, until);
}

// ---- legs ---------------------------------------------------------------------------------------------------------

static int32_t expected_wait(const piste_day *day, int32_t line) {
    const flow_line *l = &day->lines[line];
    const piste_lift *about = &day->resort->lifts.list[l->lift];
    return (int32_t)flow_lift_thinned(&day->lifts[l->lift],
                                      (double)base_ratio_floor_times(about->interval_s, l->people / about->seats));
}

// At the last moment from which home can be reached a party sets out.
static bool is_due_home(const piste_day *day, flow_party *p, int32_t t) {
    int32_t by = flow_home_by(day, p);
    if (t < by || by < 0 || t >= p->leave_s || p->leave_s == INT32_MAX)
        return false;
    p->leave_s = t;
    return true;
}

// How long a way takes the party, rather too long than too short.
static double at_most(const piste_day *day, const flow_party *p, const flow_way *w) {
    if (w->kind != FLOW_RUN)
        return w->duration_s + (w->kind == FLOW_RIDE ? expected_wait(day, w->index) : 0);
    double slowest = 1.25 * day->pace[day->classes[p->class_index].access % PISTE_ABILITY_COUNT];
    for (uint32_t i = 0; i < p->size; i++) {
        double own = (double)day->guests[p->first_guest + i].pace_s_per_m;
        slowest = own > slowest ? own : slowest;
    }
    return 1.2 * slowest * w->length_m;
}

// Where patrol closes runs: whether home can be reached from the end of a way that is begun at second t.
static bool is_in_time(const piste_day *day, const flow_party *p, int32_t way, double t) {
    const flow_way *w = &day->ways[way];
    return p->leave_s == INT32_MAX || t + at_most(day, p, w) <= (double)day->classes[p->class_index].deadline_s[w->to];
}

// Ends a leg before the first of its ways that leads too late to its end.
static void shorten(const piste_day *day, const flow_party *p, flow_leg *l, double t) {
    for (int32_t i = 0; i < l->steps; i++) {
        const flow_way *w = &day->ways[l->ways[i]];
        if (!is_in_time(day, p, l->ways[i], t)) {
            l->steps = i;
            l->ride = -1;
            l->place = w->from;
            return;
        }
        t += at_most(day, p, w);
    }
    if (l->ride >= 0 && !is_in_time(day, p, l->ride, t))
        l->ride = -1;
}

// For pleasure: sections as the party chooses them, up to a ride.
static void ski(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_class *c = flow_choose_class(day, p, t);
    flow_leg l;
    flow_leg_begin(&l, p->place);
    if (t >= day->first_deadline_s && is_due_home(day, p, t)) {
        flow_party_decide(day, party, t);
        return;
    }
    for (int32_t avoid = -1; l.steps < FLOW_STEPS && l.ride < 0;) {
        int32_t from = l.place, way = flow_choose(day, c, party, from, avoid, (uint32_t)l.steps);
        if (way < 0)
            break;
        avoid = flow_leg_add(day, &l, way) == FLOW_WALK ? from : -1;
    }
    if (day->patrol)
        shorten(day, p, &l, t);
    if (l.ride >= 0 || l.steps > 0) {
        flow_leg_travel(day, party, &l, t);
        return;
    }
    // Nothing can be done here now. Once no lift can be joined any more today, skiing is over.
    if (t >= day->last_join_s && p->leave_s != INT32_MAX) {
        p->stamina_m = 0;
        flow_party_decide(day, party, t);
        return;
    }
    int32_t again = t + IDLE_S;
    again = p->next_visit_s > t && p->next_visit_s < again ? p->next_visit_s : again;
    again = p->leave_s < again ? p->leave_s : again;
    idle(day, party, t, again);
}

// Straight to a place, by the quickest way as things stand. False: there is none.
static bool head_for(piste_day *day, uint32_t party, int32_t target, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_route *route = flow_route_to(day, target, day->classes[p->class_index].access);
    flow_leg l;
    flow_leg_begin(&l, p->place);
    if (!route || route->next[p->place] < 0)
        return false;
    bool closed = false;
    while (l.place != target && l.steps < FLOW_STEPS && l.ride < 0 && !closed) {
        int32_t way = route->next[l.place];
        closed = day->patrol && !day->ways[way].open;
        if (!closed)
            flow_leg_add(day, &l, way);
    }
    if (l.steps == 0 && closed)
        idle(day, party, t, t + IDLE_S); // patrol opens it later
    else if (l.steps == 0 && l.ride >= 0 && !flow_line_joinable(day, &day->ways[l.ride], true))
        idle(day, party, t, t + IDLE_S); // it opens later
    else
        flow_leg_travel(day, party, &l, t);
    return true;
}

// ---- visits -------------------------------------------------------------------------------------------------------------

static bool is_due(const piste_day *day, const flow_party *p, int32_t visit, int32_t t) {
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_segment *s = segment_of(day, p);
    const piste_visit *v = &s->visits.list[visit];
    if (plan->booked == visit)
        return t >= plan->booked_s - FLOW_LEAD_S;
    if (v->when == PISTE_VISIT_ARRIVING)
        return true;
    if (v->when == PISTE_VISIT_LEAVING)
        return p->leaving;
    return !p->leaving && visit_at(s, p, visit) <= t;
}

// The visit that the party makes now; -1: none is due.
static int32_t due_visit(const piste_day *day, const flow_party *p, int32_t t) {
    const flow_plan *plan = flow_plan_of(day, p);
    static const int32_t order[3] = {PISTE_VISIT_ARRIVING, PISTE_VISIT_DURING, PISTE_VISIT_LEAVING};
    const piste_segment *s = segment_of(day, p);
    if (!p->leaving && p->next_visit_s > t)
        return -1;
    for (int32_t phase = 0; phase < 3; phase++)
        for (int32_t i = 0; i < s->visits.count; i++)
            if ((plan->todo >> i & 1) && s->visits.list[i].when == order[phase] && is_due(day, p, i, t))
                return i;
    return -1;
}

int32_t flow_party_quickest_venue(piste_day *day, const flow_party *p, int32_t kind, int32_t people, int32_t t) {
    int32_t best = -1;
    double least = HUGE_VAL;
    for (int32_t i = 0; i < day->resort->venues.count; i++) {
        const piste_venue *v = &day->resort->venues.list[i];
        if (v->kind != kind)
            continue;
        const flow_route *route = flow_route_to(day, v->place.index, day->classes[p->class_index].access);
        double there = route ? (double)route->seconds[p->place] : HUGE_VAL;
        double seconds = there < HUGE_VAL ? there + flow_venue_wait(day, i, people, t + (int32_t)there) : HUGE_VAL;
        if (seconds < least) {
            least = seconds;
            best = i;
        }
    }
    return best;
}

// Why there is none, told of the nearest that there is a way to (-1: there is none at all).
static piste_missed why_no_venue(piste_day *day, const flow_party *p, int32_t kind, int32_t t, int32_t *nearest) {
    double least = HUGE_VAL;
    piste_missed why = PISTE_MISSED_NO_WAY;
    *nearest = -1;
    for (int32_t i = 0; i < day->resort->venues.count; i++) {
        const piste_venue *v = &day->resort->venues.list[i];
        if (v->kind != kind)
            continue;
        const flow_route *route = flow_route_to(day, v->place.index, day->classes[p->class_index].access);
        double there = route ? (double)route->seconds[p->place] : HUGE_VAL;
        if (there < least) {
            least = there;
            *nearest = i;
            why = flow_venue_refusal(day, i, flow_meet_people(day, p, p->visit), t + (int32_t)there);
        }
    }
    return why;
}

// The visit is over, done or not.
static void end_visit(piste_day *day, flow_party *p) {
    flow_plan *plan = flow_plan_of(day, p);
    plan->todo &= ~(1u << p->visit);
    if (plan->booked == p->visit)
        plan->booked = -1;
    p->visit = -1;
    plan->venue = -1;
    p->next_visit_s = flow_party_due(day, p);
}

void flow_party_miss(piste_day *day, uint32_t party, piste_missed why, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    int32_t people = flow_meet_people(day, p, p->visit);
    day->segments[p->segment].visits[p->visit].missed[why] += people;
    flow_budget_of(day, p)->missed += people;
    if (plan->venue >= 0) {
        flow_venue *v = &day->venues[plan->venue];
        v->missed[why] += people;
        if (why == PISTE_MISSED_FULL && day->resort->venues.list[plan->venue].sessions.count)
            flow_bound_touch(day, &v->sold_out, t, people, (int64_t)FLOW_IN_VAIN_S * people);
        else if (why == PISTE_MISSED_FULL)
            flow_bound_note(&v->full, t, people, (int64_t)FLOW_IN_VAIN_S * people);
        else if (why == PISTE_MISSED_QUEUE)
            flow_bound_touch(day, &v->slow, t, people, (int64_t)FLOW_IN_VAIN_S * people);
    }
    flow_tell_why(day, t, PISTE_ACT_MISS, party, people, p->place, -1, plan->venue, why);
    end_visit(day, p);
}

// Setting out for home, the party gives up what it was on its way to during the day, and what fell due before and it
// never came to; not what it has booked.
static void give_up_visits(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    flow_plan *plan = flow_plan_of(day, p);
    const piste_segment *s = segment_of(day, p);
    const int8_t visit = p->visit;
    const int32_t venue = plan->venue;
    for (int32_t i = 0; i < s->visits.count; i++) {
        if (!(plan->todo >> i & 1) || s->visits.list[i].when != PISTE_VISIT_DURING || plan->booked == i ||
            (i != visit && visit_at(s, p, i) > p->leave_s))
            continue;
        if (i != visit)
            day->segments[p->segment].visits[i].wished += flow_meet_people(day, p, i);
        p->visit = (int8_t)i;
        plan->venue = i == visit ? venue : -1;
        flow_party_miss(day, party, PISTE_MISSED_TOO_LATE, t);
    }
    bool goes_on = visit >= 0 && s->visits.list[visit].when != PISTE_VISIT_DURING;
    p->visit = goes_on ? visit : -1;
    plan->venue = goes_on ? venue : -1;
}

static void stay_at_place(piste_day *day, uint32_t party, const piste_visit *v, int32_t t) {
    flow_party *p = &day->parties[party];
    double stay =
        piste_dist_draw(&v->stay, base_uniform(base_draw(base_stream(p->key, DRAW_VISIT_STAY), (uint64_t)p->visit)));
    p->state = FLOW_STAYING;
    p->since_s = t;
    int32_t until = flow_stay_until(day, p, t, t + flow_whole(p, stay));
    flow_tell(day, t, PISTE_ACT_STAY, party, p->size, p->place, -1, -1, until);
    flow_push(day, party, until);
}

// Takes places in the next session that the party can be in time for. False: there is none, or it cannot get there.
static bool book(piste_day *day, flow_party *p, int32_t t, piste_missed *why) {
    flow_plan *plan = flow_plan_of(day, p);
    const flow_route *route =
        flow_route_to(day, day->resort->venues.list[plan->venue].place.index, day->classes[p->class_index].access);
    *why = PISTE_MISSED_NO_WAY;
    if (!route || !(route->seconds[p->place] < FLOW_DAY_MAX))
        return false;
    const piste_venue *about = &day->resort->venues.list[plan->venue];
    int32_t people = flow_meet_people(day, p, p->visit), there = t + (int32_t)route->seconds[p->place];
    int32_t session = flow_venue_session(day, plan->venue, people, there);
    *why = session < 0 ? flow_venue_refusal(day, plan->venue, people, there) : PISTE_MISSED_REFUSED;
    while (session >= 0 && !flow_may(day, t, PISTE_WISH_SESSION, p, people, plan->venue, about->sessions.list[session]))
        session = flow_venue_session(day, plan->venue, people, about->sessions.list[session] + 1);
    if (session < 0)
        return false;
    day->venues[plan->venue].session_taken[session] += people;
    plan->booked = (int16_t)p->visit;
    plan->booked_venue = (int16_t)plan->venue;
    plan->booked_s = about->sessions.list[session];
    p->next_visit_s = flow_party_due(day, p);
    return true;
}

// Whether home could not be reached any more from where the party would go.
static bool is_too_late(piste_day *day, const flow_party *p, int32_t place, int32_t t) {
    const flow_class *c = &day->classes[p->class_index];
    const flow_route *route = flow_route_to(day, place, c->access);
    return route && c->deadline_s[place] >= 0 && (float)t + route->seconds[p->place] > c->deadline_s[place];
}

typedef enum pursuit { UNDER_WAY, POSTPONED, PARTING, MISSED } pursuit;

// Goes on with the visit that the party has in mind: heads for it or begins it where it stands (under way); has booked it and
// does something else until then (postponed); is to part first (parting); or cannot make it (missed, and why).
static pursuit pursue(piste_day *day, uint32_t party, int32_t t, piste_missed *why) {
    flow_party *p = &day->parties[party];
    flow_plan *plan = flow_plan_of(day, p);
    const piste_visit *v = &segment_of(day, p)->visits.list[p->visit];
    int32_t place = v->place.index;
    if (v->place.key == NULL) {
        if (plan->booked == p->visit)
            plan->venue = plan->booked_venue;
        if (plan->venue < 0)
            plan->venue = flow_meet_venue(plan, p->visit);
        if (plan->venue < 0)
            plan->venue = v->venue.key
                              ? v->venue.index
                              : flow_party_quickest_venue(day, p, v->kind, flow_meet_people(day, p, p->visit), t);
        if (plan->venue < 0) {
            *why = why_no_venue(day, p, v->kind, t, &plan->venue);
            return MISSED;
        }
        if (day->resort->venues.list[plan->venue].sessions.count && plan->booked != p->visit) {
            if (!book(day, p, t, why))
                return MISSED;
            if (plan->booked_s - FLOW_LEAD_S > t) {
                p->visit = plan->venue = -1;
                return POSTPONED;
            }
        }
        place = day->resort->venues.list[plan->venue].place.index;
    }
    if (flow_meet_parts(day, p))
        return PARTING;
    *why = PISTE_MISSED_TOO_LATE;
    if (day->patrol && p->place != place && is_too_late(day, p, place, t))
        return MISSED;
    *why = PISTE_MISSED_NO_WAY;
    if (p->place != place)
        return head_for(day, party, place, t) ? UNDER_WAY : MISSED;
    if (flow_meet_waits(day, p, p->visit)) {
        flow_meet_wait(day, party, t);
        return UNDER_WAY;
    }
    if (!v->place.key)
        return flow_venue_enter(day, party, t, why) ? UNDER_WAY : MISSED;
    stay_at_place(day, party, v, t);
    return UNDER_WAY;
}

// ---- deciding -----------------------------------------------------------------------------------------------------------

// With the next of the segment's coaches, where it has any; whoever has missed the last one finds another way home.
static void go_with_coach(piste_day *day, uint32_t party, int32_t t) {
    const flow_party *p = &day->parties[party];
    const piste_segment *s = segment_of(day, p);
    int32_t next = 0;
    while (next < s->departs.count && s->departs.list[next] < t)
        next++;
    if (next < s->departs.count && s->departs.list[next] > t) {
        idle(day, party, t, s->departs.list[next]);
        return;
    }
    if (s->departs.count && next == s->departs.count)
        day->segments[p->segment].left_behind += p->size;
    go_home(day, party, t);
}

static void head_home(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    int32_t home = segment_of(day, p)->leave_at.index;
    if (p->place == home && flow_meet_waits(day, p, -1))
        flow_meet_wait(day, party, t);
    else if (p->place == home)
        go_with_coach(day, party, t);
    else if (!head_for(day, party, home, t))
        assist(day, party, t);
}

void flow_party_decide(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    flow_plan *plan = flow_plan_of(day, p);
    if (p->visit < 0 && !p->leaving && t < p->next_visit_s && t < p->leave_s && p->stamina_m > 0) { // mostly
        ski(day, party, t);
        return;
    }
    is_due_home(day, p, t);
    if (t >= p->leave_s) {
        if (!p->leaving)
            give_up_visits(day, party, t);
        p->leaving = true;
        if (p->visit >= 0 && segment_of(day, p)->visits.list[p->visit].when == PISTE_VISIT_DURING) {
            p->visit = -1; // it is too late for what it was on its way to
            plan->venue = -1;
        }
    }
    for (;;) {
        if (p->visit < 0) {
            p->visit = due_visit(day, p, t);
            if (p->visit < 0)
                break;
            if (plan->booked != p->visit)
                day->segments[p->segment].visits[p->visit].wished += flow_meet_people(day, p, p->visit);
        }
        piste_missed why = PISTE_MISSED_NO_WAY;
        pursuit how = pursue(day, party, t, &why);
        if (how == UNDER_WAY)
            return;
        if (how == PARTING)
            flow_party_decide(day, flow_meet_part(day, party, t), t);
        if (how == MISSED)
            flow_party_miss(day, party, why, t);
    }
    if (p->leaving) {
        head_home(day, party, t);
        return;
    }
    if (p->stamina_m > 0) {
        ski(day, party, t);
        return;
    }
    // Nothing is left but visits: wait for the next one; otherwise it is time to go.
    int32_t until = p->next_visit_s < p->leave_s ? p->next_visit_s : p->leave_s;
    if (p->next_visit_s == INT32_MAX)
        until = p->leave_s == INT32_MAX ? FLOW_DAY_MAX : t;
    if (until > t) {
        idle(day, party, t, until);
        return;
    }
    p->leave_s = t;
    flow_party_decide(day, party, t);
}

static void arrive(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    flow_segment *s = &day->segments[p->segment];
    s->arrived += p->size;
    flow_budget_of(day, p)->arrived_s = t;
    s->parties++;
    day->present += p->size;
    if (day->present > day->present_max) {
        day->present_max = day->present;
        day->present_max_at_s = t;
    }
    int32_t *most = &day->present_over_time[day->bin];
    *most = day->present > *most ? (int32_t)day->present : *most;
    flow_tell(day, t, PISTE_ACT_ARRIVE, party, p->size, p->place, -1, -1, -1);
    if (!flow_may(day, t, PISTE_WISH_DAY, p, p->size, -1, -1)) {
        s->refused += p->size;
        flow_plan_of(day, p)->refused = true;
        flow_plan_of(day, p)->todo = 0;
        p->leave_s = t;
    }
    flow_party_decide(day, party, t);
}

// At the end of a leg: in line, unless something else has come up since, or the lift has closed.
static void end_leg(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    int32_t ride = p->way;
    p->way = -1;
    bool going_somewhere = p->leaving || p->visit >= 0;
    if (ride >= 0 && !going_somewhere && p->leave_s != INT32_MAX &&
        t + expected_wait(day, day->ways[ride].index) > p->leave_s)
        p->leave_s = t; // it would have to leave before it boards
    bool interrupted = !going_somewhere && (p->next_visit_s <= t || p->leave_s <= t || !(p->stamina_m > 0));
    interrupted |= day->patrol && ride >= 0 && !going_somewhere && !is_in_time(day, p, ride, t);
    if (ride >= 0 && !interrupted && flow_line_joinable(day, &day->ways[ride], going_somewhere)) {
        p->way = ride;
        flow_line_join(day, party, t);
        return;
    }
    flow_party_decide(day, party, t);
}

// Off the lift; but where it stood still meanwhile, not yet.
static void get_off(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_way *w = &day->ways[p->way];
    const flow_lift *l = &day->lifts[w->lift];
    int32_t behind = p->clock_due - flow_lift_clock(l, t);
    if (behind > 0) {
        flow_push(day, party, flow_lift_soonest(l, p->clock_due, t));
        flow_spend(day, p, PISTE_SPENT_RIDING, p->due_s - t);
        return;
    }
    p->place = w->to;
    flow_tell(day, t, PISTE_ACT_UNLOAD, party, p->size, p->place, p->way, -1, -1);
    p->way = -1;
    flow_party_decide(day, party, t);
}

void flow_party_after_venue(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    day->segments[p->segment].visits[p->visit].made += p->size;
    flow_tell(day, t, PISTE_ACT_OUT, party, p->size, p->place, -1, plan->venue, -1);
    end_visit(day, p);
    flow_party_decide(day, party, t);
}

void flow_party_act(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    switch ((flow_state)p->state) {
    case FLOW_TO_COME:
        arrive(day, party, t);
        break;
    case FLOW_TRAVELLING:
        end_leg(day, party, t);
        break;
    case FLOW_RIDING:
        get_off(day, party, t);
        break;
    case FLOW_SERVED:
        flow_venue_served(day, party, t);
        break;
    case FLOW_STAYING:
        if (plan->venue >= 0)
            flow_venue_leave(day, party, t);
        else {
            flow_spend(day, p, PISTE_SPENT_IN_VENUES, t - p->since_s);
            day->segments[p->segment].at_s[PISTE_AT_PLACE] += (int64_t)(t - p->since_s) * p->size;
            flow_party_after_venue(day, party, t);
        }
        break;
    case FLOW_IDLE:
        flow_spend(day, p, PISTE_SPENT_IDLE, t - p->since_s);
        flow_party_decide(day, party, t);
        break;
    case FLOW_ASSISTED:
        flow_spend(day, p, PISTE_SPENT_ASSISTED, t - p->since_s);
        go_home(day, party, t);
        break;
    case FLOW_EVACUATED:
        flow_evacuate_set_down(day, party, t);
        break;
    case FLOW_IN_LINE:
    case FLOW_SEATING:
    case FLOW_GONE:
    case FLOW_MEETING:
    case FLOW_TOGETHER:
        break; // never in the wheel
    }
}
