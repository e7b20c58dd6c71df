// map.c - `piste map`: the resort's trail sign, as a picture or as a page.
#include <string.h>

#include "base/base.h"
#include "cli/cli.h"
#include "report/report.h"

typedef struct wishes {
    const char *folder, *date, *svg, *html, *language;
    piste_date as_of;
} wishes;

static int read_wishes(int argc, char **argv, wishes *w, bool *done) {
    int operands = 0;
    const cli_option options[] = {{"--date", .value = &w->date}, {"--svg", .value = &w->svg}, {"--html", .value = &w->html}, {"--language", .value = &w->language}};
    if (cli_read_options(&cli_map, argc, argv, options, BASE_COUNT(options), &operands, done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (*done)
        return 0;
    if (operands != 1)
        return cli_usage(&cli_map, "expected one resort folder");
    if (!w->svg && !w->html)
        return cli_usage(&cli_map, "expected --svg or --html with the file to write");
    if (w->date && piste_date_parse(w->date, &w->as_of) != PISTE_OK)
        return cli_usage(&cli_map, "--date %s, expected a date such as 2019-02-02", w->date);
    if (w->language && !base_language_is(w->language))
        return cli_usage(&cli_map, "--language %s, expected a language as BCP 47 writes it, such as ko or zh-Hant", w->language);
    w->folder = argv[0];
    return cli_check_outputs(&cli_map, (cli_output[]){{"--svg", w->svg}, {"--html", w->html}}, 2);
}

// Both are made before either is written: a file is there only where all is well.
static piste_status write_maps(void *context, const piste_resort *resort, piste_errors *errors) {
    const wishes *w = context;
    base_text svg = {0}, html = {0};
    piste_status status = w->svg ? report_map_svg(resort, w->language, &svg) : PISTE_OK;
    if (status == PISTE_OK && w->html)
        status = report_map_html(resort, w->language, errors, &html);
    if (status == PISTE_OK && w->svg)
        status = base_file_write(w->svg, svg.data, svg.length, errors);
    if (status == PISTE_OK && w->html)
        status = base_file_write(w->html, html.data, html.length, errors);
    base_text_release(&svg);
    base_text_release(&html);
    return status;
}

static int run(int argc, char **argv) {
    wishes w = {.as_of = PISTE_DATE_NONE};
    bool done = false;
    int code = read_wishes(argc, argv, &w, &done);
    if (code || done)
        return code;
    return cli_on_resort(w.folder, w.as_of, &w, write_maps);
}

const cli_command cli_map = {
    "map", "draw the trail sign",
    "usage: piste map RESORT [--date DATE] [--svg FILE] [--html FILE] [--language LANGUAGE]\n"
    "\n"
    "Draws the resort in the folder RESORT: runs by their difficulty, lifts, venues, names, and a list of them all. Where\n"
    "no geometry is known it is a schematic drawing, made from heights and connections. The same resort gives the same\n"
    "bytes, on any machine.\n"
    "\n"
    "  --date DATE   the resort as it is on that date; otherwise on its own as-of date\n"
    "  --svg FILE    as a picture to print or to place on a page; - for standard output\n"
    "  --language LANGUAGE\n"
    "                names in a language, where the resort has them (names: in resort.yaml), such as ko or zh-Hant; the\n"
    "                picture's own words, too, in ko, zh, ru and ja. Otherwise in the resort's own\n"
    "  --html FILE   as a page to look around in, that needs no network; - as above\n"
    "\n"
    "exit code: 0 done, 2 usage, 3 no such folder, or no pages in this build, 4 the resort is not as expected, 6 it could\n"
    "not be written\n",
    run};
