// ways.c - the resort as a graph. See ways.h.
#include <stdlib.h>

#include "resort/ways.h"

static void add(ways *w, way one) {
    if (one.from < 0 || one.to < 0 || one.modes == 0)
        return;
    w->list[w->count++] = one;
}

static void add_lift(ways *w, const piste_lift *lift, int32_t index) {
    for (int32_t i = 0; i <= lift->stations.count; i++) {
        int32_t below = i == 0 ? lift->from.index : lift->stations.list[i - 1].place.index;
        int32_t above = i == lift->stations.count ? lift->to.index : lift->stations.list[i].place.index;
        add(w, (way){WAY_LIFT_UP, index, below, above, (uint32_t)lift->up, -1});
        add(w, (way){WAY_LIFT_DOWN, index, above, below, (uint32_t)lift->down, -1});
    }
}

static void fill(ways *w) {
    const piste_resort *r = w->resort;
    const uint32_t skiers = 1u << PISTE_ON_SKIS | 1u << PISTE_ON_SNOWBOARD;
    for (int32_t i = 0; i < r->lifts.count; i++)
        if (!r->lifts.list[i].closed)
            add_lift(w, &r->lifts.list[i], i);
    for (int32_t i = 0; i < r->runs.count; i++)
        if (!r->runs.list[i].closed)
            add(w, (way){WAY_RUN, i, r->runs.list[i].from.index, r->runs.list[i].to.index, skiers, r->runs.list[i].difficulty});
    for (int32_t i = 0; i < r->walks.count; i++) {
        const piste_walk *walk = &r->walks.list[i];
        add(w, (way){WAY_WALK, i, walk->from.index, walk->to.index, (uint32_t)walk->modes, -1});
        if (!walk->one_way)
            add(w, (way){WAY_WALK, i, walk->to.index, walk->from.index, (uint32_t)walk->modes, -1});
    }
}

// Sorts the ways by the place at one of their ends, by counting.
static void sort_by_place(const ways *w, bool by_end, int32_t *order, int32_t *first) {
    for (int32_t i = 0; i < w->count; i++)
        first[(by_end ? w->list[i].to : w->list[i].from) + 1]++;
    for (int32_t p = 0; p < w->place_count; p++)
        first[p + 1] += first[p];
    for (int32_t i = w->count - 1; i >= 0; i--) {
        int32_t place = by_end ? w->list[i].to : w->list[i].from;
        order[--first[place + 1]] = i;
    }
    // Each first[p + 1] has come down to where p begins.
    for (int32_t p = 0; p < w->place_count; p++)
        first[p] = first[p + 1];
    first[w->place_count] = w->count;
}

ways *ways_create(const piste_resort *resort) {
    size_t most = (size_t)resort->runs.count + 2 * (size_t)resort->walks.count + 1;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        most += 2 * ((size_t)resort->lifts.list[i].stations.count + 1);
    size_t places = (size_t)resort->places.count + 2;
    ways *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    *w = (ways){.resort = resort, .place_count = resort->places.count};
    w->list = calloc(most, sizeof *w->list);
    w->out = calloc(most, sizeof *w->out);
    w->in = calloc(most, sizeof *w->in);
    w->out_first = calloc(places, sizeof *w->out_first);
    w->in_first = calloc(places, sizeof *w->in_first);
    if (!w->list || !w->out || !w->in || !w->out_first || !w->in_first) {
        ways_destroy(w);
        return NULL;
    }
    fill(w);
    sort_by_place(w, false, w->out, w->out_first);
    sort_by_place(w, true, w->in, w->in_first);
    return w;
}

void ways_destroy(ways *w) {
    if (!w)
        return;
    free(w->list);
    free(w->out);
    free(w->in);
    free(w->out_first);
    free(w->in_first);
    free(w);
}

bool ways_takes(const way *one, const ways_who *who) {
    return (one->modes & who->modes) != 0 && one->difficulty <= who->hardest;
}

bool ways_reach(const ways *w, const ways_who *who, bool backwards, bool *marked) {
    int32_t *stack = calloc((size_t)w->place_count + 1, sizeof *stack);
    if (!stack)
        return false;
    int32_t top = 0;
    for (int32_t p = 0; p < w->place_count; p++)
        if (marked[p])
            stack[top++] = p;
    const int32_t *order = backwards ? w->in : w->out, *first = backwards ? w->in_first : w->out_first;
    while (top) {
        int32_t p = stack[--top];
        for (int32_t k = first[p]; k < first[p + 1]; k++) {
            const way *one = &w->list[order[k]];
            int32_t next = backwards ? one->from : one->to;
            if (!marked[next] && ways_takes(one, who)) {
                marked[next] = true;
                stack[top++] = next;
            }
        }
    }
    free(stack);
    return true;
}
