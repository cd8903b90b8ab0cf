/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - per-CPU data.
 *
 * Each field belongs to one part of the kernel, which sets it when the CPU starts. After that only
 * the CPU itself writes it, except for `call`, `work` and `silent`, which are accessed atomically,
 * and `timers`, which has a lock. The struct of a CPU that runs is never freed, so other CPUs may
 * read it at any time.
 */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#define CPU_MAX		512
#define NO_CPU		0	/* instead of a CPU's index + 1 */
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
	struct cpu *self;		/* 0x00 where the per-CPU register itself cannot be read */
	struct trap_catch *innermost; /* 0x08 trap_try; NULL: exceptions are fatal */
	uint64_t arch[24];		/* 0x10 arch/<isa>/kernel/ */
	uint64_t stack;			/* 0xd0 top of its initial stack; 0: boot_info's */
	uint64_t id;			/* as boot_info.cpu_id: MPIDR affinity, APIC or hart id */
	uint32_t index;			/* 0: boot CPU; CPUs that did not start leave gaps */
	uint32_t reserved;
	uint64_t interrupts, traps;	/* counters; `traps`: exceptions and NMIs */
	uint64_t nmis;			/* NMIs survived; also in `traps` */
	uint64_t trap_stack[CPU_TRAP_STACKS];	/* tops; arch_trap_stacks of them are used */
	struct page_cache *pages;	/* kernel/mm/page.h; NULL: no cache */
	uint64_t irq_local;		/* arch/<isa>/kernel/: its part of the controller */
	struct timer_cpu timers;
	const char *abandon;		/* kernel/cpu/trap.c: why a trap_try is left; NULL: not */
	struct cpu_call *call;		/* kernel/cpu/call.c: the pending call */
	struct cpu_work *work;		/* the pending or running work */
	bool idles;			/* it runs call_idle() */
	bool silent;			/* it did not answer a call, or has ended */
	bool stopped;			/* kernel/cpu/stop.c: it has ended */
	char trap_text[CPU_TRAP_TEXT];	/* trap_info.what of the last exception */
};
_Static_assert(__builtin_offsetof(struct cpu, self) == CPU_SELF, "offset in arch/x86_64/isa.h");
_Static_assert(__builtin_offsetof(struct cpu, arch) == CPU_ARCH, "offset in arch/<isa>/kernel/");
_Static_assert(__builtin_offsetof(struct cpu, stack) == CPU_STACK, "offset in arch/<isa>/kernel/");

/* The current CPU's struct. After cpu_start() or cpu_prepare() on this CPU; any context. */
static inline struct cpu *cpu_this(void)
{
	return arch_cpu_this();
}

extern struct cpu *cpu_table[CPU_MAX];		/* private to the functions below and cpu.c */
extern uint32_t cpu_indices;

/* All indices in use are below this; some below it may not be in use. */
static inline uint32_t cpu_count(void)
{
	return __atomic_load_n(&cpu_indices, __ATOMIC_RELAXED);
}

/* Any index may be passed. NULL: no CPU has it, or it has not started yet. */
static inline struct cpu *cpu_at(uint32_t index)
{
	return index < cpu_count() ? __atomic_load_n(&cpu_table[index], __ATOMIC_ACQUIRE) : NULL;
}

/* The boot CPU's struct. It has no id before trap_start(). */
struct cpu *cpu_boot(void);

/*
 * Make `c` the struct of this CPU and enter it in the table. Once, on the boot CPU. Each index is
 * used only once; CPU_MAX or more is a panic.
 */
void cpu_start(struct cpu *c, uint32_t index, uint64_t id);

/*
 * Indices below `indices`, at most CPU_MAX, will be used. On the boot CPU, before any other CPU is
 * started.
 */
void cpu_expect(uint32_t indices);

/*
 * The same on every other CPU, in two steps: cpu_prepare() makes cpu_this() work there;
 * cpu_publish() enters it in the table, once it can take calls.
 */
void cpu_prepare(struct cpu *c, uint32_t index, uint64_t id);
void cpu_publish(struct cpu *c);
#endif
#endif
