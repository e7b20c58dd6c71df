// calibrate_patterns.c - when parties come and how large they are, from first scans and from who passes together, set
// right by what rehearsed days show of parties whose coming and size are known.
//
// Of N(k) parties that come in half hour k, N(k) T(k, b) are first seen in quarter b: T, which holds tickets, rental and
// waiting for the first carrier, is counted in rehearsals in which people come evenly over the day. Counts are Poisson,
// N by maximum likelihood. The same with sizes and the number of passes that are seen together.
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"
#include "plan/calibrate_patterns.h"

enum { HALF_S = 1800, QUARTER_S = 900, COLUMNS = 60, BINS = 120, SIZES = 8 };
static const double alike = 0.25; // total variation below which two columns of T look alike

typedef struct table {                            // of one segment; -1: everyone
    float seen[COLUMNS * BINS], parties[COLUMNS]; // whole numbers
    double times, squares; // how often a party is seen: over parties, the sum and that of the squares
} table;

typedef struct count_all {
    const calibrate_patterns *about;
    bool sizes;
    int32_t segments;
    table *tables; // of each run and segment
} count_all;

static int32_t column_of(const calibrate_patterns *a, bool sizes, const calibrate_truth *party) {
    int32_t k = sizes ? party->size - 1 : (party->arrived_s - a->from_s) / HALF_S;
    int32_t last = sizes ? SIZES - 1 : COLUMNS - 1;
    return k < 0 ? 0 : k > last ? last : k;
}

static int32_t bin_of(const calibrate_patterns *a, bool sizes, int32_t first_s, int32_t size) {
    int32_t b = sizes ? size - 1 : (first_s - a->from_s) / QUARTER_S;
    int32_t last = sizes ? SIZES - 1 : BINS - 1;
    return b < 0 ? 0 : b > last ? last : b;
}

typedef struct group {
    int32_t first_s, size, segment, party;
} group;

static group *list_groups(const calibrate_day *day) {
    group *list = calloc((size_t)day->group_count + 1, sizeof *list);
    for (int32_t p = 0; list && p < day->pass_count; p++) {
        group *own = &list[day->group[p]];
        const calibrate_scan *scan = &day->scans[day->first[p]];
        if (own->size == 0)
            *own = (group){scan->second, 0, scan->segment, day->party ? day->party[p] : -1};
        own->first_s = scan->second < own->first_s ? scan->second : own->first_s;
        own->size++;
    }
    return list;
}

static void take_run(void *context, int64_t index, const calibrate_day *day) {
    count_all *c = context;
    table *own = &c->tables[index * c->segments];
    group *groups = list_groups(day);
    int32_t *times = calloc((size_t)day->party_count + 1, sizeof *times);
    for (int32_t i = 0; i < day->party_count; i++) {
        int32_t s = c->segments > 1 ? day->parties[i].segment : 0;
        own[s].parties[column_of(c->about, c->sizes, &day->parties[i])]++;
    }
    for (int32_t i = 0; groups && i < day->group_count; i++) {
        const calibrate_truth *party = &day->parties[groups[i].party];
        int32_t s = c->segments > 1 ? party->segment : 0;
        int32_t k = column_of(c->about, c->sizes, party);
        own[s].seen[k * BINS + bin_of(c->about, c->sizes, groups[i].first_s, groups[i].size)]++;
        if (times)
            times[groups[i].party]++;
    }
    for (int32_t i = 0; times && i < day->party_count; i++) {
        int32_t s = c->segments > 1 ? day->parties[i].segment : 0;
        own[s].times += times[i];
        own[s].squares += (double)times[i] * times[i];
    }
    free(times);
    free(groups);
}

// ---- evenly over what is possible -----------------------------------------------------------------------------------

static bool even_bins(base_arena *arena, double from, double width, int32_t bins, const double *weights,
                      piste_dist *out) {
    const char *why;
    double *edges = base_arena_take(arena, ((size_t)bins + 1) * sizeof *edges);
    double *cumulative = base_arena_take(arena, ((size_t)bins + 1) * sizeof *cumulative), sum = 0, all = 0;
    if (!edges || !cumulative)
        return false;
    for (int32_t i = 0; i < bins; i++)
        all += weights ? weights[i] : 1;
    for (int32_t i = 0; i <= bins; i++)
        edges[i] = from + width * i;
    for (int32_t i = 0; i < bins; i++) {
        sum += weights ? weights[i] : 1;
        cumulative[i] = sum / all;
    }
    cumulative[bins - 1] = 1;
    *out = (piste_dist){
        .kind = PISTE_DIST_EMPIRICAL, .count = bins, .bins = true, .values = edges, .cumulative = cumulative};
    return all > 0 && piste_dist_prepare(out, &why) == PISTE_OK;
}

static bool even_sizes(base_arena *arena, int32_t sizes, const double *weights, piste_dist *out) {
    if (!even_bins(arena, 1, 1, sizes, weights, out))
        return false;
    const char *why;
    out->bins = false;
    return piste_dist_prepare(out, &why) == PISTE_OK;
}

// Half of the rehearsals are even, so that all is possible; the others are as is known so far, so that what is likely is
// rehearsed with as many about as there are.
static piste_status rehearse(const calibrate_patterns *a, bool sizes, const double *by, count_all *c) {
    const calibrate_case *own = a->c;
    int32_t segments = own->resort->segments.count, runs = own->def->days / 2, half = runs / 2;
    calibrate_patch patch = *own->patch;
    piste_dist *even = base_arena_take(own->arena, (size_t)segments * sizeof *even);
    calibrate_run *list = base_arena_take(own->arena, (size_t)runs * sizeof *list);
    c->tables = base_arena_take(own->arena, (size_t)runs * (size_t)c->segments * sizeof *c->tables);
    if (!even || !list || !c->tables)
        return PISTE_MEMORY;
    for (int32_t s = 0; s < segments; s++)
        if (!(sizes ? even_sizes(own->arena, a->sizes, NULL, &even[s])
                    : even_bins(own->arena, a->from_s, HALF_S, a->columns, NULL, &even[s])))
            return PISTE_MEMORY;
    *(sizes ? &patch.size : &patch.arrival) = even;
    for (int32_t i = 0; i < runs; i++) {
        list[i] = (calibrate_run){.seed = base_mix(base_key_child(own->def->seed ^ 0xa991, (uint64_t)i)) >> 1};
        list[i].sold = calibrate_sold(own, own->days[i % own->day_count], a->guests_per_pass);
        memcpy(list[i].by, by, CALIBRATE_VALUES * sizeof *by);
    }
    calibrate_work work = {.resort = own->resort,
                           .gates = own->gates,
                           .patch = &patch,
                           .missing = own->missing,
                           .threads = own->def->threads,
                           .together_s = own->def->together_s,
                           .take = take_run,
                           .context = c,
                           .group = true,
                           .def = own->def,
                           .done = own->done,
                           .all = own->all};
    piste_status status = calibrate_rehearse(&work, list, half);
    if (status != PISTE_OK)
        return status;
    table *first = c->tables;
    c->tables = first + (size_t)half * (size_t)c->segments;
    work.patch = own->patch;
    status = calibrate_rehearse(&work, list + half, runs - half);
    c->tables = first;
    return status;
}

// ---- one pattern ----------------------------------------------------------------------------------------------------

static double share_before(const piste_dist *d, double x) { // by bisection of the quantile
    double low = 0, high = 1;
    for (int i = 0; i < 40; i++) {
        double middle = 0.5 * (low + high);
        if (piste_dist_draw(d, middle < 1e-9 ? 1e-9 : middle) < x)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

static double input_share(const piste_segment *s, bool sizes, double from, double to) {
    const piste_dist *d = sizes ? &s->party_size : &s->arrival;
    double shift = sizes ? -0.5 : 0, share = share_before(d, to + shift) - share_before(d, from + shift);
    return share > 0 ? share : 0;
}

static void count_scanned(const calibrate_patterns *a, bool sizes, int32_t segment, double *n, int64_t *groups) {
    *groups = 0;
    for (int32_t d = 0; d < a->c->day_count; d++) {
        group *list = list_groups(a->c->days[d]);
        for (int32_t i = 0; list && i < a->c->days[d]->group_count; i++)
            if (segment < 0 || list[i].segment == segment) {
                n[bin_of(a, sizes, list[i].first_s, list[i].size)]++;
                ++*groups;
            }
        free(list);
    }
}

// What is seen, as it is, where nothing can set it right.
static bool tell_seen(const calibrate_patterns *a, bool sizes, const double *n, int64_t groups, piste_pattern *out) {
    int32_t bins = sizes ? a->sizes : 2 * a->columns, count = 0;
    piste_bin *list = base_arena_take(a->out, (size_t)bins * sizeof *list);
    if (!list)
        return false;
    for (int32_t b = 0; b < bins; b++) {
        double share = groups ? n[b] / (double)groups : 0;
        if (!sizes && n[b] == 0)
            continue;
        piste_bin *own = &list[count++];
        *own = (piste_bin){.from = sizes ? b + 1 : a->from_s + b * QUARTER_S,
                           .to = sizes ? b + 1 : a->from_s + (b + 1) * QUARTER_S,
                           .tied = -1};
        own->share = calibrate_estimate(share, groups ? sqrt(share * (1 - share) / (double)groups) : 0, (int64_t)n[b]);
        own->share.low = own->share.low > 0 ? own->share.low : 0;
    }
    out->bins.list = list;
    out->bins.count = count;
    return true;
}

static double seen_in(const double *n, bool sizes, int32_t column, int32_t bins) {
    int32_t from = sizes ? column : 2 * column, to = sizes ? column + 1 : 2 * column + 2;
    double sum = 0;
    for (int32_t b = from; b < to && b < bins; b++)
        sum += n[b];
    return sum;
}

static bool tell_mixed(const calibrate_patterns *a, bool sizes, int32_t segment, const double *t, const bool *usable,
                       const double *n, double wider, piste_pattern *out, double *weights) {
    int32_t columns = sizes ? a->sizes : a->columns, bins = sizes ? a->sizes : 2 * a->columns, used = 0;
    int32_t which[COLUMNS], tie[COLUMNS], ties[COLUMNS] = {0};
    double start[COLUMNS], share[COLUMNS], error[COLUMNS];
    double *own = malloc((size_t)columns * (size_t)bins * sizeof *own);
    piste_bin *list = base_arena_take(a->out, (size_t)columns * sizeof *list);
    if (!own || !list) {
        free(own);
        return false;
    }
    const piste_segment *about = &a->c->resort->segments.list[segment < 0 ? 0 : segment];
    for (int32_t k = 0; k < columns; k++)
        if (usable[k]) {
            memcpy(&own[used * bins], &t[k * BINS], (size_t)bins * sizeof *own);
            start[used] = sizes ? input_share(about, true, k + 1, k + 2)
                                : input_share(about, false, a->from_s + k * HALF_S, a->from_s + (k + 1) * HALF_S);
            start[used] += 1e-6;
            which[used++] = k;
        }
    bool good = used > 0 && calibrate_unmix(used, bins, own, n, start, alike, share, error, tie);
    for (int32_t i = 0; good && i < used; i++)
        ties[tie[i]]++;
    for (int32_t i = 0; good && i < used; i++) {
        int32_t k = which[i];
        list[i] = (piste_bin){.from = sizes ? k + 1 : a->from_s + k * HALF_S,
                              .to = sizes ? k + 1 : a->from_s + (k + 1) * HALF_S,
                              .tied = ties[tie[i]] > 1 ? tie[i] : -1};
        list[i].share = calibrate_estimate(share[i], wider * error[i], (int64_t)seen_in(n, sizes, k, bins));
        list[i].share.low = list[i].share.low > 0 ? list[i].share.low : 0;
        weights[k] = share[i];
    }
    free(own);
    out->bins.list = list;
    out->bins.count = good ? used : 0;
    return good;
}

// Columns of which most parties are seen at all: who comes too late to ride tells nothing.
// Returns the square root of how much more counts vary than if each came alone: those of a party come together.
static double add_up(const count_all *c, int32_t segment, int32_t runs, double *t, bool *usable, int32_t columns) {
    double parties[COLUMNS] = {0}, times = 0, squares = 0;
    memset(t, 0, COLUMNS * BINS * sizeof *t);
    for (int32_t r = 0; r < runs; r++) {
        const table *own = &c->tables[r * c->segments + segment];
        times += own->times;
        squares += own->squares;
        for (int32_t k = 0; k < COLUMNS; k++)
            parties[k] += (double)own->parties[k];
        for (int32_t i = 0; i < COLUMNS * BINS; i++)
            t[i] += (double)own->seen[i];
    }
    for (int32_t k = 0; k < columns; k++) {
        double seen = 0;
        for (int32_t b = 0; b < BINS; b++) {
            t[k * BINS + b] = parties[k] > 0 ? t[k * BINS + b] / parties[k] : 0;
            seen += t[k * BINS + b];
        }
        usable[k] = parties[k] >= 30 && seen > 0.3;
    }
    return times > 0 && squares > times ? sqrt(squares / times) : 1;
}

static bool put_pattern(const calibrate_patterns *a, bool sizes, const double *weights, piste_dist *out) {
    return sizes ? even_sizes(a->c->arena, a->sizes, weights, out)
                 : even_bins(a->c->arena, a->from_s, HALF_S, a->columns, weights, out);
}

// *error: of a tilt of what is put in: 1 / root of the parties, were each seen once.
static piste_status find(const calibrate_patterns *a, bool sizes, const double *by, piste_pattern *out,
                         piste_dist *put, double *error) {
    double squares = 0;
    const calibrate_case *own = a->c;
    bool told = own->gates->segments || own->resort->segments.count == 1;
    int32_t segments = own->gates->segments ? own->resort->segments.count : 1;
    count_all c = {.about = a, .sizes = sizes, .segments = segments};
    double *t = base_arena_take(own->arena, COLUMNS * BINS * sizeof *t);
    piste_status status = !t ? PISTE_MEMORY : told ? rehearse(a, sizes, by, &c) : PISTE_OK;
    for (int32_t s = 0; status == PISTE_OK && s < segments; s++) {
        double n[BINS] = {0}, weights[COLUMNS] = {0};
        bool usable[COLUMNS] = {false};
        piste_pattern *p = &out[s];
        *p = (piste_pattern){.segment = told ? own->resort->segments.list[s].entry.key : "", .why = ""};
        count_scanned(a, sizes, own->gates->segments ? s : -1, n, &p->parties);
        bool good;
        double wider = 1;
        if (told)
            wider = add_up(&c, s, own->def->days / 2, t, usable, sizes ? a->sizes : a->columns);
        if (!told || p->parties < 50) {
            p->why = told ? "fewer than 50 parties were seen"
                          : "the resort has several segments and the scans do not say which: a column segment would";
            good = tell_seen(a, sizes, n, p->parties, p);
        } else {
            good = tell_mixed(a, sizes, s, t, usable, n, wider, p, weights) && put_pattern(a, sizes, weights, &put[s]);
            p->known = good;
            squares += (double)p->parties / (wider * wider);
        }
        if (!good)
            status = PISTE_MEMORY;
    }
    *error = squares > 0 ? 1 / sqrt(squares) : 0;
    return status;
}

int32_t calibrate_patterns_count(const calibrate_case *c) {
    return c->gates->segments ? c->resort->segments.count : 1;
}

piste_status calibrate_patterns_find(const calibrate_case *c, base_arena *out, const double *by, double guests_per_pass,
                                     calibrate_patch *patch, piste_pattern *arrivals, piste_pattern *sizes) {
    calibrate_patterns a = {.c = c, .out = out, .guests_per_pass = guests_per_pass, .sizes = SIZES};
    int32_t first = INT32_MAX, last = 0;
    for (int32_t d = 0; d < c->day_count; d++)
        for (int32_t i = 0; i < c->days[d]->count; i++) {
            int32_t t = c->days[d]->scans[i].second;
            first = t < first ? t : first;
            last = t > last ? t : last;
        }
    int32_t span = c->resort->day.from_s;
    a.from_s = first - 2 * 3600 > span ? (first - 2 * 3600) / HALF_S * HALF_S : span / HALF_S * HALF_S;
    a.columns = (last - a.from_s) / HALF_S;
    a.columns = a.columns < 1 ? 1 : a.columns > COLUMNS ? COLUMNS : a.columns;
    int32_t segments = c->resort->segments.count;
    double arrival_error = 0, size_error = 0;
    piste_dist *put = base_arena_take(c->arena, 2 * (size_t)segments * sizeof *put);
    if (!put)
        return PISTE_MEMORY;
    piste_status status = find(&a, true, by, sizes, put + segments, &size_error);
    if (status == PISTE_OK)
        status = find(&a, false, by, arrivals, put, &arrival_error);
    if (status == PISTE_OK) {
        patch->arrival = put;
        patch->size = put + segments;
        patch->arrival_error = arrival_error;
        patch->size_error = size_error;
    }
    return status;
}
