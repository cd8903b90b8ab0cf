/* SPDX-License-Identifier: MIT */
/*
 * gicv2.c - a GIC with a memory-mapped CPU interface (IHI 0048B.b). In Non-secure state, and
 * without Security Extensions, bit 0 of both CTLRs enables the interrupts that we have.
 */
#include "gic.h"
#include "kernel/cpu/cpu.h"

#define GICC_CTLR	0x00
#define GICC_CTLR_GRP	(1u << 0)
#define GICC_CTLR_BYPASS 0x1e0	/* what the board needs while we have the CPU's interrupts off */
#define GICC_PMR	0x04
#define GICC_PMR_ALL	0xf0	/* lets all priorities through */
#define GICC_BPR	0x08
#define GICC_EOIR	0x10
#define GICC_RPR	0x14
#define GICC_RPR_IDLE	0xff
#define GICC_APR	0xd0
#define GICC_APRS	4
#define GICC_SIZE	0x1000
#define GICD_ISACTIVER	0x300

#define GICD_SGIR_TO(mask)	((uint32_t)(mask) << 16)

/* End interrupts that were taken before us and never ended: they block all of lower priority. */
static void end_active(uint32_t line, uint32_t end)
{
	for (; line < end; line++) {
		uint32_t active = gic_read(gic.dist, GICD_ISACTIVER + 4 * line);

		for (; active; active &= active - 1)
			gic_write(gic.cpu, GICC_EOIR,
				  32 * line + (uint32_t)__builtin_ctz(active));
	}
}

const char *gicv2_start(const struct machine *m)
{
	gic.dist = gic_window(m, gic.found_dist.base, GICD_SIZE);
	gic.cpu = gic_window(m, gic.found_cpu.base, GICC_SIZE);
	if (!gic.dist || !gic.cpu)
		return "the registers of the GICv2 cannot be mapped";
	gic_write(gic.dist, GICD_CTLR, 0);
	gic.lines = GICD_TYPER_LINES(gic_read(gic.dist, GICD_TYPER));
	end_active(1, gic.lines);
	gic_reset(gic.dist, 1, gic.lines, 0);
	gic_write(gic.dist, GICD_CTLR, GICD_CTLR_GRP0);
	if (gic_read(gic.dist, GICD_CTLR) == GICD_CTLR_GRP0)
		return NULL;
	return "the GICv2 does not answer";
}

/* This CPU's target bit, which GICD_ITARGETSR shows for each of its own interrupts. */
static uint32_t own_target(void)
{
	for (uint32_t i = 0; i < GIC_OWN; i += 4) {
		const uint32_t v = gic_read(gic.dist, GICD_ITARGETSR + i);
		const uint32_t any = (v | v >> 8 | v >> 16 | v >> 24) & 0xff;

		if (any)
			return any;
	}
	return 1;			/* a GIC for one CPU has no such registers */
}

const char *gicv2_cpu_start(struct cpu *c)
{
	uint32_t v;

	c->irq_local = own_target();
	for (uint32_t i = 0; i < GIC_SGIS; i += 4)
		gic_write(gic.dist, GICD_CPENDSGIR + i, UINT32_MAX);
	end_active(0, 1);
	gic_reset(gic.dist, 0, 1, 0);
	for (uint32_t i = 0; i < GIC_OWN; i += 4)
		gic_write(gic.dist, GICD_IPRIORITYR + i, GIC_PRIORITY);
	for (uint32_t i = 0; i < GICC_APRS; i++)
		gic_write(gic.cpu, GICC_APR + 4 * i, 0);
	gic_write(gic.cpu, GICC_BPR, 0);
	gic_write(gic.cpu, GICC_PMR, GICC_PMR_ALL);
	v = gic_read(gic.cpu, GICC_CTLR) & GICC_CTLR_BYPASS;
	gic_write(gic.cpu, GICC_CTLR, v | GICC_CTLR_GRP);
	if (gic_read(gic.cpu, GICC_RPR) != GICC_RPR_IDLE)
		gic.doubt = "an earlier interrupt stays active";
	v = gic_read(gic.cpu, GICC_CTLR);
	if (!(v & GICC_CTLR_GRP) || v == UINT32_MAX)
		return "the CPU's part of the GICv2 does not answer";
	return NULL;
}

void gicv2_route(uint32_t number)
{
	((volatile uint8_t *)gic.dist)[GICD_ITARGETSR + number] = (uint8_t)cpu_boot()->irq_local;
}

void gicv2_send(const struct cpu *to, uint32_t sgi)
{
	gic_write(gic.dist, GICD_SGIR, GICD_SGIR_TO(to->irq_local) | sgi);
}
