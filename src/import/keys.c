// keys.c - keys that a later import of the same map gives again: those that the features have already, otherwise from
// names, and from OpenStreetMap's ids where names are missing, alike, or not in Latin letters. Never from the order of
// a file.
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

enum { SLUG_BYTES_MAX = 60 };

// clang-format off
// U+00C0 to U+017F without their marks; '?' stands for more than one letter.
static const char latin[] = "aaaaaa?ceeeeiiii" "?nooooo-ouuuuy??" "aaaaaa?ceeeeiiii" "?nooooo-ouuuuy?y"
                            "aaaaaaccccccccdd" "ddeeeeeeeeeegggg" "gggghhhhiiiiiiii" "ii??jjkkklllllll"
                            "lllnnnnnn?nnoooo" "oo??rrrrrrssssss" "ssttttttuuuuuuuu" "uuuuwwyyyzzzzzzs";

static const char *two_letters(uint32_t point) {
    switch (point) {
    case 0xc6: case 0xe6: return "ae";
    case 0xd0: case 0xf0: return "d";
    case 0xde: case 0xfe: return "th";
    case 0xdf: return "ss";
    case 0x132: case 0x133: return "ij";
    case 0x149: return "n";
    case 0x152: case 0x153: return "oe";
    default: return "";
    }
}

// clang-format on

// One code point of clean UTF-8.
static uint32_t next_point(const char **text) {
    const unsigned char *s = (const unsigned char *)*text;
    int length = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t point = length == 1 ? s[0] : s[0] & (0x7fu >> length);
    int i = 1;
    for (; i < length && (s[i] & 0xc0) == 0x80; i++)
        point = point << 6 | (s[i] & 0x3f);
    *text += i;
    return point;
}

static bool is_separator(uint32_t p) { // punctuation and signs, general and of CJK; blanks
    return p < 0xc0 || (p >= 0x2000 && p < 0x2c00) || (p >= 0x3000 && p <= 0x303f) || (p >= 0xfe00 && p <= 0xfe0f) ||
           p >= 0x1f000;
}

const char *import_slug(base_arena *arena, const char *name) {
    char slug[SLUG_BYTES_MAX + 8];
    size_t length = 0;
    bool gap = false, after_letter = false;
    while (*name && length < SLUG_BYTES_MAX) {
        uint32_t p = next_point(&name);
        char one[2] = {0, 0};
        const char *letters = one;
        if ((p >= 'a' && p <= 'z') || (p >= '0' && p <= '9'))
            one[0] = (char)p;
        else if (p >= 'A' && p <= 'Z')
            one[0] = (char)(p - 'A' + 'a');
        else if (p >= 0xc0 && p < 0x180 && latin[p - 0xc0] != '-')
            letters = latin[p - 0xc0] == '?' ? two_letters(p) : (one[0] = latin[p - 0xc0], one);
        else if (p >= 0x300 && p < 0x370) // marks that stand by themselves
            continue;
        else if ((p == '\'' || p == 0x2019) && after_letter) // Ishmael's: ishmaels
            continue;
        else if (is_separator(p) || p == 0xd7 || p == 0xf7) {
            gap = length > 0;
            after_letter = false;
            continue;
        } else
            return NULL; // another script
        if (gap)
            slug[length++] = '-';
        gap = false;
        after_letter = true;
        for (; *letters; letters++)
            slug[length++] = *letters;
    }
    return length ? base_arena_text(arena, slug, length) : NULL;
}

// Six hexadecimal digits of what a line is: its OpenStreetMap object, otherwise its id, otherwise where it begins.
static const char *short_id(importer *im, const import_line *line, bool long_form) {
    const char *text = *line->osm && !long_form ? line->osm : *line->id ? line->id : NULL;
    if (!text)
        text = import_format(im, "%.7f %.7f %d", line->points[0].lon, line->points[0].lat, line->count);
    uint64_t hash = base_key_text(text) >> 16;
    return long_form ? import_format(im, "%012llx", (unsigned long long)(hash & 0xffffffffffffull))
                     : import_format(im, "%06llx", (unsigned long long)(hash & 0xffffff));
}

static void set_key(importer *im, import_line *line, int step) {
    const char *noun = line->is_lift ? "lift" : "run";
    if (step == 0 && line->slug)
        line->key = line->slug;
    else
        line->key = import_format(im, "%s-%s", line->slug ? line->slug : noun, short_id(im, line, step > 1));
}

// Whether key b is key a, or looks like a section of it ("face-2" of "face").
static bool collide(const import_line *a, const import_line *b) {
    size_t length = strlen(a->key);
    if (strcmp(a->key, b->key) == 0)
        return true;
    if (strncmp(a->key, b->key, length) != 0 || b->key[length] != '-')
        return false;
    size_t digits = strspn(b->key + length + 1, "0123456789");
    return digits > 0 && digits < 4 && (b->key[length + 1 + digits] == 0 || b->key[length + 1 + digits] == '-');
}

// All of a group that collides get longer keys, so that none depends on which came first.
static bool set_keys(importer *im) {
    unsigned char *step = base_arena_take(im->arena, (size_t)im->line_count + 1),
                  *hit = base_arena_take(im->arena, (size_t)im->line_count + 1);
    if (!step || !hit)
        return false;
    for (int32_t l = 0; l < im->line_count; l++) {
        if (!im->lines[l].slug)
            im->lines[l].slug = import_slug(im->arena, im->lines[l].name);
        step[l] = im->lines[l].slug == NULL;
        set_key(im, &im->lines[l], step[l]);
    }
    for (int round = 0; round < 3; round++) {
        memset(hit, 0, (size_t)im->line_count);
        for (int32_t a = 0; a < im->line_count; a++)
            for (int32_t b = 0; b < im->line_count; b++)
                if (a != b && im->lines[a].is_lift == im->lines[b].is_lift && collide(&im->lines[a], &im->lines[b]))
                    hit[a] = hit[b] = 1;
        for (int32_t l = 0; l < im->line_count; l++)
            if (hit[l]) {
                step[l]++;
                if (step[l] > 2) // twins without ids in one place: their order is all that is left
                    im->lines[l].key = import_format(im, "%s-%d", im->lines[l].key, l);
                else
                    set_key(im, &im->lines[l], step[l]);
            }
    }
    return !im->no_memory;
}

// ---- places and walks -----------------------------------------------------------------------------------------------

static int32_t highest_top(importer *im) {
    int32_t best = -1;
    for (int32_t w = 0; w < im->way_count; w++)
        if (im->ways[w].kept && im->ways[w].kind == IMPORT_WAY_LIFT &&
            (best < 0 || im->nodes[im->ways[w].to].h > im->nodes[best].h))
            best = im->ways[w].to;
    return best;
}

// 0: a lift begins there, 1: ends, 2: has a station; 3: a run begins, 4: ends. 9: the way is not there.
static int rank_at(const import_way *way, int32_t node, int32_t *station) {
    int rank = way->from == node ? 0 : way->to == node ? 1 : 9;
    *station = 0;
    if (way->kind != IMPORT_WAY_LIFT)
        return rank + 3;
    for (int32_t i = 0; i < way->station_count && rank == 9; i++)
        if (way->stations[i].node == node) {
            rank = 2;
            *station = i + 1;
        }
    return rank;
}

// The key, or with a number where a place before has it: a line may end at several places that nothing else names.
static const char *free_place_key(importer *im, const char *key) {
    const char *own = key;
    for (int32_t i = 0, number = 2; own && i < im->place_count; i++)
        if (im->places[i].key && strcmp(im->places[i].key, own) == 0) {
            own = import_format(im, "%s-%d", key, number++);
            i = -1; // from the first one again
        }
    return own;
}

// A place is called by the first lift there, otherwise by the first run that begins there, otherwise by one that ends.
static import_place name_place(importer *im, int32_t node) {
    static const char *const ends[] = {"bottom", "top", "station", "start", "end"}, *const words[] = {
                                                                                        "Bottom", "Top", "Station",
                                                                                        "Beginning", "End"};
    import_place place = {.node = node, .kind = "junction"};
    const import_way *best = NULL;
    int best_rank = 5;
    int32_t station = 0;
    for (int32_t w = 0; w < im->way_count; w++) {
        const import_way *way = &im->ways[w];
        int32_t its_station;
        int rank = way->kept && way->kind != IMPORT_WAY_WALK ? rank_at(way, node, &its_station) : 9;
        if (rank < best_rank) {
            best_rank = rank;
            best = way;
            station = its_station;
        }
    }
    if (best_rank < 3)
        place.kind = "station";
    const import_line *line = best ? &im->lines[best->line] : NULL;
    const char *name = !line ? "" : *line->name ? line->name : best->key;
    if (best) {
        place.key = import_format(im, station > 1 ? "%s-%s-%d" : "%s-%s", best->key, ends[best_rank], station);
        place.name =
            import_format(im, best->of > 1 ? "%s of %s, section %d" : "%s of %s", words[best_rank], name, best->index);
        const char *called =
            station ? import_station_named(&im->lines[best->line], best->stations[station - 1].s) : NULL;
        if (called && *called) {
            place.name = called;
            place.named = import_station_at(&im->lines[best->line], best->stations[station - 1].s);
        }
    } else { // only walks meet here: what is drawn there was left out
        const import_line *near = &im->lines[im->nodes[node].line];
        place.key = free_place_key(im, import_format(im, "%s-place", near->key));
        place.name = import_format(im, "Place at %s", *near->name ? near->name : near->key);
    }
    place.is_arrival = import_arrival_at(im, node) >= 0;
    if (place.is_arrival) {
        place.kind = "base";
        place.name = import_format(im, "Base of %s", name);
        place.named = NULL;
    }
    if (node == im->base) {
        place.key = "base";
        place.name = "Base";
        place.named = NULL;
    } else if (!place.is_arrival && node == highest_top(im))
        place.kind = "summit";
    return place;
}

static bool set_places(importer *im) {
    im->places = base_arena_take(im->arena, ((size_t)im->node_count + 1) * sizeof *im->places);
    im->place_of = base_arena_take(im->arena, ((size_t)im->node_count + 1) * sizeof *im->place_of);
    if (!im->places || !im->place_of)
        return false;
    for (int32_t n = 0; n < im->node_count; n++) {
        bool used = n == im->base;
        for (int32_t w = 0, station; w < im->way_count && !used; w++)
            used = im->ways[w].kept && rank_at(&im->ways[w], n, &station) < 5;
        im->place_of[n] = used ? im->place_count : -1;
        if (used)
            im->places[im->place_count++] = name_place(im, n);
    }
    return true;
}

// A walk is called by its two places.
static void set_walk_keys(importer *im) {
    for (int32_t w = 0; w < im->way_count; w++) {
        import_way *way = &im->ways[w];
        if (way->kind != IMPORT_WAY_WALK || !way->kept)
            continue;
        const char *a = im->places[im->place_of[way->from]].key, *b = im->places[im->place_of[way->to]].key;
        way->key = import_format(im, "%s-to-%s", a, b);
        for (int32_t k = 0; k < w; k++) // two flat runs between the same places
            if (im->ways[k].kept && im->ways[k].kind == IMPORT_WAY_WALK && strcmp(im->ways[k].key, way->key) == 0)
                way->key = import_format(im, "%s-2", way->key);
    }
}

piste_status import_keys(importer *im) {
    if (!set_keys(im))
        return PISTE_MEMORY;
    for (int32_t w = 0; w < im->way_count; w++) {
        import_way *way = &im->ways[w];
        if (way->kind != IMPORT_WAY_WALK)
            way->key = way->of > 1 ? import_format(im, "%s-%d", im->lines[way->line].key, way->index)
                                   : im->lines[way->line].key;
    }
    if (!set_places(im))
        return PISTE_MEMORY;
    set_walk_keys(im);
    return im->no_memory ? PISTE_MEMORY : PISTE_OK;
}
