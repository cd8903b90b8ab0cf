/* SPDX-License-Identifier: MIT */
/* sysregs.c - the registers that control this CPU, with their fields (Arm ARM D19.2). */
#include "arch/cpu.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"

#define REG(...) *out = (struct arch_reg){ __VA_ARGS__ }; return true

/* At EL2, the _EL2 name accesses EL2's register with and without E2H. */
#define LEVEL(name, reg, fields)                                                        \
	*out = (struct arch_reg){ el2 ? name "_EL2" : name "_EL1", fields,              \
				  el2 ? sysreg_read(reg##_el2) : sysreg_read(reg##_el1) }; \
	return true

#define SCTLR_FIELDS "M:0 A:1 C:2 SA:3 SA0:4 ITD:7 SED:8 EOS:11 I:12 EnDB:13 DZE:14 UCT:15 " \
	"nTWI:16 nTWE:18 WXN:19 TSCXT:20 EIS:22 SPAN:23 E0E:24 EE:25 UCI:26 EnDA:27 " \
	"nTLSMD:28 LSMAOE:29 EnIB:30 EnIA:31 BT0:35 BT1:36"
#define TCR_FIELDS "T0SZ:0-5 EPD0:7 IRGN0:8-9 ORGN0:10-11 SH0:12-13 TG0:14-15 T1SZ:16-21 A1:22 " \
	"EPD1:23 IRGN1:24-25 ORGN1:26-27 SH1:28-29 TG1:30-31 IPS:32-34 AS:36 HA:39 HD:40"
#define TCR_EL2_FIELDS "T0SZ:0-5 IRGN0:8-9 ORGN0:10-11 SH0:12-13 TG0:14-15 PS:16-18 HA:21 HD:22"
#define CPACR_FIELDS "ZEN:16-17 FPEN:20-21 SMEN:24-25 TTA:28"

static bool reg_el2(uint32_t i, struct arch_reg *out)
{
	switch (i) {
	case 0: REG("HCR_EL2", "VM:0 SWIO:1 FMO:3 IMO:4 AMO:5 TGE:27 HCD:29 RW:31 E2H:34 APK:40 "
		    "API:41", sysreg_read(hcr_el2));
	case 1: REG("CPTR_EL2", cpu_e2h() ? CPACR_FIELDS : "TZ:8 TFP:10 TSM:12 TTA:20 TCPAC:31",
		    sysreg_read(cptr_el2));
	case 2: REG("TCR_EL2", cpu_e2h() ? TCR_FIELDS : TCR_EL2_FIELDS, sysreg_read(tcr_el2));
	case 3: REG("CNTHCTL_EL2", "", sysreg_read(cnthctl_el2));
	default: return false;
	}
}

static bool reg_el1(uint32_t i, struct arch_reg *out)
{
	switch (i) {
	case 0: REG("TTBR1_EL1", "", sysreg_read(ttbr1_el1));
	case 1: REG("CPACR_EL1", CPACR_FIELDS, sysreg_read(cpacr_el1));
	case 2: REG("TCR_EL1", TCR_FIELDS, sysreg_read(tcr_el1));
	case 3: REG("CNTKCTL_EL1", "EL0PCTEN:0 EL0VCTEN:1 EL0VTEN:8 EL0PTEN:9",
		    sysreg_read(cntkctl_el1));
	default: return false;
	}
}

#define REGS_BOTH	16

bool arch_reg(uint32_t i, struct arch_reg *out)
{
	const bool el2 = cpu_level() == 2;

	switch (i) {
	case 0: REG("CurrentEL", "EL:2-3", sysreg_read(CurrentEL));
	case 1: REG("DAIF", "F:6 I:7 A:8 D:9", sysreg_read(daif));
	case 2: REG("SPSel", "SP:0", sysreg_read(spsel));
	case 3: REG("MIDR_EL1", "Revision:0-3 PartNum:4-15 Architecture:16-19 Variant:20-23 "
		    "Implementer:24-31", sysreg_read(midr_el1));
	case 4: REG("MPIDR_EL1", "Aff0:0-7 Aff1:8-15 Aff2:16-23 MT:24 U:30 Aff3:32-39",
		    sysreg_read(mpidr_el1));
	case 5: LEVEL("SCTLR", sctlr, SCTLR_FIELDS);
	case 6: LEVEL("MAIR", mair, "Attr0:0-7 Attr1:8-15 Attr2:16-23 Attr3:24-31");
	case 7: LEVEL("TTBR0", ttbr0, "");
	case 8: LEVEL("VBAR", vbar, "");
	case 9: LEVEL("ESR", esr, "ISS:0-24 IL:25 EC:26-31");
	case 10: LEVEL("FAR", far, "");
	case 11: REG("TPIDR_EL1", "", sysreg_read(tpidr_el1));
	case 12: REG("CNTFRQ_EL0", "", sysreg_read(cntfrq_el0));
	case 13: REG("CNTV_CTL_EL0", "ENABLE:0 IMASK:1 ISTATUS:2", sysreg_read(cntv_ctl_el0));
	case 14: REG("CNTV_CVAL_EL0", "", sysreg_read(cntv_cval_el0));
	case 15: REG("ISR_EL1", "F:6 I:7 A:8", sysreg_read(isr_el1));
	default: return el2 ? reg_el2(i - REGS_BOTH, out) : reg_el1(i - REGS_BOTH, out);
	}
}
