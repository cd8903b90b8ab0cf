/* SPDX-License-Identifier: MIT */
/*
 * gic_world.h - a GIC, played by the test: it answers, is not there (all bits read as zeros, or as
 * ones) or never completes a write. With the code that drives it.
 */
#ifndef GIC_WORLD_H
#define GIC_WORLD_H
#include "tests/host/unit/unit.h"
#define gic_read	gic_read_real
#define gic_write	gic_write_real
#include "arch/aarch64/boot/sysreg.h"
#include "arch/aarch64/kernel/gic.h"
#include "kernel/cpu/cpu.h"
#include "lib/console/console.h"
#undef sysreg_read
#undef sysreg_write
#undef gic_read
#undef gic_write
#define sysreg_read(name)		reg.name
#define sysreg_write(name, value)	((void)(reg.name = (value) & ~lost.name))
#define __asm__				/* barriers */
#define volatile(...)

static struct registers {
	uint64_t id_aa64pfr0_el1, hcr_el2, ICC_SRE_EL2, ICC_SRE_EL1, ICC_CTLR_EL1, ICC_BPR1_EL1;
	uint64_t ICC_AP1R0_EL1, ICC_AP1R1_EL1, ICC_AP1R2_EL1, ICC_AP1R3_EL1, ICC_PMR_EL1;
	uint64_t ICC_IGRPEN1_EL1, ICC_RPR_EL1, ICC_SGI1R_EL1, ICC_IAR1_EL1, ICC_EOIR1_EL1;
} reg, lost;				/* lost: bits that do not keep what is written */
static uint32_t lost_ctlr;		/* likewise, of GICD_CTLR */
static uint32_t gic_read(const char *regs, uint32_t offset);
static void gic_write(char *regs, uint32_t offset, uint32_t value);

#undef ARCH_IRQS
#undef ARCH_IPIS
#define ARCH_IRQS	1020
#define ARCH_IPIS	7
#include "arch/aarch64/kernel/gic.c"
#undef GICC_EOIR
#include "arch/aarch64/kernel/gicv2.c"
#define end_active	end_active_v3
#include "arch/aarch64/kernel/gicv3.c"

#define DIST	0x8000000
#define CPUS	2			/* redistributors, of affinity 0 and 1 */
#define REDIST	0x80a0000
#define LINES	4			/* of 32 interrupts */
#define NOTHING	UINT32_MAX

#define FRAMES	(1 + 4 * CPUS)		/* distributor; RD and SGI frames, or a CPU interface */

static _Alignas(8) char space[FRAMES * GICR_FRAME];

/* What is wrong with a frame. */
static struct frame {
	bool absent;			/* all bits read as `bits` */
	uint32_t bits;
	uint32_t stuck, stuck_mask;	/* bits of this register that always read as ones */
} frame[FRAMES];

static struct cpu cpu;
static uint32_t reads, warned, level;
static uint64_t refused;		/* what is there cannot be mapped */
static bool stale;			/* of regions there is one less than before */

static uint32_t *word(uint32_t i, uint32_t offset)
{
	return (uint32_t *)(space + i * GICR_FRAME + offset);
}

static uint32_t gic_read(const char *regs, uint32_t offset)
{
	const size_t at = (size_t)(regs - space) + offset;
	const struct frame *f = &frame[at / GICR_FRAME];

	reads++;
	if (f->absent)
		return f->bits;
	return *(uint32_t *)(space + at) | (at % GICR_FRAME == f->stuck ? f->stuck_mask : 0);
}

/* Enable bits are set and cleared by registers of their own. */
static void gic_write(char *regs, uint32_t offset, uint32_t value)
{
	uint32_t *at = (uint32_t *)(regs + offset);

	if (regs == space && offset > GICD_ICPENDR && offset < GICD_ICPENDR + 0x80)
		assert_false(*word(0, GICD_CTLR) & (GICD_CTLR_GRP0 | GICD_CTLR_GRP1));
	offset = (uint32_t)(regs + offset - space) % GICR_FRAME;
	if (offset >= GICD_ISENABLER && offset < GICD_ISENABLER + 0x80)
		*at |= value;
	else if (offset >= GICD_ICENABLER && offset < GICD_ICENABLER + 0x80)
		at[((int)GICD_ISENABLER - (int)GICD_ICENABLER) / 4] &= ~value;
	else
		*at = value & ~(at == word(0, GICD_CTLR) ? lost_ctlr : 0);
}

uint32_t cpu_level(void)
{
	return level;
}

struct cpu *arch_cpu_this(void)
{
	return &cpu;
}

struct cpu *cpu_boot(void)
{
	return &cpu;
}

void console_warn(const char *fmt, ...)
{
	assert_non_null(strstr(fmt, "does not answer"));
	warned++;
}

bool gic_from_madt(const struct machine *m)
{
	(void)m;
	return false;
}

static bool v3;
static uint32_t each;			/* frames of a redistributor */

bool gic_from_tree(const struct machine *m)
{
	assert_non_null(m);
	gic = (struct gic){ .v3 = v3, .found_dist.base = DIST, .found_cpu.base = REDIST };
	if (!v3)
		return true;
	gic.regions = 1;
	gic.region[0].range = (struct boot_range){ REDIST, each * CPUS * GICR_FRAME };
	if (stale) {
		gic.region[1] = gic.region[0];
		gic.region[1].regs = space + GICR_FRAME;
		gic.region[0].range.size /= 2;
	}
	return true;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	assert_true(size && (pa == DIST || pa == REDIST));
	if (pa == refused)
		return NULL;
	return pa == DIST ? space : space + GICR_FRAME;
}

static const char *begin(void)
{
	static const struct machine m = { .window = window };
	struct arch_irq out;
	const char *why = arch_irq_start(&m, &out);

	if (!why)
		why = arch_irq_cpu_start(&cpu);
	assert_true(why || out.count == 32 * LINES);
	return why;
}

static void machine(bool three)
{
	v3 = three;
	each = 2;
	memset(space, 0, sizeof(space));
	memset(frame, 0, sizeof(frame));
	memset(&reg, 0, sizeof(reg));
	memset(&lost, 0, sizeof(lost));
	lost_ctlr = 0;
	reg.id_aa64pfr0_el1 = 1 << 24;
	reg.ICC_SRE_EL1 = reg.ICC_SRE_EL2 = 6;
	level = 1;
	reg.ICC_RPR_EL1 = ICC_RPR_IDLE;
	cpu = (struct cpu){ .id = 1 };
	for (uint32_t i = 0; i < ARRAY_SIZE(frame); i++) {
		frame[i].stuck = NOTHING;
		*word(i, GICD_PIDR2) = 0x3b;
	}
	*word(0, GICD_TYPER) = LINES - 1;
	*word(0, GICD_CTLR) = GICD_CTLR_GRP0 | GICD_CTLR_GRP1;
	*word(3, GICR_WAKER) = GICR_WAKER_SLEEP;
	*word(3, GICR_CTLR) = GICR_CTLR_LPIS;
	*word(3, GICR_TYPER) = GICR_TYPER_LAST;
	*word(3, GICR_TYPER_AFFINITY) = 1;
	if (!three)
		*word(1, GICC_RPR) = GICC_RPR_IDLE;
	reads = warned = 0;
}

#define NEVER(i, offset, mask)	(frame[i].stuck = (offset), frame[i].stuck_mask = (mask))
#endif
