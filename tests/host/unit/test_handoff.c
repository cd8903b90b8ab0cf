/* SPDX-License-Identifier: MIT */
/* test_handoff.c - where a kernel with its own map runs, and that it is told so. */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "arch/map.h"
#include "lib/image.h"
#include "stub/handoff.h"

#define DIRECT	(1ull << 47)
#define IMAGE	(1ull << 46)
#define SLOTS	1000

void arch_space(struct arch_space *out)
{
	*out = (struct arch_space){ DIRECT, IMAGE, SLOTS };
}

static void test_virtual(void **state)
{
	const uint64_t slots = SLOTS - ALIGN_UP(image_size(), 2 * MIB) / (2 * MIB);
	static struct draft d;
	struct arena a = { .map_cap = 1 };
	const uint64_t pick[] = { 0, 1, slots - 1, slots, slots + 1, UINT64_MAX };
	uint8_t *room = calloc(1, 4 * PAGE_SIZE);

	(void)state;
	a.all.base = (uint64_t)room;
	a.image = 0x5000;
	a.modules = a.all.base + 2 * PAGE_SIZE;
	a.text = a.all.base + 3 * PAGE_SIZE;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(pick); i++) {
		const struct boot_info *bi;
		const bool random = i % 2;

		d.info.regime = BOOT_MMU_MAPPED;
		d.have_entropy = random;
		d.entropy[ENTROPY_VIRT] = pick[i / 2];
		bi = handoff_write(&d, &a, 0);
		assert_true(bi->direct_map == DIRECT);
		assert_true(bi->image_virt ==
			    IMAGE + (random ? pick[i / 2] % slots * 2 * MIB : 0));
		assert_int_equal(bi->flags, random ? BOOT_VIRT_RANDOM : 0);
		d.info.regime = BOOT_MMU_IDENTITY;
		bi = handoff_write(&d, &a, 0);
		assert_true(!bi->direct_map && bi->image_virt == a.image && !bi->flags);
	}
	free(room);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_virtual) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
