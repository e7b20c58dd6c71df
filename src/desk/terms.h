// terms.h - what is sold and on which terms, in memory: products, classes, prices, roundings, providers, as the
// catalogue's acts told them.
//
// They change seldom and every quote needs them, so they are read when the head says that an act has changed them
// (head.terms is the entry of the last one), and not for every order. A writer has one copy and the reader another;
// each is used by one thread at a time.
#ifndef DESK_TERMS_H
#define DESK_TERMS_H

#include "desk/desk.h"

typedef struct terms_product {
    char *key, *kind;
    int64_t days;
    json_t *takes;
    bool is_personal; // it is sold to somebody of whom something is to be known (purpose.c)
} terms_product;

typedef struct terms_class {
    char *key, *name;
    int64_t age_from, age_until, group_from;
} terms_class;

typedef struct terms_price {
    int product, class_index; // indices; a price of an unknown product or class is not here
    char currency[4];
    int64_t amount_minor, early_days;
    piste_date from, until;
    char *limited, *agency, *name;
} terms_price;

typedef struct terms_rounding {
    char currency[4], *tender, mode[8];
    int64_t step_minor;
} terms_rounding;

typedef struct desk_terms {
    int64_t version; // head.terms when they were read; -1: they were not
    base_arena *arena;
    struct {
        terms_product *list;
        int count;
    } products;
    struct {
        terms_class *list;
        int count;
    } classes;
    struct {
        terms_price *list;
        int count;
    } prices; // in the order in which they were told
    struct {
        terms_rounding *list;
        int count;
    } roundings;
    struct {
        char **list;
        int count;
    } providers; // the keys of those that are spoken to (charge.c)
} desk_terms;

// Those that are in force for this act; they live until the act ends.
PISTE_CHECKED piste_status desk_terms_get(desk_act *a, const desk_terms **terms);
void desk_terms_release(desk_terms *t); // back to {.version = -1}
// -1 where there is none of that key.
int desk_terms_find_product(const desk_terms *t, const char *key);

#endif
