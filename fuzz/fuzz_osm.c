// fuzz_osm.c - any bytes as raw OpenStreetMap: an import says what is wrong with it, or makes a resort that loads.
//
// What begins with { is the answer of an Overpass server; the rest is read as .osm, through a file: libreadosm reads
// nothing else.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/import.h"
#include "import/osm.h"
#include "resort/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_load(importer *im, const piste_import_report *report) {
    base_text texts[IMPORT_FILE_COUNT] = {{0}};
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    load_text part[3];
    if (import_texts(im, report, texts) != PISTE_OK)
        abort();
    for (int i = 0; i < 3; i++)
        part[i] = (load_text){texts[i].data, texts[i].length};
    if (load_from_texts("fuzz", part[0], part[1], part[2], PISTE_DATE_NONE, errors, &resort) != PISTE_OK) {
        fprintf(stderr, "%s\n%s\n", piste_errors_get(errors, 0)->text, texts[0].data);
        abort();
    }
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        base_text_release(&texts[i]);
}

static piste_status read_map(osm_map *map, const char *path, const json_t *root) {
    piste_status status = PISTE_OK;
    for (int pass = OSM_RELATIONS; pass <= OSM_NODES && status == PISTE_OK; pass++) {
        map->pass = (osm_pass)pass;
        map->file = path;
        status = root ? osm_read_overpass(map, root) : osm_read_file(map, path);
        if (status == PISTE_OK)
            status = osm_end_pass(map);
    }
    return status;
}

static void import_one(const char *path, const json_t *root) {
    const piste_import_def def = {.folder = "fuzz"};
    piste_errors *errors = piste_errors_create();
    importer im = {.def = &def, .errors = errors, .arena = base_arena_create(), .has_raw = true};
    osm_map map = {.arena = im.arena, .errors = errors, .shown = path};
    geojson_file file;
    piste_import_report *report = NULL;
    piste_status status = read_map(&map, path, root);
    if (status == PISTE_OK && (status = osm_features(&map, &file)) == PISTE_OK) {
        im.files = &file;
        im.file_count = 1;
        status = import_steps(&im, &report);
        if (status == PISTE_OK)
            must_load(&im, report);
        geojson_release(&file);
    }
    if (status != PISTE_OK && piste_errors_total(errors) == 0 && status != PISTE_MEMORY)
        abort();
    base_arena_destroy(im.arena);
    piste_errors_destroy(errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size && data[0] == '{') {
        json_t *root = json_loadb((const char *)data, size, 0, NULL);
        if (root && osm_is_overpass(root))
            import_one("fuzz.json", root);
        json_decref(root);
        return 0;
    }
    char folder[] = "/tmp/piste-fuzz-XXXXXX", path[64];
    if (!mkdtemp(folder))
        return 0;
    snprintf(path, sizeof path, "%s/map.osm", folder);
    FILE *file = fopen(path, "wb");
    if (file) {
        fwrite(data, 1, size, file);
        fclose(file);
        import_one(path, NULL);
        unlink(path);
    }
    rmdir(folder);
    return 0;
}
