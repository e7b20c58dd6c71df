// plan.h - an experiment as people and programs read it: a screen for a terminal, JSON, CSV, a page.
#ifndef REPORT_PLAN_H
#define REPORT_PLAN_H

#include "piste/plan.h"
#include "report/report.h"

void report_plan_table(const piste_plan_result *plan, const report_look *look, base_text *out);
// One JSON object and a new line, in the layout of docs/plan.schema.json.
PISTE_CHECKED piste_status report_plan_json(const piste_plan_result *plan, base_text *out);
// One line for each scenario and measure, with the difference to the baseline.
PISTE_CHECKED piste_status report_plan_csv(const piste_plan_result *plan, base_text *out);
// The page with the JSON in it. PISTE_NOT_FOUND: this build has no pages.
PISTE_CHECKED piste_status report_plan_html(const piste_plan_result *plan, piste_errors *errors, base_text *out);

// Two plans' databases side by side.
void report_comparison_table(const piste_comparison *comparison, const report_look *look, base_text *out);
PISTE_CHECKED piste_status report_comparison_json(const piste_comparison *comparison, base_text *out);

#endif
