// ccc_table.c - sheets of carrying capacity for a terminal: one screen, and with --full where every number comes from.
#include <math.h>
#include <string.h>

#include "report/ccc.h"
#include "report/table.h"

enum { LIFT_COLUMNS = 9, CLASS_COLUMNS = 7, LIMIT_COLUMNS = 5, CHANGE_COLUMNS = 4 };

static bool begin(page *p, const report_look *look, report_look *fitted, base_text *out) {
    *fitted = *look;
    fitted->columns = fitted->columns < REPORT_COLUMNS_MIN ? REPORT_COLUMNS_MIN : fitted->columns;
    *p = (page){.arena = base_arena_create(), .out = out, .look = fitted};
    out->failed = out->failed || !p->arena;
    return p->arena != NULL;
}

static void title(page *p, const char *text) {
    page_tone(p, PAGE_BOLD);
    base_text_add(p->out, page_cut(p, text, p->look->columns));
    page_tone(p, PAGE_OFF);
    base_text_add(p->out, "\n");
}

static int widest(const char *const *names, int32_t count, int least, int most) {
    int columns = least;
    for (int32_t i = 0; i < count; i++)
        columns = base_text_columns(names[i]) > columns ? base_text_columns(names[i]) : columns;
    return columns > most ? most : columns;
}

static void show(page *p, const char *head, const grid_column *columns, int column_count, const char **names,
                 grid_cell *cells, int32_t rows) {
    grid g = {.title = head,
              .name_columns = widest(names, rows, 18, p->look->full ? 48 : 30),
              .columns = columns,
              .column_count = column_count,
              .names = names,
              .cells = cells,
              .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

// ---- the sheet -----------------------------------------------------------------------------------------------------

static const char *percent_marked(page *p, const piste_ccc_input *in) {
    return page_format(p, "%s %s", page_decimal(p, in->value * 100, 1), ccc_mark(p, in->basis));
}

static void add_lifts(page *p, const piste_ccc *s, bool feet) {
    const char *rise = feet ? "rise, ft" : "rise, m", *supply = feet ? "VTF" : "VTM",
               *demand = feet ? "each, ft" : "each, m";
    const grid_column columns[LIFT_COLUMNS] = {{"design", "pph", 0}, {"access", "%", 0},     {"loss", "%", 0},
                                               {"", "hours", 3},     {"adjusted", "pph", 2}, {"", rise, 1},
                                               {supply, "a day", 0}, {"demand", demand, 0},  {"", "CCC", 0}};
    int32_t rows = s->lifts.count + 1;
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)rows * LIFT_COLUMNS, sizeof *cells);
    for (int32_t i = 0; names && cells && i < s->lifts.count; i++) {
        const piste_ccc_lift *l = &s->lifts.list[i];
        grid_cell *c = &cells[i * LIFT_COLUMNS];
        names[i] = ccc_name(p, l->name, l->key);
        c[0] = table_cell(ccc_marked(p, "design_pph", &l->in[PISTE_CCC_DESIGN_PPH], feet));
        c[1] = table_cell(percent_marked(p, &l->in[PISTE_CCC_ACCESS]));
        c[2] = table_cell(percent_marked(p, &l->in[PISTE_CCC_LOSS]));
        c[3] = table_cell(ccc_marked(p, "hours", &l->in[PISTE_CCC_HOURS], feet));
        c[4] = table_cell(page_decimal(p, l->adjusted_pph, 0));
        c[5] = table_cell(ccc_marked(p, "rise_m", &l->in[PISTE_CCC_RISE_M], feet));
        c[6] = table_cell(page_decimal(p, ccc_height(l->supply_m, feet), 0));
        c[7] = table_cell(page_decimal(p, ccc_height(l->demand_m, feet), 0));
        c[8] = table_cell(page_decimal(p, l->ccc, 0));
    }
    if (!names || !cells)
        return;
    names[rows - 1] = "Together";
    for (int k = 0; k < LIFT_COLUMNS; k++)
        cells[(rows - 1) * LIFT_COLUMNS + k] = table_cell("");
    cells[(rows - 1) * LIFT_COLUMNS + 6] = table_cell(page_decimal(p, ccc_height(s->supply_m, feet), 0));
    cells[(rows - 1) * LIFT_COLUMNS + 7] = table_cell(page_decimal(p, ccc_height(s->demand_m, feet), 0));
    cells[(rows - 1) * LIFT_COLUMNS + 8] = table_cell(page_decimal(p, s->ccc, 0));
    show(p, "Lifts", columns, LIFT_COLUMNS, names, cells, rows);
}

static void add_classes(page *p, const piste_ccc *s, bool feet) {
    const grid_column columns[CLASS_COLUMNS] = {{"", "runs", 2},
                                                {"", "lifts", 2},
                                                {feet ? "VTF" : "VTM", "a day", 0},
                                                {"demand", feet ? "each, ft" : "each, m", 0},
                                                {"", "CCC", 0},
                                                {"of the", "CCC, %", 0},
                                                {"of the", "skiers, %", 0}};
    const char *names[PISTE_CCC_TERRAIN_COUNT];
    grid_cell *cells = table_take(p, PISTE_CCC_TERRAIN_COUNT * CLASS_COLUMNS, sizeof *cells);
    for (int t = 0; cells && t < PISTE_CCC_TERRAIN_COUNT; t++) {
        const piste_ccc_class *own = &s->terrain[t];
        grid_cell *c = &cells[t * CLASS_COLUMNS];
        names[t] = piste_ccc_terrain_word((piste_ccc_terrain)t);
        c[0] = table_count(p, own->runs);
        c[1] = table_count(p, own->lifts);
        c[2] = table_cell(page_decimal(p, ccc_height(own->supply_m, feet), 0));
        c[3] = table_cell(page_decimal(p, ccc_height(own->demand_m, feet), 0));
        c[4] = table_cell(page_decimal(p, own->ccc, 0));
        c[5] = table_cell(s->ccc > 0 ? page_percent(p, own->ccc / s->ccc) : "-");
        c[6] = table_cell(page_format(p, "%s %s", page_percent(p, own->market), ccc_mark(p, s->market.basis)));
    }
    if (cells)
        show(p, "Classes of terrain", columns, CLASS_COLUMNS, names, cells, PISTE_CCC_TERRAIN_COUNT);
}

static void add_demand(page *p, const piste_ccc *s, bool feet) {
    const char *text = page_format(p, "Vertical demand, %s a day:", feet ? "ft" : "m");
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        const piste_ccc_input *in = &s->demand[a];
        const char *error = isnan(in->error) ? ""
                                             : page_format(p, " %s%s", p->look->ascii ? "+-" : "±",
                                                           page_decimal(p, ccc_height(in->error, feet), 0));
        text = page_format(p, "%s %s %s%s %s%s", text, piste_ability_word((piste_ability)a),
                           page_decimal(p, ccc_height(in->value, feet), 0), error, ccc_mark(p, in->basis),
                           a < PISTE_ABILITY_COUNT - 1 ? "," : ".");
    }
    base_text_add(p->out, "\n");
    table_sentence(p, text);
}

static void add_limits(page *p, const piste_ccc *s) {
    const grid_column columns[LIMIT_COLUMNS] = {
        {"", "capacity", 0}, {"", "of what", 1}, {"of the", "guests, %", 0}, {"guests", "a day", 0}, {"", "", 0}};
    int32_t rows = s->limits.count;
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)rows * LIMIT_COLUMNS, sizeof *cells);
    for (int32_t i = 0; names && cells && i < rows; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        grid_cell *c = &cells[i * LIMIT_COLUMNS];
        bool binds = i == s->binding;
        names[i] = page_name(p, l->name, l->key);
        c[0] = table_cell(page_decimal(p, l->capacity, 0));
        c[1] = table_cell(page_name(p, l->unit, ""));
        c[2] = table_cell(isnan(l->share.value) ? "-" : percent_marked(p, &l->share));
        c[3] = (grid_cell){ccc_guests(p, l->guests), binds};
        c[4] = (grid_cell){binds ? "binds" : "", binds};
    }
    if (names && cells)
        show(p, "Limits", columns, LIMIT_COLUMNS, names, cells, rows);
}

static void add_unknown(page *p, const piste_ccc *s) {
    for (int32_t i = 0; i < s->limits.count; i++)
        if (isnan(s->limits.list[i].guests))
            table_sentence(p, page_format(p, "Not known: %s: %s.", s->limits.list[i].name,
                                          page_name(p, s->limits.list[i].unknown, "")));
}

static void add_rehearsal(page *p, const piste_ccc *s, bool feet) {
    const char *texts[CCC_TEXTS];
    if (s->rehearsal.guests == 0)
        return;
    ccc_rehearsal_texts(p, s, feet, texts);
    base_text_add(p->out, "\n");
    title(p, "Rehearsed at this capacity");
    for (int i = 0; texts[i]; i++)
        table_sentence(p, texts[i]);
}

// ---- where every number comes from ---------------------------------------------------------------------------------

static void add_source(page *p, const char *whose, const char *what, const piste_ccc_input *in, bool feet) {
    const char *error =
        isnan(in->error) ? "" : page_format(p, " (standard error %s)", ccc_value(p, what, in->error, feet));
    page_wrap(p,
              page_format(p, "  %s%s%s: %s%s, %s: %s", whose, *whose ? ", " : "", ccc_label(p, what, feet),
                          ccc_value(p, what, in->value, feet), error, piste_ccc_basis_word(in->basis),
                          page_name(p, in->source, "")),
              0, 4);
}

static void add_sources(page *p, const piste_ccc *s, bool feet) {
    base_text_add(p->out, "\n");
    title(p, "Where each number comes from");
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        add_source(p, piste_ability_word((piste_ability)a), "demand", &s->demand[a], feet);
    page_wrap(p,
              page_format(p, "  abilities of the skiers, %s: %s", piste_ccc_basis_word(s->market.basis),
                          page_name(p, s->market.source, "")),
              0, 4);
    for (int32_t i = 0; i < s->lifts.count; i++) {
        const piste_ccc_lift *l = &s->lifts.list[i];
        const char *name = ccc_name(p, l->name, l->key), *mix = "";
        for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
            if (l->terrain[t] > 0)
                mix = page_format(p, "%s%s%s %s %%", mix, *mix ? ", " : "",
                                  piste_ccc_terrain_word((piste_ccc_terrain)t), page_percent(p, l->terrain[t]));
        if (*l->remark)
            page_wrap(p, page_format(p, "  %s: %s", name, page_name(p, l->remark, "")), 0, 4);
        for (int k = 0; k < PISTE_CCC_SERVES; k++)
            add_source(p, name, piste_ccc_part_word((piste_ccc_part)k), &l->in[k], feet);
        page_wrap(p,
                  page_format(p, "  %s, abilities served (%s), %s: %s", name, mix,
                              piste_ccc_basis_word(l->in[PISTE_CCC_SERVES].basis),
                              page_name(p, l->in[PISTE_CCC_SERVES].source, "")),
                  0, 4);
    }
    for (int32_t i = 0; i < s->limits.count; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        add_source(p, l->name, "share", &l->share, feet);
        for (int32_t k = 0; k < l->lines.count; k++)
            for (int32_t f = 0; f < l->lines.list[k].count; f++)
                add_source(p,
                           page_format(p, "%s, %s", l->name, ccc_name(p, l->lines.list[k].name, l->lines.list[k].key)),
                           l->lines.list[k].what[f], &l->lines.list[k].in[f], feet);
    }
}

void report_ccc_table(const piste_ccc *s, const report_look *look, bool feet, base_text *out) {
    report_look fitted;
    page p;
    if (!begin(&p, look, &fitted, out))
        return;
    title(&p, page_format(&p, "%s%s: carrying capacity", page_name(&p, s->resort, NULL), ccc_date(&p, s->date)));
    table_sentence(&p, ccc_summary(&p, s, feet));
    table_sentence(&p, ccc_binding(&p, s));
    add_lifts(&p, s, feet);
    add_classes(&p, s, feet);
    add_demand(&p, s, feet);
    add_limits(&p, s);
    add_unknown(&p, s);
    add_rehearsal(&p, s, feet);
    base_text_add(out, "\n");
    table_sentence(&p, page_format(&p, "%s: what a number rests on%s.", ccc_legend(&p),
                                   look->full ? "" : "; --full says it of each"));
    table_sentence(&p, ccc_uncrowded_text(&p, s));
    for (int32_t i = 0; i < s->notes.count; i++)
        table_sentence(&p, page_name(&p, s->notes.list[i], ""));
    if (look->full)
        add_sources(&p, s, feet);
    base_arena_destroy(p.arena);
}

// ---- why two differ ------------------------------------------------------------------------------------------------

static const char *change_name(page *p, const piste_ccc_change *c, bool feet) {
    const char *label = strcmp(c->what, "there") == 0 ? "there" : ccc_label(p, c->what, feet);
    const char *whose = *c->of ? c->of : *c->key ? ccc_name(p, c->name, c->key) : "all";
    return page_format(p, "%s: %s", whose, label);
}

static const char *change_value(page *p, const piste_ccc_change *c, bool second, bool feet) {
    const char *value = ccc_value(p, c->what, second ? c->b : c->a, feet);
    return strcmp(c->what, "there") == 0 || strcmp(value, "-") == 0
               ? value
               : page_format(p, "%s %s", value, ccc_mark(p, second ? c->basis_b : c->basis_a));
}

// The changes of one limit, from `first` on; returns where the next limit begins.
static int32_t add_changes(page *p, const piste_ccc_difference *d, int32_t first, bool feet) {
    static const grid_column columns[CHANGE_COLUMNS] = {
        {"", "A", 0}, {"", "B", 0}, {"explains", "guests", 0}, {"", "%", 1}};
    const char *limit = d->changes.list[first].limit;
    int32_t count = 0, last = first;
    double sum = 0;
    while (last < d->changes.count && strcmp(d->changes.list[last].limit, limit) == 0)
        sum += d->changes.list[last++].effect;
    count = last - first + 1;
    const char **names = table_take(p, count, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)count * CHANGE_COLUMNS, sizeof *cells);
    if (!names || !cells)
        return last;
    for (int32_t i = 0; i < count - 1; i++) {
        const piste_ccc_change *c = &d->changes.list[first + i];
        grid_cell *cell = &cells[i * CHANGE_COLUMNS];
        names[i] = change_name(p, c, feet);
        cell[0] = table_cell(change_value(p, c, false, feet));
        cell[1] = table_cell(change_value(p, c, true, feet));
        cell[2] = table_cell(ccc_signed(p, c->effect, 1));
        cell[3] = table_cell(sum != 0 && !isnan(sum) ? page_decimal(p, c->effect / sum * 100, 0) : "-");
    }
    names[count - 1] = "Together";
    grid_cell *cell = &cells[(count - 1) * CHANGE_COLUMNS];
    cell[0] = cell[1] = cell[3] = table_cell("");
    cell[2] = table_cell(ccc_signed(p, sum, 1));
    grid g = {.title = ccc_limit_name(d, limit),
              .name_columns = widest(names, count, 30, 52),
              .columns = columns,
              .column_count = CHANGE_COLUMNS,
              .names = names,
              .cells = cells,
              .row_count = count};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
    return last;
}

static void add_effects(page *p, const piste_ccc_difference *d, bool feet) {
    const char *text = "By kind of input:";
    bool any = false;
    for (int32_t i = 0; i < d->effects.count; i++) {
        const piste_ccc_effect *e = &d->effects.list[i];
        if (e->effect == 0)
            continue;
        text = page_format(p, "%s%s %s %s", text, any ? "," : "",
                           strcmp(e->what, "there") == 0 ? "lifts that only one has" : ccc_label(p, e->what, feet),
                           ccc_signed(p, e->effect, 1));
        any = true;
    }
    if (any)
        table_sentence(p, page_format(p, "%s.", text));
}

static void add_change_sources(page *p, const piste_ccc_difference *d, bool feet) {
    base_text_add(p->out, "\n");
    title(p, "Where the numbers come from");
    for (int32_t i = 0; i < d->changes.count; i++) {
        const piste_ccc_change *c = &d->changes.list[i];
        if (strcmp(c->what, "there") == 0)
            continue;
        page_wrap(p,
                  page_format(p, "  %s, %s: A %s: %s; B %s: %s", ccc_limit_name(d, c->limit), change_name(p, c, feet),
                              piste_ccc_basis_word(c->basis_a), page_name(p, c->source_a, ""),
                              piste_ccc_basis_word(c->basis_b), page_name(p, c->source_b, "")),
                  0, 4);
    }
}

void report_ccc_difference_table(const piste_ccc_difference *d, const report_look *look, bool feet, base_text *out) {
    report_look fitted;
    page p;
    if (!begin(&p, look, &fitted, out))
        return;
    title(&p, "Why two carrying capacities differ");
    table_sentence(&p, ccc_two(&p, d));
    if (d->changes.count == 0)
        table_sentence(&p, "Their inputs are alike.");
    else
        add_effects(&p, d, feet);
    for (int32_t i = 0; i < d->changes.count;)
        i = add_changes(&p, d, i, feet);
    if (d->changes.count) {
        base_text_add(out, "\n");
        table_sentence(&p, "What an input explains is the mean of what changing it does over all orders in which the "
                           "inputs could be changed (Shapley); "
                           "they sum to the difference. Other limits: guests a day.");
        table_sentence(&p, page_format(&p, "%s.", ccc_legend(&p)));
    }
    if (look->full && d->changes.count)
        add_change_sources(&p, d, feet);
    base_arena_destroy(p.arena);
}
