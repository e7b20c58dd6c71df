// quantity.h - numbers with units, dates and times as they stand in resort.yaml. Everything is parsed whole:
// "2.3x m" is no length. Decimal numbers become the nearest double whatever the locale.
#ifndef RESORT_QUANTITY_H
#define RESORT_QUANTITY_H

#include "resort/schema.h"

// A decimal number: mantissa / 10^decimals, at most 15 digits. False: not such a number.
bool quantity_decimal(const char *text, size_t length, int64_t *mantissa, int *decimals);
bool quantity_number(const char *text, double *value);
bool quantity_integer(const char *text, int64_t *value);

// "1200 m" in the unit of the dimension. *is_pace tells that a speed was given as s/m or min/km (NULL: not allowed).
// PISTE_SYNTAX: no number; PISTE_INVALID: the unit is missing or of another dimension.
PISTE_CHECKED piste_status quantity_parse(const char *text, schema_dimension dimension, bool *is_pace, double *value);
// "7.2 s" as an exact fraction of seconds.
PISTE_CHECKED piste_status quantity_ratio(const char *text, piste_ratio *seconds);
// "70 %" as 0.7.
PISTE_CHECKED piste_status quantity_share(const char *text, double *share);
// "HH:MM" or "HH:MM:SS", 00:00 to 48:00.
PISTE_CHECKED piste_status quantity_time(const char *text, int32_t *second);
// "09:00-16:30", the end after the beginning.
PISTE_CHECKED piste_status quantity_span(const char *text, piste_span *span);
// "100 USD": the amount in the currency's minor unit.
PISTE_CHECKED piste_status quantity_money(const char *text, char code[4], int64_t *minor);

// "a length with its unit, such as 1200 m"
const char *quantity_example(schema_dimension dimension);
// Writes a value in the dimension's unit with the unit's name: "14 m/s".
void quantity_format(double value, schema_dimension dimension, char *out, size_t size);

#endif
