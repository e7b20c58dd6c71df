// ccc.c - the sheet of a resort's carrying capacity: its making, and all that follows from its inputs. See piste/ccc.h.
#include <math.h>
#include <stdlib.h>

#include "plan/ccc.h"

// ---- words ---------------------------------------------------------------------------------------------------------

static const char *word_at(const char *const *words, int count, int index) {
    return index >= 0 && index < count ? words[index] : NULL;
}

const char *piste_ccc_basis_word(piste_ccc_basis basis) {
    static const char *const words[] = {"measured", "published", "given", "chosen", "simulated", "assumed"};
    return word_at(words, PISTE_CCC_BASIS_COUNT, (int)basis);
}

double piste_ccc_basis_spread(piste_ccc_basis basis) {
    static const double shares[PISTE_CCC_BASIS_COUNT] = {
        [PISTE_CCC_MEASURED] = 0.02, [PISTE_CCC_PUBLISHED] = 0.1, [PISTE_CCC_GIVEN] = 0.02,
        [PISTE_CCC_CHOSEN] = 0.1,    [PISTE_CCC_SIMULATED] = 0,   [PISTE_CCC_ASSUMED] = 0.2};
    return shares[basis];
}

const char *piste_ccc_terrain_word(piste_ccc_terrain terrain) {
    static const char *const words[] = {"novice", "easy", "intermediate", "advanced", "expert"};
    return word_at(words, PISTE_CCC_TERRAIN_COUNT, (int)terrain);
}

const char *piste_ccc_part_word(piste_ccc_part part) {
    static const char *const words[] = {"design_pph", "access", "loss", "hours", "rise_m", "serves"};
    return word_at(words, PISTE_CCC_PART_COUNT, (int)part);
}

const char *piste_ccc_limit_kind_word(piste_ccc_limit_kind kind) {
    static const char *const words[] = {"lifts",  "slopes", "restaurant_seats", "restaurant_counters",
                                        "rental", "school", "parking",          "coaches",
                                        "beds",   "cap"};
    return word_at(words, PISTE_CCC_LIMIT_KIND_COUNT, (int)kind);
}

piste_ccc_terrain piste_ccc_terrain_of(piste_ability ability) {
    static const piste_ccc_terrain table[PISTE_ABILITY_COUNT] = {
        PISTE_CCC_TERRAIN_NOVICE,       PISTE_CCC_TERRAIN_EASY,     PISTE_CCC_TERRAIN_EASY,
        PISTE_CCC_TERRAIN_INTERMEDIATE, PISTE_CCC_TERRAIN_ADVANCED, PISTE_CCC_TERRAIN_EXPERT};
    return table[ability];
}

// ---- memory and texts ----------------------------------------------------------------------------------------------

const char *ccc_format(ccc_build *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : base_arena_take(b->arena, (size_t)length + 1);
    b->failed = b->failed || !text;
    if (!text)
        return "";
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

const char *ccc_tenths(ccc_build *b, double value) {
    int64_t tenths = (int64_t)base_round(value * 10, 0), size = tenths < 0 ? -tenths : tenths;
    return ccc_format(b, "%s%lld.%lld", tenths < 0 ? "-" : "", (long long)(size / 10), (long long)(size % 10));
}

void *ccc_take(ccc_build *b, int64_t count, size_t size) {
    void *memory = base_arena_take(b->arena, (size_t)(count > 0 ? count : 1) * size);
    b->failed = b->failed || !memory;
    return memory;
}

void ccc_note(ccc_build *b, const char *text) {
    piste_ccc *s = b->sheet;
    if (!s->notes.list && !(s->notes.list = ccc_take(b, CCC_NOTES_MAX, sizeof *s->notes.list)))
        return;
    if (s->notes.count < CCC_NOTES_MAX)
        s->notes.list[s->notes.count++] = text;
}

// ---- what follows from the inputs ----------------------------------------------------------------------------------

double ccc_demand(const double ability[PISTE_ABILITY_COUNT], const double demand[PISTE_ABILITY_COUNT]) {
    double sum = 0;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        if (ability[a] > 0) // what nobody needs may be unknown
            sum += ability[a] * demand[a];
    return sum;
}

double ccc_of_lift(double design_pph, double access, double loss, double hours, double rise_m, double demand_m) {
    double left = 1 - access - loss;
    double supply_m = design_pph * (left > 0 ? left : 0) * hours * (rise_m > 0 ? rise_m : 0);
    return supply_m > 0 ? supply_m / demand_m : 0;
}

double ccc_of_line(const piste_ccc_line *line) {
    double value = 1;
    for (int32_t i = 0; i < line->count; i++)
        value *= line->in[i].value;
    return value;
}

static void work_out_lift(piste_ccc *s, piste_ccc_lift *l, const double demand[PISTE_ABILITY_COUNT]) {
    double left = 1 - l->in[PISTE_CCC_ACCESS].value - l->in[PISTE_CCC_LOSS].value;
    double rise = l->in[PISTE_CCC_RISE_M].value;
    l->adjusted_pph = l->in[PISTE_CCC_DESIGN_PPH].value * (left > 0 ? left : 0);
    l->supply_m = l->adjusted_pph * l->in[PISTE_CCC_HOURS].value * (rise > 0 ? rise : 0);
    l->demand_m = ccc_demand(l->ability, demand);
    l->ccc = l->supply_m > 0 ? l->supply_m / l->demand_m : 0;
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
        l->terrain[t] = 0;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        piste_ccc_terrain t = piste_ccc_terrain_of((piste_ability)a);
        l->terrain[t] += l->ability[a];
        if (l->ability[a] > 0 && l->ccc > 0)
            s->terrain[t].supply_m += l->ccc * l->ability[a] * demand[a];
    }
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++) {
        s->terrain[t].ccc += l->ccc * l->terrain[t];
        s->terrain[t].lifts += l->ccc > 0 && l->terrain[t] > 0;
    }
    s->supply_m += l->supply_m;
    s->ccc += l->ccc;
}

static void work_out_limit(piste_ccc_limit *l) {
    if (l->kind != PISTE_CCC_LIMIT_LIFTS) {
        l->capacity = l->lines.count ? 0 : (double)NAN;
        for (int32_t i = 0; i < l->lines.count; i++) {
            l->lines.list[i].value = ccc_of_line(&l->lines.list[i]);
            l->capacity += l->lines.list[i].value;
        }
    }
    // What nobody uses limits nobody, however little of it there is.
    l->guests = l->share.value > 0 ? l->capacity / l->share.value : l->share.value == 0 ? HUGE_VAL : (double)NAN;
}

// Inputs are kept to six decimals, so that a sheet that is written and read again is the same one.
static void keep_decimals(double *value) {
    if (fabs(*value) < 1e9) // not NaN
        *value = base_round(*value, 6);
}

static void keep_input(piste_ccc_input *in) {
    keep_decimals(&in->value);
    keep_decimals(&in->error);
}

static void keep_inputs(piste_ccc *s) {
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        keep_input(&s->demand[a]);
        keep_decimals(&s->ability[a]);
    }
    for (int32_t i = 0; i < s->lifts.count; i++) {
        for (int p = 0; p < PISTE_CCC_PART_COUNT; p++)
            keep_input(&s->lifts.list[i].in[p]);
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            keep_decimals(&s->lifts.list[i].ability[a]);
    }
    for (int32_t i = 0; i < s->limits.count; i++) {
        piste_ccc_limit *l = &s->limits.list[i];
        keep_input(&l->share);
        for (int32_t k = 0; k < l->lines.count; k++)
            for (int32_t f = 0; f < l->lines.list[k].count; f++)
                keep_input(&l->lines.list[k].in[f]);
    }
}

static double with_input(const piste_ccc_lift *l, int part, double value, double demand_m) {
    double in[PISTE_CCC_SERVES];
    for (int p = 0; p < PISTE_CCC_SERVES; p++)
        in[p] = p == part ? value : l->in[p].value;
    return ccc_of_lift(in[PISTE_CCC_DESIGN_PPH], in[PISTE_CCC_ACCESS], in[PISTE_CCC_LOSS], in[PISTE_CCC_HOURS],
                       in[PISTE_CCC_RISE_M], demand_m);
}

// How far an input may be off: what was simulated by its standard error, and with `spreads` all by their basis as well.
static double off_of(const piste_ccc_input *in, bool spreads) {
    double error = in->error > 0 ? in->error : 0;
    double spread = spreads ? piste_ccc_basis_spread(in->basis) * fabs(in->value) : 0;
    return base_sqrt(error * error + spread * spread); // NaN where the value is not known
}

// How far the sum moves where each input is off, to one side and the other; squares add up.
static double error_of(const piste_ccc *s, const double demand[PISTE_ABILITY_COUNT], bool spreads) {
    double squares = 0;
    for (int32_t i = 0; i < s->lifts.count; i++)
        for (int p = 0; p < PISTE_CCC_SERVES; p++) {
            const piste_ccc_lift *l = &s->lifts.list[i];
            double value = l->in[p].value, off = off_of(&l->in[p], spreads);
            if (!(off > 0) || !(l->demand_m > 0))
                continue;
            double moves = (with_input(l, p, value + off, l->demand_m) - with_input(l, p, value - off, l->demand_m)) /
                           2;
            squares += moves * moves;
        }
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) { // shared: all lifts move together
        double moves = 0, error = off_of(&s->demand[a], spreads);
        for (int32_t i = 0; error > 0 && error < demand[a] && i < s->lifts.count; i++) {
            const piste_ccc_lift *l = &s->lifts.list[i];
            double by = l->ability[a] * error;
            if (l->ccc > 0)
                moves += (l->supply_m / (l->demand_m + by) - l->supply_m / (l->demand_m - by)) / 2;
        }
        squares += moves * moves;
    }
    return base_sqrt(squares);
}

void ccc_work_out(piste_ccc *s) {
    double demand[PISTE_ABILITY_COUNT];
    keep_inputs(s);
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        demand[a] = s->demand[a].value;
    s->ccc = s->supply_m = 0;
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
        s->terrain[t] = (piste_ccc_class){.runs = s->terrain[t].runs};
    for (int32_t i = 0; i < s->lifts.count; i++)
        work_out_lift(s, &s->lifts.list[i], demand);
    s->demand_m = s->ccc > 0 ? s->supply_m / s->ccc : (double)NAN;
    s->error = error_of(s, demand, false);
    s->error_inputs = error_of(s, demand, true);
    double far = s->ccc > 0 ? base_exp(1.959963984540054 * s->error_inputs / s->ccc) : 1;
    s->low = s->ccc / far;
    s->high = s->ccc * far;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        s->terrain[piste_ccc_terrain_of((piste_ability)a)].market += s->ability[a];
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
        s->terrain[t].demand_m = s->terrain[t].ccc > 0 ? s->terrain[t].supply_m / s->terrain[t].ccc : (double)NAN;
    s->binding = -1;
    for (int32_t i = 0; i < s->limits.count; i++) {
        piste_ccc_limit *l = &s->limits.list[i];
        if (l->kind == PISTE_CCC_LIMIT_LIFTS)
            l->capacity = s->ccc;
        work_out_limit(l);
        // The cap is somebody's decision, made after looking at the others.
        if (l->kind != PISTE_CCC_LIMIT_CAP && l->guests < HUGE_VAL &&
            (s->binding < 0 || l->guests < s->limits.list[s->binding].guests))
            s->binding = i;
    }
}

// ---- making it -----------------------------------------------------------------------------------------------------

piste_ccc_def piste_ccc_def_default(void) {
    return (piste_ccc_def){.seed = 1, .days = 20, .threads = 1};
}

static piste_status check_def(const piste_resort *resort, const piste_ccc_def *def, piste_errors *errors) {
    if (def->days < 2 || def->days > PISTE_CCC_DAYS_MAX || def->threads < 1 || def->threads > PISTE_CCC_THREADS_MAX)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "%d days, %d threads; expected 2 to %d, and 1 to %d",
                                def->days, def->threads, PISTE_CCC_DAYS_MAX, PISTE_CCC_THREADS_MAX);
    if (resort->lifts.count == 0)
        return piste_errors_add(
            errors, PISTE_INVALID, resort->folder, 0, 0,
            "no lifts (on that date), expected at least one: carrying capacity is what lifts supply");
    return PISTE_OK;
}

// Where many are planned on slopes of which the lifts carry few, the total hides it.
static void note_terrain(ccc_build *b) {
    const piste_ccc *s = b->sheet;
    int worst = 0;
    double most = 0;
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT && s->ccc > 0; t++)
        if (s->terrain[t].market - s->terrain[t].ccc / s->ccc > most) {
            most = s->terrain[t].market - s->terrain[t].ccc / s->ccc;
            worst = t;
        }
    if (most >= 0.1)
        ccc_note(
            b, ccc_format(b,
                          "%.0f %% of the skiers are planned on %s slopes, which have %.0f %% of the CCC: the total is "
                          "not for them, or they ski elsewhere.",
                          base_floor(s->terrain[worst].market * 100 + 0.5),
                          piste_ccc_terrain_word((piste_ccc_terrain)worst),
                          base_floor(s->terrain[worst].ccc / s->ccc * 100 + 0.5)));
}

static piste_status fill(ccc_build *b) {
    ccc_read_resort(b);
    ccc_read_terrain(b);
    if (b->failed)
        return PISTE_MEMORY;
    piste_status status = ccc_simulate_inputs(b);
    if (status != PISTE_OK)
        return status;
    ccc_read_limits(b);
    if (b->failed)
        return PISTE_MEMORY;
    ccc_work_out(b->sheet);
    note_terrain(b);
    return b->def->simulate ? ccc_simulate_sheet(b) : PISTE_OK;
}

piste_status piste_ccc_create(const piste_resort *resort, const piste_ccc_def *def, piste_errors *errors,
                              piste_ccc **out) {
    piste_status status = check_def(resort, def, errors);
    if (status != PISTE_OK)
        return status;
    ccc_build b = {.resort = resort, .def = def, .errors = errors, .arena = base_arena_create()};
    b.sheet = b.arena ? base_arena_take(b.arena, sizeof *b.sheet) : NULL;
    if (!b.sheet) {
        base_arena_destroy(b.arena);
        return piste_errors_add(errors, PISTE_MEMORY, resort->folder, 0, 0, "no memory for the sheet");
    }
    b.sheet->owner = b.arena;
    b.sheet->resort = ccc_format(&b, "%s", resort->name);
    b.sheet->date = resort->as_of;
    b.sheet->seed = def->seed;
    b.sheet->day_wait_s = NAN;
    status = fill(&b);
    if (status == PISTE_OK && b.failed)
        status = PISTE_MEMORY;
    if (status == PISTE_MEMORY)
        status = piste_errors_add(errors, PISTE_MEMORY, resort->folder, 0, 0, "no memory for the sheet");
    if (status != PISTE_OK) {
        base_arena_destroy(b.arena);
        return status;
    }
    *out = b.sheet;
    return PISTE_OK;
}

void piste_ccc_destroy(piste_ccc *sheet) {
    if (sheet)
        base_arena_destroy(sheet->owner);
}
