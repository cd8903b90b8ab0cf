/* SPDX-License-Identifier: MIT */
/* cmd_cpus.c - cpus: which CPUs run, and why others do not; or all of them under stress. */
#include "monitor.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/start.h"
#include "kernel/stress.h"
#include "lib/console/console.h"

static void cpu_line(const struct cpu *c)
{
	console_print("%3u  id 0x%llx  %s%s  %llu interrupts, %llu traps, %llu NMIs\n", c->index,
		      LL(c->id), !c->index ? "boot CPU" : c->work ? "works" : "waits",
		      c->silent ? ", does not answer" : "", LL(c->interrupts), LL(c->traps),
		      LL(c->nmis));
}

static bool stress(const char *word)
{
	struct stress s;
	uint64_t operations;

	if (!monitor_number(word, &operations))
		return false;
	stress_run(operations, &s);
	if (s.cpus)
		console_print("%llu operations on %u CPUs, %u wrong\n", LL(s.done), s.cpus,
			      s.wrong);
	if (s.wrong)
		return monitor_error("%s", s.why);
	return s.done == operations;	/* else a key stopped it */
}

bool command_cpus(struct kernel *k, uint32_t n, char **words)
{
	uint32_t running = 0, wanted = MAX(cpu_count(), k->cpus.wanted);

	if (n == 2)
		return stress(words[1]);
	for (uint32_t i = 0; i < wanted; i++) {
		const struct cpu *c = cpu_at(i);
		const char *why;
		uint64_t id;

		if (c) {
			cpu_line(c);
			running++;
			continue;
		}
		why = cpus_missing(i, &id);
		if (why)
			console_print("%3u  id 0x%llx  does not run: %s\n", i, LL(id), why);
	}
	console_print("%u of %u run\n", running, MAX(k->cpus.named, running));
	return true;
}
