// sign_legend.c - the lists below the map of a trail sign: what its lines and symbols mean, slopes, lifts and venues.
#include <stdlib.h>
#include <string.h>

#include "report/sign.h"

enum { COLUMNS = 3, ROW = 22, NAME_COLUMNS = 30 };

typedef struct row {
    const char *name, *key;
    int32_t number, difficulty;
    double length_m, vertical_m;
} row;

static double column_x(int column) {
    return SIGN_MARGIN + column * ((SIGN_WIDTH - 2.0 * SIGN_MARGIN) / COLUMNS);
}

static void heading(sign *s, double *y, const char *text) {
    *y += 40;
    sign_text(s, SIGN_MARGIN, *y, "head", text);
    *y += 10;
}

// ---- slopes -----------------------------------------------------------------------------------------------------

static int compare_rows(const void *a, const void *b) {
    const row *x = a, *y = b;
    if (x->number != y->number) // those with a number first
        return x->number && y->number ? x->number - y->number : y->number - x->number;
    if (x->difficulty != y->difficulty)
        return x->difficulty - y->difficulty;
    int names = strcmp(x->name, y->name);
    return names ? names : strcmp(x->key, y->key);
}

static bool is_listed(const row *list, int32_t count, const char *name) {
    for (int32_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return true;
    return false;
}

// Slopes as the sign names them, and runs that are no slope's, those of one name together.
static int32_t find_rows(sign *s, row **rows) {
    const piste_resort *r = s->resort;
    row *list = base_arena_take(s->arena, ((size_t)r->slopes.count + (size_t)r->runs.count + 1) * sizeof *list);
    int32_t count = 0;
    if (!list) {
        s->failed = true;
        return 0;
    }
    for (int32_t i = 0; i < r->slopes.count; i++) {
        const piste_slope *p = &r->slopes.list[i];
        list[count++] = (row){p->name && *p->name ? p->name : p->entry.key, p->entry.key, p->number, p->difficulty, p->length_m, p->vertical_m};
    }
    int32_t slopes = count;
    for (int32_t i = 0; i < r->runs.count; i++) {
        const piste_run *p = &r->runs.list[i];
        const char *name = sign_run_name(s, p);
        if (*name && !is_listed(list, slopes, name))
            list[count++] = (row){name, p->entry.key, 0, p->difficulty, p->length_m, p->vertical_m};
    }
    qsort(list, (size_t)count, sizeof *list, compare_rows);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        row *last = kept ? &list[kept - 1] : NULL;
        if (last && !last->number && !list[i].number && last->difficulty == list[i].difficulty && strcmp(last->name, list[i].name) == 0) {
            last->length_m += list[i].length_m;
            last->vertical_m += list[i].vertical_m;
        } else
            list[kept++] = list[i];
    }
    *rows = list;
    return kept;
}

static void slope_rows(sign *s, double *y) {
    row *rows = NULL;
    int32_t count = find_rows(s, &rows), per_column = (count + COLUMNS - 1) / COLUMNS;
    page p = sign_page(s);
    if (count == 0)
        return;
    heading(s, y, report_word(s->language, "Slopes"));
    for (int32_t i = 0; i < count; i++) {
        double x = column_x((int)(i / per_column)), at = *y + (i % per_column + 1) * ROW;
        sign_difficulty_symbol(s, rows[i].difficulty, x + 38, at - 5);
        if (rows[i].number)
            sign_text(s, x + 22, at, "right", page_format(&p, "%d", rows[i].number));
        sign_text(s, x + 56, at, "item", page_cut(&p, rows[i].name, NAME_COLUMNS));
        sign_text(s, x + 350, at, "right", page_format(&p, "%s m", page_decimal(&p, rows[i].length_m, 0)));
    }
    *y += per_column * ROW;
}

// ---- lifts, venues ------------------------------------------------------------------------------------------------

static void lift_rows(sign *s, double *y) {
    const piste_resort *r = s->resort;
    int32_t count = r->lifts.count, per_column = (count + COLUMNS - 1) / COLUMNS;
    page p = sign_page(s);
    if (count == 0)
        return;
    heading(s, y, report_word(s->language, "Lifts"));
    for (int32_t i = 0; i < count; i++) {
        const piste_lift *l = &r->lifts.list[i];
        double x = column_x((int)(i / per_column)), at = *y + (i % per_column + 1) * (ROW + 4);
        sign_lift_symbol(s, l->type, x + 38, at - 5);
        sign_text(s, x + 56, at, "item", page_cut(&p, l->name, NAME_COLUMNS));
        sign_text(s, x + 350, at, "right", page_format(&p, "%s m", page_decimal(&p, l->length_m, 0)));
    }
    *y += per_column * (ROW + 4);
}

static void venue_rows(sign *s, double *y) {
    const piste_resort *r = s->resort;
    int32_t seen = 0, at = 0;
    int kinds[PISTE_VENUE_KIND_COUNT] = {0};
    for (int32_t i = 0; i < r->venues.count; i++)
        seen += kinds[r->venues.list[i].kind]++ == 0;
    if (seen == 0)
        return;
    heading(s, y, report_word(s->language, "At the base and on the way"));
    int32_t columns = 5, rows = (seen + columns - 1) / columns;
    for (int kind = 0; kind < PISTE_VENUE_KIND_COUNT; kind++) {
        if (!kinds[kind])
            continue;
        double x = SIGN_MARGIN + at % columns * ((SIGN_WIDTH - 2.0 * SIGN_MARGIN) / columns);
        double line = *y + (at / columns + 1) * (ROW + 4);
        char word[32];
        snprintf(word, sizeof word, "%s", piste_venue_kind_word((piste_venue_kind)kind));
        for (char *c = word; *c; c++)
            *c = *c == '-' ? ' ' : *c;
        word[0] = (char)(word[0] - 'a' + 'A');
        sign_venue_symbol(s, kind, x + 38, line - 5);
        sign_text(s, x + 56, line, "item", report_word(s->language, word));
        at++;
    }
    *y += rows * (ROW + 4);
}

// ---- lines ------------------------------------------------------------------------------------------------------

static void line_rows(sign *s, double *y) {
    bool used[PISTE_DIFFICULTY_COUNT] = {false};
    for (int32_t i = 0; i < s->resort->runs.count; i++)
        used[s->resort->runs.list[i].difficulty] = true;
    double x = SIGN_MARGIN;
    *y += 34;
    for (int d = 0; d < PISTE_DIFFICULTY_COUNT; d++) {
        if (!used[d])
            continue;
        const char *text = report_word(s->language, sign_difficulty_text(s->resort->convention, d));
        base_text_add(s->out, "<path d=\"M");
        sign_number(s->out, x + 4);
        base_text_add(s->out, " ");
        sign_number(s->out, *y - 5);
        base_text_format(s->out, "h44\" class=\"d%d\"/>", d);
        if (sign_style_of(s->resort->convention, d).twin) {
            base_text_add(s->out, "<path d=\"M");
            sign_number(s->out, x + 4);
            base_text_add(s->out, " ");
            sign_number(s->out, *y - 5);
            base_text_add(s->out, "h44\" class=\"twin\"/>");
        }
        sign_difficulty_symbol(s, d, x + 66, *y - 5);
        sign_text(s, x + 84, *y, "item", text);
        x += 84 + sign_text_width(text, 14) + 34;
    }
    *y += 4;
}

double sign_legend(sign *s, double y) {
    line_rows(s, &y);
    slope_rows(s, &y);
    lift_rows(s, &y);
    venue_rows(s, &y);
    return y + 30;
}
