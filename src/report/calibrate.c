// calibrate.c - what scans say of a resort, as a screen for a terminal. See calibrate_json.c and calibrate_yaml.c.
#include <math.h>
#include <string.h>

#include "report/table.h"

static const char *figure(page *p, double value) { // as many decimals as four digits have
    double size = fabs(value);
    return isnan(value) ? "-" : page_decimal(p, value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

static const char *between(page *p, const piste_estimate *e) {
    return isnan(e->low) ? "-" : page_format(p, "%s to %s", figure(p, e->low), figure(p, e->high));
}

static const char *dash(const page *p) {
    return p->look->ascii ? "+-" : "±";
}

static void add_head(page *p, const piste_calibration *c) {
    page_tone(p, PAGE_BOLD);
    base_text_add(p->out, page_cut(p, page_name(p, c->resort, NULL), p->look->columns - 4));
    page_tone(p, PAGE_OFF);
    base_text_add(p->out, "\n");
    table_sentence(p,
                   page_format(p, "%s scans of %s passes on %s %s, %s counted without a pass; %s dropped as repeated.",
                               page_count(p, c->scans), page_count(p, c->passes), page_count(p, c->days + c->held),
                               table_plural(c->days + c->held, "day", "days"), page_count(p, c->counted),
                               page_count(p, c->repeated)));
    if (*c->missing_why)
        table_sentence(p, page_format(p, "Scans that gates lose: %s.", c->missing_why));
    else
        table_sentence(p, page_format(p, "Gates lose %s %% of scans (%s %s, from parties that pass together).",
                                      page_decimal(p, c->missing.value * 100, 2), dash(p),
                                      page_decimal(p, c->missing.error * 100, 2)));
    table_sentence(p, page_format(p, "%s guests a day (%s), %s for each pass that is seen.", figure(p, c->guests.value),
                                  between(p, &c->guests), figure(p, c->guests_per_pass.value)));
    if (!isnan(c->show_rate.value))
        table_sentence(p, page_format(p, "Of those who bought %s %% came (%s %s).",
                                      page_decimal(p, c->show_rate.value * 100, 1), dash(p),
                                      page_decimal(p, c->show_rate.error * 100, 1)));
    if (!isnan(c->guests_per_car.value))
        table_sentence(p, page_format(p, "%s guests for each car (%s %s).", figure(p, c->guests_per_car.value), dash(p),
                                      figure(p, c->guests_per_car.error)));
}

static const char *name_of(page *p, const char *entry, const char *field, const char *of) {
    return page_format(p, "%s %s%s%s", entry, field, *of ? ": " : "", of);
}

static grid grid_of(const char *title, int name_columns, const grid_column *columns, int count, const char **names,
                    const grid_cell *cells, int rows) {
    return (grid){.title = title,
                  .name_columns = name_columns,
                  .columns = columns,
                  .column_count = count,
                  .names = names,
                  .cells = cells,
                  .row_count = rows};
}

static void add_values(page *p, const piste_calibration *c) {
    static const grid_column columns[] = {{"", "resort", 0},
                                          {"", "found", 0},
                                          {"95 %", "interval", 0},
                                          {"", "unit", 2},
                                          {"1 % of it", "moves by", 1},
                                          {"of the", "tied value", 1}};
    enum { COUNT = BASE_COUNT(columns) };
    const char **names = table_take(p, c->values.count, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)c->values.count * COUNT, sizeof *cells);
    int rows = 0;
    for (int32_t i = 0; names && cells && i < c->values.count; i++) {
        const piste_calibrated *v = &c->values.list[i];
        if (!v->free)
            continue;
        grid_cell *own = &cells[rows * COUNT];
        names[rows++] = name_of(p, v->entry, v->field, v->of);
        own[0] = table_cell(figure(p, v->input));
        own[1] = (grid_cell){figure(p, v->found.value), v->input < v->found.low || v->input > v->found.high};
        own[2] = table_cell(between(p, &v->found));
        own[3] = table_cell(strcmp(v->unit, "1") == 0 ? "" : v->unit);
        own[4] = table_cell(*v->leans_on ? page_format(p, "%s %%", page_decimal(p, v->leans_by, 2)) : "-");
        own[5] = table_cell(*v->leans_on ? v->leans_on : "-");
    }
    grid g = grid_of("Found", 44, columns, COUNT, names, cells, rows);
    base_text_add(p->out, "\n");
    if (rows)
        page_grid(p, &g);
    else
        table_sentence(p, "Nothing of how guests ski and choose can be told by these scans.");
}

static void add_tied(page *p, const piste_calibration *c) {
    base_text_add(p->out, "\n");
    table_sentence(p, "Tied to what the resort says:");
    for (int32_t i = 0; i < c->values.count; i++) {
        const piste_calibrated *v = &c->values.list[i];
        if (!v->free)
            table_sentence(p, page_format(p, "  %s: %s.", name_of(p, v->entry, v->field, v->of), v->why));
    }
    for (int32_t i = 0; i < c->directions.count && p->look->full; i++) {
        const piste_direction *d = &c->directions.list[i];
        base_text line = {0};
        for (int k = 0; k < 4 && d->parts[k].entry; k++)
            base_text_format(&line, "%s%s%s%s %s", k ? ", " : "", d->parts[k].field, *d->parts[k].of ? " of " : "",
                             d->parts[k].of, figure(p, d->parts[k].weight));
        table_sentence(p, page_format(p, "  %s direction, eigenvalue %s: %s.", d->flat ? "Flat" : "Known",
                                      figure(p, d->eigenvalue), line.data ? line.data : ""));
        base_text_release(&line);
    }
}

static void add_speeds(page *p, const piste_calibration *c) {
    static const grid_column columns[] = {{"km/h", "resort", 0}, {"km/h", "found", 0}, {"95 %", "interval", 0}};
    enum { COUNT = BASE_COUNT(columns) };
    const char *names[PISTE_ABILITY_COUNT];
    grid_cell cells[PISTE_ABILITY_COUNT * COUNT];
    int rows = 0;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        if (isnan(c->speeds[a].found.value))
            continue;
        piste_estimate e = c->speeds[a].found;
        names[rows] = piste_ability_word((piste_ability)a);
        grid_cell *own = &cells[rows++ * COUNT];
        own[0] = table_cell(page_decimal(p, c->speeds[a].input_mps * 3.6, 1));
        own[1] = table_cell(page_decimal(p, e.value * 3.6, 1));
        own[2] =
            table_cell(page_format(p, "%s to %s", page_decimal(p, e.low * 3.6, 1), page_decimal(p, e.high * 3.6, 1)));
    }
    grid g = grid_of("Mean speeds", 24, columns, COUNT, names, cells, rows);
    if (!rows)
        return;
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

static void add_gates(page *p, const piste_calibration *c) {
    static const grid_column columns[] = {{"", "gate", 2},         {"", "scans", 1},       {"lap, s", "scanned", 0},
                                          {"lap, s", "resort", 0}, {"lap, s", "found", 0}, {"clock", "ahead, s", 0},
                                          {"", "error", 0},        {"drift", "s/h", 0},    {"", "error", 0}};
    enum { COUNT = BASE_COUNT(columns) };
    const char **names = table_take(p, c->gates.count, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)c->gates.count * COUNT, sizeof *cells);
    for (int32_t i = 0; names && cells && i < c->gates.count; i++) {
        const piste_gate_result *g = &c->gates.list[i];
        grid_cell *own = &cells[i * COUNT];
        names[i] = page_name(p, g->name, g->key);
        own[0] = table_cell(g->gate == PISTE_GATE_PLACE_AFTER ? "after" : "before");
        own[1] = table_count(p, g->scans + g->counted);
        own[2] = table_cell(figure(p, g->lap_s.value));
        own[3] = table_cell(figure(p, g->lap_rehearsed_s[0]));
        own[4] = table_cell(figure(p, g->lap_rehearsed_s[1]));
        own[5] = (grid_cell){i == 0 ? "0" : figure(p, g->clock_s.value), g->clock_s.low > 0 || g->clock_s.high < 0};
        own[6] = table_cell(figure(p, g->clock_s.error));
        own[7] = (grid_cell){figure(p, g->drift_s_per_h.value), g->drift_s_per_h.low > 0 || g->drift_s_per_h.high < 0};
        own[8] = table_cell(figure(p, g->drift_s_per_h.error));
    }
    grid g = grid_of("Gates", 20, columns, COUNT, names, cells, c->gates.count);
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

static void add_stops(page *p, const piste_calibration *c) {
    static const grid_column columns[] = {{"", "seen", 0},         {"watched", "h", 1},     {"running", "between", 0},
                                          {"95 %", "interval", 0}, {"mean", "duration", 0}, {"95 %", "interval", 0}};
    enum { COUNT = BASE_COUNT(columns) };
    const char **names = table_take(p, c->stops.count, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)c->stops.count * COUNT, sizeof *cells);
    int rows = 0;
    for (int32_t i = 0; names && cells && i < c->stops.count; i++) {
        const piste_stop_result *s = &c->stops.list[i];
        if (!s->known)
            continue;
        grid_cell *own = &cells[rows * COUNT];
        names[rows++] = page_name(p, s->name, s->key);
        own[0] = table_cell(page_count(p, s->every_s.seen));
        own[1] = table_cell(page_decimal(p, s->watched_s / 3600, 1));
        own[2] = table_cell(page_duration(p, s->every_s.value));
        own[3] =
            table_cell(page_format(p, "%s to %s", page_duration(p, s->every_s.low), page_duration(p, s->every_s.high)));
        own[4] = table_cell(page_duration(p, s->duration_s.value));
        own[5] = table_cell(
            page_format(p, "%s to %s", page_duration(p, s->duration_s.low), page_duration(p, s->duration_s.high)));
    }
    grid g = grid_of("Stops", 20, columns, COUNT, names, cells, rows);
    base_text_add(p->out, "\n");
    if (rows)
        page_grid(p, &g);
    for (int32_t i = 0; i < c->stops.count; i++)
        if (!c->stops.list[i].known)
            table_sentence(p, page_format(p, "Stops of %s are not known: %s.",
                                          page_name(p, c->stops.list[i].name, c->stops.list[i].key),
                                          c->stops.list[i].why));
}

static void add_pattern(page *p, const piste_pattern *pattern, bool times) {
    static const grid_column columns[] = {
        {"", "share, %", 0}, {"95 %", "interval", 0}, {"as seen", "parties", 1}, {"", "tied", 1}};
    enum { COUNT = BASE_COUNT(columns) };
    const char **names = table_take(p, pattern->bins.count, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)pattern->bins.count * COUNT, sizeof *cells);
    for (int32_t i = 0; names && cells && i < pattern->bins.count; i++) {
        const piste_bin *b = &pattern->bins.list[i];
        grid_cell *own = &cells[i * COUNT];
        names[i] = times ? page_format(p, "%s-%s", page_time(p, b->from), page_time(p, b->to))
                         : page_format(p, "%d%s", b->from, i + 1 == pattern->bins.count ? "+" : "");
        own[0] = table_cell(page_decimal(p, b->share.value * 100, 1));
        own[1] = table_cell(page_format(p, "%s to %s", page_decimal(p, b->share.low * 100, 1),
                                        page_decimal(p, b->share.high * 100, 1)));
        own[2] = table_count(p, b->share.seen);
        own[3] = table_cell(b->tied >= 0 ? page_format(p, "%d", b->tied + 1) : "");
    }
    const char *title = times ? pattern->known ? "Parties come" : "First scans" : "Party sizes";
    grid g = grid_of(*pattern->segment ? page_format(p, "%s, %s", title, pattern->segment) : title, 28, columns, COUNT,
                     names, cells, pattern->bins.count);
    base_text_add(p->out, "\n");
    page_grid(p, &g);
    if (!pattern->known)
        table_sentence(p, page_format(p, "As seen, and not put into the resort: %s.", pattern->why));
}

static void add_score(page *p, const piste_calibration *c) {
    const piste_score *s = &c->score;
    base_text_add(p->out, "\n");
    table_sentence(
        p, page_format(p, "Misfit %s where %s are expected (%d figures compared): %s.", figure(p, c->misfit),
                       page_count(p, c->freedom), c->moments,
                       c->widened ? "beyond chance, so intervals are wider by that" : "no more than chance gives"));
    if (s->events == 0) {
        table_sentence(p, "No day was kept back, so nothing is said of other days: --hold does, with more days.");
        return;
    }
    table_sentence(
        p,
        page_format(
            p,
            "On %s %s kept back, %s next lifts and laps: log score %s as found, %s as the resort is; gain %s%s. "
            "Distance of the figures from these days (1 is chance): %s as found, %s as the resort is.",
            page_count(p, s->days), table_plural(s->days, "day", "days"), page_count(p, s->events),
            page_decimal(p, s->log_score[1], 3), page_decimal(p, s->log_score[0], 3), page_decimal(p, s->gain.value, 3),
            isnan(s->gain.error) ? "" : page_format(p, " %s %s", dash(p), page_decimal(p, s->gain.error, 3)),
            figure(p, s->distance[1]), figure(p, s->distance[0])));
}

void report_calibration_table(const piste_calibration *c, const report_look *look, base_text *out) {
    report_look fitted;
    page p;
    if (!page_begin(&p, look, &fitted, out))
        return;
    add_head(&p, c);
    add_values(&p, c);
    add_tied(&p, c);
    add_speeds(&p, c);
    add_gates(&p, c);
    add_stops(&p, c);
    for (int32_t i = 0; i < c->arrivals.count; i++)
        add_pattern(&p, &c->arrivals.list[i], true);
    for (int32_t i = 0; i < c->parties.count; i++)
        add_pattern(&p, &c->parties.list[i], false);
    add_score(&p, c);
    base_arena_destroy(p.arena);
}
