// Tests of the random streams: published vectors, stable keys, and no visible tie between neighbours.
//
// Every draw is a pure function of its place, so these tests give the same answer each time; the bounds are those of
// the statistic concerned at more than five standard errors.
#include "test.h"

#include <math.h>

#include "base/base.h"

static void draws_are_splitmix64(void **state) {
    (void)state;
    // The vectors that go round with Vigna's splitmix64.c, seed 1234567.
    static const uint64_t published[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                         4593380528125082431u, 16408922859458223821u};
    for (size_t i = 0; i < BASE_COUNT(published); i++)
        assert_true(base_draw(1234567, i) == published[i]);
    assert_true(base_draw(0, 0) == 0xe220a8397b1dcdafull);
}

static void keys_stay_as_they_are(void **state) {
    (void)state;
    // Results on disk hang on these: a change of any is a change of every result.
    assert_true(base_key_text("") == 0xf52a15e9a9b5e89bull);
    assert_true(base_key_text("masikryong") == 0x25d0c93a7baffb52ull);
    assert_true(base_key_text("\xec\x8a\xa4\xed\x82\xa4") == 0x9b88aee95126ea4dull);
    uint64_t guest = base_key_child(base_key_text("day-visitors"), 41);
    assert_true(guest == 0xf751a72acc8166cdull);
    assert_true(base_stream(guest, 3) == 0x8c6979700a34db41ull);
    assert_true(base_draw(base_stream(guest, 3), 1000000) == 0x875f3e5c1e12f251ull);
}

static void uniform_is_strictly_within(void **state) {
    (void)state;
    assert_true(base_uniform(0) == 0x1p-53);
    assert_true(base_uniform(UINT64_MAX) == 1 - 0x1p-53);
    assert_true(base_uniform(1ull << 63) == 0.5 + 0x1p-53);
    assert_true(1 - base_uniform(UINT64_MAX) > 0);
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void keys_do_not_meet(void **state) {
    (void)state;
    enum { PARENTS = 50, CHILDREN = 4000 };
    uint64_t *keys = test_malloc(PARENTS * CHILDREN * 2 * sizeof *keys);
    size_t count = 0;
    for (int p = 0; p < PARENTS; p++) {
        char name[32];
        snprintf(name, sizeof name, "segment-%d", p);
        for (uint64_t c = 0; c < CHILDREN; c++) {
            uint64_t key = base_key_child(base_key_text(name), c);
            keys[count++] = key;
            keys[count++] = base_stream(key, (uint32_t)c % 7);
        }
    }
    qsort(keys, count, sizeof *keys, by_value);
    for (size_t i = 1; i < count; i++)
        assert_true(keys[i - 1] != keys[i]);
    test_free(keys);
}

// What is compared: draws of neighbours in count, in purpose and in entity.
typedef struct pair {
    const char *name;
    uint64_t entity, purpose, count;
} pair;
static const pair neighbours[] = {{"count", 0, 0, 1}, {"purpose", 0, 1, 0}, {"entity", 1, 0, 0}, {"all", 1, 1, 1}};

static double draw_at(uint64_t entity, uint64_t purpose, uint64_t count) {
    uint64_t key = base_key_child(base_key_text("guests"), entity);
    return base_uniform(base_draw(base_stream(key, (uint32_t)purpose), count));
}

static void neighbours_are_uncorrelated(void **state) {
    (void)state;
    int count = test_count(100000, 4000000);
    for (size_t k = 0; k < BASE_COUNT(neighbours); k++) {
        const pair *n = &neighbours[k];
        double sum = 0, product = 0;
        for (int i = 0; i < count; i++) {
            uint64_t e = (uint64_t)i / 10, c = (uint64_t)i % 10;
            double x = draw_at(e, 2, c), y = draw_at(e + n->entity, 2 + n->purpose, c + n->count);
            sum += x - 0.5;
            product += (x - 0.5) * (y - 0.5);
        }
        assert_true(fabs(sum / count) < 5 * sqrt(1 / 12.0 / count));
        assert_true(fabs(12 * product / count) < 5 / sqrt(count));
    }
}

static void neighbours_fill_the_square_evenly(void **state) {
    (void)state;
    enum { SIDE = 16, CELLS = SIDE * SIDE };
    int count = test_count(256000, 8192000);
    for (size_t k = 0; k < BASE_COUNT(neighbours); k++) {
        const pair *n = &neighbours[k];
        int cells[CELLS] = {0};
        for (int i = 0; i < count; i++) {
            uint64_t e = (uint64_t)i / 4, c = 3 * ((uint64_t)i % 4);
            int x = (int)(draw_at(e, 2, c) * SIDE);
            int y = (int)(draw_at(e + n->entity, 2 + n->purpose, c + n->count) * SIDE);
            cells[x * SIDE + y]++;
        }
        double chi_square = 0, expected = (double)count / CELLS;
        for (int i = 0; i < CELLS; i++)
            chi_square += (cells[i] - expected) * (cells[i] - expected) / expected;
        // 255 degrees of freedom: mean 255, standard deviation 22.6; far below is as suspicious as far above.
        assert_true(chi_square > 255 - 5 * 22.6 && chi_square < 255 + 5 * 22.6);
    }
}

// Streams of one entity are stretches of one sequence: where they begin must lie far apart on it.
static void streams_of_an_entity_do_not_meet(void **state) {
    (void)state;
    const uint64_t step = 0x9e3779b97f4a7c15ull;
    uint64_t inverse = step; // of the step modulo 2^64, by Newton's iteration
    for (int i = 0; i < 6; i++)
        inverse *= 2 - step * inverse;
    assert_true(inverse * step == 1);
    for (uint32_t a = 0; a < 64; a++)
        for (uint32_t b = 0; b < a; b++) {
            uint64_t apart = (base_stream(1, a) - base_stream(1, b)) * inverse;
            assert_true(apart > 1ull << 50 && apart < UINT64_MAX - (1ull << 50));
        }
}

static void one_bit_in_turns_half_the_bits_out(void **state) {
    (void)state;
    int count = test_count(2000, 100000);
    for (int bit = 0; bit < 64; bit++) {
        long turned[64] = {0};
        for (int i = 0; i < count; i++) {
            uint64_t z = base_draw(99, (uint64_t)i);
            uint64_t changed = base_draw(base_stream(z, 1), 7) ^ base_draw(base_stream(z ^ (1ull << bit), 1), 7);
            for (int out = 0; out < 64; out++)
                turned[out] += (long)(changed >> out & 1);
        }
        for (int out = 0; out < 64; out++)
            assert_true(fabs((double)turned[out] / count - 0.5) < 6 * 0.5 / sqrt(count));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_splitmix64),
        cmocka_unit_test(streams_of_an_entity_do_not_meet),
        cmocka_unit_test(keys_stay_as_they_are),
        cmocka_unit_test(uniform_is_strictly_within),
        cmocka_unit_test(keys_do_not_meet),
        cmocka_unit_test(neighbours_are_uncorrelated),
        cmocka_unit_test(neighbours_fill_the_square_evenly),
        cmocka_unit_test(one_bit_in_turns_half_the_bits_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
