/* SPDX-License-Identifier: MIT */
/* efi_left_part.h - stub/raw/efi_left.c where memory is the world: any pointer, any table. */
#ifndef EFI_LEFT_PART_H
#define EFI_LEFT_PART_H
#include "tests/host/fuzz/fuzz.h"
#include "stub/raw/efi_left.h"
#include "tests/host/unit/no_uart.h"

static bool fuzz_raw_reach(struct raw *r, uint64_t base, uint64_t size)
{
	return raw_reach(r, base, size) && world_has(base, size);
}
#define raw_reach fuzz_raw_reach
#include "stub/raw/efi_left.c"
#endif
