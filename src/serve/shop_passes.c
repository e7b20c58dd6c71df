// shop_passes.c - the passes of an order that is sold: codes for a telephone, cards for a printer; see shop.h.
#include <stdlib.h>

#include "report/report.h"
#include "serve/passes.h"
#include "serve/shop.h"

typedef struct one {
    const json_t *position;
    piste_pass pass;
    char token[PISTE_PASS_TEXT + 1], id[PISTE_PASS_ID_TEXT + 1], valid[PISTE_VALID_TEXT + 1], counts[40];
    base_text opens;
    bool is_revoked, is_waived;
} one;

typedef struct passes {
    serve *serve;
    char language[BASE_LANGUAGE_MAX];
    serve_sold sold; // names in it
    office office;
    bool is_entered; // the office
    json_t *issued;
    json_t *receipt;
    one *list;
    size_t count;
} passes;

static void release(passes *p) {
    for (size_t i = 0; i < p->count; i++)
        base_text_release(&p->list[i].opens);
    free(p->list);
    json_decref(p->receipt);
    json_decref(p->issued);
    json_decref(p->sold.kinds);
    if (p->is_entered)
        serve_office_leave(p->serve, &p->office);
}

static int by_number(const void *a, const void *b) { // the lists are in this order
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void say(const passes *p, one *w) {
    const piste_table *t = p->office.table;
    piste_pass_id_to_text(w->pass.id, w->id);
    if (piste_pass_valid_text(&w->pass, t, w->valid) != PISTE_OK)
        w->valid[0] = 0;
    serve_names_opens(p->serve, t, w->pass.opens, p->language, &w->opens);
    if (w->pass.points)
        snprintf(w->counts, sizeof w->counts, "%d %s", w->pass.points, report_word(p->language, w->pass.points == 1 ? "point" : "points"));
    w->is_revoked = piste_lists_find_revoked(&p->office.lists, w->pass.id);
    w->is_waived = p->office.lists.waived_count &&
                   bsearch(&w->pass.id, p->office.lists.waived, (size_t)p->office.lists.waived_count, sizeof w->pass.id, by_number);
}

static const json_t *issued_of(const passes *p, int64_t position) {
    size_t i;
    const json_t *o;
    json_array_foreach(p->issued, i, o) if (desk_number(o, "position", 0) == position) return o;
    return NULL;
}

static piste_status add(passes *p, const json_t *position) {
    uint8_t token[PISTE_PASS_BYTES];
    const json_t *issued = issued_of(p, desk_number(position, "position", 0));
    const char *text = desk_text(issued, "token");
    if (!*text) // no gate asks for it: a dinner; or it is taken back
        return PISTE_OK;
    one *w = &p->list[p->count];
    piste_status status = piste_pass_from_text(text, strlen(text), token);
    if (status == PISTE_OK)
        status = piste_pass_read(token, &w->pass);
    if (status == PISTE_OK) {
        snprintf(w->token, sizeof w->token, "%s", text);
        w->position = position;
        p->count++;
        say(p, w);
    }
    return status;
}

static bool is_wanted(const serve_request *q, const json_t *position) {
    const json_t *chosen = json_object_get(q->fields, "positions");
    for (size_t i = 0; i < json_array_size(chosen); i++)
        if (desk_number(json_array_get(chosen, i), "position", 0) == desk_number(position, "position", 0))
            return true;
    return !chosen;
}

// Signs the passes of the order's live positions: the same ones each time. false: q is answered.
static bool make(serve_request *q, passes *p) {
    char key[SHOP_KEY_TEXT];
    int64_t order = 0;
    size_t i;
    json_t *position;
    *p = (passes){.serve = q->serve};
    serve_language(q, p->language);
    if (!shop_find(q, "order", key, &order) || !(p->receipt = shop_receipt(q, order)))
        return false;
    const json_t *positions = json_object_get(p->receipt, "positions");
    if (strcmp(desk_text(p->receipt, "state"), "sold") != 0) {
        serve_refuse(q, 409, "not_paid", "there are passes once the order is paid");
        json_decref(p->receipt);
        return false;
    }
    piste_errors *errors = piste_errors_create();
    p->list = calloc(json_array_size(positions) + 1, sizeof *p->list);
    piste_status status = errors && p->list ? PISTE_OK : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = serve_passes_of(q->serve, NULL, "guest", order, errors, &p->issued);
    if (status == PISTE_OK)
        status = serve_office_enter(q->serve, errors, &p->office);
    p->is_entered = status == PISTE_OK;
    if (status == PISTE_OK)
        serve_names_sold(q->serve, p->language, &p->sold);
    json_array_foreach(positions, i, position) {
        if (status == PISTE_OK && strcmp(desk_text(position, "state"), "live") == 0 && is_wanted(q, position))
            status = add(p, position);
    }
    if (status != PISTE_OK) {
        serve_log(q->serve, "error", "passes of order %lld: %s", (long long)order,
                  errors && piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : piste_status_text(status));
        // What is wrong with the office is not told to guests. A calendar that cannot be made is of days before 2000 (piste/pass.h).
        serve_refuse(q, status == PISTE_INVALID ? 409 : piste_status_http_code(status), status == PISTE_INVALID ? "no_pass" : "office",
                     "there are no passes to be had here now: ask at the desk");
        release(p);
    }
    piste_errors_destroy(errors);
    return status == PISTE_OK;
}

// ---- as codes ----------------------------------------------------------------------------------------------------------

static json_t *pass_json(const one *w) {
    base_text svg = {0};
    piste_status status = report_code_svg(w->token, &svg);
    json_t *o = status != PISTE_OK
                    ? NULL
                    : json_pack("{s:O,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:b,s:b,s:b}", "position", json_object_get(w->position, "position"),
                                "pass", w->id, "token", w->token, "svg", svg.data, "valid", w->valid, "opens",
                                w->opens.data ? w->opens.data : "", "counts", w->counts, "from_ms",
                                (json_int_t)piste_minute_second(w->pass.from_min) * 1000, "until_ms",
                                (json_int_t)piste_minute_second(w->pass.until_min) * 1000, "waiver_due",
                                w->pass.waiver_due && !w->is_waived, "is_revoked", w->is_revoked, "is_waived", w->is_waived);
    base_text_release(&svg);
    return o;
}

static void passes_run(serve_request *q) {
    passes p;
    if (!make(q, &p))
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < p.count; i++) {
        json_t *o = pass_json(&p.list[i]);
        if (o)
            json_array_append_new(list, o);
    }
    bool whole = json_array_size(list) == p.count;
    release(&p);
    if (whole)
        serve_answer(q, 200, json_pack("{s:s,s:o}", "status", "ok", "passes", list));
    else {
        json_decref(list);
        serve_answer_status(q, PISTE_MEMORY, NULL);
    }
}

// ---- as cards ----------------------------------------------------------------------------------------------------------

static void answer_cards(serve_request *q, bool as_pdf) {
    passes p;
    if (!make(q, &p))
        return;
    piste_errors *errors = piste_errors_create();
    report_card *cards = calloc(p.count + 1, sizeof *cards);
    base_text out = {0};
    piste_status status = !cards || !errors ? PISTE_MEMORY : p.count ? PISTE_OK : PISTE_NOT_FOUND;
    for (size_t i = 0; cards && i < p.count; i++) {
        const one *w = &p.list[i];
        char *to = strcmp(report_word(p.language, "points"), "points") == 0 ? NULL : strstr(p.list[i].valid, " to ");
        if (to) { // in other languages with a dash, which is a byte longer
            memmove(to + 5, to + 4, strlen(to + 4) + 1);
            memcpy(to, " – ", 5);
        }
        cards[i] = (report_card){.token = w->token, .id = w->id,
                                 .resort = piste_entry_name_in(&p.serve->resort->entry, p.language, p.office.table->resort),
                                 .product = serve_names_find(&p.sold, "products", desk_text(w->position, "product"), desk_text(w->position, "name")),
                                 .holder = serve_names_find(&p.sold, "classes", desk_text(w->position, "class"), desk_text(w->position, "class_name")),
                                 .valid = w->valid, .opens = w->opens.data ? w->opens.data : "", .counts = w->counts, .name = "",
                                 .date = desk_date(w->position, "date", 0)};
    }
    if (status == PISTE_OK)
        status = as_pdf ? report_card_pdf(cards, p.count, errors, &out) : report_card_svg(&cards[0], errors, &out);
    release(&p);
    free(cards);
    serve_answer_made(q, as_pdf ? "application/pdf" : "image/svg+xml", status, errors, &out);
    piste_errors_destroy(errors);
}

static void pdf_run(serve_request *q) {
    answer_cards(q, true);
}
static void svg_run(serve_request *q) {
    answer_cards(q, false);
}

// ---- routes ------------------------------------------------------------------------------------------------------------

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

static const desk_field line_fields[] = {
    {"position", DESK_INT, true, 1, DESK_LINES_MAX, NULL, "its number in the order"},
    END,
};
static const desk_field passes_fields[] = {
    SHOP_CODE,
    {"positions", DESK_LIST, false, 1, 1000, line_fields, "which of it; all where not given"},
    {"language", DESK_TEXT, false, 0, BASE_LANGUAGE_MAX - 1, NULL, "of names and words, such as ko; otherwise the browser's first"},
    END,
};

const serve_route serve_shop_pass_routes[] = {
    {"POST", "/api/shop/orders/{order}/passes", SERVE_ANYONE, passes_fields, NULL, passes_run, SERVE_WAITS, NULL,
     "the passes of an order that is sold, each as a token and its code", NULL},
    {"POST", "/api/shop/orders/{order}/cards.pdf", SERVE_ANYONE, passes_fields, NULL, pdf_run, SERVE_WAITS, "application/pdf",
     "the same as cards to print, a page each", NULL},
    {"POST", "/api/shop/orders/{order}/card.svg", SERVE_ANYONE, passes_fields, NULL, svg_run, SERVE_WAITS, "image/svg+xml",
     "the first of them as a picture", NULL},
    {0},
};
