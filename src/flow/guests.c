// guests.c - what each party's day came to, summed up over its segment and over groups of people who may wait unalike.
//
// People of a party share alike what it did. A quantile over guests is the least value that so many of them had or
// stayed below: parties are put in order of their value once for each figure (a radix sort, since there may be half a
// million), and one walk in that order serves every segment and every group.
#include <assert.h>
#include <math.h>
#include <string.h>

#include "flow/flow.h"

enum { FOOT = PISTE_ABILITY_COUNT, SIZES = 5 };

typedef struct flow_tally { // people counted so far of one segment or group, and the quantiles found among them
    int64_t total, before, next; // next: as many make up the next quantile
    int32_t found;
    double values[3];
} tally;

// ---- those who may part ---------------------------------------------------------------------------------------------

// Those of a party who part for a class are the party with the next number (meet.c). Here they are one all day: they
// came together, and what they did apart is shared out over all of them.
static bool is_apart(const piste_day *day, uint32_t party) {
    return party > 0 && day->plans[party - 1].apart &&
           day->parties[party].key == base_key_child(day->parties[party - 1].key, 0);
}

static uint32_t parts_of(const piste_day *day, uint32_t party) {
    return day->plans[party].apart && !is_apart(day, party) ? 2 : 1;
}

static int32_t size_of(const piste_day *day, uint32_t party, uint32_t parts) {
    int32_t size = 0;
    for (uint32_t i = party; i < party + parts; i++)
        size += day->parties[i].size;
    return size;
}

static bool has_come(const piste_day *day, uint32_t party) {
    return day->parties[party].budget.arrived_s >= 0 && !is_apart(day, party);
}

// ---- so far ---------------------------------------------------------------------------------------------------------

// Legs, rides and turns at a counter are counted whole when they begin: what of them lies ahead is taken off again.
// What has no end yet is added up to now.
typedef struct ledger {
    int64_t spent_s[PISTE_SPENT_COUNT];
    int64_t at_s[PISTE_AT_COUNT], queued_at_s[PISTE_AT_COUNT]; // what of it is not in the segment's yet
} ledger;

static void take_off_leg(const flow_budget *b, int64_t ahead, ledger *l) {
    static const piste_spent order[3] = {PISTE_SPENT_SKIING, PISTE_SPENT_WALKING, PISTE_SPENT_RESTING};
    for (int i = 0; i < 3; i++) {
        int64_t own = b->spent_s[order[i]] < ahead ? b->spent_s[order[i]] : ahead;
        l->spent_s[order[i]] -= own;
        ahead -= own;
    }
}

// At a venue or place since since_s; until then, where that lies ahead, queueing has been counted.
static void count_stay(const piste_day *day, const flow_party *p, ledger *l) {
    const flow_plan *plan = flow_plan_of(day, p);
    int64_t seconds = (int64_t)(day->now_s - p->since_s) * p->size;
    bool queueing = seconds < 0 || p->state == FLOW_SEATING;
    int32_t at = plan->venue >= 0 ? day->resort->venues.list[plan->venue].kind : PISTE_AT_PLACE;
    l->spent_s[queueing ? PISTE_SPENT_QUEUEING : PISTE_SPENT_IN_VENUES] += seconds;
    (queueing ? l->queued_at_s : l->at_s)[at] += seconds;
}

static void count_open_time(const piste_day *day, const flow_party *p, const flow_budget *b, ledger *l) {
    int32_t since = day->now_s - p->since_s, ahead = p->due_s - day->now_s;
    switch ((flow_state)p->state) {
    case FLOW_TRAVELLING:
        take_off_leg(b, (int64_t)ahead * p->size, l);
        break;
    case FLOW_IN_LINE: // those of a large party who are on an earlier carrier have ridden since
        l->spent_s[PISTE_SPENT_WAITING] += (int64_t)since * p->left;
        if (p->left < p->size)
            l->spent_s[PISTE_SPENT_RIDING] +=
                (int64_t)(day->now_s - p->clock_due - (int32_t)day->ways[p->way].duration_s) * (p->size - p->left);
        break;
    case FLOW_RIDING:
        l->spent_s[PISTE_SPENT_RIDING] -= (int64_t)ahead * p->size;
        break;
    case FLOW_SERVED:
    case FLOW_SEATING:
    case FLOW_STAYING:
        count_stay(day, p, l);
        break;
    case FLOW_IDLE:
    case FLOW_MEETING:
        l->spent_s[PISTE_SPENT_IDLE] += (int64_t)since * p->size;
        break;
    case FLOW_EVACUATED: // those of it who were in line stand and wait for those on board
        l->spent_s[PISTE_SPENT_RIDING] -= (int64_t)ahead * p->left;
        l->spent_s[PISTE_SPENT_IDLE] -= (int64_t)ahead * (p->size - p->left);
        break;
    case FLOW_ASSISTED:
        l->spent_s[PISTE_SPENT_ASSISTED] += (int64_t)since * p->size;
        break;
    case FLOW_TO_COME:
    case FLOW_GONE:
    case FLOW_TOGETHER:
        break;
    }
}

static int32_t weakest_of(const piste_day *day, uint32_t party, int32_t size) {
    int32_t weakest = PISTE_ABILITY_COUNT - 1;
    for (int32_t i = 0; i < size; i++) {
        const flow_guest *g = &day->guests[day->parties[party].first_guest + (uint32_t)i];
        weakest = g->ability < weakest ? g->ability : weakest;
    }
    return weakest;
}

static bool is_on_foot(const piste_day *day, uint32_t party) {
    return day->classes[day->parties[party].class_index].access == FLOW_ACCESS_FOOT;
}

static int64_t here_s(const piste_day *day, uint32_t party, uint32_t parts) {
    int64_t sum = 0;
    for (uint32_t i = party; i < party + parts; i++) {
        const flow_party *p = &day->parties[i];
        sum += (int64_t)((p->state == FLOW_GONE ? p->since_s : day->now_s) - day->parties[party].budget.arrived_s) *
               p->size;
    }
    return sum;
}

static piste_party_result find_party(const piste_day *day, uint32_t party, ledger *l) {
    const uint32_t parts = parts_of(day, party);
    const int32_t size = size_of(day, party, parts);
    piste_party_result r = {.segment = day->parties[party].segment,
                            .size = size,
                            .ability = weakest_of(day, party, size),
                            .arrived_s = day->parties[party].budget.arrived_s,
                            .gone_s = -1,
                            .on_foot = is_on_foot(day, party)};
    bool gone = true;
    *l = (ledger){0};
    for (uint32_t i = party; i < party + parts; i++) {
        const flow_party *p = &day->parties[i];
        const flow_budget *b = &day->parties[i].budget;
        count_open_time(day, p, b, l);
        for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
            r.spent_s[k] += b->spent_s[k];
        r.rides += b->rides;
        r.missed += b->missed;
        r.turned_away += b->turned_away;
        r.longest_wait_s = b->longest_wait_s > r.longest_wait_s ? b->longest_wait_s : r.longest_wait_s;
        r.descent_m += b->descent_m;
        gone = gone && (p->state == FLOW_GONE || p->size == 0);
        if (p->state == FLOW_GONE && p->since_s > r.gone_s)
            r.gone_s = p->since_s;
    }
    r.gone_s = gone ? r.gone_s : -1;
    for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
        r.spent_s[k] += l->spent_s[k];
    r.here_s = r.arrived_s >= 0 ? here_s(day, party, parts) : 0;
    r.refused = day->plans[party].refused;
    r.assisted = r.spent_s[PISTE_SPENT_ASSISTED] > 0;
    return r;
}

piste_party_result piste_day_get_party(const piste_day *day, int32_t party) {
    assert(party >= 0 && (uint32_t)party < day->party_count);
    ledger l;
    if (is_apart(day, (uint32_t)party))
        return (piste_party_result){.segment = day->parties[party].segment, .arrived_s = -1, .gone_s = -1};
    return find_party(day, (uint32_t)party, &l);
}

// ---- segments and groups --------------------------------------------------------------------------------------------

// Came to ski and never rode: why, as far as its budget tells.
static piste_unridden why_unridden(const piste_party_result *r) {
    int64_t idle = r->spent_s[PISTE_SPENT_IDLE];
    int64_t visits = r->spent_s[PISTE_SPENT_QUEUEING] + r->spent_s[PISTE_SPENT_IN_VENUES];
    if (r->refused)
        return PISTE_UNRIDDEN_REFUSED;
    if (r->turned_away > 0)
        return PISTE_UNRIDDEN_TURNED_AWAY;
    if (idle > visits)
        return PISTE_UNRIDDEN_STANDING;
    return visits > 0 ? PISTE_UNRIDDEN_VISITS : PISTE_UNRIDDEN_OTHER;
}

static void add_to_segment(const piste_party_result *r, const ledger *l, piste_segment_result *s) {
    s->rides += r->rides;
    s->descent_m += r->descent_m;
    s->turned_away += r->turned_away;
    s->here_s += r->here_s;
    for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
        s->spent_s[k] += r->spent_s[k];
    for (int32_t k = 0; k < PISTE_AT_COUNT; k++) {
        s->at_s[k] += l->at_s[k];
        s->queued_at_s[k] += l->queued_at_s[k];
    }
    if (r->rides == 0 && !r->on_foot) {
        s->unridden += r->size;
        s->unridden_by[why_unridden(r)] += r->size;
    }
}

static int32_t group_of(const piste_party_result *r, int32_t by) {
    if (by == PISTE_BY_ABILITY)
        return r->on_foot ? FOOT : r->ability;
    if (by == PISTE_BY_SIZE)
        return (r->size < SIZES ? r->size : SIZES) - 1;
    int32_t hour = r->arrived_s / 3600;
    return hour < FLOW_GROUPS ? hour : FLOW_GROUPS - 1;
}

static void add_to_groups(const piste_day *day, const piste_party_result *r, flow_standing *standing) {
    for (int32_t by = 0; by < PISTE_GROUP_BY_COUNT; by++) {
        int32_t group = group_of(r, by);
        piste_group_result *g = &day->groups[by * FLOW_GROUPS + group];
        standing->groups[by] = (uint8_t)group;
        g->people += r->size;
        g->parties++;
        g->rides += r->rides;
        g->waited_s += r->spent_s[PISTE_SPENT_WAITING];
        g->here_s += r->here_s;
        g->descent_m += r->descent_m;
        if (r->longest_wait_s > g->longest_wait_s)
            g->longest_wait_s = (int32_t)r->longest_wait_s;
    }
}

static const char *group_key(const piste_day *day, int32_t by, int32_t group) {
    static const char *const sizes[SIZES] = {"1", "2", "3", "4", "5+"};
    if (by == PISTE_BY_ABILITY)
        return group == FOOT ? "foot" : piste_ability_word((piste_ability)group);
    return by == PISTE_BY_SIZE ? sizes[group % SIZES] : day->hours[group];
}

// ---- quantiles ------------------------------------------------------------------------------------------------------

typedef enum figure { RIDES, DESCENT, WAITING, HERE } figure;

static flow_standing standing_of(const piste_party_result *r) {
    double size = r->size;
    return (flow_standing){.size = r->size,
                           .segment = (uint16_t)r->segment,
                           .values = {[RIDES] = (float)((double)r->rides / size),
                                      [DESCENT] = (float)(r->descent_m / size),
                                      [WAITING] = (float)((double)r->spent_s[PISTE_SPENT_WAITING] / size),
                                      [HERE] = (float)((double)r->here_s / size)}};
}

// Values are not negative, so that their bits are in the same order as they.
static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// Those who have come, in order of the figure; of equal ones by number.
static void rank(piste_day *day, figure f, uint32_t count) {
    enum { DIGIT = 11, BUCKETS = 1 << DIGIT };
    flow_ranked *from = day->ranks.list, *to = day->ranks.other;
    for (uint32_t i = 0; i < count; i++)
        from[i] = (flow_ranked){day->ranks.standings[i].values[f], i};
    for (int shift = 0; shift < 32 && count; shift += DIGIT) {
        uint32_t starts[BUCKETS] = {0}, at = 0;
        for (uint32_t i = 0; i < count; i++)
            starts[bits_of(from[i].value) >> shift & (BUCKETS - 1)]++;
        if (starts[bits_of(from[0].value) >> shift & (BUCKETS - 1)] == count)
            continue; // all have this digit in common
        for (int k = 0; k < BUCKETS; k++) {
            uint32_t own = starts[k];
            starts[k] = at;
            at += own;
        }
        for (uint32_t i = 0; i < count; i++)
            to[starts[bits_of(from[i].value) >> shift & (BUCKETS - 1)]++] = from[i];
        flow_ranked *swap = from;
        from = to;
        to = swap;
    }
    day->ranks.list = from;
    day->ranks.other = to;
}

static int64_t next_of(const tally *t) {
    static const int64_t tenths[3] = {1, 5, 9};
    return t->found < 3 ? (tenths[t->found] * t->total + 9) / 10 : INT64_MAX;
}

static void tally_begin(tally *t, int64_t total) {
    *t = (tally){.total = total, .values = {(double)NAN, (double)NAN, (double)NAN}};
    t->next = next_of(t);
}

static inline void tally_add(tally *t, double value, int32_t people) {
    t->before += people;
    while (t->before >= t->next) {
        t->values[t->found++] = value;
        t->next = next_of(t);
    }
}

static piste_quantiles quantiles_of(const tally *t) {
    return (piste_quantiles){t->values[0], t->values[1], t->values[2]};
}

static void rank_segments(piste_day *day, figure f, piste_segment_result *segments, uint32_t all) {
    tally *tallies = day->ranks.tallies;
    int32_t count = day->resort->segments.count;
    for (int32_t i = 0; i < count; i++)
        tally_begin(&tallies[i], segments[i].arrived);
    rank(day, f, all);
    for (uint32_t i = 0; i < all; i++) {
        const flow_standing *standing = &day->ranks.standings[day->ranks.list[i].standing];
        tally_add(&tallies[standing->segment], (double)day->ranks.list[i].value, standing->size);
    }
    for (int32_t i = 0; i < count; i++)
        *(f == RIDES     ? &segments[i].rides_each
          : f == DESCENT ? &segments[i].descent_each_m
          : f == WAITING ? &segments[i].waiting_each_s
                         : &segments[i].here_each_s) = quantiles_of(&tallies[i]);
}

// Waiting is ranked when this is called.
static void rank_groups(piste_day *day, uint32_t all) {
    enum { ALL = PISTE_GROUP_BY_COUNT * FLOW_GROUPS };
    tally *tallies = day->ranks.tallies;
    for (int32_t i = 0; i < ALL; i++)
        tally_begin(&tallies[i], day->groups[i].people);
    for (uint32_t i = 0; i < all; i++) {
        const flow_ranked *r = &day->ranks.list[i];
        const flow_standing *standing = &day->ranks.standings[r->standing];
        for (int32_t by = 0; by < PISTE_GROUP_BY_COUNT; by++)
            tally_add(&tallies[by * FLOW_GROUPS + standing->groups[by]], (double)r->value, standing->size);
    }
    for (int32_t i = 0; i < ALL; i++)
        day->groups[i].waiting_each_s = quantiles_of(&tallies[i]);
}

static void list_groups(piste_day *day, int32_t by) {
    piste_group_result *groups = &day->groups[by * FLOW_GROUPS];
    int32_t kept = 0;
    for (int32_t i = 0; i < FLOW_GROUPS; i++) {
        groups[i].key = groups[i].people ? group_key(day, by, i) : "";
        if (groups[i].people)
            groups[kept++] = groups[i];
    }
    day->result.groups[by].list = groups;
    day->result.groups[by].count = kept;
}

void flow_guests_fill(piste_day *day, piste_segment_result *segments) {
    memset(day->groups, 0, (size_t)PISTE_GROUP_BY_COUNT * FLOW_GROUPS * sizeof *day->groups);
    uint32_t come = 0;
    for (uint32_t i = 0; i < day->party_count; i++) {
        if (!has_come(day, i))
            continue;
        ledger l;
        piste_party_result r = find_party(day, i, &l);
        flow_standing *standing = &day->ranks.standings[come++];
        *standing = standing_of(&r);
        add_to_segment(&r, &l, &segments[r.segment]);
        add_to_groups(day, &r, standing);
    }
    static const figure order[] = {RIDES, DESCENT, HERE, WAITING}; // the groups want the last
    for (size_t i = 0; i < BASE_COUNT(order); i++)
        rank_segments(day, order[i], segments, come);
    rank_groups(day, come);
    for (int32_t by = 0; by < PISTE_GROUP_BY_COUNT; by++)
        list_groups(day, by);
}

size_t flow_tally_bytes(int32_t segments) {
    const int32_t groups = PISTE_GROUP_BY_COUNT * FLOW_GROUPS;
    return (size_t)(segments > groups ? segments : groups) * sizeof(tally);
}
