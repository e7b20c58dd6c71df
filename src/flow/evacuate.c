// evacuate.c - a lift that will not run again soon: patrol brings its riders down, carrier by carrier.
//
// Who is on board of which carrier is only kept for lifts that may be evacuated: a ring of those who have boarded. Once
// a stop has lasted for `evacuate-after` and will go on, each team takes the carrier whose people have been on board
// longest, as soon as it is free. A party is set down at the nearest station below its last carrier and goes on from
// there as a whole: those of it who are off the lift already, or still in line, meet it there. The lift does not run
// before everyone is down.
#include "flow/flow.h"

enum { TEAMS_MAX = 100 };
enum { PLANNED = 255 }; // in `lane`, until it is known when the party is down

void flow_evacuate_reset(flow_lift *l) {
    l->aboard_first = l->aboard_next = 0;
    l->evacuate_at_s = INT32_MAX;
    l->evacuating = false;
    l->stranded = FLOW_NIL;
    l->evacuated_carriers = 0;
    l->evacuations = 0;
    l->evacuated = 0;
}

static flow_aboard *aboard_at(const flow_lift *l, int64_t index) {
    return &l->aboard[index & l->aboard_mask];
}

void flow_evacuate_note(piste_day *day, const flow_line *line, const flow_party *p, int32_t people, int32_t t) {
    flow_lift *l = &day->lifts[line->lift];
    int32_t clock = flow_lift_clock(l, t), ride = (int32_t)day->ways[p->way].duration_s;
    while (l->aboard_first < l->aboard_next && aboard_at(l, l->aboard_first)->off_clock <= clock)
        l->aboard_first++;
    *aboard_at(l, l->aboard_next++) = (flow_aboard){.party = (uint32_t)(p - day->parties),
                                                    .off_clock = clock + ride,
                                                    .ride_s = ride,
                                                    .line = (int32_t)(line - day->lines),
                                                    .people = people,
                                                    .carrier = line->due_carrier};
}

void flow_evacuate_forget(flow_lift *l, uint32_t party) {
    for (int64_t i = l->aboard_first; i < l->aboard_next; i++)
        if (aboard_at(l, i)->party == party)
            aboard_at(l, i)->off_clock = INT32_MIN;
}

// The party was partly on board: it leaves the line, and waits for those of it who are.
void flow_evacuate_strand(piste_day *day, const flow_line *line, uint32_t party, int32_t t) {
    flow_lift *l = &day->lifts[line->lift];
    flow_party *p = &day->parties[party];
    flow_tell_why(day, t, PISTE_ACT_TURNED_AWAY, party, p->left, line->place, p->way, -1, PISTE_AWAY_HOLD);
    flow_budget *budget = &p->budget;
    budget->spent_s[PISTE_SPENT_WAITING] += (uint32_t)(t - p->since_s) * p->left;
    budget->turned_away += p->left;
    // Those on board have ridden up to now; their ride was counted whole.
    budget->spent_s[PISTE_SPENT_RIDING] +=
        (uint32_t)(t - p->clock_due - (int32_t)day->ways[p->way].duration_s) * (uint32_t)(p->size - p->left);
    l->turned_away[PISTE_AWAY_HOLD] += p->left;
    l->people -= p->left;
    p->state = FLOW_EVACUATED;
    p->since_s = t;
    p->lane = PLANNED;
    p->clock_due = 0; // until it is known when the others are down
    p->left = 0;      // from now on those of them who are on board
    day->next[party] = l->stranded;
    l->stranded = party;
}

// ---- where and when -------------------------------------------------------------------------------------------------

static int32_t place_below(const piste_day *day, const flow_lift *l, const flow_aboard *a, int32_t t) {
    const flow_line *line = &day->lines[a->line];
    int32_t moved = flow_lift_clock(l, t) - (a->off_clock - a->ride_s);
    int32_t at = l->station_s[line->station] + (line->down ? -moved : moved), station = 0;
    while (station + 1 < l->station_count && l->station_s[station + 1] <= at)
        station++;
    return flow_station_place(day, line->lift, station);
}

// The carrier is down when the team that is free first has taken it; people who boarded it at another station come down
// with the others.
static int32_t done_second(piste_day *day, int32_t lift, int64_t index, int32_t *free_at) {
    flow_lift *l = &day->lifts[lift];
    const piste_lift *about = &day->resort->lifts.list[lift];
    const flow_aboard *own = aboard_at(l, index);
    for (int64_t i = l->aboard_first; i < index; i++) {
        const flow_aboard *other = aboard_at(l, i);
        if (other->done_s > 0 && other->carrier == own->carrier &&
            day->lines[other->line].down == day->lines[own->line].down)
            return other->done_s;
    }
    int32_t team = 0;
    for (int32_t k = 1; k < about->evacuate_teams; k++)
        team = free_at[k] < free_at[team] ? k : team;
    uint64_t stream = base_stream(l->key ^ base_mix(day->def.seed), DRAW_EVACUATE);
    double seconds = piste_dist_draw(&about->evacuate_each, base_uniform(base_draw(stream, l->evacuated_carriers++)));
    free_at[team] += seconds < 1 ? 1 : (int32_t)(seconds + 0.5);
    return free_at[team];
}

// ---- the evacuation -------------------------------------------------------------------------------------------------

// Those of one party on one carrier. What was spent on riding is reckoned up to now.
static void bring_down(piste_day *day, const flow_lift *l, const flow_aboard *a, int32_t t) {
    flow_party *p = &day->parties[a->party];
    if (p->state == FLOW_RIDING) {
        flow_unpush(day, a->party);
        flow_spend(p, PISTE_SPENT_RIDING, t - p->due_s);
        p->state = FLOW_EVACUATED;
        p->lane = PLANNED;
        p->clock_due = 0;
        p->left = 0;
    }
    p->left = (uint16_t)(p->left + a->people);
    if (a->done_s >= p->clock_due) {
        p->clock_due = a->done_s;
        p->place = place_below(day, l, a, t);
    }
}

// Nobody of it is on board any more: those in line are the party's last, and all of it is back at the station.
static void release_stranded(piste_day *day, flow_lift *l, int32_t t) {
    for (uint32_t party = l->stranded, next; party != FLOW_NIL; party = next) {
        flow_party *p = &day->parties[party];
        next = day->next[party];
        if (p->clock_due > 0)
            continue;
        p->state = FLOW_IDLE;
        p->way = -1;
        p->lane = 0;
        flow_push(day, party, t + 1);
    }
    l->stranded = FLOW_NIL;
}

static void push_when_down(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    int32_t down = p->clock_due;
    if (p->lane != PLANNED)
        return;                          // done: it is on several carriers
    uint32_t *spent = p->budget.spent_s; // the others of it wait for those on board
    spent[PISTE_SPENT_RIDING] += (uint32_t)(down - t) * p->left;
    spent[PISTE_SPENT_IDLE] += (uint32_t)(down - t) * (uint32_t)(p->size - p->left);
    p->lane = 0;
    flow_push(day, party, down);
}

static bool someone_aboard(flow_lift *l, int32_t clock) {
    while (l->aboard_first < l->aboard_next && aboard_at(l, l->aboard_first)->off_clock <= clock)
        l->aboard_first++;
    return l->aboard_first < l->aboard_next;
}

void flow_evacuate(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    int32_t clock = flow_lift_clock(l, t), free_at[TEAMS_MAX], last = t;
    l->evacuate_at_s = INT32_MAX;
    if (!someone_aboard(l, clock))
        return;
    for (int32_t k = 0; k < TEAMS_MAX; k++)
        free_at[k] = t;
    l->evacuations++;
    l->evacuating = l->held = true;
    day->version++;
    day->version_s = t;
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        flow_line_turn_away(day, k, t);
    l->evacuating = false;
    for (int64_t i = l->aboard_first; i < l->aboard_next; i++) {
        flow_aboard *a = aboard_at(l, i);
        a->done_s = 0;
        if (a->off_clock <= clock)
            continue;
        a->done_s = done_second(day, lift, i, free_at);
        last = a->done_s > last ? a->done_s : last;
        bring_down(day, l, a, t);
    }
    release_stranded(day, l, t);
    for (int64_t i = l->aboard_first; i < l->aboard_next; i++)
        if (aboard_at(l, i)->done_s > 0)
            push_when_down(day, aboard_at(l, i)->party, t);
    l->aboard_first = l->aboard_next;
    l->last_off_clock = clock;
    flow_lift_empty(l);
    l->restart_s = last > l->restart_s ? last : l->restart_s;
}

void flow_evacuate_set_down(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    day->lifts[day->lines[day->ways[p->way].index].lift].evacuated += p->left;
    flow_tell(day, t, PISTE_ACT_EVACUATE, party, p->left, p->place, p->way, -1, -1);
    p->left = 0;
    p->way = -1;
    flow_party_decide(day, party, t);
}
