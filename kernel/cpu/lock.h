/* SPDX-License-Identifier: MIT */
/*
 * lock.h - a ticket lock: CPUs get it in the order in which they asked.
 *
 * If an interrupt handler takes a lock, all other code must take it with lock_acquire_irq(), or the
 * handler may wait for the CPU that it interrupted. A CPU must not take a lock that it holds. With
 * several CPUs, a lock that is not released for 20 seconds is a panic, as its holder has stopped.
 * Caches must be on: with the MMU off, exclusive accesses do not work on aarch64.
 */
#ifndef KERNEL_LOCK_H
#define KERNEL_LOCK_H
#include "arch/irq.h"
#include "arch/smp.h"
#include "lib/base.h"

struct lock {			/* all zeros: free */
	uint32_t next;		/* the ticket that the next CPU draws */
	uint32_t serving;	/* the ticket whose CPU holds the lock */
};

void lock_acquire(struct lock *l);

/* Called often while a CPU waits; a panic after the timeout. Set by stop_start(). */
struct timeout;
extern void (*lock_waits)(const struct lock *l, struct timeout *limit);

/* Take the lock if it is free. False: it is not, and was not taken. Never waits. */
static inline bool lock_try(struct lock *l)
{
	uint32_t ticket = __atomic_load_n(&l->serving, __ATOMIC_RELAXED);

	return __atomic_compare_exchange_n(&l->next, &ticket, ticket + 1, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

/* lock_acquire(), for where a call counts if the lock is free, as it nearly always is. */
static inline void lock_acquire_fast(struct lock *l)
{
	if (!lock_try(l))
		lock_acquire(l);
}

/* Only the holder writes `serving`, so this need not be an atomic increment. */
static inline void lock_release(struct lock *l)
{
	__atomic_store_n(&l->serving, l->serving + 1, __ATOMIC_RELEASE);
}

/* Whether any CPU holds the lock. Outdated at once unless this CPU is the holder. */
static inline bool lock_held(const struct lock *l)
{
	return __atomic_load_n(&l->serving, __ATOMIC_RELAXED) !=
	       __atomic_load_n(&l->next, __ATOMIC_RELAXED);
}

/* Mask interrupts, then take the lock. Returns the state that lock_release_irq() restores. */
static inline uint64_t lock_acquire_irq(struct lock *l)
{
	const uint64_t state = arch_irq_save();

	lock_acquire(l);
	return state;
}

static inline void lock_release_irq(struct lock *l, uint64_t state)
{
	lock_release(l);
	arch_irq_restore(state);
}
#endif
