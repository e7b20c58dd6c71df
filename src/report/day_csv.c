// day_csv.c - a day as a folder of CSV files for spreadsheets and statistics programs.
//
// RFC 4180 with lines that end in a bare new line, as programs on this side of the fence write them. Everything over time
// is in the long form: one line for each bin and thing, so that a filter or a pivot finds what it needs.
#include <math.h>

#include "report/csv.h"
#include "report/inside.h"

enum { DECIMALS = 3, SHARE_DECIMALS = 6 };

// ---- fields -----------------------------------------------------------------------------------------------------

static void add_time(base_text *out, int32_t second) {
    char text[16];
    report_clock(second, text);
    csv_text(out, text);
}

static void add_waits(base_text *out, const piste_waits *wait) {
    csv_count(out, wait->count);
    csv_number(out, wait->count ? wait->mean_s : (double)NAN, DECIMALS);
    const int32_t values[] = {wait->p50_s, wait->p90_s, wait->p99_s, wait->max_s};
    for (size_t i = 0; i < BASE_COUNT(values); i++)
        if (wait->count)
            csv_count(out, values[i]);
        else
            csv_comma(out);
}

#define WAIT_HEAD "wait_count,wait_mean_s,wait_p50_s,wait_p90_s,wait_p99_s,wait_max_s"

// ---- files ------------------------------------------------------------------------------------------------------

typedef struct source {
    const piste_resort *resort;
    const piste_day_result *day;
    const piste_day *run; // for parties; NULL: none are told
} source;

static void add_counts(base_text *out, const int64_t *list, int count) {
    for (int i = 0; i < count; i++)
        csv_count(out, list[i]);
}

static void add_quantiles(base_text *out, const piste_quantiles *q) {
    csv_number(out, q->p10, DECIMALS);
    csv_number(out, q->p50, DECIMALS);
    csv_number(out, q->p90, DECIMALS);
}

// Names of columns made of words: ",missed_closed,missed_full".
#define HEAD_OF_WORDS(out, format, word_of, count)                                                                     \
    for (int word_index = 0; word_index < (count); word_index++)                                                       \
    base_text_format(out, format, word_of(word_index))

static void fill_day(const void *data, base_text *out) {
    const source *s = data;
    const piste_day_result *d = s->day;
    char date[11] = "";
    if (d->date != PISTE_DATE_NONE)
        piste_date_format(d->date, date);
    base_text_add(out, "resort,date,seed,sold,guests,gone,still_here,assisted,present_max,present_max_at,last_gone,"
                       "events,rides," WAIT_HEAD ",from,to,bin_s\n");
    csv_text(out, d->resort);
    csv_text(out, date);
    base_text_format(out, ",%llu", (unsigned long long)d->seed);
    const int64_t counts[] = {d->sold, d->guests, d->gone, d->still_here, d->assisted, d->present_max};
    for (size_t i = 0; i < BASE_COUNT(counts); i++)
        csv_count(out, counts[i]);
    if (d->present_max)
        add_time(out, d->present_max_at_s);
    else
        csv_comma(out);
    if (d->last_gone_s >= 0)
        add_time(out, d->last_gone_s);
    else
        csv_comma(out);
    csv_count(out, d->events);
    csv_count(out, d->rides);
    add_waits(out, &d->wait);
    add_time(out, d->from_s);
    add_time(out, d->to_s);
    csv_count(out, d->bin_s);
    csv_end(out);
}

static void fill_lifts(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out,
                  "key,name,rides,rides_down," WAIT_HEAD ",queue_max,still_in_line,turned_away,seats_filled,used,stops,"
                  "stopped_s,open_s");
    HEAD_OF_WORDS(out, ",turned_away_%s", piste_away_word, PISTE_AWAY_COUNT);
    csv_end(out);
    for (int32_t i = 0; i < s->day->lifts.count; i++) {
        const piste_lift_result *l = &s->day->lifts.list[i];
        csv_text(out, l->key);
        csv_text(out, l->name);
        csv_count(out, l->rides);
        csv_count(out, l->rides_down);
        add_waits(out, &l->wait);
        csv_count(out, l->queue_max);
        csv_count(out, l->still_in_line);
        csv_count(out, l->turned_away);
        csv_number(out, l->seats_filled, SHARE_DECIMALS);
        csv_number(out, l->used, SHARE_DECIMALS);
        csv_count(out, l->stops);
        csv_count(out, l->stopped_s);
        csv_count(out, l->open_s);
        add_counts(out, l->turned_away_by, PISTE_AWAY_COUNT);
        csv_end(out);
    }
}

static void fill_runs(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "key,name,descents,density_peak_per_ha,density_standard_per_ha\n");
    for (int32_t i = 0; i < s->day->runs.count; i++) {
        const piste_run_result *r = &s->day->runs.list[i];
        csv_text(out, r->key);
        csv_text(out, r->name);
        csv_count(out, r->descents);
        csv_number(out, r->density_peak_per_ha, DECIMALS);
        csv_number(out, r->density_standard_per_ha, DECIMALS);
        csv_end(out);
    }
}

static void fill_venues(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "key,name,kind,visits," WAIT_HEAD ",queue_max,inside_max,missed");
    HEAD_OF_WORDS(out, ",missed_%s", piste_missed_word, PISTE_MISSED_COUNT);
    csv_end(out);
    for (int32_t i = 0; i < s->day->venues.count; i++) {
        const piste_venue_result *v = &s->day->venues.list[i];
        const char *kind = piste_venue_kind_word(v->kind);
        csv_text(out, v->key);
        csv_text(out, v->name);
        csv_text(out, kind ? kind : "other");
        csv_count(out, v->visits);
        add_waits(out, &v->wait);
        csv_count(out, v->queue_max);
        csv_count(out, v->inside_max);
        csv_count(out, v->missed);
        add_counts(out, v->missed_by, PISTE_MISSED_COUNT);
        csv_end(out);
    }
}

static void fill_segments(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out,
                  "key,name,sold,arrived,gone,still_here,assisted,parties,rides,descent_m," WAIT_HEAD ",wished,missed");
    HEAD_OF_WORDS(out, ",%s_s", piste_spent_word, PISTE_SPENT_COUNT);
    base_text_add(out, ",here_s,rides_each_p10,rides_each_p50,rides_each_p90,descent_each_m_p10,descent_each_m_p50,"
                       "descent_each_m_p90,waiting_each_s_p10,waiting_each_s_p50,waiting_each_s_p90,here_each_s_p10,"
                       "here_each_s_p50,here_each_s_p90");
    HEAD_OF_WORDS(out, ",missed_%s", piste_missed_word, PISTE_MISSED_COUNT);
    base_text_add(out, ",left_behind,refused,turned_away,unridden");
    HEAD_OF_WORDS(out, ",unridden_%s", piste_unridden_word, PISTE_UNRIDDEN_COUNT);
    csv_end(out);
    for (int32_t i = 0; i < s->day->segments.count; i++) {
        const piste_segment_result *g = &s->day->segments.list[i];
        const int64_t counts[] = {g->sold, g->arrived, g->gone, g->still_here, g->assisted, g->parties, g->rides};
        csv_text(out, g->key);
        csv_text(out, g->name);
        for (size_t k = 0; k < BASE_COUNT(counts); k++)
            csv_count(out, counts[k]);
        csv_number(out, g->descent_m, DECIMALS);
        add_waits(out, &g->wait);
        csv_count(out, g->wished);
        csv_count(out, g->missed);
        add_counts(out, g->spent_s, PISTE_SPENT_COUNT);
        csv_count(out, g->here_s);
        add_quantiles(out, &g->rides_each);
        add_quantiles(out, &g->descent_each_m);
        add_quantiles(out, &g->waiting_each_s);
        add_quantiles(out, &g->here_each_s);
        add_counts(out, g->missed_by, PISTE_MISSED_COUNT);
        csv_count(out, g->left_behind);
        csv_count(out, g->refused);
        csv_count(out, g->turned_away);
        csv_count(out, g->unridden);
        add_counts(out, g->unridden_by, PISTE_UNRIDDEN_COUNT);
        csv_end(out);
    }
}

// Where there was no time, there is no line.
static void fill_budgets(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "segment,at,inside_s,queued_s\n");
    for (int32_t i = 0; i < s->day->segments.count; i++)
        for (int32_t at = 0; at < PISTE_AT_COUNT; at++) {
            const piste_segment_result *g = &s->day->segments.list[i];
            if (g->at_s[at] == 0 && g->queued_at_s[at] == 0)
                continue;
            csv_text(out, g->key);
            csv_text(out, piste_at_word(at));
            csv_count(out, g->at_s[at]);
            csv_count(out, g->queued_at_s[at]);
            csv_end(out);
        }
}

static void fill_visits(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "segment,visit,what,wished,made,under_way,missed");
    HEAD_OF_WORDS(out, ",missed_%s", piste_missed_word, PISTE_MISSED_COUNT);
    csv_end(out);
    for (int32_t i = 0; i < s->day->visits.count; i++) {
        const piste_visit_result *v = &s->day->visits.list[i];
        const int64_t counts[] = {v->wished, v->made, v->under_way, v->missed};
        csv_text(out, s->day->segments.list[v->segment].key);
        csv_count(out, v->visit + 1);
        csv_text(out, v->what);
        add_counts(out, counts, BASE_COUNT(counts));
        add_counts(out, v->missed_by, PISTE_MISSED_COUNT);
        csv_end(out);
    }
}

static void fill_groups(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "by,key,people,parties,rides,waited_s,here_s,descent_m,waiting_each_s_p10,waiting_each_s_p50,"
                       "waiting_each_s_p90,longest_wait_s\n");
    for (int by = 0; by < PISTE_GROUP_BY_COUNT; by++)
        for (int32_t i = 0; i < s->day->groups[by].count; i++) {
            const piste_group_result *g = &s->day->groups[by].list[i];
            const int64_t counts[] = {g->people, g->parties, g->rides, g->waited_s, g->here_s};
            csv_text(out, piste_group_by_word((piste_group_by)by));
            csv_text(out, g->key);
            add_counts(out, counts, BASE_COUNT(counts));
            csv_number(out, g->descent_m, DECIMALS);
            add_quantiles(out, &g->waiting_each_s);
            csv_count(out, g->longest_wait_s);
            csv_end(out);
        }
}

static void fill_bindings(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "limit,key,name,first,bound_s,people,lost_s\n");
    for (int32_t i = 0; i < s->day->bindings.count; i++) {
        const piste_binding *b = &s->day->bindings.list[i];
        csv_text(out, piste_limit_word(b->limit));
        csv_text(out, b->key);
        csv_text(out, b->name);
        add_time(out, b->first_s);
        csv_count(out, b->bound_s);
        csv_count(out, b->people);
        csv_count(out, b->lost_s);
        csv_end(out);
    }
}

static void fill_parties(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(
        out,
        "party,segment,size,weakest,on_foot,arrived,gone,assisted,rides,descent_m,longest_wait_s,missed,turned_away,"
        "here_s");
    HEAD_OF_WORDS(out, ",%s_s", piste_spent_word, PISTE_SPENT_COUNT);
    csv_end(out);
    for (int32_t i = 0; s->run && i < s->day->parties; i++) {
        piste_party_result p = piste_day_get_party(s->run, i);
        if (p.size == 0) // those who part are told with the others
            continue;
        csv_count(out, i);
        csv_text(out, s->day->segments.list[p.segment].key);
        csv_count(out, p.size);
        csv_text(out, piste_ability_word((piste_ability)p.ability));
        csv_count(out, p.on_foot);
        if (p.arrived_s >= 0)
            add_time(out, p.arrived_s);
        else
            csv_comma(out);
        if (p.gone_s >= 0)
            add_time(out, p.gone_s);
        else
            csv_comma(out);
        csv_count(out, p.assisted);
        csv_count(out, p.rides);
        csv_number(out, p.descent_m, DECIMALS);
        csv_count(out, p.longest_wait_s);
        csv_count(out, p.missed);
        csv_count(out, p.turned_away);
        csv_count(out, p.here_s);
        add_counts(out, p.spent_s, PISTE_SPENT_COUNT);
        csv_end(out);
    }
}

static void fill_assumptions(const void *data, base_text *out) {
    const source *s = data;
    base_arena *arena = base_arena_create();
    report_assumptions all = {0};
    if (!arena || !report_assumptions_find(s->resort, s->day, arena, &all))
        out->failed = true;
    base_text_add(out, "entry,key,field,basis,source,share\n");
    for (int32_t i = 0; i < all.count; i++) {
        const report_assumption *a = &all.list[i];
        csv_text(out, a->entry);
        csv_text(out, a->key);
        csv_text(out, a->field);
        csv_text(out, piste_basis_kind_word(a->basis));
        csv_text(out, a->source);
        csv_number(out, a->share, SHARE_DECIMALS);
        csv_end(out);
    }
    base_arena_destroy(arena);
}

static int32_t bin_start(const piste_day_result *day, int32_t bin) {
    return day->from_s + bin * day->bin_s;
}

static void fill_present_over_time(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "time,present\n");
    for (int32_t b = 0; b < s->day->bin_count; b++) {
        add_time(out, bin_start(s->day, b));
        csv_count(out, s->day->present[b]);
        csv_end(out);
    }
}

static void fill_lifts_over_time(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "time,lift,queue,boarded,wait_mean_s\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->lifts.count; i++) {
            const piste_lift_result *l = &s->day->lifts.list[i];
            add_time(out, bin_start(s->day, b));
            csv_text(out, l->key);
            csv_count(out, l->queue[b]);
            csv_count(out, l->boarded[b]);
            csv_number(out, l->wait_mean_s[b], DECIMALS);
            csv_end(out);
        }
}

static void fill_runs_over_time(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "time,run,people\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->runs.count; i++) {
            add_time(out, bin_start(s->day, b));
            csv_text(out, s->day->runs.list[i].key);
            csv_number(out, s->day->runs.list[i].people[b], DECIMALS);
            csv_end(out);
        }
}

static void fill_venues_over_time(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "time,venue,inside\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->venues.count; i++) {
            add_time(out, bin_start(s->day, b));
            csv_text(out, s->day->venues.list[i].key);
            csv_count(out, s->day->venues.list[i].inside[b]);
            csv_end(out);
        }
}

static void fill_bindings_over_time(const void *data, base_text *out) {
    const source *s = data;
    base_text_add(out, "time,limit,key,bound\n");
    for (int32_t b = 0; b < s->day->bin_count; b++)
        for (int32_t i = 0; i < s->day->bindings.count; i++) {
            add_time(out, bin_start(s->day, b));
            csv_text(out, piste_limit_word(s->day->bindings.list[i].limit));
            csv_text(out, s->day->bindings.list[i].key);
            csv_count(out, s->day->bindings.list[i].bound[b]);
            csv_end(out);
        }
}

static const csv_file files[] = {{"day.csv", fill_day},
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

piste_status report_day_csv(const piste_resort *resort, const piste_day_result *day, const piste_day *run,
                            const char *folder, piste_errors *errors) {
    const source s = {resort, day, run};
    return csv_write(files, BASE_COUNT(files), &s, folder, errors);
}
