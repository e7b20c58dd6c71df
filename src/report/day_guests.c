// day_guests.c - the part of a day's page about its guests: where their time went, who waited how long, what they
// missed and why, and which limits bound.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/table.h"

typedef struct table { // rows that are being filled
    const grid_column *columns;
    int count;
    const char **names;
    grid_cell *cells;
    int32_t rows, room;
} table;

static bool begin(page *p, table *t, const grid_column *columns, int count, int32_t room) {
    *t = (table){.columns = columns, .count = count, .room = room};
    t->names = table_take(p, room, sizeof *t->names);
    t->cells = table_take(p, (int64_t)room * count, sizeof *t->cells);
    return t->names && t->cells;
}

static grid_cell *add_row(table *t, const char *name) {
    t->names[t->rows] = name;
    return &t->cells[t->rows++ * t->count];
}

static void end(page *p, const table *t, const char *title, int name_columns) {
    if (t->rows == 0)
        return;
    grid g = {.title = title,
              .name_columns = name_columns,
              .columns = t->columns,
              .column_count = t->count,
              .names = t->names,
              .cells = t->cells,
              .row_count = t->rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

// ---- limits -----------------------------------------------------------------------------------------------------

static const char *label_at(const char *const *shown, const void *list, int32_t count, size_t size, const char *key) {
    for (int32_t i = 0; i < count; i++) {
        const char *own;
        memcpy(&own, (const char *)list + (size_t)i * size, sizeof own); // every result begins with its key
        if (strcmp(own, key) == 0)
            return shown[i];
    }
    return key;
}

static const char *what_bound(page *p, const piste_day_result *day, const labels *called, const piste_binding *b) {
    switch (b->limit) {
    case PISTE_LIMIT_LIFT:
        return label_at(called->lifts, day->lifts.list, day->lifts.count, sizeof *day->lifts.list, b->key);
    case PISTE_LIMIT_RUN:
        return label_at(called->runs, day->runs.list, day->runs.count, sizeof *day->runs.list, b->key);
    case PISTE_LIMIT_CAP:
        return page_format(p, "cap of %s", page_count(p, day->cap));
    default:
        return label_at(called->venues, day->venues.list, day->venues.count, sizeof *day->venues.list, b->key);
    }
}

static const char *how_bound(piste_limit limit) {
    static const char *const words[PISTE_LIMIT_COUNT] = {"sold out",      "wait > 10 min", "above density",
                                                         "wait > 15 min", "full",          "sessions full"};
    return words[limit];
}

static const char *hours_lost(page *p, int64_t lost_s) {
    return page_decimal(p, (double)lost_s / 3600, lost_s < 360000 ? 1 : 0);
}

// One sentence: what bound first, and where most time was lost.
void table_add_limits_line(page *p, const piste_day_result *day, const labels *called) {
    if (day->guests == 0)
        return;
    if (day->bindings.count == 0) {
        table_sentence(p, "No limit bound: no long waits, no run above its standard, nothing full.");
        return;
    }
    const piste_binding *first = &day->bindings.list[0], *worst = first;
    for (int32_t i = 1; i < day->bindings.count; i++)
        worst = day->bindings.list[i].lost_s > worst->lost_s ? &day->bindings.list[i] : worst;
    const char *begin_text = page_format(p, "First to bind: %s (%s) at %s", what_bound(p, day, called, first),
                                         how_bound(first->limit), page_time(p, first->first_s));
    const char *lost = page_format(p, "%s hours lost", hours_lost(p, worst->lost_s));
    if (worst == first && worst->lost_s > 0)
        table_sentence(p, page_format(p, "%s, and most: %s.", begin_text, lost));
    else if (worst->lost_s > 0)
        table_sentence(p, page_format(p, "%s; most: %s (%s), %s.", begin_text, what_bound(p, day, called, worst),
                                      how_bound(worst->limit), lost));
    else
        table_sentence(p, page_format(p, "%s.", begin_text));
}

void table_add_limits(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[] = {
        {"", "limit", 0}, {"", "first", 0}, {"", "for", 1}, {"", "people", 2}, {"hours", "lost", 0}};
    table t;
    if (!begin(p, &t, columns, BASE_COUNT(columns), day->bindings.count))
        return;
    for (int32_t i = 0; i < day->bindings.count; i++) {
        const piste_binding *b = &day->bindings.list[i];
        grid_cell *row = add_row(&t, what_bound(p, day, called, b));
        row[0] = table_cell(how_bound(b->limit));
        row[1] = table_cell(page_time(p, b->first_s));
        row[2] = table_cell(page_duration(p, (double)b->bound_s));
        row[3] = table_cell(page_count(p, b->people));
        row[4] = table_cell(hours_lost(p, b->lost_s));
    }
    end(p, &t, "What was binding", called->columns);
}

// ---- budgets ----------------------------------------------------------------------------------------------------

static grid_cell hours_cell(page *p, double seconds) {
    return table_cell(seconds == seconds ? page_decimal(p, seconds / 3600, 1) : "-");
}

static grid_cell minutes_cell(page *p, double seconds) {
    return (grid_cell){page_duration(p, seconds), false};
}

// Quantiles over guests: a tenth had no more than the P10, nine tenths no more than the P90.
static void add_each(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[] = {{"rides", "P10", 6},   {"rides", "P50", 0}, {"rides", "P90", 5},
                                          {"descent", "P10", 8}, {"m", "P50", 2},     {"m", "P90", 7},
                                          {"in line", "P10", 9}, {"", "P50", 0},      {"", "P90", 0},
                                          {"hours", "P10", 4},   {"here", "P50", 1},  {"", "P90", 3}};
    table t;
    if (!begin(p, &t, columns, BASE_COUNT(columns), day->segments.count))
        return;
    for (int32_t i = 0; i < day->segments.count; i++) {
        const piste_segment_result *s = &day->segments.list[i];
        const double rides[] = {s->rides_each.p10, s->rides_each.p50, s->rides_each.p90};
        const double descent[] = {s->descent_each_m.p10, s->descent_each_m.p50, s->descent_each_m.p90};
        const double waiting[] = {s->waiting_each_s.p10, s->waiting_each_s.p50, s->waiting_each_s.p90};
        const double here[] = {s->here_each_s.p10, s->here_each_s.p50, s->here_each_s.p90};
        grid_cell *row = add_row(&t, called->segments[i]);
        for (int k = 0; k < 3; k++) {
            row[k] = table_cell(page_decimal(p, rides[k], 0));
            row[3 + k] = table_cell(page_decimal(p, descent[k], 0));
            row[6 + k] = minutes_cell(p, waiting[k]);
            row[9 + k] = hours_cell(p, here[k]);
        }
    }
    end(p, &t, "Each guest", called->columns);
}

// Hours at each kind of venue, for each guest of the segment.
static void add_at(page *p, const piste_day_result *day, const labels *called) {
    int64_t sums[PISTE_AT_COUNT] = {0};
    int32_t kinds[PISTE_AT_COUNT], count = 0;
    grid_column columns[GRID_COLUMNS_MAX];
    for (int32_t i = 0; i < day->segments.count; i++)
        for (int32_t at = 0; at < PISTE_AT_COUNT; at++)
            sums[at] += day->segments.list[i].at_s[at];
    for (;;) { // most time first; the last go first where the page is narrow
        int32_t most = -1;
        for (int32_t at = 0; at < PISTE_AT_COUNT; at++)
            if (sums[at] > 0 && (most < 0 || sums[at] > sums[most]))
                most = at;
        if (most < 0 || count == GRID_COLUMNS_MAX)
            break;
        sums[most] = 0;
        const char *word = piste_at_word(most), *dash = strchr(word, '-');
        columns[count] =
            (grid_column){dash ? page_format(p, "%.*s", (int)(dash - word), word) : "", dash ? dash + 1 : word, count};
        kinds[count++] = most;
    }
    table t;
    if (count == 0 || !begin(p, &t, columns, count, day->segments.count))
        return;
    for (int32_t i = 0; i < day->segments.count; i++) {
        const piste_segment_result *s = &day->segments.list[i];
        grid_cell *row = add_row(&t, called->segments[i]);
        for (int k = 0; k < count; k++)
            row[k] = s->at_s[kinds[k]] > 0
                         ? table_cell(page_decimal(p, (double)s->at_s[kinds[k]] / 3600 / (double)s->arrived, 2))
                         : table_cell("-");
    }
    end(p, &t, "Inside, h each", called->columns);
}

void table_add_budgets(page *p, const piste_day_result *day, const labels *called) {
    add_each(p, day, called);
    add_at(p, day, called);
}

// ---- who waited how long ----------------------------------------------------------------------------------------

static const char *group_name(page *p, int by, const char *key) {
    if (by == PISTE_BY_HOUR)
        return page_format(p, "came %s:00-%s:59", key, key);
    if (by == PISTE_BY_SIZE)
        return page_format(p, "party of %s", key);
    return strcmp(key, "foot") == 0 ? "on foot" : key;
}

void table_add_groups(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[] = {{"", "people", 1},      {"rides", "each", 0},   {"descent", "each m", 4},
                                          {"wait a", "ride", 0},  {"in line", "P50", 0},  {"each", "P90", 0},
                                          {"longest", "line", 2}, {"in line", "%", 3}};
    int32_t rows = 0;
    for (int by = 0; by < PISTE_GROUP_BY_COUNT; by++)
        rows += day->groups[by].count;
    table t;
    if (!begin(p, &t, columns, BASE_COUNT(columns), rows))
        return;
    for (int by = 0; by < PISTE_GROUP_BY_COUNT; by++)
        for (int32_t i = 0; i < day->groups[by].count; i++) {
            const piste_group_result *g = &day->groups[by].list[i];
            double a_ride = g->rides ? (double)g->waited_s / (double)g->rides : (double)NAN;
            grid_cell *row = add_row(&t, group_name(p, by, g->key));
            row[0] = table_cell(page_count(p, g->people));
            row[1] = table_cell(page_decimal(p, (double)g->rides / (double)g->people, 1));
            row[2] = table_cell(page_decimal(p, g->descent_m / (double)g->people, 0));
            row[3] = (grid_cell){page_duration(p, a_ride), a_ride > TABLE_LONG_WAIT_S};
            row[4] = minutes_cell(p, g->waiting_each_s.p50);
            row[5] = minutes_cell(p, g->waiting_each_s.p90);
            row[6] = minutes_cell(p, g->longest_wait_s);
            row[7] = table_cell(g->here_s ? page_percent(p, (double)g->waited_s / (double)g->here_s) : "-");
        }
    end(p, &t, "Who waited", called->columns);
}

// ---- what was missed --------------------------------------------------------------------------------------------

static const char *const missed_words[PISTE_MISSED_COUNT] = {"closed", "full",     "too long a queue",
                                                             "no way", "too late", "refused"};

// "Of the visits missed 2,602 too long a queue, 395 full."
static const char *counts_by(page *p, const int64_t *counts, const char *const *words, int count) {
    const char *text = NULL;
    for (int i = 0; i < count; i++)
        if (counts[i])
            text = text ? page_format(p, "%s, %s %s", text, page_count(p, counts[i]), words[i])
                        : page_format(p, "%s %s", page_count(p, counts[i]), words[i]);
    return text;
}

void table_add_missed_line(page *p, const piste_day_result *day) {
    const char *text = counts_by(p, day->missed_by, missed_words, PISTE_MISSED_COUNT);
    if (text)
        table_sentence(p, page_format(p, "Visits missed: %s.", text));
}

static grid_column missed_columns[] = {{"", "wished", 7}, {"", "missed", 0}, {"", "closed", 4},  {"", "full", 1},
                                       {"", "queue", 2},  {"no", "way", 5},  {"too", "late", 3}, {"re-", "fused", 6}};
enum { MISSED_COLUMNS = BASE_COUNT(missed_columns) };

static void fill_missed_row(page *p, grid_cell *row, int64_t wished, int64_t missed, const int64_t *by) {
    row[0] = table_count(p, wished);
    row[1] = table_bad(p, missed);
    for (int k = 0; k < PISTE_MISSED_COUNT; k++)
        row[2 + k] = table_count(p, by[k]);
}

static void add_missed_at_venues(page *p, const piste_day_result *day, const labels *called) {
    table t;
    if (!begin(p, &t, missed_columns, MISSED_COLUMNS, day->venues.count))
        return;
    for (int32_t i = 0; i < day->venues.count; i++) {
        const piste_venue_result *v = &day->venues.list[i];
        if (v->missed)
            fill_missed_row(p, add_row(&t, called->venues[i]), v->visits + v->missed, v->missed, v->missed_by);
    }
    end(p, &t, "Missed at venues", called->columns);
}

static void add_missed_visits(page *p, const piste_day_result *day, const labels *called) {
    table t;
    if (!begin(p, &t, missed_columns, MISSED_COLUMNS, day->visits.count))
        return;
    for (int32_t i = 0; i < day->visits.count; i++) {
        const piste_visit_result *v = &day->visits.list[i];
        if (!v->missed)
            continue;
        const char *name = page_format(p, "%s: %s", v->what, called->segments[v->segment]);
        fill_missed_row(p, add_row(&t, name), v->wished, v->missed, v->missed_by);
    }
    end(p, &t, "Missed visits", called->columns + 20); // two names in one
}

static void add_turned_away(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[] = {
        {"turned", "away", 0}, {"", "closing", 1}, {"", "hold", 0}, {"", "outage", 0}};
    table t;
    if (!begin(p, &t, columns, BASE_COUNT(columns), day->lifts.count))
        return;
    for (int32_t i = 0; i < day->lifts.count; i++) {
        const piste_lift_result *l = &day->lifts.list[i];
        if (!l->turned_away)
            continue;
        grid_cell *row = add_row(&t, called->lifts[i]);
        row[0] = table_bad(p, l->turned_away);
        for (int k = 0; k < PISTE_AWAY_COUNT; k++)
            row[1 + k] = table_count(p, l->turned_away_by[k]);
    }
    end(p, &t, "Turned away", called->columns);
}

void table_add_missed(page *p, const piste_day_result *day, const labels *called) {
    static const char *const unridden_words[PISTE_UNRIDDEN_COUNT] = {
        "not let in", "turned away from a line", "stood about", "busy with visits", "for other reasons"};
    add_missed_at_venues(p, day, called);
    add_missed_visits(p, day, called);
    add_turned_away(p, day, called);
    const char *text = counts_by(p, day->unridden_by, unridden_words, PISTE_UNRIDDEN_COUNT);
    base_text_add(p->out, "\n");
    table_sentence(p, text ? page_format(p, "Came to ski and never rode a lift: %s.", text)
                           : "Everyone who came to ski rode a lift.");
}
