/* SPDX-License-Identifier: MIT */
/*
 * test_console.c - a port that never becomes ready is waited for once; the screen still works. A
 * panic is complete on the port even if drawing faults.
 */
#define _GNU_SOURCE
#include <signal.h>
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "lib/console/console.h"
#include "lib/console/panic.h"
#include "lib/console/screen.h"
#include "lib/crumb.h"
#include "lib/wants.h"

#define PORT		0x3f8
#define LSR		5
#define LSR_READY	0x60
#define SCR		7
#define POLLS_MAX	200000		/* for all output of a test: waiting for two bytes */

static uint8_t lsr, scratch;
static uint32_t reads, sent, shown;
static char text[512];			/* sent last */
static const struct trap_info *fault;	/* that of drawing */
static jmp_buf end;

_Noreturn void arch_halt(void)
{
	longjmp(end, 1);
}

uint8_t arch_port_in8(uint16_t port)
{
	reads++;
	return port == PORT + LSR ? lsr : port == PORT + SCR ? scratch : 0;
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	if (port == PORT + SCR)
		scratch = value;
	if (port == PORT)
		text[sent++ % sizeof(text)] = (char)value;
}

bool screen_fits(const struct boot_fb *fb)
{
	return fb->format != BOOT_FB_NONE;
}

void screen_clear(struct console *c)
{
	c->row = c->column = 0;
}

void screen_put(struct console *c, uint8_t byte)
{
	(void)c;
	(void)byte;
	shown++;
	if (fault)
		panic_trap(fault);
}

void screen_paint_fault(const struct boot_fb *fb)
{
	(void)fb;
}

const char *wants_name(void)
{
	return "test";
}

static const struct boot_uart named = {
	.base = PORT, .type = BOOT_UART_16550, .is_port = 1, .reg_width = 1,
	.source = BOOT_UART_FROM_SPCR,
};
static const char line[] = "a line of text\n";

static void start(uint8_t status)
{
	const struct boot_fb fb = { .format = BOOT_FB_XRGB8888 };

	console = (struct console){ 0 };
	memset(text, 0, sizeof(text));
	lsr = status;
	reads = sent = shown = 0;
	console_screen(&fb, 0);
	console_serial(&named, 0);
}

static void test_ready(void **state)
{
	(void)state;
	start(LSR_READY);
	console_print("%s", line);
	assert_int_equal(sent, strlen(line) + 1);	/* and a CR */
	assert_int_equal(shown, strlen(line));
	assert_int_equal(reads, strlen(line) + 1);
}

/* A text is cut to 255 bytes. */
static void test_long(void **state)
{
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (uint32_t n = 253; n < 258; n++) {
		start(LSR_READY);
		console_print("%.*s", (int)n, text);
		assert_int_equal(sent, MIN(n, 255));
		assert_int_equal(shown, MIN(n, 255));
	}
}

static uint32_t taken;

static void take(const char *text, size_t size)
{
	assert_non_null(text);
	taken += (uint32_t)size;
}

/* Nothing is drawn without a screen, nor by us if the kernel has set a writer of its own. */
static void test_screen(void **state)
{
	const struct boot_fb none = { .format = BOOT_FB_NONE };

	(void)state;
	start(LSR_READY);
	console.screen_write = take;
	console_print("%s", line);
	assert_true(!shown && taken == strlen(line));
	console.screen_write = NULL;
	console_screen(&none, 0);
	console_print("%s", line);
	assert_true(!shown && taken == strlen(line));
	assert_int_equal(sent, 2 * (strlen(line) + 1));
}

/* The screen and a port in memory are used where they are mapped. */
static void test_offset(void **state)
{
	const struct boot_fb fb = { .format = BOOT_FB_XRGB8888, .mem = { 0x5000, 0x1000 } };

	(void)state;
	start(LSR_READY);
	console.row = console.column = 7;
	console_screen(&fb, 0x770000);
	assert_true(console.fb.mem.base == 0x775000 && console.fb.mem.size == 0x1000);
	assert_true(console.screen_on && !console.row && !console.column);
	console_serial(&named, 0x770000);
	assert_true(console.uart.base == PORT);		/* not in memory */
}

static void test_never_ready(void **state)
{
	(void)state;
	start(0);
	for (uint32_t i = 0; i < 100; i++)
		console_print("%s", line);
	assert_int_equal(sent, 0);
	assert_int_equal(shown, 100 * strlen(line));
	assert_in_range(reads, 1, POLLS_MAX);
	/* the next stage, and each line that firmware's own console refuses, name it again */
	for (uint32_t i = 0; i < 100; i++) {
		console_serial(&named, 0);
		console_print("%s", line);
	}
	assert_int_equal(shown, 200 * strlen(line));
	assert_in_range(reads, 1, POLLS_MAX);
}

static void test_another_port(void **state)
{
	struct boot_uart other = named;

	(void)state;
	start(0);
	console_print("%s", line);
	lsr = LSR_READY;
	console_serial(&named, 0);	/* a port that was given up stays so */
	console_print("%s", line);
	assert_int_equal(sent, 0);
	other.source = BOOT_UART_FROM_DBG2;
	console_serial(&other, 0);
	console_print("%s", line);
	assert_int_equal(sent, strlen(line) + 1);
}

/* A guessed port that answers, but then never becomes ready. */
static void test_default_never_ready(void **state)
{
	struct boot_uart guess = named;

	(void)state;
	guess.source = BOOT_UART_FROM_DEFAULT;
	start(LSR_READY);
	lsr = 0;
	for (uint32_t i = 0; i < 100; i++) {
		console_serial(&guess, 0);
		console_print("%s", line);
	}
	assert_in_range(reads, 1, 2 * POLLS_MAX);
}

/* Output above the limit is not sent; a warning has its own level, whatever the current one. */
static void test_levels(void **state)
{
	(void)state;
	start(LSR_READY);
	for (uint32_t limit = CONSOLE_ALWAYS; limit <= CONSOLE_SCREEN; limit++)
		for (uint32_t level = CONSOLE_ALWAYS; level <= CONSOLE_SCREEN; level++) {
			console.limit = limit;
			console.level = level;
			sent = 0;
			console_print("%s", line);
			assert_int_equal(sent, level <= limit ? strlen(line) + 1 : 0);
			sent = 0;
			console_warn("%s", line);
			assert_int_equal(sent, CONSOLE_WARNING <= limit ?
					 strlen("test: warning: ") + strlen(line) + 1 : 0);
			assert_int_equal(console.level, level);
		}
}

/* On a screen in use, or one that the panic is the first to use. */
static void test_screen_faults(void **state)
{
	static const struct trap_info trap = { .what = "abort", .pc = 0x5000 };

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		start(LSR_READY);
		console.row = i / 2;
		console.screen_on = i / 2;
		fault = &trap;
		if (!setjmp(end)) {
			if (i % 2)
				panic("own");
			panic_trap(&trap);
		}
		fault = NULL;
		if (i % 2)
			assert_string_equal(text, "test: panic: own\r\n");
		else
			assert_non_null(strstr(text, " at pc 0x5000\r\ntest: panic: halted\r\n"));
		assert_int_equal(shown, 2);		/* and once more, for this fault */
		assert_int_equal(console.fb.mem.base, 0);	/* the offset counts once */
	}
}

static volatile uint32_t faults;

static void no_memory(int signal)
{
	static const struct trap_info trap = { .what = "abort" };

	(void)signal;
	if (++faults < 5)
		panic_trap(&trap);
	longjmp(end, 2);
}

/* A panic ends even if the breadcrumbs are not mapped any more. */
static void test_no_crumbs(void **state)
{
	struct crumbs *const before = crumb_trail;
	struct sigaction old, on = { .sa_handler = no_memory, .sa_flags = SA_NODEFER };
	int how;

	(void)state;
	start(LSR_READY);
	crumb_trail = (struct crumbs *)8;
	sigaction(SIGSEGV, &on, &old);
	how = setjmp(end);
	if (!how)
		panic("own");
	sigaction(SIGSEGV, &old, NULL);
	crumb_trail = before;
	assert_true(how == 1 && faults == 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ready), cmocka_unit_test(test_long),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_offset), cmocka_unit_test(test_never_ready),
		cmocka_unit_test(test_another_port), cmocka_unit_test(test_default_never_ready),
		cmocka_unit_test(test_levels), cmocka_unit_test(test_screen_faults),
		cmocka_unit_test(test_no_crumbs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
