// compare.c - two plans' databases side by side. See piste/plan.h.
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "plan/experiment.h"

typedef struct side {
    sqlite3 *sqlite;
    const char *path;
    const char *name, *seed, *common;
    int64_t minimum;
    double confidence;
    bool selected;
} side;

static piste_status fail(const side *s, piste_errors *errors) {
    return piste_errors_add(errors, PISTE_INVALID, s->path, 0, 0, "expected a database that piste plan --db wrote: %s",
                            sqlite3_errmsg(s->sqlite));
}

static const char *word(const side *s, base_arena *arena, const char *key) {
    sqlite3_stmt *q = NULL;
    const char *found = NULL;
    if (sqlite3_prepare_v2(s->sqlite, "SELECT value FROM plan WHERE key = ?", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_bind_text(q, 1, key, -1, SQLITE_TRANSIENT) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(q, 0);
        found = text ? base_arena_text(arena, text, strlen(text)) : NULL;
    }
    sqlite3_finalize(q);
    return found;
}

static piste_status open_side(side *s, base_arena *arena, piste_errors *errors) {
    FILE *there = fopen(s->path, "rb");
    if (!there)
        return piste_errors_add(errors, PISTE_NOT_FOUND, s->path, 0, 0, "no such file");
    fclose(there);
    if (sqlite3_open_v2(s->path, &s->sqlite, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return fail(s, errors);
    sqlite3_busy_timeout(s->sqlite, 2000);
    const char *format = word(s, arena, "format"), *minimum = word(s, arena, "minimum"),
               *confidence = word(s, arena, "confidence");
    const char *selected = word(s, arena, "selected");
    s->name = word(s, arena, "name");
    s->seed = word(s, arena, "seed");
    s->common = word(s, arena, "common");
    if (!format || strcmp(format, "1") != 0 || !minimum || !confidence || !selected || !s->name || !s->seed ||
        !s->common)
        return fail(s, errors);
    s->minimum = strtol(minimum, NULL, 10);
    s->confidence = strtod(confidence, NULL);
    s->selected = strcmp(selected, "yes") == 0;
    return PISTE_OK;
}

// The figures of a measure in a scenario from the first day on; NaN where a day is not there. -1: they are not there.
static int64_t take_figures(const side *s, const char *scenario, const char *measure, double **out) {
    static const char sql[] =
        "SELECT f.replication, f.value FROM figure f JOIN scenario s ON s.scenario = f.scenario"
        " JOIN measure m ON m.measure = f.measure WHERE s.key = ? AND m.name = ? ORDER BY f.replication";
    sqlite3_stmt *q = NULL;
    int64_t count = 0, room = 0;
    double *list = NULL;
    bool good = sqlite3_prepare_v2(s->sqlite, sql, -1, &q, NULL) == SQLITE_OK &&
                sqlite3_bind_text(q, 1, scenario, -1, SQLITE_TRANSIENT) == SQLITE_OK &&
                sqlite3_bind_text(q, 2, measure, -1, SQLITE_TRANSIENT) == SQLITE_OK;
    while (good && sqlite3_step(q) == SQLITE_ROW) {
        if (sqlite3_column_int64(q, 0) != count) // a plan that was killed: what comes after a gap does not count
            break;
        if (count == room) {
            room = room ? 2 * room : 256;
            double *grown = realloc(list, (size_t)room * sizeof *grown);
            good = grown != NULL;
            list = grown ? grown : list;
        }
        if (good)
            list[count++] = sqlite3_column_type(q, 1) == SQLITE_NULL ? NAN : sqlite3_column_double(q, 1);
    }
    sqlite3_finalize(q);
    *out = list;
    return good ? count : -1;
}

// As in the plan itself: by the pilot, where that decided how many days there are.
static piste_plan_interval interval_of(const double *column, int64_t count, int64_t pilot, bool selected,
                                       double confidence) {
    statistics_sample all = statistics_of(column, count),
                      first = selected ? all : statistics_of(column, pilot < count ? pilot : count);
    return (piste_plan_interval){all.mean, statistics_half(&first, &all, confidence)};
}

static bool compare_columns(const side *a, const side *b, double *x, double *y, bool paired,
                            piste_comparison_row *row) {
    double confidence = a->confidence;
    int64_t pilot = a->minimum < b->minimum ? a->minimum : b->minimum;
    bool selected = a->selected || b->selected;
    row->a = interval_of(x, row->count_a, a->minimum, a->selected, confidence);
    row->b = interval_of(y, row->count_b, b->minimum, b->selected, confidence);
    if (paired) {
        row->pairs = row->count_a < row->count_b ? row->count_a : row->count_b;
        for (int64_t i = 0; i < row->pairs; i++)
            x[i] = y[i] - x[i];
        row->difference = interval_of(x, row->pairs, pilot, selected, confidence);
        return true;
    }
    // Welch 1947; each variance is that of its own mean
    statistics_sample s = statistics_of(x, row->count_a), t = statistics_of(y, row->count_b);
    double u = s.sd * s.sd / (double)s.count, v = t.sd * t.sd / (double)t.count;
    double df = (u + v) * (u + v) / (u * u / (double)(s.count - 1) + v * v / (double)(t.count - 1));
    row->difference = (piste_plan_interval){
        t.mean - s.mean, s.count > 1 && t.count > 1 && df >= 1 ? statistics_t(confidence, df) * sqrt(u + v) : NAN};
    return true;
}

static int32_t count_figures(const side *s) {
    sqlite3_stmt *q = NULL;
    int32_t count = 0;
    if (sqlite3_prepare_v2(s->sqlite, "SELECT (SELECT count(*) FROM scenario) * (SELECT count(*) FROM measure)", -1, &q,
                           NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        count = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    return count;
}

static const char *unit_of(int unit) {
    static const char *const words[] = {[PLAN_SECONDS] = "s",  [PLAN_PEOPLE] = "people", [PLAN_SHARE] = "share",
                                        [PLAN_PER_HA] = "/ha", [PLAN_METRES] = "m",      [PLAN_NUMBER] = ""};
    return unit >= 0 && unit < (int)BASE_COUNT(words) ? words[unit] : "";
}

static piste_status compare_all(const side *a, const side *b, base_arena *arena, piste_errors *errors,
                                piste_comparison *out) {
    sqlite3_stmt *q = NULL;
    int32_t count = 0, most = count_figures(a);
    piste_comparison_row *rows = base_arena_take(arena, ((size_t)most + 1) * sizeof *rows);
    if (!rows)
        return PISTE_MEMORY;
    if (sqlite3_prepare_v2(a->sqlite,
                           "SELECT s.key, m.name, m.unit FROM measure m, scenario s ORDER BY m.measure, s.scenario", -1,
                           &q, NULL) != SQLITE_OK)
        return fail(a, errors);
    out->paired = strcmp(a->seed, b->seed) == 0 && strcmp(a->common, "yes") == 0 && strcmp(b->common, "yes") == 0;
    while (sqlite3_step(q) == SQLITE_ROW && count < most) {
        const char *scenario = (const char *)sqlite3_column_text(q, 0),
                   *measure = (const char *)sqlite3_column_text(q, 1);
        double *x = NULL, *y = NULL;
        piste_comparison_row row = {.unit = unit_of(sqlite3_column_int(q, 2)),
                                    .scenario = base_arena_text(arena, scenario, strlen(scenario)),
                                    .measure = base_arena_text(arena, measure, strlen(measure))};
        row.count_a = take_figures(a, scenario, measure, &x);
        row.count_b = take_figures(b, scenario, measure, &y);
        if (row.count_a > 0 && row.count_b > 0 && row.scenario && row.measure &&
            compare_columns(a, b, x, y, out->paired, &row))
            rows[count++] = row;
        free(x);
        free(y);
    }
    sqlite3_finalize(q);
    out->rows.list = rows;
    out->rows.count = count;
    out->only_a = most - count;
    out->only_b = count_figures(b) - count;
    if (count == 0)
        return piste_errors_add(errors, PISTE_INVALID, b->path, 0, 0, "no scenario and measure in common with %s",
                                a->path);
    return PISTE_OK;
}

piste_status piste_plan_compare(const char *db_a, const char *db_b, piste_errors *errors, piste_comparison **out) {
    base_arena *arena = base_arena_create();
    piste_comparison *c = arena ? base_arena_take(arena, sizeof *c) : NULL;
    side a = {.path = db_a}, b = {.path = db_b};
    piste_status status = c ? open_side(&a, arena, errors) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = open_side(&b, arena, errors);
    if (status == PISTE_OK) {
        *c = (piste_comparison){.name_a = a.name, .name_b = b.name, .confidence = a.confidence, .owner = arena};
        status = compare_all(&a, &b, arena, errors, c);
    }
    sqlite3_close(a.sqlite);
    sqlite3_close(b.sqlite);
    if (status == PISTE_OK)
        *out = c;
    else
        base_arena_destroy(arena);
    return status;
}

void piste_comparison_destroy(piste_comparison *comparison) {
    if (comparison)
        base_arena_destroy(comparison->owner);
}
