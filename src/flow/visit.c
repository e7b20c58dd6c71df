// visit.c - what a party came for besides skiing: when it falls due, where, a place in a session, and what is missed.
//
// Visits on arrival come first, in order; a visit of the day when its time has come; those on leaving once the party has set
// out for home.
#include <math.h>

#include "flow/flow.h"

// The second when a visit during the day falls due: at once where no time is given.
static int32_t visit_at(const piste_segment *s, const flow_party *p, int32_t visit) {
    if (s->visits.list[visit].at.kind == PISTE_DIST_NONE)
        return 0;
    return (int32_t)piste_dist_draw(&s->visits.list[visit].at,
                                    base_uniform(base_draw(base_stream(p->key, DRAW_VISIT_AT), (uint64_t)visit)));
}

int32_t flow_visit_due(const piste_day *day, const flow_party *p) {
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_segment *s = flow_segment_of(day, p);
    int32_t due = INT32_MAX;
    for (uint32_t left = plan->todo & ~day->segments[p->segment].visits_when[PISTE_VISIT_LEAVING]; left;
         left &= left - 1) {
        int32_t i = __builtin_ctz(left);
        if (plan->booked == i)
            continue;
        int32_t at = s->visits.list[i].when == PISTE_VISIT_ARRIVING ? 0 : visit_at(s, p, i);
        due = at < due ? at : due;
    }
    if (plan->booked >= 0 && plan->booked_s - FLOW_LEAD_S < due)
        due = plan->booked_s - FLOW_LEAD_S;
    return due;
}

static bool is_due(const piste_day *day, const flow_party *p, int32_t visit, int32_t t) {
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_segment *s = flow_segment_of(day, p);
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
    if (!p->leaving && p->next_visit_s > t)
        return -1;
    for (int32_t phase = 0; phase < 3; phase++)
        for (uint32_t left = plan->todo & day->segments[p->segment].visits_when[order[phase]]; left; left &= left - 1)
            if (is_due(day, p, __builtin_ctz(left), t))
                return __builtin_ctz(left);
    return -1;
}

// How long the way to a venue takes as things stand; HUGE_VAL: there is none.
static double seconds_to(piste_day *day, const flow_party *p, const piste_venue *v) {
    const flow_route *route = flow_route_to(day, v->place.index, day->classes[p->class_index].access);
    return route ? (double)route->seconds[p->place] : HUGE_VAL;
}

int32_t flow_visit_quickest_venue(piste_day *day, const flow_party *p, int32_t kind, int32_t people, int32_t t) {
    int32_t best = -1;
    double least = HUGE_VAL;
    for (int32_t i = 0; i < day->resort->venues.count; i++) {
        const piste_venue *v = &day->resort->venues.list[i];
        if (v->kind != kind)
            continue;
        double there = seconds_to(day, p, v);
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
        double there = seconds_to(day, p, v);
        if (there < least) {
            least = there;
            *nearest = i;
            why = flow_venue_refusal(day, i, flow_meet_people(day, p, p->visit), t + (int32_t)there);
        }
    }
    return why;
}

// The visit is over, done or not.
void flow_visit_end(piste_day *day, flow_party *p) {
    flow_plan *plan = flow_plan_of(day, p);
    plan->todo &= ~(1u << p->visit);
    if (plan->booked == p->visit)
        plan->booked = -1;
    p->visit = -1;
    plan->venue = -1;
    p->next_visit_s = flow_visit_due(day, p);
}

void flow_visit_miss(piste_day *day, uint32_t party, piste_missed why, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    int32_t people = flow_meet_people(day, p, p->visit);
    day->segments[p->segment].visits[p->visit].missed[why] += people;
    p->budget.missed += people;
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
    flow_visit_end(day, p);
}

// Setting out for home, the party gives up what it was on its way to during the day, and what fell due before and it
// never came to; not what it has booked.
void flow_visit_give_up(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    flow_plan *plan = flow_plan_of(day, p);
    const piste_segment *s = flow_segment_of(day, p);
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
        flow_visit_miss(day, party, PISTE_MISSED_TOO_LATE, t);
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
    p->next_visit_s = flow_visit_due(day, p);
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
    const piste_visit *v = &flow_segment_of(day, p)->visits.list[p->visit];
    int32_t place = v->place.index;
    if (v->place.key == NULL) {
        if (plan->booked == p->visit)
            plan->venue = plan->booked_venue;
        if (plan->venue < 0)
            plan->venue = flow_meet_venue(plan, p->visit);
        if (plan->venue < 0)
            plan->venue = v->venue.key
                              ? v->venue.index
                              : flow_visit_quickest_venue(day, p, v->kind, flow_meet_people(day, p, p->visit), t);
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
        return flow_party_head_for(day, party, place, t) ? UNDER_WAY : MISSED;
    if (flow_meet_waits(day, p, p->visit)) {
        flow_meet_wait(day, party, t);
        return UNDER_WAY;
    }
    if (!v->place.key)
        return flow_venue_enter(day, party, t, why) ? UNDER_WAY : MISSED;
    stay_at_place(day, party, v, t);
    return UNDER_WAY;
}

bool flow_visit_go(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    for (;;) {
        if (p->visit < 0) {
            p->visit = due_visit(day, p, t);
            if (p->visit < 0)
                return false;
            if (flow_plan_of(day, p)->booked != p->visit)
                day->segments[p->segment].visits[p->visit].wished += flow_meet_people(day, p, p->visit);
        }
        piste_missed why = PISTE_MISSED_NO_WAY;
        pursuit how = pursue(day, party, t, &why);
        if (how == UNDER_WAY)
            return true;
        if (how == PARTING)
            flow_party_decide(day, flow_meet_part(day, party, t), t);
        if (how == MISSED)
            flow_visit_miss(day, party, why, t);
    }
}
