// check_types.c - kinds of days: what they close must leave everyone a way home.
#include <stdlib.h>
#include <string.h>

#include "resort/check.h"

static const check_rule rules[] = {CHECK_DEAD_END, CHECK_LIFT_WITHOUT_WAY_DOWN, CHECK_NO_WAY_HOME, CHECK_FOOT_STRANDED};

static bool is_about_home(const piste_finding *f) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(f->rule, check_rule_word(rules[i])) == 0)
            return true;
    return false;
}

static bool is_there(const piste_findings *findings, const piste_finding *f) {
    for (size_t i = 0; i < piste_findings_count(findings); i++) {
        const piste_finding *other = piste_findings_get(findings, i);
        if (strcmp(other->rule, f->rule) == 0 && strcmp(other->subject, f->subject) == 0)
            return true;
    }
    return false;
}

// The resort as it is on such days; its lists of lifts and runs are the caller's to free. False: no memory.
static bool close_ways(const piste_resort *resort, const piste_day_type *type, piste_resort *out) {
    *out = *resort;
    piste_run *runs = calloc((size_t)resort->runs.count + 1, sizeof *runs);
    piste_lift *lifts = calloc((size_t)resort->lifts.count + 1, sizeof *lifts);
    if (!runs || !lifts) {
        free(runs);
        free(lifts);
        return false;
    }
    if (resort->runs.count)
        memcpy(runs, resort->runs.list, (size_t)resort->runs.count * sizeof *runs);
    if (resort->lifts.count)
        memcpy(lifts, resort->lifts.list, (size_t)resort->lifts.count * sizeof *lifts);
    for (int32_t i = 0; i < type->closed_runs.count; i++)
        runs[type->closed_runs.list[i].index].closed = true;
    for (int32_t i = 0; i < type->closed_lifts.count; i++)
        lifts[type->closed_lifts.list[i].index].closed = true;
    out->runs.list = runs;
    out->lifts.list = lifts;
    return true;
}

static void check_type(check *c, const piste_day_type *type) {
    piste_resort closed;
    check on_such_days = {.resort = &closed, .findings = check_findings_create()};
    if (!on_such_days.findings || !close_ways(c->resort, type, &closed)) {
        piste_findings_destroy(on_such_days.findings);
        c->no_memory = true;
        return;
    }
    check_ways(&on_such_days);
    c->no_memory |= on_such_days.no_memory;
    size_t before = piste_findings_count(c->findings); // those of other types are told of this one too
    for (size_t i = 0; i < piste_findings_count(on_such_days.findings); i++) {
        const piste_finding *f = piste_findings_get(on_such_days.findings, i);
        if (is_about_home(f) && !is_there(c->findings, f) && piste_findings_count(c->findings) < before + 10)
            check_tell(c, CHECK_CLOSED_WAY_HOME, check_line(&type->entry, "closed-runs closed-lifts"), check_subject(c, &type->entry),
                       check_text(c, "with what it closes, %s is wrong: %s", f->subject, f->message),
                       check_text(c, "close %s too, or leave open what leads home from there", f->subject));
    }
    free((void *)(uintptr_t)closed.runs.list);
    free((void *)(uintptr_t)closed.lifts.list);
    piste_findings_destroy(on_such_days.findings);
}

void check_day_types(check *c) {
    for (int32_t i = 0; i < c->resort->day_types.count; i++) {
        const piste_day_type *type = &c->resort->day_types.list[i];
        if (!type->closed && type->closed_runs.count + type->closed_lifts.count > 0)
            check_type(c, type);
    }
}
