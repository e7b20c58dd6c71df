// check.c - `piste check`: reads a resort folder as a careful colleague would.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "cli/cli.h"

static const char *const severity_words[] = {"note", "warning", "error"};
static const char *const severity_colours[] = {"\033[36m", "\033[33m", "\033[31m"};

typedef struct tally {
    int of[3]; // by severity
} tally;

static tally count(const piste_findings *findings) {
    tally t = {{0}};
    for (size_t i = 0; i < piste_findings_count(findings); i++)
        t.of[piste_findings_get(findings, i)->severity]++;
    return t;
}

// "resorts/x/resort.yaml:12"; a finding in a map has no line.
static void place_of(const piste_resort *resort, const piste_finding *f, base_text *out) {
    base_text_format(out, "%s/%s", resort->folder, f->file);
    if (f->line > 0)
        base_text_format(out, ":%d", f->line);
}

static int widest_place(const piste_resort *resort, const piste_findings *findings) {
    int widest = 0;
    for (size_t i = 0; i < piste_findings_count(findings); i++) {
        base_text place = {0};
        place_of(resort, piste_findings_get(findings, i), &place);
        int columns = place.data ? base_text_columns(place.data) : 0;
        widest = columns > widest ? columns : widest;
        base_text_release(&place);
    }
    return widest;
}

static void print_finding(const piste_resort *resort, const piste_finding *f, int width, bool colours) {
    base_text place = {0};
    place_of(resort, f, &place);
    const char *text = place.data ? place.data : "";
    printf("%s%*s  %s%-7s%s  %s: %s\n", text, width - base_text_columns(text), "", colours ? severity_colours[f->severity] : "", severity_words[f->severity],
           colours ? "\033[0m" : "", f->rule, f->subject);
    printf("    %s\n    -> %s\n", f->message, f->suggestion);
    base_text_release(&place);
}

static void print_date(const piste_resort *resort, char out[24]) {
    out[0] = 0;
    if (resort->as_of == PISTE_DATE_NONE)
        return;
    memcpy(out, ", as of ", 8);
    piste_date_format(resort->as_of, out + 8);
}

static void print_count(int number, const char *one, const char *many, const char *after) {
    printf("%d %s%s", number, number == 1 ? one : many, after);
}

static void print_findings(const piste_resort *resort, const piste_findings *findings) {
    char date[24];
    bool colours = cli_has_colours(STDOUT_FILENO);
    print_date(resort, date);
    printf("%s%s: ", resort->name, date);
    print_count(resort->places.count, "place", "places", ", ");
    print_count(resort->lifts.count, "lift", "lifts", ", ");
    print_count(resort->runs.count, "run", "runs", ", ");
    print_count(resort->walks.count, "walk", "walks", ", ");
    print_count(resort->venues.count, "venue", "venues", ", ");
    print_count(resort->segments.count, "segment", "segments", "\n");
    int width = widest_place(resort, findings);
    for (size_t i = 0; i < piste_findings_count(findings); i++)
        print_finding(resort, piste_findings_get(findings, i), width, colours);
    tally t = count(findings);
    print_count(t.of[PISTE_ERROR], "error", "errors", ", ");
    print_count(t.of[PISTE_WARNING], "warning", "warnings", ", ");
    print_count(t.of[PISTE_NOTE], "note", "notes", "\n");
}

// ---- JSON -------------------------------------------------------------------------------------------------------------

static json_t *findings_json(const piste_findings *findings) {
    json_t *list = json_array();
    for (size_t i = 0; findings && i < piste_findings_count(findings); i++) {
        const piste_finding *f = piste_findings_get(findings, i);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:o,s:s,s:s,s:s}", "severity", severity_words[f->severity], "rule", f->rule, "file", f->file, "line",
                                              f->line > 0 ? json_integer(f->line) : json_null(), "subject", f->subject, "message", f->message, "suggestion", f->suggestion));
    }
    return list;
}

static json_t *errors_json(const piste_errors *errors) {
    json_t *list = json_array();
    for (size_t i = 0; i < piste_errors_count(errors); i++) {
        const piste_error *e = piste_errors_get(errors, i);
        json_array_append_new(list, json_pack("{s:s,s:s,s:o,s:o,s:s}", "status", piste_status_name(e->status), "file", e->file, "line", e->line > 0 ? json_integer(e->line) : json_null(),
                                              "column", e->column > 0 ? json_integer(e->column) : json_null(), "message", e->message));
    }
    return list;
}

// What was found, or, where the folder could not be read, why.
static int write_json(const char *path, piste_status status, const piste_resort *resort, const piste_errors *errors, const piste_findings *findings) {
    tally t = findings ? count(findings) : (tally){{0}};
    char date[11] = "";
    if (resort && resort->as_of != PISTE_DATE_NONE)
        piste_date_format(resort->as_of, date);
    json_t *root = json_pack("{s:s,s:i,s:s,s:s*,s:s*,s:{s:i,s:i,s:i},s:o,s:o}", "format", "piste-check", "version", 1, "status", piste_status_name(status), "resort",
                             resort ? resort->name : NULL, "as_of", *date ? date : NULL, "counts", "error", t.of[PISTE_ERROR], "warning", t.of[PISTE_WARNING], "note", t.of[PISTE_NOTE],
                             "findings", findings_json(findings), "load_errors", errors_json(errors));
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    if (!text)
        return cli_tell(PISTE_MEMORY, NULL);
    base_text line = {0};
    base_text_format(&line, "%s\n", text);
    free(text);
    int code = line.failed ? cli_tell(PISTE_MEMORY, NULL) : cli_write(path, line.data, line.length);
    base_text_release(&line);
    return code;
}

// ---- the command ------------------------------------------------------------------------------------------------------

static int check_folder(const char *folder, piste_date date, const char *json, bool strict) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_findings *findings = NULL;
    if (!errors)
        return cli_tell(PISTE_MEMORY, NULL);
    piste_status status = piste_resort_load(folder, date, errors, &resort);
    if (status == PISTE_OK)
        status = piste_resort_check(resort, &findings);
    int code = 0;
    if (status != PISTE_OK)
        code = cli_tell(status, errors);
    else {
        tally t = count(findings);
        if (t.of[PISTE_ERROR] || (strict && t.of[PISTE_WARNING]))
            status = PISTE_FOUND;
        code = piste_status_exit_code(status);
        if (!json || strcmp(json, "-") != 0)
            print_findings(resort, findings);
    }
    if (json) {
        int written = write_json(json, status, resort, errors, findings);
        code = code ? code : written;
    }
    piste_findings_destroy(findings);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    return code;
}

static int run(int argc, char **argv) {
    bool done = false, strict = false;
    int operands = 0;
    const char *date_text = NULL, *json = NULL;
    const cli_option options[] = {{"--date", .value = &date_text}, {"--json", .value = &json}, {"--strict", .flag = &strict}};
    if (cli_read_options(&cli_check, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    if (operands != 1)
        return cli_usage(&cli_check, "expected one resort folder");
    piste_date date = PISTE_DATE_NONE;
    if (date_text && piste_date_parse(date_text, &date) != PISTE_OK)
        return cli_usage(&cli_check, "--date %s, expected a date such as 2019-02-02", date_text);
    return check_folder(argv[0], date, json, strict);
}

const cli_command cli_check = {"check", "read a resort as a careful colleague would",
                               "usage: piste check RESORT [--date DATE] [--json FILE] [--strict]\n"
                               "\n"
                               "Loads the folder RESORT and tells what is well formed and yet cannot be right, each with its\n"
                               "place, how bad it is (error, warning, note), a rule and a suggestion.\n"
                               "\n"
                               "  --date DATE   the resort as of that date; otherwise the file's own as-of\n"
                               "  --json FILE   the findings as JSON; - is the standard output, then nothing else is printed there\n"
                               "  --strict      warnings count as errors\n"
                               "\n"
                               "exit code: 0 no errors, 1 errors were found, 2 usage, 3 no such folder, 4 the folder cannot be read\n",
                               run};
