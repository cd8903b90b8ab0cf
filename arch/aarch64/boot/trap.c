/* SPDX-License-Identifier: MIT */
/*
 * trap.c - describes an exception in words (Arm ARM D19.2.37, ESR_ELx).
 *
 * State is in .data: the stub takes traps before .bss can be trusted.
 */
#include "trap.h"
#include "arch/boot.h"
#include "cpu.h"
#include "drop.h"
#include "lib/image.h"
#include "lib/print.h"
#include "lib/console/panic.h"
#include "sysreg.h"
#include "trap_class.h"

#define DATA __attribute__((section(".data")))

DATA uint64_t trap_stack;
static DATA char trap_text[80];

static const char *trap_status(uint32_t fsc)
{
	switch (fsc >> 2) {
	case 0: return "address size fault";
	case 1: return "translation fault";
	case 2: return "access flag fault";
	case 3: return "permission fault";
	case 4: return "external abort";
	case 5: return "external abort on a table walk";
	default: return fsc == 0x21 ? "alignment fault" : "fault";
	}
}

static void trap_describe(uint64_t vector, uint64_t esr)
{
	static const char kind[][8] = { "", "IRQ", "FIQ", "SError" };
	const uint32_t ec = ESR_EC(esr);
	const bool data = ec == EC_DABORT_LOWER || ec == EC_DABORT;

	if (vector & 3)
		text_format(trap_text, sizeof(trap_text), "%s", kind[vector & 3]);
	else if (data || ec == EC_IABORT_LOWER || ec == EC_IABORT)
		text_format(trap_text, sizeof(trap_text), "%s, %s level %u%s", trap_class(ec),
			    trap_status(ESR_FSC(esr)), (unsigned int)esr & 3,
			    !data ? "" : esr & ESR_WNR ? ", write" : ", read");
	else
		text_format(trap_text, sizeof(trap_text), "%s", trap_class(ec));
}

_Noreturn void trap_handle(uint64_t vector, const struct trap_frame *frame)
{
	static const char name[][4] = {
		"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		"x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22",
		"x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",
	};
	const bool el2 = cpu_level() == 2;
	struct trap_info t = {
		.what = trap_text,
		.cause_name = el2 ? "ESR_EL2" : "ESR_EL1",
		.address_name = el2 ? "FAR_EL2" : "FAR_EL1",
		.cause = el2 ? sysreg_read(esr_el2) : sysreg_read(esr_el1),
		.address = el2 ? sysreg_read(far_el2) : sysreg_read(far_el1),
		.pc = el2 ? sysreg_read(elr_el2) : sysreg_read(elr_el1),
		.sp = frame->sp,
		.reg_name = name,
		.reg = frame->x,
		.regs = ARRAY_SIZE(name),
	};

	trap_describe(vector, t.cause);
	panic_trap(&t);
}

void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack)
{
	(void)virt;	/* the vectors are position independent */
	*(uint64_t *)image_twin(&trap_stack, copy) = stack;
	drop_into(copy);
}

void arch_trap_install(uint64_t stack)
{
	trap_stack = stack;
	if (cpu_level() == 2)
		sysreg_write(vbar_el2, (uint64_t)trap_vectors);
	else
		sysreg_write(vbar_el1, (uint64_t)trap_vectors);
	__asm__ volatile("isb" ::: "memory");
}
