// money.c - amounts, rates, rounding.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/money.h"
#include "desk/terms.h"

__extension__ typedef __int128 wide;

static const int64_t power10[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

piste_status desk_money_parse(const char *text, desk_money *out) {
    bool minus = *text == '-';
    const char *at = text + minus;
    size_t whole = strspn(at, "0123456789"), rest = at[whole] == '.' ? strspn(at + whole + 1, "0123456789") : 0;
    const char *after = at + whole + (at[whole] == '.') + rest;
    if (whole < 1 || whole > 12 || (at[whole] == '.' && rest == 0) || *after != ' ')
        return PISTE_SYNTAX;
    int digits = base_currency_digits(after + 1);
    if (digits < 0 || rest > (size_t)digits)
        return PISTE_SYNTAX;
    int64_t minor = 0;
    for (size_t i = 0; i < whole; i++)
        minor = 10 * minor + (at[i] - '0');
    for (size_t i = 0; i < (size_t)digits; i++)
        minor = 10 * minor + (i < rest ? at[whole + 1 + i] - '0' : 0);
    out->minor = minus ? -minor : minor;
    memcpy(out->currency, after + 1, 4);
    return PISTE_OK;
}

const char *desk_money_format(const char *currency, int64_t minor, char out[DESK_MONEY_TEXT]) {
    char text[DESK_MONEY_TEXT], *at = text + sizeof text;
    int digits = base_currency_digits(currency), written = 0;
    uint64_t left = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    size_t code = strnlen(currency, 3);
    for (*--at = 0; code; code--)
        *--at = currency[code - 1];
    *--at = ' ';
    for (; left || written <= (digits > 0 ? digits : 0); written++, left /= 10) {
        if (written && written == digits)
            *--at = '.';
        *--at = (char)('0' + left % 10);
    }
    if (minor < 0)
        *--at = '-';
    return memcpy(out, at, (size_t)(text + sizeof text - at));
}

json_t *desk_money_json(const char *currency, int64_t minor) {
    char text[DESK_MONEY_TEXT];
    return json_string(desk_money_format(currency, minor, text));
}

// ---- rates ---------------------------------------------------------------------------------------------------------

static wide divide(wide numerator, wide denominator) {
    wide twice = 2 * (numerator < 0 ? -numerator : numerator) + denominator;
    wide size = twice / (2 * denominator);
    return numerator < 0 ? -size : size;
}

int64_t desk_money_share(int64_t amount, int64_t part, int64_t whole) {
    return (int64_t)divide((wide)amount * part, whole);
}

piste_status desk_money_convert(desk_act *a, const desk_money_rate *rate, int64_t minor, int64_t *converted) {
    int from = base_currency_digits(rate->from), to = base_currency_digits(rate->to);
    wide numerator = (wide)rate->numerator * (to > from ? power10[to - from] : 1);
    wide denominator = (wide)rate->denominator * (from > to ? power10[from - to] : 1);
    wide product;
    if (__builtin_mul_overflow((wide)minor, numerator, &product) || product > ((wide)1 << 120) ||
        product < -((wide)1 << 120))
        return desk_invalid(a, "an amount is too large to be converted from %s to %s", rate->from, rate->to);
    wide result = divide(product, denominator);
    if (result > DESK_MINOR_MAX || result < -DESK_MINOR_MAX)
        return desk_invalid(a, "an amount is too large to be converted from %s to %s", rate->from, rate->to);
    *converted = (int64_t)result;
    return PISTE_OK;
}

static bool ratio(wide numerator, wide denominator, desk_money_rate *r) {
    wide x = numerator, y = denominator;
    while (y) {
        wide rest = x % y;
        x = y;
        y = rest;
    }
    numerator /= x;
    denominator /= x;
    if (numerator > INT64_MAX || denominator > INT64_MAX)
        return false;
    r->numerator = (int64_t)numerator;
    r->denominator = (int64_t)denominator;
    return true;
}

// The form of the text was checked when the rate was told (DESK_RATE).
static void parse_rate(const char *text, desk_money_rate *r) {
    int64_t numerator = 0, denominator = 1;
    bool after = false;
    for (; *text; text++) {
        if (*text == '.') {
            after = true;
            continue;
        }
        numerator = 10 * numerator + (*text - '0');
        denominator *= after ? 10 : 1;
    }
    if (!ratio(numerator, denominator, r))
        r->numerator = r->denominator = 1;
}

typedef struct rate_list {
    desk_money_rate *list; // newest first
    size_t count, capacity;
} rate_list;

static piste_status load_rates(desk_act *a, rate_list *l) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT source_currency, target_currency, rate, day, source FROM rate WHERE day "
                                      "<= $1 ORDER BY day DESC, id DESC",
                                      store_number(a->day));
    if (status != PISTE_OK)
        return status;
    bool failed = false;
    while (!failed && store_rows_next(rows)) {
        if (l->count == l->capacity) {
            l->capacity = l->capacity ? 2 * l->capacity : 32;
            desk_money_rate *more = realloc(l->list, l->capacity * sizeof *more);
            failed = !more;
            l->list = more ? more : l->list;
        }
        if (failed)
            break;
        desk_money_rate *r = &l->list[l->count++];
        snprintf(r->from, sizeof r->from, "%s", store_rows_text(rows, 0));
        snprintf(r->to, sizeof r->to, "%s", store_rows_text(rows, 1));
        parse_rate(store_rows_text(rows, 2), r);
        r->day = (piste_date)store_rows_number(rows, 3);
        snprintf(r->source, sizeof r->source, "%s", store_rows_text(rows, 4));
    }
    status = store_rows_end(rows);
    return failed ? PISTE_MEMORY : status;
}

static bool find_direct(const rate_list *l, const char *from, const char *to, desk_money_rate *rate) {
    for (size_t i = 0; i < l->count; i++) {
        const desk_money_rate *r = &l->list[i];
        bool forward = strcmp(r->from, from) == 0 && strcmp(r->to, to) == 0,
             backward = strcmp(r->from, to) == 0 && strcmp(r->to, from) == 0;
        if (!forward && !backward)
            continue;
        *rate = *r;
        if (backward) {
            rate->numerator = r->denominator;
            rate->denominator = r->numerator;
        }
        return true;
    }
    return false;
}

static bool find_over(const rate_list *l, const char *from, const char *to, desk_money_rate *rate) {
    for (size_t i = 0; i < l->count; i++)
        for (int side = 0; side < 2; side++) {
            const char *third = side ? l->list[i].to : l->list[i].from;
            desk_money_rate first, second;
            if (strcmp(third, from) == 0 || strcmp(third, to) == 0 || !find_direct(l, from, third, &first) ||
                !find_direct(l, third, to, &second))
                continue;
            *rate = first;
            rate->day = first.day < second.day ? first.day : second.day;
            snprintf(rate->source, sizeof rate->source, "%.40s; over %.3s; %.40s", first.source, third, second.source);
            return ratio((wide)first.numerator * second.numerator, (wide)first.denominator * second.denominator, rate);
        }
    return false;
}

piste_status desk_money_rate_find(desk_act *a, const char *from, const char *to, desk_money_rate *rate) {
    *rate = (desk_money_rate){.numerator = 1, .denominator = 1, .day = PISTE_DATE_NONE};
    memcpy(rate->from, from, strnlen(from, 3));
    memcpy(rate->to, to, strnlen(to, 3));
    if (strcmp(rate->from, rate->to) == 0)
        return PISTE_OK;
    desk_money_rate found = {0};
    rate_list l = {0};
    piste_status status = load_rates(a, &l);
    bool is_there = status == PISTE_OK &&
                    (find_direct(&l, rate->from, rate->to, &found) || find_over(&l, rate->from, rate->to, &found));
    free(l.list);
    if (status != PISTE_OK)
        return status;
    if (!is_there)
        return desk_refuse(a, "no_rate", "there is no rate between %s and %s on this business date", rate->from,
                           rate->to);
    memcpy(found.from, rate->from, sizeof found.from);
    memcpy(found.to, rate->to, sizeof found.to);
    *rate = found;
    return PISTE_OK;
}

piste_status desk_money_round(desk_act *a, const char *currency, const char *tender, int64_t minor, int64_t *rounded) {
    const desk_terms *terms;
    int64_t step = 1;
    const char *mode = "nearest";
    piste_status status = desk_terms_get(a, &terms);
    if (status != PISTE_OK)
        return status;
    for (int i = 0; i < terms->roundings.count; i++) {
        const terms_rounding *r = &terms->roundings.list[i];
        if (strcmp(r->currency, currency) == 0 && strcmp(r->tender, tender) == 0) {
            step = r->step_minor;
            mode = r->mode;
        }
    }
    int64_t below = minor / step * step;
    if (below > minor) // division goes towards zero
        below -= step;
    int64_t over = minor - below;
    bool up = strcmp(mode, "up") == 0 ? over > 0 : strcmp(mode, "down") == 0 ? false : 2 * over >= step;
    *rounded = below + (up ? step : 0);
    return PISTE_OK;
}
