// binding.c - the limits that a day ran into, in the order in which they first bound. docs/models.md has the
// thresholds.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"

void flow_bound_begin(const piste_day *day, flow_bound *bound) {
    memset(bound->bins, 0, (size_t)day->bin_capacity);
    *bound = (flow_bound){.first_s = INT32_MAX, .bin = -1, .bins = bound->bins};
}

static void mark(const piste_day *day, uint8_t *bins, int32_t from_s, int32_t to_s) {
    for (int32_t i = (from_s - day->from_s) / day->def.bin_s; i * day->def.bin_s < to_s - day->from_s; i++)
        bins[i] = 1;
}

void flow_bound_span(const piste_day *day, flow_bound *bound, int32_t from_s, int32_t to_s) {
    bound->first_s = from_s < bound->first_s ? from_s : bound->first_s;
    bound->bound_s += to_s - from_s;
    mark(day, bound->bins, from_s, to_s);
}

// The bins of the binding that is being put together: they are kept where it is added.
static uint8_t *next_bins(piste_day *day) {
    uint8_t *bins = &day->bound[(size_t)day->result.bindings.count * (size_t)day->bin_capacity];
    memset(bins, 0, (size_t)day->bin_capacity);
    return bins;
}

static void add(piste_day *day, const piste_binding *b) {
    day->bindings[day->result.bindings.count++] = *b;
}

static void find_cap(piste_day *day) {
    int64_t sold = day->result.sold;
    int32_t cap = day->resort->cap;
    if (cap == 0 || sold < cap)
        return;
    uint8_t *bins = next_bins(day);
    mark(day, bins, day->from_s, day->now_s);
    add(day, &(piste_binding){.limit = PISTE_LIMIT_CAP,
                              .key = "cap",
                              .name = day->resort->name,
                              .first_s = day->from_s,
                              .bound_s = day->now_s - day->from_s,
                              .people = sold - cap,
                              .bound = bins});
}

// How many waited longer, and for how long beyond the threshold; to 16 s above 1,024 s.
static void add_long_waits(const flow_hist *hist, int32_t threshold_s, piste_binding *b) {
    for (int32_t slot = threshold_s + 1; slot <= flow_hist_slot(hist->max_s); slot++) {
        if (!hist->counts[slot])
            continue;
        int32_t wait = slot < FLOW_HIST_FINE
                           ? slot
                           : FLOW_HIST_FINE + (slot - FLOW_HIST_FINE) * FLOW_HIST_STEP + FLOW_HIST_STEP / 2;
        wait = wait < hist->max_s ? wait : hist->max_s;
        b->people += hist->counts[slot];
        b->lost_s += (int64_t)(wait - threshold_s) * hist->counts[slot];
    }
}

// A bin binds where those who boarded in it waited too long on average; where nobody boards though people stand in
// line, as the bin before it did.
static void find_lift(piste_day *day, int32_t lift) {
    const flow_lift *l = &day->lifts[lift];
    const piste_lift *about = &day->resort->lifts.list[lift];
    uint8_t *bins = next_bins(day);
    piste_binding b = {
        .limit = PISTE_LIMIT_LIFT, .key = about->entry.key, .name = about->name, .first_s = INT32_MAX, .bound = bins};
    bool bound = false;
    for (int32_t i = 0; i < day->bin_count; i++) {
        bound = l->boarded[i] ? l->wait_sum[i] > (int64_t)FLOW_LONG_WAIT_S * l->boarded[i] : bound && l->queue[i] > 0;
        if (!bound)
            continue;
        bins[i] = 1;
        int32_t start = day->from_s + i * day->def.bin_s;
        b.first_s = start < b.first_s ? start : b.first_s;
        b.bound_s += day->def.bin_s;
    }
    if (b.bound_s == 0)
        return;
    add_long_waits(&l->wait, FLOW_LONG_WAIT_S, &b);
    add(day, &b);
}

static void find_run(piste_day *day, int32_t run) {
    const piste_run *about = &day->resort->runs.list[run];
    const int32_t per_quarter = FLOW_QUARTER_S / day->step_s;
    const size_t runs = (size_t)day->resort->runs.count;
    double standard = day->result.runs.list[run].density_standard_per_ha * about->area_ha * FLOW_QUARTER_S;
    uint8_t *bins = next_bins(day);
    piste_binding b = {
        .limit = PISTE_LIMIT_RUN, .key = about->entry.key, .name = about->name, .first_s = INT32_MAX, .bound = bins};
    if (isnan(standard))
        return;
    const int32_t over = (day->now_s - day->from_s) / day->step_s; // quarters that are not over yet do not count
    for (int32_t q = 0; q + per_quarter <= over; q += per_quarter) {
        int64_t own = 0;
        for (int32_t k = 0; k < per_quarter; k++)
            own += day->run_person_s[(size_t)(q + k) * runs + (size_t)run];
        if (!((double)own > standard))
            continue;
        int32_t start = day->from_s + q * day->step_s;
        mark(day, bins, start, start + FLOW_QUARTER_S);
        int64_t people = (own + FLOW_QUARTER_S - 1) / FLOW_QUARTER_S;
        b.first_s = start < b.first_s ? start : b.first_s;
        b.bound_s += FLOW_QUARTER_S;
        b.people = people > b.people ? people : b.people;
        b.lost_s += own - (int64_t)standard;
    }
    if (b.bound_s)
        add(day, &b);
}

static void find_venue(piste_day *day, int32_t venue) {
    const flow_venue *v = &day->venues[venue];
    const piste_venue *about = &day->resort->venues.list[venue];
    const struct {
        piste_limit limit;
        const flow_bound *bound;
    } kinds[] = {{PISTE_LIMIT_QUEUE, &v->slow}, {PISTE_LIMIT_SEATS, &v->full}, {PISTE_LIMIT_SESSION, &v->sold_out}};
    for (size_t i = 0; i < BASE_COUNT(kinds); i++) {
        const flow_bound *bound = kinds[i].bound;
        int64_t going_on =
            kinds[i].limit == PISTE_LIMIT_SEATS && v->full_since_s != INT32_MAX ? day->now_s - v->full_since_s : 0;
        int32_t first = going_on && v->full_since_s < bound->first_s ? v->full_since_s : bound->first_s;
        if (first == INT32_MAX)
            continue;
        uint8_t *bins = next_bins(day);
        memcpy(bins, bound->bins, (size_t)day->bin_capacity);
        if (going_on)
            mark(day, bins, v->full_since_s, day->now_s);
        add(day, &(piste_binding){.limit = kinds[i].limit,
                                  .key = about->entry.key,
                                  .name = about->name,
                                  .first_s = first,
                                  .bound_s = bound->bound_s + going_on,
                                  .people = bound->people,
                                  .lost_s = bound->lost_s,
                                  .bound = bins});
    }
}

static int by_first(const void *a, const void *b) {
    const piste_binding *x = a, *y = b;
    if (x->first_s != y->first_s)
        return x->first_s < y->first_s ? -1 : 1;
    if (x->lost_s != y->lost_s)
        return x->lost_s > y->lost_s ? -1 : 1;
    return x->limit != y->limit ? (int)x->limit - (int)y->limit : strcmp(x->key, y->key);
}

void flow_bindings_fill(piste_day *day) {
    day->result.bindings.count = 0;
    find_cap(day);
    for (int32_t i = 0; i < day->resort->lifts.count; i++)
        find_lift(day, i);
    for (int32_t i = 0; i < day->resort->runs.count; i++)
        find_run(day, i);
    for (int32_t i = 0; i < day->resort->venues.count; i++)
        find_venue(day, i);
    qsort(day->bindings, (size_t)day->result.bindings.count, sizeof *day->bindings, by_first);
    day->result.bindings.list = day->bindings;
}
