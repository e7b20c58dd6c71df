// day.h - a day at a desk, from a file: acts in order, the clock between them, the desk closed and opened again.
//
// A line is an object. {"do": ACT}: the act, which gets a key; "@name" in it is the number that the act with "as": name
// was answered, and "picture": N a photograph (picture.h); "times": so often; "clock_s": the clock goes on by so much before each; {"restart": true}.
#ifndef TEST_DESK_DAY_H
#define TEST_DESK_DAY_H

#include "desk/picture.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum { DAY_STEPS = 400, DAY_NAMES = 32 };

typedef struct day_step {
    json_t *act; // NULL: the desk is closed and opened again
    const char *as;
    int64_t clock_ms; // that it is when the step is made
} day_step;

typedef struct day {
    json_t *lines;
    day_step steps[DAY_STEPS];
    int count;
} day;

// What acts were answered, by name.
typedef struct day_names {
    struct {
        const char *name;
        int64_t number;
    } list[DAY_NAMES];
    int count;
} day_names;

static inline void day_load(day *d, const char *path) {
    FILE *in = fopen(path, "r");
    char line[4096];
    int64_t clock_ms = 1549065600000; // 2019-02-02, 09:00 in Korea
    assert_non_null(in);
    *d = (day){.lines = json_array()};
    while (fgets(line, sizeof line, in)) {
        json_error_t error;
        json_t *l = json_loads(line, 0, &error);
        if (!l)
            fail_msg("%s: %s: %s", path, error.text, line);
        json_array_append_new(d->lines, l);
        json_t *times = json_object_get(l, "times");
        for (int i = 0; i < (times ? (int)json_integer_value(times) : 1); i++) {
            assert_true(d->count < DAY_STEPS);
            clock_ms += 1000 + 1000 * json_integer_value(json_object_get(l, "clock_s"));
            d->steps[d->count++] =
                (day_step){json_object_get(l, "do"), json_string_value(json_object_get(l, "as")), clock_ms};
        }
    }
    fclose(in);
}

static inline void day_release(day *d) {
    json_decref(d->lines);
}

static inline json_t *day_number(const day_names *names, const char *name) {
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->list[i].name, name) == 0)
            return json_integer(names->list[i].number);
    return json_integer(1); // refused, as nothing has this number
}

// The request of a step. The caller releases it.
static inline json_t *day_request(const day *d, const day_names *names, int step) {
    json_t *request = json_deep_copy(d->steps[step].act), *v;
    const char *name;
    char key[16];
    void *next;
    snprintf(key, sizeof key, "day-%d", step);
    json_object_foreach_safe(request, next, name, v) if (json_string_value(v) && *json_string_value(v) == '@')
        json_object_set_new(request, name, day_number(names, json_string_value(v) + 1));
    json_object_set_new(request, "key", json_string(key));
    json_t *picture = json_object_get(request, "picture");
    if (picture) {
        char *bytes = picture_make((unsigned)json_integer_value(picture), 96);
        json_object_set_new(request, "bytes", json_string(bytes));
        json_object_del(request, "picture");
        free(bytes);
    }
    return request;
}

static inline void day_learn(const day *d, day_names *names, int step, const json_t *answer) {
    const char *as = d->steps[step].as;
    json_t *number = json_object_get(answer, "order");
    number = number ? number : json_object_get(answer, "waiting");
    number = number ? number : json_object_get(answer, "photo");
    int i = 0;
    while (as && i < names->count && strcmp(names->list[i].name, as) != 0)
        i++;
    if (!as || !number || i == DAY_NAMES)
        return;
    names->count += i == names->count;
    names->list[i].name = as;
    names->list[i].number = json_integer_value(number);
}

#endif
