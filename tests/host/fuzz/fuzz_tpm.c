/* SPDX-License-Identifier: MIT */
/* fuzz_tpm.c - tpm_log_size reads two heads, and accepts at most 16 MiB of log. */
#include "tests/host/fuzz/fuzz.h"
#include "stub/efi/tpm_log.h"

#define LOG_MAX		(16 * MIB)
#define HEAD_FIRST	(60 + 16 * 4)		/* with all the algorithms that are accepted */
#define HEAD_LAST	(12 + 16 * (2 + 64) + 4)	/* with as many digests */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	const uint32_t format = (uint32_t)feed_number(&f, 1);
	const uint64_t offset = feed_number(&f, 4) << (format & 0x80 ? 8 : 0);
	uint64_t log = WORLD | (format >> 4 & 1), got;

	world_clear();
	world_put(log, HEAD_FIRST, &f);
	if (offset && offset <= LOG_MAX)
		world_put(log + offset, HEAD_LAST, &f);
	got = tpm_log_size(log, log + offset, format & 3);
	CHECK(got <= LOG_MAX);
	CHECK(!got || (got > offset && ((format & 3) == 1 || (format & 3) == 2)));
	CHECK(tpm_log_size(log, 0, format & 3) == 0 && tpm_log_size(0, log, 2) == 0);
	return 0;
}
