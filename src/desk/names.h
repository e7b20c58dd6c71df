// names.h - what guests read in their own languages: names of products, classes, prices and purposes, reasons of rules.
//
//     {"act":"product",...,"name":"Day pass","names":[{"language":"ko","name":"하루표"}]}
//
// A name stands in the resort's own language with the thing itself; the others stand here, by kind and key. What an act
// tells takes the place of what was told before. They are looked up when something is shown: records keep the key.
#ifndef DESK_NAMES_H
#define DESK_NAMES_H

#include "desk/desk.h"

enum { DESK_NAMES_MAX = 40 }; // languages of one

extern const char desk_names_tables[];
extern const desk_field desk_name_fields[];
#define DESK_NAMES {"names", DESK_LIST, false, 0, DESK_NAMES_MAX, desk_name_fields, "the same in other languages"}

// Of an act: keeps its `names` for what is called `key` among its kind ("products"). What is told without any has none then.
PISTE_CHECKED piste_status desk_names_tell(desk_act *a, const char *kind, const char *key);
// Adds to `kinds` ({"products": {"day-pass": "하루표"}, ...}) what there is for somebody who reads the language.
PISTE_CHECKED piste_status desk_names_in(desk *d, const char *language, json_t *kinds);

#endif
