/* SPDX-License-Identifier: MIT */
/* lock.c - see lock.h. Waits have an end: the CPU that holds a lock may have died. */
#include "kernel/cpu/lock.h"
#include "kernel/time/timeout.h"
#include "kernel/time/scale.h"

/* A holder may itself wait for CPUs that do not answer (kernel/cpu/call.c), or print. */
#define HELD_NS		(20 * NS_PER_S)
#define POLLS		1000		/* between two readings of the clock */

void (*lock_waits)(const struct lock *l, struct timeout *limit);

/* Not inlined: then a lock that is free needs no stack. */
static __attribute__((noinline)) void lock_wait(const struct lock *l, uint32_t ticket)
{
	struct timeout limit = { HELD_NS, 0 };
	uint32_t serving, before = ticket, polls = 0;

	while ((serving = __atomic_load_n(&l->serving, __ATOMIC_ACQUIRE)) != ticket) {
		arch_pause();
		if (serving != before)
			limit = (struct timeout){ HELD_NS, 0 };
		before = serving;
		if (!(++polls % POLLS) && lock_waits)
			lock_waits(l, &limit);
	}
}

void lock_acquire(struct lock *l)
{
	const uint32_t ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);

	if (__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != ticket)
		lock_wait(l, ticket);
}
