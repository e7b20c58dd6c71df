// pass_card.c - a pass on paper: cairo draws, pango sets text in any script, libqrencode makes the code.
//
// Pango keeps a font map for each thread, so that threads may print at the same time. A PDF says the pass's date as its own:
// the same pass is the same file.
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include "report/report.h"

#define MM (72 / 25.4) // a point is 1/72 of an inch
#define CARD_WIDTH 85.6
#define CARD_HEIGHT 53.98
#define MODULE 0.8
#define QUIET 4 // modules, of white around the code
#define MARGIN 3.0

typedef struct sheet {
    cairo_t *cairo;
    PangoContext *context;
    piste_errors *errors;
    piste_status status;
} sheet;

typedef struct style {
    const char *font;
    double size_pt;
    int lines; // at the most; what is longer ends with an ellipsis
} style;

// Sets text from (x_mm, y_mm) on; returns where the next line begins.
static double set_text(sheet *s, const char *text, style look, double x_mm, double y_mm, double width_mm) {
    if (!*text)
        return y_mm;
    PangoLayout *layout = pango_layout_new(s->context);
    PangoFontDescription *font = pango_font_description_from_string(look.font);
    pango_font_description_set_size(font, (int)(look.size_pt * PANGO_SCALE));
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)(width_mm * MM * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, -look.lines);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_text(layout, text, -1);
    if (pango_layout_get_unknown_glyphs_count(layout) > 0 && s->status == PISTE_OK)
        s->status = piste_errors_add(s->errors, PISTE_NOT_FOUND, NULL, 0, 0,
                                     "no font of this machine has all the letters of '%s'; Debian's fonts-noto-cjk has most", text);
    int height = 0;
    cairo_move_to(s->cairo, x_mm * MM, y_mm * MM);
    pango_cairo_show_layout(s->cairo, layout);
    pango_layout_get_size(layout, NULL, &height);
    pango_font_description_free(font);
    g_object_unref(layout);
    return y_mm + height / (double)PANGO_SCALE / MM + 0.4;
}

static double draw_code(sheet *s, const char *token, double x_mm, double y_mm) {
    QRcode *code = QRcode_encodeString(token, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code || code->width > 41) {
        if (s->status == PISTE_OK)
            s->status = piste_errors_add(s->errors, code ? PISTE_LIMIT : PISTE_MEMORY, NULL, 0, 0, "the token makes no code of 41 modules");
        QRcode_free(code);
        return 0;
    }
    cairo_set_antialias(s->cairo, CAIRO_ANTIALIAS_NONE);
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width;) { // runs of black: no seams between modules
            int first = column;
            while (column < code->width && (code->data[row * code->width + column] & 1))
                column++;
            if (column > first)
                cairo_rectangle(s->cairo, (x_mm + (first + QUIET) * MODULE) * MM, (y_mm + (row + QUIET) * MODULE) * MM,
                                (column - first) * MODULE * MM, MODULE * MM);
            column += column == first;
        }
    cairo_fill(s->cairo);
    cairo_set_antialias(s->cairo, CAIRO_ANTIALIAS_DEFAULT);
    double side = (code->width + 2 * QUIET) * MODULE;
    QRcode_free(code);
    return side;
}

static void draw_card(sheet *s, const report_card *card) {
    static const char plain[] = "Noto Sans, Noto Sans CJK KR, DejaVu Sans, Sans";
    static const char bold[] = "Noto Sans, Noto Sans CJK KR, DejaVu Sans, Sans Bold";
    static const char fixed[] = "Noto Sans Mono, DejaVu Sans Mono, Monospace";
    cairo_set_source_rgb(s->cairo, 1, 1, 1);
    cairo_paint(s->cairo);
    cairo_set_source_rgb(s->cairo, 0, 0, 0);
    set_text(s, card->resort, (style){bold, 8, 1}, QUIET * MODULE, 2, CARD_WIDTH - 2 * QUIET * MODULE);
    double side = draw_code(s, card->token, 0, 5.5), x = side + 0.5, width = CARD_WIDTH - x - MARGIN;
    // Fonts for Hangul have high lines: what is last has a second one where there is room.
    double y = set_text(s, card->product, (style){bold, 10, 2}, x, 7, width);
    y = set_text(s, card->counts, (style){bold, 8, 1}, x, y, width);
    y = set_text(s, card->holder, (style){plain, 8, 1}, x, y, width);
    y = set_text(s, card->name, (style){bold, 8, 2}, x, y, width);
    y = set_text(s, card->valid, (style){plain, 7, 3}, x, y, width);
    set_text(s, card->opens, (style){plain, 6.5, y < CARD_HEIGHT - 7.5 ? 2 : 1}, x, y, width);
    set_text(s, card->id, (style){fixed, 7, 1}, QUIET * MODULE, CARD_HEIGHT - 7, side);
}

static cairo_status_t keep(void *out, const unsigned char *data, unsigned int length) {
    base_text_add_bytes(out, (const char *)data, length);
    return ((base_text *)out)->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

// Draws the cards, a page each, and ends the surface, which is dropped.
static piste_status draw(cairo_surface_t *surface, const report_card *cards, size_t count, piste_errors *errors) {
    sheet s = {.cairo = cairo_create(surface), .errors = errors};
    s.context = pango_cairo_create_context(s.cairo);
    for (size_t i = 0; i < count; i++) {
        draw_card(&s, &cards[i]);
        if (count > 1)
            cairo_show_page(s.cairo);
    }
    bool well = cairo_status(s.cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(s.cairo);
    cairo_surface_finish(surface);
    well = well && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    g_object_unref(s.context);
    if (!well && s.status == PISTE_OK)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory to draw the pass");
    return s.status;
}

piste_status report_card_svg(const report_card *card, piste_errors *errors, base_text *out) {
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(keep, out, CARD_WIDTH * MM, CARD_HEIGHT * MM);
    return draw(surface, card, 1, errors);
}

piste_status report_code_svg(const char *token, base_text *out) {
    QRcode *code = QRcode_encodeString(token, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code)
        return PISTE_MEMORY;
    int side = code->width + 2 * QUIET;
    base_text_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\"><path "
                          "fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"", side, side, side, side);
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width;) {
            int first = column;
            while (column < code->width && (code->data[row * code->width + column] & 1))
                column++;
            if (column > first)
                base_text_format(out, "M%d %dh%dv1h-%dz", first + QUIET, row + QUIET, column - first, column - first);
            column += column == first;
        }
    base_text_add(out, "\"/></svg>");
    QRcode_free(code);
    return out->failed ? PISTE_MEMORY : PISTE_OK;
}

piste_status report_card_pdf(const report_card *cards, size_t count, piste_errors *errors, base_text *out) {
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(keep, out, CARD_WIDTH * MM, CARD_HEIGHT * MM);
    char date[11], time[32];
    piste_date_format(cards[0].date, date);
    snprintf(time, sizeof time, "%sT00:00:00Z", date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, time);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, cards[0].product);
    return draw(surface, cards, count, errors);
}
