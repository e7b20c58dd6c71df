// levels.c - heights for a map that has none, or too few: what the directions and the difficulties of its lines say.
//
// Pistes are drawn downhill and lifts upwards; a run of a difficulty has about that difficulty's gradient. So each run
// gives an equation "its end lies so much lower", each lift one "its top lies so much higher" (less sure), and ends
// that lie near each other are about level. The heights are the least-squares solution, found by the same steps in the
// same order: the same map gives the same heights. A line that the solution contradicts was drawn the wrong way round;
// it is turned, the worst one first, and the heights are found anew.
//
// Gradients: the middles of the bands of the British Columbia All Season Resort Guidelines; lifts' [planning].
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "resort/schema.h"

#define TIE_M 40.0   // an end this near to another line is about level with it
#define NEAR_M 300.0 // ends this near to each other are at least not far apart in height
#define VALLEY_M 150.0
#define SLACK_M 15.0 // on a line this near to another spot is that spot
#define ANCHOR 1e-9
#define DOUBTFUL 0.4  // part of the rise that is expected
#define TURN_COST 1.0 // a line is drawn the right way unless the others say more than this
enum { STEPS = 1000, TURNS_MAX = 300, HOLDS = 6 };

typedef struct spot {
    double h;
    bool known;
} spot;

typedef struct edge { // h of b - h of a is about rise
    int32_t a, b, line;
    double rise, weight;
} edge;

typedef struct levels {
    importer *im;
    spot *spots;
    int32_t spot_count, spot_capacity;
    import_cut **cuts; // by line: spots along it
    int32_t *cut_count, *cut_capacity;
    edge *edges;
    int32_t edge_count, edge_capacity;
    double *left, *diagonal, *direction, *scaled, *product; // by spot, of the solver
} levels;

// ---- what is expected -----------------------------------------------------------------------------------------------

static const char *text_of(const import_line *line, const char *name) {
    const char *text = json_string_value(json_object_get(line->file->features[line->feature].properties, name));
    return text ? text : "";
}

static double lift_gradient(const import_line *line) {
    static const struct {
        const char *type;
        double gradient;
    } usual[] = {{"cable_car", 0.45}, {"funicular", 0.35}, {"magic_carpet", 0.12}, {"rope_tow", 0.15},
                 {"t-bar", 0.22},     {"j-bar", 0.2},      {"platter", 0.2},       {"drag_lift", 0.2}};
    for (size_t i = 0; i < BASE_COUNT(usual); i++)
        if (strcmp(usual[i].type, text_of(line, "liftType")) == 0)
            return usual[i].gradient;
    return 0.3;
}

static double run_gradient(const import_line *line) {
    static const double middle[PISTE_DIFFICULTY_COUNT] = {0.10, 0.185, 0.325, 0.45, 0.55, 0.45, 0.6};
    int32_t difficulty = schema_word_find(schema_difficulty_words, text_of(line, "difficulty"));
    return line->two_way ? 0 : difficulty >= 0 ? middle[difficulty] : 0.25;
}

double import_gradient(const import_line *line) {
    return line->is_lift ? lift_gradient(line) : -run_gradient(line);
}

// ---- spots ----------------------------------------------------------------------------------------------------------

static int32_t add_spot(levels *v) {
    spot *list = import_grow(v->im, v->spots, v->spot_count, &v->spot_capacity, sizeof *list);
    if (!list)
        return -1;
    v->spots = list;
    list[v->spot_count] = (spot){0, false};
    return v->spot_count++;
}

static int32_t spot_near(const levels *v, int32_t l, double s, double slack) {
    int32_t best = -1;
    for (int32_t i = 0; i < v->cut_count[l]; i++)
        if (fabs(v->cuts[l][i].s - s) <= slack) {
            slack = fabs(v->cuts[l][i].s - s);
            best = v->cuts[l][i].node;
        }
    return best;
}

// The spot of a line at s; a new one, or the one given, where there is none. -1: no memory.
static int32_t cut(levels *v, int32_t l, double s, int32_t given) {
    int32_t there = spot_near(v, l, s, 0.01);
    if (there >= 0)
        return there;
    int32_t node = given >= 0 ? given : add_spot(v);
    import_cut *list = import_grow(v->im, v->cuts[l], v->cut_count[l], &v->cut_capacity[l], sizeof *list);
    if (!list || node < 0)
        return -1;
    v->cuts[l] = list;
    int32_t at = v->cut_count[l]++;
    for (; at > 0 && list[at - 1].s > s; at--)
        list[at] = list[at - 1];
    list[at] = (import_cut){s, node};
    return node;
}

typedef struct corner {
    double lon, lat;
    int32_t line, point;
} corner;

static int compare_corners(const void *a, const void *b) {
    const corner *x = a, *y = b;
    if (x->lon != y->lon)
        return x->lon < y->lon ? -1 : 1;
    if (x->lat != y->lat)
        return x->lat < y->lat ? -1 : 1;
    return x->line != y->line ? (x->line > y->line) - (x->line < y->line) : x->point - y->point;
}

// Points that lines share, all ends, and all points whose heights the map has.
static bool list_spots(levels *v) {
    importer *im = v->im;
    size_t total = 0, count = 0;
    for (int32_t l = 0; l < im->line_count; l++)
        total += (size_t)im->lines[l].count;
    corner *list = base_arena_take(im->arena, (total + 1) * sizeof *list);
    for (int32_t l = 0; list && l < im->line_count; l++)
        for (int32_t i = 0; i < im->lines[l].count; i++)
            list[count++] = (corner){im->lines[l].points[i].lon, im->lines[l].points[i].lat, l, i};
    if (list && count)
        qsort(list, count, sizeof *list, compare_corners);
    for (size_t from = 0, to; list && from < count; from = to) {
        for (to = from + 1; to < count && list[to].lon == list[from].lon && list[to].lat == list[from].lat; to++)
            ;
        int32_t node = -1;
        for (size_t i = from; i < to; i++) {
            const import_line *line = &im->lines[list[i].line];
            const import_point *p = &line->points[list[i].point];
            bool is_end = list[i].point == 0 || list[i].point == line->count - 1;
            if (!is_end && !p->is_station && isnan(p->h) && (to - from < 2 || line->is_lift))
                continue;
            node = cut(v, list[i].line, p->s, node);
            if (node < 0)
                return false;
            if (!isnan(p->h)) {
                v->spots[node].h = p->h;
                v->spots[node].known = true;
            }
        }
    }
    return list != NULL;
}

// ---- edges ----------------------------------------------------------------------------------------------------------

static bool add_edge(levels *v, edge one) {
    edge *list = import_grow(v->im, v->edges, v->edge_count, &v->edge_capacity, sizeof *list);
    if (!list)
        return false;
    v->edges = list;
    list[v->edge_count++] = one;
    return true;
}

static bool is_at_station(const import_line *lift, double s) {
    for (int32_t i = 0; i < lift->count; i++)
        if ((i == 0 || i == lift->count - 1 || lift->points[i].is_station) && fabs(lift->points[i].s - s) < SLACK_M)
            return true;
    return false;
}

static bool tie_end(levels *v, int32_t l, bool last) {
    importer *im = v->im;
    const import_line *line = &im->lines[l];
    const import_point *end = &line->points[last ? line->count - 1 : 0];
    int32_t own = v->cuts[l][last ? v->cut_count[l] - 1 : 0].node;
    double reach = fmin(TIE_M, line->points[line->count - 1].s * 0.3);
    for (int32_t m = 0; m < im->line_count; m++) {
        const import_line *other = &im->lines[m];
        double d, length = other->points[other->count - 1].s;
        if (m == l)
            continue;
        import_point p = import_nearest(other, end->x, end->y, &d);
        if (d > fmin(reach, length * 0.3) || (other->is_lift && !is_at_station(other, p.s)))
            continue;
        int32_t there = spot_near(v, m, p.s, SLACK_M);
        there = there >= 0 ? there : cut(v, m, p.s, -1);
        double sigma = 1 + 0.15 * d;
        if (there < 0 || (there != own && !add_edge(v, (edge){own, there, -1, 0, 1 / (sigma * sigma)})))
            return false;
    }
    return true;
}

// Ends within 300 m of each other are not far apart in height; those of two lifts' bottoms, a base area, hardly at all.
static bool tie_ends(levels *v) {
    importer *im = v->im;
    for (int32_t i = 0; i < im->line_count * 2; i++)
        for (int32_t k = i + 1; k < im->line_count * 2; k++) {
            const import_line *a = &im->lines[i / 2], *b = &im->lines[k / 2];
            if (a == b)
                continue;
            double d = import_distance(&a->points[i % 2 ? a->count - 1 : 0], &b->points[k % 2 ? b->count - 1 : 0]);
            bool bottoms = a->is_lift && b->is_lift && i % 2 == 0 && k % 2 == 0;
            int32_t x = v->cuts[i / 2][i % 2 ? v->cut_count[i / 2] - 1 : 0].node,
                    y = v->cuts[k / 2][k % 2 ? v->cut_count[k / 2] - 1 : 0].node;
            double sigma = 3 + (bottoms ? 0.05 : 0.3) * d;
            if (d <= NEAR_M && x != y && !add_edge(v, (edge){x, y, -1, 0, 1 / (sigma * sigma)}))
                return false;
        }
    return true;
}

// A bottom in the valley: no other lift ends near it, and more runs end there than begin. A carpet or a tow of the
// practice ground, drawn the wrong way round, does not count.
static bool is_valley(const importer *im, int32_t lift) {
    const import_point *bottom = &im->lines[lift].points[0];
    int32_t balance = 0;
    for (int32_t l = 0; l < im->line_count; l++) {
        const import_line *line = &im->lines[l];
        double first = import_distance(bottom, &line->points[0]),
               last = import_distance(bottom, &line->points[line->count - 1]);
        if (line->is_lift && l != lift && last < VALLEY_M && line->length_m > 2 * VALLEY_M)
            return false;
        balance += !line->is_lift && last < TIE_M * 2;
        balance -= !line->is_lift && first < TIE_M * 2;
    }
    return balance > 0;
}

// Base areas of one resort lie about equally high, where nothing tells more.
static bool tie_valleys(levels *v) {
    importer *im = v->im;
    bool *valley = base_arena_take(im->arena, (size_t)im->line_count + 1);
    if (!valley)
        return false;
    for (int32_t l = 0; l < im->line_count && im->lines[l].is_lift; l++)
        valley[l] = is_valley(im, l);
    for (int32_t l = 0; l < im->line_count; l++)
        for (int32_t m = l + 1; m < im->line_count; m++) {
            double d = import_distance(&im->lines[l].points[0], &im->lines[m].points[0]), sigma = 60 + 0.06 * d;
            if (valley[l] && valley[m] && d > NEAR_M && v->cuts[l][0].node != v->cuts[m][0].node &&
                !add_edge(v, (edge){v->cuts[l][0].node, v->cuts[m][0].node, -1, 0, 1 / (sigma * sigma)}))
                return false;
        }
    return true;
}

static bool list_edges(levels *v) {
    importer *im = v->im;
    for (int32_t l = 0; l < im->line_count; l++)
        if (!tie_end(v, l, false) || !tie_end(v, l, true))
            return false;
    if (!tie_ends(v) || !tie_valleys(v))
        return false;
    for (int32_t l = 0; l < im->line_count; l++)
        for (int32_t i = 1; i < v->cut_count[l]; i++) {
            const import_cut *a = &v->cuts[l][i - 1], *b = &v->cuts[l][i];
            double rise = import_gradient(&im->lines[l]) * (b->s - a->s),
                   sigma = (im->lines[l].is_lift ? 0.7 : 0.5) * fabs(rise) + 2 + 0.02 * (b->s - a->s);
            if (a->node != b->node && !add_edge(v, (edge){a->node, b->node, l, rise, 1 / (sigma * sigma)}))
                return false;
        }
    double **const lists[] = {&v->left, &v->diagonal, &v->direction, &v->scaled, &v->product};
    for (size_t i = 0; i < BASE_COUNT(lists); i++)
        if (!(*lists[i] = base_arena_take(im->arena, ((size_t)v->spot_count + 1) * sizeof **lists[i])))
            return false;
    return true;
}

// ---- solving --------------------------------------------------------------------------------------------------------

// out = A h for the free spots: the weighted Laplacian, and a trace of a pull to zero that makes it definite.
static void apply(const levels *v, const double *h, double *out) {
    for (int32_t s = 0; s < v->spot_count; s++)
        out[s] = v->spots[s].known ? 0 : ANCHOR * h[s];
    for (int32_t e = 0; e < v->edge_count; e++) {
        const edge *one = &v->edges[e];
        double pull = one->weight * (h[one->b] - h[one->a]);
        if (!v->spots[one->b].known)
            out[one->b] += pull;
        if (!v->spots[one->a].known)
            out[one->a] -= pull;
    }
}

static double dot(const levels *v, const double *a, const double *b) {
    double sum = 0;
    for (int32_t s = 0; s < v->spot_count; s++)
        sum += a[s] * b[s];
    return sum;
}

// What is left to correct at each spot, and the diagonal of the system.
static void residual(levels *v) {
    for (int32_t s = 0; s < v->spot_count; s++) {
        v->left[s] = v->spots[s].known ? 0 : -ANCHOR * v->spots[s].h;
        v->diagonal[s] = ANCHOR;
    }
    for (int32_t e = 0; e < v->edge_count; e++) {
        const edge *one = &v->edges[e];
        double miss = one->weight * (one->rise - (v->spots[one->b].h - v->spots[one->a].h));
        if (!v->spots[one->b].known)
            v->left[one->b] += miss;
        if (!v->spots[one->a].known)
            v->left[one->a] -= miss;
        v->diagonal[one->a] += one->weight;
        v->diagonal[one->b] += one->weight;
    }
}

// Conjugate gradients, preconditioned by the diagonal (Hestenes and Stiefel 1952), from the heights as they are.
static void solve(levels *v) {
    residual(v);
    double *direction = v->direction, *scaled = v->scaled, *product = v->product;
    for (int32_t s = 0; s < v->spot_count; s++)
        direction[s] = scaled[s] = v->left[s] / v->diagonal[s];
    double size = dot(v, v->left, scaled), enough = size * 1e-12;
    for (int step = 0; step < STEPS && size > enough && size > 1e-12; step++) {
        apply(v, direction, product);
        double curve = dot(v, direction, product);
        if (!(curve > 0))
            return;
        double by = size / curve;
        for (int32_t s = 0; s < v->spot_count; s++) {
            v->spots[s].h += by * direction[s];
            v->left[s] -= by * product[s];
            scaled[s] = v->left[s] / v->diagonal[s];
        }
        double now = dot(v, v->left, scaled);
        for (int32_t s = 0; s < v->spot_count; s++)
            direction[s] = scaled[s] + now / size * direction[s];
        size = now;
    }
}

static void turn_line(levels *v, int32_t l) {
    import_line *line = &v->im->lines[l];
    double length = line->points[line->count - 1].s;
    import_turn(line);
    for (int32_t i = 0, k = v->cut_count[l] - 1; i <= k; i++, k--) {
        import_cut a = v->cuts[l][i], b = v->cuts[l][k];
        v->cuts[l][i] = (import_cut){length - b.s, b.node};
        v->cuts[l][k] = (import_cut){length - a.s, a.node};
    }
    for (int32_t e = 0; e < v->edge_count; e++)
        if (v->edges[e].line == l)
            v->edges[e].rise = -v->edges[e].rise;
}

static double rise_of(const levels *v, int32_t l) {
    return v->spots[v->cuts[l][v->cut_count[l] - 1].node].h - v->spots[v->cuts[l][0].node].h;
}

// How badly the heights miss what is expected.
static double misses(const levels *v) {
    double sum = 0;
    for (int32_t e = 0; e < v->edge_count; e++) {
        const edge *one = &v->edges[e];
        double miss = one->rise - (v->spots[one->b].h - v->spots[one->a].h);
        sum += one->weight * miss * miss;
    }
    return sum;
}

// The line that comes out flattest, or the wrong way, of those that were not tried. -1: none.
static int32_t most_doubtful(const levels *v, const bool *tried) {
    int32_t worst = -1;
    double most = DOUBTFUL;
    for (int32_t l = 0; l < v->im->line_count; l++) {
        double expected = import_gradient(&v->im->lines[l]) * v->im->lines[l].points[v->im->lines[l].count - 1].s;
        double part = fabs(expected) > 1 ? rise_of(v, l) / expected : 1;
        if (!tried[l] && part < most) {
            most = part;
            worst = l;
        }
    }
    return worst;
}

// A doubtful line is turned where the whole then fits clearly better. Each is tried once.
static bool find_directions(levels *v, bool *turned) {
    importer *im = v->im;
    bool *tried = base_arena_take(im->arena, (size_t)im->line_count + 1);
    spot *before = base_arena_take(im->arena, ((size_t)v->spot_count + 1) * sizeof *before);
    if (!tried || !before)
        return false;
    solve(v);
    double cost = misses(v);
    int32_t doubtful;
    for (int turns = 0; turns < TURNS_MAX && (doubtful = most_doubtful(v, tried)) >= 0; turns++) {
        tried[doubtful] = true;
        memcpy(before, v->spots, (size_t)v->spot_count * sizeof *before);
        turn_line(v, doubtful);
        solve(v);
        double now = misses(v);
        if (now < cost - TURN_COST) {
            cost = now;
            turned[doubtful] = true;
            memset(tried, 0, (size_t)im->line_count);
            for (int32_t l = 0; l < im->line_count; l++)
                tried[l] = turned[l];
            continue;
        }
        turn_line(v, doubtful);
        memcpy(v->spots, before, (size_t)v->spot_count * sizeof *before);
    }
    return true;
}

// Every piece of a run shall fall and every lift climb, be it a little: what does not is held to more firmly.
static void hold(levels *v) {
    for (int round = 0; round < HOLDS; round++) {
        bool good = true;
        for (int32_t e = 0; e < v->edge_count; e++) {
            edge *one = &v->edges[e];
            double rise = v->spots[one->b].h - v->spots[one->a].h;
            if (one->line >= 0 && fabs(one->rise) > 1 && rise / one->rise < 0.25) {
                one->weight *= 8;
                good = false;
            }
        }
        if (good)
            return;
        solve(v);
    }
}

// ---- setting --------------------------------------------------------------------------------------------------------

static void set_heights(levels *v) {
    importer *im = v->im;
    double lowest = HUGE_VAL;
    bool any_known = false;
    for (int32_t s = 0; s < v->spot_count; s++) {
        lowest = fmin(lowest, v->spots[s].h);
        any_known |= v->spots[s].known;
    }
    double lift = any_known ? 0 : -lowest; // counted from the lowest point where nothing tells more
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *line = &im->lines[l];
        const import_cut *cuts = v->cuts[l];
        for (int32_t i = 0, c = 0; i < line->count; i++) {
            import_point *p = &line->points[i];
            while (c + 2 < v->cut_count[l] && cuts[c + 1].s <= p->s)
                c++;
            const import_cut *a = &cuts[c], *b = &cuts[c + 1 < v->cut_count[l] ? c + 1 : c];
            double part = b->s > a->s ? (p->s - a->s) / (b->s - a->s) : 0, low = v->spots[a->node].h,
                   high = v->spots[b->node].h;
            if (!isnan(p->h))
                continue;
            line->heights_assumed = true;
            p->h = base_round(low + (high - low) * part + lift, 1);
            p->h = fmax(-500, fmin(p->h, 9000));
        }
    }
}

piste_status import_levels(importer *im) {
    size_t lines = (size_t)im->line_count + 1;
    levels v = {.im = im,
                .cuts = base_arena_take(im->arena, lines * sizeof *v.cuts),
                .cut_count = base_arena_take(im->arena, lines * sizeof *v.cut_count),
                .cut_capacity = base_arena_take(im->arena, lines * sizeof *v.cut_capacity)};
    bool *turned = base_arena_take(im->arena, lines);
    if (!v.cuts || !v.cut_count || !v.cut_capacity || !turned || !list_spots(&v) || !list_edges(&v))
        return PISTE_MEMORY;
    if (!find_directions(&v, turned))
        return PISTE_MEMORY;
    hold(&v);
    set_heights(&v);
    im->heights_assumed = true;
    for (int32_t l = 0; l < im->line_count; l++)
        if (turned[l])
            import_tell(im, IMPORT_REVERSED, im->lines[l].label, -1,
                        "drawn against all that it meets; the map has no heights to tell for certain");
    import_tell(
        im, IMPORT_ASSUMED, "heights", -1,
        "the map has too few: directions are as drawn, and heights come of the runs' difficulties (the middles of the "
        "British Columbia All Season Resort Guidelines), counted from the lowest point; --dem FILE gives the "
        "true ones");
    return im->no_memory ? PISTE_MEMORY : PISTE_OK;
}
