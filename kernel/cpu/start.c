/* SPDX-License-Identifier: MIT */
/*
 * start.c - see start.h. A new CPU identifies itself by its id, so it does not matter which of the
 * prepared stacks it took. A CPU that arrives too late is stopped again.
 */
#include "kernel/cpu/start.h"
#include "kernel/cpu/call.h"
#include "kernel/cpu/flush.h"
#include "kernel/cpu/guard.h"
#include "kernel/cpu/stop.h"
#include "kernel/cpu/trap.h"
#include "kernel/irq/irq.h"
#include "kernel/mm/area.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/mm.h"
#include "kernel/time/clock.h"

#define STACK_SIZE	0x2000
#define TIMEOUT_NS	(2 * NS_PER_S)
#define TIMEOUT_MAX_NS	(6 * NS_PER_S)	/* for CPUs that are on their way */
#define LOOK_NS		(50 * NS_PER_US)
#define LOOK_MAX_NS	(5 * NS_PER_MS)
#define TRIES		3

enum state { WANTED, LATE, ARRIVED, RUNS, USELESS, ENDED };	/* only ever increases */

struct other {
	const char *why;		/* why it does not run */
	enum state state;
	uint32_t tries;			/* how often it was started again */
};

static struct {
	struct arch_named *named;	/* [0] is the CPU with index 1; likewise in `other` */
	struct other *other;
	struct cpu **cpu;		/* prepared; not assigned to CPUs yet */
	uint32_t count, made, max;
	uint64_t boot_id;
} start;

void (*cpus_arrived)(uint32_t running, uint32_t wanted);

/* ---- on the new CPU ---- */

/* The position in start.named; start.count if it is not there. */
static uint32_t other_find(uint64_t id)
{
	uint32_t i = 0;

	while (i < start.count && start.named[i].id != id)
		i++;
	return i;
}

static const char *interrupts_start(void)
{
	const char *why = irq_cpu_start();

	if (!why)
		clock_cpu_start();
	return why;
}

void cpu_arrived(struct cpu *c)
{
	const uint64_t id = arch_cpu_id();
	const uint32_t i = other_find(id);
	enum state wanted = WANTED;
	struct other *o = &start.other[i];

	if (i == start.count || !__atomic_compare_exchange_n(&o->state, &wanted, ARRIVED, false,
							     __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		arch_stop();
	cpu_prepare(c, i + 1, id);
	trap_cpu_start(c);
	guard_cpu_start();
	o->why = interrupts_start();
	if (o->why) {
		__atomic_store_n(&o->state, USELESS, __ATOMIC_RELEASE);
		arch_stop();
	}
	mm_cpu_start();
	c->idles = true;
	cpu_publish(c);
	__atomic_store_n(&o->state, RUNS, __ATOMIC_SEQ_CST);	/* before stop_if_asked() */
	stop_if_asked();
	call_idle();
}

/* ---- on the boot CPU ---- */

struct count {
	uint32_t all, others;
};

static void count_named(void *cookie, const struct arch_named *n)
{
	struct count *c = cookie;

	c->all++;
	c->others += n->id != start.boot_id;
}

/* Skip the boot CPU, and entries that name a CPU again. */
static void take_named(void *cookie, const struct arch_named *n)
{
	struct cpus *out = cookie;

	if (n->id == start.boot_id ||
	    (n->id != ARCH_NO_ID && other_find(n->id) != start.count))
		return;
	out->named++;
	if (start.count < start.max)
		start.named[start.count++] = *n;
}

static void cpu_give(struct cpu *c)
{
	for (uint32_t i = 0; i < arch_trap_stacks; i++)
		if (c->trap_stack[i])
			vm_free((void *)(c->trap_stack[i] - CPU_TRAP_STACK));
	if (c->stack)
		vm_free((void *)(c->stack - STACK_SIZE));
	heap_free(c);
}

static struct cpu *cpu_make(void)
{
	struct cpu *c = heap_alloc_zeroed(sizeof(*c));
	uint8_t *stack = c ? vm_alloc(STACK_SIZE) : NULL;
	bool all = stack;

	if (!c)
		return NULL;
	c->stack = stack ? (uint64_t)stack + STACK_SIZE : 0;
	for (uint32_t i = 0; i < arch_trap_stacks && all; i++) {
		stack = vm_alloc(CPU_TRAP_STACK);
		all = stack;
		c->trap_stack[i] = stack ? (uint64_t)stack + CPU_TRAP_STACK : 0;
	}
	if (all)
		return c;
	cpu_give(c);
	return NULL;
}

/* Prepare as many as memory allows. */
static void cpus_make(void)
{
	while (start.made < start.count && (start.cpu[start.made] = cpu_make()))
		start.made++;
	for (uint32_t i = start.made; i < start.count; i++)
		start.other[i].why = "no memory for it";
}

static enum state state_of(uint32_t i)
{
	return __atomic_load_n(&start.other[i].state, __ATOMIC_ACQUIRE);
}

static const char *start_one(const struct machine *m, const struct arch_named *n, uint32_t step)
{
	return n->id == ARCH_NO_ID ? "it has no valid id" : arch_start(m, n, step);
}

static void step_all(const struct machine *m, uint32_t step)
{
	for (uint32_t i = 0; i < start.count; i++) {
		const char *why = !start.other[i].why && state_of(i) == WANTED ?
				  start_one(m, &start.named[i], step) : NULL;

		if (why)		/* else keep what the CPU may have set */
			start.other[i].why = why;
	}
}

/* How many may still become ready. *steps increases with every change of state. */
static uint32_t pending(uint32_t *arrived, uint32_t *steps)
{
	uint32_t n = 0;

	*arrived = *steps = 0;
	for (uint32_t i = 0; i < start.count; i++) {
		const enum state s = state_of(i);

		n += s == ARRIVED || (s == WANTED && !start.other[i].why);
		*arrived += s != WANTED;
		*steps += s;
	}
	return n;
}

/*
 * Whether the CPU is on its way. Start it again if it is off: it went astray before it arrived. If
 * it is still WANTED after that answer, it cannot have arrived and ended.
 */
static bool comes(const struct machine *m, uint32_t i)
{
	const bool arrived = state_of(i) == ARRIVED;
	struct other *o = &start.other[i];
	enum arch_started is;

	if (arrived || o->why || state_of(i) != WANTED)
		return arrived;
	is = arch_started(&start.named[i]);
	if (is == ARCH_START_OFF && state_of(i) == WANTED && o->tries < TRIES) {
		o->tries++;
		(void)arch_start(m, &start.named[i], 0);
	}
	return is == ARCH_START_COMES;
}

static bool any_comes(const struct machine *m)
{
	bool any = false;

	for (uint32_t i = 0; i < start.count; i++)
		any |= comes(m, i);
	return any;
}

/*
 * Only sleep counts as waiting: a host that stops the whole machine for a while, or runs this CPU
 * but no other, does not use up the time. Firmware is not asked about CPUs that come at once.
 */
static void wait_all(const struct machine *m)
{
	uint64_t quiet = 0, look = LOOK_NS;
	uint32_t arrived, steps, before = 0;

	while (pending(&arrived, &steps)) {
		const bool any = look == LOOK_MAX_NS && any_comes(m);

		if (steps != before) {
			quiet = 0;
			if (cpus_arrived)
				cpus_arrived(1 + arrived, 1 + start.count);
		}
		if (quiet >= (any ? TIMEOUT_MAX_NS : TIMEOUT_NS))
			break;
		before = steps;
		time_sleep(look);
		quiet += look;
		look = MIN(2 * look, LOOK_MAX_NS);
	}
}

/* If the CPU does not run, record why. It may still arrive, and is stopped then. False: it runs. */
static bool give_up(uint32_t i)
{
	struct other *o = &start.other[i];
	enum state wanted = WANTED;
	const bool waited = __atomic_compare_exchange_n(&o->state, &wanted, LATE, false,
							__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);

	if (!waited && (wanted == RUNS || wanted == ENDED))
		return false;
	if (!waited && wanted == ARRIVED)
		o->why = "it started, but does not respond";
	if (!o->why)
		o->why = "it does not start";
	arch_start_cancel(&start.named[i]);
	return true;
}

static const char *start_all(const struct machine *m, struct boot_info *bi)
{
	const char *why = arch_start_prepare(bi, start.named, start.cpu, start.made);
	bool late = false;

	if (why)
		return why;
	for (uint32_t step = 0; step < arch_start_steps; step++) {
		step_all(m, step);
		if (arch_start_wait(step))
			time_sleep(arch_start_wait(step));
	}
	wait_all(m);
	for (uint32_t i = 0; i < start.count; i++)
		late |= give_up(i);
	arch_start_done(late);
	return NULL;
}

/* Allocate the lists, for this many entries. False: no memory. */
static bool room_make(uint32_t n)
{
	start.named = heap_alloc_zeroed(n * sizeof(*start.named));
	start.other = heap_alloc_zeroed(n * sizeof(*start.other));
	start.cpu = heap_alloc_zeroed(n * sizeof(*start.cpu));
	return start.named && start.other && start.cpu;
}

static const char *try_all(const struct machine *m, struct boot_info *bi, uint32_t limit,
			   struct cpus *out)
{
	struct count c = { 0 };

	arch_cpus_named(m, count_named, &c);
	out->unlisted = c.others == c.all;
	if (!c.others)
		return NULL;
	if (!room_make(c.others))
		return "no memory";
	start.max = MIN(limit, CPU_MAX) - 1;
	arch_cpus_named(m, take_named, out);
	out->wanted = 1 + start.count;
	if (!start.count)			/* by the limit */
		return NULL;
	if (!clock_hz || !call_start())
		return "it needs interrupts and a clock";
	cpus_make();
	cpu_expect(1 + start.count);
	flush_start();
	stop_start();
	return start_all(m, bi);
}

void cpus_start(const struct machine *m, struct boot_info *bi, uint32_t limit, struct cpus *out)
{
	*out = (struct cpus){ .named = 1, .wanted = 1 };
	start.boot_id = cpu_boot()->id;
	out->why = try_all(m, bi, MAX(limit, 1), out);
	for (uint32_t i = 0; i < cpu_count(); i++)
		out->running += cpu_at(i) != NULL;
	if (out->why)
		for (uint32_t i = 0; i < start.count; i++)
			start.other[i].why = out->why;
}

uint32_t cpus_close(void)
{
	const uint32_t own = cpu_this()->index;		/* it may fail before it is in the table */
	uint32_t arriving = 0;

	for (uint32_t i = 0; i < start.count; i++) {
		enum state wanted = WANTED;

		(void)__atomic_compare_exchange_n(&start.other[i].state, &wanted, LATE, false,
						  __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
		arriving += wanted == ARRIVED && i + 1 != own;
	}
	return arriving;
}

void cpus_cancel(void)
{
	for (uint32_t i = 0; i < start.count; i++)
		if (state_of(i) == LATE && !start.other[i].why)
			arch_start_cancel(&start.named[i]);
}

void cpu_ended(uint32_t index)
{
	if (index)
		__atomic_store_n(&start.other[index - 1].state, ENDED, __ATOMIC_RELEASE);
}

bool cpu_has_ended(uint32_t index)
{
	return index && index <= start.count && state_of(index - 1) == ENDED;
}

const char *cpus_missing(uint32_t i, uint64_t *id)
{
	if (!i || i > start.count)
		return NULL;
	*id = start.named[i - 1].id;
	return start.other[i - 1].why;
}

const struct arch_named *cpus_named(uint32_t index)
{
	return index && index <= start.count ? &start.named[index - 1] : NULL;
}
