// experiment.c - rehearses the days that a plan needs, on threads or on ranks, and keeps them. See experiment.h.
//
// In stages: control.c says how many days of each scenario are wanted, the missing ones are dealt out in chunks, and
// every figure is put in its own place. What came when leaves no trace in the result.
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "plan/experiment.h"
#include "plan/ranks.h"

typedef struct chunk {        // days from..to-1 of a scenario
    int32_t scenario, status; // PISTE_OK
    int64_t from, to;
} chunk;

// So small a chunk that nobody waits long for the last one: a 64th of everybody's share, and two of them on their way.
enum { CHUNK_DAYS = 16, SHARES = 64, IN_FLIGHT = 2, STOP = -1 };

typedef struct run {
    piste_plan *plan;
    const piste_plan_def *def;
    plan_ranks *ranks;
    plan_db *db;
    piste_errors *errors;
    chunk *chunks;
    int64_t chunk_count;
    int64_t *queue; // chunks in the order in which they were finished; the database has the first `stored`
    int64_t finished, stored;
    pthread_mutex_t mutex; // of the queue, `finished` and the progress
    piste_plan_progress progress;
    piste_status status; // of the database
} run;

// ---- figures --------------------------------------------------------------------------------------------------------

bool plan_scenario_grow(piste_plan *plan, int32_t scenario, int64_t days) {
    plan_scenario *s = &plan->scenarios[scenario];
    if (days <= s->room)
        return true;
    int64_t room = days > 2 * s->room ? days : 2 * s->room;
    double *figures = realloc(s->figures, (size_t)(room * plan->measures) * sizeof *figures);
    if (figures)
        s->figures = figures;
    bool *done = figures ? realloc(s->done, (size_t)room * sizeof *done) : NULL;
    if (!done)
        return false;
    memset(done + s->room, 0, (size_t)(room - s->room) * sizeof *done);
    s->done = done;
    s->room = room;
    return true;
}

void plan_scenario_put(piste_plan *plan, int32_t scenario, int64_t day, const double *figures) {
    plan_scenario *s = &plan->scenarios[scenario];
    memcpy(s->figures + day * plan->measures, figures, (size_t)plan->measures * sizeof *figures);
    s->done[day] = true;
}

static void count_days(piste_plan *plan) {
    for (int32_t i = 0; i < plan->count; i++)
        for (plan_scenario *s = &plan->scenarios[i]; s->have < s->room && s->have < s->need && s->done[s->have];)
            s->have++;
}

// ---- one day --------------------------------------------------------------------------------------------------------

typedef struct worker {
    const piste_plan *plan;
    plan_form own; // where the scenario's is not kept
    const plan_form *form;
    plan_hand *hand;
} worker;

static void leave_form(worker *w) {
    plan_hand_destroy(w->hand);
    w->hand = NULL;
    w->form = NULL;
    if (w->own.scenario >= 0)
        plan_form_close(&w->own);
}

static piste_status take_form(worker *w, int32_t scenario) {
    if (w->form && w->form->scenario == scenario)
        return PISTE_OK;
    leave_form(w);
    w->form = plan_form_kept(w->plan, scenario);
    if (!w->form) {
        piste_status status = plan_form_open(w->plan, scenario, NULL, &w->own);
        if (status != PISTE_OK)
            return status;
        w->form = &w->own;
    }
    w->hand = plan_hand_create(w->form->days);
    return w->hand ? PISTE_OK : PISTE_MEMORY;
}

static piste_status rehearse(worker *w, int32_t scenario, int64_t day, double *figures) {
    const piste_day_result *result = NULL;
    piste_status status = take_form(w, scenario);
    if (status != PISTE_OK)
        return status;
    status = plan_hand_run(w->hand, w->plan->scenarios[scenario].seed, w->plan->open[day], w->form->visits, &result);
    if (status != PISTE_OK && status != PISTE_INVALID) // a day that is closed in this scenario alone has no figures
        return status;
    for (int32_t m = 0; m < w->plan->measures; m++)
        figures[m] = status == PISTE_OK && w->form->has[m] ? plan_measure_of(&w->form->measures[m], result) : NAN;
    return PISTE_OK;
}

static piste_status rehearse_chunk(worker *w, const chunk *c, double *figures) {
    for (int64_t day = c->from; day < c->to; day++) {
        piste_status status = rehearse(w, c->scenario, day, figures + (day - c->from) * w->plan->measures);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

// ---- what has come --------------------------------------------------------------------------------------------------

static void finish_chunk(run *r, int64_t index, const double *figures) {
    const chunk *c = &r->chunks[index];
    pthread_mutex_lock(&r->mutex);
    for (int64_t day = c->from; day < c->to; day++)
        plan_scenario_put(r->plan, c->scenario, day, figures + (day - c->from) * r->plan->measures);
    r->queue[r->finished++] = index;
    r->progress.days_done += c->to - c->from;
    pthread_mutex_unlock(&r->mutex);
}

// Puts what has been finished into the database, in one transaction.
static piste_status store(run *r) {
    pthread_mutex_lock(&r->mutex);
    int64_t finished = r->finished;
    pthread_mutex_unlock(&r->mutex);
    if (!r->db || r->status != PISTE_OK || r->stored == finished)
        return r->status;
    r->status = plan_db_begin(r->db, r->errors);
    for (; r->status == PISTE_OK && r->stored < finished; r->stored++) {
        const chunk *c = &r->chunks[r->queue[r->stored]];
        for (int64_t day = c->from; r->status == PISTE_OK && day < c->to; day++)
            r->status = plan_db_add(r->db, c->scenario, day,
                                    &r->plan->scenarios[c->scenario].figures[day * r->plan->measures], r->errors);
    }
    if (r->status == PISTE_OK)
        r->status = plan_db_commit(r->db, r->errors);
    return r->status;
}

static bool tick(void *job, int64_t done) {
    run *r = job;
    (void)done;
    pthread_mutex_lock(&r->mutex);
    piste_plan_progress now = r->progress;
    pthread_mutex_unlock(&r->mutex);
    return store(r) == PISTE_OK && (!r->def->tick || r->def->tick(r->def->context, &now));
}

// ---- threads --------------------------------------------------------------------------------------------------------

static void *begin_hand(void *job) {
    run *r = job;
    worker *w = calloc(1, sizeof *w);
    if (w) {
        w->plan = r->plan;
        w->own.scenario = -1;
    }
    return w;
}

static void drop_hand(void *job, void *hand) {
    (void)job;
    leave_form(hand);
    free(hand);
}

static piste_status run_piece(void *job, void *hand, int64_t index) {
    run *r = job;
    double figures[CHUNK_DAYS * PISTE_PLAN_MEASURES_MAX];
    piste_status status = rehearse_chunk(hand, &r->chunks[index], figures);
    if (status == PISTE_OK)
        finish_chunk(r, index, figures);
    return status;
}

static piste_status run_on_threads(run *r) {
    plan_work work = {.count = r->chunk_count,
                      .threads = r->def->threads,
                      .job = r,
                      .hand = begin_hand,
                      .drop = drop_hand,
                      .piece = run_piece,
                      .tick = tick};
    return plan_work_run(&work);
}

// ---- ranks ----------------------------------------------------------------------------------------------------------

typedef struct answer {
    chunk of;
    int64_t index;
    double figures[CHUNK_DAYS * PISTE_PLAN_MEASURES_MAX];
} answer;

typedef struct task {
    chunk of;
    int64_t index;
} task;

static void rest(void) {
    struct timespec short_while = {.tv_nsec = 200000};
    nanosleep(&short_while, NULL);
}

static bool deal(run *r, int32_t to, int64_t index) {
    task t = {.of = r->chunks[index], .index = index};
    return r->ranks->send(to, &t, sizeof t);
}

// Takes one answer, where there is one. PISTE_NOT_FOUND: there is none.
static piste_status take_answer(run *r, answer *a, int32_t *in_flight) {
    int32_t from = 0;
    int64_t bytes = r->ranks->receive(&from, a, sizeof *a);
    if (bytes == 0)
        return PISTE_NOT_FOUND;
    if (bytes < 0 || a->index < 0 || a->index >= r->chunk_count)
        return PISTE_IO;
    in_flight[from]--;
    if (a->of.status != PISTE_OK)
        return (piste_status)a->of.status;
    finish_chunk(r, a->index, a->figures);
    r->ranks->days[from] += a->of.to - a->of.from;
    return PISTE_OK;
}

// Rank 0 deals out chunks, so many that nobody waits for it, and rehearses what it has not dealt out.
static piste_status run_on_ranks(run *r, worker *w) {
    plan_ranks *ranks = r->ranks;
    int32_t *in_flight = calloc((size_t)ranks->size, sizeof *in_flight);
    answer *a = calloc(1, sizeof *a);
    int64_t next = 0, own = -1, at = 0, left = r->chunk_count;
    piste_status status = in_flight && a ? PISTE_OK : PISTE_MEMORY;
    double figures[CHUNK_DAYS * PISTE_PLAN_MEASURES_MAX];
    while (status == PISTE_OK && left > 0) {
        for (int32_t turn = 0; turn < IN_FLIGHT; turn++)
            for (int32_t to = 1; to < ranks->size && next < r->chunk_count; to++)
                if (in_flight[to] <= turn) {
                    status = deal(r, to, next++) ? status : PISTE_IO;
                    in_flight[to]++;
                }
        piste_status taken;
        while ((taken = take_answer(r, a, in_flight)) == PISTE_OK)
            left--;
        status = taken == PISTE_NOT_FOUND ? status : taken;
        if (own < 0 && next < r->chunk_count) {
            own = next++;
            at = r->chunks[own].from;
        }
        if (status == PISTE_OK && own >= 0) {
            const chunk *c = &r->chunks[own];
            status = rehearse(w, c->scenario, at, figures + (at - c->from) * r->plan->measures);
            if (status == PISTE_OK && ++at == c->to) {
                finish_chunk(r, own, figures);
                ranks->days[0] += c->to - c->from;
                own = -1;
                left--;
            }
        } else if (taken == PISTE_NOT_FOUND)
            rest();
        if (status == PISTE_OK && !tick(r, 0))
            status = r->status != PISTE_OK ? r->status : PISTE_INTERRUPTED;
    }
    free(in_flight);
    free(a);
    return status;
}

// What every other rank does until it is told to stop.
static piste_status serve(run *r) {
    worker *w = begin_hand(r);
    task *t = calloc(1, sizeof *t);
    answer *a = calloc(1, sizeof *a);
    piste_status status = w && t && a ? PISTE_OK : PISTE_MEMORY;
    int32_t from = 0;
    int64_t known = 0;
    while (status == PISTE_OK) {
        int64_t bytes = r->ranks->receive(&from, t, sizeof *t);
        if (bytes == 0) {
            rest();
            continue;
        }
        if (bytes != (int64_t)sizeof *t)
            status = PISTE_IO;
        if (status != PISTE_OK || t->of.scenario == STOP)
            break;
        a->of = t->of;
        a->index = t->index;
        if (t->of.to > known) {
            known = t->of.to;
            a->of.status = (int32_t)plan_open_days(r->plan, known, NULL);
        }
        if (a->of.status == PISTE_OK)
            a->of.status = (int32_t)rehearse_chunk(w, &t->of, a->figures);
        status = r->ranks->send(0, a, sizeof *a) ? PISTE_OK : PISTE_IO;
    }
    if (w)
        drop_hand(r, w);
    free(t);
    free(a);
    return status;
}

typedef struct greeting {
    int32_t status;
    uint64_t key;
} greeting;

static void dismiss(const plan_ranks *ranks) {
    task stop = {.of = {.scenario = STOP}};
    for (int32_t to = 1; to < ranks->size; to++)
        (void)ranks->send(to, &stop, sizeof stop);
}

// Before anything is dealt out: whether all ranks have read the same plan and the same resort.
piste_status plan_ranks_meet(plan_ranks *ranks, const piste_plan *plan, piste_status own, piste_errors *errors) {
    greeting g = {.status = (int32_t)own, .key = plan ? plan->key : 0};
    if (ranks->rank > 0)
        return ranks->send(0, &g, sizeof g) ? own : PISTE_IO;
    piste_status status = own;
    for (int32_t met = 1, from = 0; met < ranks->size;) {
        int64_t bytes = ranks->receive(&from, &g, sizeof g);
        if (bytes == 0) {
            rest();
            continue;
        }
        met++;
        if (status == PISTE_OK && (bytes != (int64_t)sizeof g || g.status != PISTE_OK || g.key != plan->key))
            status = piste_errors_add(errors, PISTE_INVALID, plan->path, 0, 0, "rank %d %s", from,
                                      g.status != PISTE_OK ? "cannot read the plan or its resort"
                                                           : "reads another plan, resort or version");
    }
    if (status != PISTE_OK)
        dismiss(ranks);
    return status;
}

// ---- stages ---------------------------------------------------------------------------------------------------------

// The missing days as chunks: of a stage with few of them small ones, so that everybody has some.
static piste_status list_chunks(run *r) {
    piste_plan *plan = r->plan;
    int64_t missing = 0, most = 0, known = 0;
    for (int32_t i = 0; i < plan->count; i++) {
        const plan_scenario *s = &plan->scenarios[i];
        most = s->need > most ? s->need : most;
        known += s->need;
        if (!plan_scenario_grow(plan, i, s->need))
            return PISTE_MEMORY;
        for (int64_t d = 0; d < s->need; d++)
            missing += !s->done[d];
    }
    piste_status status = plan_open_days(plan, most, r->errors);
    if (status != PISTE_OK)
        return status;
    int64_t hands = r->ranks ? r->ranks->size : r->def->threads, size = missing / (hands * SHARES);
    size = size < 1 ? 1 : size > CHUNK_DAYS ? CHUNK_DAYS : size;
    size_t room = (size_t)missing + 1;
    free(r->chunks);
    free(r->queue);
    r->chunks = malloc(room * sizeof *r->chunks);
    r->queue = malloc(room * sizeof *r->queue);
    r->chunk_count = r->finished = r->stored = 0;
    if (!r->chunks || !r->queue)
        return PISTE_MEMORY;
    for (int32_t i = 0; i < plan->count; i++)
        for (int64_t d = 0; d < plan->scenarios[i].need;) {
            int64_t to = d;
            while (to < plan->scenarios[i].need && to < d + size && !plan->scenarios[i].done[to])
                to++;
            if (to > d)
                r->chunks[r->chunk_count++] = (chunk){i, PISTE_OK, d, to};
            d = to > d ? to : d + 1;
        }
    r->progress.days_known = known;
    r->progress.days_done = known - missing;
    return PISTE_OK;
}

static piste_status run_stages(run *r) {
    piste_status status = PISTE_OK;
    worker *w = r->ranks ? begin_hand(r) : NULL;
    if (r->ranks && !w)
        return PISTE_MEMORY;
    while (status == PISTE_OK && plan_control_advance(r->plan, &status)) {
        status = list_chunks(r);
        if (status == PISTE_OK && r->chunk_count)
            status = r->ranks ? run_on_ranks(r, w) : run_on_threads(r);
        piste_status stored = store(r); // also of a run that was interrupted
        status = status == PISTE_OK ? stored : status;
        count_days(r->plan);
    }
    if (w)
        drop_hand(r, w);
    return r->status != PISTE_OK ? r->status : status;
}

static void forget_days(piste_plan *plan) {
    for (int32_t i = 0; i < plan->count; i++) {
        plan_scenario *s = &plan->scenarios[i];
        free(s->figures);
        free(s->done);
        s->figures = NULL;
        s->done = NULL;
        s->need = s->have = s->room = 0;
    }
}

// Threads have no list of errors: what is wrong with a point of ranges between whose ends all was well is looked up
// again.
static void tell_why(run *r, piste_status status) {
    plan_form form;
    for (int32_t i = 0; i < r->plan->count && piste_errors_total(r->errors) == 0; i++)
        if (!plan_form_kept(r->plan, i)) {
            if (plan_form_open(r->plan, i, r->errors, &form) == PISTE_OK)
                plan_form_close(&form);
        }
    (void)piste_errors_add(r->errors, status, r->plan->path, 0, 0, "a day of this plan cannot be rehearsed");
}

static piste_status rehearse_plan(run *r) {
    piste_status status = PISTE_OK;
    forget_days(r->plan);
    if (r->def->db)
        status = plan_db_open(r->def->db, r->plan, r->errors, &r->db);
    for (int32_t i = 0; i < r->plan->count; i++)
        for (int64_t d = 0; d < r->plan->scenarios[i].room; d++)
            r->progress.days_found += r->plan->scenarios[i].done[d];
    if (status == PISTE_OK)
        status = run_stages(r);
    if (r->ranks)
        dismiss(r->ranks);
    plan_db_close(r->db);
    if (status != PISTE_OK && status != PISTE_INTERRUPTED && r->errors && piste_errors_total(r->errors) == 0)
        tell_why(r, status);
    return status;
}

piste_plan_def piste_plan_def_default(void) {
    return (piste_plan_def){.threads = 1};
}

piste_status piste_plan_run(piste_plan *plan, const piste_plan_def *def, piste_errors *errors,
                            const piste_plan_result **out) {
    if (def->threads < 1 || def->threads > PISTE_PLAN_THREADS_MAX)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "%d threads, expected 1 to %d", def->threads,
                                PISTE_PLAN_THREADS_MAX);
    run r = {.plan = plan, .def = def, .ranks = def->ranks, .errors = errors, .status = PISTE_OK};
    if (pthread_mutex_init(&r.mutex, NULL) != 0)
        return PISTE_MEMORY;
    bool leads = !r.ranks || r.ranks->rank == 0;
    piste_status status = leads ? rehearse_plan(&r) : serve(&r);
    pthread_mutex_destroy(&r.mutex);
    free(r.chunks);
    free(r.queue);
    if (status == PISTE_OK && leads && !plan_result_make(plan))
        status = PISTE_MEMORY;
    if (status == PISTE_OK)
        *out = leads ? &plan->result : NULL;
    return status;
}

// ---- from a file ----------------------------------------------------------------------------------------------------

// The resort's folder as seen from the plan's.
static const char *folder_of(piste_plan *plan) {
    const char *slash = strrchr(plan->path, '/');
    if (plan->file.resort[0] == '/' || !slash)
        return plan->file.resort;
    return base_arena_format(plan->arena, "%.*s/%s", (int)(slash - plan->path), plan->path, plan->file.resort);
}

piste_status piste_plan_load(const char *file, piste_errors *errors, piste_plan **out) {
    piste_plan *plan = calloc(1, sizeof *plan);
    piste_errors *own = errors ? errors : piste_errors_create();
    if (plan)
        plan->arena = base_arena_create();
    piste_status status = plan && plan->arena && own ? PISTE_OK : PISTE_MEMORY;
    if (status == PISTE_OK) {
        plan->path = base_arena_text(plan->arena, file, strlen(file));
        for (int32_t m = 0; m < PISTE_PLAN_MEASURES_MAX; m++)
            plan->precision[m] = plan->difference[m] = NAN;
        status = plan->path ? plan_file_read(plan->path, plan->arena, own, &plan->file) : PISTE_MEMORY;
    }
    if (status == PISTE_OK && !(plan->folder = folder_of(plan)))
        status = PISTE_MEMORY;
    if (status == PISTE_OK)
        status = plan_design_make(plan, own);
    if (status == PISTE_OK)
        status = plan_check(plan, own);
    piste_errors_sort(own);
    if (!errors)
        piste_errors_destroy(own);
    if (status != PISTE_OK) {
        piste_plan_destroy(plan);
        return status;
    }
    *out = plan;
    return PISTE_OK;
}

void piste_plan_destroy(piste_plan *plan) {
    if (!plan)
        return;
    for (int32_t i = 0; i < plan->typed_count; i++)
        plan_form_close(&plan->typed[i]);
    if (plan->scenarios)
        forget_days(plan);
    free(plan->open);
    base_arena_destroy(plan->results);
    base_arena_destroy(plan->arena);
    free(plan);
}
