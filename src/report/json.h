// json.h - building and writing the JSON of this room: keys in the order in which they are set, numbers rounded.
//
// All functions that return a json_t give a new reference, NULL where there is no memory; report_put and REPORT_LIST_OF
// take NULL and fail, so that only the end of an object is asked.
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <jansson.h>

#include "base/base.h"

enum { REPORT_DECIMALS = 3, REPORT_SHARE_DECIMALS = 6 };

json_t *report_json_number(double value, int decimals); // null for NaN
json_t *report_json_clock(int32_t second);              // "09:05:07"
json_t *report_json_counts(const int32_t *series, int32_t count);
json_t *report_json_numbers(const double *series, int32_t count);

typedef struct report_object {
    json_t *json;
    bool failed;
} report_object;

report_object report_object_begin(void);
void report_put(report_object *o, const char *key, json_t *value);
void report_put_count(report_object *o, const char *key, int64_t count);
json_t *report_object_end(report_object *o); // NULL where anything failed

// The body of a function that makes a list: one expression for each i of something with a count.
#define REPORT_LIST_OF(result, expression)                                                                                     \
    json_t *list = json_array();                                                                                        \
    for (int32_t i = 0; list && i < (result).count; i++)                                                                \
        if (json_array_append_new(list, expression) != 0) {                                                             \
            json_decref(list);                                                                                          \
            list = NULL;                                                                                                \
        }                                                                                                               \
    return list

// Writes a value and a new line, and drops the reference. Objects are indented, lists of numbers and of short lists stay
// on one line: a day has some hundred series, which would otherwise be most of the file's lines. NULL is no memory.
PISTE_CHECKED piste_status report_json_write(json_t *whole, base_text *out);

#endif
