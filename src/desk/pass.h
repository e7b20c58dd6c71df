// pass.h - what the files about passes and gates share: whole files that survive a power cut, JSON read strictly, bytes.
#ifndef DESK_PASS_H
#define DESK_PASS_H

#include <jansson.h>

#include "base/base.h"
#include "piste/gate.h"
#include "piste/pass.h"

// ---- bytes ------------------------------------------------------------------------------------------------------

static inline void desk_put(uint8_t *at, uint64_t value, int bytes) { // big-endian
    for (int i = bytes - 1; i >= 0; i--) {
        at[i] = (uint8_t)value;
        value >>= 8;
    }
}
static inline uint64_t desk_get(const uint8_t *at, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}
void desk_hex(const uint8_t *bytes, size_t count, char *text); // 2 * count digits and a NUL
bool desk_unhex(const char *text, uint8_t *bytes, size_t count); // exactly 2 * count small digits

// ---- files ------------------------------------------------------------------------------------------------------

// Replaces a file as a whole: written beside it with `mode`, flushed, renamed, and the folder flushed.
PISTE_CHECKED piste_status desk_file_replace(const char *path, int mode, const char *data, size_t length, piste_errors *errors);
PISTE_CHECKED piste_status desk_folder_flush(const char *path_of_a_file, piste_errors *errors);
// FOLDER/NAME; the caller frees it; NULL: no memory.
char *desk_path(const char *folder, const char *name);
// Takes FOLDER/NAME for this process; *fd is to be closed. Where it does not wait, PISTE_EXISTS: another process has it.
PISTE_CHECKED piste_status desk_lock(const char *folder, const char *name, bool wait, const char *what, piste_errors *errors,
                                     int *fd);
// Whether sodium is ready; told where it is not.
PISTE_CHECKED piste_status desk_sodium(piste_errors *errors);

// ---- JSON that is read strictly ---------------------------------------------------------------------------------

// A text being read: each value is asked for once, what is wrong is told with its place, and what was not asked for is
// told at the end of each object.
typedef struct desk_reader {
    const char *name; // of the file, in errors
    piste_errors *errors;
    piste_status status; // the first thing that was wrong
} desk_reader;

// NULL where it is no JSON object; told. The caller drops the reference.
json_t *desk_json_load(desk_reader *r, const char *text, size_t length);
void desk_json_fail(desk_reader *r, const char *where, const char *format, ...) PISTE_PRINTF(3, 4);
// Values of an object; `where` names it in errors. Outputs are untouched where something is wrong.
void desk_json_number(desk_reader *r, const json_t *object, const char *where, const char *key, int64_t min, int64_t max,
                      int64_t *value);
const char *desk_json_text(desk_reader *r, const json_t *object, const char *where, const char *key, size_t bytes_max); // "" where wrong
const json_t *desk_json_array(desk_reader *r, const json_t *object, const char *where, const char *key, size_t most);    // NULL where wrong
bool desk_json_flag(desk_reader *r, const json_t *object, const char *where, const char *key);
// Tells keys of the object that are not among `keys` (NULL-terminated).
void desk_json_only(desk_reader *r, const json_t *object, const char *where, const char *const *keys);
// Reads "format" and "version" of a text: that it is `format`, in the format number that this library reads (1).
void desk_json_head(desk_reader *r, const json_t *object, const char *format);
// The object as text with a new line, in lines or in one; drops the reference. The caller frees it; NULL: no memory.
char *desk_json_dump(json_t *object, bool in_lines, size_t *length);
// ---- inside the passes ------------------------------------------------------------------------------------------

// pass.c: fills in the signature of the 32 bytes; `secret` is libsodium's secret key (64 bytes).
void desk_pass_sign(const uint8_t secret[64], uint8_t token[PISTE_PASS_BYTES]);

#endif
