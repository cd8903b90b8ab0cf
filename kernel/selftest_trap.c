/* SPDX-License-Identifier: MIT */
/* selftest_trap.c - exceptions, and the state of the interrupted code. See selftest.c. */
#include "kernel/cpu/trap.h"
#include "kernel/mm/map.h"
#include "kernel/selftest.h"
#include "lib/crumb.h"

#define PATTERN	0x0101010101010101ull	/* times the register's number, from 1 */

static uint32_t breaks;

static bool skip_break(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f)
{
	(void)t;
	if (kind != TRAP_BREAK)
		return false;
	breaks++;
	arch_frame_skip(f);
	return true;
}

static void pattern_fill(uint64_t *in, uint64_t *out)
{
	for (uint32_t i = 0; i < arch_probe_registers; i++) {
		in[i] = (i + 1) * PATTERN;
		out[i] = 0;
	}
}

const char *check_breakpoint(struct kernel *k)
{
	uint64_t in[ARCH_PROBE_MAX], out[ARCH_PROBE_MAX];

	(void)k;
	pattern_fill(in, out);
	breaks = 0;
	trap_hook(skip_break);
	arch_trap_probe(false, in, out);
	trap_hook(NULL);
	if (breaks != 1)
		return selftest_why("%u breakpoints", breaks);
	for (uint32_t i = 0; i < arch_probe_registers; i++)
		if (out[i] != in[i])
			return selftest_why("register %u: 0x%llx, was 0x%llx", i, LL(out[i]),
					    LL(in[i]));
	return NULL;
}

struct nest {
	uint32_t depth;
	const char *why;
};

/* Survive a fault in a nested call, then fault here, for the outer trap_try. */
static void nest_down(void *cookie)
{
	struct nest *n = cookie;
	const uint64_t address = FAULT_ADDRESS + n->depth;
	struct trap_info fault;

	if (n->depth++ < 3 && trap_try(nest_down, n, &fault))
		n->why = "no fault";
	else if (n->depth < 4 && fault.address != address + 1)
		n->why = selftest_why("fault at 0x%llx", LL(fault.address));
	map_look((void *)address);
}

const char *check_nesting(struct kernel *k)
{
	struct nest n = { 0 };
	struct trap_info fault;

	(void)k;
	if (trap_try(nest_down, &n, &fault))
		return "no fault";
	if (fault.address != FAULT_ADDRESS)
		return selftest_why("fault at 0x%llx", LL(fault.address));
	if (cpu_this()->innermost)
		return "a trap_try is left over";
	return n.why;
}

const char *check_guards(struct kernel *k)
{
	const char *why = arch_guard_check();
	struct trap_info fault;

	if (!ARCH_MARKS || why || !k->guarded)
		return why;
	if (trap_try(arch_guard_stray, NULL, &fault))
		return "a branch to unmarked text is not refused";
	return arch_guard_refused(fault.cause) ? NULL :
	       selftest_why("a branch to unmarked text: %s", fault.what);
}

/* The page below each handler's stack is unmapped; the stack's lowest byte is mapped. */
const char *check_trap_stacks(struct kernel *k)
{
	const struct cpu *c = cpu_this();
	struct trap_info fault;

	(void)k;
	for (uint32_t i = 0; i < arch_trap_stacks; i++) {
		uint8_t *const low = (uint8_t *)(c->trap_stack[i] - CPU_TRAP_STACK);

		if (!trap_try(map_look, low, &fault))
			return selftest_why("stack %u: %s", i, fault.what);
		if (trap_try(map_look, low - 1, &fault))
			return selftest_why("stack %u has no guard page", i);
	}
	return NULL;
}
