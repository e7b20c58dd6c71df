// piste/status.h - what went wrong, in one word (status), and where (error).
//
// Everything that takes something from outside returns a piste_status; its outputs come last and are
// untouched unless the status is PISTE_OK. What a person must know to put it right goes into an optional
// piste_errors list, one entry for each thing found, so that a file's mistakes are told in one go:
//
//     piste_errors *errors = piste_errors_create();
//     piste_resort *resort;
//     if (piste_resort_load("resorts/masikryong", NULL, errors, &resort) != PISTE_OK)
//         for (size_t i = 0; i < piste_errors_count(errors); i++)
//             puts(piste_errors_get(errors, i)->text);
//     piste_errors_destroy(errors);
//
// Caveat: a list holds at most PISTE_ERRORS_MAX entries; what came after is counted, not kept.
#ifndef PISTE_STATUS_H
#define PISTE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PISTE_CHECKED __attribute__((warn_unused_result))
#define PISTE_PRINTF(at, first) __attribute__((__format__(__printf__, at, first)))
#define PISTE_API __attribute__((visibility("default")))
#else
#define PISTE_CHECKED
#define PISTE_PRINTF(at, first)
#define PISTE_API
#endif

typedef enum piste_status {
    PISTE_OK = 0,
    PISTE_USAGE,       // the call's or the command's own words are off
    PISTE_NOT_FOUND,   // a file, folder or key that was named is not there
    PISTE_SYNTAX,      // not YAML, JSON, a number or a date at all
    PISTE_INVALID,     // well formed, yet not what was expected there
    PISTE_LIMIT,       // larger, deeper or more than the stated limit
    PISTE_EXISTS,      // would overwrite what is there
    PISTE_IO,          // the system could not read or write
    PISTE_MEMORY,      // no memory
    PISTE_FOUND,       // `piste check` found errors in an otherwise readable resort
    PISTE_INTERRUPTED, // stopped from outside before the end
    PISTE_REFUSED,     // well understood, and yet it may not be: sold out, not allowed then, not enough paid
    PISTE_STATUS_COUNT
} piste_status;

// Name ("invalid"), text ("not what was expected"), exit code of the command line and HTTP code of a status.
PISTE_API const char *piste_status_name(piste_status status);
PISTE_API const char *piste_status_text(piste_status status);
PISTE_API int piste_status_exit_code(piste_status status);
PISTE_API int piste_status_http_code(piste_status status);

// One thing that is wrong. Texts belong to the list. line and column count from 1; 0 where there is none.
typedef struct piste_error {
    piste_status status;
    const char *file;    // as it was named by the caller, or "" where no file is concerned
    int32_t line;
    int32_t column;
    const char *message; // "speed: 90 km/h, expected 0.1 to 14 m/s"
    const char *text;    // the whole of it: "resort.yaml:12:5: speed: 90 km/h, expected 0.1 to 14 m/s"
} piste_error;

typedef struct piste_errors piste_errors;

enum { PISTE_ERRORS_MAX = 1000 };

// Heap-allocated list; NULL when there is no memory. Not thread-safe: one list for each thread.
PISTE_API piste_errors *piste_errors_create(void);
PISTE_API void piste_errors_destroy(piste_errors *errors);
// Entries kept (at most PISTE_ERRORS_MAX), and all that were added.
PISTE_API size_t piste_errors_count(const piste_errors *errors);
PISTE_API size_t piste_errors_total(const piste_errors *errors);
// index < piste_errors_count(); the pointer lives until the next add, sort or destroy.
PISTE_API const piste_error *piste_errors_get(const piste_errors *errors, size_t index);
// Adds one entry and returns `status`, so that a loader can `return piste_errors_add(...)`. errors may be NULL.
PISTE_API piste_status piste_errors_add(piste_errors *errors, piste_status status, const char *file, int32_t line,
                                        int32_t column, const char *format, ...) PISTE_PRINTF(6, 7);
// Orders the entries by file (first mention first), line and column; equal places keep their order.
PISTE_API void piste_errors_sort(piste_errors *errors);

#ifdef __cplusplus
}
#endif
#endif
