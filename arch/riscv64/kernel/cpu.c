/* SPDX-License-Identifier: MIT */
/* cpu.c - what this hart reports about itself, and what it is set up to refuse. */
#include "arch/cpu.h"
#include "arch/kernel.h"
#include "arch/map.h"
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/sbi.h"
#include "lib/console/console.h"

#define PHYSICAL_BITS	56		/* of every mode's tables */
#define FLUSH_PAGES	64		/* more than these: everything */
#define SRST_OFF	0
#define SRST_COLD	1

const char arch_mode_name[] = "PRV";
const char arch_found[BOOT_FOUND][8] = { "sstatus", "satp", "sie", "sip", "stvec" };

/* User pages: not executed in any case, read and written only with SUM. */
void arch_guard(const uint64_t key[2])
{
	(void)key;			/* addresses are not signed */
	csr_clear(sstatus, SSTATUS_SUM | SSTATUS_MXR);
}

const char *arch_guard_check(void)
{
	return csr_read(sstatus) & (SSTATUS_SUM | SSTATUS_MXR) ? "sstatus.SUM or MXR is set" : NULL;
}

uint64_t arch_code_address(uint64_t kept)
{
	return kept;
}

/* Calling conventions leave floating point to the callee; it may be off now. */
uint64_t arch_firmware_begin(void)
{
	const uint64_t before = csr_read(sstatus);

	csr_set(sstatus, SSTATUS_FS);
	return before;
}

void arch_firmware_end(uint64_t state)
{
	csr_clear(sstatus, SSTATUS_FS);
	csr_set(sstatus, state & SSTATUS_FS);
}

#define REG(csr, fields) *out = (struct arch_reg){ #csr, fields, csr_read(csr) }; return true
#define SENVCFG 0x10a	/* clang 14 has no name for it */
#define IRQS "SSI:1 STI:5 SEI:9 LCOFI:13"

bool arch_reg(uint32_t i, struct arch_reg *out)
{
	switch (i) {
	case 0: REG(sstatus, "SIE:1 SPIE:5 UBE:6 SPP:8 VS:9-10 FS:13-14 XS:15-16 SUM:18 MXR:19 "
		    "UXL:32-33 SD:63");
	case 1: REG(satp, "PPN:0-43 ASID:44-59 MODE:60-63");
	case 2: REG(sie, IRQS);
	case 3: REG(sip, IRQS);
	case 4: REG(stvec, "MODE:0-1");
	case 5: REG(sscratch, "");
	case 6: REG(sepc, "");
	case 7: REG(scause, "");
	case 8: REG(stval, "");
	case 9: REG(scounteren, "CY:0 TM:1 IR:2");
	case 10: REG(time, "");
	case 11: REG(SENVCFG, "FIOM:0 CBIE:4-5 CBCFE:6 CBZE:7");
	default: return false;
	}
}

/* ---- translations ---- */

void arch_map_flush_range(uint64_t va, uint64_t size)
{
	if (size >> PAGE_SHIFT > FLUSH_PAGES) {
		arch_map_flush();
		return;
	}
	for (uint64_t end = va + size; va != end; va += PAGE_SIZE)
		__asm__ volatile("sfence.vma %0" :: "r"(va) : "memory");
}

uint64_t arch_physical_end(void)
{
	return 1ull << PHYSICAL_BITS;
}

/*
 * ---- the end ----
 * OpenSBI halts in any of these calls on boards that it cannot switch off or restart, and says
 * nothing.
 */

void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	(void)fadt, (void)dtb, (void)dtb_size;	/* there is one method, whatever they say */
	console_print("boot: off: SBI SRST\n");
	sbi_call(SBI_SRST, 0, SRST_OFF, 0, 0, 0);
	console_warn("SBI does not switch off by SRST: its old call may just halt\n");
	sbi_call(SBI_SHUTDOWN, 0, 0, 0, 0, 0);
}

void arch_reset(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	(void)fadt, (void)dtb, (void)dtb_size;
	console_print("boot: reset: SBI SRST\n");
	sbi_call(SBI_SRST, 0, SRST_COLD, 0, 0, 0);
}
