/* SPDX-License-Identifier: MIT */
/* arrive.c - the first C code of a kernel that boots itself once more; see stub/again.h. */
#include "stub/again.h"
#include "arch/boot.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "lib/string.h"
#include "stub/raw/raw.h"
#include "stub/stub.h"

/*
 * Restore .data as the kernel found it, and undo what the stub had changed in it by then. Nothing
 * is relocated: stub_main() does that.
 */
_Noreturn void again_enter(const struct boot_info *bi)
{
	const struct again *k = (const struct again *)bi->kept.base;
	struct raw_door door;

	again_door(&door, k->room);
	arch_copy(image_data, k->data, again_data() / sizeof(*k->data));
	crumb_begin();
	memset(&console, 0, sizeof(console));
	if (!arch_again_map(door.scratch))
		raw_fail("no memory for page tables", 0);
	(void)stub_main(BOOT_ENTRY_AGAIN, (uint64_t)bi, (uint64_t)&door, k->began);
	arch_halt();
}
