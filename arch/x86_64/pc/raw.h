/* SPDX-License-Identifier: MIT */
/*
 * raw.h - what the entries without firmware agree on: registers between 16 and 32 bits, and
 * who lies where in the RAW_SCRATCH bytes behind image_end.
 *
 *   0            stub/raw/place.c's trap stack, RAW_TRAP_STACK bytes
 *   SCRATCH_MAP  the stub's page tables, SCRATCH_MAP_PAGES
 *   then         mode.S's tables, until entry_map() has made better ones
 *   ...          the stub's stack, down from the end
 */
#ifndef ARCH_RAW_H
#define ARCH_RAW_H

/* In EBP at the 32-bit entry, where Linux's protocol wants 0: setup16.S comes before. */
#define SETUP16_MAGIC		0x36313a53

#define SCRATCH_MAP		0x2000
#define SCRATCH_MAP_PAGES	32	/* entry_map() takes 13 at most, the rest is for more */
#define SCRATCH_MAP32		(SCRATCH_MAP + 0x1000 * SCRATCH_MAP_PAGES)
#define MODE_TABLES		6	/* pages */

/* struct boot_params, Linux's Documentation/arch/x86/zero-page.rst */
#define PARAMS_SCRATCH		0x1e4	/* 4 bytes for whoever starts */
#define PARAMS_E820_COUNT	0x1e8	/* a byte */
#define PARAMS_HEADER		0x1ef	/* from here on our own file's header is true */
#define PARAMS_CODE32		0x214
#define PARAMS_E820		0x2d0
#define PARAMS_E820_MAX		128
#define PARAMS_E820_SIZE	20

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

/*
 * Map the first 4 GiB and the image at identity. The tables are the SCRATCH_MAP_PAGES at
 * `pages`. False if they are too few, and then nothing has changed; likewise, but true, on a CPU
 * that arch_cpu_lacks() something.
 */
bool entry_map(uint64_t pages);

/*
 * Map the GiB around `at`, too. False if the tables in force are not entry_map()'s, if it has no
 * page left, or if no physical address is as large.
 */
bool entry_map_more(uint64_t at);
#endif
#endif
