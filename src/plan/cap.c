// cap.c - how many visits can be put on sale. See piste/cap.h.
//
// A day is good when every condition holds; threshold.c finds the number of visits that enough days bear. What the inputs
// add is measured where it counts, on the days whose thresholds lie about the cap: the derivative of a quantile is
// the mean of the derivatives of the values that lie there (Hong 2009, Operations Research 57, 118-130). There each
// value is turned by its spread both ways, and how much more or less of the bound is then used becomes a number of
// visits by the slope of that use over visits on the same days.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "piste/cap.h"
#include "plan/plan.h"
#include "plan/threshold.h"

enum { LEAST = 10, DAYS_MIN = 120, NEAR_DAYS = 48 };
#define NEAR_STEP 0.08 // visits less and more, for the slope: well above a day's own noise

typedef struct seen { // what a day was like when it was last rehearsed
    int64_t visits; // 0: not yet
    uint32_t held;    // a bit for each condition that held
    int32_t furthest; // the condition that was furthest from holding, -1 where all held
    int32_t worst;    // the lift, run, venue or segment at which that was, -1 where there is none
} seen;

typedef struct job {
    const piste_resort *resort;
    const piste_cap_def *def;
    plan_days *days;
    plan_condition conditions[PISTE_CAP_CONDITIONS_MAX];
    int32_t count;
    int64_t *open; // the number of each open day; more are found as they are needed
    int64_t open_count, open_room, looked_at;
    seen *seen; // of each open day
    int64_t simulated;
    // The tries that are being answered, and how much of its bounds each day used.
    threshold_try *tries;
    double *used;
    int64_t low, high;
} job;

// ---- days -------------------------------------------------------------------------------------------------------------

// Open days in the order of their numbers.
static bool find_open_days(job *j, int64_t count) {
    if (count > j->open_room) {
        int64_t room = count + count / 2, *more = realloc(j->open, (size_t)room * sizeof *more);
        j->open = more ? more : j->open;
        seen *seen_more = more ? realloc(j->seen, (size_t)room * sizeof *seen_more) : NULL;
        if (!seen_more)
            return false;
        j->seen = seen_more;
        memset(j->seen + j->open_room, 0, (size_t)(room - j->open_room) * sizeof *j->seen);
        j->open_room = room;
    }
    for (; j->open_count < count; j->looked_at++)
        if (!plan_days_is_closed(j->days, plan_days_type_of(j->days, j->def->seed, j->looked_at)))
            j->open[j->open_count++] = j->looked_at;
    return true;
}

static double used_of(const job *j, const piste_day_result *r) {
    double most = 0;
    for (int32_t i = 0; i < j->count; i++) {
        double used = plan_condition_used(&j->conditions[i], r);
        most = used > most ? used : most;
    }
    return most;
}

static seen judge(const job *j, int64_t visits, const piste_day_result *r) {
    seen s = {.visits = visits, .furthest = -1, .worst = -1};
    double most = 0;
    for (int32_t i = 0; i < j->count; i++) {
        double used = plan_condition_used(&j->conditions[i], r);
        if (plan_condition_holds(&j->conditions[i], r)) {
            s.held |= 1u << i;
        } else if (s.furthest < 0 || used > most) {
            most = used;
            s.furthest = i;
            s.worst = plan_measure_worst(&j->conditions[i].measure, r);
        }
    }
    return s;
}

static void *make_hand(void *context) {
    return plan_hand_create(((job *)context)->days);
}

static void drop_hand(void *context, void *hand) {
    (void)context;
    plan_hand_destroy(hand);
}

static bool tick(void *context, int64_t done) {
    const job *j = context;
    return !j->def->tick || j->def->tick(j->def->context, j->simulated + done, j->low, j->high);
}

static piste_status try_day(void *context, void *hand, int64_t index) {
    job *j = context;
    threshold_try *t = &j->tries[index];
    const piste_day_result *r = NULL;
    piste_status status = plan_hand_run(hand, j->def->seed, j->open[t->day], t->visits, &r);
    if (status != PISTE_OK)
        return status;
    j->seen[t->day] = judge(j, t->visits, r);
    t->good = j->seen[t->day].furthest < 0;
    if (j->used)
        j->used[index] = used_of(j, r);
    return PISTE_OK;
}

static piste_status answer(void *context, threshold_try *tries, int64_t count) {
    job *j = context;
    int64_t days = 0;
    for (int64_t i = 0; i < count; i++)
        days = tries[i].day + 1 > days ? tries[i].day + 1 : days;
    if (!find_open_days(j, days))
        return PISTE_MEMORY;
    j->tries = tries;
    plan_work work = {.count = count,
                      .threads = j->def->threads,
                      .job = j,
                      .hand = make_hand,
                      .drop = drop_hand,
                      .piece = try_day,
                      .tick = tick};
    piste_status status = plan_work_run(&work);
    j->simulated += count;
    return status;
}

// ---- what the conditions did at the cap -------------------------------------------------------------------------------

typedef struct own_cap {
    piste_cap cap;
    base_arena *arena;
    piste_cap_condition conditions[PISTE_CAP_CONDITIONS_MAX];
    piste_cap_input inputs[PLAN_KNOBS];
} own_cap;

// The lift, run or venue that most of a condition's worst days have in common.
static const char *most_often(const job *j, int64_t days, int32_t condition) {
    int64_t most = 0;
    int32_t best = -1;
    for (int64_t i = 0; i < days; i++) {
        if (j->seen[i].furthest != condition || j->seen[i].worst < 0)
            continue;
        int64_t count = 0;
        for (int64_t k = i; k < days; k++)
            count += j->seen[k].furthest == condition && j->seen[k].worst == j->seen[i].worst;
        if (count > most) {
            most = count;
            best = j->seen[i].worst;
        }
    }
    return best < 0 ? NULL : plan_measure_key(&j->conditions[condition].measure, j->resort, best);
}

static void tell_conditions(own_cap *o, const job *j) {
    int64_t days = o->cap.days;
    for (int32_t i = 0; i < j->count; i++) {
        const plan_condition *c = &j->conditions[i];
        const char *text = base_arena_text(o->arena, c->text, strlen(c->text));
        piste_cap_condition *told = &o->conditions[i];
        *told = (piste_cap_condition){.text = text ? text : "",
                                      .measure = plan_measure_name(c->measure.what),
                                      .meaning = plan_measure_meaning(&c->measure)};
        for (int64_t d = 0; d < days; d++) {
            told->held += j->seen[d].held >> i & 1;
            told->first += j->seen[d].furthest == i;
        }
        told->where_key = most_often(j, days, i);
    }
    o->cap.conditions.list = o->conditions;
    o->cap.conditions.count = j->count;
}

static bool tell_types(own_cap *o, const job *j) {
    int32_t count = plan_days_count_types(j->days);
    piste_cap_type *types = base_arena_take(o->arena, (size_t)count * sizeof *types);
    if (!types)
        return false;
    for (int32_t t = 0; t < count; t++)
        types[t] = (piste_cap_type){.key = plan_days_type_key(j->days, t),
                                    .name = plan_days_type_name(j->days, t),
                                    .share = plan_days_type_share(j->days, t),
                                    .closed = plan_days_is_closed(j->days, t)};
    for (int64_t d = 0; d < o->cap.days; d++) {
        piste_cap_type *t = &types[plan_days_type_of(j->days, j->def->seed, j->open[d])];
        t->days++;
        t->good += j->seen[d].furthest < 0;
    }
    o->cap.closed = 0;
    int64_t last = o->cap.days ? j->open[o->cap.days - 1] : 0;
    for (int64_t i = 0; i <= last; i++) {
        int32_t t = plan_days_type_of(j->days, j->def->seed, i);
        if (types[t].closed) {
            types[t].days++;
            o->cap.closed++;
        }
    }
    o->cap.types.list = types;
    o->cap.types.count = count;
    return true;
}

// What the days were with the cap's visits: the search has ended with a look at all of them, or found no number to look at.
static piste_status tell_days(own_cap *o, job *j) {
    int64_t visits = o->cap.found == PISTE_CAP_NONE ? LEAST : o->cap.visits, count = 0;
    threshold_try *tries = calloc((size_t)o->cap.days + 1, sizeof *tries);
    if (!tries)
        return PISTE_MEMORY;
    for (int64_t d = 0; d < o->cap.days; d++)
        if (j->seen[d].visits != visits)
            tries[count++] = (threshold_try){.day = d, .visits = visits};
    piste_status status = answer(j, tries, count);
    free(tries);
    if (status != PISTE_OK)
        return status;
    tell_conditions(o, j);
    return tell_types(o, j) ? PISTE_OK : PISTE_MEMORY;
}

// ---- the inputs ---------------------------------------------------------------------------------------------------------

// Days by how near their thresholds are to the cap, the nearest first.
static int64_t find_near_days(const threshold_result *t, int64_t cap, int64_t *near) {
    int64_t count = 0;
    double off[NEAR_DAYS];
    for (int64_t d = 0; d < t->days; d++) {
        if (t->brackets[d].low < LEAST || t->brackets[d].high > 4 * cap)
            continue;
        double middle = ((double)t->brackets[d].low + (double)t->brackets[d].high) / 2;
        // Where a day's bracket is wide its threshold is not known: it is taken for as far off as it may be.
        double own = fabs(middle - (double)cap) + ((double)t->brackets[d].high - (double)t->brackets[d].low) / 2;
        int64_t at = count < NEAR_DAYS ? count : NEAR_DAYS - 1;
        if (count == NEAR_DAYS && own >= off[at])
            continue;
        for (; at > 0 && off[at - 1] > own; at--) {
            off[at] = off[at - 1];
            near[at] = near[at - 1];
        }
        off[at] = own;
        near[at] = d;
        count += count < NEAR_DAYS;
    }
    return count;
}

// How much of the bounds the near days use with so many visits; logarithms. A day that uses nothing counts as a thousandth.
static piste_status use_of_near(job *j, const int64_t *near, int64_t count, int64_t visits, double *log_used) {
    threshold_try tries[NEAR_DAYS];
    for (int64_t i = 0; i < count; i++)
        tries[i] = (threshold_try){.day = near[i], .visits = visits};
    j->used = log_used;
    piste_status status = answer(j, tries, count);
    j->used = NULL;
    for (int64_t i = 0; status == PISTE_OK && i < count; i++)
        log_used[i] = base_log(log_used[i] < 1e-3 ? 1e-3 : log_used[i] > 1e3 ? 1e3 : log_used[i]);
    return status;
}

static void mean_and_error(const double *low, const double *high, int64_t count, double *mean, double *error) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < count; i++)
        sum += high[i] - low[i];
    *mean = sum / (double)count;
    for (int64_t i = 0; i < count; i++) {
        double off = high[i] - low[i] - *mean;
        squares += off * off;
    }
    *error = count > 1 ? base_sqrt(squares / (double)(count - 1) / (double)count) : 0;
}

// The near days with one value less and more by its spread.
static piste_status turn(job *j, int32_t knob, double spread, const int64_t *near, int64_t count, int64_t visits,
                         double *low, double *high) {
    plan_days *days = j->days;
    piste_status status = PISTE_OK;
    for (int way = 0; way < 2 && status == PISTE_OK; way++) {
        plan_variant v;
        if (plan_variant_init(&v, j->resort))
            plan_knob_turn(&v, knob, way ? 1 + spread : 1 - spread);
        status = v.failed ? PISTE_MEMORY : plan_days_create(&v.resort, NULL, &j->days);
        if (status == PISTE_OK) {
            status = use_of_near(j, near, count, visits, way ? high : low);
            plan_days_destroy(j->days);
        }
        j->days = days;
        plan_variant_release(&v);
    }
    return status;
}

static void add_input(own_cap *o, const piste_cap_input *input) {
    int32_t at = o->cap.inputs.count++;
    for (; at > 0 && fabs(o->inputs[at - 1].shift) < fabs(input->shift); at--)
        o->inputs[at] = o->inputs[at - 1];
    o->inputs[at] = *input;
    o->cap.inputs.list = o->inputs;
}

// Errors of the simulation and of the inputs are independent of each other: their squares add up. What the luck of the
// near days adds to the square of a shift is taken away again.
static void widen(own_cap *o) {
    piste_cap *cap = &o->cap;
    double z = base_normal_quantile(0.5 + cap->confidence / 2), sum = 0;
    for (int32_t i = 0; i < cap->inputs.count; i++)
        sum += o->inputs[i].shift * o->inputs[i].shift - o->inputs[i].error * o->inputs[i].error;
    sum = sum > 0 ? sum : 0;
    for (int up = 0; up < 2; up++) {
        int64_t end = up ? cap->high : cap->low;
        double own = end > 0 ? fabs(base_log((double)end / (double)cap->visits)) : 1;
        double all = base_sqrt(own * own + z * z * sum);
        double visits = (double)cap->visits * base_exp(up ? all : -all);
        if (up)
            cap->high_inputs = (int64_t)base_floor(visits + 0.5);
        else
            cap->low_inputs = (int64_t)base_floor(visits + 0.5);
    }
}

static piste_status turn_inputs(own_cap *o, job *j, const threshold_result *t) {
    int64_t near[NEAR_DAYS], cap = o->cap.visits, count = find_near_days(t, cap, near);
    double low[NEAR_DAYS], high[NEAR_DAYS], slope, slope_error;
    if (count < 2)
        return PISTE_OK;
    int64_t less = (int64_t)base_floor((double)cap * (1 - NEAR_STEP)),
            more = (int64_t)base_floor((double)cap * (1 + NEAR_STEP) + 1);
    piste_status status = use_of_near(j, near, count, less, low);
    if (status == PISTE_OK)
        status = use_of_near(j, near, count, more, high);
    mean_and_error(low, high, count, &slope, &slope_error);
    slope /= base_log((double)more / (double)less);
    if (status != PISTE_OK || slope < 0.05) // more visits use no more: no shift can be told
        return status;
    for (int32_t k = 0; k < PLAN_KNOBS && status == PISTE_OK; k++) {
        piste_cap_input input = {
            .entry = plan_knob_entry(k), .field = plan_knob_field(k), .basis = plan_knob_basis(j->resort, k)};
        input.spread = j->def->spread[input.basis];
        if (input.spread <= 0)
            continue;
        status = turn(j, k, input.spread, near, count, cap, low, high);
        mean_and_error(low, high, count, &input.shift, &input.error);
        input.shift *= -0.5 / slope; // of one spread
        input.error *= 0.5 / slope;
        add_input(o, &input);
    }
    if (status == PISTE_OK)
        widen(o);
    return status;
}

// ---- the whole ------------------------------------------------------------------------------------------------------------

piste_cap_def piste_cap_def_default(void) {
    piste_cap_def def = {.seed = 1,
                         .share = 0.95,
                         .confidence = 0.95,
                         .precision = 0.03,
                         .most = 50000,
                         .days_max = 20000,
                         .threads = 1,
                         .inputs = true};
    def.spread[PISTE_BASIS_MEASURED] = 0.02;
    def.spread[PISTE_BASIS_PUBLISHED] = 0.1;
    def.spread[PISTE_BASIS_CHOSEN] = 0.1;
    def.spread[PISTE_BASIS_ASSUMED] = 0.2;
    def.spread[PISTE_BASIS_KIND_COUNT] = 0.02;
    return def;
}

static const char *const found_words[] = {"found", "none", "beyond"};

const char *piste_cap_found_word(piste_cap_found found) {
    return (size_t)found < BASE_COUNT(found_words) ? found_words[found] : NULL;
}

static piste_status refuse(piste_errors *errors, const char *what, double value, double low, double high) {
    return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "%s: %.10g, expected %.10g to %.10g", what, value, low,
                            high);
}

static piste_status check_def(const piste_cap_def *def, piste_errors *errors) {
    const struct {
        const char *what;
        double value, low, high;
    } numbers[] = {{"conditions", def->where.count, 1, PISTE_CAP_CONDITIONS_MAX},
                   {"share of days", def->share, 0.5, 0.999},
                   {"confidence", def->confidence, 0.5, 0.999},
                   {"precision", def->precision, 0.001, 0.5},
                   {"most visits", (double)def->most, 100, PISTE_GUESTS_MAX},
                   {"most days", (double)def->days_max, 100, PISTE_CAP_DAYS_MAX},
                   {"threads", def->threads, 1, PISTE_CAP_THREADS_MAX}};
    for (size_t i = 0; i < BASE_COUNT(numbers); i++)
        if (!(numbers[i].value >= numbers[i].low && numbers[i].value <= numbers[i].high))
            return refuse(errors, numbers[i].what, numbers[i].value, numbers[i].low, numbers[i].high);
    for (size_t i = 0; i < BASE_COUNT(def->spread); i++)
        if (!(def->spread[i] >= 0 && def->spread[i] <= 0.5))
            return refuse(errors, "spread", def->spread[i], 0, 0.5);
    return PISTE_OK;
}

// What is wrong with the day itself is told in words, before anything is looked for.
static piste_status check_day(const piste_resort *resort, piste_errors *errors) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    piste_status status = piste_day_create(resort, &def, errors, &day);
    piste_day_destroy(day);
    if (status == PISTE_OK && plan_resort_guests(resort) == 0)
        return piste_errors_add(errors, PISTE_INVALID, resort->folder, 0, 0,
                                "nobody comes: its segments have no guests whose share of the visits could be known");
    return status;
}

static piste_status read_conditions(job *j, piste_errors *errors) {
    piste_status first = PISTE_OK;
    for (j->count = 0; j->count < j->def->where.count; j->count++) {
        piste_status status = plan_condition_read(j->resort, j->def->where.list[j->count], j->def->file, 0, errors,
                                                  &j->conditions[j->count]);
        first = first == PISTE_OK ? status : first;
    }
    return first;
}

static int64_t begin_at(const piste_resort *resort, int64_t most) {
    int64_t visits = resort->cap > 0 ? resort->cap : plan_resort_guests(resort);
    return visits > most / 2 ? most / 2 : visits < 2 * LEAST ? 2 * LEAST : visits;
}

static void note(void *context, int64_t low, int64_t high) {
    job *j = context;
    j->low = low;
    j->high = high;
}

static piste_status find(own_cap *o, job *j) {
    const piste_cap_def *def = j->def;
    threshold_def wanted = {.share = def->share,
                            .confidence = def->confidence,
                            .precision = def->precision,
                            .least = LEAST,
                            .most = def->most,
                            .first = begin_at(j->resort, def->most),
                            .days_min = DAYS_MIN < def->days_max ? DAYS_MIN : def->days_max,
                            .days_max = def->days_max,
                            .answer = answer,
                            .note = note,
                            .context = j};
    threshold_result t;
    piste_status status = threshold_find(&wanted, &t);
    if (status != PISTE_OK)
        return status;
    piste_cap *cap = &o->cap;
    *cap = (piste_cap){.resort = j->resort->name,
                       .seed = def->seed,
                       .share = def->share,
                       .confidence = def->confidence,
                       .precision = def->precision,
                       .least = LEAST,
                       .most = def->most,
                       .days = t.days,
                       .good = t.good,
                       .precise = t.precise};
    cap->found = t.at < LEAST ? PISTE_CAP_NONE : t.is_most ? PISTE_CAP_BEYOND : PISTE_CAP_FOUND;
    cap->visits = t.at < LEAST ? 0 : t.at;
    cap->low = t.low;
    cap->high = t.high;
    status = tell_days(o, j);
    if (status == PISTE_OK && def->inputs && cap->found == PISTE_CAP_FOUND)
        status = turn_inputs(o, j, &t);
    free(t.brackets);
    cap->days_simulated = j->simulated;
    return status;
}

piste_status piste_cap_create(const piste_resort *resort, const piste_cap_def *def, piste_errors *errors,
                              piste_cap **out) {
    job j = {.resort = resort, .def = def};
    piste_status status = check_def(def, errors);
    if (status == PISTE_OK)
        status = check_day(resort, errors);
    if (status == PISTE_OK)
        status = read_conditions(&j, errors);
    if (status == PISTE_OK)
        status = plan_days_create(resort, errors, &j.days);
    if (status != PISTE_OK)
        return status;
    own_cap *o = calloc(1, sizeof *o);
    status = o && (o->arena = base_arena_create()) ? find(o, &j) : PISTE_MEMORY;
    plan_days_destroy(j.days);
    free(j.open);
    free(j.seen);
    if (status != PISTE_OK) {
        piste_cap_destroy(o ? &o->cap : NULL);
        return status == PISTE_INTERRUPTED
                   ? status
                   : piste_errors_add(errors, status, resort->folder, 0, 0, "a day could not be rehearsed");
    }
    *out = &o->cap;
    return PISTE_OK;
}

void piste_cap_destroy(piste_cap *cap) {
    if (!cap)
        return;
    own_cap *o = (own_cap *)(void *)cap; // its first member
    base_arena_destroy(o->arena);
    free(o);
}
