// venue.c - queues for service, seats, sessions.
//
// A venue has servers (counters, fitters), seats, both or neither. People join the queue for service and are served in order,
// each by the server who is free first (or the party as one); their party then waits for seats enough for all of it, stays, and
// goes. Since service is first come, first served and nobody overtakes, everyone's turn is known on joining: it is worked out
// then, and nothing happens until the party's last one has been served. Where there are sessions, a party takes places in the
// next one with room for all of it.
#include <math.h>
#include <string.h>

#include "flow/flow.h"

void flow_venue_reset(piste_day *day) {
    for (int32_t i = 0; i < day->resort->venues.count; i++) {
        flow_venue *v = &day->venues[i];
        const piste_venue *about = &day->resort->venues.list[i];
        v->seating = (flow_queue){FLOW_NIL, FLOW_NIL, 0};
        v->joining_service = v->joining_seating = FLOW_NIL;
        for (int32_t k = 0; k < about->servers; k++)
            v->free_at[k] = 0;
        v->first_start = v->next_start = 0;
        v->inside = v->seated = 0;
        v->marked = false;
        memset(v->session_taken, 0, ((size_t)about->sessions.count + 1) * sizeof *v->session_taken);
        flow_hist_clear(&v->wait);
        v->visits = 0;
        memset(v->missed, 0, sizeof v->missed);
        flow_bound_begin(day, &v->slow);
        flow_bound_begin(day, &v->full);
        flow_bound_begin(day, &v->sold_out);
        v->full_since_s = INT32_MAX;
        v->queue_max = v->inside_max = 0;
        memset(v->inside_over_time, 0, (size_t)day->bin_capacity * sizeof *v->inside_over_time);
    }
}

static void mark(piste_day *day, int32_t venue) {
    if (!day->venues[venue].marked) {
        day->venues[venue].marked = true;
        day->marked_venues[day->marked_count++] = venue;
    }
}

static void come_in(piste_day *day, int32_t venue, int32_t people) {
    flow_venue *v = &day->venues[venue];
    int32_t *most = &v->inside_over_time[day->bin];
    v->inside += people;
    v->inside_max = v->inside > v->inside_max ? v->inside : v->inside_max;
    *most = v->inside > *most ? v->inside : *most;
}

// ---- staying ------------------------------------------------------------------------------------------------------------

static int32_t stay_seconds(piste_day *day, const flow_party *p) {
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_venue *about = &day->resort->venues.list[plan->venue];
    const piste_visit *visit = &day->resort->segments.list[p->segment].visits.list[p->visit];
    const piste_dist *stay = visit->stay.kind != PISTE_DIST_NONE ? &visit->stay : &about->stay;
    return stay->kind == PISTE_DIST_NONE ? 0
                                         : flow_whole(p, flow_draw(stay, p->key, DRAW_VISIT_STAY, (uint64_t)p->visit));
}

// Time at the venue that the party is at, in its own budget and by the venue's kind.
static void spend_here(piste_day *day, flow_party *p, piste_spent what, int32_t seconds) {
    flow_segment *s = &day->segments[p->segment];
    int32_t kind = day->resort->venues.list[flow_plan_of(day, p)->venue].kind;
    flow_spend(p, what, seconds);
    (what == PISTE_SPENT_QUEUEING ? s->queued_at_s : s->at_s)[kind] += (int64_t)seconds * p->size;
}

static void count_wait(const piste_day *day, flow_venue *v, int32_t wait_s, int32_t people, int32_t t) {
    flow_hist_add(&v->wait, wait_s, people);
    if (wait_s > FLOW_LONG_QUEUE_S)
        flow_bound_touch(day, &v->slow, t, people, (int64_t)(wait_s - FLOW_LONG_QUEUE_S) * people);
}

// From now on they are inside, until `until`.
static void stay_until(piste_day *day, uint32_t party, int32_t t, int32_t until) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    until = flow_stay_until(day, p, t, until);
    p->state = FLOW_STAYING;
    p->since_s = t;
    flow_tell(day, t, PISTE_ACT_STAY, party, p->size, p->place, -1, plan->venue, until);
    flow_push(day, party, until);
}

static void count_entry(piste_day *day, flow_party *p, int32_t wait_s, int32_t t) {
    const flow_plan *plan = flow_plan_of(day, p);
    flow_venue *v = &day->venues[plan->venue];
    v->visits += p->size;
    count_wait(day, v, wait_s, p->size, t);
}

static void come_out(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    day->venues[plan->venue].inside -= p->size;
    flow_party_after_venue(day, party, t);
}

void flow_venue_leave(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    if (t > p->since_s) // a session's people who come too late to see its beginning still see its end
        spend_here(day, p, PISTE_SPENT_IN_VENUES, t - p->since_s);
    day->venues[plan->venue].seated -= p->size;
    mark(day, plan->venue);
    come_out(day, party, t);
}

// ---- coming -------------------------------------------------------------------------------------------------------------

// When the venue lets people in next, t itself where it is open; INT32_MAX: not again today.
static int32_t opening(const piste_venue *about, int32_t t) {
    if (piste_hours_hold(&about->hours, t))
        return t;
    for (int32_t i = 0; i < about->hours.count; i++)
        if (about->hours.spans[i].from_s > t)
            return about->hours.spans[i].from_s;
    return INT32_MAX;
}

int32_t flow_venue_session(const piste_day *day, int32_t venue, int32_t people, int32_t t) {
    const piste_venue *about = &day->resort->venues.list[venue];
    for (int32_t i = 0; i < about->sessions.count; i++)
        if (about->sessions.list[i] >= t &&
            (about->seats == 0 || day->venues[venue].session_taken[i] + people <= about->seats))
            return i;
    return -1;
}

// The party has its places; it waits for the beginning where it has come early.
static void enter_session(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    int32_t start = plan->booked_s > t ? plan->booked_s : t, end = plan->booked_s + stay_seconds(day, p);
    count_entry(day, p, start - t, t);
    spend_here(day, p, PISTE_SPENT_QUEUEING, start - t);
    come_in(day, plan->venue, p->size);
    day->venues[plan->venue].seated += p->size;
    stay_until(day, party, t, end > t ? end : t + 1);
    p->since_s = start;
}

static void join_seating(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    flow_venue *v = &day->venues[plan->venue];
    p->state = FLOW_SEATING;
    p->since_s = t;
    day->next[party] = v->joining_seating;
    v->joining_seating = party;
    mark(day, plan->venue);
}

bool flow_venue_enter(piste_day *day, uint32_t party, int32_t t, piste_missed *why) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_venue *about = &day->resort->venues.list[plan->venue];
    flow_venue *v = &day->venues[plan->venue];
    if (about->sessions.count) {
        enter_session(day, party, t);
        return true;
    }
    *why = PISTE_MISSED_REFUSED;
    if (!flow_may(day, t, PISTE_WISH_VENUE, p, p->size, plan->venue, -1))
        return false;
    *why = flow_venue_refusal(day, plan->venue, p->size, t);
    int32_t opens = opening(about, t);
    int32_t by = day->patrol ? flow_home_by(day, p) : INT32_MAX;
    if (by >= 0 && by < INT32_MAX && (opens > by || flow_venue_wait(day, plan->venue, p->size, t) > by - t)) {
        *why = PISTE_MISSED_TOO_LATE;
        return false;
    }
    if (opens > t && opens <= t + FLOW_PATIENCE_S) { // they wait at the door
        p->state = FLOW_IDLE;
        p->since_s = t;
        flow_push(day, party, opens);
        return true;
    }
    if (opens > t || flow_venue_wait(day, plan->venue, p->size, t) > FLOW_PATIENCE_S)
        return false;
    flow_tell(day, t, PISTE_ACT_QUEUE, party, p->size, p->place, -1, plan->venue, -1);
    come_in(day, plan->venue, p->size);
    if (about->servers == 0) {
        join_seating(day, party, t);
        return true;
    }
    p->state = FLOW_SERVED;
    p->since_s = t;
    day->next[party] = v->joining_service;
    v->joining_service = party;
    mark(day, plan->venue);
    return true;
}

// ---- service ------------------------------------------------------------------------------------------------------------

// The server who is free first takes the next one, until `end`.
static void occupy_server(flow_venue *v, int32_t servers, int32_t end) {
    int32_t i = 0;
    for (int32_t child; (child = 2 * i + 1) < servers; i = child) {
        if (child + 1 < servers && v->free_at[child + 1] < v->free_at[child])
            child++;
        if (v->free_at[child] >= end)
            break;
        v->free_at[i] = v->free_at[child];
    }
    v->free_at[i] = end;
}

static int32_t waiting_for_service(flow_venue *v, int32_t t) {
    while (v->first_start < v->next_start && v->starts[v->first_start & v->starts_mask] <= t)
        v->first_start++;
    return (int32_t)(v->next_start - v->first_start);
}

// Works out when each person of the party (or the party as one) is served.
static void serve(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_venue *about = &day->resort->venues.list[plan->venue];
    flow_venue *v = &day->venues[plan->venue];
    int32_t services = about->serves_parties ? 1 : p->size, people = about->serves_parties ? p->size : 1, last = t,
            first = INT32_MAX;
    for (int32_t i = 0; i < services; i++) {
        uint64_t count = (uint64_t)p->visit * PISTE_PARTY_MAX + (uint64_t)i;
        double seconds = flow_draw(&about->service_time, p->key, DRAW_SERVICE, count);
        int32_t start = v->free_at[0] > t ? v->free_at[0] : t;
        int32_t end =
            start + (int32_t)(seconds + base_uniform(base_draw(base_stream(p->key, DRAW_SERVICE_ROUND), count)));
        occupy_server(v, about->servers, end);
        count_wait(day, v, start - t, people, t);
        first = start < first ? start : first;
        last = end > last ? end : last;
        if (v->next_start - v->first_start <= v->starts_mask)
            for (int32_t k = 0; k < people && v->next_start - v->first_start <= v->starts_mask; k++)
                v->starts[v->next_start++ & v->starts_mask] = start;
    }
    v->visits += p->size;
    int32_t queue = waiting_for_service(v, t);
    v->queue_max = queue > v->queue_max ? queue : v->queue_max;
    spend_here(day, p, PISTE_SPENT_QUEUEING, first - t);
    p->since_s = first;
    flow_push(day, party, last);
    flow_tell(day, t, PISTE_ACT_SERVE, party, p->size, p->place, -1, plan->venue, p->due_s);
}

void flow_venue_served(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    const piste_venue *about = &day->resort->venues.list[plan->venue];
    if (t > p->since_s)
        spend_here(day, p, PISTE_SPENT_IN_VENUES, t - p->since_s);
    bool stays = about->stay.kind != PISTE_DIST_NONE ||
                 day->resort->segments.list[p->segment].visits.list[p->visit].stay.kind != PISTE_DIST_NONE;
    if (stays)
        join_seating(day, party, t);
    else
        come_out(day, party, t);
}

// ---- seats --------------------------------------------------------------------------------------------------------------

static void append_seating(piste_day *day, flow_venue *v) {
    int32_t count = flow_sort_joined(day, v->joining_seating);
    v->joining_seating = FLOW_NIL;
    for (int32_t i = 0; i < count; i++) {
        uint32_t party = day->sorting[i];
        day->next[party] = FLOW_NIL;
        if (v->seating.tail == FLOW_NIL)
            v->seating.head = party;
        else
            day->next[v->seating.tail] = party;
        v->seating.tail = party;
        v->seating.people += day->parties[party].size;
    }
    day->events += count;
}

static void seat_head(piste_day *day, flow_venue *v, int32_t t) {
    uint32_t party = v->seating.head;
    flow_party *p = &day->parties[party];
    const flow_plan *plan = flow_plan_of(day, p);
    v->seating.head = day->next[party];
    if (v->seating.head == FLOW_NIL)
        v->seating.tail = FLOW_NIL;
    v->seating.people -= p->size;
    v->seated += p->size;
    if (day->resort->venues.list[plan->venue].servers == 0)
        count_entry(day, p, t - p->since_s, t);
    if (t > p->since_s)
        flow_bound_note(&v->full, p->since_s, p->size, (int64_t)(t - p->since_s) * p->size);
    spend_here(day, p, PISTE_SPENT_QUEUEING, t - p->since_s);
    stay_until(day, party, t, t + stay_seconds(day, p));
}

void flow_venue_settle(piste_day *day, int32_t index, int32_t t) {
    const piste_venue *about = &day->resort->venues.list[index];
    flow_venue *v = &day->venues[index];
    int32_t count = flow_sort_joined(day, v->joining_service);
    v->joining_service = FLOW_NIL;
    for (int32_t i = 0; i < count; i++)
        serve(day, day->sorting[i], t);
    day->events += count;
    append_seating(day, v);
    while (v->seating.head != FLOW_NIL &&
           (about->seats == 0 || v->seated + day->parties[v->seating.head].size <= about->seats))
        seat_head(day, v, t);
    if (v->seating.head == FLOW_NIL && v->full_since_s != INT32_MAX) {
        flow_bound_span(day, &v->full, v->full_since_s, t);
        v->full_since_s = INT32_MAX;
    } else if (v->seating.head != FLOW_NIL && v->full_since_s == INT32_MAX)
        v->full_since_s = t;
    int32_t waiting = waiting_for_service(v, t) + v->seating.people;
    v->queue_max = waiting > v->queue_max ? waiting : v->queue_max;
}

// Why so many people who come at t do not get in.
piste_missed flow_venue_refusal(const piste_day *day, int32_t index, int32_t people, int32_t t) {
    const piste_venue *about = &day->resort->venues.list[index];
    int32_t opens = opening(about, t);
    if (opens == INT32_MAX)
        return PISTE_MISSED_CLOSED;
    if (about->sessions.count) {
        for (int32_t i = 0; i < about->sessions.count; i++)
            if (about->sessions.list[i] >= t)
                return PISTE_MISSED_FULL;
        return PISTE_MISSED_TOO_LATE;
    }
    if (about->seats > 0 && people > about->seats)
        return PISTE_MISSED_FULL;
    return opens > t + FLOW_PATIENCE_S ? PISTE_MISSED_CLOSED : PISTE_MISSED_QUEUE;
}

// How long until the first of so many people is served or seated, as it looks at t (which may be a little ahead of now).
double flow_venue_wait(const piste_day *day, int32_t index, int32_t people, int32_t t) {
    const piste_venue *about = &day->resort->venues.list[index];
    const flow_venue *v = &day->venues[index];
    int32_t opens = opening(about, t);
    if (opens == INT32_MAX || (about->seats > 0 && people > about->seats))
        return HUGE_VAL;
    if (about->sessions.count) {
        int32_t session = flow_venue_session(day, index, people, opens);
        return session < 0 ? HUGE_VAL : about->sessions.list[session] - t;
    }
    double wait = opens - t;
    if (about->servers > 0 && v->free_at[0] > t + wait)
        wait = v->free_at[0] - t;
    if (about->seats > 0 && v->seated + v->seating.people + people > about->seats)
        wait +=
            day->venue_stay_s[index] * (double)(v->seated + v->seating.people + people - about->seats) / about->seats;
    return wait;
}
