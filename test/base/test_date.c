// Tests of civil dates: every day there is, counted by a plain calendar of its own, and every kind of bad text.
#include "test.h"

#include "base/base.h"

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static void every_day_comes_round(void **state) {
    (void)state;
    // Everyday: two whole cycles of 400 years about today. Full: every date that can be written.
    int first = test_count(1600, 1600), last = test_count(2399, 9999);
    piste_date date = piste_date_join(first, 1, 1);
    for (int year = first; year <= last; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in(year, month); day++, date++) {
                assert_int_equal(piste_date_join(year, month, day), date);
                int y, m, d;
                piste_date_split(date, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
                char text[11];
                piste_date_format(date, text);
                piste_date back = PISTE_DATE_NONE;
                assert_int_equal(piste_date_parse(text, &back), PISTE_OK);
                assert_int_equal(back, date);
            }
    assert_int_equal(piste_date_join(2000, 1, 1) - piste_date_join(1600, 1, 1), 146097);
}

static void known_dates_are_where_they_belong(void **state) {
    (void)state;
    static const struct { const char *text; int32_t days; } cases[] = {
        {"1970-01-01", 0}, {"1969-12-31", -1}, {"2000-02-29", 11016}, {"2013-12-31", 16070}, {"1600-01-01", -135140},
        {"9999-12-31", 2932896}};
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        piste_date date;
        assert_int_equal(piste_date_parse(cases[i].text, &date), PISTE_OK);
        assert_int_equal(date, cases[i].days);
        char text[11];
        piste_date_format(date, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void what_is_no_date_is_refused_and_leaves_the_output(void **state) {
    (void)state;
    static const char *const bad[] = {
        "", "2026", "2026-01", "2026-1-01", "2026-01-1", "2026-01-001", "02026-01-01", " 2026-01-01", "2026-01-01 ",
        "2026/01/01", "2026-01-01T", "20260101", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31",
        "2026-02-29", "2100-02-29", "1900-02-29", "2024-02-30", "1599-12-31", "0000-01-01", "-026-01-01", "+026-01-01",
        "2026-0a-01", "2026-01-0\xc2", "\xef\xbc\x92\xef\xbc\x90\xef\xbc\x92-", "26-01-2026", "2026- 1-01"};
    for (size_t i = 0; i < BASE_COUNT(bad); i++) {
        piste_date date = 4711;
        assert_int_equal(piste_date_parse(bad[i], &date), PISTE_SYNTAX);
        assert_int_equal(date, 4711);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_comes_round),
        cmocka_unit_test(known_dates_are_where_they_belong),
        cmocka_unit_test(what_is_no_date_is_refused_and_leaves_the_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
