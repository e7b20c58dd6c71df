// test_pass.c - tokens, keys, documents: what opens is what was signed, in one encoding, by a key that counts.
#include "desk/desk_test.h"

#include <sodium.h>

static piste_pass random_pass(uint64_t *r) {
    piste_pass p = {.id = test_random(r) | 1,
                    .product = (uint16_t)test_between(r, 1, 65535),
                    .opens = (test_random(r) & 0xffffffffffull) | 1ull << test_between(r, 0, 39),
                    .holder = (uint8_t)test_between(r, 0, 31),
                    .waiver_due = test_random(r) & 1,
                    .by_day = test_random(r) & 1,
                    .from_min = (int32_t)test_between(r, test_random(r) & 1 ? PISTE_PASS_MINUTE_MIN : 0, PISTE_PASS_MINUTE_MAX - 1),
                    .points = (uint16_t)test_between(r, 0, 65535)};
    p.until_min = (int32_t)test_between(r, p.from_min + 1, PISTE_PASS_MINUTE_MAX + (p.from_min < 0 ? PISTE_PASS_MINUTE_MIN : 0));
    if (test_random(r) & 1) {
        p.hours_from_min = (int32_t)test_between(r, 0, PISTE_PASS_HOURS_MAX - 1);
        p.hours_until_min = (int32_t)test_between(r, p.hours_from_min + 1, PISTE_PASS_HOURS_MAX);
    }
    if (p.by_day && p.points == 0)
        p.points = 1;
    return p;
}

static void assert_same_pass(const piste_pass *a, const piste_pass *b) {
    assert_true(a->key == b->key && a->id == b->id && a->product == b->product && a->opens == b->opens);
    assert_true(a->holder == b->holder && a->waiver_due == b->waiver_due && a->by_day == b->by_day && a->points == b->points);
    assert_true(a->from_min == b->from_min && a->until_min == b->until_min);
    assert_true(a->hours_from_min == b->hours_from_min && a->hours_until_min == b->hours_until_min);
}

static void every_pass_has_one_encoding(void **state) {
    (void)state;
    uint64_t r = 1;
    for (int i = 0; i < test_count(20000, 1000000); i++) {
        piste_pass pass = random_pass(&r), back;
        pass.key = (uint32_t)test_random(&r);
        assert_int_equal(piste_pass_check(&pass, NULL), PISTE_OK);
        uint8_t token[PISTE_PASS_BYTES], again[PISTE_PASS_BYTES];
        char text[PISTE_PASS_TEXT + 1];
        piste_pass_write(&pass, token);
        for (int k = PISTE_PASS_BODY; k < PISTE_PASS_BYTES; k++)
            token[k] = (uint8_t)test_random(&r);
        piste_pass_to_text(token, text);
        assert_int_equal(strlen(text), PISTE_PASS_TEXT);
        assert_int_equal(piste_pass_from_text(text, PISTE_PASS_TEXT, again), PISTE_OK);
        assert_memory_equal(token, again, sizeof token);
        assert_int_equal(piste_pass_read(again, &back), PISTE_OK);
        assert_same_pass(&pass, &back);
    }
}

// Any 32 bytes are refused, or are what the pass that they say is written as.
static void every_encoding_is_of_one_pass(void **state) {
    (void)state;
    uint64_t r = 2;
    int read = 0;
    for (int i = 0; i < test_count(200000, 5000000); i++) {
        uint8_t body[PISTE_PASS_BODY], again[PISTE_PASS_BODY];
        piste_pass pass = random_pass(&r);
        piste_pass_write(&pass, body);
        for (int k = 0; k < 3; k++) // near a pass, so that some are read
            body[test_between(&r, 0, 31)] = (uint8_t)test_random(&r);
        if (piste_pass_read(body, &pass) != PISTE_OK)
            continue;
        read++;
        assert_int_equal(piste_pass_check(&pass, NULL), PISTE_OK);
        piste_pass_write(&pass, again);
        assert_memory_equal(body, again, sizeof body);
    }
    assert_true(read > 1000);
}

static void texts_are_read_strictly(void **state) {
    (void)state;
    uint64_t r = 3;
    uint8_t token[PISTE_PASS_BYTES], again[PISTE_PASS_BYTES];
    char text[PISTE_PASS_TEXT + 2];
    for (int k = 0; k < PISTE_PASS_BYTES; k++)
        token[k] = (uint8_t)test_random(&r);
    piste_pass_to_text(token, text);
    for (size_t length = 0; length < PISTE_PASS_TEXT; length++)
        assert_int_equal(piste_pass_from_text(text, length, again), PISTE_SYNTAX);
    strcat(text, "0");
    assert_int_equal(piste_pass_from_text(text, PISTE_PASS_TEXT + 1, again), PISTE_SYNTAX);
    text[PISTE_PASS_TEXT] = 0;
    // One character in 256 ways: those that are read are one pass or another, never one pass in two ways, but for case.
    for (int at = 0; at < PISTE_PASS_TEXT - 1; at += 17) {
        char was = text[at];
        int same = 0, other = 0;
        for (int c = 0; c < 256; c++) {
            text[at] = (char)c;
            if (piste_pass_from_text(text, PISTE_PASS_TEXT, again) != PISTE_OK)
                continue;
            memcmp(token, again, sizeof token) == 0 ? same++ : other++;
        }
        text[at] = was;
        assert_int_equal(same, was >= 'A' ? 2 : 1);
        assert_int_equal(same + other, 32 + 22);
    }
    // The last character has two bits that are not of the token: only 0 will do.
    int read = 0;
    for (int c = 0; c < 256; c++) {
        text[PISTE_PASS_TEXT - 1] = (char)c;
        read += piste_pass_from_text(text, PISTE_PASS_TEXT, again) == PISTE_OK;
    }
    assert_int_equal(read, 8 + 5); // of 32 every fourth: 0 4 8 C G M R V, five of them letters
    uint64_t id;
    assert_int_equal(piste_pass_id_from_text("00c0ffee00c0ffee", &id), PISTE_OK);
    assert_true(id == 0xc0ffee00c0ffeeull);
    assert_int_equal(piste_pass_id_from_text("0000000000000000", &id), PISTE_SYNTAX);
    assert_int_equal(piste_pass_id_from_text("00C0FFEE00c0ffee", &id), PISTE_SYNTAX);
    assert_int_equal(piste_pass_id_from_text("c0ffee", &id), PISTE_SYNTAX);
}

static void wrong_passes_are_not_written(void **state) {
    (void)state;
    const piste_pass good = {.id = 1, .product = 1, .opens = 1, .from_min = 10, .until_min = 20};
    assert_int_equal(piste_pass_check(&good, NULL), PISTE_OK);
    const struct { piste_pass pass; } bad[] = {
        {{.product = 1, .opens = 1, .until_min = 20}},
        {{.id = 1, .opens = 1, .until_min = 20}},
        {{.id = 1, .product = 1, .until_min = 20}},
        {{.id = 1, .product = 1, .opens = 1ull << 40, .until_min = 20}},
        {{.id = 1, .product = 1, .opens = 1, .holder = 32, .until_min = 20}},
        {{.id = 1, .product = 1, .opens = 1, .from_min = 20, .until_min = 20}},
        {{.id = 1, .product = 1, .opens = 1, .from_min = -1, .until_min = PISTE_PASS_MINUTE_MAX + PISTE_PASS_MINUTE_MIN + 1}},
        {{.id = 1, .product = 1, .opens = 1, .from_min = PISTE_PASS_MINUTE_MIN - 1, .until_min = 20}},
        {{.id = 1, .product = 1, .opens = 1, .until_min = PISTE_PASS_MINUTE_MAX + 1}},
        {{.id = 1, .product = 1, .opens = 1, .until_min = 20, .hours_from_min = 60}},
        {{.id = 1, .product = 1, .opens = 1, .until_min = 20, .hours_from_min = 60, .hours_until_min = 60}},
        {{.id = 1, .product = 1, .opens = 1, .until_min = 20, .hours_until_min = 2881}},
        {{.id = 1, .product = 1, .opens = 1, .until_min = 20, .by_day = true}},
    };
    for (size_t i = 0; i < BASE_COUNT(bad); i++)
        EXPECT(piste_pass_check(&bad[i].pass, errors), PISTE_INVALID);
}

// ---- keys -----------------------------------------------------------------------------------------------------------

static piste_keys *office(void) {
    piste_keys *keys = NULL;
    WELL(piste_keys_make(test_path("office"), TEST_DAY_S, errors));
    WELL(piste_keys_open(test_path("office"), errors, &keys));
    return keys;
}

static const piste_key *signing(const piste_keys *keys, piste_key_use use) {
    for (int32_t i = 0; i < piste_keys_count(keys); i++)
        if (piste_keys_get(keys, i)->public.use == use && piste_keys_get(keys, i)->state == PISTE_KEY_SIGNS)
            return piste_keys_get(keys, i);
    return NULL;
}

static piste_pass day_pass(void) {
    int32_t now = piste_minute_of(TEST_DAY_S);
    return (piste_pass){.id = 42, .product = 1, .opens = 1, .from_min = now - 600, .until_min = now + 600};
}

static void no_changed_bit_verifies(void **state) {
    (void)state;
    piste_keys *keys = office();
    piste_pass pass = day_pass();
    uint8_t token[PISTE_PASS_BYTES];
    WELL(piste_keys_sign_pass(keys, &pass, TEST_DAY_S, errors, token));
    const uint8_t *key = signing(keys, PISTE_KEY_PASS)->public.key;
    assert_int_equal(pass.key, signing(keys, PISTE_KEY_PASS)->public.id);
    assert_true(piste_pass_verify(token, key));
    for (int bit = 0; bit < PISTE_PASS_BYTES * 8; bit++) {
        token[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(piste_pass_verify(token, key));
        token[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    // A signature's second half with the group's order added is the same number: it must not be the same signature.
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
    unsigned carry = 0;
    for (int i = 0; i < 32; i++) {
        carry += token[64 + i] + order[i];
        token[64 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(carry, 0);
    assert_false(piste_pass_verify(token, key));
    assert_false(piste_pass_verify(token, signing(keys, PISTE_KEY_LIST)->public.key));
    piste_keys_close(keys);
}

static void signing_is_for_passes_and_documents_apart(void **state) {
    (void)state;
    piste_keys *keys = office();
    piste_pass pass = day_pass();
    uint8_t token[PISTE_PASS_BYTES];
    WELL(piste_keys_sign_pass(keys, &pass, TEST_DAY_S, errors, token));
    // The bare 32 bytes are not what was signed.
    assert_int_not_equal(crypto_sign_verify_detached(token + 32, token, 32, signing(keys, PISTE_KEY_PASS)->public.key), 0);
    piste_keys_close(keys);
}

static void the_store_is_nobody_elses(void **state) {
    (void)state;
    piste_keys *keys = office(), *second = NULL;
    struct stat about;
    assert_int_equal(stat(test_path("office/keys.json"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(stat(test_path("office"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    EXPECT(piste_keys_open(test_path("office"), errors, &second), PISTE_EXISTS);
    EXPECT(piste_keys_make(test_path("office"), TEST_DAY_S, errors), PISTE_EXISTS);
    EXPECT(piste_keys_open(test_path("nowhere"), errors, &second), PISTE_NOT_FOUND);
    piste_keys_close(keys);
    assert_int_equal(chmod(test_path("office/keys.json"), 0640), 0);
    EXPECT(piste_keys_open(test_path("office"), errors, &second), PISTE_INVALID);
    assert_int_equal(chmod(test_path("office/keys.json"), 0600), 0);
    WELL(piste_keys_open(test_path("office"), errors, &second));
    piste_keys_close(second);
}

// Every prefix of the store's file, and every changed character of it, is refused or is another writing of the same keys.
static void a_damaged_store_is_not_opened(void **state) {
    (void)state;
    piste_keys *keys = office();
    uint32_t id = signing(keys, PISTE_KEY_PASS)->public.id;
    piste_keys_close(keys);
    char *text = NULL;
    size_t length = 0;
    WELL(base_file_read(test_path("office/keys.json"), 1 << 20, errors, &text, &length));
    for (size_t cut = 0; cut + 2 < length; cut += 7) {
        FILE *file = fopen(test_path("office/keys.json"), "wb");
        fwrite(text, 1, cut, file);
        fclose(file);
        assert_int_not_equal(piste_keys_open(test_path("office"), NULL, &keys), PISTE_OK);
    }
    char *seed = strstr(text, "\"seed\": \"") + 9;
    for (int i = 0; i < 64; i += 5) {
        char was = seed[i];
        seed[i] = was == '0' ? '1' : '0';
        WELL(base_file_write(test_path("office/keys.json"), text, length, errors));
        EXPECT(piste_keys_open(test_path("office"), errors, &keys), PISTE_INVALID);
        seed[i] = was;
    }
    WELL(base_file_write(test_path("office/keys.json"), text, length, errors));
    WELL(piste_keys_open(test_path("office"), errors, &keys));
    assert_int_equal(signing(keys, PISTE_KEY_PASS)->public.id, id);
    piste_keys_close(keys);
    free(text);
}

static void keys_rotate_and_end(void **state) {
    (void)state;
    piste_keys *keys = office();
    piste_pass pass = day_pass();
    uint8_t token[PISTE_PASS_BYTES];
    uint32_t first = signing(keys, PISTE_KEY_PASS)->public.id;
    EXPECT(piste_keys_end(keys, first, TEST_DAY_S, errors), PISTE_INVALID); // it signs
    WELL(piste_keys_rotate(keys, PISTE_KEY_PASS, TEST_DAY_S, errors));
    assert_int_equal(piste_keys_count(keys), 3);
    assert_int_not_equal(signing(keys, PISTE_KEY_PASS)->public.id, first);
    WELL(piste_keys_end(keys, first, TEST_DAY_S + 60, errors));
    EXPECT(piste_keys_end(keys, 12345, TEST_DAY_S, errors), PISTE_NOT_FOUND);
    piste_keys_close(keys);
    WELL(piste_keys_open(test_path("office"), errors, &keys)); // all of it is on the disk
    assert_int_equal(piste_keys_count(keys), 3);
    assert_int_equal(piste_keys_get(keys, 0)->public.id, first);
    assert_int_equal(piste_keys_get(keys, 0)->public.until_min, piste_minute_of(TEST_DAY_S + 60));
    assert_int_equal(piste_keys_get(keys, 0)->state, PISTE_KEY_RETIRED);
    // The next rotation drops what has ended.
    WELL(piste_keys_rotate(keys, PISTE_KEY_PASS, TEST_DAY_S + 3600, errors));
    assert_int_equal(piste_keys_count(keys), 3);
    // A pass does not outlive its key.
    pass.until_min = signing(keys, PISTE_KEY_PASS)->public.until_min;
    WELL(piste_keys_sign_pass(keys, &pass, TEST_DAY_S, errors, token));
    pass.until_min++;
    EXPECT(piste_keys_sign_pass(keys, &pass, TEST_DAY_S, errors, token), PISTE_INVALID);
    // There is room for so many and no more.
    while (piste_keys_count(keys) < PISTE_RING_MAX)
        WELL(piste_keys_rotate(keys, PISTE_KEY_LIST, TEST_DAY_S + 3600, errors));
    EXPECT(piste_keys_rotate(keys, PISTE_KEY_LIST, TEST_DAY_S + 3600, errors), PISTE_LIMIT);
    assert_non_null(signing(keys, PISTE_KEY_LIST));
    piste_keys_close(keys);
}

static void only_its_passphrase_opens_a_backup(void **state) {
    (void)state;
    piste_keys *keys = office(), *back = NULL;
    uint32_t id = signing(keys, PISTE_KEY_PASS)->public.id;
    char *extra = NULL, *data = NULL;
    size_t length = 0;
    WELL(piste_keys_backup(keys, "{\"more\":1}", "snow and sun", test_path("backup"), errors));
    piste_keys_close(keys);
    struct stat about;
    assert_int_equal(stat(test_path("backup"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    EXPECT(piste_keys_restore(test_path("backup"), "snow and sun", test_path("office"), errors, &extra), PISTE_EXISTS);
    EXPECT(piste_keys_restore(test_path("backup"), "snow and sum", test_path("again"), errors, &extra), PISTE_INVALID);
    WELL(piste_keys_restore(test_path("backup"), "snow and sun", test_path("again"), errors, &extra));
    assert_string_equal(extra, "{\"more\":1}");
    free(extra);
    WELL(piste_keys_open(test_path("again"), errors, &back));
    assert_int_equal(signing(back, PISTE_KEY_PASS)->public.id, id);
    piste_keys_close(back);
    WELL(base_file_read(test_path("backup"), 1 << 20, errors, &data, &length));
    assert_null(strstr(data, "seed"));
    data[length / 2] ^= 1;
    WELL(base_file_write(test_path("backup"), data, length, errors));
    EXPECT(piste_keys_restore(test_path("backup"), "snow and sun", test_path("third"), errors, &extra), PISTE_INVALID);
    free(data);
}

// ---- documents ------------------------------------------------------------------------------------------------------

static void documents_are_as_they_were_signed(void **state) {
    (void)state;
    piste_keys *keys = office();
    char *payload = NULL, *text = NULL;
    size_t payload_length = 0, length = 0, inside = 0;
    const char *found = NULL;
    piste_ring *ring = calloc(1, sizeof *ring);
    WELL(piste_keys_ring_payload(keys, 5, TEST_DAY_S, errors, &payload, &payload_length));
    WELL(piste_ring_parse(payload, payload_length, "keys", errors, ring));
    assert_int_equal(ring->version, 5);
    assert_int_equal(ring->count, 2);
    assert_null(strstr(payload, "seed"));
    WELL(piste_keys_sign_document(keys, PISTE_DOCUMENT_KEYS, payload, payload_length, TEST_DAY_S, errors, &text, &length));
    WELL(piste_document_verify(text, length, PISTE_DOCUMENT_KEYS, ring, TEST_DAY_S, "keys", errors, &found, &inside));
    assert_int_equal(inside, payload_length);
    assert_memory_equal(found, payload, inside);
    for (size_t i = 0; i < length; i++) { // any bit of any byte
        text[i] ^= (char)(1 << i % 8);
        assert_int_not_equal(piste_document_verify(text, length, PISTE_DOCUMENT_KEYS, ring, TEST_DAY_S, "keys", NULL, &found, &inside), PISTE_OK);
        text[i] ^= (char)(1 << i % 8);
    }
    for (size_t cut = 0; cut < length; cut++)
        assert_int_not_equal(piste_document_verify(text, cut, PISTE_DOCUMENT_KEYS, ring, TEST_DAY_S, "keys", NULL, &found, &inside), PISTE_OK);
    // Not as a document of another kind, not after its key has ended, not by a key for passes.
    EXPECT(piste_document_verify(text, length, PISTE_DOCUMENT_LISTS, ring, TEST_DAY_S, "keys", errors, &found, &inside), PISTE_SYNTAX);
    int64_t end = piste_minute_second(signing(keys, PISTE_KEY_LIST)->public.until_min);
    WELL(piste_document_verify(text, length, PISTE_DOCUMENT_KEYS, ring, end - 1, "keys", errors, &found, &inside));
    EXPECT(piste_document_verify(text, length, PISTE_DOCUMENT_KEYS, ring, end, "keys", errors, &found, &inside), PISTE_INVALID);
    for (int32_t i = 0; i < ring->count; i++)
        ring->keys[i].use = PISTE_KEY_PASS;
    EXPECT(piste_document_verify(text, length, PISTE_DOCUMENT_KEYS, ring, TEST_DAY_S, "keys", errors, &found, &inside), PISTE_INVALID);
    free(ring);
    free(text);
    free(payload);
    piste_keys_close(keys);
}

static void versions_only_rise(void **state) {
    (void)state;
    assert_int_equal(piste_document_version(0, 1000), 1000);
    assert_int_equal(piste_document_version(999, 1000), 1000);
    assert_int_equal(piste_document_version(1000, 1000), 1001); // two in a second
    assert_int_equal(piste_document_version(5000, 1000), 5001); // the clock was set back
}

static void a_ring_without_list_keys_is_refused(void **state) {
    (void)state;
    piste_ring *ring = calloc(1, sizeof *ring);
    const char *bad[] = {
        "", "[]", "{}", "{\"format\":\"piste-gate-keys\",\"format-version\":1,\"version\":1,\"issued-s\":1,\"keys\":[]}",
        "{\"format\":\"piste-gate-keys\",\"format-version\":2,\"version\":1,\"issued-s\":1,\"keys\":[]}",
        "{\"format\":\"piste-gate-keys\",\"format-version\":1,\"version\":1,\"issued-s\":1,\"keys\":[1]}",
        "{\"format\":\"piste-gate-keys\",\"format-version\":1,\"version\":1,\"version\":2,\"issued-s\":1,\"keys\":[]}",
    };
    for (size_t i = 0; i < BASE_COUNT(bad); i++) {
        piste_errors *errors = piste_errors_create();
        assert_int_not_equal(piste_ring_parse(bad[i], strlen(bad[i]), "keys", errors, ring), PISTE_OK);
        assert_true(piste_errors_total(errors) > 0);
        piste_errors_destroy(errors);
    }
    assert_int_equal(ring->count, 0);
    free(ring);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, test_each_begins, test_each_ends)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(every_pass_has_one_encoding),
        EACH(every_encoding_is_of_one_pass),
        EACH(texts_are_read_strictly),
        EACH(wrong_passes_are_not_written),
        EACH(no_changed_bit_verifies),
        EACH(signing_is_for_passes_and_documents_apart),
        EACH(the_store_is_nobody_elses),
        EACH(a_damaged_store_is_not_opened),
        EACH(keys_rotate_and_end),
        EACH(only_its_passphrase_opens_a_backup),
        EACH(documents_are_as_they_were_signed),
        EACH(versions_only_rise),
        EACH(a_ring_without_list_keys_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
