/* SPDX-License-Identifier: MIT */
/*
 * reference.c - HPET (IA-PC HPET 1.0a), ACPI's PM timer (ACPI 6.5, 4.8.3.3) and channel 2 of the
 * 8254, which raises no interrupt and has its own gate.
 */
#include "reference.h"
#include "arch/boot.h"
#include "arch/kernel.h"

#define HPET_SIGNATURE		ACPI_SIGNATURE('H', 'P', 'E', 'T')
#define HPET_ID			0x000
#define HPET_ID_TIMERS(v)	(((v) >> 8 & 0x1f) + 1)
#define HPET_PERIOD		0x004	/* femtoseconds */
#define HPET_PERIOD_MAX		100000000	/* 10 MHz, 2.3.1 */
#define HPET_PERIOD_MIN		1000000		/* 1 GHz: a higher rate is not plausible */
#define HPET_CONFIG		0x010
#define HPET_CONFIG_ON		(1u << 0)
#define HPET_CONFIG_LEGACY	(1u << 1)
#define HPET_STATUS		0x020
#define HPET_COUNTER		0x0f0
#define HPET_TIMER(n)		(0x100 + 0x20 * (n))
#define HPET_TIMER_INTERRUPT	(1u << 2)
#define HPET_SIZE		0x400
#define HPET_TIMERS_MAX		((HPET_SIZE - 0x100) / 0x20)	/* 24; the field can say 32 */
#define FS_PER_S		1000000000000000

#define PM_HZ			3579545
#define PM_SIZE			4
#define FACP_SIGNATURE		ACPI_SIGNATURE('F', 'A', 'C', 'P')
#define FADT_PM_TIMER		76	/* offsets: its port, its length, its extended address */
#define FADT_PM_TIMER_SIZE	91
#define FADT_X_PM_TIMER		208
#define FADT_TMR_VAL_EXT	(1u << 8)	/* 32 bits, not 24 */
#define GAS_IO			1

#define PIT_HZ			1193182
#define PIT_CHANNEL2		0x42
#define PIT_MODE		0x43
#define PIT_MODE0(channel)	((channel) << 6 | 0x30)	/* low byte, high byte, once */
#define PIT_READ_BACK(channel)	(0xc0 | 2 << (channel))	/* latch status and count */
#define PIT_STATUS_OUT		(1u << 7)	/* in mode 0: it has counted to 0 */
#define PIT_TRIES		3	/* it wraps after 55 ms, in which a host may stop the CPU */
#define PIT_GATE		0x61
#define PIT_GATE_ON		(1u << 0)
#define PIT_GATE_SPEAKER	(1u << 1)

struct acpi_hpet {
	struct acpi_header header;	/* "HPET" */
	uint32_t id;
	struct acpi_gas address;
} ACPI_PACKED;

static char *hpet;
static uint16_t pm_port;

static uint32_t hpet_read(uint32_t offset)
{
	return *(volatile uint32_t *)(hpet + offset);
}

static void hpet_write(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(hpet + offset) = value;
}

static uint32_t hpet_count(void)
{
	return hpet_read(HPET_COUNTER);
}

static void hpet_find(const struct machine *m)
{
	const struct acpi_hpet *t = (const void *)m->table(m->cookie, HPET_SIGNATURE);
	uint32_t timers;

	if (!t || t->header.length < sizeof(*t) || t->address.space != 0 ||
	    t->address.address % 8)
		return;
	hpet = m->window(m->cookie, t->address.address, HPET_SIZE);
	if (!hpet)
		return;
	timers = MIN(HPET_ID_TIMERS(hpet_read(HPET_ID)), HPET_TIMERS_MAX);
	hpet_write(HPET_CONFIG, hpet_read(HPET_CONFIG) & ~HPET_CONFIG_LEGACY);
	for (uint32_t i = 0; i < timers; i++)
		hpet_write(HPET_TIMER(i), hpet_read(HPET_TIMER(i)) & ~HPET_TIMER_INTERRUPT);
	hpet_write(HPET_STATUS, UINT32_MAX);
}

void reference_quiet(const struct machine *m)
{
	arch_port_out8(PIT_MODE, PIT_MODE0(0));	/* it stops, as no count is written */
	hpet_find(m);
}

static bool hpet_start(const struct machine *m, struct reference *out)
{
	uint32_t period;

	(void)m;
	if (!hpet)
		return false;
	period = hpet_read(HPET_PERIOD);
	if (period < HPET_PERIOD_MIN || period > HPET_PERIOD_MAX)
		return false;
	hpet_write(HPET_CONFIG, hpet_read(HPET_CONFIG) | HPET_CONFIG_ON);
	*out = (struct reference){ "HPET", FS_PER_S / period, UINT32_MAX, 0, hpet_count };
	return true;
}

static uint32_t pm_count(void)
{
	return arch_port_in32(pm_port);
}

static bool pm_start(const struct machine *m, struct reference *out)
{
	const struct acpi_fadt *f = (const void *)m->table(m->cookie, FACP_SIGNATURE);
	const uint8_t *p = (const uint8_t *)f;
	const struct acpi_gas *x;

	if (!f || f->header.length < offsetof(struct acpi_fadt, reset))
		return false;
	pm_port = 0;
	if (p[FADT_PM_TIMER_SIZE] == PM_SIZE)
		pm_port = (uint16_t)(p[FADT_PM_TIMER] | p[FADT_PM_TIMER + 1] << 8);
	x = (const void *)(p + FADT_X_PM_TIMER);
	if (f->header.length >= FADT_X_PM_TIMER + sizeof(*x) && x->space == GAS_IO && x->address)
		pm_port = (uint16_t)x->address;
	*out = (struct reference){
		"PM timer", PM_HZ, f->flags & FADT_TMR_VAL_EXT ? UINT32_MAX : 0xffffff, 0, pm_count,
	};
	return pm_port != 0;
}

/* It counts down. Bits 16 to 23: its status. */
static uint32_t pit_count(void)
{
	uint32_t v;

	arch_port_out8(PIT_MODE, PIT_READ_BACK(2));
	v = (uint32_t)arch_port_in8(PIT_CHANNEL2) << 16;
	v |= arch_port_in8(PIT_CHANNEL2);
	v |= (uint32_t)arch_port_in8(PIT_CHANNEL2) << 8;
	return v ^ UINT16_MAX;
}

static bool pit_start(const struct machine *m, struct reference *out)
{
	const uint8_t gate = arch_port_in8(PIT_GATE) & (uint8_t)~PIT_GATE_SPEAKER;

	(void)m;
	arch_port_out8(PIT_GATE, gate | PIT_GATE_ON);
	arch_port_out8(PIT_MODE, PIT_MODE0(2));
	arch_port_out8(PIT_CHANNEL2, 0xff);
	arch_port_out8(PIT_CHANNEL2, 0xff);
	*out = (struct reference){ "PIT", PIT_HZ, UINT16_MAX, PIT_STATUS_OUT << 16, pit_count };
	return true;
}

bool reference_start(const struct machine *m, uint32_t i, struct reference *out, bool *last)
{
	*last = i == 1 + PIT_TRIES;
	switch (i) {
	case 0: return hpet_start(m, out);
	case 1: return pm_start(m, out);
	default: return pit_start(m, out);
	}
}
