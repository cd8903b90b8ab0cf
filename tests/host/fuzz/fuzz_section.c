/* SPDX-License-Identifier: MIT */
/*
 * fuzz_section.c - the page of headers before our image, as a loader has put it there. First two
 * bytes: how much of it is made right (1 MZ and the way to PE's header, 2 its signature, 4 the size
 * of the optional header and not too many sections), and where that header is, in words; then the
 * header and what follows it.
 */
#include "tests/host/fuzz/fuzz.h"
#include "tests/host/arch/cpu.h"
#include "tests/host/image.h"
#include "stub/efi/efi.h"

static uint64_t owned;		/* size that the map was asked for */

static status_t fuzz_with_map(const struct efi *e,
			      status_t (*use)(const struct efi_map *m, void *cookie), void *cookie)
{
	(void)e, (void)use;
	owned = *(const uint64_t *)cookie;
	return OK;
}
#define efi_with_map fuzz_with_map
#include "stub/efi/section.c"

static void check(const struct boot_range *found)
{
	const uint64_t at = found->base - (uint64_t)image_start;

	CHECK(!found->size || (at >= image_size() && at < owned && found->size <= owned - at));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *const page = (uint8_t *)image_start;
	struct feed f = { data, size };
	const uint32_t how = (uint32_t)feed_number(&f, 1), at = 4 * (uint32_t)feed_number(&f, 1);
	struct efi e = { 0 };

	memset(page, 0, PAGE_SIZE);
	feed_bytes(&f, page + at, PAGE_SIZE - at);
	if (how & 1) {
		memcpy(page, "MZ", 2);
		memcpy(page + 0x3c, &at, sizeof(at));
	}
	if (how & 2)
		memcpy(page + at, "PE\0", 4);
	if (how & 4) {
		page[at + 7] = page[at + 21] = 0;
		page[at + 20] = sizeof(struct pe_head) - 24;
	}
	fake_cpu_reset();
	owned = 0;
	CHECK(efi_find_sections(&e) == OK);
	check(&e.cmdline);
	check(&e.initrd);
	return 0;
}
