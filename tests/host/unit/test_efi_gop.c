/* SPDX-License-Identifier: MIT */
/* test_efi_gop.c - which of the modes that firmware describes can be drawn on: every bound. */
#include "tests/host/unit/unit.h"
#include "tests/host/unit/efi_said.h"
#include "tests/host/unit/no_console.h"
#include "arch/boot.h"
#include "lib/image.h"
#include "stub/efi/gop.h"

#define BASE		0xd0000000ull
#define WIDTH		640
#define HEIGHT		480
#define LINE		1024		/* pixels */
#define NEED		(4ull * LINE * HEIGHT)

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };

static struct efi_gop_info info;
static struct efi_gop_mode mode;
static struct efi_gop gop;
static struct boot_fb fb;
static struct efi_system_table systab = { .con_out = &efi_said_con_out };
static const struct efi e = { .systab = &systab };

static void start(void)
{
	info = (struct efi_gop_info){
		.width = WIDTH, .height = HEIGHT, .format = EFI_PIXEL_BGRX, .pixels_per_line = LINE,
		.red = 0xff0000, .green = 0xff00, .blue = 0xff, .reserved = 0xff000000,
	};
	mode = (struct efi_gop_mode){
		.info = &info, .info_size = sizeof(info), .fb_base = BASE, .fb_size = NEED,
	};
	gop = (struct efi_gop){ .mode = &mode };
	memset(&fb, 0x55, sizeof(fb));
	efi_said[0] = 0;
}

/* Whether it is described; if not, nothing has been written. */
static bool described(void)
{
	struct boot_fb before = fb;

	if (gop_describe(&e, &gop, &fb)) {
		assert_string_equal(efi_said, "");
		return true;
	}
	assert_memory_equal(&before, &fb, sizeof(fb));
	return false;
}

/* A change of a good mode, and whether it still is. `both`: gop_bytes() says the same. */
#define CASE(change, good, both)                                                \
	do {                                                                    \
		start();                                                        \
		change;                                                         \
		if (described() != (good) || ((both) && !!gop_bytes(&info) != (good))) \
			fail_msg("%s", #change);                                \
	} while (0)

static void test_bounds(void **state)
{
	const uint64_t own = (uint64_t)image_start, end = own + image_size();

	(void)state;
	CASE(, true, true);
	CASE(gop.mode = NULL, false, false);
	CASE(mode.info = NULL, false, false);
	CASE(mode.info_size--, false, false);
	CASE(mode.info_size++, true, false);
	CASE(mode.fb_base = 0, false, false);
	CASE(mode.fb_base = 2, false, false);
	CASE(mode.fb_base = 4, true, false);
	CASE(mode.fb_size--, false, false);
	CASE(info.format = EFI_PIXEL_RGBX, true, true);
	CASE(info.format = EFI_PIXEL_MASK, true, true);
	CASE(info.format = EFI_PIXEL_BLT_ONLY, false, true);
	CASE(info.format = EFI_PIXEL_BLT_ONLY + 1, false, true);
	CASE(info.width = 7, false, true);
	CASE(info.width = 8, true, true);
	CASE(info.width = LINE, true, true);
	CASE(info.width = LINE + 1, false, true);
	CASE(info.height = 15, false, true);
	CASE(info.height = 16, true, true);
	CASE((info.height = GOP_FB_MAX / 4 / LINE, mode.fb_size = GOP_FB_MAX), true, true);
	CASE((info.height = GOP_FB_MAX / 4 / LINE + 1, mode.fb_size = 2 * GOP_FB_MAX), false, true);
	CASE((info.height = 16, info.pixels_per_line = GOP_FB_MAX / 64, mode.fb_size = GOP_FB_MAX),
	     true, true);
	CASE((info.height = 16, info.pixels_per_line = GOP_FB_MAX / 64 + 1,
	      mode.fb_size = 2 * GOP_FB_MAX), false, true);
	CASE((info.height = UINT32_MAX, info.pixels_per_line = UINT32_MAX,
	      mode.fb_size = UINT64_MAX), false, true);
	CASE(mode.fb_base = ARCH_REACH - GOP_FB_MAX, true, false);
	CASE(mode.fb_base = ARCH_REACH - GOP_FB_MAX + 4, false, false);
	CASE(mode.fb_base = own - NEED, true, false);
	CASE(mode.fb_base = own - NEED + 4, false, false);
	assert_non_null(strstr(efi_said, "overlaps the image"));
	CASE(mode.fb_base = own, false, false);
	CASE(mode.fb_base = end - 4, false, false);
	CASE(mode.fb_base = end, true, false);
	/* of a larger frame buffer only the part that we map counts */
	CASE((mode.fb_size = 2 * GOP_FB_MAX, mode.fb_base = own - GOP_FB_MAX), true, false);
	CASE((mode.fb_size = 2 * GOP_FB_MAX, mode.fb_base = own - GOP_FB_MAX + 4), false, false);
	assert_false(gop_describe(&e, NULL, &fb));
}

static void test_described(void **state)
{
	(void)state;
	CASE(, true, true);
	assert_true(fb.mem.base == BASE && fb.mem.size == NEED && fb.format == BOOT_FB_XRGB8888);
	assert_true(fb.width == WIDTH && fb.height == HEIGHT && fb.stride == 4 * LINE);
	assert_true(fb.red_mask == info.red && fb.green_mask == info.green &&
		    fb.blue_mask == info.blue);
	CASE(info.format = EFI_PIXEL_RGBX, true, true);
	assert_int_equal(fb.format, BOOT_FB_XBGR8888);
	CASE(info.format = EFI_PIXEL_MASK, true, true);
	assert_int_equal(fb.format, BOOT_FB_MASKS);
	CASE(mode.fb_size = GOP_FB_MAX, true, false);
	assert_true(fb.mem.size == GOP_FB_MAX);
	CASE(mode.fb_size = GOP_FB_MAX + 1, true, false);
	assert_true(fb.mem.size == NEED);
}

/* Each colour has bits in one piece, of its own, and a pixel has four bytes. */
static void test_masks(void **state)
{
	static const struct {
		uint32_t red, green, blue, reserved;
		bool good;
	} t[] = {
		{ 0xff0000, 0xff00, 0xff, 0xff000000, true }, { 1, 2, 4, 0x01000000, true },
		{ 0x3ff00000, 0xffc00, 0x3ff, 0, true }, { 0x80000000, 2, 1, 0, true },
		{ 0xff0000, 0xff00, 0xff, 0, false },		/* three bytes */
		{ 0xff0000, 0xff00, 0xff, 0x00800000, false },	/* not only its own */
		{ 0xff0000, 0xff00, 0xff, 0xff000001, false },
		{ 0xff0000, 0xff00, 0xff, 0xff000100, false },
		{ 0, 0xff00, 0xff, 0xff000000, false }, { 0xff0000, 0, 0xff, 0xff000000, false },
		{ 0xff0000, 0xff00, 0, 0xff000000, false },
		{ 0xfd0000, 0xff00, 0xff, 0xff000000, false },
		{ 0xff0000, 0xfd00, 0xff, 0xff000000, false },
		{ 0xff0000, 0xff00, 0xfd, 0xff000000, false },
		{ 0xff0000, 0x1ff00, 0xff, 0xff000000, false },
		{ 0xff0000, 0xff00, 0x1ff, 0xff000000, false },
		{ 0x100ff, 0xff0000, 0xff, 0xff000000, false },
		{ 0xff, 0xff00, 0xff, 0xff000000, false },
		{ 0xff0000, 0xff00, 0xff0000, 0xff000000, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		start();
		info.format = EFI_PIXEL_MASK;
		info.red = t[i].red, info.green = t[i].green, info.blue = t[i].blue;
		info.reserved = t[i].reserved;
		if (!!gop_bytes(&info) != t[i].good || described() != t[i].good)
			fail_msg("masks %u", i);
		assert_true(t[i].good || strstr(efi_said, "pixel masks"));
		info.format = EFI_PIXEL_BGRX;		/* then they say nothing */
		assert_true(gop_bytes(&info));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_described),
		cmocka_unit_test(test_masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
