/* SPDX-License-Identifier: MIT */
/*
 * gic.c - implements arch/irq.h for a GIC. Interrupts of devices go to the boot CPU, all with the
 * same priority. Earlier state of the controller is cleared.
 */
#include "gic.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/hcr.h"
#include "arch/aarch64/boot/sysreg.h"
#include "kernel/cpu/cpu.h"

#define GICC_IAR	0x0c
#define GICC_EOIR	0x10

struct gic gic;

char *gic_window(const struct machine *m, uint64_t pa, uint64_t size)
{
	return pa % PAGE_SIZE ? NULL : m->window(m->cookie, pa, size);
}

void gic_reset(char *regs, uint32_t first, uint32_t end, uint32_t group)
{
	for (uint32_t at = 4 * first; at < 4 * end; at += 4) {
		gic_write(regs, GICD_ICENABLER + at, UINT32_MAX);
		gic_write(regs, GICD_ICPENDR + at, UINT32_MAX);
		gic_write(regs, GICD_ICACTIVER + at, UINT32_MAX);
		gic_write(regs, GICD_IGROUPR + at, group);
		if (gic.v3)
			gic_write(regs, GICD_IGRPMODR + at, 0);
	}
}

static void regions_map(const struct machine *m)
{
	for (uint32_t i = 0; i < gic.regions; i++) {
		const struct boot_range *r = &gic.region[i].range;

		gic.region[i].regs = gic_window(m, r->base, r->size);
		if (!gic.region[i].regs)
			gic.doubt = "some redistributors cannot be mapped";
	}
}

const char *arch_irq_start(const struct machine *m, struct arch_irq *out)
{
	const char *why;

	if (!gic_from_tree(m) && !gic_from_madt(m))
		return "no GIC in the MADT or the device tree";
	if (gic.v3)
		regions_map(m);
	why = gic.v3 ? gicv3_start(m) : gicv2_start(m);
	*out = (struct arch_irq){
		.name = gic.v3 ? "GICv3" : "GICv2",
		.count = MIN(32 * gic.lines, GIC_MAX),
	};
	return why;
}

const char *arch_irq_cpu_start(struct cpu *c)
{
	const char *why;

	if (cpu_level() == 2)		/* or they would go to EL1, which is not used */
		hcr_write(sysreg_read(hcr_el2) | HCR_EL2_IMO | HCR_EL2_FMO);
	why = gic.v3 ? gicv3_cpu_start(c) : gicv2_cpu_start(c);
	if (why)
		return why;
	for (uint32_t i = 0; i < ARCH_IPIS; i++)
		arch_irq_enable(arch_irq_of_ipi(i));
	return NULL;
}

const char *arch_irq_doubt(void)
{
	return gic.doubt;
}

uint32_t arch_irq_ack(uint32_t vector)
{
	uint32_t taken;

	(void)vector;
	if (gic.cpu)
		return gic_read(gic.cpu, GICC_IAR);
	taken = (uint32_t)sysreg_read(ICC_IAR1_EL1);
	__asm__ volatile("dsb sy" ::: "memory");	/* IHI 0069H, 4.1.1 */
	if (taken <= GIC_SPURIOUS)
		return taken;
	arch_irq_eoi(taken);		/* an LPI or an extended one, left on by another kernel */
	return GIC_SPURIOUS;
}

void arch_irq_eoi(uint32_t taken)
{
	if (gic.cpu)
		gic_write(gic.cpu, GICC_EOIR, taken);
	else
		sysreg_write(ICC_EOIR1_EL1, taken);
}

/* The registers with its bits: a CPU's own interrupts are in the redistributor of a GICv3. */
static char *gic_regs(uint32_t number)
{
	return number < GIC_OWN && gic.v3 ? (char *)cpu_this()->irq_local : gic.dist;
}

void arch_irq_enable(uint32_t number)
{
	if (number >= 32 * gic.lines)
		return;
	if (number >= GIC_OWN) {
		((volatile uint8_t *)gic.dist)[GICD_IPRIORITYR + number] = (uint8_t)GIC_PRIORITY;
		if (gic.v3)
			gicv3_route(number);
		else
			gicv2_route(number);
	}
	gic_write(gic_regs(number), GICD_ISENABLER + number / 32 * 4, 1u << number % 32);
}

/* A GICv3 completes this when RWP is clear (IHI 0069H, 12.9.4 and 12.11.2), a GICv2 at once. */
void arch_irq_disable(uint32_t number)
{
	char *regs = gic_regs(number);

	if (number >= 32 * gic.lines)
		return;
	gic_write(regs, GICD_ICENABLER + number / 32 * 4, 1u << number % 32);
	if (gic.v3)
		gicv3_settle(number);
	else
		(void)gic_read(regs, GICD_ICENABLER);
}

/* A GIC has no polarity setting: it is fixed in hardware, whatever tables say. */
uint32_t arch_irq_of_gsi(uint32_t gsi, uint32_t how)
{
	const uint32_t at = GICD_ICFGR + gsi / 16 * 4, edge = 2u << gsi % 16 * 2;
	uint32_t v;

	if (gsi < GIC_SGIS || gsi >= MIN(32 * gic.lines, GIC_MAX))
		return 0;
	v = gic_read(gic_regs(gsi), at);
	if (how & ARCH_IRQ_EDGE)
		gic_write(gic_regs(gsi), at, v | edge);
	else if (how & ARCH_IRQ_LEVEL)
		gic_write(gic_regs(gsi), at, v & ~edge);
	return gsi;
}

uint32_t arch_irq_of_isa(uint32_t isa)
{
	(void)isa;
	return 0;
}

uint32_t arch_irq_of_ipi(uint32_t ipi)
{
	return 1 + ipi;			/* SGIs; 0 stands for no interrupt */
}

void arch_irq_send(const struct cpu *to, uint32_t ipi)
{
	__asm__ volatile("dsb ishst" ::: "memory");
	if (gic.v3)
		gicv3_send(to, arch_irq_of_ipi(ipi));
	else
		gicv2_send(to, arch_irq_of_ipi(ipi));
}
