/* SPDX-License-Identifier: MIT */
/* start.h - starts the other CPUs, as listed in the MADT or the device tree. */
#ifndef KERNEL_START_H
#define KERNEL_START_H
#include "arch/machine.h"
#include "arch/smp.h"
#include "include/stubborn/boot_info.h"

struct cpus {
	uint32_t named;		/* CPUs in the tables, this one included */
	uint32_t running;
	uint32_t wanted;	/* how many were to run; at most `limit` */
	const char *why;	/* why no other CPU was started, or NULL */
	bool unlisted;		/* the tables, if there are any, do not list this one */
};

/*
 * May be NULL. Called on the boot CPU, from cpus_start(), when more CPUs have arrived: how many so
 * far, of how many that are wanted; both include the boot CPU.
 */
extern void (*cpus_arrived)(uint32_t running, uint32_t wanted);

/*
 * Start other CPUs, all in parallel, so that up to `limit` run, this one included; each then waits
 * for calls (call.h), guarded if this one is (guard.h). Once, on the boot CPU, after mm_start(),
 * irq_start() and clock_start(), with interrupts masked or not. Waiting ends when all run, or when
 * for two seconds no CPU has made progress; for six, if firmware says that one is coming. out->why
 * is set if none could be started; cpus_missing() has the reason for each CPU.
 */
void cpus_start(const struct machine *m, struct boot_info *bi, uint32_t limit, struct cpus *out);

/*
 * Why the CPU with index i does not run; *id is its id. NULL: it runs, or cpus_start() did not want
 * a CPU with this index (*id is then not set). After cpus_start().
 */
const char *cpus_missing(uint32_t i, uint64_t *id);

/* How the CPU with this index is started. NULL: the boot CPU, or no such index. */
const struct arch_named *cpus_named(uint32_t index);

/*
 * From now on no further CPU arrives: one that starts later is stopped. Returns how many have
 * arrived, besides the caller, and neither run nor have ended yet; they enter cpu.h's table, and
 * then call stop_if_asked(). On any CPU, any number of times.
 */
uint32_t cpus_close(void);

/*
 * As far as possible, keep those CPUs from arriving that cpus_close() has shut out and cpus_start()
 * has not given up. On any CPU, once cpus_start() can no longer be running.
 */
void cpus_cancel(void);

/*
 * This CPU has ended, or is about to: for the boot CPU, index 0, nothing is recorded.
 * cpu_has_ended(): any CPU may call it, with any index; once it is true, only arch_stopped()
 * remains to be checked.
 */
void cpu_ended(uint32_t index);
bool cpu_has_ended(uint32_t index);

/* arch/<isa>/kernel/ calls this on a new CPU, on c->stack, with interrupts masked. */
_Noreturn void cpu_arrived(struct cpu *c);
#endif
