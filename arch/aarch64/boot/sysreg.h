/* SPDX-License-Identifier: MIT */
/* sysreg.h - system registers and their fields, spelled as in the Arm ARM (DDI 0487). */
#ifndef SYSREG_H
#define SYSREG_H

#define CurrentEL_EL1	(1 << 2)
#define CurrentEL_EL2	(2 << 2)

/* SCTLR_ELx, D19.2.118. RES1 as in Armv8.0: with these set, later features stay off. */
#define SCTLR_M		(1 << 0)	/* MMU */
#define SCTLR_C		(1 << 2)	/* data cacheability */
#define SCTLR_SA	(1 << 3)	/* SP must be 16-byte aligned */
#define SCTLR_I		(1 << 12)	/* instruction cacheability */
#define SCTLR_EnIA	(1u << 31)	/* instruction addresses are signed with key A */
#define SCTLR_WXN	(1 << 19)	/* writable implies not executable, whatever tables say */
#define SCTLR_EL1_RES1	0x30d00980	/* LSMAOE nTLSMD SPAN EIS TSCXT EOS SED ITD */
#define SCTLR_EL2_RES1	0x30c50830	/* bits 29 28 23 22 18 16 11 5 4, E2H clear */

/* TCR_EL1, and TCR_EL2 with E2H set, D19.2.139 */
#define TCR_T0SZ(n)	((uint64_t)(n) << 0)
#define TCR_IRGN0_WBWA	(1ull << 8)
#define TCR_ORGN0_WBWA	(1ull << 10)
#define TCR_SH0_INNER	(3ull << 12)
#define TCR_TG0_4K	(0ull << 14)
#define TCR_T1SZ(n)	((uint64_t)(n) << 16)
#define TCR_IRGN1_WBWA	(1ull << 24)
#define TCR_ORGN1_WBWA	(1ull << 26)
#define TCR_SH1_INNER	(3ull << 28)
#define TCR_TG1_4K	(2ull << 30)
#define TCR_IPS(n)	((uint64_t)(n) << 32)
/* TCR_EL2 with E2H clear */
#define TCR_EL2_PS(n)	((uint64_t)(n) << 16)
#define TCR_EL2_RES1	((1ull << 31) | (1ull << 23))

/* MAIR_ELx: the index of each of our three attributes */
#define MAIR_NORMAL	0		/* write-back, read and write allocate */
#define MAIR_DEVICE	1		/* nGnRnE */
#define MAIR_NC		2		/* Normal non-cacheable */
#define MAIR_VALUE	((0xffull << 8 * MAIR_NORMAL) | (0x00ull << 8 * MAIR_DEVICE) | \
			 (0x44ull << 8 * MAIR_NC))

#define MPIDR_AFFINITY	0xff00ffffffull	/* Aff3, Aff2..Aff0 */

/* PAR_EL1: the result of AT */
#define PAR_F		(1ull << 0)	/* a fault: not mapped */
#define PAR_PA		0x0000fffffffff000ull
#define PAR_ATTR(v)	((v) >> 56)	/* as in MAIR_ELx */
#define PAR_ATTR_DEVICE	0x0f		/* larger values: memory */

#define HCR_E2H		34
#define HCR_EL2_E2H	(1ull << HCR_E2H)
#define HCR_EL2_FMO	(1ull << 3)	/* FIQ and IRQ are EL2's */
#define HCR_EL2_IMO	(1ull << 4)
#define HCR_EL2_AMO	(1ull << 5)	/* and SError */
#define HCR_EL2_ATA	(1ull << 56)	/* EL1 may use memory tags */
#define HCR_EL2_API	(1ull << 41)	/* EL1 may sign addresses */
#define HCR_EL2_APK	(1ull << 40)	/* and set the keys */
#define HCR_EL2_RW	(1ull << 31)	/* EL1 is AArch64 */

/* CPTR_EL2, D19.2.34: with E2H clear a set bit traps; with E2H it looks like CPACR_EL1 */
#define CPTR_EL2_RES1	0x32ff		/* of Armv8.0, without TZ */
#define CPTR_EL2_TSM	(1 << 12)	/* SME; RES1 without it */
#define CPTR_EL2_TFP	(1 << 10)	/* SIMD and floating point */
#define CPTR_EL2_TZ	(1 << 8)	/* SVE; RES1 without it */
#define CPACR_ZEN	(3 << 16)
#define CPACR_FPEN	(3 << 20)
#define CPACR_SMEN	(3 << 24)

#define CNTHCTL_EL1_ALL	3		/* EL1PCTEN, EL1PCEN: do not trap counter and timer */
#define CNTHCTL_E2H	10		/* their position with E2H */
#define MDCR_EL2_HPMN	0x1f		/* all counters belong to EL1 */
#define PMCR_EL0_N(v)	(((v) >> 11) & MDCR_EL2_HPMN)
#define ZCR_LEN		0xf		/* vectors as long as the CPU has them */
#define SMCR_EZT0	(1u << 30)	/* with SME2, ZT0 is not trapped */
#define SMCR_FA64	(1u << 31)	/* all instructions in streaming mode, if the CPU can */
#define HCRX_MSCEn	(1 << 11)	/* EL1 may copy and set memory by FEAT_MOPS */
#define HCRX_TCR2En	(1 << 14)	/* and write these two */
#define HCRX_SCTLR2En	(1 << 15)
#define HCRX_GCSEn	(1 << 22)	/* GCSCR_EL1 turns it on */
#define ID_FGT2		2		/* more registers of fine-grained traps */
#define HFGXTR_N	(0xfff4ull << 48)	/* the bits of each that trap if 0, D19.2 */
#define HFGITR_N	(0x0f80ull << 48)
#define HDFGRTR_N	(0x7800ull << 48)
#define HDFGWTR_N	(0x7000ull << 48)
#define HFGRTR2_N	0x7fffull
#define HFGWTR2_N	0x7ffdull
#define HFGITR2_N	0x0002ull
#define HDFGRTR2_N	0x01dfffffull
#define HDFGWTR2_N	0x01f9ffbfull
#define ICC_SRE_SRE	(1 << 0)	/* use system registers, not memory */
#define ICC_SRE_ENABLE	(1 << 3)	/* for EL1, too */

#define SPSR_EL1H_DAIF	0x3c5		/* EL1 on SP_EL1, everything masked */
#define SPSR_SP		1		/* M[0]: was on SP_ELx, not on SP_EL0 */
#define ESR_EC_HVC	0x16
#define ESR_EC_SHIFT	26

#define ID_AA64MMFR0_PARANGE(v)	((v) & 0xf)
#define ID_AA64MMFR0_TGRAN4(v)	(((v) >> 28) & 0xf)
#define ID_AA64MMFR0_FGT(v)	(((v) >> 56) & 0xf)
#define ID_AA64MMFR1_HCX(v)	(((v) >> 40) & 0xf)
#define ID_AA64PFR0_FP(v)	(((v) >> 16) & 0xf)	/* 0xf: none */
#define ID_AA64PFR0_GIC(v)	(((v) >> 24) & 0xf)
#define ID_AA64PFR0_SVE(v)	(((v) >> 32) & 0xf)
#define ID_AA64PFR0_AMU(v)	(((v) >> 44) & 0xf)
#define ID_AA64PFR1_BT(v)	((v) & 0xf)
#define ID_AA64PFR1_SME(v)	(((v) >> 24) & 0xf)
#define ID_AA64DFR0_PMUVER(v)	(((v) >> 8) & 0xf)
#define ID_PMUVER_OWN		0xf	/* IMPLEMENTATION DEFINED: no PMUv3 */
#define ID_AA64ISAR1_APA_API	0xff0	/* pointer authentication, either algorithm */
#define ID_AA64ISAR2_APA3	0xf000
#define ID_AA64ISAR0_RNDR(v)	((v) >> 60)
#define ID_AA64PFR1_GCS(v)	(((v) >> 44) & 0xf)
#define ID_AA64MMFR3_TCRX(v)	((v) & 0xf)
#define ID_AA64MMFR3_SCTLRX(v)	(((v) >> 4) & 0xf)

/*
 * Registers that clang 14 has no names for, as op0, op1, CRn, CRm, op2 (Arm ARM D19.2, K.a).
 * ID_AA64MMFR3_EL1 reads as zero where it is not allocated. Use the others only if an ID register
 * says that they exist.
 */
#define ID_AA64MMFR3_EL1	s3_0_c0_c7_3
#define ID_AA64ISAR2_EL1	s3_0_c0_c6_2	/* zero before it was allocated */
#define APIAKeyLo_EL1		s3_0_c2_c1_0	/* at EL2, too */
#define APIAKeyHi_EL1		s3_0_c2_c1_1
#define TCR2_EL1		s3_0_c2_c0_3	/* permission indirection and overlays */
#define TCR2_EL2		s3_4_c2_c0_3
#define SCTLR2_EL1		s3_0_c1_c0_3	/* checked pointer arithmetic, abort routing */
#define SCTLR2_EL2		s3_4_c1_c0_3
#define GCSCR_EL1		s3_0_c2_c5_0	/* guarded control stack */
#define GCSCR_EL2		s3_4_c2_c5_0
#define HCRX_EL2		s3_4_c1_c2_2
#define HFGRTR_EL2		s3_4_c1_c1_4	/* fine-grained traps */
#define HFGWTR_EL2		s3_4_c1_c1_5
#define HFGITR_EL2		s3_4_c1_c1_6
#define HDFGRTR_EL2		s3_4_c3_c1_4
#define HDFGWTR_EL2		s3_4_c3_c1_5
#define HAFGRTR_EL2		s3_4_c3_c1_6
#define HFGRTR2_EL2		s3_4_c3_c1_2
#define HFGWTR2_EL2		s3_4_c3_c1_3
#define HFGITR2_EL2		s3_4_c3_c1_7
#define HDFGRTR2_EL2		s3_4_c3_c1_0
#define HDFGWTR2_EL2		s3_4_c3_c1_1
#define ZCR_EL2			s3_4_c1_c2_0	/* vector lengths */
#define SMCR_EL2		s3_4_c1_c2_6
#define ICC_SRE_EL2		s3_4_c12_c9_5	/* GICv3 */
#define ICH_HCR_EL2		s3_4_c12_c11_0

/* EL1's registers, while E2H makes their usual names EL2's */
#define SCTLR_EL12		s3_5_c1_c0_0
#define CPACR_EL12		s3_5_c1_c0_2
#define SCTLR2_EL12		s3_5_c1_c0_3
#define TTBR0_EL12		s3_5_c2_c0_0
#define TTBR1_EL12		s3_5_c2_c0_1
#define TCR_EL12		s3_5_c2_c0_2
#define TCR2_EL12		s3_5_c2_c0_3
#define GCSCR_EL12		s3_5_c2_c5_0
#define SPSR_EL12		s3_5_c4_c0_0
#define ELR_EL12		s3_5_c4_c0_1
#define ESR_EL12		s3_5_c5_c2_0
#define FAR_EL12		s3_5_c6_c0_0
#define MAIR_EL12		s3_5_c10_c2_0
#define VBAR_EL12		s3_5_c12_c0_0
#define CNTKCTL_EL12		s3_5_c14_c1_0

#define ESR_EC(esr)	((uint32_t)((esr) >> 26) & 0x3f)
#define ESR_WNR		(1 << 6)
#define ESR_FSC(esr)	((uint32_t)(esr) & 0x3f)

/* jump_plan.ctl[3]: bits */
#define PLAN_EL2	0		/* EL2 without E2H: the _EL2 names */
#define PLAN_TCR2	1		/* this CPU has TCR2_ELx */
#define PLAN_SCTLR2	2		/* SCTLR2_ELx */
#define PLAN_GCS	3		/* GCSCR_ELx */
#define PLAN_DROP	4		/* go to EL1; drop_prepare() has written its registers */

#ifndef __ASSEMBLER__
#define sysreg_read(name) sysreg_read_as(name)	/* expands `name` if it is a macro */
#define sysreg_read_as(name) ({                                         \
	uint64_t v_;                                                    \
	__asm__ volatile("mrs %0, " #name : "=r"(v_));                  \
	v_;                                                             \
})
#define sysreg_write(name, value) sysreg_write_as(name, value)
#define sysreg_write_as(name, value) \
	__asm__ volatile("msr " #name ", %0" :: "r"((uint64_t)(value)) : "memory")
#define sysreg_clear(name) sysreg_clear_as(name)	/* the same with 0, without a register */
#define sysreg_clear_as(name) __asm__ volatile("msr " #name ", xzr" ::: "memory")
#endif
#endif
