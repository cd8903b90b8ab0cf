/* SPDX-License-Identifier: MIT */
/*
 * timer.c - the time CSR, and its interrupt: by Sstc's own compare register if M-mode lets us have
 * it, else by SBI. The frequency is in the tree, or in ACPI's RHCT.
 */
#include "arch/timer.h"
#include "arch/machine.h"
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/rhct.h"
#include "arch/riscv64/boot/sbi.h"
#include "arch/riscv64/boot/tree.h"
#include "irq.h"
#include "lib/console/panic.h"

#define HZ_MIN		10000
#define HZ_MAX		4000000000	/* 1 GHz is the most that is usual */
#define NEVER		UINT64_MAX
#define STIMECMP	0x14d		/* clang 14 has no name for it */

static bool sstc;

static void compare(void *count)
{
	csr_write(STIMECMP, *(uint64_t *)count);
}

const char *arch_timer_start(const struct machine *m, bool irqs, struct arch_timer *out)
{
	uint64_t never = NEVER;
	struct trap_info fault;

	*out = (struct arch_timer){ .hz = tree_cpus(m->dtb, m->dtb_size).hz,
				    .by = "device tree" };
	if (!out->hz) {
		out->hz = rhct_hz(m->table(m->cookie, RHCT_SIGNATURE));
		out->by = "RHCT";
	}
	if (out->hz < HZ_MIN || out->hz > HZ_MAX)
		return "frequency unknown";
	sstc = trap_try(compare, &never, &fault);
	out->name = sstc ? "time, Sstc" : "time, SBI timer";
	if (irqs)
		out->irq = IRQ_OWN_TIMER;
	return NULL;
}

void arch_timer_cpu_start(void)
{
	arch_timer_off();
}

uint64_t arch_timer_count(void)
{
	uint64_t v;

	__asm__ volatile("fence\n\trdtime %0" : "=r"(v) :: "memory");
	return v;
}

void arch_timer_at(uint64_t count)
{
	if (sstc)
		compare(&count);
	else
		sbi_call(SBI_TIME, 0, count, 0, 0, 0);
}

void arch_timer_off(void)
{
	arch_timer_at(NEVER);
}
