/* SPDX-License-Identifier: MIT */
/* start.h - starts the CPUs that firmware's tables name. */
#ifndef KERNEL_START_H
#define KERNEL_START_H
#include "arch/machine.h"
#include "arch/smp.h"
#include "include/stubborn/boot_info.h"

struct cpus {
	uint32_t named;		/* by the tables, this one included */
	uint32_t running;
	uint32_t wanted;	/* at most `limit` */
	const char *why;	/* why no other was started, or NULL */
};

/* Called when more run than before: how many, of how many that are wanted. NULL: nothing is. */
extern void (*cpus_came)(uint32_t running, uint32_t wanted);

/*
 * Start other CPUs, all at the same time, until `limit` run, this one included; each then waits for
 * calls (call.h). Once, on the boot CPU, after mm_start(), irq_start() and clock_start(), with
 * interrupts masked or not. A CPU that does not come is not waited for any longer when for two
 * seconds none has come or gone on.
 */
void cpus_start(const struct machine *m, struct boot_info *bi, uint32_t limit, struct cpus *out);

/* CPU number i, from 1, of those that cpus_start() wanted; why it does not run: NULL, it does. */
const char *cpus_missing(uint32_t i, uint64_t *id);

/* How the CPU with this index is started; NULL: it is the boot CPU, or there is none. */
const struct arch_named *cpus_named(uint32_t index);

/* A CPU has arrived, on c->stack, with interrupts masked. Called by arch/<isa>/kernel/. */
_Noreturn void cpu_arrived(struct cpu *c);
#endif
