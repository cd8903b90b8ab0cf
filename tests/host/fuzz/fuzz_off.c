/* SPDX-License-Identifier: MIT */
/*
 * fuzz_off.c - from the RSDP to S5 (kernel/firmware/acpi.c). Any address may be in any table:
 * windows_reach() says which can be read.
 */
#include "tests/host/fuzz/acpi_tables.h"
#include "kernel/firmware/firmware.h"

static uint32_t written;
static uint16_t port[2];

/* Speeds up the loop that waits for a real machine's power to go off. */
#define volatile
#include "kernel/firmware/acpi.c"
#undef volatile

const void *windows_reach(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	return pa && world_has(pa, size) ? (const void *)pa : NULL;
}

void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm)
{
	(void)pa, (void)size, (void)perm;
	return NULL;
}

void window_unmap(const void *p)
{
	(void)p;
}

uint8_t arch_port_in8(uint16_t at)
{
	(void)at;
	return PM1_SCI_EN;
}

void arch_port_out8(uint16_t at, uint8_t value)
{
	(void)at;
	(void)value;
}

void arch_port_out16(uint16_t at, uint16_t value)
{
	CHECK(written < ARRAY_SIZE(port) && at);
	CHECK((value & ~PM1_SLP_TYP(7)) == PM1_SLP_EN);
	port[written++] = at;
}

void console_warn(const char *fmt, ...)
{
	(void)fmt;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	struct boot_info bi = { .acpi_rsdp = (uint64_t)tables_put(&f) };
	struct kernel k = { .bi = &bi };

	written = 0;
	acpi_off(&k);
	return 0;
}
