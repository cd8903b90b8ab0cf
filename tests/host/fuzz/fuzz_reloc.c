/* SPDX-License-Identifier: MIT */
/* fuzz_reloc.c - image_relocate writes only the named words, and can be repeated. */
#include "tests/host/fuzz/fuzz.h"
#include "lib/image.h"

#define TYPE	8
#define WORDS	32
#define N	24

/* Apply the entries before the first bad one to `image`; returns how many those are. */
static uint32_t model(uint64_t *image, uint64_t size, uint64_t base, const struct rela *r,
		      uint32_t n)
{
	uint32_t i = 0;

	for (; i < n && r[i].info == TYPE && size >= 8 && r[i].offset <= size - 8; i++) {
		const uint64_t value = base + (uint64_t)r[i].addend;

		memcpy((char *)image + r[i].offset, &value, sizeof(value));
	}
	return i;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	const uint64_t bytes = feed_number(&f, 1), base = feed_number(&f, 8);
	const uint32_t room = (uint32_t)bytes;
	static struct rela rela[N];
	uint64_t want[WORDS] = { 0 }, *image;
	uint32_t n = 0, good;
	status_t status;

	for (; n < N && f.left; n++) {
		const uint32_t how = (uint32_t)feed_number(&f, 1);

		rela[n].info = how & 1 ? feed_number(&f, 8) : TYPE;
		rela[n].offset = how & 2 ? feed_number(&f, 8) : feed_number(&f, 1) * 8;
		rela[n].addend = (int64_t)feed_number(&f, 8);
	}
	world_clear();
	image = world_put(WORLD, room, &(struct feed){ 0 });
	good = model(want, bytes, base, rela, n);
	for (uint32_t twice = 0; twice < 2; twice++) {
		status = image_relocate(WORLD, bytes, base, rela, n, TYPE);
		CHECK((status == OK) == (good == n));
		CHECK(!memcmp(image, want, room));
	}
	return 0;
}
