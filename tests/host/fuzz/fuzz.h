/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - for all fuzz targets: numbers from the input, memory below 4 GiB in which every byte
 * that was not handed out is poisoned, and a check that ends the run.
 */
#ifndef FUZZ_H
#define FUZZ_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A failed check is a crash, so that libFuzzer keeps the input. */
#define CHECK(what)                                                                      \
	do {                                                                             \
		if (!(what)) {                                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                         \
		}                                                                        \
	} while (0)

/* The input, read from the front; after its end, zeros. */
struct feed {
	const uint8_t *at;
	size_t left;
};
uint64_t feed_number(struct feed *f, uint32_t bytes);
void feed_bytes(struct feed *f, void *out, size_t size);

/*
 * The world: WORLD_SIZE bytes at WORLD. world_clear() takes back all of it; world_put() hands out
 * [at, at + size), filled from the feed, then with zeros.
 */
#define WORLD		0x10000000ull
#define WORLD_SIZE	(32 * MIB)
void world_clear(void);
void *world_put(uint64_t at, size_t size, struct feed *f);
void *world_copy(uint64_t at, const void *data, size_t size);
bool world_has(uint64_t at, uint64_t size);	/* all of it was handed out */

/* Printable UTF-8 of `len` bytes, followed by a NUL. */
void check_text(const char *text, uint32_t len);

/*
 * Memory ranges from the input: 6 bytes each, in 1 KiB steps from `origin`, sometimes
 * 64-bit numbers instead; types of all kinds. At most `cap`; returns how many.
 */
uint32_t feed_ranges(struct feed *f, uint64_t origin, struct boot_mem *out, uint32_t cap);

/* The checksum byte with which `size` bytes sum up to zero. */
void sum_fix(void *data, size_t size, uint8_t *checksum);
#endif
