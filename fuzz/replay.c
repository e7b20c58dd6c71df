// replay.c - runs a fuzz target once over each file that is named: what was found stays found, with any compiler.
//
//     build/fuzz/replay_resort fuzz/corpus/resort/clean.yaml ...
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv) {
    printf("1..%d\n", argc - 1);
    for (int i = 1; i < argc; i++) {
        char *data = NULL;
        size_t length = 0;
        if (base_file_read(argv[i], 64 << 20, NULL, &data, &length) != PISTE_OK) {
            printf("not ok %d - %s cannot be read\n", i, argv[i]);
            continue;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)data, length);
        free(data);
        printf("ok %d - %s\n", i, argv[i]);
    }
    return 0;
}
