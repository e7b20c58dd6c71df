// piste/import.h - a map becomes a resort folder on which a day runs without editing.
//
//     const char *const files[] = {"runs.geojson", "lifts.geojson", "ski_areas.geojson"};
//     piste_import_def def = {.files = files, .file_count = 3, .area = "Whaleback Mountain", .folder = "whaleback"};
//     piste_import_report *report;
//     if (piste_import(&def, errors, &report) == PISTE_OK) {
//         puts(report->text); // what was snapped, split, walked, assumed and left out
//         piste_import_report_destroy(report);
//     }
//
// The files are OpenSkiData GeoJSON (https://openskidata.org: runs, lifts, ski areas) or raw OpenStreetMap (.osm,
// .osm.pbf, Overpass JSON), in any order and with any number of hills in them. What comes out depends on their features alone, never on the order of files or features: the same
// map gives the same bytes.
//
// A map says where lines lie, hardly ever how they are used. The ends of lines are therefore joined to what lies near
// (at most 75 m away and never far uphill), runs are cut where others meet them, walks are laid where nothing else
// leads on, and what is still cut off is left out; the report tells each of these. Whatever the map does not say
// (seats, speeds, widths, venues, visitors) is assumed and stands in resort.yaml as a value with its basis.
//
// A later import of the same hill merges: the folder keeps what the last import wrote (import.yaml), so that what the
// owner has changed since is told from what the map has. The old folder is set aside as FOLDER.before-1, -2, ...
//
// Caveat: the folder holds data of OpenStreetMap, which is under the ODbL whatever the licence of the program.
#ifndef PISTE_IMPORT_H
#define PISTE_IMPORT_H

#include <stdbool.h>

#include "piste/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PISTE_IMPORT_FILES_MAX = 64 };

typedef struct piste_import_def {
    const char *const *files; // paths
    int32_t file_count;
    const char *area;   // name or id of one ski area, upper and lower case alike; NULL where the files hold only one
    const char *zone;   // IANA time zone; NULL: solar time of the longitude ("Etc/GMT+5"), which the report tells
    const char *dem;    // an elevation raster (GeoTIFF, ...) for heights that the map does not have; NULL: none
    const char *folder; // to be made; its parent must be there
    bool merge;         // the folder is there: a new version of it is made, with what its owner has corrected
} piste_import_def;

// All of it belongs to the report.
typedef struct piste_import_report {
    const char *area, *area_id; // as the map calls it; id "" where it has none
    const char *zone;
    int32_t places, lifts, runs, walks;                  // in the folder; a run cut in three counts three
    int32_t guests;                                      // of the assumed day
    double run_found_m, run_kept_m;                      // downhill runs of the area as drawn, and those in the folder
    int32_t snapped, split, reversed, assumed, left_out; // entries of the report
    const char *text;                                    // the whole report for people
    const char *json;                                    // the same as one JSON object ("format": 1)
    void *owner;                                         // (internal)
} piste_import_report;

// Reads the files, writes the folder, and reports. The folder appears whole or not at all. report may be NULL.
// PISTE_EXISTS: something of that name is there already, and stays untouched. PISTE_USAGE: several hills and no area
// (the error lists them); PISTE_NOT_FOUND: no such file or area; PISTE_SYNTAX, PISTE_INVALID, PISTE_LIMIT: a file is not
// what it should be, or nothing of the area can be skied; PISTE_IO: it could not be written.
PISTE_CHECKED PISTE_API piste_status piste_import(const piste_import_def *def, piste_errors *errors,
                                                  piste_import_report **report);
PISTE_API void piste_import_report_destroy(piste_import_report *report);

#ifdef __cplusplus
}
#endif
#endif
