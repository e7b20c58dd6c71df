// ccc_compare.c - why two sheets of a mountain differ, input by input.
//
// The CCC is a sum over lifts, and Shapley's value is additive over sums of games: each lift is a game of its own
// inputs and of the demands that all lifts share, in which at most 12 inputs can differ; what an input of one lift
// explains is its value in that game, and what a demand explains is the sum of its values over all games. The players
// that a lift does not know are dummies there and get nothing. So the attribution is that of the one large game,
// exactly. The other limits are sums of products over a shared divisor, and are treated in the same way.
#include <math.h>
#include <stdlib.h>

#include "plan/ccc.h"

typedef struct compare {
    const piste_ccc *a, *b;
    base_arena *arena;
    piste_ccc_difference *out;
    double demand_effect[PISTE_ABILITY_COUNT];
    piste_ccc_effect effects[PISTE_CCC_PART_COUNT + 2]; // parts, "demand", "there"
} compare;

enum { DEMAND = PISTE_CCC_PART_COUNT, THERE, EFFECT_COUNT };

static void add_change(compare *c, piste_ccc_change change) {
    c->out->changes.list[c->out->changes.count++] = change;
}

static piste_ccc_change change_of(const char *limit, const char *key, const char *name, const char *what,
                                  const piste_ccc_input *a, const piste_ccc_input *b, double effect) {
    static const char none[] = "";
    return (piste_ccc_change){.limit = limit,
                              .key = key,
                              .name = name,
                              .what = what,
                              .of = "",
                              .a = a ? a->value : (double)NAN,
                              .b = b ? b->value : (double)NAN,
                              .basis_a = a ? a->basis : PISTE_CCC_GIVEN,
                              .basis_b = b ? b->basis : PISTE_CCC_GIVEN,
                              .source_a = a ? a->source : none,
                              .source_b = b ? b->source : none,
                              .effect = effect};
}

static bool differ(double a, double b) { // not known is like not known
    return !(a == b || (isnan(a) && isnan(b)));
}

// ---- lifts ---------------------------------------------------------------------------------------------------------

typedef struct side {
    double part[PISTE_CCC_SERVES]; // the numbers
    double ability[PISTE_ABILITY_COUNT], demand[PISTE_ABILITY_COUNT];
} side;

typedef struct lift_game {
    side a, b;
    int32_t players[CCC_PLAYERS_MAX]; // a part, or DEMAND + ability
    int32_t count;
} lift_game;

static double worth_of_lift(const void *context, uint32_t set) {
    const lift_game *g = context;
    side s = g->a;
    for (int32_t i = 0; i < g->count; i++) {
        int32_t p = g->players[i];
        if (!(set >> i & 1))
            continue;
        if (p < PISTE_CCC_SERVES)
            s.part[p] = g->b.part[p];
        else if (p == PISTE_CCC_SERVES)
            memcpy(s.ability, g->b.ability, sizeof s.ability);
        else
            s.demand[p - DEMAND] = g->b.demand[p - DEMAND];
    }
    return ccc_of_lift(s.part[PISTE_CCC_DESIGN_PPH], s.part[PISTE_CCC_ACCESS], s.part[PISTE_CCC_LOSS],
                       s.part[PISTE_CCC_HOURS], s.part[PISTE_CCC_RISE_M], ccc_demand(s.ability, s.demand));
}

static side side_of(const piste_ccc *sheet, const piste_ccc_lift *lift) {
    side s;
    for (int p = 0; p < PISTE_CCC_SERVES; p++)
        s.part[p] = lift->in[p].value;
    memcpy(s.ability, lift->ability, sizeof s.ability);
    for (int k = 0; k < PISTE_ABILITY_COUNT; k++)
        s.demand[k] = sheet->demand[k].value;
    return s;
}

static lift_game game_of(const compare *c, const piste_ccc_lift *a, const piste_ccc_lift *b) {
    lift_game g = {.a = side_of(c->a, a ? a : b), .b = side_of(c->b, b ? b : a)};
    if (!a)
        g.a.part[PISTE_CCC_DESIGN_PPH] = 0; // a lift that is not there carries nobody
    if (!b)
        g.b.part[PISTE_CCC_DESIGN_PPH] = 0;
    for (int32_t p = 0; p < PISTE_CCC_SERVES; p++)
        if (g.a.part[p] != g.b.part[p])
            g.players[g.count++] = p;
    if (memcmp(g.a.ability, g.b.ability, sizeof g.a.ability) != 0)
        g.players[g.count++] = PISTE_CCC_SERVES;
    for (int32_t k = 0; k < PISTE_ABILITY_COUNT; k++)
        if (differ(g.a.demand[k], g.b.demand[k]) && (g.a.ability[k] > 0 || g.b.ability[k] > 0))
            g.players[g.count++] = DEMAND + k;
    return g;
}

static void compare_lift(compare *c, const piste_ccc_lift *a, const piste_ccc_lift *b) {
    const piste_ccc_lift *any = a ? a : b;
    lift_game g = game_of(c, a, b);
    double effects[CCC_PLAYERS_MAX];
    ccc_shapley(g.count, worth_of_lift, &g, effects);
    for (int32_t i = 0; i < g.count; i++) {
        int32_t p = g.players[i];
        if (p >= DEMAND) {
            c->demand_effect[p - DEMAND] += effects[i];
            c->effects[DEMAND].effect += effects[i];
        } else if (!a || !b) {
            piste_ccc_change change = change_of("lifts", any->key, any->name, "there", NULL, NULL, effects[i]);
            change.a = a != NULL;
            change.b = b != NULL;
            add_change(c, change);
            c->effects[THERE].effect += effects[i];
        } else {
            add_change(c, change_of("lifts", any->key, any->name, piste_ccc_part_word((piste_ccc_part)p), &a->in[p],
                                    &b->in[p], effects[i]));
            c->effects[p].effect += effects[i];
        }
    }
}

static const piste_ccc_lift *find_lift(const piste_ccc *s, const char *key) {
    for (int32_t i = 0; i < s->lifts.count; i++)
        if (strcmp(s->lifts.list[i].key, key) == 0)
            return &s->lifts.list[i];
    return NULL;
}

static void compare_lifts(compare *c) {
    for (int32_t i = 0; i < c->a->lifts.count; i++)
        compare_lift(c, &c->a->lifts.list[i], find_lift(c->b, c->a->lifts.list[i].key));
    for (int32_t i = 0; i < c->b->lifts.count; i++)
        if (!find_lift(c->a, c->b->lifts.list[i].key))
            compare_lift(c, NULL, &c->b->lifts.list[i]);
    for (int k = 0; k < PISTE_ABILITY_COUNT; k++) {
        const piste_ccc_input *a = &c->a->demand[k], *b = &c->b->demand[k];
        if (!differ(a->value, b->value))
            continue;
        piste_ccc_change change = change_of("lifts", "", "", "demand", a, b, c->demand_effect[k]);
        change.of = piste_ability_word((piste_ability)k);
        add_change(c, change);
    }
    // How many of the guests ski changes what a CCC is in guests, not what it is in skiers.
    const piste_ccc_input *a = &c->a->limits.list[0].share, *b = &c->b->limits.list[0].share;
    if (differ(a->value, b->value))
        add_change(c, change_of("lifts", "", "", "share", a, b, 0));
}

// ---- the other limits ----------------------------------------------------------------------------------------------

typedef struct line_game { // product of factors over the share
    double a[PISTE_CCC_FACTORS_MAX + 1], b[PISTE_CCC_FACTORS_MAX + 1];
    int32_t factors; // the share stands behind them
    int32_t players[PISTE_CCC_FACTORS_MAX + 1];
    int32_t count;
} line_game;

static double worth_of_line(const void *context, uint32_t set) {
    const line_game *g = context;
    double value[PISTE_CCC_FACTORS_MAX + 1], product = 1;
    memcpy(value, g->a, sizeof value);
    for (int32_t i = 0; i < g->count; i++)
        if (set >> i & 1)
            value[g->players[i]] = g->b[g->players[i]];
    for (int32_t f = 0; f < g->factors; f++)
        product *= value[f];
    return product / value[g->factors];
}

static bool alike(const piste_ccc_line *a, const piste_ccc_line *b) {
    bool same = a->count == b->count;
    for (int32_t f = 0; same && f < a->count; f++)
        same = strcmp(a->what[f], b->what[f]) == 0;
    return same;
}

// Returns what the share explains. `known`: whether both limits are numbers.
static double compare_line(compare *c, const piste_ccc_limit *la, const piste_ccc_limit *lb, const piste_ccc_line *a,
                           const piste_ccc_line *b, bool known) {
    const piste_ccc_line *any = a ? a : b;
    line_game g = {.factors = any->count};
    double effects[PISTE_CCC_FACTORS_MAX + 1], of_share = 0;
    for (int32_t f = 0; f < any->count; f++) {
        g.a[f] = a ? a->in[f].value : f == 0 ? 0 : b->in[f].value;
        g.b[f] = b ? b->in[f].value : f == 0 ? 0 : a->in[f].value;
    }
    g.a[any->count] = la->share.value;
    g.b[any->count] = lb->share.value;
    for (int32_t f = 0; f <= any->count; f++)
        if (differ(g.a[f], g.b[f]))
            g.players[g.count++] = f;
    if (known)
        ccc_shapley(g.count, worth_of_line, &g, effects);
    for (int32_t i = 0; i < g.count; i++) {
        int32_t f = g.players[i];
        double effect = known ? effects[i] : (double)NAN;
        if (f == any->count)
            of_share = effect;
        else if (a && b)
            add_change(c, change_of(la->key, any->key, any->name, any->what[f], &a->in[f], &b->in[f], effect));
        else {
            piste_ccc_change change = change_of(la->key, any->key, any->name, "there", NULL, NULL, effect);
            change.a = a != NULL;
            change.b = b != NULL;
            add_change(c, change);
        }
    }
    return of_share;
}

static const piste_ccc_line *find_line(const piste_ccc_limit *l, const piste_ccc_line *like) {
    for (int32_t i = 0; i < l->lines.count; i++)
        if (strcmp(l->lines.list[i].key, like->key) == 0 && alike(&l->lines.list[i], like))
            return &l->lines.list[i];
    return NULL;
}

static void compare_limit(compare *c, const piste_ccc_limit *a, const piste_ccc_limit *b) {
    double of_share = 0;
    bool known = a->guests < HUGE_VAL && b->guests < HUGE_VAL;
    for (int32_t i = 0; i < a->lines.count; i++)
        of_share += compare_line(c, a, b, &a->lines.list[i], find_line(b, &a->lines.list[i]), known);
    for (int32_t i = 0; i < b->lines.count; i++)
        if (!find_line(a, &b->lines.list[i]))
            of_share += compare_line(c, a, b, NULL, &b->lines.list[i], known);
    if (differ(a->share.value, b->share.value))
        add_change(c, change_of(a->key, "", "", "share", &a->share, &b->share, known ? of_share : (double)NAN));
}

static const piste_ccc_limit *find_limit(const piste_ccc *s, const char *key) {
    for (int32_t i = 0; i < s->limits.count; i++)
        if (strcmp(s->limits.list[i].key, key) == 0)
            return &s->limits.list[i];
    return NULL;
}

static void compare_limits(compare *c) {
    const piste_ccc_limit none = {.guests = NAN, .share = {.value = NAN, .source = ""}};
    for (int32_t i = 0; i < c->a->limits.count; i++) {
        const piste_ccc_limit *a = &c->a->limits.list[i], *b = find_limit(c->b, a->key);
        piste_ccc_limit other = none;
        other.key = a->key;
        if (a->kind != PISTE_CCC_LIMIT_LIFTS)
            compare_limit(c, a, b ? b : &other);
    }
    for (int32_t i = 0; i < c->b->limits.count; i++) {
        const piste_ccc_limit *b = &c->b->limits.list[i];
        piste_ccc_limit other = none;
        other.key = b->key;
        if (!find_limit(c->a, b->key))
            compare_limit(c, &other, b);
    }
}

// ---- both ----------------------------------------------------------------------------------------------------------

// Within a limit those that move most come first; what is not known last.
static bool goes_before(const piste_ccc_change *x, const piste_ccc_change *y) {
    if (strcmp(x->limit, y->limit) != 0 || isnan(x->effect))
        return false;
    return isnan(y->effect) || fabs(x->effect) > fabs(y->effect);
}

static void sort_changes(piste_ccc_change *list, int32_t count) {
    for (int32_t i = 1; i < count; i++) {
        piste_ccc_change moved = list[i];
        int32_t at = i;
        for (; at > 0 && goes_before(&moved, &list[at - 1]); at--)
            list[at] = list[at - 1];
        list[at] = moved;
    }
}

static int64_t most_changes(const piste_ccc *s) {
    int64_t count = PISTE_ABILITY_COUNT + (int64_t)s->lifts.count * PISTE_CCC_PART_COUNT;
    for (int32_t i = 0; i < s->limits.count; i++)
        count += 1 + (int64_t)s->limits.list[i].lines.count * PISTE_CCC_FACTORS_MAX;
    return count;
}

piste_status piste_ccc_compare(const piste_ccc *a, const piste_ccc *b, piste_ccc_difference **out) {
    base_arena *arena = base_arena_create();
    piste_ccc_difference *d = arena ? base_arena_take(arena, sizeof *d) : NULL;
    compare c = {.a = a, .b = b, .arena = arena, .out = d};
    if (d) {
        d->changes.list = base_arena_take(arena, (size_t)(most_changes(a) + most_changes(b)) * sizeof *d->changes.list);
        d->effects.list = base_arena_take(arena, sizeof c.effects);
    }
    if (!d || !d->changes.list || !d->effects.list) {
        base_arena_destroy(arena);
        return PISTE_MEMORY;
    }
    d->a = a;
    d->b = b;
    d->owner = arena;
    d->error = base_sqrt(a->error * a->error + b->error * b->error);
    for (int p = 0; p < PISTE_CCC_PART_COUNT; p++)
        c.effects[p].what = piste_ccc_part_word((piste_ccc_part)p);
    c.effects[DEMAND].what = "demand";
    c.effects[THERE].what = "there";
    compare_lifts(&c);
    compare_limits(&c);
    sort_changes(d->changes.list, d->changes.count);
    memcpy(d->effects.list, c.effects, sizeof c.effects);
    d->effects.count = EFFECT_COUNT;
    *out = d;
    return PISTE_OK;
}

void piste_ccc_difference_destroy(piste_ccc_difference *difference) {
    if (difference)
        base_arena_destroy(difference->owner);
}
