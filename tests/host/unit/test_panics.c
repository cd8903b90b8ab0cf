/* SPDX-License-Identifier: MIT */
/*
 * test_panics.c - CPUs that panic at the same time: the first one reports and the others end, so
 * that the boot CPU can boot again. A panic inside a panic halts; after a fault in one, as at the
 * serial port, the same is told without it. What panic_last does happens once.
 */
#include "tests/host/unit/unit.h"
#include "kernel/cpu/stop.c"
#include "kernel/time/timeout.c"
#include "lib/print.h"

static int formats(char *buf, size_t size, const char *fmt, va_list ap);
#define text_vformat formats
#include "lib/console/panic.c"
#undef text_vformat

#define CPUS	3

static struct cpu cpu[CPUS], *own;
static struct arch_named named[CPUS];
static struct world {
	jmp_buf end;
	uint32_t second;		/* the CPU that panics when the first one stops it */
	bool off[CPUS], nested, waited;
	uint32_t halted, asked, said, left;
	uint32_t faults, drawn;		/* to come, one for each text; said without the port */
	bool format_faults;
	uint32_t lasts;
	char line[256];			/* the last one, without its beginning */
	uint64_t now;
} w;

enum { ENDED = 1, HALTED, WAITS };

struct cpu *arch_cpu_this(void)
{
	return own;
}

struct cpu *cpu_table[CPU_MAX];
uint32_t cpu_indices;

struct cpu *cpu_boot(void)
{
	return &cpu[0];
}

const struct arch_named *cpus_named(uint32_t i)
{
	return i && i < CPUS ? &named[i] : NULL;
}

uint32_t cpus_close(void)
{
	return 0;
}

void cpus_cancel(void)
{
}

void cpu_ended(uint32_t i)
{
	assert_ptr_equal(own, &cpu[i]);
}

bool cpu_has_ended(uint32_t i)
{
	(void)i;
	return false;
}

bool arch_stopped(const struct arch_named *n)
{
	return w.off[n->id];
}

_Noreturn void arch_stop(void)
{
	w.off[own->index] = true;
	longjmp(w.end, ENDED);
}

_Noreturn void arch_halt(void)
{
	w.halted++;
	longjmp(w.end, HALTED);
}

/* Of the waits, only boot_waits() has no other end. */
void arch_pause(void)
{
	if (own == &cpu[0] && cpu[0].stopped && !last)
		longjmp(w.end, WAITS);
}

/* Run panic() on that CPU, and return how it ended. */
static int panics(uint32_t i)
{
	struct cpu *before = own;
	jmp_buf outer;
	int how;

	memcpy(outer, w.end, sizeof(outer));
	own = &cpu[i];
	how = setjmp(w.end);
	if (!how)
		panic("CPU %-300u", i);
	memcpy(w.end, outer, sizeof(outer));
	own = before;
	return how;
}

static const struct trap_info trap = {
	.what = "abort", .cause_name = "cause", .address_name = "address", .pc = 0x5000,
	.cause = 0x12, .address = 0x34,
}, port_trap = {
	.what = "port", .cause_name = "cause", .address_name = "address", .pc = 0x6000,
};

/* CPUs take the interrupt, unless they are in a panic by then. */
void arch_stop_send(const struct cpu *to)
{
	w.asked++;
	if (to->index == w.second) {
		assert_int_equal(panics(w.second), w.second ? ENDED : WAITS);
		return;
	}
	cpu[to->index].stopped = true;
	w.off[to->index] = true;
}

uint64_t clock_now(void)
{
	return w.now += NS_PER_S / 1000;
}

uint64_t arch_irq_save(void)
{
	return 0;
}

bool irq_handle(uint32_t number, irq_fn *fn, void *arg)
{
	(void)number;
	(void)fn;
	(void)arg;
	return true;
}

uint32_t irq_of_ipi(uint32_t ipi)
{
	return ipi;
}

void turn_start(void)
{
}

void turn_end(void)
{
}

/* ---- what a panic prints ---- */

static struct crumbs crumbs;
struct crumbs *crumb_trail = &crumbs;
struct console console;
uint64_t clock_hz;
void (*trap_nmi)(void);
void (*lock_waits)(const struct lock *l, struct timeout *limit);

static int formats(char *buf, size_t size, const char *fmt, va_list ap)
{
	if (w.format_faults)
		panic_trap(&trap);
	return text_vformat(buf, size, fmt, ap);
}

void console_print(const char *fmt, ...)
{
	va_list ap;

	if (strstr(fmt, "%s")) {
		va_start(ap, fmt);
		text_vformat(w.line, sizeof(w.line), fmt, ap);
		va_end(ap);
	}
	if (!strstr(fmt, "panic: "))
		return;
	w.said++;
	w.drawn += console.dead;
	if (w.faults) {
		w.faults--;
		panic_trap(&port_trap);
	}
	if (!w.nested)
		return;
	w.nested = false;
	assert_int_equal(panics(own->index), HALTED);
}

void console_warn(const char *fmt, ...)
{
	(void)fmt;
	w.left++;
}

void console_write(const char *text, size_t size)
{
	(void)text;
	(void)size;
}

void console_screen(const struct boot_fb *fb, uint64_t offset)
{
	(void)fb;
	(void)offset;
}

void console_mark_fault(void)
{
}

const char *crumb_label(uint32_t stage, char *number)
{
	(void)number;
	return stage ? "late" : "early";
}

const char *wants_name(void)
{
	return "test";
}

static void leave(void)
{
}

static void leaves(void)
{
	cpus_leave(leave);
}

static void world(void)
{
	memset(&w, 0, sizeof(w));
	memset(cpu, 0, sizeof(cpu));
	for (uint32_t i = 0; i < CPUS; i++) {
		cpu[i].index = i;
		named[i].id = i;
		cpu_table[i] = &cpu[i];
	}
	cpu_indices = CPUS;
	own = NULL;
	w.second = CPUS;
	stays = NO_CPU;
	last = NULL;
	console = (struct console){ 0 };
	memset(&crumbs, 0, sizeof(crumbs));
	panic_last = leaves;
	stop_start();
}

static void test_second(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CPUS; i++)
		for (uint32_t k = 0; k <= CPUS; k++)
			for (uint32_t nested = 0; nested < 2; nested++) {
				if (k == i)
					continue;
				world();
				w.second = k;
				w.nested = nested;
				assert_int_equal(panics(i), i ? ENDED : HALTED);
				assert_int_equal(w.halted, !i + nested);
				assert_true(w.said == 1 && console.limit == CONSOLE_ALL);
				assert_int_equal(w.asked, CPUS - 1);
				assert_int_equal(w.left, 0);
				assert_true(!i || last == leave);
			}
}

/* When the first panicked long ago. */
static void test_late(void **state)
{
	(void)state;
	world();
	assert_int_equal(panics(1), ENDED);
	last = NULL;
	assert_int_equal(panics(2), ENDED);
	assert_int_equal(panics(0), WAITS);
	assert_true(w.halted == 0 && w.said == 1);
	assert_true(strlen(w.line) == 255 && w.line[254] == '\n');	/* cut, but a line */
}

/* CPUs that wait for a lost lock panic one after the other. */
static void test_turns(void **state)
{
	uint64_t before = 0;

	(void)state;
	for (uint32_t i = 0; i < CPUS; i++) {
		const struct lock lock = { 0 };
		struct timeout limit = { 1, 0 };

		world();
		panic_first = panic_last = NULL;
		own = &cpu[i];
		if (!setjmp(w.end))
			lock_waits(&lock, &limit);
		assert_int_equal(w.halted, 1);
		assert_true(!i || w.now >= before + 9 * NS_PER_S / 1000);
		before = w.now;
	}
}

/* The first fault at the port leaves the screen; the second one, there, ends it. */
static void test_port(void **state)
{
	static const char *text[] = {
		"fault in stage early: abort (cause 0x12, address 0x34)", "own",
	};
	char at[256];

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		const bool own_text = i % 2, screen_faults = i / 2;

		world();
		own = &cpu[0];
		panic_first = panic_last = NULL;
		w.faults = 1 + screen_faults;
		if (!setjmp(w.end)) {
			if (own_text)
				panic("own");
			panic_trap(&trap);
		}
		crumbs.stage = 1;
		assert_int_equal(w.halted, 1);
		assert_string_equal(crumbs.text, text[own_text]);
		assert_true(crumbs.faulted == 1 && (own_text || (crumbs.fault_pc == trap.pc &&
			    crumbs.fault_cause == 0x12 && crumbs.fault_address == 0x34)));
		assert_int_equal(w.said, screen_faults ? 2 : 3);
		assert_int_equal(w.drawn, screen_faults ? 1 : 2);
		snprintf(at, sizeof(at), "%s; then a fault at pc 0x6000", text[own_text]);
		if (!screen_faults)
			assert_string_equal(w.line, at);
	}
}

/* A bad argument of panic() is a fault like any other. */
static void test_format(void **state)
{
	(void)state;
	world();
	own = &cpu[0];
	panic_first = panic_last = NULL;
	w.format_faults = true;
	if (!setjmp(w.end))
		panic("own");
	assert_true(w.halted == 1 && w.said == 2 && w.drawn == 0);
	assert_string_equal(crumbs.text, "fault in stage early: abort (cause 0x12, address 0x34)");
	assert_int_equal(memcmp(w.line, crumbs.text, strlen(crumbs.text)), 0);
	assert_string_equal(w.line + strlen(crumbs.text), " at pc 0x5000");
}

static void last_faults(void)
{
	w.lasts++;
	panic_trap(&trap);
}

/* It is called once, even if it faults. */
static void test_last(void **state)
{
	(void)state;
	world();
	own = &cpu[0];
	panic_first = NULL;
	panic_last = last_faults;
	if (!setjmp(w.end))
		panic("own");
	assert_true(w.halted == 1 && w.lasts == 1);
	assert_string_equal(crumbs.text, "own");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second), cmocka_unit_test(test_late),
		cmocka_unit_test(test_turns), cmocka_unit_test(test_port),
		cmocka_unit_test(test_format), cmocka_unit_test(test_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
