/* SPDX-License-Identifier: MIT */
/* from_efi_part.h - stub/from_efi.c where memory is the world: any pointer may be in any table. */
#ifndef FROM_EFI_PART_H
#define FROM_EFI_PART_H
#include "tests/fuzz/fuzz.h"
#include "stub/from_efi.h"
#include "tests/unit/no_uart.h"

static bool fuzz_raw_reach(const struct raw *r, uint64_t base, uint64_t size)
{
	return raw_reach(r, base, size) && world_has(base, size);
}
#define raw_reach fuzz_raw_reach
#include "stub/from_efi.c"
#endif
