// leg.c - a leg of a party: the sections that it takes, with one event at their end, up to a boarding, a venue or an exit.
#include <math.h>

#include "flow/flow.h"

// Of a descent: seconds for a metre of the slowest, with their variation in this one, and standing still, as the weakest does.
typedef struct descent {
    double pace_s_per_m, rest_s_per_m;
} descent;

static descent draw_descent(const piste_day *day, const flow_party *p) {
    double slowest = 0;
    int32_t weakest = PISTE_ABILITY_COUNT - 1;
    const flow_guest *g = &day->guests[p->first_guest], *end = g + p->size;
    for (; g < end; g++) {
        const flow_gait *gait = &day->gaits[g->ability];
        double own = (double)g->pace_s_per_m * flow_draw_gait(gait->variation, gait->variation_a, gait->variation_span,
                                                              g->key, DRAW_VARIATION, p->legs);
        slowest = own > slowest ? own : slowest;
        weakest = g->ability < weakest ? g->ability : weakest;
    }
    const flow_gait *gait = &day->gaits[weakest];
    double rest_s = flow_draw_gait(gait->rest, gait->rest_a, gait->rest_span, p->key, DRAW_REST, p->legs);
    return (descent){slowest, rest_s * 0.001};
}

// People on a run over time, from second a (now or later) to second b of the day.
static void occupy(piste_day *day, int32_t run, int32_t people, int32_t a, int32_t b) {
    int32_t *person_s = &day->step_person_s[run], end = day->step_end_s;
    b = b < day->to_s ? b : day->to_s;
    for (; end <= a; end += day->step_s)
        person_s += day->resort->runs.count;
    for (; end < b; end += day->step_s) {
        *person_s += (end - a) * people;
        person_s += day->resort->runs.count;
        a = end;
    }
    if (a < b)
        *person_s += (b - a) * people;
}

static void ski_section(piste_day *day, flow_party *p, const flow_way *w, int32_t start, int32_t end) {
    occupy(day, w->index, p->size, start, end);
    day->run_descents[w->index] += p->size;
    flow_budget_of(day, p)->descent_m += w->vertical_m * p->size;
    p->stamina_m -= (float)w->vertical_m;
    if (day->skied) {
        uint8_t *times = &day->skied[(size_t)(p - day->parties) * (size_t)day->resort->runs.count + (size_t)w->index];
        *times = (uint8_t)(*times < 4 ? *times + 1 : 4);
    }
}

// The whole seconds of a leg are shared out so that a guest's day has no second twice and none missing.
static void spend(piste_day *day, const flow_party *p, int32_t total, double walked_s, double rested_s, bool skied) {
    int32_t resting = (int32_t)(rested_s + 0.5), walking = (int32_t)(walked_s + 0.5);
    resting = resting > total ? total : resting;
    walking = walking > total - resting ? total - resting : walking;
    uint32_t *spent = flow_budget_of(day, p)->spent_s, size = p->size;
    spent[PISTE_SPENT_RESTING] += (uint32_t)resting * size;
    spent[PISTE_SPENT_WALKING] += (uint32_t)(skied ? walking : total - resting) * size;
    spent[PISTE_SPENT_SKIING] += (uint32_t)(skied ? total - resting - walking : 0) * size;
}

// ---- crowding -------------------------------------------------------------------------------------------------------

// Upper ends of British Columbia's standards (All Season Resort Guidelines), skiers per hectare; the classes of difficulty are
// matched to its classes of ability. Among trees 15 to 30 % of it.
double flow_crowd_standard(const piste_run *run) {
    static const double standards[PISTE_DIFFICULTY_COUNT] = {75, 60, 30, 20, 10, 10, 10};
    return standards[run->difficulty] * (run->gladed ? 0.3 : 1);
}

void flow_crowd_reset(piste_day *day) {
    for (int32_t i = 0; i < day->resort->runs.count; i++) {
        day->crowd[i] = 0;
        day->slowing[i] = 1;
    }
}

// The time that a run takes grows with the square of its density: 1 + slows (density / standard)^2, three times at the most.
void flow_crowd_see(piste_day *day) {
    size_t runs = (size_t)day->resort->runs.count;
    int32_t steps = FLOW_QUARTER_S / day->step_s;
    const int32_t *person_s = &day->run_person_s[(size_t)(day->step + 1 - steps) * runs];
    for (int32_t i = 0; i < day->resort->runs.count; i++) {
        const piste_run *run = &day->resort->runs.list[i];
        if (isnan(run->area_ha))
            continue;
        int64_t sum = 0;
        for (int32_t k = 0; k < steps; k++)
            sum += person_s[(size_t)k * runs + (size_t)i];
        double crowd = (double)sum / FLOW_QUARTER_S / (run->area_ha * flow_crowd_standard(run));
        double more = day->resort->crowding_slows * crowd * crowd;
        day->crowd[i] = crowd;
        day->slowing[i] = 1 + (more < 2 ? more : 2);
    }
}

// ---- the leg --------------------------------------------------------------------------------------------------------

// The party is under way until it is at the leg's end. It rests on its runs in proportion to their lengths.
void flow_leg_travel(piste_day *day, uint32_t party, const flow_leg *l, int32_t t) {
    flow_party *p = &day->parties[party];
    descent d = {0, 0};
    double at = t, walked = 0, run_m = 0;
    int32_t start = t;
    for (int32_t i = 0; i < l->steps; i++) {
        const flow_way *w = &day->ways[l->ways[i]];
        int32_t end;
        if (w->kind == FLOW_RUN) {
            if (run_m == 0)
                d = draw_descent(day, p);
            run_m += w->length_m;
            at += w->length_m * (d.pace_s_per_m + d.rest_s_per_m) * day->slowing[w->index];
            end = (int32_t)at;
            ski_section(day, p, w, start, end);
        } else {
            at += w->duration_s;
            walked += w->duration_s;
            end = (int32_t)at;
        }
        flow_tell(day, t, w->kind == FLOW_RUN ? PISTE_ACT_SKI : PISTE_ACT_WALK, party, p->size, w->from, l->ways[i], -1,
                  end);
        start = end;
    }
    int32_t total = flow_whole(p, at - t);
    total = total < 1 ? 1 : total;
    spend(day, p, total, walked, d.rest_s_per_m * run_m, run_m > 0);
    p->legs++;
    p->state = FLOW_TRAVELLING;
    p->since_s = t;
    p->place = l->place;
    p->way = l->ride;
    flow_push(day, party, t + total);
}
