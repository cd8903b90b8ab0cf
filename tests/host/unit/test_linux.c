/* SPDX-License-Identifier: MIT */
/* test_linux.c - valid, invalid and random boot_params. */
#include "tests/host/unit/linux.h"
#include "arch/x86_64/pc/raw.h"

/* What the assembly calls a field is what the stub calls it. */
PC_OFFSET(linux_screen, type, SCREEN_TYPE);
PC_OFFSET(linux_params, most, PARAMS_MOST);
PC_OFFSET(linux_params, scratch, PARAMS_SCRATCH);
PC_OFFSET(linux_params, e820_count, PARAMS_E820_COUNT);
PC_OFFSET(linux_params, sentinel, PARAMS_HEADER);
PC_OFFSET(linux_params, cmdline, PARAMS_CMDLINE);
PC_OFFSET(linux_params, e820, PARAMS_E820);
PC_OFFSET(linux_params, e820[PARAMS_E820_MAX], sizeof(struct linux_params));
_Static_assert(sizeof(struct linux_e820) == PARAMS_E820_SIZE, "e820");
_Static_assert(LINUX_SCREEN_VESA == SCREEN_VESA, "type");

static void test_minimal(void **state)
{
	(void)state;
	start();
	collect();
	assert_int_equal(raw.n, 1);
	assert_true(raw.map[0].base == 0x100000 && raw.map[0].size == 0xf00000);
	assert_int_equal(raw.map[0].type, BOOT_MEM_FREE);
	assert_int_equal(stub.draft.cmdline_len, 0);
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
	assert_int_equal(stub.draft.info.fb.format, BOOT_FB_NONE);
	assert_false(stub.draft.have_entropy);
	assert_true(stub.draft.info.acpi_rsdp == 0xf0000 && searches == 1);
	assert_true(fake_raw.uart.base == 0xf0000);
	assert_int_equal(stub.draft.info.clock, 1709208000);
}

static void test_refused(void **state)
{
	(void)state;
	start();
	params->magic++;
	assert_panics(collect(), "no setup header");
}

static void test_types(void **state)
{
	static const uint32_t want[] = {
		BOOT_MEM_RESERVED, BOOT_MEM_FREE, BOOT_MEM_RESERVED, BOOT_MEM_ACPI, BOOT_MEM_NVS,
		BOOT_MEM_RESERVED, BOOT_MEM_RESERVED, BOOT_MEM_RESERVED,
	};

	(void)state;
	start();
	for (uint32_t i = 0; i < ARRAY_SIZE(want); i++)
		params->e820[i] = (struct linux_e820){ (i + 16) * 0x1000, 0x1000, i };
	params->e820[ARRAY_SIZE(want) - 1].type = UINT32_MAX;
	params->loader = LINUX_LOADER_KEXEC << 4;
	params->e820_count = ARRAY_SIZE(want);
	collect();
	assert_int_equal(raw.n, ARRAY_SIZE(want));
	for (uint32_t i = 0; i < raw.n; i++)
		assert_int_equal(raw.map[i].type, want[i]);
	assert_int_equal(stub.draft.info.flags, BOOT_AFTER_OS);
}

/* A count beyond the table's size: what follows the table is not taken for memory. */
static void test_count(void **state)
{
	(void)state;
	start();
	params->e820_count = 255;
	for (uint32_t i = 0; i < 128; i++)
		params->e820[i] = (struct linux_e820){ (i + 16) * 0x1000, 0x1000, 1 };
	collect();
	assert_int_equal(raw.n, 128);
}

/* A BIOS may write to the first 64 KiB, although it calls them free. */
static void test_low_Q119(void **state)
{
	static const struct linux_e820 e820[] = {
		{ 0, 0x1000, 2 }, { 0x1000, 0xe000, 1 }, { 0xf000, 0x90000, 1 },
		{ 0x100000, 0x1000, 1 }, { 0xffff, 0, 1 },
	};

	(void)state;
	start();
	memcpy(params->e820, e820, sizeof(e820));
	params->e820_count = ARRAY_SIZE(e820);
	collect();
	assert_int_equal(raw.n, 4 + 2);
	for (uint32_t i = 2; i < 5; i += 2) {
		assert_int_equal(raw.map[i].type, BOOT_MEM_NVS);
		assert_true(raw.map[i].base == raw.map[i - 1].base);
		assert_true(raw.map[i].base + raw.map[i].size == (i == 2 ? 0xf000 : 0x10000));
	}
}

static void cmdline_put(const char *text, size_t size)
{
	start();
	params->cmdline = (uint32_t)(uint64_t)low_copy(text, size);
}

static void cmdline_at(const char *text, size_t size)
{
	cmdline_put(text, size);
	collect();
}

/* To the last byte of memory. */
static void cmdline_last(const char *text, size_t size)
{
	cmdline_put(text, size);
	fake_cpu.unmapped = (struct boot_range){ params->cmdline + size, LOW_PAGE };
	collect();
	fake_cpu.unmapped = (struct boot_range){ 0 };
	assert_int_equal(raw.drops, 0);
}

static void test_cmdline(void **state)
{
	static char text[0x12000];

	(void)state;
	cmdline_last("", 1);
	assert_int_equal(stub.draft.cmdline_len, 0);
	cmdline_last("ab c=d", 6);			/* not terminated */
	assert_string_equal(stub.draft.cmdline, "ab c=d");
	cmdline_at("  a=1 \"b  c\"\n poweroff ", 24);
	assert_string_equal(stub.draft.cmdline, "a=1 \"b  c\"  poweroff");
	assert_int_equal(stub.draft.info.flags, 0);
	memset(text, 'x', sizeof(text));		/* never ends */
	cmdline_at(text, sizeof(text));
	assert_int_equal(stub.draft.cmdline_len, CMDLINE_MAX - 1);
	assert_int_equal(stub.draft.info.flags, BOOT_CMDLINE_CUT);
	memset(text, ' ', 0xfffe);		/* read to its 65,535th letter */
	cmdline_at(text, sizeof(text));
	assert_string_equal(stub.draft.cmdline, "x");
	start();
	params->cmdline = (uint32_t)(uint64_t)low_copy("x", 2);
	params->cmdline_high = 0x1000;			/* where nothing is mapped */
	collect();
	assert_int_equal(stub.draft.cmdline_len, 0);
	assert_int_equal(raw.drops, 1);
	assert_string_equal(raw.drop[0].what, "command line");
	assert_true(raw.drop[0].mem.base == ((uint64_t)0x1000 << 32 | params->cmdline));
	assert_int_equal(raw.drop[0].mem.size, 0);	/* not known */
}

static void test_initrd_Q69(void **state)
{
	const uint64_t own = (uint64_t)image_text, reach = ARCH_REACH;
	const struct boot_range bad[] = {
		{ 0xfff000, 0x1001 }, { 0xff000, 2 }, { 0x100000, UINT64_MAX }, { UINT64_MAX, 1 },
		{ UINT64_MAX, UINT64_MAX }, { 0x123400000000, 1 }, { reach, 1 }, { reach - 1, 2 },
		{ reach - 1, UINT64_MAX }, { own, 1 }, { own - 1, 2 }, { 0x100000, own },
		{ (uint64_t)image_end + RAW_SCRATCH - 1, 1 },
	};

	(void)state;
	start();
	params->e820[0].size = 8 * GIB;
	params->initrd = 0x10;
	params->initrd_high = 1;
	params->initrd_size = 3;
	params->initrd_size_high = 0;
	collect();
	assert_true(stub.draft.module[DRAFT_INITRD].mem.base == (4 * GIB | 0x10));
	assert_true(stub.draft.module[DRAFT_INITRD].mem.size == 3);
	assert_int_equal(stub.draft.module[DRAFT_INITRD].kind, BOOT_MODULE_INITRD);
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		start();
		params->initrd = (uint32_t)bad[i].base;
		params->initrd_high = (uint32_t)(bad[i].base >> 32);
		params->initrd_size = (uint32_t)bad[i].size;
		params->initrd_size_high = (uint32_t)(bad[i].size >> 32);
		if (i >= 6)			/* everything within reach is RAM */
			params->e820[0].size = UINT64_MAX;
		collect();
		assert_dropped(&raw, &stub.draft.module[DRAFT_INITRD], "initrd", NOT_THERE);
		assert_memory_equal(&raw.drop[0].mem, &bad[i], sizeof(bad[i]));
	}
}

static const struct linux_screen screen = {
	.type = LINUX_SCREEN_EFI, .width = 800, .height = 600, .depth = 32, .base = 0xc0000000,
	.stride = 3328, .red_size = 8, .red_at = 16, .green_size = 8, .green_at = 8,
	.blue_size = 8, .blue_at = 0, .base_high = 7,
};

/*
 * a loader that has copied the file's own first page: the setup header counts, and what that
 * page cannot contain.
 */
static void test_sentinel_Q113(void **state)
{
	(void)state;
	start();
	memset(params, 0xee, offsetof(struct linux_params, e820_count));
	params->sentinel = 0xff;
	params->initrd = 0x200000;
	params->initrd_size = 0x1000;
	params->cmdline = (uint32_t)(uint64_t)low_copy("a", 2);
	collect();
	assert_int_equal(raw.n, 1);
	assert_string_equal(stub.draft.cmdline, "a");
	assert_true(stub.draft.module[DRAFT_INITRD].mem.base == 0x200000);
	assert_true(stub.draft.info.acpi_rsdp == 0xf0000);
	assert_int_equal(stub.draft.info.fb.format, BOOT_FB_NONE);
	params->screen = screen;
	collect();
	assert_int_equal(stub.draft.info.fb.format, BOOT_FB_XRGB8888);
}

static uint32_t screen_format(const struct linux_screen *v)
{
	start();
	params->screen = *v;
	collect();
	return stub.draft.info.fb.format;
}

static void test_screen(void **state)
{
	const struct boot_fb *fb = &stub.draft.info.fb;
	struct linux_screen v = screen;

	(void)state;
	assert_int_equal(screen_format(&v), BOOT_FB_XRGB8888);
	assert_true(fb->mem.base == 0xc0000000 && fb->mem.size == 3328 * 600);
	v.width = 3328 / 4;			/* nothing beside the lines */
	assert_int_equal(screen_format(&v), BOOT_FB_XRGB8888);
	v.type = LINUX_SCREEN_VESA;
	v.capabilities = LINUX_SCREEN_64BIT;
	v.red_at = 0;
	v.blue_at = 16;
	assert_int_equal(screen_format(&v), BOOT_FB_XBGR8888);
	assert_true(fb->mem.base == 0x7c0000000);
	v.blue_at = 24;
	assert_int_equal(screen_format(&v), BOOT_FB_MASKS);
	assert_true(fb->red_mask == 0xff && fb->blue_mask == 0xff000000);
	for (uint32_t at = 0; at < 64; at++) {		/* each colour in any byte */
		v.red_at = (uint8_t)(at % 4 * 8);
		v.green_at = (uint8_t)(at / 4 % 4 * 8);
		v.blue_at = (uint8_t)(at / 16 * 8);
		if (v.red_at != v.green_at && v.red_at != v.blue_at && v.green_at != v.blue_at)
			assert_int_equal(screen_format(&v), at == 0x06 ? BOOT_FB_XRGB8888 :
					 at == 0x24 ? BOOT_FB_XBGR8888 : BOOT_FB_MASKS);
	}
}

#define NO_SCREEN(change)                                                       \
	do {                                                                    \
		struct linux_screen v = screen;                                 \
		v.change;                                                       \
		if (screen_format(&v) != BOOT_FB_NONE)                          \
			fail_msg("a screen with " #change);                     \
		if (raw.drops != (v.type != 1) ||                               \
		    (raw.drops && strcmp(raw.drop[0].what, "screen")))          \
			fail_msg("not said: " #change);                         \
	} while (0)

static void test_no_screen(void **state)
{
	(void)state;
	NO_SCREEN(type = 1);
	NO_SCREEN(depth = 24);
	NO_SCREEN(width = 0);
	NO_SCREEN(height = 0);
	NO_SCREEN(width = 833);
	NO_SCREEN(stride = 3330);
	NO_SCREEN(base = 0);
	NO_SCREEN(red_size = 0);
	NO_SCREEN(green_size = 9);
	NO_SCREEN(blue_at = 25);
	NO_SCREEN(red_at = 255);
	NO_SCREEN(red_at = 15);		/* overlaps green */
	NO_SCREEN(blue_at = 1);
	NO_SCREEN(capabilities = v.base_high = 0x10002);	/* where no CPU has addresses */

	struct linux_screen v = screen;
	const uint64_t at = (uint64_t)image_end + RAW_SCRATCH;
	const uint64_t last = ARCH_REACH - 3328 * 600;

	v.capabilities = LINUX_SCREEN_64BIT;
	for (uint64_t back = 0; back < 2; back++) {
		v.base = (uint32_t)(at - back);
		v.base_high = (uint32_t)((at - back) >> 32);
		assert_int_equal(screen_format(&v), back ? BOOT_FB_NONE : BOOT_FB_XRGB8888);
		assert_int_equal(raw.drops, back);
	}
	assert_string_equal(raw.drop[0].why, "overlaps the image");
	for (uint64_t over = 0; over < 2; over++) {
		v.base = (uint32_t)(last + over);
		v.base_high = (uint32_t)((last + over) >> 32);
		assert_int_equal(screen_format(&v), over ? BOOT_FB_NONE : BOOT_FB_XRGB8888);
	}
}

static uint64_t data_node(uint64_t next, uint32_t type, const void *data, uint32_t size)
{
	struct linux_setup_data *n = low(sizeof(*n) + size);	/* aligned to nothing */

	*n = (struct linux_setup_data){ next, type, size };
	memcpy(n + 1, data, size);
	return (uint64_t)n;
}

static void test_data(void **state)
{
	static const struct linux_e820 more[] = { { 1 * GIB, GIB, 1 }, { GIB, 0x1000, 2 } };
	static const uint8_t seed[16] = { 1 }, none[16];
	struct linux_setup_data *n;

	(void)state;
	start();
	params->setup_data = data_node(0, LINUX_DATA_SEED, seed, sizeof(seed));
	n = (void *)params->setup_data;
	params->setup_data = data_node(params->setup_data, 77, "?", 1);
	params->setup_data = data_node(params->setup_data, LINUX_DATA_E820, more, sizeof(more));
	collect();
	assert_int_equal(raw.n, 3);
	assert_true(raw.map[2].base == GIB && raw.map[2].type == BOOT_MEM_RESERVED);
	assert_int_equal(stub.draft.have_entropy ? stub.draft.info.seed_len : 0, sizeof(seed));
	assert_int_equal(n->size, 0);
	assert_memory_equal(n + 1, none, sizeof(none));
}

static void test_bad_data(void **state)
{
	struct linux_setup_data *n;

	(void)state;
	start();
	params->setup_data = data_node(0, LINUX_DATA_E820, params->e820, 39);	/* one and a bit */
	collect();
	assert_int_equal(raw.n, 2);
	start();
	params->setup_data = data_node(0, LINUX_DATA_E820, params->e820, 20);
	n = (void *)params->setup_data;
	n->next = params->setup_data;			/* a loop */
	collect();
	assert_int_equal(raw.n, 1 + 64);
	start();
	params->setup_data = data_node(0, LINUX_DATA_E820, params->e820, 20);
	n = (void *)params->setup_data;
	n->size = UINT32_MAX;				/* beyond 4 GiB */
	collect();
	assert_int_equal(raw.n, 1);
	for (uint32_t i = 0; i < 64; i++) {		/* wherever there is nothing */
		start();
		params->setup_data = 1ull << i | (i < 32 ? 1ull << 50 : 0);
		collect();
		assert_int_equal(raw.n, 1);
	}
}

/* Random bytes: a result or a panic, never a fault. */
static void test_noise(void **state)
{
	uint64_t seed = 20;

	(void)state;
	for (uint32_t i = 0; i < 3000; i++) {
		uint8_t *p;

		start();
		p = (uint8_t *)params;
		for (uint32_t k = rnd_below(&seed, 64); k; k--)
			p[rnd_below(&seed, sizeof(*params))] = (uint8_t)rnd(&seed);
		/* valid pointers are tested above; random ones would be believed */
		params->cmdline = 0;
		params->cmdline_high = (uint32_t)rnd(&seed);
		params->cmdline_high += params->cmdline_high == 0;
		params->setup_data |= 1ull << 40;
		params->efi.systab_high = params->efi.map_high = 9;
		if (rnd_below(&seed, 2))
			params->magic = LINUX_MAGIC;
		(void)PANICS(collect());
		fake_raw.expected = false;
		munmap((void *)((uint64_t)params & ~(LOW_PAGE - 1)), 2 * LOW_PAGE);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_minimal), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_types), cmocka_unit_test(test_count),
		cmocka_unit_test(test_low_Q119),
		cmocka_unit_test(test_cmdline), cmocka_unit_test(test_initrd_Q69),
		cmocka_unit_test(test_sentinel_Q113), cmocka_unit_test(test_screen),
		cmocka_unit_test(test_no_screen), cmocka_unit_test(test_data),
		cmocka_unit_test(test_bad_data), cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
