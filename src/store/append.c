// append.c - rows that wait to be added, many in one statement.
//
// A statement costs SQLite more than the row it adds, and PostgreSQL a way to the server and back. So the rows of a
// table are kept here and added sixteen at once. The statement of many rows is that of one with its values repeated.
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "store/inside.h"

enum { POWERS = 5, ROWS_MAX = 1 << (POWERS - 1) }; // statements of 1, 2, 4, 8 and 16 rows

typedef struct waiting {
    const store_table *table;
    char *sql[POWERS]; // of 2^i rows; the first is the table's own
    store_value values[ROWS_MAX * STORE_PARAMETERS_MAX];
    size_t offsets[ROWS_MAX * STORE_PARAMETERS_MAX]; // in `bytes`, of texts and blobs
    base_text bytes;
    int rows;
} waiting;

struct store_appends {
    waiting **list;
    int count;
    int rows; // of all tables
};

void store_appends_release(store_db *db) {
    store_appends *a = db->appends;
    db->appends = NULL;
    if (!a)
        return;
    for (int i = 0; i < a->count; i++) {
        for (int power = 1; power < POWERS; power++)
            free(a->list[i]->sql[power]);
        base_text_release(&a->list[i]->bytes);
        free(a->list[i]);
    }
    free(a->list);
    free(a);
}

void store_appends_forget(store_db *db) {
    store_appends *a = db->appends;
    for (int i = 0; a && i < a->count; i++) {
        a->list[i]->rows = 0;
        a->list[i]->bytes.length = 0;
    }
    if (a)
        a->rows = 0;
}

static waiting *find(store_db *db, const store_table *table) {
    if (!db->appends)
        db->appends = calloc(1, sizeof *db->appends);
    store_appends *a = db->appends;
    if (!a)
        return NULL;
    for (int i = 0; i < a->count; i++)
        if (a->list[i]->table == table)
            return a->list[i];
    waiting **list = realloc(a->list, (size_t)(a->count + 1) * sizeof *list);
    if (!list)
        return NULL;
    a->list = list;
    waiting *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->table = table;
    return a->list[a->count++] = w;
}

// "INSERT INTO t (a, b) VALUES ($1, $2)" becomes "... VALUES ($1, $2), ($3, $4)".
static char *repeat(const store_table *table, int rows) {
    base_text text = {0};
    base_text_add_bytes(&text, table->insert, (size_t)(strrchr(table->insert, '(') - table->insert));
    for (int i = 0; i < rows * table->columns; i++)
        base_text_format(&text, "%s$%d%s", i % table->columns ? ", " : i ? ", (" : "(", i + 1,
                         i % table->columns == table->columns - 1 ? ")" : "");
    if (text.failed) {
        base_text_release(&text);
        return NULL;
    }
    return text.data;
}

static piste_status write_rows(store_db *db, waiting *w) {
    int columns = w->table->columns, done = 0;
    if (w->bytes.failed)
        return store_fail(db, PISTE_MEMORY, "no memory");
    for (int i = 0; i < w->rows * columns; i++)
        if (w->values[i].type == STORE_TEXT || w->values[i].type == STORE_BLOB)
            w->values[i].data = w->bytes.data + w->offsets[i];
    for (int power = POWERS - 1; power >= 0; power--) {
        while (w->rows - done >= 1 << power) {
            if (power && !w->sql[power] && !(w->sql[power] = repeat(w->table, 1 << power)))
                return store_fail(db, PISTE_MEMORY, "no memory");
            piste_status status = db->engine->run(db, power ? w->sql[power] : w->table->insert,
                                                  w->values + done * columns, columns << power);
            if (status != PISTE_OK)
                return status;
            done += 1 << power;
        }
    }
    return PISTE_OK;
}

static piste_status write_table(store_db *db, waiting *w) {
    piste_status status = write_rows(db, w);
    db->writes += status != PISTE_OK; // whoever meets this is not alone in it
    db->appends->rows -= w->rows;
    w->rows = 0;
    w->bytes.length = 0;
    w->bytes.failed = false;
    return status;
}

piste_status store_append(store_db *db, const store_table *table, const store_value *values, int count) {
    waiting *w = find(db, table);
    db->writes++;
    if (!w || count != table->columns)
        return w ? store_fail(db, PISTE_USAGE, "%d values for: %s", count, table->insert)
                 : store_fail(db, PISTE_MEMORY, "no memory");
    for (int i = 0; i < count; i++) {
        int at = w->rows * count + i;
        w->values[at] = values[i];
        if (values[i].type != STORE_TEXT && values[i].type != STORE_BLOB)
            continue;
        w->offsets[at] = w->bytes.length;
        base_text_add_bytes(&w->bytes, values[i].data ? values[i].data : "", values[i].size);
    }
    w->rows++;
    db->appends->rows++;
    return w->rows == ROWS_MAX ? write_table(db, w) : PISTE_OK;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
}

static bool names(const char *sql, const char *table) {
    size_t length = strlen(table);
    for (const char *at = sql; (at = strstr(at, table)); at += length)
        if ((at == sql || !is_letter(at[-1])) && !is_letter(at[length]))
            return true;
    return false;
}

piste_status store_appends_write(store_db *db, const char *sql) {
    store_appends *a = db->appends;
    piste_status status = PISTE_OK;
    for (int i = 0; a && a->rows && i < a->count && status == PISTE_OK; i++)
        if (a->list[i]->rows && (!sql || names(sql, a->list[i]->table->name)))
            status = write_table(db, a->list[i]);
    return status;
}
