// office.h - the office of the server's data folder (DATA/office), which signs passes and keeps the gates' lists.
//
// It is opened for each piece of work and closed again, so that several servers and `piste pass` may share it; whoever
// finds it open waits a little. What gates are told stands in DATA/published, signed. On workers alone: it waits.
#ifndef SERVE_OFFICE_H
#define SERVE_OFFICE_H

#include "desk/office.h"
#include "desk/pass_number.h"
#include "serve/serve.h"

// What a pass is made of: a position of an order.
typedef struct serve_office_wish {
    uint64_t number; // of the pass
    const char *product, *kind, *holder, *time; // keys; time "" or "10:00"
    int64_t days, points;
    piste_date date;
} serve_office_wish;

// Opens DATA/office, made for the resort's season where it is not there yet; with a calendar that reaches `day`.
PISTE_CHECKED piste_status serve_office_open(serve *s, piste_date day, piste_errors *errors, office *o);
// Signs what the wish asks for. PISTE_NOT_FOUND: nothing that a gate opens for; told in `errors`.
PISTE_CHECKED piste_status serve_office_sign(serve *s, office *o, const serve_office_wish *wish, piste_errors *errors,
                                             piste_pass *pass, char token[PISTE_PASS_TEXT + 1]);
// Takes changes into the lists and publishes them.
PISTE_CHECKED piste_status serve_office_change(serve *s, const desk_pass_change *list, size_t count, piste_errors *errors);

#endif
