// test_report.c - what the report room makes of a day filled by hand (fixture.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "report/inside.h"

// ---- helpers ----------------------------------------------------------------------------------------------------

static base_text page_of(const piste_day_result *day, report_look look) {
    piste_resort resort = fixture_resort();
    base_text out = {0};
    report_day_table(&resort, day, &look, &out);
    assert_false(out.failed);
    return out;
}

// The line that begins with `start`, copied; the caller frees it.
static char *line_of(const char *text, const char *start) {
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        if (strncmp(line, start, strlen(start)) == 0)
            return strndup(line, strcspn(line, "\n"));
    fail_msg("no line begins with '%s' in:\n%s", start, text);
    return NULL;
}

// Columns before the first occurrence of `what` in a line.
static int column_of(const char *line, const char *what) {
    const char *found = strstr(line, what);
    if (!found)
        fail_msg("no '%s' in '%s'", what, line);
    char *before = strndup(line, (size_t)(found - line));
    int columns = base_text_columns(before);
    free(before);
    return columns;
}

static int widest_line(const char *text) {
    int widest = 0;
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        char *one = strndup(line, strcspn(line, "\n"));
        int columns = base_text_columns(one);
        assert_true(columns == 0 || one[strlen(one) - 1] != ' ');
        widest = columns > widest ? columns : widest;
        free(one);
    }
    return widest;
}

static json_t *json_of(const piste_day_result *day) {
    piste_resort resort = fixture_resort();
    base_text out = {0};
    json_error_t error;
    assert_int_equal(report_day_json(&resort, day, &out), PISTE_OK);
    assert_int_equal(out.data[out.length - 1], '\n');
    json_t *json = json_loads(out.data, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s at line %d of:\n%s", error.text, error.line, out.data);
    base_text_release(&out);
    return json;
}

// ---- the page ---------------------------------------------------------------------------------------------------

static const char golden[] =
    "마식령스키장, Saturday 2019-02-02, seed 7\n"
    "760 sold, 702 came, at most 702 at one time (12:00); everybody home by 18:40.\n"
    "6,600 rides; in line 6:07 on average, 9 in 10 within 11:40, the longest 21:52.\n"
    "3 had no way home and were brought down.\n"
    "First to bind: 식당 (full) at 09:30; most: 하늘 리프트 (wait > 10 min), 250 hours lost.\n"
    "Visits missed: 4 closed, 11 too long a queue, 16 too late.\n"
    "Present 08:00 ▁▁▁▁▁▂▂▂▂▂▆▆▆▆▆████████████████████▆▆▆▆▆▄▄▄▄▄▂▂▂▂▂▁▁▁▁▁      20:00\n"
    "\n"
    "                                 wait   wait   wait  line   seats  used     time  in line, █ = 320\n"
    "Lifts                     rides  mean    P90    max   max  full %     %  stopped    10  12   14  16\n"
    "하늘 리프트               6,000  6:43  11:52  21:52   320      81    67    12:34  ▁▁▁▄▄▇▇██▅▅▅▄▄▂▂\n"
    "Upper T-bar with a name…    600   4 s    9 s   44 s    40      50    10        -     ▁▁▁▁▁▁▁▁▁▁▁▁▁\n"
    "Carpet, \"small\" and new       0     -      -      -     0       -     -        -\n"
    "\n"
    "Runs (3 of 4)             descents  peak/ha  standard/ha  most on it\n"
    "第二滑道                       400     41.3           25          60\n"
    "Connection                   5,400        -           40          60\n"
    "run-1                          900      3.0           25           4\n"
    "\n"
    "Venues                    visits  wait mean    P90    max  queue max  inside max  missed\n"
    "Rental                       420       5:13  10:40  17:00         66         120       0\n"
    "식당                         300       20 s   1:00   1:40         12          80      31\n"
    "\n"
    "Segments                  came  rides each  descent m  in line %  P90 wait  visits missed  assisted\n"
    "당일 손님                  512         8.8      3,906         30     11:40      20 of 600         3\n"
    "Hotel guests               190        11.1      6,498         10     10:50      11 of 380         0\n"
    "\n"
    "Rests on 21 values, 1 measured, 1 published, 1 chosen, 18 assumed: lift 2, choice 12, lift stop 1,\n"
    "  ability 3; see --full.\n";

static void a_page_is_as_it_was_drawn(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    base_text shown = page_of(&day, (report_look){.columns = 100});
    assert_string_equal(shown.data, golden);
    base_text_release(&shown);
}

static void pages_fit_their_width(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    const int widths[] = {60, 61, 70, 80, 100, 133, 200};
    int before = 0;
    for (size_t i = 0; i < BASE_COUNT(widths); i++)
        for (int ascii = 0; ascii < 2; ascii++) {
            base_text shown = page_of(&day, (report_look){.columns = widths[i], .ascii = ascii});
            int widest = widest_line(shown.data);
            assert_in_range(widest, 1, widths[i]);
            assert_true(ascii || widest >= before); // room is used
            before = ascii ? before : widest;
            base_text_release(&shown);
        }
    base_text narrow = page_of(&day, (report_look){.columns = 10}), least = page_of(&day, (report_look){.columns = 60});
    assert_string_equal(narrow.data, least.data);
    base_text_release(&narrow);
    base_text_release(&least);
}

static void columns_line_up_in_any_script(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    base_text shown = page_of(&day, (report_look){.columns = 80});
    char *head = line_of(shown.data, "Lifts"), *hangul = line_of(shown.data, "하늘"), *latin = line_of(shown.data, "Upper");
    int end = column_of(head, "rides") + 5;
    assert_int_equal(column_of(hangul, "6,000") + 5, end);
    assert_int_equal(column_of(latin, "600") + 3, end);
    assert_int_equal(column_of(hangul, "11:52") + 5, column_of(head, "P90") + 3);
    assert_int_equal(column_of(latin, "9 s") + 3, column_of(head, "P90") + 3);
    assert_non_null(strstr(latin, "…"));
    assert_true(column_of(latin, "…") < 20);
    char *runs = line_of(shown.data, "Runs"), *han = line_of(shown.data, "第二");
    assert_int_equal(column_of(han, "400") + 3, column_of(runs, "descents") + 8);
    free(head), free(hangul), free(latin), free(runs), free(han);
    base_text_release(&shown);
}

static void names_are_cut_between_characters(void **state) {
    (void)state;
    base_text out = {0};
    report_look look = {.columns = 80}, plain = {.columns = 80, .ascii = true};
    page p = {base_arena_create(), &out, &look}, q = {p.arena, &out, &plain};
    assert_string_equal(page_cut(&p, "하늘리프트", 10), "하늘리프트");
    assert_string_equal(page_cut(&p, "하늘리프트", 9), "하늘리프…");
    assert_string_equal(page_cut(&p, "하늘리프트", 8), "하늘리…"); // seven columns: half a character is none
    assert_string_equal(page_cut(&p, "e\xcc\x81tape", 4), "e\xcc\x81ta…"); // the accent stays with its letter
    assert_string_equal(page_cut(&p, "a bc", 3), "a…");
    assert_string_equal(page_cut(&q, "abcdef", 4), "abc~");
    assert_string_equal(page_name(&q, "하늘", "sky"), "sky");
    assert_string_equal(page_name(&q, "하늘 x", NULL), "?? x");
    assert_string_equal(page_name(&p, "", "sky"), "sky");
    assert_string_equal(page_name(&p, "two\nlines", NULL), "two lines");
    base_arena_destroy(p.arena);
    base_text_release(&out);
}

static void numbers_read_well(void **state) {
    (void)state;
    base_text out = {0};
    report_look look = {.columns = 80};
    page p = {base_arena_create(), &out, &look};
    assert_string_equal(page_count(&p, 0), "0");
    assert_string_equal(page_count(&p, 999), "999");
    assert_string_equal(page_count(&p, 1000), "1,000");
    assert_string_equal(page_count(&p, -1234567), "-1,234,567");
    assert_string_equal(page_count(&p, -100), "-100");
    assert_string_equal(page_decimal(&p, 1234.56, 1), "1,234.6");
    assert_string_equal(page_decimal(&p, -0.04, 1), "0.0");
    assert_string_equal(page_decimal(&p, -0.06, 1), "-0.1");
    assert_string_equal(page_decimal(&p, 0.995, 2), "1.00");
    assert_string_equal(page_decimal(&p, NAN, 1), "-");
    assert_string_equal(page_percent(&p, 0.666), "67");
    assert_string_equal(page_duration(&p, 0), "0 s");
    assert_string_equal(page_duration(&p, 59.4), "59 s");
    assert_string_equal(page_duration(&p, 59.5), "1:00");
    assert_string_equal(page_duration(&p, 65), "1:05");
    assert_string_equal(page_duration(&p, 3599), "59:59");
    assert_string_equal(page_duration(&p, 3600), "1 h 00");
    assert_string_equal(page_duration(&p, 7170), "2 h 00");
    assert_string_equal(page_duration(&p, NAN), "-");
    assert_string_equal(page_time(&p, 25 * 3600 + 61), "25:01");
    base_arena_destroy(p.arena);
    base_text_release(&out);
}

static void assert_spark(const int32_t *series, int32_t count, int32_t columns, int32_t peak, bool ascii, const char *expected) {
    base_text out = {0};
    report_spark(&out, series, 0, count, columns, peak, ascii);
    assert_string_equal(out.data, expected);
    base_text_release(&out);
}

static void sparklines_are_to_scale(void **state) {
    (void)state;
    const int32_t zero[4] = {0}, one[5] = {0, 0, 80, 0, 0}, stairs[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, low[2] = {1, 1000};
    assert_spark(zero, 4, 4, 0, false, "    ");
    assert_spark(zero, 4, 4, 10, false, "    ");
    assert_spark(one, 5, 5, 80, false, "  █  ");
    assert_spark(one, 5, 2, 80, false, " █"); // the peak is not averaged away
    assert_spark(one, 5, 10, 80, true, "    @@    ");
    assert_spark(stairs, 9, 9, 8, false, " ▁▂▃▄▅▆▇█");
    assert_spark(stairs, 9, 9, 8, true, " .:-=+*#@");
    assert_spark(low, 2, 2, 1000, false, "▁█"); // one person is seen
    assert_spark(low, 2, 2, 500, false, "▁█");  // above the scale is its top
    assert_spark(zero, 0, 3, 5, false, "   ");
    const int32_t large[1] = {INT32_MAX};
    assert_spark(large, 1, 1, INT32_MAX, false, "█");
}

static void hours_stand_at_their_columns(void **state) {
    (void)state;
    base_text out = {0};
    report_axis(&out, 8 * 3600, 16 * 3600, 32);
    assert_string_equal(out.data, "8   9   10  11  12  13  14  15  ");
    base_text_release(&out);
    report_axis(&out, 7 * 3600 + 1800, 22 * 3600, 29); // two columns an hour, the first at half past seven
    assert_string_equal(out.data, " 8   10  12  14  16  18  20  ");
    base_text_release(&out);
    report_axis(&out, 0, 0, 3); // no time at all
    assert_string_equal(out.data, "   ");
    base_text_release(&out);
}

static void colours_only_where_asked_for(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    base_text plain = page_of(&day, (report_look){.columns = 100}), coloured = page_of(&day, (report_look){.columns = 100, .colours = true});
    assert_null(strchr(plain.data, '\033'));
    assert_non_null(strstr(coloured.data, "\033[1;33m11:52\033[0m")); // a wait above ten minutes
    assert_non_null(strstr(coloured.data, "\033[1;33m41.3\033[0m"));  // above the standard
    assert_null(strstr(coloured.data, "\033[1;33m6:43"));
    char *stripped = malloc(coloured.length + 1), *end = stripped;
    for (const char *c = coloured.data; *c; c++)
        if (*c == '\033')
            c = strchr(c, 'm');
        else
            *end++ = *c;
    *end = 0;
    assert_string_equal(stripped, plain.data);
    free(stripped);
    base_text_release(&plain);
    base_text_release(&coloured);
}

static void ascii_pages_are_ascii(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    base_text shown = page_of(&day, (report_look){.columns = 100, .ascii = true, .full = true});
    for (size_t i = 0; i < shown.length; i++)
        assert_in_range((unsigned char)shown.data[i], '\n', '~');
    free(line_of(shown.data, "sky-lift")); // the key instead of the name
    base_text_release(&shown);
}

static void full_pages_hold_everything(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    base_text shown = page_of(&day, (report_look){.columns = 100, .full = true});
    free(line_of(shown.data, "Never skied"));
    free(line_of(shown.data, "    sky-lift, upper-t-bar"));
    free(line_of(shown.data, "  ability speed (novice): measured, 시범 측정"));
    free(line_of(shown.data, "  segment visit share (hotel/visits/1): chosen"));
    assert_null(strstr(shown.data, "--full"));
    const char *const titles[] = {"Each guest", "Inside, h each", "Who waited", "Missed at venues", "Missed visits", "What was binding"};
    for (size_t i = 0; i < BASE_COUNT(titles); i++)
        free(line_of(shown.data, titles[i]));
    free(line_of(shown.data, "Came to ski and never rode a lift: 2 busy with visits."));
    free(line_of(shown.data, "on foot                      100"));
    char *spent = line_of(shown.data, "Time spent, %");
    assert_non_null(strstr(spent, "waiting"));
    free(spent);
    base_text_release(&shown);
}

static void things_of_one_name_go_by_key(void **state) {
    (void)state;
    piste_run_result runs[4];
    memcpy(runs, fixture_runs, sizeof runs);
    runs[0].name = runs[1].name = "Long Way";
    piste_day_result day = fixture_day();
    day.runs.list = runs;
    base_text shown = page_of(&day, (report_look){.columns = 100});
    free(line_of(shown.data, "run-1"));
    free(line_of(shown.data, "run-2"));
    assert_null(strstr(shown.data, "Long Way"));
    base_text_release(&shown);
}

static void empty_days_are_told(void **state) {
    (void)state;
    piste_day_result day = {.resort = "Nowhere", .date = PISTE_DATE_NONE, .last_gone_s = -1, .wait = {.mean_s = NAN}, .bin_s = 300};
    piste_resort resort = {.name = "Nowhere"};
    base_text out = {0};
    report_look look = {.columns = 100};
    report_day_table(&resort, &day, &look, &out);
    assert_non_null(strstr(out.data, "Nowhere, seed 0\n"));
    assert_non_null(strstr(out.data, "nobody came"));
    assert_non_null(strstr(out.data, "No value of this resort says what it rests on."));
    base_text_release(&out);
    day = fixture_day();
    day.gone = 0;
    day.still_here = 702;
    day.last_gone_s = -1;
    base_text shown = page_of(&day, look);
    assert_non_null(strstr(shown.data, "nobody had left when the day ended at 20:00"));
    base_text_release(&shown);
    day.gone = 690;
    day.still_here = 12;
    shown = page_of(&day, look);
    assert_non_null(strstr(shown.data, "12 still here when the day ended at 20:00"));
    base_text_release(&shown);
}

// ---- JSON -------------------------------------------------------------------------------------------------------

static void json_says_what_the_day_says(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    json_t *json = json_of(&day), *lift = json_array_get(json_object_get(json, "lifts"), 0);
    assert_string_equal(json_string_value(json_object_get(json, "format")), "piste-day");
    assert_int_equal(json_integer_value(json_object_get(json, "version")), 1);
    assert_string_equal(json_string_value(json_object_get(json, "date")), "2019-02-02");
    assert_string_equal(json_string_value(json_object_get(json, "present_max_at")), "12:00:05");
    assert_string_equal(json_string_value(json_object_get(json, "last_gone")), "18:40:00");
    assert_int_equal(json_integer_value(json_object_get(lift, "rides_down")), 12);
    assert_true(json_real_value(json_object_get(json_object_get(lift, "wait_s"), "mean")) == 403.457);
    assert_true(json_real_value(json_object_get(lift, "used")) == 0.666667);
    assert_int_equal(json_array_size(json_object_get(lift, "queue")), BINS);
    json_t *waits = json_object_get(lift, "wait_mean_s");
    assert_true(json_is_null(json_array_get(waits, 0)));
    assert_true(json_real_value(json_array_get(waits, 1)) == 60.0);
    json_t *carpet = json_array_get(json_object_get(json, "lifts"), 2), *nothing = json_object_get(carpet, "wait_s");
    assert_int_equal(json_integer_value(json_object_get(nothing, "count")), 0);
    assert_true(json_is_null(json_object_get(nothing, "mean")) && json_is_null(json_object_get(nothing, "max")));
    assert_string_equal(json_string_value(json_object_get(carpet, "name")), "Carpet, \"small\"\nand new");
    json_t *run = json_array_get(json_object_get(json, "runs"), 2);
    assert_true(json_is_null(json_object_get(run, "density_peak_per_ha")));
    json_t *hotel = json_array_get(json_object_get(json, "segments"), 0);
    assert_true(json_real_value(json_object_get(hotel, "descent_m")) == 1234567.891);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(hotel, "spent_s"), "queueing")), 1000);
    json_t *assumed = json_object_get(json, "assumptions");
    assert_int_equal(json_array_size(assumed), 21);
    assert_string_equal(json_string_value(json_object_get(json_array_get(assumed, 2), "key")), "sky-lift/stops/2");
    assert_null(json_object_get(json, "bytes")); // differs between machines
    json_decref(json);
}

static void json_knows_no_nan_and_no_date(void **state) {
    (void)state;
    piste_day_result day = fixture_day();
    day.date = PISTE_DATE_NONE;
    day.last_gone_s = -1;
    day.present_max = 0;
    day.seed = INT64_MAX;
    json_t *json = json_of(&day);
    assert_true(json_is_null(json_object_get(json, "date")));
    assert_true(json_is_null(json_object_get(json, "last_gone")));
    assert_true(json_is_null(json_object_get(json, "present_max_at")));
    assert_true(json_integer_value(json_object_get(json, "seed")) == INT64_MAX);
    json_decref(json);
}

// Every key that the schema requires is written, and every key that is written is in the schema.
static const json_t *resolve(const json_t *root, const json_t *schema) {
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    if (!ref)
        return schema;
    const json_t *found = json_object_get(json_object_get(root, "$defs"), ref + strlen("#/$defs/"));
    if (!found)
        fail_msg("%s is not in the schema", ref);
    return found;
}

static void assert_described(const json_t *root, const json_t *schema, const json_t *value) {
    schema = resolve(root, schema);
    if (json_is_array(value)) {
        size_t i;
        json_t *item;
        json_array_foreach((json_t *)(uintptr_t)value, i, item) assert_described(root, json_object_get(schema, "items"), item);
        return;
    }
    if (!json_is_object(value))
        return;
    const json_t *properties = json_object_get(schema, "properties"), *required = json_object_get(schema, "required");
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)value, key, member) {
        const json_t *property = json_object_get(properties, key);
        if (!property)
            fail_msg("%s is written and not in the schema", key);
        assert_described(root, property, member);
    }
    json_object_foreach((json_t *)(uintptr_t)properties, key, member) {
        if (!json_object_get(value, key))
            fail_msg("%s is in the schema and not written", key);
    }
    assert_int_equal(json_array_size(required), json_object_size(properties));
}

static void json_has_every_documented_key(void **state) {
    (void)state;
    json_error_t error;
    json_t *schema = json_load_file("docs/day.schema.json", 0, &error);
    if (!schema)
        fail_msg("docs/day.schema.json:%d: %s", error.line, error.text);
    piste_day_result day = fixture_day();
    json_t *json = json_of(&day);
    assert_described(schema, schema, json);
    json_decref(json);
    json_decref(schema);
}

// ---- CSV --------------------------------------------------------------------------------------------------------

static char *read_whole(const char *folder, const char *name) {
    char path[512];
    char *data;
    size_t length;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(base_file_read(path, 8 << 20, NULL, &data, &length), PISTE_OK);
    return data;
}

static void remove_folder(const char *folder) {
    DIR *stream = opendir(folder);
    const struct dirent *item;
    char path[512];
    while (stream && (item = readdir(stream))) {
        snprintf(path, sizeof path, "%s/%s", folder, item->d_name);
        unlink(path);
    }
    if (stream)
        closedir(stream);
    rmdir(folder);
}

static int count_files(const char *folder) {
    DIR *stream = opendir(folder);
    int count = 0;
    while (stream && readdir(stream))
        count++;
    if (stream)
        closedir(stream);
    return stream ? count - 2 : -1;
}

static void csv_files_hold_the_day(void **state) {
    (void)state;
    char top[] = "/tmp/piste-report-XXXXXX", folder[64];
    assert_non_null(mkdtemp(top));
    snprintf(folder, sizeof folder, "%s/csv", top);
    piste_resort resort = fixture_resort();
    piste_day_result day = fixture_day();
    assert_int_equal(report_day_csv(&resort, &day, NULL, folder, NULL), PISTE_OK);
    assert_int_equal(count_files(folder), 16);
    char *lifts = read_whole(folder, "lifts.csv");
    assert_non_null(strstr(lifts, "\nsky-lift,하늘 리프트,6000,12,6000,403.457,380,712,950,1312,320,0,0,0.8125,0.666667,7,754,25200,0,0,0\n"));
    // RFC 4180: a field with a comma, a quote or a new line is quoted, and a quote in it is doubled; NaN is an empty field.
    assert_non_null(strstr(lifts, "\ncarpet,\"Carpet, \"\"small\"\"\nand new\",0,0,0,,,,,,0,0,0,0,0,0,0,0,0,0,0\n"));
    char *runs = read_whole(folder, "runs.csv");
    assert_non_null(strstr(runs, "\nrun-1,,900,3.04,25\n"));
    assert_non_null(strstr(runs, "\nrun-3,Connection,5400,,40\n"));
    char *over_time = read_whole(folder, "lifts_over_time.csv");
    assert_non_null(strstr(over_time, "time,lift,queue,boarded,wait_mean_s\n08:00:00,sky-lift,0,0,\n"));
    assert_non_null(strstr(over_time, "\n11:00:00,sky-lift,280,1100,612.5\n"));
    char *segments = read_whole(folder, "segments.csv");
    assert_non_null(strstr(segments, "\nhotel,Hotel guests,200,190,190,0,0,80,2100,1234567.891,2100,300,250,650,800,1312,380,11,1000,"));
    char *people = read_whole(folder, "runs_over_time.csv");
    assert_non_null(strstr(people, "\n09:00:00,run-2,3.142\n"));
    char *assumptions = read_whole(folder, "assumptions.csv");
    assert_non_null(strstr(assumptions, "\nlift,sky-lift,speed,assumed,\"median of 2,302 lifts, \"\"operating\"\"\",0.909091\n"));
    char *groups = read_whole(folder, "groups.csv"), *bindings = read_whole(folder, "bindings.csv");
    assert_non_null(strstr(groups, "\nability,foot,100,50,1600,500,8000,0,0,5,9,44\n"));
    assert_non_null(strstr(bindings, "\nlift,sky-lift,하늘 리프트,10:00:00,7200,2500,900000\n"));
    char *visits = read_whole(folder, "visits.csv"), *budgets = read_whole(folder, "budgets.csv");
    assert_non_null(strstr(visits, "missed_too_late,missed_refused\nhotel,1,restaurant,380,369,0,11,0,0,11,0,0,0\n"));
    assert_string_equal(budgets, "segment,at,inside_s,queued_s\nhotel,rental,0,1000\nhotel,restaurant,1000,0\n"
                                 "hotel,place,500,0\nday-visitors,rental,0,500\nday-visitors,restaurant,500,0\n");
    free(groups), free(bindings), free(visits), free(budgets);
    free(lifts), free(runs), free(over_time), free(segments), free(people), free(assumptions);
    remove_folder(folder);
    rmdir(top);
}

static void csv_overwrites_nothing(void **state) {
    (void)state;
    char top[] = "/tmp/piste-report-XXXXXX", inner[64], file[64];
    assert_non_null(mkdtemp(top));
    piste_resort resort = fixture_resort();
    piste_day_result day = fixture_day();
    snprintf(file, sizeof file, "%s/mine", top);
    assert_int_equal(base_file_write(file, "x", 1, NULL), PISTE_OK);
    assert_int_equal(report_day_csv(&resort, &day, NULL, top, NULL), PISTE_EXISTS);  // a folder with something in it
    assert_int_equal(report_day_csv(&resort, &day, NULL, file, NULL), PISTE_EXISTS); // no folder at all
    assert_int_equal(count_files(top), 1);
    snprintf(inner, sizeof inner, "%s/no/such", top);
    assert_int_equal(report_day_csv(&resort, &day, NULL, inner, NULL), PISTE_NOT_FOUND);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(report_day_csv(&resort, &day, NULL, top, NULL), PISTE_OK); // an empty folder is filled
    assert_int_equal(count_files(top), 16);
    remove_folder(top);
}

// ---- event lines ------------------------------------------------------------------------------------------------

static void event_lines_are_exact(void **state) {
    (void)state;
    piste_resort resort = fixture_resort();
    const piste_event none = {0, PISTE_ACT_ARRIVE, -1, 0, -1, -1, -1, -1, -1, -1, -1, -1};
    for (int act = 0; act < PISTE_ACT_COUNT; act++) { // everything, and next to nothing, of each
        piste_event whole = {33303 + act, (piste_act)act, 12, 2, 1, 0, 1, 1, 0, 1, 40000, 2}, lift = none;
        lift.act = (piste_act)act;
        lift.lift = 0;
        const char *why = act == PISTE_ACT_MISS          ? ",\"why\":\"queue\""
                          : act == PISTE_ACT_TURNED_AWAY ? ",\"why\":\"outage\""
                                                         : "";
        char expected[400];
        snprintf(expected, sizeof expected,
                 "{\"second\":%d,\"act\":\"%s\",\"party\":12,\"size\":2,\"segment\":\"day-visitors\",\"place\":\"base\","
                 "\"lift\":\"upper-t-bar\",\"run\":\"run-2\",\"walk\":\"square\",\"venue\":\"restaurant\",\"until\":40000%s}\n"
                 "{\"second\":0,\"act\":\"%s\",\"lift\":\"sky-lift\"}\n",
                 33303 + act, piste_act_word((piste_act)act), why, piste_act_word((piste_act)act));
        base_text out = {0};
        report_event_line(&resort, &whole, &out);
        report_event_line(&resort, &lift, &out);
        assert_string_equal(out.data, expected);
        json_t *first = json_loads(out.data, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, NULL);
        assert_non_null(first);
        assert_int_equal(json_object_size(first), *why ? 12 : 11);
        json_decref(first);
        base_text_release(&out);
    }
}

static void event_files_appear_when_whole(void **state) {
    (void)state;
    char top[] = "/tmp/piste-report-XXXXXX", path[64], nowhere[64];
    assert_non_null(mkdtemp(top));
    snprintf(path, sizeof path, "%s/events", top);
    snprintf(nowhere, sizeof nowhere, "%s/no/events", top);
    piste_resort resort = fixture_resort();
    report_events *events = NULL;
    assert_int_equal(report_events_open(nowhere, &resort, NULL, &events), PISTE_NOT_FOUND);
    assert_null(events);
    const piste_event event = {60, PISTE_ACT_JOIN, 3, 1, 0, 0, 0, -1, -1, -1, -1, -1};
    assert_int_equal(report_events_open(path, &resort, NULL, &events), PISTE_OK);
    for (int i = 0; i < 20000; i++)
        report_events_hear(events, &event);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(count_files(top), 1);
    assert_int_equal(report_events_close(events, true, NULL), PISTE_OK);
    assert_int_equal(count_files(top), 1);
    char *data = read_whole(top, "events");
    size_t line = strlen("{\"second\":60,\"act\":\"join\",\"party\":3,\"size\":1,\"segment\":\"hotel\",\"place\":\"base\",\"lift\":\"sky-lift\"}\n");
    assert_int_equal(strlen(data), 20000 * line);
    free(data);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(report_events_open(path, &resort, NULL, &events), PISTE_OK);
    report_events_hear(events, &event);
    assert_int_equal(report_events_close(events, false, NULL), PISTE_OK); // not kept: nothing is left
    assert_int_equal(count_files(top), 0);
    assert_int_equal(report_events_open("/dev/full", &resort, NULL, &events), PISTE_OK);
    report_events_hear(events, &event);
    assert_false(report_events_have_failed(events)); // it is in the buffer
    assert_int_equal(report_events_close(events, true, NULL), PISTE_IO);
    assert_int_equal(report_events_open("/dev/full", &resort, NULL, &events), PISTE_OK);
    for (int i = 0; i < 20000; i++)
        report_events_hear(events, &event);
    assert_true(report_events_have_failed(events));
    assert_int_equal(report_events_close(events, true, NULL), PISTE_IO);
    rmdir(top);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_as_it_was_drawn),     cmocka_unit_test(pages_fit_their_width),
        cmocka_unit_test(columns_line_up_in_any_script), cmocka_unit_test(names_are_cut_between_characters),
        cmocka_unit_test(numbers_read_well),             cmocka_unit_test(sparklines_are_to_scale),
        cmocka_unit_test(hours_stand_at_their_columns),  cmocka_unit_test(colours_only_where_asked_for),
        cmocka_unit_test(ascii_pages_are_ascii),         cmocka_unit_test(full_pages_hold_everything),
        cmocka_unit_test(things_of_one_name_go_by_key),  cmocka_unit_test(empty_days_are_told),
        cmocka_unit_test(json_says_what_the_day_says),   cmocka_unit_test(json_knows_no_nan_and_no_date),
        cmocka_unit_test(json_has_every_documented_key), cmocka_unit_test(csv_files_hold_the_day),
        cmocka_unit_test(csv_overwrites_nothing),        cmocka_unit_test(event_lines_are_exact),
        cmocka_unit_test(event_files_appear_when_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
