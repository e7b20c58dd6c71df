// check_ways.c - who can get where, and home again.
//
// Every segment is looked at once for each way of moving and each difficulty at which its people stop: R is where they
// get from where they come in, H is from where they get home. A way that leads from R and H to outside H is a trap, and
// the way, not each place behind it, is what is told of: one mistake, one finding.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resort/check.h"
#include "resort/schema.h"
#include "resort/ways.h"

// Those who come: a segment, or, where there are none, an imagined skier at an exit.
typedef struct visitor {
    const piste_segment *segment; // NULL: imagined
    int32_t arrive, leave;        // leave -1: never leaves
    uint32_t modes, abilities;
} visitor;

typedef struct tracer {
    check *c;
    ways *w;
    visitor *visitors;
    int32_t visitor_count;
    bool *reached[PISTE_MODE_COUNT]; // by anybody, whatever they ski
    bool *there, *home, *expert_home;
    bool *trap_told;                 // for each way
    uint32_t *too_hard;              // for each way: the abilities
    int32_t *home_of;                // for each way: the place that too_hard speaks of
    int32_t searches;                // for near places
} tracer;

enum { ANY = PISTE_DIFFICULTY_COUNT };

static const char *const mode_adverbs[] = {"on skis", "on a snowboard", "on foot"};

static bool *marks(tracer *t) {
    bool *list = calloc((size_t)t->w->place_count + 1, sizeof *list);
    if (!list)
        t->c->no_memory = true;
    return list;
}

static void reach(tracer *t, uint32_t modes, int32_t hardest, bool backwards, bool *marked) {
    if (!ways_reach(t->w, &(ways_who){modes, hardest}, backwards, marked))
        t->c->no_memory = true;
}

static const char *place_key(const tracer *t, int32_t place) {
    return t->c->resort->places.list[place].entry.key;
}

static const piste_entry *entry_of(const tracer *t, const way *one) {
    const piste_resort *r = t->c->resort;
    return one->kind == WAY_RUN ? &r->runs.list[one->index].entry : one->kind == WAY_WALK ? &r->walks.list[one->index].entry : &r->lifts.list[one->index].entry;
}

static const char *easiest_word(const tracer *t, int32_t place, int32_t goal, uint32_t modes, bool *scratch) {
    for (int32_t d = 0; d < PISTE_DIFFICULTY_COUNT; d++) {
        memset(scratch, 0, (size_t)t->w->place_count);
        scratch[goal] = true;
        if (ways_reach(t->w, &(ways_who){modes, d}, true, scratch) && scratch[place])
            return piste_difficulty_word((piste_difficulty)d);
    }
    return NULL;
}

// ---- who comes ------------------------------------------------------------------------------------------------------

static void list_visitors(tracer *t) {
    const piste_resort *r = t->c->resort;
    t->visitors = calloc((size_t)r->segments.count + (size_t)r->places.count + 1, sizeof *t->visitors);
    if (!t->visitors) {
        t->c->no_memory = true;
        return;
    }
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment *s = &r->segments.list[i];
        visitor v = {s, s->arrive_at.index, s->leaving.kind == PISTE_DIST_NONE ? -1 : s->leave_at.index, 0, 0};
        for (int m = 0; m < PISTE_MODE_COUNT; m++)
            v.modes |= s->mode[m] > 0 ? 1u << m : 0;
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            v.abilities |= s->ability[a] > 0 ? 1u << a : 0;
        t->visitors[t->visitor_count++] = v;
    }
    for (int32_t i = 0; i < r->places.count && r->segments.count == 0; i++)
        if (r->places.list[i].is_exit)
            t->visitors[t->visitor_count++] = (visitor){NULL, i, i, 1u << PISTE_ON_SKIS | 1u << PISTE_ON_FOOT, 1u << PISTE_EXPERT};
}

static const char *who_text(tracer *t, const visitor *v, int mode) {
    if (!v->segment)
        return check_text(t->c, "a guest %s", mode_adverbs[mode]);
    return check_text(t->c, "segment %s %s", v->segment->entry.key, mode_adverbs[mode]);
}

// ---- traps ----------------------------------------------------------------------------------------------------------

static int32_t ways_on(const tracer *t, int32_t place, uint32_t modes) {
    int32_t count = 0;
    for (int32_t k = t->w->out_first[place]; k < t->w->out_first[place + 1]; k++)
        count += (t->w->list[t->w->out[k]].modes & modes) != 0;
    return count;
}

// The place nearest to another from which guests get home: "base (230 m away)".
static const char *nearest(tracer *t, int32_t place, const bool *good) {
    const piste_resort *r = t->c->resort;
    double best = INFINITY;
    int32_t found = -1;
    // Nobody reads a thousand suggestions, and each looks at every place.
    bool worthwhile = t->searches++ < 200;
    for (int32_t p = 0; p < r->places.count && worthwhile; p++) {
        double away = good[p] && p != place ? check_distance_m(&r->places.list[place], &r->places.list[p]) : NAN;
        if (away < best) {
            best = away;
            found = p;
        }
    }
    if (found >= 0)
        return check_text(t->c, "%s (%.0f m away)", place_key(t, found), best);
    for (int32_t p = 0; p < r->places.count; p++)
        if (good[p] && p != place)
            return place_key(t, p);
    return "another place";
}

static void tell_trap(tracer *t, const visitor *v, int mode, int32_t index) {
    const way *one = &t->w->list[index];
    check *c = t->c;
    if (t->trap_told[index])
        return;
    t->trap_told[index] = true;
    const piste_entry *entry = entry_of(t, one);
    const char *to = place_key(t, one->to), *subject = check_subject(c, entry);
    bool lift = one->kind == WAY_LIFT_UP || one->kind == WAY_LIFT_DOWN;
    int32_t line = check_line(entry, one->kind == WAY_LIFT_DOWN ? "down" : "to");
    bool none = ways_on(t, one->to, 1u << mode) == 0;
    const char *near = nearest(t, one->to, t->home);
    if (mode == PISTE_ON_FOOT && lift)
        check_tell(c, CHECK_FOOT_STRANDED, check_line(entry, "up"), subject,
                   check_text(c, "it takes guests on foot to %s, from where nothing brings them back", to),
                   check_text(c, "give the lift down: [foot], take foot out of its `up`, or add a walk from %s to %s", to, near));
    else if (mode == PISTE_ON_FOOT)
        check_tell(c, CHECK_FOOT_STRANDED, line, subject, check_text(c, "it leads guests on foot to %s, from where nothing brings them back", to),
                   check_text(c, "leave out one-way, or add a walk from %s to %s", to, near));
    else if (none && lift)
        check_tell(c, CHECK_LIFT_WITHOUT_WAY_DOWN, line, subject, check_text(c, "it ends at %s, where no way begins for those %s", to, mode_adverbs[mode]),
                   check_text(c, "add the run that begins at %s, or a walk from there to %s", to, near));
    else if (none)
        check_tell(c, CHECK_DEAD_END, line, subject, check_text(c, "it ends at %s, where no way begins for those %s", to, mode_adverbs[mode]),
                   check_text(c, "add a run, lift or walk that begins at %s, for instance a walk to %s", to, near));
    else
        check_tell(c, CHECK_NO_WAY_HOME, line, subject,
                   check_text(c, "it leads to %s, from where %s cannot get back%s%s", to, who_text(t, v, mode), v->leave >= 0 ? " to " : "", v->leave >= 0 ? place_key(t, v->leave) : ""),
                   check_text(c, "add a way from %s, or from a place behind it, to %s", to, near));
}

static bool goals(const tracer *t, const visitor *v, uint32_t mode, bool *home) {
    memset(home, 0, (size_t)t->w->place_count);
    if (v->leave >= 0) {
        home[v->leave] = true;
        return true;
    }
    bool any = false; // who never leaves must always come to some boarding
    for (int32_t i = 0; i < t->w->count; i++)
        if (t->w->list[i].kind == WAY_LIFT_UP && (t->w->list[i].modes & mode))
            any = home[t->w->list[i].from] = true;
    return any;
}

static void tell_no_return(tracer *t, const visitor *v, int mode, int ability) {
    check *c = t->c;
    uint32_t modes = 1u << mode;
    const piste_entry *e = &v->segment->entry;
    if (v->leave < 0)
        return;
    const char *from = place_key(t, v->arrive), *to = place_key(t, v->leave);
    if (t->expert_home[v->arrive])
        check_tell(c, CHECK_TOO_HARD, check_line(e, "leave-at ability"), check_subject(c, e),
                   check_text(c, "the way from %s to %s is harder than its %ss ski", from, to, piste_ability_word((piste_ability)ability)),
                   check_text(c, "add an easier run or a walk, or let them leave at %s", from));
    else
        check_tell(c, CHECK_NO_WAY_HOME, check_line(e, "leave-at arrive-at"), check_subject(c, e),
                   check_text(c, "it comes in at %s and leaves at %s, and no way leads from one to the other %s", from, to, mode_adverbs[mode]),
                   check_text(c, "add a walk for %s between the two, or let them leave at %s", modes & 1u << PISTE_ON_FOOT ? "foot" : "ski and snowboard", from));
}

// One segment, one way of moving, one ability.
static bool trace(tracer *t, const visitor *v, int mode, int ability) {
    uint32_t modes = 1u << mode;
    int32_t hardest = t->c->resort->traits[ability].hardest;
    size_t bytes = (size_t)t->w->place_count;
    memset(t->there, 0, bytes);
    t->there[v->arrive] = true;
    reach(t, modes, hardest, false, t->there);
    if (!goals(t, v, modes, t->expert_home) || !goals(t, v, modes, t->home))
        return true;
    reach(t, modes, ANY, true, t->expert_home);
    reach(t, modes, hardest, true, t->home);
    if (!t->home[v->arrive]) {
        if (v->segment)
            tell_no_return(t, v, mode, ability);
        return false;
    }
    for (int32_t i = 0; i < t->w->count; i++) {
        const way *one = &t->w->list[i];
        if (!ways_takes(one, &(ways_who){modes, hardest}) || !t->there[one->from] || !t->home[one->from] || t->home[one->to])
            continue;
        if (!t->expert_home[one->to])
            tell_trap(t, v, mode, i);
        else if (v->leave >= 0) {
            t->too_hard[i] |= 1u << ability;
            t->home_of[i] = v->leave;
        }
    }
    return true;
}

static void trace_all(tracer *t) {
    for (int32_t i = 0; i < t->visitor_count; i++)
        for (int m = 0; m < PISTE_MODE_COUNT; m++) {
            bool foot = m == PISTE_ON_FOOT, done = !(t->visitors[i].modes >> m & 1);
            for (int a = 0; a < PISTE_ABILITY_COUNT && !done; a++)
                if (t->visitors[i].abilities >> a & 1)
                    done = !trace(t, &t->visitors[i], m, a) || foot; // on foot all are alike
        }
}

// "beginners and novices"
static const char *list_abilities(tracer *t, uint32_t set) {
    const char *text = "";
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        if (set >> a & 1) {
            set &= ~(1u << a);
            text = check_text(t->c, "%s%s%ss", text, *text ? set ? ", " : " and " : "", piste_ability_word((piste_ability)a));
        }
    return text;
}

static void tell_too_hard(tracer *t) {
    const uint32_t skiers = 1u << PISTE_ON_SKIS | 1u << PISTE_ON_SNOWBOARD;
    check *c = t->c;
    for (int32_t i = 0; i < t->w->count; i++) {
        if (!t->too_hard[i])
            continue;
        const way *one = &t->w->list[i];
        const piste_entry *entry = entry_of(t, one);
        const char *to = place_key(t, one->to), *least = easiest_word(t, one->to, t->home_of[i], skiers, t->there);
        const char *who = list_abilities(t, t->too_hard[i]);
        check_tell(c, CHECK_TOO_HARD, check_line(entry, "to"), check_subject(c, entry),
                   check_text(c, "%s get to %s by it, from where every way to %s is harder than they ski", who, to, place_key(t, t->home_of[i])),
                   check_text(c, "the easiest way down there is %s: add an easier run, let a lift carry them down (down: [ski, snowboard]), or raise `hardest` of %s",
                              least ? least : "closed to them", who));
    }
}

// ---- what nobody gets to ----------------------------------------------------------------------------------------------

static bool reached_by(const tracer *t, uint32_t modes, int32_t place) {
    for (int m = 0; m < PISTE_MODE_COUNT; m++)
        if ((modes >> m & 1) && t->reached[m][place])
            return true;
    return false;
}

static void union_of_reach(tracer *t) {
    for (int m = 0; m < PISTE_MODE_COUNT; m++) {
        for (int32_t i = 0; i < t->visitor_count; i++)
            if (t->visitors[i].modes >> m & 1)
                t->reached[m][t->visitors[i].arrive] = true;
        reach(t, 1u << m, ANY, false, t->reached[m]);
    }
}

static void tell_unreachable_ways(tracer *t) {
    check *c = t->c;
    const piste_resort *r = c->resort;
    bool *lifts = calloc((size_t)r->lifts.count + 1, 1);
    if (!lifts) {
        c->no_memory = true;
        return;
    }
    for (int32_t i = 0; i < t->w->count; i++)
        if (t->w->list[i].kind <= WAY_LIFT_DOWN && reached_by(t, t->w->list[i].modes, t->w->list[i].from))
            lifts[t->w->list[i].index] = true;
    for (int32_t i = 0; i < r->lifts.count; i++)
        if (!lifts[i] && !r->lifts.list[i].closed) {
            const piste_lift *lift = &r->lifts.list[i];
            check_tell(c, CHECK_UNREACHABLE_LIFT, check_line(&lift->entry, "from"), check_subject(c, &lift->entry),
                       check_text(c, "nobody whom it carries can get to %s", lift->from.key),
                       check_text(c, "add a walk or run to %s, for instance from %s, or widen `up`", lift->from.key, nearest(t, lift->from.index, t->reached[PISTE_ON_SKIS])));
        }
    free(lifts);
    const uint32_t skiers = 1u << PISTE_ON_SKIS | 1u << PISTE_ON_SNOWBOARD;
    for (int32_t i = 0; i < r->runs.count; i++) {
        const piste_run *run = &r->runs.list[i];
        if (!run->closed && !reached_by(t, skiers, run->from.index))
            check_tell(c, CHECK_UNREACHABLE_RUN, check_line(&run->entry, "from"), check_subject(c, &run->entry),
                       check_text(c, "no skier can get to %s, where it begins", run->from.key),
                       check_text(c, "add a lift, run or walk to %s, for instance a walk from %s", run->from.key, nearest(t, run->from.index, t->reached[PISTE_ON_SKIS])));
    }
}

static void tell_unreachable_venues(tracer *t) {
    check *c = t->c;
    const piste_resort *r = c->resort;
    for (int32_t i = 0; i < r->venues.count; i++) {
        const piste_venue *v = &r->venues.list[i];
        if (!reached_by(t, (1u << PISTE_MODE_COUNT) - 1, v->place.index))
            check_tell(c, CHECK_UNREACHABLE_VENUE, check_line(&v->entry, "place"), check_subject(c, &v->entry),
                       check_text(c, "nobody who comes can get to %s", v->place.key),
                       check_text(c, "add a walk to %s, for instance from %s", v->place.key, nearest(t, v->place.index, t->reached[PISTE_ON_SKIS])));
    }
}

// What a segment visits must be within its own reach, whichever way its parties move.
static void tell_unreachable_visits(tracer *t, const visitor *v, int mode) {
    check *c = t->c;
    const piste_resort *r = c->resort;
    for (int32_t k = 0; k < v->segment->visits.count; k++) {
        const piste_visit *visit = &v->segment->visits.list[k];
        bool found = false;
        if (visit->kind >= 0)
            for (int32_t i = 0; i < r->venues.count && !found; i++)
                found = r->venues.list[i].kind == visit->kind && t->there[r->venues.list[i].place.index];
        else
            found = t->there[visit->venue.index >= 0 ? r->venues.list[visit->venue.index].place.index : visit->place.index];
        if (found)
            continue;
        const char *what = visit->kind >= 0 ? check_text(c, "any %s", piste_venue_kind_word((piste_venue_kind)visit->kind)) : visit->venue.key ? visit->venue.key : visit->place.key;
        check_tell(c, CHECK_VISIT_UNREACHABLE, check_line(&visit->entry, "venue kind place"), check_subject(c, &v->segment->entry),
                   check_text(c, "its guests %s cannot get to %s", mode_adverbs[mode], what),
                   check_text(c, "add a walk that they may take (modes: [%s]), or make the visit that of another segment", schema_mode_words[mode]));
    }
}

static void trace_visits(tracer *t) {
    for (int32_t i = 0; i < t->visitor_count; i++) {
        const visitor *v = &t->visitors[i];
        int32_t hardest = -1;
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            if ((v->abilities >> a & 1) && t->c->resort->traits[a].hardest > hardest)
                hardest = t->c->resort->traits[a].hardest;
        for (int m = 0; m < PISTE_MODE_COUNT && v->segment; m++) {
            if (!(v->modes >> m & 1))
                continue;
            memset(t->there, 0, (size_t)t->w->place_count);
            t->there[v->arrive] = true;
            reach(t, 1u << m, hardest, false, t->there);
            tell_unreachable_visits(t, v, m);
        }
    }
}

// ---- places -----------------------------------------------------------------------------------------------------------

static void tell_exits(tracer *t) {
    check *c = t->c;
    const piste_resort *r = c->resort;
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment *s = &r->segments.list[i];
        if (s->leaving.kind == PISTE_DIST_NONE) // a closed population is an experiment, not a day
            continue;
        const piste_ref *ends[2] = {&s->arrive_at, &s->leave_at};
        for (int k = 0; k < (s->leave_at.index == s->arrive_at.index ? 1 : 2); k++)
            if (!r->places.list[ends[k]->index].is_exit)
                check_tell(c, CHECK_NOT_AN_EXIT, check_line(&s->entry, k ? "leave-at" : "arrive-at"), check_subject(c, &s->entry),
                           check_text(c, "it %s at %s, which is no exit", k ? "leaves" : "comes in", ends[k]->key),
                           check_text(c, "give place %s (line %d) exit: yes", ends[k]->key, r->places.list[ends[k]->index].entry.line));
    }
}

static void mark(bool *used, piste_ref place) {
    if (place.index >= 0)
        used[place.index] = true;
}

// A lift or run that is closed is still there.
static void mark_closed(const piste_resort *r, bool *used) {
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *lift = &r->lifts.list[i];
        if (!lift->closed)
            continue;
        mark(used, lift->from);
        mark(used, lift->to);
        for (int32_t k = 0; k < lift->stations.count; k++)
            mark(used, lift->stations.list[k].place);
    }
    for (int32_t i = 0; i < r->runs.count; i++)
        if (r->runs.list[i].closed) {
            mark(used, r->runs.list[i].from);
            mark(used, r->runs.list[i].to);
        }
}

static void tell_unused_places(tracer *t) {
    check *c = t->c;
    const piste_resort *r = c->resort;
    bool *used = t->home;
    memset(used, 0, (size_t)t->w->place_count);
    for (int32_t i = 0; i < t->w->count; i++)
        used[t->w->list[i].from] = used[t->w->list[i].to] = true;
    mark_closed(r, used);
    for (int32_t i = 0; i < r->venues.count; i++)
        mark(used, r->venues.list[i].place);
    for (int32_t i = 0; i < r->fixtures.count; i++)
        mark(used, r->fixtures.list[i].place);
    for (int32_t i = 0; i < r->segments.count; i++) {
        mark(used, r->segments.list[i].arrive_at);
        mark(used, r->segments.list[i].leave_at);
        for (int32_t k = 0; k < r->segments.list[i].visits.count; k++)
            mark(used, r->segments.list[i].visits.list[k].place);
    }
    for (int32_t p = 0; p < r->places.count; p++)
        if (!used[p])
            check_tell(c, CHECK_UNUSED_PLACE, r->places.list[p].entry.line, check_subject(c, &r->places.list[p].entry),
                       "no way leads to it or from it, and nothing is there", "take it out, or add the way that was meant to end there");
}

void check_ways(check *c) {
    tracer t = {.c = c, .w = ways_create(c->resort)};
    if (!t.w) {
        c->no_memory = true;
        return;
    }
    size_t count = (size_t)t.w->count + 1;
    t.trap_told = calloc(count, sizeof *t.trap_told);
    t.too_hard = calloc(count, sizeof *t.too_hard);
    t.home_of = calloc(count, sizeof *t.home_of);
    t.there = marks(&t);
    t.home = marks(&t);
    t.expert_home = marks(&t);
    for (int m = 0; m < PISTE_MODE_COUNT; m++)
        t.reached[m] = marks(&t);
    list_visitors(&t);
    c->no_memory |= !t.trap_told || !t.too_hard || !t.home_of;
    if (!c->no_memory) {
        trace_all(&t);
        tell_too_hard(&t);
        trace_visits(&t);
        tell_exits(&t);
        tell_unused_places(&t);
        if (t.visitor_count) { // otherwise everything would be out of reach
            union_of_reach(&t);
            tell_unreachable_ways(&t);
            tell_unreachable_venues(&t);
        }
    }
    for (int m = 0; m < PISTE_MODE_COUNT; m++)
        free(t.reached[m]);
    free(t.there);
    free(t.home);
    free(t.expert_home);
    free(t.trap_told);
    free(t.too_hard);
    free(t.home_of);
    free(t.visitors);
    ways_destroy(t.w);
}
