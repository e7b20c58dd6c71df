// calibrate_clock.c - clocks of gates: how far each is ahead of the first one's, and how fast it drifts away.
//
// From a scan at gate a to the next at gate b a guest needs as long as rehearsed ones do, plus the difference of the two
// clocks: r(a, b) = o(b) - o(a), where r is the median of the gaps as scanned less that of the rehearsed ones. Taken in
// the earlier and the later half of such pairs it gives offset and drift by weighted least squares. A loop a, b, a holds
// no trace of the clocks: only where people go both ways does the difference r(a, b) - r(b, a) tell them from slow or
// fast skiing, and where they go one way it leans on the rehearsal. What the gaps of different pairs do not agree on
// makes the intervals wider.
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"

enum { ENOUGH = 30, PARAMETERS = 2 * PISTE_SCAN_GATES_MAX };

void calibrate_gaps_add(const calibrate_gates *gates, const calibrate_day *day, calibrate_gaps *gaps) {
    for (int32_t p = 0; p < day->pass_count && !gaps->failed; p++)
        for (int32_t i = day->first[p] + 1; i < day->first[p + 1]; i++) {
            const calibrate_scan *a = &day->scans[i - 1], *b = &day->scans[i];
            if (a->lift == b->lift)
                continue;
            if (gaps->count == gaps->room) {
                int64_t room = gaps->room ? 2 * gaps->room : 4096;
                struct calibrate_gap *list = realloc(gaps->list, (size_t)room * sizeof *list);
                if (!list) {
                    gaps->failed = true;
                    return;
                }
                gaps->list = list;
                gaps->room = room;
            }
            gaps->list[gaps->count++] = (struct calibrate_gap){
                b->second - a->second, b->second, (int16_t)gates->index[a->lift], (int16_t)gates->index[b->lift]};
        }
    gaps->people += day->pass_count;
    gaps->parties += day->group ? day->group_count : day->pass_count;
}

static int by_way_and_time(const void *a, const void *b) {
    const struct calibrate_gap *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static int ascending(const void *a, const void *b) {
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

typedef struct middle {
    double median, error, at_h;
    int64_t count;
} middle;

// Median of the gaps of a way between two times of the day, and its standard error from the quartiles about it.
static middle middle_of(const struct calibrate_gap *list, int64_t count, int32_t from, int32_t to, double alike,
                        double *room) {
    middle m = {0, HUGE_VAL, 0, 0};
    for (int64_t i = 0; i < count; i++)
        if (list[i].at >= from && list[i].at < to) {
            m.at_h += list[i].at / 3600.0;
            room[m.count++] = list[i].seconds;
        }
    if (m.count < ENOUGH)
        return m;
    qsort(room, (size_t)m.count, sizeof *room, ascending);
    int64_t n = m.count;
    m.at_h /= (double)n;
    m.median = 0.5 * (room[(n - 1) / 2] + room[n / 2]);
    double sd = (room[3 * n / 4] - room[n / 4]) / 1.349;
    m.error = 1.2533 * (sd > 1 ? sd : 1) / sqrt((double)n * alike);
    return m;
}

typedef struct clock_system {
    int32_t gates, count; // count: of parameters: offset and drift of each gate but the first
    double *a, *b;        // normal equations
    double squares;       // of the residuals, weighted
    int32_t rows;
    bool *linked, *both; // of each pair of gates [a * gates + b]: compared; both ways
    struct row {
        int32_t from, to;
        double at_h, r, weight;
    } * list;
} clock_system;

static void add_row(clock_system *s, int32_t from, int32_t to, double at_h, double r, double error) {
    s->list[s->rows++] = (struct row){from, to, at_h, r, 1 / (error * error)};
    s->linked[from * s->gates + to] = true;
}

static void fill_row(const struct row *w, int32_t count, double *x) {
    memset(x, 0, (size_t)count * sizeof *x);
    if (w->to > 0) {
        x[2 * (w->to - 1)] += 1;
        x[2 * (w->to - 1) + 1] += w->at_h - 12;
    }
    if (w->from > 0) {
        x[2 * (w->from - 1)] -= 1;
        x[2 * (w->from - 1) + 1] -= w->at_h - 12;
    }
}

static const struct calibrate_gap *way_of(const calibrate_gaps *gaps, int32_t from, int32_t to, int64_t *count) {
    int64_t low = 0;
    while (low < gaps->count &&
           (gaps->list[low].from < from || (gaps->list[low].from == from && gaps->list[low].to < to)))
        low++;
    int64_t end = low;
    while (end < gaps->count && gaps->list[end].from == from && gaps->list[end].to == to)
        end++;
    *count = end - low;
    return &gaps->list[low];
}

static void compare_way(clock_system *s, const calibrate_gaps *scanned, const calibrate_gaps *rehearsed, int32_t from,
                        int32_t to, double *room) {
    int64_t n, many;
    const struct calibrate_gap *seen = way_of(scanned, from, to, &n), *like = way_of(rehearsed, from, to, &many);
    if (n < ENOUGH || many < ENOUGH)
        return;
    double alike = scanned->people > 0 ? (double)scanned->parties / (double)scanned->people : 1;
    int32_t half = seen[n / 2].at, spans[3] = {0, half, INT32_MAX};
    bool split = n >= 4 * ENOUGH;
    for (int32_t k = 0; k < (split ? 2 : 1); k++) {
        int32_t begin = split ? spans[k] : 0, end = split ? spans[k + 1] : INT32_MAX;
        middle a = middle_of(seen, n, begin, end, alike, room), b = middle_of(like, many, begin, end, alike, room);
        if (a.count >= ENOUGH && b.count >= ENOUGH)
            add_row(s, from, to, a.at_h, a.median - b.median, sqrt(a.error * a.error + b.error * b.error));
    }
}

// Which gates hang together with the first.
static void reach(const clock_system *s, bool *reached) {
    reached[0] = true;
    for (int32_t sweep = 0; sweep < s->gates; sweep++)
        for (int32_t a = 0; a < s->gates; a++)
            for (int32_t b = 0; b < s->gates; b++)
                if (reached[a] && (s->linked[a * s->gates + b] || s->linked[b * s->gates + a]))
                    reached[b] = true;
}

static bool goes_both_ways(const clock_system *s, int32_t gate) {
    for (int32_t b = 0; b < s->gates; b++)
        if (s->linked[gate * s->gates + b] && s->linked[b * s->gates + gate])
            return true;
    return false;
}

static bool solve(clock_system *s, double *x, double *covariance) {
    int32_t n = s->count;
    double own[PARAMETERS];
    for (int32_t i = 0; i < s->rows; i++) {
        fill_row(&s->list[i], n, own);
        for (int32_t a = 0; a < n; a++) {
            s->b[a] += s->list[i].weight * own[a] * s->list[i].r;
            for (int32_t b = 0; b < n; b++)
                s->a[a * n + b] += s->list[i].weight * own[a] * own[b];
        }
    }
    for (int32_t a = 0; a < n; a++) // a drift of a minute an hour, an offset of an hour: what nothing speaks against
        s->a[a * n + a] += a % 2 ? 1.0 / (60 * 60) : 1.0 / (3600.0 * 3600);
    if (!calibrate_invert(n, s->a, 1e-12, covariance))
        return false;
    for (int32_t a = 0; a < n; a++) {
        x[a] = 0;
        for (int32_t b = 0; b < n; b++)
            x[a] += covariance[a * n + b] * s->b[b];
    }
    for (int32_t i = 0; i < s->rows; i++) {
        double off = s->list[i].r;
        fill_row(&s->list[i], n, own);
        for (int32_t a = 0; a < n; a++)
            off -= own[a] * x[a];
        s->squares += s->list[i].weight * off * off;
    }
    return true;
}

static void tell(const clock_system *s, const double *x, const double *covariance, const bool *reached,
                 const calibrate_gaps *scanned, piste_gate_result *out) {
    int32_t n = s->count, free = s->rows - n;
    double wider = free > 0 && s->squares > free ? sqrt(s->squares / free) : 1;
    for (int32_t g = 0; g < s->gates; g++) {
        int64_t seen = 0;
        for (int64_t i = 0; i < scanned->count; i++)
            seen += scanned->list[i].from == g || scanned->list[i].to == g;
        out[g].clock_known = reached[g];
        out[g].clock_why = g == 0                  ? "the others are told against this one"
                           : !reached[g]           ? "too few go between it and gates that are known"
                           : !goes_both_ways(s, g) ? "people go one way only: it leans on the rehearsal"
                                                   : "";
        out[g].clock_s = out[g].drift_s_per_h = calibrate_unknown();
        if (reached[g] && g > 0) {
            int32_t o = 2 * (g - 1);
            out[g].clock_s = calibrate_estimate(x[o], wider * sqrt(covariance[o * n + o]), seen);
            out[g].drift_s_per_h = calibrate_estimate(x[o + 1], wider * sqrt(covariance[(o + 1) * n + o + 1]), seen);
        }
    }
}

bool calibrate_clocks(const calibrate_gates *gates, const calibrate_gaps *scanned, const calibrate_gaps *rehearsed,
                      base_arena *arena, piste_gate_result *out) {
    size_t g = (size_t)gates->count, n = g > 1 ? 2 * (g - 1) : 0;
    clock_system s = {.gates = gates->count, .count = (int32_t)n};
    int64_t most = scanned->count > rehearsed->count ? scanned->count : rehearsed->count;
    s.a = base_arena_take(arena, (n * n + 1) * sizeof *s.a);
    s.b = base_arena_take(arena, (n + 1) * sizeof *s.b);
    s.linked = base_arena_take(arena, g * g + 1);
    s.list = base_arena_take(arena, (2 * g * g + 1) * sizeof *s.list);
    bool *reached = base_arena_take(arena, g + 1);
    double *x = base_arena_take(arena, (n + 1) * sizeof *x), *room = malloc(((size_t)most + 1) * sizeof *room);
    double *covariance = base_arena_take(arena, (n * n + 1) * sizeof *covariance);
    bool good = s.a && s.b && s.linked && s.list && reached && x && room && covariance;
    if (good) {
        if (scanned->count)
            qsort(scanned->list, (size_t)scanned->count, sizeof *scanned->list, by_way_and_time);
        if (rehearsed->count)
            qsort(rehearsed->list, (size_t)rehearsed->count, sizeof *rehearsed->list, by_way_and_time);
        for (int32_t a = 0; a < gates->count; a++)
            for (int32_t b = 0; b < gates->count; b++)
                if (a != b)
                    compare_way(&s, scanned, rehearsed, a, b, room);
        reach(&s, reached);
        good = solve(&s, x, covariance);
        tell(&s, x, covariance, reached, scanned, out);
    }
    free(room);
    return good;
}
