// piste/date.h - civil dates and seconds of a business day. No clock is read here and no zone is known.
#ifndef PISTE_DATE_H
#define PISTE_DATE_H

#include "piste/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// A date in the proleptic Gregorian calendar, as days since 1970-01-01.
typedef int32_t piste_date;

enum { PISTE_DATE_NONE = INT32_MIN };

// "YYYY-MM-DD", years 1600 to 9999; PISTE_SYNTAX for anything else.
PISTE_CHECKED PISTE_API piste_status piste_date_parse(const char *text, piste_date *date);
// Writes 11 bytes, NUL included.
PISTE_API void piste_date_format(piste_date date, char out[11]);
PISTE_API void piste_date_split(piste_date date, int *year, int *month, int *day);
PISTE_API piste_date piste_date_join(int year, int month, int day);

#ifdef __cplusplus
}
#endif
#endif
