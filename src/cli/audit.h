// audit.h - what an audit found, as its command and those that end with one print it.
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "desk/desk.h"

void cli_print_audit(const desk_audit_result *r, piste_status status, bool json);

#endif
