// day.c - the loop of a day: a wheel of one-second buckets, and what is done in each second. See flow.h for the order.
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"

// ---- the wheel --------------------------------------------------------------------------------------------------------

void flow_push_far(piste_day *day, uint32_t party, int32_t second) {
    flow_party *p = &day->parties[party];
    p->due_s = second <= day->now_s ? day->now_s + 1 : second > FLOW_DAY_MAX ? FLOW_DAY_MAX : second;
    uint32_t *head = p->due_s - day->now_s < FLOW_WHEEL ? &day->wheel[p->due_s & (FLOW_WHEEL - 1)]
                                                        : &day->overflow[p->due_s / FLOW_WHEEL];
    day->next[party] = *head;
    *head = party;
}

// Those whose second has come within the wheel's reach move from the overflow list of that stretch into their buckets.
static void take_over(piste_day *day, int32_t t) {
    uint32_t party = day->overflow[t / FLOW_WHEEL];
    day->overflow[t / FLOW_WHEEL] = FLOW_NIL;
    while (party != FLOW_NIL) {
        flow_party *p = &day->parties[party];
        uint32_t next = day->next[party], *head = &day->wheel[p->due_s & (FLOW_WHEEL - 1)];
        day->next[party] = *head;
        *head = party;
        party = next;
    }
}

static bool take_out(piste_day *day, uint32_t *head, uint32_t party) {
    for (; *head != FLOW_NIL; head = &day->next[*head])
        if (*head == party) {
            *head = day->next[party];
            return true;
        }
    return false;
}

void flow_unpush(piste_day *day, uint32_t party) {
    int32_t due = day->parties[party].due_s;
    if (!take_out(day, &day->wheel[due & (FLOW_WHEEL - 1)], party))
        take_out(day, &day->overflow[due / FLOW_WHEEL], party);
}

static int by_number(const void *a, const void *b) {
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

int32_t flow_sort_several(piste_day *day, uint32_t list) {
    enum { FEW = 32 }; // mostly two; but a whole day's guests may come in one second
    uint32_t *sorted = day->sorting;
    int32_t count = 0;
    for (uint32_t party = list; party != FLOW_NIL; party = day->next[party]) {
        int32_t at = count++;
        for (; count <= FEW && at > 0 && sorted[at - 1] > party; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = party;
    }
    if (count > FEW)
        qsort(sorted, (size_t)count, sizeof *sorted, by_number);
    return count;
}

// ---- telling who listens ----------------------------------------------------------------------------------------------

void flow_tell_listener(const piste_day *day, int32_t t, piste_act act, uint32_t party, int32_t size, int32_t place,
                        int32_t way, int32_t venue, int32_t until, int32_t why) {
    piste_event e = {.second = t,
                     .act = act,
                     .party = (int32_t)party,
                     .size = size,
                     .segment = day->parties[party].segment,
                     .place = place,
                     .lift = -1,
                     .run = -1,
                     .walk = -1,
                     .venue = venue,
                     .until_s = until,
                     .why = why};
    if (way >= 0) {
        const flow_way *w = &day->ways[way];
        if (w->kind == FLOW_RUN)
            e.run = w->index;
        else if (w->kind == FLOW_WALK)
            e.walk = w->index;
        else
            e.lift = w->lift;
    }
    day->def.event(day->def.context, &e);
}

void flow_tell_lift(piste_day *day, int32_t t, piste_act act, int32_t lift, int32_t until) {
    if (!day->def.event)
        return;
    piste_event e = {.second = t,
                     .act = act,
                     .party = -1,
                     .size = 0,
                     .segment = -1,
                     .place = -1,
                     .lift = lift,
                     .run = -1,
                     .walk = -1,
                     .venue = -1,
                     .until_s = until,
                     .why = -1};
    day->def.event(day->def.context, &e);
}

void flow_tell_run(const piste_day *day, int32_t t, piste_act act, int32_t run) {
    if (!day->def.event)
        return;
    piste_event e = {.second = t,
                     .act = act,
                     .party = -1,
                     .segment = -1,
                     .place = -1,
                     .lift = -1,
                     .run = run,
                     .walk = -1,
                     .venue = -1,
                     .until_s = -1,
                     .why = -1};
    day->def.event(day->def.context, &e);
}

// ---- one second ---------------------------------------------------------------------------------------------------------

// A new bin of everything over time begins with what is there.
static void begin_bin(piste_day *day, int32_t t) {
    for (int32_t i = 0; i < day->resort->lifts.count; i++) {
        flow_lift_note_bin(day, &day->lifts[i]);
        day->lifts[i].bin_queue = day->lifts[i].people;
    }
    int32_t bin = day->bin = (t - day->from_s) / day->def.bin_s;
    day->present_over_time[bin] = (int32_t)day->present;
    for (int32_t i = 0; i < day->resort->venues.count; i++)
        day->venues[i].inside_over_time[bin] = day->venues[i].inside;
}

// Venues do not act on one another, so the order in which they were marked does not matter.
static void settle_venues(piste_day *day, int32_t t) {
    for (int32_t i = 0; i < day->marked_count; i++) {
        day->venues[day->marked_venues[i]].marked = false;
        flow_venue_settle(day, day->marked_venues[i], t);
    }
    day->marked_count = 0;
}

// What goes by the clock alone is looked after each minute, and when a bin or the like ends in between.
static int32_t next_chores(const piste_day *day, int32_t t) {
    int32_t next = (t / 60 + 1) * 60, wheel = (t / FLOW_WHEEL + 1) * FLOW_WHEEL;
    int32_t bin = day->from_s + (day->bin + 1) * day->def.bin_s;
    next = wheel < next ? wheel : next;
    next = bin < next ? bin : next;
    next = day->step_end_s < next ? day->step_end_s : next;
    for (int32_t i = 0; i < day->look_count; i++) {
        int32_t look = (t / day->looks[i].every_s + 1) * day->looks[i].every_s;
        next = look < next ? look : next;
    }
    return next;
}

static void begin_spans(piste_day *day, int32_t t) {
    if ((t & (FLOW_WHEEL - 1)) == 0)
        take_over(day, t);
    if ((t - day->from_s) % day->def.bin_s == 0)
        begin_bin(day, t);
    if (t == day->step_end_s) {
        flow_crowd_step(day);
        if ((t - day->from_s) % FLOW_QUARTER_S == 0)
            flow_crowd_see(day);
        day->step++;
        day->step_end_s += day->step_s;
    }
}

static bool is_any(const uint64_t *words, const uint64_t *end) {
    while (words < end)
        if (*words++)
            return true;
    return false;
}

static void one_second(piste_day *day, int32_t t) {
    bool chores = t >= day->chores_s;
    if (chores)
        begin_spans(day, t);
    if (day->next_agenda_s <= t || day->next_lift_s <= t)
        flow_agenda_act(day, t);
    if (chores) {
        flow_look(day, t);
        if (day->meeting_count && t % 60 == 0)
            flow_meet_all(day, t);
        day->chores_s = next_chores(day, t);
    }
    const uint64_t *due = &day->timers[(size_t)(t & (FLOW_TIMER - 1)) * (size_t)day->line_words];
    if (is_any(due, due + day->line_words))
        flow_lines_dispatch(day, t);
    if (day->wheel[t & (FLOW_WHEEL - 1)] != FLOW_NIL)
        flow_parties_act(day, t);
    if (is_any(day->joined, day->joined + day->line_words))
        flow_lines_settle(day, t);
    if (day->marked_count)
        settle_venues(day, t);
}

bool piste_day_run(piste_day *day, int32_t second) {
    while (!day->ended && day->now_s < second) {
        one_second(day, day->now_s);
        day->now_s++;
        if (day->now_s >= day->to_s || day->left_to_go == 0)
            day->ended = true;
    }
    return day->ended;
}

int32_t piste_day_now(const piste_day *day) {
    return day->now_s;
}

// ---- making and ending one ------------------------------------------------------------------------------------------------

piste_day_def piste_day_def_default(void) {
    return (piste_day_def){.seed = 1, .guests = -1, .bin_s = 300};
}

static void clear(piste_day *day) {
    day->now_s = day->chores_s = day->from_s;
    day->ended = false;
    memset(day->wheel, 0xff, FLOW_WHEEL * sizeof *day->wheel);
    memset(day->overflow, 0xff, sizeof day->overflow);
    memset(day->timers, 0, (size_t)FLOW_TIMER * (size_t)day->line_words * sizeof *day->timers);
    memset(day->joined, 0, (size_t)day->line_words * sizeof *day->joined);
    day->marked_count = 0;
    day->events = day->present = day->present_max = day->gone = day->assisted = 0;
    day->present_max_at_s = day->from_s;
    day->last_gone_s = -1;
    memset(day->present_over_time, 0, (size_t)day->bin_capacity * sizeof *day->present_over_time);
    size_t runs = (size_t)day->resort->runs.count;
    memset(day->run_descents, 0, runs * sizeof *day->run_descents);
    day->bin = day->step = 0;
    day->seed_key = base_mix(day->def.seed);
    day->step_end_s = day->from_s + day->step_s;
    for (int32_t i = 0; i < day->class_count; i++)
        flow_ahead_reset(&day->classes[i]);
    for (int32_t i = 0; i < day->resort->places.count * FLOW_ACCESS; i++)
        day->routes[i].version = -1;
    memset(day->wait_s, 0, (size_t)(day->look_count + 1) * (size_t)(day->line_count + 1) * sizeof *day->wait_s);
    flow_crowd_reset(day);
    day->version = 0;
    day->version_s = day->from_s;
    flow_lift_reset(day);
    flow_motion_reset(day);
    flow_venue_reset(day);
    flow_agenda_reset(day);
}

static piste_status check_def(const piste_resort *resort, const piste_day_def *def, piste_errors *errors) {
    if (def->bin_s < 60 || def->bin_s > 3600 || (900 % def->bin_s != 0 && def->bin_s % 900 != 0))
        return piste_errors_add(
            errors, PISTE_INVALID, NULL, 0, 0,
            "bin: %d s, expected 60 to 3600 s that divide a quarter of an hour or are a multiple of it", def->bin_s);
    if (def->guests > PISTE_GUESTS_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, NULL, 0, 0, "guests: %lld, expected at most %d",
                                (long long)def->guests, PISTE_GUESTS_MAX);
    if (def->guests > 0 && resort->segments.count == 0)
        return piste_errors_add(errors, PISTE_INVALID, resort->folder, 0, 0,
                                "no segments, expected at least one to have guests");
    for (int32_t i = 0; i < resort->segments.count; i++)
        if (resort->segments.list[i].visits.count > FLOW_VISITS)
            return piste_errors_add(errors, PISTE_LIMIT, resort->folder, resort->segments.list[i].entry.line, 0,
                                    "visits: %d of segment %s, expected at most %d",
                                    resort->segments.list[i].visits.count, resort->segments.list[i].entry.key,
                                    FLOW_VISITS);
    return PISTE_OK;
}

static piste_status build(piste_day *day, piste_errors *errors) {
    day->wheel = base_arena_take(day->arena, FLOW_WHEEL * sizeof *day->wheel);
    day->marked_venues =
        base_arena_take(day->arena, ((size_t)day->resort->venues.count + 1) * sizeof *day->marked_venues);
    if (!day->wheel || !day->marked_venues)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    piste_status status = flow_network_build(day, errors);
    if (status == PISTE_OK)
        status = flow_agenda_build(day, errors);
    if (status == PISTE_OK)
        status = flow_classes_build(day, errors);
    if (status == PISTE_OK)
        status = flow_result_build(day, errors);
    if (status != PISTE_OK)
        return status;
    clear(day);
    return flow_people_build(day, errors);
}

piste_status piste_day_create(const piste_resort *resort, const piste_day_def *def, piste_errors *errors,
                              piste_day **out) {
    piste_status status = check_def(resort, def, errors);
    if (status != PISTE_OK)
        return status;
    piste_day *day = calloc(1, sizeof *day);
    base_arena *arena = base_arena_create();
    if (!day || !arena) {
        free(day);
        base_arena_destroy(arena);
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    }
    day->arena = arena;
    day->resort = resort;
    day->def = *def;
    day->from_s = resort->day.from_s;
    day->to_s = resort->day.to_s;
    status = build(day, errors);
    if (status != PISTE_OK) {
        piste_day_destroy(day);
        return status;
    }
    *out = day;
    return PISTE_OK;
}

piste_status piste_day_reset(piste_day *day, uint64_t seed) {
    day->def.seed = seed;
    clear(day);
    return flow_people_build(day, NULL);
}

piste_status flow_day_vary(piste_day *day, uint64_t seed, int64_t guests) {
    piste_day_def def = day->def;
    def.seed = seed;
    def.guests = guests;
    piste_status status = check_def(day->resort, &def, NULL);
    if (status != PISTE_OK)
        return status;
    day->def = def;
    for (int32_t i = 0; i < day->resort->lifts.count; i++)
        flow_lift_watch(day, i);
    flow_agenda_plan(day);
    clear(day);
    return flow_people_build(day, NULL);
}

void piste_day_destroy(piste_day *day) {
    if (!day)
        return;
    free(day->parties);
    free(day->plans);
    free(day->next);
    free(day->guests);
    free(day->children_left);
    free(day->skied);
    free(day->sorting);
    free(day->ranks.standings);
    free(day->ranks.list);
    free(day->ranks.other);
    free(day->meeting);
    base_arena_destroy(day->arena);
    free(day);
}

piste_census piste_day_count(const piste_day *day) {
    piste_census c = {0};
    for (uint32_t i = 0; i < day->party_count; i++) {
        const flow_party *p = &day->parties[i];
        switch ((flow_state)p->state) {
        case FLOW_TO_COME:
            c.to_come += p->size;
            break;
        case FLOW_IN_LINE: // those of a large party who are on an earlier carrier already are riding
            c.in_line += p->left;
            c.riding += p->size - p->left;
            break;
        case FLOW_RIDING:
        case FLOW_EVACUATED:
            c.riding += p->size;
            break;
        case FLOW_SERVED:
        case FLOW_SEATING:
        case FLOW_STAYING:
            c.in_venues += p->size;
            break;
        case FLOW_TRAVELLING:
        case FLOW_IDLE:
        case FLOW_ASSISTED:
        case FLOW_MEETING:
            c.under_way += p->size;
            break;
        case FLOW_TOGETHER: // counted with the others
            break;
        case FLOW_GONE:
            c.gone += p->size;
            break;
        }
    }
    return c;
}
