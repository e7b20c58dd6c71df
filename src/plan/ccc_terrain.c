// ccc_terrain.c - whom a lift serves, by the runs that can be lapped on it.
//
// A run is lapped on a lift where it begins at a place that one reaches from the lift's top, and ends at a place from
// which one reaches the lift's bottom, on runs and walks alone. A lift without such a run brings people to other lifts;
// it then counts with the runs that begin below its top. Each class of terrain weighs what it holds at its standard
// density, area * people per ha (of runs of unknown width with 30 m, assumed, for this weight alone); guests of a class
// divide over its abilities as the market does.
#include <math.h>

#include "flow/flow.h"
#include "plan/ccc.h"

static const double width_assumed_m = 30;

piste_ccc_terrain ccc_terrain_of_run(const piste_run *run) {
    return run->difficulty < PISTE_DIFFICULTY_EXPERT ? (piste_ccc_terrain)run->difficulty : PISTE_CCC_TERRAIN_EXPERT;
}

static bool spread(bool *reached, int32_t from, int32_t to) {
    if (from < 0 || to < 0 || !reached[from] || reached[to])
        return false;
    reached[to] = true;
    return true;
}

// Places that are reached from `start` on skis and on foot; with `back`, those from which it is reached.
static void reach(const piste_resort *resort, int32_t start, bool back, bool *reached) {
    for (int32_t i = 0; i < resort->places.count; i++)
        reached[i] = i == start;
    for (bool more = true; more;) {
        more = false;
        for (int32_t i = 0; i < resort->runs.count; i++) {
            const piste_run *r = &resort->runs.list[i];
            if (r->closed)
                continue;
            more |= spread(reached, back ? r->to.index : r->from.index, back ? r->from.index : r->to.index);
        }
        for (int32_t i = 0; i < resort->walks.count; i++) {
            const piste_walk *w = &resort->walks.list[i];
            if (!(w->modes & (1 << PISTE_ON_SKIS | 1 << PISTE_ON_SNOWBOARD)))
                continue;
            more |= spread(reached, back ? w->to.index : w->from.index, back ? w->from.index : w->to.index);
            if (!w->one_way)
                more |= spread(reached, back ? w->from.index : w->to.index, back ? w->to.index : w->from.index);
        }
    }
}

static double room_of(const piste_run *run) {
    double area_ha = isnan(run->area_ha) ? run->length_m * width_assumed_m / 1e4 : run->area_ha;
    return area_ha * flow_crowd_standard(run);
}

static void share_by_market(ccc_build *b, const double weights[PISTE_CCC_TERRAIN_COUNT], double all, double *ability) {
    const double *market = b->sheet->ability;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        double own = 0;
        int count = 0;
        piste_ccc_terrain t = piste_ccc_terrain_of((piste_ability)a);
        for (int k = 0; k < PISTE_ABILITY_COUNT; k++)
            if (piste_ccc_terrain_of((piste_ability)k) == t) {
                own += market[k];
                count++;
            }
        ability[a] = weights[t] / all * (own > 0 ? market[a] / own : 1.0 / count);
    }
}

static void read_lift(ccc_build *b, int32_t index, const bool *below, const bool *above) {
    const piste_resort *resort = b->resort;
    piste_ccc_lift *l = &b->sheet->lifts.list[index];
    const piste_lift *lift = &resort->lifts.list[index];
    double lapped[PISTE_CCC_TERRAIN_COUNT] = {0}, reached[PISTE_CCC_TERRAIN_COUNT] = {0}, all = 0, any = 0;
    for (int32_t i = 0; i < resort->runs.count; i++) {
        const piste_run *run = &resort->runs.list[i];
        if (run->closed || run->from.index < 0 || !below[run->from.index])
            continue;
        piste_ccc_terrain t = ccc_terrain_of_run(run);
        any += room_of(run);
        reached[t] += room_of(run);
        if (run->to.index < 0 || !above[run->to.index])
            continue;
        all += room_of(run);
        lapped[t] += room_of(run);
        l->runs++;
    }
    double given = 0;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        given += lift->serves[a];
    if (given > 0) {
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            l->ability[a] = lift->serves[a];
        l->in[PISTE_CCC_SERVES] = ccc_of_field(b, &lift->entry, "serves", NAN, PISTE_CCC_GIVEN, "resort.yaml");
    } else if (any > 0) {
        share_by_market(b, all > 0 ? lapped : reached, all > 0 ? all : any, l->ability);
        const char *rule = "by what they hold at their standard density, abilities of a class as in the market";
        l->in[PISTE_CCC_SERVES] =
            ccc_input(PISTE_CCC_CHOSEN, NAN,
                      all > 0 ? ccc_format(b, "the %d runs that can be lapped on it, %s", l->runs, rule)
                              : ccc_format(b, "the runs below its top, %s", rule));
    } else {
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            l->ability[a] = b->sheet->ability[a];
        l->in[PISTE_CCC_SERVES] = ccc_input(PISTE_CCC_CHOSEN, NAN, "no run leads from its top: the market as a whole");
    }
    if (l->runs == 0 && !*l->remark)
        l->remark =
            any > 0 ? "cannot be lapped: no way back to its bottom without another lift" : "no run leads from its top";
}

void ccc_read_terrain(ccc_build *b) {
    const piste_resort *resort = b->resort;
    bool *below = ccc_take(b, resort->places.count, sizeof *below),
         *above = ccc_take(b, resort->places.count, sizeof *above);
    if (!below || !above || b->failed)
        return;
    for (int32_t i = 0; i < resort->runs.count; i++)
        if (!resort->runs.list[i].closed)
            b->sheet->terrain[ccc_terrain_of_run(&resort->runs.list[i])].runs++;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        reach(resort, resort->lifts.list[i].to.index, false, below);
        reach(resort, resort->lifts.list[i].from.index, true, above);
        read_lift(b, i, below, above);
    }
}
