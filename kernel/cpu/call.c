/* SPDX-License-Identifier: MIT */
/*
 * call.c - see call.h. Each CPU has room for one pending call. A caller that finds it occupied
 * waits, and runs its own pending calls while it does: otherwise two CPUs that call each other
 * would deadlock.
 */
#include "kernel/cpu/call.h"
#include "arch/map.h"
#include "arch/smp.h"
#include "kernel/cpu/lock.h"
#include "kernel/irq/irq.h"
#include "kernel/time/timeout.h"
#include "kernel/time/scale.h"
#include "lib/console/console.h"

#define ANSWER_NS	(5 * NS_PER_S)	/* a hypervisor may not run a virtual CPU for a while */
#define ASK_NS		NS_PER_S	/* between two calls to a CPU that works */
#define POLLS		1000		/* between two readings of the clock */

/* Run all calls that are pending for this CPU. With interrupts masked. */
static void calls_take(struct cpu *c)
{
	struct cpu_call *call;

	while ((call = __atomic_exchange_n(&c->call, NULL, __ATOMIC_ACQ_REL))) {
		call->fn(call->arg);
		__atomic_fetch_sub(&call->left, 1, __ATOMIC_RELEASE);
	}
}

/*
 * While it was marked silent, this CPU got no calls, TLB flushes included. Make up for those once
 * the mark is gone: a CPU that still saw it had changed its tables before.
 */
static void call_interrupt(uint32_t number, void *arg)
{
	struct cpu *c = cpu_this();

	(void)number;
	(void)arg;
	if (c->silent) {
		__atomic_store_n(&c->silent, false, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);	/* with call_place() */
		arch_map_flush();
	}
	calls_take(c);
}

struct wait {
	struct timeout timeout;
	uint32_t polls;
};

static struct wait wait_start(void)
{
	return (struct wait){ { ANSWER_NS, 0 }, 0 };
}

/* One iteration of a wait, in which this CPU runs calls for itself. False: timed out. */
static bool wait_turn(struct wait *w, struct cpu *own)
{
	if (__atomic_load_n(&own->call, __ATOMIC_RELAXED)) {
		const uint64_t masked = arch_irq_save();

		calls_take(own);
		arch_irq_restore(masked);
	}
	arch_pause();
	return ++w->polls % POLLS || timeout_left(&w->timeout);
}

static void silent(struct cpu *c)
{
	__atomic_store_n(&c->silent, true, __ATOMIC_RELEASE);
	console_warn("CPU %u (id 0x%llx) does not answer\n", c->index, LL(c->id));
}

/* Place the call. False: another call is pending there, and the CPU does not run it. */
static bool place_one(struct cpu *c, struct cpu_call *call, struct cpu *own)
{
	struct wait w = wait_start();
	struct cpu_call *none = NULL;

	while (!__atomic_compare_exchange_n(&c->call, &none, call, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED)) {
		none = NULL;
		if (!wait_turn(&w, own)) {
			silent(c);
			return false;
		}
	}
	irq_send(c, IPI_CALL);
	return true;
}

/* Withdraw the call where it is still pending. Returns whether some CPU did not answer. */
static bool calls_revoke(const struct cpu_mask *on, struct cpu_call *call)
{
	bool any = false;

	for (uint32_t i = 0; i < cpu_count(); i++) {
		struct cpu *c = cpu_mask_has(on, i) ? cpu_at(i) : NULL;
		struct cpu_call *own = call;

		if (!c || !__atomic_compare_exchange_n(&c->call, &own, NULL, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		silent(c);
		__atomic_fetch_sub(&call->left, 1, __ATOMIC_RELAXED);
		any = true;
	}
	return any;
}

bool call_place(const struct cpu_mask *on, struct cpu_call *call)
{
	const uint32_t words = (cpu_count() + 63) / 64;
	struct cpu *own = cpu_this();
	bool all = true;

	for (uint32_t w = 0; w < words; w++)
		for (uint64_t bits = on->bits[w]; bits; bits &= bits - 1) {
			struct cpu *c = cpu_at(64 * w + (uint32_t)__builtin_ctzll(bits));

			if (!c || c == own)
				continue;
			__atomic_fetch_add(&call->left, 1, __ATOMIC_SEQ_CST);
			if (!__atomic_load_n(&c->silent, __ATOMIC_SEQ_CST) &&
			    place_one(c, call, own))
				continue;
			__atomic_fetch_sub(&call->left, 1, __ATOMIC_RELAXED);
			all = false;
		}
	return all;
}

/* Only calls that no CPU has begun time out. One that runs is waited for, however long it takes. */
bool call_wait(const struct cpu_mask *on, struct cpu_call *call)
{
	struct cpu *own = cpu_this();
	struct wait w = wait_start();
	bool all = true;

	while (__atomic_load_n(&call->left, __ATOMIC_ACQUIRE))
		if (!wait_turn(&w, own)) {
			all &= !calls_revoke(on, call);
			w = wait_start();
		}
	return all;
}

bool call_wait_word(const uint32_t *word, uint32_t value)
{
	struct cpu *own = cpu_this();
	struct wait w = wait_start();

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value)
		if (!wait_turn(&w, own))
			return false;
	return true;
}

bool cpu_call(const struct cpu_mask *on, void (*fn)(void *), void *arg)
{
	struct cpu_call call = { fn, arg, 0 };
	const bool all = call_place(on, &call);

	if (cpu_mask_has(on, cpu_this()->index)) {
		const uint64_t masked = arch_irq_save();

		fn(arg);
		arch_irq_restore(masked);
	}
	return call_wait(on, &call) && all;
}

void cpu_mask_all(struct cpu_mask *m)
{
	*m = (struct cpu_mask){ 0 };
	for (uint32_t i = 0; i < cpu_count(); i++)
		if (cpu_at(i))
			cpu_mask_set(m, i);
}

uint32_t cpu_mask_count(const struct cpu_mask *m)
{
	uint32_t n = 0;

	for (uint32_t w = 0; w < CPU_MASK_WORDS; w++)
		n += (uint32_t)__builtin_popcountll(m->bits[w]);
	return n;
}

bool cpu_call_one(uint32_t index, void (*fn)(void *), void *arg)
{
	struct cpu_mask on = { 0 };

	if (index >= CPU_MAX || !cpu_at(index))
		return false;
	cpu_mask_set(&on, index);
	return cpu_call(&on, fn, arg);
}

bool cpu_call_all(void (*fn)(void *), void *arg)
{
	struct cpu_mask on;

	cpu_mask_all(&on);
	return cpu_call(&on, fn, arg);
}

/* ---- work ---- */

static struct lock work_lock;

/* How many CPUs the mask names. 0: at least one of them cannot take work. */
static uint32_t work_possible(const struct cpu_mask *on)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < CPU_MAX; i++) {
		const struct cpu *c = cpu_at(i);

		if (!cpu_mask_has(on, i))
			continue;
		if (!c || !c->idles || c == cpu_this() || c->silent ||
		    __atomic_load_n(&c->work, __ATOMIC_ACQUIRE))
			return 0;
		count++;
	}
	return count;
}

bool cpu_work(struct cpu_work *w)
{
	uint32_t count;

	lock_acquire(&work_lock);
	count = w->left = work_possible(&w->on);
	for (uint32_t i = 0; count && i < cpu_count(); i++) {
		struct cpu *c = cpu_mask_has(&w->on, i) ? cpu_at(i) : NULL;

		if (!c)
			continue;
		__atomic_store_n(&c->work, w, __ATOMIC_RELEASE);
		irq_send(c, IPI_CALL);
	}
	lock_release(&work_lock);
	return count;
}

static void nothing(void *unused)
{
	(void)unused;
}

/* Of the CPUs that still do this work, whether any answers a call; true if there are none. */
static bool work_goes_on(const struct cpu_work *w)
{
	bool answers = false, silent = false;

	for (uint32_t i = 0; i < cpu_count(); i++) {
		if (!cpu_at(i) || __atomic_load_n(&cpu_at(i)->work, __ATOMIC_ACQUIRE) != w)
			continue;
		if (cpu_call_one(i, nothing, NULL))
			answers = true;
		else
			silent = true;
	}
	return answers || !silent;
}

bool cpu_work_wait(const struct cpu_work *w)
{
	struct timeout ask = { ASK_NS, 0 };

	for (uint32_t polls = 1; cpu_work_left(w); polls++) {
		arch_pause();
		if (polls % POLLS || timeout_left(&ask))
			continue;
		if (!work_goes_on(w))
			return !cpu_work_left(w);
		ask = (struct timeout){ ASK_NS, 0 };
	}
	return true;
}

_Noreturn void call_idle(void)
{
	struct cpu *c = cpu_this();

	for (;;) {
		struct cpu_work *w;

		(void)arch_irq_save();
		w = __atomic_load_n(&c->work, __ATOMIC_ACQUIRE);
		if (!w) {
			arch_wait();
			continue;
		}
		arch_irq_on();
		w->fn(w->arg);
		__atomic_store_n(&c->work, NULL, __ATOMIC_RELAXED);
		__atomic_fetch_sub(&w->left, 1, __ATOMIC_RELEASE);
	}
}

bool call_start(void)
{
	return irq_handle(irq_of_ipi(IPI_CALL), call_interrupt, NULL);
}
