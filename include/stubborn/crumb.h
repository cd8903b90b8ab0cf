/* SPDX-License-Identifier: MIT */
/*
 * crumb.h - breadcrumbs: how far a boot got.
 *
 * They are at the very start of the handoff arena (the address that the report calls "runs", unless
 * place=stay). Before there is an arena they are in the image's own .data. In a debugger they are
 * `*crumb_trail`, in the QEMU monitor `xp /64gx ADDRESS`. RAM usually survives a warm reset: our
 * own kernel looks for the last boot's at 2 MiB boundaries of the first 32 GiB of free memory.
 */
#ifndef STUBBORN_CRUMB_H
#define STUBBORN_CRUMB_H
#include <stdint.h>

#define CRUMB_MAGIC	0x424d555243425453 /* "STBCRUMB", little endian */
#define CRUMB_SIZE	0x200
#define CRUMB_TEXT	184	/* bytes, the NUL included */

/* The stub's stages, in program order. From CRUMB_KERNEL on, the kernel defines its own. */
enum crumb_stage {
	CRUMB_ENTRY, CRUMB_COLLECT, CRUMB_PLACE, CRUMB_EXIT, CRUMB_NORMALISE, CRUMB_COPY,
	CRUMB_PLAN, CRUMB_SEAL, CRUMB_CLEAN, CRUMB_JUMP,
};
#define CRUMB_STUB_STAGES	(CRUMB_JUMP + 1)
#define CRUMB_KERNEL		16
#define CRUMB_STAGES		32

struct crumbs {
	uint64_t magic;			/* CRUMB_MAGIC */
	uint32_t stage;			/* the last stage begun */
	uint32_t faulted;		/* 1 after a fault or panic was reported */
	uint64_t image;			/* run-time address of link address 0 */
	uint64_t fault_pc;		/* link address if it is in the image */
	uint64_t fault_cause;		/* ESR_ELx; scause; x86-64: vector << 32 | error code */
	uint64_t fault_address;		/* FAR_ELx; stval; CR2 */
	uint64_t time[CRUMB_STAGES];	/* arch_counter() when the stage began; 0: not reached */
	uint64_t kernel;		/* which kernel defined stages 16 and up; 0: unknown */
	char text[CRUMB_TEXT];		/* the message of a panic; empty: there was none */
	uint32_t panics;		/* earlier runs that panicked into stub_again() */
	uint32_t reserved;
};
#endif
