/* SPDX-License-Identifier: MIT */
/* fake_raw.c - see fake_raw.h. Functions that only raw_boot() calls must not be called. */
#include "tests/host/unit/fake_raw.h"
#include "arch/collect.h"
#include "stub/fault.h"
#include "stub/finish.h"
#include "lib/console/console.h"
#include "lib/console/uart.h"
#include "tests/host/arch/cpu.h"

struct fake_raw fake_raw;
struct console console;
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };

static void forbidden(const char *name)
{
	fail_msg("%s", name);
}

/* A CPU without ports, caches in an unknown state; the boot does not go on to its end. */
__attribute__((constructor)) static void cpu_start(void)
{
	fake_cpu.no_uart = fake_cpu.no_port = fake_cpu.cold = true;
	fake_cpu.forbidden = forbidden;
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fake_raw.message, sizeof(fake_raw.message), fmt, ap);
	va_end(ap);
	if (!fake_raw.expected)
		fail_msg("panic: %s", fake_raw.message);
	fake_raw.expected = false;
	longjmp(fake_raw.panicked, 1);
}

void console_serial(const struct boot_uart *uart, uint64_t offset)
{
	assert_int_equal(offset, 0);
	fake_raw.uart = *uart;
}

void uart_speed(const struct boot_uart *uart, uint32_t divisor)
{
	(void)uart;
	fake_raw.divisor = divisor;
}

void console_print(const char *fmt, ...)
{
	(void)fmt;
	fail();
}

void fault_stage(const struct options *o, enum crumb_stage stage)
{
	(void)o;
	(void)stage;
	fail();
}

void finish_boot(struct draft *d, const struct arena *a, struct reach *reach, uint32_t n)
{
	(void)d;
	(void)a;
	(void)reach;
	(void)n;
	abort();
}
