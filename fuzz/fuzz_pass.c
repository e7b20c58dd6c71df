// fuzz_pass.c - any bytes as a token's text and as its contents: refused, or read as what is written in just that way.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "piste/pass.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text(const char *data, size_t size) {
    uint8_t token[PISTE_PASS_BYTES];
    char again[PISTE_PASS_TEXT + 1];
    if (piste_pass_from_text(data, size, token) != PISTE_OK)
        return;
    piste_pass_to_text(token, again);
    if (size != PISTE_PASS_TEXT)
        abort();
    for (size_t i = 0; i < size; i++)
        if (toupper((unsigned char)data[i]) != again[i])
            abort();
}

static void contents(const uint8_t *data) {
    uint8_t again[PISTE_PASS_BODY];
    piste_pass pass;
    if (piste_pass_read(data, &pass) != PISTE_OK)
        return;
    if (piste_pass_check(&pass, NULL) != PISTE_OK)
        abort();
    piste_pass_write(&pass, again);
    if (memcmp(data, again, sizeof again) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    text((const char *)data, size);
    if (size >= PISTE_PASS_BODY)
        contents(data);
    uint64_t id;
    char word[40];
    snprintf(word, sizeof word, "%.*s", (int)(size < 39 ? size : 39), (const char *)data);
    if (piste_pass_id_from_text(word, &id) == PISTE_OK) {
        char back[PISTE_PASS_ID_TEXT + 1];
        piste_pass_id_to_text(id, back);
        if (strcmp(back, word) != 0)
            abort();
    }
    return 0;
}
