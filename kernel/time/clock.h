/* SPDX-License-Identifier: MIT */
/*
 * clock.h - time, and what shall happen at a time.
 *
 * Nanoseconds since clock_start(), on all CPUs, never backwards on one. Each CPU has timers of its
 * own, which run in its interrupt, with interrupts masked, and nothing ticks while none is set.
 */
#ifndef KERNEL_CLOCK_H
#define KERNEL_CLOCK_H
#include "arch/machine.h"
#include "arch/timer.h"
#include "kernel/time/queue.h"
#include "kernel/time/scale.h"

#define NS_PER_US	1000ull
#define NS_PER_MS	1000000ull

extern uint64_t clock_hz;	/* of arch_timer_count(); 0: no clock */

/*
 * Find the clock and see whether its timer interrupts. Once, on the boot CPU, after irq_start(),
 * with interrupts masked; for a moment they are not. NULL, or why there is no clock: then
 * clock_now() is 0 for ever. out->irq 0, and perhaps out->doubt says why: no timers, and
 * time_sleep() looks at the clock all the time.
 */
const char *clock_start(const struct machine *m, struct arch_timer *out);

/* On every other CPU, after irq_cpu_start(). */
void clock_cpu_start(void);

uint64_t clock_now(void);

/*
 * Call fn(t, arg) on this CPU at `at`, or as soon as can be after it; a timer that is set is set
 * anew. Any CPU, handlers and `fn` included; `t` stays the caller's and begins as zeros. False:
 * there are no timers.
 */
bool timer_set(struct timer *t, uint64_t at, timer_fn *fn, void *arg);

/*
 * The same, and then every `every` nanoseconds, until cancelled; times that were missed are not
 * made up for.
 */
bool timer_every(struct timer *t, uint64_t every, timer_fn *fn, void *arg);

/*
 * Not any more. Any CPU. True: it was set, and will not run. False: it was not, or has been taken
 * to run; on another CPU it may still be running.
 */
bool timer_cancel(struct timer *t);

/*
 * Let at least so much time pass. Interrupts are taken meanwhile, whether they were masked or not;
 * not in a handler. Returns at once if there is no clock.
 */
void time_sleep(uint64_t ns);
#endif
