// fuzz_resort.c - any bytes as resort.yaml: it loads or is refused with errors, and what loads can be checked.
#include <stdlib.h>
#include <string.h>

#include "resort/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_findings *findings = NULL;
    const load_text none = {0};
    piste_status status = load_from_texts("fuzz", (load_text){(const char *)data, size}, none, none, PISTE_DATE_NONE, errors, &resort);
    if ((status == PISTE_OK) != (resort != NULL) || (status != PISTE_OK && piste_errors_total(errors) == 0))
        abort(); // a refusal says why
    if (resort && piste_resort_check(resort, &findings) == PISTE_OK)
        piste_findings_destroy(findings);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    return 0;
}
