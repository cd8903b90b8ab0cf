/* SPDX-License-Identifier: MIT */
/* uart_find.c - see uart_find.h. SPCR and DBG2: Microsoft's specifications. */
#include "stub/uart_find.h"
#include "arch/boot.h"
#include "lib/acpi.h"
#include "lib/console/uart.h"
#include "lib/fdt.h"
#include "lib/string.h"

#define SPCR		ACPI_SIGNATURE('S', 'P', 'C', 'R')
#define DBG2		ACPI_SIGNATURE('D', 'B', 'G', '2')
#define DEVICES_MAX	16
#define SPACE_MEMORY	0
#define SPACE_PORT	1
#define ACCESS_DWORD	3
#define PL011_WIDTH	4		/* allowed by all of them, required by SBSA_32 */

/*
 * In memory, use the access size for both access width and register spacing, as Linux does. The
 * register bit width is unreliable: tables say 32 for registers one byte apart. A PC's port may be
 * switched off although a table names it: to read it does no harm.
 */
static bool port_16550(const struct acpi_gas *gas, struct boot_uart *out)
{
	out->type = BOOT_UART_16550;
	if (gas->space == SPACE_PORT) {
		out->is_port = 1;
		out->reg_width = 1;
		return ARCH_PORTS && out->base < UART_PORTS_END &&
		       arch_port_in8((uint16_t)out->base + U16550_LSR) != LSR_ABSENT;
	}
	if (gas->access && gas->access <= ACCESS_DWORD)
		out->reg_shift = gas->access - 1;
	out->reg_width = (uint8_t)(1 << out->reg_shift);
	return !(out->base % out->reg_width);
}

static bool port_fill(uint32_t type, const struct acpi_gas *gas, uint32_t source,
		      struct boot_uart *out)
{
	*out = (struct boot_uart){ .base = gas->address, .source = source };
	if (ARCH_CALLS && type == ACPI_UART_SBI) {
		out->base = 0;
		out->type = BOOT_UART_CALL;
		return true;
	}
	if (out->base - 1 >= ARCH_REACH - 1 || gas->space > SPACE_PORT)
		return false;
	switch (type) {
	case ACPI_UART_16550:
	case ACPI_UART_16450:
	case ACPI_UART_16550_NVIDIA:
	case ACPI_UART_16550_GAS:
		return port_16550(gas, out);
	case ACPI_UART_PL011:
	case ACPI_UART_SBSA_32:
	case ACPI_UART_SBSA:
		out->type = BOOT_UART_PL011;
		out->reg_width = PL011_WIDTH;
		return gas->space == SPACE_MEMORY && !(out->base % PL011_WIDTH);
	default:
		return false;
	}
}

/* X-Gene 1 and 2 need 32-bit access, four bytes apart, but their tables say bytes. */
static bool spcr_wants_words(const struct acpi_spcr *t)
{
	static const struct {
		char oem[6], table[8];
		uint8_t revision;
	} wrong[] = { { "APMC0D", "XGENESPC", 0 }, { "HPE   ", "ProLiant", 1 } };

	for (uint32_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (t->type == ACPI_UART_16550 && t->header.oem_revision == wrong[i].revision &&
		    !memcmp(t->header.oem, wrong[i].oem, sizeof(wrong[i].oem)) &&
		    !memcmp(t->header.oem_table, wrong[i].table, sizeof(wrong[i].table)))
			return true;
	return false;
}

static bool spcr_find(const struct acpi *a, uint64_t at, struct boot_uart *out)
{
	const struct acpi_spcr *t = acpi_table(a, at, SPCR, sizeof(*t));
	struct acpi_gas gas;

	if (!t)
		return false;
	gas = t->address;
	if (spcr_wants_words(t))
		gas.access = ACCESS_DWORD;
	return port_fill(t->type, &gas, BOOT_UART_FROM_SPCR, out);
}

static bool dbg2_find(const struct acpi *a, uint64_t at, struct boot_uart *out)
{
	const struct acpi_dbg2 *t = acpi_table(a, at, DBG2, sizeof(*t));
	uint32_t offset, count, length;

	if (!t)
		return false;
	length = t->header.length;
	offset = t->offset;
	count = MIN(t->count, DEVICES_MAX);
	while (count--) {
		const struct acpi_dbg2_device *d;
		uint32_t size, gas;

		if (!ends_by(offset, sizeof(*d), length))
			return false;
		d = (const void *)((const uint8_t *)t + offset);
		size = d->length;
		gas = d->address_offset;
		if (size < sizeof(*d) || !ends_by(offset, size, length))
			return false;
		if (d->type == ACPI_DBG2_SERIAL && d->addresses &&
		    ends_by(gas, sizeof(struct acpi_gas), size) &&
		    port_fill(d->subtype, (const void *)((const uint8_t *)d + gas),
			      BOOT_UART_FROM_DBG2, out))
			return true;
		offset += size;
	}
	return false;
}

static bool uart_named(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
		       struct boot_uart *out)
{
	struct acpi acpi = { .reach = reach_pointer, .cookie = k };
	uint64_t spcr = 0, dbg2 = 0, at;
	uint32_t signature;
	struct fdt fdt;

	if (acpi_open(&acpi, rsdp)) {
		while (!(spcr && dbg2) && acpi_next(&acpi, &at, &signature)) {
			if (signature == SPCR)
				spcr = at;
			else if (signature == DBG2)
				dbg2 = at;
		}
		if (spcr_find(&acpi, spcr, out) || dbg2_find(&acpi, dbg2, out))
			return true;
	}
	return fdt_open(&fdt, dtb, dtb_size) == OK && fdt_console(&fdt, out);
}

bool uart_find(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out)
{
	return uart_named(k, rsdp, dtb, dtb_size, out) &&
	       (!uart_in_memory(out) || reach_device(out->base));
}
