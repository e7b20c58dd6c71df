// names.h - every entry of a resort that has a name, whatever its kind: found by the schema table.
#ifndef RESORT_NAMES_H
#define RESORT_NAMES_H

#include "resort/schema.h"

typedef struct names_entry {
    const char *kind;          // key of its list: "lifts", "rooms"; of the resort itself "resort"
    const piste_entry *entry;
    const piste_entry *parent; // of a list within another entry, such as a venue's rooms; NULL otherwise
    const char *name;          // NULL or "" where it has none
} names_entry;

// In the order of the schema. A price's name is its product.
void names_walk(const piste_resort *resort, void (*each)(void *context, const names_entry *one), void *context);

#endif
