// load.h - loading from memory: for load.c itself, tests and fuzzing. Folders are loaded by piste_resort_load.
#ifndef RESORT_LOAD_H
#define RESORT_LOAD_H

#include "base/base.h"
#include "piste/resort.h"

typedef struct load_text {
    const char *data; // NULL: there is no such file
    size_t length;
} load_text;

// Loads a resort from the texts of its three files, as if they stood in `folder` (which is not touched).
PISTE_CHECKED piste_status load_from_texts(const char *folder, load_text yaml, load_text lifts, load_text runs,
                                           piste_date as_of, piste_errors *errors, piste_resort **out);

#endif
