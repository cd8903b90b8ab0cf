/* SPDX-License-Identifier: MIT */
/* crash.c - crash=KIND and the monitor's crash: ways to fail, to test how each is reported. */
#include "kernel/cpu/trap.h"
#include "kernel/kernel.h"

static uint64_t data[2];	/* not code */

/* Frames are much smaller than a page, so they cannot skip the guard page. */
__attribute__((noinline)) void crash_stack(void *arg)
{
	volatile uint64_t frame[8];

	frame[0] = (uint64_t)arg;
	if (*(volatile bool *)arg)
		crash_stack((void *)frame[0]);
	frame[1] = frame[0];			/* prevents a tail call */
}

static bool crash_in_handler(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f)
{
	(void)t;
	(void)f;
	if (kind == TRAP_BREAK)
		(void)*(volatile uint64_t *)FAULT_ADDRESS;
	return false;
}

static void crash_break(void *arg)
{
	(void)arg;
	__builtin_debugtrap();
}

/* Fault in the handler of an exception that was expected. */
static void crash_handler(void)
{
	struct trap_info fault;

	trap_hook(crash_in_handler);
	trap_try(crash_break, NULL, &fault);
}

/* Overwrite whatever is above the buffer, including the return address. */
static __attribute__((noinline)) void crash_smash(uint32_t size)
{
	uint8_t buffer[16];
	volatile uint8_t *at = buffer;

	__asm__("" : "+r"(at));		/* hide the buffer's size from compilers and checkers */
	for (uint32_t i = 0; i < size; i++)
		at[i] = (uint8_t)i;
}

void crash_run(enum crash_kind kind)
{
	static bool forever = true;

	switch (kind) {
	case CRASH_NONE: case CRASH_KINDS: return;
	case CRASH_BREAK: crash_break(NULL); return;
	case CRASH_EXECUTE: ((void (*)(void))(uint64_t)data)(); return;
	case CRASH_HANDLER: crash_handler(); return;
	case CRASH_JUMP: ((void (*)(void))FAULT_ADDRESS)(); return;
	case CRASH_PANIC: panic("requested");
	case CRASH_READ: (void)*(volatile uint8_t *)FAULT_ADDRESS; return;
	case CRASH_SMASH: crash_smash(64); return;
	case CRASH_STACK: crash_stack(&forever); return;
	case CRASH_TEXT: *(volatile uint8_t *)crash_run = 0; return;
	case CRASH_UNDEFINED: __builtin_trap();
	case CRASH_WRITE: *(volatile uint8_t *)FAULT_ADDRESS = 0; return;
	}
}
