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

/* A module with a name: module=PATH, or one that a loader has named. */
#define DRAFT_FILES	16
#define DRAFT_NAME	256	/* bytes of a name kept, NUL included */
struct draft_file {
	struct boot_range mem;
	uint64_t pages;		/* to be given back to firmware; 0: they are not ours */
	uint32_t name_len;
	char name[DRAFT_NAME];
};

struct draft {
	struct boot_info info;
	struct options options;
	struct kernel_wants wants;	/* valid after collect_options() */
	struct boot_module module[DRAFT_MODULES];	/* absent: size 0 */
	bool cmdline_signed;	/* it is in our own file, which Secure Boot has verified */
	uint64_t entropy[ENTROPY_WORDS];	/* valid if have_entropy */
	bool have_entropy;
	bool cold;		/* entered with caches off: what we wrote is in memory */
	uint32_t cmdline_len, file_len, vendor_len;
	uint32_t keeps, named;
	char cmdline[CMDLINE_MAX];
	char file[DRAFT_PATH_MAX];
	char vendor[DRAFT_VENDOR_MAX];
	struct boot_mem keep[DRAFT_KEEPS];	/* in use, whatever firmware's map says */
	struct draft_file files[DRAFT_FILES];	/* the first `named` are in use */
};

/* Bytes that the texts need in the arena, with their NULs. */
static inline uint64_t draft_text(const struct draft *d)
{
	uint64_t n = d->cmdline_len + d->file_len + d->vendor_len + 3;

	for (uint32_t i = 0; i < d->named; i++)
		n += d->files[i].name_len + 1;
	return n;
}

/* Add an entry with that name to draft.files; NULL: it is too long, or there are too many. */
static inline struct draft_file *draft_named(struct draft *d, const char *name, uint32_t len)
{
	struct draft_file *file = &d->files[d->named];

	if (d->named == DRAFT_FILES || len >= DRAFT_NAME)
		return NULL;
	*file = (struct draft_file){ .name_len = len };
	for (uint32_t i = 0; i < len; i++)
		file->name[i] = name[i];
	d->named++;
	return file;
}
#endif
