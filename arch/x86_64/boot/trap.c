/* SPDX-License-Identifier: MIT */
/*
 * trap.c - describes an exception in words (SDM 3A chapter 6). Handlers run on the current stack.
 */
#include "trap.h"
#include "arch/boot.h"
#include "desc.h"
#include "exception.h"
#include "lib/image.h"
#include "lib/print.h"
#include "lib/console/panic.h"

#define DATA __attribute__((section(".data")))

static DATA char trap_text[80];

static void trap_describe(uint64_t vector, uint64_t error)
{
	const char *what = exception_name(vector);

	if (vector == VECTOR_PF)
		text_format(trap_text, sizeof(trap_text), "%s, %s, %s", what,
			    error & PF_RSVD ? "reserved bit set" :
			    error & PF_P ? "no permission" : "not mapped",
			    error & PF_I ? "execute" : error & PF_W ? "write" : "read");
	else
		text_format(trap_text, sizeof(trap_text), "%s", what);
}

_Noreturn void trap_handle(const struct trap_frame *frame)
{
	struct trap_info t;

	exception_fill(&t, frame->reg);
	t.what = trap_text;
	trap_describe(frame->vector, frame->error);
	panic_trap(&t);
}

void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack)
{
	(void)stack;	/* no IST until the kernel has a TSS */
	desc_gates(image_twin(&desc_tables, copy), virt);
}

void arch_trap_install(uint64_t stack)
{
	(void)stack;	/* handlers run on the current one */
	/* desc_load's far return has no entry on firmware's shadow stack (SDM 1 18.2) */
	cr_write(cr4, cr_read(cr4) & ~(uint64_t)CR4_CET);
	cr_write(dr7, 0);	/* no breakpoints of an earlier debugger */
	desc_gates(&desc_tables, (uint64_t)image_start);
	desc_load(&desc_tables);
}
