/* SPDX-License-Identifier: MIT */
/* test_space_refused.c - what the address space refuses. Built once for each CPU. */
#include "tests/host/unit/space_world.h"

/* From here on, a page below AT + 2 MiB is in the table of pages that was used last. */
static void pages_use(void)
{
	for (uint64_t va = AT + MIB; va <= AT + MIB + PAGE_SIZE; va += PAGE_SIZE)
		assert_int_equal(space_map(va, GIB, PAGE_SIZE, ARCH_RW), OK);
	assert_true(space.map.recent && space.map.recent_va >> 21 == AT >> 21);
}

static void bad_pages(void)
{
	const uint64_t end = 1ull << 40;

	assert_int_equal(space_map(AT + 1, GIB, PAGE_SIZE, ARCH_RW), ERR_BAD_OPTION);
	assert_int_equal(space_map(AT, GIB + 1, PAGE_SIZE, ARCH_RW), ERR_BAD_OPTION);
	assert_int_equal(space_map(AT, GIB, PAGE_SIZE + 1, ARCH_RW), ERR_BAD_OPTION);
	assert_int_equal(space_map(AT, GIB, 0, ARCH_RW), ERR_BAD_OPTION);
	assert_int_equal(space_map(AT, end, PAGE_SIZE, ARCH_RW), ERR_BAD_OPTION);
	assert_int_equal(space_unmap(AT + 1, PAGE_SIZE), ERR_BAD_OPTION);
	assert_int_equal(space_unmap(AT + MIB + 1, PAGE_SIZE), ERR_BAD_OPTION);
}

static void test_addresses(void **state)
{
	struct boot_info bi;
	struct arch_leaf leaf;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	bad_pages();
	assert_int_equal(space_map(1ull << 47, GIB, PAGE_SIZE, ARCH_RW), ERR_BAD_OPTION);
	assert_int_equal(space_map((1ull << 47) - PAGE_SIZE, GIB, 2 * PAGE_SIZE, ARCH_RW),
			 ERR_BAD_OPTION);
	assert_int_equal(space_map(1ull << 48, GIB, PAGE_SIZE, ARCH_RW), ERR_BAD_OPTION);
	assert_int_equal(space_map(UINT64_MAX - PAGE_SIZE + 1, GIB, 2 * PAGE_SIZE, ARCH_RW),
			 ERR_BAD_OPTION);
	assert_int_equal(space_map(AT, (1ull << 40) - PAGE_SIZE, 2 * PAGE_SIZE, ARCH_RW),
			 ERR_BAD_OPTION);
	assert_int_equal(space_protect(AT, 1, ARCH_RO), ERR_BAD_OPTION);
	/* the ends of both halves are there */
	assert_int_equal(space_map((1ull << 47) - PAGE_SIZE, GIB, PAGE_SIZE, ARCH_RW), OK);
	assert_int_equal(space_map(UINT64_MAX - PAGE_SIZE + 1, GIB, PAGE_SIZE, ARCH_RW), OK);
	assert_int_equal(space_map(UINT64_MAX - PAGE_SIZE + 1, GIB, PAGE_SIZE, ARCH_RW),
			 ERR_IN_USE);
	assert_int_equal(space_protect(UINT64_MAX - PAGE_SIZE + 1, PAGE_SIZE, ARCH_RO), OK);
	/* and found by no other address */
	assert_true(space_find((1ull << 47) - 1, &leaf) && leaf.pa == GIB);
	assert_true(space_find(UINT64_MAX, &leaf) && leaf.pa == GIB);
	assert_false(space_find((1ull << 48) - 1, &leaf) || leaf.size != PAGE_SIZE);
	assert_false(space_find(UINT64_MAX - (1ull << 47), &leaf));
	assert_int_equal(leaf.va, UINT64_MAX - (1ull << 47) - PAGE_SIZE + 1);
	assert_int_equal(space_unmap(UINT64_MAX - PAGE_SIZE + 1, PAGE_SIZE), OK);
	assert_int_equal(space_unmap((1ull << 47) - PAGE_SIZE, PAGE_SIZE), OK);
	assert_int_equal(w.in_use, space.spares);
	pages_use();
	bad_pages();
	assert_int_equal(space_map(AT + MIB, GIB, PAGE_SIZE, ARCH_RW), ERR_IN_USE);
	stop();
}

/* Nothing becomes both writable and executable in any way; the image stays as it is. */
static void never_both(bool pages)
{
	const uint64_t text = 7 * GIB + image_offset(image_text), code = 3 * GIB;
	struct boot_info bi;

	start(4, ARCH_MAP_GIB, 0, &bi);
	if (pages)
		pages_use();
	for (enum arch_perm perm = ARCH_RW; perm <= ARCH_WC; perm++) {
		assert_int_equal(space_map(AT, text, PAGE_SIZE, perm), ERR_SECURITY);
		assert_int_equal(space_map(AT, text - PAGE_SIZE, 2 * PAGE_SIZE, perm),
				 ERR_SECURITY);
		assert_int_equal(space_map(AT, 6 * GIB, 2 * MIB, perm), ERR_SECURITY);
	}
	assert_int_equal(space_map(AT, text, PAGE_SIZE, ARCH_RO), OK);
	assert_int_equal(space_protect(AT, PAGE_SIZE, ARCH_RW), ERR_SECURITY);
	assert_int_equal(space_protect(AT, PAGE_SIZE, ARCH_RX), ERR_SECURITY);
	assert_int_equal(space_unmap(AT, PAGE_SIZE), ERR_SECURITY);
	assert_int_equal(space_map(AT + PAGE_SIZE, 4 * GIB, PAGE_SIZE, ARCH_RX), OK);
	assert_int_equal(space_map(AT + 2 * PAGE_SIZE, 4 * GIB, PAGE_SIZE, ARCH_RW), ERR_SECURITY);
	assert_int_equal(space_unmap(AT + PAGE_SIZE, PAGE_SIZE), OK);

	assert_int_equal(space_map(AT + GIB, code, 2 * PAGE_SIZE, ARCH_RX), OK);
	assert_int_equal(space_map(AT + 2 * GIB, code + PAGE_SIZE, PAGE_SIZE, ARCH_RW),
			 ERR_SECURITY);
	assert_int_equal(space_protect(AT + GIB, PAGE_SIZE, ARCH_RW), ERR_SECURITY);
	assert_int_equal(space_unmap(AT + GIB, 2 * PAGE_SIZE), OK);
	assert_int_equal(space_map(AT + 2 * GIB, code + PAGE_SIZE, PAGE_SIZE, ARCH_RW), OK);
	/* nor what is writable, or executable already, at another address */
	assert_int_equal(space_map(AT + GIB, code, 2 * PAGE_SIZE, ARCH_RX), ERR_SECURITY);
	assert_int_equal(space_protect(AT + 2 * GIB, PAGE_SIZE, ARCH_RO), OK);
	assert_int_equal(space_map(AT + GIB, code, 2 * PAGE_SIZE, ARCH_RX), OK);
	assert_int_equal(space_protect(AT + 2 * GIB, PAGE_SIZE, ARCH_RW), ERR_SECURITY);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(space_map(AT + 3 * GIB, code + PAGE_SIZE * (i - 1),
					   2 * PAGE_SIZE, ARCH_RX), ERR_SECURITY);
	assert_int_equal(space_map(AT + 3 * GIB, code - PAGE_SIZE, PAGE_SIZE, ARCH_RX), OK);
	assert_int_equal(space_map(AT + 4 * GIB, code + 2 * PAGE_SIZE, PAGE_SIZE, ARCH_RX), OK);
	assert_int_equal(space_unmap(AT + GIB, 2 * PAGE_SIZE), OK);
	/* what the direct map shows is not executed */
	assert_int_equal(space_map(bi.direct_map + 4 * GIB, 4 * GIB, PAGE_SIZE, ARCH_RW), OK);
	assert_int_equal(space_map(AT + 5 * GIB, 4 * GIB, PAGE_SIZE, ARCH_RX), ERR_SECURITY);
	assert_int_equal(space_protect(bi.direct_map + 4 * GIB, PAGE_SIZE, ARCH_RX),
			 ERR_SECURITY);
	stop();
}

static void test_never_both(void **state)
{
	(void)state;
	never_both(false);
	never_both(true);
}

/*
 * Devices stay devices; a leaf that maps this very code is not divided where that would unmap it.
 */
static void test_refused(void **state)
{
	const uint64_t stack = ALIGN_DOWN((uint64_t)__builtin_frame_address(0), GIB);
	const uint64_t used[] = { ALIGN_DOWN((uint64_t)&space, 2 * MIB),
				  ALIGN_DOWN((uint64_t)&space_flush, 2 * MIB) };
	struct boot_info bi;
	status_t status;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	assert_int_equal(space_map(AT, GIB, PAGE_SIZE, ARCH_IO), OK);
	assert_int_equal(space_protect(AT, PAGE_SIZE, ARCH_RO), ERR_NOT_FOUND);
	assert_int_equal(space_map(stack, 64 * GIB, GIB, ARCH_RW), OK);
	status = space_unmap(stack + 2 * MIB, PAGE_SIZE);
	assert_int_equal(status, raw_sign_extends ? OK : ERR_UNSUPPORTED);
	assert_int_equal(walk(stack + 2 * MIB, NULL).valid, status != OK);
	assert_true(walk(stack + 3 * MIB, NULL).valid);
	for (uint32_t i = 0; i < ARRAY_SIZE(used); i++) {
		if (walk(used[i], NULL).valid)		/* both are in one leaf */
			continue;
		assert_int_equal(space_map(used[i], 64 * GIB, 2 * MIB, ARCH_RW), OK);
		assert_int_equal(space_protect(used[i], PAGE_SIZE, ARCH_RO),
				 raw_sign_extends ? OK : ERR_UNSUPPORTED);
	}
	stop();
}

/* A leaf that begins in the frame of the function which divides it, above beside()'s. */
static __attribute__((noinline)) status_t divide_own(uint64_t **entry)
{
	return space.edit.beside(entry, (uint64_t)__builtin_frame_address(0), 2 * MIB);
}

static void test_own_frame(void **state)
{
	uint64_t *entry = NULL;
	struct boot_info bi;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	assert_int_equal(divide_own(&entry), ERR_UNSUPPORTED);
	stop();
}

/* The pages that the stub left for tables are used first, and are returned. */
static void test_pool(void **state)
{
	struct boot_info bi;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	memset(&space, 0, sizeof(space));
	bi.page_pool = (struct boot_range){ POOL_PA, 8 * PAGE_SIZE };
	bi.page_used = PAGE_SIZE;
	w.limit = 1;
	space_start(&bi);
	for (uint32_t i = 0; i < 20; i++) {
		assert_int_equal(space_map(AT, GIB, PAGE_SIZE, ARCH_RW), OK);
		assert_int_equal(space_map(AT + 512 * GIB, GIB, PAGE_SIZE, ARCH_RW), OK);
		assert_int_equal(space_map(AT + GIB, GIB, PAGE_SIZE, ARCH_RW), ERR_NO_MEMORY);
		assert_int_equal(space_unmap(AT, PAGE_SIZE), OK);
		assert_int_equal(space_unmap(AT + 512 * GIB, PAGE_SIZE), OK);
	}
	assert_int_equal(bi.page_used, bi.page_pool.size);
	assert_int_equal(w.in_use, 0);
	stop();
}

/* What could not be made executable, for lack of tables or of entries, is as before. */
static void test_not_executable(void **state)
{
	const uint64_t code = 3 * GIB;
	struct boot_info bi;
	uint64_t n = 0;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	w.limit = 2;
	assert_int_equal(space_map(AT, code, PAGE_SIZE, ARCH_RX), ERR_NO_MEMORY);
	w.limit = TABLES;
	assert_int_equal(space_map(AT, code, PAGE_SIZE, ARCH_RW), OK);
	while (++n < 512 && space_map(AT + n * PAGE_SIZE, code + 2 * n * PAGE_SIZE, PAGE_SIZE,
				      ARCH_RX) == OK)
		;
	assert_int_equal(space.fixed_count, FIXED_MAX);
	assert_true(walk(AT + (n - 1) * PAGE_SIZE, NULL).valid);
	assert_false(walk(AT + n * PAGE_SIZE, NULL).valid);
	assert_int_equal(space_map(AT + n * PAGE_SIZE, code + 2 * n * PAGE_SIZE, PAGE_SIZE,
				   ARCH_RW), OK);
	stop();
}

/* Of three pages, in any order: only those that are still executable are refused. */
static void test_piecewise(void **state)
{
	const uint64_t code = 3 * GIB;
	uint32_t fixed_before;
	struct boot_info bi;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	fixed_before = space.fixed_count;
	for (uint32_t order = 0; order < 27; order++) {
		uint32_t left = 7;

		assert_int_equal(space_map(AT, code, 3 * PAGE_SIZE, ARCH_RX), OK);
		for (uint32_t i = 0, n = order; i < 4; i++, n /= 3) {
			const uint64_t page = i < 3 ? n % 3 : 0;

			left &= i < 3 ? ~(1u << page) : 0;
			assert_int_equal(space_unmap(AT + page * PAGE_SIZE, i < 3 ? PAGE_SIZE :
						     3 * PAGE_SIZE), OK);
			for (uint32_t k = 0; k < 3; k++) {
				const uint64_t va = AT + GIB + k * PAGE_SIZE;

				assert_int_equal(space_map(va, code + k * PAGE_SIZE, PAGE_SIZE,
							   ARCH_RW),
						 left >> k & 1 ? ERR_SECURITY : OK);
				assert_int_equal(space_unmap(va, PAGE_SIZE), OK);
			}
		}
		assert_int_equal(space.fixed_count, fixed_before);
	}
	stop();
}

#define AREAS	3
#define CUTS	9

/* What is mapped where: pages from cut[i] to cut[i + 1] of the same 4 MiB, at several addresses. */
static const uint32_t cut[CUTS] = { 0, 1, 256, 511, 512, 513, 768, 1023, 1024 };
static uint32_t model[AREAS][CUTS - 1];		/* 0, or 1 + arch_perm */

static bool anywhere(uint32_t i, uint32_t perm)
{
	bool is = false;

	for (uint32_t a = 0; a < AREAS; a++)
		is |= model[a][i] == 1 + perm;
	return is;
}

/* What the answer must be, and the model of it. */
static status_t model_map(uint32_t *m, uint32_t from, uint32_t to, enum arch_perm perm)
{
	bool used = false, exec = false, write = false;

	for (uint32_t i = from; i < to; i++) {
		used |= m[i];
		exec |= anywhere(i, ARCH_RX);
		write |= anywhere(i, ARCH_RW);
	}
	if (perm == ARCH_RW && exec)
		return ERR_SECURITY;
	if (used)
		return ERR_IN_USE;
	if (perm == ARCH_RX && (exec || write))
		return ERR_SECURITY;
	for (uint32_t i = from; i < to; i++)
		m[i] = 1 + perm;
	return OK;
}

static status_t model_protect(uint32_t *m, uint32_t from, uint32_t to, enum arch_perm perm)
{
	for (uint32_t i = from; i < to; i++)
		if (!m[i] || anywhere(i, ARCH_RX))
			return m[i] ? ERR_SECURITY : ERR_NOT_FOUND;
	for (uint32_t i = from; i < to; i++)
		m[i] = 1 + perm;
	return OK;
}

static void random_step(uint64_t *seed)
{
	static const enum arch_perm perms[] = { ARCH_RX, ARCH_RO, ARCH_RW };
	const enum arch_perm perm = perms[rnd_below(seed, 3)];
	const uint32_t a = rnd_below(seed, AREAS), from = rnd_below(seed, CUTS - 1);
	const uint32_t to = from + 1 + rnd_below(seed, CUTS - 1 - from);
	const uint64_t va = AT + a * GIB + cut[from] * PAGE_SIZE;
	const uint64_t size = (cut[to] - cut[from]) * PAGE_SIZE;

	switch (rnd_below(seed, 4)) {
	case 0:
	case 1:
		assert_int_equal(space_map(va, 3 * GIB + cut[from] * PAGE_SIZE, size, perm),
				 model_map(model[a], from, to, perm));
		break;
	case 2:
		assert_int_equal(space_unmap(va, size), OK);
		memset(&model[a][from], 0, (to - from) * sizeof(model[a][0]));
		break;
	default:
		assert_int_equal(space_protect(va, size, perm), perm == ARCH_RX ? ERR_SECURITY :
				 model_protect(model[a], from, to, perm));
	}
}

/* Memory with several addresses: what is executable is writable nowhere, and nothing else fails. */
static void test_aliases(void **state)
{
	struct boot_info bi;
	uint64_t seed = 12345;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	for (uint32_t n = 0; n < 20000; n++) {
		random_step(&seed);
		for (uint32_t a = 0; a < AREAS; a++)
			for (uint32_t i = 0; i < CUTS - 1; i++) {
				const uint64_t at[] = { cut[i], cut[i + 1] - 1 };

				for (uint32_t k = 0; k < 2; k++) {
					const struct seen s = walk(AT + a * GIB + at[k] *
								   PAGE_SIZE, NULL);

					assert_int_equal(s.valid ? 1 + s.perm : 0, model[a][i]);
					assert_true(!s.valid ||
						    s.pa == 3 * GIB + at[k] * PAGE_SIZE);
				}
			}
	}
	stop();
}

/* A window onto the image's text is unmapped like any other; nothing beside the area is. */
static void test_window(void **state)
{
	const uint64_t text = 7 * GIB + image_offset(image_text);
	const uint64_t end = SPACE_AREA + SPACE_AREA_SIZE, at[] = { SPACE_AREA, end - PAGE_SIZE };
	struct boot_info bi;

	(void)state;
	start(4, ARCH_MAP_GIB, 0, &bi);
	for (uint32_t i = 0; i < ARRAY_SIZE(at); i++) {
		assert_int_equal(space_map(at[i], text, PAGE_SIZE, ARCH_RO), OK);
		assert_int_equal(space_protect(at[i], PAGE_SIZE, ARCH_RW), ERR_SECURITY);
		assert_int_equal(space_unmap(at[i], PAGE_SIZE), OK);
		assert_false(walk(at[i], NULL).valid);
	}
	assert_int_equal(space_map(end - PAGE_SIZE, text, 2 * PAGE_SIZE, ARCH_RO), OK);
	assert_int_equal(space_unmap(end - PAGE_SIZE, 2 * PAGE_SIZE), ERR_SECURITY);
	assert_int_equal(space_map(SPACE_AREA - PAGE_SIZE, text, PAGE_SIZE, ARCH_RO), OK);
	assert_int_equal(space_unmap(SPACE_AREA - PAGE_SIZE, PAGE_SIZE), ERR_SECURITY);
	stop();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_never_both),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_own_frame),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_not_executable), cmocka_unit_test(test_window),
		cmocka_unit_test(test_piecewise), cmocka_unit_test(test_aliases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
