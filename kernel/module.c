/* SPDX-License-Identifier: MIT */
/* module.c - finds the modules that the loader has passed. */
#include "kernel/kernel.h"

const struct boot_module *module_find(const struct kernel *k, uint32_t kind)
{
	const struct boot_info *bi = k->bi;
	const struct boot_module *m = memory_at(&k->memory, bi->modules.base);

	for (uint64_t i = 0; i < bi->modules.size / sizeof(*m); i++)
		if (m[i].kind == kind && m[i].mem.size > 0)
			return &m[i];
	return NULL;
}
