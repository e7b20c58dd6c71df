// yaml.c - resort.yaml, as a person would write it: one entry after the other, each assumed value with its basis.
#include <string.h>

#include "import/import.h"
#include "resort/schema.h"

// Always in double quotes, so that no name is ever taken for a number, a date, a comment or a list.
void import_yaml_text(base_text *out, const char *text) {
    base_text_add(out, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            base_text_add_bytes(out, "\\", 1);
        base_text_add_bytes(out, *text == '\n' || *text == '\t' ? " " : text, 1);
    }
    base_text_add(out, "\"");
}

static void field(base_text *out, const char *key, const char *text) {
    base_text_format(out, "    %s: ", key);
    import_yaml_text(out, text);
    base_text_add(out, "\n");
}

static void line_name(importer *im, const import_line *line, base_text *out) {
    field(out, "name", line->name);
    import_yaml_names(im, line->file->features[line->feature].properties, "    ", out);
}

typedef struct bases {
    base_text text;
} bases;

static void basis(bases *b, const char *key, const char *source) {
    if (!source)
        return;
    base_text_format(&b->text, "      %s: ", key);
    import_yaml_text(&b->text, source);
    base_text_add(&b->text, "\n");
}

static void write_bases(base_text *out, bases *b) {
    if (b->text.length) {
        base_text_add(out, "    basis:\n");
        base_text_add(out, b->text.data);
    }
    out->failed |= b->text.failed;
    base_text_release(&b->text);
}

static const char *place_key(const importer *im, int32_t node) {
    return im->places[im->place_of[node]].key;
}

static void write_places(importer *im, base_text *out) {
    base_text_add(out, "\nplaces:\n");
    for (int32_t i = 0; i < im->place_count; i++) {
        const import_place *p = &im->places[i];
        const import_node *n = &im->nodes[p->node];
        base_text_format(out, "  - key: %s\n", p->key);
        field(out, "name", p->name);
        import_yaml_names(im, p->named, "    ", out);
        base_text_format(out, "    kind: %s\n    height: %.1f m\n    at: [%.7f, %.7f]\n", p->kind, n->h, n->lon,
                         n->lat);
        bases b = {0};
        if (im->heights_assumed)
            basis(&b, "height", "assumed: from the runs' difficulties, counted from the lowest point");
        if (p->is_arrival) {
            base_text_add(out, "    exit: yes\n");
            basis(&b, "exit",
                  p->node == im->base ? "assumed: the bottom of the longest lift of the lowest base area"
                                      : "assumed: a base area in the valley; no lift ends there and no run leads on");
        }
        write_bases(out, &b);
    }
}

// How far up the line a station is, measured as the reader measures the line.
static double up_the_line(importer *im, const import_way *way, double s) {
    int32_t count = 0;
    const import_point *points = import_section(im, &im->lines[way->line], way->from_m, s, &count);
    double length = 0;
    for (int32_t i = 1; points && i < count; i++) {
        const piste_point ends[2] = {{points[i - 1].lon, points[i - 1].lat, points[i - 1].h},
                                     {points[i].lon, points[i].lat, points[i].h}};
        length += geojson_length(ends, 2, true);
    }
    return length;
}

static void write_stations(importer *im, const import_way *way, base_text *out) {
    for (int32_t i = 0; i < way->station_count; i++)
        base_text_format(out, "%s      - {place: %s, at: %.1f m}\n", i ? "" : "    stations:\n",
                         place_key(im, way->stations[i].node), up_the_line(im, way, way->stations[i].s));
}

static void write_lift(importer *im, const import_way *way, base_text *out) {
    const import_line *line = &im->lines[way->line];
    import_lift_figures f = import_lift_assume(im, way);
    bases b = {0};
    base_text_format(out, "  - key: %s\n", way->key);
    if (*line->name)
        line_name(im, line, out);
    if (!import_lift_type(line)) {
        base_text_add(out, "    type: drag-lift\n");
        basis(&b, "type", "assumed: the map's word is not known");
    }
    base_text_format(out, "    from: %s\n    to: %s\n", place_key(im, way->from), place_key(im, way->to));
    write_stations(im, way, out);
    base_text_format(out, "    seats: %d\n", f.seats);
    basis(&b, "seats", f.seats_basis);
    if (f.interval)
        base_text_format(out, "    interval: %s\n", f.interval);
    basis(&b, "interval", f.interval_basis);
    if (f.capacity)
        base_text_format(out, "    capacity: %s\n", f.capacity);
    basis(&b, "capacity", f.capacity_basis);
    if (f.speed)
        base_text_format(out, "    speed: %s\n", f.speed);
    basis(&b, "speed", f.speed_basis);
    if (f.duration)
        base_text_format(out, "    duration: %s\n", f.duration);
    basis(&b, "duration", f.duration_basis);
    if (f.carries_down) {
        base_text_add(out, "    up: [ski, snowboard, foot]\n    down: [ski, snowboard, foot]\n");
        basis(&b, "down", "assumed: cabins carry both ways");
    }
    write_bases(out, &b);
}

static bool is_true(const import_line *line, const char *property) {
    return json_is_true(json_object_get(line->file->features[line->feature].properties, property));
}

// Where ends were joined, the way between the two places may be longer than the line that is drawn of it.
static double gap_length(const importer *im, const import_way *way) {
    const import_node *a = &im->nodes[way->from], *b = &im->nodes[way->to];
    piste_point ends[2] = {{a->lon, a->lat, a->h}, {b->lon, b->lat, b->h}};
    double apart = geojson_length(ends, 2, true);
    return apart > way->length_m + 0.5 ? apart : 0;
}

static void write_run(importer *im, const import_way *way, base_text *out) {
    const import_line *line = &im->lines[way->line];
    const char *width_basis;
    double width = import_run_width(line, &width_basis);
    bases b = {0};
    base_text_format(out, "  - key: %s\n", way->key);
    if (*line->name)
        line_name(im, line, out);
    base_text_format(out, "    from: %s\n    to: %s\n    difficulty: %s\n    width: %.1f m\n", place_key(im, way->from),
                     place_key(im, way->to), schema_difficulty_words[line->difficulty], width);
    if (is_true(line, "gladed"))
        base_text_add(out, "    gladed: yes\n");
    if (is_true(line, "lit"))
        base_text_add(out, "    lit: yes\n");
    double apart = gap_length(im, way);
    if (apart > 0) {
        base_text_format(out, "    length: %.1f m\n", apart);
        basis(&b, "length", import_format(im, "assumed: between its places; %.1f m of it are drawn", way->length_m));
    }
    basis(&b, "difficulty", line->difficulty_basis);
    basis(&b, "width", width_basis);
    write_bases(out, &b);
}

static void write_walk(importer *im, const import_way *way, base_text *out) {
    bases b = {0};
    base_text_format(out, "  - key: %s\n    from: %s\n    to: %s\n    length: %.1f m\n", way->key,
                     place_key(im, way->from), place_key(im, way->to), way->length_m);
    if (!way->both_ways)
        base_text_add(out, "    one-way: yes\n");
    basis(&b, "length", import_format(im, "assumed: straight, laid by the import: %s", way->why));
    write_bases(out, &b);
}

static void write_ways(importer *im, base_text *out, import_way_kind kind, const char *heading,
                       void (*write)(importer *, const import_way *, base_text *)) {
    if (im->kept[kind])
        base_text_format(out, "\n%s:\n", heading);
    for (int32_t w = 0; w < im->way_count; w++)
        if (im->ways[w].kept && im->ways[w].kind == kind)
            write(im, &im->ways[w], out);
}

// A named run that was cut is still one slope on the trail sign, as long as all of it is there.
static void write_slopes(importer *im, base_text *out) {
    bool begun = false;
    for (int32_t w = 0; w < im->way_count; w++) {
        const import_way *first = &im->ways[w];
        if (first->kind != IMPORT_WAY_RUN || first->index != 1 || first->of < 2 || !*im->lines[first->line].name ||
            w + first->of > im->way_count)
            continue;
        bool whole = true;
        for (int32_t k = 0; k < first->of; k++)
            whole = whole && first[k].kept && first[k].line == first->line && first[k].kind == IMPORT_WAY_RUN &&
                    (k == 0 || first[k].from == first[k - 1].to);
        if (!whole)
            continue;
        base_text_add(out, begun ? "" : "\nslopes:\n");
        begun = true;
        base_text_format(out, "  - key: %s\n", im->lines[first->line].key);
        line_name(im, &im->lines[first->line], out);
        base_text_add(out, "    sections: [");
        for (int32_t k = 0; k < first->of; k++)
            base_text_format(out, "%s%s", k ? ", " : "", first[k].key);
        base_text_add(out, "]\n");
    }
}

void import_yaml(importer *im, base_text *out) {
    base_text_add(out, "# Made by `piste import` from a map. Every value that the map did not give has its basis: "
                       "correct what you know\n"
                       "# better, and take its basis away. report.txt tells how the map was read.\n"
                       "piste: 1\nname: ");
    import_yaml_text(out, im->area_name);
    base_text_add(out, "\n");
    import_yaml_names(im, im->area_properties, "", out);
    if (im->language)
        base_text_format(out, "language: %s\n", im->language);
    base_text_add(out, "zone: ");
    import_yaml_text(out, im->zone);
    base_text_format(out, "\nattribution: \"© OpenStreetMap contributors (ODbL)%s\"\nhours: 09:00-16:00\nbasis:\n",
                     im->has_raw ? "" : ", via OpenSkiMap");
    if (im->language) {
        base_text_add(out, "  language: ");
        import_yaml_text(out, im->language_basis);
        base_text_add(out, "\n");
    }
    if (im->zone_assumed)
        base_text_add(out, "  zone: \"assumed: solar time of the longitude, without summer time\"\n");
    base_text_add(out, "  hours: \"assumed: common opening hours [planning]\"\n");
    write_places(im, out);
    write_ways(im, out, IMPORT_WAY_LIFT, "lifts", write_lift);
    write_ways(im, out, IMPORT_WAY_RUN, "runs", write_run);
    write_ways(im, out, IMPORT_WAY_WALK, "walks", write_walk);
    write_slopes(im, out);
    import_yaml_visitors(im, out);
}
