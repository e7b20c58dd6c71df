// calibrate_yaml.c - what scans say of a resort as values for its resort.yaml, each with its basis and standard error.
//
// Only what is estimated is written. Entries are meant to be put over those of the resort key by key: a list of the
// fragment names the entries that it is for, and holds nothing but what changes.
#include <math.h>
#include <string.h>

#include "report/report.h"

typedef struct writing {
    const piste_resort *resort;
    const piste_calibration *c;
    base_text *out;
} writing;

// No locale's point, and no more digits than four.
static void add_number(base_text *out, double value) {
    char text[40];
    snprintf(text, sizeof text, "%.4g", value);
    if (strchr(text, 'e'))
        snprintf(text, sizeof text, "%.6f", value);
    for (char *at = text; *at; at++)
        *at = *at == ',' ? '.' : *at;
    base_text_add(out, text);
}

static const piste_calibrated *value_of(const writing *w, const char *entry, const char *field) {
    for (int32_t i = 0; i < w->c->values.count; i++) {
        const piste_calibrated *v = &w->c->values.list[i];
        if (v->free && strcmp(v->entry, entry) == 0 && strcmp(v->field, field) == 0 && !*v->of)
            return v;
    }
    return NULL;
}

static void add_source(const writing *w, const char *indent, const char *field, double error, const char *unit) {
    base_text_format(w->out, "%s%s: \"measured: %lld scans of %d %s; standard error ", indent, field,
                     (long long)w->c->scans, w->c->days, w->c->days == 1 ? "day" : "days");
    add_number(w->out, error);
    base_text_format(w->out, "%s\"\n", unit);
}

// ---- choice ---------------------------------------------------------------------------------------------------------

static const struct choice_key {
    const char *field, *unit;
    size_t offset;
    double times; // of the unit, for one of piste's own
} choice_keys[] = {
    {"scale", " s", offsetof(piste_choice, scale_s), 1},
    {"discount", " %", offsetof(piste_choice, discount), 100},
    {"pleasure", " s/m", offsetof(piste_choice, pleasure_s_per_m), 1},
    {"aversion", " %", offsetof(piste_choice, aversion), 100},
    {"fatigue", " %", offsetof(piste_choice, fatigue), 100},
    {"wait-weight", "", offsetof(piste_choice, wait_weight), 1},
    {"ride-weight", "", offsetof(piste_choice, ride_weight), 1},
    {"walk-weight", "", offsetof(piste_choice, walk_weight), 1},
    {"novelty", " s", offsetof(piste_choice, novelty_s), 1},
    {"memory", " s", offsetof(piste_choice, memory_s), 1},
    {"crowding", " %", offsetof(piste_choice, crowding), 100},
};

static double field_of(const piste_choice *choice, size_t offset) {
    double value;
    memcpy(&value, (const char *)choice + offset, sizeof value);
    return value;
}

// The found value of this choice, which need not be the resort's: its own, by the same factor (of odds for a share that
// was found by its odds).
static double found_in(const piste_calibrated *v, double own) {
    if (strcmp(v->field, "discount") != 0)
        return own * v->factor;
    double odds = own / (1 - own) * v->factor;
    return odds / (1 + odds);
}

static bool has_choice(const writing *w) {
    for (size_t i = 0; i < BASE_COUNT(choice_keys); i++)
        if (value_of(w, "choice", choice_keys[i].field))
            return true;
    return false;
}

static void add_choice(const writing *w, const piste_choice *choice, const char *indent, bool own_only) {
    base_text basis = {0};
    writing told = *w;
    told.out = &basis;
    char deeper[40];
    snprintf(deeper, sizeof deeper, "%s    ", indent);
    for (size_t i = 0; i < BASE_COUNT(choice_keys); i++) {
        const struct choice_key *k = &choice_keys[i];
        const piste_calibrated *v = value_of(w, "choice", k->field);
        double own = field_of(choice, k->offset);
        if (!v || !(own > 0) || (own_only && own == field_of(&w->resort->choice, k->offset)))
            continue;
        double found = found_in(v, own), share = v->found.error / v->found.value;
        if (k->times == 100 && found > 1)
            found = 1;
        base_text_format(w->out, "%s  %s: ", indent, k->field);
        add_number(w->out, found * k->times);
        base_text_format(w->out, "%s\n", k->unit);
        add_source(&told, deeper, k->field, found * k->times * share, k->unit);
    }
    if (basis.length)
        base_text_format(w->out, "%s  basis:\n%s", indent, basis.data);
    w->out->failed |= basis.failed;
    base_text_release(&basis);
}

// ---- abilities ------------------------------------------------------------------------------------------------------

static void add_bound(base_text *out, const char *name, bool has, double value, const char *unit) {
    if (!has)
        return;
    base_text_format(out, ", %s: ", name);
    add_number(out, value);
    base_text_add(out, unit);
}

// A distribution of any kind that piste reads, but empirical ones, stretched by `factor`, its spread by `spread` more.
static void add_dist(base_text *out, const piste_dist *d, double factor, double spread, const char *unit) {
    static const char *const kinds[] = {"", "constant", "uniform", "normal", "lognormal", "exponential"};
    if (d->kind == PISTE_DIST_CONSTANT) {
        add_number(out, d->a * factor);
        base_text_format(out, "%s", unit);
        return;
    }
    bool uniform = d->kind == PISTE_DIST_UNIFORM;
    base_text_format(out, "{kind: %s, %s: ", kinds[d->kind], uniform ? "from" : "mean");
    add_number(out, d->a * factor);
    base_text_add(out, unit);
    if (d->kind != PISTE_DIST_EXPONENTIAL) {
        base_text_format(out, ", %s: ", uniform ? "to" : "sd");
        add_number(out, d->b * factor * spread);
        base_text_add(out, unit);
    }
    add_bound(out, "min", d->has_min, d->min * factor, unit);
    add_bound(out, "max", d->has_max, d->max * factor, unit);
    base_text_add(out, "}");
}

static bool can_stretch(const piste_dist *d) {
    return d->kind != PISTE_DIST_NONE && d->kind != PISTE_DIST_EMPIRICAL && !d->reciprocal;
}

static bool add_traits(const writing *w, int32_t ability, base_text *list) {
    const piste_ability_traits *t = &w->resort->traits[ability];
    const piste_calibrated *spread = value_of(w, "ability", "speed sd"), *rest = value_of(w, "ability", "rest"),
                           *stamina = value_of(w, "ability", "stamina");
    base_text basis = {0};
    writing told = *w;
    told.out = &basis;
    double factor = w->c->speeds[ability].factor, error = w->c->speeds[ability].found.error;
    bool speed = !isnan(w->c->speeds[ability].found.value), any = false;
    base_text_format(list, "  - ability: %s\n", piste_ability_word((piste_ability)ability));
    if ((speed || spread) && can_stretch(&t->speed)) {
        base_text_add(list, "    speed: ");
        add_dist(list, &t->speed, factor, spread ? spread->factor : 1, " m/s");
        base_text_add(list, "\n");
        add_source(&told, "      ", "speed", speed ? error : 0, " m/s of the mean");
        any = true;
    }
    const struct {
        const char *key, *unit;
        const piste_dist *dist;
        const piste_calibrated *v;
    } more[] = {{"rest", " s", &t->rest, rest}, {"stamina", " m", &t->stamina, stamina}};
    for (size_t i = 0; i < BASE_COUNT(more); i++)
        if (more[i].v && can_stretch(more[i].dist)) {
            base_text_format(list, "    %s: ", more[i].key);
            add_dist(list, more[i].dist, more[i].v->factor, 1, more[i].unit);
            base_text_add(list, "\n");
            add_source(&told, "      ", more[i].key, more[i].v->factor_error * 100, " %");
            any = true;
        }
    if (any)
        base_text_format(list, "    basis:\n%s", basis.data);
    list->failed |= basis.failed;
    base_text_release(&basis);
    return any;
}

static void add_abilities(const writing *w) {
    base_text list = {0};
    bool any = false;
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++) {
        bool there = false;
        for (int32_t s = 0; s < w->resort->segments.count; s++)
            there |= w->resort->segments.list[s].ability[a] > 0;
        if (there)
            any |= add_traits(w, a, &list);
    }
    if (any)
        base_text_format(w->out, "abilities:\n%s", list.data);
    w->out->failed |= list.failed;
    base_text_release(&list);
}

// ---- segments and lifts ---------------------------------------------------------------------------------------------

static double worst(const piste_pattern *p) {
    double most = 0;
    for (int32_t i = 0; i < p->bins.count; i++)
        most = p->bins.list[i].share.error > most ? p->bins.list[i].share.error : most;
    return most;
}

static void add_pattern(const writing *w, const piste_pattern *p, bool times) {
    base_text values = {0}, weights = {0};
    int32_t last = -1, from = 0, to = p->bins.count;
    while (from + 1 < to && p->bins.list[from].share.value == 0)
        from++;
    while (to - 1 > from && p->bins.list[to - 1].share.value == 0)
        to--;
    for (int32_t i = from; i < to; i++) {
        const piste_bin *b = &p->bins.list[i];
        if (times && last >= 0 && b->from != last)
            base_text_format(&weights, ", 0");
        if (times && b->from != last)
            base_text_format(&values, "%s\"%02d:%02d\"", last < 0 ? "" : ", ", b->from / 3600, b->from / 60 % 60);
        if (times)
            base_text_format(&values, ", \"%02d:%02d\"", b->to / 3600, b->to / 60 % 60);
        else
            base_text_format(&values, "%s%d", i > from ? ", " : "", b->from);
        base_text_add(&weights, i > from ? ", " : "");
        add_number(&weights, base_round(b->share.value * 100, 2));
        last = b->to;
    }
    base_text_format(w->out, "    %s: {kind: empirical, %s: [%s], weights: [%s]}\n", times ? "arrival" : "party-size",
                     times ? "edges" : "values", values.data ? values.data : "", weights.data ? weights.data : "");
    w->out->failed |= values.failed || weights.failed;
    base_text_release(&values);
    base_text_release(&weights);
}

static void add_segment(const writing *w, int32_t i) {
    const piste_segment *s = &w->resort->segments.list[i];
    const piste_pattern *arrival = NULL, *size = NULL;
    for (int32_t k = 0; k < w->c->arrivals.count; k++) {
        if (w->c->arrivals.list[k].known && strcmp(w->c->arrivals.list[k].segment, s->entry.key) == 0)
            arrival = &w->c->arrivals.list[k];
        if (w->c->parties.list[k].known && strcmp(w->c->parties.list[k].segment, s->entry.key) == 0)
            size = &w->c->parties.list[k];
    }
    base_text choice = {0};
    writing own = *w;
    own.out = &choice;
    if (has_choice(w) && s->choice.entry.record && s->choice.entry.line > 0)
        add_choice(&own, &s->choice, "    ", true);
    if (!arrival && !size && !choice.length) {
        base_text_release(&choice);
        return;
    }
    base_text_format(w->out, "  - key: %s\n", s->entry.key);
    if (size)
        add_pattern(w, size, false);
    if (arrival)
        add_pattern(w, arrival, true);
    if (choice.length)
        base_text_format(w->out, "    choice:\n%s", choice.data);
    if (arrival || size)
        base_text_add(w->out, "    basis:\n");
    if (size)
        add_source(w, "      ", "party-size", worst(size) * 100, " % of a share at the most");
    if (arrival)
        add_source(w, "      ", "arrival", worst(arrival) * 100, " % of a share at the most");
    w->out->failed |= choice.failed;
    base_text_release(&choice);
}

static void add_segments(const writing *w) {
    base_text list = {0};
    writing own = *w;
    own.out = &list;
    for (int32_t i = 0; i < w->resort->segments.count; i++)
        add_segment(&own, i);
    if (list.length)
        base_text_format(w->out, "segments:\n%s", list.data);
    w->out->failed |= list.failed;
    base_text_release(&list);
}

static void add_lifts(const writing *w) {
    bool any = false;
    for (int32_t i = 0; i < w->c->stops.count; i++) {
        const piste_stop_result *s = &w->c->stops.list[i];
        if (!s->known)
            continue;
        base_text_format(
            w->out, "%s  - key: %s\n    stops:\n      - {cause: mechanical, every: ", any ? "" : "lifts:\n", s->key);
        any = true;
        add_number(w->out, s->every_s.value);
        base_text_add(w->out, " s, duration: {kind: lognormal, mean: ");
        add_number(w->out, s->duration_s.value);
        base_text_add(w->out, " s, sd: ");
        add_number(w->out, s->duration_sd_s);
        base_text_add(w->out, " s}}\n    basis:\n");
        base_text_format(w->out, "      stops: \"measured: %lld stops in %.1f h; standard errors ",
                         (long long)s->every_s.seen, s->watched_s / 3600);
        add_number(w->out, s->every_s.error);
        base_text_add(w->out, " s of every, ");
        add_number(w->out, s->duration_s.error);
        base_text_add(w->out, " s of the mean duration; all causes in one\"\n");
    }
}

void report_calibration_yaml(const piste_resort *resort, const piste_calibration *c, base_text *out) {
    writing w = {resort, c, out};
    base_text_format(
        out,
        "# Found by `piste calibrate` from %lld scans of %d %s. Put these over the same keys of resort.yaml;\n"
        "# what is not here is not told by the scans, and stays as it is.\n",
        (long long)c->scans, c->days, c->days == 1 ? "day" : "days");
    const piste_calibrated *walking = value_of(&w, "resort", "walking-speed");
    if (walking) {
        base_text_add(out, "walking-speed: ");
        add_number(out, walking->found.value);
        base_text_add(out, " m/s\nbasis:\n");
        add_source(&w, "  ", "walking-speed", walking->found.error, " m/s");
    }
    if (has_choice(&w)) {
        base_text_add(out, "choice:\n");
        add_choice(&w, &resort->choice, "", false);
    }
    add_abilities(&w);
    add_lifts(&w);
    add_segments(&w);
}
