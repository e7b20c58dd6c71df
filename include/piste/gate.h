// piste/gate.h - a gate: it judges scans with or without a network, writes down what it did, and is merged later.
//
//     piste_gate *gate;
//     if (piste_gate_open("gate-3", errors, &gate) == PISTE_OK) {
//         piste_answer answer;
//         if (piste_gate_judge(gate, text, strlen(text), 0, &clock, &answer) == PISTE_OK &&
//             piste_gate_sync(gate, errors) == PISTE_OK && answer.reason == PISTE_SCAN_OPEN)
//             ... let the person through ...
//         piste_gate_close(gate);
//     }
//
// A gate holds public keys, three signed documents (keys, table, lists) and its own log; it asks nobody. Nobody is let in
// before the record of it is on the disk: judge any number of scans, sync once, then answer them all. Where the disk does
// not take a record the gate judges no more (PISTE_IO) until it is opened again.
//
// Documents only get newer: an older version never replaces a newer one, and what was revoked stays so until that pass has
// ended. Logs of many gates are merged in any order, any number of times, with the same result.
//
// Not thread-safe: one gate for each thread, one process for each gate's folder.
#ifndef PISTE_GATE_H
#define PISTE_GATE_H

#include "piste/pass.h"
#include "piste/resort.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- reasons ----------------------------------------------------------------------------------------------------

// Why a scan opens the gate or does not: the first of these that applies, in the order in which they are looked at.
// The numbers are kept for ever: they stand in logs.
typedef enum piste_scan_reason {
    PISTE_SCAN_OPEN,        // come in
    PISTE_SCAN_UNREADABLE,  // not a pass: cut off, longer, another code
    PISTE_SCAN_UNKNOWN_KEY, // signed by a key that this gate does not know
    PISTE_SCAN_FORGED,      // not signed by the key that it names
    PISTE_SCAN_CLOCK,       // the gate does not know the time
    PISTE_SCAN_KEY_ENDED,   // signed by a key that counts no more
    PISTE_SCAN_NOT_YET,     // valid later
    PISTE_SCAN_EXPIRED,     // was valid
    PISTE_SCAN_REVOKED,     // was taken back
    PISTE_SCAN_NOT_HERE,    // does not open this entrance
    PISTE_SCAN_CALENDAR,    // the gate does not know which business day this is, and the pass hangs on it
    PISTE_SCAN_HOURS,       // valid at other times of the day
    PISTE_SCAN_WAIVER,      // the waiver has not been signed
    PISTE_SCAN_PASSBACK,    // nobody can be here so soon after this pass's last scan
    PISTE_SCAN_POINTS,      // not enough points or days left
    PISTE_SCAN_NOT_THROUGH, // of no scan: whoever was let in did not go through (piste_gate_undo)
    PISTE_SCAN_REASON_COUNT
} piste_scan_reason;

// Word ("passback"), text ("scanned a moment ago ..."), what to do about it, and exit code of `piste gate judge`.
PISTE_API const char *piste_scan_reason_word(piste_scan_reason reason);
PISTE_API const char *piste_scan_reason_text(piste_scan_reason reason);
PISTE_API const char *piste_scan_reason_advice(piste_scan_reason reason); // "" where there is none
PISTE_API int piste_scan_reason_exit_code(piste_scan_reason reason); // 0 for open, otherwise 10 + reason

// What goes with an answer without changing it; sets of them are bit masks.
enum {
    PISTE_GATE_LISTS_STALE = 1, // the lists are older than they say they should be: it goes on with them
    PISTE_GATE_CLOCK_BACK = 2,  // the clock was a little behind what the gate had seen: the later time was used
    PISTE_GATE_CALENDAR_ENDS = 4 // the calendar ends within a week
};

// ---- the table --------------------------------------------------------------------------------------------------

enum {
    PISTE_ENTRANCES_MAX = 1000,
    PISTE_PRODUCTS_MAX = 10000,
    PISTE_CALENDAR_MAX = 1000,      // business days
    PISTE_KEY_BYTES_MAX = 120,      // of an entrance's key
    PISTE_TRAVEL_UNKNOWN = 0,       // no bound is known: nothing is refused
    PISTE_GATE_TOLERANCE_S = 120,   // that clocks are allowed (chosen)
    PISTE_GATE_UNDO_S = 120         // for so long after an admission it can be said that nobody went through (chosen)
};

typedef struct piste_entrance {
    const char *key;    // "gondola"; "gondola/middle" at a station between, "gondola/down" at the top; "rink"
    const char *name;
    uint16_t number;    // kept for ever: it stands in logs
    uint64_t zones;     // a pass that opens one of them opens the entrance
    int32_t points;     // that an admission takes from a pass that counts points
} piste_entrance;

typedef struct piste_zone {
    const char *key, *name;
    int32_t bit;        // kept for ever: it stands in passes
} piste_zone;

typedef struct piste_product {
    const char *key, *name;
    uint16_t number;    // kept for ever
    uint64_t opens;
    bool by_day, waiver; // counts days; opens only once the waiver is signed
} piste_product;

typedef struct piste_holder {
    const char *key, *name;
    int32_t number;     // 0..31, kept for ever
} piste_holder;

// One business day: when it begins, and the minute from which its times of day are counted, such that local 13:00 is
// 780 minutes later, also on the days on which the clocks change.
typedef struct piste_business_day {
    int32_t starts_min, zero_min;
} piste_business_day;

typedef struct piste_table {
    int64_t version;
    const char *resort, *zone;
    struct { const piste_zone *list; int32_t count; } zones;
    struct { const piste_entrance *list; int32_t count; } entrances;
    struct { const piste_product *list; int32_t count; } products;
    struct { const piste_holder *list; int32_t count; } holders;
    piste_date first_day;
    struct { const piste_business_day *list; int32_t count; } days; // one after the other; the last one only ends the one before
    const int32_t *travel_s; // [from * entrances.count + to], the least time between a scan at one and at the other
    void *owner;             // (internal)
} piste_table;

// How fast people can be at the most, where passes are handed back. docs/models.md has the sources.
typedef struct piste_travel_limits {
    double ski_mps;     // 32: held all the way down
    double foot_mps;    // 3
    double ride_share;  // 0.95: of the lift's stated time
    int32_t venue_s;    // 60: from one venue's door to the same door again
} piste_travel_limits;

PISTE_API piste_travel_limits piste_travel_limits_default(void);

// The table of a resort for the business days first..last. Lifts can be entered where people may board (each station, up
// or down), venues at their door. Zones: "lifts", one for each kind of venue, then each lift for itself as far as there is
// room. What `before` (may be NULL) has keeps its numbers, names, points and products. The caller destroys it.
PISTE_CHECKED PISTE_API piste_status piste_table_make(const piste_resort *resort, piste_date first, piste_date last,
                                                      const piste_travel_limits *limits, const piste_table *before,
                                                      piste_errors *errors, piste_table **table);
// JSON (the caller frees it), and back. `name` stands in errors.
PISTE_CHECKED PISTE_API piste_status piste_table_write(const piste_table *table, int64_t version, int64_t now_s, char **text,
                                                       size_t *length);
PISTE_CHECKED PISTE_API piste_status piste_table_parse(const char *text, size_t length, const char *name, piste_errors *errors,
                                                       piste_table **table);
PISTE_API void piste_table_destroy(piste_table *table);
PISTE_API int32_t piste_table_find_entrance(const piste_table *table, const char *key); // index; -1: not there
PISTE_API int32_t piste_table_find_number(const piste_table *table, uint16_t number);   // the same by its number
PISTE_API const piste_product *piste_table_find_product(const piste_table *table, const char *key); // NULL: not there
PISTE_API const piste_product *piste_table_product(const piste_table *table, uint16_t number);
// Index of the business day that this second belongs to, -1 beyond the calendar.
PISTE_API int32_t piste_table_day(const piste_table *table, int64_t unix_s);
// When a pass is valid, in the words of the resort's calendar and zone: "2026-01-17 to 2026-01-19, 13:00-16:30 each day";
// a business day is told by its date alone. PISTE_INVALID: no such zone.
enum { PISTE_VALID_TEXT = 96 };
PISTE_CHECKED PISTE_API piste_status piste_pass_valid_text(const piste_pass *pass, const piste_table *table,
                                                           char text[PISTE_VALID_TEXT]);
// The local time of a second: "2026-01-17 13:05:09". PISTE_INVALID: no such zone.
PISTE_CHECKED PISTE_API piste_status piste_local_text(const char *zone, int64_t unix_s, char text[20]);
// The minutes of business days of a zone (see piste_business_day); `begins_s` seconds after local midnight one gives way to
// the next, 0 to 43200. One more than last - first + 1 of them. PISTE_INVALID: no such zone.
PISTE_CHECKED PISTE_API piste_status piste_business_days(const char *zone, int32_t begins_s, piste_date first, piste_date last,
                                                         piste_errors *errors, piste_business_day *days);

// ---- lists ------------------------------------------------------------------------------------------------------

enum { PISTE_LIST_ENTRIES_MAX = 1000000 };

typedef struct piste_revoked {
    uint64_t pass;
    int32_t until_min; // end of the pass: after it the entry may be forgotten
    int64_t at_s;      // when it was taken back
} piste_revoked;

// What all gates together are known to have seen of a pass, up to the sequences that the lists name.
typedef struct piste_known {
    uint64_t pass;
    int32_t spent;      // points, or days
    int64_t last_s;     // last admission, and where
    uint16_t entrance;
    int32_t last_day;   // business date of it as days since 1970-01-01
} piste_known;

typedef struct piste_merged_log {
    uint64_t log;
    int64_t sequence;   // the last of this log that `known` counts
} piste_merged_log;

typedef struct piste_lists {
    int64_t version, issued_s;
    int32_t stale_after_h;
    piste_revoked *revoked;
    int64_t revoked_count;
    uint64_t *waived;   // passes whose waiver has been signed
    int64_t waived_count;
    piste_known *known;
    int64_t known_count;
    piste_merged_log *merged;
    int64_t merged_count;
} piste_lists;

PISTE_CHECKED PISTE_API piste_status piste_lists_write(const piste_lists *lists, char **text, size_t *length);
PISTE_CHECKED PISTE_API piste_status piste_lists_parse(const char *text, size_t length, const char *name, piste_errors *errors,
                                                       piste_lists *lists);
PISTE_API void piste_lists_release(piste_lists *lists);
// Each adds or renews an entry. PISTE_MEMORY, PISTE_LIMIT.
PISTE_CHECKED PISTE_API piste_status piste_lists_revoke(piste_lists *lists, uint64_t pass, int32_t until_min, int64_t at_s);
PISTE_CHECKED PISTE_API piste_status piste_lists_waive(piste_lists *lists, uint64_t pass);
PISTE_API const piste_revoked *piste_lists_find_revoked(const piste_lists *lists, uint64_t pass); // NULL: not there
// Forgets the revocations of passes that have ended.
PISTE_API void piste_lists_prune(piste_lists *lists, int64_t now_s);

// Signs keys, table and lists with one new version and writes them to a folder (made where it is not there) as keys.signed,
// table.signed and lists.signed, each as a whole. Sets version and time of the lists, and forgets revocations of ended passes.
PISTE_CHECKED PISTE_API piste_status piste_publish(const piste_keys *keys, const piste_table *table, piste_lists *lists,
                                                   int64_t now_s, const char *folder, piste_errors *errors);

// Table and lists of a published folder, or of a gate's; signed by a list key that lies beside them, which says nothing of
// whose it is. The caller destroys and releases them.
PISTE_CHECKED PISTE_API piste_status piste_published_read(const char *folder, piste_errors *errors, piste_table **table,
                                                          piste_lists *lists);

// ---- the gate ---------------------------------------------------------------------------------------------------

// The time as a gate is told it. `boot` names the time since the machine was started, `boot_ms` counts in it and is never
// set: where the wall clock and boot_ms disagree within one boot, the wall clock was set.
typedef struct piste_clock {
    int64_t wall_s;  // seconds since 1970-01-01T00:00Z
    int64_t boot_ms;
    uint64_t boot;
} piste_clock;

PISTE_API piste_clock piste_clock_read(void);

typedef struct piste_gate piste_gate;

typedef struct piste_answer {
    piste_scan_reason reason;
    uint32_t warnings;       // PISTE_GATE_...
    bool has_pass;           // the scan is a pass, and `pass` is what it says; not so if unreadable
    piste_pass pass;
    int64_t sequence;        // of the record
    int64_t judged_s;        // the time that it was judged for
    uint16_t entrance;       // its number
    int32_t points_taken, points_left; // left: -1 where they are not counted
    int32_t wait_s;          // PISTE_SCAN_PASSBACK: from now until it can be
    int64_t last_s;          // last admission before this one, 0: none known
    uint16_t last_entrance;
    int64_t undoes;          // PISTE_SCAN_NOT_THROUGH: the record of the admission
} piste_answer;

// Makes a gate's folder of published documents (a folder with keys.signed, table.signed, lists.signed). `number` tells the
// gate from others, 1 to 4294967295; `entrance` is where it stands. The keys are taken as they are: `fingerprint`, that of
// a list key, says which office is meant (NULL: whichever).
PISTE_CHECKED PISTE_API piste_status piste_gate_make(const char *folder, const char *published, const char *fingerprint,
                                                     int64_t number, const char *entrance, const piste_clock *clock,
                                                     piste_errors *errors);
// Takes what is newer of the published documents; all of it is right or nothing is taken. *taken, a set of
// 1u << piste_document. PISTE_INVALID: signed by nobody known, not of this text.
PISTE_CHECKED PISTE_API piste_status piste_gate_update(const char *folder, const char *published, const piste_clock *clock,
                                                       piste_errors *errors, uint32_t *taken);
// Opens a gate for work: reads its log, cuts off a record that a power cut left half written. PISTE_EXISTS: another process has it.
PISTE_CHECKED PISTE_API piste_status piste_gate_open(const char *folder, piste_errors *errors,
                                                     piste_gate **gate);
PISTE_API void piste_gate_close(piste_gate *gate); // what was not synced is lost
// Reads its documents anew where piste_gate_update has replaced them since. Nothing may wait to be synced.
PISTE_CHECKED PISTE_API piste_status piste_gate_refresh(piste_gate *gate, piste_errors *errors, bool *changed);
// Judges one scan of `length` bytes at the entrance of this number (0: the gate's own), and takes it down. The answer
// counts once piste_gate_sync has returned. PISTE_NOT_FOUND: no such entrance. PISTE_IO: a sync has failed. PISTE_MEMORY.
PISTE_CHECKED PISTE_API piste_status piste_gate_judge(piste_gate *gate, const char *text, size_t length, uint16_t entrance,
                                                      const piste_clock *clock, piste_answer *answer);
// Says that nobody went through after an admission, as a turnstile knows that was not turned: `sequence` is that of its answer. The scan
// counts no more then, neither for passback nor for points and days, here and, once merged, anywhere. The record is synced like
// any other; said again, it is the same one. PISTE_NOT_FOUND: no admission of this log. PISTE_REFUSED: more than
// PISTE_GATE_UNDO_S ago, or the pass has been let in here since. PISTE_IO, PISTE_MEMORY.
PISTE_CHECKED PISTE_API piste_status piste_gate_undo(piste_gate *gate, int64_t sequence, const piste_clock *clock, piste_errors *errors,
                                                     piste_answer *answer);
// Brings what was judged since the last time to the disk. PISTE_IO: nobody of these may be let in.
PISTE_CHECKED PISTE_API piste_status piste_gate_sync(piste_gate *gate, piste_errors *errors);
// Says that the clock is right now, whatever the log holds; a record of it is kept, and synced.
PISTE_CHECKED PISTE_API piste_status piste_gate_accept_clock(piste_gate *gate, const piste_clock *clock, piste_errors *errors);

typedef struct piste_gate_state {
    uint64_t log;
    uint32_t number;
    uint16_t entrance;
    int64_t sequence;        // of the last record
    int64_t cut_bytes;       // that opening cut off
    int64_t versions[PISTE_DOCUMENT_COUNT], lists_issued_s;
    int32_t lists_stale_after_h;
    int64_t revoked, waived; // entries
    int64_t seen_s;          // the time is not before this
} piste_gate_state;

PISTE_API void piste_gate_get_state(const piste_gate *gate, piste_gate_state *state);
PISTE_API const piste_table *piste_gate_get_table(const piste_gate *gate);

// ---- the log ----------------------------------------------------------------------------------------------------

// A log is a header of 32 bytes and records of 120. Every record ends with the hash of itself and of the one before it, so
// that one that is torn, changed, left out or put in is found. Numbers are big-endian.
// A gate whose log has grown to PISTE_LOG_MOST bytes keeps it as log.000001 (000002, ...) and goes on in a new one, which has
// a number of its own: to merging it is the log of another gate at the same entrance.
enum { PISTE_LOG_HEADER = 32, PISTE_LOG_RECORD = 120, PISTE_LOG_BATCH = 512, PISTE_LOG_MOST = 64 << 20 };

// UNDO: whoever the record `undoes`, of the same log, let in did not go through. It says what the gate knew before that, and has no
// `boot`.
typedef enum piste_record_kind { PISTE_RECORD_SCAN = 1, PISTE_RECORD_CLOCK = 2, PISTE_RECORD_UNDO = 3 } piste_record_kind;

typedef struct piste_record {
    piste_record_kind kind;
    piste_scan_reason reason;
    uint32_t warnings;
    uint16_t entrance;
    uint64_t log;
    int64_t sequence;        // 1, 2, 3 ...
    uint32_t gate;
    int32_t points_taken;
    int64_t wall_s, judged_s, boot_ms;
    uint64_t boot;
    int64_t lists_version;
    uint8_t body[PISTE_PASS_BODY]; // of the token; zeros where it was unreadable
    uint8_t chain[16];
    int64_t undoes, last_s;  // UNDO: the admission's sequence; the pass's last admission before that, 0: none known,
    uint16_t last_entrance;  //       and where that was, and whether it was by this gate
    bool last_own;
    int64_t undone_by;       // of a merge: the record that undoes this admission, 0: none. Stands in no log
} piste_record;

// ---- merging ----------------------------------------------------------------------------------------------------

// The records of any number of logs as one ordered set: merging is union, so that order and repetition change nothing.
typedef struct piste_merge piste_merge;

PISTE_CHECKED PISTE_API piste_status piste_merge_create(piste_errors *errors, piste_merge **merge);
PISTE_API void piste_merge_destroy(piste_merge *merge);
// Adds the records of a log or of a merged file. What cannot be read of the end of a log is counted in *cut_bytes; a record
// whose hash is wrong elsewhere ends the reading and is told (PISTE_INVALID), the whole ones before it are kept.
PISTE_CHECKED PISTE_API piste_status piste_merge_add_file(piste_merge *merge, const char *path, piste_errors *errors,
                                                          int64_t *added, int64_t *cut_bytes);
// All logs of a gate's folder, former ones too.
PISTE_CHECKED PISTE_API piste_status piste_merge_add_gate(piste_merge *merge, const char *folder, piste_errors *errors,
                                                          int64_t *added, int64_t *cut_bytes);
PISTE_CHECKED PISTE_API piste_status piste_merge_add_bytes(piste_merge *merge, const char *data, size_t length, const char *name,
                                                           piste_errors *errors, int64_t *added, int64_t *cut_bytes);
PISTE_CHECKED PISTE_API piste_status piste_merge_save(piste_merge *merge, const char *path, piste_errors *errors);
PISTE_API int64_t piste_merge_count(const piste_merge *merge);
PISTE_API const piste_record *piste_merge_get(const piste_merge *merge, int64_t index); // by log, sequence, hash

typedef enum piste_finding_kind {
    PISTE_FINDING_TWICE,     // one pass let in at two entrances sooner than anyone gets from one to the other
    PISTE_FINDING_OVERSPENT, // more points or days taken than the pass has
    PISTE_FINDING_REVOKED,   // let in after it had been revoked
    PISTE_FINDING_FORK,      // two records with one number of one log: the log was copied and went on twice
    PISTE_FINDING_GAP,       // records of a log are missing
    PISTE_FINDING_KIND_COUNT
} piste_finding_kind;

PISTE_API const char *piste_finding_kind_word(piste_finding_kind kind);
PISTE_API const char *piste_finding_kind_text(piste_finding_kind kind);

typedef struct piste_gate_finding {
    piste_finding_kind kind;
    uint64_t pass;           // 0 where no pass is concerned
    const piste_record *first, *second; // the admission before and the one that should not have been; first may be NULL
    int64_t value, expected; // TWICE: seconds between them, the least. OVERSPENT: taken in all, what it has.
                             // REVOKED: when. GAP: the first and last number that are missing
} piste_gate_finding;

// Judges everything again with what is known now. `lists` may be NULL. The list belongs to `merge` and lives until the next call.
PISTE_CHECKED PISTE_API piste_status piste_merge_judge(piste_merge *merge, const piste_table *table, const piste_lists *lists,
                                                       const piste_gate_finding **findings, int64_t *count);
// Fills `known` and `merged` of the lists with what all gates have seen, so that every gate knows it from then on.
PISTE_CHECKED PISTE_API piste_status piste_merge_to_lists(piste_merge *merge, const piste_table *table, int64_t now_s,
                                                          piste_lists *lists);

#ifdef __cplusplus
}
#endif
#endif
