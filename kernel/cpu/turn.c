/* SPDX-License-Identifier: MIT */
/* turn.c - see turn.h. Uses atomics on one word, not lock.h, so that waiting can time out. */
#include "kernel/cpu/turn.h"
#include "kernel/cpu/cpu.h"
#include "kernel/time/timeout.h"
#include "kernel/time/scale.h"
#include "lib/console/console.h"

#define TURN_NS		NS_PER_S	/* twice 256 bytes at 9600 baud, and a screen */

static uint32_t owner;			/* index + 1 of the CPU that may print; or NO_CPU */

/* For console_turn. True: the turn was taken, and has to be given back. */
static bool turn(bool take)
{
	const uint32_t own = cpu_this()->index + 1;
	uint32_t none = NO_CPU;
	struct timeout limit = { TURN_NS, 0 };

	if (!take) {
		__atomic_store_n(&owner, NO_CPU, __ATOMIC_RELEASE);
		return false;
	}
	if (__atomic_load_n(&owner, __ATOMIC_RELAXED) == own)
		return false;
	while (!__atomic_compare_exchange_n(&owner, &none, own, false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		none = NO_CPU;
		if (!timeout_pause(&limit))
			return false;
	}
	return true;
}

void turn_start(void)
{
	console_turn = turn;
}

void turn_end(void)
{
	console_turn = NULL;
}
