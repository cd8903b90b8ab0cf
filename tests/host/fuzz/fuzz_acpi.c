/* SPDX-License-Identifier: MIT */
/*
 * fuzz_acpi.c - the serial port that SPCR, DBG2 or the device tree name (stub/uart_find.c).
 * Addresses of tables have to be trusted, so they are redirected to existing tables.
 */
#include "tests/host/fuzz/acpi_tables.h"
#include "arch/boot.h"
#include "stub/uart_find.h"

/* Exact to the byte, unlike a CPU's pages: every byte that is read must have been checked. */
bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	*piece = (struct boot_range){ at, 1 };
	return device || world_has(at, 1);
}

static uint64_t bend(uint64_t at)
{
	return at ? slot_at(1 + ((at - WORLD) / SLOT - 1) % (SLOTS - 1)) : 0;
}

static void bend_entries(uint64_t root)
{
	struct acpi_header *h = (void *)root;
	uint32_t wide;
	uint8_t *at;

	if (!root)
		return;
	wide = h->signature[0] == 'X' ? 8 : 4;
	if (h->length < sizeof(*h) || !world_has(root, h->length))
		return;
	at = (uint8_t *)(h + 1);
	for (uint32_t left = h->length - (uint32_t)sizeof(*h); left >= wide; left -= wide) {
		uint64_t entry = 0;

		memcpy(&entry, at, wide);
		entry = bend(entry);
		memcpy(at, &entry, wide);
		at += wide;
	}
	sum_fix(h, h->length, &h->checksum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	struct acpi_rsdp *r = tables_put(&f);
	struct boot_uart uart = { 0 };
	struct reach reach = { 0 };

	r->rsdt = (uint32_t)bend(r->rsdt);
	if (r->revision >= 2) {
		r->xsdt = bend(r->xsdt);
		bend_entries(r->xsdt);
	}
	bend_entries(r->rsdt);
	sum_fix(r, RSDP_OLD, &r->checksum);
	if (r->revision >= 2 && world_has((uint64_t)r, r->length) && r->length >= sizeof(*r))
		sum_fix(r, r->length, &r->checksum2);
	if (!uart_find(&reach, (uint64_t)r, NULL, 0, &uart))
		return 0;
	CHECK(uart.type == BOOT_UART_16550 || uart.type == BOOT_UART_PL011);
	CHECK(uart.base && (!uart.is_port || uart.base < 0x10000));
	CHECK(uart.reg_width == 1 || uart.reg_width == 2 || uart.reg_width == 4);
	CHECK(uart.reg_shift <= 4);
	CHECK(uart.is_port || !(uart.base % uart.reg_width));
	CHECK(uart.source == BOOT_UART_FROM_SPCR || uart.source == BOOT_UART_FROM_DBG2);
	return 0;
}
