/* SPDX-License-Identifier: MIT */
/* fuzz_pvh.c - a PVH start_info; memory at DATA as in fuzz_linux.c. */
#include "tests/host/fuzz/raw_check.h"
#include "stub/raw/pc.h"
#include "tests/host/unit/no_uart.h"

#define DATA		(WORLD + 0x10000)
#define DATA_SIZE	0x2000

static bool fuzz_reach(struct raw *r, uint64_t base, uint64_t size)
{
	return raw_reach(r, base, size) && world_has(base, size);
}
#define raw_reach fuzz_reach
#include "stub/raw/pvh.c"

void bios_find(struct boot_info *info)
{
	(void)info;
}

static uint32_t how;

static uint32_t ask(void *e820, uint32_t room)
{
	struct linux_e820 *e = e820;

	if (how & 2)
		return 0;
	for (uint32_t i = 0; i < room; i++)
		e[i] = (struct linux_e820){ (uint64_t)i << 20, 0xff000 + i, i % 6 };
	return room;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stub stub;
	static struct raw raw;
	struct feed f = { data, size };
	struct pvh_start *p;

	how = (uint32_t)feed_number(&f, 1);
	world_clear();
	p = world_put(WORLD, sizeof(*p), &f);
	if (how & 1)
		p->magic = PVH_MAGIC;
	world_put(DATA, DATA_SIZE, &f);
	*(uint8_t *)(DATA + DATA_SIZE - 1) = 0;
	if (p->cmdline)
		p->cmdline = DATA + p->cmdline % DATA_SIZE;
	memset(&stub, 0, sizeof(stub));
	raw_begin(&raw);
	raw.n = 0;
	stub.draft.info.entry = BOOT_ENTRY_PVH;
	if (!PANICS(pvh_collect(&stub.draft, &raw, (uint64_t)p, ask)))
		raw_check(&stub, &raw);
	return 0;
}
