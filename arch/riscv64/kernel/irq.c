/* SPDX-License-Identifier: MIT */
/*
 * irq.c - interrupts of devices, which go to the boot hart through a PLIC (RISC-V PLIC
 * specification 1.0.0) or aplic.c, and each hart's own: from other harts, with a word that says
 * why, and from its timer.
 */
#include "arch/irq.h"
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/sbi.h"
#include "frame.h"
#include "irq.h"
#include "kernel/cpu/trap.h"

#define PLIC_PRIORITY	0x0
#define PLIC_ENABLE	0x2000		/* + 0x80 for each context */

struct irq_devices irq_devices;
static const char *doubt;

/* ---- the hart's mask ---- */

uint64_t arch_irq_save(void)
{
	uint64_t before;

	__asm__ volatile("csrrci %0, sstatus, 2" : "=r"(before) :: "memory");
	return before;
}

void arch_irq_restore(uint64_t before)
{
	csr_set(sstatus, before & SSTATUS_SIE);
}

void arch_irq_on(void)
{
	csr_set(sstatus, SSTATUS_SIE);
}

/*
 * WFI ends for interrupts that sie enables, masked or not. They are taken before the mask is
 * restored.
 */
void arch_wait(void)
{
	__asm__ volatile("wfi\n\tcsrsi sstatus, 2\n\tnop\n\tcsrci sstatus, 2" ::: "memory");
}

/* ---- a PLIC ---- */

static volatile uint32_t *plic_enabled(uint32_t number)
{
	return irq_reg(PLIC_ENABLE + 0x80 * irq_devices.place + number / 32 * 4);
}

/* Priority 0: it never interrupts. */
static void plic_enable(uint32_t number, bool on)
{
	*irq_reg(PLIC_PRIORITY + 4 * number) = on;
}

/*
 * A PLIC ignores the end of an interrupt that is not enabled, and the interrupt then never comes
 * again (1.0.0, 9). So all stay enabled and are masked by their priority: a handler may mask its
 * own. End those that were taken before us and never ended.
 */
static void plic_start(void)
{
	for (uint32_t i = 1; i <= irq_devices.sources; i++) {
		plic_enable(i, false);
		*plic_enabled(i) = UINT32_MAX >> (31 - i % 32);
		*plic_own(PLIC_CLAIM) = i;
	}
	*plic_own(0) = 0;
}

/* ---- the controller ---- */

/* It may trap: `doubt` is what the report says then. */
static void start(void *none)
{
	(void)none;
	doubt = "the IMSIC does not answer";
	if (irq_devices.ids && !imsic_start())
		return;
	doubt = irq_devices.aplic ? "the APLIC does not answer" : "the PLIC does not answer";
	if (!irq_devices.aplic)
		plic_start();
	else if (!aplic_start())
		return;
	doubt = NULL;
}

const char *arch_irq_start(const struct machine *m, struct arch_irq *out)
{
	struct irq_devices *const d = &irq_devices;
	struct trap_info fault;

	doubt = irq_find(m, cpu_boot()->id, d);
	if (!doubt) {
		d->regs = m->window(m->cookie, d->range.base, d->range.size);
		if (d->regs)
			(void)trap_try(start, NULL, &fault);
		else
			doubt = "the interrupt controller cannot be mapped";
	}
	if (doubt)
		*d = (struct irq_devices){ 0 };
	*out = (struct arch_irq){ !d->regs ? "SBI" : !d->aplic ? "PLIC" : !d->ids ? "APLIC" :
				  "APLIC and IMSIC", d->sources };
	return NULL;
}

const char *arch_irq_cpu_start(struct cpu *c)
{
	csr_write(sie, 1 << IRQ_SOFT);
	csr_clear(sip, 1 << IRQ_SOFT);
	if (irq_devices.regs && !c->index)
		csr_set(sie, 1 << IRQ_EXTERNAL);
	return NULL;
}

const char *arch_irq_doubt(void)
{
	return doubt;
}

static void enable(uint32_t number, bool on)
{
	if (!irq_is_device(number))
		return;
	if (irq_devices.aplic)
		aplic_enable(number, on);
	else
		plic_enable(number, on);
	(void)*irq_reg(0);		/* the write has arrived */
}

void arch_irq_enable(uint32_t number)
{
	if (number == IRQ_OWN_TIMER)
		csr_set(sie, 1 << IRQ_TIMER);
	else
		enable(number, true);
}

void arch_irq_disable(uint32_t number)
{
	if (number == IRQ_OWN_TIMER)
		csr_clear(sie, 1 << IRQ_TIMER);
	else
		enable(number, false);
}

/* A PLIC's gateways know which sources are edge triggered. */
uint32_t arch_irq_of_gsi(uint32_t gsi, uint32_t how)
{
	return irq_is_device(gsi) && (!irq_devices.aplic || aplic_mode(gsi, how)) ? gsi : 0;
}

uint32_t arch_irq_of_isa(uint32_t isa)
{
	(void)isa;
	return 0;
}

uint32_t arch_irq_of_ipi(uint32_t ipi)
{
	return IRQ_OWN + ipi;
}

void arch_irq_send(const struct cpu *to, uint32_t ipi)
{
	uint64_t *const sent = &((struct cpu *)to)->arch[ARCH_IPIS_SENT];

	__atomic_fetch_or(sent, 1ull << ipi, __ATOMIC_ACQ_REL);
	sbi_call(SBI_IPI, 0, 1, to->id, 0, 0);
}
