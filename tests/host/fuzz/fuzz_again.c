/* SPDX-License-Identifier: MIT */
/*
 * fuzz_again.c - a kernel's boot_info and all that it refers to, changed at random. Nothing beyond
 * it is read, and the arena does not overlap the old image and handoff.
 */
#include "tests/host/fuzz/raw_check.h"
#include "tests/host/unit/again_make.h"

#define AT		WORLD

static bool fuzz_reach(struct raw *r, uint64_t base, uint64_t size)
{
	return raw_reach(r, base, size) && world_has(base, size);
}
#define raw_reach fuzz_reach
#include "stub/raw/again.c"

static void again_check_rest(const struct boot_info *bi, const struct stub *s)
{
	const struct arena *a = &s->arena;

	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		CHECK(s->draft.module[i].mem.size <= ARCH_REACH);
	CHECK(s->draft.file_len < sizeof(s->draft.file));
	CHECK(s->draft.vendor_len < sizeof(s->draft.vendor));
	if (!a->all.size)
		return;
	CHECK(a->efi_map.size >= s->draft.info.efi_memmap.size);
	CHECK(!raw_meets(&a->all, bi->image.base, bi->image.size));
	CHECK(!raw_meets(&a->all, AT, MADE_SIZE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stub stub;
	static struct raw raw;
	static uint8_t whole[MADE_SIZE];
	struct feed none = { data, 0 }, f = { data, size };
	struct boot_info *bi;
	const bool cold = feed_number(&f, 1) & 1;

	world_clear();
	(void)world_put(AT, sizeof(whole), &none);
	bi = again_make((uint8_t *)AT);
	while (f.left >= sizeof(uint64_t) + 2) {
		const uint64_t at = feed_number(&f, 2) % (sizeof(whole) - sizeof(uint64_t));

		feed_bytes(&f, (void *)(AT + at), sizeof(uint64_t));
	}
	memset(&stub, 0, sizeof(stub));
	stub.draft.cold = cold;
	stub.draft.info.entry = BOOT_ENTRY_AGAIN;
	raw_begin(&raw);
	raw.scratch = 0x400000;
	crumb_begin();
	fake_cpu.forbidden = NULL;
	if (PANICS(again_collect(&stub.draft, &raw, (uint64_t)bi)))
		return 0;
	raw_check(&stub, &raw);
	again_check_rest(bi, &stub);
	return 0;
}
