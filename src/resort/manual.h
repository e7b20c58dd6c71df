// manual.h - the manual of resort.yaml and its JSON Schema, both printed from the schema table and the table of rules.
#ifndef RESORT_MANUAL_H
#define RESORT_MANUAL_H

#include "base/base.h"

// docs/guide/resort.md. text->failed: no memory.
void manual_markdown(base_text *text);
// JSON Schema (draft 7, which editors know) of resort.yaml as YAML 1.2 sees it.
void manual_json_schema(base_text *text);

#endif
