/* SPDX-License-Identifier: MIT */
/* decode.c - see decode.h. Arm ARM D19.2.37, ESR_ELx. */
#include "decode.h"
#include "arch/aarch64/boot/sysreg.h"
#include "kernel/cpu/trap.h"
#include "lib/print.h"

#define ESR_IL		(1u << 25)	/* the instruction is 4 bytes long */
#define ESR_ISV		(1u << 24)	/* data abort: SAS is valid */
#define ESR_SAS(esr)	((uint32_t)(esr) >> 22 & 3)
#define ESR_FNV		(1u << 10)	/* FAR is not valid */
#define ESR_CM		(1u << 8)	/* cache maintenance, always "write" */
#define ESR_IDS		(1u << 24)	/* SError: the rest is implementation defined */
#define ESR_AET(esr)	((uint32_t)(esr) >> 10 & 7)
#define ESR_ISS(esr)	((uint32_t)(esr) & 0x1ffffff)
#define ESR_COMMENT(esr)	((uint32_t)(esr) & 0xffff)
#define ESR_FPAC_KEY(esr)	((uint32_t)(esr) & 3)	/* instruction or data, A or B */
#define ESR_MSR_READ	(1u << 0)
#define ESR_BTYPE(esr)	((uint32_t)(esr) & 3)

#define FSC_TRANSLATION	1		/* above the level */
#define FSC_EXTERNAL	0x10
#define FSC_SERROR	0x11		/* AET is valid */

/* Those that only a kernel may see; the stub names the others. */
static const char *decode_class(uint32_t ec)
{
	switch (ec) {
	case 0x01: return "WFI or WFE";
	case EC_PAC: return "pointer authentication is off";
	case 0x0a: return "LD64B or ST64B";
	case EC_BTI: return "branch target";
	case 0x19: return "SVE access";
	case 0x1a: return "ERET";
	case EC_FPAC: return "pointer authentication failed";
	case 0x1d: return "SME access";
	case 0x27: return "memory copy";
	case 0x2c: return "floating point exception";
	case 0x2d: return "guarded control stack";
	case 0x32: case 0x33: return "single step";
	case 0x34: case 0x35: return "watchpoint";
	default: return trap_class(ec);
	}
}

#define NO_LEVEL	9

/* The meaning of a fault status code, and its table level or NO_LEVEL. */
static const char *decode_status(uint32_t fsc, int *level)
{
	*level = fsc & 3;
	switch (fsc >> 2) {
	case 0: return "address size fault";
	case FSC_TRANSLATION: return "translation fault";
	case 2: return "access flag fault";
	case 3: return "permission fault";
	case 5: return "external abort on a table walk";
	case 7: return "parity or ECC error on a table walk";
	case 9: return "granule protection fault on a table walk";
	}
	*level = -1;
	switch (fsc) {
	case 0x13: return "external abort on a table walk";
	case 0x1b: return "parity or ECC error on a table walk";
	case 0x23: return "granule protection fault on a table walk";
	case 0x29: return "address size fault";
	case 0x2b: return "translation fault";
	}
	*level = NO_LEVEL;
	switch (fsc) {
	case FSC_EXTERNAL: return "external abort";
	case 0x11: return "tag check fault";
	case 0x18: return "parity or ECC error";
	case 0x21: return "alignment fault";
	case 0x28: return "granule protection fault";
	case 0x30: return "TLB conflict";
	case 0x31: return "hardware update of tables";
	case 0x35: return "exclusive or atomic access";
	default: return "fault";
	}
}

static void decode_abort(char *text, size_t size, uint64_t esr, bool data)
{
	int level;
	const char *status = decode_status(ESR_FSC(esr), &level);
	const char *far = ESR_FSC(esr) == FSC_EXTERNAL && esr & ESR_FNV ? ", address unknown" : "";
	const char *access = !data ? "" : esr & ESR_CM ? ", cache maintenance" :
			     esr & ESR_WNR ? ", write" : ", read";
	char where[12] = "", bytes[12] = "";

	if (level != NO_LEVEL)
		text_format(where, sizeof(where), " level %d", level);
	if (data && esr & ESR_ISV)
		text_format(bytes, sizeof(bytes), " of %u", 1u << ESR_SAS(esr));
	text_format(text, size, "%s, %s%s%s%s%s", decode_class(ESR_EC(esr)), status, where, access,
		    bytes, far);
}

/* The register's name as S<op0>_<op1>_C<n>_C<m>_<op2> */
static void decode_register(char *text, size_t size, uint64_t esr)
{
	const uint32_t iss = ESR_ISS(esr);

	text_format(text, size, "%s, %s S%u_%u_C%u_C%u_%u", decode_class(EC_MSR),
		    iss & ESR_MSR_READ ? "MRS" : "MSR", iss >> 20 & 3, iss >> 14 & 7,
		    iss >> 10 & 15, iss >> 1 & 15, iss >> 17 & 7);
}

void decode_exception(char *text, size_t size, uint64_t esr)
{
	static const char key[][3] = { "IA", "IB", "DA", "DB" };
	const uint32_t ec = ESR_EC(esr);
	const char *what = decode_class(ec);

	switch (ec) {
	case EC_IABORT_LOWER: case EC_IABORT: decode_abort(text, size, esr, false); return;
	case EC_DABORT_LOWER: case EC_DABORT: decode_abort(text, size, esr, true); return;
	case EC_MSR: decode_register(text, size, esr); return;
	case EC_FPAC:
		text_format(text, size, "%s, key %s", what, key[ESR_FPAC_KEY(esr)]);
		return;
	case EC_BTI:
		text_format(text, size, "%s, no BTI there, BTYPE %u", what, ESR_BTYPE(esr));
		return;
	case 0x15: case 0x16: case 0x17: case EC_BRK:
		text_format(text, size, "%s, 0x%x", what, ESR_COMMENT(esr));
		return;
	default:
		text_format(text, size, "%s%s", what, esr & ESR_IL ? "" : ", of 2 bytes");
	}
}

void decode_serror(char *text, size_t size, uint64_t esr)
{
	static const char kind[][16] = { "uncontainable", "unrecoverable", "restartable",
					 "recoverable", "", "", "corrected", "" };

	if (esr & ESR_IDS)
		text_format(text, size, "SError, implementation's 0x%x", ESR_ISS(esr));
	else if (ESR_FSC(esr) != FSC_SERROR || !*kind[ESR_AET(esr)])
		text_format(text, size, "SError");
	else
		text_format(text, size, "SError, %s", kind[ESR_AET(esr)]);
}

bool decode_contained(uint64_t esr)
{
	/* 0 uncontainable; 1 unrecoverable, which may be the former: Neoverse-N1 1349291 */
	return esr & ESR_IDS || ESR_FSC(esr) != FSC_SERROR || ESR_AET(esr) > 1;
}

bool decode_overflow(uint64_t esr, uint64_t address, uint64_t sp)
{
	return ESR_EC(esr) == EC_DABORT && ESR_FSC(esr) >> 2 == FSC_TRANSLATION &&
	       trap_overflow(address, sp);
}
