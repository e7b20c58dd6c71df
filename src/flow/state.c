// state.c - a day's whole state, saved at any second and taken up again with the same result.
//
// What is saved is what the arrays hold, one after the other, as it stands in memory: a state is for the same resort and the same
// build of piste on the same kind of machine, which its head tells, with a sum over all of it. One walk over the state serves both
// ways, so that what is written and what is read cannot drift apart.
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "piste/version.h"

typedef struct walker {
    base_text *out;   // writing; NULL: reading
    const char *data; // reading: what is left
    size_t left;
    bool good;
} walker;

static void pass(walker *w, void *memory, size_t size) {
    if (!w->good || size == 0)
        return;
    if (w->out)
        base_text_add_bytes(w->out, memory, size);
    else if (w->left < size)
        w->good = false;
    else {
        memcpy(memory, w->data, size);
        w->data += size;
        w->left -= size;
    }
}

#define PASS(w, lvalue) pass(w, &(lvalue), sizeof(lvalue))
#define PASS_LIST(w, list, count) pass(w, list, (size_t)(count) * sizeof *(list))

static void pass_hist(walker *w, flow_hist *hist) {
    PASS(w, hist->count);
    PASS(w, hist->sum_s);
    PASS(w, hist->max_s);
    PASS_LIST(w, hist->counts, FLOW_HIST);
}

// ---- lifts, venues, what people think ---------------------------------------------------------------------------------

// The members of a lift but its arrays, whose places are those of this day.
static void pass_lift_members(walker *w, flow_lift *l) {
    flow_lift kept = *l;
    l->stop_clock = NULL;
    l->stop_count = NULL;
    l->station_s = NULL;
    l->through_carrier = NULL;
    l->through_people = NULL;
    l->aboard = NULL;
    l->wait.counts = NULL;
    l->queue = l->boarded = NULL;
    l->wait_sum = NULL;
    PASS(w, *l);
    l->stop_clock = kept.stop_clock;
    l->stop_count = kept.stop_count;
    l->station_s = kept.station_s;
    l->through_carrier = kept.through_carrier;
    l->through_people = kept.through_people;
    l->aboard = kept.aboard;
    l->wait.counts = kept.wait.counts;
    l->queue = kept.queue;
    l->boarded = kept.boarded;
    l->wait_sum = kept.wait_sum;
}

static void pass_lifts(walker *w, piste_day *day) {
    for (int32_t i = 0; i < day->resort->lifts.count; i++) {
        flow_lift *l = &day->lifts[i];
        pass_lift_members(w, l);
        int32_t halts = day->resort->lifts.list[i].stops.count + day->resort->lifts.list[i].slows.count;
        PASS_LIST(w, l->stop_clock, halts);
        PASS_LIST(w, l->stop_count, halts);
        if (l->aboard)
            PASS_LIST(w, l->aboard, l->aboard_mask + 1);
        if (l->through_mask) {
            size_t carriers = 2 * (size_t)l->station_count * (size_t)(l->through_mask + 1);
            PASS_LIST(w, l->through_carrier, carriers);
            PASS_LIST(w, l->through_people, carriers);
        }
        PASS_LIST(w, l->wait.counts, FLOW_HIST);
        PASS_LIST(w, l->queue, day->bin_capacity);
        PASS_LIST(w, l->boarded, day->bin_capacity);
        PASS_LIST(w, l->wait_sum, day->bin_capacity);
    }
    PASS_LIST(w, day->lines, day->line_count);
    PASS_LIST(w, day->timers, (size_t)FLOW_TIMER * (size_t)day->line_words);
    PASS_LIST(w, day->joined, day->line_words);
    for (int32_t i = 0; i < day->way_count; i++)
        PASS(w, day->ways[i].open);
}

static void pass_patrol(walker *w, piste_day *day) {
    int32_t runs = day->resort->runs.count;
    PASS_LIST(w, day->patrol->closed_s, runs);
    PASS_LIST(w, day->patrol->look_s, runs);
    PASS_LIST(w, day->patrol->open, runs);
    PASS(w, day->patrol->next_s);
}

static void pass_venues(walker *w, piste_day *day) {
    for (int32_t i = 0; i < day->resort->venues.count; i++) {
        flow_venue *v = &day->venues[i];
        const piste_venue *about = &day->resort->venues.list[i];
        flow_venue kept = *v;
        v->free_at = v->starts = v->session_taken = v->inside_over_time = NULL;
        v->wait.counts = NULL;
        v->slow.bins = v->full.bins = v->sold_out.bins = NULL;
        PASS(w, *v);
        v->slow.bins = kept.slow.bins;
        v->full.bins = kept.full.bins;
        v->sold_out.bins = kept.sold_out.bins;
        v->free_at = kept.free_at;
        v->starts = kept.starts;
        v->session_taken = kept.session_taken;
        v->inside_over_time = kept.inside_over_time;
        v->wait.counts = kept.wait.counts;
        PASS_LIST(w, v->free_at, about->servers);
        if (v->starts)
            PASS_LIST(w, v->starts, v->starts_mask + 1);
        PASS_LIST(w, v->session_taken, about->sessions.count);
        PASS_LIST(w, v->inside_over_time, day->bin_capacity);
        PASS_LIST(w, v->slow.bins, day->bin_capacity);
        PASS_LIST(w, v->full.bins, day->bin_capacity);
        PASS_LIST(w, v->sold_out.bins, day->bin_capacity);
        PASS_LIST(w, v->wait.counts, FLOW_HIST);
    }
}

static void pass_outlook(walker *w, const piste_day *day, flow_outlook *o) {
    PASS(w, o->options_version);
    PASS(w, o->seen_s);
    PASS(w, o->seen_version);
    PASS(w, o->longest_s);
    PASS_LIST(w, o->worth, day->way_count);
    PASS_LIST(w, o->options, day->way_count);
    PASS_LIST(w, o->value, day->resort->places.count);
    PASS_LIST(w, o->idle_odds, day->resort->places.count);
    PASS_LIST(w, o->spots, day->resort->places.count);
}

static void pass_classes(walker *w, piste_day *day) {
    for (int32_t i = 0; i < day->class_count; i++) {
        flow_class *c = &day->classes[i];
        bool on_its_own = c->outlook == &c->own;
        PASS(w, c->odds_version);
        PASS(w, c->odds_until_s);
        PASS(w, on_its_own);
        c->outlook = on_its_own ? &c->own : c->common;
        pass_outlook(w, day, &c->own);
        if (c->common == &c->shared)
            pass_outlook(w, day, &c->shared);
    }
    PASS_LIST(w, day->wait_s, (size_t)day->look_count * (size_t)day->line_count);
    PASS_LIST(w, day->boards, (size_t)day->board_count * (size_t)day->line_count);
    PASS_LIST(w, day->crowd, day->resort->runs.count);
    PASS_LIST(w, day->slowing, day->resort->runs.count);
}

// A way to a place is worked out once somebody asks for it, from the lines as they are then.
static void pass_routes(walker *w, piste_day *day) {
    int32_t places = day->resort->places.count;
    for (int32_t i = 0; w->good && i < places * FLOW_ACCESS; i++) {
        int32_t version = day->routes[i].next && day->routes[i].version == day->version ? day->version : -1;
        PASS(w, version);
        if (version < 0) {
            day->routes[i].version = w->out ? day->routes[i].version : -1;
            continue;
        }
        if (!w->out && !flow_route_room(day, &day->routes[i])) {
            w->good = false;
            return;
        }
        day->routes[i].version = version;
        PASS_LIST(w, day->routes[i].next, places);
        PASS_LIST(w, day->routes[i].seconds, places);
    }
}

// ---- people and the rest ----------------------------------------------------------------------------------------------

static void pass_people(walker *w, piste_day *day) {
    PASS_LIST(w, day->parties, day->party_count);
    PASS_LIST(w, day->plans, day->party_count);
    PASS_LIST(w, day->next, day->party_count);
    PASS_LIST(w, day->guests, day->guest_count);
    if (day->skied)
        PASS_LIST(w, day->skied, (size_t)day->party_count * (size_t)day->resort->runs.count);
    if (day->children_left)
        PASS_LIST(w, day->children_left, day->party_count);
    PASS(w, day->left_to_go);
    PASS(w, day->meeting_count);
    PASS_LIST(w, day->meeting, day->meeting_count);
    for (int32_t i = 0; i < day->resort->segments.count; i++) {
        flow_segment *s = &day->segments[i];
        flow_hist wait = s->wait;
        s->wait = (flow_hist){0};
        PASS(w, *s);
        s->wait = wait;
        pass_hist(w, &s->wait);
    }
    PASS_LIST(w, day->wheel, FLOW_WHEEL);
    PASS(w, day->overflow);
}

static void pass_day(walker *w, piste_day *day) {
    PASS(w, day->now_s);
    PASS(w, day->ended);
    PASS(w, day->chores_s);
    PASS(w, day->agenda_next);
    PASS(w, day->next_agenda_s);
    PASS(w, day->version);
    PASS(w, day->version_s);
    PASS(w, day->next_lift_s);
    PASS(w, day->events);
    PASS(w, day->present);
    PASS(w, day->present_max);
    PASS(w, day->present_max_at_s);
    PASS(w, day->gone);
    PASS(w, day->assisted);
    PASS(w, day->last_gone_s);
    PASS(w, day->bin);
    PASS(w, day->step);
    PASS(w, day->step_end_s);
    PASS_LIST(w, day->present_over_time, day->bin_capacity);
    PASS_LIST(w, day->run_descents, day->resort->runs.count);
    PASS_LIST(w, day->run_streams, (size_t)day->resort->runs.count * (size_t)day->step_count);
    PASS_LIST(w, day->run_people, day->resort->runs.count);
    PASS_LIST(w, day->run_person_s, (size_t)day->resort->runs.count * (size_t)day->step_count);
    pass_lifts(w, day);
    if (day->patrol)
        pass_patrol(w, day);
    pass_venues(w, day);
    pass_classes(w, day);
    pass_routes(w, day);
    pass_people(w, day);
}

// ---- the head -----------------------------------------------------------------------------------------------------------

typedef struct state_head {
    char magic[16], version[24];
    uint64_t build, resort, seed, sum; // sum: over the bytes behind the head
    int64_t guests, length;
    int32_t bin_s, reserved;
} state_head;

static const char magic[16] = "piste day state";

static uint64_t sum_of(const char *bytes, size_t length) {
    uint64_t h = length;
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, length - i < 8 ? length - i : 8);
        h = base_mix(h ^ word) + 0x9e3779b97f4a7c15ull;
    }
    return h;
}

// The shapes of the records that are written; another build may have others.
static uint64_t build_of(void) {
    const size_t sizes[] = {sizeof(flow_party), sizeof(flow_plan),  sizeof(flow_guest), sizeof(flow_lift),
                            sizeof(flow_line),  sizeof(flow_venue), sizeof(flow_class), sizeof(flow_segment),
                            sizeof(flow_route), FLOW_WHEEL,         FLOW_TIMER};
    const uint16_t order = 1;
    return sum_of((const char *)sizes, sizeof sizes) ^ *(const uint8_t *)&order;
}

static void mix_in(uint64_t *h, const char *key, double a, double b, double c) {
    uint64_t bits[3];
    memcpy(&bits[0], &a, sizeof a);
    memcpy(&bits[1], &b, sizeof b);
    memcpy(&bits[2], &c, sizeof c);
    for (int32_t i = 0; i < 3; i++)
        *h = base_mix(*h ^ bits[i]) + base_key_text(key);
}

// What of a resort a day rests on, in one number: enough to tell another resort, or a changed one, from this one.
static uint64_t resort_of(const piste_resort *r) {
    uint64_t h = base_key_text(r->name);
    mix_in(&h, "day", r->day.from_s, r->day.to_s, r->as_of);
    for (int32_t i = 0; i < r->places.count; i++)
        mix_in(&h, r->places.list[i].entry.key, i, 0, 0);
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *l = &r->lifts.list[i];
        mix_in(&h, l->entry.key, l->capacity_pph, l->ride_s, l->seats);
        mix_in(&h, l->entry.key, l->from.index, l->to.index, l->lanes + (l->singles_line ? 0.5 : 0));
    }
    for (int32_t i = 0; i < r->runs.count; i++) {
        const piste_run *run = &r->runs.list[i];
        mix_in(&h, run->entry.key, run->length_m, run->difficulty, run->from.index + run->to.index * 1e-6);
    }
    for (int32_t i = 0; i < r->walks.count; i++)
        mix_in(&h, r->walks.list[i].entry.key, r->walks.list[i].duration_s, r->walks.list[i].from.index,
               r->walks.list[i].to.index);
    for (int32_t i = 0; i < r->venues.count; i++)
        mix_in(&h, r->venues.list[i].entry.key, r->venues.list[i].seats, r->venues.list[i].servers,
               r->venues.list[i].sessions.count);
    for (int32_t i = 0; i < r->segments.count; i++)
        mix_in(&h, r->segments.list[i].entry.key, r->segments.list[i].guests, r->segments.list[i].show_rate,
               r->segments.list[i].visits.count);
    return h;
}

piste_status piste_day_save(piste_day *day, char **data, size_t *length) {
    base_text body = {0}, out = {0};
    walker w = {.out = &body, .good = true};
    pass_day(&w, day);
    state_head head = {.build = build_of(),
                       .resort = resort_of(day->resort),
                       .seed = day->def.seed,
                       .guests = day->def.guests,
                       .length = (int64_t)body.length,
                       .bin_s = day->def.bin_s};
    memcpy(head.magic, magic, sizeof magic);
    strncpy(head.version, PISTE_VERSION, sizeof head.version - 1);
    if (body.data)
        head.sum = sum_of(body.data, body.length);
    base_text_add_bytes(&out, (const char *)&head, sizeof head);
    base_text_add_bytes(&out, body.data, body.length);
    bool good = w.good && !body.failed && !out.failed;
    base_text_release(&body);
    if (!good) {
        base_text_release(&out);
        return PISTE_MEMORY;
    }
    *data = out.data;
    *length = out.length;
    return PISTE_OK;
}

static piste_status check_head(const piste_resort *resort, const state_head *head, const char *name, const char *body,
                               size_t length, piste_errors *errors) {
    if (memcmp(head->magic, magic, sizeof magic) != 0)
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0,
                                "not a day's state, expected a file that was saved of a day");
    if (head->length != (int64_t)length || head->sum != sum_of(body, length))
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0, "damaged or cut off, expected it as it was saved");
    if (strcmp(head->version, PISTE_VERSION) != 0 || head->build != build_of())
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0,
                                "saved by another build of piste (%.23s), expected %s", head->version, PISTE_VERSION);
    if (head->resort != resort_of(resort))
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0,
                                "saved of another resort or of other values, expected %s as it is now", resort->name);
    return PISTE_OK;
}

piste_status piste_day_restore(const piste_resort *resort, const piste_day_def *def, const char *data, size_t length,
                               const char *name, piste_errors *errors, piste_day **out) {
    state_head head;
    if (length < sizeof head)
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0, "%zu bytes, expected a day's state", length);
    memcpy(&head, data, sizeof head);
    head.version[sizeof head.version - 1] = '\0';
    const char *body = data + sizeof head;
    piste_status status = check_head(resort, &head, name, body, length - sizeof head, errors);
    if (status != PISTE_OK)
        return status;
    piste_day_def own = *def;
    own.seed = head.seed;
    own.guests = head.guests;
    own.bin_s = head.bin_s;
    piste_day *day = NULL;
    status = piste_day_create(resort, &own, errors, &day);
    if (status != PISTE_OK)
        return status;
    walker w = {.data = body, .left = length - sizeof head, .good = true};
    pass_day(&w, day);
    if (!w.good || w.left != 0) {
        piste_day_destroy(day);
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0, "another day's state, expected one of %s",
                                resort->name);
    }
    *out = day;
    return PISTE_OK;
}
