/* SPDX-License-Identifier: MIT */
/*
 * gicv3.c - a GIC with redistributors and system registers (IHI 0069H). Affinity routing is on;
 * all interrupts are in Non-secure group 1.
 */
#include "gic.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "kernel/cpu/cpu.h"
#include "lib/console/console.h"

#define GICR_CTLR		0x000
#define GICR_CTLR_LPIS		(1u << 0)
#define GICR_CTLR_RWP		(1u << 3)
#define GICR_TYPER		0x008
#define GICR_TYPER_VLPIS	(1u << 1)	/* GICv4: two more frames */
#define GICR_TYPER_LAST		(1u << 4)
#define GICR_TYPER_PPINUM(v)	((v) >> 27)	/* times 32 extended PPIs, if at most 2 */
#define PPINUM_MAX		2
#define GICR_TYPER_AFFINITY	0x00c		/* its upper half */
#define GICR_WAKER		0x014
#define GICR_WAKER_SLEEP	(1u << 1)
#define GICR_WAKER_ASLEEP	(1u << 2)
#define GICR_FRAME		0x10000		/* the second one is the SGI frame */

#define ICC_PMR_ALL		0xf0		/* lets all priorities through */
#define ICC_RPR_IDLE		0xff
#define ICC_CTLR_PRIBITS(v)	(((v) >> 8 & 7) + 1)
#define ICC_SGI1R_TO(mpidr)	(((mpidr) >> 32 & 0xff) << 48 | ((mpidr) >> 16 & 0xff) << 32 | \
				 ((mpidr) >> 8 & 0xff) << 16)
#define ICC_SGI1R_RANGE(aff0)	((aff0) / 16 << 44)
#define ICC_SGI1R_LIST(aff0)	(1ull << (aff0) % 16)
#define ICC_SGI1R_INTID(n)	((uint64_t)(n) << 24)

static bool settled(const char *regs, uint32_t offset, uint32_t bit)
{
	for (uint32_t i = 0; i < GIC_POLLS; i++)
		if (!(gic_read(regs, offset) & bit))
			return true;
	return false;
}

/* Where nothing is, all bits read as zeros or as ones. */
static bool answers(const char *regs)
{
	const uint32_t arch = GICD_PIDR2_ARCH(gic_read(regs, GICD_PIDR2));

	return arch == 3 || arch == 4;
}

/* We have no numbers for extended interrupts: level-triggered, they would be taken for ever. */
static void extended_off(char *enabled, uint32_t words)
{
	while (words--)
		gic_write(enabled, 4 * words, UINT32_MAX);
}

const char *gicv3_start(const struct machine *m)
{
	if (!ID_AA64PFR0_GIC(sysreg_read(id_aa64pfr0_el1)))
		return "this CPU cannot use the GICv3";
	gic.dist = gic_window(m, gic.found_dist.base, GICD_SIZE_V3);
	if (!gic.dist)
		return "the registers of the GICv3 cannot be mapped";
	if (!answers(gic.dist))
		return "the GICv3 does not answer";
	gic_write(gic.dist, GICD_CTLR, gic_read(gic.dist, GICD_CTLR) &
		  ~(GICD_CTLR_GRP0 | GICD_CTLR_GRP1));
	if (!settled(gic.dist, GICD_CTLR, GICD_CTLR_RWP))
		return "the GICv3 does not answer";
	gic.lines = GICD_TYPER_LINES(gic_read(gic.dist, GICD_TYPER));
	gic_reset(gic.dist, 1, gic.lines, UINT32_MAX);
	extended_off(gic.dist + GICD_ICENABLERE,
		     GICD_TYPER_ESPIS(gic_read(gic.dist, GICD_TYPER)));
	if (!settled(gic.dist, GICD_CTLR, GICD_CTLR_RWP))
		return "the GICv3 does not answer";
	gic_write(gic.dist, GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GRP1);
	if ((gic_read(gic.dist, GICD_CTLR) & (GICD_CTLR_ARE | GICD_CTLR_GRP1)) !=
	    (GICD_CTLR_ARE | GICD_CTLR_GRP1))
		return "the GICv3 has no affinity routing";
	return NULL;
}

/* The redistributor in this region of the CPU with this affinity; NULL: it is not there. */
static char *region_find(const struct gic_region *r, uint32_t affinity)
{
	uint64_t step, at = 0;

	for (; at + 2 * GICR_FRAME <= r->range.size; at += step) {
		char *frame = r->regs + at;
		const uint32_t type = gic_read(frame, GICR_TYPER);

		if (!answers(frame))
			break;
		if (gic_read(frame, GICR_TYPER_AFFINITY) == affinity)
			return frame;
		if (type & GICR_TYPER_LAST)
			break;
		step = gic.stride ? gic.stride : type & GICR_TYPER_VLPIS ? 4 * GICR_FRAME :
		       2 * GICR_FRAME;
	}
	return NULL;
}

static char *redistributor(uint64_t mpidr)
{
	const uint32_t affinity = (uint32_t)(mpidr >> 32 << 24) | ((uint32_t)mpidr & 0xffffff);
	char *found = NULL;

	for (uint32_t i = 0; i < gic.regions && !found; i++)
		if (gic.region[i].regs)
			found = region_find(&gic.region[i], affinity);
	return found;
}

static bool redistributor_start(char *rd)
{
	const uint32_t ppinum = GICR_TYPER_PPINUM(gic_read(rd, GICR_TYPER));
	char *sgi = rd + GICR_FRAME;

	gic_write(rd, GICR_WAKER, gic_read(rd, GICR_WAKER) & ~GICR_WAKER_SLEEP);
	if (!settled(rd, GICR_WAKER, GICR_WAKER_ASLEEP))
		return false;
	gic_write(rd, GICR_CTLR, gic_read(rd, GICR_CTLR) & ~GICR_CTLR_LPIS);
	gic_reset(sgi, 0, 1, UINT32_MAX);
	extended_off(sgi + GICD_ICENABLER + 4, ppinum <= PPINUM_MAX ? ppinum : 0);
	for (uint32_t i = 0; i < GIC_OWN; i += 4)
		gic_write(sgi, GICD_IPRIORITYR + i, GIC_PRIORITY);
	if (gic_read(rd, GICR_CTLR) & GICR_CTLR_LPIS)
		gic.doubt = "LPIs cannot be turned off";
	return settled(rd, GICR_CTLR, GICR_CTLR_RWP);
}

/* Enable the system register interface. False: a higher exception level does not allow it. */
static bool registers_on(void)
{
	if (cpu_level() == 2)
		sysreg_write(ICC_SRE_EL2, sysreg_read(ICC_SRE_EL2) | ICC_SRE_SRE | ICC_SRE_ENABLE);
	__asm__ volatile("isb");
	sysreg_write(ICC_SRE_EL1, sysreg_read(ICC_SRE_EL1) | ICC_SRE_SRE);
	__asm__ volatile("isb");
	return sysreg_read(ICC_SRE_EL1) & ICC_SRE_SRE;
}

/* End interrupts that were taken before us and never ended: they block all of lower priority. */
static void end_active(void)
{
	const uint32_t bits = ICC_CTLR_PRIBITS(sysreg_read(ICC_CTLR_EL1));

	if (bits >= 7) {
		sysreg_write(ICC_AP1R3_EL1, 0);
		sysreg_write(ICC_AP1R2_EL1, 0);
	}
	if (bits >= 6)
		sysreg_write(ICC_AP1R1_EL1, 0);
	sysreg_write(ICC_AP1R0_EL1, 0);
}

const char *gicv3_cpu_start(struct cpu *c)
{
	char *rd = redistributor(c->id);

	if (!rd)
		return "the GICv3 has no redistributor for this CPU";
	if (!redistributor_start(rd))
		return "the CPU's redistributor does not answer";
	c->irq_local = (uint64_t)(rd + GICR_FRAME);
	if (!registers_on())
		return "access to the GICv3's system registers is denied";
	end_active();
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, 0);		/* EOImode 0: EOIR also deactivates */
	sysreg_write(ICC_PMR_EL1, ICC_PMR_ALL);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	__asm__ volatile("isb");
	if (sysreg_read(ICC_RPR_EL1) != ICC_RPR_IDLE)
		gic.doubt = "an earlier interrupt stays active";
	return NULL;
}

void gicv3_route(uint32_t number)
{
	*(volatile uint64_t *)(gic.dist + GICD_IROUTER + 8 * number) = cpu_boot()->id;
}

void gicv3_settle(uint32_t number)
{
	static bool silent;

	if (silent || (number >= GIC_OWN ? settled(gic.dist, GICD_CTLR, GICD_CTLR_RWP) :
		       settled((char *)cpu_this()->irq_local - GICR_FRAME, GICR_CTLR,
			       GICR_CTLR_RWP)))
		return;
	silent = true;
	console_warn("the GICv3 does not answer: interrupt %u may still come\n", number);
}

void gicv3_send(const struct cpu *to, uint32_t sgi)
{
	const uint64_t aff0 = to->id & 0xff;

	sysreg_write(ICC_SGI1R_EL1, ICC_SGI1R_TO(to->id) | ICC_SGI1R_RANGE(aff0) |
		     ICC_SGI1R_LIST(aff0) | ICC_SGI1R_INTID(sgi));
	__asm__ volatile("isb");
}
