// test_results.c - what a day's results must be whatever happened in it: budgets are whole, and parts make up their
// sums.
#include "flow_test.h"

#include <unistd.h>

enum { SEGMENTS_MAX = 16, VENUES_MAX = 64, LIFTS_MAX = 64 };

// What an outsider counts from the events.
typedef struct heard {
    int64_t missed[SEGMENTS_MAX][PISTE_MISSED_COUNT], made[SEGMENTS_MAX], at_venue[VENUES_MAX][PISTE_MISSED_COUNT];
    int64_t away[LIFTS_MAX][PISTE_AWAY_COUNT], boarded, gone, gone_s, arrived_s;
} heard;

static void hear(void *context, const piste_event *e) {
    heard *h = context;
    assert_true(e->why == -1 || e->act == PISTE_ACT_MISS || e->act == PISTE_ACT_TURNED_AWAY);
    switch (e->act) {
    case PISTE_ACT_MISS:
        assert_in_range(e->why, 0, PISTE_MISSED_COUNT - 1);
        h->missed[e->segment][e->why] += e->size;
        if (e->venue >= 0)
            h->at_venue[e->venue][e->why] += e->size;
        break;
    case PISTE_ACT_TURNED_AWAY:
        assert_in_range(e->why, 0, PISTE_AWAY_COUNT - 1);
        h->away[e->lift][e->why] += e->size;
        break;
    case PISTE_ACT_OUT:
        h->made[e->segment] += e->size;
        break;
    case PISTE_ACT_BOARD:
        h->boarded += e->size;
        break;
    case PISTE_ACT_ARRIVE:
        h->arrived_s += (int64_t)e->size * e->second;
        break;
    case PISTE_ACT_GONE:
        h->gone += e->size;
        h->gone_s += (int64_t)e->size * e->second;
        break;
    default:
        break;
    }
}

static int64_t sum_of(const int64_t *list, int32_t count) {
    int64_t sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += list[i];
    return sum;
}

// A budget has no second twice and none missing: it is the time between coming and going, or now; in each party, hence
// in each segment; and time at venues is all of it at some kind of venue.
static void budgets_are_whole(piste_day *day, const piste_day_result *r) {
    for (int32_t i = 0; i < r->parties; i++) {
        piste_party_result p = piste_day_get_party(day, i);
        if (sum_of(p.spent_s, PISTE_SPENT_COUNT) != p.here_s)
            fail_msg("second %d, party %d of %d of segment %d: %lld s spent, %lld s here", piste_day_now(day), i,
                     p.size, p.segment, (long long)sum_of(p.spent_s, PISTE_SPENT_COUNT), (long long)p.here_s);
        int64_t most = p.arrived_s < 0 ? 0 : (p.gone_s < 0 ? piste_day_now(day) : p.gone_s) - p.arrived_s;
        assert_true(p.here_s <= most * p.size); // less where some of a party that parted went home before the others
        for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
            assert_true(p.spent_s[k] >= 0);
        assert_true(p.longest_wait_s * p.size >= p.spent_s[PISTE_SPENT_WAITING] || p.rides > p.size || p.turned_away ||
                    p.gone_s < 0);
    }
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment_result *s = &r->segments.list[i];
        assert_int_equal(sum_of(s->spent_s, PISTE_SPENT_COUNT), s->here_s);
        assert_int_equal(sum_of(s->at_s, PISTE_AT_COUNT), s->spent_s[PISTE_SPENT_IN_VENUES]);
        assert_int_equal(sum_of(s->queued_at_s, PISTE_AT_COUNT), s->spent_s[PISTE_SPENT_QUEUEING]);
    }
}

static void quantiles_are_in_order(const piste_quantiles *q, int64_t people) {
    if (people == 0)
        assert_true(isnan(q->p10) && isnan(q->p50) && isnan(q->p90));
    else
        assert_true(0 <= q->p10 && q->p10 <= q->p50 && q->p50 <= q->p90);
}

// Every kind of group holds everyone who has come once.
static void groups_hold_everyone(const piste_day_result *r) {
    int64_t rides = 0, waited = 0, here = 0, parties = 0;
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment_result *s = &r->segments.list[i];
        rides += s->rides;
        waited += s->spent_s[PISTE_SPENT_WAITING];
        here += s->here_s;
        parties += s->parties;
        quantiles_are_in_order(&s->rides_each, s->arrived);
        quantiles_are_in_order(&s->descent_each_m, s->arrived);
        quantiles_are_in_order(&s->waiting_each_s, s->arrived);
        quantiles_are_in_order(&s->here_each_s, s->arrived);
    }
    assert_int_equal(rides, r->rides);
    for (int32_t by = 0; by < PISTE_GROUP_BY_COUNT; by++) {
        int64_t people = 0, group_rides = 0, group_waited = 0, group_here = 0, group_parties = 0;
        int32_t longest = 0;
        double descent = 0;
        for (int32_t i = 0; i < r->segments.count; i++)
            descent += r->segments.list[i].descent_m;
        for (int32_t i = 0; i < r->groups[by].count; i++) {
            const piste_group_result *g = &r->groups[by].list[i];
            assert_true(g->people > 0 && g->parties > 0 && g->parties <= g->people && g->key[0]);
            people += g->people;
            group_rides += g->rides;
            group_waited += g->waited_s;
            group_here += g->here_s;
            descent -= g->descent_m;
            group_parties += g->parties;
            longest = g->longest_wait_s > longest ? g->longest_wait_s : longest;
            quantiles_are_in_order(&g->waiting_each_s, g->people);
        }
        assert_true(fabs(descent) < 1e-3); // doubles, added in another order
        assert_int_equal(people, r->guests);
        assert_int_equal(group_rides, r->rides);
        assert_int_equal(group_waited, waited);
        assert_int_equal(group_here, here);
        assert_int_equal(group_parties, parties);
        assert_int_equal(longest, r->wait.max_s);
    }
}

// Of what was wished, each visit was made, missed for one reason, or is still going on.
static void misses_have_reasons(const piste_day_result *r, const heard *h) {
    int64_t by[SEGMENTS_MAX] = {0}, wished[SEGMENTS_MAX] = {0}, all[PISTE_MISSED_COUNT] = {0};
    for (int32_t i = 0; i < r->visits.count; i++) {
        const piste_visit_result *v = &r->visits.list[i];
        assert_int_equal(sum_of(v->missed_by, PISTE_MISSED_COUNT), v->missed);
        assert_int_equal(v->made + v->missed + v->under_way, v->wished);
        assert_true(v->under_way >= 0 && v->what);
        if (r->still_here == 0)
            assert_int_equal(v->under_way, 0);
        by[v->segment] += v->missed;
        wished[v->segment] += v->wished;
    }
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment_result *s = &r->segments.list[i];
        assert_int_equal(s->missed, by[i]);
        assert_int_equal(s->wished, wished[i]);
        assert_int_equal(sum_of(s->missed_by, PISTE_MISSED_COUNT), s->missed);
        assert_memory_equal(s->missed_by, h->missed[i], sizeof s->missed_by);
        assert_int_equal(sum_of(s->unridden_by, PISTE_UNRIDDEN_COUNT), s->unridden);
        assert_true(s->unridden <= s->arrived);
        for (int32_t k = 0; k < PISTE_MISSED_COUNT; k++)
            all[k] += s->missed_by[k];
        if (r->still_here == 0)
            assert_int_equal(s->wished - s->missed, h->made[i]);
    }
    assert_memory_equal(all, r->missed_by, sizeof all);
    for (int32_t i = 0; i < r->venues.count; i++) {
        assert_int_equal(sum_of(r->venues.list[i].missed_by, PISTE_MISSED_COUNT), r->venues.list[i].missed);
        assert_memory_equal(r->venues.list[i].missed_by, h->at_venue[i], sizeof h->at_venue[i]);
    }
    int64_t away = 0, guests = 0;
    for (int32_t i = 0; i < r->lifts.count; i++) {
        assert_int_equal(sum_of(r->lifts.list[i].turned_away_by, PISTE_AWAY_COUNT), r->lifts.list[i].turned_away);
        assert_memory_equal(r->lifts.list[i].turned_away_by, h->away[i], sizeof h->away[i]);
        away += r->lifts.list[i].turned_away;
    }
    for (int32_t i = 0; i < r->segments.count; i++)
        guests += r->segments.list[i].turned_away;
    assert_int_equal(away, guests);
    assert_int_equal(away, sum_of(r->turned_away_by, PISTE_AWAY_COUNT));
}

static void bindings_are_in_order_of_time(const piste_day_result *r) {
    for (int32_t i = 0; i < r->bindings.count; i++) {
        const piste_binding *b = &r->bindings.list[i];
        assert_true(i == 0 || b->first_s >= b[-1].first_s);
        assert_in_range(b->first_s, r->from_s, r->to_s);
        assert_true(b->bound_s >= 0 && b->people >= 0 && b->lost_s >= 0 && b->key && b->name);
        assert_non_null(piste_limit_word(b->limit));
        int64_t bins = 0;
        for (int32_t k = 0; k < r->bin_count; k++)
            bins += b->bound[k];
        assert_true(b->bound_s <= bins * r->bin_s); // seats are free again within a bin
        assert_true((b->bound_s > 0) <= (bins > 0) && (bins == 0 || b->bound[(b->first_s - r->from_s) / r->bin_s]));
    }
}

// Somebody outside who refuses every seventh wish.
static bool refuse_some(void *context, const piste_request *request) {
    (void)context;
    return base_mix((uint64_t)request->party * 4 + (uint64_t)request->wish) % 7 != 0;
}

static void check(const char *folder, uint64_t seed, int64_t guests, int32_t look_every_s) {
    piste_resort *resort = load(folder);
    heard *h = calloc(1, sizeof *h);
    piste_day_def def = piste_day_def_default();
    def.seed = seed;
    def.guests = guests;
    def.event = hear;
    def.context = h;
    if (seed % 3 == 2)
        def.ask = refuse_some;
    piste_day *day = begin(resort, &def);
    assert_true(resort->segments.count <= SEGMENTS_MAX && resort->venues.count <= VENUES_MAX &&
                resort->lifts.count <= LIFTS_MAX);
    bool ended = false;
    for (int32_t second = resort->day.from_s; !ended; second += look_every_s) {
        ended = piste_day_run(day, second);
        const piste_day_result *r = piste_day_get_result(day);
        budgets_are_whole(day, r);
        groups_hold_everyone(r);
        misses_have_reasons(r, h);
        bindings_are_in_order_of_time(r);
        assert_int_equal(r->rides, h->boarded);
    }
    const piste_day_result *r = piste_day_get_result(day);
    if (def.ask && guests >= 1000) {
        int64_t refused = 0;
        for (int32_t i = 0; i < r->segments.count; i++)
            refused += r->segments.list[i].refused;
        assert_true(refused > 0 && r->unridden_by[PISTE_UNRIDDEN_REFUSED] > 0);
        assert_true(r->visits.count == 0 || r->missed_by[PISTE_MISSED_REFUSED] > 0);
    } else if (!def.ask)
        assert_true(r->missed_by[PISTE_MISSED_REFUSED] == 0 && r->unridden_by[PISTE_UNRIDDEN_REFUSED] == 0);
    if (r->still_here == 0) {
        int64_t here = 0;
        for (int32_t i = 0; i < r->segments.count; i++)
            here += r->segments.list[i].here_s;
        assert_int_equal(here, h->gone_s - h->arrived_s);
    }
    piste_day_destroy(day);
    free(h);
    piste_resort_destroy(resort);
}

static void parts_make_up_their_sums(void **state) {
    (void)state;
    static const int64_t guests[] = {-1, 0, 1, 3000, 9000};
    for (size_t i = 0; i < BASE_COUNT(guests); i++) {
        check("resorts/masikryong", i + 1, guests[i], 1801);
        check("test/laws/mountain", i + 1, guests[i], 1801);
        check("test/laws/classes", i + 1, guests[i] < 3000 ? guests[i] : 1500, 599);
        check("test/laws/mountain-troubles", i + 1, guests[i] < 3000 ? guests[i] : 1500, 599);
        check("test/laws/lift-evacuation", i + 1, guests[i] < 3000 ? guests[i] : 700, 61);
        check("test/laws/lift-families", i + 1, guests[i] < 3000 ? guests[i] : 700, 901);
        check("test/laws/lift-wind", i + 1, guests[i] < 3000 ? guests[i] : 700, 901);
        check("test/laws/patrol", i + 1, guests[i] < 3000 ? guests[i] : 700, 901);
        check("test/laws/crowded", i + 1, guests[i] < 3000 ? guests[i] : 1500, 3001);
    }
    for (uint64_t seed = 20; seed < (uint64_t)test_count(32, 120); seed++)
        check("test/laws/mountain-troubles", seed, (int64_t)(100 * (seed - 18)), 307);
    for (uint64_t seed = 10; seed < (uint64_t)test_count(13, 60); seed++) {
        check("resorts/masikryong", seed, (int64_t)(500 * (seed - 9)), 7200);
        check("test/laws/mountain", seed, (int64_t)(200 * (seed - 9)), 607);
    }
}

// A party larger than a carrier is split over several, and lifts break while it is.
static void split_parties_have_whole_budgets(void **state) {
    (void)state;
    static const char text[] =
        "piste: 1\nname: Split\nzone: Europe/Vienna\nday: 07:00-18:00\nhours: 08:30-16:00\n"
        "places:\n  - {key: base, kind: base, height: 1000 m, exit: yes}\n  - {key: top, kind: summit, height: 1300 "
        "m}\n"
        "lifts:\n  - {key: lift, type: chair-lift, from: base, to: top, seats: 4, interval: 20 s, speed: 2 m/s, "
        "length: 800 m,\n"
        "     stops: [{cause: loading, every: 4 min, duration: 40 s}, {cause: mechanical, every: 40 min, duration: 17 "
        "min}],\n"
        "     outages: [{hours: 10:07-10:41, reason: frost}, {hours: 13:03-13:29, reason: wind}]}\n"
        "runs:\n  - {key: run, from: top, to: base, difficulty: easy, length: 1200 m, width: 30 m}\n"
        "segments:\n  - {key: guests, guests: 300, party-size: {kind: uniform, from: 1, to: 40}, arrive-at: base, "
        "arrival: 09:00,\n"
        "     leaving: 15:00, ability: {intermediate: 100 %}}\n";
    char folder[] = "/tmp/piste-split-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/resort.yaml", folder);
    assert_int_equal(base_file_write(path, text, strlen(text), NULL), PISTE_OK);
    setenv("PISTE_ROOT", "/", 1);
    for (uint64_t seed = 1; seed <= 5; seed++)
        check(folder + 1, seed, -1, 61);
    unlink(path);
    rmdir(folder);
}

// Quantiles against their definition, by counting people one by one.
static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}
static void quantiles_are_what_they_are_defined_as(void **state) {
    (void)state;
    piste_resort *resort = load("resorts/masikryong");
    piste_day *day = run_day(resort, 4, 2500);
    const piste_day_result *r = piste_day_get_result(day);
    double *rides = malloc((size_t)r->guests * sizeof *rides), *waits = malloc((size_t)r->guests * sizeof *waits);
    for (int32_t s = 0; s < r->segments.count; s++) {
        size_t count = 0;
        for (int32_t i = 0; i < r->parties; i++) {
            piste_party_result p = piste_day_get_party(day, i);
            for (int32_t k = 0; k < p.size && p.segment == s && p.arrived_s >= 0; k++, count++) {
                rides[count] = (double)p.rides / p.size;
                waits[count] = (double)p.spent_s[PISTE_SPENT_WAITING] / p.size;
            }
        }
        const piste_segment_result *found = &r->segments.list[s];
        assert_int_equal(count, found->arrived);
        qsort(rides, count, sizeof *rides, by_value);
        qsort(waits, count, sizeof *waits, by_value);
        const double q[3] = {found->rides_each.p10, found->rides_each.p50, found->rides_each.p90};
        const double w[3] = {found->waiting_each_s.p10, found->waiting_each_s.p50, found->waiting_each_s.p90};
        const size_t tenths[3] = {1, 5, 9};
        for (int k = 0; k < 3 && count; k++) {
            assert_true(fabs(q[k] - rides[(count * tenths[k] + 9) / 10 - 1]) < 1e-5);
            assert_true(fabs(w[k] - waits[(count * tenths[k] + 9) / 10 - 1]) <= 1e-6 * (1 + w[k]));
        }
    }
    free(rides);
    free(waits);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_make_up_their_sums),
        cmocka_unit_test(quantiles_are_what_they_are_defined_as),
        cmocka_unit_test(split_parties_have_whole_budgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
