/* SPDX-License-Identifier: MIT */
/* dtb.h - shared by the tests of stub/raw/dtb.c. */
#ifndef DTB_H
#define DTB_H
#include "arch/collect.h"
#include "tests/host/unit/dtc.h"
#include "tests/host/unit/fake_raw.h"

#define ROOT	"#address-cells = <2>; #size-cells = <2>; "
#define ALL	"memory { device_type = \"memory\"; reg = <0 0 0x10000 0>; };"
#define UART	"uart@9000 { compatible = \"arm,pl011\"; reg = <0 0x9000 0 0x1000>; }; "
#define CHOSEN	"chosen { stdout-path = \"/uart@9000\"; "

static struct stub stub;
static struct raw raw;

static inline void start(void)
{
	memset(&stub, 0, sizeof(stub));
	memset(&fake_raw.uart, 0, sizeof(fake_raw.uart));
	raw_begin(&raw);
	raw.n = 0;
}

static inline void collect(const void *blob)
{
	dtb_collect(&stub.draft, &raw, (uint64_t)blob);
}

/* From source; the caller may look at the tree, and frees it. */
static inline void *collect_dts(const char *dts)
{
	size_t size;
	void *blob = dtc(dts, &size);

	start();
	collect(blob);
	return blob;
}

static inline void refuse_dts(const char *dts, const char *message)
{
	size_t size;
	void *blob = dtc(dts, &size);

	start();
	assert_panics(collect(blob), message);
	assert_int_equal(fake_raw.uart.type, BOOT_UART_PL011);
	assert_true(fake_raw.uart.base == 0x9000);
	free(blob);
}

/* The boot goes on without the initrd. */
static inline void drop_dts(const char *dts, const char *why)
{
	void *blob = collect_dts(dts);

	assert_dropped(&raw, &stub.draft.module[DRAFT_INITRD], "initrd", why);
	assert_int_equal(stub.draft.module[DRAFT_TREE].kind, BOOT_MODULE_DTB);
	free(blob);
}

/* The type that wins at `at` in the raw map. */
static inline uint32_t type_at(uint64_t at)
{
	uint32_t type = 0;

	for (uint32_t i = 0; i < raw.n; i++)
		if (at >= raw.map[i].base && at - raw.map[i].base < raw.map[i].size)
			type = MAX(type, raw.map[i].type);
	return type;
}
#endif
