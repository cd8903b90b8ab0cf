/* SPDX-License-Identifier: MIT */
/* test_dtb_screen.c - a framebuffer that a device tree names. */
#include "tests/host/unit/dtb.h"

#define FB(rest)	"framebuffer@1 { compatible = \"simple-framebuffer\"; " rest "}; "
#define PLACE		"reg = <1 0x1000 0 0x20000>; "
#define SIZE		"width = <64>; height = <32>; stride = <0x400>; "
#define XRGB		"format = \"x8r8g8b8\"; "
#define WITH(nodes)	"/ {" ROOT ALL "chosen {" ROOT "ranges; " nodes "}; };"
#define BASE		0x100001000

static const struct boot_fb *fb = &stub.draft.info.fb;

static bool found(const char *dts)
{
	free(collect_dts(dts));
	return fb->format != BOOT_FB_NONE;
}

/* It is refused, once, and nothing of it is left. */
static void refused(const char *dts)
{
	static const struct boot_fb none;

	assert_false(found(dts));
	assert_memory_equal(fb, &none, sizeof(none));
	assert_int_equal(raw.drops, 1);
	assert_string_equal(raw.drop[0].what, "screen");
	assert_string_equal(raw.drop[0].why, "cannot be drawn on");
	assert_string_equal(raw.drop[0].more, "");
}

static void test_found(void **state)
{
	(void)state;
	assert_true(found(WITH("other { }; " FB(PLACE SIZE XRGB) "another { };")));
	assert_true(fb->mem.base == BASE && fb->mem.size == 0x20000);
	assert_true(fb->width == 64 && fb->height == 32 && fb->stride == 0x400);
	assert_int_equal(fb->format, BOOT_FB_XRGB8888);
	assert_int_equal(raw.drops, 0);
	assert_int_equal(type_at(BASE - 1), BOOT_MEM_FREE);
	assert_int_equal(type_at(BASE), BOOT_MEM_RESERVED);
	assert_int_equal(type_at(BASE + 0x1ffff), BOOT_MEM_RESERVED);
	assert_int_equal(type_at(BASE + 0x20000), BOOT_MEM_FREE);
}

static void test_formats(void **state)
{
	(void)state;
	assert_true(found(WITH(FB(PLACE SIZE "format = \"a8r8g8b8\";"))));
	assert_int_equal(fb->format, BOOT_FB_XRGB8888);
	assert_true(found(WITH(FB(PLACE SIZE "format = \"x8b8g8r8\";"))));
	assert_int_equal(fb->format, BOOT_FB_XBGR8888);
	assert_true(found(WITH(FB(PLACE SIZE "format = \"a8b8g8r8\";"))));
	assert_int_equal(fb->format, BOOT_FB_XBGR8888);
	refused(WITH(FB(PLACE SIZE)));
	refused(WITH(FB(PLACE SIZE "format;")));
	refused(WITH(FB(PLACE SIZE "format = \"r5g6b5\";")));
	refused(WITH(FB(PLACE SIZE "format = \"x1r5g5b5\";")));
	refused(WITH(FB(PLACE SIZE "format = \"r8g8b8a8\";")));
	refused(WITH(FB(PLACE SIZE "format = \"x2r10g10b10\";")));
}

static void test_impossible(void **state)
{
	(void)state;
	refused(WITH(FB(SIZE XRGB)));
	refused(WITH(FB(PLACE "height = <32>; stride = <0x400>; " XRGB)));
	refused(WITH(FB(PLACE "width = <64>; stride = <0x400>; " XRGB)));
	refused(WITH(FB(PLACE "width = <64>; height = <32>; " XRGB)));
	refused(WITH(FB(PLACE "width = <0 64>; height = <32>; stride = <0x400>; " XRGB)));
	refused(WITH(FB(PLACE "width = <64>; height = <129>; stride = <0x400>; " XRGB)));
	refused(WITH(FB(PLACE "width = <257>; height = <32>; stride = <0x400>; " XRGB)));
	refused(WITH(FB("reg = <1 0x1002 0 0x20000>; " SIZE XRGB)));
	refused(WITH(FB("reg = <0xffffffff 0xfff00000 0 0x80000>; " SIZE XRGB)));
	refused(WITH(FB("reg = <1>; " SIZE XRGB)));
	/* a bus that does not translate its address */
	refused("/ {" ROOT ALL "chosen {" ROOT FB(PLACE SIZE XRGB) "}; };");
}

static void test_overlaps(void **state)
{
	char dts[600];

	(void)state;
	sprintf(dts, WITH(FB("reg = /bits/ 64 <%#lx 0x20000>; " SIZE XRGB)),
		(uint64_t)image_doors & ~3ul);
	refused(dts);
}

static void test_others(void **state)
{
	(void)state;
	assert_false(found(WITH(FB(PLACE SIZE XRGB "status = \"disabled\";"))));
	assert_int_equal(raw.drops, 0);
	assert_false(found(WITH("fb { compatible = \"simple-framebuffe\"; " PLACE SIZE XRGB "};")));
	assert_false(found("/ {" ROOT ALL FB(PLACE SIZE XRGB) "};"));	/* not in /chosen */
	assert_int_equal(raw.drops, 0);
	/* of several the first that is enabled */
	assert_true(found(WITH("a { compatible = \"simple-framebuffer\"; status = \"disabled\"; };"
			       FB(PLACE SIZE XRGB)
			       "b { compatible = \"simple-framebuffer\"; };")));
	assert_int_equal(fb->mem.base, BASE);
	assert_int_equal(raw.drops, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found), cmocka_unit_test(test_formats),
		cmocka_unit_test(test_impossible), cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
