/* SPDX-License-Identifier: MIT */
/* selftest_cpus.c - checks of what involves several CPUs. All pass on a single one. */
#include "kernel/cpu/call.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/map.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "kernel/selftest.h"
#include "kernel/time/clock.h"
#include "lib/console/console.h"
#include "lib/string.h"

#define LINE		40		/* of a check's text */
#define LINES		4
#define CALLS		20
#define ROUNDS		4
#define STEP_NS		(100 * NS_PER_US)
#define LATE_NS		(5 * NS_PER_S)

static struct {
	uint32_t ran, wrong;
	const char *why;		/* why one failed */
	volatile uint8_t *page;
	bool gone;			/* it should fault */
} seen;

static uint32_t running(void)
{
	struct cpu_mask all;

	cpu_mask_all(&all);
	return cpu_mask_count(&all);
}

static void count_run(bool ok)
{
	__atomic_fetch_add(&seen.ran, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&seen.wrong, !ok, __ATOMIC_RELAXED);
}

static void called(void *arg)
{
	const struct cpu *c = cpu_this();

	count_run(arg == &seen && c == cpu_at(c->index));
}

const char *check_calls(struct kernel *k)
{
	const uint32_t n = running();

	(void)k;
	for (uint32_t i = 0; i < CALLS; i++) {
		seen.ran = seen.wrong = 0;
		if (!cpu_call_all(called, &seen))
			return "a CPU does not answer";
		if (seen.ran != n || seen.wrong)
			return selftest_why("%u of %u ran, %u wrong", seen.ran, n, seen.wrong);
	}
	return NULL;
}

static void guards_check(void *arg)
{
	const char *why = check_guards(arg);

	if (!why)
		why = check_trap_stacks(arg);
	if (why)
		seen.why = why;
}

/* One CPU after the other, as their reasons share one buffer. */
const char *check_every_guard(struct kernel *k)
{
	seen.why = NULL;
	for (uint32_t i = 0; i < cpu_count() && !seen.why; i++)
		(void)cpu_call_one(i, guards_check, k);
	return seen.why;
}

static void look(void *arg)
{
	struct trap_info fault;

	(void)arg;
	count_run(trap_try(map_look, (void *)seen.page, &fault) != seen.gone);
}

static bool all_see(bool gone)
{
	seen.ran = seen.wrong = 0;
	seen.gone = gone;
	return cpu_call_all(look, NULL) && seen.ran == running() && !seen.wrong;
}

/* Unmap a page that all CPUs have used: none may have it in its TLB afterwards. */
const char *check_shootdown(struct kernel *k)
{
	const uint64_t va = SPACE_AREA + SPACE_AREA_SIZE - 4 * PAGE_SIZE;
	const uint64_t pa = page_alloc(0, PAGE_ZERO);
	const char *why = NULL;

	(void)k;
	if (!pa)
		return "no memory";
	seen.page = (volatile uint8_t *)va;
	for (uint32_t i = 0; i < ROUNDS && !why; i++) {
		if (space_map(va, pa, PAGE_SIZE, ARCH_RW) != OK)
			return "it cannot be mapped";
		if (!all_see(false))
			why = selftest_why("%u CPUs cannot read it", seen.wrong);
		if (space_unmap(va, PAGE_SIZE) != OK)
			return "it cannot be unmapped";
		if (!why && !all_see(true))
			why = selftest_why("%u CPUs still can read it", seen.wrong);
	}
	page_free(pa, 0);
	return why;
}

static void ring(struct timer *t, void *arg)
{
	count_run(clock_now() >= t->at && arg == cpu_this());
}

static struct timer *alarm;

static void alarm_set(void *arg)
{
	struct cpu *c = cpu_this();

	(void)arg;
	if (!timer_set(&alarm[c->index], clock_now() + STEP_NS, ring, c))
		count_run(false);
}

/* Each CPU's own timer, on that CPU. */
const char *check_alarms(struct kernel *k)
{
	const uint32_t n = running();
	const uint64_t until = clock_now() + LATE_NS;

	if (!k->timer.irq)
		return NULL;
	alarm = heap_alloc_zeroed(cpu_count() * sizeof(*alarm));
	if (!alarm)
		return "no memory";
	seen.ran = seen.wrong = 0;
	(void)cpu_call_all(alarm_set, NULL);
	while (__atomic_load_n(&seen.ran, __ATOMIC_ACQUIRE) < n && clock_now() < until)
		time_sleep(STEP_NS);
	for (uint32_t i = 0; i < cpu_count(); i++)
		(void)timer_cancel(&alarm[i]);
	heap_free(alarm);
	if (seen.ran == n && !seen.wrong)
		return NULL;
	return selftest_why("%u of %u fired, %u wrong", seen.ran, n, seen.wrong);
}

static void work_at(void *arg)
{
	time_sleep(STEP_NS);
	count_run(arg == &seen && !cpu_this()->innermost);
}

const char *check_work(struct kernel *k)
{
	const uint64_t until = clock_now() + LATE_NS;
	const uint32_t others = running() - 1;
	struct cpu_work w = { 0 };

	(void)k;
	if (!others)
		return NULL;
	w.fn = work_at;
	w.arg = &seen;
	cpu_mask_all(&w.on);
	cpu_mask_clear(&w.on, cpu_this()->index);
	seen.ran = seen.wrong = 0;
	if (!cpu_work(&w))
		return "they do not accept it";
	while (cpu_work_left(&w) && clock_now() < until)
		time_sleep(STEP_NS);
	if (cpu_work_left(&w))
		panic("work that should take 100 us is still running");	/* it lies on this stack */
	if (seen.ran == others && !seen.wrong)
		return NULL;
	return selftest_why("%u of %u ran, %u wrong", seen.ran, others, seen.wrong);
}

/* Receives what is printed. */
static struct {
	char *text;
	uint32_t size, cap;
} heard;

static void hear(const char *text, size_t size)
{
	for (size_t i = 0; i < size && heard.size < heard.cap; i++)
		heard.text[heard.size++] = text[i];
	if (size == LINE)		/* like a handler that interrupts a print */
		console_write("\n", 1);
}

static void print_lines(void *arg)
{
	char line[LINE];

	memset(line, 'a' + (int)(cpu_this()->index % 26), sizeof(line));
	(void)arg;
	for (uint32_t i = 0; i < LINES; i++)
		console_write(line, sizeof(line));
}

static const char *lines_check(uint32_t n)
{
	if (heard.size != n * LINES * (LINE + 1))
		return selftest_why("%u bytes of %u", heard.size, n * LINES * (LINE + 1));
	for (uint32_t i = 0; i < heard.size; i++)
		if (heard.text[i] != (i % (LINE + 1) == LINE ? '\n' :
							       heard.text[i - i % (LINE + 1)]))
			return selftest_why("byte %u is another CPU's", i);
	return NULL;
}

/* All CPUs print at the same time, to no port and no screen. */
const char *check_turns(struct kernel *k)
{
	const uint32_t n = running();
	const struct console own = console;
	void (*const tap)(const char *, size_t) = console_tap;
	const char *why;

	(void)k;
	heard.cap = n * LINES * (LINE + 1);
	heard.size = 0;
	heard.text = heap_alloc(heard.cap);
	if (!heard.text)
		return "no memory";
	console.uart.type = BOOT_UART_NONE;
	console.screen_on = 0;
	console.screen_write = NULL;
	console_tap = hear;
	(void)cpu_call_all(print_lines, NULL);
	console_tap = tap;
	console = own;
	why = lines_check(n);
	heap_free(heard.text);
	return why;
}
