// document.h - resort.yaml as it is written, with changes made: for those who edit a resort.
//
// Nothing of it is read by the schema: that is what piste_resort_load_changed does, which takes the same changes.
#ifndef RESORT_DOCUMENT_H
#define RESORT_DOCUMENT_H

#include <jansson.h>

#include "base/base.h"
#include "piste/resort.h"

// The folder's resort.yaml with the changes made, as YAML without comments (added to `yaml`) and as JSON whose scalars
// are texts ("5 m/s"; entries that are not valid on the date left out); NULL: not wanted. Changes that cannot be made
// are told, the status is then theirs, and the others are made: both are given. Otherwise the status is the file's.
PISTE_CHECKED piste_status document_make(const char *folder, piste_date as_of, const piste_changes *changes,
                                         piste_errors *errors, base_text *yaml, json_t **json);

// One value as resort.yaml has it ("5 m/s", "{seats: 4}") as such JSON. PISTE_SYNTAX, PISTE_INVALID: it is none.
PISTE_CHECKED piste_status document_value(const char *text, piste_errors *errors, json_t **json);

#endif
