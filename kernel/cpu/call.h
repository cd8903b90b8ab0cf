/* SPDX-License-Identifier: MIT */
/*
 * call.h - runs functions on other CPUs: in an interrupt, or when they are idle.
 *
 * CPUs are identified by struct cpu.index, below CPU_MAX. cpu_call() skips CPUs in the mask that
 * are not running, and CPUs that failed to answer earlier; the console has warned about those.
 */
#ifndef KERNEL_CALL_H
#define KERNEL_CALL_H
#include "kernel/cpu/cpu.h"

#define CPU_MASK_WORDS	(CPU_MAX / 64)

struct cpu_mask {
	uint64_t bits[CPU_MASK_WORDS];
};

/* Set *m to all running CPUs, this one included. */
void cpu_mask_all(struct cpu_mask *m);

static inline void cpu_mask_set(struct cpu_mask *m, uint32_t index)
{
	m->bits[index / 64] |= 1ull << index % 64;
}

static inline void cpu_mask_clear(struct cpu_mask *m, uint32_t index)
{
	m->bits[index / 64] &= ~(1ull << index % 64);
}

static inline bool cpu_mask_has(const struct cpu_mask *m, uint32_t index)
{
	return m->bits[index / 64] >> index % 64 & 1;
}

/* How many CPUs are in the mask. */
uint32_t cpu_mask_count(const struct cpu_mask *m);

/*
 * Run fn(arg) on each of these CPUs in parallel, and return when all have finished: on other CPUs
 * in an interrupt, on this one directly if it is in the mask. `fn` must be short and must not wait.
 * Call it on any CPU, with interrupts masked or not, but not while holding a lock that other CPUs
 * take with interrupts masked. False: some CPU has not answered, within 5 seconds or earlier, and
 * has not run fn; the console has warned about it.
 */
bool cpu_call(const struct cpu_mask *on, void (*fn)(void *), void *arg);

/* The same on one CPU, and on all. False also if no CPU with this index runs. */
bool cpu_call_one(uint32_t index, void (*fn)(void *), void *arg);
bool cpu_call_all(void (*fn)(void *), void *arg);

/*
 * Longer work: run w->fn(w->arg) on each CPU in w->on, from its idle loop and with interrupts on,
 * so it still answers calls. This CPU and the boot CPU, which has no idle loop, cannot be
 * among them. Returns at once; cpu_work_left() tells how many have not finished, and *w must remain
 * valid until that is 0. False: the mask is empty, or one of the CPUs is busy, silent or not
 * running; then nothing was started, and none is left.
 */
struct cpu_work {
	void (*fn)(void *);
	void *arg;
	struct cpu_mask on;
	uint32_t left;
};
bool cpu_work(struct cpu_work *w);
static inline uint32_t cpu_work_left(const struct cpu_work *w)
{
	return __atomic_load_n(&w->left, __ATOMIC_ACQUIRE);
}

/*
 * Wait until all have finished, on the CPU that called cpu_work(), with interrupts on. Those that
 * have not are called once a second. As long as one of them answers, there is no limit. False: none
 * of them does; the console has warned about each. Should one run again, it still uses *w and
 * w->arg.
 */
bool cpu_work_wait(const struct cpu_work *w);
/* What callers report then. */
#define CPU_WORK_UNFINISHED	"a CPU has not finished its part"

/* The idle loop of all CPUs but the boot CPU: sleeps, takes calls, does work. For start.c. */
_Noreturn void call_idle(void);

/* ---- the steps of cpu_call(), for flush.c ---- */

struct cpu_call {
	void (*fn)(void *);
	void *arg;
	uint32_t left;		/* CPUs that have not finished it */
};

/* Place *call on all CPUs in the mask but this one. False: not on all; the console has warned. */
bool call_place(const struct cpu_mask *on, struct cpu_call *call);

/* Wait until all have run it. False: some did not answer within 5 s, and it was withdrawn there. */
bool call_wait(const struct cpu_mask *on, struct cpu_call *call);

/* Wait until *word is `value`, and take calls while waiting. False: it was not within 5 s. */
bool call_wait_word(const uint32_t *word, uint32_t value);

/* Accept calls from now on. Once, on the boot CPU, after irq_start(). False: no interrupts. */
bool call_start(void);
#endif
