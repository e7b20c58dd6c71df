// change.h - changes to resort.yaml before the schema reads it, and where a value that was changed is told of.
//
// What a change put into the document carries the number of that change in its mark (nodes) and line (entries), so that
// whatever is said of it names the file that asked for it. Used by read.c, read_refs.c and load.c.
#ifndef RESORT_CHANGE_H
#define RESORT_CHANGE_H

#include "resort/reader.h"

// Applies the reader's changes to its document, in order. What cannot be applied is told. `root`: of the document.
void change_apply(reader *r, int root);

// The line of a mark as entries keep it; of a value that was changed, one that change_tell understands.
int32_t change_line(yaml_mark_t mark);
// The same for people.
int32_t change_line_shown(const piste_changes *changes, int32_t line);
// Adds an error at a line as entries keep it. column 0: none.
piste_status change_tell(const piste_changes *changes, piste_errors *errors, piste_status status, const char *file,
                         int32_t line, int32_t column, const char *message);

#endif
