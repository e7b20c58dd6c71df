// gate.c - `piste gate`: a gate's folder, its scans, its log, and the merging of logs.
#define _DEFAULT_SOURCE // S_ISDIR of stat on all systems
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/gate.h"

// ---- making and updating ----------------------------------------------------------------------------------------------

static int make(const gate_wishes *w, piste_errors *errors) {
    int64_t number = 0;
    piste_clock clock = piste_clock_read();
    if (!w->number || !cli_parse_number(w->number, 1, UINT32_MAX, &number))
        return cli_tell(piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--number %s, expected 1 to 4294967295, another for each gate", w->number ? w->number : "is missing"), errors);
    if (!w->at)
        return cli_tell(piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--at is missing: the entrance at which it stands"), errors);
    piste_status status = piste_gate_make(w->words[0], w->words[1], w->fingerprint, number, w->at, &clock, errors);
    if (status != PISTE_OK)
        return cli_tell(status, errors);
    printf("Gate %lld stands at %s. It trusts the office of %s%s.\n", (long long)number, w->at, w->words[1],
           w->fingerprint ? "" : ", whose fingerprint was not asked for: see 'piste pass keys'");
    return 0;
}

static int update(const gate_wishes *w, piste_errors *errors) {
    piste_clock clock = piste_clock_read();
    uint32_t taken = 0;
    piste_status status = piste_gate_update(w->words[0], w->words[1], &clock, errors, &taken);
    if (status != PISTE_OK)
        return cli_tell(status, errors);
    printf("%s:", w->words[0]);
    for (int i = 0; i < PISTE_DOCUMENT_COUNT; i++)
        if (taken >> i & 1)
            printf(" newer %s", piste_document_word((piste_document)i));
    printf("%s\n", taken ? "" : " has the newest already");
    return 0;
}

// ---- state and clock --------------------------------------------------------------------------------------------------

static int state(const gate_wishes *w, piste_errors *errors) {
    piste_gate *gate = NULL;
    piste_gate_state about;
    piste_status status = piste_gate_open(w->words[0], errors, &gate);
    if (status != PISTE_OK)
        return cli_tell(status, errors);
    piste_gate_get_state(gate, &about);
    const piste_table *t = piste_gate_get_table(gate);
    int64_t now_s = piste_clock_read().wall_s, age_h = (now_s - about.lists_issued_s) / 3600;
    char seen[20] = "";
    if (piste_local_text(t->zone, about.seen_s, seen) != PISTE_OK)
        seen[0] = 0;
    int32_t at = piste_table_find_number(t, about.entrance);
    bool stale = age_h >= about.lists_stale_after_h;
    int code = 0;
    if (w->json) {
        json_t *json = json_pack("{s:s,s:I,s:s,s:I,s:I,s:I,s:b,s:I,s:I,s:I,s:I}", "resort", t->resort, "gate", (json_int_t)about.number,
                                 "entrance", t->entrances.list[at].key, "sequence", (json_int_t)about.sequence, "version",
                                 (json_int_t)about.versions[PISTE_DOCUMENT_LISTS], "lists-issued-s", (json_int_t)about.lists_issued_s,
                                 "stale", (int)stale, "revoked", (json_int_t)about.revoked, "waived", (json_int_t)about.waived, "seen-s",
                                 (json_int_t)about.seen_s, "cut-bytes", (json_int_t)about.cut_bytes);
        code = gate_write_json(w, json);
    } else {
        printf("Gate      %u at %s, %s\nRecords   %lld\nLists     version %lld, %lld h old%s, %lld revoked, %lld waived\nTime      not before %s\n",
               about.number, t->entrances.list[at].key, t->resort, (long long)about.sequence, (long long)about.versions[PISTE_DOCUMENT_LISTS],
               (long long)(age_h > 0 ? age_h : 0), stale ? " (old)" : "", (long long)about.revoked, (long long)about.waived, seen);
        if (about.cut_bytes)
            printf("Log       %lld bytes of a record that was not whole were set aside\n", (long long)about.cut_bytes);
    }
    piste_gate_close(gate);
    return code;
}

static int set_clock(const gate_wishes *w, piste_errors *errors) {
    piste_gate *gate = NULL;
    piste_clock clock = piste_clock_read();
    char text[20] = "";
    piste_status status = piste_gate_open(w->words[0], errors, &gate);
    if (status == PISTE_OK && piste_local_text(piste_gate_get_table(gate)->zone, clock.wall_s, text) != PISTE_OK)
        text[0] = 0;
    if (status == PISTE_OK && w->accept)
        status = piste_gate_accept_clock(gate, &clock, errors);
    piste_gate_close(gate);
    if (status != PISTE_OK)
        return cli_tell(status, errors);
    printf(w->accept ? "It is %s from now on; the log says so.\n" : "It is %s. If that is right and the gate will not believe it: --accept\n", text);
    return 0;
}

// ---- logs -------------------------------------------------------------------------------------------------------------

// A gate's folder stands for its logs.
static piste_status add_log(piste_merge *merge, const char *word, bool quiet, piste_errors *errors) {
    struct stat about;
    int64_t added = 0, cut = 0;
    bool is_gate = stat(word, &about) == 0 && S_ISDIR(about.st_mode);
    piste_status status = is_gate ? piste_merge_add_gate(merge, word, errors, &added, &cut)
                                  : piste_merge_add_file(merge, word, errors, &added, &cut);
    if (!quiet && status == PISTE_OK) {
        printf("%s: %lld new", word, (long long)added);
        if (cut)
            printf(", %lld bytes of a record that is not whole", (long long)cut);
        printf("\n");
    }
    return status;
}

static const char *entrance_name(const piste_table *t, uint16_t number, char room[16]) {
    int32_t at = t ? piste_table_find_number(t, number) : -1;
    if (at >= 0)
        return t->entrances.list[at].key;
    snprintf(room, 16, number ? "%u" : "-", number);
    return room;
}

static json_t *record_json(const piste_record *r, const piste_table *t) {
    char id[PISTE_PASS_ID_TEXT + 1] = "", log[PISTE_PASS_ID_TEXT + 1], room[16];
    piste_pass pass;
    if (piste_pass_read(r->body, &pass) == PISTE_OK)
        piste_pass_id_to_text(pass.id, id);
    piste_pass_id_to_text(r->log, log);
    json_t *json = json_pack("{s:I,s:s,s:I,s:s,s:s,s:s,s:I,s:I,s:i}", "gate", (json_int_t)r->gate, "log", log, "sequence", (json_int_t)r->sequence, "act",
                     r->kind == PISTE_RECORD_CLOCK ? "clock" : piste_scan_reason_word(r->reason), "entrance",
                     entrance_name(t, r->entrance, room), "pass", id, "at", (json_int_t)r->judged_s, "wall-s", (json_int_t)r->wall_s, "points",
                     (int)r->points_taken);
    if (json && r->undoes)
        json_object_set_new(json, "undoes", json_integer(r->undoes));
    return json;
}

static int show_log(const gate_wishes *w, piste_errors *errors) {
    piste_merge *merge = NULL;
    piste_table *table = NULL;
    piste_lists lists = {0};
    piste_status status = piste_merge_create(errors, &merge);
    if (status == PISTE_OK)
        status = add_log(merge, w->words[0], true, errors);
    struct stat about; // a gate's folder names its entrances
    if (status == PISTE_OK && stat(w->words[0], &about) == 0 && S_ISDIR(about.st_mode))
        status = piste_published_read(w->words[0], errors, &table, &lists);
    base_text out = {0};
    for (int64_t i = 0; status == PISTE_OK && i < piste_merge_count(merge); i++) {
        const piste_record *r = piste_merge_get(merge, i);
        json_t *json = record_json(r, table);
        char time[20] = "", *line = json ? json_dumps(json, JSON_COMPACT) : NULL, room[16];
        out.failed = out.failed || !line;
        if (w->json) {
            base_text_format(&out, "%s\n", line ? line : "");
        } else if (piste_local_text(table ? table->zone : "UTC", r->judged_s, time) == PISTE_OK) {
            const char *id = json_string_value(json_object_get(json, "pass"));
            base_text_format(&out, "%6lld  %s  %-16s  %-11s  %s\n", (long long)r->sequence, time, entrance_name(table, r->entrance, room),
                             r->kind == PISTE_RECORD_CLOCK ? "clock" : piste_scan_reason_word(r->reason), id && *id ? id : "-");
        }
        free(line);
        json_decref(json);
    }
    int code = status != PISTE_OK ? cli_tell(status, errors) : 0;
    if (code == 0 && out.failed)
        code = cli_tell(PISTE_MEMORY, NULL);
    if (code == 0)
        code = cli_write(w->json ? w->json : "-", out.data ? out.data : "", out.length);
    base_text_release(&out);
    piste_table_destroy(table);
    piste_lists_release(&lists);
    piste_merge_destroy(merge);
    return code;
}

static json_t *finding_json(const piste_gate_finding *f, const piste_table *t) {
    char id[PISTE_PASS_ID_TEXT + 1] = "";
    if (f->pass)
        piste_pass_id_to_text(f->pass, id);
    json_t *json = json_pack("{s:s,s:s,s:s,s:I,s:I,s:o}", "finding", piste_finding_kind_word(f->kind), "text", piste_finding_kind_text(f->kind),
                             "pass", id, "value", (json_int_t)f->value, "expected", (json_int_t)f->expected, "second", record_json(f->second, t));
    if (json && f->first)
        json_object_set_new(json, "first", record_json(f->first, t));
    return json;
}

static void finding_line(const piste_gate_finding *f, const piste_table *t, base_text *out) {
    char id[PISTE_PASS_ID_TEXT + 1] = "-", time[20] = "", room[16], before[16];
    if (f->pass)
        piste_pass_id_to_text(f->pass, id);
    if (piste_local_text(t->zone, f->second->judged_s, time) != PISTE_OK)
        time[0] = 0;
    base_text_format(out, "%-9s  %-16s  %s  gate %u, %s: ", piste_finding_kind_word(f->kind), id, time, f->second->gate,
                     entrance_name(t, f->second->entrance, room));
    if (f->kind == PISTE_FINDING_TWICE)
        base_text_format(out, "%lld s after gate %u, %s; nobody takes less than %lld s\n", (long long)f->value, f->first->gate,
                         entrance_name(t, f->first->entrance, before), (long long)f->expected);
    else if (f->kind == PISTE_FINDING_OVERSPENT)
        base_text_format(out, "the pass has %lld, %lld were taken\n", (long long)f->expected, (long long)f->value);
    else if (f->kind == PISTE_FINDING_GAP)
        base_text_format(out, "records %lld to %lld are missing\n", (long long)f->value, (long long)f->expected);
    else
        base_text_format(out, "%s\n", piste_finding_kind_text(f->kind));
}

static int tell_findings(const gate_wishes *w, piste_merge *merge, const piste_table *table, const piste_lists *lists) {
    const piste_gate_finding *list = NULL;
    int64_t count = 0;
    piste_status status = piste_merge_judge(merge, table, lists, &list, &count);
    if (status != PISTE_OK)
        return cli_tell(status, NULL);
    if (w->json) {
        json_t *all = json_array();
        for (int64_t i = 0; i < count; i++)
            json_array_append_new(all, finding_json(&list[i], table));
        return gate_write_json(w, json_pack("{s:I,s:o}", "records", (json_int_t)piste_merge_count(merge), "findings", all));
    }
    base_text out = {0};
    for (int64_t i = 0; i < count; i++)
        finding_line(&list[i], table, &out);
    base_text_format(&out, "%lld records, %lld finding%s\n", (long long)piste_merge_count(merge), (long long)count, count == 1 ? "" : "s");
    int code = out.failed ? cli_tell(PISTE_MEMORY, NULL) : cli_write("-", out.data, out.length);
    base_text_release(&out);
    return code;
}

static int merge_logs(const gate_wishes *w, piste_errors *errors) {
    piste_merge *merge = NULL;
    piste_table *table = NULL;
    piste_lists lists = {0};
    struct stat about;
    piste_status status = piste_merge_create(errors, &merge);
    if (status == PISTE_OK && stat(w->words[0], &about) == 0) // goes on with what was merged before
        status = add_log(merge, w->words[0], true, errors);
    for (int i = 1; status == PISTE_OK && i < w->count; i++)
        status = add_log(merge, w->words[i], w->json && strcmp(w->json, "-") == 0, errors);
    if (status == PISTE_OK && w->published)
        status = piste_published_read(w->published, errors, &table, &lists);
    if (status == PISTE_OK)
        status = piste_merge_save(merge, w->words[0], errors);
    int code = status != PISTE_OK ? cli_tell(status, errors) : 0;
    if (code == 0 && table)
        code = tell_findings(w, merge, table, &lists);
    piste_table_destroy(table);
    piste_lists_release(&lists);
    piste_merge_destroy(merge);
    return code;
}

// ---- the command ------------------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    int least, most;
    const char *operands;
    int (*act)(const gate_wishes *w, piste_errors *errors);
    const char *options;
} verbs[] = {
    {"make", 2, 2, "GATE PUBLISHED", make, "--number --at --fingerprint"},
    {"update", 2, 2, "GATE PUBLISHED", update, ""},
    {"judge", 2, 2, "GATE TOKEN", gate_judge, "--at --times --json"},
    {"undo", 2, 2, "GATE RECORD", gate_undo, "--json"},
    {"state", 1, 1, "GATE", state, "--json"},
    {"log", 1, 1, "GATE", show_log, "--json"},
    {"clock", 1, 1, "GATE", set_clock, "--accept"},
    {"merge", 1, 100000, "MERGED GATE...", merge_logs, "--published --json"},
};

static bool is_taken(const char *options, const char *name) {
    size_t length = strlen(name);
    for (const char *at = options; (at = strstr(at, name)); at += length)
        if (at[length] == ' ' || at[length] == 0)
            return true;
    return false;
}

static int run(int argc, char **argv) {
    gate_wishes w = {0};
    int operands = 0, verb = -1;
    bool done = false;
    const cli_option options[] = {{"--number", &w.number, NULL, NULL}, {"--at", &w.at, NULL, NULL}, {"--fingerprint", &w.fingerprint, NULL, NULL},
                                  {"--times", NULL, &w.times, NULL}, {"--json", &w.json, NULL, NULL}, {"--accept", NULL, &w.accept, NULL},
                                  {"--published", &w.published, NULL, NULL}};
    if (cli_read_options(&cli_gate, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    for (size_t i = 0; operands && i < BASE_COUNT(verbs); i++)
        if (strcmp(verbs[i].name, argv[0]) == 0)
            verb = (int)i;
    if (verb < 0)
        return operands ? cli_usage(&cli_gate, "unknown act %s", argv[0]) : cli_usage(&cli_gate, "expected an act");
    w.words = argv + 1;
    w.count = operands - 1;
    if (w.count < verbs[verb].least || w.count > verbs[verb].most)
        return cli_usage(&cli_gate, "expected: piste gate %s %s", verbs[verb].name, verbs[verb].operands);
    for (size_t i = 0; i < BASE_COUNT(options); i++)
        if ((options[i].flag ? *options[i].flag : *options[i].value != NULL) && !is_taken(verbs[verb].options, options[i].name))
            return cli_usage(&cli_gate, "'piste gate %s' does not take %s", verbs[verb].name, options[i].name);
    piste_errors *errors = piste_errors_create();
    int code = verbs[verb].act(&w, errors);
    piste_errors_destroy(errors);
    return code;
}

const cli_command cli_gate = {
    "gate", "judge passes at an entrance, and merge what gates saw",
    "usage: piste gate ACT GATE ...\n"
    "\n"
    "A gate is a folder with public keys, what the office published, and its own log. It needs no network.\n"
    "\n"
    "  make GATE PUBLISHED     makes it of what 'piste pass publish' wrote\n"
    "  update GATE PUBLISHED   takes what is newer there; a gate at work takes it up by itself\n"
    "  judge GATE TOKEN        judges a scan and says why; - judges scans from standard input as they come\n"
    "  undo GATE RECORD        somebody was let in and did not go through: the scan counts no more\n"
    "  state GATE              says how it stands\n"
    "  log GATE                lists what it did; or what is in a log, or in a merged file\n"
    "  clock GATE              says what time it takes it to be\n"
    "  merge MERGED GATE...    merges logs, or the logs of gates, in any order and any number of times\n"
    "\n"
    "  --number N          of the gate: another one for each\n"
    "  --at ENTRANCE       at which it stands, or at which a scan is judged instead; see 'piste pass table'\n"
    "  --fingerprint HEX   of the office's list key ('piste pass keys'): no other office is believed\n"
    "  --times             scans from standard input bring their own time\n"
    "  --json FILE         the answer as JSON, one line a scan; - for standard output\n"
    "  --accept            says that this machine's clock is right now, whatever the gate saw before\n"
    "  --published FOLDER  judges what was merged again with the table and lists there, and lists what was let in twice,\n"
    "                      spent twice, or revoked\n"
    "\n"
    "A line of standard input is a token, or {\"pass\": TOKEN, \"at\": ENTRANCE, \"time-s\": SECONDS}; the last two may be left out;\n"
    "or {\"undo\": RECORD}: who was let in by that record (\"sequence\" of its answer) did not go through.\n"
    "Nobody is answered before the record is on the disk.\n"
    "\n"
    "exit code of judge: 0 come in, 11 to 24 the reason why not (docs/guide/gate.md lists them); with - 0 when every line was\n"
    "a scan, otherwise 4. Of all: 2 usage, 3 not there, 4 not as expected, 5 another process has it, 6 not read or written\n",
    run};
