// basis.c - the values of a resort that say what they rest on, and those of piste's own that stand in for missing ones.
//
// Each has the share of the day that passes through its entry: of a lift the share of all rides, of a run of all
// descents, of a venue of all visits, of a segment of all guests, of an ability of those whose party's weakest has it;
// a value of the whole resort has all. It says how much of the day is exposed to the value, not how far the results
// would move with it: for that the day must be run again with another value (piste day --lean).
#include <math.h>
#include <string.h>

#include "report/inside.h"

// The walk is made twice: once to count, once to fill.
typedef struct walk {
    const piste_day_result *day;
    base_arena *arena;
    double share;            // of the entry that is being visited
    report_assumption *list; // NULL while counting
    int32_t count;
    bool failed;
} walk;

// Keys that only a carrying-capacity sheet reads.
static bool is_of_sheets(const char *field) {
    static const char *const fields[] = {"access", "loss", "serves", "turns", "places", "per-place", "comes", "demand", "planning"};
    for (size_t i = 0; i < BASE_COUNT(fields); i++)
        if (strcmp(fields[i], field) == 0)
            return true;
    return false;
}

static void visit(walk *w, const piste_entry *entry, const char *what, const char *key) {
    for (int32_t i = 0; i < entry->basis_count; i++) {
        const piste_basis *basis = &entry->basis[i];
        if (is_of_sheets(basis->field))
            continue;
        if (w->list)
            w->list[w->count] =
                (report_assumption){what, key ? key : "", basis->field, basis->kind, basis->source, w->share};
        w->count++;
    }
}

// An entry without a key of its own, named by its place in its owner's list: "sky-lift/stops/1".
static void visit_nested(walk *w, const piste_entry *entry, const char *what, const char *owner, const char *list,
                         int32_t index) {
    if (entry->basis_count == 0)
        return;
    const char *key = "";
    if (w->list) {
        key = base_arena_format(w->arena, "%s/%s/%d", owner, list, index + 1);
        w->failed = w->failed || !key;
    }
    visit(w, entry, what, key);
}

static double share_of(int64_t own, int64_t all) {
    return all > 0 ? (double)own / (double)all : (double)NAN;
}

static double share_of_lift(const piste_day_result *day, int32_t lift) {
    return lift < day->lifts.count ? share_of(day->lifts.list[lift].rides, day->rides) : (double)NAN;
}

static double share_of_run(const piste_day_result *day, int32_t run) {
    int64_t all = 0;
    for (int32_t i = 0; i < day->runs.count; i++)
        all += day->runs.list[i].descents;
    return run < day->runs.count ? share_of(day->runs.list[run].descents, all) : (double)NAN;
}

static double share_of_venue(const piste_day_result *day, int32_t venue) {
    int64_t all = 0;
    for (int32_t i = 0; i < day->venues.count; i++)
        all += day->venues.list[i].visits + day->venues.list[i].missed;
    return venue < day->venues.count ? share_of(day->venues.list[venue].visits + day->venues.list[venue].missed, all)
                                     : (double)NAN;
}

static double share_of_segment(const piste_day_result *day, int32_t segment) {
    return segment < day->segments.count ? share_of(day->segments.list[segment].arrived, day->guests) : (double)NAN;
}

static double share_of_ability(const piste_day_result *day, const char *ability) {
    for (int32_t i = 0; i < day->groups[PISTE_BY_ABILITY].count; i++)
        if (strcmp(day->groups[PISTE_BY_ABILITY].list[i].key, ability) == 0)
            return share_of(day->groups[PISTE_BY_ABILITY].list[i].people, day->guests);
    return day->groups[PISTE_BY_ABILITY].count > 0 ? 0 : (double)NAN;
}

// ---- what is not given ------------------------------------------------------------------------------------------

static const char built_in[] = "built into piste: docs/models.md";

// A value that the file does not give has piste's own.
static void visit_missing(walk *w, const piste_entry *entry, const char *what, const char *key, const char *field,
                          piste_basis_kind kind) {
    if ((entry && entry->record && piste_entry_field_line(entry, field) > 0) ||
        (entry && piste_entry_field_basis(entry, field)))
        return;
    if (w->list)
        w->list[w->count] = (report_assumption){what, key, field, kind, built_in, w->share};
    w->count++;
}

static void visit_missing_traits(walk *w, const piste_resort *resort) {
    static const char *const fields[] = {"variation", "rest", "stamina"};
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        const char *key = piste_ability_word((piste_ability)a);
        const piste_entry *entry = NULL;
        for (int32_t i = 0; i < resort->abilities.count; i++)
            if (resort->abilities.list[i].ability == a)
                entry = &resort->abilities.list[i].entry;
        w->share = share_of_ability(w->day, key);
        if (w->day->guests == 0 || (w->day->groups[PISTE_BY_ABILITY].count > 0 && !(w->share > 0)))
            continue; // nobody of it came
        bool measured = a == PISTE_BEGINNER || a == PISTE_INTERMEDIATE || a == PISTE_EXPERT;
        visit_missing(w, entry, "ability", key, "speed", measured ? PISTE_BASIS_PUBLISHED : PISTE_BASIS_ASSUMED);
        for (size_t i = 0; i < BASE_COUNT(fields); i++)
            visit_missing(w, entry, "ability", key, fields[i], PISTE_BASIS_ASSUMED);
    }
}

static void visit_missing_choice(walk *w, const piste_resort *resort) {
    static const char *const fields[] = {"scale",       "discount",    "pleasure",    "aversion",
                                         "wait-weight", "ride-weight", "walk-weight", "fatigue",
                                         "novelty",     "refresh",     "memory",      "crowding"};
    w->share = 1;
    for (size_t i = 0; i < BASE_COUNT(fields) && resort->choice.model == PISTE_CHOICE_LOGIT && w->day->guests > 0; i++)
        visit_missing(w, &resort->choice.entry, "choice", "", fields[i], PISTE_BASIS_ASSUMED);
    if (resort->entry.record && w->day->guests > 0)
        visit_missing(w, &resort->entry, "resort", "", "crowding-slows", PISTE_BASIS_ASSUMED);
}

// ---- the lists --------------------------------------------------------------------------------------------------

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
    const piste_day_result *day = w->day;
    w->share = 1;
    visit(w, &resort->entry, "resort", "");
    w->share = (double)NAN;
    for (int32_t i = 0; i < resort->places.count; i++)
        visit(w, &resort->places.list[i].entry, "place", resort->places.list[i].entry.key);
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        w->share = share_of_lift(day, i);
        visit_lift(w, &resort->lifts.list[i]);
    }
    for (int32_t i = 0; i < resort->runs.count; i++) {
        w->share = share_of_run(day, i);
        visit(w, &resort->runs.list[i].entry, "run", resort->runs.list[i].entry.key);
    }
    w->share = (double)NAN;
    for (int32_t i = 0; i < resort->walks.count; i++)
        visit(w, &resort->walks.list[i].entry, "walk", resort->walks.list[i].entry.key);
    for (int32_t i = 0; i < resort->slopes.count; i++)
        visit(w, &resort->slopes.list[i].entry, "slope", resort->slopes.list[i].entry.key);
    for (int32_t i = 0; i < resort->venues.count; i++) {
        w->share = share_of_venue(day, i);
        visit(w, &resort->venues.list[i].entry, "venue", resort->venues.list[i].entry.key);
    }
    for (int32_t i = 0; i < resort->segments.count; i++) {
        w->share = share_of_segment(day, i);
        visit_segment(w, &resort->segments.list[i]);
    }
    for (int32_t i = 0; i < resort->abilities.count; i++) {
        const char *word = piste_ability_word((piste_ability)resort->abilities.list[i].ability);
        w->share = share_of_ability(day, word);
        visit(w, &resort->abilities.list[i].entry, "ability", word);
    }
    w->share = 1;
    visit(w, &resort->choice.entry, "choice", "");
    visit_missing_traits(w, resort);
    visit_missing_choice(w, resort);
}

bool report_assumptions_find(const piste_resort *resort, const piste_day_result *day, base_arena *arena,
                             report_assumptions *found) {
    walk w = {.day = day, .arena = arena};
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
