// audit.h - what `audit`, `backup` and `restore` have in common: a desk is opened, something is done with it that ends with an
// audit, and what that found is printed.
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "desk/desk.h"

typedef piste_status cli_audited(desk *d, const void *context, piste_errors *errors, desk_audit_result *result);

// The exit code; PISTE_FOUND is told with the result.
int cli_with_audit(const char *url, bool json, cli_audited *act, const void *context);

#endif
