// report.c - what was done, as text and as JSON, in an order that does not hang on the order of files.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

static const struct {
    const char *key, *heading;
} kinds[IMPORT_TOLD_COUNT] = {
    [IMPORT_REVERSED] = {"reversed", "Lines turned round, because their heights say so"},
    [IMPORT_SNAPPED] = {"snapped", "Ends joined to what lies near"},
    [IMPORT_CROSSED] = {"crossed", "Runs that cross without a common point on the map"},
    [IMPORT_SPLIT] = {"split", "Runs cut where others meet them"},
    [IMPORT_WALKED] = {"walks", "Walks laid"},
    [IMPORT_STATION] = {"stations", "Stations between the ends of lifts"},
    [IMPORT_AREA] = {"areas", "Areas and terrain parks"},
    [IMPORT_ASSUMED] = {"assumed", "Assumed, to be corrected in resort.yaml"},
    [IMPORT_LEFT_OUT] = {"left_out", "Left out"},
    [IMPORT_MERGED] = {"map_changes", "Merge: what the map has changed"},
    [IMPORT_KEPT] = {"kept", "Merge: kept of what you changed"},
    [IMPORT_CONFLICT] = {"conflicts", "Merge: changed by you and by the map; yours stays"},
};

void import_tell(importer *im, import_told told, const char *subject, double metres, const char *format, ...) {
    char message[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    import_item *items = import_grow(im, im->items, im->item_count, &im->item_capacity, sizeof *items);
    if (!items)
        return;
    im->items = items;
    items[im->item_count++] =
        (import_item){told, subject, import_format(im, "%s", message), metres < 0 ? -1 : base_round(metres, 1)};
}

const char *import_left_out(importer *im) {
    base_text why = {0};
    for (int32_t i = 0, told = 0; i < im->item_count && told < 5; i++)
        if (im->items[i].told == IMPORT_LEFT_OUT)
            base_text_format(&why, "%s%s: %s", told++ ? "; " : "; left out: ", im->items[i].subject,
                             im->items[i].message);
    const char *text = why.data ? import_format(im, "%s", why.data) : "";
    im->no_memory |= why.failed;
    base_text_release(&why);
    return text;
}

static int compare_items(const void *a, const void *b) {
    const import_item *x = a, *y = b;
    if (x->told != y->told)
        return x->told < y->told ? -1 : 1;
    int order = strcmp(x->subject, y->subject);
    order = order ? order : strcmp(x->message, y->message);
    return order ? order : (x->metres > y->metres) - (x->metres < y->metres);
}

static int32_t count_of(const importer *im, import_told told) {
    int32_t count = 0;
    for (int32_t i = 0; i < im->item_count; i++)
        count += im->items[i].told == told;
    return count;
}

static const char *noun(int32_t count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

static void write_text(importer *im, base_text *out) {
    const int32_t *kept = im->kept;
    base_text_format(out, "%s: %d %s, %d %s, %d %s, %d %s\n", im->area_name, im->place_count,
                     noun(im->place_count, "place", "places"), kept[IMPORT_WAY_LIFT],
                     noun(kept[IMPORT_WAY_LIFT], "lift", "lifts"), kept[IMPORT_WAY_RUN],
                     noun(kept[IMPORT_WAY_RUN], "run", "runs"), kept[IMPORT_WAY_WALK],
                     noun(kept[IMPORT_WAY_WALK], "walk", "walks"));
    base_text_format(out, "%.1f of %.1f m of downhill run are in the folder (%.1f %%)\n", im->run_kept_m,
                     im->run_found_m, im->run_found_m > 0 ? 100 * im->run_kept_m / im->run_found_m : 0.0);
    for (int kind = 0; kind < IMPORT_TOLD_COUNT; kind++) {
        int32_t count = count_of(im, (import_told)kind);
        if (count == 0)
            continue;
        base_text_format(out, "\n%s (%d)\n", kinds[kind].heading, count);
        for (int32_t i = 0; i < im->item_count; i++) {
            const import_item *item = &im->items[i];
            if ((int)item->told != kind)
                continue;
            base_text_format(out, "  %s", item->subject);
            if (item->metres >= 0)
                base_text_format(out, ", %.1f m", item->metres);
            base_text_format(out, ": %s\n", item->message);
        }
    }
}

static json_t *items_json(const importer *im, import_told told) {
    json_t *list = json_array();
    for (int32_t i = 0; i < im->item_count; i++) {
        const import_item *item = &im->items[i];
        if (item->told != told)
            continue;
        json_t *one = json_object();
        json_object_set_new(one, "subject", json_string(item->subject));
        if (item->metres >= 0)
            json_object_set_new(one, "metres", json_real(item->metres));
        json_object_set_new(one, "message", json_string(item->message));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *arrivals_json(const importer *im) {
    json_t *list = json_array();
    for (int32_t i = 0; i < im->arrival_count; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "place", json_string(im->places[im->place_of[im->arrivals[i].node]].key));
        json_object_set_new(one, "capacity_pph", json_real(base_round(im->arrivals[i].capacity_pph, 1)));
        json_object_set_new(one, "guests", json_integer(im->arrivals[i].guests));
        json_array_append_new(list, one);
    }
    return list;
}

static char *write_json(importer *im) {
    json_t *root = json_object(), *area = json_object();
    json_object_set_new(root, "format", json_integer(1));
    json_object_set_new(area, "name", json_string(im->area_name));
    json_object_set_new(area, "id", json_string(im->area_id));
    json_object_set_new(root, "area", area);
    json_object_set_new(root, "zone", json_string(im->zone));
    json_object_set_new(root, "places", json_integer(im->place_count));
    json_object_set_new(root, "lifts", json_integer(im->kept[IMPORT_WAY_LIFT]));
    json_object_set_new(root, "runs", json_integer(im->kept[IMPORT_WAY_RUN]));
    json_object_set_new(root, "guests", json_integer(im->guests));
    json_object_set_new(root, "arrivals", arrivals_json(im));
    json_object_set_new(root, "run_found_m", json_real(base_round(im->run_found_m, 1)));
    json_object_set_new(root, "run_kept_m", json_real(im->run_kept_m));
    for (int kind = 0; kind < IMPORT_TOLD_COUNT; kind++)
        json_object_set_new(root, kinds[kind].key, items_json(im, (import_told)kind));
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
    json_decref(root);
    return text;
}

piste_status import_report(importer *im, piste_import_report **out) {
    if (im->item_count)
        qsort(im->items, (size_t)im->item_count, sizeof *im->items, compare_items);
    piste_import_report *report = base_arena_take(im->arena, sizeof *report);
    base_text text = {0};
    write_text(im, &text);
    char *json = write_json(im);
    if (!report || text.failed || !json || im->no_memory) {
        base_text_release(&text);
        free(json);
        return PISTE_MEMORY;
    }
    *report = (piste_import_report){
        .area = im->area_name,
        .area_id = im->area_id,
        .zone = im->zone,
        .places = im->place_count,
        .lifts = im->kept[IMPORT_WAY_LIFT],
        .runs = im->kept[IMPORT_WAY_RUN],
        .walks = im->kept[IMPORT_WAY_WALK],
        .guests = im->guests,
        .run_found_m = base_round(im->run_found_m, 1),
        .run_kept_m = im->run_kept_m,
        .snapped = count_of(im, IMPORT_SNAPPED),
        .split = count_of(im, IMPORT_SPLIT),
        .reversed = count_of(im, IMPORT_REVERSED),
        .assumed = count_of(im, IMPORT_ASSUMED),
        .left_out = count_of(im, IMPORT_LEFT_OUT),
        .text = base_arena_text(im->arena, text.data, text.length),
        .json = base_arena_format(im->arena, "%s\n", json),
        .owner = im->arena,
    };
    base_text_release(&text);
    free(json);
    if (!report->text || !report->json)
        return PISTE_MEMORY;
    *out = report;
    return PISTE_OK;
}

void piste_import_report_destroy(piste_import_report *report) {
    if (report)
        base_arena_destroy(report->owner);
}
