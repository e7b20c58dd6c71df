// check.c - what a careful colleague would say of a resort: the table of rules and the list of findings.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resort/check.h"
#include "resort/geojson.h"
#include "resort/quantity.h"

static const struct {
    const char *word;
    piste_severity severity;
    const char *meaning;
} rules[CHECK_RULE_COUNT] = {
    [CHECK_DEAD_END] = {"dead-end", PISTE_ERROR, "a run or walk ends where no way leads on and nobody may leave"},
    [CHECK_LIFT_WITHOUT_WAY_DOWN] = {"lift-without-way-down", PISTE_ERROR, "a lift ends where no way leads on"},
    [CHECK_NO_WAY_HOME] = {"no-way-home", PISTE_ERROR, "from somewhere guests get to, no way leads back to where they leave"},
    [CHECK_FOOT_STRANDED] = {"foot-stranded", PISTE_ERROR, "guests on foot can get somewhere and not come back"},
    [CHECK_CLOSED_WAY_HOME] = {"closed-way-home", PISTE_ERROR, "a kind of day closes what somebody needs to get home"},
    [CHECK_TOO_HARD] = {"too-hard", PISTE_WARNING, "guests can get to where every way home is harder than they ski"},
    [CHECK_UNREACHABLE_LIFT] = {"unreachable-lift", PISTE_WARNING, "no segment can get to any station of a lift"},
    [CHECK_UNREACHABLE_RUN] = {"unreachable-run", PISTE_WARNING, "no skier can get to where a run begins"},
    [CHECK_UNREACHABLE_VENUE] = {"unreachable-venue", PISTE_WARNING, "no segment can get to a venue"},
    [CHECK_VISIT_UNREACHABLE] = {"visit-unreachable", PISTE_ERROR, "a segment visits what it cannot get to"},
    [CHECK_NOT_AN_EXIT] = {"not-an-exit", PISTE_WARNING, "a segment comes or leaves at a place that is no exit"},
    [CHECK_UNUSED_PLACE] = {"unused-place", PISTE_NOTE, "nothing is at a place and no way leads there"},
    [CHECK_RUN_CLIMBS] = {"run-climbs", PISTE_WARNING, "a run climbs, as a whole or on its way"},
    [CHECK_RUN_GRADIENT] = {"run-gradient", PISTE_WARNING, "a run is steeper than snow lies on, or nearly flat"},
    [CHECK_RUN_DIFFICULTY] = {"run-difficulty", PISTE_NOTE, "a run is much steeper than its difficulty allows"},
    [CHECK_RUN_LENGTH] = {"run-length", PISTE_WARNING, "a run is shorter than the distance between its ends"},
    [CHECK_RUN_VERTICAL] = {"run-vertical", PISTE_WARNING, "a run's vertical contradicts the heights of its places"},
    [CHECK_NOBODY_SKIS] = {"nobody-skis", PISTE_NOTE, "a run is harder than anyone who comes skis"},
    [CHECK_SLOPE_DIFFICULTY] = {"slope-difficulty", PISTE_NOTE, "a slope is said to be easier than its hardest section"},
    [CHECK_LIFT_CAPACITY] = {"lift-capacity", PISTE_ERROR, "a lift's capacity contradicts its seats and interval"},
    [CHECK_LIFT_SPEED] = {"lift-speed", PISTE_WARNING, "no lift of that type has such a speed"},
    [CHECK_LIFT_LOADING] = {"lift-loading", PISTE_WARNING, "a fixed-grip chairlift is so fast that it loads badly"},
    [CHECK_LIFT_INTERVAL] = {"lift-interval", PISTE_WARNING, "chairs of a fixed-grip chairlift come faster than people load"},
    [CHECK_LIFT_RIDE] = {"lift-ride", PISTE_WARNING, "a ride is very long, or its duration contradicts length and speed"},
    [CHECK_LIFT_LENGTH] = {"lift-length", PISTE_WARNING, "a lift's length contradicts its rise or its places"},
    [CHECK_LIFT_VERTICAL] = {"lift-vertical", PISTE_WARNING, "a lift's rise contradicts the heights of its places, or it goes down"},
    [CHECK_SINGLES_LINE] = {"singles-line", PISTE_NOTE, "a singles line where carriers have one seat"},
    [CHECK_ALL_LANES_RESERVED] = {"all-lanes-reserved", PISTE_WARNING, "every lane of a lift is kept for some at all times"},
    [CHECK_WIND_WITHOUT_LIMIT] = {"wind-without-limit", PISTE_NOTE, "wind is given and no lift says what it can bear"},
    [CHECK_CLOSES_BEFORE_LIFT] = {"closes-before-lift", PISTE_WARNING, "where patrol closes runs, the last riders of a lift find no way on"},
    [CHECK_OUTSIDE_DAY] = {"outside-day", PISTE_WARNING, "hours, arrivals or departures lie outside the day that is rehearsed"},
    [CHECK_NEVER_OPEN] = {"never-open", PISTE_ERROR, "a lift, run or venue is never open during the day"},
    [CHECK_ARRIVES_TOO_LATE] = {"arrives-too-late", PISTE_WARNING, "skiers come when the last lift has closed"},
    [CHECK_LEAVES_BEFORE_ARRIVING] = {"leaves-before-arriving", PISTE_ERROR, "a segment sets out for home before it comes"},
    [CHECK_VISIT_NEVER_OPEN] = {"visit-never-open", PISTE_ERROR, "a segment visits what is closed whenever it could"},
    [CHECK_VENUE_HOURS] = {"venue-hours", PISTE_NOTE, "a venue where people are served has no hours"},
    [CHECK_PARTY_TOO_LARGE] = {"party-too-large", PISTE_NOTE, "parties do not fit into a carrier, a room or a session"},
    [CHECK_CHILDREN_SHARE] = {"children-share", PISTE_WARNING, "more of a segment's people are to be children than its parties have room for beside an adult"},
    [CHECK_NO_SEGMENTS] = {"no-segments", PISTE_NOTE, "nobody comes"},
    [CHECK_OVER_CAP] = {"over-cap", PISTE_WARNING, "more guests are described than visits are on sale"},
    [CHECK_SEASON] = {"season", PISTE_ERROR, "the season ends before it begins"},
    [CHECK_OUT_OF_SEASON] = {"out-of-season", PISTE_NOTE, "the date lies outside the season"},
    [CHECK_DATES_MIXED] = {"dates-mixed", PISTE_NOTE, "no date was asked for and entries of different dates stand side by side"},
    [CHECK_NAME_TWICE] = {"name-twice", PISTE_NOTE, "two lifts have the same name"},
    [CHECK_PRICE_CURRENCY] = {"price-currency", PISTE_ERROR, "a price is in a currency that is not taken"},
    [CHECK_PRICE_TWICE] = {"price-twice", PISTE_WARNING, "a product has two prices for one class, currency and time"},
    [CHECK_CLASS_WITHOUT_PRICE] = {"class-without-price", PISTE_WARNING, "nothing is sold to a price class"},
    [CHECK_CLASS_UNKNOWN] = {"class-unknown", PISTE_ERROR, "a segment pays as a class that the tariff does not have"},
    [CHECK_NO_RATE] = {"no-rate", PISTE_ERROR, "a currency is taken and no rate leads from it to that of the books"},
    [CHECK_OLD_RATE] = {"old-rate", PISTE_NOTE, "the newest rate between two currencies is years old"},
    [CHECK_LINE_OFF_PLACE] = {"line-off-place", PISTE_WARNING, "a line of the map ends far from its place"},
    [CHECK_LINE_REVERSED] = {"line-reversed", PISTE_WARNING, "a line of the map runs from the end to the beginning"},
    [CHECK_NOT_ON_MAP] = {"not-on-map", PISTE_NOTE, "a lift or run is not on the map that the others are on"},
    [CHECK_MAP_UNUSED] = {"map-unused", PISTE_NOTE, "features of the map are not used"},
    [CHECK_NAMES_LACKING] = {"names-lacking", PISTE_NOTE, "names are given in a language, and some entries lack it"},
    [CHECK_NAMES_OWN] = {"names-own", PISTE_WARNING, "names are given in the resort's own language, which `name` is in"},
};

const char *check_rule_word(check_rule rule) {
    return rules[rule].word;
}
piste_severity check_rule_severity(check_rule rule) {
    return rules[rule].severity;
}
const char *check_rule_meaning(check_rule rule) {
    return rules[rule].meaning;
}
const char *check_severity_word(piste_severity severity) {
    return severity == PISTE_ERROR ? "error" : severity == PISTE_WARNING ? "warning" : "note";
}

// ---- the list -------------------------------------------------------------------------------------------------------

typedef struct numbered {
    piste_finding finding;
    int32_t file, at; // resort.yaml is 0; at: in the order in which they were found
} numbered;

struct piste_findings {
    base_arena *arena;
    numbered *list;
    size_t count, capacity;
};

piste_findings *check_findings_create(void) {
    piste_findings *findings = calloc(1, sizeof *findings);
    if (findings && !(findings->arena = base_arena_create())) {
        free(findings);
        return NULL;
    }
    return findings;
}

void piste_findings_destroy(piste_findings *findings) {
    if (!findings)
        return;
    base_arena_destroy(findings->arena);
    free(findings->list);
    free(findings);
}

size_t piste_findings_count(const piste_findings *findings) {
    return findings->count;
}
const piste_finding *piste_findings_get(const piste_findings *findings, size_t index) {
    return &findings->list[index].finding;
}

static void add(check *c, check_rule rule, const char *file, int32_t line, const char *subject, const char *message, const char *suggestion) {
    piste_findings *f = c->findings;
    if (f->count == f->capacity) {
        size_t capacity = f->capacity ? f->capacity * 2 : 32;
        numbered *list = realloc(f->list, capacity * sizeof *list);
        if (!list) {
            c->no_memory = true;
            return;
        }
        f->list = list;
        f->capacity = capacity;
    }
    int32_t rank = strcmp(file, "resort.yaml") == 0 ? 0 : strcmp(file, "lifts.geojson") == 0 ? 1 : 2;
    f->list[f->count] = (numbered){{rules[rule].severity, rules[rule].word, file, line, subject, message, suggestion}, rank, (int32_t)f->count};
    f->count++;
}

void check_tell(check *c, check_rule rule, int32_t line, const char *subject, const char *message, const char *suggestion) {
    add(c, rule, "resort.yaml", line, subject, message, suggestion);
}
void check_tell_of_file(check *c, check_rule rule, const char *file, const char *subject, const char *message, const char *suggestion) {
    add(c, rule, file, 0, subject, message, suggestion);
}

static int by_line(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    if (x->file != y->file)
        return x->file - y->file;
    if (x->finding.line != y->finding.line)
        return x->finding.line < y->finding.line ? -1 : 1;
    return x->at - y->at;
}

// ---- texts ----------------------------------------------------------------------------------------------------------

const char *check_text(check *c, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *out = length < 0 ? NULL : base_arena_take(c->findings->arena, (size_t)length + 1);
    if (out)
        vsnprintf(out, (size_t)length + 1, format, again);
    else
        c->no_memory = true;
    va_end(again);
    return out ? out : "";
}

const char *check_subject(check *c, const piste_entry *entry) {
    const schema_record *record = entry->record;
    return check_text(c, "%s %s", record->name, entry->key ? entry->key : "");
}

int32_t check_line(const piste_entry *entry, const char *fields) {
    char key[32];
    for (const char *at = fields; *at;) {
        size_t length = strcspn(at, " ");
        snprintf(key, sizeof key, "%.*s", (int)length, at);
        int32_t line = piste_entry_field_line(entry, key);
        if (line)
            return line;
        at += length + strspn(at + length, " ");
    }
    return entry->line;
}

const char *check_clock(check *c, double second) {
    char text[32];
    quantity_format(base_floor(second + 0.5), SCHEMA_CLOCK, text, sizeof text);
    return check_text(c, "%s", text);
}

double check_distance_m(const piste_place *a, const piste_place *b) {
    const piste_point points[2] = {{a->lon_deg, a->lat_deg, NAN}, {b->lon_deg, b->lat_deg, NAN}};
    return isnan(a->lon_deg) || isnan(b->lon_deg) ? NAN : geojson_length(points, 2, false);
}

bool check_overlaps_in_time(const piste_entry *a, const piste_entry *b) {
    return (a->from == PISTE_DATE_NONE || b->until == PISTE_DATE_NONE || a->from <= b->until) &&
           (b->from == PISTE_DATE_NONE || a->until == PISTE_DATE_NONE || b->from <= a->until);
}

piste_status piste_resort_check(const piste_resort *resort, piste_findings **out) {
    piste_findings *findings = check_findings_create();
    if (!findings)
        return PISTE_MEMORY;
    check c = {.resort = resort, .findings = findings};
    check_ways(&c);
    check_day_types(&c);
    check_lifts(&c);
    check_day(&c);
    check_sales(&c);
    check_map(&c);
    check_names(&c);
    if (c.no_memory) {
        piste_findings_destroy(findings);
        return PISTE_MEMORY;
    }
    if (findings->count)
        qsort(findings->list, findings->count, sizeof *findings->list, by_line);
    *out = findings;
    return PISTE_OK;
}
