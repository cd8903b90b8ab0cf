/* SPDX-License-Identifier: MIT */
/* smp.c - starts and stops other harts by SBI's HSM (SBI specification 2.0, 9). */
#include "arch/smp.h"
#include "arch/boot.h"
#include "arch/map.h"
#include "arch/riscv64/boot/sbi.h"
#include "arch/riscv64/boot/tree.h"
#include "frame.h"
#include "irq.h"
#include "kernel/irq/irq.h"
#include "kernel/irq/madt.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "kernel/time/timeout.h"
#include "kernel/time/scale.h"
#include "lib/image.h"

_Static_assert(HART_NONE == ARCH_NO_ID, "a hart without a number is a CPU without one");

#define WAIT_NS		(NS_PER_S / 4)	/* for other harts' fences, or a hart that stops */

extern const char smp_enter[], smp_arrived[], jump_physical[];

/* What smp_enter finds, at its physical address. */
static struct {
	uint64_t plans;			/* struct jump_plan for each */
	uint32_t order;			/* of their pages */
	const struct arch_named *named;
	uint64_t enter;
} start;

const uint32_t arch_start_steps = 1;

/*
 * in OpenSBI 1.1 a hart that asks for a remote fence waits in M-mode until each hart that
 * the fence is for has answered, and nothing ends this wait. A hart that stops meanwhile never
 * answers. So a hart does not stop while another one waits for a fence, and none asks for a fence
 * while one stops: each writes its own word first, then reads the other's. Not covered: a stray
 * hart that stops at our entry.
 */
static uint64_t stops;			/* 1 + id of the hart that stops, or just has; or 0 */
static uint32_t fences;			/* harts that wait for one */
static bool stray;			/* a hart has not arrived: it may never answer */

/* An HSM hart state, -1 if SBI does not tell. SBI 2.0, 9.1. */
static int64_t hart_status(uint64_t id)
{
	const struct sbi s = sbi_call(SBI_HSM, SBI_HART_STATUS, id, 0, 0, 0);

	return s.error == SBI_SUCCESS ? (int64_t)s.value : -1;
}

/* Whether `stops` was `from`, and now is `to`. */
static bool stops_change(uint64_t from, uint64_t to)
{
	return __atomic_compare_exchange_n(&stops, &from, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

/* Whether no hart is about to stop. */
static bool none_stops(void)
{
	const uint64_t hart = __atomic_load_n(&stops, __ATOMIC_SEQ_CST);

	return !hart || (hart_status(hart - 1) == SBI_STOPPED && stops_change(hart, 0));
}

uint64_t arch_start_wait(uint32_t step)
{
	(void)step;
	return 0;
}

/* S-mode cannot read its hart's number: the one passed at entry is kept. */
uint64_t arch_cpu_id(void)
{
	return cpu_this()->id;
}

void arch_cpus_named(const struct machine *m,
		     void (*named)(void *cookie, const struct arch_named *), void *cookie)
{
	struct arch_named hart = { 0 };
	struct fdt_value mmu;
	struct madt_walk w;
	struct harts h;

	if (!harts_start(&h, m->dtb, m->dtb_size)) {
		madt_start(&w, m->table(m->cookie, MADT_SIGNATURE));
		while (harts_madt(&w, &hart.id))
			named(cookie, &hart);
		return;
	}
	while (harts_next(&h)) {	/* without an MMU a hart may have no S-mode */
		hart.id = h.id;
		if ((fdt_get(&h.f, &h.n, "mmu-type", &mmu) && !fdt_is(&mmu, "riscv,none")) ||
		    h.id == arch_cpu_id())
			named(cookie, &hart);
	}
}

const char *arch_start_prepare(struct boot_info *bi, const struct arch_named *named,
			       struct cpu *const *c, uint32_t n)
{
	struct jump_plan *plan;

	if (sbi_call(SBI_IPI, 0, 0, 0, 0, 0).error != SBI_SUCCESS)	/* to no hart */
		return "SBI has no IPI";
	if (sbi_call(SBI_HSM, SBI_HART_STATUS, arch_cpu_id(), 0, 0, 0).error == SBI_NOT_SUPPORTED)
		return "SBI has no HSM";
	for (start.order = 0; PAGE_SIZE << start.order < n * sizeof(*plan); start.order++)
		;
	start.plans = page_alloc(start.order, 0);
	if (!start.plans)
		return "no memory";
	start.named = named;
	start.enter = bi->image.base + image_offset(smp_enter);
	plan = space_ram(start.plans);
	for (uint32_t i = 0; i < n; i++, plan++) {
		arch_plan(plan, BOOT_MMU_IDENTITY, arch_map_root(), (uint64_t)image_start);
		plan->ctl[1] = bi->image.base + image_offset(jump_physical);
		plan->vectors = (uint64_t)trap_entry;
		plan->entry = (uint64_t)smp_arrived;
		plan->arg = (uint64_t)c[i];
		plan->stack = c[i]->stack;
		c[i]->id = named[i].id;
		trap_stacks_set(c[i]);
	}
	return NULL;
}

const char *arch_start(const struct machine *m, const struct arch_named *named, uint32_t step)
{
	const uint64_t i = (uint64_t)(named - start.named);
	const uint64_t plan = start.plans + i * sizeof(struct jump_plan);
	struct sbi s;

	(void)m, (void)step;
	(void)none_stops();		/* a hart that has stopped may be this one */
	s = sbi_call(SBI_HSM, SBI_HART_START, named->id, start.enter, plan, 0);
	switch (s.error) {
	case SBI_SUCCESS: return NULL;
	case SBI_INVALID_PARAM: return "SBI: no such hart";
	case SBI_INVALID_ADDRESS: return "SBI: invalid address";
	case SBI_ALREADY_AVAILABLE: return "SBI: already running";
	default: return "SBI: HART_START failed";
	}
}

/* OpenSBI before 1.3 may start a hart elsewhere: image_entry in arch/riscv64/boot/entry.S. */
enum arch_started arch_started(const struct arch_named *named)
{
	switch (hart_status(named->id)) {
	case SBI_STOPPED: return ARCH_START_OFF;
	case SBI_STARTED:
	case SBI_START_PENDING: return ARCH_START_COMES;
	default: return ARCH_START_UNKNOWN;
	}
}

void arch_start_cancel(const struct arch_named *named)
{
	(void)named;
}

void arch_start_done(bool late)
{
	stray = late;
	if (late)
		return;
	page_free(start.plans, start.order);
}

/* Interrupts are masked, as this hart must not stop while it counts in `fences`. */
bool arch_map_flush_cpus(uint64_t va, uint64_t size)
{
	struct timeout limit = { WAIT_NS, 0 };
	bool free, done = false;
	uint64_t masked;

	if (stray)
		return false;
	masked = arch_irq_save();
	arch_map_flush_range(va, size);
	do {
		__atomic_fetch_add(&fences, 1, __ATOMIC_SEQ_CST);
		free = none_stops();
		if (free)
			done = sbi_call(SBI_RFENCE, SBI_SFENCE_VMA, 0, SBI_ALL, va, size).error ==
			       SBI_SUCCESS;
		__atomic_fetch_sub(&fences, 1, __ATOMIC_SEQ_CST);
	} while (!free && timeout_pause(&limit));
	arch_irq_restore(masked);
	return done;
}

_Noreturn void arch_stop(void)
{
	const uint64_t own = 1 + arch_cpu_id();
	struct timeout limit = { WAIT_NS, 0 };

	arch_irq_off();
	while (!stops_change(0, own) && (none_stops() || timeout_pause(&limit)))
		;
	limit = (struct timeout){ WAIT_NS, 0 };
	while (__atomic_load_n(&fences, __ATOMIC_SEQ_CST) && timeout_pause(&limit))
		;
	sbi_call(SBI_HSM, SBI_HART_STOP, 0, 0, 0, 0);
	(void)stops_change(own, 0);			/* it cannot */
	arch_halt();
}

bool arch_stopped(const struct arch_named *named)
{
	return hart_status(named->id) == SBI_STOPPED;
}

void arch_stop_send(const struct cpu *to)
{
	arch_irq_send(to, IPI_STOP);
}
