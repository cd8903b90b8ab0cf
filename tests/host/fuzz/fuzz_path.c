/* SPDX-License-Identifier: MIT */
/*
 * fuzz_path.c - the image's device path, the text file's name made from it, and reading that file
 * through firmware that returns anything.
 *
 * Input: nodes as type, subtype, length, bytes; the list is made to end, as firmware's do.
 */
#include "tests/host/fuzz/fuzz.h"
#include "tests/host/fuzz/path_fakes.h"
#include "stub/efi/file.c"
#include "stub/efi/collect.c"

#define NODES_ROOM	0x2000u

static void *path_put(struct feed *f)
{
	static uint8_t list[NODES_ROOM];
	uint32_t n = 0, left = (uint32_t)feed_number(f, 1) % 12;

	for (; left; left--) {
		struct efi_device_path *node = (void *)(list + n);
		const uint32_t size = (uint32_t)feed_number(f, 2) % 1200;

		feed_bytes(f, node, 2);
		if (size < sizeof(*node)) {		/* such a node ends the list */
			node->length[0] = (uint8_t)size;
			node->length[1] = 0;
			n += sizeof(*node);
			break;
		}
		if (size > NODES_ROOM - 4 - n)
			break;
		node->length[0] = (uint8_t)size;
		node->length[1] = (uint8_t)(size >> 8);
		feed_bytes(f, node + 1, size - sizeof(*node));
		n += size;
	}
	memcpy(list + n, (uint8_t[]){ EFI_PATH_END, EFI_PATH_END_ALL, 4, 0 }, 4);
	return world_copy(WORLD + 1, list, n + 4);
}

/* The path is the texts of all file nodes, with one separator between, as far as there is room. */
static void check_path(const struct draft *d, const uint8_t *list)
{
	static char want[4 * NODES_ROOM];
	uint32_t n = 0, size;
	bool cut;

	for (uint32_t at = 0; at < PATH_BYTES && list[at] != EFI_PATH_END; at += size) {
		size = list[at + 2] | (uint32_t)list[at + 3] << 8;
		if (size < sizeof(struct efi_device_path))
			break;
		if (list[at] != EFI_PATH_MEDIA || list[at + 1] != EFI_PATH_MEDIA_FILE)
			continue;
		if (n && size > 5 && !memcmp(list + at + 4, u"\\", 2))
			n -= want[n - 1] == '\\';
		else if (n && want[n - 1] != '\\')
			want[n++] = '\\';
		n += utf8_from_utf16(list + at + 4, (size - 4) / 2, want + n,
				     (uint32_t)sizeof(want) - n, &cut);
	}
	if (n < sizeof(d->file))
		CHECK(d->file_len == n && !memcmp(d->file, want, n));
}

/* Firmware is asked to open a terminated name with backslashes. */
static void check_name(void)
{
	uint32_t n = 0;
	char name[4 * DRAFT_PATH_MAX];
	bool cut;

	while (n < DRAFT_PATH_MAX && opened[n])
		CHECK(opened[n++] != '/');
	CHECK(n < DRAFT_PATH_MAX && n >= 4);
	utf8_from_utf16(opened, n, name, sizeof(name), &cut);
	CHECK(!strcmp(name + strlen(name) - 4, ".TXT"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stub stub;
	struct efi_loaded_image self = { 0 };
	struct draft *d = &stub.draft;
	void *list;

	feed = (struct feed){ data, size };
	world_clear();
	memset(&stub, 0, sizeof(stub));
	opened[0] = 0;
	list = path_put(&feed);
	collect_path(d, &stub.efi.reach, list);
	check_path(d, list);
	CHECK(d->file_len < sizeof(d->file) && strlen(d->file) == d->file_len);
	if (feed_number(&feed, 1) & 1) {
		self.options_size = (uint32_t)feed_number(&feed, 2);
		self.options = world_put(WORLD + 0x4000, self.options_size, &feed);
	}
	collect_cmdline(&stub.efi, &stub.draft, &self);
	check_text(d->cmdline, d->cmdline_len);
	if (opened[0])
		check_name();
	CHECK(files_open == 0);
	return 0;
}
