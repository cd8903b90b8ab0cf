/* SPDX-License-Identifier: MIT */
/*
 * fuzz_linux.c - boot_params and everything they point to, including UEFI's tables.
 *
 * Input: boot_params, then memory at DATA. Pointers that the code checks with raw_reach() may
 * be anything; those that it has to trust are redirected into that memory.
 */
#include "tests/host/fuzz/raw_check.h"
#include "stub/raw/pc.h"

#define DATA		(WORLD + 0x10000)
#define DATA_SIZE	0x2000

#include "tests/host/fuzz/efi_left_part.h"	/* its raw_reach() */
#include "stub/raw/linux.c"

void bios_find(struct boot_info *info)
{
	(void)info;
}

static uint64_t bend(uint64_t at)
{
	return at ? DATA + at % (DATA_SIZE / 2) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stub stub;
	static struct raw raw;
	struct feed f = { data, size };
	const uint32_t how = (uint32_t)feed_number(&f, 1);
	struct linux_params *p;

	world_clear();
	p = world_put(WORLD, sizeof(*p), &f);
	if (how & 1)
		p->magic = LINUX_MAGIC;
	world_put(DATA, DATA_SIZE, &f);
	*(uint8_t *)(DATA + DATA_SIZE - 1) = 0;
	p->cmdline = (uint32_t)bend(p->cmdline);
	if (how & 2)
		p->cmdline_high = 0;
	else if (p->cmdline_high)
		p->cmdline = 0;
	memset(&stub, 0, sizeof(stub));
	raw_begin(&raw);
	raw.n = 0;
	stub.draft.info.entry = BOOT_ENTRY_LINUX64;
	if (!PANICS(linux_collect(&stub.draft, &raw, (uint64_t)p)))
		raw_check(&stub, &raw);
	return 0;
}
