/* SPDX-License-Identifier: MIT */
/* cmd_state.c - irq and log: what has happened so far. */
#include "monitor.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/irq.h"
#include "kernel/log.h"
#include "lib/console/console.h"

#define LOG_LINES	UINT32_MAX

bool command_irq(struct kernel *k, uint32_t n, char **words)
{
	(void)n;
	(void)words;
	if (k->irq_why)
		console_print("no interrupt controller: %s\n", k->irq_why);
	else
		console_print("%s, %u interrupts\n", k->irq.name, k->irq.count);
	for (uint32_t i = 0; i < cpu_count(); i++) {
		const struct cpu *c = cpu_at(i);

		if (c)
			console_print("CPU %u: %llu interrupts, %llu exceptions, %llu NMIs\n", i,
				      LL(c->interrupts), LL(c->traps - c->nmis), LL(c->nmis));
		if (monitor_stopped())
			return false;
	}
	for (uint32_t i = 0; i < ARCH_IRQS; i++)
		if (irq_count(i))
			console_print("interrupt %u: %llu%s\n", i, LL(irq_count(i)),
				      i == k->timer.irq ? ", the timer's" : "");
	console_print("spurious: %llu\nunexpected: %llu", LL(irq_counts.spurious),
		      LL(irq_counts.unexpected));
	if (irq_counts.unexpected)
		console_print(", last %u, masked since", irq_counts.unexpected_last);
	console_print("\n");
	return true;
}

bool command_log(struct kernel *k, uint32_t n, char **words)
{
	uint64_t lines = LOG_LINES;

	(void)k;
	if (n == 2 && !monitor_number(words[1], &lines))
		return false;
	log_print((uint32_t)MIN(lines, LOG_LINES));
	return true;
}
