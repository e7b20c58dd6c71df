// arrivals.c - where guests come in: the base areas in the valley, not only the one that the graph was connected from.
//
// Lifts whose bottoms lie near each other make up a base area. It is one where guests arrive when it lies in the
// valley: no lift ends there, and no run leads further down from it. A carpet or a tow alone is where people practise
// who came in elsewhere. Nothing in the map says how many come where; what the lifts of a base take up in an hour
// shares them out.
#include <math.h>
#include <string.h>

#include "import/import.h"

enum { AREA_WIDTH_M = 150, BELOW_M = 25 };

typedef struct area { // the lifts of one base area
    int32_t *ways;
    int32_t count;
    double lowest_m, capacity_pph, longest_m;
    int32_t node; // bottom of the longest one
    bool has_base, has_lift;
} area;

static bool is_near(importer *im, int32_t a, int32_t b, double reach) {
    const import_node *x = &im->nodes[a], *y = &im->nodes[b];
    double dx = x->x - y->x, dy = x->y - y->y;
    return dx * dx + dy * dy <= reach * reach && fabs(x->h - y->h) <= IMPORT_BASE_RISE_M + import_slack(im);
}

static bool is_for_practice(const import_line *line) {
    const char *type = import_lift_type(line);
    return type && (strcmp(type, "magic_carpet") == 0 || strcmp(type, "rope_tow") == 0);
}

static void add_lift(importer *im, area *a, int32_t w) {
    const import_way *way = &im->ways[w];
    const import_line *line = &im->lines[way->line];
    a->ways[a->count++] = w;
    a->lowest_m = fmin(a->lowest_m, im->nodes[way->from].h);
    a->capacity_pph += import_lift_assume(im, way).capacity_pph;
    a->has_base |= way->from == im->base;
    a->has_lift |= !is_for_practice(line);
    if (line->length_m > a->longest_m) {
        a->longest_m = line->length_m;
        a->node = way->from;
    }
}

// All lifts near those that are in it, from one lift on.
static void gather(importer *im, area *a, int32_t first, bool *taken) {
    taken[first] = true;
    add_lift(im, a, first);
    for (int32_t i = 0; i < a->count; i++)
        for (int32_t w = 0; w < im->way_count; w++) {
            const import_way *way = &im->ways[w];
            if (way->kept && way->kind == IMPORT_WAY_LIFT && !taken[w] &&
                is_near(im, im->ways[a->ways[i]].from, way->from, IMPORT_BASE_LINK_M)) {
                taken[w] = true;
                add_lift(im, a, w);
            }
        }
}

static bool is_in(importer *im, const area *a, int32_t node) {
    for (int32_t i = 0; i < a->count; i++)
        if (is_near(im, im->ways[a->ways[i]].from, node, AREA_WIDTH_M))
            return true;
    return false;
}

// Whether runs lead from the area to what lies lower. `seen` has room for all nodes.
static bool leads_down(importer *im, const area *a, bool *seen) {
    for (int32_t n = 0; n < im->node_count; n++)
        seen[n] = is_in(im, a, n);
    for (bool more = true; more;) {
        more = false;
        for (int32_t w = 0; w < im->way_count; w++) {
            const import_way *way = &im->ways[w];
            if (!way->kept || way->kind != IMPORT_WAY_RUN || !seen[way->from] || seen[way->to])
                continue;
            if (im->nodes[way->to].h < a->lowest_m - BELOW_M - import_slack(im))
                return true;
            seen[way->to] = more = true;
        }
    }
    return false;
}

static bool ends_in(importer *im, const area *a, const import_way *way) {
    bool ends = is_in(im, a, way->to);
    for (int32_t i = 0; i < way->station_count; i++)
        ends |= is_in(im, a, way->stations[i].node);
    return way->kept && way->kind == IMPORT_WAY_LIFT && ends && !is_in(im, a, way->from);
}

// A lift that ends there has come from elsewhere, further down; those of the practice ground begin there too.
static bool is_in_valley(importer *im, const area *a, bool *seen) {
    for (int32_t w = 0; w < im->way_count; w++)
        if (ends_in(im, a, &im->ways[w]))
            return false;
    return !leads_down(im, a, seen);
}

static void add_arrival(importer *im, const area *a) {
    int32_t at = im->arrival_count;
    if (a->has_base) { // the first one
        memmove(im->arrivals + 1, im->arrivals, (size_t)at * sizeof *im->arrivals);
        at = 0;
    }
    im->arrivals[at] = (import_arrival){.node = a->has_base ? im->base : a->node, .capacity_pph = a->capacity_pph};
    im->arrival_count++;
}

piste_status import_arrivals(importer *im) {
    size_t ways = (size_t)im->way_count + 1;
    bool *taken = base_arena_take(im->arena, ways), *seen = base_arena_take(im->arena, (size_t)im->node_count + 1);
    int32_t *list = base_arena_take(im->arena, ways * sizeof *list);
    im->arrivals = base_arena_take(im->arena, (ways + 1) * sizeof *im->arrivals);
    if (!taken || !seen || !list || !im->arrivals)
        return PISTE_MEMORY;
    for (int32_t w = 0; w < im->way_count; w++) {
        if (!im->ways[w].kept || im->ways[w].kind != IMPORT_WAY_LIFT || taken[w])
            continue;
        area a = {.ways = list, .lowest_m = HUGE_VAL};
        gather(im, &a, w, taken);
        if (a.has_base || (a.has_lift && is_in_valley(im, &a, seen)))
            add_arrival(im, &a);
    }
    if (im->arrival_count == 0 || im->arrivals[0].node != im->base) { // no lift begins there: one was left out
        const area a = {.has_base = true};
        add_arrival(im, &a);
    }
    return im->no_memory ? PISTE_MEMORY : PISTE_OK;
}

int32_t import_arrival_at(const importer *im, int32_t node) {
    for (int32_t i = 0; i < im->arrival_count; i++)
        if (im->arrivals[i].node == node)
            return i;
    return -1;
}

// The guests of each base, by largest remainders.
static void share_out(importer *im, double all_pph) {
    int32_t left = im->guests;
    for (int32_t i = 0; i < im->arrival_count; i++) {
        im->arrivals[i].guests = (int32_t)base_floor(im->guests * (im->arrivals[i].capacity_pph / all_pph));
        left -= im->arrivals[i].guests;
    }
    for (; left > 0; left--) {
        int32_t best = 0;
        double most = -1;
        for (int32_t i = 0; i < im->arrival_count; i++) {
            double rest = im->guests * (im->arrivals[i].capacity_pph / all_pph) - im->arrivals[i].guests;
            if (rest > most) {
                most = rest;
                best = i;
            }
        }
        im->arrivals[best].guests++;
    }
}

void import_share_guests(importer *im) {
    double all = 0;
    for (int32_t i = 0; i < im->arrival_count; i++)
        all += im->arrivals[i].capacity_pph;
    im->arrivals[0].guests = im->guests;
    if (im->arrival_count == 1 || !(all > 0))
        return;
    share_out(im, all);
    base_text list = {0};
    for (int32_t i = 0; i < im->arrival_count; i++)
        base_text_format(&list, "%s%s %d", i ? ", " : "", im->places[im->place_of[im->arrivals[i].node]].key,
                         im->arrivals[i].guests);
    if (list.data)
        import_tell(im, IMPORT_ASSUMED, "visitors", -1,
                    "they come in at %d base areas, shared out by what their lifts take up in an hour: %s",
                    im->arrival_count, list.data);
    im->no_memory |= list.failed;
    base_text_release(&list);
}
