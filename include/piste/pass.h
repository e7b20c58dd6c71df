// piste/pass.h - the signed token that a person shows at a gate, the keys that sign it, and the documents that gates get.
//
//     piste_keys *keys;
//     if (piste_keys_open("office", errors, &keys) == PISTE_OK) {
//         piste_pass pass = {.id = 1, .product = 1, .opens = 1, .from_min = from, .until_min = until};
//         uint8_t token[PISTE_PASS_BYTES];
//         char text[PISTE_PASS_TEXT + 1];
//         if (piste_keys_sign_pass(keys, &pass, now_s, errors, token) == PISTE_OK) {
//             piste_pass_to_text(token, text);
//             puts(text); // 154 characters, printed as a QR code of 41 x 41 modules
//         }
//         piste_keys_close(keys);
//     }
//
// A token is 96 bytes, always: 32 of contents, 64 of an Ed25519 signature. Every pass has one encoding and every encoding
// one pass. There is nothing about a person in it but a class such as "child". Layout, big-endian:
//
//      0  1  format: 1 or 2                 20  1  bit 7 waiver due, 6 points are days, 5 zero, 4..0 holder's class
//      1  4  key that signed it             21  3  opens from this minute on      (minutes since 2020-01-01T00:00Z)
//      5  8  pass, not 0                    24  3  until this minute, not included; later than the first
//     13  2  product, not 0                 27  3  hours of every day: 12 bits from, 12 bits until; both 0: all day
//     15  5  zones that it opens, not 0     30  2  points, 0: not counted
//     32 64  Ed25519 signature of "piste pass 1", a NUL, and the 32 bytes
//
// Format 1 tells of 2020 to 2051. Format 2 is for passes that open before 2020 and is the same but for its minutes, which are since
// 2000-01-01T00:00Z: of 2000 to 2031. A gate that knows format 1 alone takes such a pass for unreadable.
//
// Validity is absolute: whoever issues a pass knows the resort's zone, a gate needs none. Only passes with hours of every
// day, and those that count days, need the calendar that a gate gets with its table (piste/gate.h).
#ifndef PISTE_PASS_H
#define PISTE_PASS_H

#include "piste/date.h"
#include "piste/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PISTE_PASS_FORMAT = 1,
    PISTE_PASS_FORMAT_EARLY = 2, // opens before 2020
    PISTE_PASS_BODY = 32,
    PISTE_PASS_SIGNATURE = 64,
    PISTE_PASS_BYTES = PISTE_PASS_BODY + PISTE_PASS_SIGNATURE,
    PISTE_PASS_TEXT = 154,      // characters: ceil(96 * 8 / 5)
    PISTE_PASS_ID_TEXT = 16,    // hexadecimal digits of a pass
    PISTE_PASS_ZONES = 40,
    PISTE_PASS_CLASSES = 32,
    PISTE_PASS_HOURS_MAX = 2880, // minutes: a business day may end after midnight
    PISTE_PASS_MINUTE_MIN = -10519200, // 2000-01-01T00:00Z
    PISTE_PASS_MINUTE_MAX = 0xffffff,
    PISTE_PUBLIC_KEY = 32,
    PISTE_FINGERPRINT = 32,     // hexadecimal digits
    PISTE_RING_MAX = 64,        // keys that a gate may hold
    PISTE_KEY_DAYS = 800        // that a new key lives: a season's pass sold early still fits (chosen)
};

// Minutes since 2020-01-01T00:00Z, in which validity is told, below 0 before that; and seconds since 1970-01-01T00:00Z, which clocks tell.
#define PISTE_MINUTE_ZERO_S 1577836800ll
#define PISTE_CLOCK_LEAST_S 946684800ll // no clock that is right and no validity lies before 2000-01-01T00:00Z
PISTE_API int32_t piste_minute_of(int64_t unix_s);  // rounds down; clamped to PISTE_PASS_MINUTE_MIN..PISTE_PASS_MINUTE_MAX
PISTE_API int64_t piste_minute_second(int32_t minute);

typedef struct piste_pass {
    uint32_t key;            // that signed it; signing sets it
    uint64_t id;             // never 0, never used twice
    uint16_t product;        // its number in the resort's table
    uint64_t opens;          // set of zones: bit z opens zone z, 0..39
    uint8_t holder;          // class of the holder, 0..31
    bool waiver_due;         // opens nothing until a list says that the waiver is signed
    bool by_day;             // points are days: the first admission of a business day takes one
    int32_t from_min, until_min; // minutes; until is not included
    int32_t hours_from_min, hours_until_min; // of every business day, minutes after its local midnight; both 0: all day
    uint16_t points;         // 0: not counted
} piste_pass;

// Whether the pass can be a token; told in `errors` where it cannot (PISTE_INVALID).
PISTE_CHECKED PISTE_API piste_status piste_pass_check(const piste_pass *pass, piste_errors *errors);
// The 32 bytes of a pass that piste_pass_check accepts.
PISTE_API void piste_pass_write(const piste_pass *pass, uint8_t body[PISTE_PASS_BODY]);
// The pass of 32 bytes; PISTE_INVALID where no pass is written like that. Says nothing of the signature.
PISTE_CHECKED PISTE_API piste_status piste_pass_read(const uint8_t body[PISTE_PASS_BODY], piste_pass *pass);

// Five bits a character, of 0-9 and A-X without I and O, which people mistake; writes 155 bytes. Y and Z, which change
// places on some keyboards (a scanner is a keyboard), are not used. In a QR code a character takes 5.5 bits.
PISTE_API void piste_pass_to_text(const uint8_t token[PISTE_PASS_BYTES], char text[PISTE_PASS_TEXT + 1]);
// `length` bytes of text, capital or small letters, nothing before or after. PISTE_SYNTAX for anything else.
PISTE_CHECKED PISTE_API piste_status piste_pass_from_text(const char *text, size_t length, uint8_t token[PISTE_PASS_BYTES]);
// "00c0ffee00c0ffee", and back; PISTE_SYNTAX for anything but 16 hexadecimal digits that are not all 0.
PISTE_API void piste_pass_id_to_text(uint64_t id, char text[PISTE_PASS_ID_TEXT + 1]);
PISTE_CHECKED PISTE_API piste_status piste_pass_id_from_text(const char *text, uint64_t *id);
// A new pass number: 64 bits of the system's randomness, never 0. Whoever must be sure that it is new keeps a list.
PISTE_API uint64_t piste_pass_id_draw(void);

// ---- public keys ------------------------------------------------------------------------------------------------

typedef enum piste_key_use { PISTE_KEY_PASS, PISTE_KEY_LIST, PISTE_KEY_USE_COUNT } piste_key_use;

// "pass": signs passes. "list": signs what gates are told (documents); kept where lists are published from.
PISTE_API const char *piste_key_use_word(piste_key_use use);

typedef struct piste_public_key {
    uint32_t id;        // the first four bytes of the BLAKE2b hash of the key
    piste_key_use use;
    int32_t until_min;  // from this minute on nothing that it signed counts
    uint8_t key[PISTE_PUBLIC_KEY];
} piste_public_key;

// What a gate holds: public keys and nothing else.
typedef struct piste_ring {
    int64_t version;
    int32_t count;
    piste_public_key keys[PISTE_RING_MAX];
} piste_ring;

// 128 bits of the BLAKE2b hash of the key, of which the id is the first 32: to be compared by people. Writes 33 bytes.
PISTE_API void piste_public_key_fingerprint(const piste_public_key *key, char text[PISTE_FINGERPRINT + 1]);
PISTE_API const piste_public_key *piste_ring_find(const piste_ring *ring, uint32_t id, piste_key_use use); // NULL: not there
// Whether the token is signed by this key, as it stands.
PISTE_API bool piste_pass_verify(const uint8_t token[PISTE_PASS_BYTES], const uint8_t key[PISTE_PUBLIC_KEY]);

// ---- the keys that sign -----------------------------------------------------------------------------------------

// The key store is the file keys.json of a folder that nobody else may read (0700, 0600; otherwise it is not opened).
// It is changed as a whole: written beside, flushed, renamed, the folder flushed. One process has it at a time.
typedef struct piste_keys piste_keys;

typedef enum piste_key_state {
    PISTE_KEY_SIGNS,   // the one of its use that signs
    PISTE_KEY_RETIRED, // signs no more; what it signed counts until the key's end
    PISTE_KEY_STATE_COUNT
} piste_key_state;

typedef struct piste_key {
    piste_public_key public;
    piste_key_state state;
    int32_t made_min;
} piste_key;

// Makes the folder and in it one key of each use. PISTE_EXISTS where there is a key store.
PISTE_CHECKED PISTE_API piste_status piste_keys_make(const char *folder, int64_t now_s, piste_errors *errors);
// PISTE_NOT_FOUND; PISTE_INVALID where others may read it, or where it is not what was written; PISTE_EXISTS where another
// process has it. PISTE_IO, PISTE_MEMORY.
PISTE_CHECKED PISTE_API piste_status piste_keys_open(const char *folder, piste_errors *errors, piste_keys **keys);
PISTE_API void piste_keys_close(piste_keys *keys); // wipes the secrets from memory
PISTE_API int32_t piste_keys_count(const piste_keys *keys);
PISTE_API const piste_key *piste_keys_get(const piste_keys *keys, int32_t index); // oldest first
// A new key of this use signs from now on; the one before signs no more and keeps its end. Keys that ended are dropped.
PISTE_CHECKED PISTE_API piste_status piste_keys_rotate(piste_keys *keys, piste_key_use use, int64_t now_s, piste_errors *errors);
// A key that was lost or stolen: nothing that it signed counts from now on. If it was the one that signs, rotate first
// (PISTE_INVALID).
PISTE_CHECKED PISTE_API piste_status piste_keys_end(piste_keys *keys, uint32_t id, int64_t now_s, piste_errors *errors);
// Sets pass->key and signs. PISTE_INVALID: not a pass, or it would outlive the key (rotate).
PISTE_CHECKED PISTE_API piste_status piste_keys_sign_pass(piste_keys *keys, piste_pass *pass, int64_t now_s,
                                                          piste_errors *errors, uint8_t token[PISTE_PASS_BYTES]);

// All of it in one text that only a passphrase opens (argon2id, XSalsa20-Poly1305): the store's own backup. What is more
// than the keys (`extra`, a JSON text that the caller frees on restoring, or NULL) travels with it.
PISTE_CHECKED PISTE_API piste_status piste_keys_backup(const piste_keys *keys, const char *extra, const char *passphrase,
                                                       const char *path, piste_errors *errors);
// Makes the folder again. PISTE_INVALID: not the passphrase, or not a backup. PISTE_EXISTS: there is a key store.
PISTE_CHECKED PISTE_API piste_status piste_keys_restore(const char *path, const char *passphrase, const char *folder,
                                                        piste_errors *errors, char **extra);

// ---- documents for gates ----------------------------------------------------------------------------------------

// A document is a JSON text below a line that signs it:
//     piste-signed 1 KIND KEY SIGNATURE
// SIGNATURE is Ed25519 over "piste signed 1 KIND", a new line, and the JSON's bytes as they stand.
typedef enum piste_document {
    PISTE_DOCUMENT_KEYS,  // the public keys
    PISTE_DOCUMENT_TABLE, // what there is to open, and how far it is from here to there
    PISTE_DOCUMENT_LISTS, // who is not let in, whose waiver is signed, what others have seen
    PISTE_DOCUMENT_COUNT
} piste_document;

PISTE_API const char *piste_document_word(piste_document kind); // "keys", "table", "lists"
enum { PISTE_DOCUMENT_BYTES_MAX = 64 << 20 };

// Signs a payload with the list key. The caller frees *text (NUL-terminated beyond *length).
PISTE_CHECKED PISTE_API piste_status piste_keys_sign_document(const piste_keys *keys, piste_document kind, const char *payload,
                                                              size_t payload_length, int64_t now_s, piste_errors *errors,
                                                              char **text, size_t *length);
// The public keys as such a payload, with this version. The caller frees it.
PISTE_CHECKED PISTE_API piste_status piste_keys_ring_payload(const piste_keys *keys, int64_t version, int64_t now_s,
                                                             piste_errors *errors, char **payload, size_t *length);
// Reads such a payload. `name` stands in errors.
PISTE_CHECKED PISTE_API piste_status piste_ring_parse(const char *payload, size_t length, const char *name,
                                                      piste_errors *errors, piste_ring *ring);
// Whether `text` is a document of this kind, signed by a list key of the ring that has not ended at `now_s`. *payload points
// into text. PISTE_SYNTAX, PISTE_INVALID.
PISTE_CHECKED PISTE_API piste_status piste_document_verify(const char *text, size_t length, piste_document kind,
                                                           const piste_ring *ring, int64_t now_s, const char *name,
                                                           piste_errors *errors, const char **payload, size_t *payload_length);
// The version of the next document: one more than `before`, and not less than the second it is made in, so that an
// office that was restored from an old backup still publishes what is newer than anything before.
PISTE_API int64_t piste_document_version(int64_t before, int64_t now_s);

#ifdef __cplusplus
}
#endif
#endif
