// effects.c - what each level does, and what two do together beyond that: contrasts of whole designs, day by day. See
// experiment.h.
//
// Every combination has the same days, so that a contrast is taken of each day first: its spread over the days is what
// decides, and what all combinations share drops out.
#include <math.h>
#include <stdlib.h>

#include "plan/experiment.h"

typedef struct contrast {
    int32_t factor, level, other, other_level; // other -1: a main effect
} contrast;

static int32_t sign_of(const plan_scenario *s, int32_t factor, int32_t level) {
    return s->levels[factor] == level ? 1 : s->levels[factor] == 0 ? -1 : 0;
}

// A main effect compares those at the level with those at the first one; of two together, how much the effect of the
// one differs between the other's level and its first.
static double value_of(const piste_plan *plan, const contrast *c, int32_t measure, int64_t day) {
    double sum = 0;
    int32_t count = 0;
    for (int32_t i = 0; i < plan->count; i++) {
        const plan_scenario *s = &plan->scenarios[i];
        int32_t sign = sign_of(s, c->factor, c->level) * (c->other < 0 ? 1 : sign_of(s, c->other, c->other_level));
        if (sign == 0)
            continue;
        sum += sign * plan_figure(plan, i, day, measure);
        count++;
    }
    return sum / (c->other < 0 ? count / 2 : count / 4);
}

static int32_t list_contrasts(const piste_plan *plan, contrast *list) {
    const plan_file *p = &plan->file;
    int32_t count = 0;
    for (int32_t f = 0; f < p->factors.count; f++)
        for (int32_t l = 1; l < p->factors.list[f].levels.count; l++) {
            if (list)
                list[count] = (contrast){f, l, -1, -1};
            count++;
        }
    // In half a design of fewer than five factors pairs are mixed up with single factors or with other pairs.
    bool pairs = p->design == PISTE_PLAN_FULL || p->factors.count >= 5;
    for (int32_t f = 0; pairs && f < p->factors.count; f++)
        for (int32_t g = f + 1; g < p->factors.count; g++)
            for (int32_t l = 1; l < p->factors.list[f].levels.count; l++)
                for (int32_t k = 1; k < p->factors.list[g].levels.count; k++) {
                    if (list)
                        list[count] = (contrast){f, l, g, k};
                    count++;
                }
    return count;
}

bool plan_effects_make(piste_plan *plan) {
    if ((plan->file.design != PISTE_PLAN_FULL && plan->file.design != PISTE_PLAN_HALF) || plan->count < 2)
        return true;
    int32_t count = list_contrasts(plan, NULL);
    int64_t days = INT64_MAX;
    for (int32_t i = 0; i < plan->count; i++)
        days = plan->scenarios[i].have < days ? plan->scenarios[i].have : days;
    contrast *contrasts = malloc((size_t)count * sizeof *contrasts);
    double *column = malloc((size_t)days * sizeof *column);
    piste_plan_effect *list = base_arena_take(plan->results, (size_t)count * (size_t)plan->measures * sizeof *list);
    bool good = contrasts && column && list;
    if (good)
        (void)list_contrasts(plan, contrasts);
    for (int32_t m = 0; good && m < plan->measures; m++)
        for (int32_t c = 0; c < count; c++) {
            for (int64_t d = 0; d < days; d++)
                column[d] = value_of(plan, &contrasts[c], m, d);
            list[plan->result.effects.count++] =
                (piste_plan_effect){m,
                                    contrasts[c].factor,
                                    contrasts[c].level,
                                    contrasts[c].other,
                                    contrasts[c].other_level,
                                    plan_interval_of(plan, column, days, plan->file.confidence)};
        }
    plan->result.effects.list = list;
    free(contrasts);
    free(column);
    return good;
}
