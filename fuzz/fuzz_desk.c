// fuzz_desk.c - any bytes as lines of requests to a desk of their own: each is answered in JSON, and the books still agree.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/desk.h"

enum { LINES_MAX = 60 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t at_ms;
static int64_t clock_ms(void *context) {
    (void)context;
    return at_ms += 700;
}

static void ask(desk *d, const char *line, size_t length) {
    char *answer = NULL;
    piste_status status = desk_do_text(d, line, length, &answer);
    json_t *object = answer ? json_loads(answer, 0, NULL) : NULL;
    const char *word = json_string_value(json_object_get(object, "status"));
    if (!word || strcmp(word, piste_status_name(status)) != 0)
        abort(); // an answer tells its status
    if (status == PISTE_IO || (status != PISTE_OK && !json_object_get(object, "message")))
        abort(); // nothing of a request is the disk's fault, and a refusal says why
    if ((status == PISTE_REFUSED) != (json_object_get(object, "reason") != NULL))
        abort();
    json_decref(object);
    free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char folder[] = "/tmp/piste-fuzz-XXXXXX", shm[] = "/dev/shm/piste-fuzz-XXXXXX", path[64];
    char *top = access("/dev/shm", W_OK) == 0 ? mkdtemp(shm) : mkdtemp(folder);
    desk *d = NULL;
    desk_audit_result result;
    if (!top)
        return 0;
    snprintf(path, sizeof path, "%s/desk.db", top);
    at_ms = 1549094400000;
    if (desk_open(&(desk_def){.url = path, .now_ms = clock_ms}, NULL, &d) != PISTE_OK)
        abort();
    const char *line = (const char *)data, *end = line + size;
    for (int i = 0; i < LINES_MAX && line < end; i++) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        ask(d, line, (size_t)((next ? next : end) - line));
        line = next ? next + 1 : end;
    }
    if (desk_audit(d, NULL, &result) != PISTE_OK)
        abort();
    desk_close(d);
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
    rmdir(top);
    return 0;
}
