/* SPDX-License-Identifier: MIT */
/* again.c - out of a kernel, back to the stub. */
#include "tests/host/arch/cpu.h"

bool arch_again_room(const struct boot_info *bi, uint64_t base)
{
	(void)bi;
	return !fake_cpu.room_first || base <= fake_cpu.room_first;
}

const char *arch_again_check(const struct boot_info *bi)
{
	(void)bi;
	return fake_cpu.no_again;
}

const char *arch_again(const struct boot_info *bi, uint64_t room)
{
	(void)bi;
	fake_cpu.room = room;
	longjmp(fake_cpu.out, END_AGAIN);
}

bool arch_again_map(uint64_t scratch)
{
	fake_cpu.room = scratch;
	return true;
}

uint64_t arch_again_pinned(const struct boot_info *old)
{
	(void)old;
	return fake_cpu.pinned;
}
