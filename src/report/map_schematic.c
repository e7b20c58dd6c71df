// map_schematic.c - a drawing of a resort of which only heights and connections are known.
//
// y is the height, from the places, or from the rise and fall of the ways between them. x is found by letting each place
// settle in the middle of those it is connected with, and pushing apart what would come to lie too near: some rounds of
// that, each a pure function of the one before. Nothing is drawn by chance, and no order of the file is preferred but
// in ties.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/map.h"

enum { ROUNDS = 120, BOW_POINTS = 13 };

typedef struct joint { // two places and by how much the second is higher, NaN where unknown
    int32_t a, b;
    double rise_m;
} joint;

typedef struct sketch {
    const piste_resort *resort;
    joint *joints;
    int32_t joint_count;
    double *x, *height;
    double gap; // least distance of two places of about the same height
} sketch;

static void add_joint(sketch *s, piste_ref from, piste_ref to, double rise_m) {
    if (from.index >= 0 && to.index >= 0 && from.index != to.index)
        s->joints[s->joint_count++] = (joint){from.index, to.index, rise_m};
}

static bool find_joints(sketch *s, base_arena *arena) {
    const piste_resort *r = s->resort;
    size_t most = (size_t)r->lifts.count + (size_t)r->runs.count + (size_t)r->walks.count + 1;
    s->joints = base_arena_take(arena, most * sizeof *s->joints);
    if (!s->joints)
        return false;
    for (int32_t i = 0; i < r->lifts.count; i++)
        add_joint(s, r->lifts.list[i].from, r->lifts.list[i].to, fabs(r->lifts.list[i].vertical_m));
    for (int32_t i = 0; i < r->runs.count; i++)
        add_joint(s, r->runs.list[i].from, r->runs.list[i].to, -fabs(r->runs.list[i].vertical_m));
    for (int32_t i = 0; i < r->walks.count; i++)
        add_joint(s, r->walks.list[i].from, r->walks.list[i].to, 0);
    return true;
}

// Heights spread from the places that have one; where nobody has, the first place stands at 0.
static void spread_heights(sketch *s) {
    int32_t count = s->resort->places.count;
    for (int32_t i = 0; i < count; i++)
        s->height[i] = s->resort->places.list[i].height_m;
    for (int32_t known = 0; known < count;) {
        bool grew = true;
        while (grew) {
            grew = false;
            for (int32_t j = 0; j < s->joint_count; j++) {
                const joint *t = &s->joints[j];
                double rise = t->rise_m == t->rise_m ? t->rise_m : 100;
                bool a = s->height[t->a] == s->height[t->a], b = s->height[t->b] == s->height[t->b];
                if (a == b)
                    continue;
                if (a)
                    s->height[t->b] = s->height[t->a] + rise;
                else
                    s->height[t->a] = s->height[t->b] - rise;
                grew = true;
            }
        }
        known = 0;
        while (known < count && s->height[known] == s->height[known])
            known++;
        if (known < count) // of a part that is connected with nothing known
            s->height[known] = 0;
    }
}

static void settle(sketch *s, double *sum, int32_t *degree) {
    int32_t count = s->resort->places.count;
    memset(sum, 0, (size_t)count * sizeof *sum);
    memset(degree, 0, (size_t)count * sizeof *degree);
    for (int32_t j = 0; j < s->joint_count; j++) {
        const joint *t = &s->joints[j];
        sum[t->a] += s->x[t->b];
        sum[t->b] += s->x[t->a];
        degree[t->a]++;
        degree[t->b]++;
    }
    for (int32_t i = 0; i < count; i++)
        if (degree[i])
            s->x[i] += 0.5 * (sum[i] / degree[i] - s->x[i]);
}

static void push_apart(sketch *s) {
    int32_t count = s->resort->places.count;
    for (int32_t i = 0; i < count; i++)
        for (int32_t k = i + 1; k < count; k++) {
            double near = s->gap - fabs(s->height[i] - s->height[k]) * 0.6, apart = s->x[k] - s->x[i];
            if (fabs(apart) >= near)
                continue;
            double push = 0.5 * (near - fabs(apart)) * (apart < 0 ? -1 : 1);
            s->x[i] -= push;
            s->x[k] += push;
        }
}

bool map_schematic(const piste_resort *resort, base_arena *arena, map_point *places) {
    int32_t count = resort->places.count;
    sketch s = {.resort = resort};
    s.x = base_arena_take(arena, ((size_t)count + 1) * sizeof *s.x);
    s.height = base_arena_take(arena, ((size_t)count + 1) * sizeof *s.height);
    double *sum = base_arena_take(arena, ((size_t)count + 1) * sizeof *sum);
    int32_t *degree = base_arena_take(arena, ((size_t)count + 1) * sizeof *degree);
    if (!s.x || !s.height || !sum || !degree || !find_joints(&s, arena))
        return false;
    spread_heights(&s);
    double low = 0, high = 0;
    for (int32_t i = 0; i < count; i++) {
        low = i == 0 || s.height[i] < low ? s.height[i] : low;
        high = i == 0 || s.height[i] > high ? s.height[i] : high;
    }
    double span = high - low > 50 ? high - low : 50;
    s.gap = span * 0.35;
    for (int32_t i = 0; i < count; i++) // to the right and to the left in turn, so that the first places stay in the middle
        s.x[i] = (i % 2 ? 1 : -1) * (double)((i + 1) / 2) * s.gap;
    // Pushing looks at all pairs: fewer rounds for the largest resorts.
    int rounds = count > 2000 ? 4 : count > 400 ? 20 : ROUNDS;
    for (int round = 0; round < rounds; round++) {
        settle(&s, sum, degree);
        push_apart(&s);
    }
    for (int32_t i = 0; i < count; i++)
        places[i] = (map_point){base_round(s.x[i], 1), base_round(s.height[i] - low, 1)};
    return true;
}

bool map_bow(base_arena *arena, map_point from, map_point to, double bow, map_line *line) {
    int32_t count = bow == 0 ? 2 : BOW_POINTS;
    map_point *points = base_arena_take(arena, (size_t)count * sizeof *points);
    if (!points)
        return false;
    double dx = to.x - from.x, dy = to.y - from.y;
    for (int32_t i = 0; i < count; i++) {
        double t = (double)i / (count - 1), aside = 4 * t * (1 - t) * bow; // a parabola
        points[i] = (map_point){base_round(from.x + dx * t - dy * aside, 1), base_round(from.y + dy * t + dx * aside, 1)};
    }
    *line = (map_line){points, count};
    return true;
}
