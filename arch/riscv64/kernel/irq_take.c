/* SPDX-License-Identifier: MIT */
/*
 * irq_take.c - acknowledges and ends interrupts (arch/irq.h). Apart from irq.c, as it is compiled
 * for speed (HOT in the Makefile).
 */
#include "arch/irq.h"
#include "arch/riscv64/boot/csr.h"
#include "frame.h"
#include "irq.h"

/* One of the reasons why others have interrupted this hart; the rest interrupt it again. */
static uint32_t take_soft(void)
{
	_Static_assert(ARCH_IPIS == 2, "one of bits 0 and 1 is set");
	uint64_t *const sent = &cpu_this()->arch[ARCH_IPIS_SENT];
	uint64_t why;
	uint32_t ipi;

	csr_clear(sip, 1 << IRQ_SOFT);
	__asm__ volatile("fence" ::: "memory");	/* what is sent after the load interrupts again */
	why = __atomic_load_n(sent, __ATOMIC_ACQUIRE);
	if (!why)
		return IRQ_NONE;
	ipi = !(why & 1);		/* ctz() is long without Zbb */
	__atomic_fetch_and(sent, ~(1ull << ipi), __ATOMIC_ACQ_REL);
	if (why != 1ull << ipi)
		csr_set(sip, 1 << IRQ_SOFT);
	return arch_irq_of_ipi(ipi);
}

uint32_t arch_irq_ack(uint32_t vector)
{
	uint32_t number = 0;

	if (vector == IRQ_SOFT)
		return take_soft();
	if (vector == IRQ_TIMER)
		return IRQ_OWN_TIMER;
	if (IRQ_GUESTS >> vector & 1)		/* a hypervisor has left it: it is masked */
		csr_clear(HIE, 1u << vector);
	if (irq_devices.regs && vector == IRQ_EXTERNAL)
		number = irq_devices.aplic ? aplic_claim() : *plic_own(PLIC_CLAIM);
	return irq_is_device(number) ? number : IRQ_NONE;
}

void arch_irq_eoi(uint32_t taken)
{
	if (taken >= IRQ_OWN)
		return;
	if (irq_devices.aplic)
		aplic_retrigger(taken);
	else
		*plic_own(PLIC_CLAIM) = taken;
}
