/* SPDX-License-Identifier: MIT */
/* cpu.c - see cpu.h. The boot CPU's struct is here; other CPUs bring their own. */
#include "kernel/cpu/cpu.h"
#include "lib/console/panic.h"

static struct cpu boot;
static struct cpu *cpus[CPU_MAX];
static uint32_t count;

struct cpu *cpu_at(uint32_t index)
{
	return index < CPU_MAX ? __atomic_load_n(&cpus[index], __ATOMIC_ACQUIRE) : NULL;
}

uint32_t cpu_count(void)
{
	return __atomic_load_n(&count, __ATOMIC_RELAXED);
}

struct cpu *cpu_boot(void)
{
	return &boot;
}

void cpu_prepare(struct cpu *c, uint32_t index, uint64_t id)
{
	if (index >= CPU_MAX)
		panic("CPU %u: at most %u", index, CPU_MAX);
	c->self = c;
	c->index = index;
	c->id = id;
	arch_cpu_set(c);
}

void cpu_publish(struct cpu *c)
{
	uint32_t seen = cpu_count();

	__atomic_store_n(&cpus[c->index], c, __ATOMIC_RELEASE);
	while (seen <= c->index && !__atomic_compare_exchange_n(&count, &seen, c->index + 1, false,
								__ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

/* No exclusives: the boot CPU starts where caches may be off. */
void cpu_start(struct cpu *c, uint32_t index, uint64_t id)
{
	cpu_prepare(c, index, id);
	__atomic_store_n(&cpus[index], c, __ATOMIC_RELEASE);
	if (cpu_count() <= index)
		__atomic_store_n(&count, index + 1, __ATOMIC_RELAXED);
}
