// motion.c - how lifts run: a clock that stands still in a stop and goes slower in a slow-down.
//
// Carriers and riders are reckoned on the lift's clock: at second t it shows clock_s + floor((t - rate_since_s) * rate
// / FLOW_RATE), the parts of a second that are left being carried over exactly from one rate to the next. When the rate
// changes, the carriers that somebody waits for are timed anew. Riders are not: each looks at the clock when it could
// get off at the earliest, and goes on riding while the clock says so.
#include "flow/flow.h"

void flow_motion_reset(piste_day *day) {
    for (int32_t i = 0; i < day->resort->lifts.count; i++) {
        flow_lift *l = &day->lifts[i];
        l->held = l->stopped = l->windy = l->clearing = l->standing = false;
        l->wind_since_s = l->wind_until_s = l->clear_at_s = l->last_off_clock = 0;
        l->holds = 0;
        l->held_s = l->held_turned_away = 0;
        l->stop_since_s = l->restart_s = 0;
        l->rate = l->slow_rate = l->on_rope = FLOW_RATE;
        l->rate_since_s = l->clock_s = l->clock_part = 0;
        l->slow_until_s = l->slow_since_s = 0;
        l->next_stop_s = INT32_MAX;
        l->boardings = l->misload_count = l->slow_boardings = l->slow_loading_count = 0;
        memset(l->halts, 0, sizeof l->halts);
        flow_evacuate_reset(l);
        const piste_lift *about = &day->resort->lifts.list[i];
        for (int32_t k = 0; k < about->stops.count + about->slows.count; k++) {
            l->stop_clock[k] = -1;
            l->stop_count[k] = 0;
        }
    }
}

// ---- the clock ------------------------------------------------------------------------------------------------------

static int32_t rate_of(double share) {
    return (int32_t)(share * FLOW_RATE + 0.5);
}

static bool is_slow(const flow_lift *l) {
    return l->rate > 0 && l->rate < FLOW_RATE;
}

static void set_rate(flow_lift *l, int32_t t, int32_t rate) {
    int64_t parts = (int64_t)(t - l->rate_since_s) * l->rate + l->clock_part;
    l->clock_s += (int32_t)(parts / FLOW_RATE);
    l->clock_part = (int32_t)(parts % FLOW_RATE);
    l->rate_since_s = t;
    if (is_slow(l))
        l->halts[PISTE_HALT_SLOW].seconds += t - l->slow_since_s;
    l->rate = rate;
    l->slow_since_s = t;
}

int32_t flow_lift_soonest(const flow_lift *l, int32_t clock, int32_t t) {
    int32_t behind = clock - flow_lift_clock(l, t);
    if (l->rate == FLOW_RATE)
        return t + behind;
    if (l->rate == 0)
        return l->restart_s + behind;
    // Slow until some second, and at full speed from then on: it may take longer, never less.
    int32_t slow = flow_lift_when(l, clock, t), rises = l->slow_rate < FLOW_RATE ? l->slow_until_s : INT32_MAX;
    rises = l->clearing && l->wind_until_s < rises ? l->wind_until_s : rises;
    return slow <= rises || rises <= t ? slow : rises + (clock - flow_lift_clock(l, rises));
}

static void note_next(piste_day *day, const flow_lift *l) {
    int32_t next = flow_lift_next(l);
    day->next_lift_s = next < day->next_lift_s ? next : day->next_lift_s;
}

// Brings the clock's rate up to what the lift does now; its carriers, where it goes on running.
static void update(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    int32_t clearing = l->clearing ? rate_of(day->resort->lifts.list[lift].clearing_speed) : FLOW_RATE;
    int32_t rate = l->stopped ? 0 : clearing < l->slow_rate ? clearing : l->slow_rate, before = l->rate;
    if (rate != before)
        set_rate(l, t, rate);
    if (l->clearing && rate > 0) {
        int32_t clear = flow_lift_when(l, l->last_off_clock, INT32_MIN);
        l->clear_at_s = clear > t ? clear : t;
        note_next(day, l);
    }
    if (rate != before && rate > 0 && before > 0) {
        for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
            flow_line_retime(day, k, t);
        flow_lift_plan_stop(day, lift, t);
    }
}

// ---- carriers on the rope -------------------------------------------------------------------------------------------

// Entries with dates are meant for their dates: where no date was asked for, they do not count.
bool flow_entry_counts(const piste_day *day, const piste_entry *entry) {
    return (entry->from == PISTE_DATE_NONE && entry->until == PISTE_DATE_NONE) || day->resort->as_of != PISTE_DATE_NONE;
}

void flow_motion_rope(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    const piste_lift *about = &day->resort->lifts.list[lift];
    int32_t on = FLOW_RATE;
    for (int32_t i = 0; i < about->carriers_off.count; i++) {
        const piste_carriers_off *off = &about->carriers_off.list[i];
        if (flow_entry_counts(day, &off->entry) && piste_hours_hold(&off->hours, t))
            on -= rate_of(off->share);
    }
    l->on_rope = on > 1 ? on : 1;
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++) {
        day->lines[k].seen_each_s = flow_lift_thinned(l, flow_line_each(&day->lines[k]));
        flow_line_rethread(day, k, t);
    }
}

// How long both hold between two seconds.
static int64_t seconds_of_both(const piste_hours *a, const piste_hours *b, int32_t from, int32_t to) {
    int64_t sum = 0;
    for (int32_t i = 0; i < (a->count ? a->count : 1); i++)
        for (int32_t k = 0; k < (b->count ? b->count : 1); k++) {
            int32_t begin = from, end = to;
            if (a->count) {
                begin = a->spans[i].from_s > begin ? a->spans[i].from_s : begin;
                end = a->spans[i].to_s < end ? a->spans[i].to_s : end;
            }
            if (b->count) {
                begin = b->spans[k].from_s > begin ? b->spans[k].from_s : begin;
                end = b->spans[k].to_s < end ? b->spans[k].to_s : end;
            }
            sum += end > begin ? end - begin : 0;
        }
    return sum;
}

double flow_motion_off(const piste_day *day, int32_t lift) {
    const piste_lift *about = &day->resort->lifts.list[lift];
    int64_t off = 0, open = seconds_of_both(&about->hours, &about->hours, day->from_s, day->to_s);
    for (int32_t i = 0; i < about->carriers_off.count; i++)
        if (flow_entry_counts(day, &about->carriers_off.list[i].entry))
            off += rate_of(about->carriers_off.list[i].share) *
                   seconds_of_both(&about->hours, &about->carriers_off.list[i].hours, day->from_s, day->to_s);
    return open > 0 ? (double)off / FLOW_RATE / (double)open : 0;
}

// ---- stops ----------------------------------------------------------------------------------------------------------

static int32_t whole_duration(double duration_s) {
    return duration_s < 1 ? 1 : duration_s > FLOW_DAY_MAX ? FLOW_DAY_MAX : (int32_t)(duration_s + 0.5);
}

// A lift that stands in the wind outside its hours keeps nobody from anything.
static int64_t stopped_for(const piste_day *day, int32_t lift, int32_t t) {
    const flow_lift *l = &day->lifts[lift];
    const piste_hours *hours = &day->resort->lifts.list[lift].hours;
    return l->standing ? seconds_of_both(hours, hours, l->stop_since_s, t) : t - l->stop_since_s;
}

void flow_lift_stop(piste_day *day, int32_t lift, int32_t t, double duration_s, piste_halt cause) {
    flow_lift *l = &day->lifts[lift];
    int32_t duration = whole_duration(duration_s);
    if (!l->stopped) {
        l->stopped = true;
        l->stop_since_s = l->still_since_s = t;
        l->stop_cause = cause;
        l->restart_s = t + duration;
        update(day, lift, t);
        for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
            day->lines[k].due_s = day->lines[k].due_s < 0 ? -1 : FLOW_DUE_STANDS;
    } else if (t + duration >
               l->restart_s) { // another cause while it stands: it stands until the later end, for this one
        l->halts[l->stop_cause].seconds += stopped_for(day, lift, t);
        l->stop_since_s = t;
        l->stop_cause = cause;
        l->restart_s = t + duration;
        l->standing = false;
    }
    l->halts[cause].count++;
    if (!l->held && l->restart_s - t >= FLOW_HOLD_S) {
        l->held = true;
        day->version++;
        day->version_s = t;
        for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
            flow_line_turn_away(day, k, t);
    }
    int32_t after = day->resort->lifts.list[lift].evacuate_after_s;
    if (after && l->restart_s - l->still_since_s > after)
        l->evacuate_at_s = l->still_since_s + after;
    flow_tell_lift(day, t, PISTE_ACT_STOP, lift, l->restart_s);
    note_next(day, l);
}

static void restart(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    l->halts[l->stop_cause].seconds += stopped_for(day, lift, t);
    l->stopped = l->standing = false;
    l->evacuate_at_s = INT32_MAX;
    update(day, lift, t);
    if (l->held) {
        day->version++;
        day->version_s = t;
    }
    l->held = l->windy;
    flow_lift_plan_stop(day, lift, t);
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        if (day->lines[k].people && l->open)
            flow_line_restart(day, k, t);
}

// ---- slow-downs -----------------------------------------------------------------------------------------------------

// While it is slow already, it goes as slowly as the slower one says, until the later end.
void flow_lift_slow(piste_day *day, int32_t lift, int32_t t, double duration_s, double speed) {
    flow_lift *l = &day->lifts[lift];
    int32_t rate = rate_of(speed), until = t + whole_duration(duration_s);
    bool slow = l->slow_rate < FLOW_RATE;
    l->slow_until_s = slow && l->slow_until_s > until ? l->slow_until_s : until;
    l->slow_rate = rate < l->slow_rate ? rate : l->slow_rate;
    l->halts[PISTE_HALT_SLOW].count++;
    update(day, lift, t);
    flow_tell_lift(day, t, PISTE_ACT_SLOW, lift, l->slow_until_s);
    note_next(day, l);
}

// ---- wind -----------------------------------------------------------------------------------------------------------

// Nobody joins, the line is turned away, riders are brought off slowly; then it stands.
void flow_motion_hold(piste_day *day, int32_t lift, int32_t t, int32_t until) {
    flow_lift *l = &day->lifts[lift];
    const piste_hours *hours = &day->resort->lifts.list[lift].hours;
    l->windy = l->held = l->clearing = true;
    l->wind_since_s = t;
    l->wind_until_s = until;
    l->holds += seconds_of_both(hours, hours, t, until < day->to_s ? until : day->to_s) > 0;
    flow_tell_lift(day, t, PISTE_ACT_HOLD, lift, -1);
    int64_t before = l->turned_away[PISTE_AWAY_HOLD];
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        flow_line_turn_away(day, k, t);
    l->held_turned_away += l->turned_away[PISTE_AWAY_HOLD] - before;
    update(day, lift, t);
}

// Those of a split party that are on board already are still waited for.
static void clear(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    bool waiting = false;
    for (int32_t k = l->first_line; k < l->first_line + l->line_count; k++)
        waiting |= day->lines[k].people > 0;
    if (waiting || flow_lift_clock(l, t) < l->last_off_clock) {
        int32_t off = flow_lift_when(l, l->last_off_clock, INT32_MIN);
        l->clear_at_s = off > t ? off : t + 1;
        note_next(day, l);
        return;
    }
    l->clearing = false;
    flow_lift_stop(day, lift, t, l->wind_until_s - t, PISTE_HALT_WIND);
    l->standing = true;
    l->halts[PISTE_HALT_WIND].count -= stopped_for(day, lift, l->wind_until_s) == 0;
}

void flow_motion_release(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    l->held_s = flow_lift_held(day, lift);
    l->windy = l->clearing = false;
    l->held = l->stopped && l->restart_s > t && l->restart_s - l->stop_since_s >= FLOW_HOLD_S;
    update(day, lift, t);
    if (l->joinable && piste_hours_hold(&day->resort->lifts.list[lift].hours, t))
        flow_tell_lift(day, t, PISTE_ACT_OPEN, lift, -1);
}

int64_t flow_lift_held(const piste_day *day, int32_t lift) {
    const flow_lift *l = &day->lifts[lift];
    const piste_hours *hours = &day->resort->lifts.list[lift].hours;
    return l->held_s + (l->windy ? seconds_of_both(hours, hours, l->wind_since_s, day->now_s) : 0);
}

// ---- by themselves --------------------------------------------------------------------------------------------------

static double draw_of(uint64_t key, int32_t index, uint32_t purpose, uint32_t count) {
    return base_uniform(base_draw(base_stream(base_key_child(key, (uint64_t)index), purpose), count));
}

// When the lift stops or slows down by itself next. Each cause has its own exponential times of running; the nearest
// one counts.
void flow_lift_plan_stop(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    const piste_lift *about = &day->resort->lifts.list[lift];
    int32_t clock = flow_lift_clock(l, t);
    l->next_stop_s = INT32_MAX;
    if (!l->joinable || l->stopped)
        return;
    for (int32_t k = 0; k < about->stops.count + about->slows.count; k++) {
        int32_t slow = k - about->stops.count;
        double every_s = slow < 0 ? about->stops.list[k].every_s : about->slows.list[slow].every_s;
        while (l->stop_clock[k] <= clock) {
            double from = l->stop_clock[k] < 0 ? clock : l->stop_clock[k];
            l->stop_clock[k] =
                from - every_s * base_log(draw_of(l->key ^ day->def.seed, slow < 0 ? k : slow,
                                                  slow < 0 ? DRAW_STOP_TIME : DRAW_SLOW_TIME, l->stop_count[k]++));
        }
        double ahead = l->stop_clock[k] - clock;
        int32_t wall = ahead < FLOW_DAY_MAX ? flow_lift_when(l, (int64_t)clock + 1 + (int64_t)ahead, t) : INT32_MAX;
        if (wall < l->next_stop_s) {
            l->next_stop_s = wall;
            l->next_stop = k;
        }
    }
    note_next(day, l);
}

static void halt_by_itself(piste_day *day, int32_t lift, int32_t t) {
    const flow_lift *l = &day->lifts[lift];
    const piste_lift *about = &day->resort->lifts.list[lift];
    int32_t k = l->next_stop, slow = k - about->stops.count;
    uint64_t key = l->key ^ day->def.seed;
    if (slow < 0) {
        const piste_stop *stop = &about->stops.list[k];
        double duration_s = piste_dist_draw(&stop->duration, draw_of(key, k, DRAW_STOP_DURATION, l->stop_count[k]));
        flow_lift_stop(day, lift, t, duration_s, (piste_halt)stop->cause);
        return;
    }
    const piste_slow *s = &about->slows.list[slow];
    flow_lift_slow(day, lift, t,
                   piste_dist_draw(&s->duration, draw_of(key, slow, DRAW_SLOW_DURATION, l->stop_count[k])), s->speed);
    flow_lift_plan_stop(day, lift, t);
}

void flow_lift_act(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    if (l->stopped && l->evacuate_at_s <= t)
        flow_evacuate(day, lift, t);
    if (l->stopped && l->restart_s <= t)
        restart(day, lift, t);
    if (l->slow_rate < FLOW_RATE && l->slow_until_s <= t) {
        l->slow_rate = FLOW_RATE;
        update(day, lift, t);
    }
    if (l->clearing && !l->stopped && l->clear_at_s <= t)
        clear(day, lift, t);
    if (!l->stopped && l->next_stop_s <= t)
        halt_by_itself(day, lift, t);
}

int32_t flow_lift_next(const flow_lift *l) {
    int32_t next = !l->stopped ? l->next_stop_s : l->evacuate_at_s < l->restart_s ? l->evacuate_at_s : l->restart_s;
    if (l->clearing && !l->stopped && l->clear_at_s < next)
        next = l->clear_at_s;
    return l->slow_rate < FLOW_RATE && l->slow_until_s < next ? l->slow_until_s : next;
}

piste_halts flow_lift_halts(const piste_day *day, int32_t lift, piste_halt cause) {
    const flow_lift *l = &day->lifts[lift];
    piste_halts h = l->halts[cause];
    if (cause == PISTE_HALT_SLOW && is_slow(l))
        h.seconds += day->now_s - l->slow_since_s;
    else if (cause != PISTE_HALT_SLOW && l->stopped && (piste_halt)l->stop_cause == cause)
        h.seconds += stopped_for(day, lift, day->now_s);
    return h;
}

// ---- those who board ------------------------------------------------------------------------------------------------

// Those who board now.
static void list_boarding(const piste_day *day, const flow_line *line, const flow_party *p, int32_t people,
                          const flow_guest **list) {
    bool any_child = line->boarding_children >= 0 && (day->children_left[p - day->parties] > 0 || p->left < p->size);
    if (any_child) {
        flow_escort_order(day, line, p, people, list);
        return;
    }
    const flow_guest *next = &day->guests[p->first_guest + (uint32_t)(p->size - p->left)];
    for (int32_t i = 0; i < people; i++)
        list[i] = next + i;
}

static bool misloads(const piste_day *day, flow_lift *l, const double *chance, const flow_guest *const *list,
                     int32_t people) {
    uint64_t stream = base_stream(l->key ^ day->seed_key, DRAW_MISLOAD);
    bool wrong = false;
    for (int32_t i = 0; i < people; i++)
        wrong |= base_uniform(base_draw(stream, l->boardings++)) < chance[list[i]->ability];
    return wrong;
}

static void load_slowly(piste_day *day, const flow_line *line, const flow_party *p, const flow_guest *const *list,
                        int32_t people, int32_t t) {
    flow_lift *l = &day->lifts[line->lift];
    const piste_lift *about = &day->resort->lifts.list[line->lift];
    bool slow = false, on_foot = day->classes[p->class_index].access == FLOW_ACCESS_FOOT;
    uint64_t key = l->key ^ day->seed_key, stream = base_stream(key, DRAW_SLOW_LOADING);
    for (int32_t i = 0; i < people; i++) {
        double chance = on_foot ? about->slow_loading_on_foot : about->slow_loading[list[i]->ability];
        if (list[i]->is_child && about->slow_loading_children >= 0) // NaN: not given
            chance = about->slow_loading_children;
        uint32_t nth = l->slow_boardings++;
        slow |= chance > 0 && base_uniform(base_draw(stream, nth)) < chance;
    }
    if (!slow)
        return;
    double u = base_uniform(base_draw(base_stream(key, DRAW_SLOW_LOADING_FOR), l->slow_loading_count++));
    flow_lift_slow(day, line->lift, t, piste_dist_draw(&about->slow_loading_for, u), about->slow_loading_speed);
}

// Whether the boarding of these people goes wrong; whoever boards slowly makes the attendant slow the lift at once.
bool flow_motion_board(piste_day *day, const flow_line *line, const flow_party *p, int32_t people, int32_t t) {
    flow_lift *l = &day->lifts[line->lift];
    if (l->tracked) {
        int32_t off = flow_lift_clock(l, t) + (int32_t)day->ways[p->way].duration_s;
        l->last_off_clock = off > l->last_off_clock ? off : l->last_off_clock;
    }
    if (l->aboard)
        flow_evacuate_note(day, line, p, people, t);
    if (!l->misloads && !l->slow_loads)
        return false;
    const flow_guest *list[PISTE_PARTY_MAX];
    list_boarding(day, line, p, people, list);
    bool wrong = l->misloads && misloads(day, l, day->resort->lifts.list[line->lift].misload, list, people);
    if (l->slow_loads)
        load_slowly(day, line, p, list, people, t);
    return wrong;
}

void flow_motion_misload(piste_day *day, int32_t lift, int32_t t) {
    flow_lift *l = &day->lifts[lift];
    uint64_t stream = base_stream(l->key ^ day->seed_key, DRAW_MISLOAD_DURATION);
    double u = base_uniform(base_draw(stream, l->misload_count++));
    flow_lift_stop(day, lift, t, piste_dist_draw(&day->resort->lifts.list[lift].misload_stop, u), PISTE_HALT_MISLOAD);
}
