/* SPDX-License-Identifier: MIT */
/* smp.h - the data that a new CPU reads with its MMU off, and the methods of starting CPUs. */
#ifndef AARCH64_SMP_H
#define AARCH64_SMP_H

/* Offsets in struct arrival, for smp_enter.S; then JUMP_CTL's */
#define ARRIVAL_ID	0x00
#define ARRIVAL_LEVEL	0x08
#define ARRIVAL_HCR	0x10
#define ARRIVAL_JUMP	0x18
#define ARRIVAL_PLAN	0x20
#define ARRIVAL_STACK	0xc8
#define ARRIVAL_SIZE	0x400

#ifndef __ASSEMBLER__
#include "arch/jump.h"
#include "arch/machine.h"
#include "arch/smp.h"

/* arch_named.how */
enum { HOW_UNKNOWN, HOW_PSCI, HOW_TABLE, HOW_MAILBOX };

/* One for each CPU to be started, which accesses it at its physical address. */
struct arrival {
	uint64_t id;		/* MPIDR_EL1's affinity */
	uint64_t level;		/* the exception level that the kernel runs at */
	uint64_t hcr;		/* HCR_EL2 of the boot CPU, if that is EL2 */
	uint64_t jump;		/* physical address of arch_jump, which is identity mapped */
	struct jump_plan plan;
	struct jump_plan park;	/* to park_code, if it polled an address */
	_Alignas(16) uint64_t parked;	/* not 0: it is in park_code */
	volatile uint64_t *word;	/* the word that it polled; NULL: none */
	volatile uint32_t *number;	/* in a mailbox; NULL: the word is a spin table's */
	uint8_t stack[ARRIVAL_SIZE - ARRIVAL_STACK];
};
_Static_assert(__builtin_offsetof(struct arrival, plan) == ARRIVAL_PLAN, "smp_enter.S offset");
_Static_assert(__builtin_offsetof(struct arrival, stack) == ARRIVAL_STACK, "the rest");
_Static_assert(sizeof(struct arrival) == ARRIVAL_SIZE, "smp_enter.S offset");

extern const char smp_enter[], smp_arrived[];	/* smp_enter.S */

/* What smp_enter reads; addresses are physical */
struct arrivals {
	uint64_t first, count;
	uint64_t rest;			/* park_rest, for a CPU that has no arrival; 0: none */
};
extern struct arrivals smp_arrivals;

/*
 * park.c: CPUs that poll an address. `pa` is the physical address of *a, `enter` that of smp_enter.
 * park_start() sets a->word and returns NULL, or returns why it cannot start the CPU.
 */
void park_prepare(struct boot_info *bi, struct arrival *a, uint64_t pa,
		  const struct arch_named *n);
const char *park_start(const struct machine *m, const struct arch_named *n, struct arrival *a,
		       uint64_t enter);
_Noreturn void park(struct arrival *a);	/* park this CPU */
bool park_done(struct arrival *a);	/* it is parked, and runs no code that may be overwritten */

/* cpus.c: the CPUs in a device tree (false: it has none), and in the MADT. Pure. */
bool cpus_from_tree(const struct machine *m, void (*named)(void *, const struct arch_named *),
		    void *cookie);
void cpus_from_madt(const struct machine *m, bool psci,
		    void (*named)(void *, const struct arch_named *), void *cookie);
#endif
#endif
