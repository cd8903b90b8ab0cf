/* SPDX-License-Identifier: MIT */
/* test_options.c - every word the stub obeys, and every one it must refuse. */
#include "tests/host/unit/unit.h"
#include "lib/crumb.h"
#include "stub/earlycon.h"
#include "stub/options.h"

static struct options parse(const char *text)
{
	struct options o;
	const char *bad = NULL;
	uint32_t bad_len = 0;

	memset(&o, 0x55, sizeof(o));
	if (options_parse(text, &o, &bad, &bad_len) != OK)
		fail_msg("\"%s\": \"%.*s\" is refused", text, (int)bad_len, bad);
	return o;
}

static void test_default(void **state)
{
	static const char *const nothing[] = {
		"", " ", "quiet root=/dev/vda", "MMU=off", "xmmu=foo", "mmu", "mmux=1", "place",
		"debugger", "debug=1", "initrd", "fault", "-- mmu=off debug", "--", "-- mmu=foo",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++) {
		struct options o = parse(nothing[i]);

		assert_int_equal(o.regime, BOOT_MMU_DEFAULT);
		assert_int_equal(o.place, PLACE_RANDOM);
		assert_true(o.place_at == 0 && o.fault == 0);
		assert_int_equal(o.initrds, 0);
		assert_int_equal(o.modules, 0);
		if (o.debug)
			fail_msg("\"%s\" means debug", nothing[i]);
	}
}

static void test_regime(void **state)
{
	(void)state;
	assert_int_equal(parse("mmu=off").regime, BOOT_MMU_OFF);
	assert_int_equal(parse("mmu=identity").regime, BOOT_MMU_IDENTITY);
	assert_int_equal(parse("mmu=mapped").regime, BOOT_MMU_MAPPED);
	assert_int_equal(parse("a mmu=off\tmmu=mapped\nb").regime, BOOT_MMU_MAPPED);
	assert_int_equal(parse("mmu=off -- mmu=mapped").regime, BOOT_MMU_OFF);
}

static void test_el(void **state)
{
	(void)state;
	assert_int_equal(parse("elf el").el, OPTION_EL_DEFAULT);
	assert_int_equal(parse("el=keep").el, OPTION_EL_KEEP);
	assert_int_equal(parse("el=keep el=1").el, OPTION_EL_1);
	assert_int_equal(parse("-- el=7").el, OPTION_EL_DEFAULT);
}

static void test_place(void **state)
{
	struct options o = parse("place=0x40001000");

	(void)state;
	assert_int_equal(o.place, PLACE_FIXED);
	assert_true(o.place_at == 0x40001000);
	o = parse("place=8192");
	assert_true(o.place == PLACE_FIXED && o.place_at == 8192);
	o = parse("place=0xfffffffffffff000");
	assert_true(o.place == PLACE_FIXED && o.place_at == 0xfffffffffffff000);
	assert_int_equal(parse("place=stay").place, PLACE_STAY);
	o = parse("place=0x1000 place=random");
	assert_true(o.place == PLACE_RANDOM && o.place_at == 0);
	assert_int_equal(parse("place=random place=stay").place, PLACE_STAY);
}

static void test_video(void **state)
{
	struct options o = parse("video=1x99999");

	(void)state;
	assert_int_equal(parse("").video, VIDEO_KEEP);
	assert_true(o.video == VIDEO_SIZE && o.video_width == 1 && o.video_height == 99999);
	assert_int_equal(parse("video=max").video, VIDEO_MAX);
	assert_int_equal(parse("video=640x480 video=keep").video, VIDEO_KEEP);
	assert_int_equal(parse("video=max -- video=keep").video, VIDEO_MAX);
}

/* All words of a kind, in their order; what follows "--" is not ours. */
static void test_repeated(void **state)
{
	static const char text[] = "a initrd=\\x.img module=m initrd=a=b  module=n/o b -- initrd=c";
	static const char *const want[] = { "\\x.img", "a=b" };
	const char *at = text;
	struct options o = parse(text);
	struct word w;

	(void)state;
	assert_int_equal(o.initrds, 2);
	assert_int_equal(o.modules, 2);
	for (uint32_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(options_next(&at, "initrd", &w));
		assert_int_equal(w.len, strlen(want[i]));
		assert_memory_equal(w.text, want[i], w.len);
	}
	assert_false(options_next(&at, "initrd", &w));
	at = text;
	assert_true(options_next(&at, "module", &w) && w.len == 1 && *w.text == 'm');
	assert_true(options_next(&at, "module", &w) && w.len == 3);
	assert_false(options_next(&at, "module", &w));
	at = "";
	assert_false(options_next(&at, "initrd", &w));
}

static const struct {
	const char *value;
	struct boot_uart want;
	uint32_t divisor;
} ports[] = {
#define U(type, port, shift, width)	type, port, shift, width, BOOT_UART_FROM_OPTION
	{ "pl011,0x9000000", { 0x9000000, U(BOOT_UART_PL011, 0, 0, 4) }, 0 },
	{ "pl011,mmio32,0x9000000", { 0x9000000, U(BOOT_UART_PL011, 0, 0, 4) }, 0 },
	{ "pl011,mmio,150994944,115200n8", { 0x9000000, U(BOOT_UART_PL011, 0, 0, 4) }, 1 },
	{ "uart8250,io,0x3f8", { 0x3f8, U(BOOT_UART_16550, 1, 0, 1) }, 0 },
	{ "uart,io,0x2f8,9600n8", { 0x2f8, U(BOOT_UART_16550, 1, 0, 1) }, 12 },
	{ "uart8250,io,0x3f8,115200", { 0x3f8, U(BOOT_UART_16550, 1, 0, 1) }, 1 },
	{ "uart8250,io,0x3f8,57608", { 0x3f8, U(BOOT_UART_16550, 1, 0, 1) }, 2 },
	{ "uart8250,io,0x3f8,9n8", { 0x3f8, U(BOOT_UART_16550, 1, 0, 1) }, 12800 },
	{ "uart8250,io,0x3f8,2", { 0x3f8, U(BOOT_UART_16550, 1, 0, 1) }, 57600 },
	{ "uart8250,io,0xfff7", { 0xfff7, U(BOOT_UART_16550, 1, 0, 1) }, 0 },
	{ "uart8250,mmio,0xfe001003", { 0xfe001003, U(BOOT_UART_16550, 0, 0, 1) }, 0 },
	{ "uart8250,0xfe001000", { 0xfe001000, U(BOOT_UART_16550, 0, 0, 1) }, 0 },
	{ "uart8250,0xfe001000,57600", { 0xfe001000, U(BOOT_UART_16550, 0, 0, 1) }, 2 },
	{ "uart8250,mmio16,0xfe001002", { 0xfe001002, U(BOOT_UART_16550, 0, 1, 2) }, 0 },
	{ "uart8250,mmio32,0x3f215040", { 0x3f215040, U(BOOT_UART_16550, 0, 2, 4) }, 0 },
	{ "cdns,0xff000000", { 0xff000000, U(BOOT_UART_CDNS, 0, 0, 4) }, 0 },
	{ "ec_imx6q,0x30860000", { 0x30860000, U(BOOT_UART_IMX, 0, 0, 4) }, 0 },
	{ "ec_imx21,0x30860000", { 0x30860000, U(BOOT_UART_IMX, 0, 0, 4) }, 0 },
	{ "meson,0xc81004c0", { 0xc81004c0, U(BOOT_UART_MESON, 0, 0, 4) }, 0 },
	{ "msm_serial_dm,0x78b0000", { 0x78b0000, U(BOOT_UART_MSM, 0, 0, 4) }, 0 },
	{ "qcom_geni,0xa90000", { 0xa90000, U(BOOT_UART_GENI, 0, 0, 4) }, 0 },
	{ "exynos4210,0x14c10000", { 0x14c10000, U(BOOT_UART_EXYNOS, 0, 0, 4) }, 0 },
	{ "ar3700_uart,0xd0012000", { 0xd0012000, U(BOOT_UART_MVEBU, 0, 0, 4) }, 0 },
};

static void test_earlycon(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(parse("earlycon earlyconx=1").earlycon.type, BOOT_UART_NONE);
	for (uint32_t i = 0; i < ARRAY_SIZE(ports); i++) {
		struct options o;

		snprintf(text, sizeof(text), "earlycon=%s x", ports[i].value);
		o = parse(text);
		if (memcmp(&o.earlycon, &ports[i].want, sizeof(o.earlycon)) ||
		    o.divisor != ports[i].divisor)
			fail_msg("%s: type %u at 0x%llx shift %u width %u divisor %u", text,
				 o.earlycon.type, (unsigned long long)o.earlycon.base,
				 o.earlycon.reg_shift, o.earlycon.reg_width, o.divisor);
	}
	assert_int_equal(parse("earlycon=uart,io,0x3f8,9600 earlycon=uart,io,0x2f8").divisor, 0);
}

static void test_earlycon_refused(void **state)
{
	static const char *const bad[] = {
		"", ",", "pl011", "pl011,", "pl011,,", "pl011,0", "pl011,0x", "pl011,9000000x",
		"pl011,0x9000002", "pl011,io,0x3f8", "pl011,mmio16,0x9000000",
		"pl011,0x9000000,fast", "pl01,0x9000000", "pl0110,0x9000000", "PL011,0x9000000",
		"pl011,0x10000000000000000", "pl011,0x7ffffffffffffffc", "uart8250,0x9000000,,9600",
		"uart8250,io,0xfff8", "uart8250,io,0x10000", "uart8250,io", "uart8250,io,",
		"uart8250,mmio8,0x1000", "uart8250,mmio32be,0x1000", "uart8250,mmio64,0x1000",
		"uart8250,mmio32,0x1002", "uart8250,mmio16,0x1001", "uart8250,mmio32,0x1000,0",
		"uart8250,io,0x3f8,1", "uart8250,io,0x3f8,115201", "uart8250,io,0x3f8,9600e7",
		"uart8250,io,0x3f8,n8", "uart8250,io,0x3f8,9600n8,1843200",
		"smh", "sbi", "efifb", "efifb,ram", "uart8250,io,-1", "uart8250, io,0x3f8",
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[64];
		const char *word;
		uint32_t len, want;
		struct options o;

		snprintf(text, sizeof(text), "a earlycon=%s b", bad[i]);
		want = (uint32_t)strcspn(text + 2, " ");
		if (options_parse(text, &o, &word, &len) != ERR_BAD_OPTION)
			fail_msg("\"%s\" is accepted", text);
		assert_ptr_equal(word, text + 2);
		assert_int_equal(len, want);
	}
}

static void test_fault(void **state)
{
	(void)state;
	for (uint32_t stage = 0; stage < CRUMB_STUB_STAGES; stage++) {
		char text[40];

		snprintf(text, sizeof(text), "x fault=%s y", crumb_name(stage));
		assert_int_equal(parse(text).fault, stage + 1);
	}
	/* not a stage of the stub: the kernel's, if it has such a stage */
	assert_int_equal(parse("fault=idle").fault, OPTIONS_FAULT_KERNEL);
	assert_int_equal(parse("fault=entryx").fault, OPTIONS_FAULT_KERNEL);
	assert_int_equal(parse("fault=x initrd=x module=x").fault, OPTIONS_FAULT_KERNEL);
	assert_int_equal(parse("fault=entr").fault, OPTIONS_FAULT_KERNEL);
	assert_string_equal(options_weakening(&(struct options){ .fault = OPTIONS_FAULT_KERNEL }),
			    "fault=");
}

static const char *kernel_names(uint32_t stage)
{
	return stage <= CRUMB_KERNEL ? "first" : NULL;
}

static void test_stages(void **state)
{
	char number[CRUMB_LABEL];

	(void)state;
	assert_null(crumb_name(CRUMB_STUB_STAGES));
	assert_null(crumb_name(CRUMB_KERNEL));
	assert_string_equal(crumb_label(CRUMB_JUMP, number), "jump");
	assert_string_equal(crumb_label(CRUMB_KERNEL, number), "16");	/* a kernel without names */
	assert_string_equal(crumb_label(UINT32_MAX, number), "4294967295");
	crumb_kernel_name = kernel_names;
	assert_string_equal(crumb_label(CRUMB_KERNEL, number), "first");
	assert_string_equal(crumb_label(CRUMB_KERNEL + 1, number), "17");
	assert_string_equal(crumb_label(CRUMB_KERNEL - 1, number), "15");
	crumb_kernel_name = NULL;
}

static void test_debug(void **state)
{
	(void)state;
	assert_true(parse("debug").debug);
	assert_true(parse(" a debug b").debug);
}

/* Half of a size, in memory that ends with its NUL. */
static void test_half(void **state)
{
	const char text[] = "video=12";
	char *p = memcpy(exact(sizeof(text)), text, sizeof(text));
	struct options o;
	const char *word;
	uint32_t len;

	(void)state;
	assert_int_equal(options_parse(p, &o, &word, &len), ERR_BAD_OPTION);
	assert_ptr_equal(word, p);
	free(p);
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"mmu=foo", "mmu=", "mmu=offf", "mmu=of", "mmu=Off", "mmu=off,", "place=",
		"el=", "el=2", "el=0", "el=11", "el=keepx", "el=kee",
		"place=12q", "place=0x0", "place=0",
		"place=0x1001", "place=4095", "place=0x", "place=stayy", "place=-4096",
		"place=0x10000000000000000", "place=18446744073709551616", "initrd=",
		"module=", "fault=",
		"video=", "video=x", "video=1x", "video=x1", "video=0x1", "video=1x0", "video=01x1",
		"video=1x1x", "video=1X1", "video=100000x1", "video=1x100000", "video=-1x1",
		"video=maxx", "video=kee", "video=12", "video=1x0x2", "video=1x2@60",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[80];
		struct options o;
		const char *word = NULL;
		uint32_t len = 0;

		snprintf(text, sizeof(text), "quiet %s mmu=off", bad[i]);
		if (options_parse(text, &o, &word, &len) != ERR_BAD_OPTION)
			fail_msg("%s is taken", bad[i]);
		assert_ptr_equal(word, text + 6);
		assert_int_equal(len, strlen(bad[i]));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default), cmocka_unit_test(test_regime),
		cmocka_unit_test(test_el),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_video), cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_earlycon), cmocka_unit_test(test_earlycon_refused),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_stages), cmocka_unit_test(test_debug),
		cmocka_unit_test(test_half), cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
