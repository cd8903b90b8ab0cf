/* SPDX-License-Identifier: MIT */
/* cmd_fdt.c - fdt: the device tree, or one node and what is below it, as source text for dtc. */
#include "monitor.h"
#include "kernel/firmware/fdt_text.h"
#include "lib/fdt.h"
#include "lib/string.h"

bool command_fdt(struct kernel *k, uint32_t n, char **words)
{
	const struct boot_module *m = module_find(k, BOOT_MODULE_DTB);
	const char *path = n > 1 ? words[1] : "/";
	struct fdt_node node;
	struct fdt f;

	if (!m)
		return monitor_error("there is no device tree");
	if (fdt_open(&f, memory_at(&k->memory, m->mem.base), m->mem.size) != OK)
		return monitor_error("its header is invalid");
	if (*path != '/' ? !fdt_alias(&f, path, (uint32_t)strlen(path), &node) :
	    !fdt_find(&f, path, (uint32_t)strlen(path), &node))
		return monitor_error("there is no node \"%s\"", path);
	if (n == 1)
		fdt_text_reserved(&f);
	if (!fdt_text_node(&f, &node, monitor_stopped))
		return false;
	return node.broken ? monitor_error("the tree is damaged at byte %u", node.broken) : true;
}
