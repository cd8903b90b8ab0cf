/* SPDX-License-Identifier: MIT */
/*
 * timer.c - the generic timer (Arm ARM D11): at EL1 the virtual timer, which a hypervisor may have
 * offset; at EL2 the EL2 physical timer. The _EL2 names access it with E2H, too.
 */
#include "arch/timer.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "counter.h"
#include "gic.h"
#include "lib/fdt.h"

#define CNT_CTL_ENABLE		1
#define CNT_CTL_MASKED		3		/* and it does not interrupt */

#define HZ_MIN			100000		/* 1 MHz to 1 GHz are usual (D11.1.2) */
#define HZ_MAX			4000000000	/* a field of 32 ones is more */

/* INTIDs if no table has them: the same on all known boards (SBSA 6.2, 3.8.1) */
#define PPI_EL1_VIRTUAL		27
#define PPI_EL2_PHYSICAL	26

/* In a tree: index in `interrupts`; a PPI's number there is its INTID less 16 */
#define TREE_EL1_VIRTUAL	2
#define TREE_EL2_PHYSICAL	3
#define TREE_KIND_PPI		1
#define TREE_PPIS		16

#define GTDT_SIGNATURE		ACPI_SIGNATURE('G', 'T', 'D', 'T')

struct acpi_gtdt {			/* ACPI 6.5, 5.2.24 */
	struct acpi_header header;	/* "GTDT" */
	uint64_t control;
	uint32_t reserved, secure, secure_flags, el1, el1_flags, el1_virtual, el1_virtual_flags;
	uint32_t el2, el2_flags;
} ACPI_PACKED;
ACPI_OFFSET(acpi_gtdt, el2, 72);

static uint8_t count_by;		/* which counter is read, and how; set by several CPUs */

#define COUNT_PHYSICAL	1		/* at EL2; else the virtual one */
#define COUNT_STEADY	2		/* it may return wrong values */

static bool at_el2(void)
{
	return __atomic_load_n(&count_by, __ATOMIC_RELAXED) & COUNT_PHYSICAL;
}

static void count_steadily(void)
{
	__atomic_store_n(&count_by, count_by | COUNT_STEADY, __ATOMIC_RELAXED);
}

static void count_on_this_cpu(void)
{
	if (counter_bad_cpu(sysreg_read(midr_el1)))
		count_steadily();
}

static bool plausible(uint64_t hz)
{
	return hz >= HZ_MIN && hz <= HZ_MAX;
}

/* From the device tree: the interrupt's number, 0 if it has none, and *hz if it has a frequency. */
static uint32_t tree_timer(const struct machine *m, uint64_t *hz)
{
	static const char name[] = "arm,armv8-timer";
	const uint32_t i = (at_el2() ? TREE_EL2_PHYSICAL : TREE_EL1_VIRTUAL) * gic.cells;
	struct fdt_node n = { 0 };
	const uint32_t *spec;		/* kind, number, flags */
	struct fdt_value v;
	struct fdt f;

	if (!m->dtb || fdt_open(&f, m->dtb, m->dtb_size) != OK)
		return 0;
	do {
		if (!fdt_next(&f, &n))
			return 0;
	} while (!fdt_compatible(&f, &n, name, sizeof(name)));
	fdt_number(&f, &n, "clock-frequency", hz);
	if (counter_bad_tree(&f, &n))
		count_steadily();
	if (gic.cells < 2 || !fdt_get(&f, &n, "interrupts", &v) || v.len / 4 < i + 2)
		return 0;
	spec = (const uint32_t *)v.data + i;
	if (fdt_cells(spec, 1) != TREE_KIND_PPI || fdt_cells(spec + 1, 1) >= TREE_PPIS)
		return 0;
	return (uint32_t)fdt_cells(spec + 1, 1) + GIC_SGIS;
}

static uint32_t table_timer(const struct machine *m)
{
	const struct acpi_gtdt *g = (const void *)m->table(m->cookie, GTDT_SIGNATURE);
	uint32_t irq;

	if (!g || g->header.length < sizeof(*g))
		return 0;
	irq = at_el2() ? g->el2 : g->el1_virtual;
	return irq >= GIC_SGIS && irq < GIC_OWN ? irq : 0;
}

const char *arch_timer_start(const struct machine *m, bool irqs, struct arch_timer *out)
{
	uint64_t by_tree = 0;
	uint32_t irq;

	count_by = cpu_level() == 2 ? COUNT_PHYSICAL : 0;
	*out = (struct arch_timer){ .name = "generic timer", .hz = sysreg_read(cntfrq_el0),
				    .by = "CNTFRQ_EL0" };
	count_on_this_cpu();
	irq = tree_timer(m, &by_tree);
	if (!irq)
		irq = table_timer(m);
	if (count_by & COUNT_STEADY)
		out->doubt = "has errata";
	/* a tree has it if firmware cannot set CNTFRQ */
	if (plausible(by_tree) && by_tree != out->hz) {
		out->hz = by_tree;
		out->by = "device tree";
		out->doubt = "CNTFRQ_EL0 differs";
	}
	if (!plausible(out->hz))
		return "CNTFRQ_EL0 is not set";
	if (irqs)
		out->irq = irq ? irq : at_el2() ? PPI_EL2_PHYSICAL : PPI_EL1_VIRTUAL;
	return NULL;
}

/*
 * in QEMU a timer that interrupts goes on to do so after the CPU was off, although it is not
 * enabled, until it was enabled once more.
 */
void arch_timer_cpu_start(void)
{
	count_on_this_cpu();
	sysreg_write(cntv_ctl_el0, CNT_CTL_MASKED);
	sysreg_write(cntv_ctl_el0, 0);
	if (cpu_level() == 2) {
		sysreg_write(cnthp_ctl_el2, CNT_CTL_MASKED);
		sysreg_write(cnthp_ctl_el2, 0);
		sysreg_write(cntp_ctl_el0, 0);
	}
	__asm__ volatile("isb");
}

static uint64_t count_physical(void)
{
	uint64_t v;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(v) :: "memory");
	return v;
}

static uint64_t count_virtual(void)
{
	uint64_t v;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(v) :: "memory");
	return v;
}

uint64_t arch_timer_count(void)
{
	const uint8_t by = __atomic_load_n(&count_by, __ATOMIC_RELAXED);

	if (!by)
		return count_virtual();
	if (by & COUNT_STEADY)
		return counter_steady(by & COUNT_PHYSICAL ? count_physical : count_virtual);
	return count_physical();
}

void arch_timer_at(uint64_t count)
{
	if (at_el2()) {
		sysreg_write(cnthp_cval_el2, count);
		sysreg_write(cnthp_ctl_el2, CNT_CTL_ENABLE);
	} else {
		sysreg_write(cntv_cval_el0, count);
		sysreg_write(cntv_ctl_el0, CNT_CTL_ENABLE);
	}
	__asm__ volatile("isb");
}

void arch_timer_off(void)
{
	if (at_el2())
		sysreg_write(cnthp_ctl_el2, 0);
	else
		sysreg_write(cntv_ctl_el0, 0);
	__asm__ volatile("isb");
}
