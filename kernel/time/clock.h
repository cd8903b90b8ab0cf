/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the current time, and timers.
 *
 * Times are in nanoseconds since clock_start() and the same on all CPUs; on one CPU they never
 * decrease. Each CPU has its own timers, which run in its timer interrupt, with interrupts masked.
 * There is no periodic tick: while no timer is set, nothing interrupts.
 */
#ifndef KERNEL_CLOCK_H
#define KERNEL_CLOCK_H
#include "arch/machine.h"
#include "arch/timer.h"
#include "kernel/time/queue.h"
#include "kernel/time/scale.h"

#define NS_PER_US	1000ull
#define NS_PER_MS	1000000ull

extern uint64_t clock_hz;	/* frequency of arch_timer_count(); 0: no clock */

/*
 * Find the clock, and test whether its timer interrupts. Once, on the boot CPU, after irq_start(),
 * with interrupts masked; they are unmasked for a moment. Returns NULL, or why there is no clock:
 * then clock_now() is always 0. If out->irq is 0 there are no timers, and time_sleep() polls the
 * clock; out->doubt may say why.
 */
const char *clock_start(const struct machine *m, struct arch_timer *out);

/* Start the current CPU's timer: on every CPU but the boot CPU, after irq_cpu_start(). */
void clock_cpu_start(void);

/* Nanoseconds since clock_start(). Any CPU, any context. */
uint64_t clock_now(void);

/*
 * Call fn(t, arg) on this CPU at time `at`, or as soon as possible after it: calls leave as much
 * time for what they interrupt as they took. A timer that is set already is moved. On any CPU, also
 * in handlers and in `fn`. *t is the caller's, all zeros before its first use, and must remain
 * valid while set. False: there are no timers.
 */
bool timer_set(struct timer *t, uint64_t at, timer_fn *fn, void *arg);

/*
 * The same after `every` nanoseconds, and then again and again, until cancelled. Calls that are
 * missed are skipped.
 */
bool timer_every(struct timer *t, uint64_t every, timer_fn *fn, void *arg);

/*
 * Cancel a timer of any CPU, on any CPU. True: it was set, and no further call will begin. False:
 * it was not set, or its call has begun. A call that has begun on another CPU may still be running.
 */
bool timer_cancel(struct timer *t);

/*
 * Wait for at least `ns` nanoseconds. Interrupts are taken while waiting, even if they were masked
 * before, so not in a handler. Without timers it polls the clock instead, and leaves the mask as
 * it is. Returns at once if there is no clock.
 */
void time_sleep(uint64_t ns);
#endif
