// play_board.c - what the events of the demonstration's day come to: lines, waits, crowds, stops on the board; passes at
// gates.
//
// A wait is measured as it is at a hill: the mean of those who boarded in the last minutes; where nobody did though
// people stand there, that of who has stood there longest. The wait that is expected comes from days of other seeds.
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "desk/board.h"
#include "serve/play.h"

enum { LATELY_S = 300, LONG_STOP_S = 90, BOARDED = BASE_COUNT(((play_lift *)0)->boarded) };
static const char source[] = "measured";

// ---- passes and gates ---------------------------------------------------------------------------------------------------------

static piste_clock gate_clock(const serve_play *p, const play_day *d, int32_t second) {
    int64_t ms = d->zero_ms + second * 1000ll;
    (void)p;
    return (piste_clock){.wall_s = ms / 1000, .boot_ms = ms, .boot = 1};
}

// The office and its gate are new, as the desk is: their folder is the demonstration's own.
piste_status play_board_begin(serve_play *p, piste_errors *errors) {
    const piste_resort *r = p->serve->resort;
    const piste_travel_limits limits = piste_travel_limits_default();
    piste_table *table = NULL;
    char folder[4160];
    snprintf(folder, sizeof folder, "%s/demo", p->serve->def.data);
    snprintf(p->office_folder, sizeof p->office_folder, "%s/office", folder);
    snprintf(p->published, sizeof p->published, "%s/published", folder);
    snprintf(p->gate_folder, sizeof p->gate_folder, "%s/gate", folder);
    if (mkdir(folder, 0700) != 0)
        return piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "cannot be made: a demonstration begins in a new folder");
    piste_clock clock = gate_clock(p, &p->today, p->today.done_s);
    piste_date last = r->season_until + 1;
    piste_status status = piste_table_make(r, p->first_date, last, &limits, NULL, errors, &table);
    if (status == PISTE_OK)
        status = office_make(p->office_folder, table, clock.wall_s, errors);
    piste_table_destroy(table);
    if (status == PISTE_OK)
        status = office_open(p->office_folder, errors, &p->office);
    if (status == PISTE_OK)
        status = piste_publish(p->office.keys, p->office.table, &p->office.lists, clock.wall_s, p->published, errors);
    if (status == PISTE_OK)
        status = piste_gate_make(p->gate_folder, p->published, NULL, 1, p->office.table->entrances.list[0].key, &clock, errors);
    return status == PISTE_OK ? piste_gate_open(p->gate_folder, errors, &p->gate) : status;
}

void play_board_end(serve_play *p) {
    if (p->gate)
        piste_gate_close(p->gate);
    if (p->office.keys)
        office_close(&p->office);
    p->gate = NULL;
}

static void issue(serve_play *p, play_day *d, play_pass *pass) {
    const piste_table *table = p->office.table;
    const piste_product *product = piste_table_find_product(table, "day");
    int32_t day = d->date - table->first_day;
    piste_pass own = {.id = piste_pass_id_draw(), .product = product ? product->number : 1, .opens = product ? product->opens : 1,
                      .from_min = table->days.list[day].starts_min, .until_min = table->days.list[day + 1].starts_min};
    uint8_t token[PISTE_PASS_BYTES];
    if (piste_keys_sign_pass(p->office.keys, &own, (d->zero_ms / 1000) + d->done_s, NULL, token) == PISTE_OK)
        piste_pass_to_text(token, pass->text);
}

void play_board_issue(serve_play *p, play_day *d, play_party *party) {
    party->passes = party->size;
    for (int32_t i = 0; i < party->passes; i++)
        issue(p, d, &d->passes[party->pass + i]);
}

void play_board_sync(serve_play *p) {
    if (p->unsynced && piste_gate_sync(p->gate, NULL) != PISTE_OK)
        play_note(p, "the gate's log cannot be written: is the disk full?");
    p->unsynced = 0;
}

// The entrance of a lift where people join its line; -1: it has none there.
static int32_t entrance_of(const serve_play *p, int32_t lift, int32_t place) {
    const piste_resort *r = p->serve->resort;
    const piste_lift *l = &r->lifts.list[lift];
    char key[2 * 64 + 8];
    if (place < 0 || place == l->from.index)
        snprintf(key, sizeof key, "%s", l->entry.key);
    else if (place == l->to.index)
        snprintf(key, sizeof key, "%s/down", l->entry.key);
    else
        snprintf(key, sizeof key, "%s/%s", l->entry.key, r->places.list[place].entry.key);
    return piste_table_find_entrance(p->office.table, key);
}

static void scan_party(serve_play *p, play_day *d, const piste_event *e, const play_party *party) {
    int32_t entrance = entrance_of(p, e->lift, e->place);
    piste_clock clock = gate_clock(p, d, e->second);
    d->without_pass += e->size > party->passes ? e->size - party->passes : 0;
    for (int32_t i = 0; entrance >= 0 && i < party->passes; i++) {
        play_pass *pass = &d->passes[party->pass + i];
        piste_answer answer;
        if (p->unsynced >= PISTE_LOG_BATCH)
            play_board_sync(p);
        if (piste_gate_judge(p->gate, pass->text, strlen(pass->text), p->office.table->entrances.list[entrance].number, &clock, &answer) != PISTE_OK)
            continue;
        p->unsynced++;
        d->scans++;
        d->scans_refused += answer.reason != PISTE_SCAN_OPEN;
        if (answer.reason != PISTE_SCAN_OPEN)
            continue;
        d->lifts[e->lift].admitted++;
        d->admitted += !pass->is_admitted;
        pass->is_admitted = true;
    }
}

json_t *play_board_gates(const serve_play *p, const play_day *d) {
    const piste_resort *r = p->serve->resort;
    json_t *list = json_array();
    for (int32_t i = 0; i < r->lifts.count; i++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:I}", "key", r->lifts.list[i].entry.key, "name", r->lifts.list[i].name,
                                              "admitted", (json_int_t)d->lifts[i].admitted));
    return list;
}

// ---- the listener ---------------------------------------------------------------------------------------------------------------------

static void leave_line(play_day *d, play_party *party, int32_t people) {
    if (party->lift < 0)
        return;
    people = people < party->in_line ? people : party->in_line;
    d->lifts[party->lift].in_line -= people;
    party->in_line -= people;
    if (party->in_line == 0)
        party->lift = -1;
}

static void board(play_day *d, const piste_event *e, play_party *party) {
    play_lift *l = &d->lifts[e->lift];
    int32_t at = l->boardings++ % (int32_t)BOARDED;
    l->boarded[at].second = e->second;
    l->boarded[at].wait_s = e->second - party->joined_s;
    l->boarded[at].people = e->size;
    leave_line(d, party, e->size);
}

static void leave_venue(play_day *d, play_party *party) {
    if (party->venue < 0)
        return;
    d->venues[party->venue].queued -= party->queued;
    d->venues[party->venue].inside -= party->inside;
    party->queued = party->inside = 0;
    party->venue = -1;
}

static void enter_venue(play_day *d, const piste_event *e, play_party *party, bool is_inside) {
    if (e->venue < 0)
        return;
    if (party->venue != e->venue) {
        leave_venue(d, party);
        party->venue = e->venue;
    }
    play_venue *v = &d->venues[e->venue];
    v->queued += (is_inside ? 0 : e->size) - party->queued;
    v->inside += (is_inside ? e->size : 0) - party->inside;
    party->queued = is_inside ? 0 : e->size;
    party->inside = is_inside ? e->size : 0;
}

// First come, first served: whoever joins knows when it will have been served (until_s), which is its wait and its service.
static void note_service(const serve_play *p, play_day *d, const piste_event *e) {
    if (e->venue < 0)
        return;
    const piste_venue *own = &p->serve->resort->venues.list[e->venue];
    double service_s = piste_dist_mean(&own->service_time);
    int32_t wait_s = e->until_s - e->second - (int32_t)(isfinite(service_s) ? service_s : 0);
    d->venues[e->venue].joined_s = e->second;
    d->venues[e->venue].wait_s = wait_s > 0 ? wait_s : 0;
}

static void hear_lift(play_day *d, const piste_event *e) {
    play_lift *l = &d->lifts[e->lift];
    if (e->act == PISTE_ACT_OPEN) {
        l->is_running = true;
        l->is_held = false;
    } else if (e->act == PISTE_ACT_CLOSE)
        l->is_running = l->is_held = false;
    else if (e->act == PISTE_ACT_HOLD)
        l->is_held = true;
    else if (e->act == PISTE_ACT_STOP)
        l->stopped_until_s = e->until_s - e->second >= LONG_STOP_S ? e->until_s : 0;
}

static void part(play_day *d, const piste_event *e, play_party *party) {
    play_party *other = party + 1;
    int32_t passes = e->size < party->passes ? e->size : party->passes;
    *other = *party;
    other->lift = other->run = other->venue = -1;
    other->in_line = other->queued = other->inside = 0;
    other->size = e->size;
    party->size -= e->size;
    party->passes -= passes;
    other->pass = party->pass + party->passes;
    other->passes = passes;
    (void)d;
}

static void hear_party(serve_play *p, play_day *d, const piste_event *e, play_party *party) {
    switch ((int)e->act) {
    case PISTE_ACT_ARRIVE:
        d->present += e->size;
        break;
    case PISTE_ACT_GONE:
        leave_line(d, party, party->in_line);
        leave_venue(d, party);
        d->present -= e->size;
        break;
    case PISTE_ACT_JOIN:
        leave_line(d, party, party->in_line);
        leave_venue(d, party);
        party->lift = e->lift;
        party->joined_s = e->second;
        party->in_line = e->size;
        d->lifts[e->lift].in_line += e->size;
        scan_party(p, d, e, party);
        break;
    case PISTE_ACT_BOARD:
        board(d, e, party);
        break;
    case PISTE_ACT_TURNED_AWAY:
    case PISTE_ACT_ASSIST:
        leave_line(d, party, party->in_line);
        break;
    case PISTE_ACT_SKI:
        party->run = e->run;
        party->run_size = e->size;
        party->run_until_s = e->until_s;
        break;
    case PISTE_ACT_QUEUE:
        enter_venue(d, e, party, false);
        break;
    case PISTE_ACT_SERVE:
        note_service(p, d, e);
        break;
    case PISTE_ACT_STAY:
        enter_venue(d, e, party, true);
        break;
    case PISTE_ACT_OUT:
    case PISTE_ACT_MISS:
        leave_venue(d, party);
        break;
    case PISTE_ACT_PART:
        part(d, e, party);
        break;
    case PISTE_ACT_MEET: // the two lie beside each other
        party->passes += party[1].passes;
        party->size += party[1].size;
        party[1].passes = party[1].size = 0;
        break;
    default:
        break;
    }
}

void play_board_hear(void *context, const piste_event *e) {
    serve_play *p = context;
    play_day *d = &p->today;
    if (e->party >= 0 && e->party < d->party_count)
        hear_party(p, d, e, &d->parties[e->party]);
    else if (e->party < 0 && e->lift >= 0)
        hear_lift(d, e);
}

// ---- the board -----------------------------------------------------------------------------------------------------------------------------

void play_board_tell(serve_play *p, play_day *d) {
    const piste_resort *r = p->serve->resort;
    for (int32_t i = 0; i < r->lifts.count; i++) {
        play_lift *l = &d->lifts[i];
        bool is_stopped = l->stopped_until_s > d->done_s;
        const char *state = l->is_held || (is_stopped && l->is_running) ? "hold" : "scheduled";
        if (strcmp(state, l->told ? l->told : "scheduled") == 0)
            continue;
        char key[120];
        l->told = state;
        snprintf(key, sizeof key, "demo-%s-%.40s-%d", d->text, r->lifts.list[i].entry.key, d->done_s);
        json_decref(play_do(p, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "act", "board", "key", key, "who", "demo-lifts", "place",
                                         r->lifts.list[i].entry.key, "state", state, "note",
                                         l->is_held ? "wind" : is_stopped ? "stopped" : "")));
    }
}

static int64_t wait_of_lift(const play_day *d, int32_t lift) {
    const play_lift *l = &d->lifts[lift];
    int64_t people = 0, waited = 0, longest = 0;
    for (int32_t i = 0; i < (int32_t)BOARDED && i < l->boardings; i++)
        if (l->boarded[i].second > d->done_s - LATELY_S) {
            people += l->boarded[i].people;
            waited += (int64_t)l->boarded[i].people * l->boarded[i].wait_s;
        }
    if (people)
        return waited / people;
    for (int32_t i = 0; l->in_line && i < d->party_count; i++)
        if (d->parties[i].lift == lift && d->done_s - d->parties[i].joined_s > longest)
            longest = d->done_s - d->parties[i].joined_s;
    return l->is_running || l->in_line ? longest : -1;
}

static int64_t expected_of_lift(const play_day *d, int32_t lift) {
    int32_t bin = d->bin_s ? (d->done_s - d->from_s) / d->bin_s : -1;
    double expected = bin >= 0 && bin < d->bins ? d->expected_s[lift * d->bins + bin] : NAN;
    return isnan(expected) ? (d->lifts[lift].is_running ? 0 : -1) : (int64_t)expected;
}

static int64_t percent_of(double people, double room) {
    return room > 0 ? (int64_t)(people * 100 / room + 0.5) : -1;
}

static desk_measured measured_of(const char *key) {
    desk_measured m = {.wait_s = -1, .expected_s = -1, .people = -1, .crowd_percent = -1};
    snprintf(m.key, sizeof m.key, "%.64s", key);
    return m;
}

static size_t measure_runs(const serve_play *p, const play_day *d, desk_measured *list) {
    const piste_resort *r = p->serve->resort;
    const piste_day_result *result = piste_day_get_result(d->day);
    for (int32_t i = 0; i < r->runs.count; i++) {
        list[i] = measured_of(r->runs.list[i].entry.key);
        list[i].people = 0;
    }
    for (int32_t i = 0; i < d->party_count; i++)
        if (d->parties[i].run >= 0 && d->parties[i].run_until_s > d->done_s)
            list[d->parties[i].run].people += d->parties[i].run_size;
    for (int32_t i = 0; i < r->runs.count; i++)
        list[i].crowd_percent = percent_of((double)list[i].people, r->runs.list[i].area_ha * result->runs.list[i].density_standard_per_ha);
    return (size_t)r->runs.count;
}

void play_board_measure(serve_play *p, play_day *d) {
    const piste_resort *r = p->serve->resort;
    desk_measured *list = calloc((size_t)(r->lifts.count + r->runs.count + r->venues.count) + 1, sizeof *list);
    size_t n = 0;
    if (!list)
        return;
    for (int32_t i = 0; i < r->lifts.count; i++) {
        desk_measured m = measured_of(r->lifts.list[i].entry.key);
        m.wait_s = wait_of_lift(d, i);
        m.expected_s = expected_of_lift(d, i);
        m.people = d->lifts[i].in_line;
        list[n++] = m;
    }
    n += measure_runs(p, d, list + n);
    for (int32_t i = 0; i < r->venues.count; i++) {
        const play_venue *v = &d->venues[i];
        desk_measured m = measured_of(r->venues.list[i].entry.key);
        m.people = v->queued + v->inside;
        m.crowd_percent = percent_of(v->inside, r->venues.list[i].seats);
        if (r->venues.list[i].servers > 0)
            m.wait_s = v->joined_s > d->done_s - LATELY_S ? v->wait_s : v->queued ? -1 : 0;
        list[n++] = m;
    }
    desk_board_measure(p->serve->desk, list, n, source);
    free(list);
}
