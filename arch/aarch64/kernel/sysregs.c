/* SPDX-License-Identifier: MIT */
/* sysregs.c - the registers that control this CPU, with their fields (Arm ARM D19.2). */
#include "arch/cpu.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "lib/print.h"

#define TCR_FIELDS "T0SZ:0-5 EPD0:7 IRGN0:8-9 ORGN0:10-11 SH0:12-13 TG0:14-15 T1SZ:16-21 A1:22 " \
	"EPD1:23 IRGN1:24-25 ORGN1:26-27 SH1:28-29 TG1:30-31 IPS:32-34 AS:36 HA:39 HD:40\0"
#define CPACR_FIELDS "ZEN:16-17 FPEN:20-21 SMEN:24-25 TTA:28\0"

/* Tables for text_item(): names and fields in turn, by number. */
static const char both[] =
	"CurrentEL\0" "EL:2-3\0"
	"DAIF\0" "F:6 I:7 A:8 D:9\0"
	"SPSel\0" "SP:0\0"
	"MIDR_EL1\0" "Revision:0-3 PartNum:4-15 Architecture:16-19 Variant:20-23 "
		"Implementer:24-31\0"
	"MPIDR_EL1\0" "Aff0:0-7 Aff1:8-15 Aff2:16-23 MT:24 U:30 Aff3:32-39\0"
	"TPIDR_EL1\0" "\0"
	"CNTFRQ_EL0\0" "\0"
	"CNTV_CTL_EL0\0" "ENABLE:0 IMASK:1 ISTATUS:2\0"
	"CNTV_CVAL_EL0\0" "\0"
	"ISR_EL1\0" "F:6 I:7 A:8\0";
#define BOTH	10

/* What EL1 and EL2 have alike; at EL2, _EL2 names its own register with and without E2H. */
#define LEVEL_TEXT(el)                                                                         \
	"SCTLR_EL" el "M:0 A:1 C:2 SA:3 SA0:4 ITD:7 SED:8 EOS:11 I:12 EnDB:13 DZE:14 UCT:15 "  \
	"nTWI:16 nTWE:18 WXN:19 TSCXT:20 EIS:22 SPAN:23 E0E:24 EE:25 UCI:26 EnDA:27 "          \
	"nTLSMD:28 LSMAOE:29 EnIB:30 EnIA:31 BT0:35 BT1:36\0"                                  \
	"MAIR_EL" el "Attr0:0-7 Attr1:8-15 Attr2:16-23 Attr3:24-31\0"                          \
	"TTBR0_EL" el "\0"                                                                     \
	"VBAR_EL" el "\0"                                                                      \
	"ESR_EL" el "ISS:0-24 IL:25 EC:26-31\0"                                                \
	"FAR_EL" el "\0"
static const char el1[] = LEVEL_TEXT("1\0")
	"TTBR1_EL1\0" "\0"
	"CPACR_EL1\0" CPACR_FIELDS
	"TCR_EL1\0" TCR_FIELDS
	"CNTKCTL_EL1\0" "EL0PCTEN:0 EL0VCTEN:1 EL0VTEN:8 EL0PTEN:9\0";
#define EL2_TEXT(cptr, tcr) LEVEL_TEXT("2\0")                                                  \
	"HCR_EL2\0" "VM:0 SWIO:1 FMO:3 IMO:4 AMO:5 TGE:27 HCD:29 RW:31 E2H:34 APK:40 API:41\0" \
	"CPTR_EL2\0" cptr                                                                      \
	"TCR_EL2\0" tcr                                                                        \
	"CNTHCTL_EL2\0" "\0"
static const char el2[] = EL2_TEXT("TZ:8 TFP:10 TSM:12 TTA:20 TCPAC:31\0",
	"T0SZ:0-5 IRGN0:8-9 ORGN0:10-11 SH0:12-13 TG0:14-15 PS:16-18 HA:21 HD:22\0");
static const char e2h[] = EL2_TEXT(CPACR_FIELDS, TCR_FIELDS);
#define LEVEL	10

static uint64_t read_both(uint32_t i)
{
	switch (i) {
	case 0: return sysreg_read(CurrentEL);
	case 1: return sysreg_read(daif);
	case 2: return sysreg_read(spsel);
	case 3: return sysreg_read(midr_el1);
	case 4: return sysreg_read(mpidr_el1);
	case 5: return sysreg_read(tpidr_el1);
	case 6: return sysreg_read(cntfrq_el0);
	case 7: return sysreg_read(cntv_ctl_el0);
	case 8: return sysreg_read(cntv_cval_el0);
	default: return sysreg_read(isr_el1);
	}
}

static uint64_t read_el1(uint32_t i)
{
	switch (i) {
	case 0: return sysreg_read(sctlr_el1);
	case 1: return sysreg_read(mair_el1);
	case 2: return sysreg_read(ttbr0_el1);
	case 3: return sysreg_read(vbar_el1);
	case 4: return sysreg_read(esr_el1);
	case 5: return sysreg_read(far_el1);
	case 6: return sysreg_read(ttbr1_el1);
	case 7: return sysreg_read(cpacr_el1);
	case 8: return sysreg_read(tcr_el1);
	default: return sysreg_read(cntkctl_el1);
	}
}

static uint64_t read_el2(uint32_t i)
{
	switch (i) {
	case 0: return sysreg_read(sctlr_el2);
	case 1: return sysreg_read(mair_el2);
	case 2: return sysreg_read(ttbr0_el2);
	case 3: return sysreg_read(vbar_el2);
	case 4: return sysreg_read(esr_el2);
	case 5: return sysreg_read(far_el2);
	case 6: return sysreg_read(hcr_el2);
	case 7: return sysreg_read(cptr_el2);
	case 8: return sysreg_read(tcr_el2);
	default: return sysreg_read(cnthctl_el2);
	}
}

bool arch_reg(uint32_t i, struct arch_reg *out)
{
	const bool at_el2 = cpu_level() == 2;
	const char *text = both;

	if (i >= BOTH + LEVEL)
		return false;
	if (i < BOTH) {
		out->value = read_both(i);
	} else {
		text = !at_el2 ? el1 : cpu_e2h() ? e2h : el2;
		i -= BOTH;
		out->value = at_el2 ? read_el2(i) : read_el1(i);
	}
	out->name = text_item(text, 2 * i);
	out->fields = text_item(text, 2 * i + 1);
	return true;
}
