// sign_pass.c - signs a pass with an office's key, as no command does: it may begin before the office's calendar, so that it
// has the early format (include/piste/pass.h) and still counts today. For test/web/gate.mjs.
//
//     sign_pass OFFICE FROM UNTIL POINTS      FROM, UNTIL: seconds since 1970; prints its token and its number
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "desk/pass.h"

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: sign_pass OFFICE FROM UNTIL POINTS\n");
        return 2;
    }
    piste_errors *errors = piste_errors_create();
    piste_keys *keys = NULL;
    uint8_t token[PISTE_PASS_BYTES];
    char text[PISTE_PASS_TEXT + 1], id[PISTE_PASS_ID_TEXT + 1];
    piste_pass pass = {.product = 1,
                       .opens = (1ull << PISTE_PASS_ZONES) - 1,
                       .from_min = piste_minute_of(atoll(argv[2])),
                       .until_min = piste_minute_of(atoll(argv[3])),
                       .points = (uint16_t)atoi(argv[4])};
    piste_status status = piste_keys_open(argv[1], errors, &keys);
    pass.id = status == PISTE_OK ? piste_pass_id_draw() : 0;
    if (status == PISTE_OK)
        status = piste_keys_sign_pass(keys, &pass, (int64_t)time(NULL), errors, token);
    if (status != PISTE_OK) {
        fprintf(stderr, "sign_pass: %s\n", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : piste_status_text(status));
        return 1;
    }
    piste_pass_to_text(token, text);
    piste_pass_id_to_text(pass.id, id);
    printf("%s %s\n", text, id);
    piste_keys_close(keys);
    piste_errors_destroy(errors);
    return 0;
}
