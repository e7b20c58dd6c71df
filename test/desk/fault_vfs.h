// fault_vfs.h - a file system in memory, as SQLite sees one, that can lose power and whose calls can fail.
//
// What was written stands in the file for whoever reads it, and is on the disk for certain only after a sync. When the
// power goes, of the writes since the last sync any may be missing, in any order, each torn at sectors of 512 bytes;
// a name that was made or removed is on the disk after a sync of its folder, as the usual Unix file system of SQLite
// does it: with the first sync of a new journal or log, and with a removal that asks for it.
//
// A sync that fails behaves as that of Linux does: what it should have brought to the disk is still read, is not
// there, and no later sync brings it, unless it is written again.
#ifndef TEST_DESK_FAULT_VFS_H
#define TEST_DESK_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct fault_disk fault_disk;

// What is left of what was not synced.
typedef enum fault_loss {
    FAULT_LOSES_ALL,  // nothing
    FAULT_LOSES_NONE, // everything, as when a process is killed
    FAULT_LOSES_SOME, // any of the writes, whole and in order
    FAULT_TEARS       // any sectors of any of the writes, in any order; some hold anything
} fault_loss;
enum { FAULT_LOSSES = 4 };

typedef enum fault_call {
    FAULT_OPEN,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_SYNC,
    FAULT_TRUNCATE,
    FAULT_DELETE,
    FAULT_SIZE,
    FAULT_ACCESS,
    FAULT_CALLS
} fault_call;

typedef struct fault_plan {
    int64_t fail_at;   // the number of the call that fails, from 1; 0: none
    bool fails_on;     // and all of its kind after it
    bool kills;        // the process is killed there: what it opened answers no more, and nothing else is lost
    bool is_full;      // a write fails because the disk is full, otherwise with an input/output error
    bool is_read_only; // files can be read, and no more
    bool lies;         // syncs say that they succeed, and do nothing: as with synchronous = OFF
    // Called before each call that may change the disk, with the disk as it is then; no lock is held.
    void (*watch)(fault_disk *disk, int64_t call, fault_call kind, void *context);
    void *context;
} fault_plan;

// Registers the file system under the name "fault" when first called.
fault_disk *fault_disk_create(uint64_t seed);
void fault_disk_destroy(fault_disk *disk);
void fault_disk_plan(fault_disk *disk, const fault_plan *plan); // before a file of it is opened
const char *fault_disk_path(const fault_disk *disk);            // of the one database on it
// A new disk with what one would find on this one if the power went now.
fault_disk *fault_disk_crash(fault_disk *disk, fault_loss loss, uint64_t seed);
// From now on every call fails, and changes nothing.
void fault_disk_switch_off(fault_disk *disk);

int64_t fault_disk_calls(fault_disk *disk);
fault_call fault_disk_kind(fault_disk *disk, int64_t call);     // of one that has been made
bool fault_disk_has_failed(fault_disk *disk, fault_call *kind); // whether a call has failed that was to fail, and which
int fault_disk_kills(fault_disk *disk);                         // processes that were killed

#endif
