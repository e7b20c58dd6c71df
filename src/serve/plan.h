// plan.h - what the files of the room Plan share: drafts of the resort (drafts.c) and work on them (jobs.c, job_work.c).
//
// A draft is the resort of the server and a list of changes to it (piste/resort.h), with lines that were drawn for the
// map. It is kept as one file of JSON. A job works on a resort folder of its own, made of a draft when it is asked for,
// so that the command line gives the same bytes from that folder.
#ifndef SERVE_PLAN_H
#define SERVE_PLAN_H

#include <stdatomic.h>

#include "serve/inside.h"

enum {
    SERVE_PLANNERS = DESK_ROLE_PLANNER | DESK_ROLE_MANAGER,
    SERVE_CHANGES_MAX = 2000, // of one draft
    SERVE_DRAFT_BYTES_MAX = 4 << 20,
};

// ---- drafts (drafts.c) -------------------------------------------------------------------------------------------------

typedef struct serve_draft {
    json_t *object;        // as the file has it
    piste_changes changes; // of texts that live in `object`
    piste_change *list;
} serve_draft;

// PISTE_NOT_FOUND: there is none of that name. "today" is the resort of the server, without changes.
PISTE_CHECKED piste_status serve_draft_load(const serve *s, const char *name, piste_errors *errors, serve_draft *out);
void serve_draft_release(serve_draft *d);
// resort.yaml, lifts.geojson and runs.geojson with the draft's changes and lines; a file that is not there stays empty.
PISTE_CHECKED piste_status serve_draft_texts(const serve *s, const serve_draft *d, piste_errors *errors, base_text texts[3]);
extern const char *const serve_draft_files[3];
// The same as a folder, which must not be there yet.
PISTE_CHECKED piste_status serve_draft_write(const serve *s, const serve_draft *d, const char *folder, piste_errors *errors);
// The draft's changes as `piste plan` takes them: lines "path: value", each after `indent`.
PISTE_CHECKED piste_status serve_draft_changes(const serve_draft *d, const char *indent, base_text *out);

// ---- jobs (jobs.c) -----------------------------------------------------------------------------------------------------

typedef enum serve_job_state { // in the order of serve_job_words
    SERVE_JOB_WAITING,
    SERVE_JOB_RUNNING,
    SERVE_JOB_DONE,
    SERVE_JOB_FAILED,
    SERVE_JOB_CANCELLED,
    SERVE_JOB_INTERRUPTED // by the end of the server
} serve_job_state;

typedef struct serve_job {
    serve *serve;
    char id[41];
    char folder[4096];
    json_t *asked;             // the request, as it came
    char title[201], who[DESK_ACCOUNT_NAME_MAX + 1], message[600];
    serve_job_state state;
    int64_t asked_ms, began_ms, ended_ms;
    _Atomic bool is_ended;     // it is to stop: cancelled, or the server ends
    int64_t began_us, told_us; // while it runs
    double share;              // of the work, as far as it is known
    char note[96];
    struct serve_job *next;
} serve_job;

// Called by the work now and then: tells how far it is; false: it is to stop. share < 0: not known.
// Whether this server, of those that share the data folder, works on plans; otherwise the request is answered.
bool serve_jobs_are_here(serve_request *q);
bool serve_job_tick(serve_job *job, double share, const char *note);
// job_work.c: does the work on this thread and writes result.json and resort.json into the job's folder.
PISTE_CHECKED piste_status serve_job_work(serve_job *job, int32_t threads, piste_errors *errors);
// Writes the plan of an experiment (plan.yaml) beside the job's resort.
PISTE_CHECKED piste_status serve_job_plan(const serve *s, const json_t *asked, const char *path, piste_errors *errors);

#endif
