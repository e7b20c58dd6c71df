// import.c - `piste import`: a map becomes a resort folder.
#include <string.h>

#include "cli/cli.h"

static const char help[] =
    "usage: piste import FILE... [--area NAME] [--zone ZONE] [--dem FILE] [--merge] [--json FILE] -o FOLDER\n\n"
    "Makes a resort folder of a map on which a day runs without editing. FILE is OpenSkiData GeoJSON (runs, lifts, "
    "ski\n"
    "areas), raw OpenStreetMap (.osm, .osm.pbf) or the JSON of an Overpass server; in any order. What the map does "
    "not\n"
    "say is assumed, and says so.\n\n"
    "  --area NAME   name or id of the ski area, where the files hold several\n"
    "  --zone ZONE   IANA time zone, such as America/New_York; solar time where not given\n"
    "  --dem FILE    an elevation raster (GeoTIFF, ...) for heights that the map does not have\n"
    "  --merge       FOLDER is there: make a new version of it with what you have corrected; the old one becomes\n"
    "                FOLDER.before-1\n"
    "  --json FILE   the report as JSON; - is the standard output, then nothing else is printed there\n"
    "  -o FOLDER     the folder to make; it must not be there yet, unless --merge\n\n"
    "exit code: 0 done, 2 usage, 3 no such file or ski area, 4 a file cannot be read, 5 the folder is there already,\n"
    "6 it could not be written\n";

static int run(int argc, char **argv) {
    bool done = false, merge = false;
    int operands = 0;
    const char *area = NULL, *zone = NULL, *json = NULL, *dem = NULL, *folder = NULL;
    const cli_option options[] = {{"--area", .value = &area},   {"--zone", .value = &zone}, {"--dem", .value = &dem},
                                  {"--merge", .flag = &merge}, {"--json", .value = &json}, {"-o", .value = &folder}};
    if (cli_read_options(&cli_import, argc, argv, options, sizeof options / sizeof options[0], &operands, &done) !=
        PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    if (operands < 1)
        return cli_usage(&cli_import, "expected at least one file of a map");
    if (!folder)
        return cli_usage(&cli_import, "expected -o with the folder to make");
    const piste_import_def def = {.files = (const char *const *)argv,
                                  .file_count = operands,
                                  .area = area,
                                  .zone = zone,
                                  .dem = dem,
                                  .merge = merge,
                                  .folder = folder};
    piste_errors *errors = piste_errors_create();
    piste_import_report *report = NULL;
    piste_status status = piste_import(&def, errors, &report);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    if (report && json)
        code = cli_write(json, report->json, strlen(report->json));
    if (report && code == 0 && !(json && strcmp(json, "-") == 0))
        code = cli_write("-", report->text, strlen(report->text));
    piste_import_report_destroy(report);
    piste_errors_destroy(errors);
    return code;
}

const cli_command cli_import = {"import", "make a resort folder of a map", help, run};
