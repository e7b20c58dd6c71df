// password.h - a password that is not on the command line, where others could read it.
#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include <jansson.h>

#include "base/base.h"

// Where a request's password is "-": reads it from standard input, one line. At a terminal it is asked for twice, and not shown.
// PISTE_INVALID: the two differ, or there is none; PISTE_INTERRUPTED; PISTE_IO. Told in `errors`.
PISTE_CHECKED piste_status cli_ask_password(json_t *request, piste_errors *errors);

#endif
