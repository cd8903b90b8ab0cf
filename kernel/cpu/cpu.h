/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - per-CPU data.
 *
 * Each field belongs to one part of the kernel, which sets it when the CPU starts. Only the CPU
 * itself writes its struct, which is never freed, so other CPUs may read it at any time.
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
#define CPU_STACK	0xd0

#ifndef __ASSEMBLER__
#include "arch/cpu.h"
#include "include/stubborn/boot_info.h"
#include "kernel/time/queue.h"
#include "lib/base.h"

struct cpu {
	struct cpu *self;		/* 0x00 for CPUs that cannot read the register itself */
	struct trap_catch *catch;	/* 0x08 innermost trap_try; NULL: exceptions are fatal */
	uint64_t arch[24];		/* 0x10 arch/<isa>/kernel/ */
	uint64_t stack;			/* 0xd0 top of the one it begins on; 0: boot_info's */
	uint64_t id;			/* as boot_info.cpu_id: MPIDR_EL1's affinity, APIC id */
	uint32_t index;			/* 0 is the boot CPU; gaps: CPUs that did not come */
	uint32_t reserved;
	uint64_t interrupts, traps;	/* counts; `traps` has exceptions and NMIs */
	uint64_t nmis;			/* NMIs survived; also in `traps` */
	uint64_t trap_stack[CPU_TRAP_STACKS];	/* tops; arch_trap_stacks of them are used */
	struct page_cache *pages;	/* kernel/mm/page.h; NULL: it has none of its own */
	uint64_t irq_local;		/* arch/<isa>/kernel/: its part of the controller */
	struct timer_cpu timers;
	struct cpu_call *call;		/* kernel/cpu/call.h: what others want of it */
	struct cpu_work *work;
	bool idles;			/* it has nothing to do but that */
	bool silent;			/* it has not answered */
	bool stopped;			/* kernel/cpu/stop.h */
	char trap_text[CPU_TRAP_TEXT];	/* trap_info.what of the last exception */
};
_Static_assert(__builtin_offsetof(struct cpu, arch) == CPU_ARCH, "offset in arch/<isa>/kernel/");
_Static_assert(__builtin_offsetof(struct cpu, stack) == CPU_STACK, "offset in arch/<isa>/kernel/");

/* The current CPU's. Valid after cpu_start(). */
static inline struct cpu *cpu_this(void)
{
	return arch_cpu_this();
}

extern struct cpu *cpu_table[CPU_MAX];		/* the next two functions' */
extern uint32_t cpu_indices;

/* NULL if there is no CPU with this index, or it has not started yet. */
static inline struct cpu *cpu_at(uint32_t index)
{
	return index < CPU_MAX ? __atomic_load_n(&cpu_table[index], __ATOMIC_ACQUIRE) : NULL;
}

/* Indices in use are below this. */
static inline uint32_t cpu_count(void)
{
	return __atomic_load_n(&cpu_indices, __ATOMIC_RELAXED);
}

/* The boot CPU's. It has no id before trap_start(). */
struct cpu *cpu_boot(void);

/* Call once on the boot CPU: cpu_this() then returns `c`. Each index, below CPU_MAX, only once. */
void cpu_start(struct cpu *c, uint32_t index, uint64_t id);

/* The same on each other CPU, in two parts: for itself, and, when it can be spoken to, for all. */
void cpu_prepare(struct cpu *c, uint32_t index, uint64_t id);
void cpu_publish(struct cpu *c);
#endif
#endif
