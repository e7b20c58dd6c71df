// fuzz_import.c - any bytes as a map: an import says what is wrong with it, or makes a resort that loads and in which
// `piste check` finds no error.
//
// The bytes are read as GeoJSON. Besides, a network of lifts and runs is drawn from them, so that the graph is reached
// without a mutator that knows JSON.
#include <stdlib.h>

#include "import/import.h"
#include "resort/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_load(importer *im, const piste_import_report *report) {
    base_text texts[IMPORT_FILE_COUNT] = {{0}};
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    if (import_texts(im, report, texts) != PISTE_OK)
        abort();
    load_text part[3];
    for (int i = 0; i < 3; i++)
        part[i] = (load_text){texts[i].data, texts[i].length};
    if (load_from_texts("fuzz", part[0], part[1], part[2], PISTE_DATE_NONE, errors, &resort) != PISTE_OK) {
        fprintf(stderr, "%s\n%s\n", piste_errors_get(errors, 0)->text, texts[0].data);
        abort();
    }
    piste_findings *findings = NULL;
    if (piste_resort_check(resort, &findings) != PISTE_OK)
        abort();
    for (size_t i = 0; i < piste_findings_count(findings); i++) {
        const piste_finding *f = piste_findings_get(findings, i);
        if (f->severity == PISTE_ERROR) {
            fprintf(stderr, "%d %s: %s: %s\n%s\n", f->line, f->rule, f->subject, f->message, texts[0].data);
            abort();
        }
    }
    piste_findings_destroy(findings);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        base_text_release(&texts[i]);
}

static void import_one(const char *text, size_t length) {
    const piste_import_def def = {.folder = "fuzz"};
    piste_errors *errors = piste_errors_create();
    importer im = {.def = &def, .errors = errors, .arena = base_arena_create()};
    geojson_file file;
    if (geojson_read(text, length, "fuzz", im.arena, errors, &file) == PISTE_OK) {
        piste_import_report *report = NULL;
        im.files = &file;
        im.file_count = 1;
        piste_status status = import_steps(&im, &report);
        if (status == PISTE_OK)
            must_load(&im, report);
        else if (piste_errors_total(errors) == 0 && status != PISTE_MEMORY)
            abort();
        geojson_release(&file);
    }
    base_arena_destroy(im.arena);
    piste_errors_destroy(errors);
}

// Each line takes a byte for its kind and number of points, and four for each point, on a grid of 20 m.
static void draw(const uint8_t *data, size_t size, base_text *out) {
    static const char *const kinds[] = {
        "\"type\": \"lift\", \"liftType\": \"chair_lift\"",
        "\"type\": \"lift\", \"liftType\": \"gondola\"",
        "\"type\": \"run\", \"uses\": [\"downhill\"]",
        "\"type\": \"run\", \"uses\": [\"downhill\"], \"oneway\": false",
        "\"type\": \"run\", \"uses\": [\"snow_park\"]",
        "\"type\": \"run\", \"uses\": [\"downhill\"], \"name\": \"Twin\"",
        "\"type\": \"run\", \"uses\": [\"downhill\"], \"name\": \"Twin 2\"",
        "\"type\": \"run\", \"uses\": [\"connection\"]",
    };
    base_text_add(out, "{\"features\": [");
    for (size_t at = 0, line = 0; at < size && line < 60; line++) {
        unsigned kind = data[at] & 7, points = (data[at] >> 3 & 7) + 2;
        bool is_area = data[at] >> 6 == 3 && kind > 1;
        if (++at + (size_t)points * 4 > size)
            break;
        base_text_format(out, "%s{\"properties\": {%s}, \"geometry\": {\"type\": \"%s\", \"coordinates\": %s[",
                         line ? ", " : "", kinds[kind], is_area ? "Polygon" : "LineString", is_area ? "[" : "");
        for (unsigned i = 0; i < points; i++, at += 4) {
            base_text_format(out, "%s[%.7f, %.7f", i ? ", " : "", 10 + data[at] * 0.00026, 47 + data[at + 1] * 0.00018);
            if (data[at + 3] < 240)
                base_text_format(out, ", %d", 900 + data[at + 2] * 2);
            base_text_add(out, "]");
        }
        base_text_format(out, "]%s}}", is_area ? "]" : "");
    }
    base_text_add(out, "]}");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size && (data[0] == '{' || data[0] == '[')) {
        import_one((const char *)data, size);
        return 0;
    }
    base_text map = {0};
    draw(data, size, &map);
    import_one(map.data, map.length);
    base_text_release(&map);
    return 0;
}
