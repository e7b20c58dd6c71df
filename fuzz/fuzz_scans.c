// fuzz_scans.c - any bytes as scans.csv, and what follows a line of "=" as counts.csv: they are read or refused with errors,
// and what is read holds together.
#include <stdlib.h>
#include <string.h>

#include "plan/calibrate.h"
#include "resort/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char hill[] =
    "piste: 1\nname: Hill\nzone: Europe/Vienna\nday: 08:00-18:00\n"
    "places:\n  - {key: base, kind: base, exit: yes, height: 0 m}\n  - {key: top, kind: summit, height: 100 m}\n"
    "lifts:\n  - {key: long, name: The long one, type: chair-lift, from: base, to: top, seats: 2, interval: 6 s, "
    "speed: 2 m/s, length: 300 m}\n"
    "  - {key: drag, type: t-bar, from: base, to: top, seats: 2, interval: 6 s, speed: 2 m/s, length: 300 m}\n"
    "runs:\n  - {key: blue, from: top, to: base, difficulty: easy, length: 500 m}\n"
    "segments:\n  - {key: guests, guests: 10, ability: {novice: 100 %}, arrive-at: base, arrival: 09:00, leaving: "
    "15:00}\n";

static void check_day(const calibrate_day *day) {
    for (int32_t p = 0; p < day->pass_count; p++)
        for (int32_t i = day->first[p]; i < day->first[p + 1]; i++)
            if (day->scans[i].pass != p || (i > day->first[p] && day->scans[i].second < day->scans[i - 1].second))
                abort();
    if (day->first[day->pass_count] != day->count)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static piste_resort *resort;
    const load_text none = {0};
    if (!resort && load_from_texts("fuzz", (load_text){hill, sizeof hill - 1}, none, none, PISTE_DATE_NONE, NULL,
                                   &resort) != PISTE_OK)
        abort();
    const char *text = (const char *)data, *half = NULL;
    for (size_t i = 0; i + 2 < size && !half; i++)
        if (memcmp(text + i, "\n=\n", 3) == 0)
            half = text + i + 3;
    size_t length = half ? (size_t)(half - text) - 2 : size;
    piste_errors *errors = piste_errors_create();
    piste_scans_def def = piste_scans_def_default();
    piste_scans *scans = NULL;
    piste_status status = piste_scans_read(resort, text, length, "scans.csv", &def, errors, &scans);
    if ((status == PISTE_OK) != (scans != NULL) || (status != PISTE_OK && piste_errors_total(errors) == 0))
        abort(); // a refusal says why
    if (scans && half &&
        piste_counts_read(resort, half, size - (size_t)(half - text), "counts.csv", errors, scans) != PISTE_OK &&
        piste_errors_total(errors) == 0)
        abort();
    for (int32_t d = 0; scans && d < scans->day_count; d++)
        check_day(&scans->days[d]);
    piste_scans_destroy(scans);
    piste_errors_destroy(errors);
    return 0;
}
