/* SPDX-License-Identifier: MIT */
/* stacks.c - see stacks.h. Not a part of trap.c, so that a kernel can do without kernel/mm. */
#include "kernel/cpu/stacks.h"
#include "kernel/cpu/cpu.h"
#include "kernel/mm/area.h"

status_t stacks_guard(void)
{
	struct cpu *c = cpu_this();
	status_t status = OK;

	for (uint32_t i = 1; i < arch_trap_stacks; i++) {
		uint8_t *stack = vm_alloc(CPU_TRAP_STACK);

		if (stack)
			c->trap_stack[i] = (uint64_t)stack + CPU_TRAP_STACK;
		else
			status = ERR_NO_MEMORY;
	}
	arch_trap_stacks_use(c);
	return status;
}
