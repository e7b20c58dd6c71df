// threshold.c - the quantile of thresholds that are known only by trying. See threshold.h.
//
// Every day has a bracket. The r-th smallest of the lower ends and the r-th smallest of the upper ends enclose the r-th
// smallest threshold; while they lie apart, a pivot between them is tried on each day whose bracket holds it, and that
// halves what is not known. Days on one side of all pivots are left alone, whatever their threshold. With more days the
// search goes on from the brackets there are.
//
// A day's answers need not be monotone: guests meet by chance, and a day that fails with v visits may be good with a few
// more. So at the end every day is tried at the estimate itself, and where fewer are good than asked the estimate gives
// way until that many are.
#include <stdlib.h>

#include "plan/threshold.h"

enum { RANKS = 3, FIRST_DAYS = 32 };

typedef struct search {
    const threshold_def *def;
    threshold_days *days;
    int64_t count, tries_made;
    threshold_try *tries;
    int64_t *lows, *highs; // the ends of all brackets, sorted
    int64_t pivot;         // where days that are new are tried first
} search;

// ---- ranks ------------------------------------------------------------------------------------------------------------

void threshold_ranks(int64_t n, double q, double confidence, int64_t *low, int64_t *high) {
    double tail = (1 - confidence) / 2, sum = 0, log_ratio = base_log(q) - base_log(1 - q);
    double log_chance = (double)n * base_log(1 - q); // of exactly k values below the quantile, k = 0
    *low = 0;
    *high = n + 1;
    for (int64_t k = 0; k <= n; k++) {
        double before = sum; // P(K < k): X_(k) lies above the quantile then
        sum += base_exp(log_chance);
        if (before <= tail)
            *low = k;          // P(K < low) <= tail: the low-th smallest is hardly above the quantile
        if (1 - sum <= tail) { // P(K > k): so many below hardly ever
            *high = k + 1;
            break;
        }
        log_chance += base_log((double)(n - k) / (double)(k + 1)) + log_ratio;
    }
}

// So many days may fail.
static int64_t allowed(const search *s) {
    double fails = (1 - s->def->share) * (double)s->count;
    return (int64_t)base_floor(fails + 1e-9);
}

// ---- brackets -----------------------------------------------------------------------------------------------------------

static int compare(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void sort_ends(search *s) {
    for (int64_t i = 0; i < s->count; i++) {
        s->lows[i] = s->days[i].low;
        s->highs[i] = s->days[i].high;
    }
    qsort(s->lows, (size_t)s->count, sizeof *s->lows, compare);
    qsort(s->highs, (size_t)s->count, sizeof *s->highs, compare);
}

// The rank-th threshold is at least this, as far as known; 0 beyond the first, most beyond the last.
static int64_t ranked(const search *s, int64_t rank) {
    return rank < 1 ? 0 : rank > s->count ? s->def->most : s->lows[rank - 1];
}

// Half a thousandth of a threshold is known well enough.
static int64_t step_at(int64_t visits) {
    return visits / 500 > 1 ? visits / 500 : 1;
}

// Strictly between two numbers of visits of which one is borne and one is not.
static int64_t between(const search *s, int64_t low, int64_t high) {
    int64_t least = s->def->least, most = s->def->most;
    if (high > most) // nothing is known above
        return low + low / 2 + 1 < most ? low + low / 2 + 1 : most;
    if (low == 0)
        return high / 2 > least ? high / 2 : least;
    int64_t middle = (int64_t)base_floor(base_sqrt((double)low * (double)high) + 0.5);
    return middle <= low ? low + 1 : middle >= high ? high - 1 : middle;
}

static bool is_known(const search *s, int64_t low, int64_t high) {
    return high - low <= step_at(low) || low >= s->def->most || high <= s->def->least;
}

static piste_status try_all(search *s, int64_t count) {
    if (count == 0)
        return PISTE_OK;
    piste_status status = s->def->answer(s->def->context, s->tries, count);
    if (status != PISTE_OK)
        return status;
    s->tries_made += count;
    for (int64_t i = 0; i < count; i++) {
        const threshold_try *t = &s->tries[i];
        threshold_days *d = &s->days[t->day];
        if (t->good)
            d->low = t->visits;
        else
            d->high = t->visits;
    }
    return PISTE_OK;
}

// Days of which nothing is known are tried at the pivot, all of them.
static piste_status try_new(search *s) {
    int64_t count = 0;
    for (int64_t i = 0; i < s->count; i++)
        if (s->days[i].low == 0 && s->days[i].high > s->def->most)
            s->tries[count++] = (threshold_try){.day = i, .visits = s->pivot};
    return try_all(s, count);
}

// Brings the brackets so near that the values of these ranks are known.
static piste_status settle(search *s, const int64_t *ranks, int rank_count) {
    for (;;) {
        int64_t count = 0, pivots[RANKS];
        int pivot_count = 0;
        sort_ends(s);
        for (int r = 0; r < rank_count; r++) {
            if (ranks[r] < 1 || ranks[r] > s->count)
                continue;
            int64_t low = s->lows[ranks[r] - 1], high = s->highs[ranks[r] - 1];
            if (is_known(s, low, high))
                continue;
            int64_t pivot = between(s, low, high);
            bool there = false;
            for (int k = 0; k < pivot_count; k++)
                there |= pivots[k] == pivot;
            if (!there)
                pivots[pivot_count++] = pivot;
        }
        if (pivot_count == 0)
            return PISTE_OK;
        for (int64_t i = 0; i < s->count; i++)
            for (int k = 0; k < pivot_count; k++)
                if (s->days[i].low < pivots[k] && pivots[k] < s->days[i].high) {
                    s->tries[count++] = (threshold_try){.day = i, .visits = pivots[k]};
                    break; // one try of a day at a time
                }
        piste_status status = try_all(s, count);
        if (status != PISTE_OK)
            return status;
    }
}

// ---- stages ---------------------------------------------------------------------------------------------------------------

static bool grow(search *s, int64_t count) {
    threshold_days *days = realloc(s->days, (size_t)count * sizeof *days);
    s->days = days ? days : s->days;
    threshold_try *tries = realloc(s->tries, (size_t)count * sizeof *tries);
    s->tries = tries ? tries : s->tries;
    int64_t *lows = realloc(s->lows, (size_t)count * sizeof *lows);
    s->lows = lows ? lows : s->lows;
    int64_t *highs = realloc(s->highs, (size_t)count * sizeof *highs);
    s->highs = highs ? highs : s->highs;
    if (!days || !tries || !lows || !highs)
        return false;
    for (int64_t i = s->count; i < count; i++)
        s->days[i] = (threshold_days){.low = 0, .high = s->def->most + 1};
    s->count = count;
    return true;
}

static piste_status estimate(search *s, threshold_result *r) {
    int64_t ranks[RANKS] = {0, 0, allowed(s) + 1};
    threshold_ranks(s->count, 1 - s->def->share, s->def->confidence, &ranks[0], &ranks[1]);
    piste_status status = try_new(s);
    if (status == PISTE_OK)
        status = settle(s, ranks, RANKS);
    if (status != PISTE_OK)
        return status;
    r->low = ranked(s, ranks[0]);
    r->high = ranked(s, ranks[1]);
    r->at = ranked(s, ranks[2]);
    if (s->def->note)
        s->def->note(s->def->context, r->low, r->high);
    r->is_most = r->at >= s->def->most;
    double off = s->def->precision * (double)r->at;
    r->precise = r->at >= s->def->least && !r->is_most && ranks[0] >= 1 && ranks[1] <= s->count &&
                 (double)(r->at - r->low) <= off && (double)(r->high - r->at) <= off;
    return PISTE_OK;
}

// Tries every day with the estimate itself, and takes less where fewer are good than asked.
static piste_status confirm(search *s, threshold_result *r) {
    while (r->at >= s->def->least) {
        for (int64_t i = 0; i < s->count; i++)
            s->tries[i] = (threshold_try){.day = i, .visits = r->at};
        piste_status status = s->def->answer(s->def->context, s->tries, s->count);
        if (status != PISTE_OK)
            return status;
        s->tries_made += s->count;
        r->good = 0;
        for (int64_t i = 0; i < s->count; i++) {
            bool good = s->tries[i].good;
            r->good += good;
            threshold_days *d = &s->days[i];
            if (!good && d->low >= r->at)
                *d = (threshold_days){.low = r->at - step_at(r->at), .high = r->at};
        }
        if (s->count - r->good <= allowed(s))
            break;
        int64_t rank = allowed(s) + 1, before = r->at;
        status = settle(s, &rank, 1);
        if (status != PISTE_OK)
            return status;
        r->at = ranked(s, rank);
        r->at = r->at < before ? r->at : before - step_at(before);
    }
    r->low = r->low < r->at ? r->low : r->at;
    r->high = r->high > r->at ? r->high : r->at;
    return PISTE_OK;
}

piste_status threshold_find(const threshold_def *def, threshold_result *out) {
    search s = {.def = def, .pivot = def->first};
    threshold_result r = {0};
    int64_t days = FIRST_DAYS < def->days_max ? FIRST_DAYS : def->days_max;
    piste_status status;
    for (;;) {
        status = grow(&s, days) ? estimate(&s, &r) : PISTE_MEMORY;
        if (status != PISTE_OK)
            break;
        // A little above the interval: most new days are good there, and are not tried again.
        s.pivot = r.high > def->least && r.high < def->most ? r.high + r.high / 50 + 1 : s.pivot;
        bool enough = days >= def->days_min && (r.precise || r.is_most || r.high < def->least);
        if (enough || days >= def->days_max) {
            status = confirm(&s, &r);
            break;
        }
        days = days < def->days_min ? def->days_min : days + days / 2;
        days = days < def->days_max ? days : def->days_max;
    }
    free(s.tries);
    free(s.lows);
    free(s.highs);
    if (status != PISTE_OK) {
        free(s.days);
        return status;
    }
    r.days = s.count;
    r.tries = s.tries_made;
    r.brackets = s.days;
    *out = r;
    return PISTE_OK;
}
