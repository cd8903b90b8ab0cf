/* SPDX-License-Identifier: MIT */
/*
 * jump.h - the jump into the kernel, described as data.
 *
 * A jump_plan holds the final value of every register that the jump writes. Those values depend on
 * the regime (MMU off, identity map, own map); arch_jump() does not.
 */
#ifndef JUMP_H
#define JUMP_H

/* Offsets for arch/<isa>/boot/jump.S */
#define JUMP_ENTRY	0x00
#define JUMP_ARG	0x08
#define JUMP_STACK	0x10
#define JUMP_ROOT	0x18
#define JUMP_VECTORS	0x20
#define JUMP_CTL	0x28

#ifndef __ASSEMBLER__
#include "lib/base.h"

struct jump_plan {
	uint64_t entry;		/* kernel_entry, as the new regime sees it */
	uint64_t arg;		/* boot_info, likewise */
	uint64_t stack;		/* top of the boot stack, likewise */
	uint64_t root;		/* physical root table; 0: no table */
	uint64_t vectors;	/* likewise; VBAR, stvec; x86-64: struct desc_tables */
	uint64_t ctl[4];	/* SCTLR, TCR, MAIR, PLAN_*; x86-64: CR0, CR4, EFER, PAT; */
				/* riscv64: satp, jump_physical, jump_virtual */
};

_Static_assert(__builtin_offsetof(struct jump_plan, vectors) == JUMP_VECTORS, "jump.S offset");
_Static_assert(__builtin_offsetof(struct jump_plan, ctl) == JUMP_CTL, "jump.S offset");
#endif
#endif
