// import.h - what the steps of an import share. In order:
//
//     load_map.c  the files; raw OpenStreetMap becomes features like those of OpenSkiData (osm.h)
//     collect.c   features of the area: operating, downhill, each once; areas lend their widths to lines
//     shape.c     lines in local metres: heights filled, nearest points, cuts
//                 (dem.c: heights from a raster; levels.c: from nothing but directions and difficulties)
//     stations.c  stations between the ends of a lift
//     areas.c     runs drawn as areas: the width of a line, or a centre line
//     graph.c     directions; ends and crossings become nodes (nodes.c: how they are held and joined; junctions.c: what
//                 lies on one point; snap.c: what lies near), and runs are cut there
//     connect.c   base, walks, what cannot be reached or left goes out (ways.c: the list of ways)
//     arrivals.c  the base areas where guests come in
//     keys.c      stable keys of lines, sections and places
//     assume.c    what the map does not say, each with its source (visitors.c: who comes, and what stands at the bases)
//     yaml.c      resort.yaml (names.c: names in other languages, and in which the others are)
//     merge.c     the same with the owner's corrections, where there are any
//                 (trees.c: trees of YAML; comments.c: the owner's comments)
//     write.c     the texts of the folder
//     folder.c    the folder, all or nothing
//     report.c    what was done, as text and JSON
//
// Everything lives in one arena. Lines stand in an order that comes from what they are, not from where they stood in a
// file, and every step goes through them in that order: this is what makes the result a function of the map alone.
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "base/base.h"
#include "piste/import.h"
#include "piste/resort.h"
#include "resort/geojson.h"

enum {
    IMPORT_LINES_MAX = 4000, // of one area: the largest linked resorts have about 1,500
    IMPORT_NODES_MAX = 100000,
    IMPORT_BASE_LINK_M = 300, // bottoms of lifts this near to each other are one base area,
    IMPORT_BASE_RISE_M = 25   // unless one of them lies so much higher
};

typedef struct import_point {
    double x, y; // m east and north of the area's middle
    double h;    // m above sea level
    double s;    // m from the line's beginning, on the plane
    double lon, lat;
    bool is_station; // on a lift, between its ends
} import_point;

typedef struct import_cut { // where a line passes a node
    double s;
    int32_t node;
} import_cut;

typedef struct import_line {
    bool is_lift;
    const geojson_file *file;
    int32_t feature;
    const char *name;  // "" where there is none
    const char *id;    // the feature's
    const char *osm;   // "way/252759634": steadier than the id, which changes with the geometry; "" where there is none
    const char *label; // "run Lower Ivory Run (way/252759634)": for the report
    const char *key;
    const char *slug;     // its key before it is told apart from others: given in the map, or its name
    import_point *points; // in the direction of travel (lifts: upwards)
    int32_t count;
    double length_m; // along the slope
    bool from_area;  // a centre line drawn by the importer
    bool reversed;
    bool is_park; // a terrain park, and nothing else
    bool two_way; // may be gone in either direction
    bool heights_filled;
    bool heights_assumed; // by levels.c: they tell nothing of the direction
    double width_m;       // from an area of the map; NaN where there is none
    import_cut *cuts;     // in order of s; the first is 0, the last the end
    int32_t cut_count, cut_capacity;
    // assumed or read, assume.c:
    int32_t difficulty;
    const char *difficulty_basis; // NULL: the map says so
    bool dropped;
} import_line;

typedef struct import_node { // an anchor, and by `parent` the place it belongs to
    double x, y, h, lon, lat;
    int32_t parent;
    int32_t next; // ring of the anchors of one place
    int32_t line;
    double s;
    unsigned flags; // of the root: IMPORT_IN, IMPORT_OUT
} import_node;

enum { IMPORT_IN = 1, IMPORT_OUT = 2 }; // something leads here; something leads on from here

typedef struct import_station { // between the ends of a lift
    int32_t node;
    double s; // on the line
} import_station;

typedef enum import_way_kind { IMPORT_WAY_LIFT, IMPORT_WAY_RUN, IMPORT_WAY_WALK } import_way_kind;

typedef struct import_way {
    import_way_kind kind;
    int32_t from, to;         // roots of nodes
    int32_t line;             // -1: a walk that is laid
    double from_m, to_m;      // on the line
    int32_t index, of;        // section, counted from 1; set once all cuts are made
    import_station *stations; // of a lift, once its sections are one way again
    int32_t station_count;
    bool both_ways; // walks that lead back; lifts that carry down
    double length_m;
    const char *key;
    const char *why; // of a walk
    bool kept;
} import_way;

typedef struct import_place {
    int32_t node;
    const char *key, *name, *kind;
    const json_t *named; // what on the map it is called after, and nothing else: its name in other languages; NULL
    bool is_arrival;
} import_place;

typedef struct import_arrival { // a base area where guests come in
    int32_t node;
    double capacity_pph; // of the lifts that begin there
    int32_t guests;
} import_arrival;

typedef enum import_told {
    IMPORT_REVERSED,
    IMPORT_SNAPPED,
    IMPORT_CROSSED,
    IMPORT_SPLIT,
    IMPORT_WALKED,
    IMPORT_STATION,
    IMPORT_AREA,
    IMPORT_ASSUMED,
    IMPORT_LEFT_OUT,
    IMPORT_MERGED,   // of a merge: the map's changes,
    IMPORT_KEPT,     // the owner's,
    IMPORT_CONFLICT, // and where both have changed
    IMPORT_TOLD_COUNT
} import_told;

typedef struct import_item {
    import_told told;
    const char *subject, *message;
    double metres; // -1 where there is none
} import_item;

typedef struct importer {
    const piste_import_def *def;
    base_arena *arena;
    piste_errors *errors;
    bool no_memory;
    geojson_file *files;
    int32_t file_count;
    const char *area_name, *area_id;
    const json_t *area_properties; // as the map has them; NULL: it has none
    const char *language, *language_basis; // in which names are; NULL: nothing tells
    const char *area_match; // the name letter by letter as the map has it
    bool has_area;          // false: the files know no areas, everything is taken
    double lon0, lat0, metres_lon, metres_lat;
    import_line *lines; // lifts first
    int32_t line_count, line_capacity;
    import_line *areas; // runs drawn as areas; their points are the outer ring
    int32_t area_count, area_capacity;
    import_node *nodes;
    int32_t node_count, node_capacity;
    import_way *ways;
    int32_t way_count, way_capacity;
    import_place *places;
    int32_t place_count;
    int32_t *place_of;        // by root of node, -1: none
    int32_t base;             // root of the base's node
    import_arrival *arrivals; // the base first
    int32_t arrival_count;
    const char *zone;
    bool zone_assumed;
    int32_t guests;
    bool heights_assumed;      // of at least one line
    bool has_raw;              // a file is OpenStreetMap's own
    char *merged;              // resort.yaml of a merge; NULL otherwise
    const char **kept_entries; // of the owner's folder, not of this map: "runs my-own"
    int32_t kept_entry_count, kept_entry_capacity;
    import_item *items;
    int32_t item_count, item_capacity;
    double run_found_m, run_kept_m;
    int32_t kept[3]; // ways kept, by kind
} importer;

// import.c: all steps from the files that are loaded to the report; nothing is read or written. What was wrong is told.
PISTE_CHECKED piste_status import_steps(importer *im, piste_import_report **report);
// A list in the arena grows to hold one more; NULL and no_memory where it cannot.
void *import_grow(importer *im, void *list, int32_t count, int32_t *capacity, size_t size);
const char *import_format(importer *im, const char *format, ...) PISTE_PRINTF(2, 3);

// load_map.c: reads the files of the definition into im->files, whatever their kind; those of OpenStreetMap become one.
PISTE_CHECKED piste_status import_load(importer *im);

// collect.c
PISTE_CHECKED piste_status import_collect(importer *im);

// shape.c
PISTE_CHECKED piste_status import_shape(importer *im);
double import_distance(const import_point *a, const import_point *b);
// Degrees to the 7 decimals of OpenStreetMap.
double import_degrees(double degrees);
// The point at s metres along a line, everything interpolated.
import_point import_at(const import_line *line, double s);
// The point of a line nearest to (x, y), and how far away it is.
import_point import_nearest(const import_line *line, double x, double y, double *distance);
// Metres along the slope between two places of a line, by their s; rounded to 0.1 m.
double import_section_length(const import_line *line, double from, double to);
// The points of a section, in the arena. NULL: no memory.
import_point *import_section(importer *im, const import_line *line, double from, double to, int32_t *count);
import_point import_project(const importer *im, piste_point point);
void import_measure(import_line *line); // sets s and length_m from the points

// stations.c: marks the stations of lifts before anything is cut there; makes one way of a lift's sections after that.
PISTE_CHECKED piste_status import_stations(importer *im);
PISTE_CHECKED piste_status import_fold_lifts(importer *im);
// What the map calls the station there, "" where it has no name; NULL: it is one because lines end there.
const char *import_station_named(const import_line *lift, double s);
const json_t *import_station_at(const import_line *lift, double s); // as the map has it; NULL

// dem.c: heights that the map does not have, from the raster of the definition.
PISTE_CHECKED piste_status import_dem(importer *im);
// levels.c: heights that the map does not have, from directions and difficulties.
PISTE_CHECKED piste_status import_levels(importer *im);
// What a line's kind says of its gradient in the direction in which it is drawn; upwards positive.
double import_gradient(const import_line *line);

// areas.c
PISTE_CHECKED piste_status import_areas(importer *im);

// graph.c
PISTE_CHECKED piste_status import_graph(importer *im);
void import_turn(import_line *line); // the other way round
// How many metres more two heights may differ than they would if the map had given them.
double import_slack(const importer *im);
int32_t import_root(importer *im, int32_t node);
// nodes.c
int32_t import_anchor(importer *im, int32_t line, double s); // the node there, made if need be; -1: no memory
// The anchor of the line nearest to s, at most `slack` away; -1: none.
int32_t import_anchor_near(const importer *im, int32_t line, double s, double slack);
bool import_may_join(importer *im, int32_t a, int32_t b); // no line would touch the same place twice
void import_join(importer *im, int32_t a, int32_t b);
const char *import_describe(importer *im, int32_t node); // "the top of lift Sky Lift"
bool import_carries_down(const import_line *lift);
// junctions.c
PISTE_CHECKED piste_status import_junctions(importer *im);
// snap.c
PISTE_CHECKED piste_status import_snap(importer *im);

// ways.c
bool import_add_way(importer *im, import_way way); // false: no memory
// Cuts a run's section at s, a distance along its line; the node there, -1: no memory.
int32_t import_cut_way(importer *im, int32_t way, double s);
// Numbers the sections of each line from its beginning, and tells which lines were cut.
PISTE_CHECKED piste_status import_number(importer *im);

// connect.c
PISTE_CHECKED piste_status import_connect(importer *im);

// arrivals.c
PISTE_CHECKED piste_status import_arrivals(importer *im);
void import_share_guests(importer *im);                      // of im->guests, how many come where
int32_t import_arrival_at(const importer *im, int32_t node); // -1: nobody comes in there

// keys.c
PISTE_CHECKED piste_status import_keys(importer *im);
// A name as a key ("Lower Ivory Run" -> "lower-ivory-run"); NULL where it has letters that are not Latin, or none at
// all.
const char *import_slug(base_arena *arena, const char *name);

// assume.c
typedef struct import_lift_figures {
    int32_t seats;
    const char *seats_basis;
    const char *interval, *interval_basis; // one of interval and capacity
    const char *capacity, *capacity_basis;
    const char *speed, *speed_basis; // one of speed and duration
    const char *duration, *duration_basis;
    bool carries_down;
    double capacity_pph; // what comes of it
} import_lift_figures;
PISTE_CHECKED piste_status import_assume(importer *im);
import_lift_figures import_lift_assume(importer *im, const import_way *way);
const char *import_lift_type(const import_line *line); // NULL: no word that is known; it counts as a drag lift
double import_run_width(const import_line *line, const char **basis);

// yaml.c
void import_yaml(importer *im, base_text *out);
void import_yaml_visitors(importer *im, base_text *out); // visitors.c
void import_yaml_text(base_text *out, const char *text);

// names.c: finds im->language; writes the names of something of the map in other languages, where it has any
PISTE_CHECKED piste_status import_language(importer *im);
void import_yaml_names(importer *im, const json_t *properties, const char *indent, base_text *out);

// merge.c: with def->merge, what becomes of the owner's corrections.
PISTE_CHECKED piste_status import_merge(importer *im);

// report.c
void import_tell(importer *im, import_told told, const char *subject, double metres, const char *format, ...)
    PISTE_PRINTF(5, 6);
// "; left out: ..." of the first few, for an error: what was left out may be why nothing is left. "": nothing was.
const char *import_left_out(importer *im);
PISTE_CHECKED piste_status import_report(importer *im, piste_import_report **report);

// write.c
enum { IMPORT_FILE_COUNT = 6 };
// resort.yaml, lifts.geojson, runs.geojson, report.txt, README.md and import.yaml (what the import itself says, for a
// later merge); the texts come zeroed and are the caller's to
// release, whatever the status.
PISTE_CHECKED piste_status import_texts(importer *im, const piste_import_report *report,
                                        base_text texts[IMPORT_FILE_COUNT]);
PISTE_CHECKED piste_status import_write(importer *im, const piste_import_report *report);

// folder.c: puts them into the definition's folder, or nothing at all.
PISTE_CHECKED piste_status import_place_folder(importer *im, const base_text texts[IMPORT_FILE_COUNT]);

#endif
