// import.c - the steps of an import, one after the other. See import.h.
#include <string.h>
#include <sys/stat.h>

#include "import/import.h"

void *import_grow(importer *im, void *list, int32_t count, int32_t *capacity, size_t size) {
    if (count < *capacity)
        return list;
    int32_t more = *capacity ? *capacity * 2 : 16;
    void *larger = base_arena_take(im->arena, (size_t)more * size);
    if (!larger) {
        im->no_memory = true;
        return NULL;
    }
    if (count)
        memcpy(larger, list, (size_t)count * size);
    *capacity = more;
    return larger;
}

const char *import_format(importer *im, const char *format, ...) {
    char buffer[2048];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    char *text = length < 0 ? NULL
                            : base_arena_text(im->arena, buffer,
                                              (size_t)length < sizeof buffer ? (size_t)length : sizeof buffer - 1);
    if (!text)
        im->no_memory = true;
    return text ? text : "";
}

// A zone goes into the file as it is: letters, digits and what IANA's names have besides.
static bool is_zone(const char *zone) {
    return *zone && strlen(zone) <= 60 &&
           strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == strlen(zone);
}

// A merge that was stopped between its two renames, where a file system cannot exchange, left the folder aside.
static piste_status nothing_to_merge(const piste_import_def *def, piste_errors *errors) {
    char aside[4096];
    struct stat about;
    int last = 0;
    size_t name = strlen(def->folder);
    while (name > 1 && def->folder[name - 1] == '/')
        name--;
    for (int n = 1; n < 10000; n++) {
        int length = snprintf(aside, sizeof aside, "%.*s.before-%d", (int)name, def->folder, n);
        if (length < 0 || (size_t)length >= sizeof aside || lstat(aside, &about) != 0)
            break;
        last = n;
    }
    if (!last)
        return piste_errors_add(errors, PISTE_NOT_FOUND, def->folder, 0, 0, "nothing to merge with");
    return piste_errors_add(
        errors, PISTE_NOT_FOUND, def->folder, 0, 0,
        "nothing to merge with; %.*s.before-%d is there, which a merge that was broken off may have "
        "left: if so, rename it to %s",
        (int)name, def->folder, last, def->folder);
}

static piste_status check_def(const piste_import_def *def, piste_errors *errors) {
    struct stat about;
    if (def->file_count < 1 || def->file_count > PISTE_IMPORT_FILES_MAX)
        return piste_errors_add(errors, PISTE_USAGE, "", 0, 0, "%d files, expected 1 to %d", def->file_count,
                                PISTE_IMPORT_FILES_MAX);
    if (!def->folder || !*def->folder)
        return piste_errors_add(errors, PISTE_USAGE, "", 0, 0, "no folder, expected where the resort shall be written");
    if (def->zone && !is_zone(def->zone))
        return piste_errors_add(errors, PISTE_USAGE, "", 0, 0,
                                "zone %s, expected an IANA time zone such as Europe/Vienna", def->zone);
    if (def->area && !base_text_is_clean(def->area, strlen(def->area)))
        return piste_errors_add(errors, PISTE_USAGE, "", 0, 0, "area %s, expected a printable name", def->area);
    bool there = lstat(def->folder, &about) == 0;
    if (def->merge && !there)
        return nothing_to_merge(def, errors);
    if (there && !def->merge)
        return piste_errors_add(errors, PISTE_EXISTS, def->folder, 0, 0,
                                "is there already; an import writes a new folder");
    return PISTE_OK;
}

piste_status import_steps(importer *im, piste_import_report **report) {
    static piste_status (*const steps[])(importer *) = {import_collect, import_shape,   import_areas,
                                                        import_graph,   import_connect, import_arrivals,
                                                        import_keys,    import_assume,  import_language,
                                                        import_merge};
    size_t before = piste_errors_total(im->errors);
    for (size_t i = 0; i < BASE_COUNT(steps); i++) {
        piste_status status = steps[i](im);
        if (status != PISTE_OK)
            return status;
        if (piste_errors_total(im->errors) > before) // a property of the wrong type is told where it is met
            return PISTE_INVALID;
        if (im->no_memory)
            return PISTE_MEMORY;
    }
    return import_report(im, report);
}

static piste_status import_all(const piste_import_def *def, piste_errors *errors, piste_import_report **out) {
    piste_status status = check_def(def, errors);
    if (status != PISTE_OK)
        return status;
    importer im = {.def = def, .errors = errors, .arena = base_arena_create()};
    if (!im.arena)
        return PISTE_MEMORY;
    piste_import_report *report = NULL;
    status = import_load(&im);
    if (status == PISTE_OK)
        status = import_steps(&im, &report);
    if (status == PISTE_OK)
        status = import_write(&im, report);
    if (status == PISTE_MEMORY && piste_errors_count(errors) == 0)
        (void)piste_errors_add(errors, PISTE_MEMORY, "", 0, 0, "no memory");
    for (int32_t i = 0; i < im.file_count; i++)
        geojson_release(&im.files[i]);
    if (status == PISTE_OK && out)
        *out = report;
    else
        base_arena_destroy(im.arena);
    return status;
}

piste_status piste_import(const piste_import_def *def, piste_errors *errors, piste_import_report **report) {
    if (errors)
        return import_all(def, errors, report);
    piste_errors *own = piste_errors_create(); // whether anything was told decides the status
    if (!own)
        return PISTE_MEMORY;
    piste_status status = import_all(def, own, report);
    piste_errors_destroy(own);
    return status;
}
