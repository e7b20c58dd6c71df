// gates.h - what gates of the pages have sent: each gate's log as it wrote it, and all of them as one set.
//
//     data/gates/LOG.log   a gate's log, byte for byte (include/piste/gate.h): `piste gate merge` reads it, too
//     data/published/      keys, table and lists, signed, as gates get them
//
// A gate sends what this server does not have yet. It is on the disk before it is answered; sent again it changes
// nothing. The set of all records is brought up to date when somebody asks, not for each that comes.
//
// A log that has grown to PISTE_LOG_MOST bytes (half a million scans) is taken further, and its gate is told each time to go on in
// another, as gates of the command line do by themselves; at eight times that no more of it is taken. A log whose last record is
// older than any pass that still counts stays on the disk and is read no more: so what is held in memory is bounded, too.
#ifndef SERVE_GATES_H
#define SERVE_GATES_H

#include <jansson.h>

#include "piste/gate.h"
#include "serve/serve.h"

typedef struct serve_gates serve_gates;

typedef struct serve_gate_take { // what came of a log that was sent
    int64_t have, added;         // records of it that are here now; that were new
    bool is_long;                // the gate shall go on in another log
    const char *reason;          // of a refusal: "gap", "fork", "damaged", "other_gate", "full"
} serve_gate_take;

serve_gates *serve_gates_create(serve *s);
void serve_gates_destroy(serve_gates *g);
// Takes a log's header and some of its records, beginning with any that follows what is here. PISTE_REFUSED with
// take->reason; PISTE_IO: it is not known to be on the disk.
PISTE_CHECKED piste_status serve_gates_take(serve_gates *g, uint32_t gate, const char *data, size_t length, piste_errors *errors,
                                            serve_gate_take *take);
// All records, the table that was published last, and what they show together; until serve_gates_leave nobody changes them.
PISTE_CHECKED piste_status serve_gates_enter(serve_gates *g, piste_errors *errors, piste_merge **merge, const piste_table **table,
                                             const piste_lists **lists);
void serve_gates_leave(serve_gates *g);
// Publishes where something has changed since the last time. Afterwards data/published is there.
PISTE_CHECKED piste_status serve_gates_publish(serve_gates *g, piste_errors *errors);
// One published document as it stands, where it is newer than `version`; the caller frees *text, NULL: it is not newer.
PISTE_CHECKED piste_status serve_gates_document(serve_gates *g, piste_document kind, int64_t version, piste_errors *errors, char **text);

#endif
