// plan_file.c - a plan's file into structs, by the same kind of table as resort.yaml. See experiment.h.
#include <stdlib.h>

#include "plan/experiment.h"
#include "resort/read.h"

enum { PLAN_BYTES_MAX = 4 << 20 };

#define AT(type, member) .offset = offsetof(type, member)
#define RECORD(variable, text, type, is_keyed, sentence)                                                               \
    static const schema_record variable = {.name = text,                                                               \
                                           .size = sizeof(type),                                                       \
                                           .fields = variable##_fields,                                                \
                                           .count = (int32_t)(sizeof variable##_fields / sizeof variable##_fields[0]), \
                                           .keyed = is_keyed,                                                          \
                                           .meaning = sentence}
#define NOTE                                                                                                           \
    { "note", SCHEMA_TEXT, .offset = SIZE_MAX, .meaning = "for people; not read by the program" }
#define KEY(type)                                                                                                      \
    { "key", SCHEMA_KEY, AT(type, entry.key), .required = true, .meaning = "what it is called" }
#define NAME(type)                                                                                                     \
    { "name", SCHEMA_TEXT, AT(type, name), .meaning = "what people call it" }
#define VISITS(type)                                                                                                   \
    {                                                                                                                  \
        "visits", SCHEMA_INT, AT(type, visits), .min = 1, .max = PISTE_GUESTS_MAX,                                     \
                                                .meaning = "sold on each day; as the resort says where not given"      \
    }

static const char *const design_words[] = {"full",   "half", "one-at-a-time", "scenarios", "latin-hypercube", "sobol",
                                           "morris", NULL};
static const char *const procedure_words[] = {"kn", "ocba", NULL};
static const char *const best_words[] = {"least", "most", NULL};

static const schema_field level_fields[] = {
    KEY(plan_level),
    NAME(plan_level),
    {"changes", SCHEMA_MAP, AT(plan_level, changes), .meaning = "paths into the resort, and what stands there then"},
    VISITS(plan_level),
    NOTE};
RECORD(level, "level", plan_level, true, "One form of a factor.");

static const schema_field factor_fields[] = {
    KEY(plan_factor),
    NAME(plan_factor),
    {"levels", SCHEMA_LIST, AT(plan_factor, levels), .record = &level,
     .meaning = "its forms; the first is what the others are compared with"},
    {"from", SCHEMA_NUMBER, AT(plan_factor, from), .meaning = "of a range"},
    {"to", SCHEMA_NUMBER, AT(plan_factor, to), .meaning = "of a range"},
    {"whole", SCHEMA_BOOL, AT(plan_factor, whole), .fallback = "no", .meaning = "only whole numbers of the range"},
    {"changes", SCHEMA_MAP, AT(plan_factor, changes), .meaning = "of a range: {} stands for the number"},
    NOTE};
RECORD(factor, "factor", plan_factor, true, "What is varied.");

static const schema_field scenario_fields[] = {
    KEY(plan_scenario_entry),
    NAME(plan_scenario_entry),
    {"levels", SCHEMA_MAP, AT(plan_scenario_entry, levels), .meaning = "of factors; of those left out the first"},
    {"changes", SCHEMA_MAP, AT(plan_scenario_entry, changes), .meaning = "of its own"},
    VISITS(plan_scenario_entry),
    NOTE};
RECORD(scenario, "scenario", plan_scenario_entry, true, "One form of the resort.");

static const schema_field measure_fields[] = {
    {"measure", SCHEMA_TEXT, AT(plan_wanted, measure), .required = true, .meaning = "such as wait_p90@sky-lift"},
    {"precision", SCHEMA_TEXT, AT(plan_wanted, precision), .meaning = "half the width of the interval of each mean"},
    {"relative", SCHEMA_SHARE, AT(plan_wanted, relative), .min = 0.0001, .max = 1,
     .meaning = "the same as a share of the mean"},
    {"difference", SCHEMA_TEXT, AT(plan_wanted, difference),
     .meaning = "half the width of the interval of each difference to the baseline"},
    NOTE};
RECORD(measure, "measure", plan_wanted, false, "What is told of each day.");

static const schema_field replications_fields[] = {
    {"minimum", SCHEMA_INT, AT(plan_replications, minimum), .min = 2, .max = PISTE_PLAN_REPLICATIONS_MAX,
     .fallback = "20", .meaning = "days of each scenario"},
    {"maximum", SCHEMA_INT, AT(plan_replications, maximum), .min = 2, .max = PISTE_PLAN_REPLICATIONS_MAX,
     .fallback = "1000", .meaning = "and no more than these"},
    NOTE};
RECORD(replications, "replications", plan_replications, false, "How many days.");

static const schema_field selection_fields[] = {
    {"measure", SCHEMA_TEXT, AT(plan_selecting, measure), .required = true, .meaning = "one of the plan's"},
    {"best", SCHEMA_WORD, AT(plan_selecting, best), .required = true, .words = best_words,
     .meaning = "which is better"},
    {"procedure", SCHEMA_WORD, AT(plan_selecting, procedure), .words = procedure_words, .fallback = "kn",
     .meaning = "how"},
    {"indifference", SCHEMA_TEXT, AT(plan_selecting, indifference),
     .meaning = "of kn: differences below this do not matter"},
    {"budget", SCHEMA_INT, AT(plan_selecting, budget), .min = 2, .max = 100000000, .fallback = "2",
     .meaning = "of ocba: days in all"},
    NOTE};
RECORD(selection, "selection", plan_selecting, false, "Which scenario is best.");

static const schema_field plan_fields[] = {
    {"plan", SCHEMA_INT, AT(plan_file, format), .required = true, .min = 1, .max = 1,
     .meaning = "format of this file: 1"},
    {"name", SCHEMA_TEXT, AT(plan_file, name), .required = true, .meaning = "the question"},
    {"resort", SCHEMA_TEXT, AT(plan_file, resort), .required = true, .meaning = "its folder, as seen from this file"},
    {"date", SCHEMA_DATE, AT(plan_file, date), .meaning = "the resort as it is on that date"},
    {"seed", SCHEMA_INT, AT(plan_file, seed), .min = 0, .max = 2147483647, .fallback = "1",
     .meaning = "other days of the same kind"},
    VISITS(plan_file),
    {"changes", SCHEMA_MAP, AT(plan_file, changes), .meaning = "to the resort of every scenario"},
    {"factors", SCHEMA_LIST, AT(plan_file, factors), .record = &factor, .meaning = "what is varied"},
    {"design", SCHEMA_WORD, AT(plan_file, design), .words = design_words, .meaning = "which levels meet"},
    {"scenarios", SCHEMA_LIST, AT(plan_file, scenarios), .record = &scenario, .meaning = "written out"},
    {"samples", SCHEMA_INT, AT(plan_file, samples), .min = 2, .max = 100000, .meaning = "of ranges"},
    {"baseline", SCHEMA_TEXT, AT(plan_file, baseline), .meaning = "the scenario that others are compared with"},
    {"measures", SCHEMA_LIST, AT(plan_file, measures), .required = true, .record = &measure, .meaning = "what is told"},
    {"replications", SCHEMA_RECORD, AT(plan_file, replications), .record = &replications, .meaning = "how many days"},
    {"confidence", SCHEMA_SHARE, AT(plan_file, confidence), .min = 0.5, .max = 0.9999, .fallback = "95 %",
     .meaning = "of intervals"},
    {"common-random-numbers", SCHEMA_BOOL, AT(plan_file, common), .fallback = "yes",
     .meaning = "the same days, people and luck in all scenarios"},
    {"selection", SCHEMA_RECORD, AT(plan_file, selection), .record = &selection, .meaning = "which is best"},
    NOTE};
static const schema_record plan_record = {.name = "plan",
                                          .size = sizeof(plan_file),
                                          .fields = plan_fields,
                                          .count = (int32_t)BASE_COUNT(plan_fields),
                                          .meaning = "An experiment."};

const char *piste_plan_design_word(piste_plan_design design) {
    return design_words[design];
}

static piste_status fail(const char *path, int32_t line, piste_errors *errors, const char *format, ...)
    PISTE_PRINTF(4, 5);
static piste_status fail(const char *path, int32_t line, piste_errors *errors, const char *format, ...) {
    char message[500];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return piste_errors_add(errors, PISTE_INVALID, path, line, 0, "%s", message);
}

static bool is_same(const plan_level *a, const plan_level *b) {
    if (a->changes.count != b->changes.count || a->visits != b->visits)
        return false;
    for (int32_t i = 0; i < a->changes.count; i++) {
        const piste_change *x = &a->changes.list[i], *y = &b->changes.list[i];
        if (strcmp(x->path, y->path) != 0 || !x->value != !y->value || (x->value && strcmp(x->value, y->value) != 0))
            return false;
    }
    return true;
}

static void check_factor(const char *path, const plan_factor *f, piste_errors *errors) {
    const char *key = f->entry.key;
    bool is_range = piste_entry_field_line(&f->entry, "from") || piste_entry_field_line(&f->entry, "to");
    if (is_range && f->levels.count)
        (void)fail(path, f->entry.line, errors, "factors: %s has levels and a range, expected one of the two", key);
    else if (is_range && !(f->from < f->to))
        (void)fail(path, f->entry.line, errors, "factors: %s from %g to %g, expected two numbers in order", key,
                   f->from, f->to);
    else if (is_range && f->changes.count == 0)
        (void)fail(path, f->entry.line, errors, "changes: missing in factor %s, expected what its number changes", key);
    else if (!is_range && f->levels.count < 2)
        (void)fail(path, f->entry.line, errors, "levels: %d in factor %s, expected two at least, or a range",
                   f->levels.count, key);
    else if (!is_range && f->changes.count)
        (void)fail(path, piste_entry_field_line(&f->entry, "changes"), errors,
                   "changes: of factor %s itself, expected them in its levels", key);
    bool varies = false;
    for (int32_t i = 0; i < f->changes.count; i++)
        varies |= f->changes.list[i].value && strstr(f->changes.list[i].value, "{}");
    if (is_range && f->changes.count && !varies)
        (void)fail(path, piste_entry_field_line(&f->entry, "changes"), errors,
                   "changes: none of factor %s has {}, expected it where the number goes", key);
    for (int32_t i = 0; i < f->levels.count; i++)
        for (int32_t k = 0; k < i; k++)
            if (is_same(&f->levels.list[i], &f->levels.list[k]))
                (void)fail(path, f->levels.list[i].entry.line, errors, "levels: %s is the same as %s, expected another",
                           f->levels.list[i].entry.key, f->levels.list[k].entry.key);
}

static void check_design(const char *path, const plan_file *p, piste_errors *errors) {
    int32_t line = piste_entry_field_line(&p->entry, "design"), ranges = 0;
    for (int32_t i = 0; i < p->factors.count; i++)
        ranges += p->factors.list[i].from == p->factors.list[i].from;
    bool of_ranges = plan_is_range_design(p->design);
    const char *word = p->design < 0 ? "" : design_words[p->design];
    if (p->factors.count > PISTE_PLAN_FACTORS_MAX)
        (void)fail(path, piste_entry_field_line(&p->entry, "factors"), errors, "factors: %d, expected at most %d",
                   p->factors.count, PISTE_PLAN_FACTORS_MAX);
    if (of_ranges && (ranges < p->factors.count || ranges == 0))
        (void)fail(path, line, errors, "design: %s, expected factors that are ranges, and no levels", word);
    else if (!of_ranges && ranges)
        (void)fail(path, line ? line : p->entry.line, errors,
                   "design: %s, expected latin-hypercube, sobol or morris where a factor is a range", word);
    if (of_ranges && p->samples < 2)
        (void)fail(path, line, errors, "samples: missing, expected how many points of the ranges");
    if (!of_ranges && piste_entry_field_line(&p->entry, "samples"))
        (void)fail(path, piste_entry_field_line(&p->entry, "samples"), errors,
                   "samples: with design: %s, expected them with latin-hypercube, sobol or morris", word);
    if (p->design == PISTE_PLAN_SCENARIOS && p->scenarios.count == 0)
        (void)fail(path, line, errors, "scenarios: missing, expected those of the design");
    if (p->design != PISTE_PLAN_SCENARIOS && p->scenarios.count)
        (void)fail(path, piste_entry_field_line(&p->entry, "scenarios"), errors,
                   "scenarios: with design: %s, expected design: scenarios", word);
    for (int32_t i = 0; p->design == PISTE_PLAN_HALF && i < p->factors.count; i++)
        if (p->factors.list[i].levels.count != 2)
            (void)fail(path, p->factors.list[i].entry.line, errors, "levels: %d in factor %s, expected two for half",
                       p->factors.list[i].levels.count, p->factors.list[i].entry.key);
    if (p->design == PISTE_PLAN_HALF && p->factors.count < 3)
        (void)fail(path, line, errors, "design: half of %d factors, expected three at least", p->factors.count);
}

static void check_numbers(const char *path, const plan_file *p, piste_errors *errors) {
    const plan_replications *r = &p->replications;
    if (r->minimum > r->maximum)
        (void)fail(path, piste_entry_field_line(&r->entry, "minimum"), errors,
                   "replications: minimum %d, maximum %d, expected them in order", r->minimum, r->maximum);
    if (p->measures.count == 0 || p->measures.count > PISTE_PLAN_MEASURES_MAX)
        (void)fail(path, piste_entry_field_line(&p->entry, "measures"), errors, "measures: %d, expected 1 to %d",
                   p->measures.count, PISTE_PLAN_MEASURES_MAX);
    for (int32_t i = 0; i < p->measures.count; i++) {
        const plan_wanted *m = &p->measures.list[i];
        bool asks = *m->precision || *m->difference || m->relative == m->relative;
        if (*m->precision && m->relative == m->relative)
            (void)fail(path, m->entry.line, errors, "measures: %s has precision and relative, expected one of the two",
                       m->measure);
        if (asks && (p->selection.entry.line || plan_is_range_design(p->design)))
            (void)fail(path, m->entry.line, errors, "measures: a precision for %s, expected none with %s", m->measure,
                       p->selection.entry.line ? "a selection" : "ranges");
        for (int32_t k = 0; k < i; k++)
            if (strcmp(m->measure, p->measures.list[k].measure) == 0)
                (void)fail(path, m->entry.line, errors, "measures: %s, given before on line %d", m->measure,
                           p->measures.list[k].entry.line);
    }
    if (p->selection.entry.line && plan_is_range_design(p->design))
        (void)fail(path, p->selection.entry.line, errors, "selection: among samples of ranges, expected scenarios");
}

piste_status plan_file_read(const char *path, base_arena *arena, piste_errors *errors, plan_file *file) {
    char *data = NULL;
    size_t length = 0;
    piste_status status = base_file_read(path, PLAN_BYTES_MAX, errors, &data, &length);
    if (status != PISTE_OK)
        return status;
    status = read_other(path, data, length, &plan_record, "a plan with its keys", arena, errors, file);
    free(data);
    if (status != PISTE_OK)
        return status;
    for (int32_t i = 0; i < file->measures.count; i++) { // texts that are not given are NULL
        plan_wanted *m = (plan_wanted *)(uintptr_t)&file->measures.list[i];
        m->precision = m->precision ? m->precision : "";
        m->difference = m->difference ? m->difference : "";
    }
    if (file->design < 0)
        file->design = file->scenarios.count ? PISTE_PLAN_SCENARIOS : PISTE_PLAN_FULL;
    size_t before = piste_errors_total(errors);
    for (int32_t i = 0; i < file->factors.count; i++)
        check_factor(path, &file->factors.list[i], errors);
    check_design(path, file, errors);
    check_numbers(path, file, errors);
    return piste_errors_total(errors) > before ? PISTE_INVALID : PISTE_OK;
}
