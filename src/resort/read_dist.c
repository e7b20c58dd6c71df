// read_dist.c - distributions of resort.yaml, such as {kind: normal, mean: 9 m/s, sd: 2 m/s}. See reader.h.
#include "resort/reader.h"

static const char *const dist_words[] = {"constant", "uniform", "normal", "lognormal", "exponential", "empirical", NULL};
enum { DIST_KIND, DIST_VALUE, DIST_FROM, DIST_TO, DIST_MEAN, DIST_SD, DIST_MIN, DIST_MAX, DIST_FOLD, DIST_VALUES, DIST_EDGES, DIST_WEIGHTS, DIST_KEYS };
static const char *const dist_keys[] = {"kind", "value", "from", "to", "mean", "sd", "min", "max", "fold", "values", "edges", "weights", NULL};

// Which keys each kind needs, and which it may have besides.
static const struct {
    uint32_t needed, allowed;
} dist_rules[] = {
    [PISTE_DIST_CONSTANT] = {1u << DIST_VALUE, 0},
    [PISTE_DIST_UNIFORM] = {1u << DIST_FROM | 1u << DIST_TO, 1u << DIST_MIN | 1u << DIST_MAX},
    [PISTE_DIST_NORMAL] = {1u << DIST_MEAN | 1u << DIST_SD, 1u << DIST_MIN | 1u << DIST_MAX | 1u << DIST_FOLD},
    [PISTE_DIST_LOGNORMAL] = {1u << DIST_MEAN | 1u << DIST_SD, 1u << DIST_MIN | 1u << DIST_MAX},
    [PISTE_DIST_EXPONENTIAL] = {1u << DIST_MEAN, 1u << DIST_MIN | 1u << DIST_MAX},
    [PISTE_DIST_EMPIRICAL] = {1u << DIST_WEIGHTS, 1u << DIST_VALUES | 1u << DIST_EDGES},
};

typedef struct dist_reader {
    reader *r;
    const schema_field *field;
    bool paced, unpaced; // units of both kinds were seen
    double low, high;    // bounds in the unit that is read
} dist_reader;

static bool dist_number(dist_reader *d, const char *key, const yaml_node_t *node, bool spread, double *out) {
    schema_dimension dimension = d->field->dimension;
    if (spread && dimension == SCHEMA_CLOCK)
        dimension = SCHEMA_DURATION;
    bool pace = false;
    if (!read_quantity(d->r, key, node, dimension, dimension == SCHEMA_SPEED ? &pace : NULL, out))
        return false;
    d->paced |= pace;
    d->unpaced |= !pace;
    return true;
}

static void dist_turn_bounds(dist_reader *d, const yaml_node_t *first) {
    bool pace = false;
    double ignored;
    if (d->field->dimension == SCHEMA_SPEED && first && first->type == YAML_SCALAR_NODE &&
        quantity_parse(read_text_of(first), SCHEMA_SPEED, &pace, &ignored) == PISTE_OK && pace) {
        d->low = 1 / d->field->max;
        d->high = 1 / d->field->min;
    }
}

static bool dist_in_bounds(const dist_reader *d, double value) {
    return !read_is_bounded(d->field) || (value >= d->low && value <= d->high);
}

static bool dist_list(dist_reader *d, const yaml_node_t *node, const char *key, bool plain, double **out, int32_t *count) {
    if (node->type != YAML_SEQUENCE_NODE || read_element_count(node) < 1) {
        read_unexpected(d->r, PISTE_INVALID, key, node, "a list of numbers");
        return false;
    }
    *count = read_element_count(node);
    if (read_too_many(d->r, key, node, *count))
        return false;
    *out = read_take(d->r, (size_t)*count * sizeof **out);
    for (int32_t i = 0; *out && i < *count; i++) {
        const yaml_node_t *n = read_element(d->r, node, i);
        if (plain ? !read_quantity(d->r, key, n, SCHEMA_PLAIN, NULL, &(*out)[i]) : !dist_number(d, key, n, false, &(*out)[i]))
            return false;
    }
    return *out != NULL;
}

static bool dist_empirical(dist_reader *d, const yaml_node_t *node, const yaml_node_t *const part[], piste_dist *dist) {
    reader *r = d->r;
    double *values = NULL, *weights = NULL;
    int32_t value_count = 0, weight_count = 0;
    dist->bins = part[DIST_EDGES] != NULL;
    if ((part[DIST_VALUES] != NULL) == dist->bins) {
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: an empirical distribution, expected either values or edges", d->field->key);
        return false;
    }
    const char *key = dist->bins ? "edges" : "values";
    if (!dist_list(d, part[dist->bins ? DIST_EDGES : DIST_VALUES], key, false, &values, &value_count) ||
        !dist_list(d, part[DIST_WEIGHTS], "weights", true, &weights, &weight_count))
        return false;
    if (value_count != weight_count + dist->bins) {
        read_fail(r, PISTE_INVALID, part[DIST_WEIGHTS]->start_mark, "weights: %d of them, expected %d for %d %s", weight_count,
             value_count - dist->bins, value_count, key);
        return false;
    }
    double sum = 0;
    for (int32_t i = 0; i < weight_count; i++) {
        if (weights[i] < 0) {
            read_fail(r, PISTE_INVALID, part[DIST_WEIGHTS]->start_mark, "weights: %.10g, expected 0 or more", weights[i]);
            return false;
        }
        sum += weights[i];
    }
    for (int32_t i = 1; i < value_count; i++)
        if (dist->bins && !(values[i] > values[i - 1])) {
            read_fail(r, PISTE_INVALID, part[DIST_EDGES]->start_mark, "edges: not rising, expected each above the one before");
            return false;
        }
    if (!(sum > 0)) {
        read_fail(r, PISTE_INVALID, part[DIST_WEIGHTS]->start_mark, "weights: all 0, expected one above 0");
        return false;
    }
    double before = 0;
    for (int32_t i = 0; i < weight_count; i++) {
        before += weights[i];
        weights[i] = i == weight_count - 1 ? 1.0 : before / sum;
    }
    dist->values = values;
    dist->cumulative = weights;
    dist->count = weight_count;
    for (int32_t i = 0; i < value_count; i++)
        if (!dist_in_bounds(d, values[i])) {
            read_fail(r, PISTE_INVALID, node->start_mark, "%s: %.10g among its %s, expected %s", d->field->key, values[i], key, read_bounds_text(r, d->field));
            return false;
        }
    return true;
}

// Whatever a distribution would draw outside its key's bounds is cut off: it is truncated there.
static void dist_confine(const dist_reader *d, piste_dist *dist) {
    if (!read_is_bounded(d->field) || dist->fold || dist->kind == PISTE_DIST_CONSTANT || dist->kind == PISTE_DIST_EMPIRICAL)
        return;
    bool positive = dist->kind == PISTE_DIST_LOGNORMAL || dist->kind == PISTE_DIST_EXPONENTIAL;
    bool inside_low = dist->kind == PISTE_DIST_UNIFORM ? dist->a >= d->low : positive && d->low <= 0;
    bool inside_high = dist->kind == PISTE_DIST_UNIFORM && dist->b <= d->high;
    if (!inside_low && (!dist->has_min || dist->min < d->low)) {
        dist->has_min = true;
        dist->min = d->low;
    }
    if (!inside_high && (!dist->has_max || dist->max > d->high)) {
        dist->has_max = true;
        dist->max = d->high;
    }
}

static bool dist_parts(reader *r, const schema_field *f, const yaml_node_t *node, const yaml_node_t *part[]) {
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = read_node(r, p->key);
        int32_t index = 0;
        if (!read_word(r, f->key, key, dist_keys, &index))
            return false;
        if (part[index]) {
            read_unexpected(r, PISTE_INVALID, f->key, key, "each key once");
            return false;
        }
        part[index] = read_node(r, p->value);
    }
    return true;
}

static bool dist_read_map(dist_reader *d, const yaml_node_t *node, const yaml_node_t *const part[], piste_dist *dist) {
    reader *r = d->r;
    const char *key = d->field->key;
    int32_t kind = 0;
    if (!part[DIST_KIND]) {
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: a map without kind, expected %s", key, read_list_words(r, dist_words));
        return false;
    }
    if (!read_word(r, "kind", part[DIST_KIND], dist_words, &kind))
        return false;
    kind++; // the words leave out PISTE_DIST_NONE
    dist->kind = (piste_dist_kind)kind;
    for (int i = DIST_VALUE; i < DIST_KEYS; i++) {
        bool needed = dist_rules[kind].needed >> i & 1, allowed = needed || (dist_rules[kind].allowed >> i & 1);
        if (part[i] && !allowed) {
            read_fail(r, PISTE_INVALID, part[i]->start_mark, "%s: not part of a %s distribution", dist_keys[i], dist_words[kind - 1]);
            return false;
        }
        if (!part[i] && needed) {
            read_fail(r, PISTE_INVALID, node->start_mark, "%s: a %s distribution without %s", key, dist_words[kind - 1], dist_keys[i]);
            return false;
        }
    }
    static const struct {
        int part;
        bool first;
    } parameters[] = {{DIST_VALUE, true}, {DIST_FROM, true}, {DIST_MEAN, true}, {DIST_TO, false}, {DIST_SD, false}};
    for (size_t i = 0; i < BASE_COUNT(parameters); i++) {
        int p = parameters[i].part;
        if (part[p] && !dist_number(d, dist_keys[p], part[p], p == DIST_SD, parameters[i].first ? &dist->a : &dist->b))
            return false;
    }
    dist->has_min = part[DIST_MIN] != NULL;
    dist->has_max = part[DIST_MAX] != NULL;
    if ((part[DIST_MIN] && !dist_number(d, "min", part[DIST_MIN], false, &dist->min)) ||
        (part[DIST_MAX] && !dist_number(d, "max", part[DIST_MAX], false, &dist->max)) ||
        (part[DIST_FOLD] && !read_bool(r, "fold", part[DIST_FOLD], &dist->fold)))
        return false;
    return kind != PISTE_DIST_EMPIRICAL || dist_empirical(d, node, part, dist);
}

void read_dist(reader *r, const schema_field *f, const yaml_node_t *node, piste_dist *out) {
    dist_reader d = {.r = r, .field = f, .low = f->min, .high = f->max};
    piste_dist dist = {0};
    if (node->type == YAML_SCALAR_NODE) {
        dist.kind = PISTE_DIST_CONSTANT;
        dist_turn_bounds(&d, node);
        if (!dist_number(&d, f->key, node, false, &dist.a))
            return;
    } else if (node->type != YAML_MAPPING_NODE) {
        read_unexpected(r, PISTE_INVALID, f->key, node, "a value or a distribution, such as {kind: normal, mean: ..., sd: ...}");
        return;
    } else {
        // The bounds of a pace are those of the speed, upside down; which of the two it is, the first number tells.
        const yaml_node_t *part[DIST_KEYS] = {0};
        if (!dist_parts(r, f, node, part))
            return;
        const yaml_node_t *first = part[DIST_VALUE] ? part[DIST_VALUE] : part[DIST_FROM] ? part[DIST_FROM] : part[DIST_MEAN];
        dist_turn_bounds(&d, first);
        if (!dist_read_map(&d, node, part, &dist))
            return;
    }
    if (d.paced && d.unpaced) {
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: speeds and paces mixed, expected one of the two", f->key);
        return;
    }
    dist.reciprocal = d.paced;
    if (dist.kind == PISTE_DIST_CONSTANT && !dist_in_bounds(&d, dist.a)) {
        read_unexpected(r, PISTE_INVALID, f->key, node, read_bounds_text(r, f));
        return;
    }
    if (dist.fold && read_is_bounded(f) && dist.a + 8 * dist.b > d.high) {
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: a folded normal that reaches past the bounds, expected %s", f->key, read_bounds_text(r, f));
        return;
    }
    dist_confine(&d, &dist);
    const char *why = "";
    if (piste_dist_prepare(&dist, &why) != PISTE_OK) {
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: %s (within the bounds %s)", f->key, why, read_is_bounded(f) ? read_bounds_text(r, f) : "of a number");
        return;
    }
    *out = dist;
}
