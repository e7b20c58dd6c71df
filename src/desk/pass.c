// pass.c - the token: its 32 bytes, its text, whether a key has signed it.
//
// The layout has no field that could be written in two ways: every length is fixed, spare bits are zero, "all day" is 0-0
// alone, and the text's two last bits are zero. So equal passes are equal bytes, and what reads back differently is refused.
// libsodium refuses signatures whose second half is not reduced and keys of small order, so that nobody can make a second
// signature of one.
#include <sodium.h>

#include "desk/pass.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRSTUVWX";
static const char domain[] = "piste pass 1"; // with its NUL: what is signed here is no document, nor the other way round

int32_t piste_minute_of(int64_t unix_s) {
    if (unix_s < PISTE_CLOCK_LEAST_S)
        return PISTE_PASS_MINUTE_MIN;
    int64_t minute = (unix_s - PISTE_CLOCK_LEAST_S) / 60 + PISTE_PASS_MINUTE_MIN;
    return minute > PISTE_PASS_MINUTE_MAX ? PISTE_PASS_MINUTE_MAX : (int32_t)minute;
}

int64_t piste_minute_second(int32_t minute) {
    return PISTE_MINUTE_ZERO_S + 60ll * minute;
}

// The minute from which a pass's are counted in its token.
static int32_t zero_of(int32_t from_min) {
    return from_min < 0 ? PISTE_PASS_MINUTE_MIN : 0;
}

static bool hours_are_well(int32_t from, int32_t until) {
    return (from == 0 && until == 0) || (from >= 0 && from < until && until <= PISTE_PASS_HOURS_MAX);
}

static const char *what_is_wrong(const piste_pass *p) {
    if (p->id == 0)
        return "id: 0, expected a number of its own";
    if (p->product == 0)
        return "product: 0, expected 1 to 65535";
    if (p->opens == 0 || p->opens >> PISTE_PASS_ZONES)
        return "opens: expected some of the zones 0 to 39";
    if (p->holder >= PISTE_PASS_CLASSES)
        return "class of the holder: expected 0 to 31";
    if (p->from_min < PISTE_PASS_MINUTE_MIN || p->from_min >= p->until_min || p->until_min - zero_of(p->from_min) > PISTE_PASS_MINUTE_MAX)
        return p->from_min < 0 ? "validity: expected a beginning before its end, from 2000 to 2031"
                               : "validity: expected a beginning before its end, from 2020 to 2051";
    if (!hours_are_well(p->hours_from_min, p->hours_until_min))
        return "hours: expected a beginning before its end, from 00:00 to 48:00";
    return p->by_day && p->points == 0 ? "points: 0, expected the days that are counted" : NULL;
}

piste_status piste_pass_check(const piste_pass *pass, piste_errors *errors) {
    const char *wrong = what_is_wrong(pass);
    return wrong ? piste_errors_add(errors, PISTE_INVALID, "pass", 0, 0, "%s", wrong) : PISTE_OK;
}

void piste_pass_write(const piste_pass *p, uint8_t body[PISTE_PASS_BODY]) {
    body[0] = p->from_min < 0 ? PISTE_PASS_FORMAT_EARLY : PISTE_PASS_FORMAT;
    desk_put(body + 1, p->key, 4);
    desk_put(body + 5, p->id, 8);
    desk_put(body + 13, p->product, 2);
    desk_put(body + 15, p->opens, 5);
    body[20] = (uint8_t)((p->waiver_due ? 0x80 : 0) | (p->by_day ? 0x40 : 0) | p->holder);
    desk_put(body + 21, (uint64_t)(p->from_min - zero_of(p->from_min)), 3);
    desk_put(body + 24, (uint64_t)(p->until_min - zero_of(p->from_min)), 3);
    desk_put(body + 27, (uint64_t)p->hours_from_min << 12 | (uint64_t)p->hours_until_min, 3);
    desk_put(body + 30, p->points, 2);
}

piste_status piste_pass_read(const uint8_t body[PISTE_PASS_BODY], piste_pass *pass) {
    bool is_early = body[0] == PISTE_PASS_FORMAT_EARLY;
    if ((body[0] != PISTE_PASS_FORMAT && !is_early) || (body[20] & 0x20))
        return PISTE_INVALID;
    int32_t zero = is_early ? PISTE_PASS_MINUTE_MIN : 0;
    uint32_t hours = (uint32_t)desk_get(body + 27, 3);
    piste_pass p = {.key = (uint32_t)desk_get(body + 1, 4),
                    .id = desk_get(body + 5, 8),
                    .product = (uint16_t)desk_get(body + 13, 2),
                    .opens = desk_get(body + 15, 5),
                    .holder = body[20] & 0x1f,
                    .waiver_due = (body[20] & 0x80) != 0,
                    .by_day = (body[20] & 0x40) != 0,
                    .from_min = zero + (int32_t)desk_get(body + 21, 3),
                    .until_min = zero + (int32_t)desk_get(body + 24, 3),
                    .hours_from_min = (int32_t)(hours >> 12),
                    .hours_until_min = (int32_t)(hours & 0xfff),
                    .points = (uint16_t)desk_get(body + 30, 2)};
    if (what_is_wrong(&p) || is_early != (p.from_min < 0))
        return PISTE_INVALID;
    *pass = p;
    return PISTE_OK;
}

void piste_pass_to_text(const uint8_t token[PISTE_PASS_BYTES], char text[PISTE_PASS_TEXT + 1]) {
    for (int i = 0; i < PISTE_PASS_TEXT; i++) {
        int bit = i * 5, at = bit / 8;
        unsigned pair = (unsigned)token[at] << 8 | (at + 1 < PISTE_PASS_BYTES ? token[at + 1] : 0u);
        text[i] = alphabet[pair >> (11 - bit % 8) & 31];
    }
    text[PISTE_PASS_TEXT] = 0;
}

static int digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (c < 'A' || c > 'X' || c == 'I' || c == 'O')
        return -1;
    return 10 + (c - 'A') - (c > 'I') - (c > 'O');
}

piste_status piste_pass_from_text(const char *text, size_t length, uint8_t token[PISTE_PASS_BYTES]) {
    if (length != PISTE_PASS_TEXT)
        return PISTE_SYNTAX;
    uint8_t bytes[PISTE_PASS_BYTES];
    unsigned held = 0;
    int bits = 0, at = 0;
    for (int i = 0; i < PISTE_PASS_TEXT; i++) {
        int digit = digit_of(text[i]);
        if (digit < 0)
            return PISTE_SYNTAX;
        held = (held << 5 | (unsigned)digit) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[at++] = (uint8_t)(held >> bits);
        }
    }
    if (held & ((1u << bits) - 1)) // what is left of the last character
        return PISTE_SYNTAX;
    memcpy(token, bytes, sizeof bytes);
    return PISTE_OK;
}

void piste_pass_id_to_text(uint64_t id, char text[PISTE_PASS_ID_TEXT + 1]) {
    uint8_t bytes[8];
    desk_put(bytes, id, 8);
    desk_hex(bytes, 8, text);
}

piste_status piste_pass_id_from_text(const char *text, uint64_t *id) {
    uint8_t bytes[8];
    if (!desk_unhex(text, bytes, 8) || desk_get(bytes, 8) == 0)
        return PISTE_SYNTAX;
    *id = desk_get(bytes, 8);
    return PISTE_OK;
}

uint64_t piste_pass_id_draw(void) {
    uint64_t id = 0;
    while (id == 0)
        randombytes_buf(&id, sizeof id);
    return id;
}

enum { SIGNED = sizeof domain + PISTE_PASS_BODY };

static void what_is_signed(const uint8_t body[PISTE_PASS_BODY], uint8_t message[SIGNED]) {
    memcpy(message, domain, sizeof domain);
    memcpy(message + sizeof domain, body, PISTE_PASS_BODY);
}

bool piste_pass_verify(const uint8_t token[PISTE_PASS_BYTES], const uint8_t key[PISTE_PUBLIC_KEY]) {
    uint8_t message[SIGNED];
    what_is_signed(token, message);
    return crypto_sign_verify_detached(token + PISTE_PASS_BODY, message, sizeof message, key) == 0;
}

void desk_pass_sign(const uint8_t secret[crypto_sign_SECRETKEYBYTES], uint8_t token[PISTE_PASS_BYTES]) {
    uint8_t message[SIGNED];
    what_is_signed(token, message);
    crypto_sign_detached(token + PISTE_PASS_BODY, NULL, message, sizeof message, secret);
}
