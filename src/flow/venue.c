// venue.c - queues for service, seats, sessions.
//
// A venue has servers (counters, fitters), seats, both or neither. A party joins the queue for service, is served as one (a
// service for each person, one after the other, or one for the party), then waits for seats enough for all of it, stays, and
// goes. First come, first served. Where there are sessions, a party waits for the next one that has room for all of it.
#include <math.h>
#include <string.h>

#include "flow/flow.h"

void flow_venue_reset(piste_day *day) {
    for (int32_t i = 0; i < day->resort->venues.count; i++) {
        flow_venue *v = &day->venues[i];
        v->service = v->seating = (flow_queue){FLOW_NIL, FLOW_NIL, 0};
        v->joining_service = v->joining_seating = FLOW_NIL;
        v->servers_free = day->resort->venues.list[i].servers;
        v->inside = 0;
        v->marked = false;
        memset(v->session_taken, 0, ((size_t)day->resort->venues.list[i].sessions.count + 1) * sizeof *v->session_taken);
        memset(v->wait.counts, 0, FLOW_HIST * sizeof *v->wait.counts);
        v->wait = (flow_hist){.counts = v->wait.counts};
        v->visits = v->missed = 0;
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

static void come_in(piste_day *day, int32_t venue, int32_t people, int32_t t) {
    flow_venue *v = &day->venues[venue];
    int32_t *most = &v->inside_over_time[flow_bin(day, t)];
    v->inside += people;
    v->inside_max = v->inside > v->inside_max ? v->inside : v->inside_max;
    *most = v->inside > *most ? v->inside : *most;
}

static double draw(const flow_party *p, const piste_dist *dist, uint32_t purpose, uint64_t count) {
    return piste_dist_draw(dist, base_uniform(base_draw(base_stream(p->key, purpose), count)));
}

// ---- staying ------------------------------------------------------------------------------------------------------------

static int32_t stay_seconds(piste_day *day, const flow_party *p) {
    const piste_venue *about = &day->resort->venues.list[p->venue];
    const piste_visit *visit = &day->resort->segments.list[p->segment].visits.list[p->visit];
    const piste_dist *stay = visit->stay.kind != PISTE_DIST_NONE ? &visit->stay : &about->stay;
    return stay->kind == PISTE_DIST_NONE ? 0 : flow_whole(day, p, draw(p, stay, DRAW_VISIT_STAY, (uint64_t)p->visit));
}

// From now on they are inside, until `until`.
static void stay_until(piste_day *day, uint32_t party, int32_t t, int32_t until) {
    flow_party *p = &day->parties[party];
    p->state = FLOW_STAYING;
    p->since_s = t;
    flow_tell(day, t, PISTE_ACT_STAY, party, p->size, p->place, -1, p->venue, until);
    flow_push(day, party, until);
}

static void count_entry(piste_day *day, const flow_party *p, int32_t wait_s) {
    flow_venue *v = &day->venues[p->venue];
    v->visits += p->size;
    flow_hist_add(&v->wait, wait_s, p->size);
}

void flow_venue_leave(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    flow_spend(day, p, PISTE_SPENT_IN_VENUES, t - p->since_s);
    day->venues[p->venue].inside -= p->size;
    mark(day, p->venue);
    flow_party_after_venue(day, party, t);
}

// ---- coming -------------------------------------------------------------------------------------------------------------

// The first session from t on with room for so many; -1: none.
static int32_t find_session(const piste_day *day, int32_t venue, int32_t people, int32_t t) {
    const piste_venue *about = &day->resort->venues.list[venue];
    for (int32_t i = 0; i < about->sessions.count; i++)
        if (about->sessions.list[i] >= t && (about->seats == 0 || day->venues[venue].session_taken[i] + people <= about->seats))
            return i;
    return -1;
}

static void enter_session(piste_day *day, uint32_t party, int32_t session, int32_t t) {
    flow_party *p = &day->parties[party];
    int32_t start = day->resort->venues.list[p->venue].sessions.list[session];
    day->venues[p->venue].session_taken[session] += p->size;
    count_entry(day, p, start - t);
    flow_spend(day, p, PISTE_SPENT_QUEUEING, start - t);
    flow_tell(day, t, PISTE_ACT_QUEUE, party, p->size, p->place, -1, p->venue, start);
    come_in(day, p->venue, p->size, t);
    stay_until(day, party, t, start + stay_seconds(day, p));
    p->since_s = start;
}

void flow_venue_enter(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const piste_venue *about = &day->resort->venues.list[p->venue];
    flow_venue *v = &day->venues[p->venue];
    int32_t session = about->sessions.count ? find_session(day, p->venue, p->size, t) : -1;
    bool too_many = about->seats > 0 && p->size > about->seats;
    if (!piste_hours_hold(&about->hours, t) || too_many || (about->sessions.count && session < 0)) {
        flow_party_miss(day, party, t);
        flow_party_decide(day, party, t);
        return;
    }
    if (session >= 0) {
        enter_session(day, party, session, t);
        return;
    }
    p->since_s = t;
    if (about->servers > 0) {
        p->state = FLOW_QUEUEING;
        p->next = v->joining_service;
        v->joining_service = party;
    } else {
        p->state = FLOW_SEATING;
        p->next = v->joining_seating;
        v->joining_seating = party;
    }
    mark(day, p->venue);
    flow_tell(day, t, PISTE_ACT_QUEUE, party, p->size, p->place, -1, p->venue, -1);
}

// ---- queues -------------------------------------------------------------------------------------------------------------

static void append(piste_day *day, flow_queue *queue, uint32_t *joining) {
    int32_t count = flow_sort_joined(day, *joining);
    *joining = FLOW_NIL;
    for (int32_t i = 0; i < count; i++) {
        uint32_t party = day->sorting[i];
        day->parties[party].next = FLOW_NIL;
        if (queue->tail == FLOW_NIL)
            queue->head = party;
        else
            day->parties[queue->tail].next = party;
        queue->tail = party;
        queue->people += day->parties[party].size;
    }
    day->events += count;
}

static uint32_t take_head(piste_day *day, flow_queue *queue) {
    uint32_t party = queue->head;
    queue->head = day->parties[party].next;
    if (queue->head == FLOW_NIL)
        queue->tail = FLOW_NIL;
    queue->people -= day->parties[party].size;
    return party;
}

static void serve(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const piste_venue *about = &day->resort->venues.list[p->venue];
    int32_t services = about->serves_parties ? 1 : p->size;
    double seconds = 0;
    for (int32_t i = 0; i < services; i++)
        seconds += draw(p, &about->service_time, DRAW_SERVICE, (uint64_t)p->visit * PISTE_PARTY_MAX + (uint64_t)i);
    day->venues[p->venue].servers_free--;
    count_entry(day, p, t - p->since_s);
    flow_spend(day, p, PISTE_SPENT_QUEUEING, t - p->since_s);
    come_in(day, p->venue, p->size, t);
    p->state = FLOW_SERVED;
    p->since_s = t;
    int32_t until = t + flow_whole(day, p, seconds);
    flow_push(day, party, until);
    flow_tell(day, t, PISTE_ACT_SERVE, party, p->size, p->place, -1, p->venue, p->due_s);
}

void flow_venue_served(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    const piste_venue *about = &day->resort->venues.list[p->venue];
    flow_venue *v = &day->venues[p->venue];
    flow_spend(day, p, PISTE_SPENT_IN_VENUES, t - p->since_s);
    v->servers_free++;
    v->inside -= p->size;
    mark(day, p->venue);
    p->since_s = t;
    if (about->stay.kind == PISTE_DIST_NONE && day->resort->segments.list[p->segment].visits.list[p->visit].stay.kind == PISTE_DIST_NONE) {
        flow_party_after_venue(day, party, t);
        return;
    }
    p->state = FLOW_SEATING;
    p->next = v->joining_seating;
    v->joining_seating = party;
}

static void seat(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    if (day->resort->venues.list[p->venue].servers == 0)
        count_entry(day, p, t - p->since_s);
    flow_spend(day, p, PISTE_SPENT_QUEUEING, t - p->since_s);
    come_in(day, p->venue, p->size, t);
    stay_until(day, party, t, t + stay_seconds(day, p));
}

void flow_venue_settle(piste_day *day, int32_t index, int32_t t) {
    const piste_venue *about = &day->resort->venues.list[index];
    flow_venue *v = &day->venues[index];
    append(day, &v->service, &v->joining_service);
    append(day, &v->seating, &v->joining_seating);
    while (v->service.head != FLOW_NIL && v->servers_free > 0)
        serve(day, take_head(day, &v->service), t);
    while (v->seating.head != FLOW_NIL && (about->seats == 0 || v->inside + day->parties[v->seating.head].size <= about->seats))
        seat(day, take_head(day, &v->seating), t);
    int32_t waiting = v->service.people + v->seating.people;
    v->queue_max = waiting > v->queue_max ? waiting : v->queue_max;
}

double flow_venue_wait(const piste_day *day, int32_t index, int32_t t) {
    const piste_venue *about = &day->resort->venues.list[index];
    const flow_venue *v = &day->venues[index];
    if (!piste_hours_hold(&about->hours, t))
        return HUGE_VAL;
    if (about->sessions.count) {
        int32_t session = find_session(day, index, 1, t);
        return session < 0 ? HUGE_VAL : about->sessions.list[session] - t;
    }
    double wait = about->servers > 0 ? day->venue_service_s[index] * v->service.people / about->servers : 0;
    if (about->seats > 0 && v->inside + v->seating.people >= about->seats)
        wait += day->venue_stay_s[index] * (1.0 + v->seating.people) / about->seats;
    return wait;
}
