// html.c - a day or a map as one page: the bundle made from web/, with the data put where the bundle looks for it.
//
// The bundle is part of the program (src/report/pages.py writes it). It holds two marks, <!--piste:title--> and
// <!--piste:data-->, each once. Data stands in <script type="application/json">, which a browser reads up to the first
// "</script"; a "<!--" before it would change even that. So '<' never stands in the data: it is written \u003c there,
// which JSON reads as the same. U+2028 and U+2029, which end lines in older scripts, are treated alike.
#include <string.h>

#include "report/inside.h"
#include "report/pages.h"
#include "report/plan.h"
#include "report/sign.h"

bool report_has_pages(void) {
    return report_page_bytes > 0;
}

static void add_json(base_text *out, const char *id, const char *json, size_t length) {
    base_text_format(out, "<script type=\"application/json\" id=\"%s\">", id);
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        const char *instead = NULL;
        size_t bytes = 1;
        if (json[i] == '<')
            instead = "\\u003c";
        else if (json[i] == '>')
            instead = "\\u003e";
        else if (json[i] == '&')
            instead = "\\u0026";
        else if (i + 2 < length && memcmp(json + i, "\xe2\x80\xa8", 3) == 0)
            instead = "\\u2028", bytes = 3;
        else if (i + 2 < length && memcmp(json + i, "\xe2\x80\xa9", 3) == 0)
            instead = "\\u2029", bytes = 3;
        if (!instead)
            continue;
        base_text_add_bytes(out, json + from, i - from);
        base_text_add(out, instead);
        i += bytes - 1;
        from = i + 1;
    }
    base_text_add_bytes(out, json + from, length - from);
    base_text_add(out, "</script>\n");
}

// Where a mark begins in the page; NULL would be a broken bundle, which the build refuses.
static const char *find_mark(const char *whole, size_t bytes, const char *mark) {
    size_t length = strlen(mark);
    for (const char *at = whole; (at = memchr(at, '<', bytes - (size_t)(at - whole))); at++)
        if (bytes - (size_t)(at - whole) >= length && memcmp(at, mark, length) == 0)
            return at;
    return NULL;
}

static piste_status no_pages(piste_errors *errors) {
    return piste_errors_add(errors, PISTE_NOT_FOUND, "", 0, 0,
                            "this build of piste has no browser pages (it was made with -Dweb=disabled)");
}

typedef struct part {
    const char *id;
    const base_text *json;
} part;

// The page with its title and its data; each of them comes after the other in the bundle.
static piste_status fill(const char *title, const part *parts, size_t count, piste_errors *errors, base_text *out) {
    static const char title_mark[] = "<!--piste:title-->", data_mark[] = "<!--piste:data-->";
    const char *whole = (const char *)report_page, *end = whole + report_page_bytes;
    const char *first = find_mark(whole, report_page_bytes, title_mark);
    const char *second = first ? find_mark(first, (size_t)(end - first), data_mark) : NULL;
    if (!second)
        return no_pages(errors);
    base_text_add_bytes(out, whole, (size_t)(first - whole));
    sign_escaped(out, title);
    first += sizeof title_mark - 1;
    base_text_add_bytes(out, first, (size_t)(second - first));
    for (size_t i = 0; i < count; i++)
        if (parts[i].json->length)
            add_json(out, parts[i].id, parts[i].json->data, parts[i].json->length);
    second += sizeof data_mark - 1;
    base_text_add_bytes(out, second, (size_t)(end - second));
    return out->failed ? PISTE_MEMORY : PISTE_OK;
}

static piste_status page_of(const piste_resort *resort, const piste_day_result *day, piste_errors *errors, base_text *out) {
    if (!report_has_pages())
        return no_pages(errors);
    base_text resort_json = {0}, day_json = {0}, title = {0};
    char date[11] = "";
    if (day && day->date != PISTE_DATE_NONE)
        piste_date_format(day->date, date);
    base_text_format(&title, "%s%s%s", resort->name, *date ? ", " : day ? ": a day" : ": trail map", date);
    piste_status status = report_resort_json(resort, &resort_json);
    if (status == PISTE_OK && day)
        status = report_day_json(resort, day, &day_json);
    if (status == PISTE_OK)
        status = title.failed ? PISTE_MEMORY
                              : fill(title.data, (part[]){{"piste-resort", &resort_json}, {"piste-day", &day_json}}, 2, errors, out);
    base_text_release(&resort_json);
    base_text_release(&day_json);
    base_text_release(&title);
    return status;
}

piste_status report_day_html(const piste_resort *resort, const piste_day_result *day, piste_errors *errors, base_text *out) {
    return page_of(resort, day, errors, out);
}

piste_status report_map_html(const piste_resort *resort, const char *language, piste_errors *errors, base_text *out) {
    base_arena *arena = base_arena_create();
    const piste_resort *named = arena ? report_named(resort, language, arena) : NULL;
    piste_status status = named ? page_of(named, NULL, errors, out) : PISTE_MEMORY;
    base_arena_destroy(arena);
    return status;
}

piste_status report_plan_html(const piste_plan_result *plan, piste_errors *errors, base_text *out) {
    if (!report_has_pages())
        return no_pages(errors);
    base_text json = {0}, title = {0};
    base_text_format(&title, "%s: %s", plan->resort, plan->name);
    piste_status status = report_plan_json(plan, &json);
    if (status == PISTE_OK)
        status = title.failed ? PISTE_MEMORY : fill(title.data, (part[]){{"piste-plan", &json}}, 1, errors, out);
    base_text_release(&json);
    base_text_release(&title);
    return status;
}
