// day_csv.c - a day as a folder of CSV files for spreadsheets and statistics programs.
//
// RFC 4180 with lines that end in a bare new line, as programs on this side of the fence write them. Everything over time
// is in the long form: one line for each bin and thing, so that a filter or a pivot finds what it needs.
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/inside.h"

enum { DECIMALS = 3, SHARE_DECIMALS = 6 };

// ---- fields -----------------------------------------------------------------------------------------------------

static bool at_line_start(const base_text *out) {
    return out->length == 0 || out->data[out->length - 1] == '\n';
}

static void comma(base_text *out) {
    if (!at_line_start(out))
        base_text_add(out, ",");
}

static void add_text(base_text *out, const char *text) {
    bool first = at_line_start(out);
    comma(out);
    if (!strpbrk(text, "\",\r\n") && !(first && !*text)) { // an empty first field would swallow its comma
        base_text_add(out, text);
        return;
    }
    base_text_add(out, "\"");
    for (;;) {
        size_t plain = strcspn(text, "\"");
        base_text_add_bytes(out, text, plain);
        if (!text[plain])
            break;
        base_text_add(out, "\"\"");
        text += plain + 1;
    }
    base_text_add(out, "\"");
}

static void add_count(base_text *out, int64_t count) {
    comma(out);
    base_text_format(out, "%lld", (long long)count);
}

// Without printf's floating point, whose decimal sign is the locale's. NaN is an empty field.
static void add_number(base_text *out, double value, int decimals) {
    static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    comma(out);
    if (value != value)
        return;
    if (value > 9e12 || value < -9e12) {
        base_text_format(out, "%.0f", value);
        return;
    }
    int64_t scaled = (int64_t)base_round(value * (double)powers[decimals], 0);
    uint64_t size = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled, power = (uint64_t)powers[decimals];
    base_text_format(out, "%s%llu", scaled < 0 ? "-" : "", (unsigned long long)(size / power));
    uint64_t rest = size % power;
    if (rest == 0)
        return;
    for (; rest % 10 == 0; rest /= 10)
        decimals--;
    base_text_format(out, ".%0*llu", decimals, (unsigned long long)rest);
}

static void add_time(base_text *out, int32_t second) {
    char text[16];
    report_clock(second, text);
    add_text(out, text);
}

static void add_waits(base_text *out, const piste_waits *wait) {
    add_count(out, wait->count);
    add_number(out, wait->count ? wait->mean_s : (double)NAN, DECIMALS);
    const int32_t values[] = {wait->p50_s, wait->p90_s, wait->p99_s, wait->max_s};
    for (size_t i = 0; i < BASE_COUNT(values); i++)
        if (wait->count)
            add_count(out, values[i]);
        else
            comma(out);
}

#define WAIT_HEAD "wait_count,wait_mean_s,wait_p50_s,wait_p90_s,wait_p99_s,wait_max_s"

static void end_line(base_text *out) {
    base_text_add(out, "\n");
}

// ---- files ------------------------------------------------------------------------------------------------------

typedef struct source {
    const piste_resort *resort;
    const piste_day_result *day;
    const piste_day *run; // for parties; NULL: none are told
} source;

static void add_counts(base_text *out, const int64_t *list, int count) {
    for (int i = 0; i < count; i++)
        add_count(out, list[i]);
}

static void add_quantiles(base_text *out, const piste_quantiles *q) {
    add_number(out, q->p10, DECIMALS);
    add_number(out, q->p50, DECIMALS);
    add_number(out, q->p90, DECIMALS);
}

// Names of columns made of words: ",missed_closed,missed_full".
#define HEAD_OF_WORDS(out, format, word_of, count)                                                                     \
    for (int word_index = 0; word_index < (count); word_index++)                                                       \
    base_text_format(out, format, word_of(word_index))

static void fill_day(const source *s, base_text *out) {
    const piste_day_result *d = s->day;
    char date[11] = "";
    if (d->date != PISTE_DATE_NONE)
        piste_date_format(d->date, date);
    base_text_add(out, "resort,date,seed,sold,guests,gone,still_here,assisted,present_max,present_max_at,last_gone,"
                       "events,rides," WAIT_HEAD ",from,to,bin_s\n");
    add_text(out, d->resort);
    add_text(out, date);
    base_text_format(out, ",%llu", (unsigned long long)d->seed);
    const int64_t counts[] = {d->sold, d->guests, d->gone, d->still_here, d->assisted, d->present_max};
    for (size_t i = 0; i < BASE_COUNT(counts); i++)
        add_count(out, counts[i]);
    if (d->present_max)
        add_time(out, d->present_max_at_s);
    else
        comma(out);
    if (d->last_gone_s >= 0)
        add_time(out, d->last_gone_s);
    else
        comma(out);
    add_count(out, d->events);
    add_count(out, d->rides);
    add_waits(out, &d->wait);
    add_time(out, d->from_s);
    add_time(out, d->to_s);
    add_count(out, d->bin_s);
    end_line(out);
}

static void fill_lifts(const source *s, base_text *out) {
    base_text_add(out,
                  "key,name,rides,rides_down," WAIT_HEAD ",queue_max,still_in_line,turned_away,seats_filled,used,stops,"
                  "stopped_s,open_s");
    HEAD_OF_WORDS(out, ",turned_away_%s", piste_away_word, PISTE_AWAY_COUNT);
    end_line(out);
    for (int32_t i = 0; i < s->day->lifts.count; i++) {
        const piste_lift_result *l = &s->day->lifts.list[i];
        add_text(out, l->key);
        add_text(out, l->name);
        add_count(out, l->rides);
        add_count(out, l->rides_down);
        add_waits(out, &l->wait);
        add_count(out, l->queue_max);
        add_count(out, l->still_in_line);
        add_count(out, l->turned_away);
        add_number(out, l->seats_filled, SHARE_DECIMALS);
        add_number(out, l->used, SHARE_DECIMALS);
        add_count(out, l->stops);
        add_count(out, l->stopped_s);
        add_count(out, l->open_s);
        add_counts(out, l->turned_away_by, PISTE_AWAY_COUNT);
        end_line(out);
    }
}

static void fill_runs(const source *s, base_text *out) {
    base_text_add(out, "key,name,descents,density_peak_per_ha,density_standard_per_ha\n");
    for (int32_t i = 0; i < s->day->runs.count; i++) {
        const piste_run_result *r = &s->day->runs.list[i];
        add_text(out, r->key);
        add_text(out, r->name);
        add_count(out, r->descents);
        add_number(out, r->density_peak_per_ha, DECIMALS);
        add_number(out, r->density_standard_per_ha, DECIMALS);
        end_line(out);
    }
}

static void fill_venues(const source *s, base_text *out) {
    base_text_add(out, "key,name,kind,visits," WAIT_HEAD ",queue_max,inside_max,missed");
    HEAD_OF_WORDS(out, ",missed_%s", piste_missed_word, PISTE_MISSED_COUNT);
    end_line(out);
    for (int32_t i = 0; i < s->day->venues.count; i++) {
        const piste_venue_result *v = &s->day->venues.list[i];
        const char *kind = piste_venue_kind_word(v->kind);
        add_text(out, v->key);
        add_text(out, v->name);
        add_text(out, kind ? kind : "other");
        add_count(out, v->visits);
        add_waits(out, &v->wait);
        add_count(out, v->queue_max);
        add_count(out, v->inside_max);
        add_count(out, v->missed);
        add_counts(out, v->missed_by, PISTE_MISSED_COUNT);
        end_line(out);
    }
}

static void fill_segments(const source *s, base_text *out) {
    base_text_add(out,
                  "key,name,sold,arrived,gone,still_here,assisted,parties,rides,descent_m," WAIT_HEAD ",wished,missed");
    HEAD_OF_WORDS(out, ",%s_s", piste_spent_word, PISTE_SPENT_COUNT);
    base_text_add(out, ",here_s,rides_each_p10,rides_each_p50,rides_each_p90,descent_each_m_p10,descent_each_m_p50,"
                       "descent_each_m_p90,waiting_each_s_p10,waiting_each_s_p50,waiting_each_s_p90,here_each_s_p10,"
                       "here_each_s_p50,here_each_s_p90");
    HEAD_OF_WORDS(out, ",missed_%s", piste_missed_word, PISTE_MISSED_COUNT);
    base_text_add(out, ",left_behind,refused,turned_away,unridden");
    HEAD_OF_WORDS(out, ",unridden_%s", piste_unridden_word, PISTE_UNRIDDEN_COUNT);
    end_line(out);
    for (int32_t i = 0; i < s->day->segments.count; i++) {
        const piste_segment_result *g = &s->day->segments.list[i];
        const int64_t counts[] = {g->sold, g->arrived, g->gone, g->still_here, g->assisted, g->parties, g->rides};
        add_text(out, g->key);
        add_text(out, g->name);
        for (size_t k = 0; k < BASE_COUNT(counts); k++)
            add_count(out, counts[k]);
        add_number(out, g->descent_m, DECIMALS);
        add_waits(out, &g->wait);
        add_count(out, g->wished);
        add_count(out, g->missed);
        add_counts(out, g->spent_s, PISTE_SPENT_COUNT);
        add_count(out, g->here_s);
        add_quantiles(out, &g->rides_each);
        add_quantiles(out, &g->descent_each_m);
        add_quantiles(out, &g->waiting_each_s);
        add_quantiles(out, &g->here_each_s);
        add_counts(out, g->missed_by, PISTE_MISSED_COUNT);
        add_count(out, g->left_behind);
        add_count(out, g->refused);
        add_count(out, g->turned_away);
        add_count(out, g->unridden);
        add_counts(out, g->unridden_by, PISTE_UNRIDDEN_COUNT);
        end_line(out);
    }
}

// Where there was no time, there is no line.
static void fill_budgets(const source *s, base_text *out) {
    base_text_add(out, "segment,at,inside_s,queued_s\n");
    for (int32_t i = 0; i < s->day->segments.count; i++)
        for (int32_t at = 0; at < PISTE_AT_COUNT; at++) {
            const piste_segment_result *g = &s->day->segments.list[i];
            if (g->at_s[at] == 0 && g->queued_at_s[at] == 0)
                continue;
            add_text(out, g->key);
            add_text(out, piste_at_word(at));
            add_count(out, g->at_s[at]);
            add_count(out, g->queued_at_s[at]);
            end_line(out);
        }
}

static void fill_visits(const source *s, base_text *out) {
    base_text_add(out, "segment,visit,what,wished,made,under_way,missed");
    HEAD_OF_WORDS(out, ",missed_%s", piste_missed_word, PISTE_MISSED_COUNT);
    end_line(out);
    for (int32_t i = 0; i < s->day->visits.count; i++) {
        const piste_visit_result *v = &s->day->visits.list[i];
        const int64_t counts[] = {v->wished, v->made, v->under_way, v->missed};
        add_text(out, s->day->segments.list[v->segment].key);
        add_count(out, v->visit + 1);
        add_text(out, v->what);
        add_counts(out, counts, BASE_COUNT(counts));
        add_counts(out, v->missed_by, PISTE_MISSED_COUNT);
        end_line(out);
    }
}

static void fill_groups(const source *s, base_text *out) {
    base_text_add(out, "by,key,people,parties,rides,waited_s,here_s,descent_m,waiting_each_s_p10,waiting_each_s_p50,"
                       "waiting_each_s_p90,longest_wait_s\n");
    for (int by = 0; by < PISTE_GROUP_BY_COUNT; by++)
        for (int32_t i = 0; i < s->day->groups[by].count; i++) {
            const piste_group_result *g = &s->day->groups[by].list[i];
            const int64_t counts[] = {g->people, g->parties, g->rides, g->waited_s, g->here_s};
            add_text(out, piste_group_by_word((piste_group_by)by));
            add_text(out, g->key);
            add_counts(out, counts, BASE_COUNT(counts));
            add_number(out, g->descent_m, DECIMALS);
            add_quantiles(out, &g->waiting_each_s);
            add_count(out, g->longest_wait_s);
            end_line(out);
        }
}

static void fill_bindings(const source *s, base_text *out) {
    base_text_add(out, "limit,key,name,first,bound_s,people,lost_s\n");
    for (int32_t i = 0; i < s->day->bindings.count; i++) {
        const piste_binding *b = &s->day->bindings.list[i];
        add_text(out, piste_limit_word(b->limit));
        add_text(out, b->key);
        add_text(out, b->name);
        add_time(out, b->first_s);
        add_count(out, b->bound_s);
        add_count(out, b->people);
        add_count(out, b->lost_s);
        end_line(out);
    }
}

static void fill_parties(const source *s, base_text *out) {
    base_text_add(
        out,
        "party,segment,size,weakest,on_foot,arrived,gone,assisted,rides,descent_m,longest_wait_s,missed,turned_away,"
        "here_s");
    HEAD_OF_WORDS(out, ",%s_s", piste_spent_word, PISTE_SPENT_COUNT);
    end_line(out);
    for (int32_t i = 0; s->run && i < s->day->parties; i++) {
        piste_party_result p = piste_day_get_party(s->run, i);
        if (p.size == 0) // those who part are told with the others
            continue;
        add_count(out, i);
        add_text(out, s->day->segments.list[p.segment].key);
        add_count(out, p.size);
        add_text(out, piste_ability_word((piste_ability)p.ability));
        add_count(out, p.on_foot);
        if (p.arrived_s >= 0)
            add_time(out, p.arrived_s);
        else
            comma(out);
        if (p.gone_s >= 0)
            add_time(out, p.gone_s);
        else
            comma(out);
        add_count(out, p.assisted);
        add_count(out, p.rides);
        add_number(out, p.descent_m, DECIMALS);
        add_count(out, p.longest_wait_s);
        add_count(out, p.missed);
        add_count(out, p.turned_away);
        add_count(out, p.here_s);
        add_counts(out, p.spent_s, PISTE_SPENT_COUNT);
        end_line(out);
    }
}

static void fill_assumptions(const source *s, base_text *out) {
    base_arena *arena = base_arena_create();
    report_assumptions all = {0};
    if (!arena || !report_assumptions_find(s->resort, s->day, arena, &all))
        out->failed = true;
    base_text_add(out, "entry,key,field,basis,source,share\n");
    for (int32_t i = 0; i < all.count; i++) {
        const report_assumption *a = &all.list[i];
        add_text(out, a->entry);
        add_text(out, a->key);
        add_text(out, a->field);
        add_text(out, piste_basis_kind_word(a->basis));
        add_text(out, a->source);
        add_number(out, a->share, SHARE_DECIMALS);
        end_line(out);
    }
    base_arena_destroy(arena);
}

static int32_t bin_start(const piste_day_result *day, int32_t bin) {
    return day->from_s + bin * day->bin_s;
}

static void fill_present_over_time(const source *s, base_text *out) {
    base_text_add(out, "time,present\n");
    for (int32_t b = 0; b < s->day->bin_count; b++) {
        add_time(out, bin_start(s->day, b));
        add_count(out, s->day->present[b]);
        end_line(out);
    }
}

static void fill_lifts_over_time(const source *s, base_text *out) {
    base_text_add(out, "time,lift,queue,boarded,wait_mean_s\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->lifts.count; i++) {
            const piste_lift_result *l = &s->day->lifts.list[i];
            add_time(out, bin_start(s->day, b));
            add_text(out, l->key);
            add_count(out, l->queue[b]);
            add_count(out, l->boarded[b]);
            add_number(out, l->wait_mean_s[b], DECIMALS);
            end_line(out);
        }
}

static void fill_runs_over_time(const source *s, base_text *out) {
    base_text_add(out, "time,run,people\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->runs.count; i++) {
            add_time(out, bin_start(s->day, b));
            add_text(out, s->day->runs.list[i].key);
            add_number(out, s->day->runs.list[i].people[b], DECIMALS);
            end_line(out);
        }
}

static void fill_venues_over_time(const source *s, base_text *out) {
    base_text_add(out, "time,venue,inside\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->venues.count; i++) {
            add_time(out, bin_start(s->day, b));
            add_text(out, s->day->venues.list[i].key);
            add_count(out, s->day->venues.list[i].inside[b]);
            end_line(out);
        }
}

static void fill_bindings_over_time(const source *s, base_text *out) {
    base_text_add(out, "time,limit,key,bound\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->bindings.count; i++) {
            add_time(out, bin_start(s->day, b));
            add_text(out, piste_limit_word(s->day->bindings.list[i].limit));
            add_text(out, s->day->bindings.list[i].key);
            add_count(out, s->day->bindings.list[i].bound[b]);
            end_line(out);
        }
}

static const struct {
    const char *name;
    void (*fill)(const source *s, base_text *out);
} files[] = {{"day.csv", fill_day},
             {"lifts.csv", fill_lifts},
             {"runs.csv", fill_runs},
             {"venues.csv", fill_venues},
             {"segments.csv", fill_segments},
             {"budgets.csv", fill_budgets},
             {"visits.csv", fill_visits},
             {"groups.csv", fill_groups},
             {"bindings.csv", fill_bindings},
             {"parties.csv", fill_parties},
             {"assumptions.csv", fill_assumptions},
             {"present_over_time.csv", fill_present_over_time},
             {"lifts_over_time.csv", fill_lifts_over_time},
             {"runs_over_time.csv", fill_runs_over_time},
             {"venues_over_time.csv", fill_venues_over_time},
             {"bindings_over_time.csv", fill_bindings_over_time}};

// ---- the folder -------------------------------------------------------------------------------------------------

piste_status report_csv_check(const char *folder, piste_errors *errors) {
    DIR *stream = opendir(folder);
    if (!stream) {
        if (errno == ENOENT)
            return PISTE_OK;
        if (errno == ENOTDIR)
            return piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "is there and is no folder");
        return piste_errors_add(errors, PISTE_IO, folder, 0, 0, "%s", strerror(errno));
    }
    const struct dirent *item;
    bool empty = true;
    while (empty && (item = readdir(stream)))
        empty = strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0;
    closedir(stream);
    return empty ? PISTE_OK
                 : piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "is not empty; name a new or an empty folder");
}

static char *path_of(const char *folder, const char *name) {
    base_text path = {0};
    base_text_format(&path, "%s/%s", folder, name);
    if (path.failed) {
        base_text_release(&path);
        return NULL;
    }
    return path.data;
}

static piste_status write_one(const source *s, size_t index, const char *folder, piste_errors *errors) {
    base_text text = {0};
    char *path = path_of(folder, files[index].name);
    files[index].fill(s, &text);
    piste_status status = !path || text.failed ? piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory")
                                               : base_file_write(path, text.data, text.length, errors);
    base_text_release(&text);
    free(path);
    return status;
}

static void take_back(const char *folder, size_t count, bool created) {
    for (size_t i = 0; i < count; i++) {
        char *path = path_of(folder, files[i].name);
        if (path)
            unlink(path);
        free(path);
    }
    if (created)
        rmdir(folder);
}

piste_status report_day_csv(const piste_resort *resort, const piste_day_result *day, const piste_day *run,
                            const char *folder, piste_errors *errors) {
    const source s = {resort, day, run};
    piste_status status = report_csv_check(folder, errors);
    if (status != PISTE_OK)
        return status;
    bool created = mkdir(folder, 0777) == 0;
    if (!created && errno != EEXIST) {
        status = errno == ENOENT || errno == ENOTDIR ? PISTE_NOT_FOUND : PISTE_IO;
        return piste_errors_add(errors, status, folder, 0, 0, "%s", strerror(errno));
    }
    size_t done = 0;
    while (done < BASE_COUNT(files) && status == PISTE_OK)
        if ((status = write_one(&s, done, folder, errors)) == PISTE_OK)
            done++;
    if (status != PISTE_OK)
        take_back(folder, done, created);
    return status;
}
