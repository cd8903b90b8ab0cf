/* SPDX-License-Identifier: MIT */
/*
 * fuzz.c - libFuzzer turns all knobs at once. Whatever firmware does, a boot must end in a
 * way that fake_check() accepts: no hang, stray access, leak or silence.
 */
#include <stdio.h>
#include <stdlib.h>
#include "tests/host/fake/fake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	efi_status_t status = EFI_SUCCESS;
	enum fake_end end;
	struct faults f;

	knobs_read(data, size, &f);
	fake.quick = true;
	end = fake_run(&f, &status);
	if (!fake_check(end, status)) {
		printf("end %u status %#lx: %s\nConOut: %s\nport: %s\n", end, status,
		       fake.complaint, fake.said, fake_cpu.serial);
		fflush(stdout);
		abort();
	}
	fake_end();
	return 0;
}
