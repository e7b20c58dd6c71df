// test_networks.c - what an import makes of small maps that the test draws itself, in metres about 10° E, 47° N.
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "import/livable.h"
#include "piste/import.h"
#include "test.h"

// ---- a map ----------------------------------------------------------------------------------------------------------

typedef struct point {
    double x, y, h; // h NAN: not on the map
} point;

#define LINE(...) (const point[]){__VA_ARGS__}, (int)(sizeof((const point[]){__VA_ARGS__}) / sizeof(point))

static char folder[200];          // of this test
static json_t *features;          // of the map that is drawn
static const char *area = "Hill"; // to which features belong; "" for none

static json_t *coordinates(const point *points, int count, bool close) {
    json_t *list = json_array();
    for (int i = 0; i < count + close; i++) {
        const point *p = &points[i % count];
        json_t *one = json_array();
        json_array_append_new(one, json_real(10 + p->x / 75834.0));
        json_array_append_new(one, json_real(47 + p->y / 111194.93));
        if (!isnan(p->h))
            json_array_append_new(one, json_real(p->h));
        json_array_append_new(list, one);
    }
    return list;
}

// `more` is JSON without its braces, such as "\"name\": \"Long\"".
static void draw(const char *type, const char *id, const char *more, const point *points, int count) {
    char text[2000];
    snprintf(text, sizeof text, "{\"type\": \"%s\", \"id\": \"%s\", \"status\": \"operating\"%s%s}",
             strncmp(type, "area", 4) == 0 ? "run" : type, id, *more ? ", " : "", more);
    json_error_t error;
    json_t *properties = json_loads(text, 0, &error);
    if (!properties)
        fail_msg("%s: %s", text, error.text);
    if (*area)
        json_object_set_new(
            properties, "skiAreas",
            json_pack("[{s:s, s:{s:s, s:s}}]", "type", "Feature", "properties", "id", area, "name", area));
    bool is_area = strcmp(type, "area") == 0;
    json_t *line = coordinates(points, count, is_area);
    json_t *geometry = is_area ? json_pack("{s:s, s:[o]}", "type", "Polygon", "coordinates", line)
                               : json_pack("{s:s, s:o}", "type", "LineString", "coordinates", line);
    json_array_append_new(
        features, json_pack("{s:s, s:o, s:o}", "type", "Feature", "properties", properties, "geometry", geometry));
}

static void draw_lift(const char *id, const char *more, const point *points, int count) {
    char text[1000];
    snprintf(text, sizeof text, "%s%s%s",
             strstr(more, "liftType") ? "" : "\"liftType\": \"chair_lift\", \"occupancy\": 2",
             *more && !strstr(more, "liftType") ? ", " : "", more);
    draw("lift", id, text, points, count);
}

static void draw_run(const char *id, const char *more, const point *points, int count) {
    char text[1000];
    snprintf(text, sizeof text, "%s%s%s",
             strstr(more, "uses") ? "" : "\"uses\": [\"downhill\"], \"difficulty\": \"easy\"",
             *more && !strstr(more, "uses") ? ", " : "", more);
    draw("run", id, text, points, count);
}

// A lift and a run beside it that begins 20 m from its top and ends 40 m from its bottom.
static void draw_hill(double x) {
    char id[40];
    snprintf(id, sizeof id, "lift%.0f", x);
    draw_lift(id, "\"name\": \"Chair\"", LINE({x, 0, 1000}, {x, 800, 1200}));
    snprintf(id, sizeof id, "run%.0f", x);
    draw_run(id, "\"name\": \"Long Run\"",
             LINE({x + 20, 800, 1199}, {x + 250, 600, 1150}, {x + 250, 200, 1050}, {x + 40, 0, 1001}));
}

static const char *path_of(const char *name) {
    static char path[4][300];
    static int at;
    at = (at + 1) % 4;
    snprintf(path[at], sizeof path[at], "%s/%s", folder, name);
    return path[at];
}

static void save_text(const char *name, const char *text) {
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void save_map(const char *name, bool backwards) {
    json_t *list = json_array();
    size_t count = json_array_size(features);
    for (size_t i = 0; i < count; i++)
        json_array_append(list, json_array_get(features, backwards ? count - 1 - i : i));
    json_t *root = json_pack("{s:s, s:o}", "type", "FeatureCollection", "features", list);
    assert_int_equal(json_dump_file(root, path_of(name), 0), 0);
    json_decref(root);
}

static void remove_all(const char *path) {
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char inner[600];
        snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlink(inner) != 0)
            remove_all(inner);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static int setup(void **state) {
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/piste-import-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    features = json_array();
    area = "Hill";
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    json_decref(features);
    remove_all(folder);
    return 0;
}

static int entries_of(const char *path) {
    int count = 0;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        count += e->d_name[0] != '.' || (e->d_name[1] && e->d_name[1] != '.');
    if (dir)
        closedir(dir);
    return count;
}

// ---- an import ------------------------------------------------------------------------------------------------------

static char told[4000]; // errors of the last import

static piste_status import_to(const char *map, const char *name, const char *which, piste_import_report **report) {
    const char *files[] = {path_of(map)};
    piste_import_def def = {.files = files, .file_count = 1, .area = which, .folder = path_of(name)};
    piste_errors *errors = piste_errors_create();
    piste_status status = piste_import(&def, errors, report);
    told[0] = 0;
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        snprintf(told + strlen(told), sizeof told - strlen(told), "%s\n", piste_errors_get(errors, i)->text);
    piste_errors_destroy(errors);
    return status;
}

static piste_resort *load(const char *name) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    if (piste_resort_load(path_of(name), PISTE_DATE_NONE, errors, &resort) != PISTE_OK)
        fail_msg("%s", piste_errors_get(errors, 0)->text);
    piste_errors_destroy(errors);
    return resort;
}

// The map drawn so far as a resort; the report may be NULL.
static piste_resort *import_map(piste_import_report **report) {
    save_map("map.geojson", false);
    if (import_to("map.geojson", "out", NULL, report) != PISTE_OK)
        fail_msg("%s", told);
    return load("out");
}

static const piste_run *run_of(const piste_resort *resort, const char *key) {
    int32_t i = piste_resort_find_run(resort, key);
    if (i < 0)
        fail_msg("no run %s", key);
    return &resort->runs.list[i];
}

static char *read_text(const char *name) {
    static char buffers[2][200000];
    static int at;
    at = !at;
    FILE *file = fopen(path_of(name), "rb");
    if (!file)
        fail_msg("%s: %s", name, strerror(errno));
    size_t length = fread(buffers[at], 1, sizeof buffers[at] - 1, file);
    buffers[at][length] = 0;
    fclose(file);
    return buffers[at];
}

// ---- the tests ------------------------------------------------------------------------------------------------------

static void snaps_ends(void **state) {
    (void)state;
    draw_hill(0);
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_int_equal(resort->lifts.count, 1);
    assert_int_equal(resort->runs.count, 1);
    const piste_lift *lift = &resort->lifts.list[0];
    assert_int_equal(run_of(resort, "long-run")->from.index, lift->to.index);
    assert_int_equal(run_of(resort, "long-run")->to.index, lift->from.index);
    assert_string_equal(lift->from.key, "base");
    assert_true(resort->places.list[lift->from.index].is_exit);
    assert_string_equal(lift->to.key, "chair-top");
    assert_int_equal(report->snapped, 2);
    assert_non_null(
        strstr(report->text, "the beginning of run Long Run (run0), 20.0 m: to the top of lift Chair (lift0)"));
    assert_non_null(strstr(report->text, "40.0 m"));
    assert_float_equal(report->run_kept_m, report->run_found_m, 0.05);
    // What the map gave is measured, what it did not is assumed, each with its source.
    const piste_basis *seats = piste_entry_field_basis(&lift->entry, "seats"),
                      *interval = piste_entry_field_basis(&lift->entry, "interval");
    assert_int_equal(seats->kind, PISTE_BASIS_MEASURED);
    assert_int_equal(interval->kind, PISTE_BASIS_ASSUMED);
    assert_string_equal(resort->zone, "Etc/GMT-1");
    assert_string_equal(resort->attribution, "© OpenStreetMap contributors (ODbL), via OpenSkiMap");
    json_t *json = json_loads(report->json, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(json, "snapped")), 2);
    json_decref(json);
    assert_string_equal(read_text("out/report.txt"), report->text);
    assert_non_null(strstr(read_text("out/README.md"), "Open Database License"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void cuts_runs_in_the_middle(void **state) {
    (void)state;
    draw_hill(0);
    draw_run("side", "\"name\": \"Side\"",
             LINE({20, 800, 1199}, {120, 500, 1130}, {235, 300, 1076})); // ends 15 m beside, at 1,075 m
    piste_resort *resort = import_map(NULL);
    assert_livable(resort);
    const piste_run *upper = run_of(resort, "long-run-1"), *lower = run_of(resort, "long-run-2"),
                    *side = run_of(resort, "side");
    assert_int_equal(upper->to.index, lower->from.index);
    assert_int_equal(side->to.index, lower->from.index);
    assert_float_equal(resort->places.list[lower->from.index].height_m, 1075, 0.05);
    assert_float_equal(upper->vertical_m, 124, 0.05);
    assert_float_equal(lower->vertical_m, 74, 0.05);
    assert_int_equal(resort->slopes.count, 1);
    assert_string_equal(resort->slopes.list[0].entry.key, "long-run");
    json_t *map = json_loads(read_text("out/runs.geojson"), 0, NULL), *feature;
    size_t i;
    int parts = 0;
    json_array_foreach(json_object_get(map, "features"), i, feature) {
        json_t *properties = json_object_get(feature, "properties"), *part = json_object_get(properties, "part");
        parts += part != NULL;
        if (part && json_integer_value(json_object_get(part, "index")) == 2)
            assert_float_equal(json_real_value(json_object_get(part, "from_m")), sqrt(230 * 230 + 200 * 200) + 300,
                               0.2);
    }
    assert_int_equal(parts, 2);
    json_decref(map);
    piste_resort_destroy(resort);
}

static void joins_shared_points_and_crossings(void **state) {
    (void)state;
    draw_hill(0);
    // Begins at a point of the long run, crosses its lower part without a common point, and comes back to the bottom.
    draw_run("shared", "\"name\": \"Shared\"",
             LINE({250, 600, 1150}, {350, 400, 1100}, {350, 180, 1046}, {100, 130, 1032}, {40, 0, 1001}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_int_equal(resort->runs.count, 5);
    assert_int_equal(run_of(resort, "long-run-1")->to.index, run_of(resort, "shared-1")->from.index);
    assert_int_equal(run_of(resort, "long-run-2")->to.index, run_of(resort, "shared-1")->to.index);
    assert_non_null(strstr(report->text, "crosses run"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void turns_lines_that_are_drawn_uphill(void **state) {
    (void)state;
    draw_lift("lift", "\"name\": \"Chair\"", LINE({0, 800, 1200}, {0, 0, 1000}));
    draw_run("run", "\"name\": \"Up\"", LINE({10, 5, 1001}, {200, 400, 1100}, {10, 795, 1199}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_int_equal(report->reversed, 2);
    assert_float_equal(run_of(resort, "up")->vertical_m, 198, 0.05);
    assert_float_equal(resort->lifts.list[0].vertical_m, 200, 0.05);
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void picks_one_of_two_hills(void **state) {
    (void)state;
    area = "Old Hill";
    draw_hill(0);
    area = "Bad Höchst";
    draw_hill(5000);
    save_map("map.geojson", false);
    assert_int_equal(import_to("map.geojson", "out", NULL, NULL), PISTE_USAGE);
    assert_non_null(strstr(told, "Old Hill"));
    assert_non_null(strstr(told, "Bad Höchst"));
    assert_int_equal(import_to("map.geojson", "out", "New Hill", NULL), PISTE_NOT_FOUND);
    assert_non_null(strstr(told, "Bad Höchst"));
    assert_int_equal(entries_of(folder), 1);
    assert_int_equal(import_to("map.geojson", "out", "bad HÖCHST", NULL), PISTE_OK);
    piste_resort *resort = load("out");
    assert_string_equal(resort->name, "Bad Höchst");
    assert_int_equal(resort->lifts.count, 1);
    assert_string_equal(resort->lifts.list[0].line.feature_id, "lift5000");
    piste_resort_destroy(resort);
}

static void tells_twins_apart(void **state) {
    (void)state;
    draw_hill(0);
    draw_run("twin", "\"name\": \"Long Run\"", LINE({-20, 800, 1199}, {-200, 400, 1100}, {-40, 0, 1001}));
    draw_run("run0", "\"name\": \"Long Run\"",
             LINE({20, 800, 1199}, {250, 600, 1150}, {250, 200, 1050}, {40, 0, 1001})); // the same again
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_int_equal(resort->runs.count, 2);
    assert_string_not_equal(resort->runs.list[0].entry.key, resort->runs.list[1].entry.key);
    for (int32_t i = 0; i < 2; i++) {
        assert_int_equal(strlen(resort->runs.list[i].entry.key), strlen("long-run-000000"));
        assert_string_equal(resort->runs.list[i].name, "Long Run");
    }
    assert_non_null(strstr(report->text, "there twice"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void gives_the_same_bytes_in_any_order(void **state) {
    (void)state;
    static const char *const names[] = {"resort.yaml", "lifts.geojson", "runs.geojson", "report.txt", "README.md"};
    draw_hill(0);
    draw_run("twin", "\"name\": \"Long Run\"", LINE({-20, 800, 1199}, {-200, 400, 1100}, {-40, 0, 1001}));
    draw_run("side", "\"name\": null", LINE({20, 800, 1199}, {120, 500, 1130}, {235, 300, 1076}));
    draw_run("", "\"difficulty\": null", LINE({-210, 410, 1102}, {-120, 200, 1050}, {-50, 10, 1003}));
    draw("area", "a", "\"uses\": [\"downhill\"], \"name\": \"Long Run\"",
         LINE({-10, 810, 1200}, {-230, 400, 1100}, {-30, 0, 1001}, {-170, 400, 1100}));
    save_map("map.geojson", false);
    save_map("other.geojson", true);
    assert_int_equal(import_to("map.geojson", "a", NULL, NULL), PISTE_OK);
    assert_int_equal(import_to("map.geojson", "b", NULL, NULL), PISTE_OK);
    assert_int_equal(import_to("other.geojson", "c", NULL, NULL), PISTE_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char a[40], b[40], c[40];
        snprintf(a, sizeof a, "a/%s", names[i]);
        snprintf(b, sizeof b, "b/%s", names[i]);
        snprintf(c, sizeof c, "c/%s", names[i]);
        assert_string_equal(read_text(a), read_text(b));
        assert_string_equal(read_text(a), read_text(c));
    }
    piste_resort *resort = load("a");
    assert_livable(resort);
    piste_resort_destroy(resort);
}

static void takes_widths_from_areas(void **state) {
    (void)state;
    draw_hill(0);
    // 60 m wide about the long run's straight middle and beyond; and a run that is an area alone, 40 m wide.
    draw("area", "wide", "\"uses\": [\"downhill\"], \"name\": \"Long Run\"",
         LINE({10, 830, 1202}, {280, 612, 1152}, {280, 190, 1048}, {30, -20, 1000}, {-10, 0, 1000.5}, {220, 212, 1052},
              {220, 588, 1148}, {10, 770, 1198}));
    draw("area", "alone", "\"uses\": [\"downhill\"], \"name\": \"Alone\", \"difficulty\": \"novice\"",
         LINE({-20, 800, 1199.5}, {-40, 780, 1194}, {-40, 20, 1006}, {-20, 0, 1000.5}, {0, 20, 1006}, {0, 780, 1194}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_int_equal(resort->runs.count, 2);
    const piste_run *line = run_of(resort, "long-run"), *alone = run_of(resort, "alone");
    assert_true(line->width_m > 40 && line->width_m < 75);
    assert_int_equal(piste_entry_field_basis(&line->entry, "width")->kind, PISTE_BASIS_MEASURED);
    assert_float_equal(alone->width_m, 39.5, 2);
    assert_float_equal(alone->vertical_m, 199, 0.05);
    assert_float_equal(alone->length_m, sqrt(800.0 * 800 + 199 * 199), 15);
    assert_non_null(strstr(report->text, "drawn as an area only"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void fills_missing_heights(void **state) {
    (void)state;
    draw_lift("lift", "\"name\": \"Chair\"", LINE({0, 0, NAN}, {0, 800, NAN}));
    draw_run("run", "\"name\": \"Run\"", LINE({20, 800, 1199}, {250, 400, NAN}, {40, 0, 1001}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_float_equal(resort->lifts.list[0].vertical_m, 198, 0.05);
    assert_non_null(strstr(report->text, "it has no heights"));
    assert_non_null(strstr(report->text, "1 of its 3 heights"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void knows_one_end_of_a_lift(void **state) {
    (void)state;
    draw_hill(0);
    // The other lift's bottom has no height, and touches only an outline that lacks some and a run that lacks its last.
    draw_lift("low", "\"name\": \"Half\"", LINE({-1000, 0, NAN}, {-1000, 800, 1200}));
    draw("area", "outline", "\"uses\": [\"downhill\"], \"name\": \"Outline\"",
         LINE({-1015, 800, 1200}, {-1015, 400, 1100}, {-1015, 0, 1000}, {-985, 0, NAN}, {-985, 400, 1100},
              {-985, 800, 1200}));
    draw_run("there", "\"name\": \"There\"", LINE({20, 800, 1199}, {-500, 400, 1100}, {-1000, 20, NAN}));
    draw_run("back", "\"name\": \"Back\"", LINE({-1000, 800, 1200}, {-500, 450, 1110}, {-40, 0, 1001}));
    piste_resort *resort = import_map(NULL);
    assert_livable(resort);
    assert_int_equal(resort->lifts.count, 2);
    const piste_lift *half = &resort->lifts.list[piste_resort_find_lift(resort, "half")];
    assert_float_equal(resort->places.list[half->from.index].height_m, 1000, 5);
    assert_int_equal(run_of(resort, "there-2")->to.index, half->from.index);
    assert_int_equal(run_of(resort, "outline")->to.index, half->from.index);
    piste_resort_destroy(resort);
}

static void knows_one_end_of_all(void **state) {
    (void)state;
    // Nothing near the other ends tells anything: what kinds and directions say is what is left.
    draw_lift("lift", "\"name\": \"Chair\"", LINE({0, 0, NAN}, {0, 800, 1200}));
    draw_run("run", "\"name\": \"Run\"", LINE({20, 800, 1199}, {250, 400, NAN}, {40, 0, NAN}));
    piste_resort *resort = import_map(NULL);
    assert_livable(resort);
    assert_true(resort->lifts.list[0].vertical_m > 100 && resort->lifts.list[0].vertical_m < 300);
    piste_resort_destroy(resort);
}

static void lives_without_heights(void **state) {
    (void)state;
    // The lift is drawn downhill: two runs that share its ends say otherwise.
    draw_lift("lift", "", LINE({0, 800, NAN}, {0, 0, NAN}));
    draw_run("left", "", LINE({0, 800, NAN}, {-100, 400, NAN}, {0, 0, NAN}));
    draw_run("right", "", LINE({0, 800, NAN}, {100, 400, NAN}, {0, 0, NAN}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_non_null(strstr(report->text, "lift lift: drawn against all that it meets"));
    assert_non_null(strstr(report->text, "heights: the map has too few"));
    const piste_lift *lift = &resort->lifts.list[0];
    const piste_place *top = &resort->places.list[lift->to.index], *bottom = &resort->places.list[lift->from.index];
    assert_float_equal(bottom->height_m, 0, 0.05);
    assert_in_range((int)top->height_m, 100, 200); // easy runs: 18.5 % of 825 m
    assert_int_equal(piste_entry_field_basis(&top->entry, "height")->kind, PISTE_BASIS_ASSUMED);
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void writes_any_name(void **state) {
    (void)state;
    area = "\xec\x82\xb0: the \\\"hill\\\" #1"; // in JSON
    char plain[] = "\xec\x82\xb0: the \"hill\" #1";
    const char *escaped = area;
    area = "";
    draw_lift("l1", "\"name\": \"\xeb\xa6\xac\xed\x94\x84\xed\x8a\xb8 1\"", LINE({0, 0, 1000}, {0, 800, 1200}));
    draw_run("r1", "\"name\": \"yes: \\\"no\\\" # [x] {y} & *z 'w' \\\\ %\"",
             LINE({20, 800, 1199}, {200, 400, 1100}, {40, 0, 1001}));
    draw_run("r2", "\"name\": \" \\n Two\\tlines \"", LINE({-20, 800, 1199}, {-200, 400, 1100}, {-40, 0, 1001}));
    draw_run("r3", "\"name\": \"Straße Ærø – Łódź\"", LINE({-25, 800, 1199}, {-300, 400, 1100}, {-45, 0, 1001}));
    (void)escaped;
    save_map("map.geojson", false);
    assert_int_equal(import_to("map.geojson", "out", plain, NULL), PISTE_OK);
    piste_resort *resort = load("out");
    assert_livable(resort);
    assert_string_equal(resort->name, plain);
    assert_string_equal(resort->lifts.list[0].name, "\xeb\xa6\xac\xed\x94\x84\xed\x8a\xb8 1");
    assert_int_equal(strncmp(resort->lifts.list[0].entry.key, "lift-", 5), 0);
    assert_string_equal(run_of(resort, "yes-no-x-y-z-w")->name, "yes: \"no\" # [x] {y} & *z 'w' \\ %");
    assert_string_equal(run_of(resort, "two-lines")->name, "Two lines");
    assert_string_equal(run_of(resort, "strasse-aero-lodz")->name, "Straße Ærø – Łódź");
    piste_resort_destroy(resort);
}

static void refuses_control_characters(void **state) {
    (void)state;
    draw_hill(0);
    draw_run("bad", "\"name\": \"bell \\u0007\"", LINE({-20, 800, 1199}, {-200, 400, 1100}, {-40, 0, 1001}));
    save_map("map.geojson", false);
    assert_int_equal(import_to("map.geojson", "out", NULL, NULL), PISTE_INVALID);
    assert_non_null(strstr(told, "feature 2 (bad): $.properties.name"));
    assert_int_equal(entries_of(folder), 1);
}

static void leaves_out_what_is_cut_off(void **state) {
    (void)state;
    draw_hill(0);
    draw_run("valley", "\"name\": \"Far Valley\"", LINE({20, 800, 1199}, {2000, 500, 1100}, {4000, 0, 900}));
    draw_run("moon", "\"name\": \"Moon\"", LINE({3000, 3000, 1500}, {3000, 2000, 1300}));
    draw_lift("plan", "\"name\": \"New\", \"status\": \"proposed\"", LINE({50, 0, 1000}, {50, 800, 1200}));
    draw_run("nordic", "\"name\": \"Loipe\", \"uses\": [\"nordic\"]", LINE({0, 0, 1000}, {500, 0, 1000}));
    draw_run("park", "\"name\": \"Park\", \"uses\": [\"snow_park\"]", LINE({1000, 900, 1200}, {1000, 700, 1150}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_int_equal(resort->runs.count, 1);
    assert_int_equal(resort->lifts.count, 1);
    assert_non_null(strstr(report->text, "run Far Valley (valley), "));
    assert_non_null(strstr(report->text, "nothing leads on from its end to the base"));
    assert_non_null(strstr(report->text, "nothing leads from the base to its beginning"));
    assert_non_null(strstr(report->text, "nordic, not downhill"));
    assert_non_null(strstr(report->text, "a terrain park that links no runs"));
    assert_non_null(strstr(report->text, "proposed, not operating"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void lays_walks(void **state) {
    (void)state;
    draw_hill(0);
    draw_lift("t", "\"name\": \"Tow\", \"liftType\": \"platter\"", LINE({-120, 0, 1001}, {-120, 300, 1060}));
    draw_run("tr", "\"name\": \"Tow Run\"", LINE({-130, 295, 1059}, {-200, 150, 1030}, {-235, 0, 1000}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_int_equal(resort->lifts.count, 2);
    assert_true(resort->walks.count >= 2); // between the two bottoms, and from the end of the tow's run
    assert_int_equal(report->walks, resort->walks.count);
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void links_a_base_that_slopes(void **state) {
    (void)state;
    draw_lift("low", "\"name\": \"Low\"", LINE({0, 0, 1000}, {0, 800, 1200}));
    draw_run("q", "\"name\": \"Q\"", LINE({0, 800, 1200}, {250, 400, 1100}, {0, 0, 1000}));
    // Its bottom is 6 m higher than the other one, 35 m away: as far as one carries skis across a car park.
    draw_lift("high", "\"name\": \"High\"", LINE({-35, 0, 1006}, {-35, 800, 1210}));
    draw_run("r", "\"name\": \"R\"", LINE({-35, 800, 1210}, {-300, 400, 1100}, {-35, 0, 1006}));
    piste_resort *resort = import_map(NULL);
    assert_livable(resort);
    assert_int_equal(resort->lifts.count, 2);
    assert_int_equal(resort->walks.count, 1);
    assert_false(resort->walks.list[0].one_way);
    piste_resort_destroy(resort);
}

static const piste_segment *segment_of(const piste_resort *resort, const char *key) {
    for (int32_t i = 0; i < resort->segments.count; i++)
        if (strcmp(resort->segments.list[i].entry.key, key) == 0)
            return &resort->segments.list[i];
    fail_msg("no segment %s", key);
    return NULL;
}

static void finds_every_base(void **state) {
    (void)state;
    // Two valleys, a lift of 2,400 and one of 1,200 an hour; runs lead across; a third lift begins on the mountain, and
    // a carpet lies by itself in the valley.
    draw_lift("west", "\"name\": \"West\", \"liftType\": \"chair_lift\", \"capacity\": 2400",
              LINE({0, 0, 1000}, {0, 800, 1200}));
    draw_lift("east", "\"name\": \"East\", \"liftType\": \"chair_lift\", \"capacity\": 1200",
              LINE({2000, 0, 1010}, {2000, 800, 1210}));
    draw_lift("upper", "\"name\": \"Upper\", \"liftType\": \"t-bar\", \"capacity\": 3000",
              LINE({1000, 500, 1120}, {1000, 1200, 1320}));
    draw_lift("carpet", "\"name\": \"Carpet\", \"liftType\": \"magic_carpet\"", LINE({450, 0, 1001}, {450, 80, 1011}));
    draw_run("a", "\"name\": \"A\"", LINE({0, 800, 1200}, {-200, 400, 1100}, {0, 0, 1000}));
    draw_run("b", "\"name\": \"B\"", LINE({2000, 800, 1210}, {2200, 400, 1100}, {2000, 0, 1010}));
    draw_run("c", "\"name\": \"C\"", LINE({0, 800, 1200}, {500, 650, 1160}, {1000, 500, 1120}));
    draw_run("d", "\"name\": \"D\"", LINE({2000, 800, 1210}, {1500, 650, 1160}, {1000, 500, 1120}));
    draw_run("e", "\"name\": \"E\"", LINE({1000, 1200, 1320}, {1100, 800, 1200}, {1000, 500, 1120}));
    draw_run("f", "\"name\": \"F\"", LINE({1000, 500, 1120}, {700, 200, 1050}, {450, 0, 1001}, {0, 0, 1000}));
    draw_run("g", "\"name\": \"G\"", LINE({1000, 500, 1120}, {1500, 200, 1050}, {2000, 0, 1010}));
    draw_run("h", "\"name\": \"H\"", LINE({450, 80, 1011}, {460, 40, 1006}, {450, 0, 1001}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    assert_int_equal(resort->lifts.count, 4);
    for (int32_t i = 0; i < resort->places.count; i++) {
        const piste_place *place = &resort->places.list[i];
        bool is_base = strcmp(place->entry.key, "base") == 0 || strcmp(place->entry.key, "east-bottom") == 0;
        assert_int_equal(place->is_exit, is_base);
    }
    int32_t east = piste_resort_find_place(resort, "east-bottom"), west_guests = 0, east_guests = 0;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        const piste_segment *segment = &resort->segments.list[i];
        *(segment->arrive_at.index == east ? &east_guests : &west_guests) += segment->guests;
        assert_int_equal(segment->leave_at.index, segment->arrive_at.index);
    }
    assert_int_equal(west_guests + east_guests, report->guests);
    assert_true(abs(west_guests - 2 * east_guests) <= 2);
    const piste_segment *families = segment_of(resort, "families-east-bottom");
    assert_int_equal(piste_entry_field_basis(&families->entry, "arrive-at")->kind, PISTE_BASIS_ASSUMED);
    assert_non_null(strstr(report->text, "they come in at 2 base areas"));
    int32_t lodges = 0;
    for (int32_t i = 0; i < resort->venues.count; i++)
        lodges +=
            resort->venues.list[i].place.index == east && strncmp(resort->venues.list[i].entry.key, "lodge", 5) == 0;
    assert_int_equal(lodges, 1);
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void finds_stations_of_lifts(void **state) {
    (void)state;
    draw_hill(0);
    // One is named by the map, one is where a run begins; beneath the rest of the line a run only passes.
    draw_lift("g",
              "\"name\": \"Cabin\", \"liftType\": \"gondola\", \"duration\": 600, "
              "\"stations\": [{\"at\": [10, 47.01], \"name\": \"Halfway\"}]",
              LINE({0, 0, 1000}, {0, 600, 1100}, {0, 1111.94930, 1200}, {0, 1500, 1280}, {0, 2000, 1400}));
    draw_run("a", "\"name\": \"A\"", LINE({0, 2000, 1400}, {200, 1500, 1290}, {0, 1111.9493, 1200}));
    draw_run("b", "\"name\": \"B\"", LINE({0, 600, 1100}, {-200, 300, 1050}, {-40, 0, 1001}));
    draw_run("c", "\"name\": \"C\"",
             LINE({0, 2000, 1400}, {-200, 1700, 1330}, {0, 1500, 1280}, {400, 1000, 1150}, {250, 600, 1150}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    const piste_lift *cabin = &resort->lifts.list[piste_resort_find_lift(resort, "cabin")];
    assert_int_equal(cabin->stations.count, 2);
    assert_int_equal(cabin->ride_s, 600);
    assert_int_equal(run_of(resort, "b")->from.index, cabin->stations.list[0].place.index);
    assert_int_equal(run_of(resort, "a")->to.index, cabin->stations.list[1].place.index);
    assert_string_equal(cabin->stations.list[0].place.key, "cabin-station");
    assert_string_equal(resort->places.list[cabin->stations.list[1].place.index].name, "Halfway");
    assert_float_equal(cabin->stations.list[0].at_m, sqrt(600.0 * 600 + 100 * 100), 1);
    assert_float_equal(cabin->stations.list[1].at_m, sqrt(600.0 * 600 + 100 * 100) + sqrt(511.95 * 511.95 + 100 * 100),
                       1);
    assert_non_null(strstr(report->text, "Stations between the ends of lifts (2)"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void keeps_the_part_of_a_lift_that_is_reached(void **state) {
    (void)state;
    draw_hill(0);
    // Nothing leads to its bottom, but a run does to its station.
    draw_lift("long", "\"name\": \"Long\", \"liftType\": \"t-bar\", \"duration\": 600",
              LINE({-900, -1500, 700}, {-900, 0, 1010}, {-900, 800, 1210}));
    draw_run("to", "\"name\": \"To\"", LINE({0, 800, 1200}, {-500, 400, 1100}, {-900, 0, 1010}));
    draw_run("back", "\"name\": \"Back\"", LINE({-900, 800, 1210}, {-500, 600, 1150}, {-40, 0, 1001}));
    piste_import_report *report = NULL;
    piste_resort *resort = import_map(&report);
    assert_livable(resort);
    const piste_lift *lift = &resort->lifts.list[piste_resort_find_lift(resort, "long")];
    assert_int_equal(lift->stations.count, 0);
    assert_float_equal(lift->length_m, sqrt(800.0 * 800 + 200 * 200), 2);
    assert_in_range(lift->ride_s, 205, 212); // 800 of 2300 m
    assert_non_null(strstr(report->text, "lift Long (long), section 1 of 2"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void never_climbs_to_join(void **state) {
    (void)state;
    draw_hill(0);
    // Ends 20 m beside the long run, and 12 m below it: nobody climbs that.
    draw_run("gully", "\"name\": \"Gully\"", LINE({20, 800, 1199}, {120, 500, 1120}, {230, 400, 1088}));
    piste_resort *resort = import_map(NULL);
    int32_t gully = piste_resort_find_run(resort, "gully");
    for (int32_t i = 0; i < resort->runs.count; i++)
        if (gully >= 0 && i != gully)
            assert_true(resort->places.list[resort->runs.list[gully].to.index].height_m <= 1088 + 3);
    piste_resort_destroy(resort);
}

static void leaves_what_is_there(void **state) {
    (void)state;
    draw_hill(0);
    save_map("map.geojson", false);
    assert_int_equal(mkdir(path_of("out"), 0777), 0);
    save_text("out/resort.yaml", "mine");
    assert_int_equal(import_to("map.geojson", "out", NULL, NULL), PISTE_EXISTS);
    assert_string_equal(read_text("out/resort.yaml"), "mine");
    assert_int_equal(entries_of(path_of("out")), 1);
    assert_int_equal(mkdir(path_of("empty"), 0777), 0);
    assert_int_equal(import_to("map.geojson", "empty", NULL, NULL), PISTE_EXISTS);
    assert_int_equal(entries_of(folder), 3);
}

static void tells_what_is_wrong_and_leaves_nothing(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
        piste_status status;
    } cases[] = {
        {"{\"type\": \"Fea", "not JSON", PISTE_SYNTAX},
        {"[]", "$.features", PISTE_INVALID},
        {"{\"features\": [{\"properties\": {\"type\": \"run\", \"id\": \"x\"}, \"geometry\": {\"type\": "
         "\"LineString\", \"coordinates\": [[1, 2], [300, 2]]}}]}",
         "feature 0 (x): $.geometry.coordinates[1]", PISTE_INVALID},
        {"{\"features\": [{\"properties\": {\"type\": \"run\", \"uses\": 7}, \"geometry\": {\"type\": \"LineString\", "
         "\"coordinates\": [[1, 2], [1.1, 2]]}}]}",
         "$.properties.uses", PISTE_INVALID},
        {"{\"features\": []}", "no operating lift", PISTE_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        save_text("map.geojson", cases[i].text);
        assert_int_equal(import_to("map.geojson", "out", NULL, NULL), cases[i].status);
        if (!strstr(told, cases[i].says))
            fail_msg("%s: %s", cases[i].says, told);
        assert_int_equal(entries_of(folder), 1);
    }
    assert_int_equal(import_to("none.geojson", "out", NULL, NULL), PISTE_NOT_FOUND);
    draw_hill(0);
    save_map("map.geojson", false);
    assert_int_equal(import_to("map.geojson", "no/such/parent", NULL, NULL), PISTE_IO);
    assert_int_equal(import_to("map.geojson", "map.geojson/out", NULL, NULL), PISTE_IO);
    assert_int_equal(entries_of(folder), 1);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(snaps_ends),
        CASE(cuts_runs_in_the_middle),
        CASE(joins_shared_points_and_crossings),
        CASE(turns_lines_that_are_drawn_uphill),
        CASE(picks_one_of_two_hills),
        CASE(tells_twins_apart),
        CASE(gives_the_same_bytes_in_any_order),
        CASE(takes_widths_from_areas),
        CASE(fills_missing_heights),
        CASE(knows_one_end_of_a_lift),
        CASE(knows_one_end_of_all),
        CASE(lives_without_heights),
        CASE(writes_any_name),
        CASE(refuses_control_characters),
        CASE(leaves_out_what_is_cut_off),
        CASE(lays_walks),
        CASE(links_a_base_that_slopes),
        CASE(finds_every_base),
        CASE(finds_stations_of_lifts),
        CASE(keeps_the_part_of_a_lift_that_is_reached),
        CASE(never_climbs_to_join),
        CASE(leaves_what_is_there),
        CASE(tells_what_is_wrong_and_leaves_nothing),
    };
    return cmocka_run_group_tests_name("import/networks", tests, NULL, NULL);
}
