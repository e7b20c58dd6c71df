// quote.c - what positions cost, and why, line by line.
//
// A price fits a position when it is of its product, valid on its date, bought early enough, agreed with the order's
// agency or with nobody, and of a class that fits the person: the class that the cashier names, or one with a
// condition (age, size of the group) that the person meets. Of those that fit the lowest counts, the older of equals.
// Then comes off what the agency has agreed (not off a price of its own), and then the voucher.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/order.h"
#include "desk/people.h"

// ---- prices --------------------------------------------------------------------------------------------------------

static bool class_fits(const terms_class *c, const desk_quote_line *l, int persons) {
    if (strcmp(c->key, l->claimed) == 0)
        return true;
    if (c->age_from == 0 && c->age_until == 0 && c->group_from == 0)
        return false;
    bool age = (c->age_from == 0 && c->age_until == 0) ||
               (l->age >= 0 && l->age >= c->age_from && (c->age_until == 0 || l->age <= c->age_until));
    return age && (c->group_from == 0 || persons >= c->group_from);
}

static bool price_fits(const desk_act *a, const desk_quote *q, const terms_price *p, const desk_quote_line *l,
                       int persons) {
    return p->product == l->product_index && p->from <= l->date && p->until >= l->date &&
           p->early_days <= l->date - a->day && (!*p->agency || strcmp(p->agency, q->agency) == 0) &&
           class_fits(&q->terms->classes.list[p->class_index], l, persons);
}

// Whether a price of limited number has a place left; each line of the quote before this one that has it has used one.
static piste_status has_place(desk_act *a, const desk_quote *q, const desk_quote_line *l, const char *limited,
                              bool *has) {
    char slot[11];
    desk_allotment_row r;
    desk_quota_row none = {0};
    int64_t used = 0;
    piste_date_format(l->date, slot);
    piste_status status = desk_allotment_load(a, limited, slot, &r);
    *has = false;
    if (status == PISTE_REFUSED) { // no such allotment on that day: there is none of this price
        a->reason = NULL;
        a->message[0] = 0;
        return PISTE_OK;
    }
    for (const desk_quote_line *before = q->lines; before < l; before++)
        used += strcmp(before->limited, limited) == 0 && before->date == l->date;
    *has = status == PISTE_OK && desk_allotment_free(&r, &none) > used;
    return status;
}

static void read_price(const desk_terms *t, const terms_price *p, desk_quote_line *l) {
    l->class_key = t->classes.list[p->class_index].key;
    l->class_name = t->classes.list[p->class_index].name;
    memcpy(l->asked_currency, p->currency, sizeof l->asked_currency);
    l->asked_minor = p->amount_minor;
    l->valid_from = p->from;
    l->valid_until = p->until;
    l->limited = p->limited;
    l->is_agreed = *p->agency;
    l->price_name = p->name;
}

static piste_status in_order_currency(desk_act *a, desk_quote *q, desk_quote_line *l) {
    desk_money_rate rate;
    if (!*q->currency)
        memcpy(q->currency, l->asked_currency, sizeof q->currency);
    l->list_minor = l->asked_minor;
    if (strcmp(q->currency, l->asked_currency) == 0)
        return PISTE_OK;
    piste_status status = desk_money_rate_find(a, l->asked_currency, q->currency, &rate);
    return status == PISTE_OK ? desk_money_convert(a, &rate, l->asked_minor, &l->list_minor) : status;
}

static piste_status find_price(desk_act *a, desk_quote *q, desk_quote_line *l, int persons) {
    desk_quote_line best = *l;
    bool found = false;
    for (int i = 0; i < q->terms->prices.count; i++) {
        const terms_price *p = &q->terms->prices.list[i];
        desk_quote_line candidate = *l;
        bool has = true;
        if (!price_fits(a, q, p, l, persons))
            continue;
        read_price(q->terms, p, &candidate);
        piste_status status = in_order_currency(a, q, &candidate);
        if (status == PISTE_OK && found && candidate.list_minor >= best.list_minor)
            continue;
        if (status == PISTE_OK && *candidate.limited)
            status = has_place(a, q, l, candidate.limited, &has);
        if (status != PISTE_OK)
            return status;
        if (has) {
            best = candidate;
            found = true;
        }
    }
    char day[11];
    piste_date_format(l->date, day);
    if (!found)
        return desk_refuse(a, "no_price", "%s has no price on %s for %s%s", l->product, day,
                           *l->claimed ? "class " : "anybody", l->claimed);
    *l = best;
    return PISTE_OK;
}

// ---- what comes off ------------------------------------------------------------------------------------------------

typedef struct voucher {
    bool is_given;
    char currency[4], product[41];
    int64_t amount_minor, percent_bp, free;
} voucher;

static piste_status load_voucher(desk_act *a, const desk_quote *q, voucher *v) {
    store_rows *rows = NULL;
    *v = (voucher){0};
    if (!*q->voucher)
        return PISTE_OK;
    piste_status status = STORE_QUERY(
        a->db, &rows,
        "SELECT currency, amount_minor, percent_bp, product FROM voucher WHERE code = $1 AND kind = 'discount'"
        " AND valid_from <= $2 AND valid_until >= $2",
        store_text(q->voucher), store_number(a->day));
    if (status != PISTE_OK)
        return status;
    v->is_given = store_rows_next(rows);
    if (v->is_given) {
        snprintf(v->currency, sizeof v->currency, "%s", store_rows_text(rows, 0));
        v->amount_minor = store_rows_number(rows, 1);
        v->percent_bp = store_rows_number(rows, 2);
        snprintf(v->product, sizeof v->product, "%s", store_rows_text(rows, 3));
    }
    status = store_rows_end(rows);
    desk_allotment_row uses = {.id = 0};
    if (status == PISTE_OK && v->is_given)
        status = desk_allotment_load(a, "voucher", q->voucher, &uses);
    v->free = uses.capacity - uses.taken;
    if (status == PISTE_OK && (!v->is_given || v->free <= 0))
        return desk_refuse(a, "voucher_invalid", "voucher %s %s", q->voucher,
                           v->is_given ? "has been used up" : "is not known or not valid today");
    return status;
}

static piste_status take_off(desk_act *a, const desk_quote *q, desk_quote_line *l, voucher *v) {
    l->price_minor = l->list_minor;
    if (q->discount_bp && !l->is_agreed)
        l->price_minor -= desk_money_share(l->price_minor, q->discount_bp, 10000);
    l->voucher = "";
    if (!v->is_given || v->free <= 0 || l->price_minor == 0 || (*v->product && strcmp(v->product, l->product) != 0))
        return PISTE_OK;
    int64_t off = desk_money_share(l->price_minor, v->percent_bp, 10000);
    if (v->amount_minor) {
        desk_money_rate rate;
        piste_status status = desk_money_rate_find(a, v->currency, q->currency, &rate);
        if (status == PISTE_OK)
            status = desk_money_convert(a, &rate, v->amount_minor, &off);
        if (status != PISTE_OK)
            return status;
    }
    l->price_minor -= off < l->price_minor ? off : l->price_minor;
    l->voucher = q->voucher;
    v->free--;
    return PISTE_OK;
}

static piste_status load_agency(desk_act *a, desk_quote *q) {
    bool found = false;
    if (!*q->agency)
        return PISTE_OK;
    piste_status status = STORE_FIND_NUMBER(a->db, &q->discount_bp, &found,
                                            "SELECT discount_bp FROM agency WHERE key = $1", store_text(q->agency));
    return status == PISTE_OK && !found ? desk_refuse(a, "no_agency", "there is no agency %s", q->agency) : status;
}

// ---- a request's positions -----------------------------------------------------------------------------------------

static int64_t persons_of(const json_t *position) {
    size_t named = json_array_size(json_object_get(position, "persons"));
    return named ? (int64_t)named : desk_number(position, "count", 1);
}

static bool is_as_before(const desk_quote_line *l, const desk_quote_line *before) {
    return strcmp(l->product, before->product) == 0 && strcmp(l->claimed, before->claimed) == 0 &&
           strcmp(l->time, before->time) == 0 && l->date == before->date && l->age == before->age;
}

static piste_status check_person(desk_act *a, const json_t *person, const desk_quote_line *l) {
    const char *nationality = desk_text(person, "nationality");
    char reason[121], day[11];
    bool may = true;
    piste_status status = *nationality ? desk_catalogue_may(a, nationality, l->date, &may, reason) : PISTE_OK;
    piste_date_format(l->date, day);
    return status == PISTE_OK && !may ? desk_refuse(a, "not_eligible", "%s, %s: %s", nationality, day, reason) : status;
}

static piste_status quote_position(desk_act *a, desk_quote *q, const json_t *position, int persons, voucher *v) {
    const json_t *list = json_object_get(position, "persons");
    char day[11];
    for (int64_t i = 0; i < persons_of(position); i++) {
        const json_t *person = json_array_get(list, (size_t)i);
        desk_quote_line *l = &q->lines[q->count];
        const char *own = desk_text(person, "class");
        *l = (desk_quote_line){.product = desk_text(position, "product"),
                               .time = desk_text(position, "time"),
                               .voucher = "",
                               .limited = "",
                               .claimed = *own ? own : desk_text(position, "class"),
                               .date = desk_date(position, "date", a->day),
                               .age = desk_number(person, "age", -1),
                               .person = desk_number(person, "person", 0)};
        piste_date_format(l->date, day);
        if (l->date < a->day)
            return desk_refuse(a, "past", "%s is over", day);
        piste_status status = check_person(a, person, l);
        if (status != PISTE_OK)
            return status;
        const desk_quote_line *before = q->count ? l - 1 : NULL;
        if (before && is_as_before(l, before) && !*before->limited) {
            int64_t someone = l->person;
            *l = *before;
            l->person = someone;
        } else {
            l->product_index = desk_terms_find_product(q->terms, l->product);
            status = l->product_index < 0 ? desk_refuse(a, "no_product", "there is no product %s", l->product)
                                          : find_price(a, q, l, persons);
        }
        if (status == PISTE_OK)
            status = take_off(a, q, l, v);
        if (status != PISTE_OK)
            return status;
        q->total_minor += l->price_minor;
        if (q->total_minor > DESK_MINOR_MAX)
            return desk_invalid(a, "the positions come to more than can be written");
        q->count++;
    }
    return PISTE_OK;
}

piste_status desk_quote_make(desk_act *a, const json_t *request, desk_quote *q) {
    const json_t *positions = json_object_get(request, "positions");
    int64_t persons = 0;
    voucher v;
    *q = (desk_quote){.agency = desk_text(request, "agency"),
                      .channel = desk_text(request, "channel"),
                      .voucher = desk_text(request, "voucher"),
                      .first_position = 1};
    snprintf(q->currency, sizeof q->currency, "%s", desk_text(request, "currency"));
    for (size_t i = 0; i < json_array_size(positions); i++)
        persons += persons_of(json_array_get(positions, i));
    if (persons > DESK_LINES_MAX)
        return desk_invalid(a, "positions: for %" PRId64 " persons, expected at most %d", persons, DESK_LINES_MAX);
    q->lines = calloc((size_t)persons, sizeof *q->lines);
    if (!q->lines)
        return PISTE_MEMORY;
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = desk_terms_get(a, &q->terms);
    if (status == PISTE_OK)
        status = load_agency(a, q);
    if (status == PISTE_OK)
        status = load_voucher(a, q, &v);
    for (size_t i = 0; i < json_array_size(positions) && status == PISTE_OK; i++)
        status = quote_position(a, q, json_array_get(positions, i), (int)persons, &v);
    return status;
}

void desk_quote_release(desk_quote *q) {
    free(q->lines);
}

// ---- the explanation -----------------------------------------------------------------------------------------------

static bool reads_alike(const desk_quote_line *x, const desk_quote_line *y) {
    return x->product_index == y->product_index && strcmp(x->class_key, y->class_key) == 0 &&
           strcmp(x->time, y->time) == 0 && x->date == y->date && x->list_minor == y->list_minor &&
           x->price_minor == y->price_minor && strcmp(x->voucher, y->voucher) == 0 &&
           strcmp(x->price_name, y->price_name) == 0;
}

static void because(json_t *list, const char *format, ...) PISTE_PRINTF(2, 3);
static void because(json_t *list, const char *format, ...) {
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_array_append_new(list, json_string(text));
}

static void explain_rate(desk_act *a, const desk_quote *q, const desk_quote_line *l, json_t *list) {
    desk_money_rate rate;
    char day[11], asked[DESK_MONEY_TEXT];
    if (strcmp(l->asked_currency, q->currency) == 0 ||
        desk_money_rate_find(a, l->asked_currency, q->currency, &rate) != PISTE_OK)
        return;
    piste_date_format(rate.day, day);
    because(list, "%s at %" PRId64 "/%" PRId64 " %s for 1 %s of %s (%s)",
            desk_money_format(l->asked_currency, l->asked_minor, asked), rate.numerator, rate.denominator, rate.to,
            rate.from, day, rate.source);
}

// The same for programs, which tell it in the reader's language.
static json_t *reasons_json(desk_act *a, const desk_quote *q, const desk_quote_line *l) {
    desk_money_rate rate;
    char text[DESK_MONEY_TEXT];
    json_t *o = json_pack("{s:s,s:s,s:b,s:o,s:b,s:s}", "price", l->price_name, "class_name", l->class_name, "by_age", l->age >= 0, "list",
                          desk_money_json(q->currency, l->list_minor), "is_agreed", l->is_agreed, "voucher", l->voucher);
    if (o && l->valid_from != DESK_ALWAYS_FROM)
        json_object_set_new(o, "from", desk_date_json(l->valid_from));
    if (o && l->valid_until != DESK_ALWAYS_UNTIL)
        json_object_set_new(o, "until", desk_date_json(l->valid_until));
    if (o && q->discount_bp && !l->is_agreed) {
        json_object_set_new(o, "agency", json_string(q->agency));
        json_object_set_new(o, "agency_bp", json_integer(q->discount_bp));
    }
    if (!o || strcmp(l->asked_currency, q->currency) == 0 ||
        desk_money_rate_find(a, l->asked_currency, q->currency, &rate) != PISTE_OK)
        return o;
    char day[11];
    piste_date_format(rate.day, day);
    json_object_set_new(o, "rate",
                        json_pack("{s:s,s:s,s:s,s:I,s:I,s:s,s:s}", "asked", desk_money_format(l->asked_currency, l->asked_minor, text),
                                  "from", rate.from, "to", rate.to, "numerator", (json_int_t)rate.numerator, "denominator",
                                  (json_int_t)rate.denominator, "date", day, "source", rate.source));
    return o;
}

static json_t *explain_line(desk_act *a, const desk_quote *q, const desk_quote_line *l) {
    json_t *list = json_array();
    char text[DESK_MONEY_TEXT], from[11], until[11];
    piste_date_format(l->valid_from, from);
    piste_date_format(l->valid_until, until);
    because(list, "%s for %s%s%s: %s", *l->price_name ? l->price_name : "price", l->class_name,
            l->age >= 0 ? " by age or as told" : "", l->is_agreed ? ", agreed with the agency" : "",
            desk_money_format(q->currency, l->list_minor, text));
    if (l->valid_from != DESK_ALWAYS_FROM || l->valid_until != DESK_ALWAYS_UNTIL)
        because(list, "valid %s%s%s%s", l->valid_from != DESK_ALWAYS_FROM ? "from " : "",
                l->valid_from != DESK_ALWAYS_FROM ? from : "", l->valid_until != DESK_ALWAYS_UNTIL ? " until " : "",
                l->valid_until != DESK_ALWAYS_UNTIL ? until : "");
    explain_rate(a, q, l, list);
    if (q->discount_bp && !l->is_agreed)
        because(list, "agency %s: %" PRId64 ".%02" PRId64 " %% off", q->agency, q->discount_bp / 100,
                q->discount_bp % 100);
    if (*l->voucher)
        because(list, "voucher %s", l->voucher);
    return list;
}

json_t *desk_quote_explain(desk_act *a, const desk_quote *q) {
    json_t *lines = json_array();
    for (int i = 0; i < q->count;) {
        const desk_quote_line *l = &q->lines[i];
        int same = 1;
        char day[11], slot[40];
        while (i + same < q->count && reads_alike(l, &q->lines[i + same]))
            same++;
        piste_date_format(l->date, day);
        snprintf(slot, sizeof slot, "%s%s%.20s", day, *l->time ? "T" : "", l->time);
        json_array_append_new(lines, json_pack("{s:i,s:s,s:s,s:s,s:i,s:o,s:o,s:o,s:o}", "position", i + 1, "product",
                                               l->product, "class", l->class_key, "when", slot, "count", same, "each",
                                               desk_money_json(q->currency, l->price_minor), "amount",
                                               desk_money_json(q->currency, same * l->price_minor), "because",
                                               explain_line(a, q, l), "reasons", reasons_json(a, q, l)));
        i += same;
    }
    return lines;
}

// ---- taking --------------------------------------------------------------------------------------------------------

// What a want's texts are, beside the list of wants: both grow, so that they are tied together when they have grown.
typedef struct want_texts {
    char resource[81], slot[40], quota[100];
} want_texts;

typedef struct wanting {
    desk_want *list;
    want_texts *texts;
    size_t count, capacity;
    bool failed, is_too_large;
} wanting;

static want_texts *want(wanting *w, int64_t count, int64_t position) {
    if (w->count == DESK_WANTS_MAX) {
        w->is_too_large = true;
        return NULL;
    }
    if (w->count == w->capacity) {
        w->capacity = w->capacity ? 2 * w->capacity : 8;
        desk_want *list = realloc(w->list, w->capacity * sizeof *list);
        w->list = list ? list : w->list;
        want_texts *texts = realloc(w->texts, w->capacity * sizeof *texts);
        w->texts = texts ? texts : w->texts;
        if (!list || !texts) {
            w->failed = true;
            return NULL;
        }
    }
    w->list[w->count] = (desk_want){.count = count, .position = position};
    want_texts *t = &w->texts[w->count++];
    t->resource[0] = t->slot[0] = t->quota[0] = 0;
    return t;
}

static void want_line(wanting *w, const desk_quote *q, const desk_quote_line *l, int64_t position) {
    const terms_product *p = &q->terms->products.list[l->product_index];
    want_texts *t;
    char day[11];
    for (size_t i = 0; i < json_array_size(p->takes); i++) {
        const json_t *take = json_array_get(p->takes, i);
        bool session = strcmp(desk_text(take, "slot"), "session") == 0;
        for (int64_t d = 0; d < p->days && (t = want(w, desk_number(take, "count", 1), position)); d++) {
            piste_date_format(l->date + (piste_date)d, day);
            snprintf(t->resource, sizeof t->resource, "%s", desk_text(take, "resource"));
            snprintf(t->slot, sizeof t->slot, session ? "%sT%s" : "%s", day, l->time);
            snprintf(t->quota, sizeof t->quota, "%s%s%sclass:%s", *q->channel ? "channel:" : "", q->channel,
                     *q->channel ? "|" : "", l->class_key);
        }
    }
    piste_date_format(l->date, day);
    if (*l->limited && (t = want(w, 1, position))) {
        snprintf(t->resource, sizeof t->resource, "%s", l->limited);
        snprintf(t->slot, sizeof t->slot, "%s", day);
    }
    if (*l->voucher && (t = want(w, 1, position))) {
        snprintf(t->resource, sizeof t->resource, "voucher");
        snprintf(t->slot, sizeof t->slot, "%s", l->voucher);
    }
}

piste_status desk_quote_take(desk_act *a, int64_t order, const desk_quote *q) {
    wanting w = {.list = NULL};
    for (int i = 0; i < q->count && !w.failed && !w.is_too_large; i++)
        want_line(&w, q, &q->lines[i], q->first_position + i);
    for (size_t i = 0; i < w.count && !w.failed; i++) {
        w.list[i].resource = w.texts[i].resource;
        w.list[i].slot = w.texts[i].slot;
        w.list[i].quota = w.texts[i].quota;
    }
    piste_status status = w.failed ? PISTE_MEMORY : PISTE_OK;
    if (w.is_too_large)
        status = desk_invalid(a, "positions: they take more than %d places, counted by day and kind", DESK_WANTS_MAX);
    if (status == PISTE_OK && w.count)
        status = desk_take(a, order, w.list, (int)w.count);
    free(w.list);
    free(w.texts);
    return status;
}
