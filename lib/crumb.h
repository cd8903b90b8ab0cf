/* SPDX-License-Identifier: MIT */
/* crumb.h - writes the breadcrumbs of include/stubborn/crumb.h. One CPU at a time. */
#ifndef LIB_CRUMB_H
#define LIB_CRUMB_H
#include "include/stubborn/crumb.h"

/* fault= accesses this: mapped in no regime, canonical, easy to spot. */
#define FAULT_ADDRESS	0x00005eadbeeff000ull

/* The breadcrumbs in use: in the image at first, later in the handoff. Never NULL. */
extern struct crumbs *crumb_trail;

/* Begin `stage`, below CRUMB_STAGES: record it and the counter. In stub or kernel, on one CPU. */
void crumb_drop(uint32_t stage);

/*
 * Continue the breadcrumbs at `to` (CRUMB_SIZE writable bytes), keeping those so far. NULL: back
 * in the image, before that memory is freed.
 */
void crumb_move(struct crumbs *to);

/* Start an empty trail in the image, which may still hold that of an earlier run. */
void crumb_begin(void);

/* Name of one of the stub's stages; NULL for others. */
const char *crumb_name(uint32_t stage);

/* The kernel's names for its own stages, NULL for unknown ones. NULL if the kernel has none. */
extern const char *(*crumb_kernel_name)(uint32_t stage);

#define CRUMB_LABEL	12		/* bytes */

/* A stage for messages: its name, or else its number, written to `number`. */
const char *crumb_label(uint32_t stage, char number[CRUMB_LABEL]);
#endif
