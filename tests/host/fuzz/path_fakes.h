/* SPDX-License-Identifier: MIT */
/* path_fakes.h - a volume on which every file exists or none does, depending on the input. */
#ifndef PATH_FAKES_H
#define PATH_FAKES_H
#include "lib/console/console.h"
#include "lib/efi_protocols.h"
#include "tests/host/unit/fake_raw.h"
#include "arch/boot.h"
#include "lib/crumb.h"
#include "stub/stub.h"
#include "stub/uart_find.h"

static struct feed feed;
static uint16_t opened[DRAFT_PATH_MAX];
static int files_open;

static efi_status_t file_open(struct efi_file *self, struct efi_file **out, const uint16_t *name,
			      uint64_t mode, uint64_t attributes)
{
	CHECK(mode == EFI_FILE_READ_ONLY && !attributes);
	for (uint32_t i = 0; i < DRAFT_PATH_MAX && (opened[i] = name[i]); i++)
		;
	if (feed_number(&feed, 1) & 1)
		return EFI_NOT_FOUND;
	*out = self;
	files_open++;
	return EFI_SUCCESS;
}

static efi_status_t file_close(struct efi_file *self)
{
	(void)self;
	CHECK(files_open-- > 0);
	return EFI_SUCCESS;
}

static efi_status_t file_read(struct efi_file *self, uint64_t *size, void *data)
{
	const uint64_t n = feed_number(&feed, 2);

	(void)self;
	feed_bytes(&feed, data, MIN(n, *size));
	*size = n;			/* may be more than the buffer: a lie */
	return n % 16 == 15 ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

/* A folder has no position. */
static efi_status_t file_position(struct efi_file *self, uint64_t *position)
{
	(void)self;
	*position = feed_number(&feed, 1);
	return *position & 1 ? EFI_UNSUPPORTED : EFI_SUCCESS;
}

static struct efi_file file = {
	.open = file_open, .close = file_close, .read = file_read, .get_position = file_position,
};

static efi_status_t volume_open(struct efi_file_system *self, struct efi_file **root)
{
	(void)self;
	*root = &file;
	files_open++;
	return EFI_SUCCESS;
}

static struct efi_file_system volume = { .open_volume = volume_open };

void *efi_protocol(const struct efi *e, void *handle, const struct efi_guid *guid)
{
	(void)e;
	(void)handle;
	(void)guid;
	return &volume;
}

void efi_print(const struct efi *e, const char *fmt, ...)
{
	(void)e;
	(void)fmt;
}

/* The data measured must be the data read. */
void efi_measure(const struct efi *e, struct boot_info *info, enum measured what, const void *data,
		 uint64_t size)
{
	volatile uint8_t last = size ? ((const uint8_t *)data)[size - 1] : 0;

	(void)e;
	(void)info;
	(void)what;
	(void)last;
}

/* efi_collect() as a whole is not run here. */
#define NOT_CALLED(type, name, ...) type name(__VA_ARGS__) { abort(); }
NOT_CALLED(bool, uart_find, struct reach *k __attribute__((unused)),
	   uint64_t rsdp __attribute__((unused)),
	   const void *dtb __attribute__((unused)), uint64_t size __attribute__((unused)),
	   struct boot_uart *out __attribute__((unused)))
NOT_CALLED(void, efi_find_log, struct efi *e __attribute__((unused)),
	   struct draft *d __attribute__((unused)))
NOT_CALLED(void, efi_find_entropy, struct efi *e __attribute__((unused)),
	   struct draft *d __attribute__((unused)))
NOT_CALLED(void, efi_find_screen, const struct efi *e __attribute__((unused)),
	   const struct options *o __attribute__((unused)),
	   struct boot_fb *fb __attribute__((unused)))
NOT_CALLED(status_t, efi_read_initrd, struct efi *e __attribute__((unused)),
	   struct draft *d __attribute__((unused)))
NOT_CALLED(void, efi_identity, struct draft *d __attribute__((unused)),
	   const struct efi_system_table *t __attribute__((unused)),
	   const void *vendor __attribute__((unused)))
NOT_CALLED(uint64_t, efi_tables, struct draft *d __attribute__((unused)),
	   const struct efi_configuration_table *t __attribute__((unused)),
	   uint64_t n __attribute__((unused)))
#endif
