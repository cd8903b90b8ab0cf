/* SPDX-License-Identifier: MIT */
/*
 * aarch64.c - QEMU's board "virt" at EL1: a GICv2, the virtual timer, PSCI by HVC. A kernel for
 * other boards reads addresses, versions and the conduit from the device tree, or from MADT and
 * FADT.
 */
#include "arch/boot.h"
#include "devices.h"
#include "aarch64.h"

#define GICD		0x08000000u	/* distributor; GICv2 architecture, chapter 4 */
#define GICD_CTLR	0x000
#define GICD_ISENABLER	0x100
#define GICD_IPRIORITYR	0x400
#define GICD_PIDR2	0xfe8
#define GICC		0x08010000u	/* CPU interface */
#define GICC_CTLR	0x000
#define GICC_PMR	0x004
#define GICC_IAR	0x00c
#define GICC_EOIR	0x010
#define GIC_BOTH_GROUPS	3
#define GIC_VERSION_2	2
#define IRQ_MASK	0x3ff
#define IRQ_TIMER	27		/* the virtual timer's PPI */
#define TICKS_A_SECOND	100
#define FPEN		(3u << 20)	/* CPACR_EL1 */
#define PSCI_CPU_ON	0xc4000003u	/* Arm DEN0022, 5.1 */

#define SYSREG_READ(name) ({ uint64_t value_; \
	__asm__ volatile("mrs %0, " #name : "=r"(value_)); value_; })
#define SYSREG_WRITE(name, value) \
	__asm__ volatile("msr " #name ", %0; isb" :: "r"((uint64_t)(value)) : "memory")

struct state {
	uint64_t mair, tcr, ttbr0, ttbr1, vbar, sctlr, stack;
};
_Static_assert(__builtin_offsetof(struct state, stack) == STATE_STACK, "aarch64.h");

extern const char vectors[], second_end[];
void second_entry(struct state *state);
void irq_handle(void);

static struct state second_state;

static volatile uint32_t *reg(uint64_t base, uint32_t at)
{
	return (volatile uint32_t *)(base + at);
}

const char *machine_start(const struct boot_info *bi)
{
	if (bi->cpu_mode != 1)
		return "this example is for EL1";
	if (!map_device(GICD) || !map_device(GICC))
		return "no room for tables";
	if ((*reg(GICD, GICD_PIDR2) >> 4 & 0xf) != GIC_VERSION_2)
		return "no GICv2 where QEMU's board has one";
	SYSREG_WRITE(vbar_el1, vectors);
	return NULL;
}

void float_on(void)
{
	SYSREG_WRITE(cpacr_el1, SYSREG_READ(cpacr_el1) | FPEN);
	SYSREG_WRITE(fpcr, 0);			/* unknown after a reset */
}

static void timer_next(void)
{
	SYSREG_WRITE(cntv_tval_el0, SYSREG_READ(cntfrq_el0) / TICKS_A_SECOND);
}

void timer_start(void)
{
	((volatile uint8_t *)reg(GICD, GICD_IPRIORITYR))[IRQ_TIMER] = 0x80;
	*reg(GICD, GICD_ISENABLER) = 1u << IRQ_TIMER;
	*reg(GICD, GICD_CTLR) = GIC_BOTH_GROUPS;
	*reg(GICC, GICC_PMR) = 0xff;
	*reg(GICC, GICC_CTLR) = GIC_BOTH_GROUPS;
	timer_next();
	SYSREG_WRITE(cntv_ctl_el0, 1);		/* on, not masked */
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

void irq_handle(void)
{
	const uint32_t irq = *reg(GICC, GICC_IAR);

	if ((irq & IRQ_MASK) == IRQ_TIMER) {
		timer_tick();
		timer_next();
	}
	*reg(GICC, GICC_EOIR) = irq;
}

void wait_interrupt(void)
{
	__asm__ volatile("wfi" ::: "memory");
}

static int32_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "memory", "x4",
			 "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
			 "x16", "x17");
	return (int32_t)x0;
}

const char *second_start(const struct boot_info *bi, void *top)
{
	second_state = (struct state){
		.mair = SYSREG_READ(mair_el1), .tcr = SYSREG_READ(tcr_el1),
		.ttbr0 = SYSREG_READ(ttbr0_el1), .ttbr1 = SYSREG_READ(ttbr1_el1),
		.vbar = SYSREG_READ(vbar_el1), .sctlr = SYSREG_READ(sctlr_el1),
		.stack = (uint64_t)top,
	};
	/* the second CPU begins with its caches off */
	arch_clean((uint64_t)second_entry, (uint64_t)second_end - (uint64_t)second_entry);
	arch_clean((uint64_t)&second_state, sizeof(second_state));
	if (psci(PSCI_CPU_ON, bi->cpu_id ^ 1, (uint64_t)second_entry, (uint64_t)&second_state))
		return "PSCI has no other CPU";
	return NULL;
}
