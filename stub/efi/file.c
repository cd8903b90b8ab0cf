/* SPDX-License-Identifier: MIT */
/* file.c - files on the volume we were loaded from. UEFI 2.10, 13.4 and 13.5. */
#include "stub/efi/efi.h"
#include "arch/boot.h"
#include "lib/efi_protocols.h"
#include "lib/string.h"
#include "lib/utf.h"

#define CHUNK	MIB	/* larger reads break some firmware, and the file handle too */

/* UTF-8 to NUL-terminated UTF-16, / to \. False if it does not fit. Bad bytes become U+FFFD. */
static bool path_wide(const char *path, uint32_t len, uint16_t *out, uint32_t cap)
{
	struct utf_text t = { (const uint8_t *)path, len, UTF_8 };
	uint16_t *const end = out + cap;
	uint32_t c;

	for (;;) {
		if (end - out < 3)	/* a surrogate pair and the NUL */
			return false;
		if (t.size && *t.at < 0x80) {	/* the usual case */
			c = *t.at++;
			t.size--;
		} else {
			c = utf_next(&t);
		}
		if (c == UTF_END)
			break;
		if (c >= 0x10000 && c < UTF_BAD) {
			*out++ = (uint16_t)(0xd7c0 + (c >> 10));	/* 0xd800 - 0x40 */
			c = 0xdc00 | (c & 0x3ff);
		}
		*out++ = (uint16_t)(c == '/' ? '\\' : c >= UTF_BAD ? 0xfffd : c);
	}
	*out = 0;
	return true;
}

struct efi_file *efi_open(struct efi *e, const char *path, uint32_t len)
{
	struct efi_file_system *fs = e->volume;
	struct efi_file *root = NULL, *file = NULL;
	uint16_t wide[DRAFT_PATH_MAX];

	if (!fs || !path_wide(path, len, wide, ARRAY_SIZE(wide)) ||
	    fs->open_volume(fs, &root) != EFI_SUCCESS || !root)
		return NULL;
	if (root->open(root, &file, wide, EFI_FILE_READ_ONLY, 0) != EFI_SUCCESS)
		file = NULL;
	(void)root->close(root);
	return file;
}

uint64_t efi_read(struct efi_file *file, void *buf, uint64_t size)
{
	uint64_t done = 0;

	while (done < size) {
		uint64_t n = MIN(size - done, CHUNK);

		if (file->read(file, &n, (uint8_t *)buf + done) != EFI_SUCCESS || n > size - done)
			return UINT64_MAX;
		if (!n)
			break;
		done += n;
	}
	return done;
}

/* The command line of BOOTX64.EFI is in BOOTX64.TXT. */
uint32_t efi_read_cmdline(struct efi *e, const char *image_path, void *buf, uint32_t size)
{
	static const char suffix[] = ".TXT";
	char path[DRAFT_PATH_MAX + sizeof(suffix)];
	const char *from = *image_path ? image_path : arch_default_path;
	uint32_t n = (uint32_t)strlen(from), stem = n;
	struct efi_file *file;
	uint64_t got, position;

	for (uint32_t i = n; i-- && from[i] != '\\';)
		if (from[i] == '.') {
			stem = i;
			break;
		}
	memcpy(path, from, stem);
	memcpy(path + stem, suffix, sizeof(suffix));
	file = efi_open(e, path, stem + sizeof(suffix) - 1);
	if (!file)
		return 0;
	got = efi_read(file, buf, size);
	if (file->get_position(file, &position) != EFI_SUCCESS)
		got = UINT64_MAX;	/* a folder: its entries were read, 13.5 */
	(void)file->close(file);
	if (got <= size)
		return (uint32_t)got;
	efi_print(e, "warning: %s cannot be read", path);	/* part of it might mislead */
	return 0;
}
