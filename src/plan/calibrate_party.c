// calibrate_party.c - who passes gates together; what gates lose; and mixtures set right by what rehearsed days show.
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"

// ---- who passes together --------------------------------------------------------------------------------------------

typedef struct pair {
    int32_t a, b, times;
} pair;

typedef struct pairs { // open addressing
    pair *list;
    size_t room, count;
} pairs;

static bool grow(pairs *t) {
    pairs more = {.room = t->room ? 2 * t->room : 4096};
    more.list = malloc(more.room * sizeof *more.list);
    if (!more.list)
        return false;
    for (size_t i = 0; i < more.room; i++)
        more.list[i].a = -1;
    for (size_t i = 0; i < t->room; i++) {
        pair own = t->list[i];
        if (own.a < 0)
            continue;
        size_t at = base_mix((uint64_t)own.a << 32 | (uint32_t)own.b) & (more.room - 1);
        while (more.list[at].a >= 0)
            at = (at + 1) & (more.room - 1);
        more.list[at] = own;
        more.count++;
    }
    free(t->list);
    *t = more;
    return true;
}

static bool note(pairs *t, int32_t a, int32_t b) {
    if (2 * (t->count + 1) > t->room && !grow(t))
        return false;
    if (a > b) {
        int32_t swap = a;
        a = b;
        b = swap;
    }
    size_t at = base_mix((uint64_t)a << 32 | (uint32_t)b) & (t->room - 1);
    while (t->list[at].a >= 0 && (t->list[at].a != a || t->list[at].b != b))
        at = (at + 1) & (t->room - 1);
    if (t->list[at].a < 0) {
        t->list[at] = (pair){a, b, 0};
        t->count++;
    }
    t->list[at].times++;
    return true;
}

static int by_gate(const void *a, const void *b) {
    const calibrate_scan *x = a, *y = b;
    if (x->lift != y->lift)
        return x->lift < y->lift ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return (x->pass > y->pass) - (x->pass < y->pass);
}

static int32_t root_of(int32_t *group, int32_t pass) {
    while (group[pass] != pass)
        pass = group[pass] = group[group[pass]];
    return pass;
}

// Two passes belong together where they pass gates together at least three times and mostly: on three of five of the
// scans of whoever has more of them. Strangers meet once.
enum { TIMES = 3 };

static bool belong(const calibrate_day *day, const pair *p) {
    int32_t a = day->first[p->a + 1] - day->first[p->a], b = day->first[p->b + 1] - day->first[p->b];
    return p->times >= TIMES && 5 * p->times >= 3 * (a > b ? a : b);
}

static void join(calibrate_day *day, const pairs *t) {
    for (size_t i = 0; i < t->room; i++)
        if (t->list[i].a >= 0 && belong(day, &t->list[i])) {
            int32_t a = root_of(day->group, t->list[i].a), b = root_of(day->group, t->list[i].b);
            day->group[a > b ? a : b] = a > b ? b : a;
        }
}

bool calibrate_group(const calibrate_gates *gates, int32_t together_s, base_arena *arena, calibrate_day *day) {
    pairs t = {0};
    size_t passes = (size_t)day->pass_count + 1;
    calibrate_scan *sorted = malloc(((size_t)day->count + 1) * sizeof *sorted);
    day->group = base_arena_take(arena, passes * sizeof *day->group);
    int32_t *number = base_arena_take(arena, passes * sizeof *number);
    bool good = sorted && day->group && number && grow(&t);
    (void)gates;
    if (good) {
        memcpy(sorted, day->scans, (size_t)day->count * sizeof *sorted);
        qsort(sorted, (size_t)day->count, sizeof *sorted, by_gate);
        for (int32_t i = 0; i < day->pass_count; i++)
            day->group[i] = i;
    }
    for (int32_t i = 0; good && i < day->count; i++)
        for (int32_t k = i + 1; good && k < day->count && sorted[k].lift == sorted[i].lift &&
                                sorted[k].second - sorted[i].second <= together_s;
             k++)
            if (sorted[i].pass != sorted[k].pass)
                good = note(&t, sorted[i].pass, sorted[k].pass);
    if (good) {
        join(day, &t);
        day->group_count = 0;
        for (int32_t i = 0; i < day->pass_count; i++) { // roots come before those they stand for
            int32_t root = root_of(day->group, i);
            number[i] = root == i ? day->group_count++ : number[root];
        }
        day->group = number;
    }
    free(t.list);
    free(sorted);
    return good;
}

// ---- what gates lose ------------------------------------------------------------------------------------------------

typedef struct passing { // a passing of a party at a gate: those of its scans that are within a few seconds
    int32_t group, second, lift;
    int32_t first, count; // in the list of scans by group and time
} passing;

typedef struct member {
    int32_t group, second, pass, lift;
} member;

static int by_group(const void *a, const void *b) {
    const member *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    if (x->lift != y->lift)
        return x->lift < y->lift ? -1 : 1;
    return (x->pass > y->pass) - (x->pass < y->pass);
}

static bool is_there(const member *list, const passing *p, int32_t pass) {
    for (int32_t i = p->first; i < p->first + p->count; i++)
        if (list[i].pass == pass)
            return true;
    return false;
}

// Whoever passed with the others before and after, and did not scan elsewhere meanwhile, passed with them in between:
// whether the gate saw it tells what gates lose. Somebody else of the party must have been seen there.
static void tell_losses(const calibrate_day *day, const member *list, const passing *p, double *chances,
                        double *missed) {
    for (int32_t i = p[0].first; i < p[0].first + p[0].count; i++) {
        int32_t pass = list[i].pass, others = 0, meanwhile = 0;
        if (!is_there(list, &p[2], pass))
            continue;
        bool there = is_there(list, &p[1], pass);
        others = p[1].count - there;
        for (int32_t k = day->first[pass]; k < day->first[pass + 1]; k++)
            meanwhile += day->scans[k].second > list[i].second && day->scans[k].second < p[2].second &&
                         !(there && day->scans[k].lift == p[1].lift);
        if (others == 0 || meanwhile > 0)
            continue;
        ++*chances;
        *missed += !there;
    }
}

static bool keep_group(calibrate_loss *loss, double chances, double missed) {
    if (!(chances > 0))
        return true;
    if (loss->groups == loss->room) {
        int32_t room = loss->room ? 2 * loss->room : 1024;
        double *more = realloc(loss->by_group, 2 * (size_t)room * sizeof *more);
        if (!more)
            return false;
        loss->by_group = more;
        loss->room = room;
    }
    loss->by_group[2 * loss->groups] = chances;
    loss->by_group[2 * loss->groups++ + 1] = missed;
    loss->chances += chances;
    loss->missed += missed;
    return true;
}

enum { TOGETHER_S = 60 }; // scans of one passing of a party, however long it takes them

bool calibrate_loss_add(const calibrate_gates *gates, const calibrate_day *day, calibrate_loss *loss) {
    size_t room = (size_t)day->count + 1;
    member *list = malloc(room * sizeof *list);
    passing *p = malloc(room * sizeof *p);
    int32_t count = 0;
    bool good = list && p && day->group;
    (void)gates;
    for (int32_t i = 0; good && i < day->count; i++)
        list[i] =
            (member){day->group[day->scans[i].pass], day->scans[i].second, day->scans[i].pass, day->scans[i].lift};
    if (good)
        qsort(list, (size_t)day->count, sizeof *list, by_group);
    for (int32_t i = 0; good && i < day->count; i++) {
        passing *last = count ? &p[count - 1] : NULL;
        if (last && last->group == list[i].group && last->lift == list[i].lift &&
            list[i].second - last->second <= TOGETHER_S)
            last->count++;
        else
            p[count++] = (passing){list[i].group, list[i].second, list[i].lift, i, 1};
    }
    for (int32_t from = 0, to; good && from < count; from = to) {
        double chances = 0, missed = 0;
        for (to = from; to < count && p[to].group == p[from].group; to++)
            if (to >= from + 2)
                tell_losses(day, list, &p[to - 2], &chances, &missed);
        good = keep_group(loss, chances, missed);
    }
    free(list);
    free(p);
    return good;
}

// A share over parties, each of which is one observation (ratio estimator).
piste_estimate calibrate_loss_share(const calibrate_loss *loss) {
    if (!(loss->chances > 0))
        return calibrate_unknown();
    double share = loss->missed / loss->chances, squares = 0;
    for (int32_t i = 0; i < loss->groups; i++) {
        double off = loss->by_group[2 * i + 1] - share * loss->by_group[2 * i];
        squares += off * off;
    }
    piste_estimate e = calibrate_estimate(share, sqrt(squares) / loss->chances, (int64_t)loss->chances);
    e.low = e.low > 0 ? e.low : 0;
    return e;
}

// ---- mixtures -------------------------------------------------------------------------------------------------------

static double apart(int32_t bins, const double *a, const double *b) { // total variation of their shapes
    double sum_a = 0, sum_b = 0, sum = 0;
    for (int32_t i = 0; i < bins; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    if (!(sum_a > 0 && sum_b > 0))
        return 0;
    for (int32_t i = 0; i < bins; i++)
        sum += fabs(a[i] / sum_a - b[i] / sum_b);
    return 0.5 * sum;
}

typedef struct mixing {
    int32_t columns, bins, kinds; // kinds: columns that are told apart
    const double *t, *n;
    double *kind;   // [kind * bins + bin]: what one of a kind looks like
    double *number; // of each kind
    double *of;     // of each column: its part of its kind
    int32_t *which; // of each column: its kind
} mixing;

// One of a kind looks like its columns do in the proportion of `start`.
static void make_kinds(mixing *m, const double *start, const int32_t *tie) {
    m->kinds = 0;
    for (int32_t k = 0; k < m->columns; k++)
        m->which[k] = tie[k] == k ? m->kinds++ : m->which[tie[k]];
    memset(m->kind, 0, (size_t)m->kinds * (size_t)m->bins * sizeof *m->kind);
    for (int32_t e = 0; e < m->kinds; e++) {
        double sum = 0, count = 0;
        for (int32_t k = 0; k < m->columns; k++)
            if (m->which[k] == e) {
                sum += start[k];
                count++;
            }
        for (int32_t k = 0; k < m->columns; k++)
            if (m->which[k] == e) {
                m->of[k] = sum > 0 ? start[k] / sum : 1 / count;
                for (int32_t b = 0; b < m->bins; b++)
                    m->kind[e * m->bins + b] += m->of[k] * m->t[k * m->bins + b];
            }
    }
}

static double expected(const mixing *m, int32_t bin) {
    double sum = 0;
    for (int32_t e = 0; e < m->kinds; e++)
        sum += m->number[e] * m->kind[e * m->bins + bin];
    return sum;
}

// Expectation and maximisation (Dempster, Laird and Rubin 1977), known for such mixtures as Richardson's and Lucy's.
static void estimate(mixing *m) {
    enum { STEPS = 4000 };
    double all = 0;
    for (int32_t b = 0; b < m->bins; b++)
        all += m->n[b];
    for (int32_t e = 0; e < m->kinds; e++)
        m->number[e] = all / m->kinds;
    for (int32_t step = 0; step < STEPS; step++) {
        double change = 0, next[64];
        for (int32_t e = 0; e < m->kinds; e++) {
            double sum = 0, seen = 0;
            for (int32_t b = 0; b < m->bins; b++) {
                double own = m->kind[e * m->bins + b], mu = own > 0 ? expected(m, b) : 0;
                sum += own;
                seen += mu > 0 ? m->n[b] * own / mu : 0;
            }
            next[e] = sum > 0 ? m->number[e] * seen / sum : 0;
            change += fabs(next[e] - m->number[e]);
        }
        memcpy(m->number, next, (size_t)m->kinds * sizeof *next);
        if (change < 1e-7 * all)
            break;
    }
}

// Covariance of the numbers of each kind: the inverse of Fisher's information, with at least one expected in each bin,
// so that what was not seen at all is not known to be none.
static bool covariance_of(const mixing *m, double *covariance) {
    double information[64 * 64];
    for (int32_t e = 0; e < m->kinds; e++)
        for (int32_t f = 0; f < m->kinds; f++) {
            double sum = 0;
            for (int32_t b = 0; b < m->bins; b++) {
                double mu = expected(m, b);
                sum += m->kind[e * m->bins + b] * m->kind[f * m->bins + b] / (mu > 1 ? mu : 1);
            }
            information[e * m->kinds + f] = sum;
        }
    return calibrate_invert(m->kinds, information, 1e-9, covariance);
}

static void tell_shares(const mixing *m, const double *covariance, double *share, double *error) {
    double all = 0;
    for (int32_t e = 0; e < m->kinds; e++)
        all += m->number[e];
    for (int32_t k = 0; k < m->columns; k++) {
        int32_t own = m->which[k];
        double part = all > 0 ? m->number[own] / all : 0, squares = 0;
        for (int32_t e = 0; e < m->kinds; e++)
            for (int32_t f = 0; f < m->kinds; f++)
                squares += ((e == own) - part) * ((f == own) - part) * covariance[e * m->kinds + f];
        share[k] = part * m->of[k];
        error[k] = all > 0 && squares > 0 ? sqrt(squares) / all * m->of[k] : 0;
    }
}

bool calibrate_unmix(int32_t columns, int32_t bins, const double *t, const double *n, const double *start, double alike,
                     double *share, double *error, int32_t *tie) {
    base_arena *arena = base_arena_create();
    size_t k = (size_t)columns + 1;
    mixing m = {.columns = columns, .bins = bins, .t = t, .n = n};
    double *covariance = arena ? base_arena_take(arena, k * k * sizeof *covariance) : NULL;
    m.kind = arena ? base_arena_take(arena, k * (size_t)(bins + 1) * sizeof *m.kind) : NULL;
    m.number = arena ? base_arena_take(arena, k * sizeof *m.number) : NULL;
    m.of = arena ? base_arena_take(arena, k * sizeof *m.of) : NULL;
    m.which = arena ? base_arena_take(arena, k * sizeof *m.which) : NULL;
    bool good = covariance && m.kind && m.number && m.of && m.which && columns <= 64;
    for (int32_t i = 0; good && i < columns; i++) {
        tie[i] = i;
        for (int32_t o = i - 1; o >= 0 && tie[i] == i; o--) // those next to it are the likeliest to look like it
            if (apart(bins, &t[o * bins], &t[i * bins]) < alike)
                tie[i] = tie[o];
    }
    if (good) {
        make_kinds(&m, start, tie);
        estimate(&m);
        good = covariance_of(&m, covariance);
        tell_shares(&m, covariance, share, error);
    }
    if (arena)
        base_arena_destroy(arena);
    return good;
}
