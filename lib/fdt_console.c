/* SPDX-License-Identifier: MIT */
/*
 * fdt_console.c - the serial port that a device tree names (Devicetree Specification 0.4, 3.3,
 * 3.6), and its register layout (serial/8250.yaml and others among Linux's bindings).
 *
 * Pure. A port that is misaligned, big-endian, or behind a bus without `ranges` is not used.
 * uart_start checks that its registers are in one page.
 */
#include "lib/fdt.h"
#include "arch/boot.h"
#include "lib/string.h"

#define REG_SHIFT_MAX	4

/* Properties of the ports in `names`, in the same order. */
static const struct port {
	uint8_t names, type;
	uint8_t width;			/* if the node does not say */
} ports[] = {
	{ 2, BOOT_UART_PL011, 4 }, { 3, BOOT_UART_16550, 1 }, { 4, BOOT_UART_16550, 4 },
	{ 3, BOOT_UART_CDNS, 4 }, { 2, BOOT_UART_IMX, 4 }, { 2, BOOT_UART_LPUART, 4 },
	{ 3, BOOT_UART_MESON, 4 }, { 1, BOOT_UART_MSM, 4 }, { 2, BOOT_UART_GENI, 4 },
	{ 5, BOOT_UART_EXYNOS, 4 }, { 1, BOOT_UART_MVEBU, 4 }, { 2, BOOT_UART_SCIF, 4 },
};

static const char names[] =
	"arm,pl011\0" "arm,sbsa-uart\0"
	"ns16550a\0" "ns16550\0" "snps,dw-apb-uart\0"
	"nvidia,tegra20-uart\0" "ti,am654-uart\0" "brcm,bcm2835-aux-uart\0"
	"mediatek,mt6577-uart\0"
	"cdns,uart-r1p12\0" "cdns,uart-r1p8\0" "xlnx,xuartps\0"
	"fsl,imx6q-uart\0" "fsl,imx21-uart\0"
	"fsl,imx7ulp-lpuart\0" "fsl,imx8qxp-lpuart\0"
	"amlogic,meson-gx-uart\0" "amlogic,meson-ao-uart\0" "amlogic,meson-uart\0"
	"qcom,msm-uartdm\0"
	"qcom,geni-debug-uart\0" "qcom,geni-uart\0"
	"samsung,exynos4210-uart\0" "samsung,exynos5433-uart\0" "samsung,exynos850-uart\0"
	"google,gs101-uart\0" "apple,s5l-uart\0"
	"marvell,armada-3700-uart\0"
	"renesas,scif\0" "renesas,hscif\0";

static const struct port *port_kind(const struct fdt_value *compatible)
{
	const char *name = names;

	for (uint32_t i = 0; i < ARRAY_SIZE(ports); i++) {
		for (uint32_t left = ports[i].names; left; left--) {
			uint32_t size = (uint32_t)strlen(name) + 1;

			if (fdt_value_has(compatible, name, size))
				return &ports[i];
			name += size;
		}
	}
	return NULL;
}

static bool port_take(const struct fdt *f, const struct fdt_node *n, struct boot_uart *out)
{
	static const char wanted[][16] = {
		"compatible", "big-endian", "reg-io-width", "reg-shift", "reg-offset",
	};
	struct fdt_value v[ARRAY_SIZE(wanted)];
	uint64_t width, shift, offset = 0;
	const struct port *kind;
	struct boot_range reg;

	fdt_get_each(f, n, FDT_NAMES(wanted), v);
	kind = port_kind(&v[0]);
	if (!kind || v[1].data || !fdt_reg(f, n, 0, &reg))
		return false;
	width = kind->width;
	shift = kind->width / 2;	/* side by side: log2 of 1, 2 or 4 */
	fdt_value_number(&v[2], &width);
	fdt_value_number(&v[3], &shift);
	fdt_value_number(&v[4], &offset);
	if (kind->type != BOOT_UART_16550)
		shift = 0;
	reg.base += offset;
	if ((width != 1 && width != 2 && width != 4) || shift > REG_SHIFT_MAX ||
	    reg.base % width || reg.base >= ARCH_REACH)
		return false;
	*out = (struct boot_uart){
		.base = reg.base, .type = kind->type, .reg_shift = (uint8_t)shift,
		.reg_width = (uint8_t)width, .source = BOOT_UART_FROM_DTB,
	};
	return true;
}

/* 3.6: a path or an alias, optionally ':' and options, which are ignored. */
static bool chosen_node(const struct fdt *f, const struct fdt_node *chosen, struct fdt_node *n)
{
	static const char wanted[][20] = { "stdout-path", "linux,stdout-path" };
	struct fdt_value v[ARRAY_SIZE(wanted)];
	const char *path;
	uint32_t len = 0;

	fdt_get_each(f, chosen, FDT_NAMES(wanted), v);
	if (!v[0].data)
		v[0] = v[1];
	path = v[0].data;
	if (!path)
		return false;
	while (len < v[0].len && path[len] && path[len] != ':')
		len++;
	if (len && *path == '/')
		return fdt_find(f, path, len, n);
	return fdt_alias(f, path, len, n);
}

/*
 * The enabled port, if it is the only one and all nodes above it are enabled. Of several, some may
 * have a modem or a Bluetooth chip attached.
 */
static bool port_only(const struct fdt *f, struct boot_uart *out)
{
	struct fdt_node n = { 0 };
	uint32_t off = FDT_DEPTH + 1;	/* depth of the disabled node */
	struct boot_uart port, only;
	bool found = false;

	while (fdt_next(f, &n)) {
		if (n.depth > off)
			continue;
		off = FDT_DEPTH + 1;
		if (!fdt_enabled(f, &n)) {
			off = n.depth;
		} else if (port_take(f, &n, found ? &port : &only)) {
			if (found)
				return false;
			found = true;
		}
	}
	if (found)
		*out = only;
	return found;
}

bool fdt_console_chosen(const struct fdt *f, const struct fdt_node *chosen,
			struct boot_uart *out)
{
	struct fdt_node n;

	if ((chosen && chosen_node(f, chosen, &n)) ||
	    (fdt_alias(f, "serial0", sizeof("serial0") - 1, &n) && fdt_enabled(f, &n)))
		return port_take(f, &n, out);
	return port_only(f, out);
}

bool fdt_console(const struct fdt *f, struct boot_uart *out)
{
	struct fdt_node chosen;
	bool found = fdt_find(f, FDT_CHOSEN, sizeof(FDT_CHOSEN) - 1, &chosen);

	return fdt_console_chosen(f, found ? &chosen : NULL, out);
}
