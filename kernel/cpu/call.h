/* SPDX-License-Identifier: MIT */
/*
 * call.h - work for other CPUs: as an interrupt, or behind all else that they do.
 *
 * CPUs are named by struct cpu.index. What a mask names beyond those that run is left out, and so
 * is a CPU that has not answered before: it has been named on the console.
 */
#ifndef KERNEL_CALL_H
#define KERNEL_CALL_H
#include "kernel/cpu/cpu.h"

#define CPU_MASK_WORDS	(CPU_MAX / 64)

struct cpu_mask {
	uint64_t bits[CPU_MASK_WORDS];
};

/* All that run, this one included. */
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

/* How many CPUs it names. */
uint32_t cpu_mask_count(const struct cpu_mask *m);

/*
 * Run fn(arg) on each of these CPUs, at the same time, and return when all have: on others in an
 * interrupt, on this one, if it is among them, directly. For short work that does not wait for
 * anything. Any CPU, interrupts masked or not, but not while holding a lock that others take with
 * interrupts masked. False: some CPU does not answer, which has been said; it has not run fn.
 */
bool cpu_call(const struct cpu_mask *on, void (*fn)(void *), void *arg);

/* The same on one CPU, and on all. */
bool cpu_call_one(uint32_t index, void (*fn)(void *), void *arg);
bool cpu_call_all(void (*fn)(void *), void *arg);

/*
 * Longer work: fn(arg) on each of these CPUs, which are not this one, with interrupts on and
 * nothing else to do, so that calls are answered meanwhile. Returns at once; cpu_work_left() is how
 * many are still at it. *w stays until that is 0. False: one of them has work already, or there is
 * no such CPU; nothing was begun.
 */
struct cpu_work {
	void (*fn)(void *);
	void *arg;
	uint32_t left;
};
bool cpu_work(const struct cpu_mask *on, struct cpu_work *w);
static inline uint32_t cpu_work_left(const struct cpu_work *w)
{
	return __atomic_load_n(&w->left, __ATOMIC_ACQUIRE);
}

/* What a CPU does that has nothing else to do. start.c */
_Noreturn void call_idle(void);

/* ---- in parts, for flush.c ---- */

struct cpu_call {
	void (*fn)(void *);
	void *arg;
	uint32_t left;		/* CPUs that have not run it */
};

/* Place *call on all CPUs of the mask but this one; false: not on all, which has been said. */
bool call_place(const struct cpu_mask *on, struct cpu_call *call);

/* Until all have run it. False: some do not answer; it has been taken back from them. */
bool call_wait(const struct cpu_mask *on, struct cpu_call *call);

/* Until *word is `value`, taking calls meanwhile; false: it does not become that. */
bool call_wait_word(const uint32_t *word, uint32_t value);

/* Take calls from now on. Once, on the boot CPU, after irq_start(); false: no interrupts. */
bool call_start(void);
#endif
