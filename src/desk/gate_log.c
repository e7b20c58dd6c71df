// gate_log.c - the append-only log of a gate.
//
// A record is 104 bytes of contents and 16 of a BLAKE2b hash over the hash before it and the contents: a checksum, and a
// chain. Records are written in batches and flushed before anyone is let in. So what a power cut can leave half written is
// the last batch alone, of which nobody has heard: it is cut off on opening (and set aside in a file, in case it was
// something else that damaged it). What is wrong further up was once whole and is never cut off: that is told instead.
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "desk/gate.h"

static const char magic[] = "piste-gate-log 1"; // 16 bytes

void gate_record_write(const piste_record *r, uint8_t b[PISTE_LOG_RECORD]) {
    memset(b, 0, PISTE_LOG_RECORD);
    memcpy(b, "PL", 2);
    b[2] = 1;
    b[3] = (uint8_t)r->kind;
    b[4] = (uint8_t)r->reason;
    b[5] = (uint8_t)r->warnings;
    desk_put(b + 6, r->entrance, 2);
    desk_put(b + 8, r->log, 8);
    desk_put(b + 16, (uint64_t)r->sequence, 8);
    desk_put(b + 24, r->gate, 4);
    desk_put(b + 28, (uint64_t)r->points_taken, 2);
    desk_put(b + 32, (uint64_t)r->wall_s, 8);
    desk_put(b + 40, (uint64_t)r->judged_s, 8);
    desk_put(b + 48, (uint64_t)r->boot_ms, 8);
    desk_put(b + 56, r->boot, 8);
    if (r->kind == PISTE_RECORD_UNDO) {
        desk_put(b + 30, (uint64_t)(r->sequence - r->undoes), 2);
        desk_put(b + 56, r->last_entrance, 2);
        b[58] = r->last_own;
        desk_put(b + 59, (uint64_t)r->last_s, 5);
    }
    desk_put(b + 64, (uint64_t)r->lists_version, 8);
    memcpy(b + 72, r->body, PISTE_PASS_BODY);
    memcpy(b + GATE_RECORD_CONTENTS, r->chain, GATE_CHAIN);
}

// A body says a pass, or nothing at all where the scan was unreadable or there was no scan.
static bool body_is_well(const piste_record *r) {
    static const uint8_t nothing[PISTE_PASS_BODY];
    piste_pass pass;
    bool none = memcmp(r->body, nothing, sizeof nothing) == 0;
    bool expects_none = r->kind == PISTE_RECORD_CLOCK || r->reason == PISTE_SCAN_UNREADABLE;
    return expects_none ? none : piste_pass_read(r->body, &pass) == PISTE_OK;
}

// What only the kind of a record can tell.
static bool read_kind(const uint8_t b[PISTE_LOG_RECORD], piste_record *r) {
    int64_t back = (int64_t)desk_get(b + 30, 2);
    if (r->kind != PISTE_RECORD_UNDO)
        return (r->kind == PISTE_RECORD_SCAN || r->kind == PISTE_RECORD_CLOCK) && r->reason < PISTE_SCAN_NOT_THROUGH && back == 0;
    r->boot = 0;
    r->undoes = r->sequence - back;
    r->last_entrance = (uint16_t)desk_get(b + 56, 2);
    r->last_own = b[58];
    r->last_s = (int64_t)desk_get(b + 59, 5);
    return r->reason == PISTE_SCAN_NOT_THROUGH && back > 0 && r->undoes > 0 && b[58] <= 1;
}

bool gate_record_read(const uint8_t b[PISTE_LOG_RECORD], piste_record *record) {
    piste_record r = {.kind = (piste_record_kind)b[3],
                      .reason = (piste_scan_reason)b[4],
                      .warnings = b[5],
                      .entrance = (uint16_t)desk_get(b + 6, 2),
                      .log = desk_get(b + 8, 8),
                      .sequence = (int64_t)desk_get(b + 16, 8),
                      .gate = (uint32_t)desk_get(b + 24, 4),
                      .points_taken = (int32_t)desk_get(b + 28, 2),
                      .wall_s = (int64_t)desk_get(b + 32, 8),
                      .judged_s = (int64_t)desk_get(b + 40, 8),
                      .boot_ms = (int64_t)desk_get(b + 48, 8),
                      .boot = desk_get(b + 56, 8),
                      .lists_version = (int64_t)desk_get(b + 64, 8)};
    const int64_t far_s = 1ll << 40;
    memcpy(r.body, b + 72, PISTE_PASS_BODY);
    memcpy(r.chain, b + GATE_RECORD_CONTENTS, GATE_CHAIN);
    bool head = memcmp(b, "PL", 2) == 0 && b[2] == 1 && read_kind(b, &r);
    bool numbers = r.log != 0 && r.gate != 0 && r.sequence > 0 && r.wall_s > -far_s && r.wall_s < far_s && r.judged_s >= 0 &&
                   r.judged_s < far_s && r.boot_ms >= 0 && r.lists_version >= 0;
    if (!head || !numbers || !body_is_well(&r))
        return false;
    *record = r;
    return true;
}

void gate_chain(const uint8_t before[GATE_CHAIN], const uint8_t *bytes, size_t count, uint8_t chain[GATE_CHAIN]) {
    crypto_generichash(chain, GATE_CHAIN, bytes, count, before, before ? GATE_CHAIN : 0);
}

// ---- reading ------------------------------------------------------------------------------------------------------

static bool read_header(const uint8_t *data, size_t length, uint64_t *log, uint32_t *gate) {
    if (length < PISTE_LOG_HEADER || memcmp(data, magic, 16) != 0 || desk_get(data + 28, 4) != 0)
        return false;
    *log = desk_get(data + 16, 8);
    *gate = (uint32_t)desk_get(data + 24, 4);
    return *log != 0 && *gate != 0;
}

piste_status gate_log_read(const uint8_t *data, size_t length, const char *name, piste_errors *errors, gate_each *each,
                           void *context, size_t *whole) {
    uint64_t log;
    uint32_t gate;
    if (!read_header(data, length, &log, &gate))
        return piste_errors_add(errors, PISTE_SYNTAX, name, 0, 0, "not the log of a gate");
    uint8_t chain[GATE_CHAIN], own[GATE_CHAIN];
    gate_chain(NULL, data, PISTE_LOG_HEADER, chain);
    size_t at = PISTE_LOG_HEADER;
    int64_t sequence = 0;
    for (; length - at >= PISTE_LOG_RECORD; at += PISTE_LOG_RECORD) {
        piste_record record;
        gate_chain(chain, data + at, GATE_RECORD_CONTENTS, own);
        if (memcmp(own, data + at + GATE_RECORD_CONTENTS, GATE_CHAIN) != 0 || !gate_record_read(data + at, &record) ||
            record.sequence != sequence + 1 || record.log != log || record.gate != gate)
            break;
        memcpy(chain, own, GATE_CHAIN);
        sequence++;
        each(context, &record);
    }
    *whole = at;
    if (length - at > (size_t)PISTE_LOG_BATCH * PISTE_LOG_RECORD)
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0,
                                "record %lld is not as it was written, and %lld come after it: the file is damaged", (long long)sequence + 1,
                                (long long)((length - at) / PISTE_LOG_RECORD - 1));
    return PISTE_OK;
}

// ---- making and opening -------------------------------------------------------------------------------------------

piste_status gate_log_make(const char *path, uint32_t gate, piste_errors *errors) {
    uint8_t header[PISTE_LOG_HEADER] = {0};
    memcpy(header, magic, 16);
    desk_put(header + 16, piste_pass_id_draw(), 8);
    desk_put(header + 24, gate, 4);
    return desk_file_replace(path, 0600, (const char *)header, sizeof header, errors);
}

typedef struct last_of { // what each record is given to while opening
    gate_each *each;
    void *context;
    gate_log *log;
} last_of;

static void take_last(void *context, const piste_record *record) {
    last_of *last = context;
    last->log->sequence = record->sequence;
    memcpy(last->log->chain, record->chain, GATE_CHAIN);
    last->each(last->context, record);
}

// Sets aside what is cut off, and cuts it off. The copy is flushed first: nothing is lost that was ever there.
static piste_status cut(gate_log *log, const char *data, size_t whole, size_t length, piste_errors *errors) {
    base_text aside = {0};
    base_text_format(&aside, "%s.cut-%lld", log->path, (long long)log->sequence + 1);
    if (aside.failed)
        return piste_errors_add(errors, PISTE_MEMORY, log->path, 0, 0, "no memory");
    piste_status status = desk_file_replace(aside.data, 0600, data + whole, length - whole, errors);
    base_text_release(&aside);
    if (status == PISTE_OK && (ftruncate(log->fd, (off_t)whole) != 0 || fsync(log->fd) != 0))
        status = piste_errors_add(errors, PISTE_IO, log->path, 0, 0, "%s", strerror(errno));
    log->cut_bytes = (int64_t)(length - whole);
    return status;
}

static piste_status read_all(gate_log *log, gate_each *each, void *context, piste_errors *errors) {
    char *data = NULL;
    size_t length = 0, whole = 0;
    last_of last = {each, context, log};
    piste_status status = base_file_read(log->path, (size_t)8 << 30, errors, &data, &length);
    if (status == PISTE_OK && !read_header((const uint8_t *)data, length, &log->log, &log->gate))
        status = piste_errors_add(errors, PISTE_SYNTAX, log->path, 0, 0, "not the log of a gate");
    if (status == PISTE_OK) {
        gate_chain(NULL, (const uint8_t *)data, PISTE_LOG_HEADER, log->chain);
        status = gate_log_read((const uint8_t *)data, length, log->path, errors, take_last, &last, &whole);
    }
    if (status == PISTE_OK && whole < length)
        status = cut(log, data, whole, length, errors);
    log->synced_bytes = (int64_t)whole;
    free(data);
    return status;
}

piste_status gate_log_open(const char *path, piste_errors *errors, gate_each *each, void *context, gate_log *log) {
    *log = (gate_log){.fd = open(path, O_RDWR | O_CLOEXEC), .path = strdup(path)};
    log->batch = malloc((size_t)PISTE_LOG_BATCH * PISTE_LOG_RECORD);
    piste_status status = PISTE_OK;
    if (log->fd < 0)
        status = piste_errors_add(errors, errno == ENOENT ? PISTE_NOT_FOUND : PISTE_IO, path, 0, 0, "%s", strerror(errno));
    else if (!log->path || !log->batch)
        status = piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = read_all(log, each, context, errors);
    if (status == PISTE_OK && lseek(log->fd, (off_t)log->synced_bytes, SEEK_SET) < 0)
        status = piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(errno));
    if (status != PISTE_OK)
        gate_log_close(log);
    return status;
}

void gate_log_close(gate_log *log) {
    if (log->fd >= 0)
        close(log->fd);
    free(log->path);
    free(log->batch);
    *log = (gate_log){.fd = -1};
}

// ---- writing ------------------------------------------------------------------------------------------------------

piste_status gate_log_add(gate_log *log, piste_record *record) {
    if (log->broken || log->batched >= PISTE_LOG_BATCH)
        return PISTE_IO;
    uint8_t *bytes = log->batch + (size_t)log->batched * PISTE_LOG_RECORD;
    record->log = log->log;
    record->gate = log->gate;
    record->sequence = log->sequence + 1;
    gate_record_write(record, bytes);
    gate_chain(log->chain, bytes, GATE_RECORD_CONTENTS, record->chain);
    memcpy(bytes + GATE_RECORD_CONTENTS, record->chain, GATE_CHAIN);
    memcpy(log->chain, record->chain, GATE_CHAIN);
    log->sequence++;
    log->batched++;
    return PISTE_OK;
}

piste_status gate_log_get(const gate_log *log, int64_t sequence, piste_errors *errors, piste_record *record) {
    uint8_t bytes[PISTE_LOG_RECORD];
    int64_t at = PISTE_LOG_HEADER + (sequence - 1) * PISTE_LOG_RECORD, waits = at - log->synced_bytes;
    if (sequence < 1 || sequence > log->sequence)
        return piste_errors_add(errors, PISTE_NOT_FOUND, log->path, 0, 0, "has no record %lld", (long long)sequence);
    if (waits >= 0)
        memcpy(bytes, log->batch + waits, sizeof bytes);
    else if (pread(log->fd, bytes, sizeof bytes, (off_t)at) != (ssize_t)sizeof bytes)
        return piste_errors_add(errors, PISTE_IO, log->path, 0, 0, "record %lld cannot be read", (long long)sequence);
    return gate_record_read(bytes, record) ? PISTE_OK : piste_errors_add(errors, PISTE_INVALID, log->path, 0, 0, "record %lld is not as it was written", (long long)sequence);
}

// After a failed flush the system may have thrown the bytes away and says "well" the next time: it is not tried again.
piste_status gate_log_sync(gate_log *log, piste_errors *errors) {
    if (log->broken)
        return piste_errors_add(errors, PISTE_IO, log->path, 0, 0, "an earlier record could not be written: nobody is let in until the gate is opened again");
    size_t all = (size_t)log->batched * PISTE_LOG_RECORD;
    if (all == 0)
        return PISTE_OK;
    errno = 0;
    if (!base_write_all(log->fd, (const char *)log->batch, all) || fdatasync(log->fd) != 0) {
        int why = errno;
        log->broken = true;
        if (ftruncate(log->fd, (off_t)log->synced_bytes) != 0)
            why = why ? why : errno;
        return piste_errors_add(errors, PISTE_IO, log->path, 0, 0, "%s: nobody is let in until the gate is opened again", strerror(why));
    }
    log->synced_bytes += (int64_t)all;
    log->batched = 0;
    return PISTE_OK;
}
