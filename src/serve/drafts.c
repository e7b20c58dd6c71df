// drafts.c - the resort as it might be: a list of changes to the server's own, kept as JSON, edited by several people.
//
// data/drafts/NAME.json is written whole (base_file_write). Who writes tells the revision that was read: where another
// one has written meanwhile, the answer is 409 and what stands there now. A draft may be wrong while it is worked on;
// what is wrong is told with the path of the change that caused it, by the resort's own rules, and no job takes it.
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/report.h"
#include "resort/document.h"
#include "resort/geojson.h"
#include "resort/load.h"
#include "resort/manual.h"
#include "serve/plan.h"

enum { DRAFTS_MAX = 500, POINTS_MAX = 2000, NAME_MAX_BYTES = 40 };
static const char file_of_draft[] = "draft"; // what errors about a change name as their file; the line is the change's number
const char *const serve_draft_files[3] = {"resort.yaml", "lifts.geojson", "runs.geojson"};
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER; // a revision is read and the next one written by one at a time

static void path_of(const serve *s, const char *name, char out[4096]) {
    snprintf(out, 4096, "%s/drafts/%s.json", s->def.data, name);
}

// ---- reading -----------------------------------------------------------------------------------------------------------

static bool is_name(const char *name) {
    return *name && *name != '-' && strlen(name) <= NAME_MAX_BYTES && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static piste_status take_changes(serve_draft *d) {
    const json_t *changes = json_object_get(d->object, "changes");
    size_t count = json_array_size(changes);
    d->list = calloc(count + 1, sizeof *d->list);
    if (!d->list)
        return PISTE_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const json_t *c = json_array_get(changes, i);
        bool is_removed = desk_flag(c, "is_removed");
        d->list[i] = (piste_change){desk_text(c, "path"), is_removed ? NULL : desk_text(c, "value"), file_of_draft, (int32_t)i + 1, 0};
    }
    d->changes = (piste_changes){d->list, (int32_t)count};
    return PISTE_OK;
}

piste_status serve_draft_load(const serve *s, const char *name, piste_errors *errors, serve_draft *out) {
    char path[4096], *data = NULL;
    size_t length = 0;
    json_error_t error;
    serve_draft d = {0};
    if (!is_name(name))
        return piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0, "%.60s: there is no such draft", name);
    path_of(s, name, path);
    if (strcmp(name, "today") == 0)
        d.object = json_pack("{s:s,s:[],s:[]}", "name", name, "changes", "lines");
    else if (access(path, F_OK) != 0)
        return piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0, "%.60s: there is no such draft", name);
    else {
        piste_status status = base_file_read(path, SERVE_DRAFT_BYTES_MAX, errors, &data, &length);
        if (status != PISTE_OK)
            return status;
        d.object = json_loadb(data, length, JSON_REJECT_DUPLICATES, &error);
        free(data);
        if (!d.object || strcmp(desk_text(d.object, "format"), "piste-draft") != 0) {
            json_decref(d.object);
            return piste_errors_add(errors, PISTE_SYNTAX, path, d.object ? 0 : error.line, 0, "no draft of piste: %s",
                                    d.object ? "its format is another" : error.text);
        }
    }
    piste_status status = d.object ? take_changes(&d) : PISTE_MEMORY;
    if (status != PISTE_OK) {
        serve_draft_release(&d);
        return status;
    }
    *out = d;
    return PISTE_OK;
}

void serve_draft_release(serve_draft *d) {
    json_decref(d->object);
    free(d->list);
    *d = (serve_draft){0};
}

// ---- as a folder ---------------------------------------------------------------------------------------------------------

static json_t *feature_of(const json_t *line, bool is_lift) {
    json_t *points = json_array();
    size_t i;
    const json_t *p;
    json_array_foreach(json_object_get(line, "points"), i, p) {
        json_t *point = json_array();
        json_array_append_new(point, json_real((double)desk_number(p, "lon_e7", 0) / 1e7));
        json_array_append_new(point, json_real((double)desk_number(p, "lat_e7", 0) / 1e7));
        json_array_append_new(point, json_real((double)desk_number(p, "height_dm", 0) / 10));
        json_array_append_new(points, point);
    }
    json_t *id = json_sprintf("drawn-%s", desk_text(line, "key"));
    return json_pack("{s:s,s:{s:s,s:s,s:o},s:{s:s,s:o}}", "type", "Feature", "properties", "type", is_lift ? "lift" : "run", "key",
                     desk_text(line, "key"), "id", id, "geometry", "type", "LineString", "coordinates", points);
}

static bool has_key(const json_t *feature, const char *key) {
    return strcmp(desk_text(json_object_get(feature, "properties"), "key"), key) == 0;
}

// Adds the draft's lines of one kind to a map's text; where there are none the text stays as it is, byte by byte.
static piste_status draw_lines(const serve_draft *d, bool is_lift, const char *name, piste_errors *errors, base_text *text) {
    const json_t *lines = json_object_get(d->object, "lines"), *line;
    json_t *root = NULL, *features;
    size_t i, k, drawn = 0;
    json_array_foreach(lines, i, line)
        drawn += (strcmp(desk_text(line, "kind"), "lift") == 0) == is_lift;
    if (!drawn)
        return PISTE_OK;
    if (!text->length)
        root = json_pack("{s:s,s:[]}", "type", "FeatureCollection", "features");
    else {
        piste_status status = geojson_parse(text->data, text->length, name, errors, &root);
        if (status != PISTE_OK)
            return status;
    }
    features = json_object_get(root, "features");
    json_array_foreach(lines, i, line) {
        if ((strcmp(desk_text(line, "kind"), "lift") == 0) != is_lift)
            continue;
        for (k = json_array_size(features); k-- > 0;)
            if (has_key(json_array_get(features, k), desk_text(line, "key")))
                json_array_remove(features, k);
        json_array_append_new(features, feature_of(line, is_lift));
    }
    char *dumped = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    base_text_release(text);
    *text = (base_text){0};
    if (dumped)
        base_text_format(text, "%s\n", dumped);
    free(dumped);
    return text->length && !text->failed ? PISTE_OK : PISTE_MEMORY;
}

static piste_status read_file(const serve *s, const char *name, size_t most, piste_errors *errors, base_text *out) {
    char path[4096], *data = NULL;
    size_t length = 0;
    snprintf(path, sizeof path, "%s/%s", s->def.folder, name);
    if (access(path, F_OK) != 0)
        return PISTE_OK;
    piste_status status = base_file_read(path, most, errors, &data, &length);
    if (status == PISTE_OK)
        base_text_add_bytes(out, data, length);
    free(data);
    return status != PISTE_OK ? status : out->failed ? PISTE_MEMORY : PISTE_OK;
}

piste_status serve_draft_texts(const serve *s, const serve_draft *d, piste_errors *errors, base_text texts[3]) {
    piste_status status;
    if (d->changes.count)
        status = document_make(s->def.folder, PISTE_DATE_NONE, &d->changes, errors, &texts[0], NULL);
    else
        status = read_file(s, serve_draft_files[0], PISTE_YAML_BYTES_MAX, errors, &texts[0]);
    for (int i = 1; i < 3 && status == PISTE_OK; i++) {
        status = read_file(s, serve_draft_files[i], PISTE_GEOJSON_BYTES_MAX, errors, &texts[i]);
        if (status == PISTE_OK)
            status = draw_lines(d, i == 1, serve_draft_files[i], errors, &texts[i]);
    }
    return status;
}

piste_status serve_draft_write(const serve *s, const serve_draft *d, const char *folder, piste_errors *errors) {
    base_text texts[3] = {0};
    piste_status status = serve_draft_texts(s, d, errors, texts);
    if (status == PISTE_OK && mkdir(folder, 0700) != 0)
        status = piste_errors_add(errors, PISTE_IO, folder, 0, 0, "cannot be made: %s", strerror(errno));
    for (int i = 0; i < 3; i++) {
        char path[4096];
        if (status == PISTE_OK && texts[i].length && snprintf(path, sizeof path, "%s/%s", folder, serve_draft_files[i]) < (int)sizeof path)
            status = base_file_write(path, texts[i].data, texts[i].length, errors);
        base_text_release(&texts[i]);
    }
    return status;
}

// JSON is YAML, too: a value is read and written again, so that whatever a planner wrote stands whole behind its path.
piste_status serve_draft_changes(const serve_draft *d, const char *indent, base_text *out) {
    piste_status status = PISTE_OK;
    for (int32_t i = 0; i < d->changes.count && status == PISTE_OK; i++) {
        const piste_change *c = &d->changes.list[i];
        json_t *value = NULL;
        if (c->value)
            status = document_value(c->value, NULL, &value);
        char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
        json_decref(value);
        if (status == PISTE_OK && (text || !c->value))
            base_text_format(out, "%s%s: %s\n", indent, c->path, text ? text : "removed");
        free(text);
    }
    return status != PISTE_OK ? status : out->failed ? PISTE_MEMORY : PISTE_OK;
}

// The resort that the draft makes, with the lines that were drawn.
static piste_status load_whole(const serve *s, const serve_draft *d, piste_errors *errors, piste_resort **resort) {
    base_text texts[3] = {0};
    piste_status status = serve_draft_texts(s, d, errors, texts);
    load_text given[3];
    for (int i = 0; i < 3; i++)
        given[i] = (load_text){texts[i].data, texts[i].length};
    if (status == PISTE_OK)
        status = load_from_texts("draft", given[0], given[1], given[2], PISTE_DATE_NONE, errors, resort);
    for (int i = 0; i < 3; i++)
        base_text_release(&texts[i]);
    return status;
}

// ---- what is wrong with it -------------------------------------------------------------------------------------------------

// "speed: missing in lift new, expected ..." of a change to an entry is about the key of that name.
static size_t word_before_colon(const char *text) {
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n && text[n] == ':' && text[n + 1] == ' ' ? n : 0;
}

static json_t *error_object(const serve_draft *d, const piste_error *e) {
    if (strcmp(e->file, file_of_draft) != 0 || e->line < 1 || e->line > d->changes.count) {
        const char *name = strrchr(e->file, '/'); // where the server has its folders is nobody's business
        return json_pack("{s:s,s:s,s:s,s:i}", "path", "", "message", e->message, "file", name ? name + 1 : e->file, "line", e->line);
    }
    const char *path = d->changes.list[e->line - 1].path, *message = e->message;
    size_t length = strlen(path), word = 0;
    if (strncmp(message, path, length) == 0)
        message += length;
    message += strspn(message, ": ");
    const char *last = strrchr(path, '.');
    const char *value = d->changes.list[e->line - 1].value;
    if (value && *value == '{') // an entry, or a group of keys
        word = word_before_colon(message);
    if (word && last && strncmp(last + 1, message, word) == 0 && strlen(last + 1) == word)
        word = 0;
    json_t *at = word ? json_sprintf("%s.%.*s", path, (int)word, message) : json_string(path);
    return json_pack("{s:o,s:s,s:s,s:i}", "path", at, "message", word ? message + word + 2 : message, "file", "", "line", 0);
}

static json_t *errors_list(const serve_draft *d, const piste_errors *errors) {
    json_t *list = json_array();
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        json_array_append_new(list, error_object(d, piste_errors_get(errors, i)));
    return list;
}

static bool is_told(const piste_findings *before, const piste_finding *f) {
    for (size_t i = 0; before && i < piste_findings_count(before); i++) {
        const piste_finding *b = piste_findings_get(before, i);
        if (strcmp(b->rule, f->rule) == 0 && strcmp(b->subject, f->subject) == 0 && strcmp(b->message, f->message) == 0)
            return true;
    }
    return false;
}

// What a careful colleague would say of the draft and would not say of the resort as it is.
static json_t *findings_list(const serve *s, const piste_resort *resort) {
    static const char *const words[] = {"note", "warning", "error"};
    piste_findings *now = NULL, *before = NULL;
    json_t *list = json_array();
    if (resort && piste_resort_check(resort, &now) == PISTE_OK && piste_resort_check(s->resort, &before) == PISTE_OK)
        for (size_t i = 0; i < piste_findings_count(now); i++) {
            const piste_finding *f = piste_findings_get(now, i);
            if (!is_told(before, f))
                json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s}", "severity", words[f->severity], "rule", f->rule, "subject",
                                                      f->subject, "message", f->message, "suggestion", f->suggestion));
        }
    piste_findings_destroy(now);
    piste_findings_destroy(before);
    return list;
}

// The draft, what is wrong with it, and the document that it makes.
static void answer_draft(serve_request *q, int code, const serve_draft *d) {
    piste_errors *errors = piste_errors_create(), *again = piste_errors_create();
    piste_resort *resort = NULL, *whole = NULL;
    json_t *document = NULL, *answer = json_copy(d->object);
    if (!errors || !again || !answer) {
        piste_errors_destroy(errors);
        piste_errors_destroy(again);
        json_decref(answer);
        serve_answer_status(q, PISTE_MEMORY, NULL);
        return;
    }
    piste_status status = piste_resort_load_changed(q->serve->def.folder, PISTE_DATE_NONE, &d->changes, errors, &resort);
    if (status == PISTE_OK)
        status = load_whole(q->serve, d, errors, &whole); // lines that were drawn belong to what is looked at
    piste_status made = document_make(q->serve->def.folder, PISTE_DATE_NONE, &d->changes, again, NULL, &document);
    (void)made; // what could not be changed was told by the other one
    json_object_set_new(answer, "is_valid", json_boolean(status == PISTE_OK));
    json_object_set_new(answer, "errors", errors_list(d, errors));
    json_object_set_new(answer, "findings", findings_list(q->serve, whole));
    json_object_set_new(answer, "document", document ? document : json_object());
    json_object_del(answer, "key");
    json_object_del(answer, "done");
    piste_resort_destroy(whole);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    piste_errors_destroy(again);
    serve_answer(q, code, answer);
}

// ---- answering ---------------------------------------------------------------------------------------------------------------

static bool load_of(serve_request *q, const char *name, serve_draft *d) {
    piste_errors *errors = piste_errors_create();
    piste_status status = serve_draft_load(q->serve, name, errors, d);
    if (status == PISTE_NOT_FOUND)
        serve_refuse(q, 404, "not_found", "there is no draft %.60s", name);
    else if (status != PISTE_OK)
        serve_answer_status(q, status, errors);
    piste_errors_destroy(errors);
    return status == PISTE_OK;
}

static int newest_first(const void *a, const void *b) {
    json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a, "changed_ms"));
    json_int_t y = json_integer_value(json_object_get(*(json_t *const *)b, "changed_ms"));
    return x < y ? 1 : x > y ? -1 : 0;
}

static json_t *line_of_list(const serve_draft *d) {
    const json_t *o = d->object;
    return json_pack("{s:s,s:s,s:s,s:I,s:s,s:I,s:I}", "name", desk_text(o, "name"), "title", desk_text(o, "title"), "note",
                     desk_text(o, "note"), "revision", (json_int_t)desk_number(o, "revision", 0), "who", desk_text(o, "who"), "changed_ms",
                     (json_int_t)desk_number(o, "changed_ms", 0), "changes", (json_int_t)d->changes.count);
}

static void list_run(serve_request *q) {
    char folder[4096];
    json_t *rows[DRAFTS_MAX], *list = json_array();
    size_t count = 0;
    snprintf(folder, sizeof folder, "%s/drafts", q->serve->def.data);
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir)) && count < DRAFTS_MAX;) {
        char name[NAME_MAX_BYTES + 1];
        size_t length = strlen(e->d_name);
        serve_draft d;
        if (length < 6 || length - 5 > NAME_MAX_BYTES || strcmp(e->d_name + length - 5, ".json") != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)length - 5, e->d_name);
        if (serve_draft_load(q->serve, name, NULL, &d) != PISTE_OK)
            continue;
        rows[count++] = line_of_list(&d);
        serve_draft_release(&d);
    }
    if (dir)
        closedir(dir);
    qsort(rows, count, sizeof *rows, newest_first);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, rows[i]);
    serve_answer(q, 200, json_pack("{s:o}", "drafts", list));
}

static void show_run(serve_request *q) {
    serve_draft d;
    if (!load_of(q, q->parts[0], &d))
        return;
    answer_draft(q, 200, &d);
    serve_draft_release(&d);
}

// A path twice would make the order count, and an export could not say it.
static bool is_fine(serve_request *q) {
    const json_t *changes = json_object_get(q->fields, "changes"), *c, *line;
    size_t i, k;
    json_array_foreach(changes, i, c) {
        if (strlen(desk_text(c, "path")) == 0 || (!desk_flag(c, "is_removed") && !json_object_get(c, "value"))) {
            serve_refuse(q, 422, "invalid", "changes[%zu]: expected a path, and a value or is_removed", i);
            return false;
        }
        for (k = 0; k < i; k++)
            if (strcmp(desk_text(json_array_get(changes, k), "path"), desk_text(c, "path")) == 0) {
                serve_refuse(q, 422, "invalid", "changes[%zu]: %.200s: changed by changes[%zu] already", i, desk_text(c, "path"), k);
                return false;
            }
    }
    json_array_foreach(json_object_get(q->fields, "lines"), i, line)
        if (strcmp(desk_text(line, "kind"), "lift") != 0 && strcmp(desk_text(line, "kind"), "run") != 0) {
            serve_refuse(q, 422, "invalid", "lines[%zu]: kind: '%.20s', expected lift or run", i, desk_text(line, "kind"));
            return false;
        }
    if (is_name(q->parts[0]) && strcmp(q->parts[0], "today") != 0)
        return true;
    serve_refuse(q, 422, "invalid", "%.60s: expected a name of at most %d letters a-z, digits and '-', other than today", q->parts[0],
                 NAME_MAX_BYTES);
    return false;
}

// Writings that were done last, by their keys: one whose answer was lost may be sent again after somebody else has written.
enum { DONE_MOST = 32 };

static json_t *done_with(const serve_draft *before, const char *key) {
    json_t *done = json_array(), *there = before ? json_object_get(before->object, "done") : NULL;
    size_t i, count = json_array_size(there);
    json_t *one;
    json_array_foreach(there, i, one)
        if (count - i < DONE_MOST)
            json_array_append(done, one);
    json_array_append_new(done, json_string(key));
    return done;
}

static bool is_done(const serve_draft *d, const char *key) {
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(d->object, "done"), i, one)
        if (json_is_string(one) && strcmp(json_string_value(one), key) == 0)
            return true;
    return strcmp(desk_text(d->object, "key"), key) == 0;
}

static json_t *object_to_keep(const serve_request *q, const serve_draft *before, int64_t revision) {
    json_t *o = json_pack("{s:s,s:i,s:s,s:I,s:s,s:s,s:I}", "format", "piste-draft", "version", 1, "name", q->parts[0], "revision",
                          (json_int_t)revision, "key", desk_text(q->fields, "key"), "who", q->session.account, "changed_ms",
                          (json_int_t)desk_clock_ms(q->serve->desk));
    json_object_set_new(o, "title", json_string(desk_text(q->fields, "title")));
    json_object_set_new(o, "note", json_string(desk_text(q->fields, "note")));
    json_object_set_new(o, "done", done_with(before, desk_text(q->fields, "key")));
    json_object_set(o, "changes", json_object_get(q->fields, "changes"));
    json_t *lines = json_object_get(q->fields, "lines");
    json_object_set_new(o, "lines", lines ? json_incref(lines) : json_array());
    return o;
}

static piste_status keep(const serve *s, const char *name, const json_t *object, piste_errors *errors) {
    char path[4096];
    snprintf(path, sizeof path, "%s/drafts", s->def.data);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return piste_errors_add(errors, PISTE_IO, path, 0, 0, "cannot be made: %s", strerror(errno));
    path_of(s, name, path);
    char *text = object ? json_dumps(object, JSON_INDENT(1)) : NULL;
    piste_status status = text ? base_file_write(path, text, strlen(text), errors) : PISTE_MEMORY;
    free(text);
    return status;
}

// 0: it may be written; otherwise the answer's code. *there: a draft of that name.
static int may_write(const serve_request *q, serve_draft *now, bool *there) {
    piste_status status = serve_draft_load(q->serve, q->parts[0], NULL, now);
    *there = status == PISTE_OK;
    if (status != PISTE_OK && status != PISTE_NOT_FOUND)
        return 500;
    if (*there && is_done(now, desk_text(q->fields, "key")))
        return 200; // its answer was lost
    int64_t revision = *there ? desk_number(now->object, "revision", 0) : 0;
    return revision == desk_number(q->fields, "revision", -1) ? 0 : *there ? 409 : 404;
}

static void write_run(serve_request *q) {
    serve_draft now = {0};
    bool there = false;
    if (!is_fine(q) || !serve_jobs_are_here(q)) // one server, too, writes drafts: `writing` is of its threads
        return;
    piste_errors *errors = piste_errors_create();
    pthread_mutex_lock(&writing);
    int code = may_write(q, &now, &there);
    piste_status status = PISTE_OK;
    if (code == 0) {
        json_t *object = object_to_keep(q, there ? &now : NULL, desk_number(q->fields, "revision", 0) + 1);
        status = keep(q->serve, q->parts[0], object, errors);
        json_decref(object);
    }
    pthread_mutex_unlock(&writing);
    if (code == 0 && status == PISTE_OK) {
        if (there)
            serve_draft_release(&now);
        serve_live_tell(q->serve, SERVE_PLANNERS, "draft", "{}");
        if (load_of(q, q->parts[0], &now)) {
            answer_draft(q, 200, &now);
            serve_draft_release(&now);
        }
    } else if (code == 409)
        serve_refuse(q, 409, "changed", "%s has been changed by %s meanwhile", q->parts[0], desk_text(now.object, "who"));
    else if (code == 404)
        serve_refuse(q, 404, "not_found", "there is no draft %s any more", q->parts[0]);
    else if (code == 200)
        answer_draft(q, 200, &now);
    else
        serve_answer_status(q, status == PISTE_OK ? PISTE_IO : status, errors);
    if (there && !(code == 0 && status == PISTE_OK))
        serve_draft_release(&now);
    piste_errors_destroy(errors);
}

static void delete_run(serve_request *q) {
    char path[4096];
    path_of(q->serve, is_name(q->parts[0]) ? q->parts[0] : "-", path);
    if (!serve_jobs_are_here(q))
        return;
    pthread_mutex_lock(&writing);
    int failed = unlink(path) != 0 ? errno : 0;
    pthread_mutex_unlock(&writing);
    if (failed == ENOENT)
        serve_refuse(q, 404, "not_found", "there is no draft %.60s", q->parts[0]);
    else if (failed)
        serve_answer_status(q, PISTE_IO, NULL);
    else {
        serve_live_tell(q->serve, SERVE_PLANNERS, "draft", "{}");
        serve_answer(q, 200, json_object());
    }
}

static void map_run(serve_request *q) {
    serve_draft d;
    base_text out = {0};
    piste_resort *resort = NULL;
    if (!load_of(q, q->parts[0], &d))
        return;
    piste_errors *errors = piste_errors_create();
    piste_status status = load_whole(q->serve, &d, errors, &resort);
    if (status == PISTE_OK)
        status = report_resort_json(resort, &out);
    serve_answer_made(q, "application/json", status, errors, &out);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    serve_draft_release(&d);
}

static void file_run(serve_request *q) {
    static const char *const types[] = {"application/yaml", "application/geo+json", "application/geo+json"};
    serve_draft d;
    base_text texts[3] = {0}, changes = {0};
    if (!load_of(q, q->parts[0], &d))
        return;
    piste_errors *errors = piste_errors_create();
    bool is_plan = strcmp(q->parts[1], "changes.yaml") == 0;
    int wanted = 0;
    while (wanted < 3 && strcmp(q->parts[1], serve_draft_files[wanted]) != 0)
        wanted++;
    piste_status status = is_plan ? serve_draft_changes(&d, "", &changes) : serve_draft_texts(q->serve, &d, errors, texts);
    if (status != PISTE_OK)
        serve_answer_status(q, status, errors);
    else if (is_plan)
        serve_answer_text(q, 200, "application/yaml", changes.data ? changes.data : strdup(""), changes.length);
    else if (wanted < 3 && texts[wanted].data) {
        serve_answer_text(q, 200, types[wanted], texts[wanted].data, texts[wanted].length);
        texts[wanted] = (base_text){0};
    } else
        serve_refuse(q, 404, "not_found", "%.60s: expected resort.yaml, lifts.geojson, runs.geojson or changes.yaml", q->parts[1]);
    for (int i = 0; i < 3; i++)
        base_text_release(&texts[i]);
    piste_errors_destroy(errors);
    serve_draft_release(&d);
}

// ---- measuring what is drawn -------------------------------------------------------------------------------------------------

typedef struct known {
    double lon_deg, lat_deg, height_m;
} known;

static void add_known(known *list, size_t *count, double lon, double lat, double height) {
    if (!isnan(lon) && !isnan(height))
        list[(*count)++] = (known){lon, lat, height};
}

// Every height that the resort knows, of places and of lines.
static known *collect_known(const piste_resort *r, size_t *count) {
    size_t room = (size_t)r->places.count + 1;
    for (int32_t i = 0; i < r->lifts.count; i++)
        room += (size_t)r->lifts.list[i].line.count;
    for (int32_t i = 0; i < r->runs.count; i++)
        room += (size_t)r->runs.list[i].line.count;
    known *list = malloc(room * sizeof *list);
    *count = 0;
    for (int32_t i = 0; list && i < r->places.count; i++)
        add_known(list, count, r->places.list[i].lon_deg, r->places.list[i].lat_deg, r->places.list[i].height_m);
    for (int32_t i = 0; list && i < r->lifts.count + r->runs.count; i++) {
        const piste_line *l = i < r->lifts.count ? &r->lifts.list[i].line : &r->runs.list[i - r->lifts.count].line;
        for (int32_t k = 0; k < l->count; k++)
            add_known(list, count, l->points[k].lon_deg, l->points[k].lat_deg, l->points[k].height_m);
    }
    return list;
}

static double squared(double x) {
    return x * x;
}

// Of the four nearest known heights the mean, each counting by one over its squared distance (Shepard 1968).
static double height_at(const known *list, size_t count, double lon, double lat, double *nearest_m) {
    double metres = 111132.0, narrow = cos(lat * 0.017453292519943295), near[4], heights[4], sum = 0, weights = 0;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        double d = squared((list[i].lon_deg - lon) * metres * narrow) + squared((list[i].lat_deg - lat) * metres);
        size_t at = kept < 4 ? kept++ : 4;
        for (; at > 0 && near[at - 1] > d; at--)
            if (at < 4) {
                near[at] = near[at - 1];
                heights[at] = heights[at - 1];
            }
        if (at < 4) {
            near[at] = d;
            heights[at] = list[i].height_m;
        }
    }
    *nearest_m = kept ? sqrt(near[0]) : NAN;
    if (kept && near[0] < 1)
        return heights[0];
    for (size_t i = 0; i < kept; i++) {
        sum += heights[i] / near[i];
        weights += 1 / near[i];
    }
    return kept ? sum / weights : NAN;
}

static void answer_measured(serve_request *q, const known *list, size_t count) {
    const json_t *points = json_object_get(q->fields, "points"), *p;
    size_t i, n = json_array_size(points);
    piste_point *line = calloc(n + 1, sizeof *line);
    json_t *heights = json_array();
    double far_m = 0;
    bool is_known = count > 0;
    json_array_foreach(points, i, p) {
        double nearest;
        if (!line)
            break;
        line[i] = (piste_point){.lon_deg = (double)desk_number(p, "lon_e7", 0) / 1e7, .lat_deg = (double)desk_number(p, "lat_e7", 0) / 1e7};
        line[i].height_m = base_round(height_at(list, count, line[i].lon_deg, line[i].lat_deg, &nearest), 1);
        far_m = nearest > far_m ? nearest : far_m;
        json_array_append_new(heights, json_pack("{s:I}", "height_dm", (json_int_t)(is_known ? base_floor(line[i].height_m * 10 + 0.5) : 0)));
    }
    double length = line ? geojson_length(line, (int32_t)n, is_known) : 0, rise = line && n ? line[n - 1].height_m - line[0].height_m : 0;
    free(line);
    serve_answer(q, 200, json_pack("{s:I,s:I,s:b,s:I,s:o}", "length_dm", (json_int_t)base_floor(length * 10 + 0.5), "rise_dm",
                                   (json_int_t)(is_known ? base_floor(rise * 10 + 0.5) : 0), "is_known", is_known, "far_m",
                                   (json_int_t)(is_known ? base_floor(far_m) : 0), "points", heights));
}

static void measure_run(serve_request *q) {
    size_t count = 0;
    known *list = collect_known(q->serve->resort, &count);
    if (list)
        answer_measured(q, list, count);
    else
        serve_answer_status(q, PISTE_MEMORY, NULL);
    free(list);
}

static void schema_run(serve_request *q) {
    base_text text = {0};
    manual_json_schema(&text);
    serve_answer_made(q, "application/schema+json", PISTE_OK, NULL, &text);
}

// ---- routes --------------------------------------------------------------------------------------------------------------------

static const desk_field change_fields[] = {
    {"path", DESK_TEXT, true, 0, 200, NULL, "such as lifts.sky-lift.speed (docs/guide/plan.md)"},
    {"value", DESK_TEXT, false, 0, 4000, NULL, "as in resort.yaml, in one line: 5 m/s"},
    {"is_removed", DESK_BOOL, false, 0, 0, NULL, "instead of a value"},
    {.type = DESK_END},
};
static const desk_field point_fields[] = {
    {"lon_e7", DESK_INT, true, -1800000000, 1800000000, NULL, "degrees east, times 10,000,000"},
    {"lat_e7", DESK_INT, true, -900000000, 900000000, NULL, "degrees north, times 10,000,000"},
    {"height_dm", DESK_INT, false, -5000, 90000, NULL, "above the sea, tenths of a metre"},
    {.type = DESK_END},
};
static const desk_field line_fields[] = {
    {"kind", DESK_SLUG, true, 0, 4, NULL, "lift or run"},
    {"key", DESK_SLUG, true, 0, 64, NULL, "of the lift or run"},
    {"points", DESK_LIST, true, 2, POINTS_MAX, point_fields, "in the direction of travel"},
    {.type = DESK_END},
};
static const desk_field draft_fields[] = {
    {"key", DESK_TEXT, true, 0, 100, NULL, "of this writing: sent again, it is done once"},
    {"revision", DESK_INT, true, 0, INT64_C(1) << 40, NULL, "that was read; 0: a new draft"},
    {"title", DESK_TEXT, true, 0, 200, NULL, "for people"},
    {"note", DESK_TEXT, false, 0, 2000, NULL, "for people"},
    {"changes", DESK_LIST, true, 0, SERVE_CHANGES_MAX, change_fields, "in their order, no path twice"},
    {"lines", DESK_LIST, false, 0, 200, line_fields, "of lifts and runs that were drawn"},
    {.type = DESK_END},
};
static const desk_field row_fields[] = {
    {"name", DESK_SLUG, true, 0, NAME_MAX_BYTES, NULL, ""},
    {"title", DESK_TEXT, true, 0, 200, NULL, "for people"},
    {"note", DESK_TEXT, true, 0, 2000, NULL, "for people"},
    {"revision", DESK_INT, true, 1, INT64_C(1) << 40, NULL, ""},
    {"who", DESK_TEXT, true, 0, 40, NULL, "changed it last"},
    {"changed_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when"},
    {"changes", DESK_INT, true, 0, SERVE_CHANGES_MAX, NULL, "how many"},
    {.type = DESK_END},
};
static const desk_field list_fields[] = {
    {"drafts", DESK_LIST, true, 0, DRAFTS_MAX, row_fields, "the one changed last first"},
    {.type = DESK_END},
};
static const desk_field error_fields[] = {
    {"path", DESK_TEXT, true, 0, 300, NULL, "of the field that caused it; empty: none did alone"},
    {"message", DESK_TEXT, true, 0, 900, NULL, "value, and what was expected"},
    {"file", DESK_TEXT, true, 0, 200, NULL, "where it shows, where no field caused it alone"},
    {"line", DESK_INT, true, 0, INT32_MAX, NULL, "in that file"},
    {.type = DESK_END},
};
static const desk_field finding_fields[] = {
    {"severity", DESK_TEXT, true, 0, 10, NULL, "note, warning or error"},
    {"rule", DESK_TEXT, true, 0, 60, NULL, ""},
    {"subject", DESK_TEXT, true, 0, 200, NULL, "lift sky-lift"},
    {"message", DESK_TEXT, true, 0, 900, NULL, "what is the matter"},
    {"suggestion", DESK_TEXT, true, 0, 900, NULL, "what could be done"},
    {.type = DESK_END},
};
static const desk_field shown_fields[] = {
    {"name", DESK_SLUG, true, 0, NAME_MAX_BYTES, NULL, ""},
    {"title", DESK_TEXT, false, 0, 200, NULL, "for people"},
    {"note", DESK_TEXT, false, 0, 2000, NULL, "for people"},
    {"revision", DESK_INT, false, 1, INT64_C(1) << 40, NULL, "to be told on writing"},
    {"who", DESK_TEXT, false, 0, 40, NULL, "changed it last"},
    {"changed_ms", DESK_INT, false, 0, INT64_MAX, NULL, "when"},
    {"changes", DESK_LIST, true, 0, SERVE_CHANGES_MAX, change_fields, ""},
    {"lines", DESK_LIST, true, 0, 200, line_fields, ""},
    {"is_valid", DESK_BOOL, true, 0, 0, NULL, "whether it can be rehearsed"},
    {"errors", DESK_LIST, true, 0, 1000, error_fields, "by the resort's own rules"},
    {"findings", DESK_LIST, true, 0, 10000, finding_fields, "of `piste check`, beyond those of the resort as it is"},
    {"document", DESK_OBJECT, true, 0, 0, NULL, "resort.yaml with the changes, scalars as texts"},
    {.type = DESK_END},
};
static const desk_field measure_fields[] = {
    {"points", DESK_LIST, true, 1, POINTS_MAX, point_fields, "of a line"},
    {.type = DESK_END},
};
static const desk_field height_fields[] = {
    {"height_dm", DESK_INT, true, -5000, 90000, NULL, "tenths of a metre"},
    {.type = DESK_END},
};
static const desk_field measured_fields[] = {
    {"length_dm", DESK_INT, true, 0, INT32_MAX, NULL, "along the slope, tenths of a metre"},
    {"rise_dm", DESK_INT, true, -90000, 90000, NULL, "from first to last, tenths of a metre"},
    {"is_known", DESK_BOOL, true, 0, 0, NULL, "whether the resort knows any heights at all"},
    {"far_m", DESK_INT, true, 0, INT32_MAX, NULL, "how far the nearest known height is from the point that is worst off"},
    {"points", DESK_LIST, true, 0, POINTS_MAX, height_fields, "heights, by what the resort knows nearby: assumed"},
    {.type = DESK_END},
};

const serve_route serve_draft_routes[] = {
    {"GET", "/api/plan/schema", SERVE_PLANNERS, NULL, NULL, schema_run, SERVE_WAITS, NULL, "resort.yaml as a JSON Schema", NULL},
    {"POST", "/api/plan/measure", SERVE_PLANNERS, measure_fields, measured_fields, measure_run, SERVE_WAITS | SERVE_COSTLY, NULL,
     "length and heights of a line that is drawn", NULL},
    {"GET", "/api/plan/drafts", SERVE_PLANNERS, NULL, list_fields, list_run, SERVE_WAITS, NULL, "drafts of the resort", NULL},
    {"GET", "/api/plan/drafts/{draft}", SERVE_PLANNERS, NULL, shown_fields, show_run, SERVE_WAITS, NULL,
     "a draft, and what is wrong with it; today: the resort as it is", NULL},
    {"PUT", "/api/plan/drafts/{draft}", SERVE_PLANNERS, draft_fields, shown_fields, write_run, SERVE_WAITS, NULL,
     "writes a draft; 409: it was changed meanwhile", NULL},
    {"DELETE", "/api/plan/drafts/{draft}", SERVE_PLANNERS, NULL, NULL, delete_run, SERVE_WAITS, NULL, "deletes a draft", NULL},
    {"GET", "/api/plan/drafts/{draft}/map", SERVE_PLANNERS, NULL, NULL, map_run, SERVE_WAITS, NULL, "the draft's resort, as /api/resort", NULL},
    {"GET", "/api/plan/drafts/{draft}/{file}", SERVE_PLANNERS, NULL, NULL, file_run, SERVE_WAITS, NULL,
     "resort.yaml, lifts.geojson, runs.geojson of the draft's folder, or its changes.yaml for a plan", NULL},
    {0},
};
