/* SPDX-License-Identifier: MIT */
/*
 * test_fdt.c - our reader of device trees against libfdt's, and what is found with it.
 * Damaged trees: test_fdt_damage.c.
 */
#include "tests/host/unit/dtc.h"

/* ---- the same as libfdt ---- */

static void same_properties(const struct fdt *f, const struct fdt_node *n, const void *blob, int at)
{
	for (int p = fdt_first_property_offset(blob, at); p >= 0;
	     p = fdt_next_property_offset(blob, p)) {
		const char *name;
		int len;
		const void *want = fdt_getprop_by_offset(blob, p, &name, &len);
		struct fdt_value got;

		assert_true(fdt_get(f, n, name, &got));
		assert_ptr_equal(got.data, want);
		assert_int_equal(got.len, len);
	}
}

/* Several properties in one pass, some of which nodes lack. */
static void same_each(const struct fdt *f, const struct fdt_node *n, const void *blob, int at)
{
	static const char names[][12] = { "reg", "x", "status", "compatible", "regs", "ranges" };
	struct fdt_value got[ARRAY_SIZE(names)] = { [1] = { names, 1 } };
	int len;

	fdt_get_each(f, n, FDT_NAMES(names), got);
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_ptr_equal(got[i].data, fdt_getprop(blob, at, names[i], &len));
		assert_int_equal(got[i].len, MAX(len, 0));
	}
}

/* By its path we find the node libfdt finds, also if its unit address is left out. */
static void same_path(const struct fdt *f, const void *blob, int at)
{
	char path[256];
	struct fdt_node n;

	assert_int_equal(fdt_get_path(blob, at, path, sizeof(path)), 0);
	for (uint32_t end = (uint32_t)strlen(path); end; end--) {
		int want = fdt_path_offset_namelen(blob, path, (int)end);

		if (fdt_find(f, path, end, &n) != (want >= 0))
			fail_msg("%.*s: libfdt says %d", (int)end, path, want);
		if (want >= 0)
			assert_ptr_equal(f->blob + n.name, fdt_get_name(blob, want, NULL));
	}
}

static void same_tree(const void *blob, size_t size)
{
	struct fdt_node n = { 0 };
	struct fdt_value v;
	struct fdt f;
	int depth = -1, count = 0;

	assert_int_equal(fdt_open(&f, blob, size), OK);
	assert_int_equal(fdt_size(&f), fdt_totalsize(blob));
	for (int at = fdt_next_node(blob, -1, &depth); at >= 0 && depth >= 0;
	     at = fdt_next_node(blob, at, &depth), count++) {
		assert_true(fdt_next(&f, &n));
		assert_ptr_equal(f.blob + n.name, fdt_get_name(blob, at, NULL));
		assert_int_equal(n.depth, depth + 1);
		assert_false(fdt_get(&f, &n, "no-such-property", &v));
		same_properties(&f, &n, blob, at);
		same_each(&f, &n, blob, at);
		same_path(&f, blob, at);
	}
	assert_false(fdt_next(&f, &n) || fdt_next(&f, &n));
	assert_true(count > 5);
}

static void test_same_as_libfdt(void **state)
{
	size_t size;
	void *blob = dtc(dtc_board, &size);

	(void)state;
	same_tree(blob, size);
	free(blob);
	blob = dtc_virt(&size);
	same_tree(blob, size);
	free(blob);
}

/* What libfdt has overwritten with FDT_NOP does not exist for us, either. */
static void test_nops(void **state)
{
	size_t size;
	void *blob = dtc_virt(&size);
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 40; round++) {
		int at = 0, steps = 1 + (int)rnd_below(&seed, 60);

		while (steps-- && at >= 0)
			at = fdt_next_node(blob, at, NULL);
		if (at <= 0)
			continue;
		if (round % 4)
			fdt_nop_property(blob, at, round % 2 ? "reg" : "compatible");
		else
			assert_int_equal(fdt_nop_node(blob, at), 0);
	}
	same_tree(blob, size);
	free(blob);
}

/* ---- the console ---- */

#define ROOT	"#address-cells = <2>; #size-cells = <1>; "
#define PL011	"uart@1000 { compatible = \"arm,pl011\", \"arm,primecell\";" \
		"reg = <0 0x1000 0x100>; "

static const struct {
	const char *what, *dts;
	struct boot_uart want;		/* type BOOT_UART_NONE: there is none */
} consoles[] = {
	{ "two buses, an alias, options", dtc_board, { 0xa51000100, BOOT_UART_16550, 0, 2, 4, 0 } },
	{ "pl011", "/ {" ROOT "chosen { stdout-path = \"/uart@1000\"; };" PL011 "}; };",
	  { 0x1000, BOOT_UART_PL011, 0, 0, 4, 0 } },
	{ "without its unit address", "/ {" ROOT "chosen { stdout-path = \"/uart:9600\"; };" PL011
	  "}; };", { 0x1000, BOOT_UART_PL011, 0, 0, 4, 0 } },
	{ "the old name", "/ {" ROOT "chosen { linux,stdout-path = \"/uart\"; };" PL011 "}; };",
	  { 0x1000, BOOT_UART_PL011, 0, 0, 4, 0 } },
	{ "pl011 told to be narrow", "/ {" ROOT "chosen { stdout-path = \"/uart\"; };" PL011
	  "reg-io-width = <2>; }; };", { 0x1000, BOOT_UART_PL011, 0, 0, 2, 0 } },
	{ "sbsa", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"arm,sbsa-uart\";"
	  "reg = <1 4 3>; }; };", { 0x100000004, BOOT_UART_PL011, 0, 0, 4, 0 } },
	{ "misaligned", "/ { chosen { stdout-path = \"/u\"; }; u { compatible ="
	  "\"arm,sbsa-uart\"; reg = <1 2 3>; }; };", { 0 } },
	{ "16550, cells not counted", "/ { chosen { stdout-path = \"/u\"; }; u { compatible ="
	  "\"ns16550\"; reg = <0 0x3000 8>; }; };", { 0x3000, BOOT_UART_16550, 0, 0, 1, 0 } },
	{ "16550a", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"x\", \"ns16550a\";"
	  "reg = <0 0x3000 8>; reg-shift = <1>; }; };", { 0x3000, BOOT_UART_16550, 0, 1, 1, 0 } },
	{ "empty ranges", "/ {" ROOT "chosen { stdout-path = \"/bus/uart\"; }; bus { ranges;" ROOT
	  PL011 "}; }; };", { 0x1000, BOOT_UART_PL011, 0, 0, 4, 0 } },
	{ "empty ranges, below cells that are not ours", "/ { #size-cells = <3>; chosen {"
	  "stdout-path = \"/bus/uart\"; }; bus { ranges;" ROOT PL011 "}; }; };",
	  { 0x1000, BOOT_UART_PL011, 0, 0, 4, 0 } },
	{ "no ranges", "/ {" ROOT "chosen { stdout-path = \"/bus/uart\"; }; bus {" ROOT PL011
	  "}; }; };", { 0 } },
	{ "not within ranges", "/ {" ROOT "chosen { stdout-path = \"/bus/uart\"; }; bus {" ROOT
	  "ranges = <0 0x2000 0 0x2000 0x1000>;" PL011 "}; }; };", { 0 } },
	{ "just past a range", "/ {" ROOT "chosen { stdout-path = \"/bus/uart\"; }; bus {" ROOT
	  "ranges = <0 0 0 0x2000 0x1000>;" PL011 "}; }; };", { 0 } },
	{ "half a range", "/ {" ROOT "chosen { stdout-path = \"/bus/uart\"; }; bus {" ROOT
	  "ranges = <0 0 0 0x2000>;" PL011 "}; }; };", { 0 } },
	{ "three cells", "/ { #address-cells = <3>; chosen { stdout-path = \"/u\"; };"
	  "u { compatible = \"ns16550\"; reg = <0 0 0x3000 8>; }; };", { 0 } },
	{ "three cells of size", "/ { #size-cells = <3>; chosen { stdout-path = \"/u\"; };"
	  "u { compatible = \"ns16550\"; reg = <0 0x3000 0 0 8>; }; };", { 0 } },
	{ "in another node", "/ { chosen { stdout-path = \"/a/u\"; }; a { }; b { ranges;"
	  "u { compatible = \"ns16550\"; reg = <0 0x3000 8>; }; }; v { compatible = \"ns16550\";"
	  "reg = <0 0x4000 8>; }; };", { 0 } },
	{ "no cells", "/ {" ROOT "chosen { stdout-path = \"/bus/uart\"; }; bus { ranges;"
	  "#address-cells = <0>; #size-cells = <1>;" PL011 "}; }; };", { 0 } },
	{ "a longer name", "/ {" ROOT "chosen { stdout-path = \"/uart\"; }; uart {"
	  "compatible = \"arm,pl011x\", \"arm,pl01\"; reg = <0 1 2>; }; };", { 0 } },
	{ "reg too short", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"ns16550\";"
	  "reg = <0 0x3000>; }; };", { 0 } },
	{ "no reg", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"ns16550\"; }; };",
	  { 0 } },
	{ "odd width", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"ns16550\";"
	  "reg = <0 0x3000 8>; reg-io-width = <3>; }; };", { 0 } },
	{ "far apart", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"ns16550\";"
	  "reg = <0 0x3000 8>; reg-shift = <64>; }; };", { 0 } },
	{ "the root", "/ { compatible = \"ns16550\"; reg = <0 1 2>; chosen { stdout-path = \"/\";"
	  "}; };", { 0 } },
	{ "no such node", "/ { chosen { stdout-path = \"/v\"; }; };", { 0 } },
	{ "no such node, one port", "/ { chosen { stdout-path = \"/v\"; }; u { compatible ="
	  "\"ns16550\"; reg = <0 0x3000 8>; }; };", { 0x3000, BOOT_UART_16550, 0, 0, 1, 0 } },
	{ "no such alias", "/ { chosen { stdout-path = \"v\"; }; aliases { u = \"/u\"; }; };",
	  { 0 } },
	{ "empty alias", "/ { chosen { stdout-path = \"v\"; }; aliases { v; }; };", { 0 } },
	{ "an alias of itself", "/ { chosen { stdout-path = \"v\"; }; aliases { v = \"v\"; }; };",
	  { 0 } },
	{ "empty", "/ { chosen { stdout-path; }; };", { 0 } },
	{ "only options", "/ { chosen { stdout-path = \":9600\"; }; aliases { v = \"/v\"; }; };",
	  { 0 } },
	{ "text without end", "/ { chosen { stdout-path = [2f 75]; }; u { compatible ="
	  "\"ns16550\"; reg = <0 0x3000 8>; }; };", { 0x3000, BOOT_UART_16550, 0, 0, 1, 0 } },
	{ "compatible without end", "/ { chosen { stdout-path = \"/u\"; }; u { compatible ="
	  "[6e 73 31 36 35 35 30]; reg = <0 0x3000 8>; }; };", { 0 } },
	{ "reg-offset", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"ns16550\";"
	  "reg = <0 0x3000 0x200>; reg-offset = <0x100>; }; };",
	  { 0x3100, BOOT_UART_16550, 0, 0, 1, 0 } },
	{ "big-endian", "/ { chosen { stdout-path = \"/u\"; }; u { compatible = \"ns16550\";"
	  "reg = <0 0x3000 8>; big-endian; }; };", { 0 } },
	{ "beyond what can be mapped", "/ { chosen { stdout-path = \"/u\"; }; u { compatible ="
	  "\"ns16550\"; reg = <0x8000 0 8>; }; };", { 0 } },
	{ "a port of another kind is chosen", "/ { chosen { stdout-path = \"/v\"; };"
	  "v { compatible = \"test,none\"; reg = <0 1 1>; }; u { compatible = \"ns16550\";"
	  "reg = <0 0x3000 8>; }; };", { 0 } },
	/* nothing chosen */
#define UART(at)	"compatible = \"ns16550\"; reg = <0 " #at " 8>; "
#define AT(at)		{ at, BOOT_UART_16550, 0, 0, 1, 0 }
	{ "the only port", "/ { u { " UART(0x3000) "}; };", AT(0x3000) },
	{ "the only port, empty /chosen", "/ { chosen { }; u { " UART(0x3000) "}; };", AT(0x3000) },
	{ "two ports", "/ { u { " UART(0x3000) "}; v { " UART(0x4000) "}; };", { 0 } },
	{ "one of two is on", "/ { u { " UART(0x3000) "status = \"disabled\"; }; v { "
	  UART(0x4000) "status = \"okay\"; }; };", AT(0x4000) },
	{ "the other of two is on", "/ { u { " UART(0x3000) "status = \"ok\"; }; v { "
	  UART(0x4000) "status = \"fail\"; }; };", AT(0x3000) },
	{ "on a bus that is off", "/ { b { ranges; " ROOT "status = \"disabled\"; u { "
	  UART(0x3000) "}; c { ranges; " ROOT "w { " UART(0x5000) "}; }; };"
	  "d { ranges; " ROOT "v { " UART(0x4000) "}; }; };", AT(0x4000) },
	{ "one that cannot be reached does not count", "/ { b { " ROOT "u { " UART(0x3000) "}; };"
	  "v { " UART(0x4000) "}; };", AT(0x4000) },
	{ "serial0 of two", "/ { aliases { serial0 = \"/v\"; serial1 = \"/u\"; }; u { "
	  UART(0x3000) "}; v { " UART(0x4000) "}; };", AT(0x4000) },
	{ "serial1 of two", "/ { aliases { serial1 = \"/u\"; }; u { " UART(0x3000) "}; v { "
	  UART(0x4000) "}; };", { 0 } },
	{ "chosen before serial0", "/ { aliases { serial0 = \"/v\"; }; chosen { stdout-path ="
	  "\"/u\"; }; u { " UART(0x3000) "}; v { " UART(0x4000) "}; };", AT(0x3000) },
	{ "serial0 is off", "/ { aliases { serial0 = \"/v\"; }; u { " UART(0x3000) "}; v { "
	  UART(0x4000) "status = \"disabled\"; }; };", AT(0x3000) },
	{ "serial0 is of another kind", "/ { aliases { serial0 = \"/v\"; }; u { " UART(0x3000) "};"
	  "v { compatible = \"test,none\"; reg = <0 1 1>; }; };", { 0 } },
	{ "none", "/ { u { reg = <0 1 1>; }; };", { 0 } },
};

/* Each name: its kind, and how its registers lie if the node does not say. */
static const struct {
	const char *compatible;
	uint8_t type, shift, width;
} ports[] = {
	{ "ns16550a", BOOT_UART_16550, 0, 1 }, { "ns16550", BOOT_UART_16550, 0, 1 },
	{ "ti,am654-uart", BOOT_UART_16550, 2, 4 }, { "snps,dw-apb-uart", BOOT_UART_16550, 0, 1 },
	{ "nvidia,tegra20-uart", BOOT_UART_16550, 2, 4 },
	{ "brcm,bcm2835-aux-uart", BOOT_UART_16550, 2, 4 },
	{ "mediatek,mt6577-uart", BOOT_UART_16550, 2, 4 },
	{ "arm,pl011", BOOT_UART_PL011, 0, 4 }, { "arm,sbsa-uart", BOOT_UART_PL011, 0, 4 },
	{ "cdns,uart-r1p12", BOOT_UART_CDNS, 0, 4 }, { "cdns,uart-r1p8", BOOT_UART_CDNS, 0, 4 },
	{ "fsl,imx6q-uart", BOOT_UART_IMX, 0, 4 }, { "fsl,imx21-uart", BOOT_UART_IMX, 0, 4 },
	{ "fsl,imx7ulp-lpuart", BOOT_UART_LPUART, 0, 4 },
	{ "fsl,imx8qxp-lpuart", BOOT_UART_LPUART, 0, 4 },
	{ "amlogic,meson-gx-uart", BOOT_UART_MESON, 0, 4 },
	{ "amlogic,meson-ao-uart", BOOT_UART_MESON, 0, 4 },
	{ "amlogic,meson-uart", BOOT_UART_MESON, 0, 4 }, { "xlnx,xuartps", BOOT_UART_CDNS, 0, 4 },
	{ "qcom,geni-debug-uart", BOOT_UART_GENI, 0, 4 },
	{ "qcom,geni-uart", BOOT_UART_GENI, 0, 4 }, { "qcom,msm-uartdm", BOOT_UART_MSM, 0, 4 },
	{ "samsung,exynos4210-uart", BOOT_UART_EXYNOS, 0, 4 },
	{ "samsung,exynos5433-uart", BOOT_UART_EXYNOS, 0, 4 },
	{ "samsung,exynos850-uart", BOOT_UART_EXYNOS, 0, 4 },
	{ "google,gs101-uart", BOOT_UART_EXYNOS, 0, 4 }, { "renesas,scif", BOOT_UART_SCIF, 0, 4 },
	{ "apple,s5l-uart", BOOT_UART_EXYNOS, 0, 4 }, { "renesas,hscif", BOOT_UART_SCIF, 0, 4 },
	{ "marvell,armada-3700-uart", BOOT_UART_MVEBU, 0, 4 },
};

static void test_ports(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ports); i++)
		for (int said = 0; said < 2; said++) {
			struct boot_uart uart = { 0 };
			uint8_t shift = said ? 3 : ports[i].shift;
			struct fdt f;
			size_t size;
			char dts[256];
			void *blob;

			snprintf(dts, sizeof(dts), "/ { u { compatible = \"test,x\", \"%s\";"
				 "reg = <0 0x3000 0x1000>; %s }; };", ports[i].compatible,
				 said ? "reg-shift = <3>; reg-io-width = <2>;" : "");
			blob = dtc(dts, &size);
			assert_int_equal(fdt_open(&f, blob, size), OK);
			if (!fdt_console(&f, &uart) || uart.type != ports[i].type ||
			    uart.reg_shift != (uart.type == BOOT_UART_16550 ? shift : 0) ||
			    uart.reg_width != (said ? 2 : ports[i].width) || uart.base != 0x3000)
				fail_msg("%s: type %u shift %u width %u", ports[i].compatible,
					 uart.type, uart.reg_shift, uart.reg_width);
			free(blob);
		}
}

static void test_console(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(consoles); i++) {
		const struct boot_uart *want = &consoles[i].want;
		struct boot_uart got = { 0 };
		struct fdt f;
		size_t size;
		void *blob = dtc(consoles[i].dts, &size);

		assert_int_equal(fdt_open(&f, blob, size), OK);
		if (fdt_console(&f, &got) != (want->type != BOOT_UART_NONE) ||
		    got.base != want->base || got.type != want->type || got.is_port ||
		    got.reg_shift != want->reg_shift || got.reg_width != want->reg_width ||
		    got.source != (want->type ? BOOT_UART_FROM_DTB : BOOT_UART_FROM_NOWHERE))
			fail_msg("%s: type %u at %llx shift %u width %u source %u",
				 consoles[i].what, got.type, (unsigned long long)got.base,
				 got.reg_shift, got.reg_width, got.source);
		free(blob);
	}
}

static void test_virt(void **state)
{
	struct boot_uart uart;
	struct fdt_value v;
	struct fdt f;
	size_t size;
	void *blob = dtc_virt(&size);
	bool by_hvc = false;

	(void)state;
	assert_int_equal(fdt_open(&f, blob, size), OK);
	assert_true(fdt_console(&f, &uart));
	assert_int_equal(uart.base, 0x9000000);
	assert_int_equal(uart.type, BOOT_UART_PL011);
	assert_true(fdt_psci(&f, &by_hvc));
	assert_true(by_hvc);
	assert_true(fdt_property(&f, "/chosen", "stdout-path", &v));
	assert_string_equal(v.data, "/pl011@9000000");
	free(blob);
}

static void test_psci(void **state)
{
	static const struct {
		const char *dts;
		int want;		/* 1 HVC, 0 SMC, -1 none */
	} cases[] = {
		{ dtc_board, 1 },
		{ "/ { psci { compatible = \"arm,psci-0.2\"; method = \"smc\"; }; };", 0 },
		{ "/ { a { b { compatible = \"x\", \"arm,psci-1.0\"; method = \"hvc\"; }; }; };",
		  1 },
		{ "/ { psci { compatible = \"arm,psci\"; method = \"smc\"; }; };", -1 },
		{ "/ { psci { compatible = \"arm,psci-0.2\"; method = \"abc\"; }; };", -1 },
		{ "/ { psci { compatible = \"arm,psci-0.2\"; method = \"hvcs\"; }; };", -1 },
		{ "/ { psci { compatible = \"arm,psci-0.2\"; }; };", -1 },
		{ "/ { };", -1 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fdt f;
		size_t size;
		void *blob = dtc(cases[i].dts, &size);
		bool by_hvc;

		assert_int_equal(fdt_open(&f, blob, size), OK);
		if ((fdt_psci(&f, &by_hvc) ? by_hvc : -1) != cases[i].want)
			fail_msg("%s", cases[i].dts);
		free(blob);
	}
}

/* `levels` nested nodes, including the root; the innermost is a port; after them comes "/z". */
static void test_depth(void **state)
{
	(void)state;
	for (uint32_t levels = FDT_DEPTH - 1; levels <= FDT_DEPTH + 1; levels++) {
		char dts[1024] = "/ {", path[128] = "", ends[64] = "";
		struct boot_uart uart;
		struct fdt_node n;
		struct fdt f;
		size_t size;
		void *blob;

		for (uint32_t i = 1; i < levels; i++) {
			strcat(dts, i + 1 < levels ? "n { ranges;" : "n { " UART(0x3000));
			strcat(path, "/n");
			strcat(ends, "};");
		}
		strcat(strcat(dts, ends), "z { }; };");
		blob = dtc(dts, &size);
		assert_int_equal(fdt_open(&f, blob, size), OK);
		assert_int_equal(fdt_find(&f, path, (uint32_t)strlen(path), &n),
				 levels <= FDT_DEPTH);
		assert_int_equal(fdt_find(&f, "/z", 2, &n), levels <= FDT_DEPTH);
		assert_int_equal(fdt_console(&f, &uart), levels <= FDT_DEPTH);
		for (n = (struct fdt_node){ 0 }; fdt_next(&f, &n);)
			;
		assert_false(fdt_next(&f, &n));
		free(blob);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_libfdt), cmocka_unit_test(test_nops),
		cmocka_unit_test(test_console), cmocka_unit_test(test_ports),
		cmocka_unit_test(test_virt), cmocka_unit_test(test_psci),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
