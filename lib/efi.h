/* SPDX-License-Identifier: MIT */
/*
 * efi.h - the tables of UEFI 2.10 that the stub and the kernel use, chapters 4, 7 and 8.
 *
 * Members whose types we do not need are void pointers. tests/host/unit compares all offsets with
 * another implementation's header. EFIAPI comes from arch/<isa>/isa.h.
 */
#ifndef EFI_H
#define EFI_H
#include "lib/base.h"

#ifndef EFIAPI
#error "compile with -include arch/CPU/isa.h: see sdk/README.md"
#endif

typedef uint64_t efi_status_t;	/* EFI_STATUS, not to be confused with status_t */

#define EFI_SUCCESS		0ull
#define EFI_ERROR_BIT		(1ull << 63)
#define EFI_LOAD_ERROR		(EFI_ERROR_BIT | 1)
#define EFI_INVALID_PARAMETER	(EFI_ERROR_BIT | 2)
#define EFI_UNSUPPORTED		(EFI_ERROR_BIT | 3)
#define EFI_BUFFER_TOO_SMALL	(EFI_ERROR_BIT | 5)
#define EFI_DEVICE_ERROR	(EFI_ERROR_BIT | 7)
#define EFI_OUT_OF_RESOURCES	(EFI_ERROR_BIT | 9)
#define EFI_VOLUME_FULL		(EFI_ERROR_BIT | 11)
#define EFI_NOT_FOUND		(EFI_ERROR_BIT | 14)
#define EFI_ABORTED		(EFI_ERROR_BIT | 21)
#define EFI_SECURITY_VIOLATION	(EFI_ERROR_BIT | 26)

struct efi_guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};

struct efi_table_header {
	uint64_t signature;
	uint32_t revision, header_size, crc32, reserved;
};

enum efi_memory_type {
	EFI_RESERVED, EFI_LOADER_CODE, EFI_LOADER_DATA, EFI_BOOT_CODE, EFI_BOOT_DATA,
	EFI_RUNTIME_CODE, EFI_RUNTIME_DATA, EFI_CONVENTIONAL, EFI_UNUSABLE, EFI_ACPI_RECLAIM,
	EFI_ACPI_NVS, EFI_MMIO, EFI_MMIO_PORT, EFI_PAL_CODE, EFI_PERSISTENT, EFI_UNACCEPTED,
};

#define EFI_MEMORY_UC		0x1ull
#define EFI_MEMORY_WC		0x2ull
#define EFI_MEMORY_WT		0x4ull
#define EFI_MEMORY_WB		0x8ull
#define EFI_MEMORY_UCE		0x10ull
#define EFI_MEMORY_CACHE_MASK	0x1full
#define EFI_MEMORY_XP		0x4000ull
#define EFI_MEMORY_RO		0x20000ull
#define EFI_MEMORY_SP		0x40000ull
#define EFI_MEMORY_RUNTIME	(1ull << 63)

struct efi_memory_descriptor {
	uint32_t type, pad;
	uint64_t physical_start, virtual_start, pages, attribute;
};

/* EFI_MEMORY_ATTRIBUTES_TABLE, 4.6.4; descriptors follow, desc_size apart */
struct efi_memory_attributes {
	uint32_t version, entries, desc_size, flags;
};

enum efi_allocate_type { EFI_ALLOCATE_ANY, EFI_ALLOCATE_MAX, EFI_ALLOCATE_ADDRESS };
enum efi_reset_type { EFI_RESET_COLD, EFI_RESET_WARM, EFI_RESET_SHUTDOWN };

struct efi_device_path {
	uint8_t type, subtype, length[2];
};

struct efi_text_output {
	void *reset;
	efi_status_t (EFIAPI *output_string)(struct efi_text_output *self, const uint16_t *s);
	void *more[7];
	void *mode;
};

struct efi_boot_services {
	struct efi_table_header hdr;
	void *raise_tpl, *restore_tpl;
	efi_status_t (EFIAPI *allocate_pages)(uint32_t how, uint32_t type, uint64_t pages,
					      uint64_t *address);
	efi_status_t (EFIAPI *free_pages)(uint64_t address, uint64_t pages);
	efi_status_t (EFIAPI *get_memory_map)(uint64_t *size, void *map, uint64_t *key,
					      uint64_t *desc_size, uint32_t *desc_version);
	void *allocate_pool;
	efi_status_t (EFIAPI *free_pool)(void *buffer);
	void *create_event, *set_timer, *wait_for_event, *signal_event, *close_event,
		*check_event;
	void *install_protocol_interface, *reinstall_protocol_interface,
		*uninstall_protocol_interface;
	efi_status_t (EFIAPI *handle_protocol)(void *handle, const struct efi_guid *protocol,
					       void **interface);
	void *reserved, *register_protocol_notify;
	efi_status_t (EFIAPI *locate_handle)(uint32_t how, const struct efi_guid *protocol,
					     void *key, uint64_t *size, void **handles);
	efi_status_t (EFIAPI *locate_device_path)(const struct efi_guid *protocol,
						  struct efi_device_path **path, void **handle);
	void *install_configuration_table;
	void *load_image, *start_image, *exit, *unload_image;
	efi_status_t (EFIAPI *exit_boot_services)(void *handle, uint64_t key);
	void *get_next_monotonic_count, *stall;
	efi_status_t (EFIAPI *set_watchdog_timer)(uint64_t seconds, uint64_t code, uint64_t size,
						  const uint16_t *data);
	void *connect_controller, *disconnect_controller;
	void *open_protocol, *close_protocol, *open_protocol_information;
	void *protocols_per_handle, *locate_handle_buffer;
	efi_status_t (EFIAPI *locate_protocol)(const struct efi_guid *protocol, void *registration,
					       void **interface);
};
/* EFI_TIME, 8.3 */
struct efi_time {
	uint16_t year;
	uint8_t month, day, hour, minute, second, pad;
	uint32_t nanosecond;
	int16_t zone;			/* minutes: UTC less local time, EFI_ZONE_UNKNOWN */
	uint8_t daylight, pad2;
};
#define EFI_ZONE_MAX		1440
#define EFI_ZONE_UNKNOWN	0x7ff
#define EFI_DAYLIGHT_ALL	3	/* ADJUST_DAYLIGHT, IN_DAYLIGHT */

#define EFI_BY_PROTOCOL	2	/* locate_handle's how */

#define EFI_VARIABLE_NON_VOLATILE	1u
#define EFI_VARIABLE_BOOT	2u
#define EFI_VARIABLE_RUNTIME	4u

struct efi_runtime_services {
	struct efi_table_header hdr;
	efi_status_t (EFIAPI *get_time)(struct efi_time *time, void *capabilities);
	void *time[3];
	void *set_virtual_address_map, *convert_pointer;
	efi_status_t (EFIAPI *get_variable)(const uint16_t *name, const struct efi_guid *vendor,
					    uint32_t *attributes, uint64_t *size, void *data);
	void *get_next_variable_name, *set_variable, *get_next_high_monotonic_count;
	void (EFIAPI *reset_system)(uint32_t how, efi_status_t status, uint64_t size,
				    const void *data);
};

struct efi_configuration_table {
	struct efi_guid guid;
	void *table;
};

#define EFI_SYSTAB_SIGNATURE	0x5453595320494249ull	/* "IBI SYST" */
struct efi_system_table {
	struct efi_table_header hdr;
	const uint16_t *vendor;
	uint32_t firmware_revision, pad;
	void *con_in_handle, *con_in, *con_out_handle;
	struct efi_text_output *con_out;
	void *std_err_handle, *std_err;
	struct efi_runtime_services *runtime;
	struct efi_boot_services *boot;
	uint64_t tables;
	struct efi_configuration_table *table;
};

/*
 * Likewise for 32-bit firmware: pointers and UINTN have 4 bytes (2.3.2), and structures with 64-bit
 * fields need not be aligned to more.
 */
struct efi32_system_table {
	struct efi_table_header hdr;
	uint32_t vendor, firmware_revision;
	uint32_t con_in_handle, con_in, con_out_handle, con_out, std_err_handle, std_err;
	uint32_t runtime, boot, tables, table;
} __attribute__((packed, aligned(4)));

#define EFI32_TABLES	48	/* more than any firmware has */
struct efi32_configuration_table {
	struct efi_guid guid;
	uint32_t table;
};

/* Convert n configuration tables, at most `room`, to the 64-bit format; returns how many. */
static inline uint64_t efi32_tables(const struct efi32_configuration_table *t, uint64_t n,
				    struct efi_configuration_table *out, uint64_t room)
{
	n = t ? MIN(n, room) : 0;
	for (uint64_t i = 0; i < n; i++)
		out[i] = (struct efi_configuration_table){
			.guid = t[i].guid, .table = (void *)(uint64_t)t[i].table,
		};
	return n;
}
#endif
