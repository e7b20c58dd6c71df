// money.h - amounts as text, conversion at dated rates, rounding by tender.
//
// In requests and answers an amount is a text with its currency, "92.00 EUR", with no more decimal places than ISO 4217
// gives the currency; inside it is whole minor units. A rate is an exact fraction. A conversion rounds half away from zero.
#ifndef DESK_MONEY_H
#define DESK_MONEY_H

#include "desk/desk.h"

typedef struct desk_money {
    char currency[4];
    int64_t minor;
} desk_money;

enum { DESK_MONEY_TEXT = 32 };
// No single amount is larger, so that sums of thousands stay within 64 bits.
#define DESK_MINOR_MAX INT64_C(10000000000000000)
// "92.00 EUR", "-5 JPY": PISTE_SYNTAX for anything else, also beyond 12 digits before the point.
PISTE_CHECKED piste_status desk_money_parse(const char *text, desk_money *out);
const char *desk_money_format(const char *currency, int64_t minor, char out[DESK_MONEY_TEXT]);
json_t *desk_money_json(const char *currency, int64_t minor);

// Units of `to` for one unit of `from`, with what it rests on.
typedef struct desk_money_rate {
    char from[4], to[4];
    int64_t numerator, denominator; // 1 and 1 where both are the same
    piste_date day;                 // of the rate, PISTE_DATE_NONE where both are the same
    char source[121];
} desk_money_rate;

// The rate that is in force on the act's business date: the newest of that day or before, also read backwards, or over
// a third currency (then the older of the two days). PISTE_REFUSED no_rate.
PISTE_CHECKED piste_status desk_money_rate_find(desk_act *a, const char *from, const char *to, desk_money_rate *rate);
// PISTE_INVALID beyond DESK_MINOR_MAX.
PISTE_CHECKED piste_status desk_money_convert(desk_act *a, const desk_money_rate *rate, int64_t minor,
                                              int64_t *converted);
// amount * part / whole, half away from zero; whole > 0.
int64_t desk_money_share(int64_t amount, int64_t part, int64_t whole);
// An amount in a currency as a tender can pay it: rounded to its step, as its rule says (nearest where there is none).
PISTE_CHECKED piste_status desk_money_round(desk_act *a, const char *currency, const char *tender, int64_t minor,
                                            int64_t *rounded);

#endif
