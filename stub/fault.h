/* SPDX-License-Identifier: MIT */
/* fault.h - stages, and the deliberate fault in one of them. After firmware is gone. */
#ifndef STUB_FAULT_H
#define STUB_FAULT_H
#include "lib/crumb.h"
#include "stub/options.h"

/* Begin a stage, and fault if fault= names it. */
void fault_stage(const struct options *o, enum crumb_stage stage);
void fault_take(const struct options *o, enum crumb_stage stage);	/* only fault */
#endif
