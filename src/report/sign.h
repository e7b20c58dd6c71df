// sign.h - what the files of the trail sign share: the sheet, how each kind of thing is drawn, where texts find room.
#ifndef REPORT_SIGN_H
#define REPORT_SIGN_H

#include "report/inside.h"
#include "report/map.h"

// How runs of one difficulty look. Colour follows the convention; dash, width and symbol tell them apart without it.
typedef struct sign_style {
    const char *colour, *dash; // dash "": solid
    double width;
    bool twin;                 // a light line in the middle
} sign_style;

typedef struct sign_disc { // room that is taken, as discs
    double x, y, r;
} sign_disc;

typedef struct sign {
    const piste_resort *resort; // with its names in the language
    const char *language;
    base_arena *arena;
    base_text *out;
    map_plan plan;
    double scale, across;      // pixels of one metre upwards and sideways: alike, but for schematic drawings
    double left, top, width, height; // of the map on the sheet, in pixels
    sign_disc *discs;
    int32_t disc_count, disc_room;
    bool nameless;             // no run has a name
    bool failed;
} sign;

enum { SIGN_WIDTH = 1200, SIGN_MARGIN = 30 };

sign_style sign_style_of(int32_t convention, int32_t difficulty);
// The sign's words for a difficulty ("More difficult").
const char *sign_difficulty_text(int32_t convention, int32_t difficulty);
bool sign_lift_is_aerial(int32_t type);

// ---- writing ----------------------------------------------------------------------------------------------------

page sign_page(const sign *s);                            // for page_format and its like
void sign_number(base_text *out, double value);           // one decimal, none where it is 0; no locale's point
void sign_escaped(base_text *out, const char *text);      // inert in XML, in text and in attributes
void sign_text(sign *s, double x, double y, const char *class, const char *text);
double sign_text_width(const char *text, double size);    // a guess that rather exceeds
// The symbol of a difficulty, of a kind of lift, of a kind of venue: about 18 px wide around (x, y).
void sign_difficulty_symbol(sign *s, int32_t difficulty, double x, double y);
void sign_lift_symbol(sign *s, int32_t type, double x, double y);
void sign_venue_symbol(sign *s, int32_t kind, double x, double y);
const char *sign_venue_letters(int32_t kind);

// ---- room -------------------------------------------------------------------------------------------------------

bool sign_is_free(const sign *s, double x, double y, double r);
void sign_take(sign *s, double x, double y, double r);
map_point sign_at(const sign *s, map_point p);             // on the sheet
// Writes `text` beside a line, where it fits without touching another; `must`: looks further away, too. False where it
// found no room.
bool sign_label(sign *s, const map_line *line, const char *class, double size, const char *text, bool must);

// What a run is called on the sign: its name, or its key where no run of the resort has a name; "" otherwise.
const char *sign_run_name(const sign *s, const piste_run *run);
// The lists below the map; returns where they end.
double sign_legend(sign *s, double y);

#endif
