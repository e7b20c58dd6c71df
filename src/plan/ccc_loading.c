// ccc_loading.c - what a lift loses: to empty seats, misloads and slow loading at a full queue, and to its stops.
//
// Loading is rehearsed: the lift stands alone with one short run back to its bottom, and so many of the abilities that
// it serves wait for it that its queue is never empty; the parties are those of the resort's segments. Stops and
// slow-downs are rare, so that their share is not left to luck but worked out.
#include <math.h>

#include "flow/flow.h"
#include "plan/ccc.h"

enum { LOADING_DAYS = 8, QUEUE_MAX = 100000 };

typedef struct outcome {
    double boarded, seats; // over the bins that lie wholly within the hours
} outcome;

typedef struct job {
    ccc_build *build;
    const int32_t *lifts; // which ones
    outcome *outcomes;    // [lift of the list * LOADING_DAYS + day]
} job;

// ---- the lift alone ------------------------------------------------------------------------------------------------

static piste_segment *queue_of(base_arena *arena, const piste_resort *resort, const piste_ccc_lift *sheet,
                               const piste_lift *lift, int32_t from_s, int32_t *count) {
    piste_segment *list = base_arena_take(arena, ((size_t)resort->segments.count + 1) * sizeof *list);
    *count = 0;
    for (int32_t i = 0; list && i < resort->segments.count; i++) {
        const piste_segment *own = &resort->segments.list[i];
        if (!(ccc_come(own) * ccc_ski_share(own) > 0))
            continue;
        piste_segment *s = &list[(*count)++];
        const char *why;
        *s = *own;
        s->visits.count = s->departs.count = 0;
        s->show_rate = 1;
        for (int m = 0; m < PISTE_MODE_COUNT; m++)
            s->mode[m] = m == (lift->up & 1 << PISTE_ON_SKIS ? PISTE_ON_SKIS : PISTE_ON_SNOWBOARD);
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            s->ability[a] = sheet->ability[a];
        s->arrive_at = s->leave_at = lift->from;
        s->arrival = (piste_dist){.kind = PISTE_DIST_CONSTANT, .a = from_s};
        s->leaving = (piste_dist){.kind = PISTE_DIST_NONE};
        s->choice.model = PISTE_CHOICE_UNIFORM;
        if (piste_dist_prepare(&s->arrival, &why) != PISTE_OK)
            return NULL;
    }
    return *count > 0 ? list : NULL;
}

// The resort with nothing but this lift, and a run of a metre back to its bottom.
static bool isolate(base_arena *arena, const piste_resort *resort, const piste_ccc_lift *sheet, int32_t index,
                    piste_resort *alone) {
    piste_lift *lift = base_arena_take(arena, sizeof *lift);
    piste_run *run = base_arena_take(arena, sizeof *run);
    if (!lift || !run)
        return false;
    *lift = resort->lifts.list[index];
    lift->stations.count = lift->stops.count = lift->slows.count = lift->outages.count = lift->reserved.count = 0;
    lift->down = 0; // who rides down takes no seat from those who ride up
    lift->wind_limit_mps = NAN;
    lift->evacuate_after_s = 0;
    *run = (piste_run){.entry = {.key = "back"},
                       .name = "",
                       .from = lift->to,
                       .to = lift->from,
                       .length_m = 1,
                       .difficulty = PISTE_DIFFICULTY_NOVICE,
                       .vertical_m = 1,
                       .width_m = NAN,
                       .area_ha = NAN,
                       .weight = 1,
                       .on_map = true};
    int32_t from_s = lift->hours.count ? lift->hours.spans[0].from_s : resort->day.from_s, count = 0;
    from_s = from_s > resort->day.from_s ? from_s - 1 : from_s;
    *alone = *resort;
    alone->segments.list = queue_of(arena, resort, sheet, lift, from_s, &count);
    alone->segments.count = count;
    alone->lifts.list = lift;
    alone->runs.list = run;
    alone->lifts.count = alone->runs.count = 1;
    alone->walks.count = alone->slopes.count = alone->venues.count = alone->fixtures.count = alone->guns.count = 0;
    alone->wind.count = 0;
    alone->patrol = (piste_patrol){.entry = {.line = 0}};
    return alone->segments.list != NULL;
}

// As many as the lift can carry in its hours: hardly anybody comes round twice, so that parties follow each other at
// random all day long.
static int64_t queue_needed(const piste_lift *lift, double hours) {
    double people = lift->capacity_pph * (hours + 0.5) + 4 * lift->seats + 2 * PISTE_PARTY_MAX;
    return people < QUEUE_MAX ? (int64_t)people : QUEUE_MAX;
}

static outcome count_seats(const piste_lift *lift, const piste_resort *resort, const piste_day_result *r) {
    outcome o = {0, 0};
    for (int32_t b = 0; b < r->bin_count; b++) {
        int32_t from = r->from_s + b * r->bin_s, to = from + r->bin_s;
        bool inside = to <= resort->day.to_s;
        for (int32_t s = from - r->bin_s; inside && s < to; s += 60) // the first bin after opening fills up
            inside = s >= resort->day.from_s && piste_hours_hold(&lift->hours, s);
        if (!inside)
            continue;
        o.boarded += r->lifts.list[0].boarded[b];
        o.seats += lift->capacity_pph * r->bin_s / 3600;
    }
    return o;
}

static piste_status load_day(void *context, void *own, int64_t index) {
    (void)own;
    job *j = context;
    const piste_resort *resort = j->build->resort;
    int32_t at = j->lifts[index / LOADING_DAYS];
    base_arena *arena = base_arena_create();
    piste_resort alone;
    piste_day *day = NULL;
    if (!arena)
        return PISTE_MEMORY;
    piste_day_def def = piste_day_def_default();
    def.seed = j->build->def->seed + (uint64_t)(index % LOADING_DAYS);
    def.guests = queue_needed(&resort->lifts.list[at], j->build->sheet->lifts.list[at].in[PISTE_CCC_HOURS].value);
    piste_status status = PISTE_OK;
    if (isolate(arena, resort, &j->build->sheet->lifts.list[at], at, &alone) &&
        (status = piste_day_create(&alone, &def, NULL, &day)) == PISTE_OK) {
        piste_day_run(day, PISTE_DAY_END);
        j->outcomes[index] = count_seats(&alone.lifts.list[0], resort, piste_day_get_result(day));
    }
    piste_day_destroy(day);
    base_arena_destroy(arena);
    return status == PISTE_MEMORY ? status : PISTE_OK; // a lift of which no such day can be made keeps its seats
}

static bool tick(void *context, int64_t done) {
    const ccc_build *b = ((const job *)context)->build;
    return !b->def->tick || b->def->tick(b->def->context, b->done + done, b->all);
}

// ---- stops ---------------------------------------------------------------------------------------------------------

// The share of its rate that a lift loses to stops and slow-downs, and what that rests on. Both come at random in its
// running, one in `every` seconds at full speed. A stop of mean length D with one in E: the lift stands rho = D / E for
// each second that it runs. Slow-downs come more rarely while it is slow, and a further one makes it stay so: with L of
// them in a second there, the slow time lasts (exp(L D) - 1) / L, the busy period of a queue with servers for all.
static double stopped_share(ccc_build *b, const piste_lift *lift, piste_ccc_basis *basis) {
    double rho = 0, rate = 0, slow_s = 0, speed = 0;
    *basis = PISTE_CCC_MEASURED;
    for (int32_t i = 0; i < lift->stops.count; i++)
        rho += piste_dist_mean(&lift->stops.list[i].duration) / lift->stops.list[i].every_s;
    for (int32_t i = 0; i < lift->slows.count; i++) { // of several causes: one, with their rates and means
        double own = piste_dist_mean(&lift->slows.list[i].duration) / lift->slows.list[i].every_s;
        rate += 1 / lift->slows.list[i].every_s;
        slow_s += own;
        speed += own * lift->slows.list[i].speed;
    }
    if (lift->stops.count)
        *basis = ccc_of_field(b, &lift->entry, "stops", 0, PISTE_CCC_GIVEN, "").basis;
    if (lift->slows.count)
        *basis = ccc_weaker(*basis, ccc_of_field(b, &lift->entry, "slows", 0, PISTE_CCC_GIVEN, "").basis);
    if (!lift->stops.count && !lift->slows.count)
        *basis = PISTE_CCC_ASSUMED; // that it never stops
    if (!(slow_s > 0))
        return rho / (1 + rho);
    speed /= slow_s;
    double while_slow = rate * speed / (1 + speed * rho), busy = while_slow * slow_s / rate;
    double slow_time = (base_exp(busy < 50 ? busy : 50) - 1) / while_slow, full_time = (1 + rho) / rate;
    return 1 - (1 / rate + slow_time * speed / (1 + speed * rho)) / (full_time + slow_time);
}

static void fill_loss(ccc_build *b, const job *j, int32_t index, int32_t at) {
    const piste_lift *lift = &b->resort->lifts.list[at];
    double boarded = 0, seats = 0, squares = 0;
    piste_ccc_basis basis;
    for (int d = 0; d < LOADING_DAYS; d++) {
        boarded += j->outcomes[index * LOADING_DAYS + d].boarded;
        seats += j->outcomes[index * LOADING_DAYS + d].seats;
    }
    double filled = seats > 0 ? boarded / seats : 1, stopped = stopped_share(b, lift, &basis);
    filled = filled < 1 ? filled : 1;
    for (int d = 0; d < LOADING_DAYS && seats > 0; d++) {
        const outcome *o = &j->outcomes[index * LOADING_DAYS + d];
        squares += (o->boarded - filled * o->seats) * (o->boarded - filled * o->seats);
    }
    piste_ccc_input *in = &b->sheet->lifts.list[at].in[PISTE_CCC_LOSS];
    *in = ccc_input(seats > 0 ? ccc_weaker(PISTE_CCC_SIMULATED, basis) : PISTE_CCC_ASSUMED, 1 - filled * (1 - stopped),
                    "");
    in->error =
        seats > 0 ? base_sqrt(squares * LOADING_DAYS / (LOADING_DAYS - 1)) / seats * (1 - stopped) : (double)NAN;
    const char *stops = lift->stops.count || lift->slows.count
                            ? ccc_format(b, "%s %% of the time stands or slow, of its own stops (%s)",
                                         ccc_tenths(b, stopped * 100), piste_ccc_basis_word(basis))
                            : "no stops are given: assumed to have none";
    in->source = seats > 0 ? ccc_format(b, "%s %% of the seats lost at a full queue (simulated, %d days); %s",
                                        ccc_tenths(b, (1 - filled) * 100), LOADING_DAYS, stops)
                           : ccc_format(b, "a full queue could not be simulated: every seat taken; %s", stops);
}

int64_t ccc_loading_days(const ccc_build *b) {
    int64_t count = 0;
    for (int32_t i = 0; i < b->resort->lifts.count; i++)
        count += isnan(b->sheet->lifts.list[i].in[PISTE_CCC_LOSS].value);
    return count * LOADING_DAYS;
}

piste_status ccc_run_loading(ccc_build *b) {
    int64_t all = ccc_loading_days(b);
    int32_t *lifts = ccc_take(b, b->resort->lifts.count, sizeof *lifts), count = 0;
    job j = {.build = b, .lifts = lifts, .outcomes = ccc_take(b, all, sizeof *j.outcomes)};
    if (b->failed)
        return PISTE_MEMORY;
    for (int32_t i = 0; i < b->resort->lifts.count; i++)
        if (isnan(b->sheet->lifts.list[i].in[PISTE_CCC_LOSS].value))
            lifts[count++] = i;
    const plan_work work = {.count = all, .threads = b->def->threads, .job = &j, .piece = load_day, .tick = tick};
    piste_status status = plan_work_run(&work);
    b->done += all;
    for (int32_t i = 0; status == PISTE_OK && i < count; i++)
        fill_loss(b, &j, i, lifts[i]);
    return status;
}
