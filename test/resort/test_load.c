// test_load.c - loading a resort: each type of the schema, validity by date, maps, defaults, limits.
#include "folders.h"

#include <math.h>
#include <time.h>

#include "resort/load.h"
#include "resort/schema.h"

#define HEAD "piste: 1\nname: X\nzone: Etc/UTC\n"
#define PLACES "places: [{key: a, height: 100 m}, {key: b, height: 200 m}, {key: c, height: 150 m}]\n"
#define LIFT(more) "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 400 m" more "}]\n"
#define RUN(more) "runs: [{key: r, from: b, to: a, difficulty: easy, length: 500 m" more "}]\n"
#define SEGMENT(more) "segments: [{key: s, guests: 10, ability: {expert: 100 %}, arrive-at: a, arrival: 09:00" more "}]\n"

static load_text text_of(const char *data) {
    return (load_text){data, data ? strlen(data) : 0};
}

// What must load: shows why it does not.
static piste_resort *good_on(const char *yaml, const char *lifts, const char *runs, const char *date) {
    piste_date as_of = PISTE_DATE_NONE;
    if (date)
        assert_int_equal(piste_date_parse(date, &as_of), PISTE_OK);
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = load_from_texts("t", text_of(yaml), text_of(lifts), text_of(runs), as_of, errors, &resort);
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        print_error("%s\n", piste_errors_get(errors, i)->text);
    assert_int_equal(piste_errors_total(errors), 0);
    piste_errors_destroy(errors);
    assert_int_equal(status, PISTE_OK);
    return resort;
}
static piste_resort *good(const char *yaml) {
    return good_on(yaml, NULL, NULL, NULL);
}

// What must be refused, with the first message as given ("" for any), and that status.
static void bad_bytes(const char *data, size_t length, piste_status expected, const char *message) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = load_from_texts("t", (load_text){data, length}, text_of(NULL), text_of(NULL), PISTE_DATE_NONE, errors, &resort);
    assert_int_equal(status, expected);
    assert_null(resort);
    assert_true(piste_errors_count(errors) > 0);
    if (*message)
        assert_string_equal(piste_errors_get(errors, 0)->text, message);
    piste_errors_destroy(errors);
}
static void bad(const char *yaml, piste_status expected, const char *message) {
    bad_bytes(yaml, strlen(yaml), expected, message);
}

static void near(double a, double b) {
    if (!(fabs(a - b) <= 1e-9 * fmax(1, fabs(b))))
        fail_msg("%.17g is not %.17g", a, b);
}

// ---- values -----------------------------------------------------------------------------------------------------------

static void units_become_si(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double m;
    } lengths[] = {{"1200 m", 1200}, {"1.2 km", 1200}, {"1000 ft", 304.8}, {"1200m", 1200}, {"0.5 km", 500}};
    for (size_t i = 0; i < BASE_COUNT(lengths); i++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, HEAD PLACES "runs: [{key: r, from: b, to: a, difficulty: easy, length: %s}]\n", lengths[i].text);
        piste_resort *r = good(yaml);
        near(r->runs.list[0].length_m, lengths[i].m);
        piste_resort_destroy(r);
    }
    static const struct {
        const char *text;
        double mps;
    } speeds[] = {{"2.5 m/s", 2.5}, {"9 km/h", 2.5}, {"500 ft/min", 2.54}, {"10 mph", 4.4704}};
    for (size_t i = 0; i < BASE_COUNT(speeds); i++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, HEAD PLACES "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, length: 400 m, speed: %s}]\n", speeds[i].text);
        piste_resort *r = good(yaml);
        near(r->lifts.list[0].speed_mps, speeds[i].mps);
        piste_resort_destroy(r);
    }
    piste_resort *r = good(HEAD PLACES RUN(", width: 40 m, area: 15000 m2") "walks: [{key: w, from: a, to: c, duration: 1.5 min}, {key: x, from: a, to: c, length: 90 m}]\nwalking-speed: 3.6 km/h\n");
    near(r->runs.list[0].area_ha, 1.5);
    near(r->walks.list[0].duration_s, 90);
    near(r->walks.list[0].length_m, 90);
    near(r->walks.list[1].duration_s, 90);
    piste_resort_destroy(r);
}

static void intervals_are_exact(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t num, den;
        double pph;
    } cases[] = {{"interval: 7.2 s", 36, 5, 1000}, {"interval: 6 s", 6, 1, 1200}, {"interval: 0.1 min", 6, 1, 1200}, {"interval: 7.000001 s", 7000001, 1000000, 7200 / 7.000001}};
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, HEAD PLACES "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 2, speed: 3 m/s, length: 400 m, %s}]\n", cases[i].text);
        piste_resort *r = good(yaml);
        assert_int_equal(r->lifts.list[0].interval_s.num, cases[i].num);
        assert_int_equal(r->lifts.list[0].interval_s.den, cases[i].den);
        near(r->lifts.list[0].capacity_pph, cases[i].pph);
        piste_resort_destroy(r);
    }
    // From a capacity: 4 * 3600 / 2400 = 6 s, whatever the terms of the fraction.
    piste_resort *r = good(HEAD PLACES "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 4, speed: 3 m/s, length: 400 m, capacity: 2400 pph}]\n");
    const piste_ratio interval = r->lifts.list[0].interval_s;
    assert_int_equal(interval.num, 6 * interval.den);
    piste_resort_destroy(r);
}

static void rides_last_length_over_speed(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES LIFT("") RUN(""));
    assert_int_equal(r->lifts.list[0].ride_s, 133); // 133.3
    near(r->lifts.list[0].vertical_m, 100);
    near(r->runs.list[0].vertical_m, 100);
    assert_true(isnan(r->runs.list[0].width_m) && isnan(r->runs.list[0].area_ha));
    piste_resort_destroy(r);
    r = good(HEAD PLACES "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, duration: 2 min, length: 400 m}]\n");
    assert_int_equal(r->lifts.list[0].ride_s, 120);
    near(r->lifts.list[0].speed_mps, 400.0 / 120);
    piste_resort_destroy(r);
}

static void words_bools_and_lists(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES LIFT(", up: [ski, foot], down: foot, detachable: true, bubble: yes, on-map: no, at-closing: turn-away, hours: [09:00-12:00, 13:00-16:30]") RUN(", lit: no, gladed: false"));
    const piste_lift *l = &r->lifts.list[0];
    assert_int_equal(l->up, 1 << PISTE_ON_SKIS | 1 << PISTE_ON_FOOT);
    assert_int_equal(l->down, 1 << PISTE_ON_FOOT);
    assert_true(l->detachable && l->bubble && !l->on_map);
    assert_int_equal(l->at_closing, PISTE_CLOSING_TURN_AWAY);
    assert_int_equal(l->type, PISTE_LIFT_T_BAR);
    assert_int_equal(l->hours.count, 2);
    assert_int_equal(l->hours.spans[1].to_s, 16 * 3600 + 30 * 60);
    assert_true(piste_hours_hold(&l->hours, 9 * 3600) && !piste_hours_hold(&l->hours, 12 * 3600) && piste_hours_hold(&l->hours, 13 * 3600));
    assert_int_equal(r->runs.list[0].difficulty, PISTE_DIFFICULTY_EASY);
    piste_resort_destroy(r);
    bad(HEAD PLACES LIFT(", detachable: True"), PISTE_INVALID, "t/resort.yaml:5:113: detachable: True, expected yes or no");
}

static void every_word_of_the_tables_is_read(void **state) {
    (void)state;
    for (int i = 0; i < PISTE_LIFT_TYPE_COUNT; i++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, HEAD PLACES "lifts: [{key: l, from: a, to: b, type: %s, seats: 2, interval: 8 s, speed: 3 m/s, length: 400 m}]\n", piste_lift_type_word((piste_lift_type)i));
        piste_resort *r = good(yaml);
        assert_int_equal(r->lifts.list[0].type, i);
        piste_resort_destroy(r);
    }
    for (int i = 0; i < PISTE_DIFFICULTY_COUNT; i++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, HEAD PLACES "runs: [{key: r, from: b, to: a, length: 500 m, difficulty: %s}]\n", piste_difficulty_word((piste_difficulty)i));
        piste_resort *r = good(yaml);
        assert_int_equal(r->runs.list[0].difficulty, i);
        piste_resort_destroy(r);
    }
    for (int i = 0; i < PISTE_VENUE_KIND_COUNT; i++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, HEAD PLACES "venues: [{key: v, place: a, kind: %s}]\n", piste_venue_kind_word((piste_venue_kind)i));
        piste_resort *r = good(yaml);
        assert_int_equal(r->venues.list[0].kind, i);
        piste_resort_destroy(r);
    }
    for (int i = 0; i < PISTE_ABILITY_COUNT; i++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, HEAD PLACES "abilities: [{ability: %s, hardest: extreme}]\n", piste_ability_word((piste_ability)i));
        piste_resort *r = good(yaml);
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            assert_int_equal(r->traits[a].hardest == PISTE_DIFFICULTY_EXTREME, a == i || a == PISTE_EXPERT);
        piste_resort_destroy(r);
    }
    assert_null(piste_ability_word(PISTE_ABILITY_COUNT));
    assert_null(piste_lift_type_word((piste_lift_type)-1));
}

static void money_is_in_minor_units(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES "tariff:\n  currency: USD\n  currencies: [USD, JPY, KWD]\n  classes: [{key: adult}]\n  prices:\n"
                           "    - {product: d, class: adult, amount: 99.5 USD}\n    - {product: d, class: adult, amount: 5500 JPY}\n    - {product: d, class: adult, amount: 1.234 KWD}\n");
    assert_int_equal(r->tariff.prices.list[0].amount_minor, 9950);
    assert_int_equal(r->tariff.prices.list[1].amount_minor, 5500);
    assert_int_equal(r->tariff.prices.list[2].amount_minor, 1234);
    assert_string_equal(r->tariff.prices.list[1].currency, "JPY");
    assert_int_equal(r->tariff.prices.list[2].price_class.index, 0);
    assert_int_equal(r->tariff.currencies.count, 3);
    piste_resort_destroy(r);
    r = good(HEAD PLACES);
    assert_string_equal(r->tariff.currency, "");
    piste_resort_destroy(r);
}

// ---- distributions ------------------------------------------------------------------------------------------------------

static void a_pace_is_turned_into_a_speed(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES "abilities: [{ability: expert, speed: {kind: uniform, from: 0.1 s/m, to: 0.2 s/m}}, {ability: novice, speed: 2 min/km}, {ability: beginner, speed: 4 m/s}]\n");
    const piste_dist *pace = &r->traits[PISTE_EXPERT].speed;
    assert_true(pace->reciprocal);
    near(piste_dist_draw(pace, 0.5), 1 / 0.15);
    near(piste_dist_draw(&r->traits[PISTE_NOVICE].speed, 0.5), 1000.0 / 120);
    assert_false(r->traits[PISTE_BEGINNER].speed.reciprocal);
    near(piste_dist_draw(&r->traits[PISTE_BEGINNER].speed, 0.5), 4);
    piste_resort_destroy(r);
    // The bounds of a pace are those of the speed, upside down: 0.05 to 60 m/s are 1/60 to 20 s/m.
    bad(HEAD PLACES "abilities: [{ability: expert, speed: 21 s/m}]\n", PISTE_INVALID, "t/resort.yaml:5:38: speed: 21 s/m, expected 0.05 m/s to 60 m/s");
    bad(HEAD PLACES "abilities: [{ability: expert, speed: 0.01 s/m}]\n", PISTE_INVALID, "t/resort.yaml:5:38: speed: 0.01 s/m, expected 0.05 m/s to 60 m/s");
}

static void draws_stay_within_the_bounds_of_the_key(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES "abilities:\n  - {ability: expert, speed: {kind: normal, mean: 1 m/s, sd: 30 m/s}, rest: {kind: exponential, mean: 1 h}, stamina: {kind: lognormal, mean: 100 km, sd: 900 km}}\n" SEGMENT(
                               ", party-size: {kind: normal, mean: 2, sd: 9}, leaving: {kind: normal, mean: 47:00, sd: 3 h, min: 46:30}"));
    const piste_ability_traits *t = &r->traits[PISTE_EXPERT];
    const piste_segment *s = &r->segments.list[0];
    for (int i = 0; i < 1000; i++) {
        double u = (i + 0.5) / 1000, v;
        v = piste_dist_draw(&t->speed, u);
        assert_true(v >= 0.05 && v <= 60);
        v = piste_dist_draw(&t->rest, u);
        assert_true(v >= 0 && v <= 7200);
        v = piste_dist_draw(&t->stamina, u);
        assert_true(v >= 1 && v <= 1e6);
        v = piste_dist_draw(&s->party_size, u);
        assert_true(v >= 1 && v <= 60);
        v = piste_dist_draw(&s->leaving, u);
        assert_true(v >= 46.5 * 3600 && v <= 48 * 3600);
    }
    piste_resort_destroy(r);
}

static void empirical_distributions_draw_what_they_hold(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES SEGMENT(", party-size: {kind: empirical, values: [1, 2, 4], weights: [1, 2, 1]}, leaving: {kind: empirical, edges: [15:00, 16:00, 18:00], weights: [3, 1]}"));
    const piste_segment *s = &r->segments.list[0];
    near(piste_dist_draw(&s->party_size, 0.2), 1);
    near(piste_dist_draw(&s->party_size, 0.3), 2);
    near(piste_dist_draw(&s->party_size, 0.7), 2);
    near(piste_dist_draw(&s->party_size, 0.8), 4);
    near(piste_dist_mean(&s->party_size), 2.25);
    near(piste_dist_draw(&s->leaving, 0.375), 15.5 * 3600);
    near(piste_dist_draw(&s->leaving, 0.875), 17 * 3600);
    piste_resort_destroy(r);
}

static void spreads_of_clock_times_are_durations(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES "segments: [{key: s, guests: 1, ability: {expert: 100 %}, arrive-at: a, arrival: {kind: normal, mean: 09:00, sd: 30 min, min: 08:00, max: 26:00}}]\n");
    assert_int_equal((int)r->segments.list[0].arrival.b, 1800);
    assert_int_equal((int)r->segments.list[0].arrival.max, 26 * 3600);
    piste_resort_destroy(r);
    bad(HEAD PLACES "segments: [{key: s, guests: 1, ability: {expert: 100 %}, arrive-at: a, arrival: {kind: normal, mean: 09:00, sd: 00:30}}]\n", PISTE_INVALID,
        "t/resort.yaml:5:113: sd: 00:30, expected a time with its unit, such as 90 s");
}

// ---- defaults -------------------------------------------------------------------------------------------------------------

static void defaults_are_those_of_the_table(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES LIFT("") RUN("") SEGMENT("") "venues: [{key: v, kind: other, place: a}]\n");
    assert_int_equal(r->day.from_s, 6 * 3600);
    assert_int_equal(r->day.to_s, 23 * 3600);
    near(r->walking_speed_mps, 1);
    assert_int_equal(r->lifts.list[0].lanes, 1);
    assert_int_equal(r->lifts.list[0].up, 1 << PISTE_ON_SKIS | 1 << PISTE_ON_SNOWBOARD);
    assert_int_equal(r->lifts.list[0].down, 0);
    near(r->lifts.list[0].weight, 1);
    assert_true(r->lifts.list[0].on_map && !r->lifts.list[0].singles_line);
    near(piste_dist_draw(&r->lifts.list[0].misload_stop, 0.5), 10);
    assert_true(isnan(r->lifts.list[0].wind_limit_mps));
    assert_string_equal(r->lifts.list[0].name, "l");
    assert_string_equal(r->runs.list[0].name, "");
    near(r->segments.list[0].show_rate, 1);
    near(r->segments.list[0].mode[PISTE_ON_SKIS], 1);
    near(piste_dist_draw(&r->segments.list[0].party_size, 0.5), 1);
    assert_int_equal(r->segments.list[0].leave_at.index, 0);
    assert_int_equal(r->segments.list[0].leaving.kind, PISTE_DIST_NONE);
    near(r->choice.discount, 0.7);
    near(r->choice.pleasure_s_per_m, 0.36);
    near(r->segments.list[0].choice.novelty_s, 120);
    assert_int_equal(r->venues.list[0].servers, 0);
    assert_string_equal(r->venues.list[0].standard, "");
    assert_int_equal(r->traits[PISTE_BEGINNER].hardest, PISTE_DIFFICULTY_EASY);
    // A normal of 9 and 2.75 m/s, of which what lies below 1.5 is cut off: 9 + 2.75 * phi(z) / (1 - Phi(z)), z = -2.727.
    assert_true(fabs(piste_dist_mean(&r->traits[PISTE_INTERMEDIATE].speed) - 9.0267) < 1e-3);
    piste_resort_destroy(r);
}

// Whatever the table gives as a default can be written into a file and means the same there.
static void each_default_of_the_table_can_be_written_out(void **state) {
    (void)state;
    base_text yaml = {0};
    base_text_add(&yaml, HEAD PLACES);
    const schema_field *choice = schema_field_find(&schema_resort, "choice");
    base_text_add(&yaml, "choice:\n");
    int written = 0;
    for (int32_t i = 0; i < choice->record->count; i++)
        if (choice->record->fields[i].fallback) {
            base_text_format(&yaml, "  %s: %s\n", choice->record->fields[i].key, choice->record->fields[i].fallback);
            written++;
        }
    assert_int_equal(written, 13);
    piste_resort *plain = good(HEAD PLACES), *full = good(yaml.data);
    for (int32_t i = 0; i < choice->record->count; i++) {
        const schema_field *f = &choice->record->fields[i];
        if (f->fallback)
            assert_memory_equal((const char *)&plain->choice + f->offset, (const char *)&full->choice + f->offset, f->type == SCHEMA_WORD ? sizeof(int32_t) : sizeof(double));
    }
    piste_resort_destroy(plain);
    piste_resort_destroy(full);
    base_text_release(&yaml);
}

static void a_segments_choice_is_the_resorts_where_it_is_silent(void **state) {
    (void)state;
    piste_resort *r = good(HEAD PLACES "choice: {model: uniform, scale: 5 min, novelty: 0 s}\n" SEGMENT(", choice: {scale: 1 min}"));
    assert_int_equal(r->segments.list[0].choice.model, PISTE_CHOICE_UNIFORM);
    near(r->segments.list[0].choice.scale_s, 60);
    near(r->segments.list[0].choice.novelty_s, 0);
    near(r->choice.scale_s, 300);
    piste_resort_destroy(r);
}

static void lines_and_bases_are_kept(void **state) {
    (void)state;
    piste_resort *r = good(HEAD "places:\n  - key: a\n    height: 100 m\n    basis: {height: \"measured: survey of 2015\"}\n  - {key: b, height: 1 m}\n");
    const piste_entry *a = &r->places.list[0].entry;
    assert_int_equal(a->line, 5);
    assert_int_equal(piste_entry_field_line(a, "height"), 6);
    assert_int_equal(piste_entry_field_line(a, "name"), 0);
    assert_int_equal(piste_entry_field_line(a, "no-such-key"), 0);
    const piste_basis *basis = piste_entry_field_basis(a, "height");
    assert_non_null(basis);
    assert_int_equal(basis->kind, PISTE_BASIS_MEASURED);
    assert_string_equal(basis->source, "survey of 2015");
    assert_null(piste_entry_field_basis(a, "key"));
    assert_int_equal(piste_resort_find_place(r, "b"), 1);
    assert_int_equal(piste_resort_find_place(r, "c"), -1);
    assert_int_equal(piste_resort_find_lift(r, "b"), -1);
    piste_resort_destroy(r);
}

// ---- dates ----------------------------------------------------------------------------------------------------------------

static const char dated[] = HEAD PLACES "lifts:\n"
                                        "  - {key: l, name: old, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 400 m, valid: {until: 2015-11-30}}\n"
                                        "  - {key: l, name: new, from: a, to: c, type: gondola, seats: 4, interval: 8 s, speed: 3 m/s, length: 400 m, valid: {from: 2015-12-01}}\n";

static void a_lift_is_replaced_by_another_of_its_key(void **state) {
    (void)state;
    static const struct {
        const char *date, *name;
    } cases[] = {{"2015-11-30", "old"}, {"2015-12-01", "new"}, {"1999-01-01", "old"}, {"2030-01-01", "new"}};
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        piste_resort *r = good_on(dated, NULL, NULL, cases[i].date);
        assert_int_equal(r->lifts.count, 1);
        assert_string_equal(r->lifts.list[0].name, cases[i].name);
        assert_int_equal(r->absent.count, 1);
        assert_string_equal(r->absent.list[0].key, "l");
        piste_resort_destroy(r);
    }
    piste_resort *r = good_on(dated, NULL, NULL, NULL); // no date: everything
    assert_int_equal(r->lifts.count, 2);
    assert_int_equal(r->as_of, PISTE_DATE_NONE);
    piste_resort_destroy(r);
}

static void the_files_own_date_holds_where_none_is_asked_for(void **state) {
    (void)state;
    char yaml[1200];
    snprintf(yaml, sizeof yaml, "%sas-of: 2014-01-01\n", dated);
    piste_resort *r = good(yaml);
    assert_string_equal(r->lifts.list[0].name, "old");
    assert_int_equal(r->as_of, piste_date_join(2014, 1, 1));
    piste_resort_destroy(r);
    r = good_on(yaml, NULL, NULL, "2020-01-01");
    assert_string_equal(r->lifts.list[0].name, "new");
    assert_int_equal(r->as_of, piste_date_join(2020, 1, 1));
    piste_resort_destroy(r);
}

static void what_is_not_valid_is_still_read_strictly(void **state) {
    (void)state;
    bad(HEAD "as-of: 2020-01-01\n" PLACES "lifts: [{key: l, from: a, to: b, speed: fast, valid: {until: 2015-11-30}}]\n", PISTE_SYNTAX,
        "t/resort.yaml:6:41: speed: fast, expected a speed with its unit, such as 2.3 m/s");
    // ... yet what it refers to may have gone with it.
    piste_resort *r = good(HEAD "as-of: 2020-01-01\nplaces: [{key: a}, {key: b, valid: {until: 2015-11-30}}]\n"
                                "walks: [{key: w, from: a, to: b, length: 5 m, valid: {until: 2015-11-30}}]\n");
    assert_int_equal(r->walks.count, 0);
    assert_int_equal(r->absent.count, 2);
    piste_resort_destroy(r);
}

// ---- maps -----------------------------------------------------------------------------------------------------------------

#define FEATURE(properties, coordinates) "{\"type\": \"Feature\", \"properties\": {" properties "}, \"geometry\": {\"type\": \"LineString\", \"coordinates\": [" coordinates "]}}"
#define MAP(features) "{\"type\": \"FeatureCollection\", \"features\": [" features "]}"

static void the_map_fills_in_what_the_file_leaves_out(void **state) {
    (void)state;
    piste_resort *r = good_on(HEAD "places: [{key: a}, {key: b}]\nlifts: [{key: l, from: a, to: b}]\nruns: [{key: r, from: b, to: a}]\n",
                              MAP(FEATURE("\"key\": \"l\", \"id\": \"w1\", \"name\": \"Lift\", \"liftType\": \"chair_lift\", \"occupancy\": 4, \"capacity\": 2000, \"duration\": 400, \"detachable\": true",
                                          "[11.5, 47, 900], [11.5, 47.008, 1100]")),
                              MAP(FEATURE("\"key\": \"r\", \"name\": \"Run\", \"difficulty\": \"easy\"", "[11.5, 47.008, 1100], [11.5, 47, 900]")), NULL);
    const piste_lift *l = &r->lifts.list[0];
    assert_string_equal(l->name, "Lift");
    assert_int_equal(l->type, PISTE_LIFT_CHAIR);
    assert_int_equal(l->seats, 4);
    assert_true(l->detachable);
    near(l->capacity_pph, 2000);
    assert_int_equal(l->interval_s.num, l->interval_s.den * 36 / 5);
    assert_int_equal(l->ride_s, 400);
    near(l->vertical_m, 200);
    assert_true(l->length_m > 911 && l->length_m < 912); // 889.5 m on the ellipsoid, 200 m up
    near(l->length_m * 10, round(l->length_m * 10));
    assert_int_equal(l->line.feature, 0);
    assert_string_equal(l->line.feature_id, "w1");
    assert_int_equal(l->line.count, 2);
    assert_string_equal(r->runs.list[0].name, "Run");
    near(r->runs.list[0].vertical_m, 200);
    near(r->places.list[0].height_m, 900); // lent by the line
    near(r->places.list[1].lat_deg, 47.008);
    piste_resort_destroy(r);
}

static void the_file_is_right_where_both_speak(void **state) {
    (void)state;
    piste_resort *r = good_on(HEAD "places: [{key: a, height: 5 m, at: [11, 47]}, {key: b}]\n"
                                   "lifts: [{key: l, name: Mine, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 400 m, vertical: 77 m, detachable: no}]\n",
                              MAP(FEATURE("\"key\": \"l\", \"name\": \"Lift\", \"liftType\": \"chair_lift\", \"occupancy\": 4, \"capacity\": 2000, \"duration\": 400, \"detachable\": true",
                                          "[11.5, 47, 900], [11.5, 47.008, 1100]")),
                              NULL, NULL);
    const piste_lift *l = &r->lifts.list[0];
    assert_string_equal(l->name, "Mine");
    assert_int_equal(l->type, PISTE_LIFT_T_BAR);
    assert_int_equal(l->seats, 2);
    near(l->capacity_pph, 900);
    near(l->length_m, 400);
    near(l->vertical_m, 77);
    assert_int_equal(l->ride_s, 133);
    assert_false(l->detachable);
    near(r->places.list[0].height_m, 5);
    near(r->places.list[0].lon_deg, 11);
    piste_resort_destroy(r);
}

static void lines_without_heights_and_null_properties(void **state) {
    (void)state;
    piste_resort *r = good_on(HEAD PLACES LIFT(""), MAP(FEATURE("\"key\": \"l\", \"name\": null, \"occupancy\": null", "[11.5, 47], [11.5, 47.008, null]")), NULL, NULL);
    near(r->lifts.list[0].vertical_m, 100); // of its places
    assert_true(isnan(r->lifts.list[0].line.points[0].height_m));
    assert_string_equal(r->lifts.list[0].name, "l");
    piste_resort_destroy(r);
}

// ---- limits ---------------------------------------------------------------------------------------------------------------

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void ten_thousand_duplicate_keys_are_told_quickly(void **state) {
    (void)state;
    base_text yaml = {0};
    base_text_add(&yaml, HEAD "places:\n");
    for (int i = 0; i < 10000; i++)
        base_text_add(&yaml, "  - {key: same}\n");
    for (int i = 0; i < 10000; i++)
        base_text_add(&yaml, "name: Again\n");
    for (int i = 0; i < 10000; i++)
        base_text_format(&yaml, "walking-sped-%d: x\n", i);
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    double before = seconds();
    assert_int_equal(load_from_texts("t", (load_text){yaml.data, yaml.length}, text_of(NULL), text_of(NULL), PISTE_DATE_NONE, errors, &resort), PISTE_INVALID);
    double took = seconds() - before;
    assert_int_equal(piste_errors_total(errors), 9999 + 10000 + 10000);
    assert_int_equal(piste_errors_count(errors), PISTE_ERRORS_MAX);
    if (took > 5) // far below a second; the rest is for sanitizers and busy machines
        fail_msg("took %.1f s", took);
    piste_errors_destroy(errors);
    base_text_release(&yaml);
}

static void lists_files_and_names_have_their_limits(void **state) {
    (void)state;
    base_text yaml = {0};
    base_text_add(&yaml, HEAD "places:\n");
    for (int i = 0; i < PISTE_ENTRIES_MAX; i++)
        base_text_format(&yaml, "  - {key: p%d}\n", i);
    piste_resort *r = good(yaml.data);
    assert_int_equal(r->places.count, PISTE_ENTRIES_MAX);
    piste_resort_destroy(r);
    base_text_add(&yaml, "  - {key: one-more}\n");
    bad(yaml.data, PISTE_LIMIT, "t/resort.yaml:5:3: places: a list of 20001, expected at most 20000");
    base_text_release(&yaml);

    size_t size = (size_t)PISTE_YAML_BYTES_MAX + 1;
    char *large = malloc(size);
    memset(large, '\n', size);
    memcpy(large, HEAD PLACES, strlen(HEAD PLACES));
    bad_bytes(large, size, PISTE_LIMIT, "t/resort.yaml: larger than 16777216 bytes, the most that is read");
    free(large);

    char name[PISTE_NAME_BYTES_MAX + 2], text[400];
    memset(name, 'n', sizeof name);
    name[PISTE_NAME_BYTES_MAX] = 0;
    snprintf(text, sizeof text, "piste: 1\nname: %s\nzone: Etc/UTC\nplaces: []\n", name);
    r = good(text);
    assert_string_equal(r->name, name);
    piste_resort_destroy(r);
    name[PISTE_NAME_BYTES_MAX] = 'n';
    name[PISTE_NAME_BYTES_MAX + 1] = 0;
    snprintf(text, sizeof text, "piste: 1\nname: %s\nzone: Etc/UTC\nplaces: []\n", name);
    bad(text, PISTE_LIMIT, "t/resort.yaml:2:7: name: a text of 201 bytes, expected at most 200");
}

static void nesting_is_bounded(void **state) {
    (void)state;
    char text[400] = HEAD "places: ";
    size_t length = strlen(text);
    memset(text + length, '[', 31); // 32 with the file's own map
    memset(text + length + 31, ']', 31);
    bad(text, PISTE_INVALID, "t/resort.yaml:4:10: a list, expected a place with its keys");
    memset(text + length, '[', 32);
    memset(text + length + 32, ']', 32);
    bad(text, PISTE_LIMIT, "t/resort.yaml:4:40: nested deeper than 32");
}

static void line_ends_and_marks_of_other_systems(void **state) {
    (void)state;
    piste_resort *r = good("piste: 1\r\nname: \"X\"\r\nzone: Etc/UTC\r\nplaces:\r\n  - {key: a, height: 5 m}\r\n");
    assert_string_equal(r->name, "X");
    assert_int_equal(r->places.list[0].entry.line, 5);
    piste_resort_destroy(r);
    r = good("\xef\xbb\xbf" HEAD PLACES);
    assert_int_equal(r->places.count, 3);
    piste_resort_destroy(r);
    r = good(HEAD "places:\n  - {key: a, name: \"\xeb\xa7\x88\xec\x8b\x9d\xeb\xa0\xb9\"}\n");
    assert_string_equal(r->places.list[0].name, "\xeb\xa7\x88\xec\x8b\x9d\xeb\xa0\xb9");
    piste_resort_destroy(r);
}

static void what_is_no_text_is_refused(void **state) {
    (void)state;
    bad("", PISTE_INVALID, "t/resort.yaml:1:1: empty, expected a resort with its keys");
    bad_bytes(HEAD "cap: 1\0\n", sizeof HEAD "cap: 1\0\n" - 1, PISTE_SYNTAX, "t/resort.yaml:4:7: not YAML: control characters are not allowed");
    bad(HEAD "attribution: \xff\n", PISTE_SYNTAX, "t/resort.yaml:4:14: not YAML: invalid leading UTF-8 octet");
    bad(HEAD "\tcap: 1\n", PISTE_SYNTAX, "");
    bad(HEAD PLACES "--- 5\n", PISTE_INVALID, "t/resort.yaml:5:1: a second document, expected one");
    bad(HEAD "places: *x\n", PISTE_INVALID, "t/resort.yaml:4:9: *x: an alias, expected the value itself");
    bad(HEAD "places: &x []\n", PISTE_INVALID, "t/resort.yaml:4:9: &x: an anchor, expected a plain value");
}

// Every mistake is told in one go, in the order of the file and then of the maps.
static void all_is_told_at_once_and_in_order(void **state) {
    (void)state;
    static const char yaml[] = HEAD "cap: many\nplaces: [{key: a, height: 1 m}, {key: b, height: x}]\nzzz: 1\n" LIFT(", lanes: 99, weight: -1") RUN(", width: 5") "segments: 5\n";
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    assert_int_not_equal(load_from_texts("t", text_of(yaml), text_of("{\"features\": 5}"), text_of("["), PISTE_DATE_NONE, errors, &resort), PISTE_OK);
    static const char *const places[] = {"t/resort.yaml:4:6:", "t/resort.yaml:5:50:", "t/resort.yaml:6:1:", "t/resort.yaml:7:108:", "t/resort.yaml:7:120:", "t/resort.yaml:8:73:", "t/resort.yaml:9:11:", "t/lifts.geojson:", "t/runs.geojson:1"};
    assert_int_equal(piste_errors_count(errors), BASE_COUNT(places));
    for (size_t i = 0; i < BASE_COUNT(places); i++)
        if (strncmp(piste_errors_get(errors, i)->text, places[i], strlen(places[i])) != 0)
            fail_msg("%s, expected %s", piste_errors_get(errors, i)->text, places[i]);
    piste_errors_destroy(errors);
}

static void a_folder_that_is_not_there(void **state) {
    (void)state;
    piste_resort *resort = NULL;
    assert_int_equal(piste_resort_load("test/resort/nowhere", PISTE_DATE_NONE, NULL, &resort), PISTE_NOT_FOUND);
    assert_int_equal(piste_resort_load("test/resort/check/clean/", PISTE_DATE_NONE, NULL, &resort), PISTE_OK);
    assert_string_equal(resort->folder, "test/resort/check/clean");
    piste_resort_destroy(resort);
    piste_resort_destroy(NULL);
}

// ---- names in other languages ----------------------------------------------------------------------------------------

static void names_go_with_the_entry_and_the_map_fills_what_is_missing(void **state) {
    (void)state;
    static const char lifts[] = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"key\":\"l\",\"name\":\"Map\","
                                "\"name:ko\":\"지도\",\"name:ja\":\"地図\",\"name:left\":\"no\",\"name:zh-Hant\":\"地圖\",\"name:ru\":null},"
                                "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[11,47,100],[11,47.003,200]]}}]}";
    piste_resort *r = good_on(HEAD "language: de\nnames: {ko: 산}\n" PLACES LIFT(", name: Own, names: {ko: 내것}"), lifts, NULL, NULL);
    const piste_lift *l = &r->lifts.list[0];
    assert_string_equal(r->language, "de");
    assert_string_equal(piste_entry_name_in(&r->entry, "ko", r->name), "산");
    assert_string_equal(piste_entry_name_in(&l->entry, "ko", l->name), "내것"); // the owner's
    assert_string_equal(piste_entry_name_in(&l->entry, "ja", l->name), "地図");  // the map's
    assert_string_equal(piste_entry_name_in(&l->entry, "de", l->name), "Own");
    assert_string_equal(piste_entry_name_in(&l->entry, "ru", l->name), "Own");
    assert_string_equal(piste_entry_name_in(&l->entry, "zh", l->name), "地圖"); // near enough
    assert_int_equal(l->entry.names_count, 3);
    piste_resort_destroy(r);
    r = good(HEAD PLACES);
    assert_string_equal(r->language, "en");
    piste_resort_destroy(r);
    base_text yaml = {0};
    base_text_format(&yaml, "%s%snames: {ko: %0201d}\n", HEAD, PLACES, 0);
    bad(yaml.data, PISTE_LIMIT, "t/resort.yaml:5:13: ko: a text of 201 bytes, expected at most 200");
    base_text_release(&yaml);
}

static void a_language_is_as_bcp_47_writes_it(void **state) {
    (void)state;
    static const char *const good_ones[] = {"ko", "zh-Hant", "zh-Hant-TW", "pt-BR", "es-419", "haw"};
    static const char *const bad_ones[] = {"", "k", "KO", "korean", "zh-hant", "zh-HANT", "ko-", "ko-kr", "zh-TW-Hant", "zh-Hant-Hans", "en-GB-oed", "ko_KR", "k0", "-ko"};
    for (size_t i = 0; i < BASE_COUNT(good_ones); i++)
        if (!base_language_is(good_ones[i]) || strlen(good_ones[i]) >= BASE_LANGUAGE_MAX)
            fail_msg("%s is one", good_ones[i]);
    for (size_t i = 0; i < BASE_COUNT(bad_ones); i++)
        if (base_language_is(bad_ones[i]))
            fail_msg("%s is none", bad_ones[i]);
    assert_true(base_language_closeness("zh-Hant", "zh-Hant-TW") > base_language_closeness("zh", "zh-Hant-TW"));
    assert_true(base_language_closeness("zh", "zh-Hant-TW") > base_language_closeness("zh-Hans", "zh-Hant-TW"));
    assert_true(base_language_closeness("zh-Hans", "zh") > 0);
    assert_int_equal(base_language_closeness("zh", "zha"), 0);
    assert_int_equal(base_language_closeness("zha", "zh"), 0);
    assert_int_equal(base_language_closeness("ko", "ja"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_become_si),
        cmocka_unit_test(intervals_are_exact),
        cmocka_unit_test(rides_last_length_over_speed),
        cmocka_unit_test(words_bools_and_lists),
        cmocka_unit_test(every_word_of_the_tables_is_read),
        cmocka_unit_test(money_is_in_minor_units),
        cmocka_unit_test(a_pace_is_turned_into_a_speed),
        cmocka_unit_test(draws_stay_within_the_bounds_of_the_key),
        cmocka_unit_test(empirical_distributions_draw_what_they_hold),
        cmocka_unit_test(spreads_of_clock_times_are_durations),
        cmocka_unit_test(defaults_are_those_of_the_table),
        cmocka_unit_test(each_default_of_the_table_can_be_written_out),
        cmocka_unit_test(a_segments_choice_is_the_resorts_where_it_is_silent),
        cmocka_unit_test(lines_and_bases_are_kept),
        cmocka_unit_test(a_lift_is_replaced_by_another_of_its_key),
        cmocka_unit_test(the_files_own_date_holds_where_none_is_asked_for),
        cmocka_unit_test(what_is_not_valid_is_still_read_strictly),
        cmocka_unit_test(the_map_fills_in_what_the_file_leaves_out),
        cmocka_unit_test(the_file_is_right_where_both_speak),
        cmocka_unit_test(lines_without_heights_and_null_properties),
        cmocka_unit_test(ten_thousand_duplicate_keys_are_told_quickly),
        cmocka_unit_test(lists_files_and_names_have_their_limits),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(line_ends_and_marks_of_other_systems),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(all_is_told_at_once_and_in_order),
        cmocka_unit_test(a_folder_that_is_not_there),
        cmocka_unit_test(names_go_with_the_entry_and_the_map_fills_what_is_missing),
        cmocka_unit_test(a_language_is_as_bcp_47_writes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
