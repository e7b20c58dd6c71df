// scans.c - reads scans.csv and counts.csv: comma-separated, with a head, fields in quotes where they need them.
//
// A pass is known by a 64-bit hash of its text while the file is read, and by a number afterwards.
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"

enum { FIELDS_MAX = 32, TELL_MAX = 60 };

typedef struct row {
    uint64_t pass; // 0: none
    int32_t day, second;
    int16_t lift, segment;
} row;

typedef struct csv { // a file being read, line by line
    const char *name, *at, *end;
    int32_t line;
    const char *field[FIELDS_MAX]; // of the present line; in `copy`
    size_t length[FIELDS_MAX];
    int32_t count;
    int32_t columns;
    char *copy;
    size_t room;
    piste_errors *errors;
    bool bad, failed;
} csv;

typedef struct dates {
    piste_date list[PISTE_SCAN_DAYS_MAX];
    int32_t count;
} dates;

// Says what is wrong with a field of this line; field < 0: with the line as `expected` has it.
static void tell(csv *c, piste_status status, const char *column, int32_t field, const char *expected) {
    c->bad = true;
    if (field < 0) {
        piste_errors_add(c->errors, status, c->name, c->line, 0, "%s: %s", column, expected);
        return;
    }
    int shown = c->length[field] < TELL_MAX ? (int)c->length[field] : TELL_MAX;
    piste_errors_add(c->errors, status, c->name, c->line, 0, "%s: %.*s, expected %s", column, shown ? shown : 7,
                     shown ? c->field[field] : "nothing", expected);
}

// Takes the next line apart into c->field; false: there is none. A quote inside of quotes is written twice.
static bool next_line(csv *c) {
    c->count = 0;
    if (c->at >= c->end)
        return false;
    c->line++;
    const char *stop = memchr(c->at, '\n', (size_t)(c->end - c->at));
    stop = stop ? stop : c->end;
    size_t length = (size_t)(stop - c->at);
    if (length + 1 > c->room) {
        char *copy = realloc(c->copy, 2 * length + 256);
        if (!copy) {
            c->failed = true;
            return false;
        }
        c->copy = copy;
        c->room = 2 * length + 256;
    }
    const char *at = c->at;
    const char *line_end = stop > at && stop[-1] == '\r' ? stop - 1 : stop;
    char *out = c->copy;
    c->at = stop < c->end ? stop + 1 : c->end;
    for (bool more = true; more && c->count < FIELDS_MAX;) {
        char *begin = out;
        bool quoted = at < line_end && *at == '"';
        at += quoted;
        while (at < line_end && (quoted || *at != ',')) {
            if (quoted && *at == '"') {
                if (at + 1 < line_end && at[1] == '"')
                    at++;
                else {
                    quoted = false;
                    at++;
                    continue;
                }
            }
            *out++ = *at++;
        }
        c->field[c->count] = begin;
        c->length[c->count++] = (size_t)(out - begin);
        *out++ = 0;
        if (quoted)
            tell(c, PISTE_SYNTAX, "line", -1, "a quote that is not closed, expected one more before the line ends");
        more = at < line_end;
        at += more;
        if (more && at == line_end && c->count < FIELDS_MAX) { // a comma at the end: an empty field behind it
            c->field[c->count] = "";
            c->length[c->count++] = 0;
            more = false;
        }
    }
    return true;
}

static bool is_blank(const csv *c) {
    return c->count == 1 && c->length[0] == 0;
}

// Reads the head; columns[i] is the field of words[i], -1 where it is not there.
static bool read_head(csv *c, const char *const *words, int32_t count, int32_t needed, int32_t *columns) {
    base_text all = {0};
    for (int32_t i = 0; i < count; i++) {
        columns[i] = -1;
        base_text_format(&all, "%s%s", i ? ", " : "", words[i]);
    }
    if (c->end - c->at >= 3 && memcmp(c->at, "\xef\xbb\xbf", 3) == 0)
        c->at += 3;
    if (!next_line(c) || is_blank(c)) {
        c->line = c->line ? c->line : 1;
        tell(c, PISTE_SYNTAX, "head", -1, "nothing, expected the names of the columns");
    }
    for (int32_t f = 0; f < c->count && !c->bad; f++) {
        int32_t i = 0;
        while (i < count && (strlen(words[i]) != c->length[f] || memcmp(words[i], c->field[f], c->length[f]) != 0))
            i++;
        if (i == count)
            tell(c, PISTE_INVALID, "head", f, all.data ? all.data : "");
        else if (columns[i] >= 0)
            tell(c, PISTE_INVALID, "head", f, "each column once");
        else
            columns[i] = f;
    }
    for (int32_t i = 0; i < needed && !c->bad; i++)
        if (columns[i] < 0) {
            piste_errors_add(c->errors, PISTE_INVALID, c->name, c->line, 0, "head: no column %s, expected one",
                             words[i]);
            c->bad = true;
        }
    c->columns = c->count;
    base_text_release(&all);
    return !c->bad && !c->failed;
}

static bool digits(const char *at, size_t length, int32_t *value) {
    if (length == 0 || length > 8)
        return false;
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *value = *value * 10 + (at[i] - '0');
    }
    return true;
}

// "9:05", "09:05:07"; hours may pass 24.
static bool clock_of(const char *text, int32_t *second) {
    int32_t part[3] = {0, 0, 0}, count = 0;
    for (;; count++) {
        size_t length = strcspn(text, ":");
        if (count == 3 || length > 2 || !digits(text, length, &part[count]))
            return false;
        text += length;
        if (!*text)
            break;
        text++;
    }
    *second = part[0] * 3600 + part[1] * 60 + part[2];
    return count >= 1 && part[1] < 60 && part[2] < 60;
}

// The number of a date among those that have been seen; -1: too many.
static int32_t day_of(dates *d, piste_date date) {
    for (int32_t i = d->count - 1; i >= 0; i--)
        if (d->list[i] == date)
            return i;
    if (d->count == PISTE_SCAN_DAYS_MAX)
        return -1;
    d->list[d->count] = date;
    return d->count++;
}

static int32_t lift_of(const piste_resort *resort, const char *text) {
    int32_t lift = piste_resort_find_lift(resort, text);
    for (int32_t i = 0; lift < 0 && i < resort->lifts.count; i++)
        if (strcmp(resort->lifts.list[i].name, text) == 0)
            lift = i;
    return lift;
}

static const char *all_lifts(const piste_resort *resort, base_text *out) {
    base_text_add(out, "the key or the name of a lift of the resort:");
    for (int32_t i = 0; i < resort->lifts.count && i < 20; i++)
        base_text_format(out, "%s %s", i ? "," : "", resort->lifts.list[i].entry.key);
    if (resort->lifts.count > 20)
        base_text_add(out, ", ...");
    return out->data ? out->data : "a lift of the resort";
}

// ---- scans ----------------------------------------------------------------------------------------------------------

enum { PASS, LIFT, TIME, DATE, GATE, SEGMENT, SCAN_COLUMNS };
static const char *const scan_words[SCAN_COLUMNS] = {"pass", "lift", "time", "date", "gate", "segment"};

typedef struct reading {
    const piste_resort *resort;
    csv csv;
    int32_t columns[SCAN_COLUMNS];
    dates dates;
    row *rows;
    int64_t count, room;
    uint8_t *gate;   // for each lift: as its rows say; 0: they do not
    int32_t *latest; // for each day and lift: the second of the last row
    base_text lifts;
} reading;

static const char *field_of(const reading *r, int32_t column, int32_t *field) {
    *field = r->columns[column];
    return *field < 0 || r->csv.length[*field] == 0 ? NULL : r->csv.field[*field];
}

static bool read_day(reading *r, int32_t *day) {
    int32_t field;
    piste_date date = PISTE_DATE_NONE;
    const char *text = field_of(r, DATE, &field);
    if (field >= 0 && (!text || piste_date_parse(text, &date) != PISTE_OK))
        return tell(&r->csv, PISTE_INVALID, "date", field, "a date such as 2019-02-02"), false;
    *day = day_of(&r->dates, date);
    if (*day < 0)
        return tell(&r->csv, PISTE_LIMIT, "date", field, "at most 400 days in one file"), false;
    return true;
}

static bool read_when_and_where(reading *r, row *out) {
    int32_t field;
    char expected[96];
    const piste_span *span = &r->resort->day;
    const char *text = field_of(r, LIFT, &field);
    int32_t lift = text ? lift_of(r->resort, text) : -1;
    if (lift < 0) {
        r->lifts.length = 0;
        return tell(&r->csv, PISTE_INVALID, "lift", field, all_lifts(r->resort, &r->lifts)), false;
    }
    text = field_of(r, TIME, &field);
    if (!text || !clock_of(text, &out->second))
        return tell(&r->csv, PISTE_INVALID, "time", field, "a time of the business day such as 09:05:07"), false;
    if (out->second < span->from_s || out->second >= span->to_s) {
        snprintf(expected, sizeof expected, "a time in the resort's day, %02d:%02d to %02d:%02d", span->from_s / 3600,
                 span->from_s / 60 % 60, span->to_s / 3600, span->to_s / 60 % 60);
        return tell(&r->csv, PISTE_INVALID, "time", field, expected), false;
    }
    int32_t *latest = &r->latest[(size_t)out->day * (size_t)r->resort->lifts.count + (size_t)lift];
    if (out->second < *latest) {
        snprintf(expected, sizeof expected,
                 "not before %02d:%02d:%02d, the row of this lift above it; a column date tells days apart",
                 *latest / 3600, *latest / 60 % 60, *latest % 60);
        return tell(&r->csv, PISTE_INVALID, "time", field, expected), false;
    }
    *latest = out->second;
    out->lift = (int16_t)lift;
    return true;
}

static void read_gate(reading *r, const row *own) {
    int32_t field;
    const char *text = field_of(r, GATE, &field);
    if (!text)
        return;
    uint8_t gate = strcmp(text, "before") == 0  ? PISTE_GATE_PLACE_BEFORE
                   : strcmp(text, "after") == 0 ? PISTE_GATE_PLACE_AFTER
                                                : PISTE_GATE_PLACE_NONE;
    if (gate == PISTE_GATE_PLACE_NONE)
        tell(&r->csv, PISTE_INVALID, "gate", field, "before or after (the queue)");
    else if (r->gate[own->lift] && r->gate[own->lift] != gate)
        tell(&r->csv, PISTE_INVALID, "gate", field, "the same in all rows of a lift");
    else
        r->gate[own->lift] = gate;
}

static void read_segment(reading *r, row *own) {
    int32_t field;
    const char *text = field_of(r, SEGMENT, &field);
    own->segment = -1;
    for (int32_t i = 0; text && i < r->resort->segments.count; i++)
        if (strcmp(r->resort->segments.list[i].entry.key, text) == 0)
            own->segment = (int16_t)i;
    if (text && own->segment < 0)
        tell(&r->csv, PISTE_INVALID, "segment", field, "the key of a segment of the resort, or nothing");
}

static void read_row(reading *r) {
    row own = {0};
    int32_t field;
    csv *c = &r->csv;
    if (c->count != c->columns) {
        char expected[64];
        snprintf(expected, sizeof expected, "%d fields, expected %d as in the head", c->count, c->columns);
        tell(c, PISTE_SYNTAX, "line", -1, expected);
        return;
    }
    if (!read_day(r, &own.day) || !read_when_and_where(r, &own))
        return;
    const char *pass = field_of(r, PASS, &field);
    if (pass && c->length[field] > PISTE_PASS_BYTES_MAX) { // not told itself
        tell(c, PISTE_LIMIT, "pass", -1, "more than 100 bytes, expected at most 100");
        return;
    }
    own.pass = pass ? base_key_text(pass) | 1 : 0;
    read_gate(r, &own);
    read_segment(r, &own);
    if (r->count == r->room) {
        int64_t room = r->room ? 2 * r->room : 4096;
        row *rows = realloc(r->rows, (size_t)room * sizeof *rows);
        if (!rows) {
            c->failed = true;
            return;
        }
        r->rows = rows;
        r->room = room;
    }
    r->rows[r->count++] = own;
}

static int by_day_and_pass(const void *a, const void *b) {
    const row *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->pass != y->pass)
        return x->pass < y->pass ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return (x->lift > y->lift) - (x->lift < y->lift);
}

static void *take(base_arena *arena, size_t count, size_t size) {
    return base_arena_take(arena, (count ? count : 1) * size);
}

static bool make_gates(const reading *r, const piste_scans_def *def, piste_scans *s) {
    const piste_resort *resort = r->resort;
    size_t lifts = (size_t)resort->lifts.count;
    calibrate_gates *g = &s->gates;
    *g = (calibrate_gates){.lifts = resort->lifts.count};
    g->gate = take(s->arena, lifts, 1);
    g->click = take(s->arena, lifts, 1);
    g->index = take(s->arena, lifts, sizeof *g->index);
    g->lift = take(s->arena, lifts, sizeof *g->lift);
    g->shortest_s = take(s->arena, lifts, sizeof *g->shortest_s);
    if (!g->gate || !g->click || !g->index || !g->lift || !g->shortest_s)
        return false;
    for (int64_t i = 0; i < r->count; i++) {
        const row *own = &r->rows[i];
        uint8_t gate = r->gate[own->lift] ? r->gate[own->lift] : (uint8_t)def->gate;
        *(own->pass ? &g->gate[own->lift] : &g->click[own->lift]) = gate;
        g->segments |= own->segment >= 0;
    }
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        const piste_lift *lift = &resort->lifts.list[i];
        double shortest = lift->length_m, before = 0;
        for (int32_t k = 0; k <= lift->stations.count; k++) {
            double at = k < lift->stations.count ? lift->stations.list[k].at_m : lift->length_m;
            shortest = at - before < shortest ? at - before : shortest;
            before = at;
        }
        g->shortest_s[i] = lift->length_m > 0 ? (int32_t)(lift->ride_s * (shortest / lift->length_m)) : lift->ride_s;
        g->index[i] = g->gate[i] ? g->count : -1;
        if (g->gate[i])
            g->lift[g->count++] = i;
    }
    return true;
}

// Rows [from, to) are those of one day, by pass and time.
static bool make_day(const reading *r, piste_scans *s, int64_t from, int64_t to, calibrate_day *day) {
    const piste_resort *resort = r->resort;
    size_t lifts = (size_t)resort->lifts.count, count = (size_t)(to - from);
    *day = (calibrate_day){.visits = -1, .sold = -1, .cars = -1, .date = r->dates.list[r->rows[from].day]};
    day->scans = take(s->arena, count, sizeof *day->scans);
    day->clicks = take(s->arena, count, sizeof *day->clicks);
    day->counted = take(s->arena, lifts, sizeof *day->counted);
    if (!day->scans || !day->clicks || !day->counted)
        return false;
    for (size_t i = 0; i < lifts; i++)
        day->counted[i] = s->gates.click[i] ? 0 : (double)NAN;
    uint64_t before = 0;
    for (int64_t i = from; i < to; i++) {
        const row *own = &r->rows[i];
        calibrate_scan scan = {own->second, -1, own->lift, own->segment};
        if (!own->pass) {
            day->clicks[day->click_count++] = scan;
            day->counted[own->lift]++;
            continue;
        }
        day->pass_count += own->pass != before;
        before = own->pass;
        scan.pass = day->pass_count - 1;
        day->scans[day->count++] = scan;
    }
    return calibrate_day_tidy(&s->gates, s->arena, day);
}

static int by_date(const void *a, const void *b) {
    const calibrate_day *x = a, *y = b;
    return (x->date > y->date) - (x->date < y->date);
}

static bool make_scans(reading *r, const piste_scans_def *def, piste_scans *s) {
    qsort(r->rows, (size_t)r->count, sizeof *r->rows, by_day_and_pass);
    s->days = take(s->arena, (size_t)r->dates.count, sizeof *s->days);
    if (!s->days || !make_gates(r, def, s))
        return false;
    s->rows = r->count;
    for (int64_t from = 0, to; from < r->count; from = to) {
        for (to = from; to < r->count && r->rows[to].day == r->rows[from].day; to++)
            continue;
        if (!make_day(r, s, from, to, &s->days[s->day_count++]))
            return false;
    }
    qsort(s->days, (size_t)s->day_count, sizeof *s->days, by_date);
    return true;
}

static piste_status read_rows(reading *r) {
    csv *c = &r->csv;
    size_t cells = (size_t)PISTE_SCAN_DAYS_MAX * (size_t)(r->resort->lifts.count + 1);
    r->gate = calloc((size_t)r->resort->lifts.count + 1, 1);
    r->latest = calloc(cells, sizeof *r->latest);
    if (!r->gate || !r->latest)
        return piste_errors_add(c->errors, PISTE_MEMORY, c->name, 0, 0, "no memory for the scans");
    if (!read_head(c, scan_words, SCAN_COLUMNS, DATE, r->columns))
        return c->failed ? PISTE_MEMORY : PISTE_INVALID;
    while (next_line(c) && !c->failed) {
        if (is_blank(c))
            continue;
        if (r->count == PISTE_SCANS_MAX)
            return piste_errors_add(c->errors, PISTE_LIMIT, c->name, c->line, 0,
                                    "more than %d rows, expected at most that many", PISTE_SCANS_MAX);
        read_row(r);
    }
    if (c->failed)
        return piste_errors_add(c->errors, PISTE_MEMORY, c->name, 0, 0, "no memory for the scans");
    if (!c->bad && r->count == 0)
        return piste_errors_add(c->errors, PISTE_INVALID, c->name, c->line, 0,
                                "no scans, expected some below the head");
    return c->bad ? PISTE_INVALID : PISTE_OK;
}

piste_scans_def piste_scans_def_default(void) {
    return (piste_scans_def){.gate = PISTE_GATE_PLACE_BEFORE};
}

piste_status piste_scans_read(const piste_resort *resort, const char *data, size_t length, const char *name,
                              const piste_scans_def *def, piste_errors *errors, piste_scans **out) {
    if (length > PISTE_SCANS_BYTES_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, name, 0, 0, "%zu bytes, expected at most %d", length,
                                PISTE_SCANS_BYTES_MAX);
    if (memchr(data, 0, length))
        return piste_errors_add(errors, PISTE_SYNTAX, name, 0, 0, "a byte of value 0, expected text");
    reading *r = calloc(1, sizeof *r);
    piste_scans *s = calloc(1, sizeof *s);
    piste_status status = PISTE_MEMORY;
    if (r && s && (s->arena = base_arena_create())) {
        r->resort = resort;
        r->csv = (csv){.name = name, .at = data, .end = data + length, .errors = errors};
        status = read_rows(r);
        if (status == PISTE_OK && !make_scans(r, def, s))
            status = PISTE_MEMORY;
        if (status == PISTE_OK && s->gates.count > PISTE_SCAN_GATES_MAX)
            status = piste_errors_add(errors, PISTE_LIMIT, name, 0, 0, "scans at %d lifts, expected at most %d",
                                      s->gates.count, PISTE_SCAN_GATES_MAX);
        free(r->csv.copy);
        free(r->rows);
        free(r->gate);
        free(r->latest);
        base_text_release(&r->lifts);
    }
    free(r);
    if (status == PISTE_OK)
        *out = s;
    else
        piste_scans_destroy(s);
    return status;
}

static piste_status load(const char *path, piste_errors *errors, char **data, size_t *length) {
    return base_file_read(path, PISTE_SCANS_BYTES_MAX, errors, data, length);
}

piste_status piste_scans_load(const piste_resort *resort, const char *path, const piste_scans_def *def,
                              piste_errors *errors, piste_scans **scans) {
    char *data = NULL;
    size_t length = 0;
    piste_status status = load(path, errors, &data, &length);
    if (status == PISTE_OK)
        status = piste_scans_read(resort, data, length, path, def, errors, scans);
    free(data);
    return status;
}

void piste_scans_destroy(piste_scans *scans) {
    if (scans)
        base_arena_destroy(scans->arena);
    free(scans);
}

// ---- counts ---------------------------------------------------------------------------------------------------------

enum { WHAT, COUNT, COUNT_DATE, FROM, TO, COUNT_COLUMNS };
static const char *const count_words[COUNT_COLUMNS] = {"what", "count", "date", "from", "to"};

static calibrate_day *find_day(csv *c, const int32_t *columns, piste_scans *scans) {
    piste_date date = PISTE_DATE_NONE;
    int32_t field = columns[COUNT_DATE];
    if (field >= 0 && piste_date_parse(c->field[field], &date) != PISTE_OK)
        return tell(c, PISTE_INVALID, "date", field, "a date such as 2019-02-02"), NULL;
    for (int32_t i = 0; i < scans->day_count; i++)
        if (scans->days[i].date == date || (field < 0 && scans->day_count == 1))
            return &scans->days[i];
    if (field < 0)
        tell(c, PISTE_INVALID, "date", -1, "no such column, expected one: the scans are of dated days");
    else
        tell(c, PISTE_INVALID, "date", field, "a day of the scans");
    return NULL;
}

static bool check_span(csv *c, const int32_t *columns) {
    int32_t second[2] = {0, 1};
    bool there[2];
    for (int i = 0; i < 2; i++) {
        int32_t field = columns[FROM + i];
        there[i] = field >= 0 && c->length[field] > 0;
        if (there[i] && !clock_of(c->field[field], &second[i]))
            return tell(c, PISTE_INVALID, count_words[FROM + i], field, "a time of the business day such as 09:15"),
                   false;
    }
    if (there[0] && there[1] && second[0] >= second[1])
        return tell(c, PISTE_INVALID, "to", columns[TO], "a time after `from`"), false;
    return true;
}

static void read_count(csv *c, const int32_t *columns, const piste_resort *resort, piste_scans *scans) {
    int32_t number = 0, what = columns[WHAT];
    if (c->count != c->columns) {
        tell(c, PISTE_SYNTAX, "line", -1, "as many fields as the head has expected");
        return;
    }
    if (!digits(c->field[columns[COUNT]], c->length[columns[COUNT]], &number)) {
        tell(c, PISTE_INVALID, "count", columns[COUNT], "a whole number of at most 8 digits");
        return;
    }
    calibrate_day *day = find_day(c, columns, scans);
    if (!day || !check_span(c, columns))
        return;
    const char *text = c->field[what];
    int64_t *whole = strcmp(text, "visits") == 0 ? &day->visits
                     : strcmp(text, "sold") == 0 ? &day->sold
                     : strcmp(text, "cars") == 0 ? &day->cars
                                                 : NULL;
    int32_t lift = strncmp(text, "lift:", 5) == 0 ? lift_of(resort, text + 5) : -1;
    if (whole && *whole >= 0)
        tell(c, PISTE_INVALID, "what", what, "one such row for each day");
    else if (whole)
        *whole = number;
    else if (lift < 0)
        tell(c, PISTE_INVALID, "what", what, "visits, sold, cars, or lift: with the key of a lift of the resort");
    else {
        scans->gates.click[lift] = scans->gates.click[lift] ? scans->gates.click[lift] : PISTE_GATE_PLACE_AFTER;
        day->counted[lift] = (isnan(day->counted[lift]) ? 0 : day->counted[lift]) + number;
    }
}

piste_status piste_counts_read(const piste_resort *resort, const char *data, size_t length, const char *name,
                               piste_errors *errors, piste_scans *scans) {
    csv c = {.name = name, .at = data, .end = data + length, .errors = errors};
    if (memchr(data, 0, length))
        return piste_errors_add(errors, PISTE_SYNTAX, name, 0, 0, "a byte of value 0, expected text");
    int32_t columns[COUNT_COLUMNS];
    bool good = read_head(&c, count_words, COUNT_COLUMNS, COUNT_DATE, columns);
    while (good && next_line(&c))
        if (!is_blank(&c))
            read_count(&c, columns, resort, scans);
    for (int32_t i = 0; good && !c.bad && i < scans->day_count; i++) {
        const calibrate_day *d = &scans->days[i];
        if (d->sold >= 0 && d->visits > d->sold) {
            piste_errors_add(errors, PISTE_INVALID, name, 0, 0, "visits: %lld of %lld sold, expected at most as many",
                             (long long)d->visits, (long long)d->sold);
            c.bad = true;
        }
    }
    free(c.copy);
    return c.failed ? PISTE_MEMORY : c.bad ? PISTE_INVALID : PISTE_OK;
}

piste_status piste_counts_load(const piste_resort *resort, const char *path, piste_errors *errors, piste_scans *scans) {
    char *data = NULL;
    size_t length = 0;
    piste_status status = load(path, errors, &data, &length);
    if (status == PISTE_OK)
        status = piste_counts_read(resort, data, length, path, errors, scans);
    free(data);
    return status;
}
