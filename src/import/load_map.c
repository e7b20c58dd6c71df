// load_map.c - the files of an import: GeoJSON as it is, raw OpenStreetMap as the same kind of features.
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "import/osm.h"

typedef struct map_files {
    importer *im;
    json_t *answers[PISTE_IMPORT_FILES_MAX]; // of Overpass, by file
    bool is_raw[PISTE_IMPORT_FILES_MAX];     // .osm and .pbf
    int32_t osm_count;
} map_files;

// A name says what libreadosm would read; JSON says itself what it is.
static piste_status load_json(map_files *files, int32_t i) {
    importer *im = files->im;
    const char *path = im->def->files[i];
    char *data = NULL;
    size_t length = 0;
    json_t *root = NULL;
    piste_status status = base_file_read(path, PISTE_GEOJSON_BYTES_MAX, im->errors, &data, &length);
    if (status != PISTE_OK)
        return status;
    size_t blank = strspn(data, " \t\r\n");
    if (data[blank] == '<')
        status = piste_errors_add(im->errors, PISTE_SYNTAX, path, 0, 0,
                                  "XML; if it is OpenStreetMap's, expected a name that ends in .osm");
    else if (length >= 2 && memcmp(data, "\x1f\x8b", 2) == 0)
        status = piste_errors_add(im->errors, PISTE_SYNTAX, path, 0, 0, "packed by gzip, expected it unpacked");
    else if (length >= 3 && memcmp(data, "BZh", 3) == 0)
        status = piste_errors_add(im->errors, PISTE_SYNTAX, path, 0, 0, "packed by bzip2, expected it unpacked");
    else
        status = geojson_parse(data, length, path, im->errors, &root);
    free(data);
    if (status != PISTE_OK)
        return status;
    if (osm_is_overpass(root)) {
        files->answers[i] = root;
        files->osm_count++;
        return PISTE_OK;
    }
    status = geojson_take(root, path, im->arena, im->errors, &im->files[im->file_count]);
    im->file_count += status == PISTE_OK;
    return status;
}

static piste_status read_osm(map_files *files) {
    importer *im = files->im;
    osm_map map = {.arena = im->arena, .errors = im->errors};
    piste_status status = PISTE_OK;
    for (int pass = OSM_RELATIONS; pass <= OSM_NODES && status == PISTE_OK; pass++) {
        map.pass = (osm_pass)pass;
        for (int32_t i = 0; i < im->def->file_count && status == PISTE_OK; i++) {
            const char *path = im->def->files[i];
            if (files->is_raw[i] || files->answers[i])
                map.shown = map.shown ? map.shown : path;
            map.file = path;
            if (files->is_raw[i])
                status = osm_read_file(&map, path);
            else if (files->answers[i])
                status = osm_read_overpass(&map, files->answers[i]);
        }
        if (status == PISTE_OK)
            status = osm_end_pass(&map);
    }
    if (status == PISTE_OK)
        status = osm_features(&map, &im->files[im->file_count]);
    im->file_count += status == PISTE_OK;
    im->has_raw = true;
    return status;
}

piste_status import_load(importer *im) {
    map_files files = {.im = im};
    piste_status status = PISTE_OK;
    im->files = base_arena_take(im->arena, ((size_t)im->def->file_count + 1) * sizeof *im->files);
    if (!im->files)
        return PISTE_MEMORY;
    for (int32_t i = 0; i < im->def->file_count; i++) { // all of them, so that all errors come in one go
        if (osm_is_file_name(im->def->files[i])) {
            files.is_raw[i] = true;
            files.osm_count++;
            continue;
        }
        piste_status one = load_json(&files, i);
        if (status == PISTE_OK)
            status = one;
    }
    if (status == PISTE_OK && files.osm_count)
        status = read_osm(&files);
    for (int32_t i = 0; i < im->def->file_count; i++)
        json_decref(files.answers[i]);
    return status;
}
