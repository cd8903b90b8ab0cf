/* SPDX-License-Identifier: MIT */
/*
 * test_irq.c - interrupt numbers are given out under a lock; what sleeping without timers masks; an
 * interrupt that never ends.
 */
#include "tests/host/unit/no_irq.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/trap.h"
#include "kernel/dev/input.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clock.h"
#include "lib/console/panic.h"

static struct cpu cpu;
static bool timers_irq, frozen, in_handler, faults;
static const char *start_why, *cpu_why;	/* what the controller's start fails with */
static uint32_t irq_starts, irq_cpu_starts;
static uint32_t asked, pauses, pauses_masked, reads, done, cpu_starts;
static uint32_t enabled[ARCH_IRQS], disabled[ARCH_IRQS], sent[2];
static uint64_t ns;

void (*trap_irq)(uint32_t vector);

struct cpu *arch_cpu_this(void)
{
	return &cpu;
}

void arch_pause(void)
{
	pauses++;
	pauses_masked += masked;
	ns += frozen ? 0 : 10;
	assert_true(!frozen || reads < 2000000);	/* and not for ever */
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	(void)out;
	fn(arg);
	return !faults;
}

/* ---- a controller of one interrupt ---- */

const char *arch_irq_start(const struct machine *m, struct arch_irq *out)
{
	(void)m, (void)out;
	irq_starts++;
	return start_why;
}

const char *arch_irq_cpu_start(struct cpu *c)
{
	assert_ptr_equal(c, &cpu);
	irq_cpu_starts++;
	return cpu_why;
}

uint32_t arch_irq_of_gsi(uint32_t gsi, uint32_t how)
{
	assert_true(masked && how == ARCH_IRQ_EDGE);
	asked++;
	return gsi + 1;
}

uint32_t arch_irq_of_isa(uint32_t isa)
{
	assert_true(masked);
	asked++;
	return isa + 2;
}

uint32_t arch_irq_of_ipi(uint32_t ipi)
{
	return ipi + 1;
}

void arch_irq_enable(uint32_t number)
{
	assert_true(masked && number < ARCH_IRQS);
	enabled[number]++;
}

void arch_irq_disable(uint32_t number)
{
	assert_true((masked || in_handler) && number < ARCH_IRQS);
	disabled[number]++;
}

uint32_t arch_irq_ack(uint32_t vector)
{
	return vector;
}

void arch_irq_eoi(uint32_t taken)
{
	done = taken;
}

void arch_irq_send(const struct cpu *to, uint32_t ipi)
{
	assert_ptr_equal(to, &cpu);
	sent[ipi]++;
}

/* ---- a clock; its timer never interrupts ---- */

const char *arch_timer_start(const struct machine *m, bool irqs, struct arch_timer *out)
{
	(void)m, (void)irqs;
	*out = (struct arch_timer){ .hz = 1000000000, .irq = timers_irq ? 5 : 0 };
	return NULL;
}

uint64_t arch_timer_count(void)
{
	reads++;
	return frozen ? ns : ns++;
}

void arch_timer_cpu_start(void)
{
	cpu_starts++;
}

void arch_timer_off(void)
{
}

void arch_timer_at(uint64_t count)
{
	(void)count;
}

static void test_numbers(void **state)
{
	struct arch_irq out;

	(void)state;
	assert_int_equal(irq_of_gsi(7, ARCH_IRQ_EDGE), 0);
	assert_int_equal(irq_of_isa(7), 0);
	irq_send(&cpu, 1);
	irq_enable(7);
	irq_disable(7);
	assert_false(irq_handle(7, NULL, NULL) || irq_working());
	assert_string_equal(irq_cpu_start(), "no interrupt controller");
	assert_int_equal(asked | sent[1] | enabled[7] | disabled[7], 0);
	start_why = "none";
	assert_string_equal(irq_start(NULL, &out), "none");
	start_why = NULL;
	faults = true;
	assert_string_equal(irq_start(NULL, &out), "no controller at its address");
	faults = false;
	cpu_why = "denied";
	assert_string_equal(irq_start(NULL, &out), "denied");
	cpu_why = NULL;
	assert_true(irq_starts == 3 && irq_cpu_starts == 2 && !irq_working() && !trap_irq);
	assert_null(irq_start(NULL, &out));
	for (uint32_t before = 0; before < 2; before++) {
		masked = before;
		assert_int_equal(irq_of_gsi(7, ARCH_IRQ_EDGE), 8);
		assert_int_equal(masked, before);
		assert_int_equal(irq_of_isa(7), 9);
		assert_int_equal(masked, before);
	}
	assert_int_equal(asked, 4);
	masked = false;
	irq_send(&cpu, 1);
	assert_int_equal(sent[1], 1);
	assert_int_equal(irq_of_ipi(6), 7);
	assert_null(irq_cpu_start());
	assert_true(irq_starts == 4 && irq_cpu_starts == 4 && irq_working());
}

static uint32_t handled;

static void count(uint32_t number, void *arg)
{
	assert_ptr_equal(arg, &handled);
	handled += number;
}

/* As hardware does: with interrupts masked. */
static void interrupt(uint32_t vector)
{
	in_handler = true;
	trap_irq(vector);
	in_handler = false;
}

/* What has a handler is passed to it; what has none is masked, and counted apart. */
static void test_handlers(void **state)
{
	const struct irq_counts before = irq_counts;
	struct arch_irq out;

	(void)state;
	assert_null(irq_start(NULL, &out));
	assert_true(irq_handle(9, count, &handled));
	assert_false(irq_handle(9, count, &handled));		/* it has one */
	assert_false(irq_handle(ARCH_IRQS, count, &handled));
	for (uint32_t n = 1; n <= 3; n++) {
		interrupt(9 | 5 << 10);			/* what a GIC says besides the number */
		assert_true(handled == 9 * n && done == (9 | 5 << 10) && irq_count(9) == n);
	}
	interrupt(10);
	assert_int_equal(handled, 27);
	assert_int_equal(irq_counts.unexpected, before.unexpected + 1);
	assert_int_equal(irq_counts.unexpected_last, 10);
	assert_true(done == 10 && disabled[10] == 1 && irq_count(10) == 0);
	interrupt(ARCH_IRQS);					/* there was none: no end */
	assert_true(done == 10 && irq_counts.spurious == before.spurious + 1);
	assert_int_equal(irq_count(ARCH_IRQS), 0);
	irq_enable(ARCH_IRQS - 1);
	irq_disable(ARCH_IRQS - 1);
	assert_true(enabled[ARCH_IRQS - 1] == 1 && disabled[ARCH_IRQS - 1] == 1);
	irq_enable(ARCH_IRQS);					/* the array ends there */
	irq_disable(ARCH_IRQS);
	assert_false(masked);
	assert_true(irq_handle(9, NULL, NULL));
	interrupt(9);
	assert_true(handled == 27 && disabled[9] == 1 && irq_count(9) == 0);
}

/* As many as there is room for; the room of one that is removed is used again. */
static void test_room(void **state)
{
	struct arch_irq out;
	uint32_t had = 0;

	(void)state;
	assert_null(irq_start(NULL, &out));
	for (uint32_t n = 100; irq_handle(n, count, &handled); n++)
		had++;
	assert_int_equal(had, IRQ_HANDLERS);
	assert_true(irq_handle(120, NULL, NULL) && irq_handle(150, NULL, NULL));
	assert_true(irq_handle(70, count, &handled) && irq_handle(71, count, &handled));
	assert_false(irq_handle(72, count, &handled));
	handled = 0;
	interrupt(70);
	interrupt(71);
	interrupt(121);
	assert_true(handled == 70 + 71 + 121 && irq_count(70) == 1 && irq_count(120) == 0);
	for (uint32_t n = 70; n < 200; n++)
		irq_handle(n, NULL, NULL);
}

static void taken(uint32_t number, void *arg)
{
	(void)number;
	++*(uint32_t *)arg;
}

/* Number 0, which drivers use for "no interrupt", gets no handler and no count. */
static void test_none(void **state)
{
	struct arch_irq out;
	uint32_t none = 0, other = 0;

	(void)state;
	assert_null(irq_start(NULL, &out));
	assert_false(irq_handle(0, taken, &none));
	assert_true(irq_handle(9, taken, &other));
	trap_irq(9);
	assert_true(!none && other == 1);
	assert_true(!irq_count(0) && irq_count(9) == 1);
	assert_true(irq_handle(9, NULL, NULL));
}

static uint32_t polls;

static void input_poll(void)
{
	polls++;
}

/* One that never ends is masked, and its device polled; reading in between shows that it ends. */
static void test_endless(void **state)
{
	const struct input_device *d;
	struct arch_irq out;

	(void)state;
	assert_null(irq_start(NULL, &out));
	d = input_add("endless", input_poll, 12);
	assert_non_null(d);
	for (uint32_t i = 0; i < 200000; i++) {
		interrupt(12);
		assert_int_equal(input_byte(), INPUT_NONE);
	}
	assert_true(polls == 400000 && !disabled[12] && input_interrupts(d));
	for (uint32_t i = 0; i < 200000 && !disabled[12]; i++)
		interrupt(12);
	assert_true(disabled[12] == 1 && !input_interrupts(d) && !d->irq && polls < 600000);
	assert_int_equal(irq_counts.unexpected_last, 12);
}

static void sleeps(bool before)
{
	const uint64_t from = ns;

	masked = before;
	pauses = pauses_masked = 0;
	time_sleep(1000);
	assert_true(ns - from >= 1000 && pauses);
	assert_int_equal(pauses_masked, before ? pauses : 0);
	assert_int_equal(masked, before);
}

/* A sleep that polls takes interrupts if its caller did, and none if they were masked. */
static void test_sleep(void **state)
{
	struct arch_timer out;

	(void)state;
	pauses = 0;
	time_sleep(1000);			/* there is no clock yet */
	assert_int_equal(pauses, 0);
	for (uint32_t turn = 0; turn < 2; turn++) {
		timers_irq = turn;
		masked = true;
		assert_null(clock_start(NULL, &out));
		assert_int_equal(out.irq, 0);
		assert_int_equal(cpu_starts, turn);
		assert_int_equal(enabled[5], turn);
		sleeps(false);
		sleeps(true);
	}
	assert_string_equal(out.doubt, "its timer never interrupts");
}

/* A counter that stands still is not used as a clock; that is noticed in limited time. */
static void test_frozen(void **state)
{
	struct arch_timer out;
	const char *why;

	(void)state;
	frozen = true;
	timers_irq = true;
	clock_hz = reads = 0;
	why = clock_start(NULL, &out);
	assert_non_null(why);
	assert_string_equal(why, "it is stuck");
	assert_true(!clock_hz && reads == 1000001);	/* many, and the one before */
	time_sleep(1000);
	frozen = false;
	assert_null(clock_start(NULL, &out));
	assert_true(clock_hz);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_handlers),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_frozen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
