// fuzz_geojson.c - any bytes as lifts.geojson and as runs.geojson of a resort that takes all it can from them.
#include <stdlib.h>
#include <string.h>

#include "resort/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] = "piste: 1\nname: Fuzz\nzone: Etc/UTC\n"
                           "places: [{key: a}, {key: b}]\n"
                           "lifts: [{key: l, from: a, to: b}, {key: m, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s}]\n"
                           "runs: [{key: r, from: b, to: a}, {key: s, from: b, to: a, width: 20 m}]\n"
                           "slopes: [{key: t, sections: [r]}]\n";

static void load_one(load_text lifts, load_text runs) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_findings *findings = NULL;
    piste_status status = load_from_texts("fuzz", (load_text){yaml, sizeof yaml - 1}, lifts, runs, PISTE_DATE_NONE, errors, &resort);
    if ((status == PISTE_OK) != (resort != NULL) || (status != PISTE_OK && piste_errors_total(errors) == 0))
        abort();
    if (resort && piste_resort_check(resort, &findings) == PISTE_OK)
        piste_findings_destroy(findings);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const load_text text = {(const char *)data, size};
    load_one(text, text); // features of both kinds may stand in one file
    return 0;
}
