/* SPDX-License-Identifier: MIT */
/*
 * fuzz_dtb.c - a loader's device tree, up to the arena's place: a panic, or a place that is
 * otherwise unused.
 */
#include "arch/collect.h"
#include "tests/host/fuzz/fuzz.h"
#include "tests/host/fuzz/raw_check.h"
#include "tests/host/fuzz/efi_left_part.h"
#include "lib/fdt.h"

#define HEADER	0x28

static struct stub stub;
static struct raw raw;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	struct fdt f;

	world_clear();
	world_put(WORLD, FDT_MAX, &feed);		/* as the protocol promises */
	if (fdt_open(&f, (void *)WORLD, FDT_MAX) == OK) {
		feed = (struct feed){ data, size };
		world_clear();
		world_put(WORLD, MAX(fdt_size(&f), HEADER), &feed);
	}
	memset(&stub, 0, sizeof(stub));
	raw_begin(&raw);
	raw.n = 0;
	if (!PANICS(dtb_collect(&stub.draft, &raw, WORLD)))
		raw_check(&stub, &raw);
	return 0;
}
