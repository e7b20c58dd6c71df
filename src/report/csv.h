// csv.h - what the files that write CSV share: fields, and folders of such files.
//
// RFC 4180 with lines that end in a bare new line. A line is made of fields, each added by one call, and csv_end.
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "report/report.h"

void csv_comma(base_text *out); // an empty field, or what stands before the next one
void csv_text(base_text *out, const char *text);
void csv_count(base_text *out, int64_t count);
void csv_number(base_text *out, double value, int decimals); // at most 6; NaN is an empty field
void csv_end(base_text *out);

typedef struct csv_file {
    const char *name; // "lifts.csv"
    void (*fill)(const void *data, base_text *out);
} csv_file;

// Creates the folder where it is not there and fills it. Refuses what report_csv_check refuses; takes back what it
// wrote where it fails.
PISTE_CHECKED piste_status csv_write(const csv_file *files, size_t count, const void *data, const char *folder,
                                     piste_errors *errors);

#endif
