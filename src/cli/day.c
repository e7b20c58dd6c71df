// day.c - `piste day`: rehearses one day and tells how it went.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "report/report.h"

enum {
    SLICE_S = 60,       // of simulated time between two looks at the clock and at Ctrl-C
    STATE_MAX = 1 << 30 // bytes of a saved state that are read
};

typedef struct wishes {
    const char *folder, *guests, *date, *seed, *json, *csv, *events, *html, *bin, *lean, *threads, *until, *save, *resume;
    bool full;
    int32_t lean_days, lean_threads, until_s;
    piste_date as_of;
    piste_day_def def;
} wishes;

static bool is_minutes_of_bin(int64_t minutes) {
    return minutes <= 60 && (15 % minutes == 0 || minutes % 15 == 0);
}

static int read_lean(wishes *w) {
    int64_t number = 0;
    if (w->lean && !cli_parse_number(w->lean, 2, PISTE_LEAN_DAYS_MAX, &number))
        return cli_usage(&cli_day, "--lean %s, expected a number of days from 2 to %d", w->lean, PISTE_LEAN_DAYS_MAX);
    w->lean_days = (int32_t)number;
    number = cli_count_processors(PISTE_LEAN_THREADS_MAX);
    if (w->threads && !cli_parse_number(w->threads, 1, PISTE_LEAN_THREADS_MAX, &number))
        return cli_usage(&cli_day, "--threads %s, expected a whole number from 1 to %d", w->threads,
                         PISTE_LEAN_THREADS_MAX);
    w->lean_threads = (int32_t)number;
    if (w->threads && !w->lean)
        return cli_usage(&cli_day, "--threads goes with --lean: one day is never divided");
    if (w->lean && (w->csv || w->events || w->html || w->full))
        return cli_usage(&cli_day, "--lean goes with --json, and without --csv, --events, --html and --full");
    return 0;
}

static bool is_clock(const char *text, int32_t *second) {
    int hour, minute, length = 0;
    if (strlen(text) != 5 || sscanf(text, "%2d:%2d%n", &hour, &minute, &length) != 2 || length != 5 || hour < 0 || hour > 48 ||
        minute < 0 || minute > 59)
        return false;
    *second = hour * 3600 + minute * 60;
    return true;
}

static int read_state(wishes *w) {
    w->until_s = PISTE_DAY_END;
    if (w->until && !is_clock(w->until, &w->until_s))
        return cli_usage(&cli_day, "--until %s, expected a time of day such as 12:30", w->until);
    if (w->save && !w->until)
        return cli_usage(&cli_day, "--save needs --until: the time of day at which the day is saved");
    if (w->resume && (w->guests || w->seed || w->bin))
        return cli_usage(&cli_day, "--resume goes without --guests, --seed and --bin: they are those of the day that was saved");
    if (w->lean && (w->until || w->resume))
        return cli_usage(&cli_day, "--lean goes without --until, --save and --resume");
    return 0;
}

// Values of options; what is wrong is told, and the exit code returned.
static int read_values(wishes *w) {
    int64_t number;
    if (w->guests && !cli_parse_number(w->guests, 0, PISTE_GUESTS_MAX, &w->def.guests))
        return cli_usage(&cli_day, "--guests %s, expected a whole number from 0 to %d", w->guests, PISTE_GUESTS_MAX);
    if (w->date && piste_date_parse(w->date, &w->as_of) != PISTE_OK)
        return cli_usage(&cli_day, "--date %s, expected a date such as 2019-02-02", w->date);
    if (w->seed && !cli_parse_number(w->seed, 0, INT64_MAX, &number))
        return cli_usage(&cli_day, "--seed %s, expected a whole number from 0 to %lld", w->seed, (long long)INT64_MAX);
    if (w->seed)
        w->def.seed = (uint64_t)number;
    if (w->bin && (!cli_parse_number(w->bin, 1, 60, &number) || !is_minutes_of_bin(number)))
        return cli_usage(&cli_day, "--bin %s, expected 1, 3, 5, 15, 30, 45 or 60 (minutes)", w->bin);
    if (w->bin)
        w->def.bin_s = (int32_t)number * 60;
    int code = read_state(w);
    return code ? code : read_lean(w);
}

static int check_outputs(const wishes *w) {
    const cli_output outputs[] = {{"--json", w->json}, {"--events", w->events}, {"--csv", w->csv}, {"--html", w->html}, {"--save", w->save}};
    if (w->csv && strcmp(w->csv, "-") == 0)
        return cli_usage(&cli_day, "--csv -, expected a folder");
    return cli_check_outputs(&cli_day, outputs, BASE_COUNT(outputs));
}

static int read_wishes(int argc, char **argv, wishes *w, bool *done) {
    const cli_option options[] = {{"--guests", .value = &w->guests}, {"--date", .value = &w->date},     {"--seed", .value = &w->seed},
                                  {"--json", .value = &w->json},     {"--csv", .value = &w->csv},       {"--events", .value = &w->events},
                                  {"--html", .value = &w->html},     {"--bin", .value = &w->bin},       {"--full", .flag = &w->full},
                                  {"--lean", .value = &w->lean},     {"--threads", .value = &w->threads}, {"--until", .value = &w->until},
                                  {"--save", .value = &w->save},     {"--resume", .value = &w->resume}};
    int operands = 0;
    if (cli_read_options(&cli_day, argc, argv, options, sizeof options / sizeof options[0], &operands, done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (*done)
        return 0;
    if (operands != 1)
        return cli_usage(&cli_day, operands == 0 ? "expected a resort folder" : "expected one resort folder, got %d", operands);
    w->folder = argv[0];
    int code = read_values(w);
    return code ? code : check_outputs(w);
}

// Runs the day to its end, PISTE_INTERRUPTED, or until the events cannot be written.
static piste_status run_day(piste_day *day, const piste_resort *resort, int32_t until, const report_events *events) {
    cli_progress progress = {0};
    int32_t from = resort->day.from_s, span = resort->day.to_s - from;
    bool ended = false;
    while (!ended && !cli_is_interrupted() && !(events && report_events_have_failed(events))) {
        int32_t slice = piste_day_now(day) + SLICE_S;
        ended = piste_day_run(day, slice < until ? slice : until) || piste_day_now(day) >= until;
        if (ended || !cli_progress_is_due(&progress))
            continue;
        piste_census census = piste_day_count(day);
        char time[16], here[48];
        int32_t now = piste_day_now(day);
        snprintf(time, sizeof time, "%02d:%02d", now / 3600, now / 60 % 60);
        snprintf(here, sizeof here, "%lld guests here",
                 (long long)(census.under_way + census.in_line + census.riding + census.in_venues));
        cli_progress_draw(&progress, time, (double)(now - from) / span, here);
    }
    cli_progress_erase(&progress);
    return cli_is_interrupted() ? PISTE_INTERRUPTED : PISTE_OK;
}

static bool is_stdout(const char *path) {
    return path && strcmp(path, "-") == 0;
}

// Files first and standard output last, so that a reader who leaves early costs no file.
static piste_status write_results(const wishes *w, const piste_resort *resort, piste_day *day, piste_errors *errors) {
    const piste_day_result *result = piste_day_get_result(day);
    base_text json = {0}, html = {0}, page = {0};
    piste_status status = PISTE_OK;
    bool to_stdout = is_stdout(w->json) || is_stdout(w->events) || is_stdout(w->html) || is_stdout(w->save);
    if (w->csv)
        status = report_day_csv(resort, result, day, w->csv, errors);
    if (status == PISTE_OK && w->json) {
        status = report_day_json(resort, result, &json);
        if (status == PISTE_OK)
            status = base_file_write(w->json, json.data, json.length, errors);
    }
    if (status == PISTE_OK && w->html) {
        status = report_day_html(resort, result, errors, &html);
        if (status == PISTE_OK)
            status = base_file_write(w->html, html.data, html.length, errors);
    }
    if (status == PISTE_OK && !to_stdout) {
        report_look look = {.columns = cli_columns(STDOUT_FILENO, REPORT_COLUMNS),
                            .colours = cli_has_colours(STDOUT_FILENO),
                            .ascii = !cli_is_utf8(),
                            .full = w->full};
        report_day_table(resort, result, &look, &page);
        status = page.failed ? PISTE_MEMORY : base_file_write("-", page.data, page.length, errors);
    }
    base_text_release(&json);
    base_text_release(&html);
    base_text_release(&page);
    return status;
}

static piste_status save_state(const wishes *w, piste_day *day, piste_errors *errors) {
    char *data = NULL;
    size_t length = 0;
    piste_status status = piste_day_save(day, &data, &length);
    if (status == PISTE_OK)
        status = base_file_write(w->save, data, length, errors);
    free(data);
    return status;
}

// A new day, or one that was saved.
static piste_status begin_day(const wishes *w, const piste_resort *resort, piste_errors *errors, piste_day **day) {
    if (!w->resume)
        return piste_day_create(resort, &w->def, errors, day);
    char *data = NULL;
    size_t length = 0;
    piste_status status = base_file_read(w->resume, STATE_MAX, errors, &data, &length);
    if (status == PISTE_OK)
        status = piste_day_restore(resort, &w->def, data, length, w->resume, errors, day);
    free(data);
    return status;
}

static piste_status rehearse(wishes *w, const piste_resort *resort, piste_errors *errors) {
    report_events *events = NULL;
    piste_day *day = NULL;
    // Better told before the day than after it.
    piste_status status = w->csv ? report_csv_check(w->csv, errors) : PISTE_OK;
    if (status == PISTE_OK && w->html && !report_has_pages())
        status = report_day_html(resort, NULL, errors, NULL);
    if (status == PISTE_OK && w->events)
        status = report_events_open(w->events, resort, errors, &events);
    if (status == PISTE_OK && events) {
        w->def.event = report_events_hear;
        w->def.context = events;
    }
    if (status == PISTE_OK)
        status = begin_day(w, resort, errors, &day);
    if (status == PISTE_OK)
        status = run_day(day, resort, w->until_s, events);
    piste_status closed = report_events_close(events, status == PISTE_OK, errors);
    status = status == PISTE_OK ? closed : status;
    if (status == PISTE_OK && w->save)
        status = save_state(w, day, errors);
    if (status == PISTE_OK)
        status = write_results(w, resort, day, errors);
    piste_day_destroy(day);
    return status;
}

static bool tick(void *context, int64_t done, int64_t all) {
    cli_progress *line = context;
    if (!cli_is_interrupted() && cli_progress_is_due(line)) {
        char after[64];
        snprintf(after, sizeof after, "%lld of %lld days", (long long)done, (long long)all);
        cli_progress_draw(line, "lean", (double)done / (double)all, after);
    }
    return !cli_is_interrupted();
}

static piste_status lean_on(const wishes *w, const piste_resort *resort, piste_errors *errors) {
    cli_progress progress = {0};
    piste_lean_def def = piste_lean_def_default();
    piste_lean *lean = NULL;
    base_text json = {0}, page = {0};
    def.day = w->def;
    def.days = w->lean_days;
    def.threads = w->lean_threads;
    def.tick = tick;
    def.context = &progress;
    piste_status status = piste_lean_create(resort, &def, errors, &lean);
    cli_progress_erase(&progress);
    if (status == PISTE_OK && w->json && (status = report_lean_json(resort, lean, &json)) == PISTE_OK)
        status = base_file_write(w->json, json.data, json.length, errors);
    if (status == PISTE_OK && !is_stdout(w->json)) {
        report_look look = {.columns = cli_columns(STDOUT_FILENO, REPORT_COLUMNS),
                            .colours = cli_has_colours(STDOUT_FILENO),
                            .ascii = !cli_is_utf8()};
        report_lean_table(resort, lean, &look, &page);
        status = page.failed ? PISTE_MEMORY : base_file_write("-", page.data, page.length, errors);
    }
    piste_lean_destroy(lean);
    base_text_release(&json);
    base_text_release(&page);
    return status;
}

static piste_status act(void *context, const piste_resort *resort, piste_errors *errors) {
    wishes *w = context;
    return w->lean ? lean_on(w, resort, errors) : rehearse(w, resort, errors);
}

static int run(int argc, char **argv) {
    wishes w = {.as_of = PISTE_DATE_NONE, .def = piste_day_def_default()};
    bool done = false;
    int code = read_wishes(argc, argv, &w, &done);
    if (code || done)
        return code;
    cli_listen_to_signals();
    return cli_on_resort(w.folder, w.as_of, &w, act);
}

const cli_command cli_day = {
    "day", "rehearse one day and tell how it went",
    "usage: piste day RESORT [--guests N] [--date DATE] [--seed S] [--full] [--html FILE] [--json FILE]\n"
    "                 [--csv FOLDER] [--events FILE] [--bin MINUTES] [--until TIME [--save FILE]] [--resume FILE]\n"
    "       piste day RESORT --lean DAYS [--threads N] [--guests N] [--date DATE] [--seed S] [--json FILE]\n"
    "\n"
    "Rehearses one day of the resort in the folder RESORT and prints one screen about it: who came, who waited where,\n"
    "which runs were crowded, what was binding, and which assumptions that rests on. The same words give the same day, on\n"
    "any machine.\n"
    "\n"
    "  --guests N      visits sold, instead of those that the resort's segments have\n"
    "  --date DATE     the resort as it is on that date, such as 2019-02-02; otherwise on its own as-of date\n"
    "  --seed S        another day of the same kind: 0 to 9223372036854775807, otherwise 1\n"
    "  --full          every run, venue, segment and assumption; where guests' time went, who waited, what was missed\n"
    "  --html FILE     a page with map, charts and tables, for any browser, that needs no network; - for standard output,\n"
    "                  instead of the screen\n"
    "  --json FILE     all results as JSON (docs/day.schema.json); - as above\n"
    "  --csv FOLDER    all results as CSV, in a folder that is new or empty\n"
    "  --events FILE   what happened, one line of JSON for each event; - as above\n"
    "  --bin MINUTES   steps of everything over time: 1, 3, 5 (otherwise), 15, 30, 45 or 60\n"
    "  --until TIME    the day up to that time, such as 12:30; with --save FILE its whole state, to be taken up again\n"
    "  --resume FILE   goes on with a day that was saved, of the same resort and by the same piste\n"
    "  --lean DAYS     how far rides and waits move with the values that the day rests on: so many days, each value a\n"
    "                  tenth less and more; --json as above\n"
    "  --threads N     for --lean; otherwise as many as there are processors. The result is the same with any number\n"
    "\n"
    "Colours appear on a terminal, unless NO_COLOR is set. Exit codes: 0 done, 2 not understood, 3 not there, or no\n"
    "pages in this build, 4 the resort is not as expected, 5 would overwrite, 6 could not be written, 130 interrupted.\n",
    run};
