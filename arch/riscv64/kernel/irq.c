/* SPDX-License-Identifier: MIT */
/*
 * irq.c - interrupts: devices' by a PLIC (RISC-V PLIC specification 1.0.0), which are the boot
 * hart's, and each hart's own: by other harts, with a word that says why, and by its timer.
 */
#include "arch/irq.h"
#include "arch/machine.h"
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/sbi.h"
#include "frame.h"
#include "harts.h"
#include "irq.h"
#include "lib/string.h"

#define PLIC_PRIORITY	0x0
#define PLIC_ENABLE	0x2000		/* + 0x80 for each context */
#define PLIC_CONTEXT	0x200000	/* + 0x1000: threshold, claim */
#define PLIC_CLAIM	4
#define CONTEXTS_MAX	15872
#define UNUSABLE	"the PLIC's node is not usable"
#define PAIR		8		/* bytes: a hart's controller, and its interrupt there */

static struct {
	char *regs;			/* NULL: none */
	uint32_t sources, context;
} plic;

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

/* WFI ends for what sie enables, masked or not. It is taken before the mask is back. */
void arch_wait(void)
{
	__asm__ volatile("wfi\n\tcsrsi sstatus, 2\n\tnop\n\tcsrci sstatus, 2" ::: "memory");
}

/* ---- the controller ---- */

static volatile uint32_t *plic_at(uint32_t offset)
{
	return (volatile uint32_t *)(plic.regs + offset);
}

static volatile uint32_t *plic_enable(uint32_t number)
{
	return plic_at(PLIC_ENABLE + 0x80 * plic.context + number / 32 * 4);
}

static volatile uint32_t *plic_own(uint32_t offset)
{
	return plic_at(PLIC_CONTEXT + 0x1000 * plic.context + offset);
}

/* The boot hart's context: the place in the list of its controller's external interrupt. */
static const char *find_context(const struct machine *m, const struct fdt_value *list)
{
	const uint32_t *cell = list->data;
	struct harts h;

	(void)harts_start(&h, m);
	do
		if (!harts_next(&h))
			return "the device tree does not list the boot hart";
	while (h.id != cpu_boot()->id);
	for (uint32_t i = 0; i < MIN(list->len / PAIR, CONTEXTS_MAX); i++)
		if (fdt_cells(&cell[2 * i], 1) == h.controller &&
		    fdt_cells(&cell[2 * i + 1], 1) == IRQ_EXTERNAL) {
			plic.context = i;
			return NULL;
		}
	return UNUSABLE;
}

static const char *plic_find(const struct machine *m)
{
	static const char names[][20] = { "sifive,plic-1.0.0", "riscv,plic0", "thead,c900-plic" };
	struct fdt_node n = { 0 };
	uint64_t sources = 0;
	struct boot_range r;
	struct fdt_value v;
	const char *why;
	struct fdt f;

	if (!m->dtb || fdt_open(&f, m->dtb, m->dtb_size) != OK)
		return "no device tree names a PLIC";
	while (fdt_next(&f, &n))
		for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
			if (!fdt_compatible(&f, &n, names[i], (uint32_t)strlen(names[i]) + 1))
				continue;
			if (!fdt_reg(&f, &n, 0, &r) ||
			    !fdt_number(&f, &n, "riscv,ndev", &sources) ||
			    !fdt_get(&f, &n, "interrupts-extended", &v))
				return UNUSABLE;
			why = find_context(m, &v);
			if (why || r.size < PLIC_CONTEXT + 0x1000 * (plic.context + 1))
				return why ? why : UNUSABLE;
			plic.sources = (uint32_t)MIN(sources, IRQ_OWN - 1);
			plic.regs = m->window(m->cookie, r.base, r.size);
			return plic.regs ? NULL : "the PLIC cannot be mapped";
		}
	return "no device tree names a PLIC";
}

/* What was taken before us and never ended would come no more: it is ended where it is enabled. */
static void plic_forget(void)
{
	for (uint32_t i = 1; i <= plic.sources; i++) {
		*plic_enable(i) = 1u << i % 32;
		*plic_own(PLIC_CLAIM) = i;
		*plic_enable(i) = 0;
		*plic_at(PLIC_PRIORITY + 4 * i) = 1;
	}
	*plic_own(0) = 0;
}

const char *arch_irq_start(const struct machine *m, struct arch_irq *out)
{
	doubt = plic_find(m);
	if (!doubt)
		plic_forget();
	*out = (struct arch_irq){ plic.regs ? "PLIC" : "SBI", plic.sources };
	return NULL;
}

const char *arch_irq_cpu_start(struct cpu *c)
{
	csr_write(sie, 1 << IRQ_SOFT);
	csr_clear(sip, 1 << IRQ_SOFT);
	if (plic.regs && !c->index)
		csr_set(sie, 1 << IRQ_EXTERNAL);
	return NULL;
}

const char *arch_irq_doubt(void)
{
	return doubt;
}

/* One of the reasons for which others have interrupted this hart; the rest come again. */
static uint32_t take_soft(void)
{
	uint64_t *const sent = &cpu_this()->arch[ARCH_IPIS_SENT];
	uint64_t why, one;

	csr_clear(sip, 1 << IRQ_SOFT);
	why = __atomic_load_n(sent, __ATOMIC_ACQUIRE);
	if (!why)
		return IRQ_NONE;
	one = why & (0 - why);
	__atomic_fetch_and(sent, ~one, __ATOMIC_ACQ_REL);
	if (why != one)
		csr_set(sip, 1 << IRQ_SOFT);
	return arch_irq_of_ipi((uint32_t)__builtin_ctzll(one));
}

uint32_t arch_irq_take(uint32_t vector)
{
	uint32_t number;

	if (vector == IRQ_SOFT)
		return take_soft();
	if (vector == IRQ_TIMER)
		return IRQ_OWN_TIMER;
	number = plic.regs && vector == IRQ_EXTERNAL ? *plic_own(PLIC_CLAIM) : 0;
	return number && number <= plic.sources ? number : IRQ_NONE;
}

void arch_irq_done(uint32_t taken)
{
	if (taken < IRQ_OWN)
		*plic_own(PLIC_CLAIM) = taken;
}

void arch_irq_enable(uint32_t number)
{
	if (number == IRQ_OWN_TIMER)
		csr_set(sie, 1 << IRQ_TIMER);
	else if (number && number <= plic.sources)
		*plic_enable(number) |= 1u << number % 32;
}

void arch_irq_disable(uint32_t number)
{
	if (number == IRQ_OWN_TIMER)
		csr_clear(sie, 1 << IRQ_TIMER);
	else if (number && number <= plic.sources)
		*plic_enable(number) &= ~(1u << number % 32);
}

/* Its gateways know edges from levels. */
uint32_t arch_irq_of_gsi(uint32_t gsi, uint32_t how)
{
	(void)how;
	return gsi <= plic.sources ? gsi : 0;
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
