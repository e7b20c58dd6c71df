// ahead.c - looking ahead: what the ways and places of the mountain are worth to the people of a class.
//
// A party stands at a place and takes one of the ways that leave it. What a way is worth is what it gives at once (the pleasure
// of a run; less the minutes in line, on the lift or on foot) plus what the place behind it is worth; the worth of a place is
// the expected best of its ways (Fosgerau, Frejinger and Karlstrom 2013, A link based network route choice model with
// unrestricted choice set):
//
//     V(place) = scale * log (exp(s / scale) + sum over ways of exp((u(way) + d * V(end of way)) / scale))
//
// s is the worth of staying where one is: whoever finds every line too long waits a while and looks again.
// d is the discount for a ride or a walk and 1 for a run, so that every cycle is discounted and V exists. It is computed anew
// from the waits as they are perceived at each look at the mountain; a way from whose end home cannot be reached any more at
// that time is left out. Novelty, the only thing that differs within a class, enters at once and not the worth of a place.
//
// A class knows its prospects: the ways that its people may take, place by place from the lowest up, with all that does not
// change over a day. Loops over them hold few jumps, which would be guessed wrong as often as not.
#include <string.h>

#include "flow/flow.h"

enum { SWEEPS_MAX = 60 };
static const double out_of_reach = -1e7; // s: what a place is worth that nobody may go to
static const double staying = -600;      // s: as bad as ten minutes in line
static const double setting_out = -120;  // s: the bother of any walk, however short

// ---- prospects ------------------------------------------------------------------------------------------------------

enum { DAY_ON_SKIS_S = 5 * 3600 }; // what stamina is meant to last for

// What a run gives, less what it takes of the stamina that is to last for the day: why beginners stay on short slopes.
static void see_run(const piste_day *day, const flow_class *c, const flow_way *w, flow_prospect *p) {
    int32_t ability = c->access % PISTE_ABILITY_COUNT, steps = w->difficulty - day->resort->traits[ability].liked;
    p->span_s = w->length_m * day->pace[ability];
    p->pleasure_s = c->choice->pleasure_s_per_m * w->length_m;
    p->share = 1 - c->choice->aversion * steps * steps;
    p->toll_s = c->choice->fatigue * DAY_ON_SKIS_S * w->vertical_m / day->stamina_m[ability];
}

static flow_prospect prospect_of(const piste_day *day, const flow_class *c, int32_t way) {
    const flow_way *w = &day->ways[way];
    flow_prospect p = {.way = way,
                       .to = w->to,
                       .span_s = w->duration_s,
                       .deadline_s = (double)c->deadline_s[w->to],
                       .discount = c->choice->discount};
    if (w->kind == FLOW_RUN) {
        p.discount = 1;
        see_run(day, c, w, &p);
    } else if (w->kind == FLOW_WALK)
        p.pleasure_s = setting_out - c->choice->walk_weight * w->duration_s;
    else
        p.toll_s = c->choice->ride_weight * w->duration_s;
    return p;
}

static bool make_outlook(piste_day *day, flow_outlook *o) {
    size_t places = (size_t)day->resort->places.count, ways = (size_t)day->way_count;
    o->worth = base_arena_take(day->arena, ways * sizeof *o->worth + 1);
    o->options = base_arena_take(day->arena, ways * sizeof *o->options + 1);
    o->spots = base_arena_take(day->arena, places * sizeof *o->spots + 1);
    o->idle_odds = base_arena_take(day->arena, places * sizeof *o->idle_odds + 1);
    o->value = base_arena_take(day->arena, places * sizeof *o->value + 1);
    return o->worth && o->options && o->spots && o->idle_odds && o->value;
}

// Whether two classes differ in nothing but when they must be where.
static bool think_alike(const piste_day *day, const flow_class *a, const flow_class *b) {
    if (!flow_choice_alike(a->choice, b->choice) || a->access % PISTE_ABILITY_COUNT != b->access % PISTE_ABILITY_COUNT)
        return false;
    for (int32_t i = 0; i < day->way_count; i++)
        if ((day->ways[i].access >> a->access & 1) != (day->ways[i].access >> b->access & 1))
            return false;
    for (int32_t i = 0; i < day->resort->places.count; i++)
        if ((a->deadline_s[i] < 0) != (b->deadline_s[i] < 0))
            return false;
    return true;
}

// Ways from whose end home can never be reached are no prospects for those who look ahead.
static void find_prospects(const piste_day *day, flow_class *c) {
    int32_t count = 0;
    for (int32_t i = 0; i < day->resort->places.count; i++) {
        int32_t place = day->order[i];
        c->prospect_first[i] = count;
        for (int32_t k = day->out_first[place]; k < day->out_first[place + 1]; k++)
            if ((day->ways[k].access >> c->access & 1) && (!c->is_bound || c->deadline_s[day->ways[k].to] >= 0))
                c->prospects[count++] = prospect_of(day, c, k);
    }
    c->prospect_first[day->resort->places.count] = count;
    c->carefree_s = FLOW_DAY_MAX;
    for (int32_t k = 0; k < count; k++) {
        double latest = c->prospects[k].deadline_s - c->prospects[k].span_s - 1;
        c->carefree_s = latest < c->carefree_s ? latest : c->carefree_s;
    }
}

bool flow_ahead_build(piste_day *day, flow_class *c) {
    c->prospects = base_arena_take(day->arena, (size_t)day->way_count * sizeof *c->prospects + 1);
    c->prospect_first =
        base_arena_take(day->arena, ((size_t)day->resort->places.count + 1) * sizeof *c->prospect_first);
    if (!c->prospects || !c->prospect_first || !make_outlook(day, &c->own))
        return false;
    find_prospects(day, c);
    for (const flow_class *other = day->classes; other < c && !c->common; other++)
        if (think_alike(day, other, c))
            c->common = other->common;
    if (!c->common) {
        c->common = &c->shared;
        if (!make_outlook(day, &c->shared))
            return false;
        for (int32_t k = 0; k < c->prospect_first[day->resort->places.count]; k++) // for those who do not look ahead
            c->shared.worth[k] = c->choice->model == PISTE_CHOICE_FIXED ? day->ways[c->prospects[k].way].weight : 1;
    }
    c->outlook = c->common;
    return true;
}

void flow_ahead_reset(flow_class *c) {
    c->odds_version = -1;
    c->own.seen_s = c->own.options_version = c->shared.seen_s = c->shared.options_version = -1;
}

// ---- what ways give -------------------------------------------------------------------------------------------------

static double larger(double a, double b) {
    return a > b ? a : b;
}

// Until it opens, until it runs again: everyone is told.
static double told_wait(const piste_day *day, int32_t line, int32_t t) {
    const flow_lift *lift = &day->lifts[day->lines[line].lift];
    double wait = !lift->open && lift->opens_s != INT32_MAX ? lift->opens_s - t : 0;
    return lift->stopped ? wait + lift->restart_s - t : wait;
}

// Utility of a way at once, in seconds, without what lies behind; out_of_reach where it cannot be taken or leads too late to
// the place behind it, unless those who think so are carefree.
static double utility(const piste_day *day, const flow_class *c, const flow_prospect *p, const double *waits, int32_t t,
                      flow_outlook *o) {
    const flow_way *w = &day->ways[p->way];
    double gain = p->pleasure_s, until = t + p->span_s;
    if (w->kind == FLOW_RUN) {
        double share = p->share - c->choice->crowding * day->crowd[w->index];
        gain = p->pleasure_s * (share > 0 ? share : 0) - p->toll_s;
    } else if (w->kind == FLOW_RIDE) {
        if (!flow_line_joinable(day, w, false))
            return out_of_reach;
        double wait = waits[w->index] + told_wait(day, w->index, t);
        o->longest_s = larger(wait, o->longest_s);
        until = t + (wait + p->span_s);
        gain = -c->choice->wait_weight * wait - p->toll_s;
    }
    return w->open && (o == c->common || until <= p->deadline_s) ? gain : out_of_reach;
}

// ---- what places are worth ------------------------------------------------------------------------------------------

// The worth of one place, the i-th in order, from its ways' utilities; fills their relative worth, that of staying, and their
// sum.
static double value_of(const piste_day *day, const flow_class *c, flow_outlook *o, int32_t i, const double *gains,
                       double *sum) {
    const double scale = c->choice->scale_s;
    const int32_t place = day->order[i], first = c->prospect_first[i], last = c->prospect_first[i + 1];
    double best = out_of_reach, *worth = o->worth;
    int32_t possible = 0;
    for (int32_t k = first; k < last; k++) {
        const flow_prospect *p = &c->prospects[k];
        double behind = o->value[p->to], own = gains[k] + p->discount * behind;
        bool leads_on = (gains[k] > out_of_reach) & (behind > out_of_reach / 2);
        worth[k] = leads_on ? own : out_of_reach;
        best = larger(worth[k], best);
        possible += leads_on;
    }
    *sum = 1;
    o->idle_odds[place] = 1;
    if (possible == 0) { // no way on: fine where home is near, else nobody goes there
        for (int32_t k = first; k < last; k++)
            worth[k] = 0;
        return c->deadline_s[place] >= 0 ? 0 : out_of_reach;
    }
    best = larger(best, staying);
    double idle = (staying - best) / scale, all = idle < -40 ? 0 : base_exp_rough(idle);
    o->idle_odds[place] = all;
    if (possible == 1 && all == 0) { // most sections of a long run: nothing to choose, and nothing to work out
        for (int32_t k = first; k < last; k++)
            worth[k] = worth[k] > out_of_reach / 2 ? 1 : 0;
        return best;
    }
    for (int32_t k = first; k < last; k++) {
        double relative = (worth[k] - best) / scale;
        worth[k] = relative == 0 ? 1 : relative < -40 ? 0 : base_exp_rough(relative);
        all += worth[k];
    }
    *sum = all;
    return best + scale * base_log_rough(all);
}

// One sweep over all places with the odds as they are; returns the largest change. Leaves in day->terms what each way's end
// counts for its beginning (odds * d), where it counts, and in day->sums the rest of the worth of each place.
static double sweep_choices(piste_day *day, const flow_class *c, flow_outlook *o, const double *gains) {
    double change = 0;
    int32_t terms = 0;
    for (int32_t i = 0; i < day->resort->places.count; i++) {
        double sum, value = value_of(day, c, o, i, gains, &sum), rest = value;
        int32_t place = day->order[i];
        change = larger(larger(value - o->value[place], o->value[place] - value), change);
        for (int32_t k = c->prospect_first[i]; k < c->prospect_first[i + 1]; k++) {
            const flow_prospect *p = &c->prospects[k];
            double pull = o->worth[k] / sum * p->discount;
            if (!(pull > 0))
                continue;
            rest -= pull * o->value[p->to];
            day->terms[terms++] = (flow_term){pull, p->to};
        }
        day->sums[i] = (flow_sum){rest, place, terms};
        o->value[place] = value;
    }
    return change;
}

// One sweep with the odds held: what a change at one place means for the others, without an exponential.
static double sweep_values(const piste_day *day, double *values) {
    const flow_term *term = day->terms;
    double change = 0;
    for (int32_t i = 0; i < day->resort->places.count; i++) {
        const flow_sum *s = &day->sums[i];
        const flow_term *end = day->terms + s->end;
        double before = values[s->place], value = s->rest;
        for (; term < end; term++)
            value += term->pull * values[term->to];
        if (before <= out_of_reach / 2)
            continue;
        change = larger(larger(value - before, before - value), change);
        values[s->place] = value;
    }
    return change;
}

// Modified policy iteration (Puterman and Shin 1978): the fixed point is that of sweeps with choices alone; the sweeps with
// the odds held only lead there sooner.
void flow_ahead_look(piste_day *day, const flow_class *c, flow_outlook *o, int32_t t) {
    const double *waits = &day->wait_s[(size_t)c->look * (size_t)day->line_count];
    double *gains = day->scratch,
           enough = 0.01 * c->choice->scale_s; // moves no share by more than a hundredth of itself
    if (o->seen_s < 0)                         // a new day: nothing is known of yesterday's worth
        memset(o->value, 0, (size_t)day->resort->places.count * sizeof *o->value);
    o->longest_s = 0;
    for (int32_t k = 0; k < c->prospect_first[day->resort->places.count]; k++)
        gains[k] = utility(day, c, &c->prospects[k], waits, t, o);
    for (int32_t sweep = 0; sweep < SWEEPS_MAX && sweep_choices(day, c, o, gains) >= enough; sweep++)
        for (int32_t k = 0; k < SWEEPS_MAX && sweep_values(day, o->value) >= 0.5 * enough; k++)
            continue;
}
