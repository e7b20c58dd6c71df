// lean.c - how far a day's results move with the values that it rests on, as a table for a terminal and as JSON.
#include <math.h>
#include <string.h>

#include "report/json.h"
#include "report/table.h"

static const char *basis_of(const piste_lean_row *row) {
    return row->basis < PISTE_BASIS_KIND_COUNT ? piste_basis_kind_word((piste_basis_kind)row->basis) : "given";
}

static bool is_told(const piste_effect *e) { // from luck: twice its standard error
    return fabs(e->mean) > 2 * e->error;
}

static const char *percent_of(page *p, double part, double whole) {
    return whole > 0 ? page_format(p, "%s%s", part > 0 ? "+" : "", page_decimal(p, part / whole * 100, 1)) : "-";
}

static void fill_cells(page *p, const piste_effect effects[2], double whole, grid_cell *cells) {
    double error = effects[0].error > effects[1].error ? effects[0].error : effects[1].error;
    for (int way = 0; way < 2; way++)
        cells[way] = (grid_cell){percent_of(p, effects[way].mean, whole), is_told(&effects[way])};
    cells[2] = table_cell(whole > 0 ? page_decimal(p, error / whole * 100, 1) : "-");
}

static void add_rows(page *p, const piste_lean *lean) {
    const char *less = page_format(p, "-%s %%", page_decimal(p, lean->change * 100, 0));
    const char *more = page_format(p, "+%s %%", page_decimal(p, lean->change * 100, 0));
    const char *error = p->look->ascii ? "+-" : "±";
    const grid_column columns[] = {{"", "basis", 2},     {"rides", less, 0},     {"each, %", more, 0}, {"", error, 1},
                                   {"wait of", less, 0}, {"a ride, %", more, 0}, {"", error, 1}};
    enum { COUNT = BASE_COUNT(columns) };
    int32_t rows = lean->rows.count;
    const char **names = table_take(p, rows, sizeof *names);
    grid_cell *cells = table_take(p, (int64_t)rows * COUNT, sizeof *cells);
    if (!names || !cells)
        return;
    for (int32_t i = 0; i < rows; i++) {
        const piste_lean_row *row = &lean->rows.list[i];
        names[i] = page_format(p, "%s %s", row->entry, row->field);
        cells[i * COUNT] = table_cell(basis_of(row));
        fill_cells(p, row->rides_each, lean->rides_each, &cells[i * COUNT + 1]);
        fill_cells(p, row->wait_s, lean->wait_s, &cells[i * COUNT + 4]);
    }
    grid g = {.title = "Leans on",
              .name_columns = 22,
              .columns = columns,
              .column_count = COUNT,
              .names = names,
              .cells = cells,
              .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

void report_lean_table(const piste_resort *resort, const piste_lean *lean, const report_look *look, base_text *out) {
    report_look fitted;
    page p;
    if (!page_begin(&p, look, &fitted, out))
        return;
    page_tone(&p, PAGE_BOLD);
    base_text_add(out, page_cut(&p, page_name(&p, resort->name, NULL), fitted.columns - 4));
    page_tone(&p, PAGE_OFF);
    base_text_add(out, "\n");
    table_sentence(
        &p,
        page_format(&p,
                    "%s days with seeds from %llu on: %s rides each, in line %s for a ride. The same days with one "
                    "value at a time less and more by %s %%, those first that move most:",
                    page_count(&p, lean->days), (unsigned long long)lean->seed, page_decimal(&p, lean->rides_each, 2),
                    page_duration(&p, lean->wait_s), page_decimal(&p, lean->change * 100, 0)));
    add_rows(&p, lean);
    base_text_add(out, "\n");
    table_sentence(
        &p, page_format(&p,
                        "%s is the larger standard error; changes of less than twice that may be luck. One value at a "
                        "time, at this resort and this number of guests.",
                        fitted.ascii ? "+-" : "±"));
    base_arena_destroy(p.arena);
}

// ---- JSON -------------------------------------------------------------------------------------------------------

static json_t *effect(const piste_effect *e) {
    report_object o = report_object_begin();
    report_put(&o, "mean", report_json_number(e->mean, REPORT_SHARE_DECIMALS));
    report_put(&o, "error", report_json_number(e->error, REPORT_SHARE_DECIMALS));
    return report_object_end(&o);
}

static json_t *row_object(const piste_lean_row *row) {
    report_object o = report_object_begin();
    report_put(&o, "entry", json_string(row->entry));
    report_put(&o, "field", json_string(row->field));
    report_put(&o, "basis", json_string(basis_of(row)));
    report_put(&o, "rides_each_less", effect(&row->rides_each[0]));
    report_put(&o, "rides_each_more", effect(&row->rides_each[1]));
    report_put(&o, "wait_s_less", effect(&row->wait_s[0]));
    report_put(&o, "wait_s_more", effect(&row->wait_s[1]));
    return report_object_end(&o);
}

static json_t *row_list(const piste_lean *lean) {
    REPORT_LIST_OF(lean->rows, row_object(&lean->rows.list[i]));
}

piste_status report_lean_json(const piste_resort *resort, const piste_lean *lean, base_text *out) {
    report_object o = report_object_begin();
    report_put(&o, "format", json_string("piste-lean"));
    report_put_count(&o, "version", 1);
    report_put(&o, "resort", json_string(resort->name));
    report_put_count(&o, "seed", (int64_t)lean->seed);
    report_put_count(&o, "days", lean->days);
    report_put(&o, "change", report_json_number(lean->change, REPORT_SHARE_DECIMALS));
    report_put(&o, "rides_each", report_json_number(lean->rides_each, REPORT_SHARE_DECIMALS));
    report_put(&o, "wait_s", report_json_number(lean->wait_s, REPORT_SHARE_DECIMALS));
    report_put(&o, "rows", row_list(lean));
    return report_json_write(report_object_end(&o), out);
}
