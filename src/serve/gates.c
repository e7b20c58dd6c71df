// gates.c - the room Gate: what gates of the pages get and send, and what all of them have seen.
//
// A gate judges by itself (web/src/app/gate/judge.ts has the rules of desk/gate_judge.c); nobody waits for this server.
#include "serve/gates.h"

#include <inttypes.h>
#include <stdlib.h>

#include "desk/gate.h"
#include "desk/issued.h"
#include "serve/inside.h"
#include "serve/passes.h"

enum { GATES = DESK_ROLE_GATE | DESK_ROLE_MANAGER, RECENT_S = 900, FINDINGS_MAX = 500 };

// ---- counts ------------------------------------------------------------------------------------------------------------

typedef struct tally {
    int64_t today, recent, refused, last_s;
} tally;

typedef struct tallies {
    const piste_table *table;
    int64_t now_s;
    int32_t day;         // index of the business day
    const desk_gate *gates;
    size_t gate_count;
    tally *of_gate, *of_entrance;
} tallies;

static tally *gate_tally(const tallies *t, uint32_t number) {
    for (size_t i = 0; i < t->gate_count; i++)
        if (t->gates[i].number == number)
            return &t->of_gate[i];
    return NULL;
}

static void count_record(const tallies *t, const piste_record *r, int32_t entrance) {
    tally *each[] = {gate_tally(t, r->gate), entrance >= 0 ? &t->of_entrance[entrance] : NULL};
    for (size_t i = 0; i < BASE_COUNT(each); i++) {
        tally *one = each[i];
        if (!one)
            continue;
        one->last_s = r->judged_s > one->last_s ? r->judged_s : one->last_s;
        bool is_in = r->reason == PISTE_SCAN_OPEN && !r->undone_by;
        one->today += is_in;
        one->refused += r->reason != PISTE_SCAN_OPEN;
        one->recent += is_in && r->judged_s > t->now_s - RECENT_S;
    }
}

static void count_all(const tallies *t, const piste_merge *merge) {
    for (int64_t i = 0; i < piste_merge_count(merge); i++) {
        const piste_record *r = piste_merge_get(merge, i);
        if (r->kind == PISTE_RECORD_SCAN && t->day >= 0 && piste_table_day(t->table, r->judged_s) == t->day)
            count_record(t, r, piste_table_find_number(t->table, r->entrance));
    }
}

static const desk_field gate_fields[] = {
    {"gate", DESK_INT, true, 1, UINT32_MAX, NULL, "its number"},
    {"name", DESK_TEXT, true, 0, 60, NULL, "what people call it"},
    {"entrance", DESK_TEXT, true, 0, PISTE_KEY_BYTES_MAX, NULL, "where it stands"},
    {"today", DESK_INT, true, 0, INT64_MAX, NULL, "people it has let in today"},
    {"recent", DESK_INT, true, 0, INT64_MAX, NULL, "of them in the last 15 minutes"},
    {"refused", DESK_INT, true, 0, INT64_MAX, NULL, "scans that it has refused today"},
    {"last_ms", DESK_INT, true, 0, INT64_MAX, NULL, "its last scan that came here; 0: none today"},
    {.type = DESK_END},
};
static const desk_field entrance_fields[] = {
    {"entrance", DESK_TEXT, true, 0, PISTE_KEY_BYTES_MAX, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 200, NULL, ""},
    {"today", DESK_INT, true, 0, INT64_MAX, NULL, "people let in today"},
    {"recent", DESK_INT, true, 0, INT64_MAX, NULL, "of them in the last 15 minutes"},
    {"refused", DESK_INT, true, 0, INT64_MAX, NULL, "scans refused today"},
    {.type = DESK_END},
};
static const desk_field gates_fields[] = {
    {"at_ms", DESK_INT, true, 0, INT64_MAX, NULL, "the server's time"},
    {"zone", DESK_TEXT, true, 0, 64, NULL, "the resort's time zone"},
    {"gates", DESK_LIST, true, 0, 100000, gate_fields, ""},
    {"entrances", DESK_LIST, true, 0, PISTE_ENTRANCES_MAX, entrance_fields, "where a gate can stand"},
    {.type = DESK_END},
};

static json_t *tally_json(const tally *t, const char *key, json_t *value, const char *name) {
    return json_pack("{s:o,s:s,s:I,s:I,s:I}", key, value, "name", name, "today", (json_int_t)t->today, "recent", (json_int_t)t->recent,
                     "refused", (json_int_t)t->refused);
}

static json_t *gates_json(const tallies *t) {
    json_t *gates = json_array(), *entrances = json_array();
    for (size_t i = 0; i < t->gate_count; i++) {
        json_t *one = tally_json(&t->of_gate[i], "gate", json_integer(t->gates[i].number), t->gates[i].name);
        json_object_set_new(one, "entrance", json_string(t->gates[i].entrance));
        json_object_set_new(one, "last_ms", json_integer(t->of_gate[i].last_s * 1000));
        json_array_append_new(gates, one);
    }
    for (int32_t i = 0; i < t->table->entrances.count; i++)
        json_array_append_new(entrances, tally_json(&t->of_entrance[i], "entrance", json_string(t->table->entrances.list[i].key),
                                                    t->table->entrances.list[i].name));
    return json_pack("{s:I,s:s,s:o,s:o}", "at_ms", (json_int_t)t->now_s * 1000, "zone", t->table->zone, "gates", gates, "entrances", entrances);
}

static void gates_run(serve_request *q) {
    piste_errors *errors = piste_errors_create();
    piste_merge *merge = NULL;
    const piste_lists *lists = NULL;
    desk_gate *list = NULL;
    json_t *answer = NULL;
    tallies t = {.now_s = desk_clock_ms(q->serve->desk) / 1000};
    piste_status status = desk_gates_read(q->serve->desk, &list, &t.gate_count);
    t.gates = list;
    if (status == PISTE_OK)
        status = serve_gates_enter(q->serve->gates, errors, &merge, &t.table, &lists);
    if (status == PISTE_OK) {
        t.day = piste_table_day(t.table, t.now_s);
        t.of_gate = calloc(t.gate_count + 1, sizeof *t.of_gate);
        t.of_entrance = calloc((size_t)t.table->entrances.count + 1, sizeof *t.of_entrance);
        if (t.of_gate && t.of_entrance) {
            count_all(&t, merge);
            answer = gates_json(&t);
        }
        serve_gates_leave(q->serve->gates);
        status = answer ? PISTE_OK : PISTE_MEMORY;
    }
    if (status == PISTE_OK)
        serve_answer(q, 200, answer);
    else
        serve_answer_status(q, status, errors);
    free(t.of_gate);
    free(t.of_entrance);
    free(list);
    piste_errors_destroy(errors);
}

// ---- what is found in all logs together --------------------------------------------------------------------------------

static const desk_field seen_fields[] = {
    {"gate", DESK_INT, true, 0, UINT32_MAX, NULL, "its number"},
    {"entrance", DESK_TEXT, true, 0, PISTE_KEY_BYTES_MAX, NULL, "its key; empty: of none that there is now"},
    {"name", DESK_TEXT, true, 0, 200, NULL, "of the entrance, in the resort's language; empty likewise"},
    {"at_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when"},
    {.type = DESK_END},
};
static const desk_field finding_fields[] = {
    {"kind", DESK_TEXT, true, 0, 12, NULL, "twice, overspent, revoked, fork or gap"},
    {"pass", DESK_TEXT, true, 0, PISTE_PASS_ID_TEXT, NULL, "its number; empty: of a log"},
    {"order", DESK_INT, true, 0, INT64_MAX, NULL, "whose pass it is; 0: of no order"},
    {"position", DESK_INT, true, 0, INT64_MAX, NULL, "of the order"},
    {"first", DESK_OBJECT, false, 0, 0, seen_fields, "the admission before"},
    {"second", DESK_OBJECT, false, 0, 0, seen_fields, "the one that should not have been"},
    {"value", DESK_INT, true, INT64_MIN, INT64_MAX, NULL, "twice: seconds between them; overspent: taken"},
    {"expected", DESK_INT, true, INT64_MIN, INT64_MAX, NULL, "twice: the least; overspent: what it has"},
    {.type = DESK_END},
};
static const desk_field findings_fields[] = {
    {"count", DESK_INT, true, 0, INT64_MAX, NULL, "how many there are"},
    {"findings", DESK_LIST, true, 0, FINDINGS_MAX, finding_fields, "the latest of them, those first"},
    {.type = DESK_END},
};

static json_t *seen_json(const piste_table *t, const piste_record *r) {
    int32_t i = piste_table_find_number(t, r->entrance);
    return json_pack("{s:I,s:s,s:s,s:I}", "gate", (json_int_t)r->gate, "entrance", i < 0 ? "" : t->entrances.list[i].key, "name",
                     i < 0 ? "" : t->entrances.list[i].name, "at_ms", (json_int_t)r->judged_s * 1000);
}

static json_t *finding_json(const piste_table *t, const piste_gate_finding *f) {
    char id[PISTE_PASS_ID_TEXT + 1] = "";
    if (f->pass)
        piste_pass_id_to_text(f->pass, id);
    json_t *o = json_pack("{s:s,s:s,s:i,s:i,s:I,s:I}", "kind", piste_finding_kind_word(f->kind), "pass", id, "order", 0, "position", 0, "value",
                          (json_int_t)f->value, "expected", (json_int_t)f->expected);
    if (f->first)
        json_object_set_new(o, "first", seen_json(t, f->first));
    if (f->second)
        json_object_set_new(o, "second", seen_json(t, f->second));
    return o;
}

static int64_t when_of(const piste_gate_finding *f) {
    return f->second ? f->second->judged_s : f->first ? f->first->judged_s : 0;
}

static int latest_first(const void *a, const void *b) {
    int64_t x = when_of(*(const piste_gate_finding *const *)a), y = when_of(*(const piste_gate_finding *const *)b);
    return x > y ? -1 : x < y;
}

static json_t *findings_json(const piste_table *t, const piste_gate_finding *list, int64_t count) {
    const piste_gate_finding **order = calloc((size_t)count + 1, sizeof *order);
    json_t *array = json_array();
    for (int64_t i = 0; order && i < count; i++)
        order[i] = &list[i];
    if (order)
        qsort(order, (size_t)count, sizeof *order, latest_first);
    for (int64_t i = 0; order && i < count && i < FINDINGS_MAX; i++)
        json_array_append_new(array, finding_json(t, order[i]));
    free(order);
    return json_pack("{s:I,s:o}", "count", (json_int_t)count, "findings", array);
}

// Whose passes they are.
static void tell_orders(serve *s, json_t *answer) {
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(answer, "findings"), i, f) {
        uint64_t id = 0;
        int64_t order = 0, position = 0;
        if (piste_pass_id_from_text(desk_text(f, "pass"), &id) != PISTE_OK || desk_issued_find(s->desk, id, &order, &position) != PISTE_OK)
            continue;
        json_object_set_new(f, "order", json_integer(order));
        json_object_set_new(f, "position", json_integer(position));
    }
}

static void findings_run(serve_request *q) {
    piste_errors *errors = piste_errors_create();
    piste_merge *merge = NULL;
    const piste_table *table = NULL;
    const piste_lists *lists = NULL;
    const piste_gate_finding *list = NULL;
    int64_t count = 0;
    json_t *answer = NULL;
    piste_status status = serve_gates_enter(q->serve->gates, errors, &merge, &table, &lists);
    if (status == PISTE_OK) {
        status = piste_merge_judge(merge, table, lists, &list, &count);
        if (status == PISTE_OK)
            answer = findings_json(table, list, count);
        serve_gates_leave(q->serve->gates);
    }
    if (status == PISTE_OK) {
        tell_orders(q->serve, answer);
        serve_answer(q, 200, answer);
    } else
        serve_answer_status(q, status, errors);
    piste_errors_destroy(errors);
}

// ---- a gate ----------------------------------------------------------------------------------------------------------------

// Its number out of the path; 0: answered.
static uint32_t gate_of(serve_request *q) {
    uint64_t n = 0;
    for (const char *c = q->parts[0]; *c && n <= UINT32_MAX; c++)
        n = *c >= '0' && *c <= '9' ? n * 10 + (uint64_t)(*c - '0') : UINT64_MAX;
    if (n == 0 || n > UINT32_MAX) {
        serve_refuse(q, 404, "no_gate", "gate %.20s, expected a number", q->parts[0]);
        return 0;
    }
    return (uint32_t)n;
}

static void make_gate_run(serve_request *q) {
    json_t *request = json_copy(q->fields);
    if (request)
        json_object_set_new(request, "act", json_string("gate"));
    serve_act(q, request);
}

static const desk_field documents_query[] = {
    {"version", DESK_INT, false, 0, INT64_MAX, NULL, "of the lists that the gate has; 0"},
    {.type = DESK_END},
};
static const desk_field documents_fields[] = {
    {"at_ms", DESK_INT, true, 0, INT64_MAX, NULL, "the server's time"},
    {"keys", DESK_TEXT, false, 0, PISTE_DOCUMENT_BYTES_MAX, NULL, "signed; not given: the gate's own is the newest"},
    {"table", DESK_TEXT, false, 0, PISTE_DOCUMENT_BYTES_MAX, NULL, "likewise"},
    {"lists", DESK_TEXT, false, 0, PISTE_DOCUMENT_BYTES_MAX, NULL, "likewise"},
    {.type = DESK_END},
};

static void documents_run(serve_request *q) {
    piste_errors *errors = piste_errors_create();
    json_t *answer = json_object();
    piste_status status = answer ? serve_gates_publish(q->serve->gates, errors) : PISTE_MEMORY;
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++) {
        char *text = NULL;
        status = serve_gates_document(q->serve->gates, (piste_document)i, desk_number(q->fields, "version", 0), errors, &text);
        if (text)
            json_object_set_new(answer, piste_document_word((piste_document)i), json_string(text));
        free(text);
    }
    json_object_set_new(answer, "at_ms", json_integer(desk_clock_ms(q->serve->desk)));
    if (status == PISTE_OK)
        serve_answer(q, 200, answer);
    else {
        json_decref(answer);
        serve_answer_status(q, status, errors);
    }
    piste_errors_destroy(errors);
}

static const desk_field taken_fields[] = {
    {"have", DESK_INT, true, 0, INT64_MAX, NULL, "records of this log that are here"},
    {"added", DESK_INT, true, 0, INT64_MAX, NULL, "of them those that came with this request"},
    {"is_long", DESK_BOOL, false, 0, 0, NULL, "true: the gate shall go on in another log, with a number of its own"},
    {.type = DESK_END},
};

static void log_run(serve_request *q) {
    piste_errors *errors = piste_errors_create();
    serve_gate_take take;
    uint32_t gate = gate_of(q);
    if (!gate) {
        piste_errors_destroy(errors);
        return;
    }
    piste_status status = serve_gates_take(q->serve->gates, gate, q->body ? q->body : "", q->body_length, errors, &take);
    if (status == PISTE_REFUSED) {
        bool behind = strcmp(take.reason, "gap") == 0, is_full = strcmp(take.reason, "full") == 0;
        json_t *answer = json_pack("{s:s,s:s,s:s,s:I}", "status", "refused", "reason", take.reason, "message",
                                   behind    ? "records before these are not here"
                                   : is_full ? "this log is full: the gate has to go on in another"
                                             : "this is not how the log went on",
                                   "have",
                                   (json_int_t)take.have);
        serve_log(q->serve, "warning", "gate %u: its log was refused: %s", gate, take.reason);
        serve_answer(q, behind || is_full || strcmp(take.reason, "fork") == 0 ? 409 : 422, answer);
    } else if (status == PISTE_OK) {
        char data[64];
        snprintf(data, sizeof data, "{\"gate\":%u}", gate);
        if (take.added)
            serve_live_tell(q->serve, GATES, "gates", data);
        json_t *answer = json_pack("{s:I,s:I}", "have", (json_int_t)take.have, "added", (json_int_t)take.added);
        if (answer && take.is_long)
            json_object_set_new(answer, "is_long", json_true());
        serve_answer(q, 200, answer);
    } else
        serve_answer_status(q, status, errors);
    piste_errors_destroy(errors);
}

// ---- passes of an order ---------------------------------------------------------------------------------------------------

static const desk_field passes_fields[] = {
    {"passes", DESK_LIST, true, 0, DESK_LINES_MAX, serve_pass_fields, "by position"},
    {.type = DESK_END},
};

static void passes_run(serve_request *q) {
    piste_errors *errors = piste_errors_create();
    json_t *passes = NULL;
    int64_t order = 0;
    char *end = NULL;
    order = strtoll(q->parts[0], &end, 10);
    piste_status status = *end || order < 1 ? PISTE_NOT_FOUND : serve_passes_of(q->serve, desk_text(q->fields, "language"), q->session.account, order, errors, &passes);
    if (status == PISTE_OK)
        serve_answer(q, 200, json_pack("{s:o}", "passes", passes));
    else
        serve_answer_status(q, status, errors);
    piste_errors_destroy(errors);
}

static const desk_field pass_query[] = {
    {"token", DESK_TEXT, true, 0, PISTE_PASS_TEXT, NULL, "what a pass's code holds"},
    {.type = DESK_END},
};
static const desk_field pass_where[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "whose pass it is"},
    {"position", DESK_INT, true, 1, INT64_MAX, NULL, "of the order"},
    {.type = DESK_END},
};

static void pass_run(serve_request *q) {
    uint8_t token[PISTE_PASS_BYTES];
    piste_pass pass;
    int64_t order = 0, position = 0;
    const char *text = desk_text(q->fields, "token");
    if (piste_pass_from_text(text, strlen(text), token) != PISTE_OK || piste_pass_read(token, &pass) != PISTE_OK ||
        desk_issued_find(q->serve->desk, pass.id, &order, &position) != PISTE_OK)
        serve_refuse(q, 404, "no_pass", "this is no pass that was issued here%s", "");
    else
        serve_answer(q, 200, json_pack("{s:I,s:I}", "order", (json_int_t)order, "position", (json_int_t)position));
}

static const desk_field revoke_fields[] = {
    {"key", DESK_TEXT, true, 0, 64, NULL, "sent again it happens once"},
    {"why", DESK_TEXT, true, 0, 200, NULL, "such as: found in other hands"},
    {"replace", DESK_BOOL, false, 0, 0, NULL, "it was lost: its holder gets another one"},
    {.type = DESK_END},
};

static void revoke_run(serve_request *q) {
    uint64_t id = 0;
    int64_t order = 0, position = 0;
    json_t *request = json_copy(q->fields);
    if (!request || piste_pass_id_from_text(q->parts[0], &id) != PISTE_OK || desk_issued_find(q->serve->desk, id, &order, &position) != PISTE_OK) {
        json_decref(request);
        serve_refuse(q, 404, "no_pass", "pass %.20s was not issued here", q->parts[0]);
        return;
    }
    json_object_set_new(request, "act", json_string("pass-revoke"));
    json_object_set_new(request, "order", json_integer(order));
    json_object_set_new(request, "position", json_integer(position));
    serve_act(q, request);
}

// ---- routes ------------------------------------------------------------------------------------------------------------------

static const desk_field made_fields[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok"},
    {"gate", DESK_INT, true, 1, UINT32_MAX, NULL, "its number, which stands in its log"},
    {.type = DESK_END},
};
static const desk_field make_fields[] = {
    {"key", DESK_TEXT, true, 0, 64, NULL, "sent again it makes no other gate"},
    {"gate", DESK_INT, false, 1, UINT32_MAX, NULL, "one that there is, which now stands elsewhere"},
    {"name", DESK_TEXT, true, 0, 60, NULL, "what people call it"},
    {"entrance", DESK_TEXT, true, 0, PISTE_KEY_BYTES_MAX, NULL, "where it stands"},
    {.type = DESK_END},
};
enum { TILL = DESK_ROLE_CASHIER | DESK_ROLE_MANAGER };

const serve_route serve_gate_routes[] = {
    {"GET", "/api/gates", GATES, NULL, gates_fields, gates_run, SERVE_WAITS, NULL, "gates and entrances, and how many came in", NULL},
    {"POST", "/api/gates", GATES, make_fields, made_fields, make_gate_run, 0, NULL, "makes a gate of a browser", NULL},
    {"GET", "/api/gates/findings", DESK_ROLE_MANAGER, NULL, findings_fields, findings_run, SERVE_WAITS | SERVE_COSTLY, NULL,
     "what the logs of all gates show together: who was let in twice", NULL},
    {"GET", "/api/gates/documents", GATES, documents_query, documents_fields, documents_run, SERVE_WAITS, NULL,
     "keys, table and lists as a gate needs them, each signed", NULL},
    {"POST", "/api/gates/{gate}/log", GATES, NULL, taken_fields, log_run, SERVE_BYTES | SERVE_WAITS, NULL,
     "takes records of a gate's log: its header, and what follows those that are here", NULL},
    {"GET", "/api/passes", TILL | DESK_ROLE_GATE, pass_query, pass_where, pass_run, SERVE_WAITS, NULL, "whose pass it is", NULL},
    {"POST", "/api/passes/{pass}/revoke", DESK_ROLE_MANAGER, revoke_fields, NULL, revoke_run, SERVE_WAITS, NULL,
     "takes a pass back for good; two people agree to it", NULL},
    {"GET", "/api/orders/{order}/passes", TILL, serve_pass_query, passes_fields, passes_run, SERVE_WAITS, NULL,
     "the passes of a sold order; issues those that it has not got yet", NULL},
    {0},
};
