// fault_vfs.c - the file system of fault_vfs.h. A name leads to a node, as a folder's entry to an inode: now, and on
// the disk.
#include "desk/fault_vfs.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

enum { SECTOR = 512, DISKS = 64, NAMES = 16, NODES = 256, NAME_SIZE = 80, REGIONS = 64, SHM_LOCKS = SQLITE_SHM_NLOCK };

typedef struct bytes {
    unsigned char *data;
    size_t size, capacity;
} bytes;

typedef struct change { // not synced: a write, or with data NULL a cut to `at` bytes
    size_t at, size;
    unsigned char *data;
} change;

typedef struct node {
    bytes now, disk;
    change *changes;
    size_t count, capacity;
    int shared;                            // connections that hold a lock for reading
    const void *reserved, *pending, *sole; // those that hold one for writing
    void *regions[REGIONS];
    int mapped; // connections that use the shared memory
    int shm_shared[SHM_LOCKS];
    const void *shm_sole[SHM_LOCKS];
} node;

typedef struct entry {
    char name[NAME_SIZE];
    int now, disk; // nodes; -1: no such file
} entry;

struct fault_disk {
    int number;
    char path[NAME_SIZE];
    pthread_mutex_t lock;
    entry entries[NAMES];
    int entry_count;
    node *nodes[NODES];
    int node_count;
    fault_plan plan;
    uint64_t stream, drawn;
    int64_t calls;
    unsigned char *kinds; // of each call
    size_t kinds_capacity;
    fault_call failed_kind;
    bool has_failed, is_off;
    int process; // how many have been killed
};

typedef struct handle {
    sqlite3_file base;
    fault_disk *disk;
    node *node;
    int process;                     // that opened it
    int level;                       // SQLITE_LOCK_...
    bool is_mapped, folder_unsynced; // its first sync brings its folder to the disk
    unsigned shm_shared, shm_sole;   // bit by bit
} handle;

static fault_disk *disks[DISKS];
static pthread_mutex_t disks_lock = PTHREAD_MUTEX_INITIALIZER;

// The disk on which a file is: its path begins with the disk's number.
static fault_disk *disk_of(const char *path) {
    pthread_mutex_lock(&disks_lock);
    long number = strtol(path, NULL, 10);
    assert(number >= 0 && number < DISKS && disks[number]);
    fault_disk *d = disks[number];
    pthread_mutex_unlock(&disks_lock);
    return d;
}

static uint64_t draw(fault_disk *d) {
    return base_draw(d->stream, d->drawn++);
}

// ---- contents -------------------------------------------------------------------------------------------------------

static void resize(bytes *b, size_t size) {
    if (size > b->capacity) {
        b->capacity = size + size / 2 + 4096;
        b->data = realloc(b->data, b->capacity);
        assert(b->data);
    }
    if (size > b->size)
        memset(b->data + b->size, 0, size - b->size);
    b->size = size;
}

static void put(bytes *b, size_t at, const void *data, size_t size) {
    if (size == 0)
        return;
    if (at + size > b->size)
        resize(b, at + size);
    memcpy(b->data + at, data, size);
}

static void apply(bytes *b, const change *c) {
    if (c->data)
        put(b, c->at, c->data, c->size);
    else
        resize(b, c->at);
}

// Applies any of a write's sectors. One at which it tears may hold anything where it was to become another.
static void apply_torn(bytes *b, const change *c, uint64_t stream) {
    uint64_t n = 0;
    if (!c->data) {
        if (base_draw(stream, n) & 1)
            resize(b, c->at);
        return;
    }
    for (size_t from = 0; from < c->size;) {
        size_t until = ((c->at + from) / SECTOR + 1) * SECTOR - c->at;
        until = until < c->size ? until : c->size;
        uint64_t lot = base_draw(stream, n++) % 16;
        if (lot == 0) {
            unsigned char noise[SECTOR];
            for (size_t i = 0; i < until - from; i++) {
                size_t at = c->at + from + i;
                bool same = at < b->size && b->data[at] == c->data[from + i];
                noise[i] = same ? c->data[from + i] : (unsigned char)(base_draw(stream, 1000 + n * SECTOR + i) >> 24);
            }
            put(b, c->at + from, noise, until - from);
        } else if (lot % 2 == 1)
            put(b, c->at + from, c->data + from, until - from);
        from = until;
    }
}

static void forget(node *n) {
    for (size_t i = 0; i < n->count; i++)
        free(n->changes[i].data);
    n->count = 0;
}

static void keep(node *n, size_t at, const void *data, size_t size) {
    if (n->count == n->capacity) {
        n->capacity = n->capacity ? 2 * n->capacity : 64;
        n->changes = realloc(n->changes, n->capacity * sizeof *n->changes);
        assert(n->changes);
    }
    change c = {at, size, data ? malloc(size + 1) : NULL};
    if (data) {
        assert(c.data);
        memcpy(c.data, data, size);
    }
    n->changes[n->count++] = c;
    apply(&n->now, &c);
}

static void settle(node *n) {
    for (size_t i = 0; i < n->count; i++)
        apply(&n->disk, &n->changes[i]);
    forget(n);
}

static void settle_folder(fault_disk *d) {
    for (int i = 0; i < d->entry_count; i++)
        d->entries[i].disk = d->entries[i].now;
}

static node *add_node(fault_disk *d, int *index) {
    assert(d->node_count < NODES);
    node *n = calloc(1, sizeof *n);
    assert(n);
    *index = d->node_count;
    d->nodes[d->node_count++] = n;
    return n;
}

static const char *bare_name(const char *path) {
    return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

static entry *find_entry(fault_disk *d, const char *name) {
    for (int i = 0; i < d->entry_count; i++)
        if (strcmp(d->entries[i].name, name) == 0)
            return &d->entries[i];
    return NULL;
}

static entry *add_entry(fault_disk *d, const char *name) {
    assert(d->entry_count < NAMES && strlen(name) < NAME_SIZE);
    entry *e = &d->entries[d->entry_count++];
    *e = (entry){.now = -1, .disk = -1};
    snprintf(e->name, sizeof e->name, "%s", name);
    return e;
}

// ---- whether a call fails -------------------------------------------------------------------------------------------

static void count(fault_disk *d, fault_call kind) {
    d->calls++;
    if ((size_t)d->calls >= d->kinds_capacity) {
        d->kinds_capacity = 2 * d->kinds_capacity + 1024;
        d->kinds = realloc(d->kinds, d->kinds_capacity);
        assert(d->kinds);
    }
    d->kinds[d->calls] = (unsigned char)kind;
}

typedef enum fate { WORKS, FAILS, DEAD } fate; // DEAD: fails and changes nothing

// Counts a call of a process and says what becomes of it. The disk's lock is not held.
static fate call_made(fault_disk *d, fault_call kind, int process) {
    bool changes = kind == FAULT_OPEN || kind == FAULT_WRITE || kind == FAULT_SYNC || kind == FAULT_TRUNCATE ||
                   kind == FAULT_DELETE;
    fate what = WORKS;
    pthread_mutex_lock(&d->lock);
    if (d->is_off || process != d->process) {
        pthread_mutex_unlock(&d->lock);
        return DEAD;
    }
    count(d, kind);
    int64_t call = d->calls;
    if (call == d->plan.fail_at) {
        d->has_failed = true;
        d->failed_kind = kind;
        d->process += d->plan.kills;
        what = d->plan.kills ? DEAD : FAILS;
    } else if (d->has_failed && d->plan.fails_on && kind == d->failed_kind)
        what = FAILS;
    pthread_mutex_unlock(&d->lock);
    if (changes && d->plan.watch)
        d->plan.watch(d, call, kind, d->plan.context);
    return what;
}

static fate called(const handle *h, fault_call kind) {
    return call_made(h->disk, kind, h->process);
}

// ---- a file's methods -----------------------------------------------------------------------------------------------

static int file_read(sqlite3_file *file, void *out, int size, sqlite3_int64 at) {
    handle *h = (handle *)file;
    if (called(h, FAULT_READ) != WORKS)
        return SQLITE_IOERR_READ;
    pthread_mutex_lock(&h->disk->lock);
    const bytes *b = &h->node->now;
    size_t there = (size_t)at >= b->size ? 0 : b->size - (size_t)at;
    there = there < (size_t)size ? there : (size_t)size;
    if (there)
        memcpy(out, b->data + at, there);
    memset((char *)out + there, 0, (size_t)size - there);
    pthread_mutex_unlock(&h->disk->lock);
    return there < (size_t)size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at) {
    handle *h = (handle *)file;
    fate what = called(h, FAULT_WRITE);
    pthread_mutex_lock(&h->disk->lock);
    size_t written = what == DEAD ? 0 : (size_t)size;
    if (what == FAILS) // some of it is written all the same
        written = (size_t)(draw(h->disk) % ((uint64_t)size + 1)) / SECTOR * SECTOR;
    if (written)
        keep(h->node, (size_t)at, data, written);
    pthread_mutex_unlock(&h->disk->lock);
    return what == WORKS ? SQLITE_OK : what == FAILS && h->disk->plan.is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    handle *h = (handle *)file;
    if (called(h, FAULT_TRUNCATE) != WORKS)
        return SQLITE_IOERR_TRUNCATE;
    pthread_mutex_lock(&h->disk->lock);
    keep(h->node, (size_t)size, NULL, 0);
    pthread_mutex_unlock(&h->disk->lock);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    handle *h = (handle *)file;
    fault_disk *d = h->disk;
    fate what = called(h, FAULT_SYNC);
    pthread_mutex_lock(&d->lock);
    if (what == FAILS) {
        for (size_t i = 0; i < h->node->count; i++)
            if (draw(d) & 1)
                apply_torn(&h->node->disk, &h->node->changes[i], draw(d));
        forget(h->node);
    } else if (what == WORKS && !d->plan.lies) {
        settle(h->node);
        if (h->folder_unsynced)
            settle_folder(d);
        h->folder_unsynced = false;
    }
    pthread_mutex_unlock(&d->lock);
    return what == WORKS ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    handle *h = (handle *)file;
    if (called(h, FAULT_SIZE) != WORKS)
        return SQLITE_IOERR_FSTAT;
    pthread_mutex_lock(&h->disk->lock);
    *size = (sqlite3_int64)h->node->now.size;
    pthread_mutex_unlock(&h->disk->lock);
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *context) {
    (void)file;
    (void)op;
    (void)context;
    return SQLITE_NOTFOUND;
}
static int file_sector_size(sqlite3_file *file) {
    (void)file;
    return SECTOR;
}
static int file_characteristics(sqlite3_file *file) { // as SQLite takes it of any disk unless it is told otherwise
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// ---- locks ----------------------------------------------------------------------------------------------------------

static int file_lock(sqlite3_file *file, int level) {
    handle *h = (handle *)file;
    node *n = h->node;
    int code = SQLITE_OK;
    if (h->level >= level)
        return SQLITE_OK;
    pthread_mutex_lock(&h->disk->lock);
    if ((n->sole && n->sole != h) || (n->pending && n->pending != h && h->level == SQLITE_LOCK_NONE))
        code = SQLITE_BUSY;
    else if (level == SQLITE_LOCK_SHARED)
        n->shared++;
    else if (n->reserved && n->reserved != h)
        code = SQLITE_BUSY;
    else {
        n->reserved = h;
        if (level == SQLITE_LOCK_EXCLUSIVE) {
            n->pending = h;
            h->level = SQLITE_LOCK_PENDING;
            if (n->shared > 1)
                code = SQLITE_BUSY;
            else
                n->sole = h;
        }
    }
    if (code == SQLITE_OK)
        h->level = level;
    pthread_mutex_unlock(&h->disk->lock);
    return code;
}

static int file_unlock(sqlite3_file *file, int level) {
    handle *h = (handle *)file;
    node *n = h->node;
    if (h->level <= level)
        return SQLITE_OK;
    pthread_mutex_lock(&h->disk->lock);
    n->reserved = n->reserved == h ? NULL : n->reserved;
    n->pending = n->pending == h ? NULL : n->pending;
    n->sole = n->sole == h ? NULL : n->sole;
    n->shared -= level == SQLITE_LOCK_NONE;
    h->level = level;
    pthread_mutex_unlock(&h->disk->lock);
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *file, int *is_reserved) {
    handle *h = (handle *)file;
    pthread_mutex_lock(&h->disk->lock);
    *is_reserved = h->node->reserved != NULL;
    pthread_mutex_unlock(&h->disk->lock);
    return SQLITE_OK;
}

// ---- shared memory, which a power cut empties -----------------------------------------------------------------------

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out) {
    handle *h = (handle *)file;
    node *n = h->node;
    assert(region < REGIONS);
    pthread_mutex_lock(&h->disk->lock);
    n->mapped += !h->is_mapped;
    h->is_mapped = true;
    if (!n->regions[region] && extend) {
        n->regions[region] = calloc(1, (size_t)size);
        assert(n->regions[region]);
    }
    *out = n->regions[region];
    pthread_mutex_unlock(&h->disk->lock);
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *file, int first, int count, int flags) {
    handle *h = (handle *)file;
    node *n = h->node;
    int code = SQLITE_OK;
    bool sole = flags & SQLITE_SHM_EXCLUSIVE;
    pthread_mutex_lock(&h->disk->lock);
    for (int i = first; i < first + count; i++) {
        bool mine = h->shm_shared >> i & 1;
        if (flags & SQLITE_SHM_UNLOCK) {
            n->shm_shared[i] -= mine;
            n->shm_sole[i] = n->shm_sole[i] == h ? NULL : n->shm_sole[i];
            h->shm_shared &= ~(1u << i);
        } else if ((n->shm_sole[i] && n->shm_sole[i] != h) || (sole && n->shm_shared[i] > mine))
            code = SQLITE_BUSY;
    }
    for (int i = first; i < first + count && code == SQLITE_OK && !(flags & SQLITE_SHM_UNLOCK); i++) {
        if (sole)
            n->shm_sole[i] = h;
        else if (!(h->shm_shared >> i & 1)) {
            n->shm_shared[i]++;
            h->shm_shared |= 1u << i;
        }
    }
    pthread_mutex_unlock(&h->disk->lock);
    return code;
}

static void shm_barrier(sqlite3_file *file) {
    handle *h = (handle *)file;
    pthread_mutex_lock(&h->disk->lock);
    pthread_mutex_unlock(&h->disk->lock);
}

static int shm_unmap(sqlite3_file *file, int remove) {
    (void)remove;
    handle *h = (handle *)file;
    node *n = h->node;
    if (!h->is_mapped)
        return SQLITE_OK;
    shm_lock(file, 0, SHM_LOCKS, SQLITE_SHM_UNLOCK);
    pthread_mutex_lock(&h->disk->lock);
    h->is_mapped = false;
    if (--n->mapped == 0)
        for (int i = 0; i < REGIONS; i++) {
            free(n->regions[i]);
            n->regions[i] = NULL;
        }
    pthread_mutex_unlock(&h->disk->lock);
    return SQLITE_OK;
}

static int file_close(sqlite3_file *file) {
    shm_unmap(file, 0);
    return file_unlock(file, SQLITE_LOCK_NONE);
}

// ---- the file system ------------------------------------------------------------------------------------------------

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags) {
    (void)vfs;
    handle *h = (handle *)file;
    assert(name); // without one it would be a temporary file, and the store keeps those in memory
    fault_disk *d = disk_of(name);
    *h = (handle){.disk = d, .process = d->process};
    if (called(h, FAULT_OPEN) != WORKS)
        return SQLITE_CANTOPEN;
    pthread_mutex_lock(&d->lock);
    entry *e = find_entry(d, bare_name(name));
    bool is_there = e && e->now >= 0;
    if (!is_there && (flags & SQLITE_OPEN_CREATE)) {
        e = e ? e : add_entry(d, bare_name(name));
        add_node(d, &e->now);
        is_there = true;
    }
    if (is_there) {
        h->node = d->nodes[e->now];
        h->folder_unsynced = (flags & SQLITE_OPEN_CREATE) &&
                             (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL));
        h->base.pMethods = &methods;
    }
    pthread_mutex_unlock(&d->lock);
    if (d->plan.is_read_only) // as the usual file system of SQLite does: it is opened, for reading
        flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    if (out_flags)
        *out_flags = flags;
    return is_there ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
    (void)vfs;
    fault_disk *d = disk_of(name);
    if (call_made(d, FAULT_DELETE, d->process) != WORKS)
        return SQLITE_IOERR_DELETE;
    pthread_mutex_lock(&d->lock);
    entry *e = find_entry(d, bare_name(name));
    bool is_there = e && e->now >= 0;
    if (is_there)
        e->now = -1;
    if (sync_folder && !d->plan.lies)
        settle_folder(d);
    pthread_mutex_unlock(&d->lock);
    return is_there ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *is_there) {
    (void)vfs;
    fault_disk *d = disk_of(name);
    if (call_made(d, FAULT_ACCESS, d->process) != WORKS)
        return SQLITE_IOERR_ACCESS;
    pthread_mutex_lock(&d->lock);
    const entry *e = find_entry(d, bare_name(name));
    *is_there = e && e->now >= 0 && (flags != SQLITE_ACCESS_EXISTS || d->nodes[e->now]->now.size > 0);
    pthread_mutex_unlock(&d->lock);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out) {
    (void)vfs;
    snprintf(out, (size_t)size, "%s", name);
    return SQLITE_OK;
}
static int vfs_randomness(sqlite3_vfs *vfs, int size, char *out) {
    (void)vfs;
    memset(out, 0, (size_t)size);
    return size;
}
static int vfs_sleep(sqlite3_vfs *vfs, int us) {
    (void)vfs;
    return us;
}
static int vfs_time(sqlite3_vfs *vfs, double *days) {
    (void)vfs;
    *days = 2458516.5; // 2019-02-02
    return SQLITE_OK;
}

static void vfs_register(void) {
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(handle),
        .mxPathname = NAME_SIZE - 1,
        .zName = "fault",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
    };
    if (!sqlite3_vfs_find("fault"))
        sqlite3_vfs_register(&vfs, 0);
}

// ---- disks ----------------------------------------------------------------------------------------------------------

fault_disk *fault_disk_create(uint64_t seed) {
    vfs_register();
    fault_disk *d = calloc(1, sizeof *d);
    assert(d);
    pthread_mutex_init(&d->lock, NULL);
    d->stream = base_stream(seed, 1);
    pthread_mutex_lock(&disks_lock);
    while (d->number < DISKS && disks[d->number])
        d->number++;
    assert(d->number < DISKS);
    disks[d->number] = d;
    pthread_mutex_unlock(&disks_lock);
    snprintf(d->path, sizeof d->path, "%d/desk.db", d->number);
    return d;
}

void fault_disk_destroy(fault_disk *d) {
    pthread_mutex_lock(&disks_lock);
    disks[d->number] = NULL;
    pthread_mutex_unlock(&disks_lock);
    for (int i = 0; i < d->node_count; i++) {
        node *n = d->nodes[i];
        forget(n);
        for (int k = 0; k < REGIONS; k++)
            free(n->regions[k]);
        free(n->changes);
        free(n->now.data);
        free(n->disk.data);
        free(n);
    }
    pthread_mutex_destroy(&d->lock);
    free(d->kinds);
    free(d);
}

void fault_disk_plan(fault_disk *d, const fault_plan *plan) {
    d->plan = *plan;
}
const char *fault_disk_path(const fault_disk *d) {
    return d->path;
}

static void crash_node(const node *n, fault_loss loss, uint64_t stream, bytes *out) {
    uint64_t drawn = 0;
    if (loss == FAULT_LOSES_NONE) {
        put(out, 0, n->now.data, n->now.size);
        return;
    }
    put(out, 0, n->disk.data, n->disk.size);
    if (loss == FAULT_LOSES_ALL || n->count == 0)
        return;
    size_t *order = malloc(n->count * sizeof *order);
    assert(order);
    for (size_t i = 0; i < n->count; i++) {
        size_t other = loss == FAULT_TEARS ? base_draw(stream, drawn++) % (i + 1) : i;
        order[i] = order[other];
        order[other] = i;
    }
    for (size_t i = 0; i < n->count; i++) {
        uint64_t lot = base_draw(stream, drawn++);
        if (lot % 3 == 0)
            continue;
        if (loss == FAULT_TEARS)
            apply_torn(out, &n->changes[order[i]], base_stream(lot, 2));
        else
            apply(out, &n->changes[order[i]]);
    }
    free(order);
}

fault_disk *fault_disk_crash(fault_disk *d, fault_loss loss, uint64_t seed) {
    fault_disk *left = fault_disk_create(seed);
    uint64_t stream = base_stream(seed, 3);
    pthread_mutex_lock(&d->lock);
    for (int i = 0; i < d->entry_count; i++) {
        const entry *e = &d->entries[i];
        bool as_now = loss == FAULT_LOSES_NONE || (loss != FAULT_LOSES_ALL && base_draw(stream, (uint64_t)i) & 1);
        int which = as_now ? e->now : e->disk;
        if (which < 0)
            continue;
        entry *copy = add_entry(left, e->name);
        node *n = add_node(left, &copy->now);
        copy->disk = copy->now;
        crash_node(d->nodes[which], loss, base_stream(stream, (uint32_t)(10 + i)), &n->disk);
        put(&n->now, 0, n->disk.data, n->disk.size);
    }
    pthread_mutex_unlock(&d->lock);
    return left;
}

void fault_disk_switch_off(fault_disk *d) {
    pthread_mutex_lock(&d->lock);
    d->is_off = true;
    pthread_mutex_unlock(&d->lock);
}
int64_t fault_disk_calls(fault_disk *d) {
    pthread_mutex_lock(&d->lock);
    int64_t calls = d->calls;
    pthread_mutex_unlock(&d->lock);
    return calls;
}
fault_call fault_disk_kind(fault_disk *d, int64_t call) {
    pthread_mutex_lock(&d->lock);
    fault_call kind = call >= 1 && call <= d->calls ? (fault_call)d->kinds[call] : FAULT_CALLS;
    pthread_mutex_unlock(&d->lock);
    return kind;
}
bool fault_disk_has_failed(fault_disk *d, fault_call *kind) {
    pthread_mutex_lock(&d->lock);
    bool failed = d->has_failed;
    *kind = d->failed_kind;
    pthread_mutex_unlock(&d->lock);
    return failed;
}
int fault_disk_kills(fault_disk *d) {
    pthread_mutex_lock(&d->lock);
    int kills = d->process;
    pthread_mutex_unlock(&d->lock);
    return kills;
}
