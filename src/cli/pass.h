// pass.h - what the files of `piste pass` share.
#ifndef CLI_PASS_H
#define CLI_PASS_H

#include "base/base.h"
#include "cli/cli.h"
#include "desk/office.h"

typedef struct pass_wishes {
    char **words; // operands after the act
    int count;
    const char *days, *date, *use, *from, *until, *hours, *opens, *holder, *points, *name, *number;
    const char *text, *svg, *pdf, *json, *merged, *stale, *passphrase;
    bool waiver;
} pass_wishes;

typedef struct pass_verb {
    const char *name;
    int least, most; // operands
    const char *operands;
    piste_status (*act)(const pass_wishes *w, piste_errors *errors);
    const char *options;
} pass_verb;

piste_status pass_issue(const pass_wishes *w, piste_errors *errors);
piste_status pass_show(const pass_wishes *w, piste_errors *errors);

#endif
