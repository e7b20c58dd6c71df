// base.h - what every room uses and nothing of skiing: memory, text, random streams, arithmetic, calendar, money.
//
// Caveats: results of a simulation use base_exp, base_log and friends and never libm, whose results differ
// between processors; all of it is built with -ffp-contract=off.
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "piste/date.h"
#include "piste/dist.h"
#include "piste/status.h"

#define BASE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

// ---- memory ---------------------------------------------------------------------------------------------------

// An arena gives memory that is freed all at once. Memory comes zeroed and aligned to 16 bytes.
typedef struct base_arena base_arena;
base_arena *base_arena_create(void);
void base_arena_destroy(base_arena *arena);
void *base_arena_take(base_arena *arena, size_t bytes);                          // NULL: no memory
char *base_arena_text(base_arena *arena, const char *text, size_t length);       // a copy with its own NUL
char *base_arena_format(base_arena *arena, const char *format, ...) PISTE_PRINTF(2, 3);

// ---- text -----------------------------------------------------------------------------------------------------

// A growing text. Starts as {0}; `failed` says that memory ran out (checked once, at the end).
typedef struct base_text {
    char *data; // NUL-terminated once anything was added; NULL before
    size_t length, capacity;
    bool failed;
} base_text;
void base_text_add(base_text *text, const char *more);
void base_text_add_bytes(base_text *text, const char *bytes, size_t count);
void base_text_add_number(base_text *text, int64_t number);
void base_text_format(base_text *text, const char *format, ...) PISTE_PRINTF(2, 3);
void base_text_release(base_text *text);

// Columns that `text` takes on a terminal: UTF-8 code points, East Asian wide ones counted as two.
int base_text_columns(const char *text);
// Whether the bytes are UTF-8 without NUL and control characters (tab and newline allowed).
bool base_text_is_clean(const char *text, size_t length);
void base_text_mend(char *text); // a byte that is no UTF-8 becomes a question mark

// Whether it is a language as BCP 47 writes it, with script and region at the most: ko, zh-Hant, pt-BR, es-419.
bool base_language_is(const char *tag);
// How well a text in the language `tag` serves somebody who wishes for `wish`: 0 not at all, the larger the better.
int base_language_closeness(const char *tag, const char *wish);
enum { BASE_LANGUAGE_MAX = 12 }; // bytes of such a tag with its NUL

// Reads a whole file of at most `limit` bytes into memory that the caller frees (NUL-terminated beyond `length`).
PISTE_CHECKED piste_status base_file_read(const char *path, size_t limit, piste_errors *errors, char **data,
                                          size_t *length);
// Writes a whole file: to a temporary name beside it, flushed, then renamed. "-" is standard output.
PISTE_CHECKED piste_status base_file_write(const char *path, const char *data, size_t length, piste_errors *errors);
// All of it, however many writes that takes; errno is set where it fails.
bool base_write_all(int fd, const char *data, size_t length);

// ---- random streams -------------------------------------------------------------------------------------------

// A draw is a pure function of (seed, entity, purpose, count). A stream is (seed, entity, purpose); its draws are
// the SplitMix64 sequence (Steele, Lea and Flood 2014) that starts there, reached in any order. Streams of one entity start
// so far apart on the sequence's one cycle that no two of them meet within 2^50 draws.
static inline uint64_t base_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
// The key of a name, and of the index-th thing below a key: stable however many others there are.
uint64_t base_key_text(const char *name);
static inline uint64_t base_key_child(uint64_t parent, uint64_t index) {
    return base_mix(parent + 0xd1342543de82ef95ull * (index + 1));
}
static inline uint64_t base_stream(uint64_t entity_key, uint32_t purpose) {
    return entity_key + 0x2545f4914f6cdd1dull * (purpose + 1ull);
}
// Where a draw stands on the cycle, and how far it is from there to the next one: base_mix makes the draw of it.
#define BASE_DRAW_STEP 0x9e3779b97f4a7c15ull
static inline uint64_t base_draw_place(uint64_t stream, uint64_t count) {
    return stream + BASE_DRAW_STEP * (count + 1);
}
static inline uint64_t base_draw(uint64_t stream, uint64_t count) {
    return base_mix(base_draw_place(stream, count));
}
// 64 random bits as a number strictly between 0 and 1 (52 bits, odd multiples of 2^-53).
static inline double base_uniform(uint64_t bits) {
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

// ---- arithmetic that is the same everywhere ---------------------------------------------------------------------

double base_exp(double x);              // within 1 ulp; 0 below -745.2, +inf above 709.78
double base_log(double x);              // within 1 ulp; x > 0
// The same to within 2e-7, of itself and absolutely, for -700 <= x <= 700 and for normal x >= 1: for what is only weighed.
static inline double base_exp_rough(double x) {
    const double round = 0x1.8p52; // a number so large has no room for parts: adding it rounds, and leaves the whole in its bits
    double k = x * 1.44269504088896338700, rounded = k + round, whole = rounded - round;
    double r = x - whole * 0.69314718055994530942;
    double p = 1 + r * (1 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720))))));
    uint64_t bits;
    double power;
    memcpy(&bits, &rounded, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}
static inline double base_log_rough(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    double k = (double)((int64_t)(bits >> 52) - 1023), m;
    bits = (bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull;
    memcpy(&m, &bits, sizeof m);
    double high = m > 1.41421356237309504880 ? 1 : 0;
    m = high > 0 ? 0.5 * m : m;
    double s = (m - 1) / (m + 1), z = s * s;
    return (k + high) * 0.69314718055994530942 + 2 * s * (1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9)))));
}
double base_sqrt(double x);             // IEEE
double base_normal_cdf(double x);       // within 1e-15, and in the lower tail down to -37 within 4e-12 of itself
double base_normal_quantile(double p);  // 0 < p < 1; Wichura 1988, AS 241, PPND16
double base_floor(double x);            // |x| < 2^52
double base_round(double x, int decimals); // 0 to 6, half away from zero; for results that are written down

// An exact fraction, numerator / denominator, denominator > 0. Zero-initialised means "not given".
// piste_ratio is declared in piste/dist.h.
static inline int64_t base_ratio_floor_times(piste_ratio ratio, int64_t count) { // floor(count * ratio), count * num < 2^63
    int64_t product = ratio.num * count;
    if (ratio.den == 1)
        return product;
    int64_t whole = product / ratio.den;
    return product % ratio.den < 0 ? whole - 1 : whole;
}
static inline int64_t base_ratio_ceil_divide(int64_t value, piste_ratio ratio) { // the least count with count * ratio >= value
    int64_t product = value * ratio.den;
    if ((uint64_t)product <= UINT32_MAX && (uint64_t)ratio.num <= UINT32_MAX) { // a short division takes half the time
        uint32_t short_product = (uint32_t)product, num = (uint32_t)ratio.num;
        return (int64_t)(short_product / num) + (short_product % num > 0);
    }
    int64_t whole = product / ratio.num;
    return product % ratio.num > 0 ? whole + 1 : whole;
}

// ---- money ----------------------------------------------------------------------------------------------------

// Decimal places of an ISO 4217 currency (USD 2, JPY 0, KWD 3), or -1 where the code is unknown.
int base_currency_digits(const char *code);

#endif
