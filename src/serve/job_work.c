// job_work.c - what a job does: a day, a cap, an experiment, a sheet of carrying capacity, each with the same call and
// the same writer as the command line, so that its result has the same bytes.
#include <stdlib.h>
#include <unistd.h>

#include "piste/plan.h"
#include "plan/plan.h"
#include "report/plan.h"
#include "resort/names.h"
#include "serve/plan.h"

enum { SLICE_S = 60 }; // of simulated time between two looks at whether it is to stop

static void clock_text(int32_t second, char out[16]) {
    snprintf(out, 16, "%02d:%02d", second / 3600 % 100, second / 60 % 60);
}

// ---- a day -----------------------------------------------------------------------------------------------------------

static piste_status run_day(serve_job *job, const piste_resort *resort, piste_errors *errors, base_text *out) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    def.seed = (uint64_t)desk_number(job->asked, "seed", (int64_t)def.seed);
    def.guests = desk_number(job->asked, "guests", def.guests);
    def.bin_s = (int32_t)desk_number(job->asked, "bin_minutes", def.bin_s / 60) * 60;
    piste_status status = piste_day_create(resort, &def, errors, &day);
    if (status != PISTE_OK)
        return status;
    int32_t from = resort->day.from_s, until = resort->day.to_s, at = from;
    bool is_done = false;
    while (!is_done && status == PISTE_OK) {
        char now[16];
        at += SLICE_S;
        is_done = piste_day_run(day, at);
        clock_text(piste_day_now(day), now);
        if (!serve_job_tick(job, until > from ? (double)(at - from) / (until - from) : 0, now))
            status = PISTE_INTERRUPTED;
    }
    if (status == PISTE_OK)
        status = report_day_json(resort, piste_day_get_result(day), out);
    piste_day_destroy(day);
    return status;
}

// ---- a cap -----------------------------------------------------------------------------------------------------------

// How far it is cannot be known before it is done: the days that are needed grow with the square of the precision.
static bool tick_cap(void *context, int64_t days, int64_t low, int64_t high) {
    serve_job *job = context;
    char note[96];
    double middle = (double)(low + high) / 2, half = (double)(high - low) / 2;
    double precision = (double)desk_number(job->asked, "precision_permille", 30) / 1000;
    double near = half > 0 && low > 0 ? precision * middle / half : 0;
    if (low > 0)
        snprintf(note, sizeof note, "%lld (%lld-%lld)", (long long)days, (long long)low, (long long)high);
    else
        snprintf(note, sizeof note, "%lld", (long long)days);
    return serve_job_tick(job, near * near > 0.99 ? 0.99 : near * near, note);
}

static piste_status run_cap(serve_job *job, const piste_resort *resort, int32_t threads, piste_errors *errors, base_text *out) {
    const char *where[PISTE_CAP_CONDITIONS_MAX];
    const json_t *conditions = json_object_get(job->asked, "where");
    piste_cap_def def = piste_cap_def_default();
    piste_cap *cap = NULL;
    for (size_t i = 0; i < json_array_size(conditions) && i < PISTE_CAP_CONDITIONS_MAX; i++)
        where[def.where.count++] = desk_text(json_array_get(conditions, i), "condition");
    def.where.list = where;
    def.file = "where";
    def.seed = (uint64_t)desk_number(job->asked, "seed", (int64_t)def.seed);
    def.share = (double)desk_number(job->asked, "share_permille", 950) / 1000;
    def.precision = (double)desk_number(job->asked, "precision_permille", 30) / 1000;
    def.most = desk_number(job->asked, "most", def.most);
    def.days_max = desk_number(job->asked, "days_most", def.days_max);
    def.inputs = desk_flag(job->asked, "inputs");
    def.threads = threads;
    def.tick = tick_cap;
    def.context = job;
    piste_status status = piste_cap_create(resort, &def, errors, &cap);
    if (status == PISTE_OK)
        status = report_cap_json(cap, out);
    piste_cap_destroy(cap);
    return status;
}

// ---- an experiment -----------------------------------------------------------------------------------------------------

static bool tick_plan(void *context, const piste_plan_progress *p) {
    char note[96];
    snprintf(note, sizeof note, "%lld/%lld", (long long)p->days_done, (long long)p->days_known);
    return serve_job_tick(context, p->days_known ? (double)p->days_done / (double)p->days_known : 0, note);
}

// What was rehearsed before it was interrupted is in its database and is not rehearsed again.
static piste_status run_plan(serve_job *job, int32_t threads, piste_errors *errors, base_text *out) {
    char file[4200], db[4200];
    piste_plan *plan = NULL;
    const piste_plan_result *result = NULL;
    piste_plan_def def = piste_plan_def_default();
    snprintf(file, sizeof file, "%s/plan.yaml", job->folder);
    snprintf(db, sizeof db, "%s/plan.db", job->folder);
    def.db = db;
    def.threads = threads;
    def.tick = tick_plan;
    def.context = job;
    piste_status status = piste_plan_load(file, errors, &plan);
    if (status == PISTE_OK)
        status = piste_plan_run(plan, &def, errors, &result);
    if (status == PISTE_OK)
        status = report_plan_json(result, out);
    piste_plan_destroy(plan);
    return status;
}

static void add_quoted(base_text *out, const char *text) {
    json_t *value = json_string(text);
    char *quoted = json_dumps(value, JSON_ENCODE_ANY);
    base_text_add(out, quoted ? quoted : "\"\"");
    free(quoted);
    json_decref(value);
}

static piste_status add_scenarios(const serve *s, const json_t *asked, piste_errors *errors, base_text *out) {
    const json_t *drafts = json_object_get(asked, "drafts"), *one;
    size_t i;
    base_text_add(out, "design: scenarios\nbaseline: today\nscenarios:\n  - key: today\n");
    json_array_foreach(drafts, i, one) {
        serve_draft d;
        const char *name = desk_text(one, "draft");
        piste_status status = serve_draft_load(s, name, errors, &d);
        if (status != PISTE_OK)
            return status;
        base_text_format(out, "  - key: %s\n", name);
        if (d.changes.count)
            base_text_add(out, "    changes:\n");
        status = serve_draft_changes(&d, "      ", out);
        serve_draft_release(&d);
        if (status != PISTE_OK)
            return piste_errors_add(errors, status, NULL, 0, 0, "draft %s: one of its values cannot be read", name);
    }
    return PISTE_OK;
}

piste_status serve_job_plan(const serve *s, const json_t *asked, const char *path, piste_errors *errors) {
    base_text out = {0};
    const json_t *measures = json_object_get(asked, "measures"), *one;
    size_t i;
    base_text_add(&out, "plan: 1\nname: ");
    add_quoted(&out, desk_text(asked, "title"));
    base_text_format(&out, "\nresort: resort\nseed: %lld\n", (long long)desk_number(asked, "seed", 1));
    if (json_object_get(asked, "guests"))
        base_text_format(&out, "visits: %lld\n", (long long)desk_number(asked, "guests", 0));
    piste_status status = add_scenarios(s, asked, errors, &out);
    base_text_add(&out, "measures:\n");
    json_array_foreach(measures, i, one) {
        base_text_add(&out, "  - {measure: ");
        add_quoted(&out, desk_text(one, "measure"));
        base_text_add(&out, "}\n");
    }
    int64_t days = desk_number(asked, "days", 20);
    base_text_format(&out, "replications: {minimum: %lld, maximum: %lld}\n", (long long)days, (long long)days);
    if (status == PISTE_OK)
        status = out.failed ? PISTE_MEMORY : base_file_write(path, out.data, out.length, errors);
    base_text_release(&out);
    return status;
}

// ---- a sheet of carrying capacity ------------------------------------------------------------------------------------------

static bool tick_ccc(void *context, int64_t done, int64_t all) {
    char note[96];
    snprintf(note, sizeof note, "%lld/%lld", (long long)done, (long long)all);
    return serve_job_tick(context, all ? (double)done / (double)all : 0, note);
}

static piste_status run_ccc(serve_job *job, const piste_resort *resort, int32_t threads, piste_errors *errors, base_text *out) {
    piste_ccc_def def = piste_ccc_def_default();
    piste_ccc *sheet = NULL;
    def.seed = (uint64_t)desk_number(job->asked, "seed", (int64_t)def.seed);
    def.days = (int32_t)desk_number(job->asked, "days", def.days);
    def.threads = threads;
    def.tick = tick_ccc;
    def.context = job;
    piste_status status = piste_ccc_create(resort, &def, errors, &sheet);
    if (status == PISTE_OK)
        status = report_ccc_json(sheet, out);
    piste_ccc_destroy(sheet);
    return status;
}

// ---- any of them -------------------------------------------------------------------------------------------------------------

static piste_status write_text(const serve_job *job, const char *name, piste_status status, base_text *text, piste_errors *errors) {
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", job->folder, name);
    if (status == PISTE_OK)
        status = text->failed ? PISTE_MEMORY : base_file_write(path, text->data, text->length, errors);
    base_text_release(text);
    return status;
}

// What the draft that it works on calls its entries in other languages: {"lifts": {"gondola": {"ko": "..."}}}.
static void add_names(void *context, const names_entry *one) {
    json_t *kinds = context, *kind = json_object_get(kinds, one->kind);
    const piste_entry *entry = one->entry;
    if (one->parent || entry->names_count == 0)
        return;
    if (!kind)
        json_object_set_new(kinds, one->kind, kind = json_object());
    json_t *names = json_object();
    for (int32_t i = 0; i < entry->names_count; i++)
        json_object_set_new(names, entry->names[i].language, json_string(entry->names[i].text));
    json_object_set_new(kind, entry->key ? entry->key : "name", names);
}

static piste_status names_json(const piste_resort *resort, base_text *out) {
    json_t *kinds = json_object();
    names_walk(resort, add_names, kinds);
    char *text = kinds ? json_dumps(kinds, JSON_COMPACT) : NULL;
    json_decref(kinds);
    if (!text)
        return PISTE_MEMORY;
    base_text_format(out, "%s\n", text);
    free(text);
    return PISTE_OK;
}

piste_status serve_job_work(serve_job *job, int32_t threads, piste_errors *errors) {
    const char *kind = desk_text(job->asked, "kind");
    char folder[4200];
    piste_resort *resort = NULL;
    base_text result = {0}, map = {0}, names = {0};
    snprintf(folder, sizeof folder, "%s/resort", job->folder);
    piste_status status = piste_resort_load(folder, PISTE_DATE_NONE, errors, &resort);
    if (status == PISTE_OK)
        status = write_text(job, "resort.json", report_resort_json(resort, &map), &map, errors);
    if (status == PISTE_OK)
        status = write_text(job, "names.json", names_json(resort, &names), &names, errors);
    if (status == PISTE_OK)
        status = strcmp(kind, "day") == 0   ? run_day(job, resort, errors, &result)
                 : strcmp(kind, "cap") == 0 ? run_cap(job, resort, threads, errors, &result)
                 : strcmp(kind, "ccc") == 0 ? run_ccc(job, resort, threads, errors, &result)
                                            : run_plan(job, threads, errors, &result);
    status = write_text(job, "result.json", status, &result, errors);
    piste_resort_destroy(resort);
    return status;
}
