/* SPDX-License-Identifier: MIT */
/*
 * raw.h - shared by the entries without firmware: registers between 16 and 32 bits, and the layout
 * of the RAW_SCRATCH bytes after image_end.
 *
 *   0            stub/raw/place.c's trap stack, RAW_TRAP_STACK bytes
 *   SCRATCH_MAP  the stub's page tables, SCRATCH_MAP_PAGES
 *   then         mode.S's tables, until entry_map() has made better ones
 *   ...          the stub's stack, down from the end
 */
#ifndef ARCH_RAW_H
#define ARCH_RAW_H

/* In EBP at the 32-bit entry if setup16.S ran before; Linux's protocol has 0 there. */
#define SETUP16_MAGIC		0x36313a53

#define SCRATCH_MAP		0x2000
#define SCRATCH_MAP_PAGES	32	/* entry_map() uses at most 13; entry_map_more() the rest */
#define SCRATCH_MAP32		(SCRATCH_MAP + 0x1000 * SCRATCH_MAP_PAGES)
#define MODE_TABLES		6	/* pages */

/* struct boot_params, Linux's Documentation/arch/x86/zero-page.rst */
#define PARAMS_MOST		0x54	/* our own: the largest size that video= allows */
#define PARAMS_SP		0x58	/* our own: ESP as the loader set it */
#define PARAMS_BACK		0x270	/* our own: a far pointer to setup_back */
#define PARAMS_SCRATCH		0x1e4	/* 4 bytes for our own use */
#define PARAMS_E820_COUNT	0x1e8	/* a byte */
#define PARAMS_HEADER		0x1ef	/* from here on our own file's header is valid */
#define PARAMS_SWITCH		0x208	/* realmode_swtch: a far pointer, or 0 */
#define PARAMS_CODE32		0x214
#define PARAMS_CMDLINE		0x228	/* cmd_line_ptr */
#define PARAMS_E820		0x2d0
#define PARAMS_E820_MAX		128
#define PARAMS_E820_SIZE	20

#define SETUP_TEXT		0x276	/* setup16.S's texts, before the table of memory */
#define SEL16_CODE		0x08	/* setup16.S's code in 16-bit protected mode */
#define SCREEN_TYPE		0x0f	/* struct screen_info */
#define SCREEN_VESA		0x23

/* Where setup16 is in the header page: the table of memory ends there. */
#define SETUP_CODE		(PARAMS_E820 + PARAMS_E820_MAX * PARAMS_E820_SIZE)

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

/*
 * struct arch_map.page: the next page of the struct boot_range `left`, 0 at its end. Its address is
 * taken in other files: hidden, as stub.o has no GOT.
 */
__attribute__((visibility("hidden"))) uint64_t entry_page(void *left);

/*
 * Map the first 4 GiB and the image at identity, with the SCRATCH_MAP_PAGES at `pages` for tables.
 * False if they are too few: the tables in use stay. They also stay if arch_cpu_lacks() something,
 * which the collector reports; then the result is true.
 */
bool entry_map(uint64_t pages);

/*
 * Also map the GiB around `at`. False if the live tables are not entry_map()'s, if no page is left,
 * or if the CPU's physical addresses are not that wide.
 */
bool entry_map_more(uint64_t at);

/*
 * The memory map that Xen has for this guest, in e820's format: how many entries. 0 if this is not
 * Xen, or if there are more than `room`.
 */
__attribute__((visibility("hidden"))) uint32_t xen_collect(void *e820, uint32_t room);
#endif
#endif
