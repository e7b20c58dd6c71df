// people.c - who comes: parties and guests of each segment, from their own random streams.
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"

static double uniform(uint64_t key, uint32_t purpose, uint64_t count) {
    return base_uniform(base_draw(base_stream(key, purpose), count));
}

// Which of the words with these shares (that sum to 1) a number between 0 and 1 falls to.
static int32_t share_at(const double *shares, int32_t count, double u) {
    int32_t last = 0;
    for (int32_t i = 0; i < count; i++) {
        if (shares[i] <= 0)
            continue;
        last = i;
        if (u < shares[i])
            return i;
        u -= shares[i];
    }
    return last;
}

// Visits of the whole day shared out over the segments as the resort has them, by largest remainders.
static void share_out(piste_day *day) {
    const piste_resort *resort = day->resort;
    int64_t all = 0, given = 0;
    for (int32_t i = 0; i < resort->segments.count; i++)
        all += resort->segments.list[i].guests;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        int64_t own = resort->segments.list[i].guests;
        day->segments[i].sold = day->def.guests < 0 ? own : all > 0 ? day->def.guests * own / all : 0;
        given += day->segments[i].sold;
    }
    if (day->def.guests < 0 || all == 0)
        return;
    for (; given < day->def.guests; given++) { // fewer are left than there are segments with a remainder
        int32_t best = -1;
        int64_t most = 0;
        for (int32_t i = 0; i < resort->segments.count; i++) {
            int64_t wanted = day->def.guests * resort->segments.list[i].guests, rest = wanted % all;
            if (day->segments[i].sold == wanted / all && rest > most) {
                most = rest;
                best = i;
            }
        }
        day->segments[best].sold++;
    }
}

// On whole cache lines, so that a record of 64 bytes is one of them.
static bool make_room(void **memory, size_t *room, size_t count, size_t size) {
    if (count <= *room && *memory)
        return true;
    size_t more = (count + count / 4 + 63) / 64 * 64;
    void *moved = aligned_alloc(64, more * size);
    if (!moved)
        return false;
    if (*memory)
        memcpy(moved, *memory, *room * size);
    free(*memory);
    *memory = moved;
    *room = more;
    return true;
}

static bool make_room_for_party(piste_day *day) {
    size_t count = (size_t)day->party_count + 1, plans = day->party_room, next = day->party_room;
    return make_room((void **)&day->plans, &plans, count, sizeof *day->plans) &&
           make_room((void **)&day->next, &next, count, sizeof *day->next) &&
           make_room((void **)&day->parties, &day->party_room, count, sizeof *day->parties);
}

static int32_t draw_size(const piste_segment *s, uint64_t key) {
    double size = base_floor(piste_dist_draw(&s->party_size, uniform(key, DRAW_PARTY_SIZE, 0)) + 0.5);
    return size < 1 ? 1 : size > PISTE_PARTY_MAX ? PISTE_PARTY_MAX : (int32_t)size;
}

// `child`: the chance that it is one.
static void make_guest(piste_day *day, const piste_segment *s, flow_guest *g, uint64_t key, double child) {
    g->key = key;
    g->is_child = child > 0 && uniform(key, DRAW_CHILD, 0) < child;
    g->ability = (uint8_t)share_at(s->ability, PISTE_ABILITY_COUNT, uniform(key, DRAW_ABILITY, 0));
    double speed = piste_dist_draw(&day->resort->traits[g->ability].speed, uniform(key, DRAW_SPEED, 0));
    g->pace_s_per_m = (float)(1.0 / speed);
}

// Those who go to the segment's classes come last among the guests of their party; returns how many they are.
static int32_t sort_apart(piste_day *day, const piste_segment *s, int32_t size, uint32_t first_guest) {
    int32_t who = 0, apart = 0;
    flow_guest *guests = &day->guests[first_guest], sorted[PISTE_PARTY_MAX];
    for (int32_t i = 0; i < s->visits.count; i++)
        who |= s->visits.list[i].who;
    if (!who)
        return 0;
    for (int32_t goes = 0, at = 0; goes < 2; goes++)
        for (int32_t i = 0; i < size; i++)
            if ((who >> guests[i].ability & 1) == goes) {
                sorted[at++] = guests[i];
                apart += goes;
            }
    memcpy(guests, sorted, (size_t)size * sizeof *guests);
    return apart;
}

// The class of some guests of a party, which is that of the weakest; *stamina_m: of the first to tire.
static uint16_t class_of_guests(const piste_day *day, int32_t segment, int32_t mode, uint32_t first_guest,
                                int32_t count, float *stamina_m) {
    int32_t weakest = PISTE_ABILITY_COUNT - 1;
    double least = 1e9;
    for (int32_t i = 0; i < count; i++) {
        const flow_guest *g = &day->guests[first_guest + (uint32_t)i];
        weakest = g->ability < weakest ? g->ability : weakest;
        double own = piste_dist_draw(&day->resort->traits[g->ability].stamina, uniform(g->key, DRAW_STAMINA, 0));
        least = own < least ? own : least;
    }
    int32_t access = mode == PISTE_ON_FOOT ? FLOW_ACCESS_FOOT : mode * PISTE_ABILITY_COUNT + weakest;
    bool closed = day->resort->segments.list[segment].leaving.kind == PISTE_DIST_NONE; // such people never tire
    *stamina_m = mode == PISTE_ON_FOOT ? 0 : closed ? 1e30F : (float)least;
    return (uint16_t)day->class_of[segment * FLOW_ACCESS + access];
}

// Which visits the party will make, drawn now; when each falls due is a pure function of its key.
static uint32_t draw_todo(const piste_segment *s, uint64_t key) {
    uint32_t todo = 0;
    for (int32_t i = 0; i < s->visits.count; i++)
        if (uniform(key, DRAW_VISIT_SHARE, (uint64_t)i) < s->visits.list[i].share)
            todo |= 1u << i;
    return todo;
}

// What a party has in mind: its visits, but not the classes to which none of it goes; and how it may part.
static void make_plan(piste_day *day, int32_t segment, uint32_t index, int32_t mode) {
    const piste_segment *s = &day->resort->segments.list[segment];
    const flow_party *p = &day->parties[index];
    flow_plan *plan = &day->plans[index];
    int32_t apart = sort_apart(day, s, p->size, p->first_guest), rest = p->size - apart;
    *plan = (flow_plan){.todo = draw_todo(s, p->key), .venue = -1, .booked = -1, .whole_class = p->class_index};
    for (int32_t i = 0; i < s->visits.count; i++)
        if (s->visits.list[i].who && apart == 0)
            plan->todo &= ~(1u << i);
    if (apart == 0 || rest == 0)
        return;
    plan->apart = (uint16_t)apart;
    plan->rest_class = class_of_guests(day, segment, mode, p->first_guest, rest, &plan->rest_stamina_m);
    plan->apart_class =
        class_of_guests(day, segment, mode, p->first_guest + (uint32_t)rest, apart, &plan->apart_stamina_m);
    plan->whole_stamina_m = p->stamina_m;
}

static void make_party(piste_day *day, int32_t segment, uint32_t index, uint64_t key, int32_t size,
                       uint32_t first_guest) {
    const piste_segment *s = &day->resort->segments.list[segment];
    flow_party *p = &day->parties[index];
    int32_t mode = share_at(s->mode, PISTE_MODE_COUNT, uniform(key, DRAW_MODE, 0));
    float stamina_m;
    uint16_t class_index = class_of_guests(day, segment, mode, first_guest, size, &stamina_m);
    *p = (flow_party){.way = -1,
                      .place = s->arrive_at.index,
                      .visit = -1,
                      .first_guest = first_guest,
                      .size = (uint16_t)size,
                      .segment = (uint16_t)segment,
                      .class_index = class_index,
                      .stamina_m = stamina_m,
                      .key = key,
                      .budget = {.arrived_s = -1}};
    flow_leg_note_pace(day, p);
    make_plan(day, segment, index, mode);
    p->leave_s = s->leaving.kind == PISTE_DIST_NONE
                     ? INT32_MAX
                     : (int32_t)piste_dist_draw(&s->leaving, uniform(key, DRAW_LEAVING, 0));
    p->next_visit_s = flow_visit_due(day, p);
    int32_t arrival = (int32_t)piste_dist_draw(&s->arrival, uniform(key, DRAW_ARRIVAL, 0));
    if (arrival < day->from_s)
        arrival = day->from_s;
    p->state = FLOW_TO_COME;
    p->since_s = arrival;
    if (arrival == day->from_s) { // the first second is still to be handled: straight into its bucket
        p->due_s = arrival;
        day->next[index] = day->wheel[arrival & (FLOW_WHEEL - 1)];
        day->wheel[arrival & (FLOW_WHEEL - 1)] = index;
    } else
        flow_push(day, index, arrival);
}

// Draws parties until the visits sold are used up; the last party is cut to what is left. A party shows up or not as one.
static piste_status fill_segment(piste_day *day, int32_t segment, uint64_t seed_key, piste_errors *errors) {
    const piste_segment *s = &day->resort->segments.list[segment];
    flow_segment *out = &day->segments[segment];
    uint64_t segment_key = base_key_child(seed_key, base_key_text(s->entry.key));
    uint64_t party_root = base_key_child(segment_key, 0), guest_root = base_key_child(segment_key, 1);
    int64_t left = out->sold;
    uint64_t guest_index = 0;
    for (uint64_t i = 0; left > 0; i++) {
        uint64_t key = base_key_child(party_root, i);
        int32_t size = draw_size(s, key);
        if (size > left)
            size = (int32_t)left;
        left -= size;
        uint64_t first = guest_index;
        guest_index += (uint64_t)size;
        if (uniform(key, DRAW_SHOW, 0) >= s->show_rate)
            continue;
        if (!make_room_for_party(day) || !make_room((void **)&day->guests, &day->guest_room,
                                                    (size_t)day->guest_count + (size_t)size, sizeof *day->guests))
            return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the guests");
        for (int32_t g = 0; g < size; g++)
            make_guest(day, s, &day->guests[day->guest_count + (uint32_t)g],
                       base_key_child(guest_root, first + (uint64_t)g), g > 0 ? out->child : 0);
        make_party(day, segment, day->party_count, key, size, day->guest_count);
        day->party_count++;
        day->left_to_go++;
        day->guest_count += (uint32_t)size;
        if (day->plans[day->party_count - 1].apart == 0)
            continue;
        if (!make_room_for_party(day))
            return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the guests");
        flow_meet_reserve(day, day->party_count++);
    }
    return PISTE_OK;
}

piste_status flow_people_build(piste_day *day, piste_errors *errors) {
    const piste_resort *resort = day->resort;
    day->party_count = day->guest_count = day->left_to_go = 0;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        flow_segment *s = &day->segments[i];
        flow_hist_clear(&s->wait);
        *s = (flow_segment){.child = s->child, .wait = s->wait};
        for (int32_t k = 0; k < resort->segments.list[i].visits.count; k++)
            s->visits_when[resort->segments.list[i].visits.list[k].when] |= 1u << k;
    }
    share_out(day);
    uint64_t seed_key = base_mix(day->def.seed + 0x9e3779b97f4a7c15ull);
    for (int32_t i = 0; i < resort->segments.count; i++) {
        piste_status status = fill_segment(day, i, seed_key, errors);
        if (status != PISTE_OK)
            return status;
    }
    bool minds = false, children = false;
    for (int32_t i = 0; i < resort->segments.count; i++)
        children |= resort->segments.list[i].children > 0;
    if (children && !make_room((void **)&day->children_left, &day->children_room, day->party_count, 1))
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the guests");
    for (int32_t i = 0; i < day->class_count; i++)
        minds |= day->classes[i].is_bound && day->classes[i].choice->novelty_s > 0;
    if (minds) {
        size_t need = (size_t)day->party_count * (size_t)resort->runs.count;
        if (!make_room((void **)&day->skied, &day->skied_room, need, 1))
            return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the guests");
        memset(day->skied, 0, need);
    }
    if (!make_room((void **)&day->ranks.standings, &day->ranks.standing_room, day->party_count,
                   sizeof *day->ranks.standings) ||
        !make_room((void **)&day->ranks.list, &day->ranks.list_room, day->party_count, sizeof *day->ranks.list) ||
        !make_room((void **)&day->ranks.other, &day->ranks.other_room, day->party_count, sizeof *day->ranks.other))
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the guests");
    uint32_t *sorting = realloc(day->sorting, ((size_t)day->party_count + 1) * sizeof *sorting);
    if (!sorting)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the guests");
    day->sorting = sorting;
    if (!make_room((void **)&day->meeting, &day->meeting_room, day->party_count, sizeof *day->meeting))
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the guests");
    day->meeting_count = 0;
    if (day->party_count == 0)
        day->ended = true;
    return PISTE_OK;
}
