// calibrate_observe.c - a rehearsed day as the gates would see it, and what of a day's scans is kept.
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"

// ---- keeping a day's scans ------------------------------------------------------------------------------------------

static int by_pass(const void *a, const void *b) {
    const calibrate_scan *x = a, *y = b;
    if (x->pass != y->pass)
        return x->pass < y->pass ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return (x->lift > y->lift) - (x->lift < y->lift);
}

static int by_lift(const void *a, const void *b) {
    const calibrate_scan *x = a, *y = b;
    if (x->lift != y->lift)
        return x->lift < y->lift ? -1 : 1;
    return (x->second > y->second) - (x->second < y->second);
}

// Nobody can be at the same gate again before a ride is over: such a scan is the same one once more, or a second try.
bool calibrate_day_tidy(const calibrate_gates *gates, base_arena *arena, calibrate_day *day) {
    qsort(day->scans, (size_t)day->count, sizeof *day->scans, by_pass);
    if (day->click_count)
        qsort(day->clicks, (size_t)day->click_count, sizeof *day->clicks, by_lift);
    day->first = base_arena_take(arena, ((size_t)day->pass_count + 1) * sizeof *day->first);
    day->repeated = base_arena_take(arena, ((size_t)gates->lifts + 1) * sizeof *day->repeated);
    if (!day->first || !day->repeated)
        return false;
    int32_t kept = 0;
    for (int32_t i = 0, pass = -1; i < day->count; i++) {
        calibrate_scan own = day->scans[i];
        if (own.pass != pass) {
            pass = own.pass;
            day->first[pass] = kept;
        }
        int32_t k = kept - 1;
        while (k >= day->first[pass] && day->scans[k].lift != own.lift)
            k--;
        if (k >= day->first[pass] && own.second - day->scans[k].second < gates->shortest_s[own.lift]) {
            day->repeated[own.lift]++;
            continue;
        }
        day->scans[kept++] = own;
    }
    day->count = kept;
    day->first[day->pass_count] = kept;
    return true;
}

// ---- listening ------------------------------------------------------------------------------------------------------

static bool make_room(void *list, int32_t *room, int32_t count, size_t size) {
    if (count <= *room)
        return true;
    int32_t more = 2 * count + 256;
    void *own, *moved;
    memcpy(&own, list, sizeof own);
    moved = realloc(own, (size_t)more * size);
    if (!moved)
        return false;
    memcpy(list, &moved, sizeof moved);
    *room = more;
    return true;
}

static void come(calibrate_seen *s, const piste_event *e) {
    s->offset[e->party] = s->guests;
    s->size[e->party] = e->size;
    s->arrived[e->party] = e->second;
    s->segment[e->party] = e->segment;
    s->guests += e->size;
}

// The last of a party's guests go as the party with the next number; where they meet again they are as before.
static void part(calibrate_seen *s, const piste_event *e) {
    int32_t apart = e->party + 1;
    if (apart >= s->parties)
        return;
    s->offset[apart] = s->offset[e->party] + s->size[e->party] - e->size;
    s->arrived[apart] = s->arrived[e->party];
}

static bool is_lost(const calibrate_seen *s, int32_t guest, int32_t second) {
    if (!(s->missing > 0))
        return false;
    uint64_t key = base_key_child(base_key_child(s->key, (uint64_t)guest), (uint64_t)second);
    return base_uniform(base_mix(key)) < s->missing;
}

static void pass_gate(calibrate_seen *s, const piste_event *e, int32_t first, int32_t people) {
    for (int32_t i = 0; i < people; i++) {
        int32_t guest = s->offset[e->party] + first + i;
        if (is_lost(s, guest, e->second))
            continue;
        if (!make_room(&s->scans, &s->room, s->count + 1, sizeof *s->scans)) {
            s->failed = true;
            return;
        }
        s->scans[s->count++] = (calibrate_scan){e->second, guest, (int16_t)e->lift, (int16_t)e->segment};
    }
}

static void click(calibrate_seen *s, const piste_event *e) {
    s->counted[e->lift] += e->size;
    for (int32_t i = 0; i < e->size; i++) {
        if (!make_room(&s->clicks, &s->click_room, s->click_count + 1, sizeof *s->clicks)) {
            s->failed = true;
            return;
        }
        s->clicks[s->click_count++] = (calibrate_scan){e->second, -1, (int16_t)e->lift, -1};
    }
}

// Gates stand where people go up: those who ride down from the top pass none.
static bool is_up(const calibrate_seen *s, const piste_event *e) {
    return e->place != s->resort->lifts.list[e->lift].to.index;
}

void calibrate_seen_hear(void *seen, const piste_event *e) {
    calibrate_seen *s = seen;
    if (s->failed)
        return;
    if (e->act == PISTE_ACT_ARRIVE)
        come(s, e);
    else if (e->act == PISTE_ACT_PART)
        part(s, e);
    else if (e->act == PISTE_ACT_JOIN && is_up(s, e)) {
        s->boarded[e->party] = 0;
        if (s->gates->gate[e->lift] == PISTE_GATE_PLACE_BEFORE)
            pass_gate(s, e, 0, e->size);
        if (s->gates->click[e->lift] == PISTE_GATE_PLACE_BEFORE)
            click(s, e);
    } else if (e->act == PISTE_ACT_BOARD && is_up(s, e)) {
        if (s->gates->gate[e->lift] == PISTE_GATE_PLACE_AFTER)
            pass_gate(s, e, s->boarded[e->party], e->size);
        if (s->gates->click[e->lift] == PISTE_GATE_PLACE_AFTER)
            click(s, e);
        s->boarded[e->party] += e->size;
    }
}

// ---- a day ----------------------------------------------------------------------------------------------------------

static bool begin(calibrate_seen *s, int32_t parties, int32_t guests) {
    size_t room = (size_t)parties + 2;
    s->parties = parties;
    s->offset = calloc(room, sizeof *s->offset);
    s->size = calloc(room, sizeof *s->size);
    s->boarded = calloc(room, sizeof *s->boarded);
    s->arrived = calloc(room, sizeof *s->arrived);
    s->segment = calloc(room, sizeof *s->segment);
    s->pass_of = calloc((size_t)guests + 1, sizeof *s->pass_of);
    s->counted = calloc((size_t)s->gates->lifts + 1, sizeof *s->counted);
    return s->offset && s->size && s->boarded && s->arrived && s->segment && s->pass_of && s->counted;
}

static void end(calibrate_seen *s) {
    free(s->offset);
    free(s->size);
    free(s->boarded);
    free(s->arrived);
    free(s->segment);
    free(s->pass_of);
    free(s->counted);
    free(s->scans);
    free(s->clicks);
}

// Guests become passes: those who were seen at all, in the order of their numbers.
static bool fill(calibrate_seen *s, calibrate_day *out) {
    *out = (calibrate_day){.visits = -1, .sold = -1, .cars = -1, .date = PISTE_DATE_NONE};
    for (int32_t i = 0; i < s->count; i++)
        s->pass_of[s->scans[i].pass] = 1;
    for (int32_t g = 0; g < s->guests; g++)
        s->pass_of[g] = s->pass_of[g] ? out->pass_count++ : -1;
    size_t passes = (size_t)out->pass_count + 1, lifts = (size_t)s->gates->lifts;
    out->scans = base_arena_take(s->arena, ((size_t)s->count + 1) * sizeof *out->scans);
    out->clicks = base_arena_take(s->arena, ((size_t)s->click_count + 1) * sizeof *out->clicks);
    out->counted = base_arena_take(s->arena, (lifts + 1) * sizeof *out->counted);
    out->party = base_arena_take(s->arena, passes * sizeof *out->party);
    out->parties = base_arena_take(s->arena, ((size_t)s->parties + 1) * sizeof *out->parties);
    if (!out->scans || !out->clicks || !out->counted || !out->party || !out->parties)
        return false;
    for (int32_t i = 0; i < s->count; i++) {
        out->scans[i] = s->scans[i];
        out->scans[i].pass = s->pass_of[s->scans[i].pass];
        if (!s->gates->segments)
            out->scans[i].segment = -1;
    }
    if (s->click_count)
        memcpy(out->clicks, s->clicks, (size_t)s->click_count * sizeof *s->clicks);
    out->count = s->count;
    out->click_count = s->click_count;
    for (size_t i = 0; i < lifts; i++)
        out->counted[i] = s->gates->click[i] ? s->counted[i] : (double)NAN;
    for (int32_t p = 0; p < s->parties; p++) { // those who part later are told with the party that came
        if (s->size[p] == 0)
            continue;
        out->parties[out->party_count] = (calibrate_truth){s->size[p], s->arrived[p], s->segment[p]};
        for (int32_t i = 0; i < s->size[p]; i++)
            if (s->pass_of[s->offset[p] + i] >= 0)
                out->party[s->pass_of[s->offset[p] + i]] = out->party_count;
        out->party_count++;
    }
    out->visits = s->guests;
    return calibrate_day_tidy(s->gates, s->arena, out);
}

piste_status calibrate_observe(const piste_resort *resort, const calibrate_gates *gates, uint64_t seed, int64_t sold,
                               double missing, base_arena *arena, calibrate_day *out) {
    calibrate_seen s = {
        .resort = resort, .gates = gates, .missing = missing, .key = base_mix(seed ^ 0x5ca15ull), .arena = arena};
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    def.seed = seed;
    def.guests = sold;
    def.bin_s = 3600;
    def.event = calibrate_seen_hear;
    def.context = &s;
    piste_status status = piste_day_create(resort, &def, NULL, &day);
    if (status != PISTE_OK)
        return status;
    const piste_day_result *before = piste_day_get_result(day);
    int64_t all = 0;
    for (int32_t i = 0; i < before->segments.count; i++)
        all += before->segments.list[i].sold;
    if (begin(&s, before->parties, (int32_t)all)) {
        piste_day_run(day, PISTE_DAY_END);
        if (s.failed || !fill(&s, out))
            status = PISTE_MEMORY;
    } else
        status = PISTE_MEMORY;
    end(&s);
    piste_day_destroy(day);
    return status;
}
