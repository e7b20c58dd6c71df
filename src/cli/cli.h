// cli.h - what the sub-commands share: their table, option reading, telling errors.
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "piste/piste.h"

// One sub-command. run gets what follows its name; it returns the exit code.
typedef struct cli_command {
    const char *name, *summary, *help;
    int (*run)(int argc, char **argv);
} cli_command;

extern const cli_command cli_audit;
extern const cli_command cli_backup;
extern const cli_command cli_calibrate;
extern const cli_command cli_cap;
extern const cli_command cli_ccc;
extern const cli_command cli_check;
extern const cli_command cli_day;
extern const cli_command cli_gate;
extern const cli_command cli_desk;
extern const cli_command cli_import;
extern const cli_command cli_map;
extern const cli_command cli_pass;
extern const cli_command cli_plan;
extern const cli_command cli_restore;
extern const cli_command cli_schema;
extern const cli_command cli_serve;
extern const cli_command cli_vault;

// Values of an option that may be given again and again.
enum { CLI_VALUES_MAX = 64 };
typedef struct cli_values {
    const char *list[CLI_VALUES_MAX];
    int32_t count;
} cli_values;

// An option as `--name VALUE`, `--name=VALUE` or a bare `--flag`: one of `value` (the last one given counts), `flag` and
// `values` is set.
typedef struct cli_option {
    const char *name;
    const char **value;
    bool *flag;
    cli_values *values;
} cli_option;

// Reads options anywhere among the operands; `--` ends them, "-" is an operand. Operands are moved to the front of argv
// and counted. -h and --help print the command's help to stdout: then *done is set and PISTE_OK returned.
PISTE_CHECKED piste_status cli_read_options(const cli_command *command, int argc, char **argv, const cli_option *options, size_t count, int *operands, bool *done);

// Tells what is in the list on stderr, one line each, and returns the exit code of `status`.
int cli_tell(piste_status status, const piste_errors *errors);
// "piste day: ..." on stderr, with a hint at --help; the exit code of PISTE_USAGE.
int cli_usage(const cli_command *command, const char *format, ...) PISTE_PRINTF(2, 3);

// The desk's database: what was given, what PISTE_DESK says, or desk.db.
const char *cli_desk_url(const char *given);
// The folder of its vault, which may stand beside it; NULL: none. Lives until the next call.
const char *cli_desk_vault(const char *given, const char *url);

// An option whose value is a file or folder to write. Those that have no name or would run into each other are refused before
// anything is worked out; `path` NULL: not asked for. The exit code, 0: none is wrong.
typedef struct cli_output {
    const char *option, *path;
} cli_output;
int cli_check_outputs(const cli_command *command, const cli_output *outputs, size_t count);

// A whole number given to an option, least to most; `text` NULL leaves *number. The exit code, 0: nothing is wrong.
int cli_read_number(const cli_command *command, const char *option, const char *text, int64_t least, int64_t most,
                    int64_t *number);

// Loads the resort, acts on it, tells what went wrong and returns the exit code.
int cli_on_resort(const char *folder, piste_date as_of, void *context,
                  piste_status (*act)(void *context, const piste_resort *resort, piste_errors *errors));

// From now on the first Ctrl-C only says that the work is to stop: cli_is_interrupted. The second one ends the process.
void cli_listen_to_signals(void);
bool cli_is_interrupted(void);

// Colours for a stream: off when it is no terminal, when NO_COLOR is set and not empty, or TERM is dumb.
bool cli_has_colours(int fd);
// Columns of the terminal that fd is; `otherwise` where it is none.
int cli_columns(int fd, int otherwise);
// Whether the user's locale writes UTF-8.
bool cli_is_utf8(void);

// Writes a whole text where the user asked for it ("-": stdout); tells what went wrong; returns the exit code.
int cli_write(const char *path, const char *data, size_t length);

// "95%", "95 %", or "0.95", from 0 to 1.
bool cli_parse_share(const char *text, double *share);
// Processors of this machine, 1 to most.
int32_t cli_count_processors(int32_t most);
// Decimal digits and nothing else, min to max.
bool cli_parse_number(const char *text, int64_t min, int64_t max, int64_t *value);

#endif
