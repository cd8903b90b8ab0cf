/* SPDX-License-Identifier: MIT */
/* files.c - the image's volume and its files. UEFI 2.10, 13.4 and 13.5. */
#include "inject.h"

#define OPEN_MAX	8

/* A file as the image sees it, and firmware's. real is NULL: free. */
struct file {
	struct efi_file face;
	struct efi_file *real;
};

static struct efi_file_system face, *volume;
static struct file open_files[OPEN_MAX];
static uint64_t bytes;		/* read so far, whatever the file */
static bool broken;

void files_start(void)
{
	inject.files = 0;
	bytes = 0;
	broken = false;
	for (uint32_t i = 0; i < OPEN_MAX; i++)
		open_files[i].real = NULL;
}

static struct efi_file *real(struct efi_file *self)
{
	struct efi_file *r = ((struct file *)self)->real;

	if (!r) {
		say("inject: %s: uses a file that is closed", inject.name);
		inject.strays++;
	}
	return r;
}

static efi_status_t EFIAPI file_close(struct efi_file *self)
{
	struct efi_file *r = real(self);

	if (!r)
		return EFI_INVALID_PARAMETER;
	((struct file *)self)->real = NULL;
	inject.files--;
	return r->close(r);
}

static efi_status_t EFIAPI file_read(struct efi_file *self, uint64_t *size, void *data)
{
	struct efi_file *r = real(self);
	efi_status_t status;

	if (!r || broken)
		return EFI_DEVICE_ERROR;
	if (want(fault_read_step))
		*size = MIN(*size, want(fault_read_step));
	if (want(fault_read_end))
		*size = MIN(*size, want(fault_read_end) - bytes);
	if (!*size)
		return EFI_SUCCESS;	/* U-Boot would read all the rest */
	if (want(fault_read_fail) && *size > want(fault_read_fail) - bytes) {
		broken = true;
		*size = want(fault_read_fail) - bytes;
		(void)r->read(r, size, data);
		return EFI_DEVICE_ERROR;
	}
	status = r->read(r, size, data);
	if (status == EFI_SUCCESS)
		bytes += *size;
	return status;
}

static efi_status_t EFIAPI file_tell(struct efi_file *self, uint64_t *position)
{
	struct efi_file *r = real(self);

	if (!r || want_kind(disk, DISK_DIRECTORY))
		return EFI_UNSUPPORTED;
	return r->get_position(r, position);
}

static efi_status_t EFIAPI file_seek(struct efi_file *self, uint64_t position)
{
	struct efi_file *r = real(self);

	return r ? r->set_position(r, position) : EFI_UNSUPPORTED;
}

static efi_status_t EFIAPI file_open(struct efi_file *self, struct efi_file **out,
				     const uint16_t *name, uint64_t mode, uint64_t attributes);

static efi_status_t opened(struct efi_file *r, struct efi_file **out)
{
	for (uint32_t i = 0; i < OPEN_MAX; i++) {
		struct file *f = &open_files[i];

		if (f->real)
			continue;
		f->face = (struct efi_file){
			.revision = r->revision, .open = file_open, .close = file_close,
			.read = file_read, .get_position = file_tell, .set_position = file_seek,
		};
		f->real = r;
		inject.files++;
		*out = &f->face;
		return EFI_SUCCESS;
	}
	return EFI_OUT_OF_RESOURCES;
}

static efi_status_t EFIAPI file_open(struct efi_file *self, struct efi_file **out,
				     const uint16_t *name, uint64_t mode, uint64_t attributes)
{
	struct efi_file *r = real(self), *child = NULL;
	efi_status_t status;

	if (!r || want_kind(disk, DISK_OPEN_FAILS))
		return EFI_DEVICE_ERROR;
	status = r->open(r, &child, name, mode, attributes);
	return status == EFI_SUCCESS ? opened(child, out) : status;
}

static efi_status_t EFIAPI volume_open(struct efi_file_system *self, struct efi_file **root)
{
	struct efi_file *r = NULL;
	efi_status_t status;

	(void)self;
	if (want_kind(disk, DISK_VOLUME_FAILS))
		return EFI_DEVICE_ERROR;
	status = volume->open_volume(volume, &r);
	return status == EFI_SUCCESS ? opened(r, root) : status;
}

struct efi_file_system *files_wrap(struct efi_file_system *real_volume)
{
	volume = real_volume;
	face = (struct efi_file_system){ volume->revision, volume_open };
	return &face;
}
