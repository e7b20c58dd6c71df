// vault.c - opens a vault; makes, finds and erases keys; a new master key; backup.
//
// A key is erased in this order: the list of erasures, flushed; vault.db, where SQLite writes zeros over it; the log, which
// is emptied. After a crash in between, the list says the rest, which is done when the vault is next opened.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "desk/vault_inside.h"

static const char tables[] =
    "CREATE TABLE vault (id INTEGER PRIMARY KEY CHECK (id = 1), vault_id BLOB NOT NULL, generation INTEGER NOT NULL, "
    "wrapped BLOB NOT NULL) STRICT;\n"
    "CREATE TABLE secret (key_id BLOB PRIMARY KEY, generation INTEGER NOT NULL, made_ms INTEGER NOT NULL, wrapped BLOB "
    "NOT NULL)"
    " WITHOUT ROWID, STRICT;\n"
    "CREATE TABLE erased (key_id BLOB PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID, STRICT;\n";

const store_migration vault_migrations[] = {{"keys", tables, NULL, NULL}};
const int vault_migration_count = (int)BASE_COUNT(vault_migrations);

static int64_t now_ms(const desk_vault *v) {
    struct timespec t;
    if (v->def.now_ms)
        return v->def.now_ms(v->def.clock);
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const unsigned char *desk_vault_id(const desk_vault *v) {
    return v->id;
}
const char *desk_vault_error(desk_vault *v) {
    return v->error;
}

static piste_status fail(desk_vault *v, piste_status status, const char *format, ...) PISTE_PRINTF(3, 4);
static piste_status fail(desk_vault *v, piste_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pthread_mutex_lock(&v->lock);
    vsnprintf(v->error, sizeof v->error, format, args);
    pthread_mutex_unlock(&v->lock);
    va_end(args);
    return status;
}

static piste_status told(desk_vault *v, piste_status status) {
    char why[200];
    store_error(v->store, why, sizeof why);
    return fail(v, status, "the vault: %s", *why ? why : piste_status_text(status));
}

// ---- master keys in memory ----------------------------------------------------------------------------------------------------

// With v->lock held, or before anybody else knows of v.
static const vault_master *find_master(const desk_vault *v, int64_t generation) {
    for (int i = 0; i < v->master_count; i++)
        if (v->masters[i].generation == generation)
            return &v->masters[i];
    return NULL;
}
static const vault_master *newest_master(const desk_vault *v) {
    const vault_master *m = NULL;
    for (int i = 0; i < v->master_count; i++)
        m = !m || v->masters[i].generation > m->generation ? &v->masters[i] : m;
    return m;
}

static piste_status load_masters(desk_vault *v, piste_errors *errors) {
    pthread_mutex_lock(&v->lock);
    piste_status status = vault_masters_load(v->masters_folder, v->masters, &v->master_count, errors);
    pthread_mutex_unlock(&v->lock);
    return status;
}

// ---- one key ------------------------------------------------------------------------------------------------------------------

typedef struct key_job {
    desk_vault *vault;
    const unsigned char *id;
    unsigned char *key;
    int64_t generation, made_ms; // of the row that was read
    unsigned char wrapped[VAULT_WRAPPED];
    bool is_unknown; // the master key of that generation is not in memory: another process has made a new one
} key_job;

static piste_status read_key(store_db *db, void *context) {
    key_job *j = context;
    int64_t erased = 0;
    store_rows *rows = NULL;
    piste_status status = STORE_FIND_NUMBER(db, &erased, NULL, "SELECT count(*) FROM erased WHERE key_id = $1",
                                            store_blob(j->id, DESK_KEY_ID_SIZE));
    if (status == PISTE_OK && erased)
        return PISTE_REFUSED;
    if (status == PISTE_OK)
        status = STORE_QUERY(db, &rows, "SELECT generation, wrapped FROM secret WHERE key_id = $1",
                             store_blob(j->id, DESK_KEY_ID_SIZE));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        store_value wrapped = store_rows_value(rows, 1);
        j->generation = store_rows_number(rows, 0);
        memcpy(j->wrapped, wrapped.data, wrapped.size < sizeof j->wrapped ? wrapped.size : sizeof j->wrapped);
    }
    status = store_rows_end(rows);
    return status == PISTE_OK && !found ? PISTE_NOT_FOUND : status;
}

// Inside the writer's transaction no other process makes a new master key: what is wrapped here stays readable.
static piste_status make_key(store_db *db, void *context) {
    key_job *j = context;
    desk_vault *v = j->vault;
    piste_status status = read_key(db, j);
    if (status != PISTE_NOT_FOUND)
        return status;
    status = STORE_FIND_NUMBER(db, &j->generation, NULL, "SELECT generation FROM vault WHERE id = $1", store_number(1));
    if (status != PISTE_OK)
        return status;
    pthread_mutex_lock(&v->lock);
    const vault_master *m = find_master(v, j->generation);
    if (m)
        vault_wrap(m, j->id, DESK_KEY_ID_SIZE, j->key, j->wrapped);
    pthread_mutex_unlock(&v->lock);
    j->is_unknown = !m;
    if (!m)
        return PISTE_NOT_FOUND;
    return STORE_RUN(db, "INSERT INTO secret (key_id, generation, made_ms, wrapped) VALUES ($1, $2, $3, $4)",
                     store_blob(j->id, DESK_KEY_ID_SIZE), store_number(j->generation), store_number(j->made_ms),
                     store_blob(j->wrapped, sizeof j->wrapped));
}

static piste_status open_key(desk_vault *v, key_job *j) {
    pthread_mutex_lock(&v->lock);
    const vault_master *m = find_master(v, j->generation);
    j->is_unknown = !m;
    piste_status status =
        m ? vault_unwrap(m, j->id, DESK_KEY_ID_SIZE, j->wrapped, sizeof j->wrapped, j->key) : PISTE_NOT_FOUND;
    pthread_mutex_unlock(&v->lock);
    return status;
}

piste_status desk_vault_key(desk_vault *v, const unsigned char id[DESK_KEY_ID_SIZE], bool create,
                            unsigned char key[DESK_KEY_SIZE]) {
    piste_status status = PISTE_OK;
    unsigned char fresh[DESK_KEY_SIZE];
    for (int i = 0; i < 2; i++) { // once more with the new master keys where another process has made one
        key_job j = {.vault = v, .id = id, .key = fresh, .made_ms = now_ms(v)};
        randombytes_buf(fresh, sizeof fresh);
        status = store_read(v->store, read_key, &j);
        if (status == PISTE_NOT_FOUND && create)
            status = store_do(v->store, make_key, &j);
        if (status == PISTE_OK)
            status = open_key(v, &j);
        if (!j.is_unknown)
            break;
        status = load_masters(v, NULL);
        if (status != PISTE_OK)
            break;
        status = fail(v, PISTE_NOT_FOUND, "the vault: the master key of generation %" PRId64 " is not in %s",
                      j.generation, v->masters_folder);
    }
    if (status == PISTE_OK)
        memcpy(key, fresh, sizeof fresh);
    sodium_memzero(fresh, sizeof fresh);
    if (status == PISTE_IO)
        return told(v, status);
    return status == PISTE_INVALID ? fail(v, status, "the vault: a key is damaged, or its master key is another")
                                   : status;
}

void desk_vault_hash(const desk_vault *v, const char *kind, const void *data, size_t size, unsigned char *hash,
                     size_t hash_size) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, v->index, DESK_KEY_SIZE, hash_size);
    crypto_generichash_update(&state, (const unsigned char *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, data, size);
    crypto_generichash_final(&state, hash, hash_size);
}

// ---- erasing --------------------------------------------------------------------------------------------------------------------

typedef struct erase_job {
    const unsigned char (*ids)[DESK_KEY_ID_SIZE];
    size_t count;
    int64_t at_ms;
} erase_job;

static piste_status erase_keys(store_db *db, void *context) {
    const erase_job *j = context;
    for (size_t i = 0; i < j->count; i++) {
        store_value id = store_blob(j->ids[i], DESK_KEY_ID_SIZE);
        piste_status status = STORE_RUN(db, "DELETE FROM secret WHERE key_id = $1", id);
        if (status == PISTE_OK)
            status = STORE_RUN(db, "INSERT INTO erased (key_id, at_ms) VALUES ($1, $2) ON CONFLICT (key_id) DO NOTHING",
                               id, store_number(j->at_ms));
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

static piste_status forget(desk_vault *v, const unsigned char (*ids)[DESK_KEY_ID_SIZE], size_t count) {
    erase_job j = {ids, count, now_ms(v)};
    piste_status status = store_do(v->store, erase_keys, &j);
    if (status == PISTE_OK)
        status = store_checkpoint(v->store);
    return status == PISTE_OK ? status : told(v, status);
}

piste_status desk_vault_erase(desk_vault *v, const unsigned char (*ids)[DESK_KEY_ID_SIZE], size_t count) {
    if (count == 0)
        return PISTE_OK;
    piste_status status = vault_list_add(v, ids, count);
    if (status != PISTE_OK)
        return fail(v, status, "the vault: the list of erasures cannot be written: %s", strerror(errno));
    return forget(v, ids, count);
}

piste_status desk_key_ids_collect(store_db *db, const char *sql, int64_t number, desk_key_ids *out) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, sql, store_number(number));
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        store_value id = store_rows_value(rows, 0);
        status = id.size == DESK_KEY_ID_SIZE ? desk_key_ids_add(out, id.data) : PISTE_INVALID;
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

typedef struct collect_job {
    const char *sql;
    int64_t number;
    desk_key_ids *out;
} collect_job;

static piste_status collect_read(store_db *db, void *context) {
    collect_job *j = context;
    j->out->count = 0;
    return desk_key_ids_collect(db, j->sql, j->number, j->out);
}

piste_status desk_key_ids_read(store *s, const char *sql, int64_t number, desk_key_ids *out) {
    collect_job j = {sql, number, out};
    return store_read(s, collect_read, &j);
}

piste_status desk_vault_erased(desk_vault *v, desk_key_ids *out) {
    piste_status status =
        desk_key_ids_read(v->store, "SELECT key_id FROM erased WHERE at_ms >= $1", INT64_MIN, out);
    desk_key_ids_sort(out);
    return status == PISTE_OK ? status : told(v, status);
}

// ---- a new master key -------------------------------------------------------------------------------------------------------------

typedef struct rotate_job {
    desk_vault *vault;
    const vault_master *to;
} rotate_job;

static piste_status wrap_anew(store_db *db, rotate_job *j, const unsigned char *id) {
    key_job k = {.vault = j->vault, .id = id, .key = (unsigned char[DESK_KEY_SIZE]){0}};
    piste_status status = read_key(db, &k);
    if (status == PISTE_OK)
        status = open_key(j->vault, &k);
    if (status == PISTE_OK) {
        vault_wrap(j->to, id, DESK_KEY_ID_SIZE, k.key, k.wrapped);
        status = STORE_RUN(db, "UPDATE secret SET generation = $1, wrapped = $2 WHERE key_id = $3",
                           store_number(j->to->generation), store_blob(k.wrapped, sizeof k.wrapped),
                           store_blob(id, DESK_KEY_ID_SIZE));
    }
    sodium_memzero(k.key, DESK_KEY_SIZE);
    return status;
}

static piste_status wrap_all(store_db *db, void *context) {
    rotate_job *j = context;
    desk_key_ids ids = {0};
    unsigned char wrapped[VAULT_WRAPPED];
    piste_status status = desk_key_ids_collect(db, "SELECT key_id FROM secret WHERE generation <> $1", j->to->generation, &ids);
    for (size_t i = 0; i < ids.count && status == PISTE_OK; i++)
        status = wrap_anew(db, j, ids.list[i]);
    desk_key_ids_release(&ids);
    vault_wrap(j->to, j->vault->id, DESK_VAULT_ID_SIZE, j->vault->index, wrapped);
    if (status == PISTE_OK)
        status = STORE_RUN(db, "UPDATE vault SET generation = $1, wrapped = $2 WHERE id = 1",
                           store_number(j->to->generation), store_blob(wrapped, sizeof wrapped));
    return status;
}

// Wraps everything by the newest master key and destroys the others.
static piste_status finish_rotation(desk_vault *v, piste_errors *errors) {
    vault_master to = *newest_master(v);
    rotate_job j = {v, &to};
    piste_status status = store_do(v->store, wrap_all, &j);
    if (status == PISTE_OK)
        status = store_checkpoint(v->store);
    if (status != PISTE_OK)
        piste_errors_add(errors, status, v->folder, 0, 0,
                         "the keys could not be wrapped by the new master key; the old one is kept");
    for (int i = 0; i < v->master_count && status == PISTE_OK; i++)
        if (v->masters[i].generation != to.generation)
            status = vault_master_destroy(v->masters_folder, v->masters[i].generation, errors);
    sodium_memzero(&to, sizeof to);
    return status == PISTE_OK ? load_masters(v, errors) : status;
}

// One process at a time opens a vault or makes a new master key.
static int lock_folder(const char *folder) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

piste_status desk_vault_rotate(desk_vault *v, piste_errors *errors, int64_t *generation) {
    int fd = lock_folder(v->folder);
    if (fd < 0)
        return piste_errors_add(errors, PISTE_IO, v->folder, 0, 0, "%s", strerror(errno));
    vault_master m;
    piste_status status = load_masters(v, errors);
    if (status == PISTE_OK) {
        m.generation = newest_master(v)->generation + 1;
        randombytes_buf(m.key, sizeof m.key);
        status = vault_master_write(v->masters_folder, &m, errors);
    }
    if (status == PISTE_OK)
        status = load_masters(v, errors);
    if (status == PISTE_OK)
        status = finish_rotation(v, errors);
    if (status == PISTE_OK)
        *generation = m.generation;
    sodium_memzero(&m, sizeof m);
    close(fd);
    return status;
}

// ---- backup -----------------------------------------------------------------------------------------------------------------------

piste_status desk_vault_backup(desk_vault *v, const char *path, piste_errors *errors) {
    sqlite3 *from = NULL, *to = NULL;
    char *name = vault_path(v->folder, "vault.db");
    piste_status status = name ? vault_file_make(path, "", 0, errors) : PISTE_MEMORY;
    if (status != PISTE_OK) {
        free(name);
        return status;
    }
    int code = sqlite3_open_v2(name, &from, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_backup *b = code == SQLITE_OK ? sqlite3_backup_init(to, "main", from, "main") : NULL;
    if (b) {
        while ((code = sqlite3_backup_step(b, -1)) == SQLITE_BUSY || code == SQLITE_LOCKED)
            sqlite3_sleep(5);
        sqlite3_backup_finish(b);
        code =
            code == SQLITE_DONE ? sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) : code; // one file
    }
    if (!b || code != SQLITE_OK) {
        status = piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", to ? sqlite3_errmsg(to) : "no memory");
        unlink(path);
    }
    sqlite3_close(to);
    sqlite3_close(from);
    free(name);
    return status;
}

static piste_status read_id(store_db *db, void *context) {
    desk_vault *v = context;
    bool found = false;
    piste_status status = STORE_FIND_BLOB(db, v->id, sizeof v->id, &found, "SELECT vault_id FROM vault WHERE id = $1", store_number(1));
    return status == PISTE_OK && !found ? PISTE_NOT_FOUND : status;
}

// Which vault a file is of, and whether it is whole.
static piste_status identify(const char *path, unsigned char id[DESK_VAULT_ID_SIZE]) {
    desk_vault v = {.folder = NULL};
    store_def def = {
        .url = path, .migrations = vault_migrations, .migration_count = vault_migration_count, .must_exist = true};
    piste_status status = store_open(&def, NULL, &v.store);
    if (status != PISTE_OK)
        return status;
    status = store_read(v.store, read_id, &v);
    store_close(v.store);
    if (status == PISTE_OK)
        memcpy(id, v.id, sizeof v.id);
    return status;
}

static piste_status put_in_place(const char *folder, const char *path, const char *there, piste_errors *errors) {
    char *data = NULL, *part = vault_path(folder, "vault.db.part");
    size_t length = 0;
    piste_status status = part ? base_file_read(path, (size_t)4 << 30, errors, &data, &length) : PISTE_MEMORY;
    if (status == PISTE_OK) {
        unlink(part); // of a restore that was interrupted
        status = vault_file_make(part, data, length, errors);
    }
    static const char *const logs[] = {"vault.db-wal", "vault.db-shm"};
    for (size_t i = 0; i < BASE_COUNT(logs) && status == PISTE_OK; i++) {
        char *log = vault_path(folder, "%s", logs[i]);
        status = !log ? PISTE_MEMORY : unlink(log) != 0 && errno != ENOENT ? PISTE_IO : PISTE_OK;
        free(log);
    }
    if (status == PISTE_OK && (rename(part, there) != 0 || vault_folder_flush(folder) != PISTE_OK))
        status = piste_errors_add(errors, PISTE_IO, there, 0, 0, "%s", strerror(errno));
    free(data);
    free(part);
    return status;
}

piste_status desk_vault_restore(const char *folder, const char *path, piste_errors *errors) {
    unsigned char from[DESK_VAULT_ID_SIZE], to[DESK_VAULT_ID_SIZE];
    char *there = vault_path(folder, "vault.db");
    int fd = there ? lock_folder(folder) : -1;
    piste_status status = PISTE_OK;
    if (fd < 0)
        status = piste_errors_add(errors, there ? PISTE_IO : PISTE_MEMORY, folder, 0, 0, "%s",
                                  there ? strerror(errno) : "no memory");
    if (status == PISTE_OK && identify(path, from) != PISTE_OK)
        status = piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "is no backup of a vault");
    if (status == PISTE_OK && access(there, F_OK) == 0 && identify(there, to) == PISTE_OK &&
        memcmp(from, to, sizeof from) != 0)
        status = piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "is the backup of another vault");
    if (status == PISTE_OK)
        status = put_in_place(folder, path, there, errors);
    if (fd >= 0)
        close(fd);
    free(there);
    return status;
}

// ---- opening ------------------------------------------------------------------------------------------------------------------------

// What is deleted is written over in vault.db; the log is emptied after erasures (forget).
static piste_status begin_batch(store_db *db, void *context) {
    (void)context;
    return store_run(db, "PRAGMA secure_delete = ON", NULL, 0);
}

static piste_status make_vault(store_db *db, void *context) {
    desk_vault *v = context;
    unsigned char wrapped[VAULT_WRAPPED];
    const vault_master *m = newest_master(v);
    randombytes_buf(v->id, sizeof v->id);
    randombytes_buf(v->index, DESK_KEY_SIZE);
    vault_wrap(m, v->id, sizeof v->id, v->index, wrapped);
    return STORE_RUN(db, "INSERT INTO vault (id, vault_id, generation, wrapped) VALUES (1, $1, $2, $3)",
                     store_blob(v->id, sizeof v->id), store_number(m->generation), store_blob(wrapped, sizeof wrapped));
}

static piste_status open_vault(store_db *db, void *context) {
    desk_vault *v = context;
    store_rows *rows = NULL;
    piste_status status = read_id(db, v);
    if (status == PISTE_OK)
        status = STORE_QUERY(db, &rows, "SELECT generation, wrapped FROM vault WHERE id = $1", store_number(1));
    if (status != PISTE_OK)
        return status;
    if (store_rows_next(rows)) {
        store_value wrapped = store_rows_value(rows, 1);
        const vault_master *m = find_master(v, store_rows_number(rows, 0));
        status = m ? vault_unwrap(m, v->id, sizeof v->id, wrapped.data, wrapped.size, v->index) : PISTE_REFUSED;
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

static bool is_there(const char *folder, const char *name) {
    char *path = vault_path(folder, "%s", name);
    bool there = path && access(path, F_OK) == 0;
    free(path);
    return there;
}

static piste_status check_folder(const desk_vault *v, bool *is_new, piste_errors *errors) {
    struct stat about;
    bool list = is_there(v->folder, "erased.list");
    if (list && v->def.must_be_new)
        return piste_errors_add(errors, PISTE_EXISTS, v->folder, 0, 0, "there is a vault already");
    if (!list && v->def.must_exist)
        return piste_errors_add(errors, PISTE_NOT_FOUND, v->folder, 0, 0, "there is no vault");
    if (list && !is_there(v->folder, "vault.db"))
        return piste_errors_add(errors, PISTE_NOT_FOUND, v->folder, 0, 0, "vault.db is not there: restore its backup");
    if (mkdir(v->folder, 0700) != 0 && errno != EEXIST)
        return piste_errors_add(errors, PISTE_IO, v->folder, 0, 0, "%s", strerror(errno));
    if (stat(v->folder, &about) != 0 || about.st_mode & 077)
        return piste_errors_add(errors, PISTE_INVALID, v->folder, 0, 0, "others may read it (mode %03o), expected 700",
                                (unsigned)about.st_mode & 0777);
    *is_new = !list;
    return PISTE_OK;
}

static piste_status open_database(desk_vault *v, bool is_new, piste_errors *errors) {
    char *path = vault_path(v->folder, "vault.db");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC | (is_new ? O_CREAT : 0), 0600)
                  : -1; // its log gets the same mode from SQLite
    piste_status status = PISTE_OK;
    if (fd < 0)
        status = piste_errors_add(errors, path ? PISTE_IO : PISTE_MEMORY, path, 0, 0, "%s",
                                  path ? strerror(errno) : "no memory");
    else
        close(fd);
    store_def def = {.url = path,
                     .migrations = vault_migrations,
                     .migration_count = vault_migration_count,
                     .begin = begin_batch,
                     .must_exist = !is_new};
    if (status == PISTE_OK)
        status = store_open(&def, errors, &v->store);
    free(path);
    return status;
}

static piste_status open_or_make(desk_vault *v, bool is_new, piste_errors *errors) {
    piste_status status = load_masters(v, errors);
    if (status == PISTE_OK && is_new && v->master_count == 0) {
        vault_master m = {.generation = 1};
        randombytes_buf(m.key, sizeof m.key);
        status = vault_master_write(v->masters_folder, &m, errors);
        sodium_memzero(&m, sizeof m);
        if (status == PISTE_OK)
            status = load_masters(v, errors);
    }
    if (status == PISTE_OK && v->master_count == 0)
        status = piste_errors_add(errors, PISTE_NOT_FOUND, v->masters_folder, 0, 0,
                                  "there is no master key; bring back its copy");
    if (status != PISTE_OK)
        return status;
    status = store_read(v->store, open_vault, v);
    if (status == PISTE_NOT_FOUND && is_new)
        status = store_do(v->store, make_vault, v);
    if (status == PISTE_OK)
        return v->master_count > 1 ? finish_rotation(v, errors) : status;
    const char *why = status == PISTE_REFUSED || status == PISTE_INVALID
                          ? "the master keys do not open it; bring back the copy of the one that does"
                          : "vault.db cannot be read: restore its backup";
    return piste_errors_add(errors, PISTE_NOT_FOUND, v->folder, 0, 0, "%s", why);
}

// What the list says is erased in vault.db, too; and the other way round, where the list was lost.
static piste_status apply_list(desk_vault *v, piste_errors *errors) {
    desk_key_ids listed = {0}, erased = {0}, late = {0}, lost = {0};
    piste_status status = vault_list_read(v, &listed, errors);
    if (status == PISTE_OK)
        status = desk_vault_erased(v, &erased);
    if (status == PISTE_OK)
        status = desk_key_ids_missing(&listed, &erased, &late);
    if (status == PISTE_OK)
        status = desk_key_ids_missing(&erased, &listed, &lost);
    if (status == PISTE_OK && late.count)
        status = forget(v, (const unsigned char(*)[DESK_KEY_ID_SIZE])late.list, late.count);
    if (status == PISTE_OK && lost.count)
        status = vault_list_add(v, (const unsigned char(*)[DESK_KEY_ID_SIZE])lost.list, lost.count);
    desk_key_ids *all[] = {&listed, &erased, &late, &lost};
    for (size_t i = 0; i < BASE_COUNT(all); i++)
        desk_key_ids_release(all[i]);
    if (status != PISTE_OK)
        piste_errors_add(errors, status, v->folder, 0, 0, "the list of erasures could not be applied");
    return status;
}

static desk_vault *create(const desk_vault_def *def) {
    desk_vault *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    v->def = *def;
    v->list = -1;
    pthread_mutex_init(&v->lock, NULL);
    v->folder = strdup(def->folder);
    v->masters_folder = strdup(def->masters ? def->masters : def->folder);
    v->masters = sodium_malloc(VAULT_MASTERS_MAX * sizeof *v->masters);
    v->index = sodium_malloc(DESK_KEY_SIZE);
    if (v->folder && v->masters_folder && v->masters && v->index)
        return v;
    desk_vault_close(v);
    return NULL;
}

piste_status desk_vault_open(const desk_vault_def *def, piste_errors *errors, desk_vault **out) {
    desk_vault *v = sodium_init() < 0 ? NULL : create(def);
    bool is_new = false;
    if (!v)
        return piste_errors_add(errors, PISTE_MEMORY, def->folder, 0, 0, "no memory");
    piste_status status = check_folder(v, &is_new, errors);
    int fd = status == PISTE_OK ? lock_folder(v->folder) : -1;
    if (status == PISTE_OK && fd < 0)
        status = piste_errors_add(errors, PISTE_IO, v->folder, 0, 0, "%s", strerror(errno));
    if (status == PISTE_OK)
        status = check_folder(v, &is_new, errors); // another process may have made it meanwhile
    if (status == PISTE_OK)
        status = open_database(v, is_new, errors);
    if (status == PISTE_OK)
        status = open_or_make(v, is_new, errors);
    if (status == PISTE_OK)
        status = vault_list_open(v, is_new, errors); // last: it says that the vault is whole
    if (status == PISTE_OK)
        status = apply_list(v, errors);
    if (fd >= 0)
        close(fd);
    if (status != PISTE_OK) {
        desk_vault_close(v);
        return status;
    }
    *out = v;
    return PISTE_OK;
}

void desk_vault_close(desk_vault *v) {
    if (!v)
        return;
    store_close(v->store);
    if (v->list >= 0)
        close(v->list);
    pthread_mutex_destroy(&v->lock);
    sodium_free(v->masters); // which wipes them
    sodium_free(v->index);
    free(v->folder);
    free(v->masters_folder);
    free(v);
}
