// read.h - resort.yaml into structs, by the schema; used by load.c alone but for read_other.
#ifndef RESORT_READ_H
#define RESORT_READ_H

#include "base/base.h"
#include "resort/schema.h"

// Reads a whole YAML text as `schema_resort` into *resort (zeroed by the caller). Entries that are not valid on the date
// are read, checked and left out. `as_of` PISTE_DATE_NONE: the file's own `as-of`, otherwise nothing is left out.
// Errors are added to the list, in any order; the status is the first one's. Memory comes from the arena.
// `changes` (NULL: none) are made to the text's values before they are read.
PISTE_CHECKED piste_status read_resort(const char *file, const char *data, size_t length, piste_date as_of,
                                       const piste_changes *changes, base_arena *arena, piste_errors *errors,
                                       piste_resort *resort);

// Reads a text of another format by a record of its own in the same way: `what` it is for messages ("a plan with its keys").
PISTE_CHECKED piste_status read_other(const char *file, const char *data, size_t length, const schema_record *record,
                                      const char *what, base_arena *arena, piste_errors *errors, void *out);

// Turns every piste_ref of the resort into an index. What is not there is an error that names its line.
PISTE_CHECKED piste_status read_resolve(const char *file, const piste_changes *changes, piste_resort *resort,
                                        base_arena *arena, piste_errors *errors);

#endif
