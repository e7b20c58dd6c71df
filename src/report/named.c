// named.c - a resort as somebody calls it who reads another language: the same in all but its names.
#include "report/report.h"

#define NAMED(type, member)                                                                                            \
    do {                                                                                                               \
        type *list = base_arena_take(arena, ((size_t)resort->member.count + 1) * sizeof *list);                        \
        if (!list)                                                                                                     \
            return NULL;                                                                                               \
        for (int32_t i = 0; i < resort->member.count; i++) {                                                           \
            list[i] = resort->member.list[i];                                                                          \
            list[i].name = piste_entry_name_in(&list[i].entry, language, list[i].name);                                \
        }                                                                                                              \
        copy->member.list = list;                                                                                      \
    } while (0)

const piste_resort *report_named(const piste_resort *resort, const char *language, base_arena *arena) {
    if (!language || !*language || strcmp(language, resort->language) == 0)
        return resort;
    piste_resort *copy = base_arena_take(arena, sizeof *copy);
    if (!copy)
        return NULL;
    *copy = *resort;
    copy->name = piste_entry_name_in(&resort->entry, language, resort->name);
    NAMED(piste_place, places);
    NAMED(piste_lift, lifts);
    NAMED(piste_run, runs);
    NAMED(piste_slope, slopes);
    NAMED(piste_venue, venues);
    return copy;
}
