/* SPDX-License-Identifier: MIT */
/*
 * draft.h - what a collector fills in, whatever its source.
 *
 * All addresses are physical; until the jump they can be dereferenced as they are. boot_info
 * starts as a copy of `info`; texts and arrays move to the arena later.
 */
#ifndef STUB_DRAFT_H
#define STUB_DRAFT_H
#include "lib/wants.h"
#include "stub/cmdline.h"
#include "stub/entropy.h"
#include "stub/options.h"

#define DRAFT_PATH_MAX		512	/* bytes of the image's path kept, NUL included */
#define DRAFT_VENDOR_MAX	64
#define DRAFT_KEEPS		128

/* Indices into draft.module. boot_info lists those that are present, in this order. */
enum draft_module {
	DRAFT_INITRD,
	DRAFT_TREE,		/* the device tree */
	DRAFT_LOG,		/* the TPM's log, or a crashed kernel's ELF header */
	DRAFT_MODULES,
};

struct draft {
	struct boot_info info;
	struct options options;
	struct kernel_wants wants;	/* valid after collect_options() */
	struct boot_module module[DRAFT_MODULES];	/* absent: size 0 */
	uint64_t entropy[ENTROPY_WORDS];	/* valid if have_entropy */
	bool have_entropy;
	bool cold;		/* entered with caches off: they lack what we have written */
	uint32_t cmdline_len, file_len, vendor_len;
	uint32_t keeps;
	char cmdline[CMDLINE_MAX];
	char file[DRAFT_PATH_MAX];
	char vendor[DRAFT_VENDOR_MAX];
	struct boot_mem keep[DRAFT_KEEPS];	/* in use, whatever firmware's map says */
};

/* Bytes that the texts need in the arena, with their NULs. */
static inline uint64_t draft_text(const struct draft *d)
{
	return d->cmdline_len + d->file_len + d->vendor_len + 3;
}
#endif
