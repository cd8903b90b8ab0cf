/* SPDX-License-Identifier: MIT */
/* cpu.c - see cpu.h. The boot CPU's struct is static; start.c allocates the others. */
#include "kernel/cpu/cpu.h"
#include "lib/console/panic.h"

static struct cpu boot;
NOINIT struct cpu *cpu_table[CPU_MAX];	/* valid below cpu_indices */
uint32_t cpu_indices;

struct cpu *cpu_boot(void)
{
	return &boot;
}

void cpu_expect(uint32_t indices)
{
	for (uint32_t i = cpu_count(); i < indices; i++)
		__atomic_store_n(&cpu_table[i], NULL, __ATOMIC_RELAXED);
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
	const uint32_t count = c->index + 1;
	uint32_t seen = cpu_count();

	__atomic_store_n(&cpu_table[c->index], c, __ATOMIC_RELEASE);
	while (seen < count && !__atomic_compare_exchange_n(&cpu_indices, &seen, count, false,
							    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

/* Without atomic read-modify-write: on aarch64 that needs caches, which may be off this early. */
void cpu_start(struct cpu *c, uint32_t index, uint64_t id)
{
	cpu_prepare(c, index, id);
	__atomic_store_n(&cpu_table[index], c, __ATOMIC_RELEASE);
	if (cpu_count() <= index)
		__atomic_store_n(&cpu_indices, index + 1, __ATOMIC_RELAXED);
}
