// report.h - what the rooms below found, as people and programs read it: a screen for a terminal, JSON, CSV, event lines,
// a page for a browser, a trail sign.
//
//     base_text page = {0};
//     report_look look = {.columns = 100, .colours = false, .ascii = false, .full = false};
//     report_day_table(resort, piste_day_get_result(day), &look, &page);
//     if (!page.failed)
//         ... page.data ...
//     base_text_release(&page);
//
// Nothing here prints: texts are filled, and files are written only where a path is given. The formats for programs are
// the same bytes on every machine and in every locale: numbers are rounded by base_round, not-a-number is null or empty.
// The JSON is described by docs/day.schema.json; CSV and event lines by docs/guide/day.md.
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/base.h"
#include "piste/calibrate.h"
#include "piste/cap.h"
#include "piste/ccc.h"
#include "piste/day.h"
#include "piste/lean.h"

enum {
    REPORT_COLUMNS_MIN = 60, // narrower terminals get this and wrap
    REPORT_COLUMNS = 100     // where there is no terminal
};

// A word or two that is made here ("Lifts", "Ticket office") in a guest's language; English where there is none in it.
const char *report_word(const char *language, const char *english);

// The resort with its names in a language (NULL or "": its own), where it has them; the rest is the resort's, which outlives
// it. NULL: no memory.
const piste_resort *report_named(const piste_resort *resort, const char *language, base_arena *arena);

// How a page for people looks.
typedef struct report_look {
    int32_t columns; // of the terminal
    bool colours;    // ANSI (SGR) colours
    bool ascii;      // nothing but ASCII: keys instead of names in other scripts
    bool full;       // every run, venue and assumption, however long the page gets
} report_look;

// Fills `out` with one screen about a day; out->failed: no memory. `resort` is the one that the day was made of.
void report_day_table(const piste_resort *resort, const piste_day_result *day, const report_look *look, base_text *out);

// Adds one JSON object and a new line, in the layout of docs/day.schema.json. PISTE_MEMORY.
PISTE_CHECKED piste_status report_day_json(const piste_resort *resort, const piste_day_result *day, base_text *out);

// The same of a day's sensitivity: one screen, and one JSON object ("format": "piste-lean", docs/guide/day.md).
void report_lean_table(const piste_resort *resort, const piste_lean *lean, const report_look *look, base_text *out);
PISTE_CHECKED piste_status report_lean_json(const piste_resort *resort, const piste_lean *lean, base_text *out);

// A cap: one screen, and one JSON object ("format": "piste-cap", docs/guide/cap.md).
void report_cap_table(const piste_cap *cap, const report_look *look, base_text *out);
PISTE_CHECKED piste_status report_cap_json(const piste_cap *cap, base_text *out);

// A sheet of carrying capacity, and why two differ: one screen, one JSON object and a new line ("format": "piste-ccc" and
// "piste-ccc-difference", docs/guide/ccc.md), a page to print that needs nothing else, a folder as report_day_csv makes it.
// `feet`: vertical in feet for people; programs get metres.
void report_ccc_table(const piste_ccc *sheet, const report_look *look, bool feet, base_text *out);
void report_ccc_difference_table(const piste_ccc_difference *d, const report_look *look, bool feet, base_text *out);
PISTE_CHECKED piste_status report_ccc_json(const piste_ccc *sheet, base_text *out);
PISTE_CHECKED piste_status report_ccc_difference_json(const piste_ccc_difference *d, base_text *out);
PISTE_CHECKED piste_status report_ccc_html(const piste_ccc *sheet, bool feet, base_text *out);
PISTE_CHECKED piste_status report_ccc_difference_html(const piste_ccc_difference *d, bool feet, base_text *out);
PISTE_CHECKED piste_status report_ccc_csv(const piste_ccc *sheet, const char *folder, piste_errors *errors);
PISTE_CHECKED piste_status report_ccc_difference_csv(const piste_ccc_difference *d, const char *folder,
                                                     piste_errors *errors);

// What a resort's scans say of it: a screen, one JSON object ("format": "piste-calibration", docs/guide/calibrate.md),
// and values to be put over those of its resort.yaml. The last: out->failed where there is no memory.
void report_calibration_table(const piste_calibration *calibration, const report_look *look, base_text *out);
PISTE_CHECKED piste_status report_calibration_json(const piste_calibration *calibration, base_text *out);
void report_calibration_yaml(const piste_resort *resort, const piste_calibration *calibration, base_text *out);

// Adds one JSON object and a new line: lifts, runs, walks, places, venues and slopes, with their lines in metres on the
// map (or on a schematic drawing where the resort has no geometry). PISTE_MEMORY.
PISTE_CHECKED piste_status report_resort_json(const piste_resort *resort, base_text *out);

// Adds the trail sign as SVG: runs by difficulty, lifts, venues, names, and their lists, in a language (NULL: the resort's
// own). PISTE_MEMORY.
PISTE_CHECKED piste_status report_map_svg(const piste_resort *resort, const char *language, base_text *out);

// Whether this build holds the browser pages (-Dweb=disabled leaves them out).
bool report_has_pages(void);
// Adds one page of HTML that holds the day, the resort and all that shows them; it asks for no other file. Without pages
// in this build: PISTE_NOT_FOUND, told in `errors`. PISTE_MEMORY.
PISTE_CHECKED piste_status report_day_html(const piste_resort *resort, const piste_day_result *day, piste_errors *errors,
                                           base_text *out);
// The same of the resort alone: its map and its lists, names in a language.
PISTE_CHECKED piste_status report_map_html(const piste_resort *resort, const char *language, piste_errors *errors, base_text *out);

// Whether a folder could be filled: PISTE_EXISTS where it is there and not empty, or is no folder.
PISTE_CHECKED piste_status report_csv_check(const char *folder, piste_errors *errors);
// Creates the folder where it is not there and fills it with the files of docs/guide/day.md. `run` is the day that the
// result is of; where it is NULL, parties.csv has no lines. Refuses what report_csv_check refuses; takes back what it
// wrote where it fails.
PISTE_CHECKED piste_status report_day_csv(const piste_resort *resort, const piste_day_result *day, const piste_day *run,
                                          const char *folder, piste_errors *errors);

// Adds one line of JSON: {"second":33303,"act":"board","party":12,"size":2,"segment":"hotel","lift":"sky-lift"}.
// What does not apply (-1 in the event) is left out. Made to be called a million times for one day.
void report_event_line(const piste_resort *resort, const piste_event *event, base_text *out);

// A file of event lines, written as they happen. A regular file appears under its name only once it is closed and kept.
typedef struct report_events report_events;
// "-" is standard output. PISTE_IO, PISTE_NOT_FOUND (no such folder), PISTE_MEMORY.
PISTE_CHECKED piste_status report_events_open(const char *path, const piste_resort *resort, piste_errors *errors,
                                              report_events **events);
// The listener of a piste_day_def; `events` is its context. What fails is remembered, later lines are dropped.
void report_events_hear(void *events, const piste_event *event);
bool report_events_have_failed(const report_events *events);
// Writes what is left and gives the file its name, or takes it back where `keep` is false or a write failed. Frees
// `events`; NULL is closed already.
PISTE_CHECKED piste_status report_events_close(report_events *events, bool keep, piste_errors *errors);

// ---- passes to print ----------------------------------------------------------------------------------------------

// What a card says: 85.6 x 53.98 mm, the size of a bank card, with the token as a QR code of 41 x 41 modules of 0.8 mm.
typedef struct report_card {
    const char *token;                // its text
    const char *id;                   // of the pass
    const char *resort, *product, *holder, *valid, *opens;
    const char *counts;               // "10 points", "" where nothing is counted
    const char *name;                 // printed where given, "" otherwise; it is nowhere else
    piste_date date;                  // that the file says it is of
} report_card;

// Adds one card as SVG, or one page for each card as PDF. Letters are drawn (SVG) or embedded (PDF): nothing needs fonts
// later. PISTE_NOT_FOUND: no font of this machine has one of the letters. PISTE_MEMORY; PISTE_LIMIT: not a token.
PISTE_CHECKED piste_status report_card_svg(const report_card *card, piste_errors *errors, base_text *out);
// The token's code alone, black on white with its quiet zone, as SVG of one path.
PISTE_CHECKED piste_status report_code_svg(const char *token, base_text *out);
PISTE_CHECKED piste_status report_card_pdf(const report_card *cards, size_t count, piste_errors *errors, base_text *out);

#endif
