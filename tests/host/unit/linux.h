/* SPDX-License-Identifier: MIT */
/* linux.h - shared by the tests of stub/raw/linux.c. */
#ifndef LINUX_H
#define LINUX_H
#include "arch/collect.h"
#include "tests/host/unit/fake_raw.h"
#include "tests/host/unit/low.h"
#include "stub/raw/pc.h"

static struct stub stub;
static struct raw raw;
static struct linux_params *params;

/* What the searches find; they have tests of their own. */
static uint32_t searches;
void bios_find(struct boot_info *info)
{
	searches++;
	if (!info->acpi_rsdp)
		info->acpi_rsdp = 0xf0000;
}

void rtc_find_clock(struct boot_info *info)
{
	info->clock = 1709208000;
}

bool uart_find(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out)
{
	(void)k;
	(void)dtb;
	(void)dtb_size;
	*out = (struct boot_uart){ .base = rsdp, .type = BOOT_UART_16550 };
	return rsdp == 0xf0000;
}

/* Nothing but a setup header and 16 MiB. */
static inline void start(void)
{
	memset(&stub, 0, sizeof(stub));
	memset(&fake_raw.uart, 0, sizeof(fake_raw.uart));
	raw_begin(&raw);
	raw.n = 0;
	searches = 0;
	stub.draft.info.entry = BOOT_ENTRY_LINUX64;
	params = low(sizeof(*params));
	params->magic = LINUX_MAGIC;
	params->e820_count = 1;
	params->e820[0] = (struct linux_e820){ 0x100000, 0xf00000, 1 };
}

static inline void collect(void)
{
	linux_collect(&stub.draft, &raw, (uint64_t)params);
}
#endif
