/* SPDX-License-Identifier: MIT */
/* crumb.h - leaving the trail of include/stubborn/crumb.h. One CPU at a time. */
#ifndef LIB_CRUMB_H
#define LIB_CRUMB_H
#include "include/stubborn/crumb.h"

/* What fault= touches: mapped in no regime, canonical, easy to spot. */
#define FAULT_ADDRESS	0x00005eadbeeff000ull

extern struct crumbs *crumb_trail;

/*
 * Begin `stage`: note it and sample the counter. Any time, from stub or kernel, one CPU.
 */
void crumb_drop(uint32_t stage);

/*
 * Continue the trail at `to` (CRUMB_SIZE writable bytes; NULL: in the image again, before that
 * memory is given back), keeping what it holds so far.
 */
void crumb_move(struct crumbs *to);

/* Name of one of the stub's stages; NULL of any other. */
const char *crumb_name(uint32_t stage);

/* A kernel's names for its own stages, NULL for what is none; NULL if it has not said. */
extern const char *(*crumb_kernel_name)(uint32_t stage);

#define CRUMB_LABEL	12		/* bytes */

/* A stage for messages: its name, or its number in `number`. */
const char *crumb_label(uint32_t stage, char number[CRUMB_LABEL]);
#endif
