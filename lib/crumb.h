/* SPDX-License-Identifier: MIT */
/* crumb.h - leaving the trail of include/stubborn/crumb.h. One CPU at a time. */
#ifndef LIB_CRUMB_H
#define LIB_CRUMB_H
#include "include/stubborn/crumb.h"

extern struct crumbs *crumb_trail;

/*
 * Begin `stage`: note it and sample the counter. Any time, from stub or kernel, one CPU.
 */
void crumb_drop(enum crumb_stage stage);

/*
 * Continue the trail at `to` (CRUMB_SIZE writable bytes; NULL: in the image again, before that
 * memory is given back), keeping what it holds so far.
 */
void crumb_move(struct crumbs *to);

/* Name of a stage for messages; "?" if out of range. */
const char *crumb_name(uint32_t stage);
#endif
