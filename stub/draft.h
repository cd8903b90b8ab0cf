/* SPDX-License-Identifier: MIT */
/*
 * draft.h - what one collector fills, whatever it asked.
 *
 * Everything in it is physical, and identical to what can be dereferenced until the jump.
 * boot_info starts as `info`; texts and arrays are moved to the arena later.
 */
#ifndef STUB_DRAFT_H
#define STUB_DRAFT_H
#include "lib/wants.h"
#include "stub/cmdline.h"
#include "stub/entropy.h"
#include "stub/options.h"

#define DRAFT_PATH_MAX		512	/* bytes of our own path kept, NUL included */
#define DRAFT_VENDOR_MAX	64
#define DRAFT_KEEPS		128

/* Places in draft.module; boot_info has those that are there, in this order. */
enum draft_module {
	DRAFT_INITRD,
	DRAFT_TREE,		/* the device tree */
	DRAFT_LOG,		/* the TPM's log or a dead kernel's header */
	DRAFT_MODULES,
};

struct draft {
	struct boot_info info;
	struct options options;
	struct kernel_wants wants;	/* from collect_options() on */
	struct boot_module module[DRAFT_MODULES];	/* absent: size 0 */
	uint64_t entropy[ENTROPY_WORDS];	/* if have_entropy */
	bool have_entropy;
	bool cold;		/* entered with the caches off: they know nothing we wrote */
	uint32_t cmdline_len, file_len, vendor_len;
	uint32_t keeps;
	char cmdline[CMDLINE_MAX];
	char file[DRAFT_PATH_MAX];
	char vendor[DRAFT_VENDOR_MAX];
	struct boot_mem keep[DRAFT_KEEPS];	/* not ours, whatever firmware's map says */
};

/* Bytes that the texts take in the arena, each with its NUL. */
static inline uint64_t draft_text(const struct draft *d)
{
	return d->cmdline_len + d->file_len + d->vendor_len + 3;
}
#endif
