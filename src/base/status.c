// status.c - one table for every status, and the list of errors.
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

static const struct {
    const char *name, *text;
    int exit_code, http_code;
} table[PISTE_STATUS_COUNT] = {
    [PISTE_OK] = {"ok", "all is well", 0, 200},
    [PISTE_USAGE] = {"usage", "the call is not understood", 2, 400},
    [PISTE_NOT_FOUND] = {"not_found", "not there", 3, 404},
    [PISTE_SYNTAX] = {"syntax", "cannot be read", 4, 400},
    [PISTE_INVALID] = {"invalid", "not what was expected", 4, 422},
    [PISTE_LIMIT] = {"limit", "over a stated limit", 4, 413},
    [PISTE_EXISTS] = {"exists", "is there already", 5, 409},
    [PISTE_IO] = {"io", "could not be read or written", 6, 500},
    [PISTE_MEMORY] = {"memory", "no memory", 7, 503},
    [PISTE_FOUND] = {"found", "errors were found", 1, 422},
    [PISTE_INTERRUPTED] = {"interrupted", "interrupted", 130, 503},
    [PISTE_REFUSED] = {"refused", "may not be", 8, 409},
};

const char *piste_status_name(piste_status status) {
    return (unsigned)status < PISTE_STATUS_COUNT ? table[status].name : "unknown";
}
const char *piste_status_text(piste_status status) {
    return (unsigned)status < PISTE_STATUS_COUNT ? table[status].text : "unknown status";
}
int piste_status_exit_code(piste_status status) {
    return (unsigned)status < PISTE_STATUS_COUNT ? table[status].exit_code : 70;
}
int piste_status_http_code(piste_status status) {
    return (unsigned)status < PISTE_STATUS_COUNT ? table[status].http_code : 500;
}

struct piste_errors {
    base_arena *arena;
    piste_error *list;
    size_t count, capacity, total;
};

piste_errors *piste_errors_create(void) {
    piste_errors *errors = calloc(1, sizeof *errors);
    if (!errors)
        return NULL;
    errors->arena = base_arena_create();
    if (!errors->arena) {
        free(errors);
        return NULL;
    }
    return errors;
}

void piste_errors_destroy(piste_errors *errors) {
    if (!errors)
        return;
    base_arena_destroy(errors->arena);
    free(errors->list);
    free(errors);
}

size_t piste_errors_count(const piste_errors *errors) {
    return errors->count;
}
size_t piste_errors_total(const piste_errors *errors) {
    return errors->total;
}
const piste_error *piste_errors_get(const piste_errors *errors, size_t index) {
    return &errors->list[index];
}

static bool make_room(piste_errors *errors) {
    if (errors->count < errors->capacity)
        return true;
    size_t capacity = errors->capacity ? errors->capacity * 2 : 16;
    piste_error *list = realloc(errors->list, capacity * sizeof *list);
    if (!list)
        return false;
    errors->list = list;
    errors->capacity = capacity;
    return true;
}

// A value quoted from a file may hold anything: control characters are shown as '?', so that a message stays one line.
static void make_one_line(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

// Takes away what is left of a UTF-8 character whose end was cut off.
static void end_with_whole_character(char *text, size_t length) {
    size_t at = length; // of the last byte that is no continuation
    while (at > 0 && length - at < 3 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0)
        return;
    unsigned char lead = (unsigned char)text[at - 1];
    size_t needs = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (needs > length - at + 1)
        text[at - 1] = 0;
}

piste_status piste_errors_add(piste_errors *errors, piste_status status, const char *file, int32_t line, int32_t column,
                              const char *format, ...) {
    if (!errors)
        return status;
    errors->total++;
    if (errors->count >= PISTE_ERRORS_MAX || !make_room(errors))
        return status;
    char message[1024];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (length >= (int)sizeof message)
        end_with_whole_character(message, sizeof message - 1);
    make_one_line(message);
    piste_error *e = &errors->list[errors->count];
    e->status = status;
    e->line = line;
    e->column = column;
    e->file = base_arena_text(errors->arena, file ? file : "", file ? strlen(file) : 0);
    e->message = base_arena_text(errors->arena, message, strlen(message));
    const char *text = NULL;
    if (file && *file && line > 0 && column > 0)
        text = base_arena_format(errors->arena, "%s:%d:%d: %s", file, line, column, message);
    else if (file && *file && line > 0)
        text = base_arena_format(errors->arena, "%s:%d: %s", file, line, message);
    else if (file && *file)
        text = base_arena_format(errors->arena, "%s: %s", file, message);
    else
        text = e->message;
    e->text = text;
    if (e->file && e->message && e->text)
        errors->count++;
    return status;
}

void piste_errors_sort(piste_errors *errors) {
    // Insertion sort: stable, and lists are short. A file's rank is where it was first mentioned.
    piste_error *list = errors->list;
    size_t order[PISTE_ERRORS_MAX];
    for (size_t i = 0; i < errors->count; i++) {
        size_t first = 0;
        while (strcmp(list[first].file, list[i].file) != 0)
            first++;
        order[i] = first;
    }
    for (size_t i = 1; i < errors->count; i++) {
        piste_error moving = list[i];
        size_t rank = order[i], j = i;
        for (; j > 0; j--) {
            const piste_error *before = &list[j - 1];
            bool later = order[j - 1] != rank       ? order[j - 1] > rank
                         : before->line != moving.line ? before->line > moving.line
                                                       : before->column > moving.column;
            if (!later)
                break;
            list[j] = list[j - 1];
            order[j] = order[j - 1];
        }
        list[j] = moving;
        order[j] = rank;
    }
}
