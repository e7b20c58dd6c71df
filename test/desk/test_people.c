// test_people.c - people's rights, held against a model that keeps plain text in memory: random acts, restores of older desks
// and older vaults, and kills. Whoever was erased is readable nowhere and never again; the books balance throughout.
#include "desk/place.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>

enum { DAY = 86400000, PERSONS = 400, PURPOSES = 3 };
static const char *const purpose_names[PURPOSES] = {"ticket", "rental", "claims"};

static int64_t clock_now;
static int64_t read_clock(void *context) {
    (void)context;
    return clock_now;
}

static int serial; // of keys, never used twice

// Asks; the answer belongs to the caller. `reason` gets the reason, or "".
static piste_status ask(desk *d, json_t **answer, char reason[40], const char *key, const char *format, ...) {
    va_list args;
    char *text = NULL, own[32];
    snprintf(own, sizeof own, "k%d", ++serial);
    va_start(args, format);
    json_t *request = json_vpack_ex(NULL, 0, format, args);
    va_end(args);
    assert_non_null(request);
    json_object_set_new(request, "key", json_string(key ? key : own));
    piste_status status = desk_do(d, request, &text);
    json_t *got = text ? json_loads(text, 0, NULL) : NULL;
    assert_non_null(got);
    snprintf(reason, 40, "%s", desk_text(got, "reason"));
    if (status != PISTE_OK && status != PISTE_REFUSED)
        print_message("# %s\n", text);
    if (answer)
        *answer = got;
    else
        json_decref(got);
    json_decref(request);
    free(text);
    return status;
}

#define MUST(d, ...)                                                                                                   \
    do {                                                                                                               \
        char why_[40];                                                                                                 \
        piste_status got_ = ask(d, NULL, why_, NULL, __VA_ARGS__);                                                     \
        if (got_ != PISTE_OK)                                                                                          \
            print_message("# refused: %s\n", why_);                                                                    \
        assert_int_equal(got_, PISTE_OK);                                                                              \
    } while (0)

static desk *open_desk(const char *folder) {
    char db[100], vault[100];
    desk *d = NULL;
    piste_errors *errors = piste_errors_create();
    snprintf(db, sizeof db, "%s/desk.db", folder);
    snprintf(vault, sizeof vault, "%s/keys", folder);
    piste_status status =
        desk_open(&(desk_def){.url = db, .vault = vault, .is_vault_new = true, .now_ms = read_clock}, errors, &d);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_get(errors, 0)->text);
    assert_int_equal(status, PISTE_OK);
    piste_errors_destroy(errors);
    return d;
}

static void check_books(desk *d) {
    desk_audit_result result;
    piste_errors *problems = piste_errors_create();
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_get(problems, 0)->text);
    assert_int_equal(status, PISTE_OK);
    piste_errors_destroy(problems);
}

static void set_up(desk *d) {
    MUST(d, "{s:s,s:s}", "act", "open", "date", "2019-02-02");
    MUST(d, "{s:s,s:s,s:s,s:s,s:s,s:i,s:s}", "act", "purpose", "purpose", "ticket", "name", "Pass holders", "fields",
         "name email phone birth", "basis", "contract", "keep_days", 30, "from", "visit");
    MUST(d, "{s:s,s:s,s:s,s:s,s:s,s:i}", "act", "purpose", "purpose", "rental", "name", "Rental", "fields",
         "name weight_kg sole_mm", "basis", "consent", "keep_days", 3);
    MUST(d, "{s:s,s:s,s:s,s:s,s:s,s:i}", "act", "purpose", "purpose", "claims", "name", "Accidents", "fields",
         "name address birth", "basis", "claim", "keep_days", 100);
    MUST(d, "{s:s,s:s,s:s}", "act", "class", "class", "adult", "name", "Adult");
    MUST(d, "{s:s,s:s,s:s,s:s,s:[{s:s}]}", "act", "product", "product", "day", "name", "Day", "kind", "day", "takes",
         "resource", "visit");
    MUST(d, "{s:s,s:s,s:s,s:s}", "act", "price", "product", "day", "class", "adult", "amount", "35.00 USD");
    static const char *const years[][2] = {{"2019-02-01", "2019-12-31"}, {"2020-01-01", "2020-12-31"}, {"2021-01-01", "2021-12-31"}, {"2022-01-01", "2022-12-31"}};
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) // as far as the full count of steps goes
        MUST(d, "{s:s,s:s,s:s,s:i}", "act", "cap", "from", years[i][0], "until", years[i][1], "capacity", 100000);
    MUST(d, "{s:s,s:s,s:s}", "act", "need", "product", "day", "purpose", "ticket");
}

// ---- the model ------------------------------------------------------------------------------------------------------------------

typedef struct model_data {
    bool is_held;
    int64_t given_day;
    char name[40];
} model_data;
typedef struct model_person {
    int64_t id, visit_day;
    bool is_live;
    char email[40];
    model_data data[PURPOSES];
} model_person;
typedef struct model {
    model_person list[PERSONS];
    int count;
} model;

static const int keep_days[PURPOSES] = {30, 3, 100};

static int64_t today(void) {
    return clock_now / DAY;
}
static int64_t until(const model_person *p, int purpose) {
    int64_t from = p->data[purpose].given_day;
    if (purpose == 0 && p->visit_day > from)
        from = p->visit_day;
    return from + keep_days[purpose];
}
static void settle(model_person *p) {
    bool any = false;
    for (int i = 0; i < PURPOSES; i++)
        any |= p->data[i].is_held;
    if (!any)
        p->is_live = false;
}

typedef struct world {
    desk *d;
    char folder[64];
    model m;
    uint64_t stream;
    uint64_t draws;
    char markers[4 * PERSONS][40]; // plain texts that were ever given
    int marker_count;
} world;

static uint64_t draw(world *w, uint64_t below) {
    return base_draw(w->stream, w->draws++) % below;
}

static const char *marker(world *w) { // of letters that stand nowhere else
    char *text = w->markers[w->marker_count++ % (4 * PERSONS)];
    snprintf(text, 40, "Qx%012llxZw", (unsigned long long)(base_draw(w->stream, w->draws++) >> 16));
    return text;
}

static void give(world *w, model_person *p, int purpose, bool is_new) {
    json_t *answer = NULL;
    char reason[40], email[48];
    const char *name = marker(w);
    json_t *data = json_pack("{s:s}", "name", name);
    snprintf(email, sizeof email, "%s@example.org", name);
    if (purpose == 0)
        json_object_set_new(data, "email", json_string(email));
    json_t *request = json_pack("{s:s,s:s,s:o}", "act", "person", "purpose", purpose_names[purpose], "data", data);
    if (!is_new)
        json_object_set_new(request, "person", json_integer(p->id));
    char key[32];
    snprintf(key, sizeof key, "k%d", ++serial);
    json_t *twin = json_deep_copy(request);
    piste_status status = ask(w->d, &answer, reason, key, "O", request);
    assert_int_equal(status, is_new || p->is_live ? PISTE_OK : PISTE_REFUSED);
    if (status == PISTE_OK) {
        json_t *again = NULL; // sent once more, it happens once
        assert_int_equal(ask(w->d, &again, reason, key, "O", twin), PISTE_OK);
        assert_true(json_equal(again, answer));
        json_decref(again);
        p->id = desk_number(answer, "person", 0);
        p->is_live = true;
        p->data[purpose] = (model_data){.is_held = true, .given_day = today()};
        snprintf(p->data[purpose].name, sizeof p->data[purpose].name, "%s", name);
        if (purpose == 0)
            snprintf(p->email, sizeof p->email, "%s", name);
    }
    json_decref(answer);
    json_decref(request);
    json_decref(twin);
}

static void erase(world *w, model_person *p, int purpose, bool all) {
    json_t *answer = NULL;
    char reason[40];
    piste_status status = purpose < 0 ? ask(w->d, &answer, reason, NULL, "{s:s,s:I,s:b}", "act", "person-erase",
                                            "person", (json_int_t)p->id, "all", all)
                                      : ask(w->d, &answer, reason, NULL, "{s:s,s:I,s:s,s:b}", "act", "person-erase",
                                            "person", (json_int_t)p->id, "purpose", purpose_names[purpose], "all", all);
    assert_int_equal(status, p->is_live ? PISTE_OK : PISTE_REFUSED);
    size_t erased = 0, kept = 0;
    for (int i = 0; p->is_live && i < PURPOSES; i++) {
        if ((purpose >= 0 && purpose != i) || !p->data[i].is_held)
            continue;
        bool binds = i == 2 && until(p, i) >= today() && !all;
        kept += binds;
        erased += !binds;
        p->data[i].is_held = binds;
    }
    if (status == PISTE_OK) {
        assert_int_equal(json_array_size(json_object_get(answer, "erased")), erased);
        assert_int_equal(json_array_size(json_object_get(answer, "kept")), kept);
        if (erased)
            settle(p);
    }
    json_decref(answer);
}

static void show(world *w, const model_person *p, int purpose) {
    json_t *answer = NULL;
    char reason[40];
    piste_status status = ask(w->d, &answer, reason, NULL, "{s:s,s:I,s:s}", "act", "person-show", "person",
                              (json_int_t)p->id, "purpose", purpose_names[purpose]);
    assert_int_equal(status, p->data[purpose].is_held ? PISTE_OK : PISTE_REFUSED);
    if (status == PISTE_OK)
        assert_string_equal(desk_text(json_object_get(answer, "data"), "name"), p->data[purpose].name);
    json_decref(answer);
}

static void find(world *w, const model_person *p) {
    json_t *answer = NULL;
    char reason[40], contact[64];
    if (!p->email[0])
        return;
    snprintf(contact, sizeof contact, " %s@EXAMPLE.org", p->email);
    assert_int_equal(ask(w->d, &answer, reason, NULL, "{s:s,s:s}", "act", "person-find", "contact", contact), PISTE_OK);
    const json_t *list = json_object_get(answer, "persons");
    assert_int_equal(json_array_size(list), p->data[0].is_held);
    if (p->data[0].is_held)
        assert_int_equal(json_integer_value(json_array_get(list, 0)), p->id);
    json_decref(answer);
}

static void order(world *w, model_person *p) {
    char reason[40], day[11];
    int64_t date = today() + (int64_t)draw(w, 20);
    piste_date_format((piste_date)date, day);
    piste_status status = ask(w->d, NULL, reason, NULL, "{s:s,s:[{s:s,s:s,s:[{s:s,s:I}]}],s:[{s:s}]}", "act", "order",
                              "positions", "product", "day", "date", day, "persons", "class", "adult", "person",
                              (json_int_t)p->id, "payments", "tender", "bank");
    assert_int_equal(status, p->is_live ? PISTE_OK : PISTE_REFUSED);
    if (status == PISTE_OK && date > p->visit_day)
        p->visit_day = date;
}

static void retain(world *w) {
    json_t *answer = NULL;
    char reason[40];
    bool more = true;
    int64_t erased = 0, expected = 0;
    while (more) {
        size_t i;
        json_t *of;
        assert_int_equal(ask(w->d, &answer, reason, NULL, "{s:s}", "act", "retain"), PISTE_OK);
        json_array_foreach(json_object_get(answer, "purposes"), i, of) erased += desk_number(of, "erased", 0);
        more = desk_flag(answer, "more");
        json_decref(answer);
    }
    for (int i = 0; i < w->m.count; i++) {
        model_person *p = &w->m.list[i];
        int before = (int)expected;
        for (int k = 0; k < PURPOSES; k++)
            if (p->data[k].is_held && until(p, k) < today()) {
                p->data[k].is_held = false;
                expected++;
            }
        if (expected > before)
            settle(p);
    }
    assert_int_equal(erased, expected);
}

static void check_all(world *w) {
    for (int i = 0; i < w->m.count; i++) {
        for (int k = 0; k < PURPOSES; k++)
            show(w, &w->m.list[i], k);
        find(w, &w->m.list[i]);
    }
    check_books(w->d);
}

static void no_plain_text(world *w) {
    int count = w->marker_count < 4 * PERSONS ? w->marker_count : 4 * PERSONS;
    for (int i = 0; i < count; i += 7)
        assert_int_equal(place_count(w->folder, w->markers[i], strlen(w->markers[i])), 0);
    assert_int_equal(place_count(w->folder, "example.org", 11), 0);
}

static piste_status read_erased(store_db *db, void *context) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows, "SELECT key_id FROM erasure ORDER BY key_id", NULL, 0);
    while (status == PISTE_OK && store_rows_next(rows))
        status = desk_key_ids_add(context, store_rows_value(rows, 0).data);
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

// Desk and vault know of the same erasures; that nothing is held of them is the audit's to say.
static void check_lists(desk *d) {
    desk_key_ids desks = {0}, vaults = {0};
    assert_int_equal(store_read(desk_get_store(d), read_erased, &desks), PISTE_OK);
    assert_int_equal(desk_vault_erased(desk_get_vault(d), &vaults), PISTE_OK);
    desk_key_ids_sort(&desks);
    assert_int_equal(desks.count, vaults.count);
    assert_memory_equal(desks.list, vaults.list, desks.count * DESK_KEY_ID_SIZE);
    desk_key_ids_release(&desks);
    desk_key_ids_release(&vaults);
}

// An older desk under the vault of now, or an older vault under the desk of now: erased ones stay erased; of the others the
// older desk knows what it knew, which is looked at in a copy that is thrown away.
static void restore_older(world *w, const char *desk_copy_path, const char *vault_copy_path, bool desks, bool vaults,
                          bool lists) {
    char path[300], keys[200], reason[40];
    world copy = *w;
    snprintf(path, sizeof path, "cp -r '%s' '%s.old'", w->folder, w->folder);
    assert_int_equal(system(path), 0);
    snprintf(copy.folder, sizeof copy.folder, "%s.old", w->folder);
    snprintf(keys, sizeof keys, "%s/keys", copy.folder);
    if (desks) {
        snprintf(path, sizeof path, "rm -f '%s'/desk.db* && cp '%s' '%s/desk.db'", copy.folder, desk_copy_path,
                 copy.folder);
        assert_int_equal(system(path), 0);
    }
    if (vaults)
        assert_int_equal(desk_vault_restore(keys, vault_copy_path, NULL), PISTE_OK);
    if (lists) { // the whole folder of the vault is the older one: the desk's own list wins
        snprintf(path, sizeof path, "cp '%s/list.backup' '%s/erased.list'", copy.folder, keys);
        assert_int_equal(system(path), 0);
    }
    copy.d = open_desk(copy.folder);
    check_lists(copy.d);
    for (int i = 0; i < w->m.count; i++)
        for (int k = 0; k < PURPOSES; k++) {
            const model_person *now = &w->m.list[i];
            json_t *answer = NULL;
            if (now->data[k].is_held) // its key may be younger than the older vault, or its data than the older desk
                continue;
            piste_status status = ask(copy.d, &answer, reason, NULL, "{s:s,s:I,s:s}", "act", "person-show", "person",
                                      (json_int_t)now->id, "purpose", purpose_names[k]);
            // An older desk may give the number anew, and has nobody of it here.
            assert_int_equal(status, PISTE_REFUSED);
            json_decref(answer);
        }
    check_books(copy.d);
    desk_close(copy.d);
    place_destroy(copy.folder);
}

static void random_lives(void **state) {
    (void)state;
    int steps = test_count(1200, 20000), restores = 0;
    world *w = calloc(1, sizeof *w);
    char desk_copy_path[120], vault_copy_path[120], command[300];
    assert_non_null(w);
    clock_now = (int64_t)17929 * DAY; // 2019-02-02
    w->stream = base_stream(base_key_text("lives"), 1);
    place_create(w->folder);
    w->d = open_desk(w->folder);
    set_up(w->d);
    snprintf(desk_copy_path, sizeof desk_copy_path, "%s/desk.backup", w->folder);
    snprintf(vault_copy_path, sizeof vault_copy_path, "%s/vault.backup", w->folder);
    for (int step = 0; step < steps; step++) {
        bool fresh = w->m.count == 0 || (w->m.count < PERSONS && draw(w, 6) == 0);
        model_person *p = fresh ? &w->m.list[w->m.count++] : &w->m.list[draw(w, (uint64_t)w->m.count)];
        if (fresh) {
            give(w, p, (int)draw(w, PURPOSES), true);
            continue;
        }
        switch (draw(w, 10)) {
        case 0:
        case 1:
            give(w, p, (int)draw(w, PURPOSES), false);
            break;
        case 2:
            erase(w, p, (int)draw(w, PURPOSES), draw(w, 3) == 0);
            break;
        case 3:
            erase(w, p, -1, draw(w, 2));
            break;
        case 4:
        case 5:
            order(w, p);
            break;
        case 6:
            find(w, p);
            break;
        case 7:
            clock_now += (int64_t)draw(w, 2) * DAY;
            if (draw(w, 4) == 0)
                retain(w);
            break;
        default:
            show(w, p, (int)draw(w, PURPOSES));
            break;
        }
        if (step % 200 == 199) {
            no_plain_text(w);
            if (access(desk_copy_path, F_OK) == 0) {
                check_all(w);
                desk_close(w->d);
                for (int kind = 1; kind < 5; kind++, restores++)
                    restore_older(w, desk_copy_path, vault_copy_path, kind & 1, kind & 2 || kind == 4, kind == 4);
                w->d = open_desk(w->folder);
                unlink(desk_copy_path);
                unlink(vault_copy_path);
            }
            desk_audit_result result;
            assert_int_equal(desk_backup(w->d, desk_copy_path, NULL, &result), PISTE_OK);
            assert_int_equal(desk_vault_backup(desk_get_vault(w->d), vault_copy_path, NULL), PISTE_OK);
            snprintf(command, sizeof command, "cp '%s/keys/erased.list' '%s/list.backup'", w->folder, w->folder);
            assert_int_equal(system(command), 0);
        }
    }
    check_all(w);
    no_plain_text(w);
    print_message("# %d steps, %d persons, %d restores\n", steps, w->m.count, restores);
    assert_true(restores > 0);
    desk_close(w->d);
    place_destroy(w->folder);
    free(w);
}

// ---- examples -------------------------------------------------------------------------------------------------------------------

static int64_t person_of(desk *d, const char *purpose, const char *name, const char *birth) {
    json_t *answer = NULL;
    char reason[40];
    json_t *data = json_pack("{s:s,s:s*}", "name", name, "birth", birth);
    assert_int_equal(ask(d, &answer, reason, NULL, "{s:s,s:s,s:o}", "act", "person", "purpose", purpose, "data", data),
                     PISTE_OK);
    int64_t id = desk_number(answer, "person", 0);
    json_decref(answer);
    return id;
}

static void only_what_is_needed_is_held(void **state) {
    (void)state;
    char folder[64], reason[40];
    json_t *answer = NULL;
    clock_now = (int64_t)17929 * DAY;
    place_create(folder);
    desk *d = open_desk(folder);
    set_up(d);
    assert_int_equal(ask(d, NULL, reason, NULL, "{s:s,s:s,s:{s:s,s:s}}", "act", "person", "purpose", "rental", "data",
                         "name", "A", "email", "a@b.example"),
                     PISTE_REFUSED);
    assert_string_equal(reason, "not_needed");
    int64_t p = person_of(d, "ticket", "Somebody", "1980-02-29");
    // A product of which nobody asked who holds it takes no holder; one that needs one is not sold without.
    MUST(d, "{s:s,s:s,s:s,s:s,s:[{s:s}]}", "act", "product", "product", "sledge", "name", "Sledge", "kind", "session",
         "takes", "resource", "visit");
    MUST(d, "{s:s,s:s,s:s,s:s}", "act", "price", "product", "sledge", "class", "adult", "amount", "5.00 USD");
    assert_int_equal(ask(d, NULL, reason, NULL, "{s:s,s:[{s:s,s:[{s:s,s:I}]}]}", "act", "order", "positions", "product",
                         "sledge", "persons", "class", "adult", "person", (json_int_t)p),
                     PISTE_REFUSED);
    assert_string_equal(reason, "holder_not_needed");
    MUST(d, "{s:s,s:s,s:s,s:b}", "act", "need", "product", "sledge", "purpose", "rental", "required", true);
    assert_int_equal(ask(d, NULL, reason, NULL, "{s:s,s:[{s:s,s:s}]}", "act", "order", "positions", "product", "sledge",
                         "class", "adult"),
                     PISTE_REFUSED);
    assert_string_equal(reason, "holder_missing");
    assert_int_equal(ask(d, NULL, reason, NULL, "{s:s,s:[{s:s,s:[{s:s,s:I}]}]}", "act", "order", "positions", "product",
                         "sledge", "persons", "class", "adult", "person", (json_int_t)p),
                     PISTE_REFUSED);
    assert_string_equal(reason, "holder_missing");
    MUST(d, "{s:s,s:s,s:I,s:{s:i}}", "act", "person", "purpose", "rental", "person", (json_int_t)p, "data", "weight_kg",
         70);
    MUST(d, "{s:s,s:[{s:s,s:[{s:s,s:I}]}]}", "act", "order", "positions", "product", "sledge", "persons", "class",
         "adult", "person", (json_int_t)p);
    // The export holds it all, and nothing of anybody else.
    person_of(d, "ticket", "Qq another Qq", NULL);
    assert_int_equal(ask(d, &answer, reason, NULL, "{s:s,s:I}", "act", "person-export", "person", (json_int_t)p),
                     PISTE_OK);
    char *text = json_dumps(answer, JSON_COMPACT);
    assert_non_null(strstr(text, "Somebody"));
    assert_non_null(strstr(text, "\"weight_kg\":70"));
    assert_non_null(strstr(text, "sledge"));
    assert_non_null(strstr(text, "not_held"));
    assert_null(strstr(text, "Qq another"));
    free(text);
    json_decref(answer);
    // Without the vault nothing is given, shown or erased, and everything else goes on.
    desk_close(d);
    char db[100];
    snprintf(db, sizeof db, "%s/desk.db", folder);
    assert_int_equal(desk_open(&(desk_def){.url = db, .now_ms = read_clock}, NULL, &d), PISTE_OK);
    assert_int_equal(ask(d, NULL, reason, NULL, "{s:s,s:I}", "act", "person-erase", "person", (json_int_t)p),
                     PISTE_REFUSED);
    assert_string_equal(reason, "no_vault");
    assert_int_equal(
        ask(d, NULL, reason, NULL, "{s:s,s:I,s:s}", "act", "person-show", "person", (json_int_t)p, "purpose", "ticket"),
        PISTE_REFUSED);
    MUST(d, "{s:s,s:[{s:s,s:s}]}", "act", "order", "positions", "product", "day", "class", "adult");
    desk_close(d);
    // Another vault is refused, unless that of the desk is lost; then everybody is erased, and the books stand.
    char other[100];
    snprintf(other, sizeof other, "%s/other", folder);
    desk_def def = {.url = db, .vault = other, .is_vault_new = true, .now_ms = read_clock};
    assert_int_equal(desk_open(&def, NULL, &d), PISTE_REFUSED);
    def.is_vault_lost = true;
    assert_int_equal(desk_open(&def, NULL, &d), PISTE_OK);
    assert_int_equal(
        ask(d, NULL, reason, NULL, "{s:s,s:I,s:s}", "act", "person-show", "person", (json_int_t)p, "purpose", "ticket"),
        PISTE_REFUSED);
    assert_string_equal(reason, "erased");
    check_books(d);
    desk_close(d);
    place_destroy(folder);
}

static piste_status sign(desk *d, char reason[40], int version, int64_t person, int64_t signer, const char *authority,
                         int64_t order, bool of_age) {
    json_t *request = json_pack("{s:s,s:s,s:i,s:s,s:I,s:I,s:s,s:b}", "act", "agreement-sign", "agreement", "waiver",
                                "version", version, "language", "en", "person", (json_int_t)person, "signer",
                                (json_int_t)signer, "authority", authority, "of_age", of_age);
    if (order)
        json_object_set_new(request, "order", json_integer(order));
    piste_status status = ask(d, NULL, reason, NULL, "O", request);
    json_decref(request);
    return status;
}

static bool has_signed(desk *d, int64_t person, char why[40]) {
    json_t *answer = NULL;
    char reason[40];
    assert_int_equal(ask(d, &answer, reason, NULL, "{s:s,s:s,s:I}", "act", "agreement", "agreement", "waiver", "person",
                         (json_int_t)person),
                     PISTE_OK);
    bool valid = desk_flag(answer, "valid");
    snprintf(why, 40, "%s", desk_text(answer, "why"));
    json_decref(answer);
    return valid;
}

static void text(desk *d, int version, bool again) {
    MUST(d, "{s:s,s:s,s:i,s:s,s:s,s:s,s:b,s:b,s:i}", "act", "agreement-text", "agreement", "waiver", "version", version,
         "language", "en", "title", "Waiver", "words", "I ski at my own risk.", "leader", true, "again", again,
         "keep_days", 1000);
}

typedef struct signers {
    int64_t adult, child, unknown;
} signers;

static void age_decides(desk *d, const signers *s) {
    char r[40], why[40];
    int64_t adult = s->adult, child = s->child, unknown = s->unknown;
    assert_false(has_signed(d, adult, why));
    assert_string_equal(why, "not_signed");
    assert_int_equal(sign(d, r, 2, adult, adult, "self", 0, false), PISTE_REFUSED);
    assert_string_equal(r, "no_text");
    assert_int_equal(sign(d, r, 1, adult, adult, "self", 0, false), PISTE_OK); // eighteen today
    assert_true(has_signed(d, adult, why));
    assert_int_equal(sign(d, r, 1, child, child, "self", 0, true),
                     PISTE_REFUSED); // eighteen tomorrow, whatever is declared
    assert_string_equal(r, "guardian_needed");
    assert_int_equal(sign(d, r, 1, adult, child, "guardian", 0, true), PISTE_REFUSED);
    assert_string_equal(r, "not_of_age");
    assert_int_equal(sign(d, r, 1, child, adult, "self", 0, false), PISTE_REFUSED);
    assert_int_equal(sign(d, r, 1, child, adult, "guardian", 0, false), PISTE_OK);
    assert_true(has_signed(d, child, why));
    assert_int_equal(sign(d, r, 1, unknown, unknown, "self", 0, false), PISTE_REFUSED);
    assert_string_equal(r, "age_unknown");
    assert_int_equal(sign(d, r, 1, unknown, unknown, "self", 0, true), PISTE_OK);
}

// A leader signs for those in the group's order, which is his or hers, and for nobody else.
static void leaders_sign_for_theirs(desk *d, const signers *s) {
    char r[40];
    int64_t adult = s->adult, child = s->child, unknown = s->unknown;
    json_t *answer = NULL;
    assert_int_equal(ask(d, &answer, r, NULL, "{s:s,s:[{s:s,s:[{s:s,s:I}]}]}", "act", "order", "positions", "product",
                         "day", "persons", "class", "adult", "person", (json_int_t)child),
                     PISTE_OK);
    int64_t group = desk_number(answer, "order", 0);
    json_decref(answer);
    assert_int_equal(sign(d, r, 1, child, adult, "leader", group, false), PISTE_REFUSED);
    MUST(d, "{s:s,s:I,s:I}", "act", "customer", "order", (json_int_t)group, "person", (json_int_t)adult);
    assert_int_equal(sign(d, r, 1, child, adult, "leader", group, false), PISTE_OK);
    assert_int_equal(sign(d, r, 1, unknown, adult, "leader", group, false), PISTE_REFUSED);
    assert_string_equal(r, "no_authority");
    // An order may name who leads it from the first; it is nobody who is not known.
    assert_int_equal(ask(d, NULL, r, NULL, "{s:s,s:I,s:[{s:s,s:[{s:s,s:I}]}]}", "act", "order", "customer",
                         (json_int_t)999999, "positions", "product", "day", "persons", "class", "adult", "person",
                         (json_int_t)child),
                     PISTE_REFUSED);
    assert_string_equal(r, "no_person");
    assert_int_equal(ask(d, &answer, r, NULL, "{s:s,s:I,s:[{s:s,s:[{s:s,s:I}]}]}", "act", "order", "customer",
                         (json_int_t)adult, "positions", "product", "day", "persons", "class", "adult", "person",
                         (json_int_t)unknown),
                     PISTE_OK);
    group = desk_number(answer, "order", 0);
    json_decref(answer);
    assert_int_equal(sign(d, r, 1, unknown, adult, "leader", group, false), PISTE_OK);
}

// A new version that must be signed again, a text that is changed.
static void versions_are_signed_anew(desk *d, int64_t adult) {
    char r[40], why[40];
    text(d, 2, false);
    assert_true(has_signed(d, adult, why));
    text(d, 3, true);
    assert_false(has_signed(d, adult, why));
    assert_string_equal(why, "old_version");
    assert_int_equal(sign(d, r, 1, adult, adult, "self", 0, false), PISTE_REFUSED);
    assert_int_equal(sign(d, r, 3, adult, adult, "self", 0, false), PISTE_OK);
    assert_true(has_signed(d, adult, why));
    assert_int_equal(ask(d, NULL, r, NULL, "{s:s,s:s,s:i,s:s,s:s,s:s,s:i}", "act", "agreement-text", "agreement",
                         "waiver", "version", 3, "language", "en", "title", "W", "words", "Other words", "keep_days",
                         1),
                     PISTE_REFUSED);
}

// Who signed for whom cannot be changed without a trace.
static void a_forged_authority_is_found(const char *folder) {
    char command[300];
    desk *d = NULL;
    snprintf(command, sizeof command, "cp '%s/desk.db' '%s/forged.db'", folder, folder);
    assert_int_equal(system(command), 0);
    sqlite3 *db = NULL;
    snprintf(command, sizeof command, "%s/forged.db", folder);
    assert_int_equal(sqlite3_open(command, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE agreement SET authority = 'self' WHERE authority = 'guardian'", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    desk_audit_result result;
    assert_int_equal(desk_open(&(desk_def){.url = command, .now_ms = read_clock}, NULL, &d), PISTE_OK);
    assert_int_equal(desk_audit(d, NULL, &result), PISTE_FOUND);
    desk_close(d);
}

static void who_may_sign_signs(void **state) {
    (void)state;
    char folder[64];
    clock_now = (int64_t)17929 * DAY; // 2019-02-02
    place_create(folder);
    desk *d = open_desk(folder);
    set_up(d);
    text(d, 1, false);
    signers s = {person_of(d, "ticket", "Adult", "2001-02-02"), person_of(d, "ticket", "Child", "2001-02-03"),
                 person_of(d, "ticket", "Unknown", NULL)};
    age_decides(d, &s);
    leaders_sign_for_theirs(d, &s);
    versions_are_signed_anew(d, s.adult);
    check_books(d);
    // The record outlives the person and says nothing of them; it goes when its time is over.
    MUST(d, "{s:s,s:I}", "act", "person-erase", "person", (json_int_t)s.adult);
    check_books(d);
    desk_close(d);
    a_forged_authority_is_found(folder);
    place_destroy(folder);
}

// ---- kills ------------------------------------------------------------------------------------------------------------------------

enum { KILL_PERSONS = 40 };

static void erase_until_killed(const char *folder, const int64_t *persons, int out) {
    desk *d = open_desk(folder);
    for (int i = 0; i < KILL_PERSONS; i++) {
        char reason[40], key[32];
        snprintf(key, sizeof key, "erase-%d", i);
        piste_status status =
            ask(d, NULL, reason, key, "{s:s,s:I}", "act", "person-erase", "person", (json_int_t)persons[i]);
        if (status != PISTE_OK && strcmp(reason, "erased") != 0)
            _exit(2);
        if (write(out, &i, sizeof i) != sizeof i)
            _exit(3);
    }
    for (;;)
        pause();
}

static void an_erasure_that_was_told_outlives_a_kill(void **state) {
    (void)state;
    int cycles = test_count(6, 300), told = 0, open = 0;
    for (int cycle = 0; cycle < cycles; cycle++) {
        char folder[64];
        int64_t persons[KILL_PERSONS];
        int ends[2], last = -1, status = 0;
        clock_now = (int64_t)17929 * DAY;
        place_create(folder);
        desk *d = open_desk(folder);
        set_up(d);
        for (int i = 0; i < KILL_PERSONS; i++)
            persons[i] = person_of(d, "ticket", "Qxsomebody", NULL);
        desk_close(d);
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            erase_until_killed(folder, persons, ends[1]);
        }
        close(ends[1]);
        uint64_t when = base_draw(base_key_text("when"), (uint64_t)cycle);
        // In most cycles after it has begun to answer, in some while it is still opening the desk.
        struct pollfd answered = {.fd = ends[0], .events = POLLIN};
        if (cycle % 3)
            poll(&answered, 1, 10000);
        nanosleep(&(struct timespec){0, (long)(when % 12000000)}, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (read(ends[0], &status, sizeof status) == sizeof status)
            last = status;
        close(ends[0]);
        d = open_desk(folder);
        desk_key_ids erased = {0};
        int held = 0;
        for (int i = 0; i < KILL_PERSONS; i++) {
            char reason[40];
            piste_status shown = ask(d, NULL, reason, NULL, "{s:s,s:I,s:s}", "act", "person-show", "person",
                                     (json_int_t)persons[i], "purpose", "ticket");
            if (i <= last)
                assert_string_equal(reason, "erased");
            held += shown == PISTE_OK;
        }
        // What the desk erased the vault has erased, too, acknowledged or not, as soon as the desk is open again.
        assert_int_equal(desk_vault_erased(desk_get_vault(d), &erased), PISTE_OK);
        assert_int_equal(erased.count, KILL_PERSONS - held);
        desk_key_ids_release(&erased);
        check_books(d);
        desk_close(d);
        place_destroy(folder);
        told += last + 1;
        open += held;
    }
    print_message("# %d kills, %d erasures told, %d persons not erased yet\n", cycles, told, open);
    assert_true(told > 0 && open > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_lives),
        cmocka_unit_test(only_what_is_needed_is_held),
        cmocka_unit_test(who_may_sign_signs),
        cmocka_unit_test(an_erasure_that_was_told_outlives_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
