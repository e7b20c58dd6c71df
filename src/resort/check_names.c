// check_names.c - languages that some entries have names in and others lack. A resort that is translated in part is
// common: each language is told once, with how many lack it and the first few.
#include <string.h>

#include "resort/check.h"
#include "resort/names.h"

enum { SHOWN = 5 };

typedef struct languages { // that names are given in, in the order in which they are met
    const char *list[PISTE_LANGUAGES_MAX];
    int32_t count;
} languages;

typedef struct lacking { // of one language
    check *check;
    const char *language, *text;
    int32_t named, count, line;
} lacking;

static bool has(const piste_entry *entry, const char *language) {
    for (int32_t i = 0; i < entry->names_count; i++)
        if (strcmp(entry->names[i].language, language) == 0)
            return true;
    return false;
}

static void collect(void *context, const names_entry *one) {
    languages *l = context;
    for (int32_t i = 0; i < one->entry->names_count; i++) {
        const char *language = one->entry->names[i].language;
        bool is_known = false;
        for (int32_t k = 0; k < l->count && !is_known; k++)
            is_known = strcmp(l->list[k], language) == 0;
        if (!is_known && l->count < PISTE_LANGUAGES_MAX)
            l->list[l->count++] = language;
    }
}

// Of a product the names at one price are enough, and it counts once. false: not at this one.
static bool product(const piste_tariff *t, const names_entry *one, const char *language, bool *lacks) {
    for (const piste_price *p = t->prices.list; p < t->prices.list + t->prices.count; p++) {
        if (strcmp(p->product, one->name) != 0)
            continue;
        if (&p->entry < one->entry) // it has counted
            return false;
        *lacks &= !has(&p->entry, language);
    }
    return true;
}

static void count(void *context, const names_entry *one) {
    lacking *l = context;
    bool is_price = strcmp(one->kind, "prices") == 0;
    const char *key = is_price ? one->name : one->entry->key, *above = one->parent ? one->parent->key : NULL; // the resort has none
    bool lacks = !has(one->entry, l->language);
    if (!one->name || !*one->name || (one->entry->key && strcmp(one->name, one->entry->key) == 0))
        return; // nobody calls it anything: its key stands for a name
    if (is_price && !product(&l->check->resort->tariff, one, l->language, &lacks))
        return;
    l->named++;
    if (!lacks)
        return;
    l->line = l->line ? l->line : one->entry->line;
    if (l->count++ < SHOWN)
        l->text = check_text(l->check, "%s%s%s%s%s%s%s", l->text, l->count > 1 ? ", " : "", one->kind, key ? "." : "", above ? above : "", above ? "." : "", key ? key : "");
}

static void tell_own(check *c, const char *own) {
    const piste_entry *resort = &c->resort->entry;
    check_tell(c, CHECK_NAMES_OWN, check_line(resort, "language name"), "resort",
               check_text(c, "names are given in %s, the language that `name` is in%s", own, piste_entry_field_line(resort, "language") ? "" : " where none is told"),
               "tell the language that each `name` is in as `language`, or leave these out");
}

static void tell_lacking(check *c, const char *language) {
    lacking l = {.check = c, .language = language, .text = ""};
    names_walk(c->resort, count, &l);
    if (l.count)
        check_tell(c, CHECK_NAMES_LACKING, l.line, check_text(c, "names in %s", language),
                   check_text(c, "%d of %d entries lack one: %s%s", l.count, l.named, l.text, l.count > SHOWN ? check_text(c, " and %d more", l.count - SHOWN) : ""),
                   check_text(c, "add them as `names: {%s: ...}`, or leave it: readers are shown the resort's own", language));
}

void check_names(check *c) {
    const char *own = c->resort->language ? c->resort->language : "";
    languages all = {.count = 0};
    names_walk(c->resort, collect, &all);
    for (int32_t i = 0; i < all.count; i++)
        if (strcmp(all.list[i], own) == 0)
            tell_own(c, own);
        else
            tell_lacking(c, all.list[i]);
}
