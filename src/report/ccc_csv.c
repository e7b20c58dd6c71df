// ccc_csv.c - sheets of carrying capacity as folders of CSV files.
#include <math.h>

#include "report/csv.h"

enum { DECIMALS = 6 };

static void add(base_text *out, double value) {
    csv_number(out, isinf(value) ? (double)NAN : value, DECIMALS);
}

static void add_input(base_text *out, const piste_ccc_input *in) {
    add(out, in->value);
    add(out, in->error);
    csv_text(out, piste_ccc_basis_word(in->basis));
    csv_text(out, in->source);
}

static void fill_sheet(const void *data, base_text *out) {
    const piste_ccc *s = data;
    char date[16] = "";
    if (s->date != PISTE_DATE_NONE)
        piste_date_format(s->date, date);
    base_text_add(out, "resort,date,ccc,error,error_inputs,low,high,supply_m,demand_m,binding,seed,days,day_guests,day_wait_s\n");
    csv_text(out, s->resort);
    csv_text(out, date);
    add(out, s->ccc);
    add(out, s->error);
    add(out, s->error_inputs);
    add(out, s->low);
    add(out, s->high);
    add(out, s->supply_m);
    add(out, s->demand_m);
    csv_text(out, s->binding < 0 ? "" : s->limits.list[s->binding].key);
    base_text_format(out, ",%llu", (unsigned long long)s->seed);
    csv_count(out, s->days);
    csv_count(out, s->day_guests);
    add(out, s->day_wait_s);
    csv_end(out);
}

static void fill_lifts(const void *data, base_text *out) {
    const piste_ccc *s = data;
    base_text_add(out, "lift,name,design_pph,access,loss,hours,adjusted_pph,rise_m,supply_m,demand_m,ccc,runs,novice,"
                       "easy,intermediate,advanced,expert,remark\n");
    for (int32_t i = 0; i < s->lifts.count; i++) {
        const piste_ccc_lift *l = &s->lifts.list[i];
        csv_text(out, l->key);
        csv_text(out, l->name);
        for (int p = 0; p < PISTE_CCC_RISE_M; p++)
            add(out, l->in[p].value);
        const double figures[] = {l->adjusted_pph, l->in[PISTE_CCC_RISE_M].value, l->supply_m, l->demand_m, l->ccc};
        for (size_t k = 0; k < BASE_COUNT(figures); k++)
            add(out, figures[k]);
        csv_count(out, l->runs);
        for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
            add(out, l->terrain[t]);
        csv_text(out, l->remark);
        csv_end(out);
    }
}

static void fill_terrain(const void *data, base_text *out) {
    const piste_ccc *s = data;
    base_text_add(out, "class,runs,lifts,supply_m,demand_m,ccc,market\n");
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++) {
        const piste_ccc_class *c = &s->terrain[t];
        csv_text(out, piste_ccc_terrain_word((piste_ccc_terrain)t));
        csv_count(out, c->runs);
        csv_count(out, c->lifts);
        const double figures[] = {c->supply_m, c->demand_m, c->ccc, c->market};
        for (size_t k = 0; k < BASE_COUNT(figures); k++)
            add(out, figures[k]);
        csv_end(out);
    }
}

static void fill_limits(const void *data, base_text *out) {
    const piste_ccc *s = data;
    base_text_add(out, "limit,kind,name,unit,capacity,share,guests,binds,unknown\n");
    for (int32_t i = 0; i < s->limits.count; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        csv_text(out, l->key);
        csv_text(out, piste_ccc_limit_kind_word(l->kind));
        csv_text(out, l->name);
        csv_text(out, l->unit);
        add(out, l->capacity);
        add(out, l->share.value);
        add(out, l->guests);
        csv_count(out, i == s->binding);
        csv_text(out, l->unknown);
        csv_end(out);
    }
}

// Every input with where it comes from, in the long form.
static void fill_inputs(const void *data, base_text *out) {
    const piste_ccc *s = data;
    base_text_add(out, "limit,of,what,value,error,basis,source\n");
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        base_text_format(out, "lifts,%s,demand", piste_ability_word((piste_ability)a));
        add_input(out, &s->demand[a]);
        csv_end(out);
        base_text_format(out, "lifts,%s,market", piste_ability_word((piste_ability)a));
        piste_ccc_input in = s->market;
        in.value = s->ability[a];
        add_input(out, &in);
        csv_end(out);
    }
    for (int32_t i = 0; i < s->lifts.count; i++)
        for (int p = 0; p < PISTE_CCC_PART_COUNT; p++) {
            base_text_format(out, "lifts,%s,%s", s->lifts.list[i].key, piste_ccc_part_word((piste_ccc_part)p));
            add_input(out, &s->lifts.list[i].in[p]);
            csv_end(out);
        }
    for (int32_t i = 0; i < s->limits.count; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        base_text_format(out, "%s,,share", l->key);
        add_input(out, &l->share);
        csv_end(out);
        for (int32_t k = 0; k < l->lines.count; k++)
            for (int32_t f = 0; f < l->lines.list[k].count; f++) {
                csv_text(out, l->key);
                csv_text(out, l->lines.list[k].key);
                csv_text(out, l->lines.list[k].what[f]);
                add_input(out, &l->lines.list[k].in[f]);
                csv_end(out);
            }
    }
}

static void fill_rehearsal(const void *data, base_text *out) {
    const piste_ccc_rehearsal *r = &((const piste_ccc *)data)->rehearsal;
    base_text_add(out, "guests,days,seed,came,present_max,skiers,rides_each,descent_each_m,wait_mean_s,wait_p50_s,wait_"
                       "p90_s,worst_lift,worst_wait_mean_s,"
                       "worst_wait_p90_s,worst_wait_p90_max_s,lifts_above_10_min,worst_run,worst_density_per_ha,worst_"
                       "standard_per_ha,runs_above_standard,"
                       "unridden,turned_away,missed,assisted,left_in_line,entry_wished,entry_missed\n");
    if (r->guests == 0)
        return;
    csv_count(out, r->guests);
    csv_count(out, r->days);
    base_text_format(out, ",%llu", (unsigned long long)r->seed);
    const double first[] = {r->came,           r->present_max, r->skiers,     r->rides_each,
                            r->descent_each_m, r->wait_mean_s, r->wait_p50_s, r->wait_p90_s};
    for (size_t i = 0; i < BASE_COUNT(first); i++)
        add(out, first[i]);
    csv_text(out, r->worst_lift_key);
    const double lift[] = {r->worst_mean_s, r->worst_p90_s, r->worst_p90_max_s, r->above_10_min};
    for (size_t i = 0; i < BASE_COUNT(lift); i++)
        add(out, lift[i]);
    csv_text(out, r->worst_run_key);
    const double rest[] = {r->worst_density_per_ha,
                           r->worst_standard_per_ha,
                           r->runs_above,
                           r->unridden,
                           r->turned_away,
                           r->missed,
                           r->assisted,
                           r->left_in_line,
                           r->entry_wished,
                           r->entry_missed};
    for (size_t i = 0; i < BASE_COUNT(rest); i++)
        add(out, rest[i]);
    csv_end(out);
}

piste_status report_ccc_csv(const piste_ccc *sheet, const char *folder, piste_errors *errors) {
    static const csv_file files[] = {{"sheet.csv", fill_sheet},     {"lifts.csv", fill_lifts},
                                     {"terrain.csv", fill_terrain}, {"limits.csv", fill_limits},
                                     {"inputs.csv", fill_inputs},   {"rehearsal.csv", fill_rehearsal}};
    return csv_write(files, BASE_COUNT(files), sheet, folder, errors);
}

static void fill_changes(const void *data, base_text *out) {
    const piste_ccc_difference *d = data;
    base_text_add(out, "limit,key,what,of,a,b,basis_a,basis_b,source_a,source_b,effect\n");
    for (int32_t i = 0; i < d->changes.count; i++) {
        const piste_ccc_change *c = &d->changes.list[i];
        bool there = strcmp(c->what, "there") == 0;
        csv_text(out, c->limit);
        csv_text(out, c->key);
        csv_text(out, c->what);
        csv_text(out, c->of);
        add(out, c->a);
        add(out, c->b);
        csv_text(out, there ? "" : piste_ccc_basis_word(c->basis_a));
        csv_text(out, there ? "" : piste_ccc_basis_word(c->basis_b));
        csv_text(out, c->source_a);
        csv_text(out, c->source_b);
        add(out, c->effect);
        csv_end(out);
    }
}

piste_status report_ccc_difference_csv(const piste_ccc_difference *d, const char *folder, piste_errors *errors) {
    static const csv_file files[] = {{"changes.csv", fill_changes}};
    return csv_write(files, BASE_COUNT(files), d, folder, errors);
}
