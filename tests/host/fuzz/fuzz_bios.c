/* SPDX-License-Identifier: MIT */
/* fuzz_bios.c - the search for ACPI's and SMBIOS's entry points in a BIOS's memory. */
#include "tests/host/fuzz/fuzz.h"
#include "stub/raw/pc.h"

static const struct {
	const char *text;
	uint32_t length;
} wanted[] = { { "RSD PTR ", 20 }, { "_SM3_", 0x18 }, { "_SM_", 0x1f } };

static bool good(const uint8_t *p, const char *text, uint32_t length)
{
	uint8_t total = 0;

	if (memcmp(p, text, strlen(text)))
		return false;
	while (length)
		total = (uint8_t)(total + p[--length]);
	return !total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	const uint32_t fix = (uint32_t)feed_number(&f, 1);	/* which of them to make right */
	const uint64_t room = f.left;
	uint8_t *at;

	world_clear();
	at = world_put(WORLD, room, &f);
	for (uint32_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const uint32_t length = wanted[i].length;
		uint64_t want = 0;

		if (fix % 4 == i && room >= length + fix / 4)
			sum_fix(at + ALIGN_DOWN(fix / 4, 16), length,
				at + ALIGN_DOWN(fix / 4, 16) + 8);
		for (uint64_t o = 0; !want && o + length <= room; o += 16)
			if (good(at + o, wanted[i].text, length))
				want = WORLD + o;
		CHECK(bios_search(WORLD, room, wanted[i].text, length) == want);
	}
	return 0;
}
