// grid.c - tables in columns: what fits is shown, names of any script line up, the rest of the line is a sparkline.
#include <string.h>

#include "report/inside.h"

enum { GAP = 2, NAME_MIN = 8 };

typedef struct layout {
    int width[GRID_COLUMNS_MAX]; // 0: dropped
    int name, spark;
} layout;

void page_tone(page *p, const char *sgr) {
    if (p->look->colours)
        base_text_format(p->out, "\033[%sm", sgr);
}

static const grid_cell *cell_at(const grid *g, int row, int column) {
    return &g->cells[row * g->column_count + column];
}

static int natural_width(const grid *g, int column) {
    int width = base_text_columns(g->columns[column].head), above = base_text_columns(g->columns[column].above);
    width = above > width ? above : width;
    for (int r = 0; r < g->row_count; r++) {
        int cell = base_text_columns(cell_at(g, r, column)->text);
        width = cell > width ? cell : width;
    }
    return width;
}

static layout lay_out(const grid *g, int columns) {
    layout l = {.name = g->name_columns, .spark = g->series ? GRID_SPARK_MIN : 0};
    int total = l.name + (g->series ? GAP + GRID_SPARK_MIN : 0);
    for (int c = 0; c < g->column_count; c++) {
        l.width[c] = natural_width(g, c);
        total += GAP + l.width[c];
    }
    while (total > columns) {
        int worst = -1;
        for (int c = 0; c < g->column_count; c++)
            if (l.width[c] && g->columns[c].drop && (worst < 0 || g->columns[c].drop > g->columns[worst].drop))
                worst = c;
        if (worst < 0)
            break;
        total -= GAP + l.width[worst];
        l.width[worst] = 0;
    }
    if (total > columns) {
        int name = l.name - (total - columns);
        name = name < NAME_MIN ? NAME_MIN : name;
        total -= l.name - name;
        l.name = name;
    }
    if (g->series && total < columns) {
        int spark = l.spark + columns - total;
        l.spark = spark > GRID_SPARK_MAX ? GRID_SPARK_MAX : spark;
    }
    return l;
}

static void add_left(page *p, const char *text, int columns) {
    const char *shown = page_cut(p, text, columns);
    base_text_format(p->out, "%s%*s", shown, columns - base_text_columns(shown), "");
}

static void add_right(page *p, const char *text, int columns, bool alert) {
    int gap = GAP + columns - base_text_columns(text);
    base_text_format(p->out, "%*s", gap, "");
    if (alert)
        page_tone(p, PAGE_ALERT);
    base_text_add(p->out, text);
    if (alert)
        page_tone(p, PAGE_OFF);
}

static void end_line(page *p) {
    base_text *out = p->out;
    while (out->length && out->data[out->length - 1] == ' ')
        out->data[--out->length] = 0;
    base_text_add(out, "\n");
}

// What a full block stands for, as far as there is room to say it.
static const char *spark_head(page *p, const grid *g, int columns) {
    const char *block = p->look->ascii ? "@" : "█";
    const char *key = page_format(p, "%s = %s", block, page_count(p, g->peak));
    for (int i = 0; i < 2; i++) {
        const char *whole = page_format(p, "%s, %s", g->series_heads[i], key);
        if (base_text_columns(whole) <= columns)
            return whole;
    }
    return key;
}

static void add_head(page *p, const grid *g, const layout *l, bool above) {
    page_tone(p, above ? PAGE_FAINT : PAGE_BOLD);
    add_left(p, above ? "" : g->title, l->name);
    if (!above) { // only the title is bold
        page_tone(p, PAGE_OFF);
        page_tone(p, PAGE_FAINT);
    }
    for (int c = 0; c < g->column_count; c++)
        if (l->width[c])
            add_right(p, above ? g->columns[c].above : g->columns[c].head, l->width[c], false);
    if (g->series) {
        base_text_format(p->out, "%*s", GAP, "");
        if (above)
            base_text_add(p->out, spark_head(p, g, l->spark));
        else
            report_axis(p->out, g->from_s, g->to_s, l->spark);
    }
    // The colour ends where the words do, so that no line has spaces behind it.
    while (p->out->length && p->out->data[p->out->length - 1] == ' ')
        p->out->data[--p->out->length] = 0;
    page_tone(p, PAGE_OFF);
    base_text_add(p->out, "\n");
}

void page_grid(page *p, const grid *g) {
    layout l = lay_out(g, p->look->columns);
    bool two_lines = g->series != NULL;
    for (int c = 0; c < g->column_count; c++)
        two_lines = two_lines || (l.width[c] && *g->columns[c].above);
    if (two_lines)
        add_head(p, g, &l, true);
    add_head(p, g, &l, false);
    for (int r = 0; r < g->row_count; r++) {
        add_left(p, g->names[r], l.name);
        for (int c = 0; c < g->column_count; c++)
            if (l.width[c])
                add_right(p, cell_at(g, r, c)->text, l.width[c], cell_at(g, r, c)->alert);
        if (g->series && g->series[r]) {
            base_text_format(p->out, "%*s", GAP, "");
            report_spark(p->out, g->series[r], g->bin_from, g->bin_to, l.spark, g->peak, p->look->ascii);
        }
        end_line(p);
    }
}
