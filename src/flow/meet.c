// meet.c - parties that part for a class and meet again.
//
// Those of a party who go to a class (a visit with `who`) stand last among its guests. When the class is due they become a party
// of their own, whose number is the next one; the others go on. They are one again at the next visit that is made `together`,
// and at the way out before they leave: whoever comes first waits there. Parties meet on the minute, before anyone acts, so
// that it does not matter who acts first within a second.
#include "flow/flow.h"

static const piste_visit *visit_of(const piste_day *day, const flow_party *p, int32_t visit) {
    return &flow_segment_of(day, p)->visits.list[visit];
}

void flow_meet_reserve(piste_day *day, uint32_t party) {
    day->parties[party] = (flow_party){.way = -1,
                                       .visit = -1,
                                       .segment = day->parties[party - 1].segment,
                                       .class_index = day->plans[party - 1].apart_class,
                                       .key = base_key_child(day->parties[party - 1].key, 0),
                                       .state = FLOW_TOGETHER,
                                       .budget = {.arrived_s = -1}};
    day->plans[party] = (flow_plan){.venue = -1, .booked = -1};
}

int32_t flow_meet_people(const piste_day *day, const flow_party *p, int32_t visit) {
    const flow_plan *plan = flow_plan_of(day, p);
    return plan->apart && plan->bond == FLOW_ONE && visit_of(day, p, visit)->who ? plan->apart : p->size;
}

bool flow_meet_parts(const piste_day *day, const flow_party *p) {
    return flow_meet_people(day, p, p->visit) < p->size;
}

// ---- parting --------------------------------------------------------------------------------------------------------

// Where they will be together next, seen from here; -1: at the way out only.
static void agree(piste_day *day, const flow_party *p, flow_plan *plan, int32_t t) {
    const piste_segment *s = flow_segment_of(day, p);
    plan->meet_visit = -1;
    plan->meet_venue = -1;
    for (int32_t i = 0; i < s->visits.count && plan->meet_visit < 0; i++)
        if ((plan->todo >> i & 1) && s->visits.list[i].together)
            plan->meet_visit = (int8_t)i;
    if (plan->meet_visit < 0)
        return;
    const piste_visit *v = visit_of(day, p, plan->meet_visit);
    if (!v->place.key)
        plan->meet_venue = v->venue.key ? v->venue.index : flow_visit_quickest_venue(day, p, v->kind, p->size, t);
    if (!v->place.key && plan->meet_venue < 0)
        plan->meet_visit = -1;
}

uint32_t flow_meet_part(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party], *a = p + 1;
    flow_plan *plan = &day->plans[party], *other = plan + 1;
    const piste_segment *s = flow_segment_of(day, p);
    uint32_t first = p->first_guest + p->size - plan->apart, legs = a->legs;
    uint64_t key = a->key;
    const flow_budget budget = a->budget;
    float used = plan->whole_stamina_m - p->stamina_m;
    agree(day, p, plan, t);
    *other = *plan;
    *a = *p;
    a->first_guest = first;
    a->key = key;
    a->budget = budget;
    a->legs = legs; // its own draws go on where they were
    a->size = plan->apart;
    a->left = 0;
    a->class_index = plan->apart_class;
    a->stamina_m = plan->apart_stamina_m - used;
    other->bond = FLOW_APART;
    plan->bond = FLOW_REST;
    p->size = (uint16_t)(p->size - plan->apart);
    p->class_index = plan->rest_class;
    p->stamina_m = plan->rest_stamina_m - used;
    flow_leg_note_pace(day, a);
    flow_leg_note_pace(day, p);
    plan->booked = plan->booked == p->visit ? -1 : plan->booked;
    plan->venue = p->visit = -1;
    for (int32_t i = 0; i < s->visits.count; i++)
        if (s->visits.list[i].who)
            plan->todo &= ~(1u << i);
    p->next_visit_s = flow_visit_due(day, p);
    if (day->skied) {
        size_t runs = (size_t)day->resort->runs.count;
        for (size_t i = 0; i < runs; i++)
            day->skied[(party + 1) * runs + i] = day->skied[party * runs + i];
    }
    day->left_to_go++;
    flow_tell(day, t, PISTE_ACT_PART, party, a->size, p->place, -1, -1, -1);
    return party + 1;
}

// ---- meeting --------------------------------------------------------------------------------------------------------

static uint32_t others_of(const piste_day *day, uint32_t party) {
    return day->plans[party].bond == FLOW_REST ? party + 1 : party - 1;
}

static bool is_parted(const flow_plan *plan) {
    return plan->bond == FLOW_REST || plan->bond == FLOW_APART;
}

int32_t flow_meet_venue(const flow_plan *plan, int32_t visit) {
    return is_parted(plan) && visit == plan->meet_visit ? plan->meet_venue : -1;
}

bool flow_meet_waits(const piste_day *day, const flow_party *p, int32_t visit) {
    const flow_plan *plan = flow_plan_of(day, p);
    return is_parted(plan) && (visit < 0 || visit == plan->meet_visit);
}

void flow_meet_wait(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    p->state = FLOW_MEETING;
    p->since_s = t;
    day->meeting[day->meeting_count++] = party;
}

// Each for itself from now on; the visit that they were to make together is made by each alone.
static void go_asunder(piste_day *day, uint32_t party) {
    day->plans[party].bond = day->plans[others_of(day, party)].bond = FLOW_ASUNDER;
}

static void go_on(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    flow_spend(p, PISTE_SPENT_IDLE, t - p->since_s);
    p->state = FLOW_IDLE;
    p->since_s = t;
    flow_push(day, party, t + 1);
}

// What one of the two has booked the others come along to, unless it is a class.
static void share_booking(piste_day *day, const flow_party *p, const flow_plan *plan, const flow_party *a,
                          const flow_plan *other) {
    flow_visit *visits = day->segments[p->segment].visits;
    if (plan->booked >= 0 && other->booked < 0 && !visit_of(day, p, plan->booked)->who)
        visits[plan->booked].wished += a->size;
    if (other->booked >= 0 && plan->booked < 0 && !visit_of(day, p, other->booked)->who)
        visits[other->booked].wished += p->size;
}

static void be_one(piste_day *day, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party], *a = p + 1;
    flow_plan *plan = &day->plans[party], *other = plan + 1;
    flow_spend(a, PISTE_SPENT_IDLE, t - a->since_s);
    flow_spend(p, PISTE_SPENT_IDLE, t - p->since_s);
    p->since_s = t;
    share_booking(day, p, plan, a, other);
    plan->rest_stamina_m = p->stamina_m;
    plan->apart_stamina_m = a->stamina_m;
    plan->whole_stamina_m = p->stamina_m < a->stamina_m ? p->stamina_m : a->stamina_m;
    if (other->booked >= 0) { // an afternoon's class; what the rest had booked goes first
        plan->booked = other->booked;
        plan->booked_s = other->booked_s;
        plan->booked_venue = other->booked_venue;
    }
    // What either has done is done; classes are left to those who went to the last one.
    uint32_t classes = 0;
    for (int32_t i = 0; i < day->resort->segments.list[p->segment].visits.count; i++)
        classes |= visit_of(day, p, i)->who ? 1u << i : 0;
    plan->todo = (plan->todo & other->todo) | (other->todo & classes);
    plan->bond = FLOW_ONE;
    p->size = (uint16_t)(p->size + a->size);
    p->class_index = plan->whole_class;
    p->stamina_m = plan->whole_stamina_m;
    flow_leg_note_pace(day, p);
    p->leave_s = p->leave_s < a->leave_s ? p->leave_s : a->leave_s;
    p->leaving = p->leaving || a->leaving;
    p->next_visit_s = flow_visit_due(day, p);
    a->size = 0;
    a->state = FLOW_TOGETHER;
    a->visit = -1;
    flow_budget_add(&day->parties[party].budget, &day->parties[party + 1].budget);
    day->left_to_go--;
    flow_tell(day, t, PISTE_ACT_MEET, party, p->size, p->place, -1, -1, -1);
    go_on(day, party, t);
}

// How long they wait: at the way out, from when the others set out for it.
static int32_t patience(const flow_party *p, const flow_party *others) {
    int32_t from = p->visit < 0 && others->leave_s > p->since_s ? others->leave_s : p->since_s;
    return from < FLOW_DAY_MAX ? from + FLOW_MEET_S : FLOW_DAY_MAX;
}

void flow_meet_all(piste_day *day, int32_t t) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < day->meeting_count; i++) {
        uint32_t party = day->meeting[i], others = others_of(day, party);
        const flow_party *p = &day->parties[party], *o = &day->parties[others];
        if (p->state != FLOW_MEETING)
            continue;                         // its others have met it already
        if (!is_parted(&day->plans[party])) { // they have given up waiting elsewhere
            go_on(day, party, t);
            continue;
        }
        bool together = o->state == FLOW_MEETING && o->place == p->place;
        const flow_plan *x = &day->plans[party], *y = &day->plans[others];
        bool booked = x->booked >= 0 && y->booked >= 0 && (x->booked != y->booked || x->booked_s != y->booked_s);
        if (together && !booked)
            be_one(day, party < others ? party : others, t);
        else if (together || o->state == FLOW_GONE || t >= patience(p, o)) {
            go_asunder(day, party);
            go_on(day, party, t);
            if (together)
                go_on(day, others, t);
        } else
            day->meeting[kept++] = party;
    }
    day->meeting_count = kept;
}
