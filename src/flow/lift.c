// lift.c - lines in front of lifts and carriers that leave with whole parties.
//
// A lift has a clock that stands still in a stop (motion.c). Carrier k passes a station at floor(k * interval) + offset
// on that clock, whether or not anyone waits: only carriers that someone waits for are events. Seats that nobody fills
// leave empty.
#include <string.h>

#include "flow/flow.h"

void flow_lift_empty(flow_lift *l) {
    if (l->through_mask)
        for (int64_t k = 0; k < (int64_t)l->station_count * (l->through_mask + 1) * 2; k++)
            l->through_carrier[k] = INT64_MIN;
}

void flow_lift_reset(piste_day *day) {
    for (int32_t i = 0; i < day->resort->lifts.count; i++) {
        flow_lift *l = &day->lifts[i];
        l->joinable = l->open = l->broken = false;
        flow_lift_empty(l);
        flow_hist_clear(&l->wait);
        l->children_escorted = l->children_attended = l->attendant_rides = 0;
        l->rides_down = l->seats_offered = 0;
        memset(l->turned_away, 0, sizeof l->turned_away);
        l->people = l->queue_max = l->bin_queue = l->bin_boarded = 0;
        l->bin_wait_s = 0;
        memset(l->queue, 0, (size_t)day->bin_capacity * sizeof *l->queue);
        memset(l->boarded, 0, (size_t)day->bin_capacity * sizeof *l->boarded);
        memset(l->wait_sum, 0, (size_t)day->bin_capacity * sizeof *l->wait_sum);
    }
    for (int32_t i = 0; i < day->line_count; i++) {
        flow_line *line = &day->lines[i];
        line->kept_first = false;
        for (int32_t k = 0; k < line->lane_count + line->escorts; k++) {
            line->lanes[k].head = line->lanes[k].tail = FLOW_NIL;
            line->lanes[k].people = 0;
        }
        line->people = 0;
        line->seen_each_s = flow_line_each(line);
        line->joining = FLOW_NIL;
        line->due_s = -1;
    }
}

void flow_lift_note_bin(const piste_day *day, flow_lift *l) {
    l->queue[day->bin] = l->bin_queue;
    l->boarded[day->bin] += l->bin_boarded;
    l->wait_sum[day->bin] += l->bin_wait_s;
    l->wait.count += l->bin_boarded;
    l->wait.sum_s += l->bin_wait_s;
    l->bin_boarded = 0;
    l->bin_wait_s = 0;
}

// ---- joining --------------------------------------------------------------------------------------------------------

// Whether a lane is kept at this time, and whether for this segment.
typedef enum keeping { FOR_ALL, FOR_THEM, FOR_OTHERS } keeping;

static keeping kept_for(const piste_day *day, const flow_line *line, int32_t lane, int32_t segment, int32_t t) {
    const piste_lift *about = &day->resort->lifts.list[line->lift];
    keeping kept = FOR_ALL;
    for (int32_t i = 0; i < about->reserved.count && kept != FOR_THEM; i++) {
        const piste_reserved *r = &about->reserved.list[i];
        if (r->lane == lane + 1 && piste_hours_hold(&r->hours, t))
            kept = r->segment.index == segment ? FOR_THEM : FOR_OTHERS;
    }
    return kept;
}

// The shortest lane that the party may use; of equal ones that which is kept for its segment, and for people alone the
// singles line.
static int32_t pick_lane(const piste_day *day, const flow_line *line, const flow_party *p, int32_t t) {
    int32_t best = -1;
    bool own = false;
    for (int32_t k = 0; k < line->lane_count; k++) {
        const flow_lane *lane = &line->lanes[k];
        if (k == line->singles && p->size > 1)
            continue;
        keeping kept = line->reserves && k != line->singles ? kept_for(day, line, k, p->segment, t) : FOR_ALL;
        if (kept == FOR_OTHERS)
            continue;
        if (best < 0 || lane->people < line->lanes[best].people ||
            (lane->people == line->lanes[best].people && !own && (k == line->singles || kept == FOR_THEM))) {
            best = k;
            own = kept == FOR_THEM;
        }
    }
    return best < 0 ? 0 : best; // every lane is kept for someone: the first one takes all
}

// To the end of a lane.
FLOW_INLINE void append(piste_day *day, flow_line *line, uint32_t party, int32_t lane_index, int32_t t) {
    uint32_t *const next = day->next;
    flow_party *p = &day->parties[party];
    flow_lane *lane = &line->lanes[lane_index];
    p->lane = (uint8_t)lane_index;
    next[party] = FLOW_NIL;
    *(lane->tail == FLOW_NIL ? &lane->head : &next[lane->tail]) = party;
    lane->tail = party;
    lane->people += p->size;
    flow_tell(day, t, PISTE_ACT_JOIN, party, p->size, line->place, p->way, -1, -1);
}

// Several parties, or lanes: they choose in the order of their numbers. Returns how many people they are.
static __attribute__((noinline)) int32_t settle_several(piste_day *day, flow_line *line, int32_t t) {
    int32_t count = flow_sort_joined(day, line->joining), people = 0;
    for (int32_t i = 0; i < count; i++) {
        uint32_t party = day->sorting[i];
        const flow_party *p = &day->parties[party];
        append(day, line, party, line->lane_count > 1 ? pick_lane(day, line, p, t) : 0, t);
        people += p->size;
    }
    for (int32_t i = 0; line->escorts && i < count; i++)
        flow_escort_join(day, day->sorting[i]);
    day->events += count;
    return people;
}

FLOW_INLINE void schedule(piste_day *day, int32_t index, int32_t t, int32_t after);

static inline void settle(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    flow_lift *l = &day->lifts[line->lift];
    const uint32_t party = line->joining;
    int32_t people;
    if (day->next[party] == FLOW_NIL && line->lane_count == 1 && !line->escorts) { // mostly
        people = day->parties[party].size;
        append(day, line, party, 0, t);
        day->events++;
    } else
        people = settle_several(day, line, t);
    line->joining = FLOW_NIL;
    line->people += people;
    l->people = people += l->people;
    if (people > l->queue_max)
        l->queue_max = people;
    if (people > l->bin_queue)
        l->bin_queue = people;
    if (line->due_s < 0 && l->open && !l->stopped)
        schedule(day, index, t, flow_lift_clock(l, t));
}

void flow_lines_settle(piste_day *day, int32_t t) {
    for (int32_t word = 0; word < day->line_words; word++) {
        uint64_t bits = day->joined[word];
        day->joined[word] = 0;
        for (; bits; bits &= bits - 1)
            settle(day, word * 64 + __builtin_ctzll(bits), t);
    }
}

// ---- carriers -------------------------------------------------------------------------------------------------------

static int64_t floor_share(int64_t carriers, int32_t on_rope) {
    int64_t parts = carriers * on_rope;
    return parts >= 0 ? parts / FLOW_RATE : -((-parts + FLOW_RATE - 1) / FLOW_RATE);
}

// The first carrier from this one on that is on the rope: the others are missing evenly.
static int64_t on_rope(const flow_lift *l, int64_t carrier) {
    while (floor_share(carrier + 1, l->on_rope) == floor_share(carrier, l->on_rope))
        carrier++;
    return carrier;
}

// When a carrier passes here, on the lift's clock.
static int64_t second_of(const flow_line *line, int64_t carrier) {
    return line->offset_s + base_ratio_floor_times(line->interval_s, carrier);
}

FLOW_INLINE void schedule(piste_day *day, int32_t index, int32_t t, int32_t after) {
    flow_line *line = &day->lines[index];
    const flow_lift *l = &day->lifts[line->lift];
    int64_t carrier = base_ratio_ceil_divide((int64_t)after + 1 - line->offset_s, line->interval_s);
    if (FLOW_RARELY(l->on_rope < FLOW_RATE))
        carrier = on_rope(l, carrier);
    line->due_carrier = carrier;
    flow_line_set_timer(day, index, flow_lift_when(l, second_of(line, carrier), t));
}

void flow_line_schedule(piste_day *day, int32_t index, int32_t t, int32_t after) {
    schedule(day, index, t, after);
}

// When the line's next carrier leaves, now at the earliest.
static void set_due(piste_day *day, int32_t index, int32_t t) {
    const flow_line *line = &day->lines[index];
    int32_t second = flow_lift_when(&day->lifts[line->lift], second_of(line, line->due_carrier), t);
    flow_line_set_timer(day, index, second > t ? second : t);
}

// The lift runs at another rate from now on: its carriers come sooner or later.
void flow_line_retime(piste_day *day, int32_t index, int32_t t) {
    const flow_line *line = &day->lines[index];
    if (line->due_s >= 0)
        set_due(day, index, t);
}

// Of those that have not left yet the first one on the rope takes people next. While the lift runs slowly a second of
// its clock lasts longer than one of the wall: a carrier of this second of the clock may have left in one before.
void flow_line_rethread(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    const flow_lift *l = &day->lifts[line->lift];
    piste_ratio interval = line->interval_s;
    if (line->due_s < 0)
        return;
    int64_t k = base_ratio_ceil_divide((int64_t)flow_lift_clock(l, t) - line->offset_s, interval);
    while (flow_lift_when(l, second_of(line, k), INT32_MIN) < t)
        k++;
    line->due_carrier = on_rope(l, k);
    set_due(day, index, t);
}

// After a stop: the carrier that was to leave when it began leaves now; behind one that left in that second, or where
// nobody waited then, the next one of the clock.
void flow_line_restart(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    const flow_lift *l = &day->lifts[line->lift];
    if (line->due_s != FLOW_DUE_STANDS) {
        flow_line_schedule(day, index, t, flow_lift_clock(l, t));
        return;
    }
    if (FLOW_RARELY(l->on_rope < FLOW_RATE))
        line->due_carrier = on_rope(l, line->due_carrier);
    set_due(day, index, t);
}

// The carrier behind the one that leaves now.
static void schedule_next(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    line->due_carrier++;
    if (FLOW_RARELY(day->lifts[line->lift].on_rope < FLOW_RATE))
        line->due_carrier = on_rope(&day->lifts[line->lift], line->due_carrier);
    flow_line_set_timer(day, index, flow_lift_when(&day->lifts[line->lift], second_of(line, line->due_carrier), t));
}

// Seats of carrier k that are taken by people who pass this station.
static uint16_t *through(flow_lift *l, const flow_line *line, int32_t station, int64_t carrier, bool write) {
    if (!l->through_mask)
        return NULL;
    size_t slot = (((size_t)line->down * (size_t)l->station_count + (size_t)station) * (size_t)(l->through_mask + 1)) +
                  (size_t)(carrier & l->through_mask);
    if (l->through_carrier[slot] != carrier) {
        if (!write)
            return NULL;
        l->through_carrier[slot] = carrier;
        l->through_people[slot] = 0;
    }
    return &l->through_people[slot];
}

// The largest party that fits from the heads of these lanes (bit k: lane k), the singles line left out; of equal ones that
// which came first. -1: none fits. A party larger than a whole carrier fills empty ones until the rest of it fits.
FLOW_INLINE int32_t pick_among(const piste_day *day, const flow_line *line, uint32_t lanes, int32_t free_seats,
                               int32_t seats) {
    int32_t best = -1, most = 0, since = 0;
    for (int32_t k = 0; k < line->lane_count; k++) {
        if (k == line->singles || line->lanes[k].head == FLOW_NIL || !(lanes >> k & 1))
            continue;
        const flow_party *p = &day->parties[line->lanes[k].head];
        int32_t wanted = p->left > seats && free_seats == seats ? seats : p->left;
        if (wanted <= free_seats && (wanted > most || (wanted == most && p->since_s < since))) {
            best = k;
            most = wanted;
            since = p->since_s;
        }
    }
    return best;
}

FLOW_INLINE int32_t pick_single(const flow_line *line, int32_t free_seats) {
    bool single = line->singles >= 0 && line->lanes[line->singles].head != FLOW_NIL && free_seats > 0;
    return single ? line->singles : -1;
}

// The loader takes from all lanes; the singles line comes last.
FLOW_INLINE int32_t pick_head(const piste_day *day, const flow_line *line, int32_t free_seats, int32_t seats) {
    if (line->lane_count == 1) {
        if (line->lanes[0].head == FLOW_NIL || free_seats == 0)
            return -1;
        int32_t left = day->parties[line->lanes[0].head].left;
        return left <= free_seats || (left > seats && free_seats == seats) ? 0 : -1;
    }
    int32_t best = pick_among(day, line, UINT32_MAX, free_seats, seats);
    return best >= 0 ? best : pick_single(line, free_seats);
}

// Of the lanes that have the first pick on this carrier, then of the others.
static int32_t pick_in_turn(const piste_day *day, const flow_line *line, int32_t free_seats, int32_t seats) {
    int32_t best = pick_among(day, line, line->first_lanes, free_seats, seats);
    if (best < 0)
        best = pick_among(day, line, ~line->first_lanes, free_seats, seats);
    return best >= 0 ? best : pick_single(line, free_seats);
}

int32_t flow_line_pick(const piste_day *day, const flow_line *line, int32_t free_seats, int32_t seats) {
    return line->reserves ? pick_in_turn(day, line, free_seats, seats) : pick_head(day, line, free_seats, seats);
}

// Lanes that are kept at this time and those that are not have the first pick by turns, carrier by carrier.
static void take_turns(const piste_day *day, flow_line *line, int32_t t) {
    uint32_t kept = 0;
    for (int32_t k = 0; k < line->lane_count; k++)
        if (k != line->singles && kept_for(day, line, k, -1, t) != FOR_ALL)
            kept |= 1u << k;
    line->kept_first = kept && !line->kept_first;
    line->first_lanes = !kept ? UINT32_MAX : line->kept_first ? kept : ~kept;
}

// Those whom one carrier takes from a line, summed up.
typedef struct boarded {
    int32_t people;
    int64_t wait_s;
    bool wrong; // somebody's boarding was
} boarded;

// Takes `people` of the party at the head of a lane on board of the carrier. Those of a split party who board now ride;
// the whole party is off the lift when its last carrier is.
FLOW_INLINE void board(piste_day *day, const flow_line *line, flow_lift *l, flow_lane *lane, int32_t people,
                       int64_t carrier, int32_t t, boarded *sums) {
    uint32_t party = lane->head;
    flow_party *p = &day->parties[party];
    flow_budget *budget = &day->parties[party].budget;
    const flow_way *way = &day->ways[p->way];
    int32_t wait = t - p->since_s, ride_s = way->ride_s;
    sums->wrong |= l->watched && flow_motion_board(day, line, p, people, t);
    sums->people += people;
    sums->wait_s += (int64_t)wait * people;
    flow_hist_note(&l->wait, wait, people);
    flow_hist_add(&day->segments[p->segment].wait, wait, people);
    budget->spent_s[PISTE_SPENT_WAITING] += (uint32_t)(wait * people);
    budget->spent_s[PISTE_SPENT_RIDING] += (uint32_t)(ride_s * people);
    budget->rides += (uint32_t)people;
    budget->longest_wait_s = budget->longest_wait_s < (uint32_t)wait ? (uint32_t)wait : budget->longest_wait_s;
    flow_tell(day, t, PISTE_ACT_BOARD, party, people, line->place, p->way, -1, -1);
    int32_t step = line->down ? -1 : 1;
    for (int32_t s = line->station + step; l->through_mask && s != way->station; s += step)
        *through(l, line, s, carrier, true) = (uint16_t)(*through(l, line, s, carrier, true) + people);
    lane->people -= people;
    if (p->left < p->size) // they wait at the top for these
        budget->spent_s[PISTE_SPENT_IDLE] += (uint32_t)(t - p->clock_due) * (uint32_t)(p->size - p->left);
    p->left = (uint16_t)(p->left - people);
    if (p->left > 0) {
        p->clock_due = t; // while some are still in line: when the last of the others boarded
        return;
    }
    lane->head = day->next[party];
    lane->tail = lane->head == FLOW_NIL ? FLOW_NIL : lane->tail;
    p->state = FLOW_RIDING;
    p->since_s = t;
    p->clock_due = flow_lift_clock(l, t) + ride_s;
    flow_push(day, party, t + ride_s);
}

FLOW_INLINE void count_boarded(flow_line *line, flow_lift *l, const boarded *sums) {
    line->people -= sums->people;
    l->people -= sums->people;
    l->bin_boarded += sums->people;
    l->bin_wait_s += sums->wait_s;
    l->rides_down += line->down ? sums->people : 0;
}

bool flow_line_board(piste_day *day, flow_line *line, int32_t lane, int32_t people, int64_t carrier, int32_t t) {
    flow_lift *l = &day->lifts[line->lift];
    boarded sums = {0, 0, false};
    board(day, line, l, &line->lanes[lane], people, carrier, t, &sums);
    count_boarded(line, l, &sums);
    return sums.wrong;
}

void flow_line_take_seat(piste_day *day, const flow_line *line, int32_t station, int64_t carrier) {
    flow_lift *l = &day->lifts[line->lift];
    for (int32_t s = line->station + (line->down ? -1 : 1); l->through_mask && s != station; s += line->down ? -1 : 1)
        *through(l, line, s, carrier, true) = (uint16_t)(*through(l, line, s, carrier, true) + 1);
}

// Whom the loader takes on board of one carrier where lanes take turns; returns whether somebody's boarding went wrong.
static bool load_in_turn(piste_day *day, flow_line *line, int64_t carrier, int32_t free_seats, int32_t t, bool *any) {
    int32_t seats = line->seats;
    bool wrong = false;
    for (int32_t lane; (lane = pick_in_turn(day, line, free_seats, seats)) >= 0;) {
        int32_t left = day->parties[line->lanes[lane].head].left, people = left < free_seats ? left : free_seats;
        wrong |= flow_line_board(day, line, lane, people, carrier, t);
        free_seats -= people;
        *any = true;
    }
    return wrong;
}

// The same where lanes take turns or children are among those who board.
static bool load_others(piste_day *day, flow_line *line, int64_t carrier, int32_t free_seats, int32_t t, bool *any) {
    if (line->reserves)
        take_turns(day, line, t);
    return line->escorts ? flow_escort_load(day, line, carrier, free_seats, t, any)
                         : load_in_turn(day, line, carrier, free_seats, t, any);
}

// Each lane's first party as the loader picks them.
static bool load_heads(piste_day *day, flow_line *line, flow_lift *l, int64_t carrier, int32_t free_seats, int32_t t,
                       bool *any) {
    boarded sums = {0, 0, false};
    for (int32_t k; (k = pick_head(day, line, free_seats, line->seats)) >= 0;) {
        flow_lane *lane = &line->lanes[k];
        int32_t left = day->parties[lane->head].left, people = left < free_seats ? left : free_seats;
        board(day, line, l, lane, people, carrier, t, &sums);
        free_seats -= people;
    }
    count_boarded(line, l, &sums);
    *any = sums.people > 0;
    return sums.wrong;
}

// The same for the plainest of lines, of which most are: whole parties, one after the other, from the only lane, all of them
// to the other end of the lift.
static bool load_whole(piste_day *day, flow_line *line, flow_lift *l, int32_t *free_seats, int32_t t) {
    flow_party *const parties = day->parties;
    flow_lane *lane = &line->lanes[0];
    uint32_t *const next_of = day->next, party = lane->head, next;
    boarded sums = {0, 0, false};
    if (party == FLOW_NIL)
        return false;
    const int32_t seats = *free_seats, ride_s = day->ways[parties[party].way].ride_s, off_s = t + ride_s;
    const int32_t clock = flow_lift_clock(l, t) + ride_s;
    if (ride_s >= FLOW_WHEEL)
        return false;
    uint32_t *const bucket = &day->wheel[off_s & (FLOW_WHEEL - 1)];
    for (; party != FLOW_NIL; party = next) {
        flow_party *p = &parties[party];
        const int32_t people = p->left, wait = t - p->since_s;
        if (people > seats - sums.people || people < p->size)
            break;
        next = next_of[party];
        sums.people += people;
        sums.wait_s += (int64_t)wait * people;
        flow_hist_note(&l->wait, wait, people);
        flow_hist_add(&day->segments[p->segment].wait, wait, people);
        p->budget.spent_s[PISTE_SPENT_WAITING] += (uint32_t)(wait * people);
        p->budget.spent_s[PISTE_SPENT_RIDING] += (uint32_t)(ride_s * people);
        p->budget.rides += (uint32_t)people;
        p->budget.longest_wait_s =
            p->budget.longest_wait_s < (uint32_t)wait ? (uint32_t)wait : p->budget.longest_wait_s;
        flow_tell(day, t, PISTE_ACT_BOARD, party, people, line->place, p->way, -1, -1);
        p->left = 0;
        p->state = FLOW_RIDING;
        p->since_s = t;
        p->clock_due = clock;
        p->due_s = off_s; // as flow_push would
        next_of[party] = *bucket;
        *bucket = party;
    }
    lane->head = party;
    lane->tail = party == FLOW_NIL ? FLOW_NIL : lane->tail;
    lane->people -= sums.people;
    for (int32_t i = 0; i < seats && party != FLOW_NIL; i++) // for the next carrier
        party = flow_fetch(day, party);
    count_boarded(line, l, &sums);
    *free_seats -= sums.people;
    return sums.people > 0;
}

static void dispatch(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    flow_lift *l = &day->lifts[line->lift];
    line->due_s = -1;
    if (!l->open || l->stopped)
        return;
    day->events++;
    int64_t carrier = line->due_carrier;
    const uint16_t *taken = through(l, line, line->station, carrier, false);
    const int32_t offered = line->seats - (taken ? *taken : 0);
    int32_t free_seats = offered;
    bool any = false, more = false, wrong = false;
    if (line->special)
        wrong = load_others(day, line, carrier, free_seats, t, &any);
    else {
        if (line->lane_count == 1 && !l->watched && !l->through_mask)
            any = load_whole(day, line, l, &free_seats, t);
        if (line->lanes[0].head != FLOW_NIL || line->lane_count > 1)
            wrong = load_heads(day, line, l, carrier, free_seats, t, &more);
    }
    if (any || more)
        l->seats_offered += offered;
    if (wrong)
        flow_motion_misload(day, line->lift, t);
    else if (line->people)
        schedule_next(day, index, t);
}

void flow_lines_dispatch(piste_day *day, int32_t t) {
    uint64_t *due = &day->timers[(size_t)(t & (FLOW_TIMER - 1)) * (size_t)day->line_words];
    for (int32_t word = 0; word < day->line_words; word++) {
        uint64_t bits = due[word];
        if (!bits)
            continue;
        due[word] = 0;
        for (; bits; bits &= bits - 1) {
            int32_t line = word * 64 + __builtin_ctzll(bits);
            if (day->lines[line].due_s == t)
                do
                    dispatch(day, line, t);
                while (day->lines[line].due_s == t); // carriers less than a second apart
            else if (day->lines[line].due_s > t)     // more than a turn of the timers ahead, or put off since
                flow_line_set_timer(day, line, day->lines[line].due_s);
        }
    }
}

static void send_away(piste_day *day, const flow_line *line, flow_lift *l, uint32_t party, int32_t t) {
    flow_party *p = &day->parties[party];
    piste_away why = l->broken ? PISTE_AWAY_OUTAGE : l->held ? PISTE_AWAY_HOLD : PISTE_AWAY_CLOSING;
    flow_budget *budget = &p->budget;
    if (l->aboard && p->left < p->size)
        flow_evacuate_forget(l, party);
    flow_tell_why(day, t, PISTE_ACT_TURNED_AWAY, party, p->left, line->place, p->way, -1, why);
    l->turned_away[why] += p->left;
    l->people -= p->left;
    budget->turned_away += p->left;
    budget->spent_s[PISTE_SPENT_WAITING] += (uint32_t)(t - p->since_s) * p->left;
    if (p->left < p->size) // those on board are back as well: their ride was counted whole, and is cut to now
        budget->spent_s[PISTE_SPENT_RIDING] +=
            (uint32_t)(t - p->clock_due - (int32_t)day->ways[p->way].duration_s) * (uint32_t)(p->size - p->left);
    p->state = FLOW_IDLE;
    p->since_s = t;
    p->way = -1;
    p->left = 0;
    flow_push(day, party, t + 1);
}

// A party that is partly on board already is not torn apart: the rest of it is still taken, unless the lift is broken; then
// the whole party is counted as back at the station.
void flow_line_turn_away(piste_day *day, int32_t index, int32_t t) {
    flow_line *line = &day->lines[index];
    flow_lift *l = &day->lifts[line->lift];
    line->people = 0;
    for (int32_t k = 0; k < line->lane_count + line->escorts; k++) {
        flow_lane *lane = &line->lanes[k];
        uint32_t party = lane->head;
        lane->head = lane->tail = FLOW_NIL;
        lane->people = 0;
        while (party != FLOW_NIL) {
            flow_party *p = &day->parties[party];
            uint32_t next = day->next[party];
            bool partly = p->left < p->size;
            if (partly && l->evacuating)
                flow_evacuate_strand(day, line, party, t);
            else if (partly && !l->broken) {
                *(lane->tail == FLOW_NIL ? &lane->head : &day->next[lane->tail]) = party;
                lane->tail = party;
                lane->people += p->left;
                line->people += p->left;
                day->next[party] = FLOW_NIL;
            } else
                send_away(day, line, l, party, t);
            party = next;
        }
    }
    if (!line->people)
        line->due_s = -1;
}
