/* SPDX-License-Identifier: MIT */
/*
 * plan.c - the register values of each regime, one field a line, defined once.
 *
 * Arm ARM D8.2 and D19.2. The exception level stays as found, or is EL1 if drop.c goes there.
 * arch_jump writes these values.
 */
#include "arch/boot.h"
#include "arch/map.h"
#include "cpu.h"
#include "drop.h"
#include "lib/image.h"
#include "sysreg.h"
#include "trap.h"

#define VA_BITS		48
#define TTBR_BADDR	0x0000fffffffff000ull
#define PARANGE_48	5	/* 48 bits; more would need another descriptor format */

void jump_and_return(struct jump_plan *plan);

bool arch_regime_ok(enum boot_regime r)
{
	return r == BOOT_MMU_OFF || r == BOOT_MMU_IDENTITY || r == BOOT_MMU_MAPPED;
}

/* Whether the kernel's regime will have one privilege level. */
static bool plan_el2_only(void)
{
	return !drop_wanted() && cpu_el2_only();
}

void arch_space(struct arch_space *out)
{
	/* one privilege level has only the low half of the address space */
	const uint64_t mask = plan_el2_only() ? (1ull << VA_BITS) - 1 : ~0ull;

	out->direct_map = 0xffff800000000000ull & mask;
	out->image = 0xffffff8000000000ull & mask;
	out->image_slots = 512 * GIB / (2 * MIB) - 1;
}

void arch_map_format(struct arch_map *m, bool live)
{
	m->levels = 4;
	m->flags = ARCH_MAP_GIB;
	if (live ? cpu_el2_only() : plan_el2_only())
		m->flags |= ARCH_MAP_EL2;
}

/*
 * The table walker is an observer of its own, which only a DSB orders (Arm ARM D8.2.6). The ISB
 * keeps later accesses from being translated early.
 */
void arch_map_ordered(void)
{
	__asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

uint64_t arch_map_root(void)
{
	return (cpu_el2_only() ? sysreg_read(ttbr0_el2) : sysreg_read(ttbr0_el1)) & TTBR_BADDR;
}

static uint64_t plan_tcr(bool el2_only)
{
	uint64_t pa = MIN(ID_AA64MMFR0_PARANGE(sysreg_read(id_aa64mmfr0_el1)), PARANGE_48);
	uint64_t tcr = 0;

	tcr |= TCR_T0SZ(64 - VA_BITS);
	tcr |= TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER;	/* walks use the caches */
	tcr |= TCR_TG0_4K;
	if (el2_only)
		return tcr | TCR_EL2_PS(pa) | TCR_EL2_RES1;
	tcr |= TCR_T1SZ(64 - VA_BITS);
	tcr |= TCR_IRGN1_WBWA | TCR_ORGN1_WBWA | TCR_SH1_INNER;
	tcr |= TCR_TG1_4K;
	tcr |= TCR_IPS(pa);
	return tcr;
}

/* Later features, which must be off for kernels that do not know them: an OS may have set them. */
static uint64_t plan_later(void)
{
	const uint64_t mmfr3 = sysreg_read(ID_AA64MMFR3_EL1);
	uint64_t bits = 0;

	if (ID_AA64MMFR3_TCRX(mmfr3))
		bits |= 1 << PLAN_TCR2;
	if (ID_AA64MMFR3_SCTLRX(mmfr3))
		bits |= 1 << PLAN_SCTLR2;
	if (ID_AA64PFR1_GCS(sysreg_read(id_aa64pfr1_el1)))
		bits |= 1 << PLAN_GCS;
	return bits;
}

void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt)
{
	const bool el2_only = plan_el2_only();
	uint64_t sctlr = el2_only ? SCTLR_EL2_RES1 : SCTLR_EL1_RES1;

	if (r != BOOT_MMU_OFF) {
		sctlr |= SCTLR_M;
		sctlr |= SCTLR_C | SCTLR_I;
		sctlr |= SCTLR_SA;
		sctlr |= SCTLR_WXN;
	}
	plan->root = r == BOOT_MMU_OFF ? 0 : root;
	plan->vectors = virt + image_offset(trap_vectors);
	plan->ctl[0] = sctlr;
	plan->ctl[1] = plan_tcr(el2_only);
	plan->ctl[2] = MAIR_VALUE;
	plan->ctl[3] = (uint64_t)el2_only << PLAN_EL2 | (uint64_t)drop_wanted() << PLAN_DROP |
		       plan_later();
}

void arch_map_enable(uint64_t root)
{
	struct jump_plan plan;

	arch_plan(&plan, BOOT_MMU_IDENTITY, root, (uint64_t)image_start);
	plan.vectors = cpu_level() == 2 ? sysreg_read(vbar_el2) : sysreg_read(vbar_el1);
	jump_and_return(&plan);
}

void arch_map_flush(void)
{
	__asm__ volatile("dsb ishst" ::: "memory");
	if (cpu_level() == 2)
		__asm__ volatile("tlbi alle2");
	else
		__asm__ volatile("tlbi vmalle1");
	__asm__ volatile("dsb nsh\n\tisb" ::: "memory");
}
