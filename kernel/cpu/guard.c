/* SPDX-License-Identifier: MIT */
/*
 * guard.c - see guard.h. The Makefile compiles this file without stack protector and signed return
 * addresses: guard_start() changes their value and key, so its own check would fail on return.
 */
#include "kernel/cpu/guard.h"
#include "arch/boot.h"
#include "arch/cpu.h"
#include "lib/console/panic.h"
#include "lib/string.h"

#define GUARD_FIRST	0x5eedbeedf00dca00ull	/* until there is a seed */
#define GUARD_BYTES	~0xffull		/* the zero byte stops an overrunning string */

/* The compiler defines these names. */
uint64_t __stack_chk_guard = GUARD_FIRST;
_Noreturn void __stack_chk_fail(void);

static uint64_t state;

_Noreturn void __stack_chk_fail(void)
{
	panic("stack buffer overflow");
}

/* SplitMix64: the increment between states; guard_mix() makes the output for a state. */
#define GUARD_STEP	0x9e3779b97f4a7c15ull

static uint64_t guard_mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* The next output. Not atomic: only the boot CPU runs, and its caches may be off. */
static uint64_t guard_next(void)
{
	state += GUARD_STEP;
	return guard_mix(state);
}

/* CPUs may run this in parallel: each takes two states of its own. */
void guard_cpu_start(void)
{
	uint64_t mine, key[2];

	if (!__atomic_load_n(&state, __ATOMIC_RELAXED))
		return;
	mine = __atomic_add_fetch(&state, 2 * GUARD_STEP, __ATOMIC_RELAXED);
	key[0] = guard_mix(mine - GUARD_STEP);
	key[1] = guard_mix(mine);
	arch_guard(key);
}

void guard_start(const struct boot_info *bi)
{
	uint64_t word, more, key[2];

	state = arch_counter();
	for (uint32_t i = 0; i + sizeof(word) <= bi->seed_len && i < sizeof(bi->seed);
	     i += sizeof(word)) {
		memcpy(&word, bi->seed + i, sizeof(word));
		state ^= word;
		state = guard_next();
	}
	if (arch_random(&more))
		state ^= more;
	__stack_chk_guard = guard_next() & GUARD_BYTES;
	key[0] = guard_next();
	key[1] = guard_next();
	arch_guard(key);
}
