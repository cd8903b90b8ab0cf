/* SPDX-License-Identifier: MIT */
/*
 * machine.c - starts interrupts and time for our own kernel: gives the library's parts access to
 * tables and registers (arch/machine.h), and reports what they found. Runs after mm_start().
 */
#include "kernel/dev/input.h"
#include "kernel/dev/keyboard.h"
#include "kernel/dev/serial.h"
#include "kernel/firmware/firmware.h"
#include "kernel/irq/irq.h"
#include "kernel/irq/madt.h"
#include "kernel/kernel.h"
#include "kernel/time/clock.h"
#include "kernel/mm/area.h"
#include "kernel/splash.h"
#include "lib/console/console.h"

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	return window_map(pa, size, ARCH_IO);
}

struct power *kernel_power(struct kernel *k)
{
	k->power = (struct power){
		.acpi = { .reach = windows_reach, .cookie = &k->windows },
		.rsdp = k->bi->acpi_rsdp, .window = window,
	};
	return &k->power;
}

const struct acpi_header *acpi_find_table(struct kernel *k, uint32_t signature)
{
	return power_table(kernel_power(k), signature, 0);
}

static const struct acpi_header *table(void *cookie, uint32_t signature)
{
	return acpi_find_table(cookie, signature);
}

static void machine_report(const struct kernel *k)
{
	const struct arch_timer *t = &k->timer;

	if (k->irq_why || k->timer_why)
		console.level = CONSOLE_ERROR;
	if (k->irq_why)
		console_print("boot: irq: none: %s\n", k->irq_why);
	else
		console_print("boot: irq: %s, %u interrupts%s%s\n", k->irq.name, k->irq.count,
			      arch_irq_doubt() ? "; " : "",
			      arch_irq_doubt() ? arch_irq_doubt() : "");
	if (k->timer_why) {
		console_print("boot: counter: none: %s\n", k->timer_why);
		return;
	}
	console_print("boot: counter: %s, %llu.%03llu MHz by %s, ", t->name,
		      LL(t->hz / 1000000), LL(t->hz / 1000 % 1000), t->by);
	if (t->irq)
		console_print("interrupt %u", t->irq);
	else
		console_print("no interrupt");
	console_print("%s%s\n", t->doubt ? "; " : "", t->doubt ? t->doubt : "");
}

/* Prints no count if firmware's tables name one CPU, or none. */
static void cpus_report(const struct cpus *c, bool tables)
{
	if (c->unlisted && tables)
		console_warn("the tables do not list the boot CPU\n");
	if (c->named <= 1)
		return;
	console_print("boot: cpus: %u of %u%s%s\n", c->running, c->named, c->why ? ": " : "",
		      c->why ? c->why : "");
	for (uint32_t i = 1; i < c->wanted && !c->why; i++) {
		uint64_t id;
		const char *why = cpus_missing(i, &id);

		if (why)
			console_warn("CPU %u (id 0x%llx): %s\n", i, LL(id), why);
	}
}

/* Start other CPUs. From then on they may call this one, too. */
static void others_start(struct kernel *k, const struct machine *m)
{
	const struct acpi_header *madt = table(m->cookie, MADT_SIGNATURE);

	if (madt && !madt_whole(madt))
		console_warn("ACPI: the MADT (APIC) is damaged\n");
	screen_show();				/* what comes next may take time */
	cpus_arrived = splash_cpus;
	cpus_start(m, k->bi, k->options.cpus ? k->options.cpus : UINT32_MAX, &k->cpus);
	splash_cpus(k->cpus.running, k->cpus.named);
	cpus_report(&k->cpus, madt || m->dtb);
	if (k->cpus.running > 1)
		arch_irq_on();
}

/* Start input devices and list them on one line, if there are any. */
static void input_start(const struct machine *m, const struct kernel *k)
{
	const char *why;

	serial_start(m, &console.uart, k->bi->uart.base);
	why = keyboard_start(m);
	for (uint32_t i = 0; i < INPUT_DEVICES && input_device[i].name; i++) {
		const struct input_device *d = &input_device[i];

		console_print("%s%s", i ? ", " : "boot: input: ", d->name);
		console_print(input_interrupts(d) ? " by interrupt %u" :
			      d->irq ? " polled until interrupt %u" : " polled", d->irq);
	}
	if (input_device[0].name)
		console_print("\n");
	if (why && *why)
		console_print("boot: keyboard: none: %s\n", why);
}

void machine_start(struct kernel *k)
{
	const struct boot_module *dtb = module_find(k, BOOT_MODULE_DTB);
	struct machine m = { .cookie = k, .table = table, .window = window };

	if (dtb) {
		m.dtb = memory_at(&k->memory, dtb->mem.base);
		m.dtb_size = dtb->mem.size;
	}
	k->irq_why = irq_start(&m, &k->irq);
	k->timer_why = clock_start(&m, &k->timer);
	if (!k->bi->counter_hz)
		k->bi->counter_hz = clock_hz;
	machine_report(k);
	console.level = CONSOLE_INFO;
	input_start(&m, k);
	others_start(k, &m);
	windows_close(&k->windows);		/* onto the tables that these have read */
}
