/* SPDX-License-Identifier: MIT */
/*
 * files.c - the fake's volume (a text file and an initrd), and an initrd that the loader offers.
 * UEFI 2.10, 13.2, 13.4 and 13.5.
 */
#include <string.h>
#include "tests/host/fake/fake.h"

#define HUGE_FILE	(1ull << 62)

static struct efi_file root, text_file, initrd_file;

uint8_t fake_initrd_byte(uint64_t i)
{
	return (uint8_t)(i * 7 + (i >> 8) + 1);
}

static uint64_t file_size(const struct efi_file *file)
{
	if (file == &text_file)
		return strlen(fake.f.text);
	return fake.f.file_huge ? HUGE_FILE : fake.f.file_size;
}

/* The name ends with `end`. */
static bool name_ends(const uint16_t *name, const char *end)
{
	size_t n = 0, m = strlen(end);

	while (name[n])
		n++;
	if (n < m)
		return false;
	for (size_t i = 0; i < m; i++)
		if (name[n - m + i] != (uint8_t)end[i])
			return false;
	return true;
}

static efi_status_t file_open(struct efi_file *self, struct efi_file **out, const uint16_t *name,
			      uint64_t mode, uint64_t attributes)
{
	fake_enter("Open", false);
	if (self != &root || mode != EFI_FILE_READ_ONLY || attributes)
		fake_complain("Open with mode %#lx", mode);
	*out = (void *)1;
	if (fake.f.disk == DISK_OPEN_FAILS)
		return EFI_DEVICE_ERROR;
	*out = NULL;
	if (fake.f.disk == DISK_OPEN_NULL)
		return EFI_SUCCESS;
	if (fake.f.path == PATH_NULL && name[0] >= 0x80 && name_ends(name, ".TXT"))
		fake_complain("Open of a text file by a name that was not given");
	if (fake.f.text && name_ends(name, ".TXT"))
		*out = &text_file;
	else if (name_ends(name, "initrd") || name_ends(name, "module"))
		*out = &initrd_file;
	if (!*out)
		return EFI_NOT_FOUND;
	fake.files_open++;
	fake.file_at = 0;
	return EFI_SUCCESS;
}

static efi_status_t file_close(struct efi_file *self)
{
	(void)self;
	fake_enter("Close", false);
	if (!fake.files_open--)
		fake_complain("Close of what is not open");
	return EFI_SUCCESS;
}

static efi_status_t file_read(struct efi_file *self, uint64_t *size, void *data)
{
	uint64_t left = file_size(self), n = *size;

	fake_enter("Read", false);
	if (n > MIB)				/* */
		fake_complain("Read of %lu bytes at once", n);
	if (++fake.reads == fake.f.read_call)
		return EFI_DEVICE_ERROR;
	left -= MIN(left, fake.file_at);
	n = MIN(n, left);
	if (fake.f.read_step)
		n = MIN(n, fake.f.read_step);
	for (uint64_t i = 0; i < n; i++, fake.file_at++)
		((uint8_t *)data)[i] = self == &text_file ? (uint8_t)fake.f.text[fake.file_at] :
							    fake_initrd_byte(fake.file_at);
	*size = fake.f.disk == DISK_READ_LIES ? *size + 1 : n;
	return EFI_SUCCESS;
}

/* Whether this call of the two fails. */
static efi_status_t position_status(void)
{
	if (++fake.positions == fake.f.position_call)
		return EFI_DEVICE_ERROR;
	return fake.f.disk == DISK_DIRECTORY ? EFI_UNSUPPORTED : EFI_SUCCESS;
}

static efi_status_t get_position(struct efi_file *self, uint64_t *position)
{
	const efi_status_t status = position_status();

	(void)self;
	fake_enter("GetPosition", false);
	if (status == EFI_SUCCESS)
		*position = fake.file_at;
	return status;
}

static efi_status_t set_position(struct efi_file *self, uint64_t position)
{
	const efi_status_t status = position_status();

	fake_enter("SetPosition", false);
	if (status == EFI_SUCCESS)
		fake.file_at = position == UINT64_MAX ? file_size(self) : position;
	return status;
}

#define FILE_FUNCTIONS \
	{ .open = file_open, .close = file_close, .read = file_read, \
	  .get_position = get_position, .set_position = set_position }
static struct efi_file root = FILE_FUNCTIONS, text_file = FILE_FUNCTIONS,
		       initrd_file = FILE_FUNCTIONS;

static efi_status_t open_volume(struct efi_file_system *self, struct efi_file **out)
{
	(void)self;
	fake_enter("OpenVolume", false);
	*out = NULL;
	if (fake.f.disk == DISK_VOLUME_FAILS)
		return EFI_DEVICE_ERROR;
	if (fake.f.disk == DISK_ROOT_NULL)
		return EFI_SUCCESS;
	fake.files_open++;
	*out = &root;
	return EFI_SUCCESS;
}

struct efi_file_system fake_file_system = { .open_volume = open_volume };

/* ---- LoadFile2 ---- */

static efi_status_t load_first(uint64_t *size)
{
	*size = fake.f.load_size;
	switch (fake.f.load) {
	case LOAD_EMPTY:
		*size = 0;
		return EFI_SUCCESS;
	case LOAD_ZERO_TOO_SMALL:
		*size = 0;
		return EFI_BUFFER_TOO_SMALL;
	case LOAD_FIRST_FAILS:
		return EFI_NOT_FOUND;
	case LOAD_SIZE_ONLY:
		return EFI_SUCCESS;
	case LOAD_HUGE:
		*size = UINT64_MAX - 5;
		return EFI_BUFFER_TOO_SMALL;
	default:
		return EFI_BUFFER_TOO_SMALL;
	}
}

static efi_status_t load_file(struct efi_load_file2 *self, struct efi_device_path *path,
			      bool boot_policy, uint64_t *size, void *data)
{
	(void)self;
	fake_enter("LoadFile", false);
	if (boot_policy || path->type != EFI_PATH_END)
		fake_complain("LoadFile: not the rest of the path");
	if (++fake.load_calls == 1 || !data)
		return load_first(size);
	if (*size < fake.f.load_size || fake.f.load == LOAD_GREW) {
		*size = fake.f.load_size + 1ull;
		return EFI_BUFFER_TOO_SMALL;
	}
	*size = fake.f.load == LOAD_SHRANK ? fake.f.load_size / 2 : fake.f.load_size;
	for (uint64_t i = 0; i < *size; i++)
		((uint8_t *)data)[i] = fake_initrd_byte(i);
	return fake.f.load == LOAD_SECOND_FAILS ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

struct efi_load_file2 fake_load_file2 = { .load_file = load_file };

/* One piece, or several of `one` bytes, each of which begins at a multiple of four bytes. */
static bool initrd_is(const uint8_t *data, uint64_t size, uint64_t one)
{
	const uint64_t step = one ? ALIGN_UP(one, 4) : size;

	if (!one || size <= one)
		one = size;
	for (uint64_t b = 0; b < size; b++)
		if (data[b] != (b % step < one ? fake_initrd_byte(b % step) : 0))
			return false;
	return true;
}

bool fake_initrd_good(const uint8_t *data, uint64_t size)
{
	const uint64_t head = ALIGN_UP(FAKE_SECTION_INITRD, 4);
	const uint64_t skip = size > head && initrd_is(data, head, FAKE_SECTION_INITRD) ? head : 0;

	if (!fake.f.sections)
		return initrd_is(data, size, fake.load_calls ? size : fake.f.file_size);
	if (size == FAKE_SECTION_INITRD && initrd_is(data, size, size))
		return true;			/* wrong headers must not be believed */
	return initrd_is(data + skip, size - skip, fake.load_calls ? size : fake.f.file_size);
}
