/* SPDX-License-Identifier: MIT */
/*
 * drop.c - see drop.h. Writes everything that the Arm ARM leaves UNKNOWN at EL2 and EL1 and that
 * firmware had no reason to set. Linux's Documentation/arch/arm64/booting.rst says what a kernel at
 * EL1 expects.
 *
 * E2H stays as found, since some CPUs cannot clear it; EL1's registers then have other names. EL2
 * keeps only HVC.
 */
#include "drop.h"
#include "arch/boot.h"
#include "cpu.h"
#include "hcr.h"
#include "lib/image.h"
#include "sysreg.h"
#include "trap.h"

#define DATA __attribute__((section(".data")))

static DATA bool asked;
static DATA uint64_t vectors;

bool arch_level(bool drop)
{
	asked = drop;
	return true;
}

void drop_into(uint64_t image)
{
	vectors = image + image_offset(trap_vectors);
}

bool drop_wanted(void)
{
	return asked && cpu_level() == 2;
}

/*
 * No fine-grained traps. Fields whose names begin with n trap where they are 0; those of features
 * that the CPU lacks are RES0.
 */
static void drop_fine_traps(uint64_t pfr0)
{
	const uint32_t fgt = ID_AA64MMFR0_FGT(sysreg_read(id_aa64mmfr0_el1));

	if (!fgt)
		return;
	sysreg_write(HFGRTR_EL2, HFGXTR_N);
	sysreg_write(HFGWTR_EL2, HFGXTR_N);
	sysreg_write(HFGITR_EL2, HFGITR_N);
	sysreg_write(HDFGRTR_EL2, HDFGRTR_N);
	sysreg_write(HDFGWTR_EL2, HDFGWTR_N);
	if (ID_AA64PFR0_AMU(pfr0))
		sysreg_clear(HAFGRTR_EL2);
	if (fgt < ID_FGT2)
		return;
	sysreg_write(HFGRTR2_EL2, HFGRTR2_N);
	sysreg_write(HFGWTR2_EL2, HFGWTR2_N);
	sysreg_write(HFGITR2_EL2, HFGITR2_N);
	sysreg_write(HDFGRTR2_EL2, HDFGRTR2_N);
	sysreg_write(HDFGWTR2_EL2, HDFGWTR2_N);
}

/*
 * Later features: not trapped, or disabled where a bit must enable them. EL1 itself needs TCR2,
 * SCTLR2 and GCSCR: arch_jump writes them when EL1 boots again. MPAM stays as found: EL3 may trap
 * what EL2 writes there.
 */
static void drop_features(void)
{
	const uint64_t pfr0 = sysreg_read(id_aa64pfr0_el1);

	if (ID_AA64MMFR1_HCX(sysreg_read(id_aa64mmfr1_el1)))
		sysreg_write(HCRX_EL2, HCRX_MSCEn | HCRX_TCR2En | HCRX_SCTLR2En | HCRX_GCSEn);
	drop_fine_traps(pfr0);
	if (ID_AA64PFR0_GIC(pfr0)) {
		sysreg_write(ICC_SRE_EL2, sysreg_read(ICC_SRE_EL2) | ICC_SRE_SRE | ICC_SRE_ENABLE);
		__asm__ volatile("isb");
		if (sysreg_read(ICC_SRE_EL2) & ICC_SRE_SRE)	/* EL3 may forbid it */
			sysreg_clear(ICH_HCR_EL2);
	}
}

/* Give floating point and vectors to EL1. */
static void drop_vector_units(bool e2h)
{
	const bool sve = ID_AA64PFR0_SVE(sysreg_read(id_aa64pfr0_el1));
	const bool sme = ID_AA64PFR1_SME(sysreg_read(id_aa64pfr1_el1));
	uint64_t cptr = CPTR_EL2_RES1;

	if (e2h) {
		cptr = CPACR_FPEN | (sve ? CPACR_ZEN : 0) | (sme ? CPACR_SMEN : 0);
	} else {
		cptr |= sve ? 0 : CPTR_EL2_TZ;
		cptr &= ~(uint64_t)(sme ? CPTR_EL2_TSM : 0);
	}
	sysreg_write(cptr_el2, cptr);
	__asm__ volatile("isb");	/* the next two registers may have been trapped */
	if (sve)
		sysreg_write(ZCR_EL2, ZCR_LEN);
	if (sme)
		sysreg_write(SMCR_EL2, ZCR_LEN | SMCR_EZT0 | SMCR_FA64);
}

static void drop_el2(bool e2h)
{
	const uint64_t pmu = ID_AA64DFR0_PMUVER(sysreg_read(id_aa64dfr0_el1));
	uint64_t hcr = HCR_EL2_RW;

	hcr |= e2h ? HCR_EL2_E2H : 0;
	hcr |= HCR_EL2_API | HCR_EL2_APK;	/* RES0 if the CPU lacks them; ATA, too */
	hcr |= HCR_EL2_ATA;
	hcr_write(hcr);
	sysreg_clear(vttbr_el2);			/* VMID 0: EL1's TLBI depends on it */
	sysreg_write(vpidr_el2, sysreg_read(midr_el1));
	sysreg_write(vmpidr_el2, sysreg_read(mpidr_el1));
	sysreg_clear(hstr_el2);
	sysreg_write(cnthctl_el2, CNTHCTL_EL1_ALL << (e2h ? CNTHCTL_E2H : 0));
	sysreg_clear(cntvoff_el2);			/* the same on CPUs started later */
	sysreg_write(mdcr_el2, pmu && pmu != ID_PMUVER_OWN ?
		     PMCR_EL0_N(sysreg_read(pmcr_el0)) : 0);
	drop_vector_units(e2h);
	drop_features();
}

/* EL1's regime, with `el1` the register suffix that reaches it from here. SCTLR last. */
#define DROP_EL1(plan, el1) do {						\
	const uint64_t bits_ = (plan)->ctl[3];					\
										\
	sysreg_write(CPACR_##el1, CPACR_FPEN);					\
	sysreg_clear(CNTKCTL_##el1);						\
	sysreg_write(MAIR_##el1, (plan)->ctl[2]);				\
	sysreg_write(TCR_##el1, (plan)->ctl[1]);				\
	sysreg_write(TTBR0_##el1, (plan)->root);				\
	sysreg_write(TTBR1_##el1, (plan)->root);				\
	sysreg_write(VBAR_##el1, (plan)->vectors);				\
	if (bits_ & 1 << PLAN_TCR2)						\
		sysreg_clear(TCR2_##el1);					\
	if (bits_ & 1 << PLAN_SCTLR2)						\
		sysreg_clear(SCTLR2_##el1);					\
	if (bits_ & 1 << PLAN_GCS)						\
		sysreg_clear(GCSCR_##el1);					\
	sysreg_write(SCTLR_##el1, (plan)->ctl[0]);				\
} while (0)

void drop_prepare(const struct jump_plan *plan)
{
	const bool e2h = cpu_e2h();

	drop_el2(e2h);
	if (e2h)
		DROP_EL1(plan, EL12);
	else
		DROP_EL1(plan, EL1);
	/* EL2 fetches them with caches off; an image that stays has not been cleaned */
	arch_clean(vectors, TRAP_VECTORS);
	sysreg_write(vbar_el2, vectors);
	__asm__ volatile("isb");
}
