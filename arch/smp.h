/* SPDX-License-Identifier: MIT */
/*
 * smp.h - other CPUs: how they are started, spoken to and stopped. Not in the stub. Callers use
 * kernel/cpu/start.h, call.h and stop.h instead.
 */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

struct cpu;
struct machine;

/* For each turn of a loop that waits for another CPU: gives that CPU shared resources. */
void arch_pause(void);

/* This CPU's number, as struct cpu.id and boot_info.cpu_id have it. */
uint64_t arch_cpu_id(void);

/* A CPU that firmware's tables name, this one perhaps. */
struct arch_named {
	uint64_t id;
	uint64_t at;		/* physical: where it looks to be told; 0: it does not */
	uint32_t number;	/* that it is told by, at `at` */
	uint32_t how;		/* arch/<isa>/kernel/ */
};

/* Call named(cookie, ...) for each, in the order of the tables, as often as they name it. */
void arch_cpus_named(const struct machine *m,
		     void (*named)(void *cookie, const struct arch_named *), void *cookie);

/*
 * Prepare for n CPUs, of which each will call cpu_arrived() with one of c[0..n), on c->stack, in
 * our regime, without vectors and with interrupts masked. NULL, or why there can be none.
 */
const char *arch_start_prepare(struct boot_info *bi, const struct arch_named *named,
			       struct cpu *const *c, uint32_t n);

/*
 * Each CPU is started in so many steps: all CPUs by one step, then, after so many nanoseconds, by
 * the next. NULL, or why it cannot be started. May be repeated for one that has not come.
 */
extern const uint32_t arch_start_steps;
uint64_t arch_start_wait(uint32_t step);
const char *arch_start(const struct machine *m, const struct arch_named *named, uint32_t step);

/* What did not come will not come any more, as far as that can be helped. */
void arch_start_cancel(const struct arch_named *named);

/* No more will be started: free what was needed. `late`: some may still come, and are parked. */
void arch_start_done(bool late);

/*
 * This CPU ends, in what arch_start() gets it out of; it may have to wait there until
 * arch_stopped() has been called for it. Interrupts are masked.
 */
_Noreturn void arch_stop(void);

/* By another CPU: whether that one is there now, and executes nothing that can be overwritten. */
bool arch_stopped(const struct arch_named *named);

/* Interrupt a CPU to stop it, with interrupts masked too where that is possible. */
void arch_stop_send(const struct cpu *to);

/*
 * Make all CPUs forget translations of a range, without asking them. False: this kind of CPU
 * cannot. Only while there are several.
 */
bool arch_forget_all(uint64_t va, uint64_t size);

/* Until *word is not 0, with no access to memory but that one and the code. */
void arch_hold(const uint32_t *word);
#endif
