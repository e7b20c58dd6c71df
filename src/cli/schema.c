// schema.c - `piste schema`: what may stand in resort.yaml, for people and for editors.
#include "base/base.h"
#include "cli/cli.h"
#include "resort/manual.h"

static int run(int argc, char **argv) {
    bool done = false, markdown = false, json = false;
    int operands = 0;
    const char *output = "-";
    const cli_option options[] = {{"--markdown", .flag = &markdown}, {"--json-schema", .flag = &json}, {"-o", .value = &output}};
    if (cli_read_options(&cli_schema, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    if (operands != 0 || (markdown && json))
        return cli_usage(&cli_schema, "expected either --markdown or --json-schema");
    base_text text = {0};
    if (json)
        manual_json_schema(&text);
    else
        manual_markdown(&text);
    int code = text.failed ? cli_tell(PISTE_MEMORY, NULL) : cli_write(output, text.data, text.length);
    base_text_release(&text);
    return code;
}

const cli_command cli_schema = {"schema", "what may stand in resort.yaml",
                                "usage: piste schema [--markdown | --json-schema] [-o FILE]\n"
                                "\n"
                                "  --markdown     the manual of resort.yaml (docs/guide/resort.md); this is the default\n"
                                "  --json-schema  a JSON Schema, for editors that check YAML while it is written\n"
                                "  -o FILE        write there instead of to the standard output\n",
                                run};
