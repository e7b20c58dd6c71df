// measure.c - figures of a day by name, and conditions on them. See plan.h.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"

typedef enum scope { OF_LIFTS, OF_RUNS, OF_VENUES, OF_GUESTS } scope;

typedef struct measure {
    const char *name;
    scope scope;
    plan_unit unit;
    const char *meaning; // of one lift, run, venue or segment, or of all
    double (*lift)(const piste_lift_result *r);
    double (*run)(const piste_run_result *r);
    double (*venue)(const piste_venue_result *r);
    double (*segment)(const piste_segment_result *r);
    double (*all)(const piste_day_result *r); // NULL: there is none over all
} measure;

static double waited(const piste_waits *wait, double value) {
    return wait->count ? value : NAN;
}

static double ratio(double part, double whole) {
    return whole > 0 ? part / whole : NAN;
}

#define WAIT_OF(name, member)                                                                                          \
    static double lift_##name(const piste_lift_result *r) {                                                            \
        return waited(&r->wait, r->wait.member);                                                                       \
    }                                                                                                                  \
    static double venue_##name(const piste_venue_result *r) {                                                          \
        return waited(&r->wait, r->wait.member);                                                                       \
    }                                                                                                                  \
    static double all_##name(const piste_day_result *r) {                                                              \
        return waited(&r->wait, r->wait.member);                                                                       \
    }
WAIT_OF(wait_mean, mean_s)
WAIT_OF(wait_p50, p50_s)
WAIT_OF(wait_p90, p90_s)
WAIT_OF(wait_p99, p99_s)
WAIT_OF(wait_max, max_s)

#define FIGURE_OF(kind, name, expression)                                                                              \
    static double kind##_##name(const piste_##kind##_result *r) {                                                      \
        return (double)(expression);                                                                                   \
    }
FIGURE_OF(lift, queue_max, r->queue_max)
FIGURE_OF(lift, rides, r->rides)
FIGURE_OF(lift, seats_filled, r->rides ? r->seats_filled : NAN)
FIGURE_OF(lift, used, r->used)
FIGURE_OF(lift, stopped, r->stopped_s)
FIGURE_OF(lift, held, r->held_s)
FIGURE_OF(lift, turned_away, r->turned_away)
FIGURE_OF(lift, evacuated, r->evacuated)
FIGURE_OF(run, density, r->density_peak_per_ha)
FIGURE_OF(run, crowding, r->density_peak_per_ha / r->density_standard_per_ha)
FIGURE_OF(run, descents, r->descents)
FIGURE_OF(venue, queue_max, r->queue_max)
FIGURE_OF(venue, inside_max, r->inside_max)
FIGURE_OF(venue, visits, r->visits)
FIGURE_OF(venue, missed, r->missed)
FIGURE_OF(segment, arrived, r->arrived)
FIGURE_OF(segment, rides_each, ratio((double)r->rides, (double)r->arrived))
FIGURE_OF(segment, descent_each, ratio(r->descent_m, (double)r->arrived))
FIGURE_OF(segment, waiting_each, ratio((double)r->spent_s[PISTE_SPENT_WAITING], (double)r->arrived))
FIGURE_OF(segment, waiting_share, ratio((double)r->spent_s[PISTE_SPENT_WAITING], (double)r->here_s))
FIGURE_OF(segment, skiing_share, ratio((double)r->spent_s[PISTE_SPENT_SKIING], (double)r->here_s))
FIGURE_OF(segment, missed_share, ratio((double)r->missed, (double)r->wished))
FIGURE_OF(segment, unridden, r->unridden)
FIGURE_OF(segment, assisted, r->assisted)
FIGURE_OF(segment, left_behind, r->left_behind)
FIGURE_OF(segment, longest_wait, waited(&r->wait, r->wait.max_s))

// Segments added up, and then the same figure of the sum.
static piste_segment_result sum_of_segments(const piste_day_result *r) {
    piste_segment_result sum = {.key = "all"};
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment_result *s = &r->segments.list[i];
        sum.arrived += s->arrived;
        sum.rides += s->rides;
        sum.descent_m += s->descent_m;
        for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
            sum.spent_s[k] += s->spent_s[k];
        sum.here_s += s->here_s;
        sum.wished += s->wished;
        sum.missed += s->missed;
        sum.unridden += s->unridden;
        sum.assisted += s->assisted;
        sum.left_behind += s->left_behind;
    }
    sum.wait = r->wait;
    return sum;
}

static double all_rides(const piste_day_result *r) {
    return (double)r->rides;
}
static double all_present_max(const piste_day_result *r) {
    return (double)r->present_max;
}
static double all_sold(const piste_day_result *r) {
    return (double)r->sold;
}
static double all_turned_away(const piste_day_result *r) {
    int64_t sum = 0;
    for (int32_t i = 0; i < PISTE_AWAY_COUNT; i++)
        sum += r->turned_away_by[i];
    return (double)sum;
}
static double all_last_gone(const piste_day_result *r) {
    return r->last_gone_s < 0 ? NAN : (double)r->last_gone_s;
}

#define LIFT(function) .scope = OF_LIFTS, .lift = lift_##function
#define RUN(function) .scope = OF_RUNS, .run = run_##function
#define VENUE(function) .scope = OF_VENUES, .venue = venue_##function
#define GUESTS(function) .scope = OF_GUESTS, .segment = segment_##function
static const measure measures[] = {
    {"wait_mean", LIFT(wait_mean), .unit = PLAN_SECONDS, .all = all_wait_mean,
     .meaning = "mean wait of the day's boardings"},
    {"wait_p50", LIFT(wait_p50), .unit = PLAN_SECONDS, .all = all_wait_p50,
     .meaning = "wait that half of the day's boardings stayed within"},
    {"wait_p90", LIFT(wait_p90), .unit = PLAN_SECONDS, .all = all_wait_p90,
     .meaning = "wait that 90 % of the day's boardings stayed within"},
    {"wait_p99", LIFT(wait_p99), .unit = PLAN_SECONDS, .all = all_wait_p99,
     .meaning = "wait that 99 % of the day's boardings stayed within"},
    {"wait_max", LIFT(wait_max), .unit = PLAN_SECONDS, .all = all_wait_max,
     .meaning = "longest wait of the day's boardings"},
    {"queue_max", LIFT(queue_max), .unit = PLAN_PEOPLE, .meaning = "most people in line at one time"},
    {"rides", LIFT(rides), .unit = PLAN_PEOPLE, .all = all_rides, .meaning = "rides of the day"},
    {"seats_filled", LIFT(seats_filled), .unit = PLAN_SHARE,
     .meaning = "seats filled of the carriers that left with someone"},
    {"used", LIFT(used), .unit = PLAN_SHARE, .meaning = "people carried up / design capacity over the hours open"},
    {"stopped", LIFT(stopped), .unit = PLAN_SECONDS, .meaning = "time that the lift stood"},
    {"held", LIFT(held), .unit = PLAN_SECONDS, .meaning = "time that the lift was held for the wind"},
    {"turned_away", LIFT(turned_away), .unit = PLAN_PEOPLE, .all = all_turned_away,
     .meaning = "people sent out of a line"},
    {"evacuated", LIFT(evacuated), .unit = PLAN_PEOPLE, .meaning = "people brought down from a standing lift"},
    {"density", RUN(density), .unit = PLAN_PER_HA,
     .meaning = "highest mean of a quarter of an hour, people per hectare"},
    {"crowding", RUN(crowding), .unit = PLAN_NUMBER,
     .meaning = "highest density of a quarter of an hour / standard of the run's difficulty"},
    {"descents", RUN(descents), .unit = PLAN_PEOPLE, .meaning = "descents of the day"},
    {"venue_wait_mean", VENUE(wait_mean), .unit = PLAN_SECONDS, .meaning = "mean wait to be served or seated"},
    {"venue_wait_p50", VENUE(wait_p50), .unit = PLAN_SECONDS,
     .meaning = "wait to be served or seated that half stayed within"},
    {"venue_wait_p90", VENUE(wait_p90), .unit = PLAN_SECONDS,
     .meaning = "wait to be served or seated that 90 % stayed within"},
    {"venue_wait_p99", VENUE(wait_p99), .unit = PLAN_SECONDS,
     .meaning = "wait to be served or seated that 99 % stayed within"},
    {"venue_wait_max", VENUE(wait_max), .unit = PLAN_SECONDS, .meaning = "longest wait to be served or seated"},
    {"venue_queue_max", VENUE(queue_max), .unit = PLAN_PEOPLE,
     .meaning = "most people in the venue's queue at one time"},
    {"inside_max", VENUE(inside_max), .unit = PLAN_PEOPLE, .meaning = "most people inside at one time"},
    {"visits", VENUE(visits), .unit = PLAN_PEOPLE, .meaning = "people who got in"},
    {"missed", VENUE(missed), .unit = PLAN_PEOPLE, .meaning = "people who did not get what they came for"},
    {"guests", GUESTS(arrived), .unit = PLAN_PEOPLE, .meaning = "people who came"},
    {"rides_each", GUESTS(rides_each), .unit = PLAN_NUMBER, .meaning = "rides of a guest"},
    {"descent_each", GUESTS(descent_each), .unit = PLAN_METRES, .meaning = "descent of a guest"},
    {"waiting_each", GUESTS(waiting_each), .unit = PLAN_SECONDS, .meaning = "time of a guest in lines of lifts"},
    {"waiting_share", GUESTS(waiting_share), .unit = PLAN_SHARE,
     .meaning = "share of guests' time spent in lines of lifts"},
    {"skiing_share", GUESTS(skiing_share), .unit = PLAN_SHARE, .meaning = "share of guests' time spent skiing"},
    {"missed_share", GUESTS(missed_share), .unit = PLAN_SHARE,
     .meaning = "share of what guests came for besides skiing that they did not get"},
    {"unridden", GUESTS(unridden), .unit = PLAN_PEOPLE, .meaning = "guests who came to ski and never rode a lift"},
    {"assisted", GUESTS(assisted), .unit = PLAN_PEOPLE, .meaning = "guests who had to be brought down"},
    {"left_behind", GUESTS(left_behind), .unit = PLAN_PEOPLE, .meaning = "guests who came too late for the last coach"},
    {"longest_wait", GUESTS(longest_wait), .unit = PLAN_SECONDS, .meaning = "longest wait in a line of a lift"},
    {"present_max", .scope = OF_GUESTS, .unit = PLAN_PEOPLE, .all = all_present_max,
     .meaning = "most people present at one time"},
    {"sold", .scope = OF_GUESTS, .unit = PLAN_PEOPLE, .all = all_sold, .meaning = "visits sold"},
    {"last_gone", .scope = OF_GUESTS, .unit = PLAN_SECONDS, .all = all_last_gone,
     .meaning = "second of the day at which the last guest left"},
};
enum { MEASURES = BASE_COUNT(measures) };

static const char *const scope_words[] = {"lift", "run", "venue", "segment"};

static bool has_parts(const measure *m) {
    return m->lift || m->run || m->venue || m->segment;
}

const char *plan_measure_name(int32_t what) {
    return what < 0 || what >= (int32_t)MEASURES ? NULL : measures[what].name;
}

const char *plan_measure_scope(int32_t what) {
    return has_parts(&measures[what]) ? scope_words[measures[what].scope] : "day";
}

plan_unit plan_measure_unit(const plan_measure *m) {
    return measures[m->what].unit;
}

const char *plan_measure_meaning(const plan_measure *m) {
    return measures[m->what].meaning;
}

// ---- reading ------------------------------------------------------------------------------------------------------------

static int32_t find_in_scope(const piste_resort *resort, scope s, const char *key) {
    return s == OF_LIFTS    ? piste_resort_find_lift(resort, key)
           : s == OF_RUNS   ? piste_resort_find_run(resort, key)
           : s == OF_VENUES ? piste_resort_find_venue(resort, key)
                            : piste_resort_find_segment(resort, key);
}

static const char *key_in_scope(const piste_resort *resort, scope s, int32_t i) {
    return s == OF_LIFTS                ? i < resort->lifts.count ? resort->lifts.list[i].entry.key : NULL
           : s == OF_RUNS               ? i < resort->runs.count ? resort->runs.list[i].entry.key : NULL
           : s == OF_VENUES             ? i < resort->venues.count ? resort->venues.list[i].entry.key : NULL
           : i < resort->segments.count ? resort->segments.list[i].entry.key
                                        : NULL;
}

// "chair-1, chair-2, ...": as many as a person reads.
static void list_keys(const piste_resort *resort, scope s, char *out, size_t size) {
    size_t at = 0;
    const char *key;
    out[0] = '\0';
    for (int32_t i = 0; at < size - 60 && (key = key_in_scope(resort, s, i)); i++)
        at += (size_t)snprintf(out + at, size - at, "%s%.40s", i ? ", " : "", i < 12 ? key : "...");
}

static piste_status fail_name(const char *text, const char *file, int32_t line, piste_errors *errors) {
    base_text names = {0};
    for (size_t i = 0; i < MEASURES; i++)
        base_text_format(&names, "%s%s", i ? ", " : "", measures[i].name);
    piste_status status =
        piste_errors_add(errors, PISTE_INVALID, file, line, 0, "%.80s, expected one of the measures %s", text,
                         names.failed ? "" : names.data);
    base_text_release(&names);
    return status;
}

static piste_status read_target(const piste_resort *resort, const char *at, const char *text, const char *file,
                                int32_t line, piste_errors *errors, plan_measure *out) {
    const measure *m = &measures[out->what];
    if (!at) {
        out->target = m->scope == OF_GUESTS ? PLAN_ALL : PLAN_WORST;
        return PISTE_OK;
    }
    if (!has_parts(m))
        return piste_errors_add(errors, PISTE_INVALID, file, line, 0,
                                "%.80s, expected %s alone: it is of the whole day", text, m->name);
    if (strcmp(at, "all") == 0 && find_in_scope(resort, m->scope, at) < 0) {
        if (m->scope != OF_GUESTS && !m->all)
            return piste_errors_add(errors, PISTE_INVALID, file, line, 0,
                                    "%.80s, expected the key of a %s: %s has no figure over all", text,
                                    scope_words[m->scope], m->name);
        out->target = PLAN_ALL;
        return PISTE_OK;
    }
    out->target = find_in_scope(resort, m->scope, at);
    if (out->target >= 0)
        return PISTE_OK;
    char keys[500];
    list_keys(resort, m->scope, keys, sizeof keys);
    return piste_errors_add(errors, PISTE_INVALID, file, line, 0, "%.80s: there is no %s %.40s, expected one of %s",
                            text, scope_words[m->scope], at, keys);
}

piste_status plan_measure_read(const piste_resort *resort, const char *text, const char *file, int32_t line,
                               piste_errors *errors, plan_measure *out) {
    plan_measure m = {.what = -1};
    size_t length = strcspn(text, "@");
    if (strlen(text) >= sizeof m.text)
        return piste_errors_add(errors, PISTE_INVALID, file, line, 0, "%.80s..., expected a measure", text);
    for (int32_t i = 0; i < (int32_t)MEASURES; i++)
        if (strlen(measures[i].name) == length && strncmp(measures[i].name, text, length) == 0)
            m.what = i;
    if (m.what < 0)
        return fail_name(text, file, line, errors);
    piste_status status = read_target(resort, text[length] ? text + length + 1 : NULL, text, file, line, errors, &m);
    if (status != PISTE_OK)
        return status;
    strcpy(m.text, text);
    *out = m;
    return PISTE_OK;
}

// ---- taking -------------------------------------------------------------------------------------------------------------

static int32_t count_in_scope(scope s, const piste_day_result *r) {
    return s == OF_LIFTS    ? r->lifts.count
           : s == OF_RUNS   ? r->runs.count
           : s == OF_VENUES ? r->venues.count
                            : r->segments.count;
}

static double of_part(const measure *m, const piste_day_result *r, int32_t i) {
    return m->scope == OF_LIFTS    ? m->lift(&r->lifts.list[i])
           : m->scope == OF_RUNS   ? m->run(&r->runs.list[i])
           : m->scope == OF_VENUES ? m->venue(&r->venues.list[i])
                                   : m->segment(&r->segments.list[i]);
}

// The worst is the largest, of a condition that asks for at least something the least.
int32_t plan_measure_worst(const plan_measure *taken, const piste_day_result *r) {
    const measure *m = &measures[taken->what];
    if (taken->target >= 0)
        return taken->target < count_in_scope(m->scope, r) ? taken->target : -1;
    int32_t at = -1;
    double worst = NAN;
    for (int32_t i = 0; taken->target == PLAN_WORST && i < count_in_scope(m->scope, r); i++) {
        double own = of_part(m, r, i);
        if (!isnan(own) && !(taken->least ? own >= worst : own <= worst)) {
            worst = own;
            at = i;
        }
    }
    return at;
}

const char *plan_measure_key(const plan_measure *taken, const piste_resort *resort, int32_t index) {
    return index < 0 ? NULL : key_in_scope(resort, measures[taken->what].scope, index);
}

double plan_measure_of(const plan_measure *taken, const piste_day_result *r) {
    const measure *m = &measures[taken->what];
    if (taken->target == PLAN_ALL && m->all)
        return m->all(r);
    if (taken->target == PLAN_ALL) {
        piste_segment_result sum = sum_of_segments(r);
        return m->segment(&sum);
    }
    int32_t at = plan_measure_worst(taken, r);
    return at < 0 ? (double)NAN : of_part(m, r, at);
}

// ---- conditions -----------------------------------------------------------------------------------------------------------

static const struct unit_word {
    const char *word;
    plan_unit unit;
    double factor;
} unit_words[] = {{"s", PLAN_SECONDS, 1},     {"min", PLAN_SECONDS, 60}, {"h", PLAN_SECONDS, 3600},
                  {"%", PLAN_SHARE, 0.01},    {"/ha", PLAN_PER_HA, 1},   {"m", PLAN_METRES, 1},
                  {"km", PLAN_METRES, 1000},  {"", PLAN_PEOPLE, 1},      {"", PLAN_NUMBER, 1},
                  {"people", PLAN_PEOPLE, 1}, {"", PLAN_PER_HA, 1}};

static const char *const unit_examples[] = {
    [PLAN_SECONDS] = "a time such as 10min", [PLAN_PEOPLE] = "a number",
    [PLAN_SHARE] = "a share such as 20%",    [PLAN_PER_HA] = "people per hectare such as 30/ha, or standard",
    [PLAN_METRES] = "a length such as 3km",  [PLAN_NUMBER] = "a number"};

static bool read_bound(const char *text, plan_unit unit, double *out) {
    char *end;
    if (!((text[0] >= '0' && text[0] <= '9') || text[0] == '.'))
        return false;
    double value = strtod(text, &end);
    if (!isfinite(value) || strpbrk(text, "xXpP")) // no hexadecimal
        return false;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < BASE_COUNT(unit_words); i++)
        if (unit_words[i].unit == unit && strcmp(unit_words[i].word, end) == 0) {
            *out = value * unit_words[i].factor;
            return true;
        }
    return false;
}

piste_status plan_condition_read(const piste_resort *resort, const char *text, const char *file, int32_t line,
                                 piste_errors *errors, plan_condition *out) {
    plan_condition c = {0};
    char name[sizeof c.measure.text];
    size_t length = strcspn(text, "<>"), at = length;
    if (!text[length] || length >= sizeof name || strlen(text) >= sizeof c.text)
        return piste_errors_add(errors, PISTE_INVALID, file, line, 0,
                                "%.100s, expected a condition such as wait_p90<=10min", text);
    c.at_least = text[at++] == '>';
    c.strict = text[at] != '=';
    at += c.strict ? 0 : 1;
    while (text[at] == ' ')
        at++;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    memcpy(name, text, length);
    name[length] = '\0';
    piste_status status = plan_measure_read(resort, name, file, line, errors, &c.measure);
    if (status != PISTE_OK)
        return status;
    c.measure.least = c.at_least;
    c.standard = strcmp(text + at, "standard") == 0;
    if (c.standard && strcmp(measures[c.measure.what].name, "density") != 0)
        return piste_errors_add(errors, PISTE_INVALID, file, line, 0, "%.100s: only density has a standard", text);
    if (c.standard) { // each run against its own: its crowding, against 1
        for (int32_t i = 0; i < (int32_t)MEASURES; i++)
            if (strcmp(measures[i].name, "crowding") == 0)
                c.measure.what = i;
        c.bound = 1;
    } else if (!read_bound(text + at, measures[c.measure.what].unit, &c.bound)) {
        return piste_errors_add(errors, PISTE_INVALID, file, line, 0, "%.100s: %s%.40s, expected %s", text,
                                text[at] ? "" : "nothing", text + at, unit_examples[measures[c.measure.what].unit]);
    }
    strcpy(c.text, text);
    *out = c;
    return PISTE_OK;
}

bool plan_condition_holds(const plan_condition *c, const piste_day_result *result) {
    double figure = plan_measure_of(&c->measure, result);
    if (isnan(figure))
        return true;
    if (c->at_least)
        return c->strict ? figure > c->bound : figure >= c->bound;
    return c->strict ? figure < c->bound : figure <= c->bound;
}

double plan_condition_used(const plan_condition *c, const piste_day_result *result) {
    double figure = plan_measure_of(&c->measure, result);
    if (isnan(figure))
        return 0;
    double over = c->at_least ? c->bound : figure, under = c->at_least ? figure : c->bound;
    return under > 0 ? over / under : over > 0 ? HUGE_VAL : 1;
}
