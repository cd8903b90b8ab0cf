/* SPDX-License-Identifier: MIT */
/* dtc.h - device trees for tests: from text by dtc, or QEMU's own. In memory of exact size. */
#ifndef DTC_H
#define DTC_H
#include "tests/host/unit/unit.h"
#include <unistd.h>
/*
 * A name that libfdt also has (its function writes trees and is not used), and an include guard
 * that it also has.
 */
#define fdt_property libfdt_property
#include <libfdt.h>
#undef fdt_property
#undef FDT_H
#include "lib/fdt.h"

/* What `command` wrote to the file named in it by %s. Release it with free(). */
static inline void *dtc_run(const char *command, size_t *size)
{
	char dir[] = "/tmp/dtc.XXXXXX", path[64], line[512];
	void *blob;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/tree", dir);
	snprintf(line, sizeof(line), command, path);
	assert_int_equal(system(line), 0);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	*size = (size_t)ftell(f);
	rewind(f);
	blob = exact(*size);
	assert_int_equal(fread(blob, 1, *size, f), *size);
	fclose(f);
	unlink(path);
	rmdir(dir);
	return blob;
}

/* The tree that `dts` describes; "/dts-v1/;" is put before it. */
static inline void *dtc(const char *dts, size_t *size)
{
	char text[] = "/tmp/dts.XXXXXX", command[128];
	int fd = mkstemp(text);
	FILE *f = fdopen(fd, "w");
	void *blob;

	assert_non_null(f);
	assert_true(fprintf(f, "/dts-v1/;\n%s\n", dts) > 0);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof(command), "dtc -q -f -I dts -O dtb -o %%s %s", text);
	blob = dtc_run(command, size);
	unlink(text);
	return blob;
}
#define STRINGS_LAST	"zz-last"	/* dtc puts strings in the order of their first use */

/* Two buses one in another, both kinds of cells, an alias, PSCI by HVC. */
static const char dtc_board[] =
	"/memreserve/ 0x1000 0x2000;"
	"/ { compatible = \"test,board\"; #address-cells = <2>; #size-cells = <2>;"
	"  aliases { serial0 = \"/soc/apb/serial@100\"; };"
	"  chosen { stdout-path = \"serial0:115200n8\"; };"
	"  psci { compatible = \"arm,psci-1.0\", \"arm,psci-0.2\"; method = \"hvc\"; };"
	"  soc@0 { #address-cells = <1>; #size-cells = <1>;"
	"    ranges = <0x0 0x9 0x0 0x1000000>, <0x40000000 0xa 0x50000000 0x20000000>;"
	"    apb { #address-cells = <1>; #size-cells = <2>; ranges = <0 0x41000000 0 0x10000>;"
	"      serial@100 { compatible = \"test,none\", \"snps,dw-apb-uart\";"
	"        reg = <0x100 0 0x100>; reg-shift = <2>; reg-io-width = <4>; };"
	"      serial@200 { compatible = \"ns16550a\"; reg = <0x200 0 0x100>; };"
	"    };"
	"  };"
	"  memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 1 0>;"
	"    zz-last; };"
	"};";

/* The tree that QEMU makes for its board `virt`. Host tests do without it if QEMU is missing. */
static inline void *dtc_virt(size_t *size)
{
	void *packed, *blob;

	if (system("command -v qemu-system-aarch64 >/dev/null"))
		skip();
	blob = dtc_run("qemu-system-aarch64 -M virt,dumpdtb=%s -cpu cortex-a72 >/dev/null 2>&1",
		       size);
	assert_int_equal(fdt_pack(blob), 0);
	*size = fdt_totalsize(blob);
	packed = exact(*size);
	memcpy(packed, blob, *size);
	free(blob);
	return packed;
}
#endif
