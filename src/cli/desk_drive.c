// desk_drive.c - `piste desk drive` and `notice`: charges at payment providers are worked on and compared.
#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/desk_drive.h"
#include "desk/provider.h"

int cli_desk_drive(desk *d, const char *provider, const char *seconds, bool json) {
    desk_charge_counts counts = {0};
    int64_t for_s = 60;
    if (seconds && !cli_parse_number(seconds, 0, 86400, &for_s))
        return cli_usage(&cli_desk, "--for %s, expected seconds, 0 to 86400", seconds);
    piste_errors *errors = piste_errors_create();
    piste_status status = provider ? desk_charges_reconcile(d, provider, &counts, errors) : PISTE_OK;
    if (status == PISTE_OK)
        status = desk_charges_drive(d, for_s * 1000, &counts);
    bool is_open = status == PISTE_INTERRUPTED;
    if (status == PISTE_OK || is_open) {
        if (json)
            printf("{\"status\":\"ok\",\"open\":%s,\"steps\":%" PRId64 ",\"unreachable\":%" PRId64
                   ",\"reopened\":%" PRId64 ",\"strangers\":%" PRId64 "}\n",
                   is_open ? "true" : "false", counts.steps, counts.unreachable, counts.reopened, counts.strangers);
        else
            printf("%" PRId64 " steps, %" PRId64 " without an answer; %s\n", counts.steps, counts.unreachable,
                   is_open ? "some charges are not done yet" : "all charges are done");
        status = counts.strangers ? PISTE_FOUND : PISTE_OK;
    }
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    piste_errors_destroy(errors);
    return code;
}

int cli_desk_notice(desk *d, const char *key, bool json) {
    piste_status status = desk_charge_notice(d, key);
    if (status != PISTE_OK) {
        fprintf(stderr, "piste desk notice: %s: %s\n", key,
                status == PISTE_NOT_FOUND ? "there is no such charge" : piste_status_text(status));
        return piste_status_exit_code(status);
    }
    if (json)
        printf("{\"status\":\"ok\"}\n");
    return 0;
}
