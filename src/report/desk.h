// desk.h - a desk's answers as people read them.
#ifndef REPORT_DESK_H
#define REPORT_DESK_H

#include "report/report.h"

// Adds an answer of the desk (one JSON object) as lines of names and values, and its lists as tables. out->failed: no memory.
void report_desk_answer(const char *answer, const report_look *look, base_text *out);

#endif
