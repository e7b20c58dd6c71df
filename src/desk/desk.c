// desk.c - opens the desk, and carries one request from its text to its answer.
//
// On the caller's thread: the form is checked and the request's digest made. On the writer's: has the key come before?
// then the answer of then; otherwise the handler, offers of what it gave back, and the journal. What a handler changes
// in memory is the head alone, which is put back when it refuses.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "desk/people.h"
#include "desk/terms.h"

// Keys that came in the batch under way: their lines of the journal may still wait to be added. A slot is of this batch
// when its number is; so nothing is cleared.
enum { NEW_KEYS = 4096 }; // beyond half of them every key counts as one that came
typedef struct new_keys {
    struct {
        uint64_t hash;
        int64_t batch;
    } slots[NEW_KEYS];
    int64_t batch;
    int count;
} new_keys;

struct desk {
    store *store;
    desk_vault *vault; // NULL: opened without
    desk_def def;
    desk_head head, saved; // of the batch under way; used on the writer's thread alone, as are these:
    desk_terms terms;
    desk_rows *rows;
    desk_chain *chain;
    new_keys keys;
    desk_terms asked_terms; // of questions, which take turns
};

static const desk_field common[] = {
    {"key", DESK_TEXT, false, 0, 100, NULL, "the act's idempotency key"},
    {"who", DESK_TEXT, false, 0, 60, NULL, "who does it"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};

static int64_t system_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t desk_clock_ms(const desk *d) {
    return d->def.now_ms ? d->def.now_ms(d->def.clock) : system_now_ms();
}
int64_t desk_session_ms(const desk *d) {
    return d->def.is_played ? system_now_ms() : desk_clock_ms(d);
}
// On the writer's thread, inside a batch.
int64_t desk_now_ms(desk *d) {
    int64_t now = desk_clock_ms(d);
    return now > d->head.at_ms ? now : d->head.at_ms;
}

store *desk_get_store(desk *d) {
    return d->store;
}
desk_vault *desk_get_vault(desk *d) {
    return d->vault;
}

piste_status desk_refuse(desk_act *a, const char *reason, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(a->message, sizeof a->message, format, args);
    va_end(args);
    a->reason = reason;
    return PISTE_REFUSED;
}

piste_status desk_invalid(desk_act *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(a->message, sizeof a->message, format, args);
    va_end(args);
    return PISTE_INVALID;
}

// ---- one run -------------------------------------------------------------------------------------------------------

typedef struct job {
    desk *desk;
    const desk_kind *kind;
    const json_t *request;
    const char *key, *who;
    unsigned char digest[DESK_DIGEST_SIZE];
    char *answer;
    const char *reason;
    char message[256];
    bool is_due; // a question came upon holds whose time is over
} job;

static void act_begin(desk_act *a, job *j, store_db *db) {
    desk *d = j->desk;
    *a = (desk_act){
        .desk = d, .db = db, .kind = j->kind, .request = j->request, .key = j->key, .who = j->who, .head = &d->head};
    a->answer = json_pack("{s:s}", "status", "ok");
}

static void act_end(desk_act *a) {
    json_decref(a->answer);
    json_decref(a->kept_json);
    free(a->postings.list);
    free(a->takes.list);
    free(a->capacities.list);
    free(a->freed.list);
}

// The slot of a key: its own, or the free one where it belongs.
static int slot_of(const new_keys *k, uint64_t hash) {
    int i = (int)(hash % NEW_KEYS);
    while (k->slots[i].batch == k->batch && k->slots[i].hash != hash)
        i = (i + 1) % NEW_KEYS;
    return i;
}
static bool came_now(const new_keys *k, const char *key) {
    return k->count > NEW_KEYS / 2 || k->slots[slot_of(k, base_key_text(key))].batch == k->batch;
}
static void keep_key(new_keys *k, const char *key) {
    uint64_t hash = base_key_text(key);
    int i = slot_of(k, hash);
    if (k->count > NEW_KEYS / 2 || k->slots[i].batch == k->batch)
        return;
    k->slots[i].hash = hash;
    k->slots[i].batch = k->batch;
    k->count++;
}

// Whether the key has come before; then the answer of then, if the request is the same.
static piste_status look_for_key(desk_act *a, job *j, bool *is_there) {
    store_rows *rows = NULL;
    piste_status status =
        (came_now(&j->desk->keys, j->key) ? store_query : store_query_old)(
            a->db, &rows, "SELECT answer, digest FROM journal WHERE key = $1", STORE_LIST(store_text(j->key)));
    if (status != PISTE_OK)
        return status;
    bool same = false, found = store_rows_next(rows);
    if (found) {
        store_value digest = store_rows_value(rows, 1);
        same = digest.size == sizeof j->digest && memcmp(digest.data, j->digest, sizeof j->digest) == 0;
        j->answer = same ? strdup(store_rows_text(rows, 0)) : NULL;
    }
    status = store_rows_end(rows);
    if (status != PISTE_OK)
        return status;
    *is_there = found;
    if (found && !same)
        return desk_invalid(a, "key: '%s' has come before with another request", j->key);
    return found && !j->answer ? PISTE_MEMORY : PISTE_OK;
}

// An answer of the usual size is written once, into the memory that it keeps.
static char *answer_text(desk_act *a) {
    enum { USUAL = 1024 };
    char *text = malloc(USUAL);
    size_t length = text ? json_dumpb(a->answer, text, USUAL - 1, JSON_COMPACT) : 0;
    if (length > 0 && length < USUAL) {
        text[length] = 0;
        return text;
    }
    free(text);
    return json_dumps(a->answer, JSON_COMPACT);
}

static piste_status act_write(desk_act *a, job *j) {
    bool is_there = false;
    piste_status status = look_for_key(a, j, &is_there);
    if (status != PISTE_OK || is_there)
        return status;
    status = j->kind->run(a);
    if (status == PISTE_OK)
        status = desk_offer_freed(a);
    if (status != PISTE_OK)
        return status;
    if (j->kind->is_terms)
        a->head->terms = a->entry;
    j->answer = answer_text(a);
    keep_key(&j->desk->keys, j->key);
    return j->answer ? desk_journal_write(a, j->digest, j->answer) : PISTE_MEMORY;
}

static piste_status job_run(store_db *db, void *context) {
    job *j = context;
    desk *d = j->desk;
    desk_head before = d->head;
    desk_act a;
    free(j->answer); // of a first run that was rolled back
    j->answer = NULL;
    j->reason = NULL;
    j->message[0] = 0;
    act_begin(&a, j, db);
    a.terms = &d->terms;
    a.rows = d->rows;
    a.chain = d->chain;
    desk_rows_keep(d->rows);
    a.now_ms = desk_now_ms(d);
    a.day = a.next_day = d->head.day;
    a.entry = d->head.entry + 1;
    a.first_id = d->head.next_id;
    if (a.answer)
        json_object_set_new(a.answer, "entry", json_integer(a.entry));
    piste_status status = a.answer ? act_write(&a, j) : PISTE_MEMORY;
    if (status != PISTE_OK) {
        d->head = before;
        desk_rows_undo(d->rows);
        free(j->answer);
        j->answer = NULL;
        j->reason = a.reason;
        snprintf(j->message, sizeof j->message, "%s",
                 a.message[0]             ? a.message
                 : status == PISTE_MEMORY ? "no memory"
                                          : store_db_error(db));
    }
    act_end(&a);
    return status;
}

// A question sees one committed state, in which the head is read anew.
static piste_status job_ask(store_db *db, void *context) {
    job *j = context;
    desk_act a;
    desk_head head;
    piste_status status = desk_head_load(db, &head);
    act_begin(&a, j, db);
    int64_t now = desk_clock_ms(j->desk);
    a.head = &head;
    a.terms = &j->desk->asked_terms;
    a.now_ms = status == PISTE_OK && head.at_ms > now ? head.at_ms : now;
    a.day = status == PISTE_OK ? head.day : PISTE_DATE_NONE;
    int64_t due = 0;
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(db, &due, NULL, "SELECT count(*) FROM orders WHERE until_ms > 0 AND until_ms <= $1",
                                   store_number(a.now_ms));
    j->is_due = due > 0;
    if (status == PISTE_OK)
        status = j->kind->run(&a);
    j->answer = status == PISTE_OK ? answer_text(&a) : NULL;
    j->reason = a.reason;
    if (status != PISTE_OK)
        snprintf(j->message, sizeof j->message, "%s", a.message[0] ? a.message : store_db_error(db));
    act_end(&a);
    return status;
}

piste_status desk_run_system(desk *d, store_db *db, const char *kind, const char *key, const json_t *request) {
    job j = {.desk = d, .kind = desk_kind_find(kind), .request = request, .key = key, .who = "desk"};
    piste_status status = job_run(db, &j);
    free(j.answer);
    return status;
}

// ---- batches -------------------------------------------------------------------------------------------------------

static piste_status batch_begin(store_db *db, void *context) {
    desk *d = context;
    piste_status status = desk_head_load(db, &d->head);
    // Terms that were read in a batch that was not committed, or before another process wrote, are not trusted.
    if (status == PISTE_OK &&
        (memcmp(d->head.hash, d->saved.hash, sizeof d->head.hash) != 0 || d->terms.version > d->head.entry))
        desk_terms_release(&d->terms);
    desk_rows_begin(d->rows);
    d->keys.batch++;
    d->keys.count = 0;
    d->saved = d->head;
    return status == PISTE_OK ? desk_end_due(d, db) : status;
}

static piste_status batch_end(store_db *db, void *context) {
    desk *d = context;
    bool same = d->saved.entry == d->head.entry && d->saved.next_id == d->head.next_id;
    if (same)
        return PISTE_OK;
    piste_status status = desk_rows_write(d->rows, db);
    if (status == PISTE_OK)
        status = desk_head_save(db, &d->head);
    if (status == PISTE_OK)
        d->saved = d->head;
    return status;
}

// ---- requests ------------------------------------------------------------------------------------------------------

static piste_status refuse_early(job *j, piste_status status, const char *format, ...) PISTE_PRINTF(3, 4);
static piste_status refuse_early(job *j, piste_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(j->message, sizeof j->message, format, args);
    va_end(args);
    return status;
}

static piste_status check_form(job *j, const json_t *request) {
    if (!json_is_object(request))
        return refuse_early(j, PISTE_INVALID, "expected an object");
    const char *name = json_string_value(json_object_get(request, "act"));
    if (!name)
        return refuse_early(j, PISTE_INVALID, "act: is missing (what is to be done)");
    j->kind = desk_kind_find(name);
    if (!j->kind)
        return refuse_early(j, PISTE_INVALID, "act: '%.40s' is not known; see 'piste desk --help'", name);
    char why[200];
    size_t shared = 1;
    for (const desk_field *f = common; f->type != DESK_END; f++) {
        const json_t *v = json_object_get(request, f->name);
        shared += v != NULL;
        if (v && desk_field_check(f, v, why, sizeof why) != PISTE_OK)
            return refuse_early(j, PISTE_INVALID, "%s", why);
    }
    piste_status status = desk_fields_check(j->kind->fields, request, shared, why, sizeof why);
    if (status != PISTE_OK)
        return refuse_early(j, status, "%s", why);
    j->key = desk_text(request, "key");
    j->who = desk_text(request, "who");
    if (!*j->key && !j->kind->is_question)
        return refuse_early(j, PISTE_INVALID, "key: is missing (the act's idempotency key)");
    j->request = request;
    return PISTE_OK;
}

static char *bad_answer(const job *j, piste_status status) {
    json_t *whole =
        json_pack("{s:s,s:s*,s:s}", "status", piste_status_name(status), "reason", j->reason, "message", j->message);
    char *text = whole ? json_dumps(whole, JSON_COMPACT) : NULL;
    json_decref(whole);
    return text;
}

// The answer that is given in the end. An act that ran and was rolled back with its batch has one that is not true.
static char *final_answer(job *j, piste_status status) {
    if (status == PISTE_OK)
        return j->answer;
    if (!j->message[0])
        store_error(j->desk->store, j->message, sizeof j->message);
    free(j->answer);
    return bad_answer(j, status);
}

static piste_status nothing(store_db *db, void *context) {
    (void)db, (void)context;
    return PISTE_OK;
}

// What is over is ended before it is told of: any batch does so, an empty one too. Where nothing can be written, what
// stands there is the answer.
static piste_status ask(job *j) {
    piste_status status = store_read(j->desk->store, job_ask, j);
    if (!j->is_due || store_do(j->desk->store, nothing, NULL) != PISTE_OK)
        return status;
    free(j->answer);
    j->answer = NULL;
    j->reason = NULL;
    j->message[0] = 0;
    return store_read(j->desk->store, job_ask, j);
}

static void keep_reason(job *j, const desk_call *c, piste_status status) {
    if (status == PISTE_OK)
        return;
    j->reason = c->reason;
    snprintf(j->message, sizeof j->message, "%s", c->message[0] ? c->message : piste_status_text(status));
}

// The request that goes on is a copy, of which `before` may have taken what is nobody else's business.
static piste_status before(job *j, const desk_outside *o, desk_call *c) {
    c->fields = json_copy((json_t *)(uintptr_t)j->request);
    piste_status status = !c->fields ? PISTE_MEMORY : o->before ? o->before(c) : PISTE_OK;
    keep_reason(j, c, status);
    j->request = c->fields;
    return status;
}

static piste_status after(job *j, const desk_outside *o, desk_call *c) {
    if (!o->after)
        return PISTE_OK;
    c->answer = json_loads(j->answer, 0, NULL);
    c->entry = desk_number(c->answer, "entry", 0);
    piste_status status = c->answer ? o->after(c) : PISTE_MEMORY;
    keep_reason(j, c, status);
    if (status == PISTE_OK) {
        free(j->answer);
        j->answer = json_dumps(c->answer, JSON_COMPACT);
    }
    json_decref(c->answer);
    return status == PISTE_OK && !j->answer ? PISTE_MEMORY : status;
}

piste_status desk_do(desk *d, const json_t *request, char **answer) {
    job j = {.desk = d};
    piste_status status = check_form(&j, request);
    const desk_outside *outside = status == PISTE_OK ? desk_outside_find(j.kind->name) : NULL;
    desk_call call = {.desk = d, .key = j.key};
    if (outside)
        status = before(&j, outside, &call);
    if (status == PISTE_OK && !j.kind->is_question)
        status = desk_digest(j.request, j.digest);
    if (status == PISTE_OK && call.extra)
        json_object_update(call.fields, call.extra);
    if (status == PISTE_OK)
        status = j.kind->is_question ? ask(&j) : store_do(d->store, job_run, &j);
    if (status == PISTE_OK && outside)
        status = after(&j, outside, &call);
    json_decref(call.extra);
    json_decref(call.kept);
    json_decref(call.fields);
    *answer = final_answer(&j, status);
    return *answer ? status : PISTE_MEMORY;
}

piste_status desk_do_own(desk *d, json_t *request, piste_errors *errors) {
    char *answer = NULL;
    piste_status status = request ? desk_do(d, request, &answer) : PISTE_MEMORY;
    if (status != PISTE_OK) {
        json_t *told = answer ? json_loads(answer, 0, NULL) : NULL;
        const char *message = desk_text(told, "message");
        piste_errors_add(errors, status, NULL, 0, 0, "%s", *message ? message : piste_status_text(status));
        json_decref(told);
    }
    json_decref(request);
    free(answer);
    return status;
}

typedef struct ticket {
    job job;
    json_t *request;
    store_command command;
    desk_done *done;
    void *context;
} ticket;

static void ticket_done(piste_status status, void *context) {
    ticket *t = context;
    char *answer = final_answer(&t->job, status);
    t->done(t->context, answer ? status : PISTE_MEMORY, answer);
    json_decref(t->request);
    free(t);
}
static piste_status ticket_run(store_db *db, void *context) {
    return job_run(db, &((ticket *)context)->job);
}

void desk_submit(desk *d, json_t *request, desk_done *done, void *context) {
    ticket *t = calloc(1, sizeof *t);
    if (!t) {
        json_decref(request);
        done(context, PISTE_MEMORY, NULL);
        return;
    }
    *t = (ticket){.job = {.desk = d}, .request = request, .done = done, .context = context};
    piste_status status = check_form(&t->job, request);
    if (status == PISTE_OK && desk_outside_find(t->job.kind->name)) { // a part of it is not the writer's
        char *answer = NULL;
        status = desk_do(d, request, &answer);
        done(context, status, answer);
        json_decref(request);
        free(t);
        return;
    }
    if (status == PISTE_OK && !t->job.kind->is_question)
        status = desk_digest(request, t->job.digest);
    if (status == PISTE_OK && !t->job.kind->is_question) {
        t->command = (store_command){.run = ticket_run, .done = ticket_done, .context = t};
        store_submit(d->store, &t->command);
        return;
    }
    if (status == PISTE_OK)
        status = ask(&t->job);
    ticket_done(status, t);
}

piste_status desk_do_text(desk *d, const char *request, size_t length, char **answer) {
    json_error_t error;
    json_t *object = json_loadb(request, length, JSON_REJECT_DUPLICATES, &error);
    if (!object) {
        job j = {.desk = d};
        refuse_early(&j, PISTE_SYNTAX, "line %d: %s", error.line, error.text);
        *answer = bad_answer(&j, PISTE_SYNTAX);
        return *answer ? PISTE_SYNTAX : PISTE_MEMORY;
    }
    piste_status status = desk_do(d, object, answer);
    json_decref(object);
    return status;
}

// ---- opening and closing -------------------------------------------------------------------------------------------

static void release(desk *d) {
    desk_vault_close(d->vault);
    desk_terms_release(&d->terms);
    desk_terms_release(&d->asked_terms);
    desk_rows_destroy(d->rows);
    desk_chain_destroy(d->chain);
    free(d);
}

static piste_status open_vault(desk *d, piste_errors *errors) {
    bool has_vault = false;
    piste_status status = desk_people_has_vault(d, &has_vault);
    desk_vault_def v = {.folder = d->def.vault,
                        .masters = d->def.masters,
                        .must_exist = !d->def.is_vault_new || (has_vault && !d->def.is_vault_lost),
                        .now_ms = d->def.now_ms,
                        .clock = d->def.clock};
    if (status == PISTE_OK)
        status = desk_vault_open(&v, errors, &d->vault);
    if (status == PISTE_NOT_FOUND && d->def.is_vault_new && has_vault) // no other one is made
        status = piste_errors_add(errors, PISTE_REFUSED, d->def.vault, 0, 0, "the desk's keys are in another vault");
    return status == PISTE_OK ? desk_people_reconcile(d, d->def.is_vault_lost, errors) : status;
}

piste_status desk_open(const desk_def *def, piste_errors *errors, desk **out) {
    if (sodium_init() < 0)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "libsodium cannot be used here");
    desk *d = calloc(1, sizeof *d);
    if (!d)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    d->def = *def;
    d->terms.version = d->asked_terms.version = -1;
    d->rows = desk_rows_create();
    d->chain = desk_chain_create();
    store_def s = {.url = def->url,
                   .migrations = desk_migrations,
                   .migration_count = desk_migration_count,
                   .begin = batch_begin,
                   .end = batch_end,
                   .context = d,
                   .busy_ms = def->busy_ms,
                   .tick_ms = def->tick_ms,
                   .vfs = def->vfs,
                   .must_exist = def->must_exist};
    piste_status status = d->rows && d->chain ? store_open(&s, errors, &d->store) : PISTE_MEMORY;
    if (status == PISTE_OK && def->vault)
        status = open_vault(d, errors);
    if (status != PISTE_OK) {
        store_close(d->store);
        release(d);
        return status;
    }
    *out = d;
    return PISTE_OK;
}

void desk_close(desk *d) {
    if (!d)
        return;
    store_close(d->store);
    release(d);
}
