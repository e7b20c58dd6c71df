// model_gates.h - gates beside the model of the desk: what is sold is scanned at gates that know only what was brought to
// them, logs are collected in any order, in parts and again, and what all know is published.
//
// The model of the gates is a list of records for each gate and what each has been told of the others': everything is
// counted anew from these for every scan. The real gates keep folders, logs and lists on the disk.
#ifndef TEST_DESK_MODEL_GATES_H
#define TEST_DESK_MODEL_GATES_H

#include <stdbool.h>
#include <stddef.h>

void gates_begin(void); // of a run: an office that has seen nothing, gates that have let nobody in
void gates_end(void);
int gates_quit(void); // after the last run; what never came about, so that nothing was tried of it

// Acts; false where the model and the gates differ, told in `trouble`.
bool gates_scan(const unsigned *r, char *trouble, size_t size);  // a pass of an order at a gate
bool gates_undo(const unsigned *r, char *trouble, size_t size);  // who was let in did not go through
bool gates_merge(const unsigned *r, char *trouble, size_t size); // logs are brought to the office, which publishes
bool gates_fetch(const unsigned *r, char *trouble, size_t size); // what is published is brought to a gate

#endif
