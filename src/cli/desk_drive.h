// desk_drive.h - the parts of `piste desk` that speak with payment providers.
#ifndef CLI_DESK_DRIVE_H
#define CLI_DESK_DRIVE_H

#include "desk/desk.h"

// Works on all charges for some seconds; with a provider, compares its books first. Returns the exit code.
int cli_desk_drive(desk *d, const char *provider, const char *seconds, bool json);
int cli_desk_notice(desk *d, const char *key, bool json);

#endif
