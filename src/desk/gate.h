// gate.h - the insides of a gate: its log, what it knows of passes, its clock. Public: piste/gate.h.
#ifndef DESK_GATE_H
#define DESK_GATE_H

#include <sys/stat.h>

#include "desk/pass.h"

// ---- the log ----------------------------------------------------------------------------------------------------

enum { GATE_CHAIN = 16, GATE_RECORD_CONTENTS = PISTE_LOG_RECORD - GATE_CHAIN };

typedef struct gate_log {
    int fd;
    char *path;
    uint64_t log;
    uint32_t gate;
    int64_t sequence;         // of the last record, those in the batch counted
    uint8_t chain[GATE_CHAIN]; // of that record
    int64_t synced_bytes;     // of the file
    uint8_t *batch;           // records that are not yet on the disk; room for PISTE_LOG_BATCH
    int32_t batched;
    bool broken;              // a write or a flush has failed: nothing is known of the batch
    int64_t cut_bytes;
} gate_log;

// The bytes of a record, and back; reading fails where a record is not written like that. The chain is copied, not checked.
void gate_record_write(const piste_record *record, uint8_t bytes[PISTE_LOG_RECORD]);
bool gate_record_read(const uint8_t bytes[PISTE_LOG_RECORD], piste_record *record);
// The hash that ends a record, of the hash that ends the one before it (of the header, for the first).
void gate_chain(const uint8_t before[GATE_CHAIN], const uint8_t *bytes, size_t count, uint8_t chain[GATE_CHAIN]);

// Reads the records of a whole log and gives each one to `each`. *whole: bytes that are whole records; what comes after
// them was torn. PISTE_INVALID where what is wrong is not at the end; PISTE_SYNTAX: no log.
typedef void gate_each(void *context, const piste_record *record);
PISTE_CHECKED piste_status gate_log_read(const uint8_t *data, size_t length, const char *name, piste_errors *errors,
                                         gate_each *each, void *context, size_t *whole);
// A new log with a number of its own; it is there as a whole or not at all.
PISTE_CHECKED piste_status gate_log_make(const char *path, uint32_t gate, piste_errors *errors);
PISTE_CHECKED piste_status gate_log_open(const char *path, piste_errors *errors, gate_each *each, void *context, gate_log *log);
void gate_log_close(gate_log *log);
// A record of the log, in the batch or on the disk; PISTE_NOT_FOUND: there is none of this number.
PISTE_CHECKED piste_status gate_log_get(const gate_log *log, int64_t sequence, piste_errors *errors, piste_record *record);
// Numbers the record, chains it and keeps it in the batch. PISTE_IO: the log is broken; the batch must not be full.
PISTE_CHECKED piste_status gate_log_add(gate_log *log, piste_record *record);
PISTE_CHECKED piste_status gate_log_sync(gate_log *log, piste_errors *errors);

// Former logs of a gate, the oldest first (gate_continue.c). The caller frees *numbers, and the path; NULL: no memory.
PISTE_CHECKED piste_status gate_former_logs(const char *folder, piste_errors *errors, int **numbers, int *count);
char *gate_former_log_path(const char *folder, int number);
PISTE_CHECKED piste_status gate_finish_continuing(const char *folder, piste_errors *errors);
// Goes on in a new log where this one has grown to gate->log_most bytes and nothing waits to be written.
PISTE_CHECKED piste_status gate_continue(piste_gate *gate, piste_errors *errors);

// ---- what is known of passes --------------------------------------------------------------------------------------

typedef struct gate_entry {
    uint64_t pass;     // 0: free
    int64_t last_s;    // last admission, 0: none
    int32_t spent;     // points or days
    int32_t last_day;  // business date of the last day that was counted, PISTE_DATE_NONE: none
    uint16_t entrance; // of the last admission
    bool own;          // that admission is of this gate's log
    bool revoked, waived;
    // The last admission by this gate, which can be undone: its record, its time, whether a day was counted for it; the record that
    // undid it (0: none); and which admission, by any gate, was the last before it.
    bool own_day, before_own;
    uint16_t before_entrance;
    int64_t own_sequence, own_s, own_undone_by, before_s;
} gate_entry;

typedef struct gate_map { // open addressing
    gate_entry *list;
    size_t mask, used;
} gate_map;

gate_entry *gate_map_find(const gate_map *map, uint64_t pass); // NULL: not there
gate_entry *gate_map_enter(gate_map *map, uint64_t pass);      // new where it was not there; NULL: no memory
void gate_map_release(gate_map *map);

// ---- the gate -----------------------------------------------------------------------------------------------------

enum { GATE_FILES = PISTE_DOCUMENT_COUNT + 1 };

struct piste_gate {
    char *folder;
    int lock;
    uint32_t number;
    char entrance_key[PISTE_KEY_BYTES_MAX + 1];
    int32_t entrance;      // index in the table
    gate_log log;
    piste_ring ring;
    piste_table *table;
    piste_lists lists, kept; // kept: what was once revoked and has not ended
    gate_map map;
    int64_t own_merged;    // records of the log that is noted, its own, that the lists count already
    int64_t log_most;      // bytes of a log that is continued in another
    struct { uint64_t inode; int64_t s, ns; } files[GATE_FILES]; // as they were when they were read
    // The clock: the time is not before seen_s, and goes on from (anchor_wall_s, anchor_boot_ms) while this boot lasts.
    int64_t seen_s;
    bool anchored;
    uint64_t anchor_boot;
    int64_t anchor_boot_ms, anchor_wall_s;
    int64_t accepted_version; // of the lists when the clock was last accepted by hand, -1: never
};

extern const char *const gate_file_names[GATE_FILES]; // "keys.signed", "table.signed", "lists.signed", "kept.json"

// Whether the gate knows the time; then *judged_s is it, and PISTE_GATE_CLOCK_BACK may be among *warnings.
bool gate_know_time(const piste_gate *gate, const piste_clock *clock, int64_t *judged_s, uint32_t *warnings);
// gate_undo.c: takes down that nobody went through.
void gate_note_undo(const piste_gate *gate, const piste_record *record, const piste_pass *pass, gate_entry *entry);
// Takes down in the state what a record says: of the clock always, of the pass where it was let in, or did not go through.
bool gate_note(piste_gate *gate, const piste_record *record); // false: no memory
// Business date of a second, PISTE_DATE_NONE beyond the calendar.
piste_date gate_date_of(const piste_table *table, int64_t unix_s);
// Whether two admissions of one pass, `elapsed_s` apart, are sooner than anyone gets from the one to the other; *least_s is
// that time. `skew_s` is what their clocks may differ by. Entrances are numbers.
bool gate_is_impossible(const piste_table *table, uint16_t from, uint16_t to, int64_t elapsed_s, int32_t skew_s, int32_t *least_s);

#endif
