// basis.c - the values of a resort that say what they rest on.
#include <string.h>

#include "report/inside.h"

// The walk is made twice: once to count, once to fill.
typedef struct walk {
    base_arena *arena;
    report_assumption *list; // NULL while counting
    int32_t count;
    bool failed;
} walk;

static void visit(walk *w, const piste_entry *entry, const char *what, const char *key) {
    for (int32_t i = 0; i < entry->basis_count; i++) {
        const piste_basis *basis = &entry->basis[i];
        if (w->list)
            w->list[w->count] = (report_assumption){what, key ? key : "", basis->field, basis->kind, basis->source};
        w->count++;
    }
}

// An entry without a key of its own, named by its place in its owner's list: "sky-lift/stops/1".
static void visit_nested(walk *w, const piste_entry *entry, const char *what, const char *owner, const char *list, int32_t index) {
    if (entry->basis_count == 0)
        return;
    const char *key = "";
    if (w->list) {
        key = base_arena_format(w->arena, "%s/%s/%d", owner, list, index + 1);
        w->failed = w->failed || !key;
    }
    visit(w, entry, what, key);
}

static void visit_lift(walk *w, const piste_lift *lift) {
    const char *key = lift->entry.key;
    visit(w, &lift->entry, "lift", key);
    for (int32_t i = 0; i < lift->stations.count; i++)
        visit_nested(w, &lift->stations.list[i].entry, "lift station", key, "stations", i);
    for (int32_t i = 0; i < lift->stops.count; i++)
        visit_nested(w, &lift->stops.list[i].entry, "lift stop", key, "stops", i);
    for (int32_t i = 0; i < lift->outages.count; i++)
        visit_nested(w, &lift->outages.list[i].entry, "lift outage", key, "outages", i);
    for (int32_t i = 0; i < lift->reserved.count; i++)
        visit_nested(w, &lift->reserved.list[i].entry, "lift reservation", key, "reserved", i);
}

static void visit_segment(walk *w, const piste_segment *segment) {
    const char *key = segment->entry.key;
    visit(w, &segment->entry, "segment", key);
    for (int32_t i = 0; i < segment->visits.count; i++)
        visit_nested(w, &segment->visits.list[i].entry, "segment visit", key, "visits", i);
    visit(w, &segment->choice.entry, "segment choice", key);
}

static void visit_resort(walk *w, const piste_resort *resort) {
    visit(w, &resort->entry, "resort", "");
    for (int32_t i = 0; i < resort->places.count; i++)
        visit(w, &resort->places.list[i].entry, "place", resort->places.list[i].entry.key);
    for (int32_t i = 0; i < resort->lifts.count; i++)
        visit_lift(w, &resort->lifts.list[i]);
    for (int32_t i = 0; i < resort->runs.count; i++)
        visit(w, &resort->runs.list[i].entry, "run", resort->runs.list[i].entry.key);
    for (int32_t i = 0; i < resort->walks.count; i++)
        visit(w, &resort->walks.list[i].entry, "walk", resort->walks.list[i].entry.key);
    for (int32_t i = 0; i < resort->slopes.count; i++)
        visit(w, &resort->slopes.list[i].entry, "slope", resort->slopes.list[i].entry.key);
    for (int32_t i = 0; i < resort->venues.count; i++)
        visit(w, &resort->venues.list[i].entry, "venue", resort->venues.list[i].entry.key);
    for (int32_t i = 0; i < resort->segments.count; i++)
        visit_segment(w, &resort->segments.list[i]);
    for (int32_t i = 0; i < resort->abilities.count; i++)
        visit(w, &resort->abilities.list[i].entry, "ability",
              piste_ability_word((piste_ability)resort->abilities.list[i].ability));
    visit(w, &resort->choice.entry, "choice", "");
}

bool report_assumptions_find(const piste_resort *resort, base_arena *arena, report_assumptions *found) {
    walk w = {.arena = arena};
    visit_resort(&w, resort);
    report_assumptions all = {.count = w.count};
    if (w.count) {
        w.list = base_arena_take(arena, (size_t)w.count * sizeof *w.list);
        if (!w.list)
            return false;
        w.count = 0;
        visit_resort(&w, resort);
        for (int32_t i = 0; i < w.count; i++)
            all.of_basis[w.list[i].basis]++;
    }
    all.list = w.list;
    *found = all;
    return !w.failed;
}
