// ccc_days.c - what only guests can tell: uncrowded days of the resort give the vertical that each ability skis, the
// share of rides that only bring people somewhere, and how many of a day's guests are on the slopes when most are.
//
// Followed from event to event: a ride up counts as skied where its people ski a run before they board again or leave,
// otherwise as access (a transfer, a visitor on foot, lunch at the top and down again by the lift).
#include <math.h>
#include <stdlib.h>

#include "flow/flow.h"
#include "plan/ccc.h"

typedef struct pending {        // rides that are not yet known to be skied or not
    int32_t lift[2], people[2]; // the second: of those whom the party has met; lift -1: none
    bool aboard;
} pending;

typedef struct figures { // of one day
    double people[PISTE_ABILITY_COUNT], descent_m[PISTE_ABILITY_COUNT];
    double guests, waited_s, rides, skiers;
} figures;

typedef struct job {
    ccc_build *build;
    int64_t guests;
    int32_t bins;           // quarters of an hour of a day
    figures *days;          // [day]
    double *skied, *access; // [day * lifts + lift], people
    double *slopes;         // [(day * bins + bin) * classes + class], people on runs
} job;

typedef struct hand { // one thread's
    piste_day *day;
    const piste_resort *resort;
    pending *parties;
    int32_t room;
    double *skied, *access; // of the day that is rehearsed
    bool failed;
} hand;

// ---- following rides -----------------------------------------------------------------------------------------------

static pending *party_of(hand *h, int32_t party) {
    if (party >= h->room) {
        int32_t room = party + party / 2 + 64;
        pending *more = realloc(h->parties, (size_t)room * sizeof *more);
        if (!more) {
            h->failed = true;
            return NULL;
        }
        for (int32_t i = h->room; i < room; i++)
            more[i] = (pending){.lift = {-1, -1}};
        h->parties = more;
        h->room = room;
    }
    return &h->parties[party];
}

static void settle(pending *p, double *tally) {
    for (int i = 0; i < 2; i++) {
        if (p->lift[i] >= 0 && tally)
            tally[p->lift[i]] += p->people[i];
        p->lift[i] = -1;
    }
}

static void board(hand *h, pending *p, const piste_event *e) {
    if (!p->aboard)
        settle(p, h->access);
    p->aboard = true;
    if (e->place == h->resort->lifts.list[e->lift].to.index) // downwards, on the empty side of the rope
        return;
    if (p->lift[0] != e->lift)
        p->people[0] = 0;
    p->lift[0] = e->lift;
    p->people[0] += e->size;
}

static void part(hand *h, int32_t party, int32_t size) {
    pending *other = party_of(h, party + 1), *p = party_of(h, party); // in this order: the memory may move
    if (!other)
        return;
    *other = (pending){.lift = {p->lift[0], -1}, .people = {size, 0}};
    p->people[0] -= size;
}

static void meet(hand *h, int32_t party) {
    pending *other = party_of(h, party + 1), *p = party_of(h, party);
    if (!other)
        return;
    if (p->lift[1] < 0) {
        p->lift[1] = other->lift[0];
        p->people[1] = other->people[0];
    }
    *other = (pending){.lift = {-1, -1}};
}

static void hear(void *context, const piste_event *e) {
    hand *h = context;
    pending *p = e->party < 0 ? NULL : party_of(h, e->party);
    if (!p)
        return;
    switch (e->act) {
    case PISTE_ACT_BOARD:
        board(h, p, e);
        break;
    case PISTE_ACT_UNLOAD:
        p->aboard = false;
        break;
    case PISTE_ACT_SKI:
        settle(p, h->skied);
        break;
    case PISTE_ACT_GONE:
        settle(p, h->access);
        break;
    case PISTE_ACT_EVACUATE:
    case PISTE_ACT_ASSIST: // brought down: neither
        settle(p, NULL);
        p->aboard = false;
        break;
    case PISTE_ACT_PART:
        part(h, e->party, e->size);
        break;
    case PISTE_ACT_MEET:
        meet(h, e->party);
        break;
    default:
        break;
    }
}

// ---- the days ------------------------------------------------------------------------------------------------------

static void drop_hand(void *context, void *own) {
    (void)context;
    hand *h = own;
    piste_day_destroy(h->day);
    free(h->parties);
    free(h);
}

static void *make_hand(void *context) {
    const job *j = context;
    hand *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    piste_day_def def = piste_day_def_default();
    def.guests = j->guests;
    def.bin_s = CCC_QUARTER_S;
    def.event = hear;
    def.context = h;
    h->resort = j->build->resort;
    if (piste_day_create(h->resort, &def, NULL, &h->day) != PISTE_OK) { // it could be made before
        free(h);
        return NULL;
    }
    return h;
}

static void keep(const job *j, const piste_day_result *r, int64_t day) {
    figures *f = &j->days[day];
    f->guests = (double)r->guests;
    f->rides = (double)r->wait.count;
    f->waited_s = r->wait.mean_s * (double)r->wait.count;
    for (int32_t i = 0; i < r->groups[PISTE_BY_ABILITY].count; i++) {
        const piste_group_result *g = &r->groups[PISTE_BY_ABILITY].list[i];
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            if (strcmp(g->key, piste_ability_word((piste_ability)a)) == 0) {
                f->people[a] = (double)g->people;
                f->descent_m[a] = g->descent_m;
                f->skiers += (double)g->people;
            }
    }
    for (int32_t i = 0; i < r->runs.count; i++)
        for (int32_t b = 0; b < r->bin_count && b < j->bins; b++)
            j->slopes[(day * j->bins + b) * PISTE_CCC_TERRAIN_COUNT +
                      ccc_terrain_of_run(&j->build->resort->runs.list[i])] += r->runs.list[i].people[b];
}

static piste_status run_day(void *context, void *own, int64_t index) {
    const job *j = context;
    hand *h = own;
    int32_t lifts = j->build->resort->lifts.count;
    h->skied = &j->skied[index * lifts];
    h->access = &j->access[index * lifts];
    for (int32_t i = 0; i < h->room; i++)
        h->parties[i] = (pending){.lift = {-1, -1}};
    piste_status status = piste_day_reset(h->day, j->build->def->seed + (uint64_t)index);
    if (status != PISTE_OK)
        return status;
    piste_day_run(h->day, PISTE_DAY_END);
    keep(j, piste_day_get_result(h->day), index);
    return h->failed ? PISTE_MEMORY : PISTE_OK;
}

static bool tick(void *context, int64_t done) {
    const ccc_build *b = ((const job *)context)->build;
    return !b->def->tick || b->def->tick(b->def->context, b->done + done, b->all);
}

// ---- what they say -------------------------------------------------------------------------------------------------

// A ratio of sums over days, with its standard error (by linearisation, days being independent).
static piste_ccc_input ratio_of(const double *above, const double *below, int32_t days, size_t stride) {
    double up = 0, down = 0, squares = 0;
    for (int32_t d = 0; d < days; d++) {
        up += above[(size_t)d * stride];
        down += below[(size_t)d * stride];
    }
    piste_ccc_input in = ccc_input(PISTE_CCC_SIMULATED, down > 0 ? up / down : (double)NAN, "");
    int32_t counted = 0; // of one day nothing is known of how days differ
    for (int32_t d = 0; d < days; d++)
        counted += below[(size_t)d * stride] > 0;
    for (int32_t d = 0; d < days && down > 0; d++) {
        double off = above[(size_t)d * stride] - in.value * below[(size_t)d * stride];
        squares += off * off;
    }
    if (counted > 1)
        in.error = base_sqrt(squares * days / (days - 1)) / down;
    return in;
}

static void fill_demand(ccc_build *b, const job *j) {
    size_t stride = sizeof *j->days / sizeof(double);
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        piste_ccc_input *in = &b->sheet->demand[a];
        double people = 0;
        if (!isnan(in->value))
            continue;
        for (int32_t d = 0; d < b->def->days; d++)
            people += j->days[d].people[a];
        *in = ratio_of(&j->days[0].descent_m[a], &j->days[0].people[a], b->def->days, stride);
        if (in->value >= 1) // m; nobody plans for less
            in->source = ccc_format(b, "the vertical that %.0f of flow's guests skied a day, on %d uncrowded days",
                                    people, b->def->days);
        else
            *in = ccc_input(PISTE_CCC_ASSUMED, NAN, "");
    }
}

static void fill_access(ccc_build *b, const job *j) {
    int32_t lifts = b->resort->lifts.count;
    double *all = ccc_take(b, (int64_t)b->def->days * lifts, sizeof *all);
    for (int64_t i = 0; all && i < (int64_t)b->def->days * lifts; i++)
        all[i] = j->skied[i] + j->access[i];
    for (int32_t i = 0; all && i < lifts; i++) {
        piste_ccc_input *in = &b->sheet->lifts.list[i].in[PISTE_CCC_ACCESS];
        double rides = 0;
        if (!isnan(in->value))
            continue;
        for (int32_t d = 0; d < b->def->days; d++)
            rides += all[(int64_t)d * lifts + i];
        if (rides > 0) {
            *in = ratio_of(&j->access[i], &all[i], b->def->days, (size_t)lifts);
            in->source =
                ccc_format(b, "rides up not followed by a run, of %.0f on %d uncrowded days", rides, b->def->days);
        }
    }
}

// The mean day's curve first and its highest quarter of an hour then: the mean of each day's own peak would be too
// high.
static void fill_slopes(ccc_build *b, const job *j) {
    double guests = 0;
    int32_t peak_bin = 0;
    for (int32_t d = 0; d < b->def->days; d++)
        guests += j->days[d].guests;
    for (int c = 0; c <= PISTE_CCC_TERRAIN_COUNT; c++) {
        double peak = 0;
        for (int32_t bin = 0; bin < j->bins; bin++) {
            double sum = 0;
            for (int32_t d = 0; d < b->def->days; d++)
                for (int k = 0; k < PISTE_CCC_TERRAIN_COUNT; k++)
                    if (c == k || c == PISTE_CCC_TERRAIN_COUNT)
                        sum += j->slopes[((int64_t)d * j->bins + bin) * PISTE_CCC_TERRAIN_COUNT + k];
            if (sum > peak) {
                peak = sum;
                peak_bin = bin;
            }
        }
        b->on_slopes[c] = guests > 0 ? peak / guests : (double)NAN;
    }
    double squares = 0, mean = b->on_slopes[PISTE_CCC_TERRAIN_COUNT];
    for (int32_t d = 0; d < b->def->days && guests > 0; d++) {
        double sum = 0;
        for (int k = 0; k < PISTE_CCC_TERRAIN_COUNT; k++)
            sum += j->slopes[((int64_t)d * j->bins + peak_bin) * PISTE_CCC_TERRAIN_COUNT + k];
        squares += (sum - mean * j->days[d].guests) * (sum - mean * j->days[d].guests);
    }
    b->on_slopes_error = guests > 0 ? base_sqrt(squares * b->def->days / (b->def->days - 1)) / guests : (double)NAN;
}

static void fill(ccc_build *b, const job *j) {
    double rides = 0, waited = 0;
    for (int32_t d = 0; d < b->def->days; d++) {
        rides += j->days[d].rides;
        waited += j->days[d].rides > 0 ? j->days[d].waited_s : 0;
    }
    b->sheet->days = b->def->days;
    b->sheet->day_guests = j->guests;
    b->sheet->day_wait_s = rides > 0 ? waited / rides : (double)NAN;
    fill_demand(b, j);
    fill_access(b, j);
    fill_slopes(b, j);
}

// So few that they do not wait for each other: at most 200, at most a tenth of what the lifts carry in an hour.
int64_t ccc_uncrowded(const ccc_build *b) {
    int64_t own = 0;
    double pph = 0;
    for (int32_t i = 0; i < b->resort->segments.count; i++)
        own += b->resort->segments.list[i].guests;
    for (int32_t i = 0; i < b->resort->lifts.count; i++)
        pph += b->resort->lifts.list[i].capacity_pph;
    int64_t few = (int64_t)(pph / 10);
    few = few < 20 ? 20 : few > 200 ? 200 : few;
    return own < few ? own : few;
}

piste_status ccc_run_days(ccc_build *b) {
    int32_t days = b->def->days, lifts = b->resort->lifts.count;
    job j = {.build = b, .guests = ccc_uncrowded(b)};
    j.bins = (b->resort->day.to_s - b->resort->day.from_s) / CCC_QUARTER_S + 2;
    j.days = ccc_take(b, days, sizeof *j.days);
    j.skied = ccc_take(b, (int64_t)days * lifts, sizeof *j.skied);
    j.access = ccc_take(b, (int64_t)days * lifts, sizeof *j.access);
    j.slopes = ccc_take(b, (int64_t)days * j.bins * PISTE_CCC_TERRAIN_COUNT, sizeof *j.slopes);
    if (b->failed)
        return PISTE_MEMORY;
    const plan_work work = {.count = days,
                            .threads = b->def->threads,
                            .job = &j,
                            .hand = make_hand,
                            .drop = drop_hand,
                            .piece = run_day,
                            .tick = tick};
    piste_status status = plan_work_run(&work);
    b->done += days;
    if (status == PISTE_OK)
        fill(b, &j);
    return status;
}
