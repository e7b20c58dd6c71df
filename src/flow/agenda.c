// agenda.c - what opens, closes, stops and restarts, and when.
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"

// In one second, what ends comes before what begins.
enum {
    LIFT_CLOSES,
    LIFT_LINE_ENDS,
    LIFT_BREAKS,
    RUN_CLOSES,
    LIFT_ROPE,
    LIFT_HELD,
    LIFT_QUEUE_OPENS,
    LIFT_OPENS,
    LIFT_REPAIRED,
    RUN_OPENS,
    LIFT_RELEASED
};

static void add(piste_day *day, int32_t second, int32_t what, int32_t index) {
    if (second < day->from_s)
        second = day->from_s;
    if (second <= day->to_s)
        day->agenda[day->agenda_count++] = (flow_agenda){second, what, what, index};
}

static int by_time(const void *a, const void *b) {
    const flow_agenda *x = a, *y = b;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return x->order != y->order ? x->order - y->order : x->index - y->index;
}

static bool outage_now(const piste_resort *resort, const piste_outage *o) {
    return o->entry.from == PISTE_DATE_NONE || resort->as_of != PISTE_DATE_NONE;
}

static void add_carriers_off(piste_day *day, int32_t lift) {
    const piste_lift *about = &day->resort->lifts.list[lift];
    if (about->carriers_off.count)
        add(day, day->from_s, LIFT_ROPE, lift);
    for (int32_t i = 0; i < about->carriers_off.count; i++)
        for (int32_t k = 0; k < about->carriers_off.list[i].hours.count; k++) {
            add(day, about->carriers_off.list[i].hours.spans[k].from_s, LIFT_ROPE, lift);
            add(day, about->carriers_off.list[i].hours.spans[k].to_s, LIFT_ROPE, lift);
        }
}

// Spans of outage that touch one another would repair a lift that another one still holds: only whole ones are given.
static void add_outages(piste_day *day, int32_t lift) {
    const piste_lift *about = &day->resort->lifts.list[lift];
    for (int32_t i = 0; i < about->outages.count; i++) {
        const piste_outage *o = &about->outages.list[i];
        if (!outage_now(day->resort, o))
            continue;
        if (o->hours.count == 0)
            add(day, day->from_s, LIFT_BREAKS, lift);
        for (int32_t k = 0; k < o->hours.count; k++) {
            add(day, o->hours.spans[k].from_s, LIFT_BREAKS, lift);
            add(day, o->hours.spans[k].to_s, LIFT_REPAIRED, lift);
        }
    }
}

// ---- wind -----------------------------------------------------------------------------------------------------------

static bool too_windy(const piste_day *day, int32_t lift, int32_t t) {
    for (int32_t i = 0; i < day->resort->wind.count; i++) {
        const piste_wind *w = &day->resort->wind.list[i];
        if (w->speed_mps > day->resort->lifts.list[lift].wind_limit_mps && flow_entry_counts(day, &w->entry) &&
            piste_hours_hold(&w->hours, t))
            return true;
    }
    return false;
}

// The first second from `from` on in which it is too windy; INT32_MAX: none. The wind changes where a span begins only.
static int32_t too_windy_from(const piste_day *day, int32_t lift, int32_t from) {
    int32_t first = INT32_MAX;
    if (too_windy(day, lift, from))
        return from;
    for (int32_t i = 0; i < day->resort->wind.count; i++)
        for (int32_t k = 0; k < day->resort->wind.list[i].hours.count; k++) {
            int32_t begin = day->resort->wind.list[i].hours.spans[k].from_s;
            if (begin > from && begin < first && too_windy(day, lift, begin))
                first = begin;
        }
    return first;
}

// A hold begins when the wind passes the limit. It is looked at again at fixed times; once it is below, the line is
// checked, and the lift opens unless the wind has risen meanwhile.
static void add_holds(piste_day *day, int32_t lift) {
    const piste_lift *about = &day->resort->lifts.list[lift];
    if (!day->resort->wind.count || !(about->wind_limit_mps > 0))
        return;
    for (int32_t t = too_windy_from(day, lift, day->from_s); t <= day->to_s; t = too_windy_from(day, lift, t)) {
        add(day, t, LIFT_HELD, lift);
        do
            t += about->wind_check_s;
        while (t <= day->to_s && too_windy_from(day, lift, t) <= t + about->line_check_s);
        t += about->line_check_s;
        add(day, t, LIFT_RELEASED, lift);
    }
}

// The first second from t on at which the lift is open, in order and not held.
int32_t flow_agenda_runs_from(const piste_day *day, int32_t lift, int32_t t) {
    const piste_hours *hours = &day->resort->lifts.list[lift].hours;
    bool broken = false, held = false, open = hours->count == 0;
    for (int32_t i = 0; i < day->agenda_count; i++) {
        const flow_agenda *a = &day->agenda[i];
        if (a->index != lift || a->what == RUN_OPENS || a->what == RUN_CLOSES)
            continue;
        if (a->second > t && open && !broken && !held)
            return t;
        t = a->second > t ? a->second : t;
        broken = a->what == LIFT_BREAKS || (broken && a->what != LIFT_REPAIRED);
        held = a->what == LIFT_HELD || (held && a->what != LIFT_RELEASED);
        open = a->what == LIFT_OPENS || (open && a->what != LIFT_CLOSES);
    }
    return open && !broken && !held ? t : INT32_MAX;
}

static void hold_lift(piste_day *day, int32_t lift, int32_t t) {
    int32_t until = FLOW_DAY_MAX;
    for (int32_t i = day->agenda_count - 1; i > day->agenda_next; i--)
        if (day->agenda[i].what == LIFT_RELEASED && day->agenda[i].index == lift)
            until = day->agenda[i].second;
    flow_motion_hold(day, lift, t, until);
}

// ---- building it ----------------------------------------------------------------------------------------------------

static void add_lift(piste_day *day, int32_t index) {
    const piste_lift *lift = &day->resort->lifts.list[index];
    day->lifts[index].last_close_s = lift->hours.count ? lift->hours.spans[lift->hours.count - 1].to_s : INT32_MAX;
    if (day->lifts[index].last_close_s > day->last_join_s)
        day->last_join_s = day->lifts[index].last_close_s;
    if (!lift->hours.count)
        add(day, day->from_s, LIFT_OPENS, index);
    for (int32_t k = 0; k < lift->hours.count; k++) {
        add(day, lift->hours.spans[k].from_s - FLOW_QUEUE_EARLY_S, LIFT_QUEUE_OPENS, index);
        add(day, lift->hours.spans[k].from_s, LIFT_OPENS, index);
        add(day, lift->hours.spans[k].to_s, LIFT_CLOSES, index);
        int32_t serve = lift->at_closing == PISTE_CLOSING_TURN_AWAY ? 0 : FLOW_SERVE_AFTER_S;
        if (k + 1 == lift->hours.count || lift->hours.spans[k + 1].from_s > lift->hours.spans[k].to_s + serve)
            add(day, lift->hours.spans[k].to_s + serve, LIFT_LINE_ENDS, index);
    }
    add_outages(day, index);
    add_carriers_off(day, index);
    add_holds(day, index);
}

void flow_agenda_plan(piste_day *day) {
    const piste_resort *resort = day->resort;
    day->agenda_count = 0;
    day->last_join_s = -1;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        add_lift(day, i);
    qsort(day->agenda, (size_t)day->agenda_count, sizeof *day->agenda, by_time);
    flow_patrol_plan(day);
    for (int32_t i = 0; i < resort->runs.count; i++)
        for (int32_t k = 0; k < resort->runs.list[i].hours.count && !flow_patrol_minds(day, i); k++) {
            add(day, resort->runs.list[i].hours.spans[k].from_s, RUN_OPENS, i);
            add(day, resort->runs.list[i].hours.spans[k].to_s, RUN_CLOSES, i);
        }
    qsort(day->agenda, (size_t)day->agenda_count, sizeof *day->agenda, by_time);
}

piste_status flow_agenda_build(piste_day *day, piste_errors *errors) {
    const piste_resort *resort = day->resort;
    size_t room = 0, holds = 1;
    for (int32_t i = 0; i < resort->wind.count; i++)
        holds += (size_t)resort->wind.list[i].hours.count + 1;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        const piste_lift *lift = &resort->lifts.list[i];
        room += 4 * ((size_t)lift->hours.count + 1) + (resort->wind.count ? 2 * holds : 0);
        for (int32_t k = 0; k < lift->outages.count; k++)
            room += 2 * ((size_t)lift->outages.list[k].hours.count + 1);
        for (int32_t k = 0; k < lift->carriers_off.count; k++)
            room += 2 * (size_t)lift->carriers_off.list[k].hours.count + 1;
    }
    for (int32_t i = 0; i < resort->runs.count; i++)
        room += 2 * ((size_t)resort->runs.list[i].hours.count + 1);
    day->agenda = base_arena_take(day->arena, (room + 1) * sizeof *day->agenda);
    if (!day->agenda)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    piste_status status = flow_patrol_build(day, errors);
    if (status == PISTE_OK)
        flow_agenda_plan(day);
    return status;
}

static int32_t next_opening(const piste_day *day, int32_t lift, int32_t t) {
    const piste_hours *hours = &day->resort->lifts.list[lift].hours;
    for (int32_t k = 0; k < hours->count; k++)
        if (hours->spans[k].from_s >= t)
            return hours->spans[k].from_s;
    return INT32_MAX;
}

void flow_agenda_reset(piste_day *day) {
    const piste_resort *resort = day->resort;
    day->agenda_next = 0;
    day->next_agenda_s = day->agenda_count ? day->agenda[0].second : INT32_MAX;
    day->next_lift_s = INT32_MAX;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        day->lifts[i].opens_s = next_opening(day, i, day->from_s);
    for (int32_t i = 0; i < day->way_count; i++) {
        flow_way *w = &day->ways[i];
        w->open = w->kind != FLOW_RUN || resort->runs.list[w->index].hours.count == 0;
    }
    flow_patrol_reset(day);
    int32_t patrol = flow_patrol_next(day);
    day->next_lift_s = patrol < day->next_lift_s ? patrol : day->next_lift_s;
}

static void open_lift(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    if (l->broken)
        return;
    l->joinable = l->open = true;
    l->opens_s = next_opening(day, lift, t + 1);
    if (!l->windy)
        flow_tell_lift(day, t, PISTE_ACT_OPEN, lift, -1);
    flow_lift_plan_stop(day, lift, t);
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        if (day->lines[k].people && !l->stopped)
            flow_line_schedule(day, k, t, flow_lift_clock(l, t) - 1);
}

// At its closing time a lift takes no more people into its line. Those in it are served for a while or sent away at once, as
// the rule says; those who come down on it are always served.
static void close_lift(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    l->joinable = false;
    l->next_stop_s = INT32_MAX;
    flow_tell_lift(day, t, PISTE_ACT_CLOSE, lift, -1);
}

static void end_lines(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        if (!day->lines[k].down)
            flow_line_turn_away(day, k, t);
}

static void break_lift(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    l->broken = true;
    l->joinable = l->open = false;
    l->next_stop_s = INT32_MAX;
    flow_tell_lift(day, t, PISTE_ACT_CLOSE, lift, -1);
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        flow_line_turn_away(day, k, t);
}

static void repair_lift(piste_day *day, int32_t lift, int32_t t) {
    const piste_hours *hours = &day->resort->lifts.list[lift].hours;
    day->lifts[lift].broken = false;
    if (piste_hours_hold(hours, t))
        open_lift(day, lift, t);
}

static void act(piste_day *day, const flow_agenda *a, int32_t t) {
    switch (a->what) {
    case LIFT_CLOSES:
        close_lift(day, a->index, t);
        break;
    case LIFT_LINE_ENDS:
        end_lines(day, a->index, t);
        break;
    case LIFT_BREAKS:
        break_lift(day, a->index, t);
        break;
    case LIFT_ROPE:
        flow_motion_rope(day, a->index, t);
        break;
    case LIFT_HELD:
        hold_lift(day, a->index, t);
        break;
    case LIFT_RELEASED:
        flow_motion_release(day, a->index, t);
        break;
    case LIFT_QUEUE_OPENS:
        if (!day->lifts[a->index].broken)
            day->lifts[a->index].joinable = true;
        break;
    case LIFT_OPENS:
        open_lift(day, a->index, t);
        break;
    case LIFT_REPAIRED:
        repair_lift(day, a->index, t);
        break;
    default:
        for (int32_t i = 0; i < day->way_count; i++)
            if (day->ways[i].kind == FLOW_RUN && day->ways[i].index == a->index)
                day->ways[i].open = a->what == RUN_OPENS;
        flow_patrol_note(day, a->index, t, a->what == RUN_OPENS);
    }
}

// Stops and restarts that are due, and when the next one is.
static void act_lifts(piste_day *day, int32_t t) {
    int32_t next = INT32_MAX;
    for (int32_t i = 0; i < day->resort->lifts.count; i++) {
        const flow_lift *l = &day->lifts[i];
        flow_lift_act(day, i, t);
        int32_t own = flow_lift_next(l);
        next = own < next ? own : next;
    }
    int32_t patrol = flow_patrol_next(day);
    day->next_lift_s = patrol < next ? patrol : next;
}

void flow_agenda_act(piste_day *day, int32_t t) {
    bool changed = flow_patrol_act(day, t);
    for (; day->agenda_next < day->agenda_count && day->agenda[day->agenda_next].second <= t; day->agenda_next++) {
        act(day, &day->agenda[day->agenda_next], t);
        changed = true;
    }
    day->next_agenda_s = day->agenda_next < day->agenda_count ? day->agenda[day->agenda_next].second : INT32_MAX;
    if (changed) {
        day->version++;
        day->version_s = t;
    }
    act_lifts(day, t);
}
