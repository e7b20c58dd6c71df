// ccc.c - `piste ccc`: the sheet of a resort's carrying capacity, and why two sheets differ.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "report/report.h"

typedef struct wishes {
    const char *operands[2], *date, *seed, *days, *threads, *json, *csv, *html;
    bool full, feet, simulate;
    int count;
    piste_date as_of;
    piste_ccc_def def;
} wishes;

static int read_values(wishes *w) {
    int64_t seed = (int64_t)w->def.seed, days = w->def.days, threads = cli_count_processors(PISTE_CCC_THREADS_MAX);
    if (w->date && piste_date_parse(w->date, &w->as_of) != PISTE_OK)
        return cli_usage(&cli_ccc, "--date %s, expected a date such as 2019-02-02", w->date);
    int code = cli_read_number(&cli_ccc, "--seed", w->seed, 0, INT64_MAX, &seed);
    code = code ? code : cli_read_number(&cli_ccc, "--days", w->days, 2, PISTE_CCC_DAYS_MAX, &days);
    code = code ? code : cli_read_number(&cli_ccc, "--threads", w->threads, 1, PISTE_CCC_THREADS_MAX, &threads);
    if (code)
        return code;
    w->def.seed = (uint64_t)seed;
    w->def.days = (int32_t)days;
    w->def.threads = (int32_t)threads;
    w->def.simulate = w->simulate;
    if (w->simulate && w->count == 2)
        return cli_usage(&cli_ccc, "--simulate goes with one resort");
    return 0;
}

static int check_outputs(const wishes *w) {
    const cli_output outputs[] = {{"--json", w->json}, {"--csv", w->csv}, {"--html", w->html}};
    if (w->csv && strcmp(w->csv, "-") == 0)
        return cli_usage(&cli_ccc, "--csv -, expected a folder");
    return cli_check_outputs(&cli_ccc, outputs, BASE_COUNT(outputs));
}

static int read_wishes(int argc, char **argv, wishes *w, bool *done) {
    const cli_option options[] = {
        {"--date", .value = &w->date},       {"--seed", .value = &w->seed}, {"--days", .value = &w->days},
        {"--threads", .value = &w->threads}, {"--json", .value = &w->json}, {"--csv", .value = &w->csv},
        {"--html", .value = &w->html},       {"--full", .flag = &w->full},  {"--feet", .flag = &w->feet},
        {"--simulate", .flag = &w->simulate}};
    if (cli_read_options(&cli_ccc, argc, argv, options, BASE_COUNT(options), &w->count, done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (*done)
        return 0;
    if (w->count < 1 || w->count > 2)
        return cli_usage(&cli_ccc,
                         w->count == 0 ? "expected a resort folder, or a sheet that --json wrote"
                                       : "expected one or two resorts, got %d",
                         w->count);
    for (int i = 0; i < w->count; i++)
        w->operands[i] = argv[i];
    int code = read_values(w);
    return code ? code : check_outputs(w);
}

static bool tick(void *context, int64_t done, int64_t all) {
    cli_progress *line = context;
    if (!cli_is_interrupted() && cli_progress_is_due(line)) {
        char after[64];
        snprintf(after, sizeof after, "%lld of %lld days", (long long)done, (long long)all);
        cli_progress_draw(line, "ccc", all > 0 ? (double)done / (double)all : 1, after);
    }
    return !cli_is_interrupted();
}

// What is there and is no folder can only be a sheet.
static bool is_sheet(const char *path) {
    struct stat about;
    return strcmp(path, "-") == 0 || (stat(path, &about) == 0 && !S_ISDIR(about.st_mode));
}

static piste_status read_sheet(const char *path, piste_errors *errors, piste_ccc **sheet) {
    char *data = NULL;
    size_t length = 0;
    const char *file = strcmp(path, "-") == 0 ? "/dev/stdin" : path;
    piste_status status = base_file_read(file, PISTE_CCC_JSON_BYTES_MAX, errors, &data, &length);
    if (status == PISTE_OK)
        status = piste_ccc_read(data, length, path, errors, sheet);
    free(data);
    return status;
}

static piste_status make_sheet(const wishes *w, const char *path, piste_errors *errors, piste_ccc **sheet) {
    cli_progress progress = {0};
    piste_resort *resort = NULL;
    piste_ccc_def def = w->def;
    def.tick = tick;
    def.context = &progress;
    piste_status status = piste_resort_load(path, w->as_of, errors, &resort);
    if (status == PISTE_OK)
        status = piste_ccc_create(resort, &def, errors, sheet);
    cli_progress_erase(&progress);
    piste_resort_destroy(resort);
    return status;
}

// One of the outputs as a text of its own, then written.
static piste_status write_text(const char *path, base_text *text, piste_status status, piste_errors *errors) {
    if (status == PISTE_OK)
        status = text->failed ? PISTE_MEMORY : base_file_write(path, text->data, text->length, errors);
    base_text_release(text);
    return status;
}

// `d` NULL: the sheet alone. Files first and standard output last.
static piste_status write_results(const wishes *w, const piste_ccc *sheet, const piste_ccc_difference *d,
                                  piste_errors *errors) {
    piste_status status = PISTE_OK;
    bool to_stdout = (w->json && strcmp(w->json, "-") == 0) || (w->html && strcmp(w->html, "-") == 0);
    if (w->csv)
        status = d ? report_ccc_difference_csv(d, w->csv, errors) : report_ccc_csv(sheet, w->csv, errors);
    if (status == PISTE_OK && w->json) {
        base_text text = {0};
        status = write_text(w->json, &text, d ? report_ccc_difference_json(d, &text) : report_ccc_json(sheet, &text),
                            errors);
    }
    if (status == PISTE_OK && w->html) {
        base_text text = {0};
        status = write_text(w->html, &text,
                            d ? report_ccc_difference_html(d, w->feet, &text) : report_ccc_html(sheet, w->feet, &text),
                            errors);
    }
    if (status == PISTE_OK && !to_stdout) {
        base_text text = {0};
        report_look look = {.columns = cli_columns(STDOUT_FILENO, REPORT_COLUMNS),
                            .colours = cli_has_colours(STDOUT_FILENO),
                            .ascii = !cli_is_utf8(),
                            .full = w->full};
        if (d)
            report_ccc_difference_table(d, &look, w->feet, &text);
        else
            report_ccc_table(sheet, &look, w->feet, &text);
        status = write_text("-", &text, PISTE_OK, errors);
    }
    return status;
}

static piste_status work(const wishes *w, piste_errors *errors) {
    piste_ccc *sheets[2] = {NULL, NULL};
    piste_ccc_difference *d = NULL;
    piste_status status = w->csv ? report_csv_check(w->csv, errors) : PISTE_OK; // better told before than after
    for (int i = 0; i < w->count && status == PISTE_OK; i++)
        status = is_sheet(w->operands[i]) ? read_sheet(w->operands[i], errors, &sheets[i])
                                         : make_sheet(w, w->operands[i], errors, &sheets[i]);
    if (status == PISTE_OK && w->count == 2)
        status = piste_ccc_compare(sheets[0], sheets[1], &d);
    if (status == PISTE_OK)
        status = write_results(w, sheets[0], d, errors);
    piste_ccc_difference_destroy(d);
    piste_ccc_destroy(sheets[0]);
    piste_ccc_destroy(sheets[1]);
    return status;
}

// What a saved sheet cannot follow is refused rather than left undone.
static int check_operands(const wishes *w) {
    int sheets = 0;
    for (int i = 0; i < w->count; i++) {
        if (is_sheet(w->operands[i]) && w->simulate)
            return cli_usage(&cli_ccc, "--simulate %s: a saved sheet cannot be rehearsed, expected a resort folder",
                             w->operands[i]);
        sheets += is_sheet(w->operands[i]);
    }
    if (w->count == 2 && strcmp(w->operands[0], "-") == 0 && strcmp(w->operands[1], "-") == 0)
        return cli_usage(&cli_ccc, "both sheets come from standard input, expected one of them there");
    if (sheets == w->count && (w->date || w->seed || w->days || w->threads))
        return cli_usage(&cli_ccc, "%s goes with a resort folder: a saved sheet is as it was made",
                         w->date ? "--date" : w->seed ? "--seed" : w->days ? "--days" : "--threads");
    return 0;
}

static int run(int argc, char **argv) {
    wishes w = {.as_of = PISTE_DATE_NONE, .def = piste_ccc_def_default()};
    bool done = false;
    int code = read_wishes(argc, argv, &w, &done);
    if (code || done)
        return code;
    code = check_operands(&w);
    if (code)
        return code;
    cli_listen_to_signals();
    piste_errors *errors = piste_errors_create();
    piste_status status = work(&w, errors);
    if (status != PISTE_OK)
        code = cli_tell(status, errors);
    piste_errors_destroy(errors);
    return code;
}

const cli_command cli_ccc = {
    "ccc", "how many guests the resort can carry, and what binds first",
    "usage: piste ccc RESORT [--date DATE] [--simulate] [--days N] [--seed S] [--threads N] [--full] [--feet]\n"
    "                 [--json FILE] [--csv FOLDER] [--html FILE]\n"
    "       piste ccc A B [the same, without --simulate]\n"
    "\n"
    "Prints the sheet of a resort's comfortable carrying capacity (CCC): of each lift what it supplies of vertical in\n"
    "a day, over what those whom it serves want; beside it what slopes, restaurants, rental, school, parking, coaches\n"
    "and beds allow; which of them binds; and of every number what it rests on. What the resort does not give is\n"
    "simulated.\n"
    "\n"
    "With two, line by line why they differ, and how much of the difference each input explains. RESORT, A and B are\n"
    "resort folders, or sheets that --json has written (- is one on standard input).\n"
    "\n"
    "  --date DATE    the resort as it is on that date; otherwise on its own as-of date\n"
    "  --simulate     rehearses the resort at its CCC: the waits and densities that this number means\n"
    "  --days N       simulated for what is not given, and with --simulate: 2 to 10000, otherwise 20\n"
    "  --seed S       of the first of them: 0 to 9223372036854775807, otherwise 1\n"
    "  --threads N    otherwise as many as there are processors; the result is the same with any number\n"
    "  --full         where each number comes from\n"
    "  --feet         vertical in feet; files for programs are in metres\n"
    "  --json FILE    the sheet as JSON, to be compared later; - for standard output, instead of the screen\n"
    "  --csv FOLDER   as CSV, in a folder that is new or empty\n"
    "  --html FILE    a page to print, without scripts; - as above\n"
    "\n"
    "exit code: 0 done, 2 usage, 3 not there, 4 a resort or a sheet is not as expected, 5 would overwrite, 6 could not\n"
    "be written, 130 interrupted\n",
    run};
