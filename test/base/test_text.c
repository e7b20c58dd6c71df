// Tests of growing texts, of columns on a terminal and of what is clean UTF-8.
#include "test.h"

#include "base/base.h"

static int encode(uint32_t point, char out[4]) {
    if (point < 0x80)
        return out[0] = (char)point, 1;
    if (point < 0x800)
        return out[0] = (char)(0xc0 | point >> 6), out[1] = (char)(0x80 | (point & 0x3f)), 2;
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

static void a_text_grows(void **state) {
    (void)state;
    base_text text = {0};
    size_t expected = 0;
    for (int i = 0; i < 5000; i++) {
        char number[16];
        expected += (size_t)snprintf(number, sizeof number, "%d,", i);
        if (i % 3 == 0)
            base_text_format(&text, "%d,", i);
        else if (i % 3 == 1)
            base_text_add(&text, number);
        else
            base_text_add_bytes(&text, number, strlen(number));
        assert_int_equal(text.length, expected);
        assert_int_equal(text.data[expected], 0);
    }
    const char *at = text.data;
    for (int i = 0; i < 5000; i++) {
        char *end;
        assert_int_equal(strtol(at, &end, 10), i);
        at = end + 1;
    }
    assert_false(text.failed);
    base_text_release(&text);
    assert_null(text.data);
    assert_int_equal(text.length, 0);
}

static void an_empty_addition_gives_an_empty_text(void **state) {
    (void)state;
    base_text text = {0};
    base_text_add(&text, "");
    assert_string_equal(text.data, "");
    base_text_add_bytes(&text, "a\0b", 3);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.data, "a\0b", 4);
    base_text_release(&text);
}

static void no_memory_is_remembered(void **state) {
    (void)state;
    base_text text = {0};
    base_text_add(&text, "kept");
    base_text_add_bytes(&text, "", SIZE_MAX / 2);
    assert_true(text.failed);
    base_text_add(&text, "more");
    assert_true(text.failed);
    assert_string_equal(text.data, "kept");
    base_text_release(&text);
}

static void columns_are_those_of_a_terminal(void **state) {
    (void)state;
    static const struct { const char *text; int columns; } cases[] = {
        {"", 0},
        {"Sky Lift", 8},
        {"\xeb\xa7\x88\xec\x8b\x9d\xeb\xa0\xb9", 6},                         // three syllables of Hangul
        {"\xe6\xbb\x91\xe9\x9b\xaa\xe5\x9c\xba 1", 8},                       // three Chinese characters, a space, a digit
        {"\xe3\x82\xb9\xe3\x82\xad\xe3\x83\xbc", 6},                         // katakana with its long mark
        {"Z\xc3\xbcrs", 4},                                                  // one code point for u with dots
        {"Zu\xcc\x88rs", 4},                                                 // a combining pair of dots
        {"\xe2\x9b\xb7\xef\xb8\x8f", 1},                                     // a skier with a variation selector
        {"\xf0\x9f\x8f\x82", 2},                                             // a snowboarder
        {"\xff\xfe", 2},                                                     // no UTF-8: a column for each byte
        {"a\xea\xb0", 3},                                                    // cut off within a syllable
    };
    for (size_t i = 0; i < BASE_COUNT(cases); i++)
        assert_int_equal(base_text_columns(cases[i].text), cases[i].columns);
}

static void every_code_point_is_judged_rightly(void **state) {
    (void)state;
    for (uint32_t point = 0; point < 0x110000 + 0x1000; point++) {
        char bytes[4];
        int length = encode(point, bytes);
        bool control = (point < 0x20 && point != '\t' && point != '\n') || (point >= 0x7f && point < 0xa0);
        bool exists = point < 0x110000 && !(point >= 0xd800 && point < 0xe000);
        assert_true(base_text_is_clean(bytes, (size_t)length) == (exists && !control));
        if (length > 1) // cut off
            assert_false(base_text_is_clean(bytes, (size_t)length - 1));
    }
}

// Of all sequences of up to three bytes, just those are clean that are made of clean code points.
static void every_short_sequence_is_judged_rightly(void **state) {
    (void)state;
    static bool three[1 << 24];
    memset(three, 0, sizeof three);
    for (uint32_t point = 0x800; point < 0x10000; point++) {
        char b[4];
        encode(point, b);
        if (point < 0xd800 || point >= 0xe000)
            three[(uint32_t)(unsigned char)b[0] << 16 | (uint32_t)(unsigned char)b[1] << 8 | (unsigned char)b[2]] = true;
    }
    int step = test_count(7, 1);
    for (uint32_t i = 0xc00000; i < 1u << 24; i += (uint32_t)step) { // those that begin with a byte of a longer one
        char bytes[3] = {(char)(i >> 16), (char)(i >> 8), (char)i};
        bool second_last = (i >> 8 & 0xc0) == 0x80 && i >> 16 >= 0xc2 && i >> 16 < 0xe0; // two bytes, then one
        bool pair = second_last && (i >> 16 > 0xc2 || (i >> 8 & 0xff) >= 0xa0);
        bool last = (i & 0xff) == '\t' || (i & 0xff) == '\n' || ((i & 0xff) >= 0x20 && (i & 0xff) < 0x7f);
        assert_true(base_text_is_clean(bytes, 3) == (three[i] || (pair && last)));
        assert_true(base_text_is_clean(bytes, 2) == pair);
    }
    assert_true(base_text_is_clean("", 0));
    assert_false(base_text_is_clean("a\0b", 3));
    assert_false(base_text_is_clean("\xc0\xaf", 2));         // a longer spelling of '/'
    assert_false(base_text_is_clean("\xe0\x80\xaf", 3));
    assert_false(base_text_is_clean("\xf0\x80\x80\xaf", 4));
    assert_false(base_text_is_clean("\xed\xa0\x80", 3));     // half of a surrogate pair
    assert_false(base_text_is_clean("\xf4\x90\x80\x80", 4)); // beyond Unicode
    assert_false(base_text_is_clean("line\r\n", 6));
}

static void currencies_have_their_places(void **state) {
    (void)state;
    static const struct { const char *code; int digits; } cases[] = {
        {"USD", 2}, {"EUR", 2}, {"KPW", 2}, {"CNY", 2}, {"RUB", 2}, {"AED", 2}, {"ZWL", 2}, {"JPY", 0}, {"KRW", 0},
        {"BIF", 0}, {"XPF", 0}, {"BHD", 3}, {"KWD", 3}, {"TND", 3}, {"", -1}, {"US", -1}, {"USDX", -1}, {"usd", -1},
        {"XXX", -1}, {"D A", -1}, {"ED ", -1}, {" AF", -1}, {"AAA", -1}, {"\xe2\x82\xac", -1}};
    for (size_t i = 0; i < BASE_COUNT(cases); i++)
        assert_int_equal(base_currency_digits(cases[i].code), cases[i].digits);
    int known = 0;
    for (int a = 'A'; a <= 'Z'; a++)
        for (int b = 'A'; b <= 'Z'; b++)
            for (int c = 'A'; c <= 'Z'; c++)
                known += base_currency_digits((char[4]){(char)a, (char)b, (char)c, 0}) >= 0;
    assert_in_range(known, 150, 170); // the active codes of countries
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_grows),
        cmocka_unit_test(an_empty_addition_gives_an_empty_text),
        cmocka_unit_test(no_memory_is_remembered),
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(every_code_point_is_judged_rightly),
        cmocka_unit_test(every_short_sequence_is_judged_rightly),
        cmocka_unit_test(currencies_have_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
