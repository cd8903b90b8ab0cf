/* SPDX-License-Identifier: MIT */
/*
 * queue.h - timers, sorted by the time when they are due. Pure: the caller locks.
 *
 * A linked list through the timers themselves. An interrupt takes the first one, in constant time;
 * insertion passes over those that are due earlier. Nothing is allocated, and it cannot be full.
 */
#ifndef KERNEL_QUEUE_H
#define KERNEL_QUEUE_H
#include "kernel/cpu/lock.h"
#include "lib/base.h"

struct timer;
typedef void timer_fn(struct timer *t, void *arg);

struct timer {			/* all zeros: not set */
	struct timer *next, **link;	/* *link points to this one; NULL: in no queue */
	uint64_t at;			/* when it is due, as clock_now() counts */
	uint64_t every;			/* period in nanoseconds; 0: it runs once */
	timer_fn *fn;
	void *arg;
	struct timer_cpu *cpu;		/* clock.c: whose queue it is or was in; NULL: none */
};

struct timer_queue {		/* all zeros: empty */
	struct timer *first;
};

struct timer_cpu {		/* one for each CPU; all zeros at first */
	struct lock lock;
	struct timer_queue queue;
	uint64_t ran;			/* the time up to which its timers have been called */
};

/* Insert a timer that is in no queue: after those that are due at the same time. */
static inline void queue_put(struct timer_queue *q, struct timer *t)
{
	struct timer **link = &q->first;

	while (*link && (*link)->at <= t->at)
		link = &(*link)->next;
	t->next = *link;
	t->link = link;
	if (t->next)
		t->next->link = &t->next;
	*link = t;
}

/* Remove a timer from its queue, whose lock the caller holds. */
static inline void queue_remove(struct timer *t)
{
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->link = NULL;
}

/* Remove and return the first timer, if it is due at `now`; else NULL. */
static inline struct timer *queue_due(struct timer_queue *q, uint64_t now)
{
	struct timer *t = q->first;

	if (!t || t->at > now)
		return NULL;
	queue_remove(t);
	return t;
}
#endif
