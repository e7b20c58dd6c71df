// ccc.h - what the files that write carrying-capacity sheets share: words, numbers with their marks.
#ifndef REPORT_CCC_H
#define REPORT_CCC_H

#include "piste/ccc.h"
#include "report/inside.h"

// One sign for what a number rests on, which ccc_legend tells.
const char *ccc_mark(const page *p, piste_ccc_basis basis);
// "* measured, p published, ..."
const char *ccc_legend(page *p);
// What an input is called: "design capacity, pph" for "design_pph".
const char *ccc_label(page *p, const char *what, bool feet);
// Its value as people read it: "1,200", "34.0 %", "yes"; "-" where there is none.
const char *ccc_value(page *p, const char *what, double value, bool feet);
const char *ccc_marked(page *p, const char *what, const piste_ccc_input *in, bool feet); // with its mark behind it
double ccc_height(double metres, bool feet);
const char *ccc_guests(page *p, double guests);               // "1,234", "-" for what nobody uses, "not known"
const char *ccc_signed(page *p, double change, int decimals); // "+12"
const char *ccc_date(page *p, piste_date date);               // ", 2019-02-02" or ""
const char *ccc_limit_name(const piste_ccc_difference *d, const char *key);
const char *ccc_name(page *p, const char *name, const char *key); // either is good
// The sentences at the head: what it comes to, and what binds.
const char *ccc_summary(page *p, const piste_ccc *s, bool feet);
const char *ccc_two(page *p, const piste_ccc_difference *d); // how far they differ
const char *ccc_binding(page *p, const piste_ccc *s);
const char *ccc_uncrowded_text(page *p, const piste_ccc *s);
// What a rehearsal at the CCC says, one sentence each; NULL ends the list.
enum { CCC_TEXTS = 10 };
void ccc_rehearsal_texts(page *p, const piste_ccc *s, bool feet, const char *texts[CCC_TEXTS]);

#endif
