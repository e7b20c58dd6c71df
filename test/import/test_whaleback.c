// test_whaleback.c - a real download of two hills becomes two resorts on which guests can live.
//
// The data is not in the repository; it lies beside it (../shared/data/openski, ODbL, OpenStreetMap contributors).
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include <geodesic.h>
#include <jansson.h>

#include "import/livable.h"
#include "piste/import.h"
#include "test.h"

static char files[3][400], folder[200];

static int setup(void **state) {
    (void)state;
    static const char *const kinds[] = {"runs", "lifts", "ski_areas"};
    const char *root = getenv("PISTE_ROOT"), *tmp = getenv("TMPDIR");
    for (int i = 0; i < 3; i++)
        snprintf(files[i], sizeof files[i], "%s/../shared/data/openski/openskistats_test_%s.geojson", root ? root : ".",
                 kinds[i]);
    snprintf(folder, sizeof folder, "%s/piste-whaleback-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
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

static int teardown(void **state) {
    (void)state;
    remove_all(folder);
    return 0;
}

static void need_data(void) {
    for (int i = 0; i < 3; i++)
        if (access(files[i], R_OK) != 0) {
            print_message("# skipped: %s is not there\n", files[i]);
            skip();
        }
}

static piste_resort *import_hill(const char *area, const char *name, const int order[3], piste_import_report **report) {
    char path[300];
    const char *list[] = {files[order[0]], files[order[1]], files[order[2]]};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    piste_import_def def = {.files = list, .file_count = 3, .area = area, .zone = "America/New_York", .folder = path};
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = piste_import(&def, errors, report);
    if (status == PISTE_OK)
        status = piste_resort_load(path, PISTE_DATE_NONE, errors, &resort);
    if (status != PISTE_OK)
        fail_msg("%s", piste_errors_get(errors, 0)->text);
    piste_errors_destroy(errors);
    return resort;
}

// Length of the area's downhill lines, looked up in the download itself, on the ellipsoid and without heights.
static double drawn_m(const char *area) {
    json_t *root = json_load_file(files[0], 0, NULL), *feature;
    struct geod_geodesic earth;
    geod_init(&earth, 6378137.0, 1 / 298.257223563);
    double sum = 0;
    size_t i;
    json_array_foreach(json_object_get(root, "features"), i, feature) {
        json_t *properties = json_object_get(feature, "properties"), *geometry = json_object_get(feature, "geometry"),
               *line = json_object_get(geometry, "coordinates");
        json_t *hill = json_object_get(json_array_get(json_object_get(properties, "skiAreas"), 0), "properties");
        const char *use = json_string_value(json_array_get(json_object_get(properties, "uses"), 0));
        if (strcmp(json_string_value(json_object_get(hill, "name")), area) != 0 || strcmp(use, "downhill") != 0 ||
            strcmp(json_string_value(json_object_get(geometry, "type")), "LineString") != 0)
            continue;
        for (size_t k = 1; k < json_array_size(line); k++) {
            json_t *a = json_array_get(line, k - 1), *b = json_array_get(line, k);
            double m;
            geod_inverse(&earth, json_number_value(json_array_get(a, 1)), json_number_value(json_array_get(a, 0)),
                         json_number_value(json_array_get(b, 1)), json_number_value(json_array_get(b, 0)), &m, NULL,
                         NULL);
            sum += m;
        }
    }
    json_decref(root);
    return sum;
}

static double kept_m(const piste_resort *resort) {
    struct geod_geodesic earth;
    geod_init(&earth, 6378137.0, 1 / 298.257223563);
    double sum = 0;
    for (int32_t i = 0; i < resort->runs.count; i++) {
        const piste_line *line = &resort->runs.list[i].line;
        for (int32_t k = 1; k < line->count; k++) {
            double m;
            geod_inverse(&earth, line->points[k - 1].lat_deg, line->points[k - 1].lon_deg, line->points[k].lat_deg,
                         line->points[k].lon_deg, &m, NULL, NULL);
            sum += m;
        }
    }
    return sum;
}

static void whaleback(void **state) {
    (void)state;
    need_data();
    piste_import_report *report = NULL;
    piste_resort *resort = import_hill("whaleback mountain", "whaleback", (const int[]){0, 1, 2}, &report);
    assert_livable(resort);
    assert_string_equal(resort->name, "Whaleback Mountain");
    assert_string_equal(resort->zone, "America/New_York");
    assert_int_equal(resort->lifts.count, 4);
    assert_true(kept_m(resort) >= 0.95 * drawn_m("Whaleback Mountain"));
    const piste_lift *sky = &resort->lifts.list[piste_resort_find_lift(resort, "sky-lift")];
    assert_int_equal(sky->seats, 2);
    assert_int_equal(sky->ride_s, 360);
    assert_float_equal(sky->capacity_pph, 1200, 0.01);
    assert_int_equal(piste_entry_field_basis(&sky->entry, "duration")->kind, PISTE_BASIS_MEASURED);
    assert_int_equal(piste_entry_field_basis(&sky->entry, "interval")->kind, PISTE_BASIS_ASSUMED);
    assert_true(resort->places.list[sky->from.index].is_exit);
    int32_t guests = 0;
    for (int32_t i = 0; i < resort->segments.count; i++)
        guests += resort->segments.list[i].guests;
    assert_int_equal(guests, report->guests);
    assert_true(guests >= 200 && guests <= 1000);
    assert_null(strstr(report->text, "zone: "));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static void storrs(void **state) {
    (void)state;
    need_data();
    piste_import_report *report = NULL;
    piste_resort *resort =
        import_hill("dc24f332f3117625dc09479b5d10cbb31a592be4", "storrs", (const int[]){0, 1, 2}, &report);
    assert_livable(resort);
    assert_string_equal(resort->name, "Storrs Hill Ski Area");
    assert_int_equal(resort->lifts.count, 1);
    assert_true(kept_m(resort) >= 0.95 * drawn_m("Storrs Hill Ski Area"));
    assert_non_null(strstr(report->text, "drawn as an area and as a line"));
    piste_import_report_destroy(report);
    piste_resort_destroy(resort);
}

static bool same_file(const char *a, const char *b, const char *name) {
    char path[2][500];
    snprintf(path[0], sizeof path[0], "%s/%s/%s", folder, a, name);
    snprintf(path[1], sizeof path[1], "%s/%s/%s", folder, b, name);
    FILE *x = fopen(path[0], "rb"), *y = fopen(path[1], "rb");
    bool same = x && y;
    for (int c = 0; same && c != EOF;) {
        c = fgetc(x);
        same = fgetc(y) == c;
    }
    if (x)
        fclose(x);
    if (y)
        fclose(y);
    return same;
}

static void order_of_files_is_nothing(void **state) {
    (void)state;
    need_data();
    static const char *const names[] = {"resort.yaml", "lifts.geojson", "runs.geojson", "report.txt", "README.md"};
    piste_resort_destroy(import_hill("Whaleback Mountain", "a", (const int[]){0, 1, 2}, NULL));
    piste_resort_destroy(import_hill("Whaleback Mountain", "b", (const int[]){2, 1, 0}, NULL));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!same_file("a", "b", names[i]))
            fail_msg("%s differs", names[i]);
}

static void a_folder_is_a_download_too(void **state) {
    (void)state;
    need_data();
    piste_import_report *first = NULL;
    piste_resort_destroy(import_hill("Whaleback Mountain", "a", (const int[]){0, 1, 2}, &first));
    char runs[300], lifts[300], again[300];
    snprintf(runs, sizeof runs, "%s/a/runs.geojson", folder);
    snprintf(lifts, sizeof lifts, "%s/a/lifts.geojson", folder);
    snprintf(again, sizeof again, "%s/again", folder);
    const char *list[] = {runs, lifts};
    piste_import_def def = {.files = list, .file_count = 2, .area = "Whaleback Mountain", .folder = again};
    piste_import_report *second = NULL;
    piste_status status = piste_import(&def, NULL, &second);
    if (status == PISTE_OK) // sections share the id of their run, and are yet no twins
        assert_true(second->run_kept_m >= 0.95 * first->run_kept_m);
    assert_int_equal(status, PISTE_OK);
    piste_import_report_destroy(first);
    piste_import_report_destroy(second);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {CASE(whaleback), CASE(storrs), CASE(order_of_files_is_nothing),
                                       CASE(a_folder_is_a_download_too)};
    return cmocka_run_group_tests_name("import/whaleback", tests, NULL, NULL);
}
