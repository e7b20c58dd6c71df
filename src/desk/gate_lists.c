// gate_lists.c - who is not let in, whose waiver is signed, what other gates have seen: as a text, and back.
//
// Entries are short lists instead of objects, ordered by pass, so that a season's lists stay some megabytes and equal
// contents are equal bytes:  revoked ["PASS", until-min, at-s], waived "PASS", known ["PASS", spent, last-s, entrance,
// last-day], merged ["LOG", sequence].
#include <stdlib.h>

#include "desk/pass.h"

void piste_lists_release(piste_lists *lists) {
    free(lists->revoked);
    free(lists->waived);
    free(lists->known);
    free(lists->merged);
    *lists = (piste_lists){0};
}

// ---- changing -----------------------------------------------------------------------------------------------------

// Room for one more; NULL: no memory. Capacities are powers of two, so that the count tells them.
static void *room_for_one(void *list, int64_t count, size_t size) {
    if (count && (count & (count - 1)))
        return list;
    return realloc(list, (count ? 2 * (size_t)count : 1) * size);
}

// Where `pass` stands in an ordered list of entries that begin with one, or would.
static int64_t place_of(const void *list, int64_t count, size_t size, uint64_t pass) {
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        uint64_t own;
        memcpy(&own, (const char *)list + (size_t)middle * size, sizeof own);
        if (own < pass)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const piste_revoked *piste_lists_find_revoked(const piste_lists *lists, uint64_t pass) {
    int64_t at = place_of(lists->revoked, lists->revoked_count, sizeof *lists->revoked, pass);
    return at < lists->revoked_count && lists->revoked[at].pass == pass ? &lists->revoked[at] : NULL;
}

piste_status piste_lists_revoke(piste_lists *lists, uint64_t pass, int32_t until_min, int64_t at_s) {
    int64_t at = place_of(lists->revoked, lists->revoked_count, sizeof *lists->revoked, pass);
    if (at < lists->revoked_count && lists->revoked[at].pass == pass) { // taken back once: the earlier moment, the later end
        piste_revoked *r = &lists->revoked[at];
        r->until_min = until_min > r->until_min ? until_min : r->until_min;
        r->at_s = at_s < r->at_s ? at_s : r->at_s;
        return PISTE_OK;
    }
    if (lists->revoked_count >= PISTE_LIST_ENTRIES_MAX)
        return PISTE_LIMIT;
    piste_revoked *list = room_for_one(lists->revoked, lists->revoked_count, sizeof *list);
    if (!list)
        return PISTE_MEMORY;
    lists->revoked = list;
    memmove(list + at + 1, list + at, (size_t)(lists->revoked_count++ - at) * sizeof *list);
    list[at] = (piste_revoked){pass, until_min, at_s};
    return PISTE_OK;
}

piste_status piste_lists_waive(piste_lists *lists, uint64_t pass) {
    int64_t at = place_of(lists->waived, lists->waived_count, sizeof *lists->waived, pass);
    if (at < lists->waived_count && lists->waived[at] == pass)
        return PISTE_OK;
    if (lists->waived_count >= PISTE_LIST_ENTRIES_MAX)
        return PISTE_LIMIT;
    uint64_t *list = room_for_one(lists->waived, lists->waived_count, sizeof *list);
    if (!list)
        return PISTE_MEMORY;
    lists->waived = list;
    memmove(list + at + 1, list + at, (size_t)(lists->waived_count++ - at) * sizeof *list);
    list[at] = pass;
    return PISTE_OK;
}

void piste_lists_prune(piste_lists *lists, int64_t now_s) {
    int64_t kept = 0;
    for (int64_t i = 0; i < lists->revoked_count; i++)
        if (lists->revoked[i].until_min > piste_minute_of(now_s))
            lists->revoked[kept++] = lists->revoked[i];
    if (kept == lists->revoked_count)
        return;
    size_t capacity = 1; // room_for_one counts on a power of two
    while (capacity < (size_t)kept)
        capacity *= 2;
    piste_revoked *less = realloc(lists->revoked, capacity * sizeof *less);
    lists->revoked = less ? less : lists->revoked;
    lists->revoked_count = kept;
}

// ---- writing ------------------------------------------------------------------------------------------------------

static json_t *id_json(uint64_t id) {
    char text[PISTE_PASS_ID_TEXT + 1];
    piste_pass_id_to_text(id, text);
    return json_string(text);
}

static json_t *revoked_json(const piste_lists *lists) {
    json_t *list = json_array();
    for (int64_t i = 0; i < lists->revoked_count; i++) {
        const piste_revoked *r = &lists->revoked[i];
        json_array_append_new(list, json_pack("[o,i,I]", id_json(r->pass), (int)r->until_min, (json_int_t)r->at_s));
    }
    return list;
}

static json_t *known_json(const piste_lists *lists) {
    json_t *list = json_array();
    for (int64_t i = 0; i < lists->known_count; i++) {
        const piste_known *k = &lists->known[i];
        json_array_append_new(list, json_pack("[o,i,I,i,i]", id_json(k->pass), (int)k->spent, (json_int_t)k->last_s, (int)k->entrance,
                                              (int)k->last_day));
    }
    return list;
}

piste_status piste_lists_write(const piste_lists *lists, char **text, size_t *length) {
    json_t *revoked = revoked_json(lists), *known = known_json(lists), *waived = json_array(), *merged = json_array();
    for (int64_t i = 0; i < lists->waived_count; i++)
        json_array_append_new(waived, id_json(lists->waived[i]));
    for (int64_t i = 0; i < lists->merged_count; i++)
        json_array_append_new(merged, json_pack("[o,I]", id_json(lists->merged[i].log), (json_int_t)lists->merged[i].sequence));
    bool well = json_array_size(revoked) == (size_t)lists->revoked_count && json_array_size(known) == (size_t)lists->known_count &&
                json_array_size(waived) == (size_t)lists->waived_count && json_array_size(merged) == (size_t)lists->merged_count;
    json_t *root = json_pack("{s:s,s:i,s:I,s:I,s:i,s:o,s:o,s:o,s:o}", "format", "piste-gate-lists", "format-version", 1, "version",
                             (json_int_t)lists->version, "issued-s", (json_int_t)lists->issued_s, "stale-after-h",
                             (int)lists->stale_after_h, "revoked", revoked, "waived", waived, "known", known, "merged", merged);
    if (root && !well) {
        json_decref(root);
        root = NULL;
    }
    char *own = root ? desk_json_dump(root, false, length) : NULL;
    if (!own)
        return PISTE_MEMORY;
    *text = own;
    return PISTE_OK;
}

// ---- reading ------------------------------------------------------------------------------------------------------

// Whether an entry is a list of an id and whole numbers within their bounds. min[i], max[i] are those of the i-th number.
static bool read_entry(const json_t *json, size_t numbers, const int64_t *min, const int64_t *max, uint64_t *id, int64_t *values) {
    const json_t *first = numbers ? json_array_get(json, 0) : json;
    if (numbers && json_array_size(json) != numbers + 1)
        return false;
    if (!json_is_string(first) || piste_pass_id_from_text(json_string_value(first), id) != PISTE_OK)
        return false;
    for (size_t i = 0; i < numbers; i++) {
        const json_t *value = json_array_get(json, i + 1);
        if (!json_is_integer(value) || json_integer_value(value) < min[i] || json_integer_value(value) > max[i])
            return false;
        values[i] = json_integer_value(value);
    }
    return true;
}

typedef struct shape { // of the entries of one list
    const char *key;
    size_t size, numbers;
    int64_t min[4], max[4];
    void (*put)(void *entry, uint64_t id, const int64_t *values);
} shape;

static void put_revoked(void *entry, uint64_t id, const int64_t *v) {
    *(piste_revoked *)entry = (piste_revoked){id, (int32_t)v[0], v[1]};
}
static void put_waived(void *entry, uint64_t id, const int64_t *v) {
    (void)v;
    *(uint64_t *)entry = id;
}
static void put_known(void *entry, uint64_t id, const int64_t *v) {
    *(piste_known *)entry = (piste_known){id, (int32_t)v[0], v[1], (uint16_t)v[2], (int32_t)v[3]};
}
static void put_merged(void *entry, uint64_t id, const int64_t *v) {
    *(piste_merged_log *)entry = (piste_merged_log){id, v[0]};
}

static const int64_t seconds_max = 1ll << 40;

static void read_list(desk_reader *r, const json_t *root, const shape *s, void **out, int64_t *out_count) {
    const json_t *list = desk_json_array(r, root, "", s->key, PISTE_LIST_ENTRIES_MAX);
    if (!list)
        return;
    size_t count = json_array_size(list), capacity = 1;
    while (capacity < count)
        capacity *= 2;
    char *entries = calloc(capacity, s->size);
    if (!entries) {
        r->status = PISTE_MEMORY;
        return;
    }
    uint64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t id = 0;
        int64_t values[4] = {0};
        if (!read_entry(json_array_get(list, i), s->numbers, s->min, s->max, &id, values) || id <= before) {
            desk_json_fail(r, "", "%s[%zu]: not an entry of this list, or not in its order", s->key, i);
            break;
        }
        s->put(entries + i * s->size, id, values);
        before = id;
    }
    *out = entries;
    *out_count = (int64_t)count;
}

piste_status piste_lists_parse(const char *text, size_t length, const char *name, piste_errors *errors, piste_lists *lists) {
    static const char *const known[] = {"format", "format-version", "version", "issued-s", "stale-after-h", "revoked", "waived",
                                        "known", "merged", NULL};
    const shape shapes[] = {
        {"revoked", sizeof(piste_revoked), 2, {PISTE_PASS_MINUTE_MIN, 0}, {PISTE_PASS_MINUTE_MAX, seconds_max}, put_revoked},
        {"waived", sizeof(uint64_t), 0, {0}, {0}, put_waived},
        {"known", sizeof(piste_known), 4, {0, 0, 0, 0}, {INT32_MAX, seconds_max, 65535, INT32_MAX}, put_known},
        {"merged", sizeof(piste_merged_log), 1, {0}, {INT64_MAX}, put_merged},
    };
    desk_reader r = {name, errors, PISTE_OK};
    json_t *root = desk_json_load(&r, text, length);
    if (!root)
        return r.status;
    piste_lists own = {0};
    int64_t stale = 0;
    void *entries[4] = {NULL, NULL, NULL, NULL};
    int64_t counts[4] = {0, 0, 0, 0};
    desk_json_head(&r, root, "piste-gate-lists");
    desk_json_only(&r, root, "", known);
    desk_json_number(&r, root, "", "version", 1, INT64_MAX, &own.version);
    desk_json_number(&r, root, "", "issued-s", 0, seconds_max, &own.issued_s);
    desk_json_number(&r, root, "", "stale-after-h", 1, 10000, &stale);
    for (size_t i = 0; i < BASE_COUNT(shapes); i++)
        read_list(&r, root, &shapes[i], &entries[i], &counts[i]);
    json_decref(root);
    own.stale_after_h = (int32_t)stale;
    own.revoked = entries[0], own.revoked_count = counts[0];
    own.waived = entries[1], own.waived_count = counts[1];
    own.known = entries[2], own.known_count = counts[2];
    own.merged = entries[3], own.merged_count = counts[3];
    if (r.status != PISTE_OK) {
        piste_lists_release(&own);
        return r.status == PISTE_MEMORY ? piste_errors_add(errors, PISTE_MEMORY, name, 0, 0, "no memory") : r.status;
    }
    *lists = own;
    return PISTE_OK;
}
