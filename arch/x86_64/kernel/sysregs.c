/* SPDX-License-Identifier: MIT */
/* sysregs.c - the registers that control this CPU: SDM 3A 2.5, 2.3, 12.12, and 4 for IA32_EFER. */
#include "arch/cpu.h"
#include "arch/x86_64/boot/regs.h"

struct pointer {			/* SGDT, SIDT */
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static uint64_t flags_read(void)
{
	uint64_t v;

	__asm__ volatile("pushfq\n\tpop %0" : "=r"(v));
	return v;
}

static uint64_t gdt_read(void)
{
	struct pointer p;

	__asm__ volatile("sgdt %0" : "=m"(p));
	return p.base;
}

static uint64_t idt_read(void)
{
	struct pointer p;

	__asm__ volatile("sidt %0" : "=m"(p));
	return p.base;
}

static uint64_t task_read(void)
{
	uint16_t v;

	__asm__ volatile("str %0" : "=m"(v));
	return v;
}

#define REG(...) *out = (struct arch_reg){ __VA_ARGS__ }; return true

bool arch_reg(uint32_t i, struct arch_reg *out)
{
	switch (i) {
	case 0: REG("CR0", "PE:0 MP:1 EM:2 TS:3 ET:4 NE:5 WP:16 AM:18 NW:29 CD:30 PG:31",
		    cr_read(cr0));
	case 1: REG("CR2", "", cr_read(cr2));
	case 2: REG("CR3", "PCID:0-11", cr_read(cr3));
	case 3: REG("CR4", "VME:0 PVI:1 TSD:2 DE:3 PSE:4 PAE:5 MCE:6 PGE:7 PCE:8 OSFXSR:9 "
		    "OSXMMEXCPT:10 UMIP:11 LA57:12 VMXE:13 SMXE:14 FSGSBASE:16 PCIDE:17 "
		    "OSXSAVE:18 SMEP:20 SMAP:21 PKE:22 CET:23", cr_read(cr4));
	case 4: REG("CR8", "TPR:0-3", cr_read(cr8));
	case 5: REG("RFLAGS", "CF:0 PF:2 AF:4 ZF:6 SF:7 TF:8 IF:9 DF:10 OF:11 IOPL:12-13 NT:14 "
		    "AC:18 ID:21", flags_read());
	case 6: REG("EFER", "SCE:0 LME:8 LMA:10 NXE:11 SVME:12", msr_read(MSR_EFER));
	case 7: REG("PAT", "PA0:0-2 PA1:8-10 PA2:16-18 PA3:24-26 PA4:32-34 PA5:40-42 PA6:48-50 "
		    "PA7:56-58", msr_read(MSR_PAT));
	case 8: REG("APIC_BASE", "BSP:8 EXTD:10 EN:11", msr_read(MSR_APIC_BASE));
	case 9: REG("GS_BASE", "", msr_read(MSR_GS_BASE));
	case 10: REG("DR7", "L0:0 L1:2 L2:4 L3:6", cr_read(dr7));
	case 11: REG("GDTR", "", gdt_read());
	case 12: REG("IDTR", "", idt_read());
	case 13: REG("TR", "", task_read());
	default: return false;
	}
}
