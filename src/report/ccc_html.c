// ccc_html.c - sheets of carrying capacity as a page for a hearing: made to be printed, without a script and without
// anything from elsewhere. Every number carries the mark of what it rests on, and the last table says it in words.
#include <math.h>
#include <string.h>

#include "report/ccc.h"
#include "report/sign.h"

static const char style[] =
    ":root{color-scheme:light}\n"
    "body{font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans CJK "
    "KR',sans-serif;color:#1a2127;background:#fff;"
    "max-width:72rem;margin:0 auto;padding:1.5rem}\n"
    "h1{font-size:1.6rem;line-height:1.2;margin:0 0 .3rem}h2{font-size:1.15rem;margin:1.8rem 0 "
    ".4rem;break-after:avoid}\n"
    "p{margin:.35rem 0;max-width:60rem}.big{font-size:1.1rem}.scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;color:#4a5560;padding:0 0 .3rem}\n"
    "th,td{padding:.25rem .55rem;text-align:right;vertical-align:bottom;border-bottom:1px solid #d5dbe0}\n"
    "th{font-weight:600;border-bottom:2px solid #55606a}td,tbody th{vertical-align:top}\n"
    "td{white-space:nowrap}td.t{white-space:normal}\n"
    "th:first-child,td:first-child,.t{text-align:left}tbody th{font-weight:400;border-bottom:1px solid #d5dbe0}\n"
    "tr.sum th,tr.sum td{font-weight:600;border-top:2px solid #55606a}tr.binds th,tr.binds "
    "td{font-weight:700;background:#fdf0d5}\n"
    ".m{color:#55606a;font-size:.8em;padding-left:.15em}.n{color:#4a5560}\n"
    "@media print{@page{size:A4 "
    "landscape;margin:14mm}body{font-size:10pt;max-width:none;padding:0}.scroll{overflow:visible}\n"
    ".keep{break-inside:avoid}thead{display:table-header-group}tr{break-inside:avoid}tr.binds th,tr.binds "
    "td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

typedef struct html {
    page p;
    base_text *out;
    bool feet;
} html;

static void raw(html *h, const char *text) {
    base_text_add(h->out, text);
}

static void element(html *h, const char *open, const char *text, const char *close) {
    raw(h, open);
    sign_escaped(h->out, text);
    raw(h, close);
}

static void paragraph(html *h, const char *text) {
    element(h, "<p>", text, "</p>\n");
}

static void cell(html *h, const char *text) {
    element(h, "<td>", text, "</td>");
}

static void text_cell(html *h, const char *text) {
    element(h, "<td class=\"t\">", text, "</td>");
}

// A number, its mark, and its source for a pointer that rests on it.
static void marked_cell(html *h, const char *what, const piste_ccc_input *in) {
    if (isnan(in->value)) {
        cell(h, "\xe2\x80\x93");
        return;
    }
    element(h, "<td title=\"", page_format(&h->p, "%s: %s", piste_ccc_basis_word(in->basis), in->source), "\">");
    sign_escaped(h->out, ccc_value(&h->p, what, in->value, h->feet));
    element(h, "<span class=\"m\">", ccc_mark(&h->p, in->basis), "</span></td>");
}

// A table with its head; columns that begin with '<' hold texts.
// Short tables are kept on one sheet of paper.
static void begin_table(html *h, const char *title, const char *caption, const char *const *columns, int count,
                        int32_t rows) {
    raw(h, rows <= 25 ? "<section class=\"keep\">" : "<section>");
    element(h, "<h2>", title, "</h2>\n");
    element(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", title, "\"><table>");
    if (caption)
        element(h, "<caption>", caption, "</caption>");
    raw(h, "\n<thead><tr>");
    for (int i = 0; i < count; i++)
        element(h, columns[i][0] == '<' ? "<th scope=\"col\" class=\"t\">" : "<th scope=\"col\">",
                columns[i] + (columns[i][0] == '<'), "</th>");
    raw(h, "</tr></thead>\n<tbody>\n");
}

static void begin_row(html *h, const char *kind, const char *name) {
    raw(h, *kind ? page_format(&h->p, "<tr class=\"%s\">", kind) : "<tr>");
    element(h, "<th scope=\"row\">", name, "</th>");
}

static void end_row(html *h) {
    raw(h, "</tr>\n");
}

static void end_table(html *h) {
    raw(h, "</tbody></table></div></section>\n");
}

static bool begin_page(html *h, const report_look *look, bool feet, base_text *out, const char *title) {
    *h = (html){.p = {.arena = base_arena_create(), .out = out, .look = look}, .out = out, .feet = feet};
    if (!h->p.arena)
        return false;
    raw(h, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
           "content=\"width=device-width, initial-scale=1\">\n");
    element(h, "<title>", title, "</title>\n");
    raw(h, "<style>\n");
    raw(h, style);
    raw(h, "</style>\n</head>\n<body>\n<main>\n");
    element(h, "<h1>", title, "</h1>\n");
    return true;
}

static piste_status end_page(html *h) {
    raw(h, "</main>\n</body>\n</html>\n");
    base_arena_destroy(h->p.arena);
    return h->out->failed ? PISTE_MEMORY : PISTE_OK;
}

// ---- the sheet -----------------------------------------------------------------------------------------------------

static void add_lifts(html *h, const piste_ccc *s) {
    const char *const columns[] = {"<Lift",
                                   "Design, pph",
                                   "Access",
                                   "Loss",
                                   "Hours",
                                   "Adjusted, pph",
                                   h->feet ? "Rise, ft" : "Rise, m",
                                   h->feet ? "VTF a day" : "VTM a day",
                                   h->feet ? "Demand, ft" : "Demand, m",
                                   "CCC",
                                   "<Serves"};
    begin_table(h, "Lifts",
                "Adjusted pph = design x (1 - access - loss); supply = adjusted pph x hours x rise; CCC = supply / "
                "vertical demand of those it serves.",
                columns, BASE_COUNT(columns), s->lifts.count);
    for (int32_t i = 0; i < s->lifts.count; i++) {
        const piste_ccc_lift *l = &s->lifts.list[i];
        const char *mix = "";
        for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
            if (l->terrain[t] >= 0.005)
                mix = page_format(&h->p, "%s%s%s %s\xc2\xa0%%", mix, *mix ? ", " : "",
                                  piste_ccc_terrain_word((piste_ccc_terrain)t), page_percent(&h->p, l->terrain[t]));
        begin_row(h, "", ccc_name(&h->p, l->name, l->key));
        for (int k = 0; k < PISTE_CCC_RISE_M; k++)
            marked_cell(h, piste_ccc_part_word((piste_ccc_part)k), &l->in[k]);
        cell(h, page_decimal(&h->p, l->adjusted_pph, 0));
        marked_cell(h, "rise_m", &l->in[PISTE_CCC_RISE_M]);
        cell(h, page_decimal(&h->p, ccc_height(l->supply_m, h->feet), 0));
        cell(h, page_decimal(&h->p, ccc_height(l->demand_m, h->feet), 0));
        cell(h, page_decimal(&h->p, l->ccc, 0));
        text_cell(h, *l->remark ? page_format(&h->p, "%s (%s)", mix, l->remark) : mix);
        end_row(h);
    }
    begin_row(h, "sum", "Together");
    for (int k = 0; k < 6; k++)
        cell(h, "");
    cell(h, page_decimal(&h->p, ccc_height(s->supply_m, h->feet), 0));
    cell(h, page_decimal(&h->p, ccc_height(s->demand_m, h->feet), 0));
    cell(h, page_decimal(&h->p, s->ccc, 0));
    cell(h, "");
    end_row(h);
    end_table(h);
}

static void add_classes(html *h, const piste_ccc *s) {
    const char *const columns[] = {"<Class",
                                   "Runs",
                                   "Lifts",
                                   h->feet ? "VTF a day" : "VTM a day",
                                   h->feet ? "Demand, ft" : "Demand, m",
                                   "CCC",
                                   "Of the CCC",
                                   "Of the skiers"};
    begin_table(h, "Classes of terrain",
                "A lift's capacity divides over the classes of the runs that can be lapped on it, by what they hold at "
                "their standard density.",
                columns, BASE_COUNT(columns), PISTE_CCC_TERRAIN_COUNT);
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++) {
        const piste_ccc_class *c = &s->terrain[t];
        begin_row(h, "", piste_ccc_terrain_word((piste_ccc_terrain)t));
        cell(h, page_count(&h->p, c->runs));
        cell(h, page_count(&h->p, c->lifts));
        cell(h, page_decimal(&h->p, ccc_height(c->supply_m, h->feet), 0));
        cell(h, page_decimal(&h->p, ccc_height(c->demand_m, h->feet), 0));
        cell(h, page_decimal(&h->p, c->ccc, 0));
        cell(h, s->ccc > 0 ? page_format(&h->p, "%s %%", page_percent(&h->p, c->ccc / s->ccc)) : "-");
        cell(h, page_format(&h->p, "%s %%", page_percent(&h->p, c->market)));
        end_row(h);
    }
    end_table(h);
}

static void add_demand(html *h, const piste_ccc *s) {
    const char *const columns[] = {"<Ability", h->feet ? "Demand, ft a day" : "Demand, m a day", "Standard error",
                                   "Of the skiers", "<Source"};
    begin_table(h, "Vertical demand", NULL, columns, BASE_COUNT(columns), PISTE_ABILITY_COUNT);
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        const piste_ccc_input *in = &s->demand[a];
        begin_row(h, "", piste_ability_word((piste_ability)a));
        marked_cell(h, "demand", in);
        cell(h, page_decimal(&h->p, ccc_height(in->error, h->feet), 0));
        cell(h, page_format(&h->p, "%s %%", page_decimal(&h->p, s->ability[a] * 100, 1)));
        text_cell(h, in->source);
        end_row(h);
    }
    end_table(h);
}

static void add_limits(html *h, const piste_ccc *s) {
    const char *const columns[] = {"<Limit", "Capacity", "<Of what", "Used by", "Guests a day", "<Remark"};
    begin_table(h, "Limits side by side",
                "Guests a day = capacity / share of the day's guests who use it (on slopes: at one time).", columns,
                BASE_COUNT(columns), s->limits.count);
    for (int32_t i = 0; i < s->limits.count; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        begin_row(h, i == s->binding ? "binds" : "", l->name);
        cell(h, page_decimal(&h->p, l->capacity, 0));
        text_cell(h, l->unit);
        marked_cell(h, "share", &l->share);
        cell(h, ccc_guests(&h->p, l->guests));
        text_cell(h, i == s->binding ? "binds" : isnan(l->guests) ? l->unknown : "");
        end_row(h);
    }
    end_table(h);
}

static void source_row(html *h, const char *whose, const char *what, const piste_ccc_input *in) {
    begin_row(h, "", whose);
    text_cell(h, ccc_label(&h->p, what, h->feet));
    cell(h, ccc_value(&h->p, what, in->value, h->feet));
    cell(h, isnan(in->error) ? "" : ccc_value(&h->p, what, in->error, h->feet));
    text_cell(h, piste_ccc_basis_word(in->basis));
    text_cell(h, in->source);
    end_row(h);
}

static void add_sources(html *h, const piste_ccc *s) {
    static const char *const columns[] = {"<Of", "<Input", "Value", "Standard error", "<Basis", "<Source"};
    begin_table(h, "Where each number comes from", NULL, columns, BASE_COUNT(columns), INT32_MAX);
    for (int32_t i = 0; i < s->lifts.count; i++)
        for (int k = 0; k < PISTE_CCC_PART_COUNT; k++)
            source_row(h, ccc_name(&h->p, s->lifts.list[i].name, s->lifts.list[i].key),
                       piste_ccc_part_word((piste_ccc_part)k), &s->lifts.list[i].in[k]);
    for (int32_t i = 0; i < s->limits.count; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        source_row(h, l->name, "share", &l->share);
        for (int32_t k = 0; k < l->lines.count; k++)
            for (int32_t f = 0; f < l->lines.list[k].count; f++)
                source_row(
                    h,
                    page_format(&h->p, "%s: %s", l->name, ccc_name(&h->p, l->lines.list[k].name, l->lines.list[k].key)),
                    l->lines.list[k].what[f], &l->lines.list[k].in[f]);
    }
    end_table(h);
}

static const report_look plain = {.columns = 1000, .full = true};

piste_status report_ccc_html(const piste_ccc *s, bool feet, base_text *out) {
    html h;
    base_text title = {0};
    char date[16] = "";
    if (s->date != PISTE_DATE_NONE)
        piste_date_format(s->date, date);
    base_text_format(&title, "%s%s%s: carrying capacity", s->resort, *date ? ", " : "", date);
    bool good = !title.failed && begin_page(&h, &plain, feet, out, title.data);
    base_text_release(&title);
    if (!good)
        return PISTE_MEMORY;
    element(&h, "<p class=\"big\">", ccc_summary(&h.p, s, feet), "</p>\n");
    element(&h, "<p class=\"big\">", ccc_binding(&h.p, s), "</p>\n");
    element(&h, "<p class=\"n\">Behind a number: ", page_format(&h.p, "%s. ", ccc_legend(&h.p)), "");
    sign_escaped(out, ccc_uncrowded_text(&h.p, s));
    raw(&h, "</p>\n");
    add_limits(&h, s);
    add_lifts(&h, s);
    add_classes(&h, s);
    add_demand(&h, s);
    if (s->rehearsal.guests) {
        const char *texts[CCC_TEXTS];
        ccc_rehearsal_texts(&h.p, s, feet, texts);
        raw(&h, "<h2>Rehearsed at this capacity</h2>\n");
        for (int i = 0; texts[i]; i++)
            paragraph(&h, texts[i]);
    }
    for (int32_t i = 0; i < s->notes.count; i++)
        paragraph(&h, s->notes.list[i]);
    add_sources(&h, s);
    return end_page(&h);
}

// ---- why two differ ------------------------------------------------------------------------------------------------

static const char *side_text(html *h, const piste_ccc_change *c, bool second) {
    const char *value = ccc_value(&h->p, c->what, second ? c->b : c->a, h->feet);
    return strcmp(c->what, "there") == 0
               ? value
               : page_format(&h->p, "%s %s", value, ccc_mark(&h->p, second ? c->basis_b : c->basis_a));
}

static int32_t add_changes(html *h, const piste_ccc_difference *d, int32_t first) {
    static const char *const columns[] = {"<Of",          "<Input",      "A", "B", "Explains, guests",
                                          "<Source of A", "<Source of B"};
    const char *limit = d->changes.list[first].limit;
    double sum = 0;
    int32_t i = first;
    begin_table(h, ccc_limit_name(d, limit), NULL, columns, BASE_COUNT(columns), INT32_MAX);
    for (; i < d->changes.count && strcmp(d->changes.list[i].limit, limit) == 0; i++) {
        const piste_ccc_change *c = &d->changes.list[i];
        begin_row(h, "", *c->of ? c->of : *c->key ? ccc_name(&h->p, c->name, c->key) : "all");
        text_cell(h, ccc_label(&h->p, c->what, h->feet));
        cell(h, side_text(h, c, false));
        cell(h, side_text(h, c, true));
        cell(h, ccc_signed(&h->p, c->effect, 1));
        text_cell(h, c->source_a);
        text_cell(h, c->source_b);
        end_row(h);
        sum += c->effect;
    }
    begin_row(h, "sum", "Together");
    for (int k = 0; k < 3; k++)
        cell(h, "");
    cell(h, ccc_signed(&h->p, sum, 1));
    cell(h, "");
    cell(h, "");
    end_row(h);
    end_table(h);
    return i;
}

piste_status report_ccc_difference_html(const piste_ccc_difference *d, bool feet, base_text *out) {
    html h;
    if (!begin_page(&h, &plain, feet, out, "Why two carrying capacities differ"))
        return PISTE_MEMORY;
    element(&h, "<p class=\"big\">", ccc_two(&h.p, d), "</p>\n");
    if (d->changes.count == 0)
        paragraph(&h, "Their inputs are alike.");
    else
        paragraph(&h, page_format(&h.p,
                                  "What an input explains is the mean of what changing it does over all orders in "
                                  "which the inputs could be changed (Shapley); they sum to the "
                                  "difference. Behind a number: %s.",
                                  ccc_legend(&h.p)));
    for (int32_t i = 0; i < d->changes.count;)
        i = add_changes(&h, d, i);
    return end_page(&h);
}
