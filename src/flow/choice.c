// choice.c - which way next: a recursive logit that looks ahead, or fixed or uniform shares.
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
#include <math.h>

#include "flow/flow.h"

enum {
    SWEEPS_MAX = 60,
    IN_SIGHT_S = 20 // a line is believed to be as long as was thought, unless it is seen to differ by this
};
static const double out_of_reach = -1e7; // s: what a place is worth that nobody may go to
static const double staying = -600;      // s: as bad as ten minutes in line
static const double setting_out = -120;  // s: the bother of any walk, however short

// ---- looking at the mountain ----------------------------------------------------------------------------------------------

// Until it opens, until it runs again: everyone is told.
static double told_wait(const piste_day *day, int32_t line, int32_t t) {
    const flow_lift *lift = &day->lifts[day->lines[line].lift];
    double wait = !lift->open && lift->opens_s != INT32_MAX ? lift->opens_s - t : 0;
    return lift->stopped ? wait + lift->restart_s - t : wait;
}

enum { BOARD_S = 60 }; // boards are renewed each minute

static void renew_boards(piste_day *day, int32_t t) {
    double *shown = &day->boards[(size_t)(t / BOARD_S % day->board_count) * (size_t)day->line_count];
    for (int32_t i = 0; i < day->line_count; i++)
        shown[i] = flow_line_seen(day, &day->lines[i]);
}

// The row of a minute so long ago; the day's first one where that lies before it.
static const double *boards_then(const piste_day *day, int32_t t) {
    int32_t then = t - (int32_t)day->resort->board_delay_s, first = (day->from_s + BOARD_S - 1) / BOARD_S * BOARD_S;
    then = then < first ? first : then;
    return &day->boards[(size_t)(then / BOARD_S % day->board_count) * (size_t)day->line_count];
}

// The waits that guests believe follow what there is: by the boards, or slowly, as word gets round.
void flow_look(piste_day *day, int32_t t) {
    if (day->board_count && t % BOARD_S == 0)
        renew_boards(day, t);
    for (int32_t look = 0; look < day->look_count; look++) {
        const flow_look_kind *kind = &day->looks[look];
        if (t != day->from_s && t % kind->every_s != 0)
            continue;
        double *waits = &day->wait_s[(size_t)look * (size_t)day->line_count];
        const double *shown = day->board_count ? boards_then(day, t) : NULL;
        for (int32_t i = 0; i < day->line_count; i++)
            waits[i] = shown ? shown[i] : waits[i] + kind->follow * (flow_line_seen(day, &day->lines[i]) - waits[i]);
    }
}

int32_t flow_look_of(const piste_day *day, const piste_choice *choice) {
    int32_t look = 0;
    while (look < day->look_count &&
           (day->looks[look].every_s != (int32_t)choice->refresh_s || day->looks[look].memory_s != choice->memory_s))
        look++;
    return look;
}

// ---- what ways are worth --------------------------------------------------------------------------------------------------

enum { DAY_ON_SKIS_S = 5 * 3600 }; // what stamina is meant to last for

// What a run gives, less what it takes of the stamina that is to last for the day: why beginners stay on short slopes.
static double pleasure_of_run(const piste_day *day, const flow_class *c, const flow_way *w) {
    int32_t ability = c->access % PISTE_ABILITY_COUNT, steps = w->difficulty - day->resort->traits[ability].liked;
    double share = 1 - c->choice->aversion * steps * steps - c->choice->crowding * day->crowd[w->index];
    double tired_s = c->choice->fatigue * DAY_ON_SKIS_S * w->vertical_m / day->stamina_m[ability];
    return c->choice->pleasure_s_per_m * w->length_m * (share > 0 ? share : 0) - tired_s;
}

// Utility of a way at once, in seconds, without what lies behind; out_of_reach where it cannot be taken or leads too late to
// the place behind it.
static double utility(const piste_day *day, const flow_class *c, const flow_way *w, const double *waits, int32_t t) {
    if (!(w->access >> c->access & 1) || !w->open)
        return out_of_reach;
    double until = t, gain = 0;
    if (w->kind == FLOW_RUN) {
        until += w->length_m * day->pace[c->access % PISTE_ABILITY_COUNT];
        gain = pleasure_of_run(day, c, w);
    } else if (w->kind == FLOW_WALK) {
        until += w->duration_s;
        gain = setting_out - c->choice->walk_weight * w->duration_s;
    } else {
        if (!flow_line_joinable(day, w, false))
            return out_of_reach;
        double wait = waits[w->index] + told_wait(day, w->index, t);
        until += wait + w->duration_s;
        gain = -c->choice->wait_weight * wait - c->choice->ride_weight * w->duration_s;
    }
    return until <= (double)c->deadline_s[w->to] ? gain : out_of_reach;
}

// The worth of one place from its ways' utilities; fills their relative worth, and that of staying.
static double value_of(const piste_day *day, flow_class *c, int32_t place, const double *gains) {
    double best = out_of_reach, scale = c->choice->scale_s, *worth = c->worth;
    int32_t first = day->out_first[place], last = day->out_first[place + 1], possible = 0;
    for (int32_t k = first; k < last; k++) {
        const flow_way *w = &day->ways[k];
        bool leads_on = gains[k] > out_of_reach && c->value[w->to] > out_of_reach / 2;
        worth[k] =
            leads_on ? gains[k] + (w->kind == FLOW_RUN ? 1 : c->choice->discount) * c->value[w->to] : out_of_reach;
        best = worth[k] > best ? worth[k] : best;
        possible += leads_on;
    }
    c->idle_odds[place] = 1;
    if (possible == 0) { // no way on: fine where home is near, else nobody goes there
        for (int32_t k = first; k < last; k++)
            worth[k] = 0;
        return c->deadline_s[place] >= 0 ? 0 : out_of_reach;
    }
    best = best > staying ? best : staying;
    double idle = (staying - best) / scale, sum = idle < -40 ? 0 : base_exp_rough(idle);
    c->idle_odds[place] = sum;
    if (possible == 1 && sum == 0) { // most sections of a long run: nothing to choose, and nothing to work out
        for (int32_t k = first; k < last; k++)
            worth[k] = worth[k] > out_of_reach / 2 ? 1 : 0;
        return best;
    }
    for (int32_t k = first; k < last; k++) {
        double *own = &worth[k];
        double relative = (*own - best) / scale;
        *own = relative < -40 ? 0 : base_exp_rough(relative);
        sum += *own;
    }
    return best + scale * base_log_rough(sum);
}

// One sweep over all places with the odds as they are; returns the largest change. Leaves in day->pull what each way's end
// counts for its beginning (odds * d), and in day->base the rest of the worth of each place.
static double sweep_choices(piste_day *day, flow_class *c, const double *gains) {
    double change = 0;
    for (int32_t i = 0; i < day->resort->places.count; i++) {
        int32_t place = day->order[i];
        double value = value_of(day, c, place, gains), by = value - c->value[place], sum = c->idle_odds[place],
               rest = value;
        change = by > change ? by : -by > change ? -by : change;
        for (int32_t k = day->out_first[place]; k < day->out_first[place + 1]; k++)
            sum += c->worth[k];
        for (int32_t k = day->out_first[place]; k < day->out_first[place + 1]; k++) {
            double d = day->ways[k].kind == FLOW_RUN ? 1 : c->choice->discount;
            day->pull[k] = c->worth[k] > 0 ? c->worth[k] / sum * d : 0;
            rest -= day->pull[k] > 0 ? day->pull[k] * c->value[day->way_to[k]] : 0;
        }
        day->base[place] = rest;
        c->value[place] = value;
    }
    return change;
}

// One sweep with the odds held: what a change at one place means for the others, without an exponential.
static double sweep_values(const piste_day *day, flow_class *c) {
    double change = 0;
    for (int32_t i = 0; i < day->resort->places.count; i++) {
        int32_t place = day->order[i];
        if (c->value[place] <= out_of_reach / 2)
            continue;
        double value = day->base[place];
        for (int32_t k = day->out_first[place]; k < day->out_first[place + 1]; k++)
            if (day->pull[k] > 0)
                value += day->pull[k] * c->value[day->way_to[k]];
        double by = value - c->value[place];
        change = by > change ? by : -by > change ? -by : change;
        c->value[place] = value;
    }
    return change;
}

// Modified policy iteration (Puterman and Shin 1978): the fixed point is that of sweeps with choices alone; the sweeps with
// the odds held only lead there sooner.
static void look_ahead(piste_day *day, flow_class *c, int32_t t) {
    const double *waits = &day->wait_s[(size_t)c->look * (size_t)day->line_count];
    double *gains = day->scratch,
           enough = 0.01 * c->choice->scale_s; // moves no share by more than a hundredth of itself
    for (int32_t i = 0; i < day->way_count; i++)
        gains[i] = utility(day, c, &day->ways[i], waits, t);
    for (int32_t sweep = 0; sweep < SWEEPS_MAX && sweep_choices(day, c, gains) >= enough; sweep++)
        for (int32_t k = 0; k < SWEEPS_MAX && sweep_values(day, c) >= 0.5 * enough; k++)
            continue;
}

// ---- choosing -----------------------------------------------------------------------------------------------------------

static void see(piste_day *day, flow_class *c, int32_t t) {
    int32_t every = (int32_t)c->choice->refresh_s, seen = t / every * every;
    if (seen < day->from_s)
        seen = day->from_s;
    if (c->seen_s == seen && c->seen_version == day->version)
        return;
    if (c->seen_s < 0) // a new day: nothing is known of yesterday's worth
        for (int32_t i = 0; i < day->resort->places.count; i++)
            c->value[i] = 0;
    c->seen_s = seen;
    c->seen_version = day->version;
    look_ahead(day, c, seen > day->version_s ? seen : day->version_s); // not t: nobody's coming changes what others see
    c->odds_version = -1;
}

// Sums up what may be chosen at each place as things stand; holds until something opens or closes, or the next look.
static void sum_up(const piste_day *day, flow_class *c) {
    c->odds_version = day->version;
    for (int32_t place = 0; place < day->resort->places.count; place++) {
        double sum = 0;
        int32_t first = day->out_first[place], last = day->out_first[place + 1], only = -1;
        for (int32_t k = first; k < last; k++) {
            const flow_way *w = &day->ways[k];
            if (w->open && (w->kind != FLOW_RIDE || flow_line_joinable(day, w, false)) && c->worth[k] > 0) {
                sum += c->worth[k];
                only = only == -1 && (w->kind != FLOW_WALK || last - first == 1) ? k : FLOW_SEVERAL;
            }
            c->odds[k] = sum;
        }
        c->only[place] = only >= 0 && c->is_bound && c->idle_odds[place] > 0 ? FLOW_SEVERAL : only;
    }
}

// By how much a line that is longer or shorter than was thought changes the odds of joining it: those who stand before it see it.
static double at_sight(const piste_day *day, const flow_class *c, int32_t line) {
    double believed = day->wait_s[(size_t)c->look * (size_t)day->line_count + (size_t)line];
    double more = flow_line_seen(day, &day->lines[line]) - believed;
    if (more > -IN_SIGHT_S && more < IN_SIGHT_S)
        return 1;
    double relative = -c->choice->wait_weight * more / c->choice->scale_s;
    return relative < -40 ? 0 : base_exp_rough(relative < 40 ? relative : 40);
}

// The odds at one place for one party: each run is worth less the more often it was skied, a line is as long as it is seen to
// be, and nobody walks straight back to where the last walk came from (`avoid`, -1: nowhere). Into day->scratch.
const double *flow_choose_odds(piste_day *day, const flow_class *c, uint32_t party, int32_t place, int32_t avoid) {
    int32_t first = day->out_first[place], last = day->out_first[place + 1];
    const uint8_t *skied = day->skied ? &day->skied[(size_t)party * (size_t)day->resort->runs.count] : NULL;
    double *odds = day->scratch, sum = 0, before = 0;
    for (int32_t k = first; k < last; k++) {
        const flow_way *w = &day->ways[k];
        double own = c->odds[k] - before;
        before = c->odds[k];
        if (w->kind == FLOW_RUN && skied)
            own *= c->novelty[skied[w->index]];
        else if (w->kind == FLOW_WALK && w->to == avoid)
            own = 0;
        else if (w->kind == FLOW_RIDE && own > 0)
            own *= at_sight(day, c, w->index);
        sum += own;
        odds[k - first] = sum;
    }
    return odds;
}

// What is thought of the ways is renewed at each look, and whenever something opens or closes.
void flow_choose_think(piste_day *day, flow_class *c, int32_t t) {
    c->odds_until_s = INT32_MAX;
    if (c->is_bound) {
        int32_t every = (int32_t)c->choice->refresh_s;
        see(day, c, t);
        c->odds_until_s = (t / every + 1) * every;
    }
    if (c->odds_version != day->version)
        sum_up(day, c);
}
