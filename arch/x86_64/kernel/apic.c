/* SPDX-License-Identifier: MIT */
/*
 * apic.c - implements arch/irq.h with the local APIC, which is accessed through memory or, as an
 * x2APIC, through MSRs. If x2APIC mode is on, it is kept, as it may be locked. Under a hypervisor
 * it is turned on, as it is cheaper there, and there is no interrupt remapping.
 */
#include "apic.h"
#include "arch/x86_64/boot/cpu.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/madt.h"

#define CPUID_1_APIC		BIT(9)	/* EDX */
#define CPUID_1_X2APIC		BIT(21)	/* ECX */
#define CPUID_1_HYPERVISOR	BIT(31)	/* ECX */
#define APIC_POLLS		100000
#define APIC_VECTORS		256

char *apic_regs;
static const char *doubt;

uint32_t apic_read(uint32_t offset)
{
	return apic_regs ? reg_read(apic_regs, offset) : (uint32_t)msr_read(APIC_MSR(offset));
}

void apic_write(uint32_t offset, uint32_t value)
{
	if (apic_regs)
		reg_write(apic_regs, offset, value);
	else
		msr_write(APIC_MSR(offset), value);
}

bool apic_send(uint32_t id, uint32_t command)
{
	char *const regs = apic_regs;
	uint32_t polls = APIC_POLLS;
	uint64_t masked;

	if (!regs) {
		/* a WRMSR to an x2APIC register may overtake stores (SDM 3A 11.12.3) */
		__asm__ volatile("mfence\n\tlfence" ::: "memory");
		msr_write(APIC_MSR(APIC_ICR), (uint64_t)id << 32 | command);
		return true;
	}
	masked = arch_irq_save();	/* a handler may send, too, and change the target */
	while (reg_read(regs, APIC_ICR) & APIC_ICR_PENDING && --polls)
		;
	if (polls) {
		reg_write(regs, APIC_ICR_HIGH, id << 24);
		reg_write(regs, APIC_ICR, command);
	}
	arch_irq_restore(masked);
	return polls;
}

/* Turn the local APIC on, as an x2APIC if `x2`, which must be the same on all CPUs. */
static void apic_on(bool x2)
{
	const uint64_t base = msr_read(MSR_APIC_BASE);
	const uint64_t want = base | APIC_BASE_ON | (x2 ? APIC_BASE_X2 : 0);

	if ((base & (APIC_BASE_ON | APIC_BASE_X2)) == 0 && x2)
		msr_write(MSR_APIC_BASE, base | APIC_BASE_ON);	/* not both at once, 11.12.5 */
	if (want != base)
		msr_write(MSR_APIC_BASE, want);
}

static bool x2_wanted(void)
{
	const uint32_t features = cpu_id(1, 0).c;

	return msr_read(MSR_APIC_BASE) & APIC_BASE_X2 ||
	       (features & CPUID_1_X2APIC && features & CPUID_1_HYPERVISOR);
}

const char *arch_irq_start(const struct machine *m, struct arch_irq *out)
{
	const struct acpi_header *madt;
	const bool x2 = x2_wanted();

	pic_off();
	apic_on(x2);
	if (!(cpu_id(1, 0).d & CPUID_1_APIC))
		return "the CPU has no local APIC";
	if (!x2) {
		apic_regs = m->window(m->cookie, msr_read(MSR_APIC_BASE) & ~(PAGE_SIZE - 1) &
				      (ARCH_REACH - 1), APIC_SIZE);
		if (!apic_regs)
			return "the local APIC cannot be mapped";
	}
	if (apic_read(APIC_VERSION) == 0 || apic_read(APIC_VERSION) == UINT32_MAX)
		return "the local APIC does not answer";
	madt = m->table(m->cookie, MADT_SIGNATURE);
	*out = (struct arch_irq){
		.name = x2 ? "x2APIC" : "local APIC",
		.count = ioapic_start(m, madt),
	};
	return NULL;
}

/* Whether firmware has connected this pin to the board's NMI, which reports hardware errors. */
static bool nmi_line(uint32_t offset)
{
	return (apic_read(offset) & (APIC_LVT_MASKED | APIC_LVT_MODE)) == APIC_LVT_NMI;
}

/* Mask all local sources but the NMI. Vectors below 16 are an error even in masked entries. */
static void lvt_mask(void)
{
	static const struct {
		uint16_t offset;
		uint8_t from;		/* exists if there are at least this many LVT registers */
	} lvt[] = {
		{ APIC_LVT_TIMER, 1 }, { APIC_LVT_LINT0, 1 }, { APIC_LVT_LINT1, 1 },
		{ APIC_LVT_ERROR, 4 }, { APIC_LVT_COUNTER, 5 }, { APIC_LVT_THERMAL, 6 },
		{ APIC_LVT_CMCI, 7 },
	};
	const uint32_t count = APIC_VERSION_LVT(apic_read(APIC_VERSION));

	for (uint32_t i = 0; i < ARRAY_SIZE(lvt); i++)
		if (count >= lvt[i].from && !nmi_line(lvt[i].offset))
			apic_write(lvt[i].offset, APIC_LVT_MASKED | VECTOR_SPURIOUS);
}

static bool in_service(void)
{
	uint32_t any = 0;

	for (uint32_t i = 0; i < APIC_VECTORS / 32; i++)
		any |= apic_read(APIC_ISR + 16 * i);
	return any != 0;
}

const char *arch_irq_cpu_start(struct cpu *c)
{
	(void)c;
	apic_on(!apic_regs);
	lvt_mask();
	apic_write(APIC_COUNT, 0);
	apic_write(APIC_TPR, 0);
	apic_write(APIC_SVR, APIC_SVR_ON | VECTOR_SPURIOUS);
	for (uint32_t i = 0; i < APIC_VECTORS && in_service(); i++)
		apic_write(APIC_EOI, 0);	/* interrupts taken before us and never ended */
	apic_write(APIC_ESR, 0);
	if (in_service())
		doubt = "an earlier interrupt stays active";
	return apic_read(APIC_SVR) & APIC_SVR_ON ? NULL : "the local APIC does not answer";
}

const char *arch_irq_doubt(void)
{
	return doubt;
}

uint32_t arch_irq_ack(uint32_t vector)
{
	return vector;			/* VECTOR_SPURIOUS is not below ARCH_IRQS: no EOI */
}
_Static_assert(VECTOR_SPURIOUS >= ARCH_IRQS, "an end that belongs to another interrupt");

void arch_irq_eoi(uint32_t taken)
{
	(void)taken;
	apic_write(APIC_EOI, 0);
}

void arch_irq_enable(uint32_t number)
{
	ioapic_mask(number, false);
}

void arch_irq_disable(uint32_t number)
{
	ioapic_mask(number, true);
}

uint32_t arch_irq_of_ipi(uint32_t ipi)
{
	return VECTOR_IPI + ipi;
}

void arch_irq_send(const struct cpu *to, uint32_t ipi)
{
	(void)apic_send((uint32_t)to->id, APIC_ICR_ASSERT | arch_irq_of_ipi(ipi));
}
