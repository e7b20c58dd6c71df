// piste/piste.h - all of libpiste. See docs/guide/library.md for a program that uses it.
#ifndef PISTE_PISTE_H
#define PISTE_PISTE_H

#include "piste/calibrate.h"
#include "piste/cap.h"
#include "piste/ccc.h"
#include "piste/date.h"
#include "piste/day.h"
#include "piste/dist.h"
#include "piste/gate.h"
#include "piste/import.h"
#include "piste/lean.h"
#include "piste/pass.h"
#include "piste/plan.h"
#include "piste/resort.h"
#include "piste/status.h"
#include "piste/version.h"

#endif
