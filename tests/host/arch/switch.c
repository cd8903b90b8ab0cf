/* SPDX-License-Identifier: MIT */
/* switch.c - the way to the kernel. */
#include "tests/host/arch/cpu.h"

void arch_map_format(struct arch_map *m, bool live)
{
	(void)live;
	m->levels = fake_cpu.levels ? fake_cpu.levels : 4;
	m->flags = fake_cpu.no_gib ? 0 : ARCH_MAP_GIB;
}

uint64_t arch_map_root(void)
{
	return fake_cpu.plan.root;
}

void arch_map_ordered(void)
{
}

void arch_space(struct arch_space *out)
{
	out->direct_map = fake_cpu.levels == 5 ? 0xff00000000000000ull : 0xffff800000000000ull;
	out->image = 0xffffff8000000000ull;
	out->image_slots = CPU_GUARD_SLOTS;
}

void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt)
{
	plan->root = root;
	plan->vectors = virt;
	plan->ctl[0] = r;
	plan->ctl[1] = plan->ctl[2] = plan->ctl[3] = 0;
}

void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack)
{
	fake_cpu.trap_copy = copy;
	fake_cpu.trap_virt = virt;
	fake_cpu.trap_stack = stack;
}

void arch_jump(const struct jump_plan *plan)
{
	fake_cpu.plan = *plan;
	longjmp(fake_cpu.out, END_JUMPED);
}
