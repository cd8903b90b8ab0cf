/* SPDX-License-Identifier: MIT */
/*
 * crc32.c - CRC-32 of IEEE 802.3, four bytes per step. The 4 KiB of tables are made at first use
 * and are in .bss: for the kernel only, and only with caches on.
 */
#include "kernel/crc32.h"

#define CRC_POLYNOMIAL	0xedb88320u	/* bit-reversed */
#define CRC_SLICES	4

static NOINIT uint32_t table[CRC_SLICES][256];
static bool made;

static void table_make(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? CRC_POLYNOMIAL : 0);
		table[0][i] = c;
	}
	for (int s = 1; s < CRC_SLICES; s++)
		for (uint32_t i = 0; i < 256; i++)
			table[s][i] = table[s - 1][i] >> 8 ^ table[0][table[s - 1][i] & 0xff];
}

static uint32_t crc_byte(uint32_t c, uint8_t byte)
{
	return c >> 8 ^ table[0][(c ^ byte) & 0xff];
}

/* Four bytes at once: table[s] gives a byte's contribution after s more bytes. */
static uint32_t crc_word(uint32_t c, uint32_t word)
{
	c ^= word;
	return table[3][c & 0xff] ^ table[2][c >> 8 & 0xff] ^ table[1][c >> 16 & 0xff] ^
	       table[0][c >> 24];
}

uint32_t crc32(uint32_t crc, const void *data, uint64_t size)
{
	const uint8_t *p = data;
	uint32_t c = ~crc;

	if (!made)
		table_make();
	made = true;
	for (; size > 0 && (uintptr_t)p % sizeof(uint32_t); size--)
		c = crc_byte(c, *p++);
	for (; size >= sizeof(uint32_t); size -= sizeof(uint32_t), p += sizeof(uint32_t))
		c = crc_word(c, *(const uint32_t *)p);
	for (; size > 0; size--)
		c = crc_byte(c, *p++);
	return ~c;
}
