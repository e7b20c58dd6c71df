// cli.c - what the sub-commands share.
#define _DEFAULT_SOURCE // struct winsize
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/base.h"
#include "cli/cli.h"

static const cli_option *find_option(const cli_option *options, size_t count, const char *name, size_t length) {
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            return &options[i];
    return NULL;
}

piste_status cli_read_options(const cli_command *command, int argc, char **argv, const cli_option *options,
                              size_t count, int *operands, bool *done) {
    int kept = 0;
    bool ended = false;
    *done = false;
    for (int i = 0; i < argc; i++) {
        char *word = argv[i];
        if (ended || word[0] != '-' || word[1] == 0) {
            argv[kept++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            ended = true;
            continue;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            fputs(command->help, stdout);
            *done = true;
            return PISTE_OK;
        }
        size_t length = strcspn(word, "=");
        const cli_option *option = find_option(options, count, word, length);
        if (!option)
            return cli_usage(command, "unknown option %s", word), PISTE_USAGE;
        bool has_value = word[length] == '=';
        if (option->flag && has_value)
            return cli_usage(command, "option %s takes no value", option->name), PISTE_USAGE;
        if (option->flag) {
            *option->flag = true;
            continue;
        }
        if (!has_value && (i + 1 >= argc || strncmp(argv[i + 1], "--", 2) == 0)) // a value that begins so is written after =
            return cli_usage(command, "option %s needs a value", option->name), PISTE_USAGE;
        const char *value = has_value ? word + length + 1 : argv[++i];
        if (option->value)
            *option->value = value;
        else if (option->values->count < CLI_VALUES_MAX)
            option->values->list[option->values->count++] = value;
        else
            return cli_usage(command, "option %s given more than %d times", option->name, CLI_VALUES_MAX), PISTE_USAGE;
    }
    *operands = kept;
    return PISTE_OK;
}

int cli_tell(piste_status status, const piste_errors *errors) {
    size_t count = errors ? piste_errors_count(errors) : 0;
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%s\n", piste_errors_get(errors, i)->text);
    if (errors && piste_errors_total(errors) > count)
        fprintf(stderr, "... and %zu more\n", piste_errors_total(errors) - count);
    if (count == 0 && status != PISTE_OK)
        fprintf(stderr, "piste: %s\n", piste_status_text(status));
    return piste_status_exit_code(status);
}

int cli_usage(const cli_command *command, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "piste %s: ", command->name);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; see 'piste %s --help'\n", command->name);
    return piste_status_exit_code(PISTE_USAGE);
}

int cli_on_resort(const char *folder, piste_date as_of, void *context,
                  piste_status (*act)(void *context, const piste_resort *resort, piste_errors *errors)) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = piste_resort_load(folder, as_of, errors, &resort);
    if (status == PISTE_OK)
        status = act(context, resort, errors);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    return code;
}

static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
}

void cli_listen_to_signals(void) {
    // The second Ctrl-C ends the process as it would have without us.
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&act.sa_mask);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    // Who closes our standard output wants no more of it: the default ends the process without a word.
    signal(SIGPIPE, SIG_DFL);
}

bool cli_is_interrupted(void) {
    return interrupted;
}

bool cli_has_colours(int fd) {
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && !(none && *none) && !(term && strcmp(term, "dumb") == 0);
}

int cli_columns(int fd, int otherwise) {
    struct winsize size;
    if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return otherwise;
    return size.ws_col;
}

bool cli_is_utf8(void) {
    // Asked of a locale of its own: the process stays in the C locale, so that numbers are written alike everywhere.
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale == (locale_t)0)
        return false;
    bool is_utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return is_utf8;
}

int cli_write(const char *path, const char *data, size_t length) {
    piste_errors *errors = piste_errors_create();
    piste_status status = base_file_write(path, data, length, errors);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    piste_errors_destroy(errors);
    return code;
}

int cli_check_outputs(const cli_command *command, const cli_output *outputs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (outputs[i].path && !*outputs[i].path)
            return cli_usage(command, "%s needs a name", outputs[i].option);
        for (size_t k = 0; outputs[i].path && k < i; k++)
            if (outputs[k].path && strcmp(outputs[i].path, outputs[k].path) == 0)
                return cli_usage(command, "%s and %s both go to %s", outputs[k].option, outputs[i].option,
                                 strcmp(outputs[i].path, "-") == 0 ? "standard output" : outputs[i].path);
    }
    return 0;
}

int cli_read_number(const cli_command *command, const char *option, const char *text, int64_t least, int64_t most,
                    int64_t *number) {
    if (text && !cli_parse_number(text, least, most, number))
        return cli_usage(command, "%s %s, expected a whole number from %lld to %lld", option, text, (long long)least,
                         (long long)most);
    return 0;
}

bool cli_parse_number(const char *text, int64_t min, int64_t max, int64_t *value) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits])
        return false;
    errno = 0;
    int64_t number = strtoll(text, NULL, 10);
    if (errno || number < min || number > max)
        return false;
    *value = number;
    return true;
}

bool cli_parse_share(const char *text, double *share) {
    char *end;
    if (!((text[0] >= '0' && text[0] <= '9') || text[0] == '.') || strpbrk(text, "xXpP"))
        return false;
    double value = strtod(text, &end);
    while (*end == ' ')
        end++;
    if (strcmp(end, "%") == 0)
        value /= 100;
    else if (*end)
        return false;
    if (!(value >= 0 && value <= 1))
        return false;
    *share = value;
    return true;
}

int32_t cli_count_processors(int32_t most) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > most ? most : (int32_t)count;
}
