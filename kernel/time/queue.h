/* SPDX-License-Identifier: MIT */
/*
 * queue.h - timers in the order in which they are due. Pure: the caller locks.
 *
 * A sorted list through the timers themselves: taking the first one, which an interrupt does, costs
 * the same however many there are; putting one in passes over those that are due before it. Nothing
 * is allocated and nothing can be full.
 */
#ifndef KERNEL_QUEUE_H
#define KERNEL_QUEUE_H
#include "kernel/cpu/lock.h"
#include "lib/base.h"

struct timer;
typedef void timer_fn(struct timer *t, void *arg);

struct timer {			/* all zeros: not set */
	struct timer *next, **link;	/* link: what points to this one; NULL: in no queue */
	uint64_t at;			/* due, in nanoseconds of clock_now() */
	uint64_t every;			/* set again so much later; 0: not again */
	timer_fn *fn;
	void *arg;
	struct timer_cpu *cpu;		/* timer.c: whose queue */
};

struct timer_queue {		/* all zeros: empty */
	struct timer *first;
};

struct timer_cpu {		/* of each CPU; all zeros at first */
	struct lock lock;
	struct timer_queue queue;
};

/* `t` is in no queue; behind those that are due at the same time. */
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

/* `t` is in a queue, of which the caller has the lock. */
static inline void queue_remove(struct timer *t)
{
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->link = NULL;
}

/* The first one, if it is due at `now`, taken out; else NULL. */
static inline struct timer *queue_due(struct timer_queue *q, uint64_t now)
{
	struct timer *t = q->first;

	if (!t || t->at > now)
		return NULL;
	queue_remove(t);
	return t;
}
#endif
