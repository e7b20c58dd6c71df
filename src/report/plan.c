// plan.c - an experiment as one screen: what each scenario came to, what differs, which level does what, which is best.
#include <math.h>

#include "report/plan.h"
#include "report/table.h"

enum { ROWS_MAX = 40 }; // of a table, unless the look is full

// ---- figures in their unit ------------------------------------------------------------------------------------------

// Three figures that count, whatever the size.
static int decimals_of(double size) {
    return size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
}

static const char *figure(page *p, const char *unit, double value, double beside) {
    if (isnan(value))
        return "-";
    if (strcmp(unit, "s") == 0)
        return fabs(beside) >= 60 ? page_duration(p, value < 0 ? -value : value)
                                  : page_format(p, "%s s", page_decimal(p, fabs(value), fabs(beside) < 10));
    if (strcmp(unit, "share") == 0)
        return page_format(p, "%s %%", page_decimal(p, fabs(value) * 100, decimals_of(fabs(beside) * 100)));
    return page_decimal(p, fabs(value), decimals_of(fabs(beside)));
}

static const char *signed_figure(page *p, const char *unit, double value, double beside) {
    return isnan(value) ? "-" : page_format(p, "%s%s", value < 0 ? "-" : "+", figure(p, unit, value, beside));
}

static const char *plain_figure(page *p, const char *unit, double value, double beside) {
    return isnan(value) ? "-" : page_format(p, "%s%s", value < 0 ? "-" : "", figure(p, unit, value, beside));
}

// A mean is told as finely as its interval, where that is told otherwise than in minutes.
static const char *mean_of(page *p, const char *unit, const piste_plan_interval *i) {
    bool fine = strcmp(unit, "s") != 0 && i->half > 0;
    return plain_figure(p, unit, i->mean, fine ? i->half : i->mean);
}

static const char *plus_minus(page *p) {
    return p->look->ascii ? "+-" : "±";
}

static const char *half_of(page *p, const char *unit, double half, double beside) {
    return isnan(half) ? "-" : page_format(p, "%s %s", plus_minus(p), figure(p, unit, half, beside));
}

static bool is_told(const piste_plan_interval *i) { // from nothing
    return !isnan(i->half) && fabs(i->mean) > i->half;
}

static void title(page *p, const char *text) {
    base_text_add(p->out, "\n");
    page_tone(p, PAGE_BOLD);
    base_text_add(p->out, text);
    page_tone(p, PAGE_OFF);
    base_text_add(p->out, "\n");
}

static void show(page *p, const char *head, const grid_column *columns, int count, const char **rows,
                 const grid_cell *cells, int32_t row_count) {
    int widest = 8;
    for (int32_t i = 0; i < row_count; i++) {
        int own = base_text_columns(rows[i]);
        widest = own > widest ? own : widest;
    }
    grid g = {.title = head,
              .name_columns = widest < 44 ? widest : 44,
              .columns = columns,
              .column_count = count,
              .names = rows,
              .cells = cells,
              .row_count = row_count};
    page_grid(p, &g);
}

// ---- the parts ------------------------------------------------------------------------------------------------------

static int32_t shown_rows(const page *p, int32_t count) {
    return p->look->full || count < ROWS_MAX ? count : ROWS_MAX;
}

static void tell_rest(page *p, int32_t count, const char *of) {
    if (shown_rows(p, count) < count)
        table_sentence(p, page_format(p, "... and %d more %s; --full shows them.", count - shown_rows(p, count), of));
}

static const piste_plan_difference *find_difference(const piste_plan_result *r, int32_t scenario, int32_t measure) {
    for (int32_t i = 0; i < r->differences.count; i++)
        if (r->differences.list[i].scenario == scenario && r->differences.list[i].measure == measure)
            return &r->differences.list[i];
    return NULL;
}

// Of combinations the levels alone: the factors are the same in all of them.
static const char *name_scenario(page *p, const piste_plan_result *r, int32_t scenario) {
    const piste_plan_scenario *s = &r->scenarios.list[scenario];
    if (r->design == PISTE_PLAN_SCENARIOS || r->factors.count == 0)
        return page_name(p, s->key, NULL);
    base_text text = {0};
    for (int32_t f = 0; f < r->factors.count; f++)
        base_text_format(&text, "%s%s", f ? ", " : "",
                         s->levels[f] < 0 ? page_decimal(p, s->values[f], 3)
                                          : r->factors.list[f].levels.list[s->levels[f]]);
    const char *name = text.failed ? "" : page_format(p, "%s", text.data);
    base_text_release(&text);
    return name;
}

static void add_measure(page *p, const piste_plan_result *r, int32_t m) {
    const piste_plan_measure *measure = &r->measures.list[m];
    static const grid_column columns[] = {{"", "days", 1},        {"", "mean", 0}, {"", "", 0},
                                          {"", "difference", 0},  {"", "", 0},     {"", "", 2},
                                          {"corre-", "lation", 3}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t rows = shown_rows(p, r->scenarios.count);
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)rows * COUNT, sizeof *cells);
    if (!names || !cells)
        return;
    for (int32_t i = 0; i < rows; i++) {
        const piste_plan_estimate *e = &r->estimates.list[i * r->measures.count + m];
        const piste_plan_difference *d = find_difference(r, i, m);
        grid_cell *own = &cells[i * COUNT];
        names[i] = name_scenario(p, r, i);
        own[0] = table_count(p, e->count);
        own[1] = table_cell(mean_of(p, measure->unit, &e->value));
        own[2] = (grid_cell){half_of(p, measure->unit, e->value.half, e->value.half), !e->reached};
        own[3] = (grid_cell){d                  ? signed_figure(p, measure->unit, d->value.mean,
                                               strcmp(measure->unit, "s") == 0 ? d->value.mean : d->value.half)
                             : i == r->baseline ? "baseline"
                                                : "",
                             d && is_told(&d->value)};
        own[4] = table_cell(d ? half_of(p, measure->unit, d->value.half, d->value.half) : "");
        own[5] = table_cell(d ? half_of(p, measure->unit, d->half_all, d->half_all) : "");
        own[6] = table_cell(d ? page_decimal(p, d->correlation, 2) : "");
    }
    title(p, page_format(p, "%s: %s", measure->name, measure->meaning));
    show(p, "Scenario", columns, r->differences.count ? COUNT : 3, names, cells, rows);
}

static const char *name_effect(page *p, const piste_plan_result *r, const piste_plan_effect *e) {
    const piste_plan_factor *f = &r->factors.list[e->factor];
    if (e->other < 0)
        return page_format(p, "%s=%s", f->key, f->levels.list[e->level]);
    const piste_plan_factor *g = &r->factors.list[e->other];
    return page_format(p, "%s=%s x %s=%s", f->key, f->levels.list[e->level], g->key, g->levels.list[e->other_level]);
}

static void add_effects(page *p, const piste_plan_result *r, int32_t m) {
    static const grid_column columns[] = {{"", "effect", 0}, {"", "", 0}};
    const char **names = table_take(p, r->effects.count, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)r->effects.count * 2, sizeof *cells);
    int32_t rows = 0;
    for (int32_t i = 0; names && cells && i < r->effects.count; i++) {
        const piste_plan_effect *e = &r->effects.list[i];
        const char *unit = r->measures.list[m].unit;
        if (e->measure != m)
            continue;
        names[rows] = name_effect(p, r, e);
        cells[rows * 2] = (grid_cell){signed_figure(p, unit, e->value.mean, e->value.mean), is_told(&e->value)};
        cells[rows * 2 + 1] = table_cell(half_of(p, unit, e->value.half, e->value.half));
        rows++;
    }
    if (rows)
        show(p, "Level against the first", columns, 2, names, cells, shown_rows(p, rows));
    tell_rest(p, rows, "effects");
}

static const char *range_of(page *p, double low, double high) {
    return isnan(low) ? "-" : page_format(p, "%s to %s", page_decimal(p, low, 2), page_decimal(p, high, 2));
}

static void add_indices(page *p, const piste_plan_result *r, int32_t m) {
    static const grid_column sobol[] = {{"", "alone", 0}, {"", "", 0}, {"with", "others", 0}, {"", "", 0}};
    static const grid_column morris[] = {{"absolute", "effect", 0}, {"", "", 0}, {"", "effect", 0}, {"", "spread", 0}};
    static const grid_column line[] = {{"over the", "range", 0}, {"share of", "variance", 0}};
    bool is_sobol = r->design == PISTE_PLAN_SOBOL, is_morris = r->design == PISTE_PLAN_MORRIS;
    int count = is_sobol || is_morris ? 4 : 2;
    const char **names = table_take(p, r->factors.count, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)r->factors.count * count, sizeof *cells);
    int32_t rows = 0;
    const piste_plan_measure *measure = &r->measures.list[m];
    for (int32_t i = 0; names && cells && i < r->indices.count; i++) {
        const piste_plan_index *x = &r->indices.list[i];
        if (x->measure != m)
            continue;
        grid_cell *own = &cells[rows * count];
        names[rows++] = r->factors.list[x->factor].key;
        if (is_sobol) {
            own[0] = table_cell(page_decimal(p, x->first, 2));
            own[1] = table_cell(range_of(p, x->first_low, x->first_high));
            own[2] = table_cell(page_decimal(p, x->total, 2));
            own[3] = table_cell(range_of(p, x->total_low, x->total_high));
        } else if (is_morris) {
            own[0] = table_cell(plain_figure(p, measure->unit, x->total, x->total));
            own[1] =
                table_cell(isnan(x->total_low)
                               ? "-"
                               : page_format(p, "%s to %s", plain_figure(p, measure->unit, x->total_low, x->total_low),
                                             plain_figure(p, measure->unit, x->total_high, x->total_high)));
            own[2] = table_cell(signed_figure(p, measure->unit, x->effect, x->effect));
            own[3] = table_cell(plain_figure(p, measure->unit, x->spread, x->spread));
        } else {
            own[0] = table_cell(signed_figure(p, measure->unit, x->effect, x->effect));
            own[1] = table_cell(page_decimal(p, x->first, 2));
        }
    }
    title(p, page_format(p, "%s: %s", measure->name, measure->meaning));
    show(p, "Range", is_sobol ? sobol : is_morris ? morris : line, count, names, cells, rows);
}

static void add_selection(page *p, const piste_plan_result *r) {
    const piste_plan_selection *s = r->selection;
    const piste_plan_measure *m = &r->measures.list[s->measure];
    base_text_add(p->out, "\n");
    page_tone(p, PAGE_BOLD);
    base_text_add(p->out, page_format(p, "Best: %s", r->scenarios.list[s->best].key));
    page_tone(p, PAGE_OFF);
    base_text_add(p->out, "\n");
    if (!s->is_kn)
        table_sentence(p, page_format(p, "The %s mean of %s; days were shared out by OCBA, without a guarantee.",
                                      s->least ? "least" : "largest", m->name));
    else if (s->guaranteed)
        table_sentence(
            p,
            page_format(
                p, "Has the %s mean of %s with a probability of at least %s %%, if no other comes closer than %s (KN).",
                s->least ? "least" : "largest", m->name, page_decimal(p, s->confidence * 100, 1),
                figure(p, m->unit, s->indifference, s->indifference)));
    else
        table_sentence(
            p, page_format(
                   p, "Leads by %s, without a guarantee: %d scenarios were not ruled out within %s days each (KN).",
                   m->name, s->survivors.count, page_count(p, r->maximum)));
}

static int32_t count_short(const piste_plan_result *r) {
    int32_t count = 0;
    for (int32_t i = 0; i < r->estimates.count; i++)
        count += !r->estimates.list[i].reached;
    for (int32_t i = 0; i < r->differences.count; i++)
        count += !r->differences.list[i].reached;
    return count;
}

static void add_head(page *p, const piste_plan_result *r) {
    page_tone(p, PAGE_BOLD);
    base_text_add(p->out,
                  page_cut(p, page_format(p, "%s: %s", page_name(p, r->resort, NULL), page_name(p, r->name, NULL)),
                           p->look->columns - 4));
    page_tone(p, PAGE_OFF);
    base_text_add(p->out, "\n");
    table_sentence(
        p, page_format(p, "%s %s, %s days in all, %s; intervals of %s %%.", page_count(p, r->scenarios.count),
                       table_plural(r->scenarios.count, "scenario", "scenarios"), page_count(p, r->days),
                       r->common ? "the same days, people and luck in each" : "each scenario with days of its own",
                       page_decimal(p, r->confidence * 100, 1)));
    if (r->closed)
        table_sentence(p, page_format(p, "%s closed days of the season were passed over.", page_count(p, r->closed)));
    if (count_short(r))
        table_sentence(p, page_format(p, "%d %s not as narrow as asked after %s days.", count_short(r),
                                      table_plural(count_short(r), "interval is", "intervals are"),
                                      page_count(p, r->maximum)));
}

void report_plan_table(const piste_plan_result *r, const report_look *look, base_text *out) {
    report_look fitted;
    page p;
    if (!page_begin(&p, look, &fitted, out))
        return;
    add_head(&p, r);
    if (r->selection)
        add_selection(&p, r);
    for (int32_t m = 0; m < r->measures.count; m++) {
        if (r->indices.count)
            add_indices(&p, r, m);
        else
            add_measure(&p, r, m);
        if (r->effects.count)
            add_effects(&p, r, m);
    }
    if (!r->indices.count)
        tell_rest(&p, r->scenarios.count, "scenarios");
    if (r->differences.count) {
        base_text_add(out, "\n");
        table_sentence(
            &p,
            page_format(
                &p,
                "Differences are taken day by day; the second %s covers all %d of a measure at once (Bonferroni).%s",
                plus_minus(&p), r->scenarios.count - 1,
                r->selection ? " Selecting is not counted in the intervals." : ""));
    }
    base_arena_destroy(p.arena);
}

// ---- two plans ------------------------------------------------------------------------------------------------------

void report_comparison_table(const piste_comparison *c, const report_look *look, base_text *out) {
    report_look fitted = *look;
    fitted.columns = fitted.columns < REPORT_COLUMNS_MIN ? REPORT_COLUMNS_MIN : fitted.columns;
    page p = {.arena = base_arena_create(), .out = out, .look = &fitted};
    static const grid_column columns[] = {{"", "A", 0}, {"", "", 1},      {"", "B", 0},
                                          {"", "", 1},  {"", "B - A", 0}, {"", "", 0}};
    enum { COUNT = BASE_COUNT(columns) };
    const char **names = p.arena ? table_take(&p, c->rows.count, sizeof *names) : NULL;
    grid_cell *cells = names ? table_take(&p, (int64_t)c->rows.count * COUNT, sizeof *cells) : NULL;
    out->failed |= !cells;
    for (int32_t i = 0; cells && i < c->rows.count; i++) {
        const piste_comparison_row *r = &c->rows.list[i];
        grid_cell *own = &cells[i * COUNT];
        names[i] = page_format(&p, "%s, %s", r->measure, r->scenario);
        own[0] = table_cell(mean_of(&p, r->unit, &r->a));
        own[1] = table_cell(half_of(&p, r->unit, r->a.half, r->a.half));
        own[2] = table_cell(mean_of(&p, r->unit, &r->b));
        own[3] = table_cell(half_of(&p, r->unit, r->b.half, r->b.half));
        own[4] =
            (grid_cell){signed_figure(&p, r->unit, r->difference.mean, r->difference.mean), is_told(&r->difference)};
        own[5] = table_cell(half_of(&p, r->unit, r->difference.half, r->difference.half));
    }
    if (cells) {
        table_sentence(&p, page_format(&p, "A: %s. B: %s. %s; intervals of %s %%.", c->name_a, c->name_b,
                                       c->paired ? "The same days, people and luck in both, compared day by day"
                                                 : "Different days, compared by their means",
                                       page_decimal(&p, c->confidence * 100, 1)));
        base_text_add(out, "\n");
        show(&p, "Measure, scenario", columns, COUNT, names, cells, c->rows.count);
        if (c->only_a || c->only_b)
            table_sentence(&p, page_format(&p, "%d figures stand in A alone, %d in B alone.", c->only_a, c->only_b));
    }
    base_arena_destroy(p.arena);
}
