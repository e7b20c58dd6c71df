// calibrate.c - `piste calibrate`: what a resort's own lift scans say of its guests.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "report/report.h"

typedef struct wishes {
    const char *folder, *scans, *counts, *gates, *date, *seed, *days, *hold, *missing, *together, *threads, *json,
        *output;
    bool full;
    piste_date as_of;
    piste_scans_def how;
    piste_calibrate_def def;
    cli_progress progress;
} wishes;

static int read_numbers(wishes *w) {
    int64_t seed = 1, days = w->def.days, hold = -1, together = w->def.together_s,
            threads = cli_count_processors(PISTE_CALIBRATE_THREADS_MAX);
    int code = cli_read_number(&cli_calibrate, "--seed", w->seed, 0, INT64_MAX, &seed);
    code = code ? code : cli_read_number(&cli_calibrate, "--days", w->days, PISTE_CALIBRATE_DAYS_MIN, PISTE_CALIBRATE_DAYS_MAX, &days);
    code = code ? code : cli_read_number(&cli_calibrate, "--hold", w->hold, 0, PISTE_SCAN_DAYS_MAX, &hold);
    code = code ? code : cli_read_number(&cli_calibrate, "--together", w->together, 0, 60, &together);
    code = code ? code : cli_read_number(&cli_calibrate, "--threads", w->threads, 1, PISTE_CALIBRATE_THREADS_MAX, &threads);
    if (code)
        return code;
    if (w->missing && (!cli_parse_share(w->missing, &w->def.missing) || w->def.missing >= 0.9))
        return cli_usage(&cli_calibrate, "--missing %s, expected a share below 90%%, such as 3%%", w->missing);
    w->def.seed = (uint64_t)seed;
    w->def.days = (int32_t)days;
    w->def.hold = (int32_t)hold;
    w->def.together_s = (int32_t)together;
    w->def.threads = (int32_t)threads;
    return 0;
}

static int read_gates(wishes *w) {
    if (!w->gates || strcmp(w->gates, "before") == 0)
        w->how.gate = PISTE_GATE_PLACE_BEFORE;
    else if (strcmp(w->gates, "after") == 0)
        w->how.gate = PISTE_GATE_PLACE_AFTER;
    else
        return cli_usage(&cli_calibrate, "--gates %s, expected before or after (the queue)", w->gates);
    return 0;
}

static int read_wishes(int argc, char **argv, wishes *w, bool *done) {
    const cli_option options[] = {
        {"--scans", .value = &w->scans},     {"--counts", .value = &w->counts},   {"--gates", .value = &w->gates},
        {"--date", .value = &w->date},       {"--seed", .value = &w->seed},       {"--days", .value = &w->days},
        {"--hold", .value = &w->hold},       {"--missing", .value = &w->missing}, {"--together", .value = &w->together},
        {"--threads", .value = &w->threads}, {"--json", .value = &w->json},       {"-o", .value = &w->output},
        {"--full", .flag = &w->full}};
    int operands = 0;
    if (cli_read_options(&cli_calibrate, argc, argv, options, BASE_COUNT(options), &operands, done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (*done)
        return 0;
    if (operands != 1)
        return cli_usage(&cli_calibrate,
                         operands == 0 ? "expected a resort folder" : "expected one resort folder, got %d", operands);
    if (!w->scans || !*w->scans)
        return cli_usage(&cli_calibrate, "expected --scans with the file of the lift scans");
    if (w->date && piste_date_parse(w->date, &w->as_of) != PISTE_OK)
        return cli_usage(&cli_calibrate, "--date %s, expected a date such as 2019-02-02", w->date);
    w->folder = argv[0];
    int code = cli_check_outputs(&cli_calibrate, (cli_output[]){{"--json", w->json}, {"-o", w->output}}, 2);
    code = code ? code : read_gates(w);
    return code ? code : read_numbers(w);
}

static bool tick(void *context, int64_t done, int64_t all) {
    wishes *w = context;
    if (!cli_is_interrupted() && cli_progress_is_due(&w->progress)) {
        char after[64];
        snprintf(after, sizeof after, "%lld of %lld days rehearsed", (long long)done, (long long)all);
        cli_progress_draw(&w->progress, "calibrate", all > 0 ? (double)done / (double)all : 0, after);
    }
    return !cli_is_interrupted();
}

static bool is_stdout(const char *path) {
    return path && strcmp(path, "-") == 0;
}

// All is made before anything is written.
static piste_status write_found(const wishes *w, const piste_resort *resort, const piste_calibration *found,
                                piste_errors *errors) {
    base_text json = {0}, yaml = {0}, page = {0};
    piste_status status = w->json ? report_calibration_json(found, &json) : PISTE_OK;
    report_look look = {.columns = cli_columns(STDOUT_FILENO, REPORT_COLUMNS),
                        .colours = cli_has_colours(STDOUT_FILENO),
                        .ascii = !cli_is_utf8(),
                        .full = w->full};
    report_calibration_yaml(resort, found, &yaml);
    report_calibration_table(found, &look, &page);
    if (status == PISTE_OK && (yaml.failed || page.failed))
        status = PISTE_MEMORY;
    if (status == PISTE_OK && w->json)
        status = base_file_write(w->json, json.data, json.length, errors);
    if (status == PISTE_OK && w->output)
        status = base_file_write(w->output, yaml.data, yaml.length, errors);
    if (status == PISTE_OK && !is_stdout(w->json) && !is_stdout(w->output))
        status = base_file_write("-", page.data, page.length, errors);
    base_text_release(&json);
    base_text_release(&yaml);
    base_text_release(&page);
    return status;
}

static piste_status act(void *context, const piste_resort *resort, piste_errors *errors) {
    wishes *w = context;
    piste_scans *scans = NULL;
    piste_calibration *found = NULL;
    w->def.tick = tick;
    w->def.context = w;
    piste_status status = piste_scans_load(resort, w->scans, &w->how, errors, &scans);
    if (status == PISTE_OK && w->counts)
        status = piste_counts_load(resort, w->counts, errors, scans);
    if (status == PISTE_OK)
        status = piste_calibrate(resort, scans, &w->def, errors, &found);
    cli_progress_erase(&w->progress);
    if (status == PISTE_OK)
        status = write_found(w, resort, found, errors);
    piste_calibration_destroy(found);
    piste_scans_destroy(scans);
    return status;
}

static int run(int argc, char **argv) {
    wishes w = {.as_of = PISTE_DATE_NONE, .how = piste_scans_def_default(), .def = piste_calibrate_def_default()};
    bool done = false;
    int code = read_wishes(argc, argv, &w, &done);
    if (code || done)
        return code;
    cli_listen_to_signals();
    return cli_on_resort(w.folder, w.as_of, &w, act);
}

const cli_command cli_calibrate = {
    "calibrate", "tell what lift scans say of a resort's guests",
    "usage: piste calibrate RESORT --scans FILE [--counts FILE] [--gates before|after] [--date DATE] [--full]\n"
    "                 [--hold DAYS] [--missing SHARE] [--together S] [--days N] [--seed S] [--threads N]\n"
    "                 [--json FILE] [-o FILE]\n"
    "\n"
    "What a day's or a season's lift scans say of when guests come and with whom, how fast they ski, how they choose\n"
    "and how lifts stop: figures with intervals, what could not be told and why, how well days that were kept back\n"
    "are foreseen, and values to be put into resort.yaml. Nothing about a single guest is told or kept.\n"
    "\n"
    "  --scans FILE      CSV with a head: pass, lift, time, and where there are, date, gate, segment; a row without a\n"
    "                    pass is somebody counted\n"
    "  --counts FILE     CSV: what (visits, sold, cars, lift:KEY), count, and where there are, date, from, to\n"
    "  --gates WHERE     before (otherwise) or after the queue, for lifts whose rows do not say\n"
    "  --date DATE       the resort as it is on that date; otherwise on its own as-of date\n"
    "  --hold DAYS       scanned days kept back to score what is found; otherwise each fifth\n"
    "  --missing SHARE   of scans that gates lose; otherwise found from parties that pass together\n"
    "  --together S      those of a party pass a gate within so many seconds: 0 to 60, otherwise 5\n"
    "  --days N          days rehearsed at each step: 20 to 10000, otherwise 400; more tell finer differences\n"
    "  --seed S          of those days; otherwise 1\n"
    "  --threads N       otherwise as many as there are processors. The result is the same with any number\n"
    "  --full            the directions in which values are told apart, and those in which they are not\n"
    "  --json FILE       all of it as JSON; - for standard output, instead of the screen\n"
    "  -o FILE           the values as YAML, each with its basis and standard error; - as above\n"
    "\n"
    "exit code: 0 done, 2 not understood, 3 not there, 4 the resort or the scans are not as expected, 6 could not be\n"
    "written, 130 interrupted\n",
    run};
