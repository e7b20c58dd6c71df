// cap.c - `piste cap`: how many visits can be put on sale.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "plan/plan.h"
#include "report/report.h"

typedef struct wishes {
    const char *folder, *date, *seed, *days, *confidence, *precision, *most, *most_days, *threads, *json;
    cli_values where, spread;
    bool no_inputs, measures;
    piste_date as_of;
    piste_cap_def def;
    cli_progress progress;
} wishes;

static int read_shares(wishes *w) {
    const struct {
        const char *option, *text;
        double *value, low, high;
    } shares[] = {{"--days", w->days, &w->def.share, 0.5, 0.999},
                  {"--confidence", w->confidence, &w->def.confidence, 0.5, 0.999},
                  {"--precision", w->precision, &w->def.precision, 0.001, 0.5}};
    for (size_t i = 0; i < BASE_COUNT(shares); i++)
        if (shares[i].text && (!cli_parse_share(shares[i].text, shares[i].value) || *shares[i].value < shares[i].low ||
                               *shares[i].value > shares[i].high))
            return cli_usage(&cli_cap, "%s %s, expected a share from %g%% to %g%%", shares[i].option, shares[i].text,
                             shares[i].low * 100, shares[i].high * 100);
    return 0;
}

// "assumed=20%": the basis of values, and how far from the truth they may be.
static int read_spreads(wishes *w) {
    for (int32_t i = 0; i < w->spread.count; i++) {
        const char *text = w->spread.list[i];
        size_t length = strcspn(text, "=");
        bool known = false;
        for (int b = 0; b <= PISTE_BASIS_KIND_COUNT; b++) {
            const char *word = b < PISTE_BASIS_KIND_COUNT ? piste_basis_kind_word((piste_basis_kind)b) : "given";
            double *value = &w->def.spread[b];
            if (strlen(word) == length && strncmp(word, text, length) == 0)
                known = text[length] && cli_parse_share(text + length + 1, value) && *value <= 0.5;
        }
        if (!known)
            return cli_usage(
                &cli_cap,
                "--spread %s, expected measured, published, chosen, assumed or given, =, and a share up to 50%%", text);
    }
    return 0;
}

static int read_numbers(wishes *w) {
    int64_t seed = (int64_t)w->def.seed, threads = cli_count_processors(PISTE_CAP_THREADS_MAX);
    int code = cli_read_number(&cli_cap, "--seed", w->seed, 0, INT64_MAX, &seed);
    code = code ? code : cli_read_number(&cli_cap, "--most", w->most, 100, PISTE_GUESTS_MAX, &w->def.most);
    code = code ? code
                : cli_read_number(&cli_cap, "--most-days", w->most_days, 100, PISTE_CAP_DAYS_MAX, &w->def.days_max);
    code = code ? code : cli_read_number(&cli_cap, "--threads", w->threads, 1, PISTE_CAP_THREADS_MAX, &threads);
    w->def.seed = (uint64_t)seed;
    w->def.threads = (int32_t)threads;
    return code;
}

// As a table of the guide's own form, which a test holds against it.
static int print_measures(void) {
    static const char *const units[] = {
        [PLAN_SECONDS] = "time",       [PLAN_PEOPLE] = "people", [PLAN_SHARE] = "share",
        [PLAN_PER_HA] = "per hectare", [PLAN_METRES] = "length", [PLAN_NUMBER] = "number"};
    puts("| measure | of each | in | meaning |\n| --- | --- | --- | --- |");
    for (int32_t i = 0; plan_measure_name(i); i++) {
        plan_measure m = {.what = i};
        printf("| `%s` | %s | %s | %s |\n", plan_measure_name(i), plan_measure_scope(i), units[plan_measure_unit(&m)],
               plan_measure_meaning(&m));
    }
    return 0;
}

static int read_wishes(int argc, char **argv, wishes *w, bool *done) {
    const cli_option options[] = {{"--where", .values = &w->where},
                                  {"--days", .value = &w->days},
                                  {"--date", .value = &w->date},
                                  {"--seed", .value = &w->seed},
                                  {"--confidence", .value = &w->confidence},
                                  {"--precision", .value = &w->precision},
                                  {"--most", .value = &w->most},
                                  {"--most-days", .value = &w->most_days},
                                  {"--spread", .values = &w->spread},
                                  {"--no-inputs", .flag = &w->no_inputs},
                                  {"--measures", .flag = &w->measures},
                                  {"--threads", .value = &w->threads},
                                  {"--json", .value = &w->json}};
    int operands = 0;
    if (cli_read_options(&cli_cap, argc, argv, options, BASE_COUNT(options), &operands, done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (*done)
        return 0;
    if (w->measures) {
        *done = true;
        return print_measures();
    }
    if (operands != 1)
        return cli_usage(&cli_cap, operands == 0 ? "expected a resort folder" : "expected one resort folder, got %d",
                         operands);
    if (w->where.count == 0)
        return cli_usage(&cli_cap, "expected --where with a condition, such as --where 'wait_p90<=10min'");
    if (w->where.count > PISTE_CAP_CONDITIONS_MAX)
        return cli_usage(&cli_cap, "--where given %d times, expected at most %d", w->where.count,
                         PISTE_CAP_CONDITIONS_MAX);
    if (w->date && piste_date_parse(w->date, &w->as_of) != PISTE_OK)
        return cli_usage(&cli_cap, "--date %s, expected a date such as 2019-02-02", w->date);
    w->folder = argv[0];
    w->def.where.list = w->where.list;
    w->def.where.count = w->where.count;
    w->def.file = "--where";
    w->def.inputs = !w->no_inputs;
    int code = cli_check_outputs(&cli_cap, &(cli_output){"--json", w->json}, 1);
    code = code ? code : read_shares(w);
    code = code ? code : read_spreads(w);
    return code ? code : read_numbers(w);
}

// How far it is cannot be known before it is done: the bar tells how near the interval has come to what is asked.
static bool tick(void *context, int64_t days, int64_t low, int64_t high) {
    wishes *w = context;
    if (!cli_is_interrupted() && cli_progress_is_due(&w->progress)) {
        char after[96];
        double middle = (double)(low + high) / 2, half = (double)(high - low) / 2;
        double near = half > 0 && low > 0 ? w->def.precision * middle / half : 0;
        if (low > 0)
            snprintf(after, sizeof after, "%lld days rehearsed, between %lld and %lld visits", (long long)days,
                     (long long)low, (long long)high);
        else
            snprintf(after, sizeof after, "%lld days rehearsed", (long long)days);
        cli_progress_draw(&w->progress, "cap", near * near, after); // the days that are needed grow with the square
    }
    return !cli_is_interrupted();
}

static piste_status act(void *context, const piste_resort *resort, piste_errors *errors) {
    wishes *w = context;
    piste_cap *cap = NULL;
    base_text json = {0}, page = {0};
    w->def.tick = tick;
    w->def.context = w;
    piste_status status = piste_cap_create(resort, &w->def, errors, &cap);
    cli_progress_erase(&w->progress);
    if (status == PISTE_OK && w->json && (status = report_cap_json(cap, &json)) == PISTE_OK)
        status = base_file_write(w->json, json.data, json.length, errors);
    if (status == PISTE_OK && !(w->json && strcmp(w->json, "-") == 0)) {
        report_look look = {.columns = cli_columns(STDOUT_FILENO, REPORT_COLUMNS),
                            .colours = cli_has_colours(STDOUT_FILENO),
                            .ascii = !cli_is_utf8()};
        report_cap_table(cap, &look, &page);
        status = page.failed ? PISTE_MEMORY : base_file_write("-", page.data, page.length, errors);
    }
    piste_cap_destroy(cap);
    base_text_release(&json);
    base_text_release(&page);
    return status;
}

static int run(int argc, char **argv) {
    wishes w = {.as_of = PISTE_DATE_NONE, .def = piste_cap_def_default()};
    bool done = false;
    int code = read_wishes(argc, argv, &w, &done);
    if (code || done)
        return code;
    cli_listen_to_signals();
    return cli_on_resort(w.folder, w.as_of, &w, act);
}

const cli_command cli_cap = {
    "cap", "tell how many visits can be put on sale",
    "usage: piste cap RESORT --where CONDITION [--where CONDITION ...] [--days SHARE] [--date DATE] [--seed S]\n"
    "                 [--precision SHARE] [--confidence SHARE] [--most N] [--most-days N]\n"
    "                 [--spread BASIS=SHARE ...] [--no-inputs] [--threads N] [--json FILE]\n"
    "       piste cap --measures\n"
    "\n"
    "The largest number of visits on sale with which, on that share of days, all conditions hold. Days vary as the\n"
    "resort's day-types say; closed days are counted apart. It is told with two intervals: of the simulation, and a "
    "wider\n"
    "one that holds what is not known of the inputs. The same words give the same cap, on any number of threads.\n"
    "\n"
    "  --where CONDITION   a measure, <= or >=, and a bound: 'wait_p90<=10min' (the worst lift's), "
    "'wait_p90@KEY<=5min'\n"
    "                      (of one lift), 'wait_p90@all<=5min' (of all boardings), 'density<=standard' (each run "
    "against\n"
    "                      its own), 'missed_share<=10%'\n"
    "  --measures          prints all measures\n"
    "  --days SHARE        of the open days, 50% to 99.9%; otherwise 95%\n"
    "  --date DATE         the resort as it is on that date; otherwise on its own as-of date\n"
    "  --seed S            other days of the same kinds; otherwise 1\n"
    "  --precision SHARE   how far the ends of the interval may be from the cap; otherwise 3%\n"
    "  --confidence SHARE  of the intervals; otherwise 95%\n"
    "  --most N            visits: no more are tried; otherwise 50000\n"
    "  --most-days N       open days: then the interval is as wide as it is; otherwise 20000\n"
    "  --spread BASIS=SHARE  how far a value of that basis may be from the truth (standard deviation): otherwise\n"
    "                      measured=2%, published=10%, chosen=10%, assumed=20%, given=2% (without a basis)\n"
    "  --no-inputs         without the wider interval, which is most of the work\n"
    "  --threads N         otherwise as many as there are processors\n"
    "  --json FILE         all of it as JSON; - for standard output, instead of the screen\n"
    "\n"
    "exit code: 0 done, also where there is no cap, 2 not understood, 3 not there, 4 the resort or a condition is not "
    "as\n"
    "expected, 6 could not be written, 130 interrupted\n",
    run};
