// test_day.c - people are conserved at every place and second, days are reproducible, and every day ends.
#include "flow_test.h"

#include <math.h>

enum { PARTIES_MAX = 8192, PLACES_MAX = 64, QUEUES_MAX = 64 };

// Follows every party through the events of a day, as a reader of the event log would. Each act must be possible where the
// party is; the people in each line and venue are counted over time, for Little's law.
typedef enum whereabouts { NOT_YET, AT_PLACE, ON_WAY, IN_LINE, ON_LIFT, AT_VENUE, HOME } whereabouts;

typedef struct follower {
    whereabouts where[PARTIES_MAX];
    int32_t place[PARTIES_MAX], size[PARTIES_MAX], boarded[PARTIES_MAX], lift[PARTIES_MAX], until[PARTIES_MAX], joined[PARTIES_MAX];
    const piste_resort *resort;
    int64_t in_line[QUEUES_MAX], line_area[QUEUES_MAX], line_waits[QUEUES_MAX]; // by lift: people, person-seconds, sum of waits
    int64_t evacuated[QUEUES_MAX];
    int64_t came, left, events;
    int32_t second;
} follower;

static void move_on(follower *f, int32_t second) {
    assert_true(second >= f->second); // events come in order of time
    for (int32_t i = 0; i < f->resort->lifts.count; i++)
        f->line_area[i] += f->in_line[i] * (second - f->second);
    f->second = second;
}

// A party that set out on a way is at its end from `until` on; what it does next shows that it has arrived.
static void be_at(follower *f, const piste_event *e, int32_t place) {
    int32_t p = e->party;
    assert_true(f->where[p] == AT_PLACE || f->where[p] == ON_WAY);
    assert_int_equal(f->place[p], place);
    f->where[p] = AT_PLACE;
}

static void leave_line(follower *f, int32_t lift, int32_t party, int32_t people, int32_t second) {
    f->in_line[lift] -= people;
    f->line_waits[lift] += (int64_t)(second - f->joined[party]) * people;
    assert_true(f->in_line[lift] >= 0);
}

static void follow_lift(follower *f, const piste_event *e) {
    int32_t p = e->party;
    switch (e->act) {
    case PISTE_ACT_JOIN:
        be_at(f, e, e->place);
        f->where[p] = IN_LINE;
        f->lift[p] = e->lift;
        f->boarded[p] = 0;
        f->joined[p] = e->second;
        f->in_line[e->lift] += e->size;
        break;
    case PISTE_ACT_BOARD:
        assert_int_equal(f->where[p], IN_LINE);
        assert_int_equal(f->lift[p], e->lift);
        assert_true(e->second > f->joined[p]); // nobody boards in the second of joining
        assert_true(e->size <= f->resort->lifts.list[e->lift].seats);
        leave_line(f, e->lift, p, e->size, e->second);
        f->boarded[p] += e->size;
        assert_true(f->boarded[p] <= f->size[p]);
        if (f->boarded[p] == f->size[p])
            f->where[p] = ON_LIFT;
        break;
    case PISTE_ACT_UNLOAD:
        assert_int_equal(f->where[p], ON_LIFT);
        f->where[p] = AT_PLACE;
        f->place[p] = e->place;
        break;
    case PISTE_ACT_TURNED_AWAY: // what is on board already is as good as back, or will be brought down
        assert_int_equal(f->where[p], IN_LINE);
        leave_line(f, e->lift, p, e->size, e->second);
        f->where[p] = AT_PLACE;
        break;
    case PISTE_ACT_EVACUATE:
        assert_true(f->where[p] == ON_LIFT || (f->where[p] == AT_PLACE && f->boarded[p] < f->size[p]));
        assert_int_equal(f->lift[p], e->lift);
        assert_true(e->size > 0 && e->size <= f->boarded[p]);
        f->boarded[p] = 0;
        f->evacuated[e->lift] += e->size;
        f->where[p] = AT_PLACE;
        f->place[p] = e->place;
        break;
    default: break;
    }
}

static void follow(void *context, const piste_event *e) {
    follower *f = context;
    int32_t p = e->party;
    move_on(f, e->second);
    f->events++;
    if (p < 0)
        return;
    assert_true(p < PARTIES_MAX);
    switch (e->act) {
    case PISTE_ACT_ARRIVE:
        assert_int_equal(f->where[p], NOT_YET);
        f->where[p] = AT_PLACE;
        f->place[p] = e->place;
        f->size[p] = e->size;
        f->came += e->size;
        break;
    case PISTE_ACT_SKI:
    case PISTE_ACT_WALK: {
        be_at(f, e, e->place);
        int32_t run = e->run, from = run >= 0 ? f->resort->runs.list[run].from.index : f->resort->walks.list[e->walk].from.index;
        int32_t to = run >= 0 ? f->resort->runs.list[run].to.index : f->resort->walks.list[e->walk].to.index;
        f->place[p] = from == e->place ? to : from; // walks lead both ways
        assert_true(from == e->place || (run < 0 && to == e->place));
        f->where[p] = ON_WAY;
        assert_true(e->until_s >= e->second);
        break;
    }
    case PISTE_ACT_QUEUE:
    case PISTE_ACT_SERVE:
    case PISTE_ACT_STAY:
        if (f->where[p] != AT_VENUE)
            be_at(f, e, e->place);
        f->where[p] = AT_VENUE;
        break;
    case PISTE_ACT_OUT:
        assert_int_equal(f->where[p], AT_VENUE);
        f->where[p] = AT_PLACE;
        break;
    case PISTE_ACT_PART: // those who go are the party with the next number
        be_at(f, e, e->place);
        assert_true(e->size > 0 && e->size < f->size[p]);
        f->size[p] -= e->size;
        f->size[p + 1] = e->size;
        f->where[p + 1] = AT_PLACE;
        f->place[p + 1] = e->place;
        break;
    case PISTE_ACT_MEET:
        be_at(f, e, e->place);
        assert_true(f->where[p + 1] == AT_PLACE || f->where[p + 1] == ON_WAY);
        assert_int_equal(f->place[p + 1], e->place);
        f->size[p] += f->size[p + 1];
        assert_int_equal(f->size[p], e->size);
        f->size[p + 1] = 0;
        f->where[p + 1] = NOT_YET;
        break;
    case PISTE_ACT_ASSIST:
        be_at(f, e, e->place);
        f->place[p] = f->resort->segments.list[e->segment].leave_at.index;
        break;
    case PISTE_ACT_GONE:
        be_at(f, e, f->resort->segments.list[e->segment].leave_at.index);
        f->where[p] = HOME;
        f->left += e->size;
        break;
    default: follow_lift(f, e);
    }
}

// Returns in *evacuated how many were brought down from lifts that stood.
static void nobody_is_lost_or_evacuated(const char *folder, uint64_t seed, int64_t guests, int64_t *evacuated) {
    piste_resort *resort = load(folder);
    follower *f = calloc(1, sizeof *f);
    f->resort = resort;
    piste_day_def def = piste_day_def_default();
    def.seed = seed;
    def.guests = guests;
    def.event = follow;
    def.context = f;
    piste_day *day = begin(resort, &def);
    piste_census before = piste_day_count(day);
    int64_t all = before.to_come;
    for (int32_t second = resort->day.from_s + 1; !piste_day_run(day, second); second++) {
        piste_census c = piste_day_count(day);
        assert_int_equal(c.to_come + c.under_way + c.in_line + c.riding + c.in_venues + c.gone, all);
        assert_int_equal(c.gone, f->left);
        assert_int_equal(all - c.to_come, f->came);
        int64_t in_line = 0;
        for (int32_t i = 0; i < resort->lifts.count; i++)
            in_line += f->in_line[i];
        assert_int_equal(c.in_line, in_line);
    }
    const piste_day_result *r = piste_day_get_result(day);
    assert_int_equal(r->guests, f->came);
    assert_int_equal(r->gone, f->left);
    assert_int_equal(r->gone + r->still_here, r->guests);
    piste_census last = piste_day_count(day);
    assert_int_equal(last.in_venues, r->still_here); // on a day of thousands somebody may still be at the bar, nowhere else
    if (guests < 0)
        assert_int_equal(r->still_here, 0);
    for (int32_t i = 0; i < r->lifts.count; i++) { // Little's law: people in line over time = sum of the waits
        assert_int_equal(f->line_area[i], f->line_waits[i]);
        assert_int_equal(f->in_line[i], 0);
        assert_int_equal(f->evacuated[i], r->lifts.list[i].evacuated);
        *evacuated += r->lifts.list[i].evacuated;
    }
    int64_t spent = 0;
    for (int32_t i = 0; i < r->segments.count; i++)
        for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
            spent += r->segments.list[i].spent_s[k];
    assert_true(spent > 0);
    piste_day_destroy(day);
    free(f);
    piste_resort_destroy(resort);
}

static void nobody_is_lost(const char *folder, uint64_t seed, int64_t guests) {
    int64_t evacuated = 0;
    nobody_is_lost_or_evacuated(folder, seed, guests, &evacuated);
    assert_int_equal(evacuated, 0);
}

static void people_are_conserved_whatever_happens_to_the_lifts(void **state) {
    (void)state;
    int64_t evacuated = 0;
    for (uint64_t seed = 1; seed < (uint64_t)test_count(12, 100); seed++)
        nobody_is_lost_or_evacuated("test/laws/mountain-troubles", seed, seed < 3 ? -1 : (int64_t)(200 * seed), &evacuated);
    assert_true(evacuated > 100);
}

static void people_are_conserved_at_every_second(void **state) {
    (void)state;
    int64_t evacuated = 0;
    nobody_is_lost("test/laws/mountain", 1, -1);
    nobody_is_lost_or_evacuated("resorts/masikryong", 1, -1, &evacuated); // its chairs are evacuated on a bad day
    nobody_is_lost("test/laws/classes", 1, -1);
    for (uint64_t seed = 2; seed < (uint64_t)test_count(4, 40); seed++) {
        nobody_is_lost("test/laws/mountain", seed, (int64_t)(100 * seed));
        nobody_is_lost_or_evacuated("resorts/masikryong", seed, (int64_t)(300 * seed), &evacuated);
    }
}

static void a_day_begun_anew_or_run_in_pieces_is_the_same_day(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/mountain");
    piste_day *whole = run_day(resort, 5, -1), *again = run_day(resort, 9, -1);
    uint64_t expected = fingerprint(piste_day_get_result(whole));
    assert_true(fingerprint(piste_day_get_result(again)) != expected);
    assert_int_equal(piste_day_reset(again, 5), PISTE_OK);
    piste_day_run(again, PISTE_DAY_END);
    assert_true(fingerprint(piste_day_get_result(again)) == expected);
    assert_int_equal(piste_day_reset(again, 5), PISTE_OK);
    for (int32_t second = resort->day.from_s; !piste_day_run(again, second); second += 97)
        (void)piste_day_get_result(again); // looking at it changes nothing
    assert_true(fingerprint(piste_day_get_result(again)) == expected);
    piste_day_destroy(whole);
    piste_day_destroy(again);
    piste_resort_destroy(resort);
}

// Common random numbers: the first guests of each segment are the same people with the same plans however many come, and a lift
// that nobody can use changes nothing at all for those who do not ride it.
typedef struct arrivals {
    int32_t second[PARTIES_MAX], size[PARTIES_MAX], parties[8];
} arrivals;
static void note_arrival(void *context, const piste_event *e) {
    arrivals *a = context;
    if (e->act == PISTE_ACT_ARRIVE && e->segment == 0 && e->party < PARTIES_MAX) {
        a->second[e->party] = e->second;
        a->size[e->party] = e->size;
    }
}
static void more_guests_renumber_nobody(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/mountain");
    arrivals *few = calloc(1, sizeof *few), *many = calloc(1, sizeof *many);
    piste_day_def def = piste_day_def_default();
    def.event = note_arrival;
    for (int k = 0; k < 2; k++) {
        def.guests = k ? 1420 : 710;
        def.context = k ? many : few;
        piste_day *day = begin(resort, &def);
        piste_day_run(day, PISTE_DAY_END);
        piste_day_destroy(day);
    }
    int same = 0, last = 0;
    for (int i = 0; i < PARTIES_MAX; i++)
        if (few->size[i])
            last = i;
    for (int i = 0; i < last; i++) { // the very last party may be cut to what was sold
        assert_int_equal(few->second[i], many->second[i]);
        assert_int_equal(few->size[i], many->size[i]);
        same++;
    }
    assert_true(same > 80);
    free(few);
    free(many);
    piste_resort_destroy(resort);
}

// A lift that stands apart, and the places it stands at, change nothing for anybody: no draw hangs on how many there are.
static void another_lift_renumbers_nobody(void **state) {
    (void)state;
    char folder[] = "/tmp/piste-day-XXXXXX", path[64], *text = NULL;
    size_t length = 0;
    assert_non_null(mkdtemp(folder));
    const char *root = getenv("PISTE_ROOT");
    char from[512];
    snprintf(from, sizeof from, "%s/test/laws/mountain/resort.yaml", root ? root : ".");
    assert_int_equal(base_file_read(from, 1 << 20, NULL, &text, &length), PISTE_OK);
    base_text out = {0};
    char *lifts = strstr(text, "lifts:\n"), *behind = lifts + strlen("lifts:\n");
    base_text_add_bytes(&out, text, (size_t)(lifts - text));
    base_text_add(&out, "  - {key: apart, height: 900 m}\n  - {key: apart-top, height: 950 m}\nlifts:\n"
                        "  - {key: a-first-lift, type: platter, from: apart, to: apart-top, seats: 1, interval: 8 s, speed: 2 m/s, length: 200 m,\n"
                        "     stops: [{cause: mechanical, every: 10 min, duration: 30 s}]}\n");
    base_text_add(&out, behind);
    snprintf(path, sizeof path, "%s/resort.yaml", folder);
    assert_int_equal(base_file_write(path, out.data, out.length, NULL), PISTE_OK);
    piste_resort *plain = load("test/laws/mountain"), *more = NULL;
    assert_int_equal(piste_resort_load(folder, PISTE_DATE_NONE, NULL, &more), PISTE_OK);
    piste_day *a = run_day(plain, 3, -1), *b = run_day(more, 3, -1);
    const piste_day_result *x = piste_day_get_result(a), *y = piste_day_get_result(b);
    assert_int_equal(y->lifts.count, x->lifts.count + 1);
    assert_true(y->lifts.list[0].stops > 0); // it does run, and has its own luck
    for (int32_t i = 0; i < x->lifts.count; i++) {
        assert_string_equal(x->lifts.list[i].key, y->lifts.list[i + 1].key);
        assert_int_equal(x->lifts.list[i].rides, y->lifts.list[i + 1].rides);
        assert_int_equal(x->lifts.list[i].stopped_s, y->lifts.list[i + 1].stopped_s);
        assert_int_equal(x->lifts.list[i].wait.max_s, y->lifts.list[i + 1].wait.max_s);
    }
    for (int32_t i = 0; i < x->segments.count; i++)
        for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
            assert_int_equal(x->segments.list[i].spent_s[k], y->segments.list[i].spent_s[k]);
    piste_day_destroy(a);
    piste_day_destroy(b);
    piste_resort_destroy(plain);
    piste_resort_destroy(more);
    base_text_release(&out);
    free(text);
    remove(path);
    remove(folder);
}

static void days_of_none_one_and_very_many_end(void **state) {
    (void)state;
    static const char *const folders[] = {"test/laws/mountain", "resorts/masikryong"};
    static const int64_t guests[] = {0, 1, 2, 200000};
    for (size_t f = 0; f < 2; f++) {
        piste_resort *resort = load(folders[f]);
        for (size_t i = 0; i < BASE_COUNT(guests); i++) {
            piste_day *day = run_day(resort, 1, guests[i]);
            const piste_day_result *r = piste_day_get_result(day);
            assert_int_equal(r->sold, guests[i]);
            assert_true(r->guests <= r->sold);
            assert_int_equal(r->gone + r->still_here, r->guests);
            assert_true(piste_day_run(day, PISTE_DAY_END));
            if (guests[i] < 1000)
                assert_int_equal(r->still_here, 0);
            piste_day_destroy(day);
        }
        piste_resort_destroy(resort);
    }
}

static void what_cannot_be_a_day_is_refused(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/mountain");
    piste_errors *errors = piste_errors_create();
    piste_day_def def = piste_day_def_default();
    piste_day *day = (piste_day *)(uintptr_t)1;
    def.guests = (int64_t)PISTE_GUESTS_MAX + 1;
    assert_int_equal(piste_day_create(resort, &def, errors, &day), PISTE_LIMIT);
    def = piste_day_def_default();
    def.bin_s = 7;
    assert_int_equal(piste_day_create(resort, &def, errors, &day), PISTE_INVALID);
    assert_ptr_equal(day, (piste_day *)(uintptr_t)1); // outputs are untouched
    assert_int_equal(piste_errors_count(errors), 2);
    piste_errors_destroy(errors);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_conserved_at_every_second),
        cmocka_unit_test(people_are_conserved_whatever_happens_to_the_lifts),
        cmocka_unit_test(a_day_begun_anew_or_run_in_pieces_is_the_same_day),
        cmocka_unit_test(more_guests_renumber_nobody),
        cmocka_unit_test(another_lift_renumbers_nobody),
        cmocka_unit_test(days_of_none_one_and_very_many_end),
        cmocka_unit_test(what_cannot_be_a_day_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
