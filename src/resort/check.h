// check.h - the rules of `piste check`, and what the files that hold them share.
//
// check.c keeps the findings and the table of rules; check_ways.c asks who can get where, check_types.c the same on days of
// each kind, check_lifts.c what lifts and runs can be, check_day.c what the day allows, check_sales.c what is sold,
// check_map.c what the maps say, check_names.c which languages names are in.
#ifndef RESORT_CHECK_H
#define RESORT_CHECK_H

#include "base/base.h"
#include "piste/resort.h"

typedef enum check_rule {
    CHECK_DEAD_END,
    CHECK_LIFT_WITHOUT_WAY_DOWN,
    CHECK_NO_WAY_HOME,
    CHECK_FOOT_STRANDED,
    CHECK_CLOSED_WAY_HOME,
    CHECK_TOO_HARD,
    CHECK_UNREACHABLE_LIFT,
    CHECK_UNREACHABLE_RUN,
    CHECK_UNREACHABLE_VENUE,
    CHECK_VISIT_UNREACHABLE,
    CHECK_NOT_AN_EXIT,
    CHECK_UNUSED_PLACE,
    CHECK_RUN_CLIMBS,
    CHECK_RUN_GRADIENT,
    CHECK_RUN_DIFFICULTY,
    CHECK_RUN_LENGTH,
    CHECK_RUN_VERTICAL,
    CHECK_NOBODY_SKIS,
    CHECK_SLOPE_DIFFICULTY,
    CHECK_LIFT_CAPACITY,
    CHECK_LIFT_SPEED,
    CHECK_LIFT_LOADING,
    CHECK_LIFT_INTERVAL,
    CHECK_LIFT_RIDE,
    CHECK_LIFT_LENGTH,
    CHECK_LIFT_VERTICAL,
    CHECK_SINGLES_LINE,
    CHECK_ALL_LANES_RESERVED,
    CHECK_WIND_WITHOUT_LIMIT,
    CHECK_CLOSES_BEFORE_LIFT,
    CHECK_OUTSIDE_DAY,
    CHECK_NEVER_OPEN,
    CHECK_ARRIVES_TOO_LATE,
    CHECK_LEAVES_BEFORE_ARRIVING,
    CHECK_VISIT_NEVER_OPEN,
    CHECK_VENUE_HOURS,
    CHECK_PARTY_TOO_LARGE,
    CHECK_CHILDREN_SHARE,
    CHECK_NO_SEGMENTS,
    CHECK_OVER_CAP,
    CHECK_SEASON,
    CHECK_OUT_OF_SEASON,
    CHECK_DATES_MIXED,
    CHECK_NAME_TWICE,
    CHECK_PRICE_CURRENCY,
    CHECK_PRICE_TWICE,
    CHECK_CLASS_WITHOUT_PRICE,
    CHECK_CLASS_UNKNOWN,
    CHECK_NO_RATE,
    CHECK_OLD_RATE,
    CHECK_LINE_OFF_PLACE,
    CHECK_LINE_REVERSED,
    CHECK_NOT_ON_MAP,
    CHECK_MAP_UNUSED,
    CHECK_NAMES_LACKING,
    CHECK_NAMES_OWN,
    CHECK_RULE_COUNT
} check_rule;

// "dead-end", its severity, and what it means in a sentence (for the manual).
const char *check_rule_word(check_rule rule);
piste_severity check_rule_severity(check_rule rule);
const char *check_rule_meaning(check_rule rule);
const char *check_severity_word(piste_severity severity); // "note", "warning" or "error"

typedef struct check {
    const piste_resort *resort;
    piste_findings *findings;
    bool no_memory;
} check;

piste_findings *check_findings_create(void); // none yet; NULL: no memory
// A text that lives as long as the findings.
const char *check_text(check *c, const char *format, ...) PISTE_PRINTF(2, 3);
// "lift sky-lift"
const char *check_subject(check *c, const piste_entry *entry);
// Line of the first of the keys (separated by blanks) that the entry gives, otherwise of the entry itself.
int32_t check_line(const piste_entry *entry, const char *fields);
void check_tell(check *c, check_rule rule, int32_t line, const char *subject, const char *message, const char *suggestion);
void check_tell_of_file(check *c, check_rule rule, const char *file, const char *subject, const char *message, const char *suggestion);

const char *check_clock(check *c, double second); // "09:30"
double check_distance_m(const piste_place *a, const piste_place *b); // NaN where one is not located
bool check_overlaps_in_time(const piste_entry *a, const piste_entry *b);

void check_ways(check *c);
void check_day_types(check *c); // after check_ways: what that has told already is not told again
void check_lifts(check *c);
void check_day(check *c);
void check_sales(check *c);
void check_map(check *c);
void check_names(check *c);

#endif
