// leg.c - a leg of a party: the sections that it takes, with one event at their end, up to a boarding, a venue or an exit.
#include <math.h>
#include <string.h>

#include "flow/flow.h"

// Of a descent: seconds for a metre of the slowest, with their variation in this one, and standing still, as the weakest does.
typedef struct descent {
    double pace_s_per_m, rest_s_per_m;
} descent;

FLOW_INLINE double draw_pace(const flow_gait *gait, const flow_guest *g, uint32_t leg) {
    return (double)g->pace_s_per_m *
           flow_draw_gait(gait->variation, gait->variation_a, gait->variation_span, g->key, DRAW_VARIATION, leg);
}

FLOW_INLINE descent draw_descent(const piste_day *day, const flow_party *p) {
    const flow_guest *g = &day->guests[p->first_guest], *end = g + p->size;
    int32_t weakest = g->ability;
    const flow_gait *gait = &day->gaits[weakest];
    double slowest = draw_pace(gait, g, p->legs);
    slowest = slowest > 0 ? slowest : 0;
    while (++g < end) {
        double own = draw_pace(&day->gaits[g->ability], g, p->legs);
        slowest = own > slowest ? own : slowest;
        weakest = g->ability < weakest ? g->ability : weakest;
    }
    gait = &day->gaits[weakest];
    double rest_s = flow_draw_gait(gait->rest, gait->rest_a, gait->rest_span, p->key, DRAW_REST, p->legs);
    return (descent){slowest, rest_s * 0.001};
}

// Which step of the day a time is in, in seconds since its beginning: by one multiplication, exact for those that there are.
static inline int32_t step_of(const piste_day *day, int32_t since) {
    return (int32_t)((uint64_t)(uint32_t)since * day->per_step >> 32);
}

// People on a run over time, from second a (now or later) to second b of the day. However long they are on it, they are
// noted twice, when they come and when they go.
FLOW_INLINE void occupy(piste_day *day, int32_t run, int32_t people, int32_t a, int32_t b) {
    b = b < day->to_s ? b : day->to_s;
    if (a >= b)
        return;
    a -= day->from_s;
    b -= day->from_s;
    flow_stream *streams = &day->run_streams[(size_t)run * (size_t)day->step_count];
    flow_stream *come = &streams[step_of(day, a)], *go = &streams[step_of(day, b)];
    come->more += people;
    come->at_s += (uint32_t)a * (uint32_t)people;
    go->more -= people;
    go->at_s -= (uint32_t)b * (uint32_t)people;
}

// The whole seconds of a leg are shared out so that a guest's day has no second twice and none missing.
FLOW_INLINE void spend(flow_budget *budget, uint32_t size, int32_t total, double walked_s, double rested_s,
                       bool skied) {
    int32_t resting = (int32_t)(rested_s + 0.5), walking = (int32_t)(walked_s + 0.5);
    resting = resting > total ? total : resting;
    walking = walking > total - resting || !skied ? total - resting : walking;
    budget->spent_s[PISTE_SPENT_RESTING] += (uint32_t)resting * size;
    budget->spent_s[PISTE_SPENT_WALKING] += (uint32_t)walking * size;
    budget->spent_s[PISTE_SPENT_SKIING] += (uint32_t)(total - resting - walking) * size;
}

// ---- crowding -------------------------------------------------------------------------------------------------------

// Upper ends of British Columbia's standards (All Season Resort Guidelines), skiers per hectare; the classes of difficulty are
// matched to its classes of ability. Among trees 15 to 30 % of it.
double flow_crowd_standard(const piste_run *run) {
    static const double standards[PISTE_DIFFICULTY_COUNT] = {75, 60, 30, 20, 10, 10, 10};
    return standards[run->difficulty] * (run->gladed ? 0.3 : 1);
}

void flow_crowd_reset(piste_day *day) {
    size_t runs = (size_t)day->resort->runs.count;
    memset(day->run_streams, 0, runs * (size_t)day->step_count * sizeof *day->run_streams);
    memset(day->run_people, 0, runs * sizeof *day->run_people);
    for (size_t i = 0; i < runs; i++) {
        day->crowd[i] = 0;
        day->slowing[i] = 1;
    }
}

// Those who are on it when the step begins are on it for all of it; whoever comes or goes, from then on to its end.
static void add_up(piste_day *day, int32_t step, int32_t run, int32_t *people) {
    const flow_stream *stream = &day->run_streams[(size_t)run * (size_t)day->step_count + (size_t)step];
    uint32_t end_s = (uint32_t)((step + 1) * day->step_s);
    int32_t part_s = (int32_t)((uint32_t)stream->more * end_s - stream->at_s);
    day->run_person_s[(size_t)step * (size_t)day->resort->runs.count + (size_t)run] = *people * day->step_s + part_s;
    *people += stream->more;
}

void flow_crowd_step(piste_day *day) {
    for (int32_t run = 0; run < day->resort->runs.count; run++)
        add_up(day, day->step, run, &day->run_people[run]);
}

void flow_crowd_fill(piste_day *day) {
    for (int32_t run = 0; run < day->resort->runs.count; run++) {
        int32_t people = day->run_people[run];
        for (int32_t step = day->step; step < day->step_count; step++)
            add_up(day, step, run, &people);
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
FLOW_INLINE void travel_on(piste_day *day, uint32_t party, const flow_leg *l, int32_t t, bool told) {
    flow_party *p = &day->parties[party];
    flow_budget *budget = &p->budget;
    const int32_t size = p->size;
    uint8_t *skied = day->skied ? &day->skied[(size_t)party * (size_t)day->resort->runs.count] : NULL;
    double at = t, walked_s = 0, run_m = 0, s_per_m = 0, rest_s_per_m = 0, descent_m = budget->descent_m;
    float stamina_m = p->stamina_m;
    for (int32_t i = 0, start = t, end; i < l->steps; i++, start = end) {
        const flow_way *w = &day->ways[l->ways[i]];
        if (w->kind != FLOW_RUN) {
            at += w->duration_s;
            walked_s += w->duration_s;
            end = (int32_t)at;
            if (told)
                flow_tell(day, t, PISTE_ACT_WALK, party, size, w->from, l->ways[i], -1, end);
            continue;
        }
        if (run_m == 0) {
            descent d = draw_descent(day, p);
            s_per_m = d.pace_s_per_m + d.rest_s_per_m;
            rest_s_per_m = d.rest_s_per_m;
        }
        run_m += w->length_m;
        at += w->length_m * s_per_m * day->slowing[w->index];
        end = (int32_t)at;
        occupy(day, w->index, size, start, end);
        day->run_descents[w->index] += size;
        descent_m += w->vertical_m * size;
        stamina_m -= (float)w->vertical_m;
        if (skied)
            skied[w->index] = (uint8_t)(skied[w->index] + (skied[w->index] < 4));
        if (told)
            flow_tell(day, t, PISTE_ACT_SKI, party, size, w->from, l->ways[i], -1, end);
    }
    budget->descent_m = descent_m;
    p->stamina_m = stamina_m;
    int32_t total = flow_whole(p, at - t);
    total = total < 1 ? 1 : total;
    spend(budget, (uint32_t)size, total, walked_s, rest_s_per_m * run_m, run_m > 0);
    p->legs++;
    p->state = FLOW_TRAVELLING;
    p->since_s = t;
    p->place = l->place;
    p->way = l->ride;
    flow_push(day, party, t + total);
}

// Apart, so that where nobody listens nothing is kept for telling.
static __attribute__((noinline)) void travel_and_tell(piste_day *day, uint32_t party, const flow_leg *l, int32_t t) {
    travel_on(day, party, l, t, true);
}

FLOW_INLINE void travel(piste_day *day, uint32_t party, const flow_leg *l, int32_t t) {
    if (FLOW_RARELY(day->def.event))
        travel_and_tell(day, party, l, t);
    else
        travel_on(day, party, l, t, false);
}

void flow_leg_travel(piste_day *day, uint32_t party, const flow_leg *l, int32_t t) {
    travel(day, party, l, t);
}

// How long a way takes the party, rather too long than too short; of a run, where one of its own takes so long a metre.
static double at_most(const piste_day *day, const flow_way *w, double s_per_m) {
    if (w->kind == FLOW_RUN)
        return 1.2 * s_per_m * w->length_m;
    return w->duration_s + (w->kind == FLOW_RIDE ? flow_line_expected(day, w->index) : 0);
}

void flow_leg_note_pace(const piste_day *day, flow_party *p) {
    p->pace_s_per_m = 0;
    for (uint32_t i = 0; i < p->size; i++) {
        float own = day->guests[p->first_guest + i].pace_s_per_m;
        p->pace_s_per_m = own > p->pace_s_per_m ? own : p->pace_s_per_m;
    }
}

static double slowest_of(const piste_day *day, const flow_party *p) {
    double usual = 1.25 * day->pace[day->classes[p->class_index].access % PISTE_ABILITY_COUNT];
    double own = (double)p->pace_s_per_m;
    return own > usual ? own : usual;
}

bool flow_leg_in_time(const piste_day *day, const flow_party *p, int32_t way, double t) {
    const flow_way *w = &day->ways[way];
    double s_per_m = w->kind == FLOW_RUN ? slowest_of(day, p) : 0;
    return p->leave_s == INT32_MAX ||
           t + at_most(day, w, s_per_m) <= (double)day->classes[p->class_index].deadline_s[w->to];
}

// Where patrol closes runs: ends a leg before the first of its ways that leads too late to its end.
static void shorten(const piste_day *day, const flow_party *p, flow_leg *l, double t) {
    if (p->leave_s == INT32_MAX)
        return;
    const float *deadline_s = day->classes[p->class_index].deadline_s;
    double s_per_m = slowest_of(day, p);
    for (int32_t i = 0; i < l->steps; i++) {
        const flow_way *w = &day->ways[l->ways[i]];
        t += at_most(day, w, s_per_m);
        if (!(t <= (double)deadline_s[w->to])) {
            l->steps = i;
            l->ride = -1;
            l->place = w->from;
            return;
        }
    }
    if (l->ride >= 0 && !flow_leg_in_time(day, p, l->ride, t))
        l->ride = -1;
}

bool flow_leg_ski(piste_day *day, uint32_t party, const flow_class *c, int32_t t) {
    const flow_party *p = &day->parties[party];
    uint64_t bits = base_draw_place(base_stream(p->key, DRAW_CHOICE), (uint64_t)p->legs * FLOW_STEPS);
    int32_t place = p->place, avoid = -1, steps = 0;
    flow_leg l;
    l.ride = -1;
    while (steps < FLOW_STEPS) {
        const flow_option *o = flow_choose(day, c, party, place, avoid, bits);
        bits += BASE_DRAW_STEP;
        if (!o)
            break;
        if (o->kind == FLOW_RIDE) {
            l.ride = o->way;
            break;
        }
        l.ways[steps++] = o->way;
        avoid = o->kind == FLOW_WALK ? place : -1;
        place = o->to;
    }
    l.steps = steps;
    l.place = place;
    if (day->patrol)
        shorten(day, p, &l, t);
    if (l.ride < 0 && l.steps == 0)
        return false;
    travel(day, party, &l, t);
    return true;
}
