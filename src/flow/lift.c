// lift.c - lines in front of lifts, carriers that leave with whole parties, and stops.
//
// A lift has a clock that stands still in a stop. Carrier k passes a station at floor(k * interval) + offset on that clock,
// whether or not anyone waits: only carriers that someone waits for are events. Seats that nobody fills leave empty.
#include <string.h>

#include "flow/flow.h"

void flow_lift_reset(piste_day *day) {
    for (int32_t i = 0; i < day->resort->lifts.count; i++) {
        flow_lift *l = &day->lifts[i];
        l->joinable = l->open = l->broken = l->held = l->stopped = false;
        l->stood_s = l->stop_since_s = l->restart_s = 0;
        l->next_stop_s = INT32_MAX;
        l->boardings = l->misload_count = 0;
        for (int32_t k = 0; k < day->resort->lifts.list[i].stops.count; k++) {
            l->stop_clock[k] = -1;
            l->stop_count[k] = 0;
        }
        if (l->through_mask)
            for (int64_t k = 0; k < (int64_t)l->station_count * (l->through_mask + 1) * 2; k++)
                l->through_carrier[k] = INT64_MIN;
        memset(l->wait.counts, 0, FLOW_HIST * sizeof *l->wait.counts);
        l->wait = (flow_hist){.counts = l->wait.counts};
        l->rides_down = l->seats_offered = l->stopped_s = 0;
        memset(l->turned_away, 0, sizeof l->turned_away);
        l->people = l->queue_max = l->stops = 0;
        memset(l->queue, 0, (size_t)day->bin_capacity * sizeof *l->queue);
        memset(l->boarded, 0, (size_t)day->bin_capacity * sizeof *l->boarded);
        memset(l->wait_sum, 0, (size_t)day->bin_capacity * sizeof *l->wait_sum);
    }
    for (int32_t i = 0; i < day->line_count; i++) {
        flow_line *line = &day->lines[i];
        for (int32_t k = 0; k < line->lane_count; k++) {
            line->lanes[k].head = line->lanes[k].tail = FLOW_NIL;
            line->lanes[k].people = 0;
        }
        line->people = 0;
        line->joining = FLOW_NIL;
        line->due_s = -1;
    }
}

// ---- joining ------------------------------------------------------------------------------------------------------------

void flow_line_join(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    int32_t line = day->ways[p->way].index;
    p->state = FLOW_IN_LINE;
    p->since_s = t;
    p->left = p->size;
    p->next = day->lines[line].joining;
    day->lines[line].joining = party;
    day->joined[line >> 6] |= 1ull << (line & 63);
}

static bool lane_is_kept(const piste_day *day, const flow_line *line, const flow_lane *lane, int32_t t) {
    if (lane->reservation < 0)
        return false;
    return piste_hours_hold(&day->resort->lifts.list[line->lift].reserved.list[lane->reservation].hours, t);
}

// The shortest lane that the party may use; a lane kept for its own segment comes first, and people alone take the singles
// line where it is no longer than the others.
static int32_t pick_lane(const piste_day *day, const flow_line *line, const flow_party *p, int32_t t) {
    int32_t best = -1;
    for (int32_t k = 0; k < line->lane_count; k++) {
        const flow_lane *lane = &line->lanes[k];
        if (k == line->singles && p->size > 1)
            continue;
        if (lane_is_kept(day, line, lane, t)) {
            if (lane->segment == p->segment)
                return k;
            continue;
        }
        if (best < 0 || lane->people < line->lanes[best].people ||
            (k == line->singles && lane->people == line->lanes[best].people))
            best = k;
    }
    return best < 0 ? 0 : best; // every lane is kept for someone: the first one takes all
}

void flow_line_settle(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    flow_lift *l = &day->lifts[line->lift];
    int32_t count = flow_sort_joined(day, line->joining), bin = day->bin;
    line->joining = FLOW_NIL;
    for (int32_t i = 0; i < count; i++) {
        flow_party *p = &day->parties[day->sorting[i]];
        int32_t k = line->lane_count > 1 ? pick_lane(day, line, p, t) : 0;
        flow_lane *lane = &line->lanes[k];
        p->lane = (uint8_t)k;
        p->next = FLOW_NIL;
        if (lane->tail == FLOW_NIL)
            lane->head = day->sorting[i];
        else
            day->parties[lane->tail].next = day->sorting[i];
        lane->tail = day->sorting[i];
        lane->people += p->size;
        line->people += p->size;
        l->people += p->size;
        flow_tell(day, t, PISTE_ACT_JOIN, day->sorting[i], p->size, line->place, p->way, -1, -1);
    }
    day->events += count;
    if (l->people > l->queue_max)
        l->queue_max = l->people;
    if (l->people > l->queue[bin])
        l->queue[bin] = l->people;
    if (line->due_s < 0 && l->open && !l->stopped)
        flow_line_schedule(day, index, t, flow_lift_clock(l, t));
}

// ---- carriers -----------------------------------------------------------------------------------------------------------

static void set_timer(piste_day *day, int32_t line, int32_t second) {
    day->lines[line].due_s = second;
    day->timers[(size_t)(second & (FLOW_TIMER - 1)) * (size_t)day->line_words + (size_t)(line >> 6)] |= 1ull
                                                                                                        << (line & 63);
}

void flow_line_schedule(piste_day *day, int32_t index, int32_t t, int32_t after) {
    flow_line *line = &day->lines[index];
    const flow_lift *l = &day->lifts[line->lift];
    piste_ratio interval = day->resort->lifts.list[line->lift].interval_s;
    line->due_carrier = base_ratio_ceil_divide((int64_t)after + 1 - line->offset_s, interval);
    int64_t clock = base_ratio_floor_times(interval, line->due_carrier) + line->offset_s;
    set_timer(day, index, t + (int32_t)(clock - flow_lift_clock(l, t)));
}

// The carrier behind the one that leaves now.
static void schedule_next(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    piste_ratio interval = day->resort->lifts.list[line->lift].interval_s;
    line->due_carrier++;
    int64_t clock =
        interval.den == 1 ? interval.num * line->due_carrier : base_ratio_floor_times(interval, line->due_carrier);
    set_timer(day, index, t + (int32_t)(clock + line->offset_s - flow_lift_clock(&day->lifts[line->lift], t)));
}

// Seats of carrier k that are taken by people who pass this station.
static uint16_t *through(flow_lift *l, const flow_line *line, int32_t station, int64_t carrier, bool write) {
    if (!l->through_mask)
        return NULL;
    size_t slot = (((size_t)line->down * (size_t)l->station_count + (size_t)station) * (size_t)(l->through_mask + 1)) +
                  (size_t)(carrier & l->through_mask);
    if (l->through_carrier[slot] != carrier) {
        if (!write)
            return NULL;
        l->through_carrier[slot] = carrier;
        l->through_people[slot] = 0;
    }
    return &l->through_people[slot];
}

// The loader takes the largest party that fits from the heads of the lanes; the one that came first of equal ones. The singles
// line comes last. A party larger than a whole carrier fills empty ones until the rest of it fits.
static int32_t pick_head(const piste_day *day, const flow_line *line, int32_t free_seats, int32_t seats) {
    int32_t best = -1, most = 0, since = 0;
    if (line->lane_count == 1) {
        if (line->lanes[0].head == FLOW_NIL || free_seats == 0)
            return -1;
        int32_t left = day->parties[line->lanes[0].head].left;
        return left <= free_seats || (left > seats && free_seats == seats) ? 0 : -1;
    }
    for (int32_t k = 0; k < line->lane_count; k++) {
        if (k == line->singles || line->lanes[k].head == FLOW_NIL)
            continue;
        const flow_party *p = &day->parties[line->lanes[k].head];
        int32_t wanted = p->left > seats && free_seats == seats ? seats : p->left;
        if (wanted <= free_seats && (wanted > most || (wanted == most && p->since_s < since))) {
            best = k;
            most = wanted;
            since = p->since_s;
        }
    }
    if (best < 0 && line->singles >= 0 && line->lanes[line->singles].head != FLOW_NIL && free_seats > 0)
        best = line->singles;
    return best;
}

static void count_boarding(piste_day *day, const flow_line *line, flow_lift *l, const flow_party *p, int32_t people,
                           int32_t t) {
    int32_t wait = t - p->since_s, bin = day->bin;
    flow_hist_add(&l->wait, wait, people);
    flow_hist_add(&day->segments[p->segment].wait, wait, people);
    flow_budget *budget = flow_budget_of(day, p);
    budget->spent_s[PISTE_SPENT_WAITING] += (uint32_t)(wait * people);
    budget->rides += (uint32_t)people;
    if (budget->longest_wait_s < (uint32_t)wait)
        budget->longest_wait_s = (uint32_t)wait;
    l->boarded[bin] += people;
    l->wait_sum[bin] += (int64_t)wait * people;
    if (line->down)
        l->rides_down += people;
}

// Whether the boarding of these people goes wrong; then the lift stops when this second is over.
static bool misloads(piste_day *day, int32_t lift, const flow_party *p, int32_t people) {
    flow_lift *l = &day->lifts[lift];
    bool wrong = false;
    uint64_t stream = base_stream(l->key ^ base_mix(day->def.seed), DRAW_MISLOAD);
    for (int32_t i = 0; i < people; i++) {
        const flow_guest *g = &day->guests[p->first_guest + (uint32_t)(p->size - p->left + i)];
        double chance = day->resort->lifts.list[lift].misload[g->ability];
        wrong |= base_uniform(base_draw(stream, l->boardings++)) < chance;
    }
    return wrong;
}

// Takes `people` of the party at the head of a lane on board of the carrier.
static bool board(piste_day *day, flow_line *line, int32_t lane_index, int32_t people, int64_t carrier, int32_t t) {
    flow_lane *lane = &line->lanes[lane_index];
    flow_lift *l = &day->lifts[line->lift];
    uint32_t party = lane->head;
    flow_party *p = &day->parties[party];
    const flow_way *way = &day->ways[p->way];
    bool wrong = l->misloads && misloads(day, line->lift, p, people);
    count_boarding(day, line, l, p, people, t);
    flow_tell(day, t, PISTE_ACT_BOARD, party, people, line->place, p->way, -1, -1);
    int32_t step = line->down ? -1 : 1;
    for (int32_t s = line->station + step; l->through_mask && s != way->station; s += step)
        *through(l, line, s, carrier, true) = (uint16_t)(*through(l, line, s, carrier, true) + people);
    lane->people -= people;
    line->people -= people;
    l->people -= people;
    // Those of a split party who board now ride; the whole party is off the lift when its last carrier is.
    flow_budget_of(day, p)->spent_s[PISTE_SPENT_RIDING] += (uint32_t)((int32_t)way->duration_s * people);
    if (p->left < p->size) // they wait at the top for these
        flow_budget_of(day, p)->spent_s[PISTE_SPENT_IDLE] +=
            (uint32_t)(t - p->clock_due) * (uint32_t)(p->size - p->left);
    p->left = (uint16_t)(p->left - people);
    if (p->left > 0) {
        p->clock_due = t; // while some are still in line: when the last of the others boarded
        return wrong;
    }
    lane->head = p->next;
    if (lane->head == FLOW_NIL)
        lane->tail = FLOW_NIL;
    p->state = FLOW_RIDING;
    p->since_s = t;
    p->clock_due = flow_lift_clock(l, t) + (int32_t)way->duration_s;
    flow_push(day, party, t + (int32_t)way->duration_s);
    return wrong;
}

void flow_line_dispatch(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    flow_lift *l = &day->lifts[line->lift];
    const piste_lift *about = &day->resort->lifts.list[line->lift];
    line->due_s = -1;
    if (!l->open || l->stopped)
        return;
    day->events++;
    int64_t carrier = line->due_carrier;
    const uint16_t *taken = through(l, line, line->station, carrier, false);
    int32_t free_seats = about->seats - (taken ? *taken : 0);
    const int32_t offered = free_seats;
    bool wrong = false, any = false;
    for (int32_t lane; (lane = pick_head(day, line, free_seats, about->seats)) >= 0;) {
        const flow_party *p = &day->parties[line->lanes[lane].head];
        int32_t people = p->left < free_seats ? p->left : free_seats;
        wrong |= board(day, line, lane, people, carrier, t);
        free_seats -= people;
        any = true;
    }
    if (any)
        l->seats_offered += offered;
    if (wrong) {
        uint64_t stream = base_stream(l->key ^ base_mix(day->def.seed), DRAW_MISLOAD_DURATION);
        flow_lift_stop(day, line->lift, t,
                       piste_dist_draw(&about->misload_stop, base_uniform(base_draw(stream, l->misload_count++))));
    } else if (line->people)
        schedule_next(day, index, t);
}

static void send_away(piste_day *day, const flow_line *line, flow_lift *l, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    piste_away why = l->broken ? PISTE_AWAY_OUTAGE : l->held ? PISTE_AWAY_HOLD : PISTE_AWAY_CLOSING;
    flow_budget *budget = flow_budget_of(day, p);
    flow_tell_why(day, t, PISTE_ACT_TURNED_AWAY, party, p->left, line->place, p->way, -1, why);
    l->turned_away[why] += p->left;
    l->people -= p->left;
    budget->turned_away += p->left;
    budget->spent_s[PISTE_SPENT_WAITING] += (uint32_t)(t - p->since_s) * p->left;
    if (p->left < p->size) // those on board are back as well: their ride was counted whole, and is cut to now
        budget->spent_s[PISTE_SPENT_RIDING] +=
            (uint32_t)(t - p->clock_due - (int32_t)day->ways[p->way].duration_s) * (uint32_t)(p->size - p->left);
    p->state = FLOW_IDLE;
    p->since_s = t;
    p->way = -1;
    p->left = 0;
    flow_push(day, party, t + 1);
}

// A party that is partly on board already is not torn apart: the rest of it is still taken, unless the lift is broken; then
// the whole party is counted as back at the station.
void flow_line_turn_away(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    flow_lift *l = &day->lifts[line->lift];
    line->people = 0;
    for (int32_t k = 0; k < line->lane_count; k++) {
        flow_lane *lane = &line->lanes[k];
        uint32_t party = lane->head;
        lane->head = lane->tail = FLOW_NIL;
        lane->people = 0;
        while (party != FLOW_NIL) {
            flow_party *p = &day->parties[party];
            uint32_t next = p->next;
            if (p->left < p->size && !l->broken) { // only ever the head of its lane
                lane->head = lane->tail = party;
                lane->people = p->left;
                line->people += p->left;
                p->next = FLOW_NIL;
            } else
                send_away(day, line, l, party, t);
            party = next;
        }
    }
    if (!line->people)
        line->due_s = -1;
}

// ---- stops ----------------------------------------------------------------------------------------------------------------

void flow_lift_stop(piste_day *day, int32_t lift, int32_t t, double duration_s) {
    flow_lift *l = &day->lifts[lift];
    int32_t duration = duration_s < 1 ? 1 : duration_s > FLOW_DAY_MAX ? FLOW_DAY_MAX : (int32_t)(duration_s + 0.5);
    if (l->stopped) { // another cause while it stands: it stands until the later end
        if (t + duration > l->restart_s)
            l->restart_s = t + duration;
    } else {
        l->stopped = true;
        l->stop_since_s = t;
        l->restart_s = t + duration;
        for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
            day->lines[k].due_s = -1;
    }
    l->stops++;
    if (!l->held && l->restart_s - t >= FLOW_HOLD_S) {
        l->held = true;
        day->version++;
        day->version_s = t;
        for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
            flow_line_turn_away(day, k, t);
    }
    flow_tell_lift(day, t, PISTE_ACT_STOP, lift, l->restart_s);
    if (l->restart_s < day->next_lift_s)
        day->next_lift_s = l->restart_s;
}

void flow_lift_restart(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    l->stopped_s += t - l->stop_since_s;
    l->stood_s += t - l->stop_since_s;
    l->stopped = false;
    if (l->held) {
        day->version++;
        day->version_s = t;
    }
    l->held = false;
    flow_lift_plan_stop(day, lift, t);
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        if (day->lines[k].people && l->open) // a carrier whose second was the one of the stop has left already
            flow_line_schedule(day, k, t, flow_lift_clock(l, t));
}

// When the lift stops by itself next. Each cause has its own exponential times of running; the nearest one counts.
void flow_lift_plan_stop(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    const piste_lift *about = &day->resort->lifts.list[lift];
    int32_t clock = flow_lift_clock(l, t);
    l->next_stop_s = INT32_MAX;
    if (!l->joinable)
        return;
    for (int32_t k = 0; k < about->stops.count; k++) {
        uint64_t stream = base_stream(base_key_child(l->key ^ day->def.seed, (uint64_t)k), DRAW_STOP_TIME);
        while (l->stop_clock[k] <= clock) {
            double from = l->stop_clock[k] < 0 ? clock : l->stop_clock[k];
            l->stop_clock[k] =
                from - about->stops.list[k].every_s * base_log(base_uniform(base_draw(stream, l->stop_count[k]++)));
        }
        int32_t wall =
            l->stop_clock[k] - clock < FLOW_DAY_MAX ? t + 1 + (int32_t)(l->stop_clock[k] - clock) : INT32_MAX;
        if (wall < l->next_stop_s) {
            l->next_stop_s = wall;
            l->next_stop = k;
        }
    }
    if (l->next_stop_s < day->next_lift_s)
        day->next_lift_s = l->next_stop_s;
}
