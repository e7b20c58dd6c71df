// leg.c - a leg of a party: the sections that it takes, with one event at their end, up to a boarding, a venue or an exit.
#include <math.h>

#include "flow/flow.h"

// Of a descent: seconds for a metre of the slowest, with their variation in this one, and standing still, as the weakest does.
typedef struct descent {
    double pace_s_per_m, rest_s;
} descent;

static descent draw_descent(const piste_day *day, const flow_party *p, double run_m) {
    double slowest = 0;
    int32_t weakest = PISTE_ABILITY_COUNT - 1;
    for (uint32_t i = 0; i < p->size; i++) {
        const flow_guest *g = &day->guests[p->first_guest + i];
        const piste_dist *variation = &day->resort->traits[g->ability].variation;
        double own = (double)g->pace_s_per_m * flow_draw(variation, g->key, DRAW_VARIATION, p->legs);
        slowest = own > slowest ? own : slowest;
        weakest = g->ability < weakest ? g->ability : weakest;
    }
    double rest_s = flow_draw(&day->resort->traits[weakest].rest, p->key, DRAW_REST, p->legs);
    return (descent){slowest, rest_s * run_m / 1000};
}

// People on a run over time, from second a (now or later) to second b of the day.
static void occupy(piste_day *day, int32_t run, int32_t people, int32_t a, int32_t b) {
    size_t runs = (size_t)day->resort->runs.count;
    int32_t *person_s = &day->run_person_s[(size_t)day->step * runs + (size_t)run], end = day->step_end_s;
    b = b < day->to_s ? b : day->to_s;
    while (a < b) {
        if (a < end) {
            int32_t until = b < end ? b : end;
            *person_s += (until - a) * people;
            a = until;
        }
        person_s += runs;
        end += day->step_s;
    }
}

static void ski_section(piste_day *day, uint32_t party, int32_t way, int32_t start, int32_t end) {
    flow_party *p = &day->parties[party];
    const flow_way *w = &day->ways[way];
    occupy(day, w->index, p->size, start, end);
    day->run_descents[w->index] += p->size;
    flow_budget_of(day, p)->descent_m += w->vertical_m * p->size;
    p->stamina_m -= (float)w->vertical_m;
    if (day->skied) {
        uint8_t *times = &day->skied[(size_t)party * (size_t)day->resort->runs.count + (size_t)w->index];
        *times = (uint8_t)(*times < 4 ? *times + 1 : 4);
    }
}

// The whole seconds of a leg are shared out so that a guest's day has no second twice and none missing.
static void spend(piste_day *day, const flow_party *p, int32_t total, double walked_s, double rested_s, bool skied) {
    int32_t resting = (int32_t)(rested_s + 0.5), walking = (int32_t)(walked_s + 0.5);
    resting = resting > total ? total : resting;
    walking = walking > total - resting ? total - resting : walking;
    flow_spend(day, p, PISTE_SPENT_RESTING, resting);
    flow_spend(day, p, PISTE_SPENT_WALKING, skied ? walking : total - resting);
    flow_spend(day, p, PISTE_SPENT_SKIING, skied ? total - resting - walking : 0);
}

// ---- crowding -------------------------------------------------------------------------------------------------------

// Upper ends of British Columbia's standards (All Season Resort Guidelines), skiers per hectare; the classes of difficulty are
// matched to its classes of ability.
double flow_crowd_standard(const piste_run *run) {
    static const double standards[PISTE_DIFFICULTY_COUNT] = {75, 60, 30, 20, 10, 10, 10};
    return standards[run->difficulty];
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
    descent d = l->run_m > 0 ? draw_descent(day, p, l->run_m) : (descent){0, 0};
    double s_per_m = l->run_m > 0 ? d.pace_s_per_m + d.rest_s / l->run_m : 0, at = 0, walked = 0;
    for (int32_t i = 0; i < l->steps; i++) {
        const flow_way *w = &day->ways[l->ways[i]];
        int32_t start = t + (int32_t)at;
        bool run = w->kind == FLOW_RUN;
        at += run ? w->length_m * s_per_m * day->slowing[w->index] : w->duration_s;
        walked += run ? 0 : w->duration_s;
        if (run)
            ski_section(day, party, l->ways[i], start, t + (int32_t)at);
        flow_tell(day, t, run ? PISTE_ACT_SKI : PISTE_ACT_WALK, party, p->size, w->from, l->ways[i], -1,
                  t + (int32_t)at);
    }
    int32_t total = flow_whole(p, at);
    total = total < 1 ? 1 : total;
    spend(day, p, total, walked, d.rest_s, l->run_m > 0);
    p->legs++;
    p->state = FLOW_TRAVELLING;
    p->since_s = t;
    p->place = l->place;
    p->way = l->ride;
    flow_push(day, party, t + total);
}
