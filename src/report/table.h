// table.h - what the files that write a day's page for a terminal share.
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/inside.h"

enum { TABLE_LONG_WAIT_S = 600 }; // is highlighted

typedef struct labels {
    const char **lifts, **runs, **venues, **segments; // in the order of the results
    int columns; // of the names in every table, so that the page has one left edge of numbers
} labels;

// Memory of the page's arena for `count` things; NULL: none left, and the page has failed.
static inline void *table_take(page *p, int64_t count, size_t size) {
    void *memory = base_arena_take(p->arena, (size_t)(count > 0 ? count : 1) * size);
    if (!memory)
        p->out->failed = true;
    return memory;
}
static inline const char *table_plural(int64_t count, const char *one, const char *many) {
    return count == 1 ? one : many;
}
static inline void table_sentence(page *p, const char *text) {
    page_wrap(p, text, 0, 2);
}
static inline grid_cell table_cell(const char *text) {
    return (grid_cell){text, false};
}
static inline grid_cell table_count(page *p, int64_t count) {
    return table_cell(count ? page_count(p, count) : "-");
}
static inline grid_cell table_bad(page *p, int64_t count) { // a count that should be 0
    return (grid_cell){page_count(p, count), count > 0};
}

// day_guests.c - where guests' time went, who waited how long, what they missed, and what bound.
void table_add_limits_line(page *p, const piste_day_result *day, const labels *called);
void table_add_missed_line(page *p, const piste_day_result *day);
void table_add_limits(page *p, const piste_day_result *day, const labels *called);
void table_add_budgets(page *p, const piste_day_result *day, const labels *called);
void table_add_groups(page *p, const piste_day_result *day, const labels *called);
void table_add_missed(page *p, const piste_day_result *day, const labels *called);

#endif
