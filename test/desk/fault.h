// fault.h - a disk in memory that breaks as disks do: an SQLite VFS named "fault".
//
// What was written since a file was last flushed is only perhaps there after fault_reboot: each sector of 512 bytes of
// each write is kept or dropped by a draw, so writes are lost, torn and reordered. The n-th call that writes, cuts or
// flushes can be made to fail: once, as an error, or for good, as a loss of power. `lies` makes flushing do nothing and
// say that it did, which is how the tests show that they can fail.
#ifndef TEST_DESK_FAULT_H
#define TEST_DESK_FAULT_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

enum { FAULT_FILES = 8, FAULT_SECTOR = 512, FAULT_SHM_LOCKS = 8, FAULT_SHM_REGIONS = 64 };

typedef enum fault_mode { FAULT_NONE, FAULT_POWER, FAULT_FLUSH, FAULT_WRITE, FAULT_FULL } fault_mode;

typedef struct fault_op { // a write (data), or a cut to `at` (no data)
    int64_t at;
    size_t size;
    unsigned char *data;
} fault_op;

typedef struct fault_image {
    unsigned char *data;
    size_t size, capacity;
} fault_image;

typedef struct fault_file {
    char name[64];
    bool exists;
    fault_image now, flushed;
    fault_op *ops;
    size_t op_count, op_capacity;
    int shared, reserved, exclusive; // locks held of it
    void *regions[FAULT_SHM_REGIONS];
    int shm_shared[FAULT_SHM_LOCKS], shm_exclusive[FAULT_SHM_LOCKS];
} fault_file;

typedef struct fault_handle {
    sqlite3_file base;
    fault_file *file;
    int level;
    unsigned shm_shared, shm_exclusive; // locks of this handle
} fault_handle;

static struct {
    pthread_mutex_t lock;
    fault_file files[FAULT_FILES];
    fault_mode mode;
    int64_t calls, fail_at;
    bool is_off, lies, is_read_only, has_failed; // is_off: the power is gone
} fault = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void fault_put(fault_image *image, int64_t at, const void *data, size_t size) {
    size_t end = (size_t)at + size;
    if (end > image->capacity) {
        size_t capacity = end + end / 2 + 65536;
        image->data = realloc(image->data, capacity);
        if (!image->data)
            abort();
        memset(image->data + image->capacity, 0, capacity - image->capacity);
        image->capacity = capacity;
    }
    memcpy(image->data + at, data, size);
    image->size = end > image->size ? end : image->size;
}
static void fault_cut(fault_image *image, size_t size) {
    if (size < image->size)
        memset(image->data + size, 0, image->size - size);
    image->size = size < image->size ? size : image->size;
}

static void fault_forget_ops(fault_file *f) {
    for (size_t i = 0; i < f->op_count; i++)
        free(f->ops[i].data);
    f->op_count = 0;
}
static void fault_remember(fault_file *f, int64_t at, const void *data, size_t size) {
    if (f->op_count == f->op_capacity) {
        f->op_capacity = f->op_capacity ? 2 * f->op_capacity : 64;
        f->ops = realloc(f->ops, f->op_capacity * sizeof *f->ops);
        if (!f->ops)
            abort();
    }
    fault_op *op = &f->ops[f->op_count++];
    *op = (fault_op){at, size, data ? malloc(size + 1) : NULL};
    if (data)
        memcpy(op->data, data, size);
}

// Counts a call that changes the disk; what it answers instead of doing its work, or SQLITE_OK.
static int fault_count(bool is_flush, bool *half_done) {
    *half_done = false;
    if (fault.is_off)
        return SQLITE_IOERR;
    fault.calls++;
    if (fault.calls != fault.fail_at || fault.mode == FAULT_NONE)
        return SQLITE_OK;
    if (fault.mode == FAULT_POWER) {
        fault.is_off = true;
        *half_done = true; // what was under way is one more write that may be there
        return SQLITE_IOERR;
    }
    if (is_flush != (fault.mode == FAULT_FLUSH))
        return SQLITE_OK;
    fault.has_failed = true;
    return fault.mode == FAULT_FULL ? SQLITE_FULL : fault.mode == FAULT_FLUSH ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
}

// ---- files ----------------------------------------------------------------------------------------------------------------

static int fault_close(sqlite3_file *base) {
    (void)base;
    return SQLITE_OK;
}
static int fault_read(sqlite3_file *base, void *out, int size, sqlite3_int64 at) {
    const fault_file *f = ((fault_handle *)base)->file;
    int code = SQLITE_OK;
    pthread_mutex_lock(&fault.lock);
    size_t there = (size_t)at < f->now.size ? f->now.size - (size_t)at : 0;
    there = there < (size_t)size ? there : (size_t)size;
    if (fault.is_off)
        code = SQLITE_IOERR_READ;
    else {
        if (there)
            memcpy(out, f->now.data + at, there);
        memset((char *)out + there, 0, (size_t)size - there);
        code = there < (size_t)size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
    }
    pthread_mutex_unlock(&fault.lock);
    return code;
}
static int fault_write(sqlite3_file *base, const void *data, int size, sqlite3_int64 at) {
    fault_file *f = ((fault_handle *)base)->file;
    bool half_done;
    pthread_mutex_lock(&fault.lock);
    int code = fault_count(false, &half_done);
    if (code == SQLITE_OK || half_done) {
        fault_remember(f, at, data, (size_t)size);
        fault_put(&f->now, at, data, (size_t)size);
    }
    pthread_mutex_unlock(&fault.lock);
    return code;
}
static int fault_truncate(sqlite3_file *base, sqlite3_int64 size) {
    fault_file *f = ((fault_handle *)base)->file;
    bool half_done;
    pthread_mutex_lock(&fault.lock);
    int code = fault_count(false, &half_done);
    if (code == SQLITE_OK || half_done) {
        fault_remember(f, size, NULL, 0);
        fault_cut(&f->now, (size_t)size);
    }
    pthread_mutex_unlock(&fault.lock);
    return code;
}
static int fault_sync(sqlite3_file *base, int flags) {
    fault_file *f = ((fault_handle *)base)->file;
    bool half_done;
    (void)flags;
    pthread_mutex_lock(&fault.lock);
    int code = fault_count(true, &half_done);
    if (code == SQLITE_OK && !fault.lies) {
        f->flushed.size = 0;
        if (f->flushed.capacity)
            memset(f->flushed.data, 0, f->flushed.capacity);
        if (f->now.size)
            fault_put(&f->flushed, 0, f->now.data, f->now.size);
        fault_forget_ops(f);
    }
    pthread_mutex_unlock(&fault.lock);
    return code;
}
static int fault_size(sqlite3_file *base, sqlite3_int64 *size) {
    pthread_mutex_lock(&fault.lock);
    *size = (sqlite3_int64)((fault_handle *)base)->file->now.size;
    pthread_mutex_unlock(&fault.lock);
    return SQLITE_OK;
}

// ---- locks ------------------------------------------------------------------------------------------------------------------

static void fault_drop(fault_handle *h, int level) {
    fault_file *f = h->file;
    if (h->level >= SQLITE_LOCK_PENDING && level < SQLITE_LOCK_PENDING)
        f->exclusive = 0;
    if (h->level >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED)
        f->reserved = 0;
    if (h->level >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED)
        f->shared--;
    h->level = level;
}
static int fault_lock(sqlite3_file *base, int level) {
    fault_handle *h = (fault_handle *)base;
    fault_file *f = h->file;
    int code = SQLITE_OK;
    pthread_mutex_lock(&fault.lock);
    if (h->level == SQLITE_LOCK_NONE) {
        if (f->exclusive)
            code = SQLITE_BUSY;
        else {
            f->shared++;
            h->level = SQLITE_LOCK_SHARED;
        }
    }
    if (code == SQLITE_OK && level >= SQLITE_LOCK_RESERVED && h->level < SQLITE_LOCK_RESERVED) {
        if (f->reserved)
            code = SQLITE_BUSY;
        else {
            f->reserved = 1;
            h->level = SQLITE_LOCK_RESERVED;
        }
    }
    if (code == SQLITE_OK && level >= SQLITE_LOCK_EXCLUSIVE && h->level < SQLITE_LOCK_EXCLUSIVE) {
        if (f->shared > 1)
            code = SQLITE_BUSY;
        else {
            f->exclusive = 1;
            h->level = SQLITE_LOCK_EXCLUSIVE;
        }
    }
    pthread_mutex_unlock(&fault.lock);
    return code;
}
static int fault_unlock(sqlite3_file *base, int level) {
    fault_handle *h = (fault_handle *)base;
    pthread_mutex_lock(&fault.lock);
    if (h->level > level)
        fault_drop(h, level);
    pthread_mutex_unlock(&fault.lock);
    return SQLITE_OK;
}
static int fault_check_reserved(sqlite3_file *base, int *out) {
    *out = ((fault_handle *)base)->file->reserved;
    return SQLITE_OK;
}
static int fault_control(sqlite3_file *base, int op, void *argument) {
    (void)base, (void)op, (void)argument;
    return SQLITE_NOTFOUND;
}
static int fault_sector(sqlite3_file *base) {
    (void)base;
    return FAULT_SECTOR;
}
static int fault_traits(sqlite3_file *base) {
    (void)base;
    return 0; // nothing is promised: no write is atomic or safe from the loss of power beside it
}

static int fault_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out) {
    fault_file *f = ((fault_handle *)base)->file;
    pthread_mutex_lock(&fault.lock);
    if (region < FAULT_SHM_REGIONS && !f->regions[region] && extend)
        f->regions[region] = calloc(1, (size_t)size);
    *out = region < FAULT_SHM_REGIONS ? f->regions[region] : NULL;
    pthread_mutex_unlock(&fault.lock);
    return SQLITE_OK;
}
static int fault_shm_lock(sqlite3_file *base, int first, int count, int flags) {
    fault_handle *h = (fault_handle *)base;
    fault_file *f = h->file;
    bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
    int code = SQLITE_OK;
    pthread_mutex_lock(&fault.lock);
    for (int i = first; i < first + count && (flags & SQLITE_SHM_LOCK); i++) {
        int others = f->shm_shared[i] - (int)(h->shm_shared >> i & 1);
        if (f->shm_exclusive[i] && !(h->shm_exclusive >> i & 1))
            code = SQLITE_BUSY;
        if (exclusive && others > 0)
            code = SQLITE_BUSY;
    }
    for (int i = first; i < first + count && code == SQLITE_OK; i++) {
        unsigned bit = 1u << i, *mine = exclusive ? &h->shm_exclusive : &h->shm_shared;
        int *count_of = exclusive ? &f->shm_exclusive[i] : &f->shm_shared[i];
        bool lock = flags & SQLITE_SHM_LOCK;
        if (lock != !!(*mine & bit)) {
            *mine ^= bit;
            *count_of += lock ? 1 : -1;
        }
    }
    pthread_mutex_unlock(&fault.lock);
    return code;
}
static void fault_shm_barrier(sqlite3_file *base) {
    (void)base;
    __sync_synchronize();
}
static int fault_shm_unmap(sqlite3_file *base, int remove) {
    (void)base, (void)remove;
    return SQLITE_OK;
}

static const sqlite3_io_methods fault_methods = {.iVersion = 2,
                                                 .xClose = fault_close,
                                                 .xRead = fault_read,
                                                 .xWrite = fault_write,
                                                 .xTruncate = fault_truncate,
                                                 .xSync = fault_sync,
                                                 .xFileSize = fault_size,
                                                 .xLock = fault_lock,
                                                 .xUnlock = fault_unlock,
                                                 .xCheckReservedLock = fault_check_reserved,
                                                 .xFileControl = fault_control,
                                                 .xSectorSize = fault_sector,
                                                 .xDeviceCharacteristics = fault_traits,
                                                 .xShmMap = fault_shm_map,
                                                 .xShmLock = fault_shm_lock,
                                                 .xShmBarrier = fault_shm_barrier,
                                                 .xShmUnmap = fault_shm_unmap};

// ---- the file system ----------------------------------------------------------------------------------------------------------

static fault_file *fault_find(const char *name, bool create) {
    fault_file *empty = NULL;
    for (int i = 0; i < FAULT_FILES; i++) {
        if (fault.files[i].name[0] && strcmp(fault.files[i].name, name) == 0)
            return &fault.files[i];
        if (!fault.files[i].name[0] && !empty)
            empty = &fault.files[i];
    }
    if (create && empty)
        snprintf(empty->name, sizeof empty->name, "%s", name);
    return create ? empty : NULL;
}
static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags) {
    (void)vfs;
    fault_handle *h = (fault_handle *)base;
    memset(h, 0, sizeof *h);
    pthread_mutex_lock(&fault.lock);
    fault_file *f = name && !fault.is_off ? fault_find(name, flags & SQLITE_OPEN_CREATE) : NULL;
    if (f && (f->exists || (flags & SQLITE_OPEN_CREATE))) {
        f->exists = true;
        h->file = f;
        h->base.pMethods = &fault_methods;
    }
    pthread_mutex_unlock(&fault.lock);
    if (fault.is_read_only) // as the usual VFS does: it is opened, for reading
        flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    if (out_flags)
        *out_flags = flags;
    return h->file ? SQLITE_OK : SQLITE_CANTOPEN;
}
static int fault_delete(sqlite3_vfs *vfs, const char *name, int flush) {
    (void)vfs, (void)flush;
    pthread_mutex_lock(&fault.lock);
    fault_file *f = fault_find(name, false);
    bool off = fault.is_off;
    if (f && !off) {
        fault_forget_ops(f);
        fault_cut(&f->now, 0);
        fault_cut(&f->flushed, 0);
        f->exists = false;
    }
    pthread_mutex_unlock(&fault.lock);
    return off ? SQLITE_IOERR_DELETE : SQLITE_OK;
}
static int fault_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
    (void)vfs, (void)flags;
    pthread_mutex_lock(&fault.lock);
    const fault_file *f = fault_find(name, false);
    *out = f && f->exists;
    pthread_mutex_unlock(&fault.lock);
    return SQLITE_OK;
}
static int fault_path(sqlite3_vfs *vfs, const char *name, int size, char *out) {
    (void)vfs;
    snprintf(out, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static void fault_register(void) {
    static sqlite3_vfs vfs;
    sqlite3_initialize();
    if (vfs.zName)
        return;
    vfs = *sqlite3_vfs_find(NULL);
    vfs.pNext = NULL;
    vfs.iVersion = 2;
    vfs.szOsFile = (int)sizeof(fault_handle);
    vfs.zName = "fault";
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    vfs.xAccess = fault_access;
    vfs.xFullPathname = fault_path;
    sqlite3_vfs_register(&vfs, 0);
}

static void fault_unlock_all(fault_file *f) {
    f->shared = f->reserved = f->exclusive = 0;
    memset(f->shm_shared, 0, sizeof f->shm_shared);
    memset(f->shm_exclusive, 0, sizeof f->shm_exclusive);
    for (int i = 0; i < FAULT_SHM_REGIONS; i++) {
        free(f->regions[i]);
        f->regions[i] = NULL;
    }
}

// An empty disk on which nothing fails.
static void fault_format(void) {
    for (int i = 0; i < FAULT_FILES; i++) {
        fault_file *f = &fault.files[i];
        fault_forget_ops(f);
        fault_unlock_all(f);
        free(f->ops);
        free(f->now.data);
        free(f->flushed.data);
        *f = (fault_file){.name = ""};
    }
    fault.mode = FAULT_NONE;
    fault.calls = fault.fail_at = 0;
    fault.is_off = fault.lies = fault.is_read_only = fault.has_failed = false;
}

// The power comes back: of what was not flushed, each sector is there or not.
static void fault_reboot(uint64_t seed) {
    uint64_t stream = base_stream(base_key_child(base_key_text("reboot"), seed), 1), draw = 0;
    int keep_of_8 = (int)(base_draw(stream, draw++) % 9); // from nothing to everything
    for (int i = 0; i < FAULT_FILES; i++) {
        fault_file *f = &fault.files[i];
        fault_unlock_all(f);
        for (size_t k = 0; k < f->op_count; k++) {
            const fault_op *op = &f->ops[k];
            if (!op->data && (int)(base_draw(stream, draw++) % 8) < keep_of_8)
                fault_cut(&f->flushed, (size_t)op->at);
            for (size_t done = 0; op->data && done < op->size;) {
                size_t step = FAULT_SECTOR - ((size_t)op->at + done) % FAULT_SECTOR;
                step = step < op->size - done ? step : op->size - done;
                if ((int)(base_draw(stream, draw++) % 8) < keep_of_8)
                    fault_put(&f->flushed, op->at + (int64_t)done, op->data + done, step);
                done += step;
            }
        }
        fault_forget_ops(f);
        f->now.size = 0;
        if (f->now.capacity)
            memset(f->now.data, 0, f->now.capacity);
        if (f->flushed.size)
            fault_put(&f->now, 0, f->flushed.data, f->flushed.size);
    }
    fault.mode = FAULT_NONE;
    fault.is_off = false;
}

#endif
