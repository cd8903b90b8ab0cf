/* SPDX-License-Identifier: MIT */
/*
 * crumb.h - the trail that says how far a boot came.
 *
 * Lies at the very start of the handoff arena (so at the address the report calls
 * "runs", unless place=stay), and until there is an arena in the image's own .data.
 * A debugger reads it as `*crumb_trail`, the QEMU monitor with `xp /64gx ADDRESS`,
 * and the next boot's kernel looks for it at 2 MiB boundaries of free memory:
 * RAM usually keeps its content over a warm reset.
 */
#ifndef STUBBORN_CRUMB_H
#define STUBBORN_CRUMB_H
#include <stdint.h>

#define CRUMB_MAGIC	0x424d555243425453 /* "STBCRUMB", little endian */
#define CRUMB_SIZE	0x200

/*
 * The stub's stages, in program order. Those from CRUMB_KERNEL on are the kernel's, whose names for
 * them are its own business.
 */
enum crumb_stage {
	CRUMB_ENTRY, CRUMB_COLLECT, CRUMB_PLACE, CRUMB_EXIT, CRUMB_NORMALISE, CRUMB_COPY,
	CRUMB_PLAN, CRUMB_SEAL, CRUMB_CLEAN, CRUMB_JUMP,
};
#define CRUMB_STUB_STAGES	(CRUMB_JUMP + 1)
#define CRUMB_KERNEL		16
#define CRUMB_STAGES		32

struct crumbs {
	uint64_t magic;			/* CRUMB_MAGIC */
	uint32_t stage;			/* last begun */
	uint32_t faulted;		/* 1 after a fault or panic was reported */
	uint64_t image;			/* address of link address 0 in the running code */
	uint64_t fault_pc;		/* link-time address */
	uint64_t fault_cause;		/* ESR_ELx; vector << 32 | error code on x86-64 */
	uint64_t fault_address;		/* FAR_ELx / CR2 */
	uint64_t time[CRUMB_STAGES];	/* arch_counter() when the stage began; 0 not reached */
	uint64_t kernel;		/* what kernel the stages from 16 on are of; 0: not said */
};
_Static_assert(CRUMB_STUB_STAGES <= CRUMB_KERNEL, "the stub has 16 stages at most");
_Static_assert(sizeof(struct crumbs) <= CRUMB_SIZE, "the boot_info lies behind the crumbs");
#endif
