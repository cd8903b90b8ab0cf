/* SPDX-License-Identifier: MIT */
/*
 * smp.c - starts and stops other CPUs: by PSCI (Arm DEN0022), or by the address that they poll
 * (park.c). A new CPU finds its struct arrival by its MPIDR, and enters our regime by arch_jump, as
 * the boot CPU did.
 */
#include "smp.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/drop.h"
#include "arch/aarch64/boot/idmap.h"
#include "arch/aarch64/boot/sysreg.h"
#include "arch/boot.h"
#include "arch/irq.h"
#include "arch/map.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/irq.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "lib/image.h"
#include "psci.h"

struct arrivals smp_arrivals;
static enum psci psci;
static uint64_t enter;			/* smp_enter, physical */
static uint32_t order;			/* of the block with the arrivals */

const uint32_t arch_start_steps = 1;

uint64_t arch_start_wait(uint32_t step)
{
	(void)step;
	return 0;
}

uint64_t arch_cpu_id(void)
{
	return sysreg_read(mpidr_el1) & MPIDR_AFFINITY;
}

void arch_cpus_named(const struct machine *m,
		     void (*named)(void *cookie, const struct arch_named *), void *cookie)
{
	psci = psci_find(m);
	if (!cpus_from_tree(m, named, cookie))
		cpus_from_madt(m, psci != PSCI_NONE, named, cookie);
}

static void arrival_fill(struct arrival *a, const struct jump_plan *plan, struct cpu *c)
{
	const bool el2 = cpu_level() == 2;

	a->level = cpu_level();
	a->hcr = el2 ? sysreg_read(hcr_el2) : 0;
	a->plan = *plan;
	a->plan.arg = (uint64_t)c;
	a->plan.stack = c->stack;
}

/* By the CPU's id. NULL: it was not to be started. */
static struct arrival *arrival_find(uint64_t id)
{
	struct arrival *a = space_ram(smp_arrivals.first);

	for (uint64_t i = 0; i < smp_arrivals.count; i++)
		if (a[i].id == id)
			return &a[i];
	return NULL;
}

const char *arch_start_prepare(struct boot_info *bi, const struct arch_named *named,
			       struct cpu *const *c, uint32_t n)
{
	const uint64_t jump = idmap_jump(bi), size = n * sizeof(struct arrival);
	struct jump_plan plan;
	struct arrival *a;

	if (!jump)
		return "the old trampoline's page is mapped elsewhere";
	for (order = 0; PAGE_SIZE << order < size; order++)
		;
	smp_arrivals = (struct arrivals){ .first = page_alloc(order, PAGE_ZERO), .count = n };
	if (!smp_arrivals.first)
		return "no memory";
	enter = bi->image.base + image_offset(smp_enter);
	arch_plan(&plan, BOOT_MMU_IDENTITY, arch_map_root(), (uint64_t)image_start);
	plan.entry = (uint64_t)smp_arrived;
	plan.vectors = cpu_level() == 2 ? sysreg_read(vbar_el2) : sysreg_read(vbar_el1);
	drop_into(bi->image.base);
	a = space_ram(smp_arrivals.first);
	for (uint32_t i = 0; i < n; i++) {
		a[i].id = named[i].id;
		a[i].jump = jump;
		arrival_fill(&a[i], &plan, c[i]);
		if (named[i].how == HOW_TABLE || named[i].how == HOW_MAILBOX)
			park_prepare(bi, &a[i], smp_arrivals.first + i * sizeof(*a), &named[i]);
	}
	arch_clean((uint64_t)a, size);
	/* a new CPU's caches are off: clean the text, and the data of drop.c and smp_enter.S */
	arch_clean((uint64_t)image_text, (uint64_t)image_end - (uint64_t)image_text);
	return NULL;
}

static const char *psci_on(uint64_t id)
{
	if (psci == PSCI_NONE)
		return "no PSCI";
	if (psci == PSCI_HVC && cpu_level() == 2)
		return "EL2 cannot call PSCI by HVC";
	switch (psci_call(psci, PSCI_CPU_ON, id, enter, 0)) {
	case PSCI_SUCCESS:
	case PSCI_ON_PENDING:		return NULL;
	case PSCI_DENIED:		return "PSCI: denied";
	case PSCI_ALREADY_ON:		return "PSCI: already on";
	case PSCI_INTERNAL:		return "PSCI: internal failure";
	case PSCI_NOT_PRESENT:		return "PSCI: not present";
	case PSCI_DISABLED:		return "PSCI: disabled";
	case PSCI_INVALID_ADDRESS:	return "PSCI: invalid address";
	default:			return "PSCI: no such CPU";
	}
}

const char *arch_start(const struct machine *m, const struct arch_named *named, uint32_t step)
{
	(void)step;
	switch (named->how) {
	case HOW_PSCI: return psci_on(named->id);
	case HOW_TABLE:
	case HOW_MAILBOX: return park_start(m, named, arrival_find(named->id), enter);
	default: return "no known method to start it";
	}
}

enum arch_started arch_started(const struct arch_named *named)
{
	int32_t is;

	if (named->how != HOW_PSCI)
		return ARCH_START_UNKNOWN;
	is = psci_call(psci, PSCI_AFFINITY_INFO, named->id, 0, 0);
	return is == PSCI_IS_ON || is == PSCI_IS_COMING ? ARCH_START_COMES : ARCH_START_UNKNOWN;
}

/* PSCI cannot cancel: the CPU may still arrive, so smp_enter and its struct arrival are kept. */
void arch_start_cancel(const struct arch_named *named)
{
	const struct arrival *a = arrival_find(named->id);

	if (a && a->word)
		*a->word = 0;
}

void arch_start_done(bool late)
{
	const struct arrival *a = space_ram(smp_arrivals.first);

	for (uint64_t i = 0; i < smp_arrivals.count; i++)
		late |= a[i].word != NULL;	/* arch_stop() needs it */
	if (late)
		return;
	page_free(smp_arrivals.first, order);
	smp_arrivals = (struct arrivals){ 0 };
}

_Noreturn void arch_stop(void)
{
	struct arrival *a = arrival_find(arch_cpu_id());

	arch_irq_off();
	if (a && a->word)
		park(a);
	if (psci != PSCI_NONE)
		psci_call(psci, PSCI_CPU_OFF, 0, 0, 0);
	arch_halt();
}

bool arch_stopped(const struct arch_named *named)
{
	struct arrival *a = arrival_find(named->id);

	return a && a->word ? park_done(a) :
	       psci_call(psci, PSCI_AFFINITY_INFO, named->id, 0, 0) == PSCI_IS_OFF;
}

void arch_stop_send(const struct cpu *to)
{
	arch_irq_send(to, IPI_STOP);
}
