/* SPDX-License-Identifier: MIT */
/*
 * smp.h - starts and stops other CPUs, and drops their translations. Not in the stub. Other code
 * uses kernel/cpu/start.h, call.h and stop.h instead.
 */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

struct cpu;
struct machine;

/* Call it in every iteration of a loop that waits for another CPU: a hint to the CPU. */
void arch_pause(void);

/* This CPU's number, as in struct cpu.id and boot_info.cpu_id. */
uint64_t arch_cpu_id(void);

/* A CPU in firmware's tables, which may be this one. */
#define ARCH_NO_ID	UINT64_MAX
struct arch_named {
	uint64_t id;		/* ARCH_NO_ID: the tables give it no number, or a malformed one */
	uint64_t at;		/* physical address that it polls for its entry; 0: none */
	uint32_t number;	/* its number in the mailbox at `at`, if that is one */
	uint32_t how;		/* private to arch/<isa>/kernel/ */
};

/* Call named(cookie, ...) for each entry, in the order of the tables, repeated ones included. */
void arch_cpus_named(const struct machine *m,
		     void (*named)(void *cookie, const struct arch_named *), void *cookie);

/*
 * Prepare to start n CPUs. Each will call cpu_arrived() with one of c[0..n), on its stack, in our
 * regime, without vectors and with interrupts masked. Returns NULL, or why none can be started.
 */
const char *arch_start_prepare(struct boot_info *bi, const struct arch_named *named,
			       struct cpu *const *c, uint32_t n);

/*
 * Starting a CPU takes arch_start_steps steps. Call arch_start() with the same step for every CPU,
 * wait arch_start_wait(step) nanoseconds, and continue with the next step. It returns NULL, or why
 * the CPU cannot be started. May be repeated for a CPU that has not arrived.
 */
extern const uint32_t arch_start_steps;
uint64_t arch_start_wait(uint32_t step);
const char *arch_start(const struct machine *m, const struct arch_named *named, uint32_t step);

/*
 * What firmware says about a CPU that arch_start() started and that has not arrived: it is starting
 * or runs; or it is off, and needs another arch_start(). About some CPUs firmware says nothing.
 */
enum arch_started { ARCH_START_UNKNOWN, ARCH_START_COMES, ARCH_START_OFF };
enum arch_started arch_started(const struct arch_named *named);

/* Keep a CPU that has not arrived from arriving later, as far as that is possible. */
void arch_start_cancel(const struct arch_named *named);

/* No more CPUs will be started: free what that needed. `late`: some may still arrive; park them. */
void arch_start_done(bool late);

/*
 * End this CPU, in a state from which arch_start() can start it again. It may have to wait for
 * another CPU to call arch_stopped() for it first. With interrupts masked.
 */
_Noreturn void arch_stop(void);

/* On another CPU: whether this one has ended, and runs no code that may be overwritten. */
bool arch_stopped(const struct arch_named *named);

/* Interrupt a CPU to stop it, if possible even while it masks interrupts. */
void arch_stop_send(const struct cpu *to);

/*
 * Drop the translations of a range on all CPUs, without interrupting them. False: this kind of CPU
 * cannot do that, or another one is just stopping or never arrived. Only while several CPUs run.
 */
bool arch_map_flush_cpus(uint64_t va, uint64_t size);

/* Only if ARCH_BREAKS: wait until *word is not 0; access no memory but *word and the code. */
void arch_hold(const uint32_t *word);
#endif
