/* SPDX-License-Identifier: MIT */
/* fake_raw.c - see fake_raw.h. What only raw_boot() calls is not meant to be called. */
#include "tests/host/unit/fake_raw.h"
#include "arch/collect.h"
#include "stub/fault.h"
#include "stub/finish.h"
#include "lib/console/console.h"
#include "lib/console/uart.h"

struct fake_raw fake_raw;
struct console console;
const char arch_name[] = "fake";
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };

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

void arch_halt(void)
{
	abort();
}

bool arch_random(uint64_t *out)
{
	*out = 0;
	if (!fake_raw.random)
		return false;
	*out = fake_raw.random[fake_raw.random_at++ % fake_raw.randoms];
	return true;
}

bool arch_level(bool drop)
{
	return !drop;
}

bool arch_regime_ok(enum boot_regime r)
{
	return r != BOOT_MMU_OFF;
}

void arch_clean(uint64_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

bool arch_cold(void)
{
	return true;
}

void arch_irq_off(void)
{
	fail();
}

void arch_trap_install(uint64_t stack, bool full)
{
	(void)stack;
	(void)full;
	fail();
}

void arch_default_uart(struct boot_uart *out)
{
	*out = (struct boot_uart){ .is_port = fake_raw.ports };
}

const char *arch_cpu_lacks(void)
{
	return NULL;
}

void arch_cpu_state(struct boot_info *out)
{
	(void)out;
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

/* A machine without ports. */
uint8_t arch_port_in8(uint16_t port)
{
	(void)port;
	return 0xff;
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	(void)port;
	(void)value;
}

void arch_collect(uint32_t kind, struct draft *d, struct raw *r, uint64_t a)
{
	(void)kind, (void)d, (void)r, (void)a;
	fail();
}

void arch_collect_port(uint64_t a, struct boot_uart *out)
{
	(void)a, (void)out;
	fail();
}
