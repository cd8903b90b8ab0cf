/* SPDX-License-Identifier: MIT */
/* cpu.c - this CPU's properties, and single instructions. Any time, any regime. */
#include "cpu.h"
#include "arch/boot.h"
#include "lib/base.h"
#include "lib/console/uart.h"
#include "regs.h"

#define R_X86_64_RELATIVE	8

#define CPUID_1_RDRAND		(1u << 30)	/* ECX */
#define CPUID_1_APIC		(1u << 9)	/* EDX */
#define CPUID_1_HYPERVISOR	(1u << 31)	/* ECX */
#define CPUID_GROUP		0xffff0000u	/* leaf groups: basic, hypervisor, extended */
#define CPUID_HV_NEXT		0x40000100u	/* the same: KVM's, beside Hyper-V's */
#define CPUID_HV_KVM		0x4b4d564bu	/* "KVMK", of "KVMKVMKVM" */

#define PORT_COM1		0x3f8
#define PORT_COM2		0x2f8
#define PORT_PIC1		0x21	/* masks of the two 8259: a set bit masks an IRQ */
#define PORT_PIC2		0xa1

const char arch_name[] = "x86_64";
const char arch_default_path[] = "\\EFI\\BOOT\\BOOTX64.EFI";
const uint32_t arch_rela_relative = R_X86_64_RELATIVE;

static struct cpu_id cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpu_id r;

	__asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf)
{
	if (leaf > cpuid(leaf & CPUID_GROUP, 0).a)
		return (struct cpu_id){ 0 };
	return cpuid(leaf, subleaf);
}

uint64_t arch_counter(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) :: "memory");
	return (uint64_t)hi << 32 | lo;
}

static uint64_t counter_hz(const struct cpu_id *cpu)
{
	struct cpu_id crystal = cpu_id(0x15, 0);

	if (crystal.a && crystal.b && crystal.c)
		return (uint64_t)crystal.c * crystal.b / crystal.a;
	if (cpu->c & CPUID_1_HYPERVISOR)
		return cpu_hypervisor_hz();
	return cpu_id(0x16, 0).a * 1000000ull;
}

bool arch_random(uint64_t *out)
{
	uint64_t v = 0;
	bool ok = false;

	if (!(cpu_id(1, 0).c & CPUID_1_RDRAND))
		return false;
	for (int tries = 10; tries && !ok; tries--)	/* SDM 1 7.3.17.1 */
		__asm__ volatile("rdrand %0" : "=r"(v), "=@ccc"(ok));
	*out = v;
	return ok;
}

_Noreturn void arch_halt(void)
{
	arch_irq_off();
	for (;;)
		__asm__ volatile("hlt");
}

void arch_irq_off(void)
{
	__asm__ volatile("cli" ::: "memory");
}

void arch_copy_image(void *dst, const void *src, uint64_t words)
{
	arch_copy(dst, src, words);
}

void arch_copy(void *dst, const void *src, uint64_t words)
{
	__asm__ volatile("rep movsq" : "+D"(dst), "+S"(src), "+c"(words) :: "memory");
}

void arch_fill(void *dst, uint64_t value, uint64_t words)
{
	__asm__ volatile("rep stosq" : "+D"(dst), "+c"(words) : "a"(value) : "memory");
}

/*
 * All CPUs with long mode have SSE2. plan.c sets what the kernel gets. SDM 3A 14.1. Not under KVM:
 * a KVM without hardware virtualisation emulates kernels' instructions and gives up at XORPS, and
 * cannot be told from others.
 */
bool arch_wide_start(void)
{
	if (cpuid(CPUID_HV, 0).b == CPUID_HV_KVM || cpuid(CPUID_HV_NEXT, 0).b == CPUID_HV_KVM)
		return false;
	cr_write(cr0, cr_read(cr0) & ~(uint64_t)(CR0_EM | CR0_TS));
	cr_write(cr4, cr_read(cr4) | CR4_OSFXSR);
	return true;
}

uint8_t arch_port_in8(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" :: "a"(value), "Nd"(port));
}

void arch_port_out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" :: "a"(value), "Nd"(port));
}

/* Caches are coherent with all readers (SDM 3A 12.4): nothing to do. */
void arch_clean_code(void)
{
}

bool arch_cold(void)
{
	return false;
}

/*
 * Spurious-interrupt vector register: bit 8 is set if the local APIC is enabled (SDM 3A 11.9). The
 * memory-mapped one is read only if the page tables are ours (entry_map.c).
 */
static uint64_t apic_svr(uint64_t base, bool memory)
{
	if (base & APIC_BASE_X2)
		return msr_read(MSR_X2APIC_SVR);
	base &= ~(PAGE_SIZE - 1);
	return memory && base < 4 * GIB ? *(volatile uint32_t *)(base + APIC_SVR) : 0;
}

static void cpu_found(const struct cpu_id *cpu, bool memory, uint64_t found[BOOT_FOUND])
{
	found[0] = cr_read(cr0);
	found[1] = cr_read(cr4);
	found[2] = msr_read(MSR_EFER);
	if (cpu->d & CPUID_1_APIC)
		found[3] = msr_read(MSR_APIC_BASE);
	if (found[3] & APIC_BASE_ON)
		found[4] = apic_svr(found[3], memory);
	found[5] = arch_port_in8(PORT_PIC1) | (uint64_t)arch_port_in8(PORT_PIC2) << 8;
}

void arch_cpu_state(struct boot_info *out)
{
	const struct cpu_id cpu = cpu_id(1, 0);
	uint16_t cs;

	__asm__ volatile("mov %%cs, %0" : "=r"(cs));
	out->cpu_mode = cs & 3;
	out->cpu_id = cpu_apic_id(cpu_id);
	cpu_found(&cpu, out->entry != BOOT_ENTRY_UEFI && out->entry != BOOT_ENTRY_UEFI32,
		  out->found);
	out->cpu_flags = out->found[1] & CR4_LA57 ? BOOT_CPU_LA57 : 0;
	out->counter_hz = counter_hz(&cpu);
}

void arch_default_uart(struct boot_uart *out)
{
	*out = (struct boot_uart){
		.base = PORT_COM1, .type = BOOT_UART_16550, .is_port = 1, .reg_width = 1,
		.source = BOOT_UART_FROM_DEFAULT,
	};
	if (uart_answers(out))
		return;
	out->base = PORT_COM2;
	if (!uart_answers(out))
		*out = (struct boot_uart){ .is_port = 1 };	/* as earlycon= may be */
}

const char *arch_cpu_lacks(void)
{
	if (!(cpu_id(CPUID_EXT, 0).d & CPUID_EXT_NX))
		return "the CPU has no NX, or firmware turned it off";
	return cpu_encrypted(cpu_id, msr_read);
}
