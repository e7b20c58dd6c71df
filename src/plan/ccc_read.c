// ccc_read.c - a sheet that was written as JSON (docs/guide/ccc.md has its layout) becomes a sheet again.
//
// Only inputs are taken over. What follows from them is worked out anew and held against what the file says, so that a
// sheet whose figures do not follow from its inputs is found out.
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "plan/ccc.h"

enum { TEXT_MAX = 4 * PISTE_TEXT_BYTES_MAX }; // sources of two inputs may be joined

typedef struct reader {
    const char *file;
    base_arena *arena;
    piste_errors *errors;
    piste_status status;
} reader;

static void fail(reader *r, const char *path, const char *format, ...) PISTE_PRINTF(3, 4);
static void fail(reader *r, const char *path, const char *format, ...) {
    char message[300];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    piste_status status = piste_errors_add(r->errors, PISTE_INVALID, r->file, 0, 0, "%s: %s", path, message);
    if (r->status == PISTE_OK)
        r->status = status;
}

static const char *keep(reader *r, const char *text) {
    const char *kept = base_arena_text(r->arena, text, strlen(text));
    if (!kept)
        r->status = PISTE_MEMORY;
    return kept ? kept : "";
}

static const char *path_of(reader *r, const char *path, const char *key) {
    const char *text = base_arena_format(r->arena, "%s.%s", path, key);
    if (!text)
        r->status = PISTE_MEMORY;
    return text ? text : key;
}

static const char *item_of(reader *r, const char *path, const char *key, size_t index) {
    const char *text = base_arena_format(r->arena, "%s.%s[%zu]", path, key, index);
    if (!text)
        r->status = PISTE_MEMORY;
    return text ? text : key;
}

static const char *text_at(reader *r, const json_t *object, const char *path, const char *key, bool may_be_empty) {
    const char *text = json_string_value(json_object_get(object, key));
    if (!text || (!*text && !may_be_empty) || strlen(text) > TEXT_MAX || !base_text_is_clean(text, strlen(text))) {
        fail(r, path_of(r, path, key), "expected a text%s", may_be_empty ? "" : " that is not empty");
        return "";
    }
    return keep(r, text);
}

// null is NaN where `may_be_null`.
static double number_at(reader *r, const json_t *object, const char *path, const char *key, double min, double max,
                        bool may_be_null) {
    const json_t *value = json_object_get(object, key);
    if (may_be_null && json_is_null(value))
        return NAN;
    double number = json_is_number(value) ? json_number_value(value) : (double)NAN;
    if (!(number >= min && number <= max)) {
        if (json_is_number(value))
            fail(r, path_of(r, path, key), "%.10g, expected %.10g to %.10g", number, min, max);
        else
            fail(r, path_of(r, path, key), "expected a number from %.10g to %.10g%s", min, max,
                 may_be_null ? ", or null" : "");
        return NAN;
    }
    return number;
}

static const json_t *list_at(reader *r, const json_t *object, const char *path, const char *key, size_t most) {
    const json_t *list = json_object_get(object, key);
    if (!json_is_array(list) || json_array_size(list) > most)
        fail(r, path_of(r, path, key), "expected a list of at most %zu", most);
    return json_is_array(list) && json_array_size(list) <= most ? list : NULL;
}

static piste_ccc_input input_at(reader *r, const json_t *value, const char *path, double min, double max,
                                bool may_be_null) {
    piste_ccc_input in = {.value = NAN, .error = NAN, .basis = PISTE_CCC_ASSUMED, .source = ""};
    if (!json_is_object(value)) {
        fail(r, path, "expected an input: value, error, basis, source");
        return in;
    }
    in.value = number_at(r, value, path, "value", min, max, may_be_null);
    in.error = number_at(r, value, path, "error", 0, 1e15, true);
    in.source = text_at(r, value, path, "source", true);
    const char *basis = json_string_value(json_object_get(value, "basis"));
    int found = -1;
    for (int b = 0; basis && b < PISTE_CCC_BASIS_COUNT; b++)
        if (strcmp(basis, piste_ccc_basis_word((piste_ccc_basis)b)) == 0)
            found = b;
    if (found < 0)
        fail(r, path_of(r, path, "basis"), "%.40s, expected measured, published, given, chosen, simulated or assumed",
             basis ? basis : "none");
    else
        in.basis = (piste_ccc_basis)found;
    return in;
}

static void abilities_at(reader *r, const json_t *object, const char *path, const char *key,
                         double out[PISTE_ABILITY_COUNT]) {
    const json_t *shares = json_object_get(object, key);
    const char *own = path_of(r, path, key);
    double sum = 0;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        sum += out[a] = number_at(r, shares, own, piste_ability_word((piste_ability)a), 0, 1, false);
    if (r->status == PISTE_OK && !(sum > 0.9999 && sum < 1.0001))
        fail(r, own, "shares that sum to %.10g, expected 1", sum);
}

static void check_figure(reader *r, const json_t *object, const char *path, const char *key, double worked_out) {
    const json_t *value = json_object_get(object, key);
    if (json_is_null(value) && (isnan(worked_out) || isinf(worked_out)))
        return;
    double stated = json_is_number(value) ? json_number_value(value) : (double)NAN;
    if (!(fabs(stated - worked_out) <= 0.001 + 1e-6 * fabs(worked_out)))
        fail(r, path_of(r, path, key), "%.10g, expected %.10g, which follows from the inputs", stated, worked_out);
}

// ---- parts ---------------------------------------------------------------------------------------------------------

static void read_lift(reader *r, const json_t *value, const char *path, piste_ccc_lift *l) {
    static const double most[PISTE_CCC_SERVES] = {1e7, 1, 1, 48, 1e4};
    const json_t *inputs = json_object_get(value, "inputs");
    const char *at = path_of(r, path, "inputs");
    l->key = text_at(r, value, path, "key", false);
    l->name = text_at(r, value, path, "name", true);
    l->remark = text_at(r, value, path, "remark", true);
    l->runs = (int32_t)number_at(r, value, path, "runs", 0, PISTE_ENTRIES_MAX, false);
    for (int p = 0; p < PISTE_CCC_PART_COUNT; p++) {
        const char *word = piste_ccc_part_word((piste_ccc_part)p);
        bool serves = p == PISTE_CCC_SERVES;
        l->in[p] = input_at(r, json_object_get(inputs, word), path_of(r, at, word), p == PISTE_CCC_RISE_M ? -1e4 : 0,
                            serves ? 0 : most[p], serves);
    }
    abilities_at(r, value, path, "serves", l->ability);
}

static void read_lifts(reader *r, const json_t *root, piste_ccc *s) {
    const json_t *list = list_at(r, root, "$", "lifts", PISTE_ENTRIES_MAX);
    size_t count = json_array_size(list);
    s->lifts.list = base_arena_take(r->arena, (count + 1) * sizeof *s->lifts.list);
    for (size_t i = 0; s->lifts.list && i < count; i++) {
        piste_ccc_lift *l = &s->lifts.list[s->lifts.count++];
        read_lift(r, json_array_get(list, i), item_of(r, "$", "lifts", i), l);
        for (size_t k = 0; k < i; k++)
            if (*l->key && strcmp(s->lifts.list[k].key, l->key) == 0)
                fail(r, path_of(r, item_of(r, "$", "lifts", i), "key"), "%.60s, used before", l->key);
    }
    if (count == 0)
        fail(r, "$.lifts", "expected at least one lift");
}

static void read_line(reader *r, const json_t *value, const char *path, piste_ccc_line *line) {
    const json_t *factors = list_at(r, value, path, "factors", PISTE_CCC_FACTORS_MAX);
    line->key = text_at(r, value, path, "key", false);
    line->name = text_at(r, value, path, "name", true);
    for (size_t i = 0; i < json_array_size(factors); i++) {
        const json_t *factor = json_array_get(factors, i);
        const char *own = item_of(r, path, "factors", i);
        line->what[i] = text_at(r, factor, own, "what", false);
        line->in[i] = input_at(r, factor, own, 0, 1e12, true);
        line->count++;
    }
    if (line->count == 0)
        fail(r, path_of(r, path, "factors"), "expected at least one factor");
}

static void read_limit(reader *r, const json_t *value, const char *path, piste_ccc_limit *l) {
    const char *kind = json_string_value(json_object_get(value, "kind"));
    int found = -1;
    for (int k = 0; kind && k < PISTE_CCC_LIMIT_KIND_COUNT; k++)
        if (strcmp(kind, piste_ccc_limit_kind_word((piste_ccc_limit_kind)k)) == 0)
            found = k;
    if (found < 0)
        fail(r, path_of(r, path, "kind"), "%.40s, expected a kind of limit", kind ? kind : "none");
    l->kind = found < 0 ? PISTE_CCC_LIMIT_CAP : (piste_ccc_limit_kind)found;
    l->key = text_at(r, value, path, "key", false);
    l->name = text_at(r, value, path, "name", false);
    l->unit = text_at(r, value, path, "unit", true);
    l->unknown = text_at(r, value, path, "unknown", true);
    l->share = input_at(r, json_object_get(value, "share"), path_of(r, path, "share"), 0, 100, true);
    const json_t *lines = list_at(r, value, path, "lines", PISTE_ENTRIES_MAX);
    l->lines.list = base_arena_take(r->arena, (json_array_size(lines) + 1) * sizeof *l->lines.list);
    for (size_t i = 0; l->lines.list && i < json_array_size(lines); i++)
        read_line(r, json_array_get(lines, i), item_of(r, path, "lines", i), &l->lines.list[l->lines.count++]);
}

static void read_limits(reader *r, const json_t *root, piste_ccc *s) {
    const json_t *list = list_at(r, root, "$", "limits", 100);
    size_t count = json_array_size(list);
    s->limits.list = base_arena_take(r->arena, (count + 1) * sizeof *s->limits.list);
    for (size_t i = 0; s->limits.list && i < count; i++) {
        piste_ccc_limit *l = &s->limits.list[s->limits.count++];
        const char *path = item_of(r, "$", "limits", i);
        read_limit(r, json_array_get(list, i), path, l);
        if ((l->kind == PISTE_CCC_LIMIT_LIFTS) != (i == 0))
            fail(r, path_of(r, path, "kind"), "expected the lifts first, and once");
        for (size_t k = 0; k < i; k++)
            if (*l->key && strcmp(s->limits.list[k].key, l->key) == 0)
                fail(r, path_of(r, path, "key"), "%.60s, used before", l->key);
    }
    if (count == 0)
        fail(r, "$.limits", "expected at least the lifts");
}

static void read_guests(reader *r, const json_t *root, piste_ccc *s) {
    const json_t *demand = json_object_get(root, "demand"),
                 *classes = list_at(r, root, "$", "terrain", PISTE_CCC_TERRAIN_COUNT);
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        const char *word = piste_ability_word((piste_ability)a);
        s->demand[a] = input_at(r, json_object_get(demand, word), path_of(r, "$.demand", word), 1, 1e6, false);
    }
    abilities_at(r, root, "$", "market_shares", s->ability);
    s->market = input_at(r, json_object_get(root, "market"), "$.market", 0, 0, true);
    if (json_array_size(classes) != PISTE_CCC_TERRAIN_COUNT)
        fail(r, "$.terrain", "expected %d classes", PISTE_CCC_TERRAIN_COUNT);
    for (size_t t = 0; t < json_array_size(classes); t++)
        s->terrain[t].runs = (int32_t)number_at(r, json_array_get(classes, t), item_of(r, "$", "terrain", t), "runs", 0,
                                                PISTE_ENTRIES_MAX, false);
}

static void read_head(reader *r, const json_t *root, piste_ccc *s) {
    const json_t *date = json_object_get(root, "date");
    s->resort = text_at(r, root, "$", "resort", false);
    s->date = PISTE_DATE_NONE;
    if (!json_is_null(date) &&
        (!json_is_string(date) || piste_date_parse(json_string_value(date), &s->date) != PISTE_OK))
        fail(r, "$.date", "expected a date such as 2019-02-02, or null");
    if (!json_is_integer(json_object_get(root, "seed")) || json_integer_value(json_object_get(root, "seed")) < 0)
        fail(r, "$.seed", "expected a whole number from 0 on");
    s->seed = (uint64_t)json_integer_value(json_object_get(root, "seed"));
    s->days = (int32_t)number_at(r, root, "$", "days", 0, PISTE_CCC_DAYS_MAX, false);
    s->day_guests = (int64_t)number_at(r, root, "$", "day_guests", 0, PISTE_GUESTS_MAX, false);
    s->day_wait_s = number_at(r, root, "$", "day_wait_s", 0, 1e6, true);
    const json_t *notes = list_at(r, root, "$", "notes", CCC_NOTES_MAX);
    s->notes.list = base_arena_take(r->arena, (json_array_size(notes) + 1) * sizeof *s->notes.list);
    for (size_t i = 0; s->notes.list && i < json_array_size(notes); i++) {
        const char *note = json_string_value(json_array_get(notes, i));
        if (!note || strlen(note) > TEXT_MAX || !base_text_is_clean(note, strlen(note)))
            fail(r, item_of(r, "$", "notes", i), "expected a text");
        s->notes.list[s->notes.count++] = keep(r, note ? note : "");
    }
}

// What the file says of each figure must be what follows.
static void check_figures(reader *r, const json_t *root, const piste_ccc *s) {
    check_figure(r, root, "$", "ccc", s->ccc);
    check_figure(r, root, "$", "supply_m", s->supply_m);
    for (int32_t i = 0; i < s->lifts.count; i++) {
        const json_t *lift = json_array_get(json_object_get(root, "lifts"), (size_t)i);
        const char *path = item_of(r, "$", "lifts", (size_t)i);
        check_figure(r, lift, path, "adjusted_pph", s->lifts.list[i].adjusted_pph);
        check_figure(r, lift, path, "supply_m", s->lifts.list[i].supply_m);
        check_figure(r, lift, path, "demand_m", s->lifts.list[i].demand_m);
        check_figure(r, lift, path, "ccc", s->lifts.list[i].ccc);
    }
    for (int32_t i = 0; i < s->limits.count; i++)
        check_figure(r, json_array_get(json_object_get(root, "limits"), (size_t)i),
                     item_of(r, "$", "limits", (size_t)i), "guests", s->limits.list[i].guests);
}

static piste_status read_sheet(reader *r, const json_t *root, piste_ccc *s) {
    const double most = 1e12; // people
    const char *format = json_string_value(json_object_get(root, "format"));
    const json_t *version = json_object_get(root, "version");
    if (!format || strcmp(format, "piste-ccc") != 0) {
        fail(r, "$.format", "%.40s, expected piste-ccc: a sheet that piste ccc --json wrote", format ? format : "none");
        return r->status;
    }
    if (!json_is_integer(version) || json_integer_value(version) != PISTE_CCC_VERSION) {
        fail(r, "$.version", "expected %d, the version that this piste reads", PISTE_CCC_VERSION);
        return r->status;
    }
    read_head(r, root, s);
    read_guests(r, root, s);
    read_lifts(r, root, s);
    read_limits(r, root, s);
    if (!s->lifts.list || !s->limits.list || !s->notes.list)
        return PISTE_MEMORY;
    s->rehearsal = (piste_ccc_rehearsal){.worst_lift_key = "", .worst_lift = "", .worst_run_key = "", .worst_run = ""};
    if (r->status != PISTE_OK)
        return r->status;
    ccc_work_out(s);
    for (int32_t i = 0; i < s->limits.count; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        if (l->capacity > most || (l->guests > most && l->share.value > 0))
            fail(r, item_of(r, "$", "limits", (size_t)i), "more than %.10g people, expected what a resort could have",
                 most);
    }
    if (r->status == PISTE_OK)
        check_figures(r, root, s);
    return r->status;
}

piste_status piste_ccc_read(const char *text, size_t length, const char *file, piste_errors *errors, piste_ccc **out) {
    if (length > PISTE_CCC_JSON_BYTES_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, file, 0, 0, "larger than %d bytes, the most that is read",
                                PISTE_CCC_JSON_BYTES_MAX);
    json_error_t where;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!root)
        return piste_errors_add(errors, PISTE_SYNTAX, file, where.line, where.column, "%s", where.text);
    reader r = {.file = file, .arena = base_arena_create(), .errors = errors};
    piste_ccc *s = r.arena ? base_arena_take(r.arena, sizeof *s) : NULL;
    piste_status status = s ? read_sheet(&r, root, s) : PISTE_MEMORY;
    json_decref(root);
    if (status != PISTE_OK) {
        base_arena_destroy(r.arena);
        return status;
    }
    s->owner = r.arena;
    *out = s;
    return PISTE_OK;
}
