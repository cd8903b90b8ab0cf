/* SPDX-License-Identifier: MIT */
/* from_dtb.h - what the tests of from_dtb.c begin with. */
#ifndef FROM_DTB_H
#define FROM_DTB_H
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
	raw.n = 0;
	raw.limit = 0;
}

static inline void collect(const void *blob)
{
	raw_collect(&stub, &raw, (uint64_t)blob, 0);
}
#endif
