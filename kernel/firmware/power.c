/* SPDX-License-Identifier: MIT */
/*
 * power.c - see power.h (ACPI 6.5, 4.8.3). s5.c finds the value to write in the DSDT or one of the
 * SSDTs.
 */
#include "kernel/firmware/power.h"
#include "arch/boot.h"
#include "lib/console/console.h"

#define FADT_V1_SIZE	116		/* up to and including flags */
#define FADT_REDUCED	(1u << 20)	/* flags: HW_REDUCED_ACPI */
#define FADT_RESET	(1u << 10)	/* flags: RESET_REG_SUP */
#define GAS_MEMORY	0
#define GAS_IO		1

#define PM1_SCI_EN	(1u << 0)
#define PM1_GBL_RLS	(1u << 2)	/* write-only, like SLP_EN */
#define PM1_SLP_TYP(x)	((uint32_t)(x) << 10)
#define PM1_SLP_EN	(1u << 13)
#define SLEEP_WAK_STS	(1u << 7)
#define SLEEP_SLP_TYP(x) ((x) << 2)
#define SLEEP_SLP_EN	(1u << 5)
#define ENABLE_POLLS	1000000
#define OFF_POLLS	10000000	/* the power supply needs a moment */

const void *power_table(struct power *p, uint32_t signature, uint32_t least)
{
	return acpi_open(&p->acpi, p->rsdp) ? acpi_find(&p->acpi, signature, least) : NULL;
}

const struct acpi_fadt *power_fadt(struct power *p)
{
	return power_table(p, ACPI_SIGNATURE('F', 'A', 'C', 'P'), FADT_V1_SIZE);
}

/* Search the DSDT, then the SSDTs. */
static enum s5 s5_search(struct power *p, const struct acpi_fadt *f, uint32_t type[2])
{
	const uint32_t dsdt = ACPI_SIGNATURE('D', 'S', 'D', 'T');
	const uint32_t ssdt = ACPI_SIGNATURE('S', 'S', 'D', 'T');
	const struct acpi_header *h = NULL;
	enum s5 best = S5_ABSENT;

	(void)acpi_open(&p->acpi, p->rsdp);	/* from the first table again */
	if (f->header.length >= offsetof(struct acpi_fadt, x_pm1a_event))
		h = acpi_table(&p->acpi, f->x_dsdt, dsdt, 0);
	if (!h)
		h = acpi_table(&p->acpi, f->dsdt, dsdt, 0);
	if (h)
		best = s5_find(h, type);
	while (best != S5_FOUND && (h = acpi_find(&p->acpi, ssdt, 0)))
		best = MAX(best, s5_find(h, type));
	return best;
}

/* Prefer the register from the longer FADT, if it is present and a port. */
static uint16_t pm1_port(const struct acpi_fadt *f, const struct acpi_gas *x, uint32_t old)
{
	uint64_t end = (uint64_t)((const char *)(x + 1) - (const char *)f);

	if (f->header.length >= end && x->address && x->space == GAS_IO)
		return (uint16_t)x->address;
	return (uint16_t)old;
}

/* Leave legacy mode, in which some chipsets ignore SLP_EN. 4.8.2.5 */
static void acpi_enable(const struct acpi_fadt *f, uint16_t pm1a)
{
	if ((arch_port_in8(pm1a) & PM1_SCI_EN) || !f->smi_command || !f->acpi_enable)
		return;
	arch_port_out8((uint16_t)f->smi_command, f->acpi_enable);
	for (uint32_t i = 0; i < ENABLE_POLLS; i++)
		if (arch_port_in8(pm1a) & PM1_SCI_EN)
			return;
}

/* The other bits of the low byte stay as they are, SCI_EN for one. 4.8.3.2.1 */
static void pm1_off(const struct acpi_fadt *f, const uint32_t type[2])
{
	const uint16_t port[] = {
		pm1_port(f, &f->x_pm1a_control, f->pm1a_control),
		pm1_port(f, &f->x_pm1b_control, f->pm1b_control),
	};

	if (!port[0])
		return;
	acpi_enable(f, port[0]);
	for (uint32_t i = 0; i < ARRAY_SIZE(port) && port[i]; i++)
		arch_port_out16(port[i], (uint16_t)((arch_port_in8(port[i]) & ~PM1_GBL_RLS) |
						    PM1_SLP_TYP(type[i] & 7) | PM1_SLP_EN));
}

static void gas_write(const struct power *p, const struct acpi_gas *g, uint8_t value)
{
	const uint64_t address = g->address;	/* 0: there is none */
	volatile uint8_t *at;

	if (ARCH_PORTS && g->space == GAS_IO && address)
		arch_port_out8((uint16_t)address, value);
	if (g->space != GAS_MEMORY || !address)
		return;
	at = p->window(p->acpi.cookie, address, sizeof(*at));
	if (at)
		*at = value;
}

/* Hardware-reduced machines, which have no PM1 registers. 4.8.3.7 */
static void reduced_off(const struct power *p, const struct acpi_fadt *f, uint32_t type)
{
	if (f->header.length < sizeof(*f))
		return;
	gas_write(p, &f->sleep_status, SLEEP_WAK_STS);
	gas_write(p, &f->sleep_control, (uint8_t)(SLEEP_SLP_TYP(type & 7) | SLEEP_SLP_EN));
}

static void wait(void)
{
	volatile uint32_t left = OFF_POLLS;

	while (--left)
		;
}

void power_off(struct power *p)
{
	const struct acpi_fadt *f = power_fadt(p);
	uint32_t type[2];
	enum s5 found;

	if (!f)
		return;
	found = s5_search(p, f, type);
	if (found == S5_NEEDS_AML)
		console_warn("\\_S5 needs AML, and we have no interpreter\n");
	if (found != S5_FOUND)
		return;
	if (f->flags & FADT_REDUCED)
		reduced_off(p, f, type[0]);
	else if (ARCH_PORTS)
		pm1_off(f, type);
	wait();
}

/*
 * 4.8.3.6: writes a byte to an I/O port or memory; the third kind, PCI configuration space, is not
 * supported.
 */
void power_reset(struct power *p)
{
	const struct acpi_fadt *f = power_fadt(p);

	if (!f || f->header.length < offsetof(struct acpi_fadt, boot_flags_arm) ||
	    !(f->flags & FADT_RESET))
		return;
	gas_write(p, &f->reset, f->reset_value);
	wait();
}
