// gate.c - a gate's folder: making it, bringing it newer documents, opening it.
//
//     gate.json      its number and its entrance
//     keys.signed    public keys          as they were published, each verified whenever it is read
//     table.signed   the resort's table
//     lists.signed   the lists
//     kept.json      what was ever revoked and has not ended: nothing that is published can take a revocation back
//     log            what it did
//
// Documents belong together: newer ones are laid beside as NAME.new, the file update.ready says that all of them are there, and
// only then each takes its place. Whoever reads them next finishes what a power cut has left.
#define _DEFAULT_SOURCE // CLOCK_BOOTTIME
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "desk/gate.h"

const char *const gate_file_names[GATE_FILES] = {"keys.signed", "table.signed", "lists.signed", "kept.json"};
enum { KEPT = PISTE_DOCUMENT_COUNT };

// ---- the time -----------------------------------------------------------------------------------------------------

static uint64_t boot_id(void) {
    char text[64] = {0};
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    return length > 0 ? base_key_text(text) : (uint64_t)getpid(); // without one every process is a boot of its own
}

piste_clock piste_clock_read(void) {
    struct timespec wall, boot;
    clock_gettime(CLOCK_REALTIME, &wall);
#ifdef CLOCK_BOOTTIME
    clock_gettime(CLOCK_BOOTTIME, &boot); // goes on while the machine sleeps
#else
    clock_gettime(CLOCK_MONOTONIC, &boot);
#endif
    return (piste_clock){.wall_s = wall.tv_sec, .boot_ms = boot.tv_sec * 1000ll + boot.tv_nsec / 1000000, .boot = boot_id()};
}

// ---- documents ----------------------------------------------------------------------------------------------------

typedef struct documents {
    bool has[PISTE_DOCUMENT_COUNT];
    char *text[PISTE_DOCUMENT_COUNT]; // as published
    size_t length[PISTE_DOCUMENT_COUNT];
    const char *payload[PISTE_DOCUMENT_COUNT];
    size_t payload_length[PISTE_DOCUMENT_COUNT];
    piste_ring ring;
    piste_table *table;
    piste_lists lists;
} documents;

static void documents_release(documents *d) {
    for (int i = 0; i < PISTE_DOCUMENT_COUNT; i++)
        free(d->text[i]);
    piste_table_destroy(d->table);
    piste_lists_release(&d->lists);
    *d = (documents){0};
}

static piste_status read_file(const char *folder, int which, piste_errors *errors, char **text, size_t *length) {
    char *path = desk_path(folder, gate_file_names[which]);
    piste_status status = path ? base_file_read(path, PISTE_DOCUMENT_BYTES_MAX, errors, text, length)
                               : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    free(path);
    return status;
}

// Reads a published document of a folder, where it is there, and holds its signature against the ring.
static piste_status take(documents *d, piste_document kind, const char *folder, const piste_ring *ring, int64_t now_s,
                         bool needed, piste_errors *errors) {
    char *path = desk_path(folder, gate_file_names[kind]);
    bool there = path && access(path, F_OK) == 0;
    piste_status status = PISTE_OK;
    if (path && (there || needed)) {
        status = base_file_read(path, PISTE_DOCUMENT_BYTES_MAX, errors, &d->text[kind], &d->length[kind]);
        if (status == PISTE_OK)
            status = piste_document_verify(d->text[kind], d->length[kind], kind, ring, now_s, path, errors, &d->payload[kind],
                                           &d->payload_length[kind]);
    } else if (!path) {
        status = piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    }
    free(path);
    d->has[kind] = status == PISTE_OK && (there || needed);
    return status;
}

static piste_status parse(documents *d, piste_errors *errors) {
    piste_status status = PISTE_OK;
    if (d->has[PISTE_DOCUMENT_KEYS])
        status = piste_ring_parse(d->payload[0], d->payload_length[0], gate_file_names[0], errors, &d->ring);
    if (status == PISTE_OK && d->has[PISTE_DOCUMENT_TABLE])
        status = piste_table_parse(d->payload[1], d->payload_length[1], gate_file_names[1], errors, &d->table);
    if (status == PISTE_OK && d->has[PISTE_DOCUMENT_LISTS])
        status = piste_lists_parse(d->payload[2], d->payload_length[2], gate_file_names[2], errors, &d->lists);
    return status;
}

// The public keys of a published folder are held against themselves: signed by a list key among them, which must be the
// one that was asked for.
static piste_status first_ring(const char *published, const char *fingerprint, piste_errors *errors, piste_ring *ring) {
    char *text = NULL;
    size_t length = 0;
    piste_status status = read_file(published, PISTE_DOCUMENT_KEYS, errors, &text, &length);
    if (status != PISTE_OK)
        return status;
    const char *line = memchr(text, '\n', length);
    size_t head = line ? (size_t)(line - text) + 1 : length;
    status = piste_ring_parse(text + head, length - head, gate_file_names[0], errors, ring);
    bool known = false;
    for (int32_t i = 0; status == PISTE_OK && fingerprint && i < ring->count; i++) {
        char own[PISTE_FINGERPRINT + 1];
        piste_public_key_fingerprint(&ring->keys[i], own);
        bool meant = ring->keys[i].use == PISTE_KEY_LIST && strcmp(own, fingerprint) == 0;
        known = known || meant;
        if (ring->keys[i].use == PISTE_KEY_LIST && !meant)
            ring->keys[i].until_min = PISTE_PASS_MINUTE_MIN; // only the one that is meant may vouch for the others
    }
    if (status == PISTE_OK && fingerprint && !known)
        status = piste_errors_add(errors, PISTE_INVALID, published, 0, 0, "none of its list keys has the fingerprint %s", fingerprint);
    free(text);
    return status;
}

piste_status piste_published_read(const char *folder, piste_errors *errors, piste_table **table, piste_lists *lists) {
    documents *d = calloc(1, sizeof *d);
    piste_ring *ring = calloc(1, sizeof *ring);
    piste_status status = d && ring ? desk_sodium(errors) : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = first_ring(folder, NULL, errors, ring);
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++)
        status = take(d, (piste_document)i, folder, ring, 0, true, errors);
    if (status == PISTE_OK)
        status = parse(d, errors);
    if (status == PISTE_OK) {
        *table = d->table;
        *lists = d->lists;
        d->table = NULL;
        d->lists = (piste_lists){0};
    }
    if (d)
        documents_release(d);
    free(d);
    free(ring);
    return status;
}

// ---- making -------------------------------------------------------------------------------------------------------

static piste_status replace(const char *folder, const char *name, const char *text, size_t length, piste_errors *errors) {
    char *path = desk_path(folder, name);
    piste_status status = path ? desk_file_replace(path, 0600, text, length, errors)
                               : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    free(path);
    return status;
}

static piste_status write_gate(const char *folder, int64_t number, const char *entrance, piste_errors *errors) {
    json_t *json = json_pack("{s:s,s:i,s:I,s:s}", "format", "piste-gate", "format-version", 1, "number", (json_int_t)number,
                             "entrance", entrance);
    size_t length = 0;
    char *text = json ? desk_json_dump(json, true, &length) : NULL;
    piste_status status = text ? replace(folder, "gate.json", text, length, errors)
                               : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    free(text);
    return status;
}

static piste_status check_new_folder(const char *folder, piste_errors *errors) {
    char *path = desk_path(folder, "gate.json");
    bool there = path && access(path, F_OK) == 0;
    free(path);
    if (there)
        return piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "there is a gate already");
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return piste_errors_add(errors, errno == ENOENT ? PISTE_NOT_FOUND : PISTE_IO, folder, 0, 0, "%s", strerror(errno));
    return PISTE_OK;
}

static piste_status make_files(const char *folder, const documents *d, int64_t number, const char *entrance, piste_errors *errors) {
    char *log = desk_path(folder, "log");
    piste_status status = log ? check_new_folder(folder, errors) : PISTE_MEMORY;
    if (status == PISTE_OK && access(log, F_OK) == 0) // of a gate whose making was cut short, or worse
        status = piste_errors_add(errors, PISTE_EXISTS, log, 0, 0, "there is a log already: move it away");
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++)
        status = replace(folder, gate_file_names[i], d->text[i], d->length[i], errors);
    if (status == PISTE_OK)
        status = gate_log_make(log, (uint32_t)number, errors);
    if (status == PISTE_OK)
        status = write_gate(folder, number, entrance, errors); // last: only now it is a gate
    free(log);
    return status;
}

piste_status piste_gate_make(const char *folder, const char *published, const char *fingerprint, int64_t number,
                             const char *entrance, const piste_clock *clock, piste_errors *errors) {
    if (number < 1 || number > UINT32_MAX)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "number: %lld, expected 1 to 4294967295", (long long)number);
    documents d = {0};
    piste_ring *ring = calloc(1, sizeof *ring);
    piste_status status = ring ? desk_sodium(errors) : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = first_ring(published, fingerprint, errors, ring);
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++)
        status = take(&d, (piste_document)i, published, ring, clock->wall_s, true, errors);
    if (status == PISTE_OK)
        status = parse(&d, errors);
    if (status == PISTE_OK && piste_table_find_entrance(d.table, entrance) < 0)
        status = piste_errors_add(errors, PISTE_NOT_FOUND, gate_file_names[1], 0, 0, "there is no entrance %s", entrance);
    if (status == PISTE_OK)
        status = make_files(folder, &d, number, entrance, errors);
    documents_release(&d);
    free(ring);
    return status;
}

// ---- newer documents ------------------------------------------------------------------------------------------------

// The state of the documents as the gate has them: read without the log, so that a gate at work may be updated.
static piste_status load(const char *folder, documents *d, piste_lists *kept, piste_errors *errors) {
    char *text = NULL;
    size_t length = 0;
    piste_ring *ring = calloc(1, sizeof *ring);
    piste_status status = ring ? desk_sodium(errors) : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = first_ring(folder, NULL, errors, ring); // its own keys are what it trusts
    // A key that has ended since does not make untrue what was taken while it counted: no time is asked for.
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++)
        status = take(d, (piste_document)i, folder, ring, 0, true, errors);
    if (status == PISTE_OK)
        status = parse(d, errors);
    free(ring);
    char *path = desk_path(folder, gate_file_names[KEPT]);
    if (status == PISTE_OK && path && access(path, F_OK) == 0) {
        status = base_file_read(path, PISTE_DOCUMENT_BYTES_MAX, errors, &text, &length);
        if (status == PISTE_OK)
            status = piste_lists_parse(text, length, path, errors, kept);
    } else if (status == PISTE_OK && !path) {
        status = piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    }
    free(path);
    free(text);
    return status;
}

// What was revoked by any of the lists and has not ended.
static piste_status write_kept(const char *folder, const piste_lists *kept, const piste_lists *before, const piste_lists *now,
                               int64_t now_s, piste_errors *errors) {
    piste_lists all = {.version = now->version, .issued_s = now->issued_s, .stale_after_h = now->stale_after_h};
    const piste_lists *each[] = {kept, before, now};
    piste_status status = PISTE_OK;
    for (size_t k = 0; k < BASE_COUNT(each); k++)
        for (int64_t i = 0; status == PISTE_OK && i < each[k]->revoked_count; i++)
            status = piste_lists_revoke(&all, each[k]->revoked[i].pass, each[k]->revoked[i].until_min, each[k]->revoked[i].at_s);
    piste_lists_prune(&all, now_s);
    char *text = NULL;
    size_t length = 0;
    if (status == PISTE_OK)
        status = piste_lists_write(&all, &text, &length);
    if (status != PISTE_OK)
        status = piste_errors_add(errors, status, folder, 0, 0, "the lists cannot be kept: %s", piste_status_text(status));
    else
        status = replace(folder, gate_file_names[KEPT], text, length, errors);
    free(text);
    piste_lists_release(&all);
    return status;
}

// Moves what update.ready says is complete to its place, and forgets what is not. The caller has update.lock.
static piste_status finish_update(const char *folder, piste_errors *errors) {
    char *ready = desk_path(folder, "update.ready");
    bool complete = ready && access(ready, F_OK) == 0;
    piste_status status = ready ? PISTE_OK : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++) {
        char *path = desk_path(folder, gate_file_names[i]);
        base_text fresh = {0};
        base_text_format(&fresh, "%s.new", path ? path : "");
        if (!path || fresh.failed)
            status = piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
        else if ((complete ? rename(fresh.data, path) : unlink(fresh.data)) != 0 && errno != ENOENT)
            status = piste_errors_add(errors, PISTE_IO, fresh.data, 0, 0, "%s", strerror(errno));
        base_text_release(&fresh);
        free(path);
    }
    if (status == PISTE_OK && complete)
        status = desk_folder_flush(ready, errors);
    if (status == PISTE_OK && complete && unlink(ready) != 0)
        status = piste_errors_add(errors, PISTE_IO, ready, 0, 0, "%s", strerror(errno));
    free(ready);
    return status;
}

static piste_status lay_beside(const char *folder, const documents *d, uint32_t set, piste_errors *errors) {
    piste_status status = PISTE_OK;
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s.new", gate_file_names[i]);
        if (set >> i & 1)
            status = replace(folder, name, d->text[i], d->length[i], errors);
    }
    return status == PISTE_OK && set ? replace(folder, "update.ready", "", 0, errors) : status;
}

static int64_t version_of(const documents *d, int kind) {
    return kind == PISTE_DOCUMENT_KEYS ? d->ring.version : kind == PISTE_DOCUMENT_TABLE ? d->table->version : d->lists.version;
}

static piste_status verify_published(const char *published, const documents *own, int64_t now_s, documents *d, piste_errors *errors) {
    // New keys are vouched for by a list key that the gate knows; what comes with them by one of the new.
    piste_status status = take(d, PISTE_DOCUMENT_KEYS, published, &own->ring, now_s, false, errors);
    const piste_ring *ring = &own->ring;
    if (status == PISTE_OK && d->has[0]) {
        status = piste_ring_parse(d->payload[0], d->payload_length[0], gate_file_names[0], errors, &d->ring);
        ring = d->ring.version > own->ring.version ? &d->ring : &own->ring;
    }
    for (int i = 1; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++)
        status = take(d, (piste_document)i, published, ring, now_s, false, errors);
    return status == PISTE_OK ? parse(d, errors) : status;
}

piste_status piste_gate_update(const char *folder, const char *published, const piste_clock *clock, piste_errors *errors,
                               uint32_t *taken) {
    documents *own = calloc(2, sizeof *own), *d = own ? own + 1 : NULL;
    piste_lists kept = {0};
    int lock = -1;
    uint32_t set = 0;
    piste_status status = own ? desk_lock(folder, "update.lock", true, "gate's update", errors, &lock)
                              : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = finish_update(folder, errors);
    if (status == PISTE_OK)
        status = load(folder, own, &kept, errors);
    if (status == PISTE_OK)
        status = verify_published(published, own, clock->wall_s, d, errors);
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++)
        if (d->has[i] && version_of(d, i) > version_of(own, i))
            set |= 1u << i;
    if (status == PISTE_OK && (set & 1u << PISTE_DOCUMENT_LISTS)) // before the lists: a power cut in between revokes too much
        status = write_kept(folder, &kept, &own->lists, &d->lists, clock->wall_s, errors);
    if (status == PISTE_OK)
        status = lay_beside(folder, d, set, errors);
    if (status == PISTE_OK)
        status = finish_update(folder, errors);
    if (lock >= 0)
        close(lock);
    if (own) {
        documents_release(own);
        documents_release(d);
    }
    free(own);
    piste_lists_release(&kept);
    if (status == PISTE_OK)
        *taken = set;
    return status;
}

// ---- opening ------------------------------------------------------------------------------------------------------

static piste_status read_gate(piste_gate *gate, piste_errors *errors) {
    static const char *const known[] = {"format", "format-version", "number", "entrance", NULL};
    char *path = desk_path(gate->folder, "gate.json"), *text = NULL;
    size_t length = 0;
    piste_status status = path ? base_file_read(path, 1 << 16, errors, &text, &length)
                               : piste_errors_add(errors, PISTE_MEMORY, gate->folder, 0, 0, "no memory");
    if (status == PISTE_OK) {
        desk_reader r = {path, errors, PISTE_OK};
        json_t *root = desk_json_load(&r, text, length);
        int64_t number = 0;
        if (root) {
            desk_json_head(&r, root, "piste-gate");
            desk_json_only(&r, root, "", known);
            desk_json_number(&r, root, "", "number", 1, UINT32_MAX, &number);
            snprintf(gate->entrance_key, sizeof gate->entrance_key, "%s", desk_json_text(&r, root, "", "entrance", PISTE_KEY_BYTES_MAX));
            gate->number = (uint32_t)number;
            json_decref(root);
        }
        status = r.status;
    }
    free(text);
    free(path);
    return status;
}

static void remember_files(piste_gate *gate) {
    for (int i = 0; i < GATE_FILES; i++) {
        char *path = desk_path(gate->folder, gate_file_names[i]);
        struct stat about;
        gate->files[i].inode = 0;
        if (path && stat(path, &about) == 0) {
            gate->files[i].inode = (uint64_t)about.st_ino;
            gate->files[i].s = about.st_mtim.tv_sec;
            gate->files[i].ns = about.st_mtim.tv_nsec;
        }
        free(path);
    }
}

static bool files_changed(const piste_gate *gate) {
    piste_gate now = {.folder = gate->folder};
    remember_files(&now);
    return memcmp(now.files, gate->files, sizeof now.files) != 0;
}

static bool fill_map(piste_gate *gate) {
    const piste_lists *each[] = {&gate->lists, &gate->kept};
    for (size_t k = 0; k < BASE_COUNT(each); k++)
        for (int64_t i = 0; i < each[k]->revoked_count; i++) {
            gate_entry *e = gate_map_enter(&gate->map, each[k]->revoked[i].pass);
            if (!e)
                return false;
            e->revoked = true;
        }
    for (int64_t i = 0; i < gate->lists.waived_count; i++) {
        gate_entry *e = gate_map_enter(&gate->map, gate->lists.waived[i]);
        if (!e)
            return false;
        e->waived = true;
    }
    for (int64_t i = 0; i < gate->lists.known_count; i++) {
        const piste_known *k = &gate->lists.known[i];
        gate_entry *e = gate_map_enter(&gate->map, k->pass);
        if (!e)
            return false;
        e->spent = k->spent;
        e->last_s = k->last_s;
        e->entrance = k->entrance;
        e->last_day = k->last_day;
    }
    return true;
}

typedef struct replay { // of the log, while opening
    piste_gate *gate;
    bool failed;
    int64_t lists_version; // the newest that the gate has worked with
} replay;

static void note_record(void *context, const piste_record *record) {
    replay *r = context;
    r->failed = !gate_note(r->gate, record) || r->failed;
    r->lists_version = record->lists_version > r->lists_version ? record->lists_version : r->lists_version;
}

// What the documents say, and what the log's name says of how far the lists have counted it.
static piste_status set_up(piste_gate *gate, piste_errors *errors) {
    documents *d = calloc(1, sizeof *d);
    piste_lists kept = {0};
    piste_status status = d ? load(gate->folder, d, &kept, errors) : piste_errors_add(errors, PISTE_MEMORY, gate->folder, 0, 0, "no memory");
    int32_t entrance = status == PISTE_OK ? piste_table_find_entrance(d->table, gate->entrance_key) : -1;
    if (status == PISTE_OK && entrance < 0)
        status = piste_errors_add(errors, PISTE_NOT_FOUND, gate->folder, 0, 0, "the table has no entrance %s", gate->entrance_key);
    if (status == PISTE_OK) {
        piste_table_destroy(gate->table);
        piste_lists_release(&gate->lists);
        piste_lists_release(&gate->kept);
        gate_map_release(&gate->map);
        gate->ring = d->ring;
        gate->table = d->table;
        gate->lists = d->lists;
        gate->kept = kept;
        gate->entrance = entrance;
        d->table = NULL;
        d->lists = kept = (piste_lists){0};
        gate->anchored = false;
        gate->accepted_version = -1;
        gate->seen_s = 0;
        if (!fill_map(gate))
            status = piste_errors_add(errors, PISTE_MEMORY, gate->folder, 0, 0, "no memory");
    }
    if (d)
        documents_release(d);
    free(d);
    piste_lists_release(&kept);
    return status;
}

// The log's header is looked at first: its number says what the lists count of it.
static int64_t merged_of(const char *path, const piste_lists *lists) {
    uint8_t header[PISTE_LOG_HEADER] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool well = fd >= 0 && read(fd, header, sizeof header) == (ssize_t)sizeof header;
    if (fd >= 0)
        close(fd);
    for (int64_t i = 0; well && i < lists->merged_count; i++)
        if (lists->merged[i].log == desk_get(header + 16, 8))
            return lists->merged[i].sequence;
    return 0;
}

// One that the lists count to its end is read, too: of what the gate has seen itself the clocks do not differ, so that its
// passback is stricter than by the lists.
static piste_status read_former(piste_gate *gate, const char *path, replay *r, piste_errors *errors) {
    char *data = NULL;
    size_t length = 0, whole = 0;
    gate->own_merged = merged_of(path, &gate->lists);
    piste_status status = base_file_read(path, (size_t)8 << 30, errors, &data, &length);
    if (status == PISTE_OK)
        status = gate_log_read((const uint8_t *)data, length, path, errors, note_record, r, &whole);
    if (status == PISTE_OK && whole < length)
        status = piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "ends in the midst of a record, and was once whole");
    free(data);
    return status;
}

static piste_status read_former_logs(piste_gate *gate, replay *r, piste_errors *errors) {
    int *numbers = NULL, count = 0;
    piste_status status = gate_finish_continuing(gate->folder, errors);
    if (status == PISTE_OK)
        status = gate_former_logs(gate->folder, errors, &numbers, &count);
    for (int i = 0; i < count && status == PISTE_OK; i++) {
        char *path = gate_former_log_path(gate->folder, numbers[i]);
        status = path ? read_former(gate, path, r, errors)
                      : piste_errors_add(errors, PISTE_MEMORY, gate->folder, 0, 0, "no memory");
        free(path);
    }
    free(numbers);
    return status;
}

static piste_status read_log(piste_gate *gate, piste_errors *errors) {
    char *path = desk_path(gate->folder, "log");
    replay r = {.gate = gate};
    if (!path)
        return piste_errors_add(errors, PISTE_MEMORY, gate->folder, 0, 0, "no memory");
    int64_t cut = gate->log.cut_bytes;
    gate_log_close(&gate->log);
    piste_status status = read_former_logs(gate, &r, errors);
    gate->own_merged = merged_of(path, &gate->lists);
    if (status == PISTE_OK)
        status = gate_log_open(path, errors, note_record, &r, &gate->log);
    if (status == PISTE_OK) {
        gate->log.cut_bytes += cut;
        if (r.failed)
            status = piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
        else if (gate->log.gate != gate->number)
            status = piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "is the log of gate %u, not of gate %u", gate->log.gate, gate->number);
        else if (r.lists_version > gate->lists.version)
            status = piste_errors_add(errors, PISTE_INVALID, gate->folder, 0, 0, "its lists are older than those that it has worked with: bring it the newest");
    }
    // Lists that came after the clock was accepted tell the time again.
    if (gate->accepted_version != gate->lists.version && gate->lists.issued_s > gate->seen_s)
        gate->seen_s = gate->lists.issued_s;
    free(path);
    return status;
}

static piste_status load_gate(piste_gate *gate, piste_errors *errors) {
    int lock = -1;
    piste_status status = desk_lock(gate->folder, "update.lock", true, "gate's update", errors, &lock);
    if (status == PISTE_OK)
        status = finish_update(gate->folder, errors);
    remember_files(gate);
    if (status == PISTE_OK)
        status = set_up(gate, errors);
    if (lock >= 0)
        close(lock);
    return status == PISTE_OK ? read_log(gate, errors) : status;
}

piste_status piste_gate_open(const char *folder, piste_errors *errors, piste_gate **gate) {
    piste_gate *own = calloc(1, sizeof *own);
    piste_status status = own ? desk_sodium(errors) : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (own) {
        own->lock = own->log.fd = -1;
        own->log_most = PISTE_LOG_MOST;
        own->folder = strdup(folder);
        if (!own->folder)
            status = piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    }
    if (status == PISTE_OK)
        status = read_gate(own, errors);
    if (status == PISTE_OK)
        status = desk_lock(folder, "lock", false, "gate", errors, &own->lock);
    if (status == PISTE_OK)
        status = load_gate(own, errors);
    if (status != PISTE_OK) {
        piste_gate_close(own);
        return status;
    }
    *gate = own;
    return PISTE_OK;
}

piste_status piste_gate_refresh(piste_gate *gate, piste_errors *errors, bool *changed) {
    *changed = false;
    if (!files_changed(gate))
        return PISTE_OK;
    if (gate->log.broken || gate->log.batched)
        return piste_errors_add(errors, PISTE_IO, gate->folder, 0, 0, "records wait to be written");
    piste_status status = load_gate(gate, errors);
    *changed = status == PISTE_OK;
    return status;
}

void piste_gate_close(piste_gate *gate) {
    if (!gate)
        return;
    gate_log_close(&gate->log);
    piste_table_destroy(gate->table);
    piste_lists_release(&gate->lists);
    piste_lists_release(&gate->kept);
    gate_map_release(&gate->map);
    if (gate->lock >= 0)
        close(gate->lock);
    free(gate->folder);
    free(gate);
}

void piste_gate_get_state(const piste_gate *gate, piste_gate_state *state) {
    *state = (piste_gate_state){.log = gate->log.log,
                                .number = gate->number,
                                .entrance = gate->table->entrances.list[gate->entrance].number,
                                .sequence = gate->log.sequence,
                                .cut_bytes = gate->log.cut_bytes,
                                .versions = {gate->ring.version, gate->table->version, gate->lists.version},
                                .lists_issued_s = gate->lists.issued_s,
                                .lists_stale_after_h = gate->lists.stale_after_h,
                                .waived = gate->lists.waived_count,
                                .seen_s = gate->seen_s};
    for (size_t i = 0; gate->map.list && i <= gate->map.mask; i++)
        state->revoked += gate->map.list[i].revoked;
}

const piste_table *piste_gate_get_table(const piste_gate *gate) {
    return gate->table;
}
