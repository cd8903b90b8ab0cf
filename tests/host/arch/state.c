/* SPDX-License-Identifier: MIT */
/* state.c - the CPU as it was found, and a halt. */
#include "tests/host/arch/cpu.h"

#define CPU_HZ		1000000

void arch_halt(void)
{
	fake_forbidden(__func__);
	longjmp(fake_cpu.out, END_HALTED);
}

void arch_irq_off(void)
{
	fake_forbidden(__func__);
	fake_cpu.irq_off = true;
}

void arch_cpu_state(struct boot_info *out)
{
	fake_forbidden(__func__);
	out->cpu_flags = fake_cpu.levels == 5 ? BOOT_CPU_LA57 : 0;
	out->counter_hz = CPU_HZ;
}

const char *arch_cpu_lacks(void)
{
	return fake_cpu.lacks;
}

bool arch_regime_ok(enum boot_regime r)
{
	return r != BOOT_MMU_OFF || fake_cpu.has_off;
}

void arch_trap_install(uint64_t stack)
{
	fake_forbidden(__func__);
	(void)stack;
	fake_cpu.traps = true;
}

bool arch_level(bool drop)
{
	return !drop;
}
