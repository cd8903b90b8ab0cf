/* SPDX-License-Identifier: MIT */
/*
 * pc.c - see pc.h. Runs with the entry code's page tables, which map the first 4 GiB, and more when
 * reach_ok() asks for it. A pointer to anything else is not followed.
 */
#include "stub/raw/pc.h"
#include "stub/clock.h"
#include "stub/uart_find.h"

#define CMDLINE_READ	0xffff		/* the setup header's cmdline_size */
#define BIOS_LOW	(64 * KIB)	/* what a BIOS may still write to: Q-119 */

void pc_memory(struct raw *r, uint64_t base, uint64_t size, uint32_t type)
{
	static const uint8_t types[] = {	/* ACPI 6.5, table 15.1 */
		[1] = BOOT_MEM_FREE, [3] = BOOT_MEM_ACPI, [4] = BOOT_MEM_NVS,
	};
	const uint32_t known = type < ARRAY_SIZE(types) ? types[type] : 0;

	raw_add(r, base, size, known ? known : BOOT_MEM_RESERVED);
	if (known == BOOT_MEM_FREE && base < BIOS_LOW)
		raw_add(r, base, MIN(size, BIOS_LOW - base), BOOT_MEM_NVS);
}

void pc_ranges(uint32_t n)
{
	if (n > RAW_BEYOND)
		panic("memory map: more than %u ranges", RAW_BEYOND);
}

void pc_cmdline(struct draft *d, struct raw *r, uint64_t at)
{
	const char *text = (const char *)at;
	uint32_t n = 0;
	bool cut;

	while (n < CMDLINE_READ && raw_reach(r, at, n + 1) && text[n])
		n++;
	d->cmdline_len = cmdline_from_file(text, n, d->cmdline, sizeof(d->cmdline), &cut);
	if (cut)
		d->info.flags |= BOOT_CMDLINE_CUT;
	if (at && !n && !raw_reach(r, at, 1))
		raw_drop(r, "command line", "not in memory", "", &(struct boot_range){ at, 0 });
}

void pc_initrd(struct draft *d, struct raw *r, uint64_t base, uint64_t size)
{
	struct boot_module *m = &d->module[DRAFT_INITRD];

	if (!base || !size)
		return;
	*m = (struct boot_module){ .mem = { base, size }, .kind = BOOT_MODULE_INITRD };
	raw_module(r, "initrd", m);
}

const void *pc_passed(struct raw *r, uint64_t a, uint64_t size)
{
	const char *lack = arch_cpu_lacks();

	if (lack)		/* then not even the next read can be relied on */
		panic("%s", lack);
	if (!raw_reach(r, a, size))
		panic("boot data at 0x%llx: not in memory", LL(a));
	return (const void *)a;
}

void pc_machine(struct draft *d, struct raw *r)
{
	struct boot_uart uart;

	rtc_find_clock(&d->info);
	if (uart_find(&r->reach, d->info.acpi_rsdp, NULL, 0, &uart)) {
		d->info.uart = uart;
		raw_console(d);
	}
}
