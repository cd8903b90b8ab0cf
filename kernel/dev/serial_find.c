/* SPDX-License-Identifier: MIT */
/*
 * serial_find.c - finds a serial port's interrupt. A wrong answer does no harm: see input.h. So a
 * device tree's numbers are taken for a GIC's if they look like it.
 */
#include "arch/irq.h"
#include "kernel/dev/serial.h"
#include "lib/fdt.h"

#define SPCR_SIGNATURE	ACPI_SIGNATURE('S', 'P', 'C', 'R')

struct spcr {				/* Microsoft, Serial Port Console Redirection table */
	struct acpi_spcr head;
	uint8_t kinds;
	uint8_t irq;			/* if SPCR_8259 */
	uint32_t gsi;			/* if one of the others */
} ACPI_PACKED;
ACPI_OFFSET(spcr, gsi, 54);
#define SPCR_8259	(1u << 0)
#define SPCR_GSI	0x1e		/* IO-APIC, IO-SAPIC, GIC, PLIC or APLIC */

/* Devicetree binding arm,gic, if ARCH_CELLS is 3: type, number, flags */
#define CELL_SPI	0
#define CELL_PPI	1
#define SPI_FIRST	32
#define PPI_FIRST	16
#define FLAGS_EDGE	0x3
#define FLAGS_LOW	0xa		/* falling edges and low levels */

static bool from_spcr(const struct machine *m, uint64_t pa, struct serial_irq *out)
{
	const struct spcr *t = (const void *)m->table(m->cookie, SPCR_SIGNATURE);

	if (!t || t->head.header.length < sizeof(*t) || t->head.address.address != pa)
		return false;
	if (t->kinds & SPCR_GSI && t->gsi)
		*out = (struct serial_irq){ .number = t->gsi };
	else if (t->kinds & SPCR_8259 && t->irq)
		*out = (struct serial_irq){ .isa = true, .number = t->irq };
	return out->number != 0;
}

static bool from_node(const struct fdt *f, const struct fdt_node *n, struct serial_irq *out)
{
	struct fdt_value v;
	const uint32_t *cell;
	uint32_t kind, first;

	if (!fdt_get(f, n, "interrupts", &v) || v.len < ARCH_CELLS * sizeof(*cell))
		return false;
	cell = v.data;
	if (ARCH_CELLS == 1) {			/* and flags, if its controller knows any */
		const uint32_t flags = v.len >= 2 * sizeof(*cell) ? __builtin_bswap32(cell[1]) : 0;

		out->number = __builtin_bswap32(*cell);
		out->how = (flags & FLAGS_EDGE ? ARCH_IRQ_EDGE : ARCH_IRQ_LEVEL) |
			   (flags & FLAGS_LOW ? ARCH_IRQ_LOW : ARCH_IRQ_HIGH);
		return out->number != 0;
	}
	kind = __builtin_bswap32(cell[0]);
	if (kind > CELL_PPI)
		return false;
	first = kind == CELL_SPI ? SPI_FIRST : PPI_FIRST;
	out->number = first + __builtin_bswap32(cell[1]);
	out->how = __builtin_bswap32(cell[2]) & FLAGS_EDGE ? ARCH_IRQ_EDGE : ARCH_IRQ_LEVEL;
	return true;
}

static bool from_tree(const struct machine *m, uint64_t pa, struct serial_irq *out)
{
	struct fdt_node n = { 0 };
	struct boot_range r;
	struct fdt_value v;
	struct fdt f;

	if (!m->dtb || fdt_open(&f, m->dtb, m->dtb_size) != OK)
		return false;
	while (fdt_next(&f, &n))
		if (fdt_get(&f, &n, "interrupts", &v) && fdt_reg(&f, &n, 0, &r) && r.base == pa)
			return from_node(&f, &n, out);
	return false;
}

/* COM1 and COM3 share a line, COM2 and COM4 another. */
static bool from_custom(const struct boot_uart *uart, uint64_t pa, struct serial_irq *out)
{
	static const uint16_t com[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

	for (uint32_t i = 0; i < ARRAY_SIZE(com); i++)
		if (uart->is_port && pa == com[i]) {
			*out = (struct serial_irq){ .isa = true, .number = i % 2 ? 3 : 4 };
			return true;
		}
	return false;
}

bool serial_find(const struct machine *m, const struct boot_uart *uart, uint64_t pa,
		 struct serial_irq *out)
{
	*out = (struct serial_irq){ 0 };
	return from_spcr(m, pa, out) || from_tree(m, pa, out) || from_custom(uart, pa, out);
}
