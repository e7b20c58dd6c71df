// pass_issue.c - `piste pass issue` and `piste pass show`: a pass of the words of a person, and back.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/pass.h"
#include "report/report.h"

static piste_status wrong(piste_errors *errors, const char *option, const char *value, const char *expected) {
    return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "%s %s, expected %s", option, value, expected);
}

// ---- what was asked for ---------------------------------------------------------------------------------------------

static bool read_clock(const char *text, int32_t *minutes) { // "13:05", to 48:00
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789") != 2 || strspn(text + 3, "0123456789") != 2)
        return false;
    *minutes = atoi(text) * 60 + atoi(text + 3);
    return text[3] < '6' && *minutes <= PISTE_PASS_HOURS_MAX;
}

// A business day (of which `end` says whether its beginning or its end is meant), or a minute of one.
static piste_status read_moment(const office *o, const char *option, const char *text, bool end, piste_errors *errors, int32_t *minute) {
    char date[11];
    int32_t clock = 0;
    piste_date day;
    size_t length = strlen(text);
    snprintf(date, sizeof date, "%.10s", text);
    if ((length != 10 && length != 16) || piste_date_parse(date, &day) != PISTE_OK ||
        (length == 16 && (text[10] != ' ' || !read_clock(text + 11, &clock))))
        return wrong(errors, option, text, "a date such as 2026-12-24, or '2026-12-24 13:00'");
    int32_t index = day - o->table->first_day;
    if (index < 0 || index >= o->table->days.count - 1)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "%s %s is not in the office's calendar; see 'piste pass table'", option, text);
    const piste_business_day *found = &o->table->days.list[index];
    *minute = length == 16 ? found->zero_min + clock : found[end].starts_min;
    return PISTE_OK;
}

static piste_status read_hours(const char *text, piste_errors *errors, piste_pass *pass) {
    char from[6] = {0}, until[6] = {0};
    if (strlen(text) == 11 && text[5] == '-') {
        memcpy(from, text, 5);
        memcpy(until, text + 6, 5);
    }
    if (!read_clock(from, &pass->hours_from_min) || !read_clock(until, &pass->hours_until_min) || pass->hours_from_min >= pass->hours_until_min)
        return wrong(errors, "--hours", text, "times such as 13:00-16:30");
    return PISTE_OK;
}

static piste_status read_zones(const office *o, const char *text, piste_errors *errors, uint64_t *zones) {
    *zones = 0;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, ",");
        bool found = false;
        for (int32_t i = 0; !found && i < o->table->zones.count; i++) {
            const piste_zone *z = &o->table->zones.list[i];
            found = strlen(z->key) == length && memcmp(z->key, at, length) == 0;
            *zones |= found ? 1ull << z->bit : 0;
        }
        if (!found)
            return piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0, "--opens: there is no zone %.*s; see 'piste pass table'", (int)length, at);
        at += length + (at[length] == ',');
    }
    return PISTE_OK;
}

static piste_status read_holder(const office *o, const char *key, piste_errors *errors, uint8_t *holder) {
    for (int32_t i = 0; i < o->table->holders.count; i++)
        if (!key || strcmp(o->table->holders.list[i].key, key) == 0) {
            *holder = (uint8_t)o->table->holders.list[i].number;
            return PISTE_OK;
        }
    return key ? piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0, "--class: there is no class %s; see 'piste pass table'", key) : PISTE_OK;
}

static piste_status read_pass(const pass_wishes *w, const office *o, piste_errors *errors, piste_pass *pass) {
    const piste_product *product = piste_table_find_product(o->table, w->words[1]);
    int64_t points = 0;
    if (!product)
        return piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0, "there is no product %s; see 'piste pass table'", w->words[1]);
    if (!w->from)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--from is missing: its first day");
    if (w->points && !cli_parse_number(w->points, 1, 65535, &points))
        return wrong(errors, "--points", w->points, "1 to 65535");
    if (product->by_day && !points)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--points is missing: the days that %s counts", product->key);
    *pass = (piste_pass){.id = 1, .product = product->number, .opens = product->opens, .by_day = product->by_day,
                         .waiver_due = product->waiver || w->waiver, .points = (uint16_t)points};
    piste_status status = read_moment(o, "--from", w->from, false, errors, &pass->from_min);
    if (status == PISTE_OK)
        status = read_moment(o, w->until ? "--until" : "--from", w->until ? w->until : w->from, true, errors, &pass->until_min);
    if (status == PISTE_OK && !w->until && strlen(w->from) > 10) { // from a time on: to the end of that day
        char date[11];
        snprintf(date, sizeof date, "%.10s", w->from);
        status = read_moment(o, "--from", date, true, errors, &pass->until_min);
    }
    if (status == PISTE_OK && w->hours)
        status = read_hours(w->hours, errors, pass);
    if (status == PISTE_OK && w->opens)
        status = read_zones(o, w->opens, errors, &pass->opens);
    if (status == PISTE_OK)
        status = read_holder(o, w->holder, errors, &pass->holder);
    return status == PISTE_OK ? piste_pass_check(pass, errors) : status;
}

// ---- what it says -----------------------------------------------------------------------------------------------------

typedef struct said {
    char token[PISTE_PASS_TEXT + 1], id[PISTE_PASS_ID_TEXT + 1], valid[PISTE_VALID_TEXT];
    base_text opens, points;
} said;

static const char *holder_name(const piste_table *t, uint8_t number) {
    for (int32_t i = 0; i < t->holders.count; i++)
        if (t->holders.list[i].number == number)
            return t->holders.list[i].name;
    return "?";
}

static void say(const piste_pass *pass, const piste_table *t, said *s) {
    piste_pass_id_to_text(pass->id, s->id);
    if (piste_pass_valid_text(pass, t, s->valid) != PISTE_OK)
        snprintf(s->valid, sizeof s->valid, "?");
    for (int32_t i = 0; i < t->zones.count; i++)
        if (pass->opens >> t->zones.list[i].bit & 1)
            base_text_format(&s->opens, "%s%s", s->opens.length ? ", " : "", t->zones.list[i].name);
    base_text_add(&s->opens, "");
    if (pass->points)
        base_text_format(&s->points, "%d %s%s", pass->points, pass->by_day ? "day" : "point", pass->points == 1 ? "" : "s");
    base_text_add(&s->points, "");
}

static void said_release(said *s) {
    base_text_release(&s->opens);
    base_text_release(&s->points);
}

static json_t *pass_json(const piste_pass *p, const piste_table *t, const said *s) {
    const piste_product *product = piste_table_product(t, p->product);
    char key[9];
    snprintf(key, sizeof key, "%08x", p->key);
    json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:i,s:b,s:b}", "pass", s->id, "key", key, "product",
                             product ? product->key : "?", "class", holder_name(t, p->holder), "valid", s->valid, "opens", s->opens.data,
                             "from-s", (json_int_t)piste_minute_second(p->from_min), "until-s", (json_int_t)piste_minute_second(p->until_min),
                             "points", (int)p->points, "by-day", (int)p->by_day, "waiver-due", (int)p->waiver_due);
    if (json && *s->token)
        json_object_set_new(json, "token", json_string(s->token));
    return json;
}

// ---- issuing ----------------------------------------------------------------------------------------------------------

typedef struct batch {
    piste_pass *passes;
    said *said;
    report_card *cards;
    int count;
} batch;

static piste_status fill(const pass_wishes *w, const office *o, const piste_pass *pass, batch *b, piste_errors *errors) {
    const piste_product *product = piste_table_product(o->table, pass->product);
    for (int i = 0; i < b->count; i++) {
        uint8_t token[PISTE_PASS_BYTES];
        b->passes[i] = *pass;
        b->passes[i].id = piste_pass_id_draw();
        piste_status status = piste_keys_sign_pass(o->keys, &b->passes[i], (int64_t)time(NULL), errors, token);
        if (status != PISTE_OK)
            return status;
        said *s = &b->said[i];
        piste_pass_to_text(token, s->token);
        say(&b->passes[i], o->table, s);
        b->cards[i] = (report_card){.token = s->token, .id = s->id, .resort = o->table->resort, .product = product->name, .counts = s->points.data,
                                    .holder = holder_name(o->table, pass->holder), .valid = s->valid, .opens = s->opens.data,
                                    .name = w->name ? w->name : "",
                                    .date = (piste_date)(piste_minute_second(pass->from_min) / 86400)};
    }
    return PISTE_OK;
}

static void lines_of(const batch *b, const office *o, bool json, base_text *out) {
    for (int i = 0; i < b->count; i++) {
        if (!json) {
            base_text_format(out, "%s\n", b->said[i].token);
            continue;
        }
        json_t *one = pass_json(&b->passes[i], o->table, &b->said[i]);
        char *line = one ? json_dumps(one, JSON_COMPACT) : NULL;
        out->failed = out->failed || !line;
        base_text_format(out, "%s\n", line ? line : "");
        free(line);
        json_decref(one);
    }
}

// All that is asked for is made before anything is written.
static piste_status write_out(const pass_wishes *w, const office *o, const batch *b, piste_errors *errors) {
    const bool bare = !w->text && !w->svg && !w->pdf && !w->json;
    const char *paths[] = {bare ? "-" : w->text, w->json, w->svg, w->pdf};
    base_text texts[4] = {{0}};
    piste_status status = PISTE_OK;
    if (paths[0])
        lines_of(b, o, false, &texts[0]);
    if (paths[1])
        lines_of(b, o, true, &texts[1]);
    if (paths[2])
        status = report_card_svg(b->cards, errors, &texts[2]);
    if (status == PISTE_OK && paths[3])
        status = report_card_pdf(b->cards, (size_t)b->count, errors, &texts[3]);
    for (int i = 0; status == PISTE_OK && i < 4; i++)
        if (texts[i].failed)
            status = piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    for (int i = 0; status == PISTE_OK && i < 4; i++)
        if (paths[i])
            status = base_file_write(paths[i], texts[i].data, texts[i].length, errors);
    for (int i = 0; i < 4; i++)
        base_text_release(&texts[i]);
    return status;
}

static bool said_whole(const batch *b) {
    bool well = true;
    for (int i = 0; i < b->count; i++)
        well = well && !b->said[i].opens.failed && !b->said[i].points.failed;
    return well;
}

piste_status pass_issue(const pass_wishes *w, piste_errors *errors) {
    int64_t count = 1;
    if (w->number && !cli_parse_number(w->number, 1, 1000, &count))
        return wrong(errors, "--count", w->number, "1 to 1000");
    if (count > 1 && w->svg)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--svg holds one card: take --pdf for %lld", (long long)count);
    office o = {0};
    piste_pass pass;
    batch b = {.passes = calloc((size_t)count, sizeof *b.passes), .said = calloc((size_t)count, sizeof *b.said),
               .cards = calloc((size_t)count, sizeof *b.cards), .count = (int)count};
    piste_status status = b.passes && b.said && b.cards ? office_open(w->words[0], errors, &o)
                                                        : piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = read_pass(w, &o, errors, &pass);
    if (status == PISTE_OK)
        status = fill(w, &o, &pass, &b, errors);
    if (status == PISTE_OK)
        status = said_whole(&b) ? write_out(w, &o, &b, errors) : piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    for (int i = 0; b.said && i < b.count; i++)
        said_release(&b.said[i]);
    free(b.passes);
    free(b.said);
    free(b.cards);
    office_close(&o);
    return status;
}

// ---- showing ----------------------------------------------------------------------------------------------------------

static const char *state_of(const office *o, const piste_pass *pass, const uint8_t token[PISTE_PASS_BYTES]) {
    const piste_key *key = NULL;
    int32_t now_min = piste_minute_of((int64_t)time(NULL));
    for (int32_t i = 0; i < piste_keys_count(o->keys); i++)
        if (piste_keys_get(o->keys, i)->public.id == pass->key && piste_keys_get(o->keys, i)->public.use == PISTE_KEY_PASS)
            key = piste_keys_get(o->keys, i);
    if (!key)
        return piste_scan_reason_text(PISTE_SCAN_UNKNOWN_KEY);
    if (!piste_pass_verify(token, key->public.key))
        return piste_scan_reason_text(PISTE_SCAN_FORGED);
    if (now_min >= key->public.until_min)
        return piste_scan_reason_text(PISTE_SCAN_KEY_ENDED);
    if (piste_lists_find_revoked(&o->lists, pass->id))
        return piste_scan_reason_text(PISTE_SCAN_REVOKED);
    return now_min < pass->from_min    ? piste_scan_reason_text(PISTE_SCAN_NOT_YET)
           : now_min >= pass->until_min ? piste_scan_reason_text(PISTE_SCAN_EXPIRED)
                                        : "valid now";
}

static piste_status print_pass(const pass_wishes *w, const office *o, const piste_pass *pass, const uint8_t token[PISTE_PASS_BYTES],
                               piste_errors *errors) {
    said s = {.token = ""};
    const piste_product *product = piste_table_product(o->table, pass->product);
    const char *state = state_of(o, pass, token);
    piste_status status = PISTE_OK;
    say(pass, o->table, &s);
    if (s.opens.failed || s.points.failed) {
        status = piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    } else if (w->json) {
        json_t *json = pass_json(pass, o->table, &s);
        if (json)
            json_object_set_new(json, "state", json_string(state));
        char *line = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
        base_text text = {0};
        base_text_format(&text, "%s\n", line ? line : "");
        status = line && !text.failed ? base_file_write(w->json, text.data, text.length, errors)
                                      : piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
        base_text_release(&text);
        free(line);
        json_decref(json);
    } else {
        printf("Pass      %s\nState     %s\nProduct   %s\nClass     %s\nValid     %s\nOpens     %s\n", s.id, state, product ? product->name : "?",
               holder_name(o->table, pass->holder), s.valid, s.opens.data);
        if (s.points.length)
            printf("Counts    %s\n", s.points.data);
        if (pass->waiver_due)
            printf("Waiver    to be signed before it opens\n");
        printf("Key       %08x\n", pass->key);
    }
    said_release(&s);
    return status;
}

piste_status pass_show(const pass_wishes *w, piste_errors *errors) {
    char *read = NULL;
    size_t length = strlen(w->words[1]);
    const char *text = w->words[1];
    piste_status status = PISTE_OK;
    if (strcmp(text, "-") == 0) {
        status = base_file_read("/dev/stdin", 4096, errors, &read, &length);
        text = read;
        if (status == PISTE_OK)
            length = strcspn(read, "\r\n");
    }
    uint8_t token[PISTE_PASS_BYTES];
    piste_pass pass;
    office o = {0};
    if (status == PISTE_OK && (piste_pass_from_text(text, length, token) != PISTE_OK || piste_pass_read(token, &pass) != PISTE_OK))
        status = piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "not the token of a pass: %d characters, expected %d of 0-9 and A-X",
                                  (int)length, PISTE_PASS_TEXT);
    if (status == PISTE_OK)
        status = office_open(w->words[0], errors, &o);
    if (status == PISTE_OK)
        status = print_pass(w, &o, &pass, token, errors);
    office_close(&o);
    free(read);
    return status;
}
