# SPDX-License-Identifier: MIT
"""Device trees as first inputs: one feature each, everything that the readers look for."""

ROOT = "#address-cells = <2>; #size-cells = <2>; "
MEMORY = 'memory { device_type = "memory"; reg = <0 0 0x10000 0>; }; '
UART = 'uart@9000 { compatible = "arm,pl011"; reg = <0 0x9000 0 0x1000>; }; '

TREES = {
	"memory": "/ { " + ROOT + MEMORY + "};",
	"chosen": "/ { " + ROOT + MEMORY + UART +
		'chosen { stdout-path = "/uart@9000"; bootargs = "mmu=off selftest"; '
		"linux,initrd-start = <0x40000000>; linux,initrd-end = <0 0x40010000>; "
		"kaslr-seed = <1 2>; rng-seed = [01 02 03 04 05 06 07 08 09]; }; };",
	"reserved": "/memreserve/ 0x1000 0x2000; /memreserve/ 0x80000000 0x1000; / { " + ROOT +
		MEMORY + "reserved-memory { " + ROOT + "ranges; "
		"a@1 { reg = <0 0x50000000 0 0x1000>; no-map; }; b { size = <0 0x1000>; }; "
		'c { reg = <0 0x60000000 0 9>; status = "disabled"; }; }; };',
	"crash": "/ { " + ROOT + MEMORY + UART + 'chosen { stdout-path = "/uart@9000"; '
		"linux,usable-memory-range = <0 0x30000000 0 0x10000000 0 0x10000 0 0x1000>; "
		"linux,elfcorehdr = <0 0x3ff00000 0 0x1000>; }; };",
	"bus": "/ { " + ROOT + MEMORY + 'aliases { serial0 = "/soc/apb/serial@100"; }; '
		'chosen { stdout-path = "serial0:115200n8"; }; '
		'psci { compatible = "arm,psci-1.0", "arm,psci-0.2"; method = "hvc"; }; '
		"soc@0 { #address-cells = <1>; #size-cells = <1>; "
		"ranges = <0 9 0 0x1000000>, <0x40000000 0xa 0x50000000 0x20000000>; "
		"apb { #address-cells = <1>; #size-cells = <2>; ranges = <0 0x41000000 0 0x10000>; "
		'serial@100 { compatible = "test,none", "snps,dw-apb-uart"; '
		"reg = <0x100 0 0x100>; reg-shift = <2>; reg-io-width = <4>; }; }; }; };",
	"banks": "/ { #address-cells = <1>; #size-cells = <1>; memory@0 { device_type = "
		'"memory"; status = "okay"; reg = <0 0x20000000 0x40000000 0x40000000>; }; '
		'memory@1 { device_type = "memory"; status = "fail"; '
		"reg = <0x90000000 4096>; }; };",
	"odd": "/ { " + ROOT + MEMORY + 'aliases { serial0 = "/uart@0"; }; chosen { '
		'stdout-path = "a-name-of-more-than-thirty-one-letters"; '
		"linux,initrd-start = <0 1>; linux,uefi-system-table = <0 0x10000000>; }; "
		'a { compatible = "arm,psci-0.2"; method = "none"; }; '
		'b { compatible = "arm,psci-1.0"; method = "smc"; }; uart@0 { status = "ok"; '
		'compatible = "snps,dw-apb-uart"; reg = <0 0x9000 0 0x100>; reg-shift = <1>; '
		'reg-io-width = <2>; text = "a", "\\"\\n"; }; };',
	"off": "/ { " + ROOT + MEMORY + 'bus { status = "disabled"; ' + ROOT + UART + "}; }; ",
	"deep": "/ { " + "a { b; " * 20 + "}; " * 21,
}
