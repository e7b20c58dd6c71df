// network.c - the mountain as people move on it: ways between places, who may take them, the way to a place, and the
// latest moment from which home can still be reached.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"

static void *take(piste_day *day, size_t count, size_t size) {
    return base_arena_take(day->arena, count * size + 1);
}

static void *take_cache_lines(piste_day *day, size_t count, size_t size) {
    char *room = base_arena_take(day->arena, count * size + 64);
    return room ? room + (64 - (uintptr_t)room % 64) % 64 : NULL;
}

// ---- who may take a way -----------------------------------------------------------------------------------------------

static uint32_t access_of_modes(int32_t modes) { // of those moving in one of these modes, whatever their ability
    uint32_t access = 0, all = (1u << PISTE_ABILITY_COUNT) - 1;
    if (modes >> PISTE_ON_SKIS & 1)
        access |= all << (PISTE_ON_SKIS * PISTE_ABILITY_COUNT);
    if (modes >> PISTE_ON_SNOWBOARD & 1)
        access |= all << (PISTE_ON_SNOWBOARD * PISTE_ABILITY_COUNT);
    if (modes >> PISTE_ON_FOOT & 1)
        access |= 1u << FLOW_ACCESS_FOOT;
    return access;
}

static uint32_t access_of_run(const piste_resort *resort, int32_t difficulty) {
    uint32_t access = 0;
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++)
        if (difficulty <= resort->traits[a].hardest)
            access |= 1u << a | 1u << (PISTE_ABILITY_COUNT + a);
    return access;
}

// ---- lines of lifts -----------------------------------------------------------------------------------------------------

static int32_t station_place(const piste_lift *lift, int32_t station) { // 0 bottom .. stations.count + 1 top
    return station == 0                          ? lift->from.index
           : station == lift->stations.count + 1 ? lift->to.index
                                                 : lift->stations.list[station - 1].place.index;
}

int32_t flow_station_place(const piste_day *day, int32_t lift, int32_t station) {
    return station_place(&day->resort->lifts.list[lift], station);
}

// Seconds from the bottom to a station on the lift's clock, whole.
static int32_t station_second(const piste_lift *lift, int32_t station) {
    if (station == 0)
        return 0;
    if (station == lift->stations.count + 1)
        return lift->ride_s;
    return (int32_t)base_floor(lift->ride_s * (lift->stations.list[station - 1].at_m / lift->length_m) + 0.5);
}

static void set_lanes(const piste_lift *lift, flow_line *line) {
    line->lane_count = line->down ? 1 : (int8_t)lift->lanes;
    line->singles = -1;
    if (!line->down && lift->singles_line)
        line->singles = line->lane_count++;
    line->reserves = !line->down && lift->reserved.count > 0;
}

static void count_lines(const piste_resort *resort, int32_t *lines, int32_t *rides) {
    *lines = *rides = 0;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        const piste_lift *lift = &resort->lifts.list[i];
        int32_t n = lift->stations.count + 1, directions = (lift->up != 0) + (lift->down != 0);
        *lines += n * directions;
        *rides += n * (n + 1) / 2 * directions;
    }
}

void flow_lift_watch(piste_day *day, int32_t index) {
    const piste_lift *lift = &day->resort->lifts.list[index];
    flow_lift *l = &day->lifts[index];
    l->misloads = false;
    l->slow_loads = lift->slow_loading_on_foot > 0 || lift->slow_loading_children > 0;
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++) {
        l->misloads |= lift->misload[a] > 0;
        l->slow_loads |= lift->slow_loading[a] > 0;
    }
    l->tracked = (day->resort->wind.count && lift->wind_limit_mps > 0) || day->resort->patrol.entry.line > 0;
    l->watched = l->misloads || l->slow_loads || l->tracked || lift->evacuate_after_s;
}

static bool build_lift(piste_day *day, int32_t index, uint64_t root) {
    const piste_lift *lift = &day->resort->lifts.list[index];
    flow_lift *l = &day->lifts[index];
    int32_t stations = lift->stations.count + 2;
    l->key = base_key_child(root, base_key_text(lift->entry.key));
    l->station_count = stations;
    l->station_s = take(day, (size_t)stations, sizeof *l->station_s);
    size_t halts = (size_t)lift->stops.count + (size_t)lift->slows.count;
    l->stop_clock = take(day, halts, sizeof *l->stop_clock);
    l->stop_count = take(day, halts, sizeof *l->stop_count);
    l->wait.counts = take(day, FLOW_HIST, sizeof *l->wait.counts);
    if (!l->station_s || !l->stop_clock || !l->stop_count || !l->wait.counts)
        return false;
    for (int32_t s = 0; s < stations; s++)
        l->station_s[s] = station_second(lift, s);
    flow_lift_watch(day, index);
    if (lift->evacuate_after_s) {
        int64_t carriers = base_ratio_ceil_divide(lift->ride_s + 1, lift->interval_s) + 2, room = 64;
        while (room < carriers * lift->seats * (stations - 1) * 2)
            room *= 2;
        l->aboard_mask = room - 1;
        l->aboard = take(day, (size_t)room, sizeof *l->aboard);
        if (!l->aboard)
            return false;
    }
    if (stations > 2) { // room for all carriers between two ends
        int64_t carriers = base_ratio_ceil_divide(lift->ride_s + 1, lift->interval_s) + 2;
        int32_t size = 4;
        while (size < carriers)
            size *= 2;
        l->through_mask = size - 1;
        size_t slots = (size_t)stations * (size_t)size * 2; // up, then down
        l->through_carrier = take(day, slots, sizeof *l->through_carrier);
        l->through_people = take(day, slots, sizeof *l->through_people);
        if (!l->through_carrier || !l->through_people)
            return false;
    }
    return true;
}

static void add_lift_ways(piste_day *day, int32_t index) {
    const piste_lift *lift = &day->resort->lifts.list[index];
    flow_lift *l = &day->lifts[index];
    l->first_line = day->line_count;
    for (int down = 0; down < 2; down++) {
        int32_t modes = down ? lift->down : lift->up;
        if (!modes)
            continue;
        for (int32_t s = 0; s + 1 < l->station_count; s++) {
            int32_t from = down ? l->station_count - 1 - s : s;
            flow_line *line = &day->lines[day->line_count];
            *line = (flow_line){
                .lift = index, .station = from, .place = station_place(lift, from), .down = down, .due_s = -1};
            line->offset_s = down ? l->station_s[l->station_count - 1] - l->station_s[from] : l->station_s[from];
            line->seats = lift->seats;
            line->interval_s = lift->interval_s;
            set_lanes(lift, line);
            for (int32_t to = down ? from - 1 : from + 1; to >= 0 && to < l->station_count; to += down ? -1 : 1) {
                int32_t ride = l->station_s[to] - l->station_s[from];
                day->ways[day->way_count++] = (flow_way){.kind = FLOW_RIDE,
                                                         .lift = index,
                                                         .index = day->line_count,
                                                         .from = line->place,
                                                         .to = station_place(lift, to),
                                                         .station = to,
                                                         .open = true,
                                                         .ride_s = ride < 0   ? -ride
                                                                   : ride > 0 ? ride
                                                                              : 1,
                                                         .duration_s = ride < 0   ? -ride
                                                                       : ride > 0 ? ride
                                                                                  : 1,
                                                         .weight = lift->weight,
                                                         .access = lift->closed ? 0 : access_of_modes(modes)};
            }
            day->line_count++;
        }
    }
    l->line_count = day->line_count - l->first_line;
}

// ---- all ways -------------------------------------------------------------------------------------------------------------

static void add_runs_and_walks(piste_day *day) {
    const piste_resort *resort = day->resort;
    for (int32_t i = 0; i < resort->runs.count; i++) {
        const piste_run *run = &resort->runs.list[i];
        day->ways[day->way_count++] = (flow_way){.kind = FLOW_RUN,
                                                 .index = i,
                                                 .from = run->from.index,
                                                 .to = run->to.index,
                                                 .open = true,
                                                 .difficulty = (int16_t)run->difficulty,
                                                 .length_m = run->length_m,
                                                 .vertical_m = run->vertical_m > 0 ? run->vertical_m : 0,
                                                 .weight = run->weight,
                                                 .access = run->closed ? 0 : access_of_run(resort, run->difficulty)};
    }
    for (int32_t i = 0; i < resort->walks.count; i++) {
        const piste_walk *walk = &resort->walks.list[i];
        flow_way way = {.kind = FLOW_WALK,
                        .index = i,
                        .from = walk->from.index,
                        .to = walk->to.index,
                        .open = true,
                        .length_m = walk->length_m,
                        .duration_s = walk->duration_s,
                        .weight = walk->weight,
                        .access = access_of_modes(walk->modes)};
        day->ways[day->way_count++] = way;
        if (!walk->one_way) {
            way.from = walk->to.index;
            way.to = walk->from.index;
            day->ways[day->way_count++] = way;
        }
    }
}

// Ways are put in order by where they begin, so that those that leave a place stand together.
static bool index_ways(piste_day *day) {
    size_t places = (size_t)day->resort->places.count, ways = (size_t)day->way_count;
    day->out_first = take(day, places + 1, sizeof(int32_t));
    day->in_first = take(day, places + 1, sizeof(int32_t));
    day->in_ways = take(day, ways, sizeof(int32_t));
    int32_t *fill = take(day, places * 2, sizeof(int32_t));
    flow_way *drawn = take(day, ways, sizeof *drawn);
    if (!day->out_first || !day->in_first || !day->in_ways || !fill || !drawn)
        return false;
    memcpy(drawn, day->ways, ways * sizeof *drawn);
    for (int32_t i = 0; i < day->way_count; i++) {
        day->out_first[drawn[i].from + 1]++;
        day->in_first[drawn[i].to + 1]++;
    }
    for (size_t p = 0; p < places; p++) {
        day->out_first[p + 1] += day->out_first[p];
        day->in_first[p + 1] += day->in_first[p];
    }
    for (int32_t i = 0; i < day->way_count; i++)
        day->ways[day->out_first[drawn[i].from] + fill[drawn[i].from]++] = drawn[i];
    for (int32_t i = 0; i < day->way_count; i++) {
        int32_t to = day->ways[i].to;
        day->in_ways[day->in_first[to] + fill[(int32_t)places + to]++] = i;
    }
    return true;
}

typedef struct height_of {
    double height;
    int32_t place;
} height_of;

static int by_height(const void *a, const void *b) {
    const height_of *x = a, *y = b;
    return x->height < y->height ? -1 : x->height > y->height ? 1 : x->place - y->place;
}

static bool order_places(piste_day *day) {
    int32_t count = day->resort->places.count;
    height_of *list = take(day, (size_t)count, sizeof *list);
    day->order = take(day, (size_t)count, sizeof(int32_t));
    if (!list || !day->order)
        return false;
    for (int32_t i = 0; i < count; i++) {
        double height = day->resort->places.list[i].height_m;
        list[i] = (height_of){isnan(height) ? 0 : height, i};
    }
    qsort(list, (size_t)count, sizeof *list, by_height);
    for (int32_t i = 0; i < count; i++)
        day->order[i] = list[i].place;
    return true;
}

static bool is_simple(const piste_dist *d) {
    return !d->reciprocal && (d->kind == PISTE_DIST_CONSTANT || (d->kind == PISTE_DIST_UNIFORM && d->p_range == 1));
}

static flow_gait gait_of(const piste_ability_traits *t) {
    flow_gait g = {&t->variation, &t->rest, 0, 0, 0, 0};
    if (is_simple(g.variation)) {
        g.variation_a = t->variation.a;
        g.variation_span = t->variation.kind == PISTE_DIST_UNIFORM ? t->variation.b - t->variation.a : 0;
        g.variation = NULL;
    }
    if (is_simple(g.rest)) {
        g.rest_a = t->rest.a;
        g.rest_span = t->rest.kind == PISTE_DIST_UNIFORM ? t->rest.b - t->rest.a : 0;
        g.rest = NULL;
    }
    return g;
}

piste_status flow_network_build(piste_day *day, piste_errors *errors) {
    const piste_resort *resort = day->resort;
    int32_t lines, rides;
    count_lines(resort, &lines, &rides);
    size_t ways = (size_t)rides + (size_t)resort->runs.count + 2 * (size_t)resort->walks.count;
    day->ways = take_cache_lines(day, ways, sizeof *day->ways);
    day->lines = take_cache_lines(day, (size_t)lines, sizeof *day->lines);
    day->lifts = take_cache_lines(day, (size_t)resort->lifts.count, sizeof *day->lifts);
    day->line_words = (lines + 63) / 64;
    day->timers = take(day, (size_t)FLOW_TIMER * (size_t)day->line_words, sizeof *day->timers);
    day->joined = take(day, (size_t)day->line_words, sizeof *day->joined);
    day->routes = take(day, (size_t)resort->places.count * FLOW_ACCESS, sizeof *day->routes);
    bool good = day->ways && day->lines && day->lifts && day->timers && day->joined && day->routes;
    for (int32_t i = 0; good && i < resort->lifts.count; i++) {
        good = build_lift(day, i, base_key_text("lift"));
        if (good)
            add_lift_ways(day, i);
    }
    if (good)
        add_runs_and_walks(day);
    good = good && index_ways(day) && order_places(day);
    if (good)
        flow_escort_build(day);
    for (int32_t a = 0; good && a < PISTE_ABILITY_COUNT; a++) {
        day->gaits[a] = gait_of(&resort->traits[a]);
        day->pace[a] = 1.0 / piste_dist_mean(&resort->traits[a].speed);
        day->stamina_m[a] = piste_dist_mean(&resort->traits[a].stamina);
    }
    return good ? PISTE_OK : piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
}

// ---- the way to a place -------------------------------------------------------------------------------------------------

// About how long a way takes at this moment; HUGE_VAL where it is not to be had today.
static double way_seconds(const piste_day *day, const flow_way *w, int32_t access) {
    if (w->kind == FLOW_WALK)
        return w->duration_s;
    if (w->kind == FLOW_RUN && day->patrol) {
        int32_t opens = flow_patrol_opens(day, w->index, day->now_s);
        return opens == INT32_MAX ? HUGE_VAL
                                  : opens - day->now_s + w->length_m * day->pace[access % PISTE_ABILITY_COUNT];
    }
    if (w->kind == FLOW_RUN) // patrol lets people ski home on a closed run; it is only not begun for pleasure
        return w->length_m * day->pace[access % PISTE_ABILITY_COUNT] * (w->open ? 1 : 3);
    const flow_line *line = &day->lines[w->index];
    const flow_lift *lift = &day->lifts[line->lift];
    if (lift->broken)
        return HUGE_VAL;
    double wait = flow_line_seen(day, w->index);
    if (lift->stopped)
        wait += lift->restart_s - day->now_s;
    else if (lift->windy)
        wait += lift->wind_until_s - day->now_s;
    if (lift->joinable || line->down)
        return wait + w->duration_s;
    return lift->opens_s == INT32_MAX ? HUGE_VAL : (lift->opens_s - day->now_s) + wait + w->duration_s;
}

typedef struct heap_entry {
    double seconds;
    int32_t place;
} heap_entry;

static bool before(heap_entry a, heap_entry b) {
    return a.seconds < b.seconds || (a.seconds == b.seconds && a.place < b.place);
}

static void heap_push(heap_entry *heap, int32_t *count, heap_entry e) {
    int32_t i = (*count)++;
    for (; i > 0 && before(e, heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = e;
}

static heap_entry heap_pop(heap_entry *heap, int32_t *count) {
    heap_entry top = heap[0], last = heap[--*count];
    int32_t i = 0;
    for (int32_t child; (child = 2 * i + 1) < *count; i = child) {
        if (child + 1 < *count && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], last))
            break;
        heap[i] = heap[child];
    }
    heap[i] = last;
    return top;
}

// Dijkstra from the target against the direction of the ways.
static void find_route(const piste_day *day, int32_t target, int32_t access, flow_route *route, heap_entry *heap) {
    int32_t places = day->resort->places.count, count = 0;
    for (int32_t p = 0; p < places; p++) {
        route->next[p] = -1;
        route->seconds[p] = HUGE_VALF;
    }
    route->seconds[target] = 0;
    heap_push(heap, &count, (heap_entry){0, target});
    while (count) {
        heap_entry e = heap_pop(heap, &count);
        if (e.seconds > (double)route->seconds[e.place])
            continue;
        for (int32_t k = day->in_first[e.place]; k < day->in_first[e.place + 1]; k++) {
            const flow_way *w = &day->ways[day->in_ways[k]];
            if (!(w->access >> access & 1))
                continue;
            float seconds = (float)(e.seconds + way_seconds(day, w, access));
            if (seconds < route->seconds[w->from]) {
                route->seconds[w->from] = seconds;
                route->next[w->from] = day->in_ways[k];
                heap_push(heap, &count, (heap_entry){(double)seconds, w->from});
            }
        }
    }
}

// NULL only where memory ran out; then nobody finds the way and everyone is told so in the result.
bool flow_route_room(piste_day *day, flow_route *route) {
    if (!route->next) {
        route->version = -1;
        route->next = take(day, (size_t)day->resort->places.count, sizeof *route->next);
        route->seconds = take(day, (size_t)day->resort->places.count, sizeof *route->seconds);
    }
    return route->next && route->seconds;
}

const flow_route *flow_route_to(piste_day *day, int32_t place, int32_t access) {
    flow_route *route = &day->routes[place * FLOW_ACCESS + access];
    if (!flow_route_room(day, route))
        return NULL;
    if (route->version != day->version) {
        heap_entry *heap = malloc(((size_t)day->way_count + 1) * sizeof *heap);
        if (!heap)
            return NULL;
        find_route(day, place, access, route, heap);
        free(heap);
        route->version = day->version;
    }
    return route;
}

// ---- classes and their way home --------------------------------------------------------------------------------------------

// The latest second at which one may be at each place and still reach `home`: back from there, against the ways. A lift must
// be joined ten minutes before its last closing, and skiing home is taken to last half as long again as usual.
static void find_deadlines(const piste_day *day, int32_t home, int32_t home_by_s, int32_t access, float *deadline) {
    int32_t places = day->resort->places.count;
    for (int32_t p = 0; p < places; p++)
        deadline[p] = -1;
    deadline[home] = (float)home_by_s;
    bool changed = true;
    for (int32_t sweep = 0; changed && sweep <= places; sweep++) {
        changed = false;
        for (int32_t i = 0; i < day->way_count; i++) {
            const flow_way *w = &day->ways[i];
            if (!(w->access >> access & 1) || deadline[w->to] < 0)
                continue;
            double latest = (double)deadline[w->to];
            if (w->kind == FLOW_RUN)
                latest -= 1.5 * w->length_m * day->pace[access % PISTE_ABILITY_COUNT];
            else
                latest -= w->duration_s;
            if (w->kind == FLOW_RUN && day->patrol && flow_patrol_closes(day, w->index) < latest)
                latest = flow_patrol_closes(day, w->index);
            if (w->kind == FLOW_RIDE && !day->lines[w->index].down) {
                const flow_lift *lift = &day->lifts[w->lift];
                double close = lift->last_close_s == INT32_MAX ? FLOW_DAY_MAX : lift->last_close_s - 600;
                latest = latest < close ? latest : close;
            }
            if ((float)latest > deadline[w->from]) {
                deadline[w->from] = (float)latest;
                changed = true;
            }
        }
    }
}

static int32_t home_by(const piste_segment *s) {
    return s->departs.count ? s->departs.list[s->departs.count - 1] : FLOW_DAY_MAX;
}

bool flow_choice_alike(const piste_choice *a, const piste_choice *b) {
    return a->model == b->model && a->scale_s == b->scale_s && a->discount == b->discount &&
           a->aversion == b->aversion && a->fatigue == b->fatigue && a->pleasure_s_per_m == b->pleasure_s_per_m &&
           a->wait_weight == b->wait_weight && a->ride_weight == b->ride_weight && a->walk_weight == b->walk_weight &&
           a->novelty_s == b->novelty_s && a->refresh_s == b->refresh_s && a->memory_s == b->memory_s &&
           a->crowding == b->crowding;
}

// Skiers and snowboarders of one ability mostly may go the same ways, and segments mostly choose alike: such people are of
// one class, whatever segment they are of.
static bool choose_alike(const piste_day *day, const flow_class *c, const piste_segment *s, int32_t access) {
    if (c->home != s->leave_at.index || c->home_by_s != home_by(s) || c->access == FLOW_ACCESS_FOOT ||
        access == FLOW_ACCESS_FOOT || c->access % PISTE_ABILITY_COUNT != access % PISTE_ABILITY_COUNT ||
        !flow_choice_alike(c->choice, &s->choice))
        return false;
    for (int32_t i = 0; i < day->way_count; i++)
        if ((day->ways[i].access >> c->access & 1) != (day->ways[i].access >> access & 1))
            return false;
    return true;
}

static bool build_class(piste_day *day, int32_t segment, int32_t access) {
    const piste_segment *s = &day->resort->segments.list[segment];
    flow_class *c = &day->classes[day->class_count];
    for (int32_t i = 0; i < day->class_count; i++)
        if (choose_alike(day, &day->classes[i], s, access)) {
            day->class_of[segment * FLOW_ACCESS + access] = i;
            return true;
        }
    *c = (flow_class){.home = s->leave_at.index, .home_by_s = home_by(s), .access = access, .choice = &s->choice};
    c->look = flow_look_of(day, &s->choice);
    c->is_bound = s->choice.model == PISTE_CHOICE_LOGIT;
    c->dread = s->choice.wait_weight / s->choice.scale_s;
    c->deadline_s = take(day, (size_t)day->resort->places.count, sizeof *c->deadline_s);
    if (!c->deadline_s)
        return false;
    find_deadlines(day, c->home, c->home_by_s, access, c->deadline_s);
    for (int32_t p = 0; p < day->resort->places.count; p++)
        if (c->deadline_s[p] >= 0 && c->deadline_s[p] < (float)day->first_deadline_s)
            day->first_deadline_s = (int32_t)c->deadline_s[p];
    for (int32_t i = 0; i < 5; i++)
        c->novelty[i] = base_exp(-s->choice.novelty_s * i / s->choice.scale_s);
    if (!flow_ahead_build(day, c))
        return false;
    day->class_of[segment * FLOW_ACCESS + access] = day->class_count++;
    return true;
}

static void add_look(piste_day *day, const piste_choice *choice) {
    if (flow_look_of(day, choice) < day->look_count)
        return;
    double keep = choice->memory_s > 0 ? base_exp(-choice->refresh_s / choice->memory_s) : 0;
    day->looks[day->look_count++] = (flow_look_kind){(int32_t)choice->refresh_s, choice->memory_s, 1 - keep};
}

piste_status flow_classes_build(piste_day *day, piste_errors *errors) {
    const piste_resort *resort = day->resort;
    size_t room = (size_t)resort->segments.count * FLOW_ACCESS;
    day->first_deadline_s = FLOW_DAY_MAX;
    day->classes = take(day, room, sizeof *day->classes);
    day->class_of = take(day, room, sizeof *day->class_of);
    day->segments = take(day, (size_t)resort->segments.count, sizeof *day->segments);
    day->looks = take(day, (size_t)resort->segments.count + 1, sizeof *day->looks);
    if (!day->classes || !day->class_of || !day->segments || !day->looks)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    for (int32_t s = 0; s < resort->segments.count; s++) {
        const piste_segment *segment = &resort->segments.list[s];
        day->segments[s].wait.counts = take(day, FLOW_HIST, sizeof(uint32_t));
        double people = segment->children > 0 ? piste_dist_mean(&segment->party_size) : 1;
        day->segments[s].child = people > 1 ? segment->children * people / (people - 1) : 0;
        bool good = day->segments[s].wait.counts != NULL;
        add_look(day, &segment->choice);
        for (int32_t a = 0; good && a < FLOW_ACCESS; a++) {
            int32_t mode = a == FLOW_ACCESS_FOOT ? PISTE_ON_FOOT : a / PISTE_ABILITY_COUNT;
            if (segment->mode[mode] > 0)
                good = build_class(day, s, a);
        }
        if (!good)
            return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
    }
    day->scratch = take(day, (size_t)day->way_count, sizeof *day->scratch);
    day->terms = take(day, (size_t)day->way_count, sizeof *day->terms);
    day->sums = take(day, (size_t)resort->places.count, sizeof *day->sums);
    day->wait_s = take(day, (size_t)(day->look_count + 1) * (size_t)(day->line_count + 1), sizeof *day->wait_s);
    if (!isnan(resort->board_delay_s))
        day->board_count = (int32_t)resort->board_delay_s / 60 + 2;
    day->boards = take(day, (size_t)(day->board_count + 1) * (size_t)(day->line_count + 1), sizeof *day->boards);
    return day->wait_s && day->scratch && day->terms && day->sums && day->boards
               ? PISTE_OK
               : piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for a day");
}
