// model.c - the model's rules, each as simply as it can be said.
#include "desk/model.h"

#include <stddef.h>

model the_model;
m_error m_err;

enum { DAY_MS = 86400000, FIRST_DATE = 17929 }; // 2019-02-02

int64_t m_now(void) {
    return the_model.clock_ms > the_model.last_ms ? the_model.clock_ms : the_model.last_ms;
}
void m_act_begin(void) {
    the_model.offer_count = the_model.freed_count = 0;
}

// ---- what is taken, what fits ---------------------------------------------------------------------------------------

int64_t m_taken(int allotment, int quota) {
    int64_t sum = 0;
    for (int i = 0; i < the_model.orders; i++)
        for (int k = 0; the_model.order[i].state != M_ENDED && k < the_model.order[i].claims; k++)
            if (the_model.order[i].claim[k].allotment == allotment &&
                (quota < 0 || the_model.order[i].claim[k].quota == quota))
                sum += the_model.order[i].claim[k].count;
    return sum;
}
static int64_t unused(int allotment, int quota) { // what a quota keeps and has not used
    int64_t left = quota < 0 ? 0 : the_model.a[allotment].kept[quota] - m_taken(allotment, quota);
    return left > 0 ? left : 0;
}
static int64_t general(int allotment, int quota, int64_t count) {
    int64_t own = unused(allotment, quota);
    return count > own ? count - own : 0;
}
enum { FITS, QUOTA_SHORT, SHORT };
static int fit(int allotment, int quota, int64_t count) {
    const m_allotment *a = &the_model.a[allotment];
    int64_t kept = 0, more = general(allotment, quota, count), taken = m_taken(allotment, -1);
    for (int q = 0; q < M_QUOTAS; q++)
        kept += unused(allotment, q);
    if (quota >= 0 && m_taken(allotment, quota) + count > a->most[quota] + (m_err == M_QUOTA_LARGER))
        return QUOTA_SHORT;
    if (taken + count > a->capacity)
        return SHORT;
    return more && taken + kept + more > a->capacity ? SHORT : FITS;
}
int64_t m_free(int allotment) {
    int64_t can = 0;
    while (fit(allotment, -1, can + 1) == FITS)
        can++;
    return can;
}

// ---- who waits ------------------------------------------------------------------------------------------------------

// Whether a party loses by somebody's taking `more` general places, or any of its own quota.
static bool loses(const m_party *p, int quota, int64_t more) {
    int f = fit(p->allotment, p->quota, p->count);
    return (f == SHORT && more > 0) || (p->quota >= 0 && p->quota == quota);
}
static int64_t patience(int allotment) {
    return the_model.a[allotment].patience + (m_err == M_PASSES_OVER);
}
static m_order *add_order(m_state state, int64_t until_ms) {
    m_order *o = &the_model.order[the_model.orders++];
    *o = (m_order){.state = state, .until_ms = until_ms, .party = -1};
    return o;
}
static void add_freed(int allotment) {
    for (int i = 0; i < the_model.freed_count; i++)
        if (the_model.freed[i] == allotment)
            return;
    the_model.freed[the_model.freed_count++] = allotment;
}
static bool was_freed(int allotment) {
    for (int i = 0; i < the_model.freed_count; i++)
        if (the_model.freed[i] == allotment)
            return true;
    return false;
}
static void offer(int allotment) {
    for (int i = 0; i < the_model.parties; i++) {
        m_party *p = &the_model.party[i];
        if (!p->waits || p->allotment != allotment || fit(allotment, p->quota, p->count) != FITS)
            continue;
        int64_t more = general(allotment, p->quota, p->count);
        bool blocked = false;
        for (int j = 0; j < i; j++)
            if (the_model.party[j].waits && the_model.party[j].allotment == allotment &&
                loses(&the_model.party[j], p->quota, more))
                blocked |= the_model.party[j].passed >= patience(allotment);
        if (blocked)
            continue;
        for (int j = 0; j < i; j++)
            if (the_model.party[j].waits && the_model.party[j].allotment == allotment &&
                loses(&the_model.party[j], p->quota, more))
                the_model.party[j].passed++;
        m_order *o = add_order(M_HELD, m_now() + 1000 * the_model.a[allotment].offer_s);
        o->party = i;
        o->claims = 1;
        o->claim[0] = (m_claim){(int8_t)allotment, (int8_t)p->quota, 0, (int32_t)p->count};
        p->waits = false;
        the_model.offers[the_model.offer_count++] = (int)(o - the_model.order);
    }
}
// Offers what the act gave back.
static const char *done(void) {
    for (int i = 0; i < the_model.freed_count; i++)
        offer(the_model.freed[i]);
    return NULL;
}

// ---- taking and giving back -----------------------------------------------------------------------------------------

// A sale to somebody who does not wait; counts whom it passes over.
static bool may_pass(int allotment, int quota, int64_t count) {
    int64_t more = general(allotment, quota, count);
    int pass[M_PARTIES], passes = 0;
    for (int j = 0; j < the_model.parties; j++) {
        const m_party *p = &the_model.party[j];
        if (!p->waits || p->allotment != allotment || m_err == M_FORGETS_LIST)
            continue;
        bool fits = fit(p->allotment, p->quota, p->count) == FITS, is_hurt = loses(p, quota, more);
        if (fits || (is_hurt && p->passed >= patience(allotment)))
            return false;
        if (is_hurt)
            pass[passes++] = j;
    }
    while (passes > 0)
        the_model.party[pass[--passes]].passed++;
    return true;
}

// All of an order's new wants, those of one allotment and quota together, in the order in which these come first.
static const char *take_wants(m_order *o, const m_claim *wants, int count, bool past_lists) {
    int before = o->claims;
    for (int i = 0; i < count; i++)
        if (wants[i].allotment < 0)
            return "no_allotment";
    for (int i = 0; i < count; i++) {
        m_claim all = {wants[i].allotment, wants[i].quota, 0, 0};
        bool is_first = true;
        for (int k = 0; k < count; k++)
            if (wants[k].allotment == all.allotment && wants[k].quota == all.quota) {
                is_first &= k >= i;
                all.count += wants[k].count;
            }
        if (!is_first)
            continue;
        int f = fit(all.allotment, all.quota, all.count);
        if (f != FITS)
            return f == SHORT ? "sold_out" : "quota_full";
        if (!(past_lists && was_freed(all.allotment)) && !may_pass(all.allotment, all.quota, all.count))
            return "waiting";
        o->claim[o->claims++] = all;
    }
    o->claims = before;
    for (int i = 0; i < count; i++)
        o->claim[o->claims++] = wants[i];
    return NULL;
}

// Gives back what an order has for a position (-1: for all).
static void give_back(m_order *o, int position) {
    for (int k = 0; k < o->claims; k++)
        if (o->claim[k].count > 0 && (position < 0 || o->claim[k].position == position)) {
            o->claim[k].count = 0;
            add_freed(o->claim[k].allotment);
        }
}

const char *m_take(bool is_held, int64_t for_s, const m_claim *wants, int count) {
    m_order *o = add_order(is_held ? M_HELD : M_SOLD, is_held ? m_now() + 1000 * for_s : 0);
    return take_wants(o, wants, count, false);
}
const char *m_confirm(m_order *o) {
    if (o->state != M_HELD)
        return "hold_ended";
    if (o->has_price)
        return "not_paid";
    o->state = M_SOLD;
    o->until_ms = 0;
    return NULL;
}
const char *m_return(m_order *o) {
    if (o->state == M_ENDED)
        return "hold_ended";
    if (o->has_price)
        return "has_price";
    give_back(o, -1);
    o->state = M_ENDED;
    return done();
}
const char *m_return_some(m_order *o, int allotment, int64_t count) {
    int64_t there = 0;
    if (o->state == M_ENDED)
        return "hold_ended";
    if (o->has_price)
        return "has_price";
    for (int k = 0; k < o->claims; k++)
        there += o->claim[k].allotment == allotment ? o->claim[k].count : 0;
    if (there < count)
        return "not_taken";
    for (int k = o->claims; k-- > 0 && count > 0;) { // the last that was taken goes first
        int64_t some = o->claim[k].allotment != allotment ? 0 : o->claim[k].count < count ? o->claim[k].count : count;
        o->claim[k].count -= (int32_t)some;
        count -= some;
    }
    add_freed(allotment);
    return done();
}
void m_allot(int allotment) {
    add_freed(allotment);
    done();
}
const char *m_wait(int allotment, int quota, int64_t count) {
    const m_allotment *a = &the_model.a[allotment];
    if (count > a->capacity || (quota >= 0 && count > a->most[quota]))
        return "too_many";
    the_model.party[the_model.parties++] =
        (m_party){.count = count, .allotment = allotment, .quota = quota, .waits = true};
    add_freed(allotment);
    return done();
}
const char *m_leave(m_party *p) {
    if (!p->waits)
        return "not_waiting";
    p->waits = false;
    add_freed(p->allotment);
    return done();
}

// A deposit whose rest did not come is kept.
static void end_order(m_order *o) {
    give_back(o, -1);
    o->state = M_ENDED;
    the_model.deposits -= o->paid;
    the_model.cancelling += o->paid;
}
void m_end_due(void) {
    int64_t at = m_now();
    for (;;) {
        int next = -1;
        for (int i = 0; i < the_model.orders; i++) {
            const m_order *o = &the_model.order[i];
            bool is_open = o->state == M_HELD || o->state == M_RESERVED;
            if (is_open && o->until_ms + (m_err == M_KEEPS_HOLD ? 2000 : 0) <= at &&
                (next < 0 || o->until_ms < the_model.order[next].until_ms))
                next = i;
        }
        if (next < 0)
            return;
        the_model.last_ms = at;
        the_model.freed_count = 0;
        end_order(&the_model.order[next]);
        done();
    }
}

// ---- what has a price -----------------------------------------------------------------------------------------------

int32_t m_price(int product, int of_class) {
    static const int32_t prices[M_PRODUCTS][2] = {{3500, 1000}, {5050, 2225}};
    return prices[product][of_class];
}
// A day pass takes a visit; a ski day takes a visit and a boot, of which there are some on the first day only.
int m_allotment_of(int product, int date, int which) {
    return which == 0 ? (date ? M_VISIT_NEXT : M_VISIT) : product == 0 ? -2 : date ? -1 : M_BOOT;
}

static int add_wants(m_claim *wants, int count, const m_position *p, int number, bool is_agency) {
    int quota = is_agency ? 1 : p->of_class == M_NATIONAL ? 0 : -1;
    for (int which = 0; which <= (p->product == 1); which++)
        wants[count++] =
            (m_claim){(int8_t)m_allotment_of(p->product, p->date, which), (int8_t)quota, (int16_t)number, 1};
    return count;
}

static void earn(const m_position *p) {
    the_model.income[p->product] += p->price;
}
static void become_sold(m_order *o) {
    for (int i = 0; i < o->positions; i++)
        if (o->position[i].is_live)
            earn(&o->position[i]);
    the_model.deposits -= o->total;
    o->state = M_SOLD;
    o->until_ms = 0;
}

static const char *pay(m_order *o, int64_t pays, int deposit_date) {
    int64_t due = o->total - o->paid;
    if (pays < 0)
        return NULL;
    int64_t paid = pays ? pays : due;
    if (due <= 0)
        return "nothing_due";
    if (paid > due)
        return "too_much";
    o->paid += paid;
    the_model.card += paid;
    the_model.deposits += paid;
    if (o->paid == o->total) {
        become_sold(o);
        return NULL;
    }
    if (deposit_date < 0 && o->state != M_RESERVED)
        return "not_paid";
    o->state = M_RESERVED;
    if (deposit_date >= 0)
        o->until_ms = (int64_t)(FIRST_DATE + deposit_date + 1) * DAY_MS;
    return o->until_ms > m_now() ? NULL : "past";
}

const char *m_pay(m_order *o, int64_t pays, int deposit_date) {
    if (o->state != M_HELD && o->state != M_RESERVED)
        return "hold_ended";
    return o->has_price ? pay(o, pays, deposit_date) : "no_price";
}

const char *m_sell(const m_sale *s) {
    m_claim wants[2 * M_POSITIONS];
    int count = 0;
    m_order *o = add_order(M_HELD, m_now() + 1000 * s->for_s);
    o->has_price = true;
    o->is_agency = s->is_agency;
    for (int i = 0; i < s->count; i++) {
        m_position *p = &o->position[o->positions++];
        *p = s->positions[i];
        p->is_live = true;
        p->price = m_price(p->product, p->of_class);
        o->total += p->price;
        count = add_wants(wants, count, p, o->positions, s->is_agency);
    }
    if (s->offer) {
        int64_t offered = 0;
        if (s->offer->party < 0 || s->offer->state != M_HELD)
            return "hold_ended";
        for (int k = 0; k < s->offer->claims; k++)
            offered += s->offer->claim[k].count;
        if (s->count > offered)
            return "too_many";
        give_back(s->offer, -1);
        s->offer->state = M_ENDED;
    }
    const char *reason = take_wants(o, wants, count, s->offer);
    if (!reason)
        reason = pay(o, s->pays, s->deposit_date);
    return reason ? reason : done();
}

static int count_live(const m_order *o, unsigned chosen) {
    int live = 0;
    for (int i = 0; i < o->positions; i++)
        live += o->position[i].is_live && (chosen >> i & 1);
    return live;
}

// Gives money back, all but `keep`.
static const char *refund(m_order *o, int64_t keep) {
    int64_t over = o->paid > o->total ? o->paid - o->total : 0;
    if (keep > over)
        return "not_paid";
    o->paid -= over;
    if (o->state != M_SOLD)
        the_model.deposits -= over;
    the_model.card -= over - keep;
    the_model.cancelling += keep;
    return NULL;
}

const char *m_cancel(m_order *o, unsigned chosen, int64_t keep, bool no_show) {
    const char *reason = NULL;
    if (o->state == M_ENDED)
        return "hold_ended";
    if (count_live(o, chosen) == 0 || (int)__builtin_popcount(chosen) != count_live(o, chosen))
        return "no_position";
    for (int i = 0; i < o->positions; i++) {
        m_position *p = &o->position[i];
        if (!(chosen >> i & 1))
            continue;
        give_back(o, i + 1);
        p->is_live = false;
        if (no_show)
            continue;
        o->total -= p->price;
        if (o->state == M_SOLD)
            the_model.income[p->product] -= p->price;
    }
    if (no_show)
        reason = o->state == M_SOLD ? NULL : "not_paid";
    else
        reason = refund(o, keep);
    if (reason)
        return reason;
    if (m_err == M_REFUNDS_DEPOSIT && o->state == M_RESERVED)
        the_model.card--;
    if (count_live(o, ~0u) == 0)
        o->state = M_ENDED;
    else if (o->state == M_RESERVED && o->paid == o->total)
        become_sold(o);
    return done();
}

const char *m_move(m_order *o, unsigned chosen, int product, int date, int of_class, bool pays) {
    m_claim wants[2 * M_POSITIONS];
    int count = 0, moved = count_live(o, chosen);
    bool was_sold = o->state == M_SOLD;
    if (o->state == M_ENDED)
        return "hold_ended";
    if (moved == 0 || (int)__builtin_popcount(chosen) != moved)
        return "no_position";
    for (int i = 0; i < o->positions; i++)
        if (chosen >> i & 1) {
            give_back(o, i + 1);
            o->position[i].is_live = false;
            o->total -= o->position[i].price;
            if (was_sold)
                the_model.income[o->position[i].product] -= o->position[i].price;
        }
    for (int i = 0; i < moved; i++) {
        m_position *p = &o->position[o->positions++];
        *p = (m_position){(int8_t)product, (int8_t)date, (int8_t)of_class, true, m_price(product, of_class)};
        o->total += p->price;
        if (was_sold)
            earn(p);
        count = add_wants(wants, count, p, o->positions, o->is_agency);
    }
    const char *reason = take_wants(o, wants, count, true);
    int64_t more = o->total - o->paid;
    if (reason)
        return reason;
    if (more < 0)
        refund(o, 0);
    else if (pays && more == 0)
        return "nothing_due";
    else if (pays) {
        o->paid += more;
        the_model.card += more;
        the_model.deposits += was_sold ? 0 : more;
    } else if (was_sold && more > 0)
        return "not_paid";
    if (!was_sold && o->paid == o->total && o->paid > 0)
        become_sold(o);
    return done();
}
