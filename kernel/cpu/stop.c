/* SPDX-License-Identifier: MIT */
/*
 * stop.c - see stop.h. If another CPU calls cpus_stop(), the boot CPU waits in its interrupt
 * handler, as only it can leave the kernel.
 */
#include "kernel/cpu/stop.h"
#include "arch/boot.h"
#include "arch/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/cpu/start.h"
#include "kernel/cpu/trap.h"
#include "kernel/cpu/turn.h"
#include "kernel/irq/irq.h"
#include "kernel/time/timeout.h"
#include "kernel/time/scale.h"
#include "lib/console/console.h"
#include "lib/console/panic.h"
#include "lib/wants.h"

#define STOP_NS		(2 * NS_PER_S)
#define PANIC_TURN_NS	(NS_PER_S / 100)	/* for this CPU and each before it */

static uint32_t stays = NO_CPU;		/* index + 1 of the CPU that is not stopped */
static void (*last)(void);

static _Noreturn void boot_waits(struct cpu *c)
{
	void (*fn)(void);

	while (!(fn = __atomic_load_n(&last, __ATOMIC_ACQUIRE)))
		arch_pause();
	__atomic_store_n(&stays, c->index + 1, __ATOMIC_RELEASE);
	fn();
	arch_halt();
}

/* No call waits for it. A CPU that has just arrived is not in the table yet. */
static void ends(struct cpu *c)
{
	__atomic_store_n(&c->silent, true, __ATOMIC_RELAXED);
	__atomic_store_n(&c->stopped, true, __ATOMIC_RELEASE);
	cpu_ended(c->index);
}

void stop_if_asked(void)
{
	const uint32_t staying = __atomic_load_n(&stays, __ATOMIC_SEQ_CST);
	struct cpu *c = cpu_this();

	if (staying == NO_CPU || staying == c->index + 1)
		return;
	ends(c);
	if (!c->index)
		boot_waits(c);
	arch_stop();
}

static void stop_interrupt(uint32_t number, void *arg)
{
	(void)number;
	(void)arg;
	stop_if_asked();
}

/* Whether it is in the table, or was about to be. */
static bool is_there(uint32_t i)
{
	return cpu_at(i) || cpu_has_ended(i);
}

/* Whether the CPU has ended and can no longer change memory. */
static bool is_off(uint32_t i)
{
	const struct arch_named *n = cpus_named(i);
	struct cpu *c = cpu_at(i);

	return (!c || __atomic_load_n(&c->stopped, __ATOMIC_ACQUIRE)) && (!n || arch_stopped(n));
}

static void warn_running(uint32_t i)
{
	const uint64_t id = i ? cpus_named(i)->id : cpu_boot()->id;

	console_warn("CPU %u (id 0x%llx) does not stop\n", i, LL(id));
}

uint32_t cpus_stop(void)
{
	const uint32_t own = cpu_this()->index;
	struct timeout limit = { STOP_NS, 0 };
	uint32_t none = NO_CPU, left;

	if (!cpus_named(1))		/* there is no other; and atomics may need caches */
		return 0;
	(void)__atomic_compare_exchange_n(&stays, &none, own + 1, false, __ATOMIC_SEQ_CST,
					  __ATOMIC_ACQUIRE);
	stop_if_asked();		/* if another one stays */
	left = cpus_close();		/* these see `stays` for themselves */
	for (uint32_t i = 0; i < cpu_count(); i++)
		if (i != own && cpu_at(i) && !cpu_at(i)->stopped)
			arch_stop_send(cpu_at(i));
	while (left && timeout_pause(&limit))
		left = cpus_close();
	if (left)
		console_warn("CPUs that have just started and do not stop: %u\n", left);
	for (uint32_t i = 0; !i || cpus_named(i); i++) {
		while (i != own && is_there(i) && !is_off(i)) {
			if (timeout_pause(&limit))
				continue;
			warn_running(i);
			left++;
			break;
		}
	}
	if (!left)
		cpus_cancel();
	turn_end();			/* a stopped CPU may have held the console */
	return left;
}

void cpus_leave(void (*fn)(void))
{
	struct cpu *c = cpu_this();

	if (!c->index) {
		fn();
		return;
	}
	ends(c);
	__atomic_store_n(&last, fn, __ATOMIC_RELEASE);
	arch_stop();
}

static void stop_for_panic(void)
{
	const struct cpu *c = cpu_this();

	(void)arch_irq_save();
	if (__atomic_load_n(&stays, __ATOMIC_RELAXED) == c->index + 1)
		return;			/* it fails in a panic, or has stopped the others */
	(void)cpus_stop();
	if (cpu_count() > 1)
		console_print("%.*s: on CPU %u (id 0x%llx)\n", WANTS_NAME, wants_name(), c->index,
			      LL(c->id));
}

/*
 * Interrupts may be masked here, so the interrupt that stops this CPU would not arrive. All CPUs
 * that wait for a lock time out at once: the one with the lowest index panics, and stops the
 * others before their turn.
 */
static void lock_waiting(const struct lock *l, struct timeout *limit)
{
	struct timeout stagger = { (cpu_this()->index + 1) * PANIC_TURN_NS, 0 };

	stop_if_asked();
	if (timeout_left(limit))
		return;
	while (timeout_pause(&stagger))
		stop_if_asked();
	panic("lock at 0x%llx: its holder does not release it", LL((uint64_t)l));
}

void stop_start(void)
{
	lock_waits = lock_waiting;
	(void)irq_handle(irq_of_ipi(IPI_STOP), stop_interrupt, NULL);
	trap_nmi = stop_if_asked;
	turn_start();
	panic_first = stop_for_panic;
}
