// nodes.c - anchors on lines, joined into places by union-find; the members of a place form a ring.
#include <string.h>

#include "import/import.h"

enum { SHRINK_M = 25 };

int32_t import_root(importer *im, int32_t node) {
    while (im->nodes[node].parent != node) {
        im->nodes[node].parent = im->nodes[im->nodes[node].parent].parent;
        node = im->nodes[node].parent;
    }
    return node;
}

static const char *lift_type(const import_line *lift) {
    const char *type = json_string_value(json_object_get(lift->file->features[lift->feature].properties, "liftType"));
    return type ? type : "";
}

// Cabins bring people down as well as up.
bool import_carries_down(const import_line *lift) {
    static const char *const cabins[] = {"cable_car", "gondola", "funicular", "railway"};
    for (size_t i = 0; i < BASE_COUNT(cabins); i++)
        if (strcmp(lift_type(lift), cabins[i]) == 0)
            return true;
    return false;
}

static unsigned flags_of(const import_line *line, double s) {
    bool first = s <= 0, last = s >= line->points[line->count - 1].s;
    if (line->is_lift)
        return import_carries_down(line) || (!first && !last) ? IMPORT_IN | IMPORT_OUT : first ? IMPORT_OUT : IMPORT_IN;
    if ((!first && !last) || line->two_way)
        return IMPORT_IN | IMPORT_OUT;
    return first ? IMPORT_OUT : IMPORT_IN;
}

int32_t import_anchor_near(const importer *im, int32_t l, double s, double slack) {
    const import_line *line = &im->lines[l];
    double best = slack;
    int32_t node = -1;
    for (int32_t i = 0; i < line->cut_count; i++) {
        double d = line->cuts[i].s > s ? line->cuts[i].s - s : s - line->cuts[i].s;
        if (d <= best) {
            best = d;
            node = line->cuts[i].node;
        }
    }
    return node;
}

int32_t import_anchor(importer *im, int32_t l, double s) {
    import_line *line = &im->lines[l];
    int32_t there = import_anchor_near(im, l, s, 0.01);
    if (there >= 0)
        return there;
    if (im->node_count >= IMPORT_NODES_MAX) {
        im->no_memory = true;
        return -1;
    }
    import_node *nodes = import_grow(im, im->nodes, im->node_count, &im->node_capacity, sizeof *nodes);
    if (!nodes)
        return -1;
    im->nodes = nodes;
    import_cut *cuts = import_grow(im, line->cuts, line->cut_count, &line->cut_capacity, sizeof *cuts);
    if (!cuts)
        return -1;
    line->cuts = cuts;
    import_point p = import_at(line, s);
    int32_t node = im->node_count++;
    nodes[node] = (import_node){.x = p.x,
                                .y = p.y,
                                .h = p.h,
                                .lon = p.lon,
                                .lat = p.lat,
                                .parent = node,
                                .next = node,
                                .line = l,
                                .s = s,
                                .flags = flags_of(line, s)};
    int32_t at = line->cut_count++;
    for (; at > 0 && cuts[at - 1].s > s; at--)
        cuts[at] = cuts[at - 1];
    cuts[at] = (import_cut){s, node};
    return node;
}

// Two places of one line may become one only where the piece between them is a few metres of nearly nothing, which then
// lies within the place; and never its two ends.
static bool may_shrink(importer *im, int32_t a, int32_t b) {
    const import_line *line = &im->lines[im->nodes[a].line];
    double low = im->nodes[a].s, high = im->nodes[b].s, length = line->points[line->count - 1].s,
           rise = im->nodes[a].h - im->nodes[b].h;
    if (low > high) {
        low = im->nodes[b].s;
        high = im->nodes[a].s;
    }
    if (high - low > SHRINK_M || high - low > 0.5 * length || rise > 3 || rise < -3)
        return false;
    for (int32_t i = 0; i < line->cut_count; i++) {
        int32_t root = import_root(im, line->cuts[i].node);
        if (line->cuts[i].s > low && line->cuts[i].s < high && root != import_root(im, a) && root != import_root(im, b))
            return false;
    }
    return true;
}

bool import_may_join(importer *im, int32_t a, int32_t b) {
    if (import_root(im, a) == import_root(im, b))
        return false;
    int32_t i = a;
    do {
        int32_t k = b;
        do {
            if (im->nodes[i].line == im->nodes[k].line && !may_shrink(im, i, k))
                return false;
            k = im->nodes[k].next;
        } while (k != b);
        i = im->nodes[i].next;
    } while (i != a);
    return true;
}

// Who stands for a place: a station, otherwise a point that a run passes, otherwise an end; of these the first made.
static bool stands_before(const importer *im, int32_t a, int32_t b) {
    int rank[2];
    for (int i = 0; i < 2; i++) {
        const import_node *n = &im->nodes[i ? b : a];
        const import_line *line = &im->lines[n->line];
        rank[i] = line->is_lift ? 0 : n->s > 0 && n->s < line->points[line->count - 1].s ? 1 : 2;
    }
    return rank[0] != rank[1] ? rank[0] < rank[1] : a < b;
}

void import_join(importer *im, int32_t a, int32_t b) {
    int32_t x = import_root(im, a), y = import_root(im, b);
    if (x == y)
        return;
    bool in_order = stands_before(im, x, y);
    int32_t first = in_order ? x : y, second = in_order ? y : x;
    im->nodes[second].parent = first;
    im->nodes[first].flags |= im->nodes[second].flags;
    int32_t next = im->nodes[first].next;
    im->nodes[first].next = im->nodes[second].next;
    im->nodes[second].next = next;
}

const char *import_describe(importer *im, int32_t node) {
    const import_node *n = &im->nodes[node];
    const import_line *line = &im->lines[n->line];
    bool first = n->s <= 0, last = n->s >= line->points[line->count - 1].s;
    if (!first && !last)
        return import_format(im, line->is_lift ? "%s, %.1f m up" : "%s, %.1f m down", line->label, n->s);
    return import_format(im, "the %s of %s",
                         line->is_lift ? (first ? "bottom" : "top")
                         : first       ? "beginning"
                                       : "end",
                         line->label);
}
