// quantity.c - numbers with units, dates and times. See quantity.h.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "resort/quantity.h"

static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

bool quantity_decimal(const char *text, size_t length, int64_t *mantissa, int *decimals) {
    bool negative = length && text[0] == '-';
    size_t at = negative, digits = 0;
    int64_t value = 0;
    int after = -1;
    for (; at < length; at++) {
        if (text[at] == '.' && after < 0 && digits) {
            after = 0;
            continue;
        }
        if (text[at] < '0' || text[at] > '9' || digits == 15)
            return false;
        value = value * 10 + (text[at] - '0');
        digits++;
        if (after >= 0)
            after++;
    }
    if (digits == 0 || after == 0)
        return false;
    *mantissa = negative ? -value : value;
    *decimals = after < 0 ? 0 : after;
    return true;
}

// Both the mantissa and the power of ten are exact doubles, so one division rounds once: the nearest double.
static double nearest(int64_t mantissa, int decimals) {
    return (double)mantissa / powers[decimals];
}

bool quantity_number(const char *text, double *value) {
    int64_t mantissa;
    int decimals;
    if (!quantity_decimal(text, strlen(text), &mantissa, &decimals))
        return false;
    *value = nearest(mantissa, decimals) + 0.0;
    return true;
}

bool quantity_integer(const char *text, int64_t *value) {
    int64_t mantissa;
    int decimals;
    if (!quantity_decimal(text, strlen(text), &mantissa, &decimals) || decimals != 0)
        return false;
    *value = mantissa;
    return true;
}

// A unit is worth num / den of the dimension's own.
typedef struct unit {
    const char *name;
    schema_dimension dimension;
    double num, den;
    bool pace;
} unit;

static const unit units[] = {
    {"m", SCHEMA_LENGTH, 1, 1, false},
    {"km", SCHEMA_LENGTH, 1000, 1, false},
    {"ft", SCHEMA_LENGTH, 3048, 10000, false},
    {"m/s", SCHEMA_SPEED, 1, 1, false},
    {"km/h", SCHEMA_SPEED, 10, 36, false},
    {"mph", SCHEMA_SPEED, 44704, 100000, false},
    {"ft/min", SCHEMA_SPEED, 508, 100000, false},
    {"s/m", SCHEMA_SPEED, 1, 1, true},
    {"min/km", SCHEMA_SPEED, 60, 1000, true},
    {"s", SCHEMA_DURATION, 1, 1, false},
    {"min", SCHEMA_DURATION, 60, 1, false},
    {"h", SCHEMA_DURATION, 3600, 1, false},
    {"d", SCHEMA_DURATION, 86400, 1, false},
    {"pph", SCHEMA_RATE, 1, 1, false},
    {"ha", SCHEMA_AREA, 1, 1, false},
    {"m2", SCHEMA_AREA, 1, 10000, false},
    {"s/m", SCHEMA_PACE, 1, 1, false},
    {"min/km", SCHEMA_PACE, 60, 1000, false},
};

static const unit *find_unit(const char *name, schema_dimension dimension) {
    for (size_t i = 0; i < BASE_COUNT(units); i++)
        if (units[i].dimension == dimension && strcmp(units[i].name, name) == 0)
            return &units[i];
    return NULL;
}

// Splits "1200 m" at the first blank (or where the digits end); the unit is "" where there is none.
static bool split(const char *text, int64_t *mantissa, int *decimals, const char **name) {
    size_t length = strspn(text, "-0123456789.");
    if (!quantity_decimal(text, length, mantissa, decimals))
        return false;
    text += length;
    *name = text + strspn(text, " ");
    return true;
}

piste_status quantity_parse(const char *text, schema_dimension dimension, bool *is_pace, double *value) {
    int64_t mantissa;
    int decimals;
    const char *name;
    if (!split(text, &mantissa, &decimals, &name))
        return PISTE_SYNTAX;
    if (dimension == SCHEMA_PLAIN || dimension == SCHEMA_PERSONS) {
        if (*name)
            return PISTE_INVALID;
        *value = nearest(mantissa, decimals) + 0.0;
        return PISTE_OK;
    }
    const unit *u = find_unit(name, dimension);
    if (!u || (u->pace && !is_pace))
        return PISTE_INVALID;
    if (is_pace)
        *is_pace = u->pace;
    *value = nearest(mantissa, decimals) * u->num / u->den + 0.0;
    return PISTE_OK;
}

piste_status quantity_ratio(const char *text, piste_ratio *seconds) {
    int64_t mantissa;
    int decimals;
    const char *name;
    if (!split(text, &mantissa, &decimals, &name))
        return PISTE_SYNTAX;
    const unit *u = find_unit(name, SCHEMA_DURATION);
    if (!u || decimals > 6)
        return PISTE_INVALID;
    if (mantissa <= 0 || mantissa > 1000000000)
        return PISTE_LIMIT;
    int64_t num = mantissa * (int64_t)u->num, den = (int64_t)powers[decimals];
    for (int64_t a = num, b = den; a;) { // in lowest terms
        int64_t rest = b % a;
        b = a;
        a = rest;
        if (!a) {
            num /= b;
            den /= b;
        }
    }
    *seconds = (piste_ratio){num, den};
    return PISTE_OK;
}

piste_status quantity_share(const char *text, double *share) {
    int64_t mantissa;
    int decimals;
    const char *name;
    if (!split(text, &mantissa, &decimals, &name))
        return PISTE_SYNTAX;
    if (strcmp(name, "%") != 0)
        return PISTE_INVALID;
    double value = decimals <= 13 ? nearest(mantissa, decimals + 2) : nearest(mantissa, decimals) / 100;
    if (value < 0 || value > 1)
        return PISTE_LIMIT;
    *share = value + 0.0;
    return PISTE_OK;
}

static bool two_digits(const char *text, int *value) {
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *value = (text[0] - '0') * 10 + text[1] - '0';
    return true;
}

static bool parse_time(const char *text, size_t length, int32_t *second) {
    int h, m, s = 0;
    if ((length != 5 && length != 8) || !two_digits(text, &h) || text[2] != ':' || !two_digits(text + 3, &m))
        return false;
    if (length == 8 && (text[5] != ':' || !two_digits(text + 6, &s)))
        return false;
    if (m > 59 || s > 59 || h * 3600 + m * 60 + s > 172800)
        return false;
    *second = h * 3600 + m * 60 + s;
    return true;
}

piste_status quantity_time(const char *text, int32_t *second) {
    return parse_time(text, strlen(text), second) ? PISTE_OK : PISTE_SYNTAX;
}

piste_status quantity_span(const char *text, piste_span *span) {
    const char *dash = strchr(text, '-');
    piste_span s;
    if (!dash || !parse_time(text, (size_t)(dash - text), &s.from_s) || !parse_time(dash + 1, strlen(dash + 1), &s.to_s))
        return PISTE_SYNTAX;
    if (s.from_s >= s.to_s)
        return PISTE_INVALID;
    *span = s;
    return PISTE_OK;
}

piste_status quantity_money(const char *text, char code[4], int64_t *minor) {
    int64_t mantissa;
    int decimals;
    const char *name;
    if (!split(text, &mantissa, &decimals, &name))
        return PISTE_SYNTAX;
    int digits = base_currency_digits(name);
    if (digits < 0 || decimals > digits)
        return PISTE_INVALID;
    if (mantissa < 0 || mantissa > 1000000000000)
        return PISTE_LIMIT;
    for (int i = decimals; i < digits; i++)
        mantissa *= 10;
    memcpy(code, name, 4);
    *minor = mantissa;
    return PISTE_OK;
}

static const struct {
    const char *unit, *example;
} examples[SCHEMA_DIMENSION_COUNT] = {
    [SCHEMA_PLAIN] = {"", "a number without unit"},
    [SCHEMA_LENGTH] = {" m", "a length with its unit, such as 1200 m"},
    [SCHEMA_SPEED] = {" m/s", "a speed with its unit, such as 2.3 m/s"},
    [SCHEMA_DURATION] = {" s", "a time with its unit, such as 90 s"},
    [SCHEMA_RATE] = {" pph", "persons per hour with their unit, such as 2400 pph"},
    [SCHEMA_AREA] = {" ha", "an area with its unit, such as 4 ha"},
    [SCHEMA_PACE] = {" s/m", "a pace with its unit, such as 6 min/km"},
    [SCHEMA_CLOCK] = {"", "a time of day, such as 09:30"},
    [SCHEMA_PERSONS] = {"", "a number of persons"},
};

const char *quantity_example(schema_dimension dimension) {
    return examples[dimension].example;
}

void quantity_format(double value, schema_dimension dimension, char *out, size_t size) {
    if (dimension == SCHEMA_CLOCK)
        snprintf(out, size, "%02d:%02d", (int)value / 3600, (int)value / 60 % 60);
    else
        snprintf(out, size, "%.10g%s", value, examples[dimension].unit);
}
