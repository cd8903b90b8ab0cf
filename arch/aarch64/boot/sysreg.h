/* SPDX-License-Identifier: MIT */
/* sysreg.h - system registers and their fields, spelled as in the Arm ARM (DDI 0487). */
#ifndef SYSREG_H
#define SYSREG_H

#define CurrentEL_EL1	(1 << 2)
#define CurrentEL_EL2	(2 << 2)

/* SCTLR_ELx, D19.2.118. The RES1 sets are Armv8.0's: set, later features keep the old ways. */
#define SCTLR_M		(1 << 0)	/* MMU */
#define SCTLR_C		(1 << 2)	/* data cacheability */
#define SCTLR_SA	(1 << 3)	/* SP must be 16-byte aligned */
#define SCTLR_I		(1 << 12)	/* instruction cacheability */
#define SCTLR_WXN	(1 << 19)	/* writable means not executable, whatever the tables say */
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

/* MAIR_ELx: our three attributes, by index */
#define MAIR_NORMAL	0		/* write-back, read and write allocate */
#define MAIR_DEVICE	1		/* nGnRnE */
#define MAIR_NC		2		/* Normal non-cacheable */
#define MAIR_VALUE	((0xffull << 8 * MAIR_NORMAL) | (0x00ull << 8 * MAIR_DEVICE) | \
			 (0x44ull << 8 * MAIR_NC))

/* PAR_EL1: what AT found */
#define PAR_F		(1ull << 0)	/* a fault: not mapped */
#define PAR_ATTR(v)	((v) >> 56)	/* as in MAIR_ELx */
#define PAR_ATTR_DEVICE	0x0f		/* above it: memory */

#define HCR_EL2_E2H	(1ull << 34)

#define ID_AA64MMFR0_PARANGE(v)	((v) & 0xf)
#define ID_AA64MMFR0_TGRAN4(v)	(((v) >> 28) & 0xf)
#define ID_AA64ISAR0_RNDR(v)	((v) >> 60)
#define ID_AA64PFR1_GCS(v)	(((v) >> 44) & 0xf)
#define ID_AA64MMFR3_TCRX(v)	((v) & 0xf)
#define ID_AA64MMFR3_SCTLRX(v)	(((v) >> 4) & 0xf)

/*
 * Registers that clang 14 has no names for, as op0, op1, CRn, CRm, op2 (Arm ARM D19.2, K.a).
 * ID_AA64MMFR3_EL1 reads as zero where it is not allocated; the others exist only where it,
 * or ID_AA64PFR1_EL1, says so.
 */
#define ID_AA64MMFR3_EL1	s3_0_c0_c7_3
#define TCR2_EL1		s3_0_c2_c0_3	/* permission indirection and overlays */
#define TCR2_EL2		s3_4_c2_c0_3
#define SCTLR2_EL1		s3_0_c1_c0_3	/* checked pointer arithmetic, abort routing */
#define SCTLR2_EL2		s3_4_c1_c0_3
#define GCSCR_EL1		s3_0_c2_c5_0	/* guarded control stack */
#define GCSCR_EL2		s3_4_c2_c5_0

#define ESR_EC(esr)	((uint32_t)((esr) >> 26) & 0x3f)
#define ESR_WNR		(1 << 6)
#define ESR_FSC(esr)	((uint32_t)(esr) & 0x3f)

/* jump_plan.ctl[3]: bits */
#define PLAN_EL2	0		/* EL2 without E2H: the _EL2 names */
#define PLAN_TCR2	1		/* this CPU has TCR2_ELx */
#define PLAN_SCTLR2	2		/* SCTLR2_ELx */
#define PLAN_GCS	3		/* GCSCR_ELx */

#ifndef __ASSEMBLER__
#define sysreg_read(name) sysreg_read_as(name)	/* of a macro: what it stands for */
#define sysreg_read_as(name) ({                                         \
	uint64_t v_;                                                    \
	__asm__ volatile("mrs %0, " #name : "=r"(v_));                  \
	v_;                                                             \
})
#define sysreg_write(name, value) \
	__asm__ volatile("msr " #name ", %0" :: "r"((uint64_t)(value)) : "memory")
#endif
#endif
