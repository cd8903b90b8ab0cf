/* SPDX-License-Identifier: MIT */
/*
 * inject.h - an EFI application that starts our image and lies to it: shared by its files.
 *
 * The image sees firmware's own system table, with pointers to our tables in it while it
 * runs; firmware itself never calls through these. One image at a time.
 */
#ifndef INJECT_H
#define INJECT_H
#include "kernel/irq/madt.h"
#include "lib/efi_protocols.h"
#include "tests/faults.h"

#define EVER	UINT64_MAX

/*
 * A fault's value is the number after its name, 1 if there is none, 0 if it is not wanted; the
 * value of a kind is one more than the enumerator's. Names, meanings and kinds: tests/faults.h.
 */
#define ONLY_0(name)
#define ONLY_1(name)	fault_##name,
#define X_FAULT(name, fake, real, meaning)	ONLY_##real(name)
#define X_LIE(name, fake, real, meaning)	ONLY_##real(lie_##name)
#define X_NULL(name, fake, real, meaning)	ONLY_##real(null_##name)
#define X_FAIL(name, fake, real, meaning)	ONLY_##real(fail_##name)
enum fault { FAULTS(X_FAULT) LIES(X_LIE) SERVICES(X_NULL) SERVICES(X_FAIL) FAULT_COUNT };
#undef ONLY_1

#define CMDLINE_ROOM	256
#define NAME_ROOM	32

struct inject {
	struct efi_system_table *systab;
	struct efi_boot_services *boot;		/* firmware's own, as all below */
	struct efi_text_output *out;
	void *self, *child;
	uint64_t fault[FAULT_COUNT];
	char name[NAME_ROOM], cmdline[CMDLINE_ROOM];
	uint32_t strays;			/* calls and changes that must not happen */
	uint32_t files;				/* open ones */
};
extern struct inject inject;

static inline uint64_t want(enum fault f)
{
	return inject.fault[f];
}

/* Whether a fault is of this kind: want_kind(gop, GOP_NONE). */
#define want_kind(name, kind)	(want(fault_##name) == (kind) + 1)

/* inject.c: a line on firmware's own console; on the serial port once that is gone. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* faults.c: one line of the list into inject; false if it is empty, a comment, or the end. */
bool case_parse(const char *line, uint32_t len);

/* tables.c: in between, the image sees ours; they stay after a successful ExitBootServices. */
void tables_install(void);
void tables_remove(void);
void tables_leaving(bool gone);	/* calls of all but two services are strays; gone: all */

/* pages.c: what the image allocated. */
efi_status_t EFIAPI pages_allocate(uint32_t how, uint32_t type, uint64_t pages, uint64_t *at);
efi_status_t EFIAPI pages_free(uint64_t at, uint64_t pages);
void pages_start(void);
uint64_t pages_settle(void);	/* free what the image did not; how many pages */
uint64_t pages_of_loader(void);	/* EfiLoaderData pages in firmware's map */
void pages_grow(uint64_t entries);

/* map.c */
efi_status_t EFIAPI map_get(uint64_t *size, void *map, uint64_t *key, uint64_t *desc_size,
			    uint32_t *version);
void map_start(void);
/* Firmware's map as it is, until the next call. */
const struct efi_memory_descriptor *map_real(uint32_t *n);

/* leave.c */
efi_status_t EFIAPI leave(void *handle, uint64_t key);
void leave_start(void);

/* protocols.c, files.c, image.c */
efi_status_t EFIAPI protocol_handle(void *handle, const struct efi_guid *guid, void **out);
efi_status_t EFIAPI protocol_locate(const struct efi_guid *guid, void *key, void **out);
efi_status_t EFIAPI protocol_handles(uint32_t how, const struct efi_guid *guid, void *key,
				     uint64_t *size, void **handles);
efi_status_t EFIAPI protocol_path(const struct efi_guid *guid, struct efi_device_path **path,
				  void **handle);
struct efi_file_system *files_wrap(struct efi_file_system *real);
void files_start(void);
struct efi_loaded_image *image_describe(struct efi_loaded_image *real);

/* acpi.c: ACPI's tables, changed where they lie, once and for all cases. */
void acpi_change(void);
struct acpi_header *acpi_theirs(uint32_t signature);
void acpi_seal(struct acpi_header *h);

/* cpu_*.c: the serial port of QEMU's board, its timer, and what the MADT says about CPUs. */
void cpu_put(char c);
uint64_t cpu_vectors(void);	/* where exceptions go */
void cpu_timer(void);
void cpu_absent(struct madt_walk *w);
void cpu_park(struct madt_walk *w);
#endif
