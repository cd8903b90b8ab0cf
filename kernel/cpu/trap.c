/* SPDX-License-Identifier: MIT */
/*
 * trap.c - decides what happens after an exception: a hook handles it, trap_try() returns, or it is
 * fatal.
 *
 * Each CPU has a list of active trap_try() calls, innermost first. An interrupt handler starts with
 * an empty list: a fault in it must not unwind the code it interrupted.
 */
#include "kernel/cpu/backtrace.h"
#include "kernel/cpu/trap.h"
#include "lib/console/console.h"
#include "lib/console/panic.h"
#include "lib/crumb.h"

void (*trap_irq)(uint32_t vector);
void (*trap_nmi)(void);
static bool (*hook)(enum trap_kind, const struct trap_info *, struct trap_frame *);

/* The boot CPU's stacks, except the first, which is boot_info's. */
static NOINIT _Alignas(16) uint8_t stacks[CPU_TRAP_STACKS - 1][CPU_TRAP_STACK];

void trap_cpu_start(struct cpu *c)
{
	arch_trap_start(c);
}

void trap_start(const struct boot_info *bi)
{
	struct cpu *c = cpu_boot();

	crumb_trail = (struct crumbs *)(bi->crumbs + bi->direct_map);
	c->trap_stack[0] = bi->trap_stack.base + bi->trap_stack.size + bi->direct_map;
	for (uint32_t i = 1; i < CPU_TRAP_STACKS; i++)
		c->trap_stack[i] = (uint64_t)stacks[i - 1] + CPU_TRAP_STACK;
	panic_backtrace = backtrace_print;
	cpu_start(c, 0, bi->cpu_id);
	trap_cpu_start(c);
}

void trap_hook(bool (*fn)(enum trap_kind, const struct trap_info *, struct trap_frame *))
{
	hook = fn;
}

/* Each one is reported: they are rare, and a sign of trouble. */
static bool nmi_survived(struct cpu *c)
{
	const char *source = arch_nmi_source();

	if (!source)
		return false;
	c->nmis++;
	console_warn("NMI %llu on CPU %u: %s\n", LL(c->nmis), c->index, source);
	return true;
}

/* The trap_try() to leave: not `now` if catch.S has no state for it, yet or any more. */
static struct trap_catch *to_leave(struct trap_catch *now)
{
	return now && !now->state[0] ? now->outer : now;
}

void trap_exception(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f)
{
	struct cpu *c = cpu_this();
	struct trap_catch *const now = c->innermost, *const catch = to_leave(now);

	if (kind == TRAP_NMI && trap_nmi)
		trap_nmi();
	c->traps++;
	c->innermost = NULL;
	if (hook && hook(kind, t, f)) {
		c->innermost = now;
		return;
	}
	if (kind == TRAP_NMI && nmi_survived(c)) {
		c->innermost = now;
		return;
	}
	if (!catch || kind == TRAP_ABORT || kind == TRAP_NMI)	/* not caused by trap_try's code */
		panic_trap(t);
	c->innermost = catch;		/* for an SError, too, that arch_throw() waits for */
	*catch->out = *t;
	catch->out->regs = 0;
	arch_throw(catch);
}

static void interrupt_unasked(uint32_t vector)
{
	static bool said;

	if (said)
		return;
	said = true;
	console_warn("unexpected interrupt %u\n", vector);
}

void trap_abandon(const char *what)
{
	cpu_this()->abandon = what;
}

/* The interrupt has been acknowledged: the code that it interrupted is not continued. */
static void leave(struct cpu *c, struct trap_catch *now)
{
	struct trap_catch *const catch = to_leave(now);
	const char *what = c->abandon;

	c->abandon = NULL;
	if (!catch)
		return;
	c->innermost = catch;
	*catch->out = (struct trap_info){ .what = what };
	arch_throw(catch);
}

void trap_interrupt(uint32_t vector)
{
	struct cpu *c = cpu_this();
	struct trap_catch *const catch = c->innermost;

	c->interrupts++;
	c->innermost = NULL;
	if (trap_irq)
		trap_irq(vector);
	else
		interrupt_unasked(vector);
	c->innermost = catch;
	if (c->abandon)
		leave(c, catch);
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	struct cpu *c = cpu_this();
	struct trap_catch catch;
	bool thrown;

	catch.outer = c->innermost;
	catch.out = out;
	catch.state[0] = 0;		/* see to_leave() */
	__atomic_store_n(&c->innermost, &catch, __ATOMIC_RELEASE);	/* after state[] */
	thrown = arch_catch(fn, arg, &catch);
	c->innermost = catch.outer;
	return !thrown;
}
