/* SPDX-License-Identifier: MIT */
/* efi_protocols.h - the protocols the stub uses (UEFI 2.10 chapters 9, 10, 12, 13, 37; TCG EFI). */
#ifndef EFI_PROTOCOLS_H
#define EFI_PROTOCOLS_H
#include "lib/efi.h"

/* EFI_LOADED_IMAGE_PROTOCOL, 9.1 */
#define EFI_LOADED_IMAGE_GUID \
	{ 0x5b1b31a1, 0x9562, 0x11d2, { 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }
struct efi_loaded_image {
	uint32_t revision, pad;
	void *parent;
	struct efi_system_table *systab;
	void *device;
	struct efi_device_path *path;
	void *reserved;
	uint32_t options_size, pad2;
	void *options;
	void *base;
	uint64_t size;
	uint32_t code_type, data_type;
	void *unload;
};

/* EFI_SHELL_PARAMETERS_PROTOCOL: on the handle of what the Shell starts (UEFI Shell 2.2, 2.3) */
#define EFI_SHELL_PARAMETERS_GUID \
	{ 0x752f3136, 0x4e16, 0x4fdc, { 0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca } }

/* EFI_SIMPLE_FILE_SYSTEM_PROTOCOL and EFI_FILE_PROTOCOL, 13.4 and 13.5 */
#define EFI_FILE_SYSTEM_GUID \
	{ 0x964e5b22, 0x6459, 0x11d2, { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }
#define EFI_FILE_READ_ONLY	1ull
struct efi_file {
	uint64_t revision;
	efi_status_t (EFIAPI *open)(struct efi_file *self, struct efi_file **out,
				    const uint16_t *name, uint64_t mode, uint64_t attributes);
	efi_status_t (EFIAPI *close)(struct efi_file *self);
	void *remove;
	efi_status_t (EFIAPI *read)(struct efi_file *self, uint64_t *size, void *data);
	void *write;
	efi_status_t (EFIAPI *get_position)(struct efi_file *self, uint64_t *position);
	efi_status_t (EFIAPI *set_position)(struct efi_file *self, uint64_t position);
};
struct efi_file_system {
	uint64_t revision;
	efi_status_t (EFIAPI *open_volume)(struct efi_file_system *self, struct efi_file **root);
};

/* EFI_GRAPHICS_OUTPUT_PROTOCOL, 12.9 */
#define EFI_GRAPHICS_OUTPUT_GUID \
	{ 0x9042a9de, 0x23dc, 0x4a38, { 0x96, 0xfb, 0x7a, 0xde, 0xd0, 0x80, 0x51, 0x6a } }
/* EFI_CONSOLE_OUT_DEVICE_GUID: marks the devices that are part of ConOut (EDK II) */
#define EFI_CONSOLE_OUT_DEVICE_GUID \
	{ 0xd3b36f2c, 0xd551, 0x11d4, { 0x9a, 0x46, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d } }
enum efi_pixel_format { EFI_PIXEL_RGBX, EFI_PIXEL_BGRX, EFI_PIXEL_MASK, EFI_PIXEL_BLT_ONLY };
struct efi_gop_info {
	uint32_t version, width, height, format;
	uint32_t red, green, blue, reserved;
	uint32_t pixels_per_line;
};
struct efi_gop_mode {
	uint32_t max, mode;
	struct efi_gop_info *info;
	uint64_t info_size;
	uint64_t fb_base;
	uint64_t fb_size;
};
struct efi_gop {
	efi_status_t (EFIAPI *query_mode)(struct efi_gop *self, uint32_t mode,
					  uint64_t *info_size, struct efi_gop_info **info);
	efi_status_t (EFIAPI *set_mode)(struct efi_gop *self, uint32_t mode);
	void *blt;
	struct efi_gop_mode *mode;
};

/* EFI_LOAD_FILE2_PROTOCOL, 13.2, and Linux's vendor media path for an initrd */
#define EFI_LOAD_FILE2_GUID \
	{ 0x4006c0c1, 0xfcb3, 0x403e, { 0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d } }
#define LINUX_INITRD_MEDIA_GUID \
	{ 0x5568e427, 0x68fc, 0x4f3d, { 0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68 } }
struct efi_load_file2 {
	efi_status_t (EFIAPI *load_file)(struct efi_load_file2 *self, struct efi_device_path *path,
					 bool boot_policy, uint64_t *size, void *data);
};
enum {
	EFI_PATH_MEDIA = 4, EFI_PATH_MEDIA_VENDOR = 3, EFI_PATH_MEDIA_FILE = 4,
	EFI_PATH_END = 0x7f, EFI_PATH_END_ALL = 0xff,
};

/* EFI_RNG_PROTOCOL, 37.5 */
#define EFI_RNG_GUID \
	{ 0x3152bca5, 0xeade, 0x433d, { 0x86, 0x2e, 0xc0, 0x1c, 0xdc, 0x29, 0x1f, 0x44 } }
#define EFI_RNG_RAW_GUID \
	{ 0xe43176d7, 0xb6e8, 0x4827, { 0xb7, 0x84, 0x7f, 0xfd, 0xc4, 0xb6, 0x85, 0x61 } }
struct efi_rng {
	void *get_info;
	efi_status_t (EFIAPI *get_rng)(struct efi_rng *self, const struct efi_guid *algorithm,
				       uint64_t size, void *data);
};

/* EFI_TCG2_PROTOCOL: TCG EFI Protocol Specification, family 2.0, chapter 6 */
#define EFI_TCG2_GUID \
	{ 0x607f766c, 0x7455, 0x42be, { 0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f } }
enum { EFI_TCG2_LOG_1_2 = 1, EFI_TCG2_LOG_2 = 2 };
struct efi_tcg2_event {			/* EFI_TCG2_EVENT, 6.6.1; the event follows */
	uint32_t size;
	uint32_t header_size;
	uint16_t header_version;
	uint32_t pcr, type;
} __attribute__((packed));
struct efi_tcg2_final {			/* EFI_TCG2_FINAL_EVENTS_TABLE, 7; events follow */
	uint64_t version, events;
};
struct efi_tcg2 {
	void *get_capability;
	efi_status_t (EFIAPI *get_event_log)(struct efi_tcg2 *self, uint32_t format,
					     uint64_t *log, uint64_t *last, bool *truncated);
	efi_status_t (EFIAPI *hash_log_extend_event)(struct efi_tcg2 *self, uint64_t flags,
						     uint64_t data, uint64_t size,
						     struct efi_tcg2_event *event);
};

/* Configuration tables, 4.6, and variables, 3.3 and 32.3 */
#define EFI_ACPI_20_TABLE_GUID \
	{ 0x8868e871, 0xe4f1, 0x11d3, { 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 } }
#define EFI_ACPI_10_TABLE_GUID \
	{ 0xeb9d2d30, 0x2d88, 0x11d3, { 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d } }
#define EFI_SMBIOS3_TABLE_GUID \
	{ 0xf2fd1544, 0x9794, 0x4a2c, { 0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94 } }
#define EFI_SMBIOS_TABLE_GUID \
	{ 0xeb9d2d31, 0x2d88, 0x11d3, { 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d } }
#define EFI_DTB_TABLE_GUID \
	{ 0xb1b621d5, 0xf19c, 0x41a5, { 0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0 } }
#define EFI_MEMORY_ATTRIBUTES_TABLE_GUID \
	{ 0xdcfa911d, 0x26eb, 0x469f, { 0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20 } }
#define EFI_TCG2_FINAL_EVENTS_TABLE_GUID \
	{ 0x1e2ed096, 0x30e2, 0x4254, { 0xbd, 0x89, 0x86, 0x3b, 0xbe, 0xf8, 0x23, 0x25 } }
/* shim's variables */
#define SHIM_LOCK_GUID \
	{ 0x605dab50, 0xe046, 0x4300, { 0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23 } }
#define EFI_GLOBAL_VARIABLE_GUID \
	{ 0x8be4df61, 0x93ca, 0x11d2, { 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c } }
#endif
