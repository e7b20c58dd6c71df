// day_table.c - one screen about a day: what came, who waited where, what was crowded, and what it all rests on.
#include <stdlib.h>
#include <string.h>

#include "report/table.h"

enum { SHOWN_RUNS = 3, SHOWN_VENUES = 3, SHOWN_SEGMENTS = 5 }; // where not everything is asked for

// ---- what things are called -------------------------------------------------------------------------------------

static int order_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Every result begins with its key and its name. Maps give several runs one name: those go by their keys.
static const char **label_list(page *p, const void *list, int32_t count, size_t size) {
    const char **shown = table_take(p, count, sizeof *shown), **sorted = table_take(p, count, sizeof *sorted);
    if (!shown || !sorted)
        return NULL;
    for (int32_t i = 0; i < count; i++) {
        const char *head[2];
        memcpy(head, (const char *)list + (size_t)i * size, sizeof head);
        sorted[i] = shown[i] = page_name(p, head[1], head[0]);
    }
    qsort(sorted, (size_t)count, sizeof *sorted, order_texts);
    for (int32_t i = 0; i < count; i++) {
        const char **found = bsearch(&shown[i], sorted, (size_t)count, sizeof *sorted, order_texts);
        bool again = (found > sorted && strcmp(found[-1], shown[i]) == 0) ||
                     (found < sorted + count - 1 && strcmp(found[1], shown[i]) == 0);
        if (again)
            memcpy(&shown[i], (const char *)list + (size_t)i * size, sizeof shown[i]);
    }
    return shown;
}

static int widest(int so_far, const char *const *list, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        int columns = base_text_columns(list[i]);
        so_far = columns > so_far ? columns : so_far;
    }
    return so_far;
}

_Static_assert(offsetof(piste_lift_result, name) == sizeof(char *) && offsetof(piste_run_result, name) == sizeof(char *) &&
                   offsetof(piste_venue_result, name) == sizeof(char *) && offsetof(piste_segment_result, name) == sizeof(char *),
               "label_list reads the key and the name of each kind of result");

static bool find_labels(page *p, const piste_day_result *day, labels *all) {
    const int32_t counts[] = {day->lifts.count, day->runs.count, day->venues.count, day->segments.count};
    const char **const lists[] = {label_list(p, day->lifts.list, counts[0], sizeof *day->lifts.list),
                                  label_list(p, day->runs.list, counts[1], sizeof *day->runs.list),
                                  label_list(p, day->venues.list, counts[2], sizeof *day->venues.list),
                                  label_list(p, day->segments.list, counts[3], sizeof *day->segments.list)};
    int limit = p->look->columns < 80 ? 16 : p->look->columns < 100 ? 20 : p->look->columns < 140 ? 24 : 48;
    int columns = 16; // the titles need that
    for (size_t i = 0; i < BASE_COUNT(lists); i++) {
        if (!lists[i])
            return false;
        columns = widest(columns, lists[i], counts[i]);
    }
    *all = (labels){lists[0], lists[1], lists[2], lists[3], columns > limit ? limit : columns};
    return true;
}

// ---- the first lines --------------------------------------------------------------------------------------------

static const char *weekday(piste_date date) {
    static const char *const words[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
    int32_t day = date % 7;
    return words[day < 0 ? day + 7 : day]; // 1970-01-01 was a Thursday
}

static const char *end_of_day(page *p, const piste_day_result *day) {
    if (day->guests == 0)
        return "nobody came";
    if (day->gone == 0)
        return page_format(p, "nobody had left when the day ended at %s", page_time(p, day->to_s));
    if (day->still_here)
        return page_format(p, "%s still here when the day ended at %s", page_count(p, day->still_here), page_time(p, day->to_s));
    return page_format(p, "everybody home by %s", page_time(p, day->last_gone_s));
}

static void add_present(page *p, const piste_day_result *day) {
    const char *from = page_time(p, day->from_s), *to = page_time(p, day->to_s);
    int32_t columns = p->look->columns - 7 - 2 * 7;
    columns = columns > GRID_SPARK_MAX ? GRID_SPARK_MAX : columns;
    base_text_format(p->out, "Present %s ", from);
    report_spark(p->out, day->present, 0, day->bin_count, columns, (int32_t)day->present_max, p->look->ascii);
    base_text_format(p->out, " %s\n", to);
}

static void add_summary(page *p, const piste_day_result *day, const labels *called) {
    char date[11];
    page_tone(p, PAGE_BOLD);
    base_text_add(p->out, page_cut(p, page_name(p, day->resort, NULL), p->look->columns - 32));
    page_tone(p, PAGE_OFF);
    if (day->date != PISTE_DATE_NONE) {
        piste_date_format(day->date, date);
        base_text_format(p->out, ", %s %s", weekday(day->date), date);
    }
    base_text_format(p->out, ", seed %llu\n", (unsigned long long)day->seed);
    table_sentence(p, page_format(p, "%s sold, %s came, at most %s at one time (%s); %s.", page_count(p, day->sold),
                                page_count(p, day->guests), page_count(p, day->present_max),
                                page_time(p, day->present_max_at_s), end_of_day(p, day)));
    if (day->rides)
        table_sentence(p, page_format(p, "%s rides; in line %s on average, 9 in 10 within %s, the longest %s.",
                                    page_count(p, day->rides), page_duration(p, day->wait.mean_s),
                                    page_duration(p, day->wait.p90_s), page_duration(p, day->wait.max_s)));
    else
        table_sentence(p, "Nobody rode a lift.");
    if (day->assisted) {
        page_tone(p, PAGE_ALERT);
        table_sentence(p, page_format(p, "%s had no way home and %s brought down.", page_count(p, day->assisted),
                                    table_plural(day->assisted, "was", "were")));
        page_tone(p, PAGE_OFF);
    }
    table_add_limits_line(p, day, called);
    table_add_missed_line(p, day);
    if (day->guests && day->bin_count)
        add_present(p, day);
}

// ---- lifts ------------------------------------------------------------------------------------------------------

static grid_cell wait_cell(page *p, const piste_waits *wait, double seconds) {
    return (grid_cell){wait->count ? page_duration(p, seconds) : "-", wait->count && seconds > TABLE_LONG_WAIT_S};
}

enum { LIFT_COLUMNS = 9 };

static bool is_unused(const piste_lift_result *l) {
    return l->rides == 0 && l->queue_max == 0;
}

// The whole hours in which a lift has people in line or boards some; all of the day where none does.
static void find_hours(const piste_day_result *day, grid *g) {
    int32_t first = day->bin_count, last = -1;
    for (int32_t l = 0; l < day->lifts.count; l++)
        for (int32_t i = 0; i < day->bin_count; i++)
            if (day->lifts.list[l].queue[i] > 0 || day->lifts.list[l].boarded[i] > 0) {
                first = i < first ? i : first;
                last = i > last ? i : last;
            }
    if (last < 0) {
        first = 0;
        last = day->bin_count - 1;
    }
    int32_t per_hour = day->bin_s <= 3600 && 3600 % day->bin_s == 0 ? 3600 / day->bin_s : 1;
    int32_t lead = (int32_t)(day->from_s % 3600) / day->bin_s; // bins of the hour that the day begins in
    g->bin_from = (first + lead) / per_hour * per_hour - lead;
    g->bin_to = (last + lead + per_hour) / per_hour * per_hour - lead;
    g->bin_from = g->bin_from < 0 ? 0 : g->bin_from;
    g->bin_to = g->bin_to > day->bin_count ? day->bin_count : g->bin_to;
    g->from_s = day->from_s + g->bin_from * day->bin_s;
    g->to_s = day->from_s + g->bin_to * day->bin_s;
}

// Those that nobody took share one line, where there are several.
static void add_unused_lifts(page *p, const piste_day_result *day, const labels *called) {
    const char *names = NULL;
    for (int32_t i = 0; i < day->lifts.count; i++)
        if (is_unused(&day->lifts.list[i]))
            names = names ? page_format(p, "%s, %s", names, called->lifts[i]) : called->lifts[i];
    if (names)
        table_sentence(p, page_format(p, "Nobody took %s.", names));
}

static void fill_lift_row(page *p, const piste_lift_result *l, grid_cell *cells, int count) {
    const grid_cell row[LIFT_COLUMNS] = {table_cell(page_count(p, l->rides)),
                                         wait_cell(p, &l->wait, l->wait.mean_s),
                                         wait_cell(p, &l->wait, l->wait.p90_s),
                                         wait_cell(p, &l->wait, l->wait.max_s),
                                         table_cell(page_count(p, l->queue_max)),
                                         table_cell(l->rides ? page_percent(p, l->seats_filled) : "-"),
                                         table_cell(l->open_s ? page_percent(p, l->used) : "-"),
                                         table_cell(l->stopped_s ? page_duration(p, (double)l->stopped_s) : "-"),
                                         table_bad(p, l->turned_away)};
    memcpy(cells, row, (size_t)count * sizeof *cells);
}

static void add_lifts(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[LIFT_COLUMNS] = {{"", "rides", 0},   {"wait", "mean", 3},     {"wait", "P90", 0},
                                                      {"wait", "max", 1}, {"line", "max", 0},      {"seats", "full %", 4},
                                                      {"used", "%", 0},   {"time", "stopped", 2}, {"turned", "away", 5}};
    int32_t all = day->lifts.count, rows = 0, unused = 0;
    const char **names = table_take(p, all, sizeof *names);
    grid_cell *cells = table_take(p, all * LIFT_COLUMNS, sizeof *cells);
    const int32_t **series = table_take(p, all, sizeof *series);
    if (!all || !names || !cells || !series)
        return;
    int64_t peak = 0, turned_away = 0;
    for (int32_t i = 0; i < all; i++) {
        const piste_lift_result *l = &day->lifts.list[i];
        peak = l->queue_max > peak ? l->queue_max : peak;
        turned_away += l->turned_away;
        unused += is_unused(l);
    }
    int count = turned_away || p->look->full ? LIFT_COLUMNS : LIFT_COLUMNS - 1; // the last is for the rare day that needs it
    bool fold = unused > 1 && !p->look->full;
    for (int32_t i = 0; i < all; i++) {
        const piste_lift_result *l = &day->lifts.list[i];
        if (fold && is_unused(l))
            continue;
        fill_lift_row(p, l, &cells[rows * count], count);
        names[rows] = called->lifts[i];
        series[rows++] = l->queue;
    }
    grid g = {.title = "Lifts", .name_columns = called->columns, .columns = columns, .column_count = count, .names = names,
              .cells = cells, .series = peak ? series : NULL, .series_heads = {"people in line", "in line"}, .peak = (int32_t)peak,
              .row_count = rows};
    find_hours(day, &g);
    base_text_add(p->out, "\n");
    if (rows)
        page_grid(p, &g);
    if (fold)
        add_unused_lifts(p, day, called);
}

// ---- runs -------------------------------------------------------------------------------------------------------

static double crowding(const piste_run_result *run) {
    double share = run->density_peak_per_ha / run->density_standard_per_ha;
    return share == share && share > 1 ? share : 0; // NaN where the area is unknown
}

// Those above their standard first, the most crowded of all first; the others by descents; then as in the resort.
static int order_runs(const void *a, const void *b) {
    const piste_run_result *x = *(const piste_run_result *const *)a, *y = *(const piste_run_result *const *)b;
    double x_share = crowding(x), y_share = crowding(y);
    if (x_share != y_share)
        return x_share > y_share ? -1 : 1;
    if (x->descents != y->descents)
        return x->descents > y->descents ? -1 : 1;
    return x < y ? -1 : x > y;
}

static const char *some_of(page *p, const char *title, int32_t shown, int32_t all) {
    return shown < all ? page_format(p, "%s (%d of %d)", title, shown, all) : title;
}

static void add_runs(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[] = {{"", "descents", 0}, {"", "peak/ha", 0}, {"", "standard/ha", 0}, {"", "most on it", 1}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t all = day->runs.count, crowded = 0, skied = 0;
    const piste_run_result **runs = table_take(p, all, sizeof *runs);
    const char **names = table_take(p, all, sizeof *names);
    grid_cell *cells = table_take(p, all * COUNT, sizeof *cells);
    if (!all || !runs || !names || !cells)
        return;
    for (int32_t i = 0; i < all; i++) {
        runs[i] = &day->runs.list[i];
        crowded += crowding(runs[i]) > 0;
        skied += runs[i]->descents > 0;
    }
    qsort(runs, (size_t)all, sizeof *runs, order_runs);
    int32_t rows = p->look->full ? all : skied < SHOWN_RUNS ? skied : SHOWN_RUNS;
    if (rows == 0)
        return;
    for (int32_t i = 0; i < rows; i++) {
        const piste_run_result *r = runs[i];
        double most = 0;
        for (int32_t b = 0; b < day->bin_count; b++)
            most = r->people[b] > most ? r->people[b] : most;
        const grid_cell row[COUNT] = {table_cell(page_count(p, r->descents)),
                                      {page_decimal(p, r->density_peak_per_ha, 1), crowding(r) > 0},
                                      table_cell(page_decimal(p, r->density_standard_per_ha, 0)),
                                      table_cell(page_decimal(p, most, 0))};
        memcpy(&cells[i * COUNT], row, sizeof row);
        names[i] = called->runs[r - day->runs.list];
    }
    grid g = {.title = some_of(p, "Runs", rows, all), .name_columns = called->columns, .columns = columns, .column_count = COUNT,
              .names = names, .cells = cells, .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
    if (crowded > rows)
        table_sentence(p, page_format(p, "and %d more above their standard", crowded - rows));
}

// ---- venues -----------------------------------------------------------------------------------------------------

// Time that people lost there; to have come in vain counts as half an hour.
static double time_lost_s(const piste_venue_result *venue) {
    double waited_s = venue->wait.count ? (double)venue->wait.count * venue->wait.mean_s : 0;
    return waited_s + 1800.0 * (double)venue->missed;
}

// Where people lost most time first.
static int order_venues(const void *a, const void *b) {
    const piste_venue_result *x = *(const piste_venue_result *const *)a, *y = *(const piste_venue_result *const *)b;
    if (time_lost_s(x) != time_lost_s(y))
        return time_lost_s(x) > time_lost_s(y) ? -1 : 1;
    if (x->visits != y->visits)
        return x->visits > y->visits ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void add_venues(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[] = {{"", "visits", 0},    {"", "wait mean", 3}, {"", "P90", 0},  {"", "max", 1},
                                          {"", "queue max", 2}, {"", "inside max", 4}, {"", "missed", 0}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t all = day->venues.count, busy = 0;
    const piste_venue_result **venues = table_take(p, all, sizeof *venues);
    const char **names = table_take(p, all, sizeof *names);
    grid_cell *cells = table_take(p, all * COUNT, sizeof *cells);
    if (!all || !venues || !names || !cells)
        return;
    for (int32_t i = 0; i < all; i++) {
        venues[i] = &day->venues.list[i];
        busy += venues[i]->visits > 0 || venues[i]->missed > 0;
    }
    qsort(venues, (size_t)all, sizeof *venues, order_venues);
    int32_t rows = p->look->full ? all : busy < SHOWN_VENUES ? busy : SHOWN_VENUES;
    if (rows == 0)
        return;
    for (int32_t i = 0; i < rows; i++) {
        const piste_venue_result *v = venues[i];
        const grid_cell row[COUNT] = {table_cell(page_count(p, v->visits)),
                                      wait_cell(p, &v->wait, v->wait.mean_s),
                                      wait_cell(p, &v->wait, v->wait.p90_s),
                                      wait_cell(p, &v->wait, v->wait.max_s),
                                      table_cell(page_count(p, v->queue_max)),
                                      table_cell(page_count(p, v->inside_max)),
                                      table_bad(p, v->missed)};
        memcpy(&cells[i * COUNT], row, sizeof row);
        names[i] = called->venues[v - day->venues.list];
    }
    grid g = {.title = some_of(p, "Venues", rows, all), .name_columns = called->columns, .columns = columns,
              .column_count = COUNT, .names = names, .cells = cells, .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

// ---- segments ---------------------------------------------------------------------------------------------------

static double spent_share(const piste_segment_result *s, piste_spent spent) {
    int64_t sum = 0;
    for (int i = 0; i < PISTE_SPENT_COUNT; i++)
        sum += s->spent_s[i];
    return sum ? (double)s->spent_s[spent] / (double)sum : 0;
}

static grid_cell per_guest(page *p, const piste_segment_result *s, double value, int decimals) {
    return table_cell(s->arrived ? page_decimal(p, value / (double)s->arrived, decimals) : "-");
}

static int64_t guests_of(const piste_segment_result *s) {
    return s->arrived > s->sold ? s->arrived : s->sold;
}

static int order_segments(const void *a, const void *b) {
    const piste_segment_result *x = *(const piste_segment_result *const *)a, *y = *(const piste_segment_result *const *)b;
    if (guests_of(x) != guests_of(y))
        return guests_of(x) > guests_of(y) ? -1 : 1;
    return x < y ? -1 : x > y;
}

static const piste_segment_result **sorted_segments(page *p, const piste_day_result *day) {
    const piste_segment_result **segments = table_take(p, day->segments.count, sizeof *segments);
    for (int32_t i = 0; segments && i < day->segments.count; i++)
        segments[i] = &day->segments.list[i];
    if (segments)
        qsort(segments, (size_t)day->segments.count, sizeof *segments, order_segments);
    return segments;
}

static void add_segments(page *p, const piste_day_result *day, const labels *called) {
    static const grid_column columns[] = {{"", "came", 0},      {"", "rides each", 0}, {"", "descent m", 1}, {"", "in line %", 0},
                                          {"", "P90 wait", 3}, {"", "visits missed", 2}, {"", "assisted", 4}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t all = day->segments.count;
    const piste_segment_result **segments = sorted_segments(p, day);
    const char **names = table_take(p, all, sizeof *names);
    grid_cell *cells = table_take(p, all * COUNT, sizeof *cells);
    if (!all || !segments || !names || !cells)
        return;
    int32_t rows = p->look->full || all < SHOWN_SEGMENTS ? all : SHOWN_SEGMENTS;
    for (int32_t i = 0; i < rows; i++) {
        const piste_segment_result *s = segments[i];
        const char *missed = s->wished ? page_format(p, "%s of %s", page_count(p, s->missed), page_count(p, s->wished)) : "-";
        const grid_cell row[COUNT] = {table_cell(page_count(p, s->arrived)),
                                      per_guest(p, s, (double)s->rides, 1),
                                      per_guest(p, s, s->descent_m, 0),
                                      table_cell(s->arrived ? page_percent(p, spent_share(s, PISTE_SPENT_WAITING)) : "-"),
                                      wait_cell(p, &s->wait, s->wait.p90_s),
                                      {missed, s->missed > 0},
                                      table_bad(p, s->assisted)};
        memcpy(&cells[i * COUNT], row, sizeof row);
        names[i] = called->segments[s - day->segments.list];
    }
    grid g = {.title = some_of(p, "Segments", rows, all), .name_columns = called->columns, .columns = columns,
              .column_count = COUNT, .names = names, .cells = cells, .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

// Only where everything is asked for: what each segment did with its time.
static void add_spent(page *p, const piste_day_result *day, const labels *called) {
    enum { COUNT = PISTE_SPENT_COUNT + 1 };
    grid_column columns[COUNT];
    int32_t rows = day->segments.count;
    const piste_segment_result **segments = sorted_segments(p, day);
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, rows * COUNT, sizeof *cells);
    if (!rows || !segments || !names || !cells)
        return;
    columns[0] = (grid_column){"hours", "each", 0};
    for (int c = 0; c < PISTE_SPENT_COUNT; c++) { // the last go first; "in_venues" takes two lines
        const char *word = piste_spent_word((piste_spent)c), *split = strchr(word, '_');
        columns[c + 1] = (grid_column){split ? page_format(p, "%.*s", (int)(split - word), word) : "", split ? split + 1 : word, c};
    }
    for (int32_t i = 0; i < rows; i++) {
        const piste_segment_result *s = segments[i];
        int64_t sum = 0;
        for (int c = 0; c < PISTE_SPENT_COUNT; c++) {
            sum += s->spent_s[c];
            cells[i * COUNT + c + 1] = table_cell(s->arrived ? page_percent(p, spent_share(s, (piste_spent)c)) : "-");
        }
        cells[i * COUNT] = per_guest(p, s, (double)sum / 3600, 1);
        names[i] = called->segments[s - day->segments.list];
    }
    grid g = {.title = "Time spent, %", .name_columns = called->columns, .columns = columns, .column_count = COUNT,
              .names = names, .cells = cells, .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

// ---- what it rests on -------------------------------------------------------------------------------------------

// Values of one field with one source, often said of many entries: "lift interval, 9 times".
typedef struct group {
    const report_assumption *first;
    const report_assumption *const *members;
    int32_t count;
    double share; // of the day that passes through its members
} group;

static bool same_group(const report_assumption *a, const report_assumption *b) {
    return a->basis == b->basis && strcmp(a->entry, b->entry) == 0 && strcmp(a->field, b->field) == 0 &&
           strcmp(a->source, b->source) == 0;
}

static int order_assumptions(const void *a, const void *b) {
    const report_assumption *x = *(const report_assumption *const *)a, *y = *(const report_assumption *const *)b;
    int order = (int)y->basis - (int)x->basis; // assumed first
    order = order ? order : strcmp(x->entry, y->entry);
    order = order ? order : strcmp(x->field, y->field);
    order = order ? order : strcmp(x->source, y->source);
    return order ? order : x < y ? -1 : x > y;
}

// What is least known first, and of that what most of the day passes through.
static int order_groups(const void *a, const void *b) {
    const group *x = a, *y = b;
    if (x->first->basis != y->first->basis)
        return (int)y->first->basis - (int)x->first->basis;
    if (x->share != y->share)
        return x->share > y->share ? -1 : 1;
    if (x->count != y->count)
        return y->count - x->count;
    return x->members < y->members ? -1 : x->members > y->members; // they stand in order of entry, field and source
}

static void add_group(page *p, const group *g) {
    const report_assumption *a = g->first;
    const char *owner = g->count > 1 ? page_format(p, " (%s times)", page_count(p, g->count))
                        : *a->key    ? page_format(p, " (%s)", a->key)
                                     : "";
    const char *source = page_name(p, a->source, NULL);
    const char *share = g->share > 0 ? page_format(p, "; %s %% of the day", page_percent(p, g->share)) : "";
    base_text_add(p->out, "  ");
    page_wrap(p, page_format(p, "%s %s%s: %s%s%s%s", a->entry, a->field, owner, piste_basis_kind_word(a->basis),
                             *source ? ", " : "", source, share), 2, 4);
    if (g->count == 1)
        return;
    base_text keys = {0};
    for (int32_t i = 0; i < g->count; i++)
        base_text_format(&keys, "%s%s", i ? ", " : "", *g->members[i]->key ? g->members[i]->key : "the resort");
    base_text_add(p->out, "    ");
    page_tone(p, PAGE_FAINT);
    if (keys.failed)
        p->out->failed = true;
    else
        page_wrap(p, keys.data, 4, 4);
    page_tone(p, PAGE_OFF);
    base_text_release(&keys);
}

// Kinds of entries with assumed values, those first that most of the day passes through: "choice 10, ability 22".
static const char *leans_on(page *p, const group *groups, int32_t count) {
    struct { const char *entry; int32_t values; } kinds[24];
    int32_t known = 0;
    for (int32_t i = 0; i < count && groups[i].first->basis == PISTE_BASIS_ASSUMED; i++) {
        int32_t k = 0;
        while (k < known && strcmp(kinds[k].entry, groups[i].first->entry) != 0)
            k++;
        if (k == (int32_t)BASE_COUNT(kinds))
            break;
        if (k == known) { // groups come by their share, so that kinds do
            kinds[known].entry = groups[i].first->entry;
            kinds[known++].values = 0;
        }
        kinds[k].values += groups[i].count;
    }
    const char *text = NULL;
    for (int32_t k = 0; k < known; k++)
        text = page_format(p, "%s%s%s %s", text ? text : "", text ? ", " : "", kinds[k].entry,
                           page_count(p, kinds[k].values));
    return text;
}

static const char *counts_of_basis(page *p, const report_assumptions *all) {
    const char *text = "";
    for (int k = 0; k < PISTE_BASIS_KIND_COUNT; k++)
        text = page_format(p, "%s%s%s %s", text, k == 0 ? "" : ", ",
                           page_count(p, all->of_basis[k]), piste_basis_kind_word((piste_basis_kind)k));
    return text;
}

static void add_assumptions(page *p, const piste_resort *resort, const piste_day_result *day) {
    report_assumptions all;
    if (!report_assumptions_find(resort, day, p->arena, &all)) {
        p->out->failed = true;
        return;
    }
    base_text_add(p->out, "\n");
    if (all.count == 0) {
        table_sentence(p, "No value of this resort says what it rests on.");
        return;
    }
    const report_assumption **sorted = table_take(p, all.count, sizeof *sorted);
    group *groups = table_take(p, all.count, sizeof *groups);
    if (!sorted || !groups)
        return;
    for (int32_t i = 0; i < all.count; i++)
        sorted[i] = &all.list[i];
    qsort(sorted, (size_t)all.count, sizeof *sorted, order_assumptions);
    int32_t count = 0;
    for (int32_t i = 0; i < all.count; i++) {
        if (i == 0 || !same_group(sorted[i - 1], sorted[i]))
            groups[count++] = (group){.first = sorted[i], .members = &sorted[i]};
        groups[count - 1].count++;
        if (sorted[i]->share > 0)
            groups[count - 1].share += sorted[i]->share;
    }
    for (int32_t i = 0; i < count; i++)
        groups[i].share = groups[i].share > 1 ? 1 : groups[i].share; // some of the day passes through several
    qsort(groups, (size_t)count, sizeof *groups, order_groups);
    const char *rests = page_format(p, "Rests on %s %s, %s", page_count(p, all.count),
                                    table_plural(all.count, "value", "values"), counts_of_basis(p, &all));
    const char *assumed = leans_on(p, groups, count);
    if (!p->look->full) {
        table_sentence(p, page_format(p, "%s%s%s; see --full.", rests, assumed ? ": " : "", assumed ? assumed : ""));
        return;
    }
    table_sentence(p, page_format(p, "%s:", rests));
    for (int32_t i = 0; i < count; i++)
        add_group(p, &groups[i]);
}

// ---- the page ---------------------------------------------------------------------------------------------------

void report_day_table(const piste_resort *resort, const piste_day_result *day, const report_look *look, base_text *out) {
    report_look fitted;
    page p;
    if (!page_begin(&p, look, &fitted, out))
        return;
    labels called;
    if (find_labels(&p, day, &called)) {
        add_summary(&p, day, &called);
        add_lifts(&p, day, &called);
        add_runs(&p, day, &called);
        add_venues(&p, day, &called);
        add_segments(&p, day, &called);
        if (look->full) {
            add_spent(&p, day, &called);
            table_add_budgets(&p, day, &called);
            table_add_groups(&p, day, &called);
            table_add_missed(&p, day, &called);
            table_add_limits(&p, day, &called);
        }
        add_assumptions(&p, resort, day);
    }
    base_arena_destroy(p.arena);
}
