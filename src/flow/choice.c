// choice.c - which way a party takes: what guests know of the waits, and choosing by it, by looking ahead (ahead.c), or by
// fixed or uniform shares.
#include <string.h>

#include "flow/flow.h"

enum {
    IN_SIGHT_S = 20 // a line is believed to be as long as was thought, unless it is seen to differ by this
};

// ---- looking at the mountain ----------------------------------------------------------------------------------------------

enum { BOARD_S = 60 }; // boards are renewed each minute

static void renew_boards(piste_day *day, int32_t t) {
    double *shown = &day->boards[(size_t)(t / BOARD_S % day->board_count) * (size_t)day->line_count];
    for (int32_t i = 0; i < day->line_count; i++)
        shown[i] = flow_line_seen(day, i);
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
            waits[i] = shown ? shown[i] : waits[i] + kind->follow * (flow_line_seen(day, i) - waits[i]);
    }
}

int32_t flow_look_of(const piste_day *day, const piste_choice *choice) {
    int32_t look = 0;
    while (look < day->look_count &&
           (day->looks[look].every_s != (int32_t)choice->refresh_s || day->looks[look].memory_s != choice->memory_s))
        look++;
    return look;
}

// ---- what may be chosen -----------------------------------------------------------------------------------------------

static void see(piste_day *day, const flow_class *c, flow_outlook *o, int32_t seen, int32_t t) {
    if (o->seen_s == seen && o->seen_version == day->version)
        return;
    flow_ahead_look(day, c, o, t);
    o->seen_s = seen;
    o->seen_version = day->version;
    o->options_version = -1;
}

// Each option has its share of all draws there are; the last one has what is left.
static void share_out(flow_option *options, int32_t count, double sum) {
    double upto = 0;
    for (int32_t i = 0; i < count; i++) {
        upto += options[i].own;
        options[i].upto = i < count - 1 && upto < sum ? (uint64_t)(upto / sum * 0x1p64) : UINT64_MAX;
    }
}

// Sums up what may be chosen at each place as things stand; holds until something opens or closes, or the next look.
static void sum_up(const piste_day *day, const flow_class *c, flow_outlook *o) {
    int32_t count = 0;
    o->options_version = day->version;
    for (int32_t i = 0; i < day->resort->places.count; i++) {
        int32_t place = day->order[i], ways = day->out_first[place + 1] - day->out_first[place], walks = 0;
        flow_spot *spot = &o->spots[place];
        double sum = 0;
        *spot = (flow_spot){.first = count, .idle = c->is_bound ? o->idle_odds[place] : 0};
        for (int32_t k = c->prospect_first[i]; k < c->prospect_first[i + 1]; k++) {
            int32_t way = c->prospects[k].way;
            const flow_way *w = &day->ways[way];
            if (!(o->worth[k] > 0) || !w->open || (w->kind == FLOW_RIDE && !flow_line_joinable(day, w, false)))
                continue;
            double before = sum;
            sum += o->worth[k];
            o->options[count++] = (flow_option){sum - before, 0, way, w->to, w->index, w->kind};
            walks += w->kind == FLOW_WALK;
            spot->rides = (int16_t)(spot->rides + (w->kind == FLOW_RIDE));
        }
        spot->count = count - spot->first;
        spot->walks = (int16_t)walks;
        if (!c->is_bound)
            share_out(&o->options[spot->first], spot->count, sum);
        // Whoever has walked here may not walk straight back, where there are other ways.
        spot->chooses = spot->count > 1 || (spot->count == 1 && ((walks > 0 && ways > 1) || spot->idle > 0));
    }
}

// What is thought of the ways is renewed at each look, and whenever something opens or closes. Whoever could still get home
// from everywhere thinks like all who have the same tastes; whoever could not, like those with the same way home.
void flow_choose_think(piste_day *day, flow_class *c, int32_t t) {
    flow_outlook *o = c->common;
    c->odds_until_s = INT32_MAX;
    if (c->is_bound) {
        int32_t every = (int32_t)c->choice->refresh_s, seen = t / every * every;
        seen = seen < day->from_s ? day->from_s : seen;
        int32_t at = seen > day->version_s ? seen : day->version_s; // not t: nobody's coming changes what others see
        bool carefree = at <= c->carefree_s;
        if (carefree) {
            see(day, c, o, seen, at);
            carefree = at + o->longest_s <= c->carefree_s;
        }
        if (!carefree) {
            o = &c->own;
            see(day, c, o, seen, at);
        }
        c->odds_until_s = (t / every + 1) * every;
    }
    if (o->options_version != day->version)
        sum_up(day, c, o);
    c->odds_version = day->version;
    c->outlook = o;
}

// ---- choosing -----------------------------------------------------------------------------------------------------------

// The number or 0, without a jump.
static inline double if_so(bool so, double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    bits &= -(uint64_t)so;
    memcpy(&number, &bits, sizeof bits);
    return number;
}

// By how much a line that is longer or shorter than was thought changes the odds of joining it: those who stand before it see it.
static inline double at_sight(const piste_day *day, const flow_class *c, int32_t line) {
    double believed = day->wait_s[(size_t)c->look * (size_t)day->line_count + (size_t)line];
    double more = flow_line_seen(day, line) - believed;
    double relative = if_so(more >= IN_SIGHT_S || more <= -IN_SIGHT_S, -c->dread * more);
    relative = relative < 40 ? relative : 40;
    return base_exp_rough(relative > -40 ? relative : -40);
}

// Of those who look ahead each has odds of its own: each run is worth less the more often it was skied, a line is as long as it
// is seen to be, and nobody walks straight back to where the last walk came from (`avoid`, -1: nowhere). Which of them is
// chosen, and by how much a line is longer, nobody foresees: there is no jump that depends on it.
const flow_option *flow_choose_among(piste_day *day, const flow_class *c, uint32_t party, int32_t place, int32_t avoid,
                                     uint64_t draw) {
    const flow_spot *spot = &c->outlook->spots[place];
    const flow_option *const options = &c->outlook->options[spot->first], *o = options;
    const flow_option *runs = o + spot->rides, *end = o + spot->count, *walks = end - spot->walks;
    const uint8_t *skied = day->skied ? &day->skied[(size_t)party * (size_t)day->resort->runs.count] : NULL;
    double *const odds = day->scratch, *next = odds, sum = 0;
    for (; o < runs; o++)
        *next++ = sum += o->own * at_sight(day, c, o->index);
    for (; o < walks; o++)
        *next++ = sum += o->own * c->novelty[skied ? skied[o->index] : 0];
    for (; o < end; o++)
        *next++ = sum += o->own * (o->to != avoid);
    if (!(sum > 0))
        return NULL;
    double at = base_uniform(draw) * (sum + spot->idle);
    int32_t chosen = 0;
    for (const double *upto = odds; upto < next; upto++)
        chosen += at >= *upto;
    return chosen < spot->count ? &options[chosen] : NULL;
}
