/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - what each CPU has of its own.
 *
 * A field belongs to its subject, which sets it when the CPU starts. Only the CPU itself writes its
 * struct, and it is never given back: others may read at any time.
 */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#define CPU_MAX		512
#define CPU_TRAP_STACKS	3
#define CPU_TRAP_STACK	0x2000	/* bytes of each */
#define CPU_TRAP_TEXT	112

/* Offsets for arch/<isa>/kernel/ */
#define CPU_SELF	0x00
#define CPU_ARCH	0x10

#ifndef __ASSEMBLER__
#include "arch/cpu.h"
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

struct cpu {
	struct cpu *self;		/* 0x00 where a register cannot be read as a pointer */
	struct trap_catch *catch;	/* 0x08 innermost trap_try; NULL: an exception is the end */
	uint64_t arch[24];		/* 0x10 arch/<isa>/kernel/ */
	uint64_t id;			/* as boot_info.cpu_id: MPIDR_EL1's affinity, APIC id */
	uint32_t index;			/* 0 is the boot CPU; dense */
	uint32_t reserved;
	uint64_t interrupts, traps;	/* how many it took: exceptions and NMIs in `traps` */
	uint64_t nmis;			/* those of them that it survived */
	uint64_t trap_stack[CPU_TRAP_STACKS];	/* tops, arch_trap_stacks of them */
	char trap_text[CPU_TRAP_TEXT];	/* trap_info.what of the last exception */
};
_Static_assert(__builtin_offsetof(struct cpu, arch) == CPU_ARCH, "offset in arch/<isa>/kernel/");

/* The one that runs this; from cpu_start() on. */
static inline struct cpu *cpu_this(void)
{
	return arch_cpu_this();
}

/* NULL if there is no CPU of this index, or it has not come yet. */
struct cpu *cpu_at(uint32_t index);

/* Indices in use are below this. */
uint32_t cpu_count(void);

/* The first one; before trap_start() it has no id yet. */
struct cpu *cpu_boot(void);

/* On a new CPU, once: `c` is what cpu_this() gives here. Every index only once, below CPU_MAX. */
void cpu_start(struct cpu *c, uint32_t index, uint64_t id);
#endif
#endif
