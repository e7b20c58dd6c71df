// party.c - what a party does next: visits that are due, skiing for pleasure, the way home.
//
// A party decides where it stands, takes a leg (the sections up to the next boarding, venue or exit, with one event at its end)
// and decides again. What it came for besides skiing is in visit.c.
#include "flow/flow.h"

enum { IDLE_S = 300, ASSIST_S = 1800 };

// ---- ending -------------------------------------------------------------------------------------------------------------

static void go_home(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    if (flow_plan_of(day, p)->booked >= 0) { // what it has booked begins too late for it
        p->visit = (int8_t)flow_plan_of(day, p)->booked;
        flow_plan_of(day, p)->venue = flow_plan_of(day, p)->booked_venue;
        flow_visit_miss(day, party, PISTE_MISSED_TOO_LATE, t);
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
    p->place = flow_segment_of(day, p)->leave_at.index;
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

// At the last moment from which home can be reached a party sets out.
static bool is_due_home(const piste_day *day, flow_party *p, int32_t t) {
    int32_t by = flow_home_by(day, p);
    if (t < by || by < 0 || t >= p->leave_s || p->leave_s == INT32_MAX)
        return false;
    p->leave_s = t;
    return true;
}

// For pleasure, as far as something can be done here now.
static inline void ski(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_class *c = flow_choose_class(day, p, t);
    if (t >= day->first_deadline_s && is_due_home(day, p, t)) {
        flow_party_decide(day, party, t);
        return;
    }
    if (flow_leg_ski(day, party, c, t))
        return;
    // Once no lift can be joined any more today, skiing is over.
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
bool flow_party_head_for(piste_day *day, uint32_t party, int32_t target, int32_t t) {
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

// ---- deciding -----------------------------------------------------------------------------------------------------------

// With the next of the segment's coaches, where it has any; whoever has missed the last one finds another way home.
static void go_with_coach(piste_day *day, uint32_t party, int32_t t) {
    const flow_party *p = &day->parties[party];
    const piste_segment *s = flow_segment_of(day, p);
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
    int32_t home = flow_segment_of(day, p)->leave_at.index;
    if (p->place == home && flow_meet_waits(day, p, -1))
        flow_meet_wait(day, party, t);
    else if (p->place == home)
        go_with_coach(day, party, t);
    else if (!flow_party_head_for(day, party, home, t))
        assist(day, party, t);
}

// Nothing but skiing: mostly.
static inline bool is_free(const flow_party *p, int32_t t) {
    return p->visit < 0 && !p->leaving && t < p->next_visit_s && t < p->leave_s && p->stamina_m > 0;
}

void flow_party_decide(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    flow_plan *plan = flow_plan_of(day, p);
    if (is_free(p, t)) {
        ski(day, party, t);
        return;
    }
    is_due_home(day, p, t);
    if (t >= p->leave_s) {
        if (!p->leaving)
            flow_visit_give_up(day, party, t);
        p->leaving = true;
        if (p->visit >= 0 && flow_segment_of(day, p)->visits.list[p->visit].when == PISTE_VISIT_DURING) {
            p->visit = -1; // it is too late for what it was on its way to
            plan->venue = -1;
        }
    }
    if (flow_visit_go(day, party, t))
        return;
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
    p->budget.arrived_s = t;
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
    const flow_way *ride = p->way >= 0 ? &day->ways[p->way] : NULL;
    bool going_somewhere = p->leaving || p->visit >= 0;
    if (ride && !going_somewhere && p->leave_s != INT32_MAX && t + flow_line_expected(day, ride->index) > p->leave_s)
        p->leave_s = t; // it would have to leave before it boards
    bool goes_on = ride && (going_somewhere || is_free(p, t)) && flow_line_joinable(day, ride, going_somewhere);
    if (goes_on && day->patrol && !going_somewhere)
        goes_on = flow_leg_in_time(day, p, p->way, t);
    if (goes_on) {
        flow_line_join(day, party, ride->index, t);
        return;
    }
    p->way = -1;
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
        flow_spend(p, PISTE_SPENT_RIDING, p->due_s - t);
        return;
    }
    p->place = w->to;
    flow_tell(day, t, PISTE_ACT_UNLOAD, party, p->size, p->place, p->way, -1, -1);
    p->way = -1;
    if (is_free(p, t))
        ski(day, party, t);
    else
        flow_party_decide(day, party, t);
}

void flow_party_after_venue(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    day->segments[p->segment].visits[p->visit].made += p->size;
    flow_tell(day, t, PISTE_ACT_OUT, party, p->size, p->place, -1, plan->venue, -1);
    flow_visit_end(day, p);
    flow_party_decide(day, party, t);
}

static void act_otherwise(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    switch ((flow_state)p->state) {
    case FLOW_TO_COME:
        arrive(day, party, t);
        break;
    case FLOW_SERVED:
        flow_venue_served(day, party, t);
        break;
    case FLOW_STAYING:
        if (plan->venue >= 0)
            flow_venue_leave(day, party, t);
        else {
            flow_spend(p, PISTE_SPENT_IN_VENUES, t - p->since_s);
            day->segments[p->segment].at_s[PISTE_AT_PLACE] += (int64_t)(t - p->since_s) * p->size;
            flow_party_after_venue(day, party, t);
        }
        break;
    case FLOW_IDLE:
        flow_spend(p, PISTE_SPENT_IDLE, t - p->since_s);
        flow_party_decide(day, party, t);
        break;
    case FLOW_ASSISTED:
        flow_spend(p, PISTE_SPENT_ASSISTED, t - p->since_s);
        go_home(day, party, t);
        break;
    case FLOW_EVACUATED:
        flow_evacuate_set_down(day, party, t);
        break;
    case FLOW_TRAVELLING:
    case FLOW_RIDING:
        break; // below
    case FLOW_IN_LINE:
    case FLOW_SEATING:
    case FLOW_GONE:
    case FLOW_MEETING:
    case FLOW_TOGETHER:
        break; // never in the wheel
    }
}

void flow_parties_act(piste_day *day, int32_t t) {
    uint32_t party = day->wheel[t & (FLOW_WHEEL - 1)], soon = day->wheel[(t + 1) & (FLOW_WHEEL - 1)];
    day->wheel[t & (FLOW_WHEEL - 1)] = FLOW_NIL;
    for (uint32_t next; party != FLOW_NIL; party = next) {
        const flow_party *p = &day->parties[party];
        next = day->next[party];
        if (soon != FLOW_NIL)
            soon = flow_fetch(day, soon); // those of the next second, while those of this one act
        if (next != FLOW_NIL)
            __builtin_prefetch(&day->guests[day->parties[next].first_guest]);
        day->events++;
        if (p->state == FLOW_RIDING)
            get_off(day, party, t);
        else if (p->state == FLOW_TRAVELLING)
            end_leg(day, party, t);
        else
            act_otherwise(day, party, t);
    }
    while (soon != FLOW_NIL)
        soon = flow_fetch(day, soon);
}
