// check.c - what a careful colleague would say of a resort.
#include "resort/schema.h"
