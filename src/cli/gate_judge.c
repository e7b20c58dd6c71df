// gate_judge.c - `piste gate judge`: one scan, or scans as they come; `piste gate undo`: one of them did not go through.
//
// From standard input all whole lines that have come are judged, their records are brought to the disk with one flush, and
// only then they are answered: a busy gate flushes once for many, a quiet one at once.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/gate.h"

enum { LINE_MAX_BYTES = 4096, READ_BYTES = 65536 };

int gate_write_json(const gate_wishes *w, json_t *json) {
    char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
    base_text text = {0};
    base_text_format(&text, "%s\n", line ? line : "");
    int code = line && !text.failed ? cli_write(w->json, text.data, text.length) : cli_tell(PISTE_MEMORY, NULL);
    base_text_release(&text);
    free(line);
    json_decref(json);
    return code;
}

// ---- an answer --------------------------------------------------------------------------------------------------------

static const char *holder_of(const piste_answer *a, const piste_table *t, bool key) {
    for (int32_t i = 0; i < t->holders.count; i++)
        if (t->holders.list[i].number == a->pass.holder)
            return key ? t->holders.list[i].key : t->holders.list[i].name;
    return "";
}

static json_t *answer_json(const piste_answer *a, const piste_table *t) {
    int32_t at = piste_table_find_number(t, a->entrance);
    json_t *json = json_pack("{s:b,s:s,s:i,s:s,s:s,s:I,s:I}", "open", a->reason == PISTE_SCAN_OPEN, "reason", piste_scan_reason_word(a->reason),
                             "code", (int)a->reason, "text", piste_scan_reason_text(a->reason), "entrance",
                             at < 0 ? "?" : t->entrances.list[at].key, "sequence", (json_int_t)a->sequence, "time-s", (json_int_t)a->judged_s);
    if (!json)
        return NULL;
    if (a->has_pass && (a->reason == PISTE_SCAN_OPEN || a->reason > PISTE_SCAN_FORGED)) { // the resort's own
        char id[PISTE_PASS_ID_TEXT + 1];
        const piste_product *product = piste_table_product(t, a->pass.product);
        piste_pass_id_to_text(a->pass.id, id);
        json_object_set_new(json, "pass", json_string(id));
        json_object_set_new(json, "product", json_string(product ? product->key : "?"));
        json_object_set_new(json, "class", json_string(holder_of(a, t, true)));
    }
    if (a->undoes)
        json_object_set_new(json, "undoes", json_integer(a->undoes));
    if (a->points_left >= 0)
        json_object_set_new(json, "points-left", json_integer(a->points_left));
    if (a->wait_s)
        json_object_set_new(json, "wait-s", json_integer(a->wait_s));
    if (a->warnings & PISTE_GATE_LISTS_STALE)
        json_object_set_new(json, "lists-stale", json_true());
    if (a->warnings & PISTE_GATE_CLOCK_BACK)
        json_object_set_new(json, "clock-back", json_true());
    if (a->warnings & PISTE_GATE_CALENDAR_ENDS)
        json_object_set_new(json, "calendar-ends", json_true());
    return json;
}

// One line for an attendant: what to do, whose class it is, what else matters.
static void answer_line(const piste_answer *a, const piste_table *t, bool colours, base_text *out) {
    bool open = a->reason == PISTE_SCAN_OPEN;
    if (!a->undoes)
        base_text_format(out, "%s%s%s  ", colours ? (open ? "\033[1;32m" : "\033[1;31m") : "", open ? "OPEN" : "STOP", colours ? "\033[0m" : "");
    if (a->undoes) {
        base_text_format(out, "DONE  record %lld %s", (long long)a->undoes, piste_scan_reason_text(a->reason));
        if (a->points_left >= 0)
            base_text_format(out, ", %d left", a->points_left);
    } else if (open) {
        const piste_product *product = piste_table_product(t, a->pass.product);
        base_text_format(out, "%s, %s", product ? product->name : "?", holder_of(a, t, false));
        if (a->points_left >= 0)
            base_text_format(out, ", %d left", a->points_left);
    } else {
        base_text_format(out, "%s (%s)", piste_scan_reason_text(a->reason), piste_scan_reason_word(a->reason));
    }
    int32_t last = a->last_s ? piste_table_find_number(t, a->last_entrance) : -1;
    if (a->reason == PISTE_SCAN_PASSBACK && last >= 0)
        base_text_format(out, ": at %s %lld s ago, %d s too soon", t->entrances.list[last].key, (long long)(a->judged_s - a->last_s), a->wait_s);
    if (!open && *piste_scan_reason_advice(a->reason))
        base_text_format(out, ". %c%s", piste_scan_reason_advice(a->reason)[0] - 'a' + 'A', piste_scan_reason_advice(a->reason) + 1);
    if (a->warnings & PISTE_GATE_LISTS_STALE)
        base_text_add(out, " [lists are old]");
    if (a->warnings & PISTE_GATE_CLOCK_BACK)
        base_text_add(out, " [clock is behind]");
    if (a->warnings & PISTE_GATE_CALENDAR_ENDS)
        base_text_add(out, " [calendar ends]");
    base_text_add(out, "\n");
}

static void add_answer(const gate_wishes *w, const piste_answer *a, const piste_table *t, base_text *out) {
    if (!w->json) {
        answer_line(a, t, cli_has_colours(STDOUT_FILENO), out);
        return;
    }
    json_t *json = answer_json(a, t);
    char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
    out->failed = out->failed || !line;
    base_text_format(out, "%s\n", line ? line : "");
    free(line);
    json_decref(json);
}

// ---- scans as they come -----------------------------------------------------------------------------------------------

typedef struct stream {
    const gate_wishes *w;
    piste_gate *gate;
    piste_errors *errors;
    base_text in, out;
    long line;
    bool odd; // some line was no scan
} stream;

typedef struct asked {
    const char *token;
    size_t length;
    uint16_t entrance;
    int64_t undoes; // a record; 0: it is a scan
    piste_clock clock;
} asked;

static const char *read_object(stream *s, const json_t *json, asked *a) {
    const json_t *token = json_object_get(json, "pass"), *at = json_object_get(json, "at"), *time = json_object_get(json, "time-s"),
                 *undo = json_object_get(json, "undo");
    size_t known = (token != NULL) + (at != NULL) + (time != NULL) + (undo != NULL);
    if (json_object_size(json) != known || (undo ? token || at : !json_is_string(token)))
        return "expected pass, and perhaps at and time-s; or undo, and perhaps time-s";
    if (undo && (!json_is_integer(undo) || json_integer_value(undo) < 1))
        return "undo, expected the number of a record";
    a->undoes = json_integer_value(undo);
    a->token = token ? json_string_value(token) : "";
    a->length = token ? json_string_length(token) : 0;
    if (at) {
        const piste_table *t = piste_gate_get_table(s->gate);
        int32_t index = json_is_string(at) ? piste_table_find_entrance(t, json_string_value(at)) : -1;
        if (index < 0)
            return "at: there is no such entrance";
        a->entrance = t->entrances.list[index].number;
    }
    if (s->w->times) {
        if (!json_is_integer(time) || json_integer_value(time) < PISTE_CLOCK_LEAST_S || json_integer_value(time) > (1ll << 34))
            return "time-s, expected seconds since 1970";
        // What kept the time was not this machine: its clock stands for both.
        a->clock = (piste_clock){json_integer_value(time), (json_integer_value(time) - PISTE_CLOCK_LEAST_S) * 1000, 1};
    } else if (time) {
        return "time-s is taken with --times only";
    }
    return NULL;
}

static piste_status take_line(stream *s, const char *line, size_t length) {
    asked a = {.token = line, .length = length, .clock = piste_clock_read()};
    json_t *json = NULL;
    json_error_t why;
    const char *wrong = NULL;
    s->line++;
    if (length > 0 && line[0] == '{') {
        json = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
        wrong = json ? read_object(s, json, &a) : why.text;
    } else if (s->w->times) {
        wrong = "expected {\"pass\": ..., \"time-s\": ...}";
    }
    piste_answer answer;
    piste_status status = PISTE_OK;
    if (!wrong && a.undoes)
        status = piste_gate_undo(s->gate, a.undoes, &a.clock, NULL, &answer);
    else if (!wrong)
        status = piste_gate_judge(s->gate, a.token, a.length, a.entrance, &a.clock, &answer);
    if (wrong) {
        s->odd = true;
        fprintf(stderr, "standard input:%ld: %s\n", s->line, wrong);
        base_text_format(&s->out, "%s\n", s->w->json ? "{\"open\":false,\"reason\":\"not_a_scan\"}" : "STOP  this line is not a scan");
    } else if (status == PISTE_NOT_FOUND || status == PISTE_REFUSED) { // the scan counts, and all goes on
        const char *reason = status == PISTE_REFUSED ? "too_late" : "no_admission";
        base_text_format(&s->out, s->w->json ? "{\"open\":false,\"reason\":\"%s\"}\n" : "STOP  nothing is undone (%s)\n", reason);
        status = PISTE_OK;
    } else if (status == PISTE_OK) {
        add_answer(s->w, &answer, piste_gate_get_table(s->gate), &s->out);
    }
    json_decref(json);
    return status;
}

static piste_status write_answers(stream *s) {
    if (s->out.failed)
        return PISTE_MEMORY;
    piste_status status = PISTE_OK;
    if (s->out.length && (fwrite(s->out.data, 1, s->out.length, stdout) != s->out.length || fflush(stdout) != 0))
        status = piste_errors_add(s->errors, PISTE_IO, "standard output", 0, 0, "%s", strerror(errno));
    s->out.length = 0;
    return status;
}

// Judges the whole lines that have come, or all that is left at the end.
static piste_status take_lines(stream *s, bool end) {
    size_t at = 0;
    bool changed = false;
    piste_status status = piste_gate_refresh(s->gate, s->errors, &changed);
    while (status == PISTE_OK && at < s->in.length) {
        const char *line = s->in.data + at, *stop = memchr(line, '\n', s->in.length - at);
        if (!stop && !end && s->in.length - at <= LINE_MAX_BYTES)
            break;
        size_t length = stop ? (size_t)(stop - line) : s->in.length - at;
        at += length + (stop != NULL);
        length -= length > 0 && line[length - 1] == '\r';
        if (length > LINE_MAX_BYTES)
            length = LINE_MAX_BYTES; // no scan anyway, and said to be none
        status = take_line(s, line, length);
    }
    if (status == PISTE_OK && at) {
        memmove(s->in.data, s->in.data + at, s->in.length - at);
        s->in.length -= at;
        status = piste_gate_sync(s->gate, s->errors);
    }
    return status == PISTE_OK ? write_answers(s) : status;
}

static int judge_stream(const gate_wishes *w, piste_gate *gate, piste_errors *errors) {
    stream s = {.w = w, .gate = gate, .errors = errors};
    char *buffer = malloc(READ_BYTES);
    piste_status status = buffer ? PISTE_OK : PISTE_MEMORY;
    for (ssize_t got = 1; status == PISTE_OK && got > 0;) {
        got = read(STDIN_FILENO, buffer, READ_BYTES);
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        if (got < 0)
            status = piste_errors_add(errors, PISTE_IO, "standard input", 0, 0, "%s", strerror(errno));
        else if (got > 0)
            base_text_add_bytes(&s.in, buffer, (size_t)got);
        if (s.in.failed)
            status = PISTE_MEMORY;
        if (status == PISTE_OK)
            status = take_lines(&s, got == 0);
    }
    bool odd = s.odd;
    base_text_release(&s.in);
    base_text_release(&s.out);
    free(buffer);
    if (status != PISTE_OK)
        return cli_tell(status, errors);
    return odd ? piste_status_exit_code(PISTE_INVALID) : 0;
}

// ---- one of them did not go through -----------------------------------------------------------------------------------

int gate_undo(const gate_wishes *w, piste_errors *errors) {
    piste_gate *gate = NULL;
    piste_answer answer;
    piste_clock clock = piste_clock_read();
    int64_t record = 0;
    if (!cli_parse_number(w->words[1], 1, INT64_MAX, &record))
        return cli_usage(&cli_gate, "record %s, expected a number, as 'piste gate judge --json' tells it with 'sequence'", w->words[1]);
    piste_status status = piste_gate_open(w->words[0], errors, &gate);
    if (status == PISTE_OK)
        status = piste_gate_undo(gate, record, &clock, errors, &answer);
    if (status == PISTE_OK)
        status = piste_gate_sync(gate, errors);
    base_text out = {0};
    if (status == PISTE_OK)
        add_answer(w, &answer, piste_gate_get_table(gate), &out);
    int code = status != PISTE_OK ? cli_tell(status, errors)
               : out.failed       ? cli_tell(PISTE_MEMORY, NULL)
                                  : cli_write(w->json ? w->json : "-", out.data, out.length);
    base_text_release(&out);
    piste_gate_close(gate);
    return code;
}

// ---- one scan ---------------------------------------------------------------------------------------------------------

static int judge_one(const gate_wishes *w, piste_gate *gate, uint16_t entrance, piste_errors *errors) {
    piste_clock clock = piste_clock_read();
    piste_answer answer;
    piste_status status = piste_gate_judge(gate, w->words[1], strlen(w->words[1]), entrance, &clock, &answer);
    if (status == PISTE_OK)
        status = piste_gate_sync(gate, errors);
    if (status != PISTE_OK)
        return cli_tell(status, errors);
    base_text out = {0};
    add_answer(w, &answer, piste_gate_get_table(gate), &out);
    int code = out.failed ? cli_tell(PISTE_MEMORY, NULL) : cli_write(w->json ? w->json : "-", out.data, out.length);
    base_text_release(&out);
    return code ? code : piste_scan_reason_exit_code(answer.reason);
}

int gate_judge(const gate_wishes *w, piste_errors *errors) {
    piste_gate *gate = NULL;
    bool from_input = strcmp(w->words[1], "-") == 0;
    if (from_input && w->json && strcmp(w->json, "-") != 0)
        return cli_usage(&cli_gate, "--json %s: scans from standard input are answered on standard output, as --json -", w->json);
    if (!from_input && w->times)
        return cli_usage(&cli_gate, "--times is for scans from standard input");
    if (from_input && w->at)
        return cli_usage(&cli_gate, "--at: scans from standard input name their entrance themselves");
    piste_status status = piste_gate_open(w->words[0], errors, &gate);
    int32_t at = status == PISTE_OK && w->at ? piste_table_find_entrance(piste_gate_get_table(gate), w->at) : 0;
    if (at < 0)
        status = piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0, "--at: there is no entrance %s; see 'piste pass table'", w->at);
    int code;
    if (status != PISTE_OK)
        code = cli_tell(status, errors);
    else if (from_input)
        code = judge_stream(w, gate, errors);
    else
        code = judge_one(w, gate, w->at ? piste_gate_get_table(gate)->entrances.list[at].number : 0, errors);
    piste_gate_close(gate);
    return code;
}
