/* SPDX-License-Identifier: MIT */
/*
 * fuzz_off.c - from the RSDP to S5 (kernel/firmware/power.c). Any address may be in any table:
 * reach() says which can be read.
 */
#include "tests/host/fuzz/acpi_tables.h"
#include "kernel/firmware/power.h"

static uint32_t written;
static uint16_t port[2];

/* Speeds up the loop that waits for a real machine's power to go off. */
#define volatile
#include "kernel/firmware/power.c"
#undef volatile

#define PM1_KEPT	0xfbu		/* of the 8 bits that are read: all but GBL_RLS */

static const void *reach(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	return pa && world_has(pa, size) ? (const void *)pa : NULL;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie, (void)pa, (void)size;
	return NULL;
}

uint8_t arch_port_in8(uint16_t at)
{
	(void)at;
	return PM1_KEPT | PM1_GBL_RLS;
}

void arch_port_out8(uint16_t at, uint8_t value)
{
	(void)at;
	(void)value;
}

void arch_port_out16(uint16_t at, uint16_t value)
{
	CHECK(written < ARRAY_SIZE(port) && at);
	CHECK((value & ~PM1_SLP_TYP(7)) == (PM1_SLP_EN | PM1_KEPT));
	port[written++] = at;
}

void console_warn(const char *fmt, ...)
{
	(void)fmt;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	struct power p = { { .reach = reach }, (uint64_t)tables_put(&f), window };

	written = 0;
	power_off(&p);
	return 0;
}
