// check.c - `piste check`: reads a resort folder as a careful colleague would.
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static int run(int argc, char **argv) {
    bool done = false;
    int operands = 0;
    const char *date_text = NULL;
    const cli_option options[] = {{"--date", &date_text, NULL}};
    if (cli_read_options(&cli_check, argc, argv, options, 1, &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    if (operands != 1)
        return cli_usage(&cli_check, "expected one resort folder");
    piste_date date = PISTE_DATE_NONE;
    if (date_text && piste_date_parse(date_text, &date) != PISTE_OK)
        return cli_usage(&cli_check, "--date %s, expected a date such as 2019-02-02", date_text);
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = piste_resort_load(argv[0], date, errors, &resort);
    int code = 0;
    if (status != PISTE_OK)
        code = cli_tell(status, errors);
    else
        printf("%s: %d places, %d lifts, %d runs\n", resort->name, resort->places.count, resort->lifts.count, resort->runs.count);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    return code;
}

const cli_command cli_check = {"check", "read a resort as a careful colleague would", "usage: piste check RESORT [--date DATE]\n", run};
