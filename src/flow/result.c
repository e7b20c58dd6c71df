// result.c - what a day leaves behind, in the form of piste/day.h.
#include <math.h>
#include <string.h>

#include "flow/flow.h"

static void *take(piste_day *day, size_t count, size_t size) {
    return base_arena_take(day->arena, count * size + 1);
}

static bool build_lifts(piste_day *day, piste_lift_result *results) {
    size_t bins = (size_t)day->bin_capacity;
    for (int32_t i = 0; i < day->resort->lifts.count; i++) {
        flow_lift *l = &day->lifts[i];
        l->queue = take(day, bins, sizeof *l->queue);
        l->boarded = take(day, bins, sizeof *l->boarded);
        l->wait_sum = take(day, bins, sizeof *l->wait_sum);
        results[i].wait_mean_s = take(day, bins, sizeof(double));
        if (!l->queue || !l->boarded || !l->wait_sum || !results[i].wait_mean_s)
            return false;
    }
    return true;
}

static bool build_venues(piste_day *day) {
    size_t count = (size_t)day->resort->venues.count;
    day->venues = take(day, count, sizeof *day->venues);
    day->venue_service_s = take(day, count, sizeof(double));
    day->venue_stay_s = take(day, count, sizeof(double));
    if (!day->venues || !day->venue_service_s || !day->venue_stay_s)
        return false;
    for (int32_t i = 0; i < day->resort->venues.count; i++) {
        const piste_venue *about = &day->resort->venues.list[i];
        flow_venue *v = &day->venues[i];
        v->session_taken = take(day, (size_t)about->sessions.count + 1, sizeof *v->session_taken);
        v->wait.counts = take(day, FLOW_HIST, sizeof *v->wait.counts);
        v->inside_over_time = take(day, (size_t)day->bin_capacity, sizeof *v->inside_over_time);
        v->free_at = take(day, (size_t)about->servers, sizeof *v->free_at);
        v->slow.bins = take(day, (size_t)day->bin_capacity, 1);
        v->full.bins = take(day, (size_t)day->bin_capacity, 1);
        v->sold_out.bins = take(day, (size_t)day->bin_capacity, 1);
        if (!v->slow.bins || !v->full.bins || !v->sold_out.bins)
            return false;
        v->starts_mask = (1 << 16) - 1; // more than that in line are not counted one by one
        v->starts = about->servers ? take(day, (size_t)v->starts_mask + 1, sizeof *v->starts) : NULL;
        if (!v->free_at || (about->servers && !v->starts) || !v->session_taken || !v->wait.counts ||
            !v->inside_over_time)
            return false;
        day->venue_service_s[i] = about->service_time.kind ? piste_dist_mean(&about->service_time) : 0;
        day->venue_stay_s[i] = about->stay.kind ? piste_dist_mean(&about->stay) : 0;
    }
    return true;
}

static int32_t count_visits(const piste_resort *resort) {
    int32_t count = 0;
    for (int32_t i = 0; i < resort->segments.count; i++)
        count += resort->segments.list[i].visits.count;
    return count;
}

static bool build_people(piste_day *day) {
    const piste_resort *resort = day->resort;
    int32_t limits = 1 + resort->lifts.count + resort->runs.count + 3 * resort->venues.count;
    day->groups = take(day, (size_t)PISTE_GROUP_BY_COUNT * FLOW_GROUPS, sizeof *day->groups);
    day->bindings = take(day, (size_t)limits, sizeof *day->bindings);
    day->bound = take(day, (size_t)limits * (size_t)day->bin_capacity, 1);
    day->ranks.tallies = take(day, 1, flow_tally_bytes(resort->segments.count));
    day->result.visits.list = take(day, (size_t)count_visits(resort), sizeof *day->result.visits.list);
    day->result.visits.count = count_visits(resort);
    for (int32_t i = 0; i < FLOW_GROUPS; i++)
        if (!(day->hours[i] = base_arena_format(day->arena, "%02d", i)))
            return false;
    return day->groups && day->bindings && day->bound && day->ranks.tallies && day->result.visits.list;
}

piste_status flow_result_build(piste_day *day, piste_errors *errors) {
    const piste_resort *resort = day->resort;
    int32_t span = day->to_s - day->from_s;
    day->bin_capacity = span / day->def.bin_s + 2;
    day->step_s = day->def.bin_s < FLOW_QUARTER_S ? day->def.bin_s : FLOW_QUARTER_S;
    day->step_count = (span / FLOW_QUARTER_S + 2) * (FLOW_QUARTER_S / day->step_s);
    size_t runs = (size_t)resort->runs.count;
    piste_lift_result *lifts = take(day, (size_t)resort->lifts.count, sizeof *lifts);
    piste_run_result *run_results = take(day, runs, sizeof *run_results);
    piste_venue_result *venues = take(day, (size_t)resort->venues.count, sizeof *venues);
    piste_segment_result *segments = take(day, (size_t)resort->segments.count, sizeof *segments);
    day->present_over_time = take(day, (size_t)day->bin_capacity, sizeof *day->present_over_time);
    day->run_descents = take(day, runs, sizeof *day->run_descents);
    day->per_step = (1ull << 32) / (uint64_t)day->step_s + 1;
    day->run_streams = take(day, runs * (size_t)day->step_count, sizeof *day->run_streams);
    day->run_people = take(day, runs, sizeof *day->run_people);
    day->run_person_s = take(day, runs * (size_t)day->step_count, sizeof *day->run_person_s);
    day->crowd = take(day, runs, sizeof *day->crowd);
    day->slowing = take(day, runs, sizeof *day->slowing);
    bool good = lifts && run_results && venues && segments && day->present_over_time && day->run_descents &&
                day->run_streams && day->run_people && day->run_person_s && day->crowd && day->slowing;
    good = good && build_lifts(day, lifts) && build_venues(day);
    for (int32_t i = 0; good && i < resort->runs.count; i++)
        good = (run_results[i].people = take(day, (size_t)day->bin_capacity, sizeof(double))) != NULL;
    if (!good)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    if (!build_people(day))
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    day->result.lifts.list = lifts;
    day->result.lifts.count = resort->lifts.count;
    day->result.runs.list = run_results;
    day->result.runs.count = resort->runs.count;
    day->result.venues.list = venues;
    day->result.venues.count = resort->venues.count;
    day->result.segments.list = segments;
    day->result.segments.count = resort->segments.count;
    return PISTE_OK;
}

// ---- filling it in --------------------------------------------------------------------------------------------------------

// Quantiles: the least wait that at least p of the people had or stayed below; above FLOW_HIST_FINE the middle of its slot.
// `counts` of several histograms are summed, up to the slot of the last quantile; p rises.
static void quantiles(const flow_hist *const *hists, int32_t hist_count, int64_t count, const double p[3],
                      int32_t wait_s[3]) {
    int64_t before = 0;
    int32_t slot = -1;
    for (int32_t i = 0; i < 3; i++) {
        int64_t rank = (int64_t)(p[i] * (double)count);
        if ((double)rank < p[i] * (double)count)
            rank++;
        while (before < rank && slot + 1 < FLOW_HIST) {
            slot++;
            for (int32_t h = 0; h < hist_count; h++)
                before += hists[h]->counts[slot];
        }
        wait_s[i] = slot < FLOW_HIST_FINE
                        ? slot
                        : FLOW_HIST_FINE + (slot - FLOW_HIST_FINE) * FLOW_HIST_STEP + FLOW_HIST_STEP / 2;
    }
}

static piste_waits waits_of(const flow_hist *const *hists, int32_t hist_count) {
    piste_waits w = {0};
    int64_t sum = 0;
    for (int32_t h = 0; h < hist_count; h++) {
        w.count += hists[h]->count;
        sum += hists[h]->sum_s;
        w.max_s = hists[h]->max_s > w.max_s ? hists[h]->max_s : w.max_s;
    }
    if (w.count == 0)
        return w;
    w.mean_s = (double)sum / (double)w.count;
    int32_t wait_s[3];
    quantiles(hists, hist_count, w.count, (const double[3]){0.5, 0.9, 0.99}, wait_s);
    w.p50_s = wait_s[0] < w.max_s ? wait_s[0] : w.max_s;
    w.p90_s = wait_s[1] < w.max_s ? wait_s[1] : w.max_s;
    w.p99_s = wait_s[2] < w.max_s ? wait_s[2] : w.max_s;
    return w;
}

static piste_waits waits_of_one(const flow_hist *hist) {
    return waits_of(&hist, 1);
}

static int64_t open_seconds(const piste_day *day, const piste_lift *lift) {
    if (lift->hours.count == 0)
        return day->now_s - day->from_s;
    int64_t sum = 0;
    for (int32_t k = 0; k < lift->hours.count; k++) {
        int32_t a = lift->hours.spans[k].from_s, b = lift->hours.spans[k].to_s;
        a = a < day->from_s ? day->from_s : a;
        b = b > day->to_s ? day->to_s : b;
        sum += b > a ? b - a : 0;
    }
    return sum;
}

static int64_t sum_of(const int64_t *list, int32_t count) {
    int64_t sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += list[i];
    return sum;
}

static void fill_lift(const piste_day *day, int32_t i, piste_lift_result *r) {
    const flow_lift *l = &day->lifts[i];
    const piste_lift *about = &day->resort->lifts.list[i];
    double *means = (double *)(uintptr_t)r->wait_mean_s;
    r->key = about->entry.key;
    r->name = about->name;
    r->rides = l->wait.count;
    r->rides_down = l->rides_down;
    r->wait = waits_of_one(&l->wait);
    r->queue_max = l->queue_max;
    r->still_in_line = l->people;
    memcpy(r->turned_away_by, l->turned_away, sizeof r->turned_away_by);
    r->turned_away = sum_of(l->turned_away, PISTE_AWAY_COUNT);
    r->seats_filled = l->seats_offered ? (double)r->rides / (double)l->seats_offered : 0;
    r->open_s = open_seconds(day, about);
    double capacity = about->capacity_pph * (double)r->open_s / 3600;
    r->used = capacity > 0 ? (double)(r->rides - r->rides_down) / capacity : 0;
    r->stops = 0;
    r->stopped_s = 0;
    for (int32_t k = 0; k < PISTE_HALT_COUNT; k++) {
        r->halts[k] = flow_lift_halts(day, i, (piste_halt)k);
        r->stops += k == PISTE_HALT_SLOW ? 0 : r->halts[k].count;
        r->stopped_s += k == PISTE_HALT_SLOW ? 0 : r->halts[k].seconds;
    }
    r->holds = l->holds;
    r->held_s = flow_lift_held(day, i);
    r->held_turned_away = l->held_turned_away;
    r->evacuations = l->evacuations;
    r->evacuated = l->evacuated;
    r->children_escorted = l->children_escorted;
    r->children_attended = l->children_attended;
    r->attendant_rides = l->attendant_rides;
    r->carriers_off = flow_motion_off(day, i);
    r->queue = l->queue;
    r->boarded = l->boarded;
    for (int32_t b = 0; b < day->bin_count; b++)
        means[b] = l->boarded[b] ? (double)l->wait_sum[b] / l->boarded[b] : NAN;
}

static void fill_run(const piste_day *day, int32_t i, piste_run_result *r) {
    const piste_run *about = &day->resort->runs.list[i];
    double *people = (double *)(uintptr_t)r->people;
    r->key = about->entry.key;
    r->name = about->name;
    r->descents = day->run_descents[i];
    r->density_standard_per_ha = flow_crowd_standard(about);
    size_t runs = (size_t)day->resort->runs.count;
    const int32_t *steps = &day->run_person_s[i]; // every runs-th is of this run
    int32_t per_quarter = FLOW_QUARTER_S / day->step_s, per_bin = day->def.bin_s / day->step_s;
    int64_t most = 0;
    for (int32_t q = 0; q + per_quarter <= day->step_count; q += per_quarter) {
        int64_t own = 0;
        for (int32_t k = 0; k < per_quarter; k++)
            own += steps[(size_t)(q + k) * runs];
        most = own > most ? own : most;
    }
    r->density_peak_per_ha = isnan(about->area_ha) ? NAN : (double)most / FLOW_QUARTER_S / about->area_ha;
    for (int32_t b = 0; b < day->bin_count; b++) {
        int64_t own = 0;
        for (int32_t k = 0; k < per_bin && b * per_bin + k < day->step_count; k++)
            own += steps[(size_t)(b * per_bin + k) * runs];
        people[b] = (double)own / day->def.bin_s;
    }
}

static void fill_venue(const piste_day *day, int32_t i, piste_venue_result *r) {
    const flow_venue *v = &day->venues[i];
    const piste_venue *about = &day->resort->venues.list[i];
    r->key = about->entry.key;
    r->name = about->name;
    r->kind = (piste_venue_kind)about->kind;
    r->visits = v->visits;
    r->wait = waits_of_one(&v->wait);
    r->queue_max = v->queue_max;
    r->inside_max = v->inside_max;
    memcpy(r->missed_by, v->missed, sizeof r->missed_by);
    r->missed = sum_of(v->missed, PISTE_MISSED_COUNT);
    r->inside = v->inside_over_time;
}

static void fill_segment(const piste_day *day, int32_t i, piste_segment_result *r) {
    const flow_segment *s = &day->segments[i];
    memset(r, 0, sizeof *r);
    r->key = day->resort->segments.list[i].entry.key;
    r->name = day->resort->segments.list[i].name;
    r->sold = s->sold;
    r->arrived = s->arrived;
    r->gone = s->gone;
    r->still_here = s->arrived - s->gone;
    r->parties = s->parties;
    memcpy(r->at_s, s->at_s, sizeof r->at_s);
    memcpy(r->queued_at_s, s->queued_at_s, sizeof r->queued_at_s);
    r->wait = waits_of_one(&s->wait);
    r->assisted = s->assisted;
    r->left_behind = s->left_behind;
    r->refused = s->refused;
}

// What each segment meant to do, and what became of it.
static void fill_visits(piste_day *day, piste_segment_result *segments) {
    const piste_resort *resort = day->resort;
    piste_visit_result *v = (piste_visit_result *)(uintptr_t)day->result.visits.list;
    for (int32_t i = 0; i < resort->segments.count; i++)
        for (int32_t k = 0; k < resort->segments.list[i].visits.count; k++, v++) {
            const piste_visit *about = &resort->segments.list[i].visits.list[k];
            const flow_visit *own = &day->segments[i].visits[k];
            *v = (piste_visit_result){.segment = i, .visit = k, .wished = own->wished, .made = own->made};
            v->what = about->venue.key   ? about->venue.key
                      : about->place.key ? about->place.key
                                         : piste_venue_kind_word((piste_venue_kind)about->kind);
            memcpy(v->missed_by, own->missed, sizeof v->missed_by);
            v->missed = sum_of(own->missed, PISTE_MISSED_COUNT);
            v->under_way = v->wished - v->made - v->missed;
            segments[i].wished += v->wished;
            segments[i].missed += v->missed;
            for (int32_t w = 0; w < PISTE_MISSED_COUNT; w++)
                segments[i].missed_by[w] += own->missed[w];
        }
}

static void add_all(int64_t *sums, const int64_t *list, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        sums[i] += list[i];
}

static void sum_up(const piste_day *day, piste_day_result *r) {
    r->rides = 0;
    memset(r->missed_by, 0, sizeof r->missed_by);
    memset(r->turned_away_by, 0, sizeof r->turned_away_by);
    memset(r->unridden_by, 0, sizeof r->unridden_by);
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment_result *s = &r->segments.list[i];
        r->rides += s->rides;
        add_all(r->missed_by, s->missed_by, PISTE_MISSED_COUNT);
        add_all(r->unridden_by, s->unridden_by, PISTE_UNRIDDEN_COUNT);
    }
    for (int32_t i = 0; i < r->lifts.count; i++)
        add_all(r->turned_away_by, r->lifts.list[i].turned_away_by, PISTE_AWAY_COUNT);
    r->cap = day->resort->cap;
    r->parties = (int32_t)day->party_count;
}

static int64_t bytes_held(const piste_day *day) {
    return (int64_t)(sizeof *day + FLOW_WHEEL * sizeof *day->wheel +
                     (size_t)FLOW_TIMER * (size_t)day->line_words * sizeof *day->timers +
                     day->party_room *
                         (sizeof *day->parties + sizeof *day->plans + sizeof *day->next + sizeof *day->sorting) +
                     day->ranks.standing_room * sizeof *day->ranks.standings +
                     (day->ranks.list_room + day->ranks.other_room) * sizeof *day->ranks.list +
                     day->guest_room * sizeof *day->guests + day->skied_room);
}

const piste_day_result *piste_day_get_result(piste_day *day) {
    piste_day_result *r = &day->result;
    const piste_resort *resort = day->resort;
    const flow_hist *hists[256];
    int32_t hist_count = 0;
    r->resort = resort->name;
    r->seed = day->def.seed;
    r->date = resort->as_of;
    r->sold = r->guests = r->gone = r->still_here = 0;
    r->from_s = day->from_s;
    r->to_s = day->now_s;
    r->bin_s = day->def.bin_s;
    r->bin_count = day->bin_count = (day->now_s - day->from_s + day->def.bin_s - 1) / day->def.bin_s;
    flow_crowd_fill(day);
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        flow_lift_note_bin(day, &day->lifts[i]);
        fill_lift(day, i, &((piste_lift_result *)(uintptr_t)r->lifts.list)[i]);
    }
    for (int32_t i = 0; i < resort->runs.count; i++)
        fill_run(day, i, &((piste_run_result *)(uintptr_t)r->runs.list)[i]);
    for (int32_t i = 0; i < resort->venues.count; i++)
        fill_venue(day, i, &((piste_venue_result *)(uintptr_t)r->venues.list)[i]);
    for (int32_t i = 0; i < resort->segments.count; i++) {
        fill_segment(day, i, &((piste_segment_result *)(uintptr_t)r->segments.list)[i]);
        r->sold += day->segments[i].sold;
        r->guests += day->segments[i].arrived;
        r->gone += day->segments[i].gone;
        if (hist_count < (int32_t)BASE_COUNT(hists)) // every ride is in its segment's histogram
            hists[hist_count++] = &day->segments[i].wait;
    }
    flow_guests_fill(day, (piste_segment_result *)(uintptr_t)r->segments.list);
    fill_visits(day, (piste_segment_result *)(uintptr_t)r->segments.list);
    flow_bindings_fill(day);
    sum_up(day, r);
    r->wait = waits_of(hists, hist_count);
    r->still_here = r->guests - r->gone;
    r->assisted = day->assisted;
    r->present_max = day->present_max;
    r->present_max_at_s = day->present_max_at_s;
    r->last_gone_s = day->last_gone_s;
    r->events = day->events;
    r->present = day->present_over_time;
    r->bytes = bytes_held(day);
    return r;
}
