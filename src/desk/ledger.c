// ledger.c - postings, the journal's lines and the chain that ties them.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/desk.h"

// ---- the chain -----------------------------------------------------------------------------------------------------

// What is hashed is text: one line for the entry, one for each posting, take and capacity, fields parted by tabs. No
// field can hold a tab or a new line (desk.c refuses them in keys and names; JSON escapes them).
struct desk_chain {
    crypto_generichash_state state;
    base_text text;
};

desk_chain *desk_chain_create(void) {
    void *memory = NULL; // libsodium wants its state on 64 bytes
    if (posix_memalign(&memory, 64, (sizeof(desk_chain) + 63) / 64 * 64) != 0)
        return NULL;
    desk_chain *c = memory;
    memset(c, 0, sizeof *c);
    return c;
}
void desk_chain_destroy(desk_chain *c) {
    if (c)
        base_text_release(&c->text);
    free(c);
}
void desk_chain_begin(desk_chain *c, const unsigned char before[DESK_HASH_SIZE]) {
    c->text.length = 0;
    crypto_generichash_init(&c->state, NULL, 0, DESK_HASH_SIZE);
    crypto_generichash_update(&c->state, before, DESK_HASH_SIZE);
}
static void add_text(desk_chain *c, const char *text, char after) {
    base_text_add(&c->text, text);
    base_text_add_bytes(&c->text, &after, 1);
}
static void add_number(desk_chain *c, int64_t number, char after) {
    base_text_add_number(&c->text, number);
    base_text_add_bytes(&c->text, &after, 1);
}
void desk_chain_line(desk_chain *c, int64_t entry, const char *key, const char *act, int64_t subject, int64_t at_ms,
                     int64_t day, const char *who, const void *digest, size_t digest_size, const char *answer) {
    crypto_generichash_update(&c->state, digest, digest_size);
    add_number(c, entry, '\t');
    add_text(c, key, '\t');
    add_text(c, act, '\t');
    add_number(c, subject, '\t');
    add_number(c, at_ms, '\t');
    add_number(c, day, '\t');
    add_text(c, who, '\t');
    add_text(c, answer, '\n');
}
void desk_chain_posting(desk_chain *c, const char *account, const char *currency, int64_t amount_minor) {
    base_text_add(&c->text, "p\t");
    add_text(c, account, '\t');
    add_text(c, currency, '\t');
    add_number(c, amount_minor, '\n');
}
void desk_chain_movement(desk_chain *c, char kind, const desk_movement *m) {
    base_text_add(&c->text, kind == 't' ? "t\t" : "c\t");
    add_number(c, m->allotment, '\t');
    add_number(c, m->quota, '\t');
    add_number(c, m->count, '\n');
}
void desk_chain_end(desk_chain *c, unsigned char hash[DESK_HASH_SIZE]) {
    crypto_generichash_update(&c->state, (const unsigned char *)(c->text.data ? c->text.data : ""), c->text.length);
    crypto_generichash_final(&c->state, hash, DESK_HASH_SIZE);
}

// ---- postings ------------------------------------------------------------------------------------------------------

static bool has_only_account_letters(const char *name) {
    while ((*name >= 'A' && *name <= 'Z') || (*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= ':') ||
           *name == '-') // ':' follows '9'
        name++;
    return !*name;
}

static bool is_account(const char *name) {
    static const char *const roots[] = {"Assets:", "Liabilities:", "Equity:", "Income:", "Expenses:"};
    size_t i = 0;
    while (i < BASE_COUNT(roots) && strncmp(name, roots[i], strlen(roots[i])) != 0)
        i++;
    return i < BASE_COUNT(roots) &&
           has_only_account_letters(name);
}

// Most names are a word, or one with a key after it: these are not worth a printf.
static bool write_account(char out[DESK_ACCOUNT_MAX], const char *format, va_list args) {
    const char *rest = strchr(format, '%');
    if (rest && strcmp(rest, "%s") != 0)
        return vsnprintf(out, DESK_ACCOUNT_MAX, format, args) < DESK_ACCOUNT_MAX;
    const char *key = rest ? va_arg(args, const char *) : "";
    size_t before = rest ? (size_t)(rest - format) : strlen(format), after = strlen(key);
    if (before + after >= DESK_ACCOUNT_MAX)
        return false;
    memcpy(out, format, before);
    memcpy(out + before, key, after + 1);
    return true;
}

void desk_post(desk_act *a, const char *currency, int64_t amount_minor, const char *account, ...) {
    desk_posting p;
    va_list args;
    va_start(args, account);
    bool is_written = write_account(p.account, account, args);
    va_end(args);
    p.amount_minor = amount_minor;
    memset(p.currency, 0, sizeof p.currency);
    memcpy(p.currency, currency, strnlen(currency, sizeof p.currency - 1));
    if (!is_written || !is_account(p.account) || base_currency_digits(p.currency) < 0) {
        a->is_failed = true;
        return;
    }
    for (int i = 0; i < a->postings.count; i++) {
        desk_posting *there = &a->postings.list[i];
        if (memcmp(there->currency, p.currency, sizeof p.currency) == 0 && strcmp(there->account, p.account) == 0) {
            a->is_failed |= __builtin_add_overflow(there->amount_minor, amount_minor, &there->amount_minor);
            return;
        }
    }
    if (a->postings.count == a->postings.capacity) {
        int capacity = a->postings.capacity ? 2 * a->postings.capacity : 16;
        desk_posting *list = realloc(a->postings.list, (size_t)capacity * sizeof *list);
        if (!list) {
            a->is_failed = true;
            return;
        }
        a->postings.list = list;
        a->postings.capacity = capacity;
    }
    a->postings.list[a->postings.count++] = p;
}

// Every currency of an entry sums to zero.
static bool is_balanced(const desk_act *a) {
    for (int i = 0; i < a->postings.count; i++) {
        int64_t sum = 0;
        for (int j = 0; j < a->postings.count; j++)
            if (strcmp(a->postings.list[j].currency, a->postings.list[i].currency) == 0 &&
                __builtin_add_overflow(sum, a->postings.list[j].amount_minor, &sum))
                return false;
        if (sum != 0)
            return false;
    }
    return true;
}

static const store_table journal = {
    "journal",
    "INSERT INTO journal (entry, key, act, subject, at_ms, day, who, digest, answer, hash)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    10,
};
static const store_table postings = {
    "posting",
    "INSERT INTO posting (id, account, currency, amount_minor) VALUES ($1, $2, $3, $4)",
    4,
};
static const store_table takes = {
    "take",
    "INSERT INTO take (id, allotment, quota, count) VALUES ($1, $2, $3, $4)",
    4,
};
static const store_table capacities = {
    "capacity",
    "INSERT INTO capacity (id, allotment, quota, count) VALUES ($1, $2, $3, $4)",
    4,
};

static piste_status write_postings(desk_act *a, desk_chain *chain) {
    int line = 0;
    for (int i = 0; i < a->postings.count; i++) {
        const desk_posting *p = &a->postings.list[i];
        if (p->amount_minor == 0)
            continue;
        desk_chain_posting(chain, p->account, p->currency, p->amount_minor);
        piste_status status =
            STORE_APPEND(a->db, &postings, store_number(desk_line_id(a->entry, ++line)), store_text(p->account),
                         store_text(p->currency), store_number(p->amount_minor));
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

static piste_status write_movements(desk_act *a, desk_chain *chain, char kind, const desk_movement *list, int count) {
    const store_table *table = kind == 't' ? &takes : &capacities;
    int line = 0;
    for (int i = 0; i < 2 * count; i++) { // what was given back stands before what was taken of it
        const desk_movement *m = &list[i % count];
        if (kind == 't' ? m->count == 0 || (m->count > 0) != (i >= count) : i >= count)
            continue;
        desk_chain_movement(chain, kind, m);
        piste_status status =
            STORE_APPEND(a->db, table, store_number(desk_line_id(a->entry, ++line)), store_number(m->allotment),
                         store_number(m->quota), store_number(m->count));
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

piste_status desk_journal_write(desk_act *a, const unsigned char digest[DESK_DIGEST_SIZE], const char *answer) {
    if (a->is_failed)
        return desk_invalid(
            a, "the act's postings cannot be written: no memory, a name that is no account, or a sum beyond 64 bits");
    if (!is_balanced(a))
        return desk_invalid(a, "the act's postings do not balance");
    desk_chain *chain = a->chain;
    desk_head *h = a->head;
    desk_chain_begin(chain, h->hash);
    desk_chain_line(chain, a->entry, a->key, a->kind->name, a->subject, a->now_ms, a->day, a->who, digest,
                    DESK_DIGEST_SIZE, answer);
    piste_status status = write_postings(a, chain);
    if (status == PISTE_OK)
        status = write_movements(a, chain, 'c', a->capacities.list, a->capacities.count);
    if (status == PISTE_OK)
        status = write_movements(a, chain, 't', a->takes.list, a->takes.count);
    unsigned char hash[DESK_HASH_SIZE];
    desk_chain_end(chain, hash);
    if (chain->text.failed && status == PISTE_OK)
        status = PISTE_MEMORY;
    if (status == PISTE_OK)
        status = STORE_APPEND(a->db, &journal, store_number(a->entry), store_text(a->key), store_text(a->kind->name),
                           store_number(a->subject), store_number(a->now_ms), store_number(a->day), store_text(a->who),
                           store_blob(digest, DESK_DIGEST_SIZE), store_text(answer), store_blob(hash, sizeof hash));
    if (status != PISTE_OK)
        return status;
    h->entry = a->entry;
    h->at_ms = a->now_ms;
    h->day = a->next_day;
    memcpy(h->hash, hash, sizeof hash);
    return PISTE_OK;
}

// ---- the hot row ---------------------------------------------------------------------------------------------------

piste_status desk_head_load(store_db *db, desk_head *head) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        db, &rows, "SELECT entry, at_ms, next_id, day, hash, terms FROM head WHERE id = $1", store_number(1));
    if (status != PISTE_OK)
        return status;
    desk_head h = {.next_id = 1, .day = PISTE_DATE_NONE};
    bool is_there = store_rows_next(rows);
    if (is_there) {
        h.entry = store_rows_number(rows, 0);
        h.at_ms = store_rows_number(rows, 1);
        h.next_id = store_rows_number(rows, 2);
        h.day = (piste_date)store_rows_number(rows, 3);
        h.terms = store_rows_number(rows, 5);
        store_value hash = store_rows_value(rows, 4);
        if (hash.type == STORE_BLOB && hash.size == sizeof h.hash)
            memcpy(h.hash, hash.data, sizeof h.hash);
    }
    status = store_rows_end(rows);
    if (status == PISTE_OK)
        *head = h;
    return status;
}

piste_status desk_head_save(store_db *db, const desk_head *h) {
    piste_status status = STORE_RUN(
        db, "UPDATE head SET entry = $1, at_ms = $2, next_id = $3, day = $4, hash = $5, terms = $6 WHERE id = 1",
        store_number(h->entry), store_number(h->at_ms), store_number(h->next_id), store_number(h->day),
        store_blob(h->hash, sizeof h->hash), store_number(h->terms));
    if (status == PISTE_OK && store_db_changes(db) == 0)
        status = STORE_RUN(
            db, "INSERT INTO head (id, entry, at_ms, next_id, day, hash, terms) VALUES (1, $1, $2, $3, $4, $5, $6)",
            store_number(h->entry), store_number(h->at_ms), store_number(h->next_id), store_number(h->day),
            store_blob(h->hash, sizeof h->hash), store_number(h->terms));
    return status;
}

piste_status desk_balance(store_db *db, const char *account, const char *currency, int64_t *amount_minor) {
    return STORE_FIND_NUMBER(
        db, amount_minor, NULL,
        "SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) FROM posting WHERE account = $1 AND currency = $2",
        store_text(account), store_text(currency));
}
