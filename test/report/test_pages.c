// What a page and a trail sign are made of: hostile names stay names, and the same resort gives the same bytes.
#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "report/report.h"

#define ATTACK "</script><script>alert(1)</script><!-- \\\" ' & ]]> \\u2028 \\uFFFE \\u0623"
#define ATTACK_SHOWN "</script><script>alert(1)</script><!-- \" ' & ]]> \xe2\x80\xa8 \xef\xbf\xbe \xd8\xa3"

static const char hostile_resort[] =
    "piste: 1\nname: \"" ATTACK "\"\nzone: Europe/Vienna\nattribution: \"" ATTACK "\"\nday: 07:00-18:00\nhours: 08:30-16:00\n"
    "places:\n  - {key: base, name: \"" ATTACK "\", kind: base, height: 1000 m, exit: yes}\n  - {key: top, kind: summit, height: 1300 m}\n"
    "lifts:\n  - {key: lift, name: \"" ATTACK "\", type: chair-lift, from: base, to: top, seats: 2, interval: 8 s, speed: 2 m/s, length: 800 m}\n"
    "runs:\n  - {key: run, name: \"" ATTACK "\", from: top, to: base, difficulty: easy, length: 1200 m, width: 30 m,"
    " basis: {width: \"assumed: " ATTACK "\"}}\n"
    "venues:\n  - {key: hut, name: \"" ATTACK "\", kind: restaurant, place: base, seats: 10, stay: 20 min}\n"
    "segments:\n  - {key: guests, name: \"" ATTACK "\", guests: 30, arrive-at: base, arrival: 09:00, leaving: 15:00, ability: {intermediate: 100 %}}\n";

static piste_resort *hostile(void) {
    char folder[] = "/tmp/piste-pages-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/resort.yaml", folder);
    assert_int_equal(base_file_write(path, hostile_resort, strlen(hostile_resort), NULL), PISTE_OK);
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = piste_resort_load(folder, PISTE_DATE_NONE, errors, &resort);
    if (status != PISTE_OK)
        fail_msg("%s", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "not loaded");
    assert_string_equal(resort->name, ATTACK_SHOWN);
    piste_errors_destroy(errors);
    unlink(path);
    rmdir(folder);
    return resort;
}

static piste_day *day_of(const piste_resort *resort) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    assert_int_equal(piste_day_create(resort, &def, NULL, &day), PISTE_OK);
    assert_true(piste_day_run(day, PISTE_DAY_END));
    return day;
}

static int times(const base_text *text, const char *what) {
    int found = 0;
    for (const char *at = text->data; (at = strstr(at, what)); at += strlen(what))
        found++;
    return found;
}

static void the_resort_as_json_says_what_there_is(void **state) {
    (void)state;
    piste_resort *resort = hostile();
    base_text out = {0};
    assert_int_equal(report_resort_json(resort, &out), PISTE_OK);
    json_t *json = json_loads(out.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "name")), ATTACK_SHOWN);
    assert_true(json_is_true(json_object_get(json, "schematic")));
    assert_true(json_is_null(json_object_get(json, "origin")));
    assert_int_equal(json_array_size(json_object_get(json, "lifts")), 1);
    const json_t *run = json_array_get(json_object_get(json, "runs"), 0);
    assert_true(json_array_size(json_object_get(run, "line")) > 2); // bowed, since the lift joins the same places
    json_decref(json);
    base_text_release(&out);
    piste_resort_destroy(resort);
}

static void hostile_names_are_inert_in_a_page(void **state) {
    (void)state;
    if (!report_has_pages()) // the test below is this build's
        return;
    piste_resort *resort = hostile();
    piste_day *day = day_of(resort);
    base_text html = {0}, map = {0};
    assert_int_equal(report_day_html(resort, piste_day_get_result(day), NULL, &html), PISTE_OK);
    assert_int_equal(report_map_html(resort, NULL, NULL, &map), PISTE_OK);
    // As many elements begin and end as in a page without any of it: the page's own, and one or two of data.
    assert_null(strstr(html.data, "<script>alert"));
    assert_int_equal(times(&html, "</script>"), 5);
    assert_int_equal(times(&map, "</script>"), 4);
    assert_null(strstr(html.data, "<!--"));
    assert_null(strstr(html.data, "\xe2\x80\xa8 \xef"));
    assert_non_null(strstr(html.data, "<title>&lt;/script&gt;&lt;script&gt;alert(1)"));
    // What stands in the element is the JSON again.
    const char *begin = strstr(html.data, "id=\"piste-day\">");
    assert_non_null(begin);
    begin += strlen("id=\"piste-day\">");
    json_t *json = json_loadb(begin, (size_t)(strstr(begin, "</script>") - begin), 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "resort")), ATTACK_SHOWN);
    json_decref(json);
    base_text_release(&html);
    base_text_release(&map);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

static void a_build_without_pages_says_so(void **state) {
    (void)state;
    if (report_has_pages())
        return;
    piste_resort *resort = hostile();
    piste_errors *errors = piste_errors_create();
    base_text out = {0};
    assert_int_equal(report_map_html(resort, NULL, errors, &out), PISTE_NOT_FOUND);
    assert_int_equal(piste_errors_count(errors), 1);
    assert_non_null(strstr(piste_errors_get(errors, 0)->text, "no browser pages"));
    assert_int_equal(out.length, 0);
    piste_errors_destroy(errors);
    piste_resort_destroy(resort);
}

static void hostile_names_are_inert_in_a_sign(void **state) {
    (void)state;
    piste_resort *resort = hostile();
    base_text svg = {0};
    assert_int_equal(report_map_svg(resort, NULL, &svg), PISTE_OK);
    assert_null(strstr(svg.data, "<script"));
    assert_null(strstr(svg.data, "]]>"));
    assert_null(strstr(svg.data, "\xef\xbf\xbe")); // is not XML
    assert_null(strstr(svg.data, "nan"));
    assert_non_null(strstr(svg.data, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &quot; &#39; &amp;"));
    base_text_release(&svg);
    piste_resort_destroy(resort);
}

// In every language that it has: each lift and slope by its name there, none by its own; in one that it has not, as it is.
static void a_sign_is_in_the_language_that_is_asked_for(void **state) {
    (void)state;
    static const char *const languages[] = {"ko", "zh", "zh-Hant", "ru", "ja", "de", "en"};
    const char *root = getenv("PISTE_ROOT");
    char folder[500], text[300];
    piste_resort *r = NULL;
    snprintf(folder, sizeof folder, "%s/resorts/masikryong", root ? root : ".");
    assert_int_equal(piste_resort_load(folder, PISTE_DATE_NONE, NULL, &r), PISTE_OK);
    for (size_t l = 0; l < BASE_COUNT(languages); l++) {
        base_text svg = {0};
        bool is_there = l < 5;
        assert_int_equal(report_map_svg(r, languages[l], &svg), PISTE_OK);
        snprintf(text, sizeof text, "lang=\"%s\"", languages[l]);
        assert_non_null(strstr(svg.data, text));
        for (int32_t i = 0; i < r->lifts.count + r->slopes.count; i++) {
            const piste_entry *e = i < r->lifts.count ? &r->lifts.list[i].entry : &r->slopes.list[i - r->lifts.count].entry;
            const char *own = i < r->lifts.count ? r->lifts.list[i].name : r->slopes.list[i - r->lifts.count].name;
            snprintf(text, sizeof text, ">%s<", piste_entry_name_in(e, languages[l], own));
            if (!strstr(svg.data, text))
                fail_msg("%s: %s is not there", languages[l], text);
            snprintf(text, sizeof text, ">%s<", own);
            if (is_there == !!strstr(svg.data, text))
                fail_msg("%s: %s %s", languages[l], text, is_there ? "is there" : "is not there");
        }
        assert_int_equal(!strstr(svg.data, ">Lifts<"), is_there);
        base_text_release(&svg);
    }
    piste_resort_destroy(r);
}

static void same_resort_same_bytes(void **state) {
    (void)state;
    const char *root = getenv("PISTE_ROOT");
    char folder[500];
    snprintf(folder, sizeof folder, "%s/resorts/masikryong", root ? root : ".");
    base_text svg[2] = {{0}}, html[2] = {{0}};
    for (int i = 0; i < 2; i++) {
        piste_resort *resort = NULL;
        assert_int_equal(piste_resort_load(folder, PISTE_DATE_NONE, NULL, &resort), PISTE_OK);
        assert_int_equal(report_map_svg(resort, NULL, &svg[i]), PISTE_OK);
        if (report_has_pages())
            assert_int_equal(report_map_html(resort, NULL, NULL, &html[i]), PISTE_OK);
        piste_resort_destroy(resort);
    }
    assert_string_equal(svg[0].data, svg[1].data);
    assert_int_equal(html[0].length, html[1].length);
    assert_true(html[0].length == 0 || memcmp(html[0].data, html[1].data, html[0].length) == 0);
    // Every lift and every slope is named, on the map or in the lists below it.
    assert_non_null(strstr(svg[0].data, ">Upper Quad<"));
    assert_non_null(strstr(svg[0].data, ">Cross Slope<"));
    assert_non_null(strstr(svg[0].data, "OpenStreetMap contributors"));
    for (int i = 0; i < 2; i++) {
        base_text_release(&svg[i]);
        base_text_release(&html[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_resort_as_json_says_what_there_is),
        cmocka_unit_test(hostile_names_are_inert_in_a_page),
        cmocka_unit_test(a_build_without_pages_says_so),
        cmocka_unit_test(hostile_names_are_inert_in_a_sign),
        cmocka_unit_test(a_sign_is_in_the_language_that_is_asked_for),
        cmocka_unit_test(same_resort_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
