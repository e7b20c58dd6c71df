// cap.c - how many visits can be put on sale, as one screen and as JSON.
#include <math.h>
#include <string.h>

#include "report/json.h"
#include "report/table.h"

static const char *basis_of(const piste_cap_input *input) {
    return input->basis < PISTE_BASIS_KIND_COUNT ? piste_basis_kind_word((piste_basis_kind)input->basis) : "given";
}

static const char *signed_percent(page *p, double share) {
    return page_format(p, "%s%s", share > 0 ? "+" : "", page_decimal(p, share * 100, 1));
}

// What the number means, in words that stand beside it wherever it goes.
static void add_meaning(page *p, const piste_cap *cap) {
    base_text all = {0};
    for (int32_t i = 0; i < cap->conditions.count; i++)
        base_text_format(&all, "%s%s", i ? " and " : "", cap->conditions.list[i].text);
    table_sentence(p,
                   page_format(p, "The largest number of visits on sale with which, on %s %% of the open days, %s.",
                               page_decimal(p, cap->share * 100, cap->share * 100 == floor(cap->share * 100) ? 0 : 1),
                               all.data ? all.data : ""));
    base_text_release(&all);
}

static void add_answer(page *p, const piste_cap *cap) {
    int confidence = (int)(cap->confidence * 100 + 0.5);
    page_tone(p, PAGE_BOLD);
    if (cap->found == PISTE_CAP_NONE)
        base_text_add(p->out, "No cap");
    else if (cap->found == PISTE_CAP_BEYOND)
        base_text_format(p->out, "Beyond %s visits", page_count(p, cap->most));
    else
        base_text_format(p->out, "%s visits", page_count(p, cap->visits));
    page_tone(p, PAGE_OFF);
    base_text_add(p->out, "\n");
    if (cap->found == PISTE_CAP_NONE)
        table_sentence(p, page_format(p,
                                      "With as few as %s visits only %s of %s open days were good: the conditions fail "
                                      "for other reasons than the number of guests.",
                                      page_count(p, cap->least), page_count(p, cap->good), page_count(p, cap->days)));
    else if (cap->found == PISTE_CAP_BEYOND)
        table_sentence(
            p, page_format(p, "Even with %s visits %s of %s open days were good: the conditions do not limit so many.",
                           page_count(p, cap->most), page_count(p, cap->good), page_count(p, cap->days)));
    else
        table_sentence(
            p, page_format(p, "%s to %s, %d %% interval of the simulation%s; %s of %s open days were good with it.",
                           page_count(p, cap->low), page_count(p, cap->high), confidence,
                           cap->precise ? "" : " (wider than asked: the most days were reached)",
                           page_count(p, cap->good), page_count(p, cap->days)));
    if (cap->high_inputs)
        table_sentence(p, page_format(p, "%s to %s with what is not known of the inputs.",
                                      page_count(p, cap->low_inputs), page_count(p, cap->high_inputs)));
}

static void add_conditions(page *p, const piste_cap *cap) {
    const grid_column columns[] = {{"held on", "days, %", 0}, {"decided", "days", 1}, {"", "most often at", 2}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t rows = cap->conditions.count;
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)rows * COUNT, sizeof *cells);
    if (!names || !cells)
        return;
    for (int32_t i = 0; i < rows; i++) {
        const piste_cap_condition *c = &cap->conditions.list[i];
        names[i] = page_format(p, "%s: %s", c->text, c->meaning);
        cells[i * COUNT] =
            table_cell(page_decimal(p, cap->days ? (double)c->held / (double)cap->days * 100 : (double)NAN, 1));
        cells[i * COUNT + 1] = table_count(p, c->first);
        cells[i * COUNT + 2] = table_cell(c->where_key ? c->where_key : "-");
    }
    grid g = {.title = "Conditions",
              .name_columns = 56,
              .columns = columns,
              .column_count = COUNT,
              .names = names,
              .cells = cells,
              .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

static void add_types(page *p, const piste_cap *cap) {
    const grid_column columns[] = {{"share", "%", 1}, {"", "days", 0}, {"", "good", 0}, {"good", "%", 0}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t rows = cap->types.count;
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)rows * COUNT, sizeof *cells);
    if (!names || !cells)
        return;
    for (int32_t i = 0; i < rows; i++) {
        const piste_cap_type *t = &cap->types.list[i];
        grid_cell *own = &cells[i * COUNT];
        names[i] = page_name(p, t->name, t->key);
        own[0] = table_cell(page_decimal(p, t->share * 100, 0));
        own[1] = table_count(p, t->days);
        own[2] = table_cell(t->closed ? "closed" : page_count(p, t->good));
        own[3] =
            table_cell(t->closed || t->days == 0 ? "-" : page_decimal(p, (double)t->good / (double)t->days * 100, 1));
    }
    grid g = {.title = "Days",
              .name_columns = 28,
              .columns = columns,
              .column_count = COUNT,
              .names = names,
              .cells = cells,
              .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

enum { INPUTS_SHOWN = 8 };

static void add_inputs(page *p, const piste_cap *cap) {
    const char *error = p->look->ascii ? "+-" : "±";
    const grid_column columns[] = {
        {"", "basis", 0}, {"unknown", page_format(p, "%s %%", error), 0}, {"cap moves", "%", 0}, {"", error, 1}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t rows = cap->inputs.count < INPUTS_SHOWN ? cap->inputs.count : INPUTS_SHOWN;
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)rows * COUNT, sizeof *cells);
    if (!names || !cells || rows == 0)
        return;
    for (int32_t i = 0; i < rows; i++) {
        const piste_cap_input *in = &cap->inputs.list[i];
        grid_cell *own = &cells[i * COUNT];
        names[i] = page_format(p, "%s %s", in->entry, in->field);
        own[0] = table_cell(basis_of(in));
        own[1] = table_cell(page_decimal(p, in->spread * 100, 0));
        own[2] = (grid_cell){signed_percent(p, in->shift), fabs(in->shift) > 2 * in->error};
        own[3] = table_cell(page_decimal(p, in->error * 100, 1));
    }
    grid g = {.title = "Leans most on",
              .name_columns = 28,
              .columns = columns,
              .column_count = COUNT,
              .names = names,
              .cells = cells,
              .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

void report_cap_table(const piste_cap *cap, const report_look *look, base_text *out) {
    report_look fitted;
    page p;
    if (!page_begin(&p, look, &fitted, out))
        return;
    page_tone(&p, PAGE_BOLD);
    base_text_add(out, page_cut(&p, page_name(&p, cap->resort, NULL), fitted.columns - 4));
    page_tone(&p, PAGE_OFF);
    base_text_add(out, "\n");
    add_meaning(&p, cap);
    base_text_add(out, "\n");
    add_answer(&p, cap);
    add_conditions(&p, cap);
    add_types(&p, cap);
    add_inputs(&p, cap);
    base_text_add(out, "\n");
    table_sentence(&p, page_format(&p, "%s days rehearsed, seed %llu. %s", page_count(&p, cap->days_simulated),
                                   (unsigned long long)cap->seed,
                                   cap->types.count > 1
                                       ? "How days differ is as the resort's day-types say."
                                       : "The resort states no day-types: all days are of the kind that is written."));
    base_arena_destroy(p.arena);
}

// ---- JSON -------------------------------------------------------------------------------------------------------

static json_t *interval(int64_t low, int64_t high) {
    return json_pack("[I,I]", (json_int_t)low, (json_int_t)high);
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *condition_object(const piste_cap_condition *c) {
    report_object o = report_object_begin();
    report_put(&o, "condition", json_string(c->text));
    report_put(&o, "measure", json_string(c->measure));
    report_put(&o, "meaning", json_string(c->meaning));
    report_put_count(&o, "days_held", c->held);
    report_put_count(&o, "days_decided", c->first);
    report_put(&o, "most_often_at", text_or_null(c->where_key));
    return report_object_end(&o);
}

static json_t *type_object(const piste_cap_type *t) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(t->key));
    report_put(&o, "name", json_string(t->name));
    report_put(&o, "share", report_json_number(t->share, REPORT_SHARE_DECIMALS));
    report_put(&o, "closed", json_boolean(t->closed));
    report_put_count(&o, "days", t->days);
    report_put_count(&o, "days_good", t->good);
    return report_object_end(&o);
}

static json_t *input_object(const piste_cap_input *in) {
    report_object o = report_object_begin();
    report_put(&o, "entry", json_string(in->entry));
    report_put(&o, "field", json_string(in->field));
    report_put(&o, "basis", json_string(basis_of(in)));
    report_put(&o, "spread", report_json_number(in->spread, REPORT_SHARE_DECIMALS));
    report_put(&o, "shift", report_json_number(in->shift, REPORT_SHARE_DECIMALS));
    report_put(&o, "error", report_json_number(in->error, REPORT_SHARE_DECIMALS));
    return report_object_end(&o);
}

static json_t *condition_list(const piste_cap *cap) {
    REPORT_LIST_OF(cap->conditions, condition_object(&cap->conditions.list[i]));
}

static json_t *type_list(const piste_cap *cap) {
    REPORT_LIST_OF(cap->types, type_object(&cap->types.list[i]));
}

static json_t *input_list(const piste_cap *cap) {
    REPORT_LIST_OF(cap->inputs, input_object(&cap->inputs.list[i]));
}

piste_status report_cap_json(const piste_cap *cap, base_text *out) {
    bool found = cap->found == PISTE_CAP_FOUND;
    report_object o = report_object_begin();
    report_put(&o, "format", json_string("piste-cap"));
    report_put_count(&o, "version", 1);
    report_put(&o, "resort", json_string(cap->resort));
    report_put_count(&o, "seed", (int64_t)cap->seed);
    report_put(&o, "found", json_string(piste_cap_found_word(cap->found)));
    report_put(&o, "cap", found ? json_integer(cap->visits) : json_null());
    report_put(&o, "interval", found ? interval(cap->low, cap->high) : json_null());
    report_put(&o, "interval_inputs", cap->high_inputs ? interval(cap->low_inputs, cap->high_inputs) : json_null());
    report_put(&o, "confidence", report_json_number(cap->confidence, REPORT_SHARE_DECIMALS));
    report_put(&o, "precision", report_json_number(cap->precision, REPORT_SHARE_DECIMALS));
    report_put(&o, "precise", json_boolean(cap->precise));
    report_put(&o, "share_of_days", report_json_number(cap->share, REPORT_SHARE_DECIMALS));
    report_put_count(&o, "least_visits", cap->least);
    report_put_count(&o, "most_visits", cap->most);
    report_put_count(&o, "days", cap->days);
    report_put_count(&o, "days_good", cap->good);
    report_put_count(&o, "days_closed", cap->closed);
    report_put_count(&o, "days_simulated", cap->days_simulated);
    report_put(&o, "conditions", condition_list(cap));
    report_put(&o, "day_types", type_list(cap));
    report_put(&o, "inputs", input_list(cap));
    return report_json_write(report_object_end(&o), out);
}
