// inside.h - what the files of this room share: numbers as text, sparklines, grids of columns, the list of assumptions.
#ifndef REPORT_INSIDE_H
#define REPORT_INSIDE_H

#include "report/report.h"

// ---- numbers and short texts ------------------------------------------------------------------------------------

// A page being written: texts of its cells live in the arena. Memory that runs out makes out->failed true.
typedef struct page {
    base_arena *arena;
    base_text *out;
    const report_look *look;
} page;

// Begins a page as wide as `look` says, or as the narrowest that can be; *fitted lives as long as it. The caller destroys
// p->arena. False: no memory, and out->failed.
bool page_begin(page *p, const report_look *look, report_look *fitted, base_text *out);
const char *page_format(page *p, const char *format, ...) PISTE_PRINTF(2, 3);
const char *page_count(page *p, int64_t count);            // "12,345"
const char *page_decimal(page *p, double value, int decimals); // "3.1", "-" for NaN; no locale's point
const char *page_percent(page *p, double share);           // "87", "-" for NaN
const char *page_duration(page *p, double seconds);        // "12 s", "1:05", "2 h 05"; "-" for NaN
const char *page_time(page *p, int32_t second);            // "09:05"
// Text that the look allows: in ASCII other characters become '?'. `key`, where given, is taken instead of such a text.
const char *page_name(page *p, const char *name, const char *key);
const char *page_cut(page *p, const char *text, int columns); // with an ellipsis where it is too long

// "09:05:07", also beyond 24 h; writes at most 16 bytes.
void report_clock(int32_t second, char out[16]);

// Adds words of `text`, breaking lines at spaces so that none is wider than the page; following lines begin with
// `indent` spaces. `column` is where the text begins on its first line.
void page_wrap(page *p, const char *text, int column, int indent);

// ---- sparklines -------------------------------------------------------------------------------------------------

// Adds `columns` characters for the bins from..to-1 of a series; each shows the largest value of its bins in eight
// steps of `peak`; 0 is a space, and what is more than 0 is at least the lowest step.
void report_spark(base_text *out, const int32_t *series, int32_t from, int32_t to, int32_t columns, int32_t peak, bool ascii);
// Adds the hours below such a line: "9   12   15" at their columns, for seconds from_s..to_s.
void report_axis(base_text *out, int32_t from_s, int32_t to_s, int32_t columns);

// ---- grids ------------------------------------------------------------------------------------------------------

enum { GRID_COLUMNS_MAX = 16, GRID_SPARK_MIN = 12, GRID_SPARK_MAX = 60 };

typedef struct grid_column {
    const char *above, *head; // two lines of the head; `above` may be ""
    int drop;                 // where the page is narrow the highest goes first; 0 never goes
} grid_column;

typedef struct grid_cell {
    const char *text;
    bool alert; // wants to be seen
} grid_cell;

// A table with names on the left, numbers on the right of their columns, and a sparkline at the end where one is asked for.
typedef struct grid {
    const char *title;           // above the names
    int name_columns;            // of the widest name that is shown whole
    const grid_column *columns;
    int column_count;
    const char **names;          // row_count
    const grid_cell *cells;      // row_count * column_count
    const int32_t *const *series; // row_count, NULL: no sparklines; a row's may be NULL
    const char *series_heads[2]; // what they show: at length, and in short
    int32_t bin_from, bin_to, peak; // of the sparklines
    int32_t from_s, to_s;           // the same bins in time
    int row_count;
} grid;

void page_grid(page *p, const grid *g);
// Turns bold, faint or alert on and off again; nothing where the page has no colours.
void page_tone(page *p, const char *sgr);
#define PAGE_BOLD "1"
#define PAGE_FAINT "2"
#define PAGE_ALERT "1;33"
#define PAGE_OFF "0"

// ---- what a result rests on -------------------------------------------------------------------------------------

typedef struct report_assumption {
    const char *entry; // "lift", "lift stop"
    const char *key;   // "sky-lift", "sky-lift/stops/1"; "" for the resort's own
    const char *field; // "speed"
    piste_basis_kind basis;
    const char *source;
    double share;      // of the day that passes through the entry, 0..1; NaN: not known. See basis.c
} report_assumption;

typedef struct report_assumptions {
    const report_assumption *list; // in the order of the file's lists
    int32_t count;
    int32_t of_basis[PISTE_BASIS_KIND_COUNT];
} report_assumptions;

// All values that a day depends on and that state a basis or are built into piste: tariff, fixtures, snow guns, rooms and stock
// are not among them. false: no memory.
bool report_assumptions_find(const piste_resort *resort, const piste_day_result *day, base_arena *arena,
                             report_assumptions *found);

#endif
