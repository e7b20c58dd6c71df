// desk.c - `piste desk`: one act or question from words, many from a file of JSON lines, a resort's tariff, an export.
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/base.h"
#include "cli/cli.h"
#include "cli/desk_drive.h"
#include "cli/password.h"
#include "desk/desk.h"
#include "desk/tariff.h"
#include "report/desk.h"

enum { LINE_MAX_BYTES = 4 * 1024 * 1024 };

typedef struct wishes {
    const char *db, *key, *who, *date, *out, *vault, *for_s;
    bool json;
} wishes;

const char *cli_desk_url(const char *given) {
    const char *standing = getenv("PISTE_DESK");
    return given ? given : standing && *standing ? standing : "desk.db";
}

const char *cli_desk_vault(const char *given, const char *url) {
    static char beside[4096];
    const char *standing = getenv("PISTE_DESK_VAULT");
    if (given || (standing && *standing))
        return given ? given : standing;
    snprintf(beside, sizeof beside, "%s.keys", url);
    return strncmp(url, "postgres", 8) != 0 && access(beside, F_OK) == 0 ? beside : NULL;
}

static report_look look_of(void) {
    return (report_look){.columns = cli_columns(STDOUT_FILENO, REPORT_COLUMNS),
                         .colours = cli_has_colours(STDOUT_FILENO),
                         .ascii = !cli_is_utf8()};
}

// What was done goes to stdout, what was not to stderr; with --json everything to stdout, as one line.
static int print_answer(const char *answer, piste_status status, bool json) {
    if (!answer)
        return cli_tell(PISTE_MEMORY, NULL);
    if (json)
        printf("%s\n", answer);
    else {
        base_text text = {0};
        report_look look = look_of();
        report_desk_answer(answer, &look, &text);
        fputs(text.failed ? answer : text.data ? text.data : "", status == PISTE_OK ? stdout : stderr);
        base_text_release(&text);
    }
    if (fflush(stdout) != 0)
        return cli_tell(PISTE_IO, NULL);
    return piste_status_exit_code(status);
}

// ---- one act from words --------------------------------------------------------------------------------------------

// An act that a person types has no key of its own: it gets one, which the answer tells, so that it can be sent again.
static void make_key(char key[33]) {
    uint64_t bits[2] = {0, 0};
    if (getrandom(bits, sizeof bits, 0) != sizeof bits)
        bits[0] = (uint64_t)getpid();
    snprintf(key, 33, "%016" PRIx64 "%016" PRIx64, bits[0], bits[1]);
}

static int do_words(desk *d, const desk_kind *kind, const wishes *w, int count, char **words) {
    json_t *request = NULL;
    char why[300], key[33];
    piste_status status = desk_words_read(kind, count, words, why, sizeof why, &request);
    if (status != PISTE_OK) {
        fprintf(stderr, "piste desk %s: %s; see 'piste desk help %s'\n", kind->name, why, kind->name);
        return piste_status_exit_code(PISTE_USAGE);
    }
    piste_errors *errors = piste_errors_create();
    status = cli_ask_password(request, errors);
    int asked = status == PISTE_OK ? 0 : cli_tell(status, errors);
    piste_errors_destroy(errors);
    if (asked) {
        json_decref(request);
        return asked;
    }
    make_key(key);
    if (!kind->is_question)
        json_object_set_new(request, "key", json_string(w->key ? w->key : key));
    if (w->who)
        json_object_set_new(request, "who", json_string(w->who));
    char *answer = NULL;
    status = desk_do(d, request, &answer);
    int code = print_answer(answer, status, w->json);
    if (status == PISTE_IO && store_is_stopped(desk_get_store(d)) && !w->key)
        fprintf(stderr, "piste desk: it is not known whether this was done; ask again with --key %s\n", key);
    free(answer);
    json_decref(request);
    return code;
}

// ---- many from a file ----------------------------------------------------------------------------------------------

static int do_line(desk *d, const char *line, size_t length, const wishes *w) {
    char *answer = NULL;
    piste_status status = desk_do_text(d, line, length, &answer);
    int code = print_answer(answer, status, w->json);
    free(answer);
    return code;
}

// One request a line; an empty line and one that begins with # is none. Goes on after a refusal; the first one's code
// is told.
static int do_file(desk *d, const char *path, const wishes *w) {
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int code = 0;
    if (!in) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return piste_status_exit_code(errno == ENOENT ? PISTE_NOT_FOUND : PISTE_IO);
    }
    while ((length = getline(&line, &capacity, in)) > 0) {
        if (length > LINE_MAX_BYTES) {
            fprintf(stderr, "%s: a line of more than %d bytes\n", path, LINE_MAX_BYTES);
            code = piste_status_exit_code(PISTE_LIMIT);
            break;
        }
        if (line[strspn(line, " \t\r\n")] == 0 || line[0] == '#')
            continue;
        int got = do_line(d, line, (size_t)length, w);
        code = code ? code : got;
        if (store_is_stopped(desk_get_store(d)))
            break;
    }
    if (ferror(in))
        code = cli_tell(PISTE_IO, NULL);
    if (in != stdin)
        fclose(in);
    free(line);
    return code;
}

// ---- a resort's tariff and catalogue -------------------------------------------------------------------------------

static int load_resort(desk *d, const char *folder, const wishes *w) {
    piste_date date = PISTE_DATE_NONE;
    piste_resort *resort = NULL;
    int done = 0, code = 0;
    if (w->date && piste_date_parse(w->date, &date) != PISTE_OK)
        return cli_usage(&cli_desk, "--date %s, expected a date such as 2019-02-02", w->date);
    piste_errors *errors = piste_errors_create();
    piste_status status = piste_resort_load(folder, date, errors, &resort);
    if (status == PISTE_OK)
        status = desk_tariff_load(d, resort, errors, &done);
    if (status != PISTE_OK)
        code = cli_tell(status, errors);
    else
        printf(w->json ? "{\"status\":\"ok\",\"acts\":%d}\n" : "%d acts\n", done);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    return code;
}

// ---- export --------------------------------------------------------------------------------------------------------

static int export_journal(desk *d, const char *format, const wishes *w) {
    bool beancount = strcmp(format, "beancount") == 0;
    if (!beancount && strcmp(format, "hledger") != 0)
        return cli_usage(&cli_desk, "export %s, expected hledger or beancount", format);
    base_text text = {0};
    piste_status status = desk_export(d, beancount, &text);
    int code = status == PISTE_OK ? cli_write(w->out ? w->out : "-", text.data ? text.data : "", text.length)
                                  : cli_tell(status, NULL);
    base_text_release(&text);
    return code;
}

// ---- the command ---------------------------------------------------------------------------------------------------

static int help(const char *act) {
    if (act && !desk_kind_find(act))
        return cli_usage(&cli_desk, "there is no act %s", act);
    base_text text = {0};
    if (act)
        desk_kind_describe(desk_kind_find(act), &text);
    for (int i = 0; !act && i < desk_kind_count; i++)
        base_text_format(&text, "  %-13s %s\n", desk_kinds[i].name, desk_kinds[i].meaning);
    fputs(text.data ? text.data : "", stdout);
    int code = text.failed ? cli_tell(PISTE_MEMORY, NULL) : 0;
    base_text_release(&text);
    return code;
}

static int with_desk(desk *d, const wishes *w, int operands, char **argv) {
    const char *word = argv[0];
    const desk_kind *kind = desk_kind_find(word);
    if (kind)
        return do_words(d, kind, w, operands - 1, argv + 1);
    if (strcmp(word, "drive") == 0 && operands <= 2)
        return cli_desk_drive(d, operands == 2 ? argv[1] : NULL, w->for_s, w->json);
    if (operands > 2)
        return cli_usage(&cli_desk, "%s: expected one operand", word);
    if (strcmp(word, "do") == 0)
        return do_file(d, argv[1], w);
    if (strcmp(word, "notice") == 0)
        return cli_desk_notice(d, argv[1], w->json);
    return strcmp(word, "load") == 0 ? load_resort(d, argv[1], w) : export_journal(d, argv[1], w);
}

static int run(int argc, char **argv) {
    wishes w = {0};
    bool done = false;
    int operands = 0;
    const cli_option options[] = {{"--db", .value = &w.db},   {"--key", .value = &w.key},
                                  {"--who", .value = &w.who}, {"--date", .value = &w.date},
                                  {"-o", .value = &w.out},    {"--json", .flag = &w.json},
                                  {"--vault", .value = &w.vault}, {"--for", .value = &w.for_s}};
    if (cli_read_options(&cli_desk, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    if (operands == 0)
        return cli_usage(&cli_desk, "expected an act");
    if (strcmp(argv[0], "help") == 0)
        return help(operands > 1 ? argv[1] : NULL);
    static const char *const own[][2] = {{"do", "a file of acts"},
                                         {"load", "a resort folder"},
                                         {"export", "hledger or beancount"},
                                         {"notice", "the key of a charge"},
                                         {"drive", NULL}};
    size_t i = 0;
    while (i < BASE_COUNT(own) && strcmp(own[i][0], argv[0]) != 0)
        i++;
    if (i == BASE_COUNT(own) && !desk_kind_find(argv[0]))
        return cli_usage(&cli_desk, "there is no act %s", argv[0]);
    if (i < BASE_COUNT(own) && own[i][1] && operands < 2)
        return cli_usage(&cli_desk, "%s: expected %s", argv[0], own[i][1]);
    piste_errors *errors = piste_errors_create();
    desk *d = NULL;
    bool begins =
        strcmp(argv[0], "do") == 0 || strcmp(argv[0], "load") == 0 || strcmp(argv[0], "open") == 0; // a new database
    piste_status status = desk_open(&(desk_def){.url = cli_desk_url(w.db), .must_exist = !begins, .vault = cli_desk_vault(w.vault, cli_desk_url(w.db))}, errors, &d);
    int code = status == PISTE_OK ? with_desk(d, &w, operands, argv) : cli_tell(status, errors);
    desk_close(d);
    piste_errors_destroy(errors);
    return code;
}

const cli_command cli_desk = {
    "desk", "sell, take payment, give back, close the day",
    "usage: piste desk ACT [FIELD=VALUE ...] [--db DATABASE] [--key KEY] [--who NAME] [--json]\n"
    "       piste desk do FILE         acts from a file of JSON, one a line; - for standard input\n"
    "       piste desk load RESORT     the resort's tariff and cap, then its desk.jsonl\n"
    "       piste desk export FORMAT   the journal for hledger or beancount\n"
    "       piste desk drive [PROVIDER] works on charges; with a provider, compares its books first\n"
    "       piste desk notice KEY      a provider has news of a charge\n"
    "       piste desk help [ACT]      the acts, or what one of them takes\n"
    "\n"
    "One act of the desk, such as `order`, `pay`, `cancel`, `drawer-close` or `close`, or one question, such as "
    "`quote` or\n"
    "`free`. An act is on the disk when it is answered. Sent again with the same key it answers the same, and nothing\n"
    "happens twice; one that is refused may be tried again. Fields of fields are parted by dots, and a field that is "
    "there\n"
    "already begins the next of a list:\n"
    "\n"
    "  piste desk quote positions.product=day-pass positions.class=abroad positions.count=2\n"
    "\n"
    "Of `account`, password=- reads the password from standard input; at a terminal it is asked for, and not shown.\n"
    "\n"
    "  --db DATABASE  a file, or postgresql://...; otherwise what PISTE_DESK says, or desk.db\n"
    "  --vault FOLDER the keys of personal data; otherwise what PISTE_DESK_VAULT says, or DATABASE.keys if it is there\n"
    "  --key KEY      of the act; otherwise one is made\n"
    "  --who NAME     who does it\n"
    "  --date DATE    with load: the tariff as it is on that date\n"
    "  --for SECONDS  with drive: how long; 60\n"
    "  -o FILE        with export: where it goes; otherwise standard output\n"
    "  --json         the answer as one line of JSON\n"
    "\n"
    "exit code: 0 done, 2 usage, 3 no such database, file or folder, 4 the request is not as expected, 5 it is there\n"
    "already, 6 not written: the database, the disk or the server failed, 8 refused\n",
    run};
