/* SPDX-License-Identifier: MIT */
/* tree.c - the device trees that the fake may have among its tables. */
#include <string.h>
#include "tests/host/fake/fake.h"
#include "lib/image.h"

#define ROOM		0x10000
#define HEADER		0x28
#define BEGIN_NODE	1
#define END_NODE	2
#define PROP		3
#define END		9
#define MANY		129

static _Alignas(PAGE_SIZE) uint8_t blob[ROOM];	/* aligned, as it reserves its own page */
static uint32_t at, strings_len;
static char strings[256];

static void cell(uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(blob + at, &value, sizeof(value));
	at += sizeof(value);
}

static void cell2(uint64_t value)
{
	cell((uint32_t)(value >> 32));
	cell((uint32_t)value);
}

static void node(const char *name)
{
	cell(BEGIN_NODE);
	memset(blob + at, 0, strlen(name) + 4);
	memcpy(blob + at, name, strlen(name));
	at += ((uint32_t)strlen(name) + 4) & ~3u;
}

static void property(const char *name, uint32_t len)
{
	cell(PROP);
	cell(len);
	cell(strings_len);
	strcpy(strings + strings_len, name);
	strings_len += (uint32_t)strlen(name) + 1;
}

static void number(const char *name, uint64_t value)
{
	property(name, 8);
	cell2(value);
}

static void cells(void)
{
	property("#address-cells", 4);
	cell(2);
	property("#size-cells", 4);
	cell(2);
}

/* The initrd, as each tree describes it. */
static struct boot_range tree_initrd(void)
{
	switch (fake.f.tree) {
	case TREE_INITRD:
		return (struct boot_range){ FAKE_TREE_INITRD, 3 * MIB + 5 };
	case TREE_INITRD_MMIO:
		return (struct boot_range){ 0x30000000, 0x1000 };
	case TREE_INITRD_NOWHERE:
		return (struct boot_range){ 0x31000000, 0x1000 };
	case TREE_INITRD_PARTLY:
		return (struct boot_range){ 0x2ffff000, 0x2000 };
	case TREE_INITRD_IMAGE:
		return (struct boot_range){ (uint64_t)image_end - 8, 0x1000 };
	case TREE_INITRD_ALL:
		return (struct boot_range){ 0x1000, 0x7fffffff000 };
	case TREE_INITRD_WRAPS:
		return (struct boot_range){ 0x10000000, -0x10000001ull };
	case TREE_INITRD_BACKWARDS:
		return (struct boot_range){ 0x10000000, -0x1000ull };
	default:
		return (struct boot_range){ 0, 0 };
	}
}

bool tree_initrd_good(void)
{
	return fake.f.tree == TREE_INITRD;
}

/* Whether the tree reserves the page. */
bool tree_reserves(uint64_t page)
{
	if (fake.f.tree != TREE_RESERVED ||	/* or firmware does not pass the tree */
	    (fake.f.config != CONFIG_OK && fake.f.config != CONFIG_TWICE))
		return false;
	return page - FAKE_TREE_NODE < FAKE_TREE_SIZE || page - FAKE_TREE_BLOCK < FAKE_TREE_SIZE;
}

static void reserved(void)
{
	node("reserved-memory");
	cells();
	property("ranges", 0);
	for (uint32_t i = 0; i < 2; i++) {
		node(i ? "off" : "on");
		property("reg", 16);
		cell2(i ? 0x22000000 : FAKE_TREE_NODE);
		cell2(FAKE_TREE_SIZE);
		if (i) {
			property("status", 9);
			memcpy(blob + at, "disabled\0\0\0", 12);
			at += 12;
		}
		cell(END_NODE);
	}
	cell(END_NODE);
}

void *tree_make(void)
{
	const struct boot_range initrd = tree_initrd();
	uint32_t nodes, total;

	memset(blob, 0, sizeof(blob));
	at = HEADER;
	strings_len = 0;
	for (uint32_t i = 0; i < (fake.f.tree == TREE_MANY ? MANY : 0); i++) {
		cell2(0x21000000 + i * 2 * PAGE_SIZE);
		cell2(PAGE_SIZE);
	}
	if (fake.f.tree == TREE_RESERVED) {
		cell2(FAKE_TREE_BLOCK);
		cell2(FAKE_TREE_SIZE);
		cell2((uint64_t)blob);		/* itself, as loaders do */
		cell2(0x400);
	}
	cell2(0);
	cell2(0);
	nodes = at;
	node("");
	cells();
	if (fake.f.tree == TREE_RESERVED)
		reserved();
	node("chosen");
	if (initrd.size) {
		number("linux,initrd-start", initrd.base);
		number("linux,initrd-end", initrd.base + initrd.size);
	}
	cell(END_NODE);
	cell(END_NODE);
	cell(END);
	total = at;
	memcpy(blob + total, strings, strings_len);
	at = 0;
	cell(0xd00dfeed);
	cell(total + strings_len);
	cell(nodes);
	cell(total);
	cell(HEADER);
	cell(17);
	cell(16);
	cell(0);
	cell(strings_len);
	cell(total - nodes);
	return blob;
}
