/* SPDX-License-Identifier: MIT */
/* smp.h - the layout of the page below 1 MiB in which other CPUs begin. */
#ifndef X86_64_SMP_H
#define X86_64_SMP_H

/* Offsets in the page, for smp_enter.S */
#define LOW_GDT_LIMIT	0x08
#define LOW_FAR32	0x10
#define LOW_FAR64	0x18
#define LOW_ROOT	0x20
#define LOW_CR4		0x28
#define LOW_ENTRY	0x30
#define LOW_CR3		0x38
#define LOW_GDT		0x40

/* Offsets in struct smp_state */
#define STATE_CR0	0x00
#define STATE_CR4	0x08
#define STATE_PAT	0x10
#define STATE_CPU	0x18
#define STATE_NEXT	0x20
#define STATE_COUNT	0x24

#define LOW_CODE32	0x18	/* selector; SEL_CODE and SEL_DATA are the usual ones */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct __attribute__((packed)) low_page {
	uint8_t jump[8];	/* where a CPU begins, in real mode: jumps over this data */
	uint16_t gdt_limit;
	uint32_t gdt_base;
	uint16_t reserved0;
	uint32_t far32;		/* 32-bit code, and its selector */
	uint16_t far32_selector, reserved1;
	uint32_t far64;
	uint16_t far64_selector, reserved2;
	uint64_t root;		/* tables until ours can be used: below 4 GiB */
	uint64_t cr4;
	uint64_t entry;		/* smp_enter, which both sets of tables map */
	uint64_t cr3;		/* our tables */
	uint64_t gdt[4];
};
#define LOW_OFFSET(field, off) \
	_Static_assert(__builtin_offsetof(struct low_page, field) == (off), "smp_enter.S offset")
LOW_OFFSET(gdt_limit, LOW_GDT_LIMIT);
LOW_OFFSET(far32, LOW_FAR32);
LOW_OFFSET(far64, LOW_FAR64);
LOW_OFFSET(root, LOW_ROOT);
LOW_OFFSET(cr4, LOW_CR4);
LOW_OFFSET(entry, LOW_ENTRY);
LOW_OFFSET(cr3, LOW_CR3);
LOW_OFFSET(gdt, LOW_GDT);

/* smp_enter.S: the code that is copied into the page, and labels in it */
extern const char smp_low[], smp_low32[], smp_low64[], smp_low_end[];
extern const char smp_enter[];

/* What smp_enter needs after that. */
struct smp_state {
	uint64_t cr0, cr4, pat;
	struct cpu *const *cpu;		/* `count` of them; each new CPU takes the next one */
	uint32_t next, count;
};
extern struct smp_state smp_state;
_Static_assert(__builtin_offsetof(struct smp_state, pat) == STATE_PAT, "smp_enter.S offset");
_Static_assert(__builtin_offsetof(struct smp_state, cpu) == STATE_CPU, "smp_enter.S offset");
_Static_assert(__builtin_offsetof(struct smp_state, next) == STATE_NEXT, "smp_enter.S offset");
#endif
#endif
