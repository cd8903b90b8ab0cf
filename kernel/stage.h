/* SPDX-License-Identifier: MIT */
/* stage.h - this kernel's stages: breadcrumbs from CRUMB_KERNEL on. */
#ifndef KERNEL_STAGE_H
#define KERNEL_STAGE_H
#include "lib/base.h"
#include "lib/crumb.h"

#define STAGE_MARK	0x4e524f4242555453 /* crumbs.kernel: "STUBBORN", little endian */

/* In program order. */
enum kernel_stage {
	STAGE_KERNEL = CRUMB_KERNEL, STAGE_VERIFIED, STAGE_MAP, STAGE_MEMORY, STAGE_REPORT,
	STAGE_CLOCK, STAGE_SELFTEST, STAGE_IDLE, STAGE_OFF, STAGE_AGAIN,
};
#define STAGE_END	(STAGE_AGAIN + 1)

/* Name of one of the kernel's stages; NULL for others. */
const char *stage_name(uint32_t stage);

/*
 * The stage of the stub or the kernel with this name of `size` bytes, plus 1; 0 if there is none.
 */
uint32_t stage_named(const char *text, size_t size);

/* The current stage did not happen: go back to stage `before`. */
void stage_undo(uint32_t before);
#endif
