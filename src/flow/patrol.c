// patrol.c - runs are opened once patrol has been there, and closed behind the last who can come down.
//
// In the morning patrol sets out from the exits with the first carriers, and goes on by lifts, opened runs and walks as
// early as it can: a run without hours of its own opens `opening` after patrol has come to its top, and patrol is at
// its end then. In the evening such a run closes `sweep` after nobody can come to its top any more: the lifts that lead
// there have closed, their lines and carriers are empty, and the runs from above are closed and skied out. So the order
// is from the top down. How late the day keeps it open hangs on its lines; that it is open until `closes_s` is known
// from the start, and guests plan their way home by that. Where there is patrol a closed run is closed for those on
// their way home, too.
#include "flow/flow.h"

enum { LINE_S = 60, MARGIN_S = 300 }; // a line is looked at again; home is set out for before a run closes

static int32_t *take(piste_day *day, size_t count) {
    return base_arena_take(day->arena, count * sizeof(int32_t) + 1);
}

// ---- the morning ----------------------------------------------------------------------------------------------------

static int32_t first_second(const piste_hours *hours, int32_t from) {
    if (piste_hours_hold(hours, from))
        return from;
    for (int32_t k = 0; k < hours->count; k++)
        if (hours->spans[k].from_s >= from)
            return hours->spans[k].from_s;
    return INT32_MAX;
}

static bool improve(int32_t *at, int64_t second) {
    if (second >= *at)
        return false;
    *at = (int32_t)second;
    return true;
}

// When patrol that is at the beginning of a way at second t is at its end; a run that it opens is open from then on.
static int64_t end_of_way(const piste_day *day, const flow_way *w, int32_t t) {
    if (w->kind == FLOW_WALK)
        return (int64_t)t + (int64_t)w->duration_s;
    if (w->kind == FLOW_RUN) {
        const piste_run *run = &day->resort->runs.list[w->index];
        int32_t from = day->patrol->own[w->index] ? first_second(&run->hours, t) : t;
        return (int64_t)from + day->resort->patrol.opening_s;
    }
    return (int64_t)flow_agenda_runs_from(day, day->lines[w->index].lift, t) + (int64_t)w->duration_s;
}

static void find_openings(piste_day *day) {
    const piste_resort *resort = day->resort;
    flow_patrol *patrol = day->patrol;
    int32_t *at = patrol->at;
    for (int32_t p = 0; p < resort->places.count; p++)
        at[p] = resort->places.list[p].is_exit ? day->from_s : INT32_MAX;
    for (int32_t i = 0; i < resort->segments.count; i++)
        at[resort->segments.list[i].arrive_at.index] = day->from_s;
    bool changed = true;
    for (int32_t sweep = 0; changed && sweep <= resort->places.count; sweep++) {
        changed = false;
        for (int32_t i = 0; i < day->way_count; i++) {
            const flow_way *w = &day->ways[i];
            bool on_skis = w->kind == FLOW_RUN || (w->access & 1);
            if (on_skis && at[w->from] < INT32_MAX)
                changed |= improve(&at[w->to], end_of_way(day, w, at[w->from]));
        }
    }
    for (int32_t i = 0; i < day->way_count; i++) {
        const flow_way *w = &day->ways[i];
        if (w->kind != FLOW_RUN)
            continue;
        if (patrol->own[w->index])
            patrol->opens_s[w->index] = first_second(&resort->runs.list[w->index].hours, day->from_s);
        else
            patrol->opens_s[w->index] = at[w->from] < INT32_MAX ? at[w->from] + resort->patrol.opening_s : INT32_MAX;
    }
}

// ---- the evening ----------------------------------------------------------------------------------------------------

static void leave_at(int32_t *last, int64_t second) {
    if (second > *last)
        *last = second < FLOW_DAY_MAX ? (int32_t)second : INT32_MAX;
}

// The last second at which somebody can come to each place, if no line is left at any closing; -1: nobody is brought
// there.
static void find_closings(piste_day *day) {
    const piste_resort *resort = day->resort;
    flow_patrol *patrol = day->patrol;
    int32_t *last = patrol->at;
    for (int32_t p = 0; p < resort->places.count; p++)
        last[p] = -1;
    for (int32_t i = 0; i < day->way_count; i++) {
        const flow_way *w = &day->ways[i];
        int32_t close = w->kind == FLOW_RIDE ? day->lifts[day->lines[w->index].lift].last_close_s : -1;
        if (close >= 0 && !day->lines[w->index].down)
            leave_at(&last[w->to], close == INT32_MAX ? INT32_MAX : (int64_t)close + (int64_t)w->duration_s);
    }
    for (int32_t sweep = 0; sweep <= resort->places.count; sweep++)
        for (int32_t i = 0; i < day->way_count; i++) {
            const flow_way *w = &day->ways[i];
            if (w->kind != FLOW_RUN)
                continue;
            int32_t *closes = &patrol->closes_s[w->index];
            const piste_hours *hours = &resort->runs.list[w->index].hours;
            if (patrol->own[w->index])
                *closes = hours->spans[hours->count - 1].to_s;
            else
                *closes = last[w->from] < 0 || last[w->from] == INT32_MAX ? INT32_MAX
                                                                          : last[w->from] + resort->patrol.sweep_s;
            if (*closes < INT32_MAX)
                leave_at(&last[w->to], (int64_t)*closes + patrol->travel_s[w->index]);
        }
}

// When this way may have brought the last one to its end: now or before, or a second at which to look again.
static int32_t last_by(const piste_day *day, const flow_way *w, int32_t t) {
    const flow_patrol *patrol = day->patrol;
    if (w->kind == FLOW_RUN) {
        if (patrol->closes_s[w->index] == INT32_MAX)
            return INT32_MAX;
        int32_t closed = patrol->closed_s[w->index];
        return closed < 0 ? (patrol->closes_s[w->index] > t ? patrol->closes_s[w->index] : t + LINE_S)
                          : closed + patrol->travel_s[w->index];
    }
    if (w->kind == FLOW_WALK || day->lines[w->index].down)
        return -1;
    const flow_lift *l = &day->lifts[day->lines[w->index].lift];
    bool waiting = l->joinable;
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        waiting |= !day->lines[k].down && day->lines[k].people > 0;
    if (waiting || (l->stopped && flow_lift_clock(l, t) < l->last_off_clock))
        return t + LINE_S;
    return l->stopped ? -1 : flow_lift_when(l, l->last_off_clock, INT32_MIN);
}

// ---- both -----------------------------------------------------------------------------------------------------------

static bool build(piste_day *day, flow_patrol *patrol) {
    const piste_resort *resort = day->resort;
    size_t runs = (size_t)resort->runs.count;
    patrol->at = take(day, (size_t)resort->places.count);
    patrol->opens_s = take(day, runs);
    patrol->closes_s = take(day, runs);
    patrol->closed_s = take(day, runs);
    patrol->look_s = take(day, runs);
    patrol->travel_s = take(day, runs);
    patrol->own = base_arena_take(day->arena, runs + 1);
    patrol->open = base_arena_take(day->arena, runs + 1);
    if (!patrol->at || !patrol->opens_s || !patrol->closes_s || !patrol->closed_s || !patrol->look_s || !patrol->travel_s ||
        !patrol->own || !patrol->open)
        return false;
    for (int32_t i = 0; i < resort->runs.count; i++) {
        const piste_run *run = &resort->runs.list[i];
        double slowest = 0;
        for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++)
            if (run->difficulty <= resort->traits[a].hardest && day->pace[a] > slowest)
                slowest = day->pace[a];
        patrol->travel_s[i] = (int32_t)(1.5 * run->length_m * slowest) + 1;
        patrol->own[i] = piste_entry_field_line(&run->entry, "hours") > 0 && run->hours.count > 0;
    }
    return true;
}

void flow_patrol_plan(piste_day *day) {
    if (!day->patrol)
        return;
    find_openings(day);
    find_closings(day);
}

piste_status flow_patrol_build(piste_day *day, piste_errors *errors) {
    if (!day->resort->patrol.entry.line)
        return PISTE_OK;
    day->patrol = base_arena_take(day->arena, sizeof *day->patrol);
    if (!day->patrol || !build(day, day->patrol))
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    return PISTE_OK;
}

void flow_patrol_reset(piste_day *day) {
    flow_patrol *patrol = day->patrol;
    if (!patrol)
        return;
    patrol->next_s = INT32_MAX;
    for (int32_t i = 0; i < day->resort->runs.count; i++) {
        patrol->closed_s[i] = -1;
        patrol->open[i] = false;
        patrol->look_s[i] = patrol->own[i] ? INT32_MAX : patrol->opens_s[i];
        patrol->next_s = patrol->look_s[i] < patrol->next_s ? patrol->look_s[i] : patrol->next_s;
    }
    for (int32_t i = 0; i < day->way_count; i++)
        day->ways[i].open &= day->ways[i].kind != FLOW_RUN || patrol->own[day->ways[i].index];
}

bool flow_patrol_minds(const piste_day *day, int32_t run) {
    return day->patrol && !day->patrol->own[run];
}

// A run that has hours of its own has opened or closed.
void flow_patrol_note(piste_day *day, int32_t run, int32_t t, bool open) {
    if (!day->patrol)
        return;
    day->patrol->open[run] = open;
    day->patrol->closed_s[run] = open ? -1 : t;
    flow_tell_run(day, t, open ? PISTE_ACT_OPEN : PISTE_ACT_CLOSE, run);
}

int32_t flow_patrol_opens(const piste_day *day, int32_t run, int32_t t) {
    const flow_patrol *patrol = day->patrol;
    if (patrol->open[run])
        return t;
    if (patrol->own[run])
        return first_second(&day->resort->runs.list[run].hours, t);
    return patrol->closed_s[run] < 0 ? patrol->opens_s[run] : INT32_MAX;
}

int32_t flow_patrol_closes(const piste_day *day, int32_t run) {
    int32_t closes = day->patrol->closes_s[run];
    return closes == INT32_MAX ? INT32_MAX : closes - MARGIN_S;
}

// Whether nobody can come to the run's top any more, and nobody could for as long as a sweep takes; otherwise *look_s
// is when to look again.
static bool is_swept(const piste_day *day, const flow_way *run, int32_t t, int32_t *look_s) {
    int32_t last = -1;
    for (int32_t k = day->in_first[run->from]; k < day->in_first[run->from + 1]; k++) {
        int32_t by = last_by(day, &day->ways[day->in_ways[k]], t);
        last = by > last ? by : last;
    }
    *look_s = last >= FLOW_DAY_MAX ? INT32_MAX : last + day->resort->patrol.sweep_s;
    return *look_s <= t;
}

bool flow_patrol_act(piste_day *day, int32_t t) {
    flow_patrol *patrol = day->patrol;
    bool changed = false;
    if (!patrol || patrol->next_s > t)
        return false;
    patrol->next_s = INT32_MAX;
    for (int32_t i = 0; i < day->way_count; i++) {
        flow_way *w = &day->ways[i];
        if (w->kind != FLOW_RUN || patrol->own[w->index])
            continue;
        int32_t *look = &patrol->look_s[w->index];
        if (*look <= t && !patrol->open[w->index]) {
            patrol->open[w->index] = w->open = changed = true;
            *look = patrol->closes_s[w->index] > t ? patrol->closes_s[w->index] : t + 1;
            flow_tell_run(day, t, PISTE_ACT_OPEN, w->index);
        } else if (*look <= t && is_swept(day, w, t, look)) {
            patrol->open[w->index] = w->open = false;
            patrol->closed_s[w->index] = t;
            *look = INT32_MAX;
            changed = true;
            flow_tell_run(day, t, PISTE_ACT_CLOSE, w->index);
        }
        patrol->next_s = *look < patrol->next_s ? *look : patrol->next_s;
    }
    return changed;
}

int32_t flow_patrol_next(const piste_day *day) {
    return day->patrol ? day->patrol->next_s : INT32_MAX;
}
