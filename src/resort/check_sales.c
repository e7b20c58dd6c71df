// check_sales.c - what is sold: prices, the currencies they are in, the rates between these.
#include <stdlib.h>
#include <string.h>

#include "resort/check.h"

static bool is_taken(const piste_tariff *t, const char *currency) {
    for (int32_t i = 0; i < t->currencies.count; i++)
        if (strcmp(t->currencies.list[i], currency) == 0)
            return true;
    return false;
}

static const char *taken_text(check *c, const piste_tariff *t) {
    const char *text = "";
    for (int32_t i = 0; i < t->currencies.count && i < 12; i++)
        text = check_text(c, "%s%s%s", text, i ? ", " : "", t->currencies.list[i]);
    return text;
}

static void price_currency(check *c, const piste_entry *entry, const char *field, const char *subject, const char *currency) {
    const piste_tariff *t = &c->resort->tariff;
    if (!currency || is_taken(t, currency))
        return;
    if (!t->currency || !*t->currency)
        check_tell(c, CHECK_PRICE_CURRENCY, check_line(entry, field), subject, check_text(c, "a price in %s, yet there is no tariff that says what is taken", currency),
                   check_text(c, "add a tariff with currency: %s and currencies: [%s]", currency, currency));
    else
        check_tell(c, CHECK_PRICE_CURRENCY, check_line(entry, field), subject, check_text(c, "a price in %s, while %s are taken", currency, taken_text(c, t)),
                   check_text(c, "add %s to the tariff's currencies (line %d), or give the price in %s", currency, check_line(&t->entry, "currencies"), t->currency));
}

// ---- rates ----------------------------------------------------------------------------------------------------------

static bool joins(const piste_rate *rate, const char *a, const char *b) {
    return (strcmp(rate->from, a) == 0 && strcmp(rate->to, b) == 0) || (strcmp(rate->from, b) == 0 && strcmp(rate->to, a) == 0);
}

static const piste_rate *newest(const piste_tariff *t, const char *a, const char *b) {
    const piste_rate *best = NULL;
    for (int32_t i = 0; i < t->rates.count; i++)
        if (joins(&t->rates.list[i], a, b) && (!best || t->rates.list[i].date > best->date))
            best = &t->rates.list[i];
    return best;
}

static void rates(check *c) {
    const piste_resort *r = c->resort;
    const piste_tariff *t = &r->tariff;
    // No clock is read: a rate's age is counted to the date that the resort was loaded for.
    piste_date today = r->as_of != PISTE_DATE_NONE ? r->as_of : r->season_from;
    for (int32_t i = 0; i < t->currencies.count; i++) {
        const char *taken = t->currencies.list[i];
        if (strcmp(taken, t->currency) == 0)
            continue;
        const piste_rate *rate = newest(t, taken, t->currency);
        const char *subject = check_text(c, "tariff %s", taken);
        if (!rate)
            check_tell(c, CHECK_NO_RATE, check_line(&t->entry, "currencies"), subject, check_text(c, "%s is taken, and there is no rate between it and %s, the books' currency", taken, t->currency),
                       check_text(c, "add a rate {from: %s, to: %s, rate: ..., date: ..., source: ...}, or do not take %s", taken, t->currency, taken));
        else if (today != PISTE_DATE_NONE && today - rate->date > 3 * 365) {
            char date[11];
            piste_date_format(rate->date, date);
            check_tell(c, CHECK_OLD_RATE, check_line(&rate->entry, "date"), subject,
                       check_text(c, "the newest rate between %s and %s is of %s, %.1f years before", rate->from, rate->to, date, (today - rate->date) / 365.25),
                       "add a newer quote; the old one may stay");
        }
    }
}

// ---- prices and classes -----------------------------------------------------------------------------------------------

static int by_what(const void *a, const void *b) {
    const piste_price *x = *(const piste_price *const *)a, *y = *(const piste_price *const *)b;
    int order = strcmp(x->product, y->product);
    order = order ? order : x->price_class.index - y->price_class.index;
    order = order ? order : strcmp(x->currency, y->currency);
    return order ? order : x->entry.line - y->entry.line;
}

static bool same_thing(const piste_price *x, const piste_price *y) {
    return strcmp(x->product, y->product) == 0 && x->price_class.index == y->price_class.index && strcmp(x->currency, y->currency) == 0;
}

static void prices_twice(check *c) {
    const piste_tariff *t = &c->resort->tariff;
    const piste_price **sorted = calloc((size_t)t->prices.count + 1, sizeof *sorted);
    if (!sorted) {
        c->no_memory = true;
        return;
    }
    for (int32_t i = 0; i < t->prices.count; i++)
        sorted[i] = &t->prices.list[i];
    qsort(sorted, (size_t)t->prices.count, sizeof *sorted, by_what);
    for (int32_t i = 1; i < t->prices.count; i++)
        if (same_thing(sorted[i], sorted[i - 1]) && check_overlaps_in_time(&sorted[i]->entry, &sorted[i - 1]->entry))
            check_tell(c, CHECK_PRICE_TWICE, sorted[i]->entry.line, check_text(c, "price %s", sorted[i]->product),
                       check_text(c, "another price in %s for class %s stands on line %d for the same time", sorted[i]->currency, sorted[i]->price_class.key, sorted[i - 1]->entry.line),
                       "take one out, or give each its `valid` dates");
    free(sorted);
}

static void classes(check *c) {
    const piste_resort *r = c->resort;
    const piste_tariff *t = &r->tariff;
    bool *priced = calloc((size_t)t->classes.count + 1, sizeof *priced);
    if (!priced) {
        c->no_memory = true;
        return;
    }
    for (int32_t i = 0; i < t->prices.count; i++)
        priced[t->prices.list[i].price_class.index] = true;
    for (int32_t i = 0; i < t->classes.count; i++)
        if (!priced[i])
            check_tell(c, CHECK_CLASS_WITHOUT_PRICE, t->classes.list[i].entry.line, check_subject(c, &t->classes.list[i].entry), "nothing has a price for it",
                       check_text(c, "add a price with class: %s, or take the class out", t->classes.list[i].entry.key));
    free(priced);
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment *s = &r->segments.list[i];
        bool known = !s->price_class || !*s->price_class;
        const char *text = "";
        for (int32_t k = 0; k < t->classes.count && !known; k++) {
            known = strcmp(t->classes.list[k].entry.key, s->price_class) == 0;
            if (k < 8)
                text = check_text(c, "%s%s%s", text, k ? ", " : "", t->classes.list[k].entry.key);
        }
        if (!known)
            check_tell(c, CHECK_CLASS_UNKNOWN, check_line(&s->entry, "price-class"), check_subject(c, &s->entry), check_text(c, "it pays as %s, which is no class of the tariff", s->price_class),
                       *text ? check_text(c, "one of the tariff's classes: %s", text) : "add the class to the tariff, or leave price-class out");
    }
}

void check_sales(check *c) {
    const piste_resort *r = c->resort;
    for (int32_t i = 0; i < r->tariff.prices.count; i++) {
        const piste_price *p = &r->tariff.prices.list[i];
        price_currency(c, &p->entry, "amount", check_text(c, "price %s", p->product), p->currency);
    }
    for (int32_t i = 0; i < r->venues.count; i++)
        for (int32_t k = 0; k < r->venues.list[i].rooms.count; k++) {
            const piste_room *room = &r->venues.list[i].rooms.list[k];
            price_currency(c, &room->entry, "price", check_subject(c, &room->entry), room->currency);
        }
    rates(c);
    prices_twice(c);
    classes(c);
}
