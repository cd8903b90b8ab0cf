/* SPDX-License-Identifier: MIT */
/*
 * gic.h - Arm's interrupt controller: registers as in IHI 0048 (GICv2) and IHI 0069 (GICv3, GICv4),
 * and what the files share.
 */
#ifndef GIC_H
#define GIC_H
#include "arch/irq.h"
#include "arch/machine.h"
#include "include/stubborn/boot_info.h"

/* Distributor; from GICD_IGROUPR on also in a redistributor's SGI frame, for INTIDs below 32 */
#define GICD_CTLR		0x000
#define GICD_TYPER		0x004
#define GICD_IGROUPR		0x080	/* a bit each */
#define GICD_ISENABLER		0x100
#define GICD_ICENABLER		0x180
#define GICD_ICPENDR		0x280
#define GICD_ICACTIVER		0x380
#define GICD_IPRIORITYR		0x400	/* a byte each */
#define GICD_ITARGETSR		0x800
#define GICD_ICFGR		0xc00	/* two bits each: the upper one says edge */
#define GICD_IGRPMODR		0xd00
#define GICD_SGIR		0xf00
#define GICD_CPENDSGIR		0xf10	/* GICv2: a byte each */
#define GICD_ICENABLERE		0x1400	/* GICv3: of extended SPIs */
#define GICD_IROUTER		0x6000	/* GICv3: eight bytes each */
#define GICD_PIDR2		0xffe8	/* GICv3: also in each redistributor */

#define GICD_CTLR_GRP0		(1u << 0)	/* GICv2: all interrupts that we have */
#define GICD_CTLR_GRP1		(1u << 1)	/* GICv3 with ARE: Non-secure group 1 */
#define GICD_CTLR_ARE		(1u << 4)
#define GICD_CTLR_RWP		(1u << 31)
#define GICD_PIDR2_ARCH(v)	((v) >> 4 & 0xf)	/* GICv3: 3, GICv4: 4 */
#define GICD_TYPER_LINES(v)	(((v) & 0x1f) + 1)	/* of 32 INTIDs */
#define GICD_TYPER_ESPIS(v)	((v) >> 8 & 1 ? ((v) >> 27) + 1 : 0)	/* likewise */
#define GICD_SIZE		0x1000
#define GICD_SIZE_V3		0x10000

#define GIC_SGIS		16	/* INTIDs below: sent by a CPU */
#define GIC_OWN			32	/* INTIDs below: each CPU's own, SGIs and PPIs */
#define GIC_MAX			1020	/* INTIDs from here on: no interrupt was pending */
#define GIC_SPURIOUS		1023	/* above: LPIs and extended interrupts of a GICv3 */
#define GIC_PRIORITY		0xa0a0a0a0u	/* all the same: nothing interrupts a handler */
#define GIC_POLLS		100000
#define GIC_REGIONS		16

/* A run of redistributors. */
struct gic_region {
	struct boot_range range;
	char *regs;			/* NULL: not mapped yet */
};

extern struct gic {
	char *dist;
	char *cpu;			/* GICv2's CPU interface; NULL: GICv3 */
	uint32_t lines;			/* of 32 INTIDs */
	uint32_t regions, stride;	/* stride 0: each redistributor tells its size */
	struct gic_region region[GIC_REGIONS];
	struct boot_range found_dist, found_cpu;
	uint32_t cells;			/* a tree's #interrupt-cells */
	bool v3;
	const char *doubt;
} gic;

/* Find a GIC in the device tree or in the MADT. False: none that we support. gic_find.c */
bool gic_from_tree(const struct machine *m);
bool gic_from_madt(const struct machine *m);

/* gicv2.c, gicv3.c */
const char *gicv2_start(const struct machine *m);
const char *gicv2_cpu_start(struct cpu *c);
void gicv2_route(uint32_t number);
void gicv2_send(const struct cpu *to, uint32_t sgi);
const char *gicv3_start(const struct machine *m);
const char *gicv3_cpu_start(struct cpu *c);
void gicv3_route(uint32_t number);
/* Wait for writes to the registers with its bits; warns of the first that does not end. */
void gicv3_settle(uint32_t number);
void gicv3_send(const struct cpu *to, uint32_t sgi);

/* Map registers. NULL: that is impossible, or pa is not page aligned. */
char *gic_window(const struct machine *m, uint64_t pa, uint64_t size);

/*
 * Mask INTIDs from 32 * first to 32 * end - 1, and clear their pending and active state. `regs`
 * has the layout of a distributor's. `group`: one bit for each INTID.
 */
void gic_reset(char *regs, uint32_t first, uint32_t end, uint32_t group);

/* LDAR: Cortex-A57 erratum 832075 */
static inline uint32_t gic_read(const char *regs, uint32_t offset)
{
	return __atomic_load_n((const volatile uint32_t *)(regs + offset), __ATOMIC_ACQUIRE);
}

static inline void gic_write(char *regs, uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(regs + offset) = value;
}
#endif
