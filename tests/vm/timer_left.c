/* SPDX-License-Identifier: MIT */
/*
 * timer_left.c - a kernel whose second CPU ends while its timer interrupts, and that boots itself
 * again then: in the second run that CPU must still do work.
 */
#include "stubborn/kernel.h"
#include "arch/boot.h"
#include "kernel/cpu/call.h"
#include "kernel/cpu/start.h"
#include "kernel/cpu/stop.h"
#include "kernel/cpu/trap.h"
#include "kernel/irq/irq.h"
#include "kernel/mm/area.h"
#include "kernel/mm/mm.h"
#include "kernel/time/clock.h"
#include "lib/console/console.h"
#include "lib/console/panic.h"

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants), .name = "mine", .flags = KERNEL_AGAIN,
};

static uint32_t done;

static const struct acpi_header *table(void *cookie, uint32_t signature)
{
	(void)cookie, (void)signature;
	return NULL;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	return window_map(pa, size, ARCH_IO);
}

static void work_done(void *none)
{
	(void)none;
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
}

static void end_with_timer(void *none)
{
	static struct timer t;

	(void)none;
	(void)arch_irq_save();
	timer_set(&t, clock_now(), NULL, NULL);
	for (const uint64_t from = clock_now(); clock_now() - from < NS_PER_MS;)
		;
	work_done(NULL);
	for (;;)
		stop_if_asked();
}

void kernel_main(struct boot_info *bi)
{
	const struct boot_module *dtb = (void *)(bi->modules.base + bi->direct_map);
	struct cpu_work work = { .fn = bi->agains ? work_done : end_with_timer };
	struct machine m = { .table = table, .window = window };
	struct arch_timer timer;
	struct arch_irq irq;
	struct cpus cpus;

	console_serial(&bi->uart, bi->direct_map);
	m.dtb = (void *)(dtb->mem.base + bi->direct_map);	/* the only module */
	m.dtb_size = dtb->mem.size;
	trap_start(bi);
	if (mm_start(bi, 1) != OK || irq_start(&m, &irq) || clock_start(&m, &timer))
		panic("no clock");
	cpus_start(&m, bi, 2, &cpus);
	cpu_mask_set(&work.on, 1);
	if (!cpu_work(&work) || !call_wait_word(&done, 1))
		panic("the second CPU does not work");
	if (bi->agains) {
		console_print("mine: it works\n");
		arch_halt();
	}
	(void)cpus_stop();
	arch_irq_off();
	panic("%s", stub_again(bi, "", 0));
}
