// passes.h - the passes of orders: signed with the keys of the office, the folder `office` of this server's data.
//
//     json_t *passes = NULL;
//     piste_status status = serve_passes_of(s, "ko", who, order, errors, &passes);   // on a worker: it waits for the disk
//
// The office is made when it is first needed, with the resort's entrances and a calendar from the business day on, and
// its calendar is made longer by itself. It is opened for each piece of work: `piste pass` and other servers of the same
// folder may use it in between.
#ifndef SERVE_PASSES_H
#define SERVE_PASSES_H

#include "desk/desk.h"
#include "desk/office.h"
#include "serve/serve.h"

// Issues what is missing of a sold order's passes and gives all that count, by position, as serve_pass_fields tells
// them, with names in a language (NULL: the resort's own). A position that opens nothing (a dinner) has none. PISTE_REFUSED: no such order, or it is not sold.
PISTE_CHECKED piste_status serve_passes_of(serve *s, const char *language, const char *who, int64_t order, piste_errors *errors, json_t **passes);
// The office, while nobody else has it; the caller closes it by office_close and serve_office_leave.
PISTE_CHECKED piste_status serve_office_enter(serve *s, piste_errors *errors, office *o);
void serve_office_leave(serve *s, office *o);

extern const desk_field serve_pass_fields[], serve_pass_query[];

#endif
