// ccc_resort.c - what the resort itself says of a sheet's inputs, and what each of them rests on.
#include <math.h>

#include "plan/ccc.h"

piste_ccc_input ccc_input(piste_ccc_basis basis, double value, const char *source) {
    return (piste_ccc_input){.value = value, .error = NAN, .basis = basis, .source = source};
}

piste_ccc_basis ccc_weaker(piste_ccc_basis a, piste_ccc_basis b) {
    return a > b ? a : b;
}

static piste_ccc_basis basis_of(piste_basis_kind kind) {
    static const piste_ccc_basis table[PISTE_BASIS_KIND_COUNT] = {PISTE_CCC_MEASURED, PISTE_CCC_PUBLISHED,
                                                                  PISTE_CCC_CHOSEN, PISTE_CCC_ASSUMED};
    return table[kind];
}

piste_ccc_input ccc_of_field(ccc_build *b, const piste_entry *entry, const char *field, double value,
                             piste_ccc_basis missing, const char *missing_source) {
    const piste_basis *basis = piste_entry_field_basis(entry, field);
    int32_t line = piste_entry_field_line(entry, field);
    if (basis)
        return ccc_input(basis_of(basis->kind), value, ccc_format(b, "%s", basis->source));
    if (line > 0)
        return ccc_input(PISTE_CCC_GIVEN, value, ccc_format(b, "resort.yaml, line %d, without a basis", line));
    return ccc_input(missing, value, missing_source);
}

// ---- lifts ---------------------------------------------------------------------------------------------------------

static piste_ccc_input of_both(ccc_build *b, const char *first, piste_ccc_input one, const char *second,
                               piste_ccc_input other, double value) {
    const char *text = strcmp(one.source, other.source) == 0
                           ? ccc_format(b, "%s and %s: %s", first, second, one.source)
                           : ccc_format(b, "%s: %s; %s: %s", first, one.source, second, other.source);
    return ccc_input(ccc_weaker(one.basis, other.basis), value, text);
}

static piste_ccc_input design_of(ccc_build *b, const piste_lift *lift) {
    static const char map[] = "lifts.geojson";
    const piste_entry *e = &lift->entry;
    double pph = lift->capacity_pph;
    if (piste_entry_field_line(e, "capacity") > 0 || piste_entry_field_line(e, "interval") == 0)
        return ccc_of_field(b, e, "capacity", pph, PISTE_CCC_GIVEN, map);
    return of_both(b, "seats", ccc_of_field(b, e, "seats", pph, PISTE_CCC_GIVEN, map), "interval",
                   ccc_of_field(b, e, "interval", pph, PISTE_CCC_GIVEN, map), pph);
}

static piste_ccc_input rise_of(ccc_build *b, const piste_lift *lift) {
    const piste_resort *resort = b->resort;
    const piste_entry *e = &lift->entry;
    const piste_line *line = &lift->line;
    double rise = lift->vertical_m;
    if (piste_entry_field_line(e, "vertical") > 0)
        return ccc_of_field(b, e, "vertical", rise, PISTE_CCC_GIVEN, "");
    if (line->count && !isnan(line->points[0].height_m) && !isnan(line->points[line->count - 1].height_m))
        return ccc_of_field(b, e, "vertical", rise, PISTE_CCC_GIVEN, "heights of its line in lifts.geojson");
    const piste_place *from = &resort->places.list[lift->from.index], *to = &resort->places.list[lift->to.index];
    return of_both(b, "bottom", ccc_of_field(b, &from->entry, "height", rise, PISTE_CCC_GIVEN, "the map"), "top",
                   ccc_of_field(b, &to->entry, "height", rise, PISTE_CCC_GIVEN, "the map"), rise);
}

static bool is_out(const piste_lift *lift, int32_t second) {
    for (int32_t i = 0; i < lift->outages.count; i++)
        if (piste_hours_hold(&lift->outages.list[i].hours, second))
            return true;
    return false;
}

// Spans are whole minutes, as they are written.
static piste_ccc_input hours_of(ccc_build *b, const piste_lift *lift) {
    const piste_resort *resort = b->resort;
    int32_t minutes = 0, without = 0;
    for (int32_t s = resort->day.from_s; s < resort->day.to_s; s += 60) {
        bool open = piste_hours_hold(&lift->hours, s);
        minutes += open && !is_out(lift, s) && !lift->closed;
        without += open;
    }
    double hours = minutes / 60.0;
    piste_ccc_input in;
    if (piste_entry_field_line(&lift->entry, "hours") > 0)
        in = ccc_of_field(b, &lift->entry, "hours", hours, PISTE_CCC_GIVEN, "");
    else
        in = ccc_of_field(b, &resort->entry, "hours", hours, PISTE_CCC_ASSUMED,
                          "no hours are given: the whole day that is rehearsed");
    if (minutes < without)
        in.source = ccc_format(b, "%s; less %s h out of order", in.source, ccc_tenths(b, (without - minutes) / 60.0));
    return in;
}

static void read_lift(ccc_build *b, const piste_lift *lift, piste_ccc_lift *out) {
    out->key = ccc_format(b, "%s", lift->entry.key);
    out->name = ccc_format(b, "%s", lift->name);
    out->remark = "";
    out->in[PISTE_CCC_DESIGN_PPH] = design_of(b, lift);
    out->in[PISTE_CCC_HOURS] = hours_of(b, lift);
    out->in[PISTE_CCC_RISE_M] = rise_of(b, lift);
    out->in[PISTE_CCC_ACCESS] = ccc_of_field(b, &lift->entry, "access", lift->access, PISTE_CCC_ASSUMED, "");
    out->in[PISTE_CCC_LOSS] = ccc_of_field(b, &lift->entry, "loss", lift->loss, PISTE_CCC_ASSUMED, "");
    if (!(lift->up & (1 << PISTE_ON_SKIS | 1 << PISTE_ON_SNOWBOARD))) {
        out->in[PISTE_CCC_ACCESS] = ccc_of_field(b, &lift->entry, "up", 1, PISTE_CCC_GIVEN, "resort.yaml");
        out->remark = "carries nobody up on skis";
    }
}

// ---- the market ----------------------------------------------------------------------------------------------------

double ccc_come(const piste_segment *segment) {
    return segment->guests * segment->show_rate;
}

double ccc_ski_share(const piste_segment *segment) {
    return 1 - segment->mode[PISTE_ON_FOOT];
}

static void read_market(ccc_build *b) {
    static const double planned[PISTE_ABILITY_COUNT] = {0.05, 0.15, 0.25, 0.35, 0.15, 0.05};
    const piste_resort *resort = b->resort;
    piste_ccc *s = b->sheet;
    double sum = 0;
    piste_ccc_basis weakest = PISTE_CCC_MEASURED;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        const piste_segment *segment = &resort->segments.list[i];
        double skiers = ccc_come(segment) * ccc_ski_share(segment);
        if (!(skiers > 0))
            continue;
        sum += skiers;
        weakest = ccc_weaker(weakest, ccc_of_field(b, &segment->entry, "ability", 0, PISTE_CCC_GIVEN, "").basis);
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            s->ability[a] += skiers * segment->ability[a];
    }
    s->market = ccc_input(weakest, NAN, "guests and abilities of the segments");
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        s->ability[a] = sum > 0 ? s->ability[a] / sum : planned[a];
    if (!(sum > 0))
        s->market =
            ccc_input(PISTE_CCC_ASSUMED, NAN,
                      "nobody comes to ski: 5/15/25/35/15/5 % from beginner to expert (common planning practice)");
}

static void read_demand(ccc_build *b) {
    const piste_resort *resort = b->resort;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        const piste_entry *entry = &resort->traits[a].entry;
        double demand = resort->traits[a].demand_m;
        b->sheet->demand[a] = isnan(demand) ? ccc_input(PISTE_CCC_ASSUMED, NAN, "")
                                            : ccc_of_field(b, entry, "demand", demand, PISTE_CCC_GIVEN, "resort.yaml");
    }
}

void ccc_read_resort(ccc_build *b) {
    const piste_resort *resort = b->resort;
    piste_ccc *s = b->sheet;
    read_market(b);
    read_demand(b);
    s->lifts.list = ccc_take(b, resort->lifts.count, sizeof *s->lifts.list);
    if (!s->lifts.list)
        return;
    s->lifts.count = resort->lifts.count;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        read_lift(b, &resort->lifts.list[i], &s->lifts.list[i]);
}
