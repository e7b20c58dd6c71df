// sign_symbols.c - the look of a trail sign's things: lines by difficulty, symbols of lifts and venues, texts.
#include <string.h>

#include "report/sign.h"

#define GREEN "#1a7f37"
#define BLUE "#0b5cad"
#define RED "#d1242f"
#define BLACK "#14181d"
#define ORANGE "#b35900"

sign_style sign_style_of(int32_t convention, int32_t difficulty) {
    static const char *const colours[3][PISTE_DIFFICULTY_COUNT] = {
        [PISTE_CONVENTION_EUROPE] = {GREEN, BLUE, RED, BLACK, BLACK, ORANGE, ORANGE},
        [PISTE_CONVENTION_NORTH_AMERICA] = {GREEN, GREEN, BLUE, BLACK, BLACK, ORANGE, ORANGE},
        [PISTE_CONVENTION_JAPAN] = {GREEN, GREEN, RED, BLACK, BLACK, ORANGE, ORANGE}};
    static const sign_style styles[PISTE_DIFFICULTY_COUNT] = {
        {"", "0.1 8", 5, false}, {"", "", 4, false},       {"", "16 5", 4.5, false}, {"", "", 6, true},
        {"", "14 4", 7, true},   {"", "3 7", 4, false},    {"", "12 5 2 5", 4, false}};
    sign_style style = styles[difficulty];
    style.colour = colours[convention][difficulty];
    return style;
}

const char *sign_difficulty_text(int32_t convention, int32_t difficulty) {
    static const char *const american[] = {"First turns", "Easiest", "More difficult", "Most difficult",
                                           "Experts only", "Freeride", "Extreme"};
    static const char *const other[] = {"Novice", "Easy", "Intermediate", "Advanced", "Expert", "Freeride", "Extreme"};
    return convention == PISTE_CONVENTION_NORTH_AMERICA ? american[difficulty] : other[difficulty];
}

bool sign_lift_is_aerial(int32_t type) {
    return type == PISTE_LIFT_CABLE_CAR || type == PISTE_LIFT_GONDOLA || type == PISTE_LIFT_CHAIR || type == PISTE_LIFT_MIXED;
}

// ---- writing ----------------------------------------------------------------------------------------------------

page sign_page(const sign *s) {
    static const report_look look = {.columns = REPORT_COLUMNS};
    return (page){.arena = s->arena, .out = s->out, .look = &look};
}

void sign_number(base_text *out, double value) {
    int64_t tenths = (int64_t)base_round(value * 10, 0);
    int64_t size = tenths < 0 ? -tenths : tenths;
    base_text_format(out, "%s%lld", tenths < 0 ? "-" : "", (long long)(size / 10));
    if (size % 10)
        base_text_format(out, ".%lld", (long long)(size % 10));
}

void sign_escaped(base_text *out, const char *text) {
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<')
            base_text_add(out, "&lt;");
        else if (c == '>')
            base_text_add(out, "&gt;");
        else if (c == '&')
            base_text_add(out, "&amp;");
        else if (c == '"')
            base_text_add(out, "&quot;");
        else if (c == '\'')
            base_text_add(out, "&#39;");
        else if (c < 0x20 || c == 0x7f)
            base_text_add(out, " ");
        else if (c == 0xef && (unsigned char)text[1] == 0xbf && (unsigned char)text[2] >= 0xbe) { // U+FFFE, U+FFFF: not XML
            base_text_add(out, " ");
            text += 2;
        } else
            base_text_add_bytes(out, text, 1);
    }
}

void sign_text(sign *s, double x, double y, const char *class, const char *text) {
    base_text_add(s->out, "<text x=\"");
    sign_number(s->out, x);
    base_text_add(s->out, "\" y=\"");
    sign_number(s->out, y);
    base_text_format(s->out, "\" class=\"%s\">", class);
    sign_escaped(s->out, text);
    base_text_add(s->out, "</text>\n");
}

double sign_text_width(const char *text, double size) {
    return base_text_columns(text) * size * 0.56;
}

// ---- symbols ----------------------------------------------------------------------------------------------------

static void begin_symbol(sign *s, double x, double y) {
    base_text_add(s->out, "<g transform=\"translate(");
    sign_number(s->out, x);
    base_text_add(s->out, " ");
    sign_number(s->out, y);
    base_text_add(s->out, ")\">");
}

// Shapes as on North American signs, which Europe's and Japan's colours can wear as well: circle, square, diamonds.
void sign_difficulty_symbol(sign *s, int32_t difficulty, double x, double y) {
    static const char *const shapes[PISTE_DIFFICULTY_COUNT] = {
        "<circle r=\"4.5\" fill=\"#fff\" stroke=\"%s\" stroke-width=\"3\"/>",
        "<circle r=\"7\" fill=\"%s\"/>",
        "<rect x=\"-6.5\" y=\"-6.5\" width=\"13\" height=\"13\" fill=\"%s\"/>",
        "<path d=\"M0-8.5 8.5 0 0 8.5-8.5 0z\" fill=\"%s\"/>",
        "<path d=\"M-5-7 2 0-5 7-12 0zM7-7 14 0 7 7 0 0z\" transform=\"translate(-1 0)\" fill=\"%s\"/>",
        "<rect x=\"-9\" y=\"-5.5\" width=\"18\" height=\"11\" rx=\"5.5\" fill=\"%s\"/>",
        "<path d=\"M0-8 9 7H-9z\" fill=\"%s\"/>"};
    begin_symbol(s, x, y);
    const char *shape = shapes[difficulty], *at = strstr(shape, "%s");
    base_text_add_bytes(s->out, shape, (size_t)(at - shape));
    base_text_add(s->out, sign_style_of(s->resort->convention, difficulty).colour);
    base_text_add(s->out, at + 2);
    base_text_add(s->out, "</g>\n");
}

void sign_lift_symbol(sign *s, int32_t type, double x, double y) {
    static const char *const shapes[PISTE_LIFT_TYPE_COUNT] = {
        [PISTE_LIFT_CABLE_CAR] = "M-7-6 7-5M0-5.500V-2M-6-2H6V5H-6zM-2-2V5M2-2V5",
        [PISTE_LIFT_GONDOLA] = "M-5-6.500 5-5.500M0-6V-3M-4-3H4L5 1 4 5H-4L-5 1zM-5 1H5",
        [PISTE_LIFT_CHAIR] = "M2-7V0M-4-3V3H4M-4 3H3L4 6",
        [PISTE_LIFT_MIXED] = "M-1-7V-3M-6-3H0V3H-6zM3-4V3H7",
        [PISTE_LIFT_DRAG] = "M-4-6 2 2M0 5 5 1",
        [PISTE_LIFT_T_BAR] = "M0-6V4M-5 4H5",
        [PISTE_LIFT_J_BAR] = "M0-6V3Q0 5 4 5",
        [PISTE_LIFT_PLATTER] = "M0-6V3M-4 4.500A4 1.500 0 1 0 4 4.500 4 1.500 0 1 0-4 4.500z",
        [PISTE_LIFT_ROPE_TOW] = "M-7 4Q0 2 7-5M-1-1V3",
        [PISTE_LIFT_CARPET] = "M-6 4 4-4H7L-3 4zM-2 1H1M1-1.500H4",
        [PISTE_LIFT_FUNICULAR] = "M-7 6 7-1M-5 1V-5L5-6V-1z",
        [PISTE_LIFT_RAILWAY] = "M-5-6H5V3H-5zM-4 6-2 3M4 6 2 3M-5-1H5"};
    begin_symbol(s, x, y);
    base_text_format(s->out, "<circle r=\"10.5\" class=\"plate\"/><path d=\"%s\" class=\"icon\"/></g>\n", shapes[type]);
}

const char *sign_venue_letters(int32_t kind) {
    static const char *const letters[PISTE_VENUE_KIND_COUNT] = {
        [PISTE_VENUE_TICKET_OFFICE] = "T", [PISTE_VENUE_RENTAL] = "R",    [PISTE_VENUE_LOCKERS] = "L",
        [PISTE_VENUE_SKI_RACKS] = "SR",    [PISTE_VENUE_SCHOOL] = "S",    [PISTE_VENUE_RINK] = "IR",
        [PISTE_VENUE_PARK] = "WP",         [PISTE_VENUE_RESTAURANT] = "F", [PISTE_VENUE_BAR] = "B",
        [PISTE_VENUE_HOTEL] = "H",         [PISTE_VENUE_POOL] = "PL",     [PISTE_VENUE_SAUNA] = "SA",
        [PISTE_VENUE_KARAOKE] = "K",       [PISTE_VENUE_SHOP] = "SH",     [PISTE_VENUE_FIRST_AID] = "+",
        [PISTE_VENUE_BUS_STOP] = "BS",     [PISTE_VENUE_PARKING] = "P",   [PISTE_VENUE_OTHER] = "V"};
    return letters[kind];
}

void sign_venue_symbol(sign *s, int32_t kind, double x, double y) {
    static const char *const groups[] = {"service", "fun", "food", "care"};
    int group = 0;
    if (kind == PISTE_VENUE_RINK || kind == PISTE_VENUE_PARK || kind == PISTE_VENUE_POOL || kind == PISTE_VENUE_SAUNA ||
        kind == PISTE_VENUE_KARAOKE)
        group = 1;
    else if (kind == PISTE_VENUE_RESTAURANT || kind == PISTE_VENUE_BAR || kind == PISTE_VENUE_HOTEL)
        group = 2;
    else if (kind == PISTE_VENUE_FIRST_AID)
        group = 3;
    begin_symbol(s, x, y);
    base_text_format(s->out, "<rect x=\"-9\" y=\"-9\" width=\"18\" height=\"18\" rx=\"4\" class=\"%s\"/>", groups[group]);
    base_text_format(s->out, "<text y=\"4\" class=\"letters\">%s</text></g>\n", sign_venue_letters(kind));
}
