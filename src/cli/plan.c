// plan.c - `piste plan`: rehearses an experiment and tells what came of it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "plan/ranks.h"
#include "report/plan.h"

typedef struct wishes {
    const char *file, *other, *db, *threads, *json, *csv, *html;
    bool full, compare, check;
    int32_t thread_count;
} wishes;

typedef struct watch {
    cli_progress progress;
    struct timespec begun;
} watch;

static int check_outputs(const wishes *w) {
    const cli_output outputs[] = {{"--json", w->json}, {"--csv", w->csv}, {"--html", w->html}, {"--db", w->db}};
    if (w->db && strcmp(w->db, "-") == 0)
        return cli_usage(&cli_plan, "--db -, expected a file");
    return cli_check_outputs(&cli_plan, outputs, BASE_COUNT(outputs));
}

static int read_wishes(int argc, char **argv, wishes *w, bool *done) {
    const cli_option options[] = {
        {.name = "--db", .value = &w->db},          {.name = "--threads", .value = &w->threads},
        {.name = "--json", .value = &w->json},      {.name = "--csv", .value = &w->csv},
        {.name = "--html", .value = &w->html},      {.name = "--full", .flag = &w->full},
        {.name = "--compare", .flag = &w->compare}, {.name = "--check", .flag = &w->check}};
    int operands = 0;
    int64_t number = cli_count_processors(PISTE_PLAN_THREADS_MAX);
    if (cli_read_options(&cli_plan, argc, argv, options, BASE_COUNT(options), &operands, done) !=
        PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (*done)
        return 0;
    if (w->compare && operands != 2)
        return cli_usage(&cli_plan, "--compare: expected two databases, got %d", operands);
    if (!w->compare && operands != 1)
        return cli_usage(&cli_plan, operands == 0 ? "expected a plan's file" : "expected one plan, got %d", operands);
    if (w->compare && (w->db || w->threads || w->csv || w->html || w->check))
        return cli_usage(&cli_plan, "--compare goes with --json alone");
    w->file = argv[0];
    w->other = argv[operands - 1];
    int code = cli_read_number(&cli_plan, "--threads", w->threads, 1, PISTE_PLAN_THREADS_MAX, &number);
    w->thread_count = (int32_t)number;
    return code ? code : check_outputs(w);
}

// ---- progress -------------------------------------------------------------------------------------------------------

static void tell_time(double seconds, char out[32]) {
    if (seconds < 90)
        snprintf(out, 32, "%.0f s left", seconds);
    else if (seconds < 5400)
        snprintf(out, 32, "%.0f min left", seconds / 60);
    else
        snprintf(out, 32, "%.1f h left", seconds / 3600);
}

static bool tick(void *context, const piste_plan_progress *p) {
    watch *w = context;
    struct timespec now;
    if (cli_is_interrupted() || !cli_progress_is_due(&w->progress))
        return !cli_is_interrupted();
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed = (double)(now.tv_sec - w->begun.tv_sec) + (double)(now.tv_nsec - w->begun.tv_nsec) * 1e-9;
    int64_t own = p->days_done - p->days_found;
    char left[32] = "", after[96];
    if (own > 0)
        tell_time(passed / (double)own * (double)(p->days_known - p->days_done), left);
    snprintf(after, sizeof after, "%lld of %lld days, %s", (long long)p->days_done, (long long)p->days_known, left);
    cli_progress_draw(&w->progress, "plan", p->days_known ? (double)p->days_done / (double)p->days_known : 0, after);
    return true;
}

// ---- results --------------------------------------------------------------------------------------------------------

static bool is_stdout(const char *path) {
    return path && strcmp(path, "-") == 0;
}

static report_look look_of(const wishes *w) {
    return (report_look){.columns = cli_columns(STDOUT_FILENO, REPORT_COLUMNS),
                         .colours = cli_has_colours(STDOUT_FILENO),
                         .ascii = !cli_is_utf8(),
                         .full = w->full};
}

static piste_status write_text(piste_status status, const char *path, base_text *text, piste_errors *errors) {
    if (status == PISTE_OK)
        status = text->failed ? PISTE_MEMORY : base_file_write(path, text->data, text->length, errors);
    base_text_release(text);
    *text = (base_text){0};
    return status;
}

static piste_status write_results(const wishes *w, const piste_plan_result *result, piste_errors *errors) {
    base_text text = {0};
    piste_status status = PISTE_OK;
    if (w->html)
        status = write_text(report_plan_html(result, errors, &text), w->html, &text, errors);
    if (status == PISTE_OK && w->csv)
        status = write_text(report_plan_csv(result, &text), w->csv, &text, errors);
    if (status == PISTE_OK && w->json)
        status = write_text(report_plan_json(result, &text), w->json, &text, errors);
    if (status == PISTE_OK && !is_stdout(w->json) && !is_stdout(w->csv) && !is_stdout(w->html)) {
        report_look look = look_of(w);
        report_plan_table(result, &look, &text);
        status = write_text(PISTE_OK, "-", &text, errors);
    }
    return status;
}

static void tell_ranks(const plan_ranks *ranks) {
    fprintf(stderr, "ranks %d\n", ranks->size);
    for (int32_t i = 0; i < ranks->size; i++)
        fprintf(stderr, "rank %d: %lld replications\n", i, (long long)ranks->days[i]);
}

static piste_status rehearse(const wishes *w, piste_plan *plan, plan_ranks *ranks, piste_errors *errors) {
    watch seen = {0};
    const piste_plan_result *result = NULL;
    piste_plan_def def = piste_plan_def_default();
    clock_gettime(CLOCK_MONOTONIC, &seen.begun);
    def.threads = w->thread_count;
    def.db = w->db;
    def.ranks = ranks;
    def.tick = tick;
    def.context = &seen;
    piste_status status = piste_plan_run(plan, &def, errors, &result);
    cli_progress_erase(&seen.progress);
    if (status == PISTE_INTERRUPTED && w->db && (!ranks || ranks->rank == 0))
        fprintf(stderr, "piste plan: interrupted; the same command goes on from %s\n", w->db);
    if (ranks && ranks->rank == 0)
        tell_ranks(ranks);
    return status == PISTE_OK && result ? write_results(w, result, errors) : status;
}

static int run_plan(const wishes *w) {
    piste_errors *errors = piste_errors_create();
    piste_plan *plan = NULL;
    plan_ranks ranks = {0};
    bool several = false;
    piste_status status = plan_ranks_find(errors, &ranks, &several);
    int code = 0;
    if (status != PISTE_OK) {
        code = cli_tell(status, errors);
        piste_errors_destroy(errors);
        return code;
    }
    status = PISTE_OK;
    if (w->html && !report_has_pages())
        status = report_plan_html(NULL, errors, NULL);
    if (status == PISTE_OK)
        status = piste_plan_load(w->file, errors, &plan);
    if (several)
        status = plan_ranks_meet(&ranks, plan, status, errors);
    if (status == PISTE_OK && w->check)
        printf("%s: nothing is wrong with it\n", w->file);
    else if (status == PISTE_OK)
        status = rehearse(w, plan, several ? &ranks : NULL, errors);
    if (status != PISTE_OK)
        code = several && ranks.rank > 0 ? piste_status_exit_code(status) : cli_tell(status, errors);
    if (several)
        ranks.close(false);
    piste_plan_destroy(plan);
    piste_errors_destroy(errors);
    free(ranks.days);
    return code;
}

static int run_compare(const wishes *w) {
    piste_errors *errors = piste_errors_create();
    piste_comparison *comparison = NULL;
    base_text text = {0};
    int code = 0;
    piste_status status = piste_plan_compare(w->file, w->other, errors, &comparison);
    if (status == PISTE_OK && w->json)
        status = write_text(report_comparison_json(comparison, &text), w->json, &text, errors);
    if (status == PISTE_OK && !is_stdout(w->json)) {
        report_look look = look_of(w);
        report_comparison_table(comparison, &look, &text);
        status = write_text(PISTE_OK, "-", &text, errors);
    }
    if (status != PISTE_OK)
        code = cli_tell(status, errors);
    piste_comparison_destroy(comparison);
    piste_errors_destroy(errors);
    return code;
}

static int run(int argc, char **argv) {
    wishes w = {0};
    bool done = false;
    int code = read_wishes(argc, argv, &w, &done);
    if (code || done)
        return code;
    cli_listen_to_signals();
    return w.compare ? run_compare(&w) : run_plan(&w);
}

const cli_command cli_plan = {
    "plan", "rehearse an experiment and tell what came of it",
    "usage: piste plan FILE [--db FILE] [--threads N] [--full] [--json FILE] [--csv FILE] [--html FILE]\n"
    "       piste plan FILE --check\n"
    "       piste plan --compare A.db B.db [--json FILE]\n"
    "\n"
    "Rehearses the days that the plan in FILE asks for: each combination of its factors, until what it measures is "
    "known as\n"
    "narrowly as it wants. Prints means, differences and effects with their intervals. The same plan and seed give the "
    "same\n"
    "figures on any number of threads or machines. docs/guide/plan.md tells how to write one.\n"
    "\n"
    "  --db FILE      keep the figures in this SQLite file as they come; a plan that was ended goes on from there\n"
    "  --threads N    days at one time: 1 to 256, otherwise as many as there are processors\n"
    "  --check        only tell what is wrong with the plan\n"
    "  --full         every scenario and effect\n"
    "  --json FILE    the result as JSON; - for standard output\n"
    "  --csv FILE     one line for each scenario and measure; - for standard output\n"
    "  --html FILE    a page with charts, for any browser, that needs no network; - for standard output\n"
    "  --compare      two databases: what both measured, side by side\n"
    "\n"
    "Under mpirun the days are shared out over its processes, one thread each.\n",
    run};
