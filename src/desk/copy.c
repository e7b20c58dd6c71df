// copy.c - backup and restore: every table, row by row, from one committed state into an empty database, then audited.
//
// It is the same between SQLite and PostgreSQL in any direction, so that a desk moves from one to the other by backup
// and restore. A backup is made while others sell: it holds the state of one moment.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "desk/desk.h"

typedef struct table {
    const char *name, *read, *write;
    int columns;
} table;

#define TABLE(name, columns, values, count)                                                                            \
    { name, "SELECT " columns " FROM " name, "INSERT INTO " name " (" columns ") VALUES (" values ")", count }
static const table tables[] = {
    TABLE("journal", "entry, key, act, subject, at_ms, day, who, digest, answer, hash",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10", 10),
    TABLE("posting", "id, account, currency, amount_minor", "$1, $2, $3, $4", 4),
    TABLE("take", "id, allotment, quota, count", "$1, $2, $3, $4", 4),
    TABLE("capacity", "id, allotment, quota, count", "$1, $2, $3, $4", 4),
    TABLE("allotment", "id, resource, slot, capacity, taken, kept, patience, offer_s, waiting, quotas",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10", 10),
    TABLE("quota", "id, allotment, name, kept, most, taken", "$1, $2, $3, $4, $5, $6", 6),
    TABLE("waiting", "id, allotment, quota, count, passed, state, owner, since_ms, contact, person",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10", 10),
    TABLE("orders",
          "id, state, until_ms, offer_of, opened_ms, channel, agency, customer, currency, total_minor, paid_minor, "
          "kept_minor",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12", 12),
    TABLE("position", "id, product, class, date, slot, price_minor, returned_minor, state, person",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9", 9),
    TABLE("claim", "id, position, allotment, quota, count", "$1, $2, $3, $4, $5", 5),
    TABLE("product", "key, name, kind, days, points, takes", "$1, $2, $3, $4, $5, $6", 6),
    TABLE("class", "key, name, age_from, age_until, group_from", "$1, $2, $3, $4, $5", 5),
    TABLE("price",
          "id, product, class, currency, amount_minor, valid_from, valid_until, early_days, limited, agency, name",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", 11),
    TABLE("rate", "id, source_currency, target_currency, rate, day, source", "$1, $2, $3, $4, $5, $6", 6),
    TABLE("agency", "key, name, discount_bp, limit_minor, currency, terms_days", "$1, $2, $3, $4, $5, $6", 6),
    TABLE("voucher", "code, kind, currency, amount_minor, percent_bp, product, valid_from, valid_until",
          "$1, $2, $3, $4, $5, $6, $7, $8", 8),
    TABLE("rule", "id, nationality, may, valid_from, valid_until, reason", "$1, $2, $3, $4, $5, $6", 6),
    TABLE("rounding", "currency, tender, step_minor, mode", "$1, $2, $3, $4", 4),
    TABLE("shift", "id, drawer, cashier, opened_entry, closed_entry", "$1, $2, $3, $4, $5", 5),
    TABLE("payment",
          "id, entry, tender, place, reference, currency, amount_minor, credit_minor, returned_minor, "
          "returned_credit_minor,"
          " rate_numerator, rate_denominator, rate_day, rate_source",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14", 14),
    TABLE("vault", "id, vault_id", "$1, $2", 2),
    TABLE("purpose", "key, name, fields, basis, keep_days, counts_from", "$1, $2, $3, $4, $5, $6", 6),
    TABLE("need", "product, purpose, is_required", "$1, $2, $3", 3),
    TABLE("person", "id, state, made_ms", "$1, $2, $3", 3),
    TABLE("person_data", "key_id, person, purpose, sealed, given_day", "$1, $2, $3, $4, $5", 5),
    TABLE("person_find", "hash, key_id", "$1, $2", 2),
    TABLE("erasure", "key_id, entry, at_ms", "$1, $2, $3", 3),
    TABLE("agreement_text",
          "key, version, language, title, words, hash, valid_from, adult_age, leader_may, is_new, keep_days",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", 11),
    TABLE("agreement",
          "id, person, signer, text_key, version, language, authority, owner, method, at_ms, entry, hash, withdrawn_ms",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13", 13),
    TABLE("provider", "key, url, token_file, wait_ms", "$1, $2, $3, $4", 4),
    TABLE("charge",
          "id, key, provider, owner, currency, amount_minor, deposit_until, state, result, captured_minor,"
          " refunded_minor, applied_minor, surplus_minor, is_open, next_ms, busy_ms, tries",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17", 17),
    TABLE("charge_refund", "id, key, charge, account, amount_minor, state", "$1, $2, $3, $4, $5, $6", 6),
    TABLE("account", "name, secret, roles, state, refused, locked_ms, once_ms", "$1, $2, $3, $4, $5, $6, $7", 7),
    TABLE("authenticator", "account, salt, sealed, step, since_ms", "$1, $2, $3, $4, $5", 5),
    TABLE("recovery_code", "hash, account", "$1, $2", 2),
    TABLE("two_step", "id, roles", "$1, $2", 2),
    TABLE("proposal", "id, what, fields, proposed_by, proposed_ms, state, decided_by, decided_ms", "$1, $2, $3, $4, $5, $6, $7, $8", 8),
    TABLE("two_above", "currency, amount_minor", "$1, $2", 2),
    TABLE("board", "key, state, note, source, said_ms, measured_ms, wait_s, expected_s, people, crowd_percent",
          "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10", 10),
    TABLE("pass", "id, owner, line, token, issued_ms, revoked_ms, is_replaced, waived_ms", "$1, $2, $3, $4, $5, $6, $7, $8", 8),
    TABLE("gate", "number, name, entrance, made_ms", "$1, $2, $3, $4", 4),
    TABLE("photo", "id, entry, place, taken, rank", "$1, $2, $3, $4, $5", 5),
    TABLE("photo_text", "photo, language, caption, alternative", "$1, $2, $3, $4", 4),
    TABLE("photo_image", "digest, photo, width, height, bytes", "$1, $2, $3, $4, $5", 5),
    TABLE("translation", "kind, key, language, name", "$1, $2, $3, $4", 4),
    TABLE("head", "id, entry, at_ms, next_id, day, terms, hash", "$1, $2, $3, $4, $5, $6, $7", 7),
};

typedef struct copying {
    desk *from;
    store_db *to;
    char error[300];
} copying;

static piste_status copy_table(store_db *from, store_db *to, const table *t) {
    store_rows *rows = NULL;
    piste_status status = store_query(from, &rows, t->read, NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        store_value values[STORE_PARAMETERS_MAX];
        for (int i = 0; i < t->columns; i++)
            values[i] = store_rows_value(rows, i);
        status = store_run(to, t->write, values, t->columns);
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

static piste_status copy_from(store_db *from, void *context) {
    copying *c = context;
    for (size_t i = 0; i < BASE_COUNT(tables); i++) {
        piste_status status = copy_table(from, c->to, &tables[i]);
        if (status != PISTE_OK) {
            snprintf(c->error, sizeof c->error, "%s: %.200s", tables[i].name,
                     *store_db_error(c->to) ? store_db_error(c->to) : store_db_error(from));
            return status;
        }
    }
    return PISTE_OK;
}

static piste_status copy_to(store_db *to, void *context) {
    copying *c = context;
    int64_t entries = 0;
    piste_status status = store_find_number(
        to, &entries, NULL, "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM head)", NULL, 0);
    if (status != PISTE_OK)
        return status;
    if (entries) {
        snprintf(c->error, sizeof c->error, "there is a desk in it already");
        return PISTE_EXISTS;
    }
    c->to = to;
    return store_read(desk_get_store(c->from), copy_from, c);
}

static piste_status audit_copy(const char *url, piste_errors *errors, desk_audit_result *result) {
    desk *copy = NULL;
    piste_status status = desk_open(&(desk_def){.url = url, .must_exist = true}, errors, &copy);
    if (status == PISTE_OK)
        status = desk_audit(copy, errors, result);
    desk_close(copy);
    return status;
}

piste_status desk_copy(desk *from, const char *url, piste_errors *errors, desk_audit_result *result) {
    copying c = {.from = from};
    store *to = NULL;
    store_def def = {.url = url, .migrations = desk_migrations, .migration_count = desk_migration_count};
    piste_status status = store_open(&def, errors, &to);
    if (status != PISTE_OK)
        return status;
    status = store_do(to, copy_to, &c);
    if (status != PISTE_OK && !*c.error)
        store_error(to, c.error, sizeof c.error);
    store_close(to);
    if (status != PISTE_OK)
        return piste_errors_add(errors, status, NULL, 0, 0, "the copy was not made: %s", c.error);
    return audit_copy(url, errors, result);
}

// ---- into a file ---------------------------------------------------------------------------------------------------

static void remove_database(const char *path) {
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < BASE_COUNT(endings); i++) {
        base_text name = {0};
        base_text_format(&name, "%s%s", path, endings[i]);
        if (!name.failed)
            unlink(name.data);
        base_text_release(&name);
    }
}

// The name is there, whole, once the folder that holds it is on the disk.
static bool flush_folder(const char *path) {
    base_text folder = {0};
    const char *slash = strrchr(path, '/');
    base_text_add_bytes(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
    int fd = folder.failed ? -1 : open(folder.data, O_RDONLY | O_DIRECTORY);
    bool flushed = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    base_text_release(&folder);
    return flushed;
}

piste_status desk_backup(desk *from, const char *path, piste_errors *errors, desk_audit_result *result) {
    base_text part = {0};
    base_text_format(&part, "%s.part", path);
    if (part.failed)
        return PISTE_MEMORY;
    piste_status status = PISTE_OK;
    if (access(path, F_OK) == 0)
        status = piste_errors_add(errors, PISTE_EXISTS, path, 0, 0, "is there already; a backup is never written over");
    if (status == PISTE_OK) {
        remove_database(part.data); // of a backup that was interrupted
        status = desk_copy(from, part.data, errors, result);
    }
    // link, unlike rename, does not replace what came there meanwhile
    if (status == PISTE_OK && (link(part.data, path) != 0 || !flush_folder(path)))
        status = piste_errors_add(errors, errno == EEXIST ? PISTE_EXISTS : PISTE_IO, path, 0, 0, "%s", strerror(errno));
    remove_database(part.data);
    base_text_release(&part);
    return status;
}
