// livable.h - whether a guest can live on a resort's graph: reach every lift and run, and get back to an exit.
#ifndef IMPORT_LIVABLE_H
#define IMPORT_LIVABLE_H

#include "piste/resort.h"
#include "test.h"

static void livable_step(bool *seen, int32_t from, int32_t to, bool back, bool *more) {
    int32_t a = back ? to : from, b = back ? from : to;
    if (seen[a] && !seen[b])
        seen[b] = *more = true;
}

// Places reached from the exits, or (back) places from which an exit is reached. The caller frees.
static bool *livable_reach(const piste_resort *r, bool back) {
    bool *seen = calloc((size_t)r->places.count + 1, sizeof *seen);
    for (int32_t i = 0; i < r->places.count; i++)
        seen[i] = r->places.list[i].is_exit;
    for (bool more = true; more;) {
        more = false;
        for (int32_t i = 0; i < r->lifts.count; i++) {
            const piste_lift *lift = &r->lifts.list[i];
            for (int32_t k = 0; k <= lift->stations.count; k++) {
                int32_t low = k ? lift->stations.list[k - 1].place.index : lift->from.index,
                        high = k < lift->stations.count ? lift->stations.list[k].place.index : lift->to.index;
                livable_step(seen, low, high, back, &more);
                if (lift->down)
                    livable_step(seen, high, low, back, &more);
            }
        }
        for (int32_t i = 0; i < r->runs.count; i++)
            livable_step(seen, r->runs.list[i].from.index, r->runs.list[i].to.index, back, &more);
        for (int32_t i = 0; i < r->walks.count; i++) {
            livable_step(seen, r->walks.list[i].from.index, r->walks.list[i].to.index, back, &more);
            if (!r->walks.list[i].one_way)
                livable_step(seen, r->walks.list[i].to.index, r->walks.list[i].from.index, back, &more);
        }
    }
    return seen;
}

static void assert_livable(const piste_resort *r) {
    bool *there = livable_reach(r, false), *home = livable_reach(r, true);
    int exits = 0;
    for (int32_t i = 0; i < r->places.count; i++)
        exits += r->places.list[i].is_exit;
    assert_true(exits >= 1);
    assert_true(r->lifts.count >= 1);
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *lift = &r->lifts.list[i];
        if (!there[lift->from.index] || !home[lift->to.index])
            fail_msg("lift %s: %s", lift->entry.key,
                     there[lift->from.index] ? "no way home from its top" : "no way to its bottom");
        bool leads_down = lift->down != 0;
        for (int32_t k = 0; k < r->runs.count; k++)
            leads_down = leads_down || r->runs.list[k].from.index == lift->to.index;
        for (int32_t k = 0; k < r->walks.count; k++)
            leads_down = leads_down || r->walks.list[k].from.index == lift->to.index;
        if (!leads_down)
            fail_msg("lift %s: no way down from its top", lift->entry.key);
    }
    for (int32_t i = 0; i < r->runs.count; i++) {
        const piste_run *run = &r->runs.list[i];
        if (!there[run->from.index] || !home[run->to.index])
            fail_msg("run %s: %s", run->entry.key,
                     there[run->from.index] ? "no way home from its end" : "no way to its beginning");
    }
    free(there);
    free(home);
}

#endif
