/* SPDX-License-Identifier: MIT */
/*
 * test_catch.c - a trap_try() that is abandoned at each of its instructions in turn, by a handler
 * on the same stack, as on x86_64. Single-stepping plays the interrupt. Needs an x86_64 host.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>
#include "tests/host/unit/unit.h"
#include "kernel/cpu/trap.h"

#ifdef __x86_64__
/* The assembler takes the preprocessor's lines for comments. */
__asm__(".pushsection .text\n"
	".set CATCH_STATE, 0x10\n"
	".include \"arch/x86_64/kernel/catch.S\"\n"
	".popsection");
_Static_assert(CATCH_STATE == 0x10, "as above");

#define NEVER	UINT32_MAX
#define DEAD	64			/* bytes below the stack that the CPU would write */

UNCALLED(const char *, arch_nmi_source, void)
UNCALLED(void, arch_trap_start, struct cpu *)
UNCALLED(void, backtrace_print, uint64_t, uint64_t)
UNCALLED(void, console_warn, const char *, ...)
UNCALLED(void, panic, const char *, ...)
UNCALLED(void, panic_trap, const struct trap_info *)
void (*panic_backtrace)(uint64_t pc, uint64_t frame);
UNCALLED(void, arch_cpu_set, struct cpu *)

static const char what[] = "abandoned";
static uint32_t steps, when, then;	/* instructions so far; at which interrupts arrive */
static bool ran;

static void handler(uint32_t vector)
{
	assert_int_equal(vector, 7);
	trap_abandon(what);
}

static void step(int signal, siginfo_t *info, void *context)
{
	const ucontext_t *u = context;
	volatile uint8_t *below = (volatile uint8_t *)u->uc_mcontext.gregs[REG_RSP];

	(void)signal, (void)info;
	if (steps++ != when && steps - 1 != then)
		return;
	for (uint32_t i = 1; i <= DEAD; i++)
		below[-(int)i] = 0xee;
	trap_interrupt(7);
}

static void set_stepping(bool on)
{
	if (on)
		__asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" ::: "memory", "cc");
	else
		__asm__ volatile("pushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq" ::: "memory", "cc");
}

static __attribute__((noinline, no_sanitize("address", "undefined"))) void fn(void *arg)
{
	*(volatile bool *)arg = true;
}

/* Try fn() with an interrupt after `n` instructions, and another one after `more`. */
static __attribute__((noinline)) bool try_at(uint32_t n, uint32_t more, struct trap_info *out)
{
	bool returned;

	*out = (struct trap_info){ 0 };
	ran = false;
	steps = 0;
	when = n;
	then = more;
	set_stepping(true);
	returned = trap_try(fn, &ran, out);
	set_stepping(false);
	assert_null(cpu_this()->innermost);
	assert_null(cpu_this()->abandon);
	return returned;
}

static void test_each_instruction(void **state)
{
	uint32_t left = 0, before = 0, n = 0;
	struct trap_info out;

	(void)state;
	do {
		const bool returned = try_at(n, NEVER, &out);

		assert_ptr_equal(out.what, returned ? NULL : what);
		assert_true(ran || !returned);
		left += !returned;
		before += !ran;			/* left before fn() had done anything */
	} while (steps > n++);
	assert_int_equal(cpu_this()->interrupts, n - 1);
	assert_true(left && before && left < n - 1);
}

/* Once in fn(), and again while that is being left. */
static void test_twice(void **state)
{
	struct trap_info out;
	uint32_t first = 0, n;

	(void)state;
	while (try_at(first, NEVER, &out) || !ran)
		first++;
	for (n = first + 1; steps > n; n++)
		assert_false(try_at(first, n, &out));
	assert_true(n > first + 10);
}

int main(void)
{
	struct sigaction on = { .sa_sigaction = step, .sa_flags = SA_SIGINFO | SA_NODEFER };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_instruction), cmocka_unit_test(test_twice),
	};

	trap_irq = handler;
	sigaction(SIGTRAP, &on, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	return 0;
}
#endif
