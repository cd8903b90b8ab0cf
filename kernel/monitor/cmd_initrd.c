/* SPDX-License-Identifier: MIT */
/* cmd_initrd.c - initrd: lists the files of a newc archive, or prints one of them. */
#include "monitor.h"
#include "kernel/newc.h"
#include "lib/console/console.h"
#include "lib/string.h"

#define LOOK	4096	/* characters between checks for a key; longer names are cut */

/* Print text as it is, with '?' for bytes that a terminal might obey. False if a key stopped it. */
static bool content_print(const struct newc_file *file)
{
	for (uint64_t i = 0; i < file->size; i++) {
		const uint8_t c = file->data[i];
		const bool shown = (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t';

		console_write(shown ? (const char *)&c : "?", 1);
		if ((c == '\n' || i % LOOK == LOOK - 1) && monitor_stopped())
			return false;
	}
	if (file->size && file->data[file->size - 1] != '\n')
		console_write("\n", 1);
	return true;
}

/* Print the mode as ls -l does, with '?' for what is no file, directory or link. */
static void mode_print(uint32_t mode)
{
	static const char types[16] = "?pc?d?b?-?l?s???", bits[] = "rwxrwxrwx";

	console_write(&types[mode >> 12 & 15], 1);
	for (uint32_t i = 0; i < 9; i++)
		console_write(mode & 0400u >> i ? &bits[i] : "-", 1);
}

static void name_print(const char *name)
{
	for (const char *end = name + LOOK; *name && name < end; name++)
		console_write(*name >= ' ' && *name < 0x7f ? name : "?", 1);
	console_write("\n", 1);
}

bool command_initrd(struct kernel *k, uint32_t n, char **words)
{
	const struct boot_module *m = module_find(k, BOOT_MODULE_INITRD);
	struct newc_file file;
	enum newc found;
	uint64_t at = 0;

	if (!m)
		return monitor_error("there is no initrd");
	while ((found = newc_next(memory_at(&k->memory, m->mem.base), m->mem.size, &at, &file)) ==
	       NEWC_FILE) {
		if (n == 2 && !strcmp(file.name, words[1]))
			return content_print(&file);
		if (n == 1) {
			mode_print(file.mode);
			console_print(" %10llu ", LL(file.size));
			name_print(file.name);
			if (monitor_stopped())
				return false;
		}
	}
	if (found == NEWC_BAD)
		return monitor_error("no whole newc file at byte %llu", LL(at));
	return n == 1 ? true : monitor_error("there is no \"%s\"", words[1]);
}
