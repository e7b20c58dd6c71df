// books.h - questions of the books.
#ifndef DESK_BOOKS_H
#define DESK_BOOKS_H

#include "desk/desk.h"

extern const desk_field desk_entries_fields[], desk_balances_fields[], desk_drawers_fields[];
piste_status desk_entries_run(desk_act *a);
piste_status desk_balances_run(desk_act *a);
piste_status desk_drawers_run(desk_act *a);

#endif
