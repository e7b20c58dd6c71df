// password.c - see password.h.
#include "cli/password.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { BYTES_MAX = 256 };

// One line without its end, a byte at a time: what comes after it is somebody else's.
static piste_status read_line(char line[BYTES_MAX], piste_errors *errors) {
    size_t length = 0;
    for (;;) {
        char c;
        ssize_t got = read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return piste_errors_add(errors, PISTE_IO, "standard input", 0, 0, "%s", strerror(errno));
        if (got == 0 || c == '\n')
            break;
        if (length == BYTES_MAX - 1)
            return piste_errors_add(errors, PISTE_INVALID, "password", 0, 0, "more than %d bytes", BYTES_MAX - 1);
        line[length++] = c;
    }
    length -= length > 0 && line[length - 1] == '\r';
    line[length] = 0;
    return length ? PISTE_OK : piste_errors_add(errors, PISTE_INVALID, "password", 0, 0, "nothing came from standard input");
}

// At a terminal, with nothing shown. Ctrl-C comes as a character, so that the terminal is never left without an echo.
static piste_status ask(const char *prompt, char line[BYTES_MAX], piste_errors *errors) {
    struct termios before, quiet;
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return piste_errors_add(errors, PISTE_IO, "terminal", 0, 0, "%s", strerror(errno));
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
        return piste_errors_add(errors, PISTE_IO, "terminal", 0, 0, "%s", strerror(errno));
    fputs(prompt, stderr); // what is typed from here on counts
    piste_status status = read_line(line, errors);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) != 0 && status == PISTE_OK)
        status = piste_errors_add(errors, PISTE_IO, "terminal", 0, 0, "%s", strerror(errno));
    fputc('\n', stderr);
    bool is_stopped = status == PISTE_OK && strpbrk(line, "\003\034\032"); // Ctrl-C, Ctrl-\, Ctrl-Z
    return is_stopped ? piste_errors_add(errors, PISTE_INTERRUPTED, "password", 0, 0, "nothing was done") : status;
}

static piste_status ask_twice(char line[BYTES_MAX], piste_errors *errors) {
    char again[BYTES_MAX] = "";
    piste_status status = ask("Password: ", line, errors);
    if (status == PISTE_OK)
        status = ask("Once more: ", again, errors);
    if (status == PISTE_OK && strcmp(line, again) != 0)
        status = piste_errors_add(errors, PISTE_INVALID, "password", 0, 0, "the two are not the same");
    sodium_memzero(again, sizeof again);
    return status;
}

piste_status cli_ask_password(json_t *request, piste_errors *errors) {
    const char *given = json_string_value(json_object_get(request, "password"));
    char line[BYTES_MAX] = "";
    if (!given || strcmp(given, "-") != 0)
        return PISTE_OK;
    piste_status status = isatty(STDIN_FILENO) ? ask_twice(line, errors) : read_line(line, errors);
    if (status == PISTE_OK && json_object_set_new(request, "password", json_string(line)) != 0)
        status = piste_errors_add(errors, PISTE_INVALID, "password", 0, 0, "is not UTF-8");
    sodium_memzero(line, sizeof line);
    return status;
}
