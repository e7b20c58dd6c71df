// jobs.c - what takes long: days, caps, experiments and sheets, worked on by threads of their own behind everything else.
//
// data/jobs/ID/ has all of one: job.json (what was asked, how it stands), resort/ (the folder it works on, made when it
// was asked for), plan.yaml and plan.db of an experiment, result.json as the command line writes it, resort.json and
// names.json (of the folder, for the map and for readers of other languages). ID is the key that the page made, so that a
// job asked for twice is begun once. A job that the end of the server interrupts says so
// afterwards and can be begun again; one that waited goes on waiting. Of several servers that share a data folder one
// works on plans, the one that has data/jobs.lock; when it has ended, the next one that is asked takes them over.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "piste/cap.h"
#include "piste/plan.h"
#include "plan/plan.h"
#include "report/plan.h"
#include "serve/plan.h"

enum { THREADS_MAX = 4, JOBS_MAX = 1000, TELL_US = 250000, NICE = 10, RESULT_BYTES_MAX = 256 << 20, PATH = 4200 };
static const char *const state_words[] = {"waiting", "running", "done", "failed", "cancelled", "interrupted"};

struct serve_jobs {
    serve *serve;
    pthread_mutex_t lock; // of the list and of every job's texts, state and times
    pthread_cond_t more;
    serve_job *list;      // the one asked for first first
    int count;
    bool is_ending;
    int threads;          // jobs at one time
    int32_t each;         // threads of one
    pthread_t running[THREADS_MAX];
    pthread_mutex_t asking; // one at a time is made, so that a key makes one
    int own;                // the file whose lock says that this server works on plans; -1: another one does
};

// ---- a job as JSON -------------------------------------------------------------------------------------------------------

static json_t *job_object(const serve_job *job) {
    const char *draft = desk_text(job->asked, "draft");
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:O}", "id", job->id, "kind", desk_text(job->asked, "kind"), "title",
                          job->title, "draft", *draft ? draft : "today", "who", job->who, "state", state_words[job->state], "message",
                          job->message, "asked_ms", (json_int_t)job->asked_ms, "began_ms", (json_int_t)job->began_ms, "ended_ms",
                          (json_int_t)job->ended_ms, "asked", job->asked);
    if (job->state == SERVE_JOB_RUNNING) {
        double passed = (double)(serve_now_us() - job->began_us) / 1e6;
        json_object_set_new(o, "permille", json_integer((json_int_t)(job->share * 1000)));
        json_object_set_new(o, "note", json_string(job->note));
        if (job->share > 0.01)
            json_object_set_new(o, "left_s", json_integer((json_int_t)(passed / job->share * (1 - job->share) + 0.5)));
    }
    return o;
}

static piste_status keep(const serve_job *job, piste_errors *errors) {
    char path[PATH];
    json_t *o = job_object(job);
    json_object_set_new(o, "format", json_string("piste-job"));
    json_object_set_new(o, "version", json_integer(1));
    char *text = json_dumps(o, JSON_INDENT(1));
    json_decref(o);
    snprintf(path, sizeof path, "%s/job.json", job->folder);
    piste_status status = text ? base_file_write(path, text, strlen(text), errors) : PISTE_MEMORY;
    free(text);
    return status;
}

static void tell(serve_job *job) { // under the lock
    json_t *o = job_object(job);
    json_object_del(o, "asked");
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (text)
        serve_live_tell(job->serve, SERVE_PLANNERS, "job", text);
    free(text);
}

// ---- the list ------------------------------------------------------------------------------------------------------------

static void job_free(serve_job *job) {
    if (job)
        json_decref(job->asked);
    free(job);
}

static serve_job *job_make(serve *s, const char *id, json_t *asked) { // takes a reference of `asked`
    serve_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->serve = s;
    job->asked = json_incref(asked);
    snprintf(job->id, sizeof job->id, "%s", id);
    snprintf(job->folder, sizeof job->folder, "%s/jobs/%s", s->def.data, id);
    snprintf(job->title, sizeof job->title, "%s", desk_text(asked, "title"));
    return job;
}

static void add(serve_jobs *j, serve_job *job) { // under the lock; by asked_ms
    serve_job **at = &j->list;
    while (*at && (*at)->asked_ms <= job->asked_ms)
        at = &(*at)->next;
    job->next = *at;
    *at = job;
    j->count++;
}

static serve_job *find(const serve_jobs *j, const char *id) {
    serve_job *job = j->list;
    while (job && strcmp(job->id, id) != 0)
        job = job->next;
    return job;
}

static serve_job_state state_of(const char *word) {
    for (int i = 0; i < (int)BASE_COUNT(state_words); i++)
        if (strcmp(word, state_words[i]) == 0)
            return (serve_job_state)i;
    return SERVE_JOB_FAILED;
}

static void read_job(serve_jobs *j, const char *id) {
    char path[PATH], *data = NULL;
    size_t length = 0;
    snprintf(path, sizeof path, "%s/jobs/%s/job.json", j->serve->def.data, id);
    if (base_file_read(path, SERVE_DRAFT_BYTES_MAX, NULL, &data, &length) != PISTE_OK)
        return;
    json_t *o = json_loadb(data, length, 0, NULL), *asked = json_object_get(o, "asked");
    serve_job *job = asked ? job_make(j->serve, id, asked) : NULL;
    if (job) {
        job->asked_ms = desk_number(o, "asked_ms", 0);
        job->began_ms = desk_number(o, "began_ms", 0);
        job->ended_ms = desk_number(o, "ended_ms", 0);
        job->state = state_of(desk_text(o, "state"));
        snprintf(job->who, sizeof job->who, "%s", desk_text(o, "who"));
        snprintf(job->message, sizeof job->message, "%s", desk_text(o, "message"));
        if (job->state == SERVE_JOB_RUNNING) {
            job->state = SERVE_JOB_INTERRUPTED;
            (void)!keep(job, NULL);
        }
        add(j, job);
    }
    json_decref(o);
    free(data);
}

static void read_all(serve_jobs *j) {
    char folder[PATH];
    snprintf(folder, sizeof folder, "%s/jobs", j->serve->def.data);
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir)) && j->count < JOBS_MAX;)
        if (e->d_name[0] != '.' && strlen(e->d_name) < sizeof ((serve_job *)0)->id)
            read_job(j, e->d_name);
    if (dir)
        closedir(dir);
}

// Whether this server works on the plans of its data folder, or may from now on.
static bool take_over(serve_jobs *j) {
    char path[PATH];
    pthread_mutex_lock(&j->lock);
    if (j->own < 0) {
        snprintf(path, sizeof path, "%s/jobs.lock", j->serve->def.data);
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            j->own = fd;
            read_all(j);
            pthread_cond_broadcast(&j->more);
        } else if (fd >= 0)
            close(fd);
    }
    bool is_own = j->own >= 0;
    pthread_mutex_unlock(&j->lock);
    return is_own;
}

bool serve_jobs_are_here(serve_request *q) {
    if (take_over(q->serve->jobs))
        return true;
    serve_refuse(q, 409, "elsewhere", "another server of this data folder works on plans: ask that one");
    return false;
}

// ---- working ---------------------------------------------------------------------------------------------------------------

bool serve_job_tick(serve_job *job, double share, const char *note) {
    int64_t now = serve_now_us();
    if (atomic_load(&job->is_ended))
        return false;
    if (now - job->told_us < TELL_US) // only this thread writes it while the job runs
        return true;
    serve_jobs *j = job->serve->jobs;
    pthread_mutex_lock(&j->lock);
    job->told_us = now;
    job->share = share < 0 ? 0 : share > 1 ? 1 : share;
    snprintf(job->note, sizeof job->note, "%s", note);
    tell(job);
    pthread_mutex_unlock(&j->lock);
    return true;
}

static serve_job *next_waiting(const serve_jobs *j) {
    serve_job *job = j->list;
    while (job && job->state != SERVE_JOB_WAITING)
        job = job->next;
    return job;
}

static void begin(serve_job *job) {
    job->state = SERVE_JOB_RUNNING;
    job->began_ms = desk_clock_ms(job->serve->desk);
    job->ended_ms = 0;
    job->began_us = serve_now_us();
    job->told_us = 0;
    job->share = 0;
    job->note[0] = job->message[0] = 0;
    (void)!keep(job, NULL);
    tell(job);
}

static void finish(serve_job *job, piste_status status, const piste_errors *errors, bool is_ending) {
    job->state = status == PISTE_OK            ? SERVE_JOB_DONE
                 : status != PISTE_INTERRUPTED ? SERVE_JOB_FAILED
                 : is_ending                   ? SERVE_JOB_INTERRUPTED
                                               : SERVE_JOB_CANCELLED;
    job->ended_ms = desk_clock_ms(job->serve->desk);
    if (job->state == SERVE_JOB_FAILED)
        snprintf(job->message, sizeof job->message, "%s",
                 errors && piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : piste_status_text(status));
    if (keep(job, NULL) != PISTE_OK)
        serve_log(job->serve, "error", "job %s: how it ended could not be written", job->id);
    tell(job);
}

static void *work(void *context) {
    serve_jobs *j = context;
    setpriority(PRIO_PROCESS, 0, NICE); // on Linux of this thread alone, and of those that it starts
    pthread_mutex_lock(&j->lock);
    while (!j->is_ending) {
        serve_job *job = next_waiting(j);
        if (!job) {
            pthread_cond_wait(&j->more, &j->lock);
            continue;
        }
        begin(job);
        pthread_mutex_unlock(&j->lock);
        piste_errors *errors = piste_errors_create();
        piste_status status = serve_job_work(job, j->each, errors);
        pthread_mutex_lock(&j->lock);
        finish(job, status, errors, j->is_ending);
        piste_errors_destroy(errors);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

serve_jobs *serve_jobs_create(serve *s) {
    serve_jobs *j = calloc(1, sizeof *j);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!j)
        return NULL;
    j->serve = s;
    s->jobs = j; // a job that begins at once asks for it
    pthread_mutex_init(&j->lock, NULL);
    pthread_mutex_init(&j->asking, NULL);
    pthread_cond_init(&j->more, NULL);
    j->own = -1;
    (void)take_over(j);
    int wished = processors / 2 < 2 ? 2 : processors / 2 > THREADS_MAX ? THREADS_MAX : (int)(processors / 2);
    j->each = processors / wished < 1 ? 1 : processors / wished > 16 ? 16 : (int32_t)(processors / wished);
    for (int i = 0; i < wished; i++)
        if (pthread_create(&j->running[j->threads], NULL, work, j) == 0)
            j->threads++;
    return j;
}

void serve_jobs_destroy(serve_jobs *j) {
    if (!j)
        return;
    pthread_mutex_lock(&j->lock);
    j->is_ending = true;
    for (serve_job *job = j->list; job; job = job->next)
        atomic_store(&job->is_ended, true);
    pthread_cond_broadcast(&j->more);
    pthread_mutex_unlock(&j->lock);
    for (int i = 0; i < j->threads; i++)
        pthread_join(j->running[i], NULL);
    for (serve_job *job = j->list, *next; job; job = next) {
        next = job->next;
        job_free(job);
    }
    if (j->own >= 0)
        close(j->own);
    pthread_cond_destroy(&j->more);
    pthread_mutex_destroy(&j->asking);
    pthread_mutex_destroy(&j->lock);
    free(j);
}

// ---- asking for one ----------------------------------------------------------------------------------------------------------

static bool is_asked_well(serve_request *q) {
    const json_t *f = q->fields, *one;
    const char *kind = desk_text(f, "kind");
    size_t i, k;
    if (strcmp(kind, "day") != 0 && strcmp(kind, "cap") != 0 && strcmp(kind, "plan") != 0 && strcmp(kind, "ccc") != 0)
        serve_refuse(q, 422, "invalid", "kind: '%.20s', expected day, cap, plan or ccc", kind);
    else if (strcmp(kind, "cap") == 0 && !json_array_size(json_object_get(f, "where")))
        serve_refuse(q, 422, "invalid", "where: missing, expected a condition such as wait_p90<=10min");
    else if (strcmp(kind, "plan") == 0 && (!json_array_size(json_object_get(f, "drafts")) || !json_array_size(json_object_get(f, "measures"))))
        serve_refuse(q, 422, "invalid", "drafts, measures: expected at least one of each");
    else if (json_object_get(f, "bin_minutes") && 15 % desk_number(f, "bin_minutes", 5) != 0 && desk_number(f, "bin_minutes", 5) % 15 != 0)
        serve_refuse(q, 422, "invalid", "bin_minutes: expected 1, 3, 5, 15, 30, 45 or 60");
    else {
        json_array_foreach(json_object_get(f, "drafts"), i, one) {
            for (k = 0; k < i; k++)
                if (strcmp(desk_text(json_array_get(json_object_get(f, "drafts"), k), "draft"), desk_text(one, "draft")) == 0)
                    break;
            if (k < i || strcmp(desk_text(one, "draft"), "today") == 0) {
                serve_refuse(q, 422, "invalid", "drafts[%zu]: %s is compared already", i, desk_text(one, "draft"));
                return false;
            }
        }
        return true;
    }
    return false;
}

// The folder of a job, with the resort that it works on; and whether what is asked can be done at all.
static piste_status prepare(serve_request *q, const serve_job *job, piste_errors *errors) {
    const char *draft = desk_text(q->fields, "draft"), *kind = desk_text(q->fields, "kind");
    char path[PATH];
    serve_draft d;
    piste_resort *resort = NULL;
    piste_plan *plan = NULL;
    snprintf(path, sizeof path, "%s/jobs", q->serve->def.data);
    (void)mkdir(path, 0700); // what is amiss shows in the next
    if (mkdir(job->folder, 0700) != 0 && errno != EEXIST)
        return piste_errors_add(errors, PISTE_IO, job->folder, 0, 0, "cannot be made: %s", strerror(errno));
    piste_status status = serve_draft_load(q->serve, *draft ? draft : "today", errors, &d);
    if (status != PISTE_OK)
        return status;
    snprintf(path, sizeof path, "%s/resort", job->folder);
    status = piste_resort_load_changed(q->serve->def.folder, PISTE_DATE_NONE, &d.changes, errors, &resort); // tells all that is wrong
    if (status == PISTE_OK)
        status = serve_draft_write(q->serve, &d, path, errors);
    serve_draft_release(&d);
    snprintf(path, sizeof path, "%s/plan.yaml", job->folder);
    if (status == PISTE_OK && strcmp(kind, "plan") == 0) {
        status = serve_job_plan(q->serve, q->fields, path, errors);
        if (status == PISTE_OK)
            status = piste_plan_load(path, errors, &plan);
    }
    for (size_t i = 0; status == PISTE_OK && i < json_array_size(json_object_get(q->fields, "where")); i++) {
        const char *text = desk_text(json_array_get(json_object_get(q->fields, "where"), i), "condition");
        char name[200];
        plan_measure measure;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "<>"), text);
        status = plan_measure_read(resort, name, "where", 0, errors, &measure);
    }
    piste_plan_destroy(plan);
    piste_resort_destroy(resort);
    return status;
}

static void remove_tree(const char *folder) {
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[PATH + 300];
        struct stat there;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (lstat(path, &there) == 0 && S_ISDIR(there.st_mode))
            remove_tree(path);
        else
            unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

static void answer_job(serve_request *q, const char *id) {
    serve_jobs *j = q->serve->jobs;
    pthread_mutex_lock(&j->lock);
    const serve_job *job = find(j, id);
    json_t *o = job ? job_object(job) : NULL;
    pthread_mutex_unlock(&j->lock);
    if (o)
        serve_answer(q, 200, o);
    else
        serve_refuse(q, 404, "not_found", "there is no job %.60s", id);
}

static bool is_known(serve_jobs *j, const char *id, bool *is_full) {
    pthread_mutex_lock(&j->lock);
    bool is_there = find(j, id) != NULL;
    *is_full = j->count >= JOBS_MAX;
    pthread_mutex_unlock(&j->lock);
    return is_there;
}

// Makes the job and its folder and lets it wait for its turn. Under `asking`. On failure nothing of it stays.
static piste_status enter(serve_request *q, const char *id, piste_errors *errors) {
    serve_jobs *j = q->serve->jobs;
    serve_job *job = job_make(q->serve, id, q->fields);
    if (!job)
        return PISTE_MEMORY;
    remove_tree(job->folder); // a server that died while it made one has left it
    piste_status status = prepare(q, job, errors);
    snprintf(job->who, sizeof job->who, "%s", q->session.account);
    job->asked_ms = desk_clock_ms(q->serve->desk);
    pthread_mutex_lock(&j->lock);
    if (status == PISTE_OK)
        status = keep(job, errors);
    if (status == PISTE_OK) {
        add(j, job);
        tell(job);
        pthread_cond_signal(&j->more);
    }
    pthread_mutex_unlock(&j->lock);
    if (status != PISTE_OK) {
        remove_tree(job->folder);
        job_free(job);
    }
    return status;
}

// What it cannot be begun for is told at once, by the resort's own rules.
static void ask_run(serve_request *q) {
    serve_jobs *j = q->serve->jobs;
    const char *id = desk_text(q->fields, "key");
    bool is_full = false;
    if (!is_asked_well(q) || !serve_jobs_are_here(q))
        return;
    piste_errors *errors = piste_errors_create();
    pthread_mutex_lock(&j->asking);
    bool is_there = is_known(j, id, &is_full);
    piste_status status = is_there || is_full ? PISTE_OK : enter(q, id, errors);
    pthread_mutex_unlock(&j->asking);
    if (!is_there && is_full)
        serve_refuse(q, 409, "full", "%d jobs are kept: delete some first", JOBS_MAX);
    else if (status == PISTE_OK)
        answer_job(q, id);
    else
        serve_answer_status(q, status, errors);
    piste_errors_destroy(errors);
}

// ---- answering -----------------------------------------------------------------------------------------------------------------

static void list_run(serve_request *q) {
    serve_jobs *j = q->serve->jobs;
    if (!serve_jobs_are_here(q))
        return;
    json_t *list = json_array();
    pthread_mutex_lock(&j->lock);
    for (const serve_job *job = j->list; job; job = job->next)
        json_array_insert_new(list, 0, job_object(job));
    pthread_mutex_unlock(&j->lock);
    serve_answer(q, 200, json_pack("{s:o}", "jobs", list));
}

static void show_run(serve_request *q) {
    if (!serve_jobs_are_here(q))
        return;
    answer_job(q, q->parts[0]);
}

static void cancel_run(serve_request *q) {
    serve_jobs *j = q->serve->jobs;
    if (!serve_jobs_are_here(q))
        return;
    pthread_mutex_lock(&j->lock);
    serve_job *job = find(j, q->parts[0]);
    if (job && job->state == SERVE_JOB_RUNNING)
        atomic_store(&job->is_ended, true); // its thread tells when it has stopped
    else if (job && job->state == SERVE_JOB_WAITING)
        finish(job, PISTE_INTERRUPTED, NULL, false);
    pthread_mutex_unlock(&j->lock);
    answer_job(q, q->parts[0]);
}

static void again_run(serve_request *q) {
    serve_jobs *j = q->serve->jobs;
    if (!serve_jobs_are_here(q))
        return;
    pthread_mutex_lock(&j->lock);
    serve_job *job = find(j, q->parts[0]);
    if (job && (job->state == SERVE_JOB_INTERRUPTED || job->state == SERVE_JOB_CANCELLED || job->state == SERVE_JOB_FAILED)) {
        job->state = SERVE_JOB_WAITING;
        atomic_store(&job->is_ended, false);
        (void)!keep(job, NULL);
        tell(job);
        pthread_cond_signal(&j->more);
    }
    pthread_mutex_unlock(&j->lock);
    answer_job(q, q->parts[0]);
}

static void delete_run(serve_request *q) {
    serve_jobs *j = q->serve->jobs;
    char path[PATH];
    if (!serve_jobs_are_here(q))
        return;
    pthread_mutex_lock(&j->lock);
    serve_job **at = &j->list, *job = find(j, q->parts[0]);
    bool is_running = job && job->state == SERVE_JOB_RUNNING;
    while (job && !is_running && *at != job)
        at = &(*at)->next;
    if (job && !is_running) {
        *at = job->next;
        j->count--;
    }
    pthread_mutex_unlock(&j->lock);
    if (!job)
        serve_refuse(q, 404, "not_found", "there is no job %.60s", q->parts[0]);
    else if (is_running)
        serve_refuse(q, 409, "running", "it is running: cancel it first");
    else {
        snprintf(path, sizeof path, "%s/job.json", job->folder);
        unlink(path); // from here on it is no job any more, whatever comes between
        remove_tree(job->folder);
        job_free(job);
        serve_live_tell(q->serve, SERVE_PLANNERS, "job", "{}");
        serve_answer(q, 200, json_object());
    }
}

static void file_run(serve_request *q) {
    static const char *const files[] = {"result.json", "resort.json", "names.json", "plan.yaml", "resort.yaml", "lifts.geojson", "runs.geojson"};
    serve_jobs *j = q->serve->jobs;
    char path[PATH + 100] = "", *data = NULL;
    size_t length = 0;
    if (!serve_jobs_are_here(q))
        return;
    pthread_mutex_lock(&j->lock);
    const serve_job *job = find(j, q->parts[0]);
    for (size_t i = 0; job && i < BASE_COUNT(files); i++)
        if (strcmp(q->parts[1], files[i]) == 0 && (i > 0 || job->state == SERVE_JOB_DONE))
            snprintf(path, sizeof path, "%s/%s%s", job->folder, i > 3 ? "resort/" : "", files[i]);
    pthread_mutex_unlock(&j->lock);
    piste_status status = *path ? base_file_read(path, RESULT_BYTES_MAX, NULL, &data, &length) : PISTE_NOT_FOUND;
    if (status == PISTE_OK)
        serve_answer_text(q, 200, strstr(path, ".yaml") ? "application/yaml" : "application/json", data, length);
    else if (status == PISTE_NOT_FOUND)
        serve_refuse(q, 404, "not_found", "job %.60s has no %.60s", q->parts[0], q->parts[1]);
    else
        serve_answer_status(q, status, NULL);
}

// Two experiments: paired where their days, people and luck are the same.
static void compare_run(serve_request *q) {
    serve_jobs *j = q->serve->jobs;
    char paths[2][PATH];
    base_text out = {0};
    piste_comparison *found = NULL;
    bool are_there = true;
    pthread_mutex_lock(&j->lock);
    for (int i = 0; i < 2; i++) {
        const serve_job *job = find(j, desk_text(q->fields, i ? "b" : "a"));
        are_there = are_there && job && job->state == SERVE_JOB_DONE && strcmp(desk_text(job->asked, "kind"), "plan") == 0;
        snprintf(paths[i], PATH, "%s/plan.db", job ? job->folder : "");
    }
    pthread_mutex_unlock(&j->lock);
    if (!are_there) {
        serve_refuse(q, 404, "not_found", "a, b: expected two experiments that are done");
        return;
    }
    piste_errors *errors = piste_errors_create();
    piste_status status = piste_plan_compare(paths[0], paths[1], errors, &found);
    if (status == PISTE_OK)
        status = report_comparison_json(found, &out);
    piste_comparison_destroy(found);
    serve_answer_made(q, "application/json", status, errors, &out);
    piste_errors_destroy(errors);
}

static void measures_run(serve_request *q) {
    static const char *const units[] = {[PLAN_SECONDS] = "s", [PLAN_PEOPLE] = "people", [PLAN_SHARE] = "share",
                                        [PLAN_PER_HA] = "/ha", [PLAN_METRES] = "m", [PLAN_NUMBER] = ""};
    json_t *list = json_array();
    for (int32_t i = 0; plan_measure_name(i); i++) {
        plan_measure m = {.what = i};
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s}", "measure", plan_measure_name(i), "scope", plan_measure_scope(i), "unit",
                                              units[plan_measure_unit(&m)], "meaning", plan_measure_meaning(&m)));
    }
    serve_answer(q, 200, json_pack("{s:o}", "measures", list));
}

// ---- routes ----------------------------------------------------------------------------------------------------------------------

static const desk_field condition_fields[] = {
    {"condition", DESK_TEXT, true, 0, 200, NULL, "such as wait_p90<=10min"},
    {.type = DESK_END},
};
static const desk_field of_drafts_fields[] = {
    {"draft", DESK_SLUG, true, 0, 40, NULL, "compared with the resort as it is"},
    {.type = DESK_END},
};
static const desk_field measure_fields[] = {
    {"measure", DESK_TEXT, true, 0, 200, NULL, "such as wait_p90@sky-lift"},
    {.type = DESK_END},
};
#define ASKED                                                                                                                     \
    {"kind", DESK_SLUG, true, 0, 10, NULL, "day, cap, plan (drafts compared over many days) or ccc"},                             \
        {"title", DESK_TEXT, true, 0, 200, NULL, "for people"},                                                                   \
        {"draft", DESK_SLUG, false, 0, 40, NULL, "what is rehearsed; the resort as it is"},                                       \
        {"seed", DESK_INT, false, 0, INT32_MAX, NULL, "1"},                                                                       \
        {"guests", DESK_INT, false, 1, PISTE_GUESTS_MAX, NULL, "day, plan: visits sold; as the resort says"},                     \
        {"bin_minutes", DESK_INT, false, 1, 60, NULL, "day: steps of everything over time; 5"},                                   \
        {"where", DESK_LIST, false, 0, PISTE_CAP_CONDITIONS_MAX, condition_fields, "cap: what is to hold"},                       \
        {"share_permille", DESK_INT, false, 500, 999, NULL, "cap: of the days; 950"},                                             \
        {"precision_permille", DESK_INT, false, 1, 500, NULL, "cap: ends of the interval; 30"},                                   \
        {"most", DESK_INT, false, 100, PISTE_GUESTS_MAX, NULL, "cap: visits; 50,000"},                                            \
        {"days_most", DESK_INT, false, 100, PISTE_CAP_DAYS_MAX, NULL, "cap: open days; 20,000"},                                  \
        {"inputs", DESK_BOOL, false, 0, 0, NULL, "cap: with what is not known of the inputs"},                                    \
        {"drafts", DESK_LIST, false, 0, 20, of_drafts_fields, "plan"},                                                            \
        {"measures", DESK_LIST, false, 0, PISTE_PLAN_MEASURES_MAX, measure_fields, "plan"},                                       \
        {"days", DESK_INT, false, 2, 10000, NULL, "plan: of each scenario; ccc: simulated; 20"}
static const desk_field ask_fields[] = {
    {"key", DESK_SLUG, true, 0, 40, NULL, "of this asking, and the job's id: sent again, it is begun once"},
    ASKED,
    {.type = DESK_END},
};
static const desk_field job_fields[] = {
    {"id", DESK_SLUG, true, 0, 40, NULL, ""},
    {"kind", DESK_TEXT, true, 0, 10, NULL, "day, cap, plan or ccc"},
    {"title", DESK_TEXT, true, 0, 200, NULL, "for people"},
    {"draft", DESK_TEXT, true, 0, 40, NULL, "what is rehearsed"},
    {"who", DESK_TEXT, true, 0, 40, NULL, "asked for it"},
    {"state", DESK_TEXT, true, 0, 12, NULL, "waiting, running, done, failed, cancelled or interrupted"},
    {"message", DESK_TEXT, true, 0, 600, NULL, "why it failed"},
    {"asked_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when"},
    {"began_ms", DESK_INT, true, 0, INT64_MAX, NULL, "0: not yet"},
    {"ended_ms", DESK_INT, true, 0, INT64_MAX, NULL, "0: not yet"},
    {"permille", DESK_INT, false, 0, 1000, NULL, "of the work, as far as known, while it runs"},
    {"left_s", DESK_INT, false, 0, INT32_MAX, NULL, "time left, as far as known"},
    {"note", DESK_TEXT, false, 0, 95, NULL, "a day: the time it has come to; cap: days (visits); plan, ccc: days of days"},
    {"asked", DESK_OBJECT, true, 0, 0, NULL, "as it was asked for"},
    {.type = DESK_END},
};
static const desk_field list_fields[] = {
    {"jobs", DESK_LIST, true, 0, JOBS_MAX, job_fields, "the one asked for last first"},
    {.type = DESK_END},
};
static const desk_field compare_fields[] = {
    {"a", DESK_SLUG, true, 0, 40, NULL, "an experiment"},
    {"b", DESK_SLUG, true, 0, 40, NULL, "another one"},
    {.type = DESK_END},
};
static const desk_field one_measure_fields[] = {
    {"measure", DESK_TEXT, true, 0, 60, NULL, "its name; of one lift, run or venue with @KEY behind it"},
    {"scope", DESK_TEXT, true, 0, 20, NULL, "lift, run, venue, segment or day"},
    {"unit", DESK_TEXT, true, 0, 10, NULL, "s, people, share, /ha, m"},
    {"meaning", DESK_TEXT, true, 0, 300, NULL, ""},
    {.type = DESK_END},
};
static const desk_field measures_fields[] = {
    {"measures", DESK_LIST, true, 0, 200, one_measure_fields, "what a day is measured by"},
    {.type = DESK_END},
};

const serve_route serve_job_routes[] = {
    {"GET", "/api/plan/measures", SERVE_PLANNERS, NULL, measures_fields, measures_run, 0, NULL, "figures of a day by name", NULL},
    {"GET", "/api/plan/compare", SERVE_PLANNERS, compare_fields, NULL, compare_run, SERVE_WAITS, NULL,
     "two experiments side by side, as `piste plan --compare --json`", NULL},
    {"GET", "/api/plan/jobs", SERVE_PLANNERS, NULL, list_fields, list_run, 0, NULL, "jobs: event `job` of /api/live tells how they go", NULL},
    {"POST", "/api/plan/jobs", SERVE_PLANNERS, ask_fields, job_fields, ask_run, SERVE_WAITS | SERVE_COSTLY, NULL, "asks for a job", NULL},
    {"GET", "/api/plan/jobs/{job}", SERVE_PLANNERS, NULL, job_fields, show_run, 0, NULL, "a job", NULL},
    {"DELETE", "/api/plan/jobs/{job}", SERVE_PLANNERS, NULL, NULL, delete_run, SERVE_WAITS, NULL, "deletes a job and its result", NULL},
    {"POST", "/api/plan/jobs/{job}/cancel", SERVE_PLANNERS, NULL, job_fields, cancel_run, SERVE_WAITS, NULL, "ends a job", NULL},
    {"POST", "/api/plan/jobs/{job}/again", SERVE_PLANNERS, NULL, job_fields, again_run, SERVE_WAITS, NULL,
     "begins a job again that was ended; an experiment goes on from what it has", NULL},
    {"GET", "/api/plan/jobs/{job}/{file}", SERVE_PLANNERS, NULL, NULL, file_run, SERVE_WAITS, NULL,
     "result.json, as the command line writes it; resort.json, names.json; resort.yaml, lifts.geojson, runs.geojson and plan.yaml of its folder",
     NULL},
    {0},
};
