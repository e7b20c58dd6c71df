// pass.c - `piste pass`: the office that passes are issued from.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/pass.h"

static int64_t now(void) {
    return (int64_t)time(NULL);
}

// ---- setting up -----------------------------------------------------------------------------------------------------

// "2026-12-01..2027-03-31", or one date.
static bool read_days(const char *text, piste_date *first, piste_date *last) {
    char from[11], until[11];
    size_t length = strlen(text);
    if (length != 10 && (length != 22 || memcmp(text + 10, "..", 2) != 0))
        return false;
    snprintf(from, sizeof from, "%.10s", text);
    snprintf(until, sizeof until, "%.10s", length == 22 ? text + 12 : text);
    return piste_date_parse(from, first) == PISTE_OK && piste_date_parse(until, last) == PISTE_OK && *first <= *last;
}

static piste_status make_table(const pass_wishes *w, const char *folder, const piste_table *before, piste_errors *errors, piste_table **table) {
    piste_date first, last, as_of = PISTE_DATE_NONE;
    const piste_travel_limits limits = piste_travel_limits_default();
    piste_resort *resort = NULL;
    if (!w->days || !read_days(w->days, &first, &last))
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--days %s, expected business days such as 2026-12-01..2027-03-31", w->days ? w->days : "is missing");
    if (w->date && piste_date_parse(w->date, &as_of) != PISTE_OK)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--date %s, expected a date such as 2026-12-24", w->date);
    piste_status status = piste_resort_load(folder, as_of, errors, &resort);
    if (status == PISTE_OK)
        status = piste_table_make(resort, first, last, &limits, before, errors, table);
    piste_resort_destroy(resort);
    return status;
}

static void print_table(const piste_table *t) {
    int widest = 8;
    for (int32_t i = 0; i < t->entrances.count; i++) {
        int columns = base_text_columns(t->entrances.list[i].key);
        widest = columns > widest ? columns : widest;
    }
    printf("%-*s  number  points  opened by zone\n", widest, "Entrance");
    for (int32_t i = 0; i < t->entrances.count; i++) {
        const piste_entrance *e = &t->entrances.list[i];
        const char *between = "";
        printf("%-*s  %6u  %6d  ", widest, e->key, e->number, e->points);
        for (int32_t z = 0; z < t->zones.count; z++)
            if (e->zones >> t->zones.list[z].bit & 1) {
                printf("%s%s", between, t->zones.list[z].key);
                between = ", ";
            }
        printf("\n");
    }
    printf("\n%-*s  number  name\n", widest, "Product");
    for (int32_t i = 0; i < t->products.count; i++)
        printf("%-*s  %6u  %s\n", widest, t->products.list[i].key, t->products.list[i].number, t->products.list[i].name);
    printf("\n%-*s  number  name\n", widest, "Class");
    for (int32_t i = 0; i < t->holders.count; i++)
        printf("%-*s  %6d  %s\n", widest, t->holders.list[i].key, t->holders.list[i].number, t->holders.list[i].name);
}

static piste_status setup(const pass_wishes *w, piste_errors *errors) {
    piste_table *table = NULL;
    piste_status status = make_table(w, w->words[1], NULL, errors, &table);
    if (status == PISTE_OK)
        status = office_make(w->words[0], table, now(), errors);
    if (status == PISTE_OK)
        printf("%s is the office of %s now: %d entrances, %d products, %d business days.\n"
               "Its keys make passes: nobody else may read the folder. Keep a copy: piste pass backup %s FILE --passphrase FILE\n",
               w->words[0], table->resort, table->entrances.count, table->products.count, table->days.count - 1, w->words[0]);
    piste_table_destroy(table);
    return status;
}

static piste_status table_again(const pass_wishes *w, piste_errors *errors) {
    office o = {0};
    piste_table *table = NULL;
    piste_status status = office_open(w->words[0], errors, &o);
    if (status == PISTE_OK && w->count == 1) { // to be looked at
        print_table(o.table);
    } else if (status == PISTE_OK) {
        status = make_table(w, w->words[1], o.table, errors, &table);
        if (status == PISTE_OK)
            status = office_save_table(o.folder, table, now(), errors);
        if (status == PISTE_OK)
            print_table(table);
    }
    piste_table_destroy(table);
    office_close(&o);
    return status;
}

// ---- keys -----------------------------------------------------------------------------------------------------------

static void print_keys(const office *o) {
    printf("%-8s  %-4s  %-7s  %-16s  %s\n", "Key", "use", "state", "counts until", "fingerprint");
    for (int32_t i = 0; i < piste_keys_count(o->keys); i++) {
        const piste_key *k = piste_keys_get(o->keys, i);
        char until[20] = "", print[PISTE_FINGERPRINT + 1];
        piste_public_key_fingerprint(&k->public, print);
        if (piste_local_text(o->table->zone, piste_minute_second(k->public.until_min), until) != PISTE_OK)
            until[0] = 0;
        bool ended = piste_minute_of(now()) >= k->public.until_min;
        printf("%08x  %-4s  %-7s  %-16.16s  %s\n", k->public.id, piste_key_use_word(k->public.use),
               ended ? "ended" : k->state == PISTE_KEY_SIGNS ? "signs" : "retired", until, print);
    }
}

static piste_status keys(const pass_wishes *w, piste_errors *errors) {
    office o = {0};
    piste_status status = office_open(w->words[0], errors, &o);
    if (status == PISTE_OK)
        print_keys(&o);
    office_close(&o);
    return status;
}

static piste_status rotate(const pass_wishes *w, piste_errors *errors) {
    office o = {0};
    piste_key_use use = w->use && strcmp(w->use, "list") == 0 ? PISTE_KEY_LIST : PISTE_KEY_PASS;
    if (w->use && strcmp(w->use, "list") != 0 && strcmp(w->use, "pass") != 0)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--use %s, expected pass or list", w->use);
    piste_status status = office_open(w->words[0], errors, &o);
    if (status == PISTE_OK)
        status = piste_keys_rotate(o.keys, use, now(), errors);
    if (status == PISTE_OK) {
        print_keys(&o);
        printf("Publish now%s, and make a new backup.\n",
               use == PISTE_KEY_LIST ? ": gates that have not heard of the new key take nothing that it signs" : "");
    }
    office_close(&o);
    return status;
}

static piste_status end_key(const pass_wishes *w, piste_errors *errors) {
    office o = {0};
    char *rest = NULL;
    unsigned long id = strtoul(w->words[1], &rest, 16);
    if (strlen(w->words[1]) != 8 || *rest)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "key %s, expected eight hexadecimal digits", w->words[1]);
    piste_status status = office_open(w->words[0], errors, &o);
    if (status == PISTE_OK)
        status = piste_keys_end(o.keys, (uint32_t)id, now(), errors);
    if (status == PISTE_OK)
        print_keys(&o);
    office_close(&o);
    return status;
}

// The first line of a file.
static piste_status read_passphrase(const pass_wishes *w, piste_errors *errors, char **passphrase) {
    size_t length = 0;
    if (!w->passphrase)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--passphrase is missing: the file whose first line opens the backup");
    piste_status status = base_file_read(strcmp(w->passphrase, "-") == 0 ? "/dev/stdin" : w->passphrase, 4096, errors, passphrase, &length);
    if (status != PISTE_OK)
        return status;
    (*passphrase)[strcspn(*passphrase, "\r\n")] = 0;
    if (strlen(*passphrase) >= 8)
        return PISTE_OK;
    free(*passphrase);
    *passphrase = NULL;
    return piste_errors_add(errors, PISTE_INVALID, w->passphrase, 1, 0, "a passphrase of less than 8 characters");
}

static piste_status backup(const pass_wishes *w, piste_errors *errors) {
    office o = {0};
    char *passphrase = NULL;
    piste_status status = read_passphrase(w, errors, &passphrase);
    if (status == PISTE_OK)
        status = office_open(w->words[0], errors, &o);
    if (status == PISTE_OK)
        status = office_backup(&o, passphrase, w->words[1], now(), errors);
    office_close(&o);
    free(passphrase);
    return status;
}

static piste_status restore(const pass_wishes *w, piste_errors *errors) {
    char *passphrase = NULL;
    piste_status status = read_passphrase(w, errors, &passphrase);
    if (status == PISTE_OK)
        status = office_restore(w->words[0], passphrase, w->words[1], now(), errors);
    if (status == PISTE_OK)
        printf("%s is as it was when the backup was made. Revoke again what was revoked since; gates have not forgotten it.\n", w->words[1]);
    free(passphrase);
    return status;
}

// ---- lists ----------------------------------------------------------------------------------------------------------

// A pass by its number, or by its token, which also says when it ends.
static bool read_pass(const char *word, const piste_key *signing, uint64_t *id, int32_t *until_min) {
    uint8_t token[PISTE_PASS_BYTES];
    piste_pass pass;
    *until_min = signing->public.until_min;
    if (piste_pass_id_from_text(word, id) == PISTE_OK)
        return true;
    if (piste_pass_from_text(word, strlen(word), token) != PISTE_OK || piste_pass_read(token, &pass) != PISTE_OK)
        return false;
    *id = pass.id;
    *until_min = pass.until_min;
    return true;
}

static piste_status change_lists(const pass_wishes *w, bool revoke, piste_errors *errors) {
    office o = {0};
    piste_status status = office_open(w->words[0], errors, &o);
    const piste_key *longest = NULL; // no pass ends later than the key that signed it
    for (int32_t i = 0; status == PISTE_OK && i < piste_keys_count(o.keys); i++)
        if (!longest || piste_keys_get(o.keys, i)->public.until_min > longest->public.until_min)
            longest = piste_keys_get(o.keys, i);
    for (int i = 1; status == PISTE_OK && i < w->count; i++) {
        uint64_t id;
        int32_t until_min;
        if (!read_pass(w->words[i], longest, &id, &until_min))
            status = piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "%.40s%s, expected the 16 digits of a pass, or its token", w->words[i],
                                      strlen(w->words[i]) > 40 ? "..." : "");
        else if ((status = revoke ? piste_lists_revoke(&o.lists, id, until_min, now()) : piste_lists_waive(&o.lists, id)) != PISTE_OK)
            status = piste_errors_add(errors, status, o.folder, 0, 0, "its lists take no more");
    }
    if (status == PISTE_OK)
        status = office_save_lists(&o, errors);
    if (status == PISTE_OK)
        printf("%d pass%s %s; gates know it once they have what 'piste pass publish' writes.\n", w->count - 1, w->count == 2 ? "" : "es",
               revoke ? "revoked" : "waived");
    office_close(&o);
    return status;
}

static piste_status revoke(const pass_wishes *w, piste_errors *errors) {
    return change_lists(w, true, errors);
}
static piste_status waive(const pass_wishes *w, piste_errors *errors) {
    return change_lists(w, false, errors);
}

static piste_status take_merged(const pass_wishes *w, office *o, piste_errors *errors) {
    piste_merge *merge = NULL;
    int64_t added = 0, cut = 0;
    piste_status status = piste_merge_create(errors, &merge);
    if (status == PISTE_OK)
        status = piste_merge_add_file(merge, w->merged, errors, &added, &cut);
    if (status == PISTE_OK && (status = piste_merge_to_lists(merge, o->table, now(), &o->lists)) != PISTE_OK)
        status = piste_errors_add(errors, status, w->merged, 0, 0, "%s", piste_status_text(status));
    piste_merge_destroy(merge);
    return status;
}

static piste_status publish(const pass_wishes *w, piste_errors *errors) {
    office o = {0};
    int64_t hours = 0;
    if (w->stale && !cli_parse_number(w->stale, 1, 10000, &hours))
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--stale-after %s, expected hours, 1 to 10000", w->stale);
    piste_status status = office_open(w->words[0], errors, &o);
    if (status == PISTE_OK && hours)
        o.lists.stale_after_h = (int32_t)hours;
    if (status == PISTE_OK && w->merged)
        status = take_merged(w, &o, errors);
    if (status == PISTE_OK)
        status = piste_publish(o.keys, o.table, &o.lists, now(), w->words[1], errors);
    if (status == PISTE_OK)
        status = office_save_lists(&o, errors); // its version: the next one is newer
    if (status == PISTE_OK)
        printf("%s: version %lld, %lld revoked, %lld waived, %lld known passes of %lld logs\n", w->words[1], (long long)o.lists.version,
               (long long)o.lists.revoked_count, (long long)o.lists.waived_count, (long long)o.lists.known_count, (long long)o.lists.merged_count);
    office_close(&o);
    return status;
}

// ---- the command ----------------------------------------------------------------------------------------------------

static const pass_verb verbs[] = {
    {"setup", 2, 2, "OFFICE RESORT", setup, "--days --date"},
    {"table", 1, 2, "OFFICE [RESORT]", table_again, "--days --date"},
    {"keys", 1, 1, "OFFICE", keys, ""},
    {"rotate", 1, 1, "OFFICE", rotate, "--use"},
    {"end", 2, 2, "OFFICE KEY", end_key, ""},
    {"issue", 2, 2, "OFFICE PRODUCT", pass_issue, "--from --until --hours --opens --class --points --waiver --name --count --text --svg --pdf --json"},
    {"show", 2, 2, "OFFICE TOKEN", pass_show, "--json"},
    {"revoke", 2, 1000, "OFFICE PASS...", revoke, ""},
    {"waive", 2, 1000, "OFFICE PASS...", waive, ""},
    {"publish", 2, 2, "OFFICE FOLDER", publish, "--merged --stale-after"},
    {"backup", 2, 2, "OFFICE FILE", backup, "--passphrase"},
    {"restore", 2, 2, "FILE OFFICE", restore, "--passphrase"},
};

// Whether the verb takes what was given: an option that would be passed over is told.
static const char *stray_option(const pass_verb *verb, const cli_option *options, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool given = options[i].flag ? *options[i].flag : *options[i].value != NULL;
        size_t length = strlen(options[i].name);
        bool taken = false;
        for (const char *at = verb->options; (at = strstr(at, options[i].name)); at += length)
            taken = taken || at[length] == ' ' || at[length] == 0;
        if (given && !taken)
            return options[i].name;
    }
    return NULL;
}

static int run(int argc, char **argv) {
    pass_wishes w = {0};
    int operands = 0;
    bool done = false;
    const cli_option options[] = {
        {"--days", &w.days, NULL, NULL}, {"--date", &w.date, NULL, NULL}, {"--use", &w.use, NULL, NULL}, {"--from", &w.from, NULL, NULL},
        {"--until", &w.until, NULL, NULL}, {"--hours", &w.hours, NULL, NULL}, {"--opens", &w.opens, NULL, NULL}, {"--class", &w.holder, NULL, NULL},
        {"--points", &w.points, NULL, NULL}, {"--waiver", NULL, &w.waiver, NULL}, {"--name", &w.name, NULL, NULL}, {"--count", &w.number, NULL, NULL},
        {"--text", &w.text, NULL, NULL}, {"--svg", &w.svg, NULL, NULL}, {"--pdf", &w.pdf, NULL, NULL}, {"--json", &w.json, NULL, NULL},
        {"--merged", &w.merged, NULL, NULL}, {"--stale-after", &w.stale, NULL, NULL}, {"--passphrase", &w.passphrase, NULL, NULL}};
    if (cli_read_options(&cli_pass, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    const pass_verb *verb = NULL;
    for (size_t i = 0; operands && i < BASE_COUNT(verbs); i++)
        if (strcmp(verbs[i].name, argv[0]) == 0)
            verb = &verbs[i];
    if (!verb)
        return operands ? cli_usage(&cli_pass, "unknown act %s", argv[0]) : cli_usage(&cli_pass, "expected an act");
    w.words = argv + 1;
    w.count = operands - 1;
    if (w.count < verb->least || w.count > verb->most)
        return cli_usage(&cli_pass, "expected: piste pass %s %s", verb->name, verb->operands);
    const char *stray = stray_option(verb, options, BASE_COUNT(options));
    if (stray)
        return cli_usage(&cli_pass, "'piste pass %s' does not take %s", verb->name, stray);
    piste_errors *errors = piste_errors_create();
    piste_status status = verb->act(&w, errors);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    piste_errors_destroy(errors);
    return code;
}

const cli_command cli_pass = {
    "pass", "issue, revoke and publish passes",
    "usage: piste pass ACT OFFICE ...\n"
    "\n"
    "The office is a folder with the keys that sign passes, what the resort has to open, and what was revoked.\n"
    "\n"
    "  setup OFFICE RESORT --days FIRST..LAST   makes it, for these business days\n"
    "  table OFFICE [RESORT --days FIRST..LAST] entrances, products and classes; with a resort, made anew of it\n"
    "  issue OFFICE PRODUCT --from DATE ...     issues a pass\n"
    "  show OFFICE TOKEN                        says what a pass says; - reads it from standard input\n"
    "  revoke OFFICE PASS...                    takes passes back, by their numbers or tokens\n"
    "  waive OFFICE PASS...                     says that their waivers have been signed\n"
    "  publish OFFICE FOLDER                    writes what gates shall know, signed\n"
    "  keys OFFICE                              lists the keys\n"
    "  rotate OFFICE                            makes a new key sign from now on\n"
    "  end OFFICE KEY                           makes a key count no more\n"
    "  backup OFFICE FILE, restore FILE OFFICE  all of it, behind a passphrase\n"
    "\n"
    "  --days DAYS         business days of the calendar, such as 2026-12-01..2027-03-31\n"
    "  --date DATE         the resort as it is on that date; otherwise on its own as-of date\n"
    "  --from DATE         first business day, or a time of the resort's zone such as '2026-12-24 13:00'\n"
    "  --until DATE        last business day (otherwise the first), or the time at which it ends\n"
    "  --hours TIMES       of each of its days, such as 13:00-16:30\n"
    "  --points N          points, or days for a product that counts days\n"
    "  --class CLASS       of the holder; otherwise the first\n"
    "  --opens ZONES       instead of what the product opens, such as lifts,rink\n"
    "  --waiver            opens only once the waiver is signed\n"
    "  --name NAME         to be printed on the card; it stands nowhere else\n"
    "  --count N           so many passes alike, each with a number of its own; 1 to 1000\n"
    "  --text FILE         the tokens, one a line; - for standard output, as without any of these\n"
    "  --svg FILE          the card as a picture; - as above\n"
    "  --pdf FILE          the cards, a page each; - as above\n"
    "  --json FILE         all about it as JSON, one line a pass; - as above\n"
    "  --use USE           rotate: the key for passes (pass, the default) or for what gates are told (list)\n"
    "  --merged FILE       publish: what 'piste gate merge' has merged, so that all gates know it\n"
    "  --stale-after HOURS publish: after so many hours gates say that their lists are old; otherwise as before, at first 24\n"
    "  --passphrase FILE   backup, restore: a file whose first line opens it; - for standard input\n"
    "\n"
    "exit code: 0 done, 2 usage, 3 not there, 4 not as expected, 5 it would overwrite, or another process has the office,\n"
    "6 it could not be read or written\n",
    run};
